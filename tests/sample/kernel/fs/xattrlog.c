// SPDX-License-Identifier: GPL-2.0
/*
 * Log of changes to attributes, addressed by number.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/parse.h>
#include <linux/slab.h>

#define XLOG_ROWS	48
#define XLOG_TEXT	32

struct xlog_row {
	u32 node;
	u32 len;
	char text[XLOG_TEXT];
};

static struct xlog_row xlog[XLOG_ROWS];
static u32 xlog_next;

int xlog_add(u32 node, const char *text);
int xlog_show(const char *index, char *to, u32 room);
int xlog_clear(u32 node);

int xlog_add(u32 node, const char *text)
{
	struct xlog_row *row = &xlog[xlog_next % XLOG_ROWS];
	u32 len = str_len(text);

	if (len > XLOG_TEXT)
		return -EMSGSIZE;
	row->node = node;
	row->len = len;
	mem_copy(row->text, text, len);
	xlog_next++;
	return 0;
}

static u32 xlog_index(const char *s)
{
	u32 n = 0;

	while (*s >= '0' && *s <= '9')
		n = n * 10 + (*s++ - '0');
	return n;
}

int xlog_show(const char *index, char *to, u32 room)
{
	struct xlog_row *row;
	u32 n;

	n = xlog_index(index);
	row = &xlog[n];
	n = min_u32(room, row->len);
	mem_copy(to, row->text, n);
	return n;
}

int xlog_clear(u32 node)
{
	u32 i, n = 0;

	for (i = 0; i < XLOG_ROWS; i++)
		if (xlog[i].node == node) {
			xlog[i].len = 0;
			n++;
		}
	return n ? 0 : -ENOENT;
}
