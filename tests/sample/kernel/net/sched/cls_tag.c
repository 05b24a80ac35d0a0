// SPDX-License-Identifier: GPL-2.0
/*
 * Classifies packets by their tag.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lock.h>
#include <linux/pkt.h>
#include <linux/slab.h>

#define TAG_CLASSES	16

struct tag_filter {
	struct link link;
	u32 tag;
	u32 class;
	u32 hits;
};

struct tag_head {
	struct link filters;
	struct lock lock;
	u32 bytes[TAG_CLASSES];
};

int tag_add(struct tag_head *h, u32 tag, u32 class);
int tag_remove(struct tag_head *h, u32 tag);
int tag_classify(struct tag_head *h, struct pkt *p);

static struct tag_filter *tag_find(struct tag_head *h, u32 tag)
{
	struct link *at;

	for (at = h->filters.next; at != &h->filters; at = at->next) {
		struct tag_filter *f = link_entry(at, struct tag_filter, link);

		if (f->tag == tag)
			return f;
	}
	return NULL;
}

int tag_add(struct tag_head *h, u32 tag, u32 class)
{
	struct tag_filter *f;

	if (tag_find(h, tag))
		return -EBUSY;
	f = mem_zero(sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->tag = tag;
	f->class = class;
	link_add(&f->link, &h->filters);
	return 0;
}

int tag_remove(struct tag_head *h, u32 tag)
{
	struct tag_filter *f = tag_find(h, tag);

	if (!f)
		return -ENOENT;
	mem_free(f);
	link_del(&f->link);
	return 0;
}

int tag_classify(struct tag_head *h, struct pkt *p)
{
	struct tag_filter *f = tag_find(h, p->mark);

	if (!f)
		return -ENOENT;
	f->hits++;
	h->bytes[f->class] += p->len;
	return f->class;
}
