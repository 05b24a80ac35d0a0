/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SMALLFS_H
#define _LINUX_SMALLFS_H

#include <linux/lock.h>
#include <linux/types.h>

#define SMALLFS_MAGIC	0x534d414c
#define SMALLFS_NAME	56

struct small_super {
	u32 magic;
	u32 blocks;
	u32 block_size;
	u32 root;
};

struct small_entry {
	u32 node;
	u16 kind;
	u16 namelen;
	char name[SMALLFS_NAME];
};

struct small_mount {
	struct lock lock;
	struct ref users;
	struct small_super *super;
	struct small_entry *root;
	u32 entries;
	bool dirty;
};

int small_fill(struct small_mount *m, const void *image, size_t size);
int small_lookup(struct small_mount *m, const char *name, u32 *node);
int small_rename(struct small_mount *m, const char *from, const char *to);

#endif
