// SPDX-License-Identifier: GPL-2.0
/*
 * Bounce slots: memory that a device reaches, in place of memory that it does not.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pool.h>
#include <linux/slab.h>

#define BOUNCE_SLOTS	32
#define BOUNCE_SIZE	2048

static struct pool bounce_pool;
static u32 bounce_busy;

int bounce_start(void);

int bounce_start(void)
{
	return pool_init(&bounce_pool, BOUNCE_SLOTS, BOUNCE_SIZE);
}

void *bounce_map(void *buf, size_t len, int way)
{
	void *slot;

	if (len > BOUNCE_SIZE)
		return NULL;
	slot = pool_take(&bounce_pool);
	if (!slot)
		return NULL;
	bounce_busy++;
	if (way & BOUNCE_OUT)
		mem_copy(slot, buf, len);
	return slot;
}

void bounce_unmap(void *slot, void *buf, size_t len, int way)
{
	if (way & BOUNCE_IN)
		mem_copy(buf, slot, len);
	bounce_busy--;
	pool_give(&bounce_pool, slot);
}
