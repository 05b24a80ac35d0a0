/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory and growing arrays.
 *
 * Allocation does not fail: on exhaustion the process is aborted. That is the
 * one exception to "the library never exits"; sizes that come from foreign
 * bytes are bounded before they reach an allocation.
 *
 *	ARRAY(struct pick) picks = ARRAY_INIT;
 *	struct pick *pick = array_add(&picks);	   zeroed, at the end
 *	array_release(&picks);
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

#define ARRAY(type)              \
	struct {                 \
		type *items;     \
		size_t count;    \
		size_t capacity; \
	}
#define ARRAY_INIT         \
	{                  \
		NULL, 0, 0 \
	}

/* Ends the process: there is no memory, also where a library says so by a NULL. */
void memory_exhausted(void) __attribute__((noreturn));

void *memory_alloc(size_t size); /* zeroed */
void *memory_resize(void *memory, size_t count, size_t size);
void *memory_copy(const void *memory, size_t size);
char *string_copy(const char *text);
char *string_copy_length(const char *text, size_t length);
char *string_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Grows the storage to hold `need` items of `size` bytes. */
void *array_reserve_raw(void *items, size_t *capacity, size_t need, size_t size);
void *array_add_raw(void **items, size_t *count, size_t *capacity, size_t size);

#define array_reserve(array, need)                                                      \
	((array)->items = array_reserve_raw((array)->items, &(array)->capacity, (need), \
					    sizeof(*(array)->items)))

#define array_add(array)                                                                      \
	((__typeof__((array)->items))array_add_raw((void **)&(array)->items, &(array)->count, \
						   &(array)->capacity, sizeof(*(array)->items)))

#define array_push(array, value) (*array_add(array) = (value))

#define array_last(array) (&(array)->items[(array)->count - 1])

#define array_release(array)           \
	do {                           \
		free((array)->items);  \
		(array)->items = NULL; \
		(array)->count = 0;    \
		(array)->capacity = 0; \
	} while (0)

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

#endif
