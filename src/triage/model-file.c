/* SPDX-License-Identifier: GPL-2.0-only */
/* The file of a model: see model.h. */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/data-file.h"
#include "triage/model.h"

#define FORMAT_LINE "sectree triage model 1\n"
#define BINARY_LIMIT (64U << 20) /* bytes, inflated */

static bool is_unit(int64_t unit)
{
	return unit >= 0 && unit <= MODEL_UNIT_LIMIT;
}

static bool is_constant(int64_t constant)
{
	return llabs(constant) <= MODEL_CONSTANT_LIMIT;
}

/* ---- writing ---- */

static void add_number(struct buffer *out, uint64_t value)
{
	while (value >= 0x80) {
		buffer_add_byte(out, (int)(value & 0x7f) | 0x80);
		value >>= 7;
	}
	buffer_add_byte(out, (int)value);
}

static void add_signed(struct buffer *out, int64_t value)
{
	add_number(out, value < 0 ? (uint64_t)(-value) * 2 - 1 : (uint64_t)value * 2);
}

/* Bits, the lowest of a byte first. */
struct bit_writer {
	struct buffer *out;
	unsigned byte, count;
};

static void add_bit(struct bit_writer *writer, unsigned bit)
{
	writer->byte |= bit << writer->count;
	if (++writer->count < 8)
		return;
	buffer_add_byte(writer->out, (int)writer->byte);
	writer->byte = writer->count = 0;
}

/* Rice's code: what is above `low` bits as that many ones and a zero, then the rest. */
static void add_rice(struct bit_writer *writer, uint32_t value, unsigned low)
{
	for (uint32_t i = value >> low; i; i--)
		add_bit(writer, 1);
	add_bit(writer, 0);
	for (unsigned i = 0; i < low; i++)
		add_bit(writer, value >> i & 1);
}

/* The number of low bits that is best for `count` hashes that lie evenly. */
static unsigned rice_bits(size_t count)
{
	unsigned low = 0;

	while (low < FEATURE_HASH_BITS && (count << (low + 1)) < 1UL << FEATURE_HASH_BITS)
		low++;
	return low;
}

static void add_hashes(struct buffer *out, const struct model *model)
{
	struct bit_writer writer = { out, 0, 0 };

	for (int group = 0; group < GROUP_KINDS; group++)
		add_number(out, model->starts[group + 1] - model->starts[group]);
	for (int group = 0; group < GROUP_KINDS; group++) {
		unsigned low = rice_bits(model->starts[group + 1] - model->starts[group]);
		uint32_t before = 0;

		for (size_t i = model->starts[group]; i < model->starts[group + 1]; i++) {
			add_rice(&writer, model->hashes[i] - before, low);
			before = model->hashes[i];
		}
	}
	while (writer.count)
		add_bit(&writer, 0);
}

static void add_arrays(struct buffer *out, const struct model *model)
{
	add_hashes(out, model);
	for (int space = 0; space < SPACE_KINDS; space++)
		buffer_add(out, model->idf[space], model->count);
	for (int head = 0; head < HEAD_KINDS; head++)
		buffer_add(out, model->weights[head], model->count);
	for (int head = 0; head < HEAD_KINDS; head++) {
		for (int group = 0; group < GROUP_KINDS; group++)
			add_signed(out, model->units[head][group]);
		add_signed(out, model->constants[head]);
	}
}

int model_write(struct buffer *ret_data, const struct model *model, struct error *err)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(12);
	struct buffer binary = BUFFER_INIT;
	size_t bound, length;
	bool bounded = true;

	if (!compressor)
		memory_exhausted();
	for (int head = 0; head < HEAD_KINDS && bounded; head++) {
		for (int group = 0; group < GROUP_KINDS; group++)
			bounded &= is_unit(model->units[head][group]);
		bounded &= is_constant(model->constants[head]);
	}
	if (!bounded) {
		libdeflate_free_compressor(compressor);
		return error_set(err, ERROR_INPUT, "the model's weights are out of bounds");
	}
	add_arrays(&binary, model);
	buffer_add_string(ret_data, FORMAT_LINE);
	buffer_add_string(ret_data, model->header);
	buffer_add_format(ret_data, "inflated: %zu\n\n", binary.length);
	bound = libdeflate_zlib_compress_bound(compressor, binary.length);
	buffer_reserve(ret_data, bound);
	length = libdeflate_zlib_compress(compressor, binary.data, binary.length,
					  ret_data->data + ret_data->length, bound);
	ret_data->length += length;
	ret_data->data[ret_data->length] = '\0';
	libdeflate_free_compressor(compressor);
	buffer_release(&binary);
	if (ret_data->length > MODEL_LIMIT)
		return error_set(err, ERROR_INPUT,
				 "the model has %zu bytes, more than %d; raise the least count of "
				 "a feature",
				 ret_data->length, MODEL_LIMIT);
	return 0;
}

/* ---- reading ---- */

struct reader {
	const unsigned char *data;
	size_t left;
	unsigned bit;  /* of the byte at `data` that comes next */
	bool short_of; /* it ended too early, or a number is too large */
};

static uint64_t take_number(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		unsigned char byte;

		if (!reader->left)
			break;
		byte = *reader->data++;
		reader->left--;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	reader->short_of = true;
	return 0;
}

static int64_t take_signed(struct reader *reader)
{
	uint64_t value = take_number(reader);

	return value & 1 ? -(int64_t)(value / 2) - 1 : (int64_t)(value / 2);
}

static void *take_bytes(struct reader *reader, size_t length)
{
	void *copy;

	if (reader->left < length) {
		reader->short_of = true;
		return memory_alloc(length + 1);
	}
	copy = memory_copy(reader->data, length + !length);
	reader->data += length;
	reader->left -= length;
	return copy;
}

static unsigned take_bit(struct reader *reader)
{
	unsigned bit;

	if (!reader->left) {
		reader->short_of = true;
		return 0;
	}
	bit = *reader->data >> reader->bit & 1;
	if (++reader->bit == 8) {
		reader->bit = 0;
		reader->data++;
		reader->left--;
	}
	return bit;
}

static uint64_t take_rice(struct reader *reader, unsigned low)
{
	uint64_t value = 0;

	while (take_bit(reader))
		if (++value >> FEATURE_HASH_BITS) {
			reader->short_of = true;
			return 0;
		}
	value <<= low;
	for (unsigned i = 0; i < low; i++)
		value |= (uint64_t)take_bit(reader) << i;
	return value;
}

/* False where hashes do not ascend or there are too many. */
static bool take_hashes(struct model *model, struct reader *reader)
{
	for (int group = 0; group < GROUP_KINDS; group++) {
		uint64_t count = take_number(reader);

		if (count > MODEL_FEATURES_LIMIT - model->count)
			return false;
		model->count += count;
		model->starts[group + 1] = model->count;
	}
	model->hashes = memory_alloc((model->count + 1) * sizeof(*model->hashes));
	for (int group = 0; group < GROUP_KINDS; group++) {
		unsigned low = rice_bits(model->starts[group + 1] - model->starts[group]);
		uint64_t hash = 0;

		for (size_t i = model->starts[group]; i < model->starts[group + 1]; i++) {
			uint64_t step = take_rice(reader, low);

			hash += step;
			if (hash >> FEATURE_HASH_BITS || (i > model->starts[group] && !step) ||
			    reader->short_of)
				return false;
			model->hashes[i] = (uint32_t)hash;
		}
	}
	if (reader->bit) {
		reader->bit = 0;
		reader->data++;
		reader->left--;
	}
	return true;
}

static bool take_all(struct model *model, struct reader *reader)
{
	if (!take_hashes(model, reader))
		return false;
	for (int space = 0; space < SPACE_KINDS; space++)
		model->idf[space] = take_bytes(reader, model->count);
	for (int head = 0; head < HEAD_KINDS; head++)
		model->weights[head] = take_bytes(reader, model->count);
	for (int head = 0; head < HEAD_KINDS; head++) {
		for (int group = 0; group < GROUP_KINDS; group++) {
			model->units[head][group] = take_signed(reader);
			if (!is_unit(model->units[head][group]))
				return false;
		}
		model->constants[head] = take_signed(reader);
		if (!is_constant(model->constants[head]))
			return false;
	}
	return !reader->short_of && !reader->left;
}

static int inflate(struct buffer *ret_binary, const char *data, size_t length, size_t size,
		   struct error *err)
{
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	enum libdeflate_result result;
	size_t actual = 0;

	if (!decompressor)
		memory_exhausted();
	buffer_reserve(ret_binary, size);
	result = libdeflate_zlib_decompress(decompressor, data, length, ret_binary->data, size,
					    &actual);
	libdeflate_free_decompressor(decompressor);
	if (result != LIBDEFLATE_SUCCESS || actual != size)
		return error_set(
			err, ERROR_INPUT,
			"the model is damaged: its weights do not inflate; train it again");
	ret_binary->length = size;
	ret_binary->data[size] = '\0';
	return 0;
}

/* The number that a line ends with; 0 where it is none. The text need not end with a NUL. */
static size_t number_of_line(const char *text, const char *end)
{
	size_t value = 0;

	for (; text < end && *text >= '0' && *text <= '9' && value <= BINARY_LIMIT; text++)
		value = value * 10 + (size_t)(*text - '0');
	return text == end || *text == '\n' ? value : 0;
}

int model_read(struct model *ret_model, const void *data, size_t length, struct error *err)
{
	static const char key[] = "\ninflated: ";
	const char *text = data, *end, *size_text;
	struct buffer binary = BUFFER_INIT;
	struct reader reader = { 0 };
	size_t head = strlen(FORMAT_LINE);
	size_t size;
	int error;

	model_init(ret_model);
	if (length < head || memcmp(text, FORMAT_LINE, head) != 0)
		return error_set(err, ERROR_INPUT, "no model: it does not begin with '%.*s'",
				 (int)head - 1, FORMAT_LINE);
	end = memmem(text, length, "\n\n", 2);
	size_text = end ? memmem(text, (size_t)(end - text), key, strlen(key)) : NULL;
	size = size_text ? number_of_line(size_text + strlen(key), end) : 0;
	if (!size || size > BINARY_LIMIT)
		return error_set(err, ERROR_INPUT, "the model is damaged: it has no header");
	ret_model->header = string_copy_length(text + head, (size_t)(size_text + 1 - text) - head);
	end += 2;
	error = inflate(&binary, end, length - (size_t)(end - text), size, err);
	reader.data = (const unsigned char *)binary.data;
	reader.left = binary.length;
	if (!error && !take_all(ret_model, &reader))
		error = error_set(err, ERROR_INPUT,
				  "the model is damaged: its weights are not in order; train it "
				  "again");
	buffer_release(&binary);
	if (error) {
		model_release(ret_model);
		return error;
	}
	git_odb_hash(&ret_model->digest, data, length, GIT_OBJECT_BLOB);
	model_index(ret_model);
	return 0;
}

int model_load(struct model *ret_model, struct error *err)
{
	struct buffer data = BUFFER_INIT;
	int error;

	model_init(ret_model);
	error = data_file_read(&data, MODEL_NAME, err);
	if (!error)
		error = model_read(ret_model, data.data, data.length, err);
	buffer_release(&data);
	return error;
}
