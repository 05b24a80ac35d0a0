// SPDX-License-Identifier: GPL-2.0
/*
 * Queues of packets.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pkt.h>
#include <linux/slab.h>

static u64 pkt_total;

void pkt_free(struct pkt *p)
{
	mem_free(p->data);
	mem_free(p);
}

int pktq_push(struct pktq *q, struct pkt *p)
{
	lock_take(&q->lock);
	link_add(&p->queue, &q->head);
	q->count++;
	pkt_total++;
	lock_drop(&q->lock);
	return 0;
}

struct pkt *pktq_pop(struct pktq *q)
{
	struct pkt *p = NULL;

	lock_take(&q->lock);
	if (!link_empty(&q->head)) {
		p = link_entry(q->head.next, struct pkt, queue);
		link_del(&p->queue);
		q->count--;
	}
	lock_drop(&q->lock);
	return p;
}

void pktq_purge(struct pktq *q)
{
	struct pkt *p;

	while (!link_empty(&q->head)) {
		p = link_entry(q->head.next, struct pkt, queue);
		link_del(&p->queue);
		q->count--;
		q->dropped++;
		pkt_free(p);
	}
}
