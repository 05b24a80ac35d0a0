// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of packet marks that rules refer to.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lock.h>
#include <linux/pkt.h>
#include <linux/slab.h>

#define MSET_NAME	20
#define MSET_MAX	4096

struct mset {
	struct link link;
	struct ref users;
	u32 count;
	u32 marks[64];
	char name[MSET_NAME];
};

static struct link msets = { &msets, &msets };
static struct lock msets_lock;
static u32 mset_total;

struct mset *mset_find(const char *name);
int mset_add(struct mset *s, u32 mark);
void mset_put(struct mset *s);
bool mset_has(const struct mset *s, const struct pkt *p);

struct mset *mset_find(const char *name)
{
	struct link *at;

	lock_take(&msets_lock);
	for (at = msets.next; at != &msets; at = at->next) {
		struct mset *s = link_entry(at, struct mset, link);

		if (!str_cmp(s->name, name)) {
			ref_get(&s->users);
			lock_drop(&msets_lock);
			return s;
		}
	}
	lock_drop(&msets_lock);
	return NULL;
}

int mset_add(struct mset *s, u32 mark)
{
	if (s->count >= ARRAY_SIZE(s->marks) || mset_total >= MSET_MAX)
		return -ENOSPC;
	s->marks[s->count++] = mark;
	mset_total++;
	return 0;
}

bool mset_has(const struct mset *s, const struct pkt *p)
{
	u32 i;

	for (i = 0; i < s->count; i++)
		if (s->marks[i] == p->mark)
			return true;
	return false;
}

void mset_put(struct mset *s)
{
	if (!ref_put(&s->users))
		return;
	lock_take(&msets_lock);
	link_del(&s->link);
	mset_total -= s->count;
	lock_drop(&msets_lock);
	mem_free(s);
}
