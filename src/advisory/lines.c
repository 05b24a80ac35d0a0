/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/lines.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void text_trim(const char **text, size_t *length)
{
	while (*length && is_blank(**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length && is_blank((*text)[*length - 1]))
		(*length)--;
}

bool lines_next(const char **ret_line, size_t *ret_length, struct lines *lines)
{
	const char *stop;

	if (lines->at == lines->end)
		return false;
	stop = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	*ret_line = lines->at;
	*ret_length = (size_t)((stop ? stop : lines->end) - lines->at);
	lines->at = stop ? stop + 1 : lines->end;
	lines->number++;
	text_trim(ret_line, ret_length);
	return true;
}
