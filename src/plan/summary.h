/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of a plan that a maintainer wants before publishing.
 */
#ifndef PLAN_SUMMARY_H
#define PLAN_SUMMARY_H

#include <stddef.h>

#include "plan/plan.h"

enum prerequisite_kind {
	PREREQUISITE_DECLARED,
	PREREQUISITE_TEXTUAL,
	PREREQUISITE_SEMANTIC,
	PREREQUISITE_PUBLISHED, /* in the branch since an earlier state, for what it says there */
	PREREQUISITE_KINDS
};

const char *prerequisite_kind_name(enum prerequisite_kind kind);

struct plan_summary {
	size_t states[STATE_COUNT];
	size_t prerequisites[PREREQUISITE_KINDS]; /* of state prerequisite, by their first reason */
	size_t open[OPEN_COUNT];
	size_t in_tree, published, weak;
};

void plan_summarise(struct plan_summary *ret_summary, const struct plan *plan);

#endif
