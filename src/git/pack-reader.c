/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/pack-reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"

enum {
	CACHE_BYTES = 48 << 20,
	CHAIN_LIMIT = 4096, /* deltas on one another */
	TRAILER = GIT_OID_RAWSZ,
	INDEX_HEADER = 8 + 256 * 4,
	ALTERNATES_LIMIT = 64,
	ALTERNATES_BYTES = 1 << 20,
	OFS_DELTA = 6,
	REF_DELTA = 7
};

struct pack {
	const unsigned char *index, *data;
	size_t index_length, length;
	uint32_t count;
	const unsigned char *ids, *offsets, *large_offsets;
	size_t large_count;
	bool mapped;
};

/* An entry of a pack, its header read. */
struct entry {
	unsigned type;
	size_t size;
	uint64_t offset, data; /* of the header and of the zlib stream */
	uint64_t base;	       /* of a delta */
};

struct pack_reader {
	ARRAY(struct pack) packs;
	size_t last; /* the pack that had the last object: it likely has the next */
	unsigned alternates;
	struct object_cache cache;
	struct libdeflate_decompressor *decompressor;
	ARRAY(struct entry) chain;
	struct buffer delta, whole[2];
};

static uint32_t load_be32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return __builtin_bswap32(value);
}

static uint64_t load_be64(const unsigned char *at)
{
	return (uint64_t)load_be32(at) << 32 | load_be32(at + 4);
}

/* ---- opening ---- */

/* Checks what lookups rely on: sizes and an ascending fan-out. */
static bool parse_index(struct pack *pack)
{
	uint32_t last = 0;
	size_t need;

	if (pack->index_length < INDEX_HEADER + 2 * TRAILER ||
	    memcmp(pack->index, "\377tOc\0\0\0\2", 8) != 0)
		return false;
	for (int i = 0; i < 256; i++) {
		uint32_t count = load_be32(pack->index + 8 + 4 * i);

		if (count < last)
			return false;
		last = count;
	}
	pack->count = last;
	need = INDEX_HEADER + (size_t)last * (GIT_OID_RAWSZ + 8) + 2 * TRAILER;
	if (pack->index_length < need)
		return false;
	pack->ids = pack->index + INDEX_HEADER;
	pack->offsets = pack->ids + (size_t)last * (GIT_OID_RAWSZ + 4);
	pack->large_offsets = pack->offsets + (size_t)last * 4;
	pack->large_count = (pack->index_length - need) / 8;
	return pack->length >= 12 + TRAILER && !memcmp(pack->data, "PACK\0\0\0\2", 8);
}

static const unsigned char *map_file(size_t *ret_length, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *data = MAP_FAILED;
	struct stat status;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_size > 0) {
		*ret_length = status.st_size;
		data = mmap(NULL, *ret_length, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	close(fd);
	return data == MAP_FAILED ? NULL : data;
}

static void unmap_pack(struct pack *pack)
{
	if (!pack->mapped)
		return;
	if (pack->index)
		munmap((void *)pack->index, pack->index_length);
	if (pack->data)
		munmap((void *)pack->data, pack->length);
}

static void add_pack(struct pack_reader *reader, const char *directory, const char *index_name)
{
	struct pack pack = { .mapped = true };
	char *path = string_format("%s/%s", directory, index_name);

	pack.index = map_file(&pack.index_length, path);
	free(path);
	path = string_format("%s/%.*s.pack", directory, (int)strlen(index_name) - 4, index_name);
	if (pack.index)
		pack.data = map_file(&pack.length, path);
	free(path);
	if (pack.data && parse_index(&pack))
		array_push(&reader->packs, pack);
	else
		unmap_pack(&pack);
}

static void add_directory(struct pack_reader *reader, const char *objects_dir);

static void add_alternates(struct pack_reader *reader, const char *objects_dir)
{
	char *path = string_format("%s/info/alternates", objects_dir);
	struct buffer text = BUFFER_INIT;

	if (!buffer_read_file(&text, path, ALTERNATES_BYTES, NULL)) {
		for (char *line = text.data, *end; *line; line = end) {
			char *other;

			end = strchrnul(line, '\n');
			if (*end)
				*end++ = '\0';
			if (!*line || *line == '#')
				continue;
			other = *line == '/' ? string_copy(line)
					     : string_format("%s/%s", objects_dir, line);
			add_directory(reader, other);
			free(other);
		}
	}
	free(path);
	buffer_release(&text);
}

static void add_directory(struct pack_reader *reader, const char *objects_dir)
{
	char *path = string_format("%s/pack", objects_dir);
	struct dirent *entry;
	DIR *dir;

	if (reader->alternates++ < ALTERNATES_LIMIT) {
		dir = opendir(path);
		while (dir && (entry = readdir(dir))) {
			size_t length = strlen(entry->d_name);

			if (length > 9 && !strncmp(entry->d_name, "pack-", 5) &&
			    !strcmp(entry->d_name + length - 4, ".idx"))
				add_pack(reader, path, entry->d_name);
		}
		if (dir)
			closedir(dir);
		add_alternates(reader, objects_dir);
	}
	free(path);
}

static struct pack_reader *reader_new(void)
{
	struct pack_reader *reader = memory_alloc(sizeof(*reader));

	object_cache_init(&reader->cache, CACHE_BYTES);
	buffer_init(&reader->delta);
	buffer_init(&reader->whole[0]);
	buffer_init(&reader->whole[1]);
	reader->decompressor = libdeflate_alloc_decompressor();
	if (!reader->decompressor)
		memory_exhausted();
	return reader;
}

struct pack_reader *pack_reader_open(const char *objects_dir)
{
	struct pack_reader *reader = reader_new();

	add_directory(reader, objects_dir);
	return reader;
}

struct pack_reader *pack_reader_open_memory(const void *index, size_t index_length,
					    const void *pack_data, size_t pack_length)
{
	struct pack_reader *reader = reader_new();
	struct pack pack = { .index = index, .index_length = index_length };

	pack.data = pack_data;
	pack.length = pack_length;
	if (parse_index(&pack))
		array_push(&reader->packs, pack);
	return reader;
}

void pack_reader_close(struct pack_reader *reader)
{
	if (!reader)
		return;
	for (size_t i = 0; i < reader->packs.count; i++)
		unmap_pack(&reader->packs.items[i]);
	array_release(&reader->packs);
	array_release(&reader->chain);
	object_cache_release(&reader->cache);
	buffer_release(&reader->delta);
	buffer_release(&reader->whole[0]);
	buffer_release(&reader->whole[1]);
	libdeflate_free_decompressor(reader->decompressor);
	free(reader);
}

/* ---- finding ---- */

/* 0 = not there; no object lies at the start of a pack. */
static uint64_t find_in_pack(const struct pack *pack, const git_oid *id)
{
	unsigned first = id->id[0];
	uint32_t low = first ? load_be32(pack->index + 8 + 4 * (first - 1)) : 0;
	uint32_t high = load_be32(pack->index + 8 + 4 * first);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = memcmp(id->id, pack->ids + (size_t)middle * GIT_OID_RAWSZ,
				   GIT_OID_RAWSZ);
		uint32_t offset;

		if (order < 0) {
			high = middle;
		} else if (order > 0) {
			low = middle + 1;
		} else {
			offset = load_be32(pack->offsets + (size_t)middle * 4);
			if (!(offset & UINT32_C(1) << 31))
				return offset;
			offset &= ~(UINT32_C(1) << 31);
			return offset < pack->large_count
				       ? load_be64(pack->large_offsets + (size_t)offset * 8)
				       : 0;
		}
	}
	return 0;
}

static const struct pack *find(size_t *ret_pack, uint64_t *ret_offset,
			       const struct pack_reader *reader, const git_oid *id)
{
	for (size_t i = 0; i < reader->packs.count; i++) {
		size_t at = (reader->last + i) % reader->packs.count;
		const struct pack *pack = &reader->packs.items[at];

		*ret_offset = find_in_pack(pack, id);
		*ret_pack = at;
		if (*ret_offset)
			return pack;
	}
	return NULL;
}

bool pack_reader_has(const struct pack_reader *reader, const git_oid *id)
{
	uint64_t offset;
	size_t at;

	return find(&at, &offset, reader, id) != NULL;
}

/* ---- reading ---- */

static bool read_distance(uint64_t *ret_distance, const struct pack *pack, uint64_t *at,
			  uint64_t end)
{
	uint64_t distance;
	unsigned byte;

	if (*at >= end)
		return false;
	byte = pack->data[(*at)++];
	distance = byte & 0x7f;
	while (byte & 0x80) {
		if (*at >= end || distance >> 56)
			return false;
		byte = pack->data[(*at)++];
		distance = (distance + 1) << 7 | (byte & 0x7f);
	}
	*ret_distance = distance;
	return true;
}

static bool read_entry(struct entry *ret_entry, const struct pack *pack, uint64_t offset)
{
	uint64_t at = offset, end = pack->length - TRAILER, distance;
	unsigned byte, shift = 4;
	git_oid base;

	if (at < 12 || at >= end)
		return false;
	byte = pack->data[at++];
	ret_entry->offset = offset;
	ret_entry->type = byte >> 4 & 7;
	ret_entry->size = byte & 15;
	ret_entry->base = 0;
	while (byte & 0x80) {
		if (at >= end || shift > 53)
			return false;
		byte = pack->data[at++];
		ret_entry->size |= (size_t)(byte & 0x7f) << shift;
		shift += 7;
	}
	if (ret_entry->type == OFS_DELTA) {
		if (!read_distance(&distance, pack, &at, end) || !distance || distance > offset)
			return false;
		ret_entry->base = offset - distance;
	} else if (ret_entry->type == REF_DELTA) {
		if (end - at < GIT_OID_RAWSZ)
			return false;
		git_oid_fromraw(&base, pack->data + at);
		at += GIT_OID_RAWSZ;
		ret_entry->base = find_in_pack(pack, &base);
		if (!ret_entry->base)
			return false;
	}
	ret_entry->data = at;
	return at < end;
}

static bool inflate_entry(char *ret_data, struct pack_reader *reader, const struct pack *pack,
			  const struct entry *entry)
{
	size_t length;

	return libdeflate_zlib_decompress(reader->decompressor, pack->data + entry->data,
					  pack->length - TRAILER - entry->data, ret_data,
					  entry->size, &length) == LIBDEFLATE_SUCCESS &&
	       length == entry->size;
}

static bool read_size(size_t *ret_size, const unsigned char **at, const unsigned char *end)
{
	unsigned shift = 0, byte;

	*ret_size = 0;
	do {
		if (*at == end || shift > 56)
			return false;
		byte = *(*at)++;
		*ret_size |= (size_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return true;
}

static bool delta_result_size(size_t *ret_size, const struct buffer *delta, size_t base_length)
{
	const unsigned char *at = (unsigned char *)delta->data;
	size_t size;

	return read_size(&size, &at, at + delta->length) && size == base_length &&
	       read_size(ret_size, &at, (unsigned char *)delta->data + delta->length);
}

static bool apply_delta(char *ret_data, size_t size, const char *base, size_t base_length,
			const struct buffer *delta)
{
	const unsigned char *at = (unsigned char *)delta->data;
	const unsigned char *end = at + delta->length;
	size_t ignored, done = 0;

	if (!read_size(&ignored, &at, end) || !read_size(&ignored, &at, end))
		return false;
	while (at < end) {
		unsigned code = *at++;
		size_t offset = 0, length = 0;

		if (!(code & 0x80)) {
			if (!code || code > (size_t)(end - at) || code > size - done)
				return false;
			memcpy(ret_data + done, at, code);
			at += code;
			done += code;
			continue;
		}
		for (int i = 0; i < 7; i++) {
			if (!(code & 1 << i))
				continue;
			if (at == end)
				return false;
			if (i < 4)
				offset |= (size_t)*at++ << 8 * i;
			else
				length |= (size_t)*at++ << 8 * (i - 4);
		}
		if (!length)
			length = 0x10000;
		if (offset > base_length || length > base_length - offset || length > size - done)
			return false;
		memcpy(ret_data + done, base + offset, length);
		done += length;
	}
	return done == size;
}

static git_oid cache_key(size_t pack, uint64_t offset)
{
	uint64_t mixed = (offset + pack) * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t number = pack;
	git_oid key;

	mixed ^= mixed >> 32;
	memcpy(key.id, &mixed, 8);
	memcpy(key.id + 8, &offset, 8);
	memcpy(key.id + 16, &number, 4);
	return key;
}

/*
 * Collects the entries from `offset` down to one that is whole or that the cache has.
 * `ret_base` gets the latter, with a reference.
 */
static bool collect_chain(struct cached_object **ret_base, struct pack_reader *reader,
			  size_t pack_number, uint64_t offset, size_t limit)
{
	const struct pack *pack = &reader->packs.items[pack_number];

	reader->chain.count = 0;
	*ret_base = NULL;
	for (;;) {
		git_oid key = cache_key(pack_number, offset);
		struct entry *entry;

		*ret_base = object_cache_get(&reader->cache, &key);
		if (*ret_base)
			return true;
		if (reader->chain.count == CHAIN_LIMIT)
			return false;
		entry = array_add(&reader->chain);
		if (!read_entry(entry, pack, offset) || entry->size > limit)
			return false;
		if (entry->type != OFS_DELTA && entry->type != REF_DELTA)
			return entry->type >= GIT_OBJECT_COMMIT && entry->type <= GIT_OBJECT_TAG;
		offset = entry->base;
	}
}

/* One step up the chain; the last one goes to an object of its own. */
static bool apply_entry(struct cached_object **ret_object, struct pack_reader *reader,
			const struct pack *pack, const struct entry *entry, git_object_t type,
			const char **base, size_t *base_length, unsigned turn, bool last,
			size_t limit)
{
	struct buffer *whole = &reader->whole[turn & 1];
	char *target;
	size_t size;

	buffer_clear(&reader->delta);
	buffer_reserve(&reader->delta, entry->size);
	reader->delta.length = entry->size;
	if (!inflate_entry(reader->delta.data, reader, pack, entry) ||
	    !delta_result_size(&size, &reader->delta, *base_length) || size > limit)
		return false;
	if (last) {
		*ret_object = cached_object_new(type, size);
		target = (*ret_object)->data;
	} else {
		buffer_clear(whole);
		buffer_reserve(whole, size);
		target = whole->data;
	}
	if (!apply_delta(target, size, *base, *base_length, &reader->delta))
		return false;
	*base = target;
	*base_length = size;
	return true;
}

/* The object that the collected chain gives, or NULL. */
static struct cached_object *resolve_chain(struct pack_reader *reader, const struct pack *pack,
					   struct cached_object *base, size_t limit)
{
	struct cached_object *object = NULL;
	size_t left = reader->chain.count;
	size_t base_length;
	const char *data;
	git_object_t type;
	unsigned turn = 0;

	if (!base) {
		const struct entry *entry = &reader->chain.items[--left];

		base = cached_object_new((git_object_t)entry->type, entry->size);
		if (!inflate_entry(base->data, reader, pack, entry)) {
			cached_object_unref(base);
			return NULL;
		}
	}
	if (!left)
		return base;
	type = base->type;
	data = base->data;
	base_length = base->length;
	while (left) {
		const struct entry *entry = &reader->chain.items[--left];

		if (!apply_entry(&object, reader, pack, entry, type, &data, &base_length, turn++,
				 !left, limit)) {
			cached_object_unref(object);
			object = NULL;
			break;
		}
	}
	cached_object_unref(base);
	return object;
}

struct cached_object *pack_reader_read(struct pack_reader *reader, const git_oid *id,
				       size_t size_limit)
{
	struct cached_object *base, *object;
	const struct pack *pack;
	uint64_t offset;
	git_oid key;
	size_t at;

	pack = find(&at, &offset, reader, id);
	if (!pack)
		return NULL;
	reader->last = at;
	if (!collect_chain(&base, reader, at, offset, size_limit))
		return NULL;
	if (!reader->chain.count)
		return base;
	object = resolve_chain(reader, pack, base, size_limit);
	if (object) {
		key = cache_key(at, offset);
		object_cache_put(&reader->cache, &key, object);
	}
	return object;
}
