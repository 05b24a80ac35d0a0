/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether each textual and semantic prerequisite of a settled plan is needed: what breaks
 * when it goes, alone and together with all that is in the set for it.
 */
#ifndef BENCH_MINIMAL_H
#define BENCH_MINIMAL_H

#include "plan/planner.h"

/* What breaks without it. */
enum loss {
	LOSS_NOTHING,
	LOSS_NAME,   /* another member misses a name */
	LOSS_TREE,   /* another has no tree */
	LOSS_CHANGE, /* another turns empty */
	LOSS_COUNT
};

struct minimal_counts {
	size_t prerequisites, alone[LOSS_COUNT], units, with_unit[LOSS_COUNT];
	size_t pairs; /* of two that need each other, and nothing else needs */
};

/* Adds to the counts, and prints what is not needed. */
void minimal_check(struct minimal_counts *counts, struct planner *planner);

void minimal_add(struct minimal_counts *counts, const struct minimal_counts *more);
void minimal_print(const char *name, const struct minimal_counts *counts, double seconds);

#endif
