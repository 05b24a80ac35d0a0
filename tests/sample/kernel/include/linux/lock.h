/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_LOCK_H
#define _LINUX_LOCK_H

struct lock {
	volatile int held;
};

void lock_take(struct lock *l);
void lock_drop(struct lock *l);

struct ref {
	volatile int count;
};

static inline void ref_get(struct ref *r)
{
	r->count++;
}

/* true when the last user is gone */
static inline int ref_put(struct ref *r)
{
	return --r->count == 0;
}

#endif
