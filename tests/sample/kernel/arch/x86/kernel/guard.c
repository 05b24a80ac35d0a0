// SPDX-License-Identifier: GPL-2.0
/*
 * What guards the entry from user to kernel on x86.
 */
#include <linux/err.h>
#include <linux/kernel.h>

#define GUARD_FLUSH	0x1
#define GUARD_FENCE	0x2
#define GUARD_CLEAR	0x4

struct guard_frame {
	u64 regs[8];
	u64 ip;
	u64 sp;
	u32 flags;
};

static u32 guard_mode = GUARD_FLUSH;

int guard_set(u32 mode);
void guard_enter(struct guard_frame *f);
void guard_leave(struct guard_frame *f);

int guard_set(u32 mode)
{
	if (mode & ~(GUARD_FLUSH | GUARD_FENCE))
		return -EINVAL;
	guard_mode = mode;
	return 0;
}

void guard_enter(struct guard_frame *f)
{
	if (guard_mode & GUARD_FENCE)
		f->flags |= GUARD_FENCE;
	f->flags |= GUARD_FLUSH;
}

void guard_leave(struct guard_frame *f)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(f->regs); i++)
		if (f->flags & GUARD_CLEAR)
			f->regs[i] = 0;
	f->flags = 0;
}
