/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The closure of a plan as a graph in the language of graphviz: every commit that is there for
 * another one or has one there for it, and what is held. Arrows lead from a commit to what it
 * brings.
 */
#ifndef PLAN_GRAPH_H
#define PLAN_GRAPH_H

#include "base/buffer.h"
#include "plan/plan.h"

/* Appends the text. */
void plan_graph(struct buffer *ret_text, const struct plan *plan);

#endif
