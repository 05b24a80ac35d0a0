// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the task list as text, for /proc/tasks.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/task.h>

#define DUMP_LINE	32

static size_t put_number(char *to, int n)
{
	char digits[12];
	size_t len = 0, i;

	do {
		digits[len++] = '0' + n % 10;
		n /= 10;
	} while (n);
	for (i = 0; i < len; i++)
		to[i] = digits[len - 1 - i];
	return len;
}

static size_t put_task(char *to, const struct task *t)
{
	size_t len = put_number(to, t->id);

	to[len++] = ' ';
	mem_copy(to + len, t->name, str_len(t->name));
	len += str_len(t->name);
	to[len++] = '\n';
	return len;
}

int task_dump(char *to, size_t room)
{
	size_t len = 0;
	struct link *at;

	for (at = task_list.next; at != &task_list; at = at->next) {
		struct task *t = link_entry(at, struct task, all);

		if (room - len < DUMP_LINE)
			return -ENOSPC;
		len += put_task(to + len, t);
	}
	return len;
}
