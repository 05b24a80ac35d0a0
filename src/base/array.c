/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/array.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_exhausted(void)
{
	abort();
}

void *memory_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		memory_exhausted();
	return memory;
}

void *memory_resize(void *memory, size_t count, size_t size)
{
	void *grown;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		memory_exhausted();
	grown = realloc(memory, bytes ? bytes : 1);
	if (!grown)
		memory_exhausted();
	return grown;
}

void *memory_copy(const void *memory, size_t size)
{
	void *copy = memory_resize(NULL, size, 1);

	if (size)
		memcpy(copy, memory, size);
	return copy;
}

char *string_copy_length(const char *text, size_t length)
{
	char *copy = memory_resize(NULL, length + 1, 1);

	if (length)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *string_copy(const char *text)
{
	return text ? string_copy_length(text, strlen(text)) : NULL;
}

char *string_format(const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		memory_exhausted();
	return text;
}

void *array_reserve_raw(void *items, size_t *capacity, size_t need, size_t size)
{
	size_t wanted = *capacity;

	if (need <= wanted)
		return items;
	while (wanted < need)
		wanted = wanted ? wanted + wanted / 2 + 1 : 8;
	items = memory_resize(items, wanted, size);
	*capacity = wanted;
	return items;
}

void *array_add_raw(void **items, size_t *count, size_t *capacity, size_t size)
{
	char *slot;

	*items = array_reserve_raw(*items, capacity, *count + 1, size);
	slot = (char *)*items + *count * size;
	memset(slot, 0, size);
	(*count)++;
	return slot;
}
