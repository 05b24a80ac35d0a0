// SPDX-License-Identifier: GPL-2.0
/*
 * Directories of the small file system.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/smallfs.h>

static bool name_is(const struct small_entry *e, const char *name)
{
	u32 i;

	for (i = 0; i < e->namelen; i++)
		if (e->name[i] != name[i])
			return false;
	return !name[i];
}

static struct small_entry *small_find(struct small_mount *m, const char *name)
{
	u32 i;

	for (i = 0; i < m->entries; i++)
		if (m->root[i].node && name_is(&m->root[i], name))
			return &m->root[i];
	return NULL;
}

int small_lookup(struct small_mount *m, const char *name, u32 *node)
{
	struct small_entry *e;

	e = small_find(m, name);
	if (!e)
		return -ENOENT;
	*node = e->node;
	return 0;
}

int small_rename(struct small_mount *m, const char *from, const char *to)
{
	struct small_entry *e;
	u32 len = str_len(to);

	if (len > SMALLFS_NAME)
		return -EINVAL;
	lock_take(&m->lock);
	e = small_find(m, from);
	if (!e) {
		lock_drop(&m->lock);
		return -ENOENT;
	}
	mem_copy(e->name, to, len);
	e->namelen = len;
	m->dirty = true;
	lock_drop(&m->lock);
	return 0;
}

int small_space(struct small_mount *m, u32 count);

int small_space(struct small_mount *m, u32 count)
{
	u32 bytes = count * sizeof(struct small_entry);
	struct small_entry *root;

	root = mem_zero(bytes);
	if (!root)
		return -ENOMEM;
	mem_copy(root, m->root, m->entries * sizeof(*root));
	mem_free(m->root);
	m->root = root;
	m->entries = count;
	return 0;
}
