/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_PKT_H
#define _LINUX_PKT_H

#include <linux/list.h>
#include <linux/lock.h>

struct pkt {
	struct link queue;
	u8 *data;
	u32 len;
	u32 room;
	u32 mark;
};

struct pktq {
	struct link head;
	struct lock lock;
	u32 count;
	u32 dropped;
};

int pktq_push(struct pktq *q, struct pkt *p);
struct pkt *pktq_pop(struct pktq *q);
void pktq_purge(struct pktq *q);
void pkt_free(struct pkt *p);

static inline u8 *pkt_pull(struct pkt *p, u32 n)
{
	if (n > p->len)
		return NULL;
	p->data += n;
	p->len -= n;
	return p->data;
}

#endif
