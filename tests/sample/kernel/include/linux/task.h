/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_TASK_H
#define _LINUX_TASK_H

#include <linux/list.h>
#include <linux/lock.h>

#define TASK_NAME	16

struct task {
	struct link all;
	struct ref users;
	int id;
	u32 flags;
	char name[TASK_NAME];
};

#define TASK_DYING	0x01
#define TASK_KERNEL	0x02

extern struct link task_list;
extern struct lock task_lock;

struct task *task_find(int id);
void task_put(struct task *t);
int task_dump(char *to, size_t room);

#endif
