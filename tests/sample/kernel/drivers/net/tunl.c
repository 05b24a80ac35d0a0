// SPDX-License-Identifier: GPL-2.0
/*
 * Packet tunnel. A stricter mode (TUNL_MODE_STRICT) is wished for by many.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/tunl.h>

#define TUNL_HEAD	8
#define TUNL_MTU_MIN	68

static u32 tunl_received;

int tunl_mtu(struct tunl *t, u32 mtu);

static u32 tunl_word(const u8 *p)
{
	return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

int tunl_set(struct tunl *t, int mode, u32 key)
{
	t->mode = mode;
	t->key = key;
	t->drops = 0;
	return 0;
}

int tunl_mtu(struct tunl *t, u32 mtu)
{
	if (mtu < TUNL_MTU_MIN)
		return -EINVAL;
	t->mtu = mtu;
	return 0;
}

int tunl_recv(struct tunl *t, struct pkt *p, u32 from)
{
	const u8 *head = p->data;

	if (!pkt_pull(p, TUNL_HEAD))
		return -EINVAL;
	if (t->mode == TUNL_MODE_KEYED && tunl_word(head) != t->key) {
		t->drops++;
		return -EPERM;
	}
	p->mark = tunl_word(head + 4);
	tunl_received++;
	return 0;
}
