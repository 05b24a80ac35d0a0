/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_RING_H
#define _LINUX_RING_H

#include <linux/types.h>

struct ring {
	u8 *data;
	u32 size;
	u32 head;
	u32 tail;
	u32 limit;
};

int ring_init(struct ring *r, u32 size);
void ring_free(struct ring *r);
u32 ring_used(const struct ring *r);
int ring_write(struct ring *r, const void *from, u32 n);
int ring_read(struct ring *r, void *to, u32 n);

#endif
