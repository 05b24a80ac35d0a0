// SPDX-License-Identifier: GPL-2.0
/*
 * A pool of random numbers, fed by events and read by everyone.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lock.h>
#include <linux/slab.h>

#define RNG_WORDS	16

static u32 pool[RNG_WORDS];
static u32 pool_at;
static u32 pool_bits;
static struct lock pool_lock;

void rng_feed(u32 event, u32 bits);
int rng_read(u8 *to, u32 room);
int rng_seed(const u8 *from, u32 len);

static u32 rng_mix(u32 a, u32 b)
{
	a ^= b + 0x9e3779b9u + (a << 6) + (a >> 2);
	return a;
}

void rng_feed(u32 event, u32 bits)
{
	lock_take(&pool_lock);
	pool[pool_at] = rng_mix(pool[pool_at], event);
	pool_at = (pool_at + 1) % RNG_WORDS;
	pool_bits += bits;
	lock_drop(&pool_lock);
}

int rng_seed(const u8 *from, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		pool[i / 4] ^= (u32)from[i] << (i % 4 * 8);
	return 0;
}

int rng_read(u8 *to, u32 room)
{
	u32 i;

	lock_take(&pool_lock);
	for (i = 0; i < room; i++)
		to[i] = pool[i % RNG_WORDS] >> (i % 4 * 8);
	lock_drop(&pool_lock);
	return room;
}
