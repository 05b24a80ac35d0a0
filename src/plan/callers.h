/* SPDX-License-Identifier: GPL-2.0-only */
/* Which files call a name, where the series was at a row and in the tree being built. */
#ifndef PLAN_CALLERS_H
#define PLAN_CALLERS_H

#include "plan/semantic.h"

struct caller {
	const char *path; /* as it was first called */
	bool series, tree;
	uint32_t dropper; /* the latest row not in the set that took calls out; or ROW_NONE */
};

struct caller_list {
	struct caller *items;
	size_t count;
	size_t capacity;
};

/* All files where calls of the key "N name" came or went before the row, or with it. */
void callers_find(struct caller_list *ret_list, const struct planner *planner, uint32_t row,
		  const char *key, const struct without *without);

/* Whether there may be any that only rows on trial took out; `without` NULL: yes. */
bool callers_matter(const struct planner *planner, const struct without *without);

#endif
