/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/seeds.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"

#define SEEDS_LIMIT (64u << 20)

void seeds_release(struct seeds *seeds)
{
	array_release(seeds);
}

static int read_seed(struct seeds *seeds, const char *line, const char *path, int number,
		     const struct members *members, struct error *err)
{
	size_t length = strspn(line, "0123456789abcdefABCDEF"), cursor = 0;
	char hex[GIT_OID_HEXSZ + 1];
	uint32_t member, another;

	if (length < REFERENCE_ID_MINIMUM || length > GIT_OID_HEXSZ ||
	    !strchr(" \t\r", line[length]))
		return error_set(err, ERROR_INPUT, "%s:%d: must begin with %d to %d hex digits",
				 path, number, REFERENCE_ID_MINIMUM, GIT_OID_HEXSZ);
	for (size_t i = 0; i < length; i++)
		hex[i] = (char)(line[i] >= 'A' && line[i] <= 'F' ? line[i] + ('a' - 'A') : line[i]);
	hex[length] = '\0';
	member = members_next_named(members, hex, &cursor);
	if (member == MEMBER_NONE)
		return error_set(err, ERROR_INPUT, "%s:%d: %s: is no commit of %s", path, number,
				 hex, members->name);
	/* An upstream commit that was taken twice: both are meant. A short id: an accident. */
	do {
		array_push(seeds, members->items[member].id);
		another = members_next_named(members, hex, &cursor);
		if (another != MEMBER_NONE && length < GIT_OID_HEXSZ &&
		    strcmp(member_upstream(&members->items[member]),
			   member_upstream(&members->items[another])))
			return error_set(
				err, ERROR_AMBIGUOUS,
				"%s:%d: %s: begins several commits of %s; give more digits", path,
				number, hex, members->name);
		member = another;
	} while (member != MEMBER_NONE);
	return 0;
}

int seeds_read(struct seeds *ret_seeds, const char *path, const struct members *members,
	       struct error *err)
{
	struct buffer text = BUFFER_INIT;
	char *line, *end;
	int number = 0, error;

	error = buffer_read_file(&text, path, SEEDS_LIMIT, err);
	if (!error && memchr(text.data, '\0', text.length))
		error = error_set(err, ERROR_INPUT, "%s: is no text", path);
	for (line = text.data; !error && *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		number++;
		line += strspn(line, " \t\r");
		if (*line && *line != '#')
			error = read_seed(ret_seeds, line, path, number, members, err);
	}
	buffer_release(&text);
	return error;
}
