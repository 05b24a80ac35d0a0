// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a socket, set and read by number.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define SOCKPARM_SLOTS	64

struct sockparms {
	u32 value[SOCKPARM_SLOTS];
	u64 set;
	int owner;
};

int sockparm_set(struct sockparms *s, u32 nr, u32 value);
int sockparm_get(const struct sockparms *s, u32 nr, u32 *value);
int sockparm_copy(const struct sockparms *s, void *to, u32 room);

int sockparm_set(struct sockparms *s, u32 nr, u32 value)
{
	s->value[nr] = value;
	s->set |= 1ull << nr;
	return 0;
}

int sockparm_get(const struct sockparms *s, u32 nr, u32 *value)
{
	if (nr >= SOCKPARM_SLOTS)
		return -EINVAL;
	if (!(s->set & (1ull << nr)))
		return -ENOENT;
	*value = s->value[nr];
	return 0;
}

int sockparm_copy(const struct sockparms *s, void *to, u32 room)
{
	struct sockparms out;

	if (room < sizeof(out))
		return -EINVAL;
	mem_copy(out.value, s->value, sizeof(out.value));
	out.set = s->set;
	mem_copy(to, &out, sizeof(out));
	return sizeof(out);
}
