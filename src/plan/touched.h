/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which function bodies of a file a change touches. These are nothing of its own: comments,
 * #include, declarations, EXPORT_SYMBOL and new functions. Anything else outside of a body
 * - tables, macros, types - is `other`.
 */
#ifndef PLAN_TOUCHED_H
#define PLAN_TOUCHED_H

#include <stdbool.h>

#include "code/definitions.h"
#include "plan/hunks.h"

struct touched_side {
	const struct code_tokens *tokens;
	const struct definitions *definitions;
};

struct touched {
	bool other;
	ARRAY(const char *) bodies; /* names of functions that were there before; borrowed */
};

void touched_find(struct touched *ret_touched, const struct touched_side *old,
		  const struct touched_side *new, const struct file_hunks *hunks);
void touched_release(struct touched *touched);

/* Documentation, self-tests and the like. */
bool path_is_no_code(const char *path);

#endif
