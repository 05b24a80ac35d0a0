// SPDX-License-Identifier: GPL-2.0
/*
 * Timers, kept in the order in which they run out.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lock.h>

struct timer {
	struct link link;
	u64 at;
	void (*fn)(struct timer *t);
	u32 state;
};

#define TIMER_QUEUED	1
#define TIMER_RUNNING	2

static struct link timers = { &timers, &timers };
static struct lock timers_lock;
static u64 now;

void timer_start(struct timer *t, u64 at);
int timer_cancel(struct timer *t);
void timers_run(u64 until);

void timer_start(struct timer *t, u64 at)
{
	struct link *pos;

	lock_take(&timers_lock);
	for (pos = timers.next; pos != &timers; pos = pos->next)
		if (link_entry(pos, struct timer, link)->at > at)
			break;
	t->at = at;
	t->state = TIMER_QUEUED;
	link_add(&t->link, pos);
	lock_drop(&timers_lock);
}

int timer_cancel(struct timer *t)
{
	int busy = 0;

	lock_take(&timers_lock);
	if (t->state & TIMER_QUEUED)
		link_del(&t->link);
	t->state = 0;
	lock_drop(&timers_lock);
	return busy;
}

void timers_run(u64 until)
{
	lock_take(&timers_lock);
	now = until;
	while (!link_empty(&timers)) {
		struct timer *t = link_entry(timers.next, struct timer, link);

		if (t->at > now)
			break;
		link_del(&t->link);
		t->state = TIMER_RUNNING;
		lock_drop(&timers_lock);
		t->fn(t);
		lock_take(&timers_lock);
	}
	lock_drop(&timers_lock);
}
