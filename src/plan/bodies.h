/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence from function bodies (docs/plan.md, rule 2): a commit that changes nothing but
 * the bodies of functions which came in after the base does not concern the base.
 *
 * In the change itself these are no evidence, neither way: comments, #include, declarations,
 * EXPORT_SYMBOL, new functions, documentation and self-tests. Anything else that is
 * outside of a body - tables, macros, types, assembler, Kconfig - ends the question.
 *
 * A function came in after the base when a row of the range brought it, the file that
 * the base has does not even contain its name, and that row did not take the same lines out
 * somewhere else: what was renamed, moved or split off is not new.
 */
#ifndef PLAN_BODIES_H
#define PLAN_BODIES_H

#include "plan/planner.h"

struct new_bodies {
	bool all;		    /* there are some, and each came in after the base */
	struct member_list origins; /* rows that brought them */
	const char *names;	    /* "ring_peek(), ring_next()"; in the plan's arena */
};

int bodies_find(struct new_bodies *ret_bodies, struct planner *planner, uint32_t row,
		struct error *err);

#endif
