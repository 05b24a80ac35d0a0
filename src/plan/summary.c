/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/summary.h"

#include <string.h>

static const char *const kind_names[PREREQUISITE_KINDS] = { "declared", "textual", "semantic",
							    "published" };

const char *prerequisite_kind_name(enum prerequisite_kind kind)
{
	return kind_names[kind];
}

static enum prerequisite_kind kind_of(const struct plan_row *row)
{
	for (int i = 0; i < PREREQUISITE_KINDS && row->prerequisite_of.count; i++)
		if (!strncmp(row->prerequisite_why[0], kind_names[i], strlen(kind_names[i])))
			return (enum prerequisite_kind)i;
	return PREREQUISITE_PUBLISHED;
}

void plan_summarise(struct plan_summary *ret_summary, const struct plan *plan)
{
	memset(ret_summary, 0, sizeof(*ret_summary));
	plan_count(ret_summary->states, plan);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_row *row = &plan->rows[i];

		if (row->state == STATE_PREREQUISITE)
			ret_summary->prerequisites[kind_of(row)]++;
		ret_summary->in_tree += row->in_tree;
		ret_summary->published += row->published;
		ret_summary->weak += row->weak;
	}
	for (size_t i = 0; i < plan->open_count; i++)
		ret_summary->open[plan->open[i].kind]++;
}
