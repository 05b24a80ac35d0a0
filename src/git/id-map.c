/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/id-map.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct id_map_slot {
	git_oid id;
	uint32_t value;
	uint32_t used;
};

void id_map_release(struct id_map *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}

static struct id_map_slot *find_slot(const struct id_map *map, const git_oid *id)
{
	size_t mask = map->capacity - 1, at;
	uint64_t hash;

	memcpy(&hash, id->id, sizeof(hash));
	for (at = hash & mask;; at = (at + 1) & mask)
		if (!map->slots[at].used || git_oid_equal(&map->slots[at].id, id))
			return &map->slots[at];
}

static void grow(struct id_map *map)
{
	struct id_map_slot *old = map->slots;
	size_t old_capacity = map->capacity;

	map->capacity = old_capacity ? old_capacity * 2 : 256;
	map->slots = memory_alloc(map->capacity * sizeof(*old));
	for (size_t i = 0; i < old_capacity; i++)
		if (old[i].used)
			*find_slot(map, &old[i].id) = old[i];
	free(old);
}

bool id_map_find(uint32_t *ret_value, const struct id_map *map, const git_oid *id)
{
	struct id_map_slot *slot;

	if (!map->count)
		return false;
	slot = find_slot(map, id);
	if (slot->used && ret_value)
		*ret_value = slot->value;
	return slot->used;
}

void id_map_set(struct id_map *map, const git_oid *id, uint32_t value)
{
	struct id_map_slot *slot;

	if (map->count * 2 >= map->capacity)
		grow(map);
	slot = find_slot(map, id);
	if (!slot->used) {
		slot->id = *id;
		slot->used = 1;
		map->count++;
	}
	slot->value = value;
}
