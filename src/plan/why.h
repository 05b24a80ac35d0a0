/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a commit is in a plan, or why not, as a chain: the commit itself, what it is there
 * for, what that is there for, down to a fix that the gate admits.
 */
#ifndef PLAN_WHY_H
#define PLAN_WHY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "plan/plan.h"

struct why_step {
	uint32_t member;
	size_t depth;	      /* 0: the commit that was asked for */
	const char *relation; /* of the step above to this one: "prerequisite"; NULL at depth 0 */
	const char *why;      /* of that; NULL where the step's own reason says it */
};

struct why_chain {
	struct why_step *items; /* each commit once */
	size_t count;
	size_t capacity;
};

#define WHY_CHAIN_INIT     \
	{                  \
		NULL, 0, 0 \
	}

void why_chain_release(struct why_chain *chain);

/* `row` is one of the plan's; what is given borrows from the plan. */
void plan_why(struct why_chain *ret_chain, const struct plan *plan, const struct plan_row *row);

#endif
