// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers of a pipe: pages that a writer filled and a reader takes.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define PIPE_BUFS	16
#define PIPE_PAGE	4096

#define PIPE_CAN_MERGE	0x1
#define PIPE_BORROWED	0x2

struct pipe_buf {
	u8 *page;
	u32 off;
	u32 len;
	u32 flags;
};

struct pipe {
	struct pipe_buf buf[PIPE_BUFS];
	u32 head;
	u32 tail;
};

int pipe_write(struct pipe *p, const void *from, u32 n);
int pipe_splice(struct pipe *p, u8 *page, u32 off, u32 n);
int pipe_read(struct pipe *p, void *to, u32 room);

static struct pipe_buf *pipe_last(struct pipe *p)
{
	return &p->buf[(p->head - 1) % PIPE_BUFS];
}

int pipe_write(struct pipe *p, const void *from, u32 n)
{
	struct pipe_buf *b;

	if (p->head != p->tail) {
		b = pipe_last(p);
		if (b->flags & PIPE_CAN_MERGE && b->off + b->len + n <= PIPE_PAGE) {
			mem_copy(b->page + b->off + b->len, from, n);
			b->len += n;
			return n;
		}
	}
	if (n > PIPE_PAGE || p->head - p->tail >= PIPE_BUFS)
		return -ENOSPC;
	b = &p->buf[p->head++ % PIPE_BUFS];
	b->page = mem_get(PIPE_PAGE);
	if (!b->page)
		return -ENOMEM;
	b->off = 0;
	b->len = n;
	b->flags = PIPE_CAN_MERGE;
	mem_copy(b->page, from, n);
	return n;
}

int pipe_splice(struct pipe *p, u8 *page, u32 off, u32 n)
{
	struct pipe_buf *b;

	if (p->head - p->tail >= PIPE_BUFS)
		return -ENOSPC;
	b = &p->buf[p->head++ % PIPE_BUFS];
	b->page = page;
	b->off = off;
	b->len = n;
	return n;
}

int pipe_read(struct pipe *p, void *to, u32 room)
{
	struct pipe_buf *b;
	u32 n;

	if (p->head == p->tail)
		return 0;
	b = &p->buf[p->tail % PIPE_BUFS];
	n = min_u32(room, b->len);
	mem_copy(to, b->page + b->off, n);
	b->off += n;
	b->len -= n;
	if (!b->len)
		p->tail++;
	return n;
}
