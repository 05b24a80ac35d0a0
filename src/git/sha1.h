/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SHA-1 over bytes that come in pieces, for the checksums of packs and for the ids of
 * trees, with the processor's instructions where it has them. The ids of blobs and
 * commits, whose bytes strangers choose freely, are computed by libgit2, whose SHA-1
 * detects the known collision attacks and takes five times as long.
 */
#ifndef GIT_SHA1_H
#define GIT_SHA1_H

#include <stddef.h>
#include <stdint.h>

struct sha1 {
	uint32_t state[5];
	uint64_t length;
	unsigned char block[64];
};

void sha1_init(struct sha1 *sha1);
void sha1_add(struct sha1 *sha1, const void *data, size_t length);
void sha1_finish(unsigned char ret_digest[20], struct sha1 *sha1);

#endif
