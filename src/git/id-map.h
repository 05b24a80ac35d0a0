/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash table from object ids to numbers. Ids are already well mixed, so
 * their own first bytes are the hash. Nothing enumerates it.
 */
#ifndef GIT_ID_MAP_H
#define GIT_ID_MAP_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_map {
	struct id_map_slot *slots;
	size_t count;
	size_t capacity;
};

#define ID_MAP_INIT        \
	{                  \
		NULL, 0, 0 \
	}

void id_map_release(struct id_map *map);
bool id_map_find(uint32_t *ret_value, const struct id_map *map, const git_oid *id);

/* Adds the id, or replaces its value. */
void id_map_set(struct id_map *map, const git_oid *id, uint32_t value);

#endif
