/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Blocks grow, so that many small arenas cost little. */
enum {
	FIRST_BLOCK = 1 << 10,
	LARGEST_BLOCK = 256 << 10,
	GROWTH = 4
};

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char data[];
};

void arena_release(struct arena *arena)
{
	struct arena_block *block, *next;

	for (block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	arena->blocks = NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	const size_t align = alignof(max_align_t);
	size_t room, at;

	size = (size + align - 1) / align * align;
	if (!block || block->size - block->used < size) {
		room = !block				      ? FIRST_BLOCK
		       : block->size * GROWTH < LARGEST_BLOCK ? block->size * GROWTH
							      : LARGEST_BLOCK;
		room = size > room ? size : room;
		block = memory_alloc(sizeof(*block) + room);
		block->size = room;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	at = block->used;
	block->used += size;
	return block->data + at;
}

char *arena_copy(struct arena *arena, const char *text)
{
	size_t size;

	if (!text)
		return NULL;
	size = strlen(text) + 1;
	return memcpy(arena_alloc(arena, size), text, size);
}
