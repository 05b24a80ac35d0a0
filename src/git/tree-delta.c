/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/tree-delta.h"

#include <string.h>

enum {
	COPY_LIMIT = 0x10000, /* what every reader of deltas accepts */
	INSERT_LIMIT = 127,
	ENTRY_TAIL = 21, /* the NUL and the id */
};

static size_t entry_length(const char *at, const char *end)
{
	const char *nul = memchr(at, '\0', end - at);

	return nul ? (size_t)(nul - at) + ENTRY_TAIL : (size_t)(end - at);
}

static void add_size(struct buffer *delta, size_t size)
{
	for (; size >= 0x80; size >>= 7)
		buffer_add_byte(delta, (size & 0x7f) | 0x80);
	buffer_add_byte(delta, size);
}

static void add_copy(struct buffer *delta, size_t offset, size_t length)
{
	while (length) {
		size_t part = length < COPY_LIMIT ? length : COPY_LIMIT;
		unsigned char code[8];
		int used = 1;

		code[0] = 0x80;
		for (int i = 0; i < 4; i++) {
			if (!(offset >> 8 * i & 0xff))
				continue;
			code[0] |= 1 << i;
			code[used++] = offset >> 8 * i;
		}
		for (int i = 0; i < 2 && part < COPY_LIMIT; i++) {
			if (!(part >> 8 * i & 0xff))
				continue;
			code[0] |= 0x10 << i;
			code[used++] = part >> 8 * i;
		}
		buffer_add(delta, code, used);
		offset += part;
		length -= part;
	}
}

static void add_insert(struct buffer *delta, const char *data, size_t length)
{
	while (length) {
		size_t part = length < INSERT_LIMIT ? length : INSERT_LIMIT;

		buffer_add_byte(delta, part);
		buffer_add(delta, data, part);
		data += part;
		length -= part;
	}
}

/* The order of two entries by name; only a hint, since nothing but equal bytes is copied. */
static int compare_names(const char *a, const char *b)
{
	const char *a_name = strchr(a, ' ');
	const char *b_name = strchr(b, ' ');

	return a_name && b_name ? strcmp(a_name, b_name) : 0;
}

bool tree_delta(struct buffer *ret_delta, const char *base, size_t base_length, const char *result,
		size_t result_length)
{
	const char *base_end = base + base_length, *end = result + result_length;
	const char *old = base, *at = result;
	const char *pending = result; /* bytes of the result from here to `at` are ... */
	const char *source = NULL;    /* ... a copy from here, or an insertion */

	buffer_clear(ret_delta);
	add_size(ret_delta, base_length);
	add_size(ret_delta, result_length);
	while (at < end) {
		size_t length = entry_length(at, end);
		size_t old_length = old < base_end ? entry_length(old, base_end) : 0;
		bool equal = length == old_length && !memcmp(at, old, length);
		bool goes_on;

		if (!equal && old_length && compare_names(old, at) < 0) {
			old += old_length;
			continue;
		}
		/* A copy goes on only where the base's bytes do, too. */
		goes_on = equal ? source && source + (at - pending) == old : !source;
		if (at > pending && !goes_on) {
			if (source)
				add_copy(ret_delta, source - base, at - pending);
			else
				add_insert(ret_delta, pending, at - pending);
			pending = at;
		}
		if (at == pending)
			source = equal ? old : NULL;
		if (equal || (old_length && !compare_names(old, at)))
			old += old_length;
		at += length;
		if (ret_delta->length > result_length / 2)
			return false;
	}
	if (source)
		add_copy(ret_delta, source - base, at - pending);
	else
		add_insert(ret_delta, pending, at - pending);
	return ret_delta->length <= result_length / 2;
}
