// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers and words out of text.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/parse.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

int parse_uint(const char *s, u32 *out)
{
	u32 n = 0;

	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		n = n * 10 + (*s - '0');
	}
	*out = n;
	return 0;
}

int parse_word(const char **at, char *to, size_t room)
{
	const char *s = *at;
	size_t n = 0;

	while (is_space(*s))
		s++;
	if (!*s)
		return -ENOENT;
	while (*s && !is_space(*s)) {
		if (n + 1 < room)
			to[n++] = *s;
		s++;
	}
	to[n] = 0;
	*at = s;
	return 0;
}
