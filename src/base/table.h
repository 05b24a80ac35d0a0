/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash table from byte strings to numbers. Keys are copied. Its order is
 * never visible: nothing enumerates it, so no result depends on a hash.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
	struct table_slot *slots;
	size_t count;
	size_t capacity; /* power of two, or 0 */
	char *keys;	 /* all keys, one after the other */
	size_t keys_length;
	size_t keys_capacity;
};

#define TABLE_INIT                     \
	{                              \
		NULL, 0, 0, NULL, 0, 0 \
	}

void table_release(struct table *table);

bool table_find(uint32_t *ret_value, const struct table *table, const void *key, size_t length);
bool table_find_string(uint32_t *ret_value, const struct table *table, const char *key);

/* Adds the key or replaces its value. */
void table_set(struct table *table, const void *key, size_t length, uint32_t value);
void table_set_string(struct table *table, const char *key, uint32_t value);

#endif
