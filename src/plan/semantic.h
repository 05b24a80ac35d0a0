/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Semantic prerequisites (docs/plan.md, rule 6): a row applies, but its added lines use a name
 * that the tree being built does not define, or call a function whose prototype
 * is another one there, because a row of the range that is not in the set brought it.
 */
#ifndef PLAN_SEMANTIC_H
#define PLAN_SEMANTIC_H

#include "plan/planner.h"

/* What is missing at a row, and who brings it: of several the latest before the row. */
struct semantic_gap {
	uint32_t row, bringer;
	/* Of a published row: the row that came late and took away what it uses; or ROW_NONE. */
	uint32_t late;
	const char *why; /* "semantic: ..." */
};

struct semantic_gaps {
	struct semantic_gap *items;
	size_t count;
	size_t capacity;
};

/* Adds the gaps of one row, with the set as it is. */
int semantic_find(struct semantic_gaps *ret_gaps, struct planner *planner, uint32_t row,
		  struct error *err);

/*
 * Asks for what closes the gaps of all rows in the set, or holds a row where it cannot be had: the
 * late one rather than a published one. `ret_changed`: the closure is to be computed again.
 */
int semantic_resolve(bool *ret_changed, struct planner *planner, struct error *err);

/* Rows on trial, as if they were not in the set. */
struct without {
	const uint32_t *rows;
	size_t count;
};

/* Whether a member is in the base or in the set, those apart. */
bool semantic_in_tree(const struct planner *planner, uint32_t member,
		      const struct without *without);

/*
 * The first row in the set that would miss a name without those; ROW_NONE where none
 * does.
 */
int semantic_needs(uint32_t *ret_row, struct planner *planner, const struct without *without,
		   struct error *err);

#endif
