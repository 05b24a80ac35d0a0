// SPDX-License-Identifier: GPL-2.0
/*
 * Pairing with a hub: three messages, each with a fixed head.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lock.h>
#include <linux/pkt.h>
#include <linux/slab.h>

#define SMP_REQUEST	1
#define SMP_CONFIRM	3
#define SMP_RANDOM	4

struct smp_chan {
	struct lock lock;
	struct ref users;
	u8 peer[8];
	u8 confirm[16];
	u8 random[16];
	u32 step;
};

int smp_recv(struct smp_chan *c, struct pkt *p);
void smp_close(struct smp_chan *c);

static int smp_request(struct smp_chan *c, struct pkt *p)
{
	mem_copy(c->peer, p->data, sizeof(c->peer));
	c->step = 1;
	return 0;
}

static int smp_confirm(struct smp_chan *c, struct pkt *p)
{
	if (c->step != 1)
		return -EINVAL;
	mem_copy(c->confirm, p->data, sizeof(c->confirm));
	c->step = 2;
	return 0;
}

static int smp_random(struct smp_chan *c, struct pkt *p)
{
	if (c->step != 2)
		return -EINVAL;
	mem_copy(c->random, p->data, sizeof(c->random));
	c->step = 3;
	return 0;
}

int smp_recv(struct smp_chan *c, struct pkt *p)
{
	u8 code = p->data[0];

	if (!pkt_pull(p, 1))
		return -EINVAL;
	switch (code) {
	case SMP_REQUEST:
		return smp_request(c, p);
	case SMP_CONFIRM:
		return smp_confirm(c, p);
	case SMP_RANDOM:
		return smp_random(c, p);
	default:
		return -EINVAL;
	}
}

void smp_close(struct smp_chan *c)
{
	if (ref_put(&c->users))
		mem_free(c);
}
