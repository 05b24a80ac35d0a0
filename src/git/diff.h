/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between two sequences of lines as git's histogram diff finds
 * them, hunk for hunk: merges then agree with git's.
 *
 * A line is a number, equal for equal lines (what makes lines equal is the
 * caller's business). Numbers are dense: 0 .. classes-1.
 *
 * The method, in short: the longest run of common lines around one that is rare
 * splits the files in two, again and again. Where every common line of a region
 * occurs more than 64 times, git falls back to its Myers diff with heuristics; so do we,
 * through libgit2's (which must have been started). At last each hunk is moved: to line up with a
 * hunk of the other file if it can, else down as far as it goes.
 */
#ifndef GIT_DIFF_H
#define GIT_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include "base/array.h"

struct diff_hunk {
	uint32_t old_start, old_count; /* lines, from 0 */
	uint32_t new_start, new_count;
};

struct diff_hunks {
	struct diff_hunk *items; /* ascending, never touching in both files */
	size_t count;
	size_t capacity;
};

struct diff_lines {
	const uint32_t *items;
	uint32_t count;
};

/* Appends the hunks. */
void diff_lines(struct diff_hunks *ret_hunks, const struct diff_lines *old_lines,
		const struct diff_lines *new_lines, uint32_t classes);

#endif
