/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_PARSE_H
#define _LINUX_PARSE_H

#include <linux/types.h>

int parse_uint(const char *s, u32 *out);
int parse_word(const char **at, char *to, size_t room);

#endif
