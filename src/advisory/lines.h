/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walking through bytes line by line. Lines are borrowed, without the line
 * feed and without blanks at their ends.
 */
#ifndef ADVISORY_LINES_H
#define ADVISORY_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
	const char *at;
	const char *end;
	size_t number; /* of the line that was read last, from 1 */
};

static inline void lines_init(struct lines *lines, const void *data, size_t size)
{
	lines->at = data;
	lines->end = lines->at + size;
	lines->number = 0;
}

bool lines_next(const char **ret_line, size_t *ret_length, struct lines *lines);

/* Drops blanks and line feeds at both ends. */
void text_trim(const char **text, size_t *length);

#endif
