// SPDX-License-Identifier: GPL-2.0
/*
 * Matches packets by a number at an offset.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pkt.h>
#include <linux/slab.h>

struct nmatch {
	u32 off;
	u32 width;
	u32 want;
	u32 hits;
};

int nmatch_check(const struct nmatch *m);
bool nmatch_pkt(struct nmatch *m, const struct pkt *p);
int nmatch_dump(const struct nmatch *m, u8 *to, u32 room);

int nmatch_check(const struct nmatch *m)
{
	if (m->width != 1 && m->width != 2 && m->width != 4)
		return -EINVAL;
	return 0;
}

bool nmatch_pkt(struct nmatch *m, const struct pkt *p)
{
	u32 n = 0, i;

	for (i = 0; i < m->width; i++)
		n = n << 8 | p->data[m->off + i];
	if (n != m->want)
		return false;
	m->hits++;
	return true;
}

int nmatch_dump(const struct nmatch *m, u8 *to, u32 room)
{
	if (room < sizeof(*m))
		return -EINVAL;
	mem_copy(to, m, sizeof(*m));
	return sizeof(*m);
}
