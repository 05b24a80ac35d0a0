/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The index of a pack, version 2: fan-out, ids, CRCs, offsets, and a table of
 * 64-bit offsets for what lies beyond 2 GiB (git's Documentation/gitformat-pack).
 */
#ifndef GIT_PACK_INDEX_H
#define GIT_PACK_INDEX_H

#include <git2.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct pack_entry {
	git_oid id;
	uint32_t crc;	 /* of the packed bytes, header included */
	uint64_t offset; /* in the pack */
	uint8_t type;	 /* git_object_t of the whole object */
	uint8_t depth;	 /* of its chain of deltas */
};

/* Offsets from this on go to the 64-bit table; a test passes a smaller number. */
#define PACK_INDEX_LARGE_OFFSET (UINT64_C(1) << 31)

/* Appends the bytes of the index. `checksum` is the pack's own (20 bytes). */
void pack_index_build(struct buffer *ret_bytes, const struct pack_entry *entries, size_t count,
		      const unsigned char *checksum, uint64_t large_offset);

#endif
