/* SPDX-License-Identifier: GPL-2.0-only */
/* The classifier's whole numbers, and the file of a model. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <libdeflate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/model.h"
#include "triage/sigmoid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Equal on every machine. */
static uint32_t next_number(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33);
}

/* ---- whole numbers ---- */

static void roots_are_exact(void **state)
{
	uint64_t random = 1;
	uint32_t root = 0;

	for (uint64_t value = 0; value < 70000; value++) {
		while ((uint64_t)(root + 1) * (root + 1) <= value)
			root++;
		assert_int_equal(integer_root(value), root);
	}
	for (int i = 0; i < 20000; i++) {
		uint64_t square;

		root = next_number(&random) + 2U;
		square = (uint64_t)root * root;
		assert_int_equal(integer_root(square - 1), root - 1);
		assert_int_equal(integer_root(square), root);
		assert_int_equal(integer_root(square + 2 * (uint64_t)root), root);
	}
	assert_int_equal(integer_root(UINT64_MAX), UINT32_MAX);
}

static void sigmoid_is_close(void **state)
{
	int32_t before = 0;

	for (int64_t logit = -20 * LOGIT_ONE; logit <= 20 * LOGIT_ONE; logit += 7) {
		int32_t value = sigmoid_millionths(logit);

		assert_true(value >= before && value <= 1000000);
		assert_true(fabs(value / 1e6 - 1 / (1 + exp(-(double)logit / LOGIT_ONE))) <= 1e-4);
		assert_int_equal(value + sigmoid_millionths(-logit), 1000000);
		before = value;
	}
	assert_int_equal(sigmoid_millionths(0), 500000);
	assert_int_equal(sigmoid_millionths(INT64_MAX), 1000000);
	assert_int_equal(sigmoid_millionths(-INT64_MAX), 0);
}

/* ---- the file of a model ---- */

#define HASHES (1U << FEATURE_HASH_BITS)

/* `dense`: how many features of each group, less the group's number. */
static void make_model(struct model *model, size_t dense)
{
	uint64_t random = dense;

	model_init(model);
	model->header = string_copy("learned from: nothing\nnote: a test\n");
	for (size_t group = 0; group < GROUP_KINDS; group++) {
		model->count += group < dense ? dense - group : 0;
		model->starts[group + 1] = model->count;
	}
	model->hashes = memory_alloc((model->count + 1) * sizeof(*model->hashes));
	for (int space = 0; space < SPACE_KINDS; space++)
		model->idf[space] = memory_alloc(model->count + 1);
	for (int head = 0; head < HEAD_KINDS; head++)
		model->weights[head] = memory_alloc(model->count + 1);
	for (int group = 0; group < GROUP_KINDS; group++) {
		size_t first = model->starts[group], count = model->starts[group + 1] - first;

		for (size_t i = 0; i < count; i++) {
			uint32_t step = HASHES / (uint32_t)count;

			model->hashes[first + i] = i + 1 == count ? HASHES - 1
						   : i		  ? (uint32_t)i * step +
								   next_number(&random) % step
						       : 0;
			for (int space = 0; space < SPACE_KINDS; space++)
				model->idf[space][first + i] = (uint8_t)next_number(&random);
			for (int head = 0; head < HEAD_KINDS; head++)
				model->weights[head][first + i] = (int8_t)next_number(&random);
		}
	}
	for (int head = 0; head < HEAD_KINDS; head++) {
		for (int group = 0; group < GROUP_KINDS; group++)
			model->units[head][group] = next_number(&random) >> (head * 6);
		for (int group = 0; group < GROUP_KINDS; group++)
			model->units[head][group] %= MODEL_UNIT_LIMIT;
		model->constants[head] = (int64_t)next_number(&random) - (1 << 30);
	}
	model_index(model);
}

/* Some features that the model knows and some that it does not. */
static void choose_features(struct features *features, const struct model *model, uint64_t *random)
{
	features->count = 0;
	for (size_t i = 0; i < model->count; i++) {
		struct feature *feature;
		unsigned group = 0;

		if (next_number(random) % 3)
			continue;
		while (i >= model->starts[group + 1])
			group++;
		feature = array_add(features);
		feature->hash = model->hashes[i] ^ (next_number(random) % 4 == 0);
		feature->group = (unsigned char)group;
	}
}

/* The slow way: by the definition in model.h. */
static double score_by_definition(const struct model *model, const struct features *features,
				  enum model_head head)
{
	const uint8_t *idf = model->idf[model_head_space(head)];
	double sum = (double)model->constants[head];

	for (int group = 0; group < GROUP_KINDS; group++) {
		double square = 0, product = 0;

		for (size_t i = 0; i < features->count; i++)
			for (size_t j = model->starts[group]; j < model->starts[group + 1]; j++)
				if (features->items[i].group == group &&
				    features->items[i].hash == model->hashes[j]) {
					square += (double)idf[j] * idf[j];
					product += (double)idf[j] * model->weights[head][j];
				}
		if (group == GROUP_DIFF)
			square = 4;
		if (square > 0)
			sum += product / sqrt(square) * (double)model->units[head][group] / 256;
	}
	return sum;
}

static void models_are_read_as_they_were_written(void **state)
{
	static const size_t sizes[] = { 1, 3, 7, 400 };
	uint64_t random = 7;

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct buffer data = BUFFER_INIT, again = BUFFER_INIT;
		struct model model, second;
		struct features features;

		features_init(&features, false);
		make_model(&model, sizes[i]);
		assert_int_equal(model_write(&data, &model, NULL), 0);
		assert_int_equal(model_write(&again, &model, NULL), 0);
		assert_int_equal(data.length, again.length);
		assert_memory_equal(data.data, again.data, data.length);
		assert_int_equal(model_read(&second, data.data, data.length, NULL), 0);
		assert_string_equal(second.header, model.header);
		assert_int_equal(second.count, model.count);
		for (int round = 0; round < 20; round++) {
			int64_t logits[HEAD_KINDS], others[HEAD_KINDS];

			choose_features(&features, &model, &random);
			model_score(logits, &model, &features);
			model_score(others, &second, &features);
			assert_memory_equal(logits, others, sizeof(logits));
			/* Lengths are cut to 1/256. */
			for (int head = 0; head < HEAD_KINDS; head++) {
				double exact = score_by_definition(&model, &features, head);

				assert_true(fabs(exact - (double)logits[head]) <=
					    1e-2 * (fabs(exact) + (double)MODEL_UNIT_LIMIT));
			}
		}
		LLVMFuzzerTestOneInput((const uint8_t *)data.data, data.length);
		model_release(&model);
		model_release(&second);
		features_release(&features);
		buffer_release(&data);
		buffer_release(&again);
	}
}

/* Reads a copy that nothing lies behind; what is read must be `expected`, NULL = anything. */
static int read_as(const void *data, size_t length, const struct model *expected)
{
	void *copy = memory_copy(data, length + !length);
	struct error err = ERROR_INIT;
	struct model model;
	int error = model_read(&model, copy, length, &err);

	assert_int_equal(!error, !*err.message);
	if (error)
		assert_null(model.hashes);
	else if (expected)
		assert_true(model.count == expected->count &&
			    !memcmp(model.hashes, expected->hashes,
				    model.count * sizeof(*model.hashes)) &&
			    !memcmp(model.units, expected->units, sizeof(model.units)) &&
			    !memcmp(model.constants, expected->constants, sizeof(model.constants)));
	model_release(&model);
	error_clear(&err);
	free(copy);
	return error;
}

static int read_exactly(const void *data, size_t length)
{
	return read_as(data, length, NULL);
}

static void damaged_models_are_refused(void **state)
{
	struct buffer data = BUFFER_INIT;
	struct model model;
	size_t head, refused = 0;

	make_model(&model, 9);
	model_write(&data, &model, NULL);
	head = (size_t)(strstr(data.data, "\n\n") - data.data) + 2;
	for (size_t i = 0; i < data.length; i++)
		assert_int_equal(read_exactly(data.data, i), ERROR_INPUT);
	for (size_t i = 0; i < data.length; i++)
		for (int bit = 0; bit < 8; bit++) {
			int error;

			data.data[i] ^= (char)(1 << bit);
			/* Some bits of a deflated text mean nothing. */
			error = read_as(data.data, data.length, &model);
			refused += i >= head && error == ERROR_INPUT;
			assert_true(!error || error == ERROR_INPUT);
			if (i < strlen("sectree triage model 1\n"))
				assert_int_equal(error, ERROR_INPUT);
			data.data[i] ^= (char)(1 << bit);
		}
	assert_int_equal(read_exactly(data.data, data.length), 0);
	assert_true(refused + 8 > (data.length - head) * 8);
	model_release(&model);
	buffer_release(&data);
}

/* A file with these bytes inflated; `size` is what it says of them. */
static int read_inflated(const void *bytes, size_t length, size_t size)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
	size_t bound = libdeflate_zlib_compress_bound(compressor, length);
	struct buffer data = BUFFER_INIT;
	int error;

	buffer_add_format(&data, "sectree triage model 1\ninflated: %zu\n\n", size);
	buffer_reserve(&data, bound);
	data.length += libdeflate_zlib_compress(compressor, bytes, length, data.data + data.length,
						bound);
	error = read_exactly(data.data, data.length);
	libdeflate_free_compressor(compressor);
	buffer_release(&data);
	return error;
}

#define HUGE_NUMBER "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
#define EIGHT(number) number number number number number number number number
#define ALL_UNITS(number) EIGHT(number) EIGHT(number) EIGHT(number) EIGHT(number) number number

static void wrong_numbers_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		int error;
	} cases[] = {
#define BYTES(text) text, sizeof(text) - 1
		/* six counts, then 35 units and constants */
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") "\0"), 0 },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") "\0\0"), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") HUGE_NUMBER), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		  ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0\1" ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0\x80\x80\x80\x80\4" ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0\x80\x80\x80\x80\2" ALL_UNITS("\0")), 0 },
		{ BYTES("\0\0\0\0\0\0" HUGE_NUMBER ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES(HUGE_NUMBER "\0\0\0\0\0" ALL_UNITS("\0") "\0"), ERROR_INPUT },
		{ BYTES("\xff\xff\x3f\xff\xff\x3f\0\0\0\0" ALL_UNITS("\0") "\0"), ERROR_INPUT },
		{ BYTES("\x80\x80\x40\0\0\0\0\0" ALL_UNITS("\0") "\0"), ERROR_INPUT },
		{ BYTES("\1\0\0\0\0\0\xff\xff\xff\xff"), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\x80"), ERROR_INPUT },
		{ BYTES("\0"), ERROR_INPUT },
	};
	static const char *const headers[] = {
		"sectree triage model 1\n",
		"sectree triage model 1\ninflated: \n\n",
		"sectree triage model 1\ninflated: ",
		"sectree triage model 1\n\ninflated: 3\n\n",
		"sectree triage model 1\ninflated: 0\n\nx",
		"sectree triage model 1\ninflated: -4\n\nx",
		"sectree triage model 1\ninflated: 3 x\n\nx",
		"sectree triage model 2\ninflated: 3\n\nx",
		"sectree triage model 1\ninflated: 99999999999999999999999\n\nx",
		"",
		"sectree triage model 1\ninflated: \n\n\n\n  3",
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (read_inflated(cases[i].bytes, cases[i].length, cases[i].length) !=
		    cases[i].error)
			fail_msg("case %zu", i);
		assert_int_equal(
			read_inflated(cases[i].bytes, cases[i].length, cases[i].length + 1),
			ERROR_INPUT);
		assert_int_equal(read_inflated(cases[i].bytes, cases[i].length, SIZE_MAX),
				 ERROR_INPUT);
	}
	for (size_t i = 0; i < COUNT_OF(headers); i++)
		assert_int_equal(read_exactly(headers[i], strlen(headers[i])), ERROR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_are_exact),
		cmocka_unit_test(sigmoid_is_close),
		cmocka_unit_test(models_are_read_as_they_were_written),
		cmocka_unit_test(damaged_models_are_refused),
		cmocka_unit_test(wrong_numbers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
