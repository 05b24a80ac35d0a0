/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/why.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	DEPTH_LIMIT = 64 /* deeper than anything that people read */
};

struct walk {
	const struct plan *plan;
	struct why_chain *chain;
};

void why_chain_release(struct why_chain *chain)
{
	array_release(chain);
}

static void visit(struct walk *walk, uint32_t member, size_t depth, const char *relation,
		  const char *why)
{
	const struct plan_row *row = plan_row_of(walk->plan, member);
	struct why_step *step;

	for (size_t i = 0; i < walk->chain->count; i++)
		if (walk->chain->items[i].member == member)
			return;
	if (!row || depth > DEPTH_LIMIT)
		return;
	step = array_add(walk->chain);
	step->member = member;
	step->depth = depth;
	step->relation = relation;
	step->why = why;
	/* A fix is there by itself, whatever else it is good for. */
	if (row->state == STATE_PICK && depth)
		return;
	for (size_t i = 0; i < row->prerequisite_of.count; i++)
		visit(walk, row->prerequisite_of.items[i], depth + 1, "prerequisite of",
		      row->prerequisite_why[i]);
	for (size_t i = 0; i < row->follow_up_of.count; i++)
		visit(walk, row->follow_up_of.items[i], depth + 1, "follow-up of", NULL);
	if (row->cause != MEMBER_NONE)
		visit(walk, row->cause, depth + 1,
		      row->state == STATE_HELD ? "held by" : "goes with", NULL);
}

void plan_why(struct why_chain *ret_chain, const struct plan *plan, const struct plan_row *row)
{
	struct walk walk = { plan, ret_chain };

	memset(ret_chain, 0, sizeof(*ret_chain));
	visit(&walk, row->member, 0, NULL, NULL);
}
