// SPDX-License-Identifier: GPL-2.0
/*
 * Super block of the small file system.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/smallfs.h>

#define SMALL_MIN_BLOCK	512
#define SMALL_MAX_BLOCK	65536

static u32 mounts;

static int small_check(const struct small_super *s)
{
	if (s->magic != SMALLFS_MAGIC)
		return -EINVAL;
	if (s->block_size > SMALL_MAX_BLOCK)
		return -EINVAL;
	return 0;
}

int small_fill(struct small_mount *m, const void *image, size_t size)
{
	const struct small_super *s = image;
	const u8 *bytes = image;
	u32 room;
	int err;

	if (size < sizeof(*s))
		return -EIO;
	err = small_check(s);
	if (err)
		return err;
	if ((u64)s->root * s->block_size >= size)
		return -EIO;

	m->super = mem_get(sizeof(*s));
	if (!m->super)
		return -ENOMEM;
	*m->super = *s;

	room = s->block_size;
	m->root = mem_get(room);
	if (!m->root)
		return -ENOMEM;
	mem_copy(m->root, bytes + s->root * s->block_size, room);
	m->entries = room / sizeof(struct small_entry);
	m->dirty = false;
	mounts++;
	return 0;
}
