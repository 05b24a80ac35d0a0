// SPDX-License-Identifier: GPL-2.0
/*
 * Pools of slots of one size.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pool.h>
#include <linux/slab.h>

int pool_init(struct pool *p, u32 slots, u32 size)
{
	if (!slots || slots > 64)
		return -EINVAL;
	p->mem = mem_get(slots * size);
	if (!p->mem)
		return -ENOMEM;
	p->slots = slots;
	p->size = size;
	p->used = 0;
	return 0;
}

void *pool_take(struct pool *p)
{
	u32 i;

	lock_take(&p->lock);
	for (i = 0; i < p->slots; i++) {
		if (p->used & (1ull << i))
			continue;
		p->used |= 1ull << i;
		lock_drop(&p->lock);
		return p->mem + i * p->size;
	}
	lock_drop(&p->lock);
	return NULL;
}

void pool_give(struct pool *p, void *slot)
{
	u32 i = ((u8 *)slot - p->mem) / p->size;

	lock_take(&p->lock);
	p->used &= ~(1ull << i);
	lock_drop(&p->lock);
}
