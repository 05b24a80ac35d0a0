/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define offsetof(t, m)	__builtin_offsetof(t, m)
#define container_of(p, t, m) ((t *)((char *)(p) - offsetof(t, m)))

#define min_u32(a, b)	((u32)(a) < (u32)(b) ? (u32)(a) : (u32)(b))
#define max_u32(a, b)	((u32)(a) > (u32)(b) ? (u32)(a) : (u32)(b))

int printk(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_warning(const char *where, int line);

#define pr_info(...)	printk(__VA_ARGS__)
#define pr_warn(...)	printk(__VA_ARGS__)
#define WARN_IF(cond)	({ int __c = !!(cond); if (__c) say_warning(__FILE__, __LINE__); __c; })

#endif
