// SPDX-License-Identifier: GPL-2.0
/*
 * Links to hub controllers: events that a device in range sends.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pkt.h>
#include <linux/slab.h>

#define HUB_NAME	32
#define HUB_LINKS	8

#define EVT_NAME	0x07
#define EVT_KEY		0x18
#define EVT_LIST	0x22

struct hub_link {
	u16 handle;
	u8 state;
	u8 keylen;
	u8 key[16];
	char name[HUB_NAME];
};

static struct hub_link links[HUB_LINKS];
static u32 hub_events;

int hub_event(struct pkt *p);

static int hub_evt_key(struct pkt *p)
{
	struct hub_link *l = &links[p->data[0] % HUB_LINKS];

	l->keylen = p->data[1];
	mem_copy(l->key, p->data + 2, l->keylen);
	return 0;
}

static int hub_evt_list(struct pkt *p)
{
	u32 i, n = p->data[0];

	for (i = 0; i < n; i++)
		links[i].handle = p->data[1 + 2 * i] | p->data[2 + 2 * i] << 8;
	return 0;
}

int hub_event(struct pkt *p)
{
	u8 code = p->data[0];
	u8 len = p->data[1];

	hub_events++;
	if (!pkt_pull(p, 2))
		return -EINVAL;
	switch (code) {
	case EVT_NAME:
		mem_copy(links[p->data[0] % HUB_LINKS].name, p->data + 1, len);
		return 0;
	case EVT_KEY:
		return hub_evt_key(p);
	case EVT_LIST:
		return hub_evt_list(p);
	default:
		return -EINVAL;
	}
}
