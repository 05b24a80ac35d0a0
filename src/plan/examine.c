/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set as it is, held against what it would be today: what the closure would have
 * beyond it is lacking. Nothing is merged, so textual prerequisites are not asked for.
 */
#include "plan/planner.h"

/* Whether the set is open without a row: by itself, or because it has what the row repairs. */
static bool is_hole(const struct planner *planner, uint32_t row)
{
	const struct member_list *repaired = &planner->facts[row].follow_up_of;

	if (planner_is_seed(planner, row) ||
	    (planner->facts[row].role == STATE_PICK && !repaired->count))
		return true;
	for (size_t i = 0; i < repaired->count; i++)
		if (planner->plan->rows[repaired->items[i]].published)
			return true;
	return false;
}

void examine(struct planner *planner)
{
	struct plan *plan = planner->plan;

	closure_compute(planner);
	planner_fill_rows(planner);
	for (uint32_t row = 0; row < planner->count; row++) {
		struct row_facts *facts = &planner->facts[row];

		facts->lacking = facts->in_set && !plan->rows[row].published &&
				 is_hole(planner, row);
		facts->in_set &= plan->rows[row].published;
		plan->rows[row].in_tree = facts->in_set;
	}
}
