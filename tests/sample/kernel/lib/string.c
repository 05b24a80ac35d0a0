// SPDX-License-Identifier: GPL-2.0
/*
 * Memory and strings.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

void mem_copy(void *to, const void *from, size_t size)
{
	u8 *d = to;
	const u8 *s = from;

	while (size--)
		*d++ = *s++;
}

void mem_fill(void *to, int byte, size_t size)
{
	u8 *d = to;

	while (size--)
		*d++ = byte;
}

void *mem_zero(size_t size)
{
	void *p = mem_get(size);

	if (p)
		mem_fill(p, 0, size);
	return p;
}

size_t str_len(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int str_cmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (u8)*a - (u8)*b;
}
