/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/pack-writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "git/pack-index.h"
#include "git/sha1.h"

enum {
	FLUSH_BYTES = 1 << 20,
	HEADER_BYTES = 12,
	OFS_DELTA = 6 /* the object type in a pack */
};

struct pack_writer {
	char *directory; /* OBJECTS_DIR/pack, or NULL: all in memory */
	char *path;	 /* of the growing file, NULL before the first object */
	int fd;
	bool closed; /* finished or failed: nothing more can be added */
	uint64_t flushed;
	struct buffer pending; /* the bytes from `flushed` on */

	/* In the order of the pack, so that an entry ends where the next begins. */
	ARRAY(struct pack_entry) entries;
	uint32_t *slots; /* entry + 1 by id; 0 = free */
	size_t slot_count;

	struct libdeflate_compressor *compressor;
	struct libdeflate_decompressor *decompressor;
	struct buffer scratch;
};

int pack_writer_open(struct pack_writer **ret_writer, const char *objects_dir, struct error *err)
{
	struct pack_writer *writer = memory_alloc(sizeof(*writer));

	writer->fd = -1;
	if (objects_dir)
		writer->directory = string_format("%s/pack", objects_dir);
	buffer_init(&writer->pending);
	buffer_init(&writer->scratch);
	writer->compressor = libdeflate_alloc_compressor(1);
	writer->decompressor = libdeflate_alloc_decompressor();
	if (!writer->compressor || !writer->decompressor)
		memory_exhausted();
	*ret_writer = writer;
	return 0;
}

/* Removes the growing file; what was in it is gone. */
static void discard(struct pack_writer *writer)
{
	writer->closed = true;
	if (writer->fd >= 0)
		close(writer->fd);
	writer->fd = -1;
	if (writer->path)
		unlink(writer->path);
	free(writer->path);
	writer->path = NULL;
}

void pack_writer_close(struct pack_writer *writer)
{
	if (!writer)
		return;
	discard(writer);
	free(writer->directory);
	free(writer->slots);
	array_release(&writer->entries);
	buffer_release(&writer->pending);
	buffer_release(&writer->scratch);
	libdeflate_free_compressor(writer->compressor);
	libdeflate_free_decompressor(writer->decompressor);
	free(writer);
}

/* ---- which objects are there ---- */

static size_t slot_of(const struct pack_writer *writer, const git_oid *id)
{
	uint32_t hash;
	size_t slot;

	memcpy(&hash, id->id, sizeof(hash));
	for (slot = hash & (writer->slot_count - 1);;
	     slot = (slot + 1) & (writer->slot_count - 1)) {
		uint32_t entry = writer->slots[slot];

		if (!entry || git_oid_equal(&writer->entries.items[entry - 1].id, id))
			return slot;
	}
}

static struct pack_entry *find(const struct pack_writer *writer, const git_oid *id)
{
	uint32_t entry;

	if (!writer->slot_count)
		return NULL;
	entry = writer->slots[slot_of(writer, id)];
	return entry ? &writer->entries.items[entry - 1] : NULL;
}

static void grow_slots(struct pack_writer *writer)
{
	writer->slot_count = writer->slot_count ? writer->slot_count * 2 : 1024;
	free(writer->slots);
	writer->slots = memory_alloc(writer->slot_count * sizeof(*writer->slots));
	for (size_t i = 0; i < writer->entries.count; i++)
		writer->slots[slot_of(writer, &writer->entries.items[i].id)] = i + 1;
}

bool pack_writer_has(const struct pack_writer *writer, const git_oid *id)
{
	return find(writer, id) != NULL;
}

size_t pack_writer_count(const struct pack_writer *writer)
{
	return writer->entries.count;
}

uint64_t pack_writer_bytes(const struct pack_writer *writer)
{
	return writer->flushed + writer->pending.length;
}

bool pack_writer_can_delta(const struct pack_writer *writer, const git_oid *base)
{
	const struct pack_entry *entry = find(writer, base);

	return entry && entry->depth < PACK_DELTA_DEPTH;
}

/* ---- adding ---- */

static int write_failed(struct pack_writer *writer, struct error *err)
{
	int result = error_errno(err, "cannot write the pack '%s'", writer->path);

	discard(writer);
	return result;
}

static int write_all(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length) {
		ssize_t done = write(fd, at, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			if (!done)
				errno = ENOSPC;
			return -1;
		}
		at += done;
		length -= done;
	}
	return 0;
}

static int flush(struct pack_writer *writer, struct error *err)
{
	if (!writer->directory)
		return 0;
	if (write_all(writer->fd, writer->pending.data, writer->pending.length))
		return write_failed(writer, err);
	writer->flushed += writer->pending.length;
	buffer_clear(&writer->pending);
	return 0;
}

static int begin(struct pack_writer *writer, struct error *err)
{
	static const unsigned char header[HEADER_BYTES] = "PACK\0\0\0\2";

	if (writer->flushed + writer->pending.length)
		return 0;
	if (writer->directory) {
		writer->path = string_format("%s/tmp_pack_XXXXXX", writer->directory);
		if (mkdir(writer->directory, 0777) && errno != EEXIST)
			return error_errno(err, "cannot create '%s'", writer->directory);
		writer->fd = mkostemp(writer->path, O_CLOEXEC);
		if (writer->fd < 0) {
			int result = error_errno(err, "cannot create a pack in '%s'",
						 writer->directory);

			free(writer->path);
			writer->path = NULL;
			return result;
		}
	}
	/* The number of objects is filled in at the end. */
	buffer_add(&writer->pending, header, sizeof(header));
	return 0;
}

static void add_header(struct buffer *buffer, unsigned type, size_t length)
{
	unsigned byte = type << 4 | (length & 15);

	for (length >>= 4; length; length >>= 7) {
		buffer_add_byte(buffer, byte | 0x80);
		byte = length & 0x7f;
	}
	buffer_add_byte(buffer, byte);
}

/* How far back the base lies: big-endian groups of 7 bits, each but the last less one. */
static void add_distance(struct buffer *buffer, uint64_t distance)
{
	unsigned char bytes[10];
	int at = sizeof(bytes) - 1;

	bytes[at] = distance & 0x7f;
	while (distance >>= 7)
		bytes[--at] = 0x80 | (--distance & 0x7f);
	buffer_add(buffer, bytes + at, sizeof(bytes) - at);
}

static int add(struct pack_writer *writer, const git_oid *id, git_object_t type,
	       const struct pack_entry *base, const void *data, size_t length, struct error *err)
{
	struct buffer *pending = &writer->pending;
	uint64_t base_offset = base ? base->offset : 0;
	unsigned depth = base ? base->depth + 1 : 0;
	struct pack_entry *entry;
	size_t start, bound, packed;
	int result;

	if (writer->closed)
		return error_set(err, ERROR_SYSTEM, "the pack was given up after an earlier error");
	result = begin(writer, err);
	if (result)
		return result;
	start = pending->length;
	if (2 * (writer->entries.count + 1) > writer->slot_count)
		grow_slots(writer);
	entry = array_add(&writer->entries);
	entry->id = *id;
	entry->offset = writer->flushed + start;
	entry->type = type;
	entry->depth = depth;
	writer->slots[slot_of(writer, id)] = writer->entries.count;

	add_header(pending, base ? OFS_DELTA : (unsigned)type, length);
	if (base)
		add_distance(pending, entry->offset - base_offset);
	bound = libdeflate_zlib_compress_bound(writer->compressor, length);
	buffer_reserve(pending, bound);
	packed = libdeflate_zlib_compress(writer->compressor, data, length,
					  pending->data + pending->length, bound);
	assert(packed); /* the bound is a promise */
	pending->length += packed;
	pending->data[pending->length] = '\0';
	entry->crc = libdeflate_crc32(0, pending->data + start, pending->length - start);
	return pending->length >= FLUSH_BYTES ? flush(writer, err) : 0;
}

int pack_writer_add(struct pack_writer *writer, const git_oid *id, git_object_t type,
		    const void *data, size_t length, struct error *err)
{
	if (find(writer, id))
		return 0;
	return add(writer, id, type, NULL, data, length, err);
}

int pack_writer_add_delta(struct pack_writer *writer, const git_oid *id, git_object_t type,
			  const git_oid *base, const void *delta, size_t length, struct error *err)
{
	const struct pack_entry *entry = find(writer, base);

	if (find(writer, id))
		return 0;
	if (!entry || entry->depth >= PACK_DELTA_DEPTH)
		return error_set(err, ERROR_INPUT, "object %s is no base for a delta",
				 git_oid_tostr_s(base));
	return add(writer, id, type, entry, delta, length, err);
}

/* ---- reading back ---- */

/* The packed bytes of an entry, borrowed until the next call of anything. */
static int packed_bytes(const unsigned char **ret_data, size_t *ret_length,
			struct pack_writer *writer, const struct pack_entry *entry,
			struct error *err)
{
	const struct pack_entry *last = array_last(&writer->entries);
	uint64_t end = entry == last ? pack_writer_bytes(writer) : entry[1].offset;
	size_t length = end - entry->offset;

	*ret_length = length;
	if (entry->offset >= writer->flushed) {
		*ret_data = (unsigned char *)writer->pending.data +
			    (entry->offset - writer->flushed);
		return 0;
	}
	buffer_clear(&writer->scratch);
	buffer_reserve(&writer->scratch, length);
	for (size_t have = 0; have < length;) {
		ssize_t got = pread(writer->fd, writer->scratch.data + have, length - have,
				    entry->offset + have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_errno(err, "cannot read back the pack '%s'", writer->path);
		have += got;
	}
	*ret_data = (unsigned char *)writer->scratch.data;
	return 0;
}

/* Inflates one entry; `ret_base` gets the offset of its base, 0 = it is whole. */
static int unpack(struct buffer *ret_data, uint64_t *ret_base, struct pack_writer *writer,
		  const struct pack_entry *entry, struct error *err)
{
	const unsigned char *at = NULL, *end;
	size_t length = 0, size, left;
	unsigned shift = 4;
	int result = packed_bytes(&at, &length, writer, entry, err);
	bool delta;

	if (result)
		return result;
	end = at + length;
	delta = (*at >> 4 & 7) == OFS_DELTA;
	size = *at & 15;
	while (*at++ & 0x80) {
		size |= (size_t)(*at & 0x7f) << shift;
		shift += 7;
	}
	*ret_base = 0;
	if (delta) {
		uint64_t distance = *at & 0x7f;

		while (*at++ & 0x80)
			distance = (distance + 1) << 7 | (*at & 0x7f);
		*ret_base = entry->offset - distance;
	}
	left = end - at;
	buffer_clear(ret_data);
	buffer_reserve(ret_data, size);
	if (libdeflate_zlib_decompress(writer->decompressor, at, left, ret_data->data, size,
				       NULL) != LIBDEFLATE_SUCCESS)
		return error_set(err, ERROR_SYSTEM, "object %s was damaged in the pack '%s'",
				 git_oid_tostr_s(&entry->id),
				 writer->path ? writer->path : "in memory");
	ret_data->length = size;
	if (ret_data->capacity)
		ret_data->data[size] = '\0';
	return 0;
}

static const struct pack_entry *entry_at(const struct pack_writer *writer, uint64_t offset)
{
	size_t low = 0, high = writer->entries.count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (writer->entries.items[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return &writer->entries.items[low];
}

/* The deltas are our own, so this needs no doubt about their form. */
static void apply_delta(struct buffer *ret_data, const struct buffer *base,
			const struct buffer *delta)
{
	const unsigned char *at = (unsigned char *)delta->data;
	const unsigned char *end = at + delta->length;

	buffer_clear(ret_data);
	while (*at++ & 0x80)
		; /* size of the base */
	while (*at++ & 0x80)
		; /* size of the result */
	while (at < end) {
		unsigned code = *at++;
		size_t offset = 0, size = 0;

		if (!(code & 0x80)) {
			buffer_add(ret_data, at, code);
			at += code;
			continue;
		}
		for (int i = 0; i < 4; i++)
			if (code & 1 << i)
				offset |= (size_t)*at++ << 8 * i;
		for (int i = 0; i < 3; i++)
			if (code & 0x10 << i)
				size |= (size_t)*at++ << 8 * i;
		if (!size)
			size = 0x10000;
		assert(offset + size <= base->length); /* our own deltas */
		buffer_add(ret_data, base->data + offset, size);
	}
}

int pack_writer_read(struct buffer *ret_data, git_object_t *ret_type, struct pack_writer *writer,
		     const git_oid *id, struct error *err)
{
	struct buffer deltas[PACK_DELTA_DEPTH + 1];
	const struct pack_entry *entry = find(writer, id);
	unsigned count = 0;
	uint64_t base;
	int result;

	if (!entry || writer->closed)
		return error_set(err, ERROR_NOT_FOUND, "object %s is missing", git_oid_tostr_s(id));
	*ret_type = entry->type;
	for (;;) {
		result = unpack(ret_data, &base, writer, entry, err);
		if (result || !base)
			break;
		deltas[count++] = *ret_data;
		buffer_init(ret_data);
		entry = entry_at(writer, base);
	}
	while (count) {
		struct buffer *delta = &deltas[--count];

		if (!result) {
			struct buffer whole = BUFFER_INIT;

			apply_delta(&whole, ret_data, delta);
			buffer_release(ret_data);
			*ret_data = whole;
		}
		buffer_release(delta);
	}
	return result;
}

/* ---- finishing ---- */

/* Hashes the file after its header has been completed, and appends the hash. */
static int seal(unsigned char ret_checksum[GIT_OID_RAWSZ], struct pack_writer *writer)
{
	unsigned char count[4];
	struct sha1 sha1;
	ssize_t got;

	for (int i = 0; i < 4; i++)
		count[i] = writer->entries.count >> 8 * (3 - i);
	if (pwrite(writer->fd, count, 4, 8) != 4 || lseek(writer->fd, 0, SEEK_SET))
		return -1;
	sha1_init(&sha1);
	buffer_clear(&writer->scratch);
	buffer_reserve(&writer->scratch, FLUSH_BYTES);
	while ((got = read(writer->fd, writer->scratch.data, FLUSH_BYTES)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		sha1_add(&sha1, writer->scratch.data, got);
	}
	sha1_finish(ret_checksum, &sha1);
	if (write_all(writer->fd, ret_checksum, GIT_OID_RAWSZ))
		return -1;
	return fchmod(writer->fd, 0444) || fsync(writer->fd) ? -1 : 0;
}

static int write_index(char **ret_path, struct pack_writer *writer, const unsigned char *checksum)
{
	struct buffer bytes = BUFFER_INIT;
	char *path = string_format("%s/tmp_idx_XXXXXX", writer->directory);
	int fd = mkostemp(path, O_CLOEXEC);
	int result = -1;

	if (fd < 0) {
		free(path);
		return -1;
	}
	pack_index_build(&bytes, writer->entries.items, writer->entries.count, checksum,
			 PACK_INDEX_LARGE_OFFSET);
	if (!write_all(fd, bytes.data, bytes.length) && !fchmod(fd, 0444) && !fsync(fd))
		result = 0;
	if (close(fd))
		result = -1;
	buffer_release(&bytes);
	if (result) {
		int saved = errno;

		unlink(path);
		free(path);
		errno = saved;
	} else {
		*ret_path = path;
	}
	return result;
}

static int sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	close(fd);
	return result;
}

/* The pack first: an index without its pack would be an error to git, the reverse is not. */
static int publish(struct pack_writer *writer, const char *name, const char *index)
{
	char *pack_path = string_format("%s/pack-%s.pack", writer->directory, name);
	char *index_path = string_format("%s/pack-%s.idx", writer->directory, name);
	bool existed = !access(index_path, F_OK);
	int result = -1;

	if (rename(writer->path, pack_path))
		goto out;
	free(writer->path);
	writer->path = NULL;
	if (rename(index, index_path) || sync_directory(writer->directory)) {
		int saved = errno;

		if (!existed) {
			unlink(index_path);
			unlink(pack_path);
		}
		errno = saved;
		goto out;
	}
	result = 0;
out:
	free(pack_path);
	free(index_path);
	return result;
}

int pack_writer_finish(char *ret_name, struct pack_writer *writer, struct error *err)
{
	unsigned char checksum[GIT_OID_RAWSZ];
	char name[GIT_OID_HEXSZ + 1];
	char *index = NULL;
	git_oid id;
	int result;

	if (ret_name)
		ret_name[0] = '\0';
	if (!writer->directory)
		return error_set(err, ERROR_REFUSED, "a pack in memory cannot be finished");
	if (writer->closed)
		return error_set(err, ERROR_SYSTEM, "the pack was given up after an earlier error");
	if (!writer->entries.count) {
		discard(writer);
		return 0;
	}
	result = flush(writer, err);
	if (result)
		return result;
	if (seal(checksum, writer))
		return write_failed(writer, err);
	if (write_index(&index, writer, checksum)) {
		result = error_errno(err, "cannot write the index of the pack '%s'", writer->path);
		discard(writer);
		return result;
	}
	git_oid_fromraw(&id, checksum);
	git_oid_tostr(name, sizeof(name), &id);
	if (publish(writer, name, index)) {
		result = error_errno(err, "cannot put the pack into '%s'", writer->directory);
		unlink(index);
	}
	free(index);
	discard(writer);
	if (!result && ret_name)
		memcpy(ret_name, name, sizeof(name));
	return result;
}
