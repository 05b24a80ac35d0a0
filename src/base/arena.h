/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that is given out in pieces and returned all at once: for the many
 * small strings of a series. Pieces do not move.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks;
};

#define ARENA_INIT   \
	{            \
		NULL \
	}

void arena_release(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);	 /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, const char *text); /* NULL for NULL */

#endif
