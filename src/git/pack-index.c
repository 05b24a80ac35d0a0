/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/pack-index.h"

#include <stdlib.h>

#include "base/array.h"
#include "git/sha1.h"

static int compare_entries(const void *a, const void *b)
{
	const struct pack_entry *const *left = a, *const *right = b;

	return git_oid_cmp(&(*left)->id, &(*right)->id);
}

static void add_be32(struct buffer *buffer, uint32_t value)
{
	unsigned char bytes[4] = { value >> 24, value >> 16, value >> 8, value };

	buffer_add(buffer, bytes, sizeof(bytes));
}

void pack_index_build(struct buffer *ret_bytes, const struct pack_entry *entries, size_t count,
		      const unsigned char *checksum, uint64_t large_offset)
{
	const struct pack_entry **sorted = memory_resize(NULL, count, sizeof(*sorted));
	size_t start = ret_bytes->length;
	unsigned char own[GIT_OID_RAWSZ];
	uint32_t large = 0;
	struct sha1 sha1;
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = &entries[i];
	if (count)
		qsort(sorted, count, sizeof(*sorted), compare_entries);
	buffer_reserve(ret_bytes, 8 + 256 * 4 + count * 36 + 2 * GIT_OID_RAWSZ);
	buffer_add(ret_bytes, "\377tOc\0\0\0\2", 8);
	for (unsigned first = 0; first < 256; first++) {
		while (at < count && sorted[at]->id.id[0] <= first)
			at++;
		add_be32(ret_bytes, at);
	}
	for (size_t i = 0; i < count; i++)
		buffer_add(ret_bytes, sorted[i]->id.id, GIT_OID_RAWSZ);
	for (size_t i = 0; i < count; i++)
		add_be32(ret_bytes, sorted[i]->crc);
	for (size_t i = 0; i < count; i++) {
		if (sorted[i]->offset >= large_offset)
			add_be32(ret_bytes, UINT32_C(1) << 31 | large++);
		else
			add_be32(ret_bytes, sorted[i]->offset);
	}
	for (size_t i = 0; i < count; i++) {
		if (sorted[i]->offset < large_offset)
			continue;
		add_be32(ret_bytes, sorted[i]->offset >> 32);
		add_be32(ret_bytes, sorted[i]->offset);
	}
	buffer_add(ret_bytes, checksum, GIT_OID_RAWSZ);
	sha1_init(&sha1);
	sha1_add(&sha1, ret_bytes->data + start, ret_bytes->length - start);
	sha1_finish(own, &sha1);
	buffer_add(ret_bytes, own, sizeof(own));
	free(sorted);
}
