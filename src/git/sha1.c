/* SPDX-License-Identifier: GPL-2.0-only */
/* FIPS 180-4, section 6.1. */
#include "git/sha1.h"

#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

static uint32_t rotate(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

static uint32_t load_be32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void store_be32(unsigned char *at, uint32_t word)
{
	at[0] = word >> 24;
	at[1] = word >> 16;
	at[2] = word >> 8;
	at[3] = word;
}

void sha1_init(struct sha1 *sha1)
{
	static const uint32_t start[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
					   0xc3d2e1f0 };

	memcpy(sha1->state, start, sizeof(start));
	sha1->length = 0;
}

#define ROUND(function, constant)                                                          \
	do {                                                                               \
		uint32_t next = rotate(a, 5) + (function) + e + (constant) + words[round]; \
                                                                                           \
		e = d;                                                                     \
		d = c;                                                                     \
		c = rotate(b, 30);                                                         \
		b = a;                                                                     \
		a = next;                                                                  \
	} while (0)

static void add_block_portable(struct sha1 *sha1, const unsigned char *block)
{
	uint32_t words[80];
	uint32_t a = sha1->state[0], b = sha1->state[1], c = sha1->state[2];
	uint32_t d = sha1->state[3], e = sha1->state[4];
	int round;

	for (round = 0; round < 16; round++)
		words[round] = load_be32(block + 4 * round);
	for (; round < 80; round++)
		words[round] = rotate(words[round - 3] ^ words[round - 8] ^ words[round - 14] ^
					      words[round - 16],
				      1);
	for (round = 0; round < 20; round++)
		ROUND(d ^ (b & (c ^ d)), 0x5a827999);
	for (; round < 40; round++)
		ROUND(b ^ c ^ d, 0x6ed9eba1);
	for (; round < 60; round++)
		ROUND((b & c) | (d & (b | c)), 0x8f1bbcdc);
	for (; round < 80; round++)
		ROUND(b ^ c ^ d, 0xca62c1d6);
	sha1->state[0] += a;
	sha1->state[1] += b;
	sha1->state[2] += c;
	sha1->state[3] += d;
	sha1->state[4] += e;
}

#if defined(__x86_64__)

/* Whether the processor has the SHA extensions (and SSE4.1, which came before). */
static bool have_sha_instructions(void)
{
	static int known = -1;
	unsigned a, b, c, d;

	if (known < 0)
		known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA &&
			__get_cpuid(1, &a, &b, &c, &d) && c & bit_SSE4_1;
	return known;
}

/* Four rounds: the schedule's next four words take the place of the oldest. */
#define ROUNDS(i, function)                                                                       \
	do {                                                                                      \
		if ((i) >= 4)                                                                     \
			words[(i) % 4] = _mm_sha1msg2_epu32(                                      \
				_mm_xor_si128(                                                    \
					_mm_sha1msg1_epu32(words[(i) % 4], words[((i) + 1) % 4]), \
					words[((i) + 2) % 4]),                                    \
				words[((i) + 3) % 4]);                                            \
		e = (i) ? _mm_sha1nexte_epu32(last, words[(i) % 4]) : _mm_add_epi32(e, words[0]); \
		last = abcd;                                                                      \
		abcd = _mm_sha1rnds4_epu32(abcd, e, function);                                    \
	} while (0)

__attribute__((target("sha,sse4.1"))) static void add_block_instructions(struct sha1 *sha1,
									 const unsigned char *block)
{
	const __m128i big_endian = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
	__m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)sha1->state), 0x1b);
	__m128i e = _mm_set_epi32((int)sha1->state[4], 0, 0, 0);
	__m128i abcd_before = abcd, e_before = e, last = e;
	__m128i words[4];

	for (int i = 0; i < 4; i++)
		words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)),
					    big_endian);
	for (int i = 0; i < 5; i++)
		ROUNDS(i, 0);
	for (int i = 5; i < 10; i++)
		ROUNDS(i, 1);
	for (int i = 10; i < 15; i++)
		ROUNDS(i, 2);
	for (int i = 15; i < 20; i++)
		ROUNDS(i, 3);
	e = _mm_sha1nexte_epu32(last, e_before);
	abcd = _mm_shuffle_epi32(_mm_add_epi32(abcd, abcd_before), 0x1b);
	_mm_storeu_si128((__m128i *)sha1->state, abcd);
	sha1->state[4] = _mm_extract_epi32(e, 3);
}

static void add_block(struct sha1 *sha1, const unsigned char *block)
{
	if (have_sha_instructions())
		add_block_instructions(sha1, block);
	else
		add_block_portable(sha1, block);
}

#else

static void add_block(struct sha1 *sha1, const unsigned char *block)
{
	add_block_portable(sha1, block);
}

#endif

void sha1_add(struct sha1 *sha1, const void *data, size_t length)
{
	const unsigned char *at = data;
	size_t held = sha1->length % 64;

	sha1->length += length;
	if (held) {
		size_t part = length < 64 - held ? length : 64 - held;

		memcpy(sha1->block + held, at, part);
		if (held + part < 64)
			return;
		add_block(sha1, sha1->block);
		at += part;
		length -= part;
	}
	for (; length >= 64; at += 64, length -= 64)
		add_block(sha1, at);
	if (length)
		memcpy(sha1->block, at, length);
}

void sha1_finish(unsigned char ret_digest[20], struct sha1 *sha1)
{
	static const unsigned char padding[64] = { 0x80 };
	uint64_t bits = sha1->length * 8;
	unsigned char size[8];

	sha1_add(sha1, padding, 1 + (119 - sha1->length % 64) % 64);
	store_be32(size, bits >> 32);
	store_be32(size + 4, (uint32_t)bits);
	sha1_add(sha1, size, 8);
	for (int i = 0; i < 5; i++)
		store_be32(ret_digest + 4 * i, sha1->state[i]);
}
