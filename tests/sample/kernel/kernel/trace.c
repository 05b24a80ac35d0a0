// SPDX-License-Identifier: GPL-2.0
/*
 * Trace records in a ring of memory.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ring.h>
#include <linux/slab.h>

#define TRACE_MAX	512

struct trace_head {
	u16 type;
	u16 len;
};

static struct ring trace_ring;
static u32 trace_lost;
static u32 trace_kept;

int trace_start(u32 size);
int trace_put(u16 type, const void *data, u32 len);
int trace_get(u16 *type, void *to, u32 room);
u32 trace_lost_count(void);

int trace_start(u32 size)
{
	if (size < TRACE_MAX)
		return -EINVAL;
	return ring_init(&trace_ring, size);
}

int trace_put(u16 type, const void *data, u32 len)
{
	struct trace_head head = { type, len };
	int err;

	err = ring_write(&trace_ring, &head, sizeof(head));
	if (!err)
		err = ring_write(&trace_ring, data, len);
	if (err)
		trace_lost++;
	else
		trace_kept++;
	return err;
}

int trace_get(u16 *type, void *to, u32 room)
{
	struct trace_head head;
	int err;

	err = ring_read(&trace_ring, &head, sizeof(head));
	if (err)
		return err;
	*type = head.type;
	err = ring_read(&trace_ring, to, head.len);
	if (err)
		return err;
	return head.len;
}

u32 trace_lost_count(void)
{
	return trace_lost;
}
