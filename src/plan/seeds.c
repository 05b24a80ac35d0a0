/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/seeds.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/repository.h"

#define SEEDS_LIMIT ((size_t)64 << 20)

static int read_line(struct seed_list *seeds, const struct members *members, const char *line,
		     size_t length, const char *path, size_t number, struct error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	size_t digits = 0, found = 0, cursor = 0;
	uint32_t member;

	while (digits < length && line[digits] != ' ' && line[digits] != '\t' &&
	       line[digits] != '\r')
		digits++;
	if (!digits || line[0] == '#')
		return 0;
	if (digits < ID_SHORT || digits > GIT_OID_HEXSZ)
		return error_set(err, ERROR_INPUT, "%s:%zu: an id of 12 to 40 digits was expected",
				 path, number);
	for (size_t i = 0; i < digits; i++) {
		hex[i] = line[i] >= 'A' && line[i] <= 'F' ? (char)(line[i] | 0x20) : line[i];
		if (!memchr("0123456789abcdef", hex[i], 16))
			return error_set(err, ERROR_INPUT,
					 "%s:%zu: an id of 12 to 40 digits was expected", path,
					 number);
	}
	hex[digits] = '\0';
	while ((member = members_next_named(members, hex, &cursor)) != MEMBER_NONE) {
		array_push(seeds, members->items[member].id);
		found++;
	}
	if (!found)
		return error_set(err, ERROR_INPUT,
				 "%s:%zu: %s is no commit of %s, and none "
				 "backports it",
				 path, number, hex, members->name);
	return 0;
}

int seeds_read(struct seed_list *ret_seeds, const struct members *members, const char *path,
	       struct error *err)
{
	struct buffer text = BUFFER_INIT;
	int error = buffer_read_file(&text, path, SEEDS_LIMIT, err);
	const char *at = text.data, *stop = text.data + text.length, *end;

	for (size_t number = 1; at < stop && !error; number++) {
		end = memchr(at, '\n', (size_t)(stop - at));
		if (!end)
			end = stop;
		error = read_line(ret_seeds, members, at, (size_t)(end - at), path, number, err);
		at = end + 1;
	}
	buffer_release(&text);
	return error;
}
