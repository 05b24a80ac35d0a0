/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of files as evidence of where code comes from. */
#ifndef PLAN_LINES_H
#define PLAN_LINES_H

#include "base/table.h"
#include "git/store.h"
#include "plan/planner.h"

/*
 * The next line before `end`, without the blanks around it; false where it is too short to tell
 * anything: every function has such lines.
 */
bool line_next(const char **ret_line, size_t *ret_length, const char **at, const char *end);

/* Where a line begins, counted from 0. */
const char *line_start(const struct object *blob, uint32_t line);

/* Puts the lines of a file that tell something into `lines`. */
int lines_add_file(struct table *lines, struct planner *planner, unsigned mode, const git_oid *id,
		   struct error *err);

/* The same of what a change takes out of a file. */
int lines_add_removed(struct table *lines, struct planner *planner, const struct change *change,
		      struct error *err);

/*
 * Of the lines that a change takes out of a file: how many tell something, and how many of
 * those `lines` has.
 */
int lines_count_removed(size_t *ret_all, size_t *ret_found, const struct table *lines,
			struct planner *planner, const struct change *change, struct error *err);

#endif
