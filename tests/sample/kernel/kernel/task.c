// SPDX-License-Identifier: GPL-2.0
/*
 * The list of all tasks.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/task.h>

struct link task_list = { &task_list, &task_list };
struct lock task_lock;

static int last_id;

int task_add(const char *name, u32 flags);
int task_count(void);
void task_kill(int id);

int task_add(const char *name, u32 flags)
{
	struct task *t = mem_zero(sizeof(*t));
	u32 i;

	if (!t)
		return -ENOMEM;
	for (i = 0; i < TASK_NAME - 1 && name[i]; i++)
		t->name[i] = name[i];
	t->flags = flags;
	ref_get(&t->users);

	lock_take(&task_lock);
	t->id = ++last_id;
	link_add(&t->all, &task_list);
	lock_drop(&task_lock);
	return t->id;
}

struct task *task_find(int id)
{
	struct link *at;

	lock_take(&task_lock);
	for (at = task_list.next; at != &task_list; at = at->next) {
		struct task *t = link_entry(at, struct task, all);

		if (t->id == id) {
			ref_get(&t->users);
			lock_drop(&task_lock);
			return t;
		}
	}
	lock_drop(&task_lock);
	return NULL;
}

void task_put(struct task *t)
{
	if (!ref_put(&t->users))
		return;
	lock_take(&task_lock);
	link_del(&t->all);
	lock_drop(&task_lock);
	mem_free(t);
}

void task_kill(int id)
{
	struct task *t = task_find(id);

	if (!t)
		return;
	t->flags |= TASK_DYING;
	task_put(t);
	task_put(t);
}

int task_count(void)
{
	struct link *at;
	int n = 0;

	lock_take(&task_lock);
	for (at = task_list.next; at != &task_list; at = at->next)
		n++;
	lock_drop(&task_lock);
	return n;
}
