// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of bytes.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ring.h>
#include <linux/slab.h>

int ring_init(struct ring *r, u32 size)
{
	r->data = mem_get(size);
	if (!r->data)
		return -ENOMEM;
	r->size = size;
	r->head = r->tail = 0;
	r->limit = size - 1;
	return 0;
}

void ring_free(struct ring *r)
{
	mem_free(r->data);
	r->data = NULL;
}

u32 ring_used(const struct ring *r)
{
	return (r->head + r->size - r->tail) % r->size;
}

int ring_write(struct ring *r, const void *from, u32 n)
{
	const u8 *s = from;

	if (ring_used(r) + n > r->limit)
		return -ENOSPC;
	while (n--) {
		r->data[r->head] = *s++;
		r->head = (r->head + 1) % r->size;
	}
	return 0;
}

int ring_read(struct ring *r, void *to, u32 n)
{
	u8 *d = to;

	if (ring_used(r) < n)
		return -ENOENT;
	while (n--) {
		*d++ = r->data[r->tail];
		r->tail = (r->tail + 1) % r->size;
	}
	return 0;
}
