/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/types.h>

void *mem_get(size_t size);
void *mem_zero(size_t size);
void mem_free(void *p);

void mem_copy(void *to, const void *from, size_t size);
void mem_fill(void *to, int byte, size_t size);
size_t str_len(const char *s);
int str_cmp(const char *a, const char *b);

#endif
