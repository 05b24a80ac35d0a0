/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct table_slot {
	uint64_t hash; /* 0 = free */
	size_t key;
	uint32_t length;
	uint32_t value;
};

/* FNV-1a, then a finalising mix; 0 is kept for free slots. */
static uint64_t hash_bytes(const void *key, size_t length)
{
	const unsigned char *at = key;
	uint64_t hash = 0xcbf29ce484222325u;

	while (length--)
		hash = (hash ^ *at++) * 0x100000001b3u;
	hash ^= hash >> 29;
	return hash ? hash : 1;
}

void table_release(struct table *table)
{
	free(table->slots);
	free(table->keys);
	memset(table, 0, sizeof(*table));
}

static struct table_slot *find_slot(const struct table *table, uint64_t hash, const void *key,
				    size_t length)
{
	size_t mask = table->capacity - 1, at = hash & mask;
	struct table_slot *slot;

	for (;; at = (at + 1) & mask) {
		slot = &table->slots[at];
		if (!slot->hash)
			return slot;
		if (slot->hash == hash && slot->length == length &&
		    !memcmp(table->keys + slot->key, key, length))
			return slot;
	}
}

static void grow(struct table *table)
{
	struct table_slot *old = table->slots;
	size_t old_capacity = table->capacity, i, at;

	table->capacity = old_capacity ? old_capacity * 2 : 64;
	table->slots = memory_alloc(table->capacity * sizeof(*old));
	for (i = 0; i < old_capacity; i++) {
		if (!old[i].hash)
			continue;
		at = old[i].hash & (table->capacity - 1);
		while (table->slots[at].hash)
			at = (at + 1) & (table->capacity - 1);
		table->slots[at] = old[i];
	}
	free(old);
}

bool table_find(uint32_t *ret_value, const struct table *table, const void *key, size_t length)
{
	struct table_slot *slot;

	if (!table->count)
		return false;
	slot = find_slot(table, hash_bytes(key, length), key, length);
	if (!slot->hash)
		return false;
	if (ret_value)
		*ret_value = slot->value;
	return true;
}

bool table_find_string(uint32_t *ret_value, const struct table *table, const char *key)
{
	return table_find(ret_value, table, key, strlen(key));
}

void table_set(struct table *table, const void *key, size_t length, uint32_t value)
{
	uint64_t hash = hash_bytes(key, length);
	struct table_slot *slot;

	if (table->count * 2 >= table->capacity)
		grow(table);
	slot = find_slot(table, hash, key, length);
	slot->value = value;
	if (slot->hash)
		return;
	table->keys = array_reserve_raw(table->keys, &table->keys_capacity,
					table->keys_length + length, 1);
	if (length)
		memcpy(table->keys + table->keys_length, key, length);
	slot->hash = hash;
	slot->key = table->keys_length;
	slot->length = (uint32_t)length;
	table->keys_length += length;
	table->count++;
}

void table_set_string(struct table *table, const char *key, uint32_t value)
{
	table_set(table, key, strlen(key), value);
}
