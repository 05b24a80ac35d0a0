// SPDX-License-Identifier: GPL-2.0
/*
 * References to mapped ranges, shared between tasks.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lock.h>
#include <linux/slab.h>

struct mapref {
	struct link link;
	struct ref users;
	u64 start;
	u64 end;
	u32 flags;
};

static struct link maprefs = { &maprefs, &maprefs };
static struct lock maprefs_lock;

struct mapref *mapref_new(u64 start, u64 end);
struct mapref *mapref_find(u64 addr);
void mapref_put(struct mapref *m);
int mapref_resize(u64 addr, u64 end);

struct mapref *mapref_new(u64 start, u64 end)
{
	struct mapref *m = mem_zero(sizeof(*m));

	if (!m)
		return NULL;
	m->start = start;
	m->end = end;
	ref_get(&m->users);
	lock_take(&maprefs_lock);
	link_add(&m->link, &maprefs);
	lock_drop(&maprefs_lock);
	return m;
}

struct mapref *mapref_find(u64 addr)
{
	struct mapref *m = NULL;
	struct link *at;

	lock_take(&maprefs_lock);
	for (at = maprefs.next; at != &maprefs; at = at->next) {
		m = link_entry(at, struct mapref, link);
		if (addr >= m->start && addr < m->end)
			break;
		m = NULL;
	}
	lock_drop(&maprefs_lock);
	if (m)
		ref_get(&m->users);
	return m;
}

void mapref_put(struct mapref *m)
{
	if (!ref_put(&m->users))
		return;
	lock_take(&maprefs_lock);
	link_del(&m->link);
	lock_drop(&maprefs_lock);
	mem_free(m);
}

int mapref_resize(u64 addr, u64 end)
{
	struct mapref *m = mapref_find(addr);

	if (!m)
		return -ENOENT;
	if (end <= m->start) {
		mapref_put(m);
		return -EINVAL;
	}
	m->end = end;
	mapref_put(m);
	return 0;
}
