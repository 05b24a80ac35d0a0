/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_POOL_H
#define _LINUX_POOL_H

#include <linux/lock.h>
#include <linux/types.h>

struct pool {
	struct lock lock;
	u8 *mem;
	u32 slots;
	u32 size;
	u64 used;
};

int pool_init(struct pool *p, u32 slots, u32 size);
void *pool_take(struct pool *p);
void pool_give(struct pool *p, void *slot);

#define BOUNCE_IN	1
#define BOUNCE_OUT	2

void *bounce_map(void *buf, size_t len, int way);
void bounce_unmap(void *slot, void *buf, size_t len, int way);

#endif
