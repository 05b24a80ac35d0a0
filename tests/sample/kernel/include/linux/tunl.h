/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_TUNL_H
#define _LINUX_TUNL_H

#include <linux/pkt.h>

enum tunl_mode {
	TUNL_MODE_OPEN,
	TUNL_MODE_KEYED,
};

struct tunl {
	enum tunl_mode mode;
	u32 key;
	u32 peer;
	u32 mtu;
	u32 drops;
};

int tunl_recv(struct tunl *t, struct pkt *p, u32 from);
int tunl_set(struct tunl *t, int mode, u32 key);

#endif
