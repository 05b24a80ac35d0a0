/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan of a base as a build would make it, for commands that write nothing: with what is
 * published, the ledger, and a store that forgets.
 */
#ifndef TREE_BASE_PLAN_H
#define TREE_BASE_PLAN_H

#include "base/error.h"
#include "base/progress.h"
#include "history/workspace.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "plan/seeds.h"
#include "tree/states.h"

struct base_plan {
	struct base_point base;
	struct tip_point tip;
	struct members members;
	struct links links;
	struct ledger ledger;
	struct base_states states;
	struct plan_published *published;
	struct seeds seeds;
	struct store *store;
	struct policy policy;
	struct plan plan;
};

struct base_plan_request {
	const char *base;
	const char *series; /* NULL: the one that the base belongs to */
	const char *to;	    /* NULL: the newest release */
	const char *seeds;  /* a file; NULL: none */
	const char *policy; /* NULL: as base_policy_find */
};

/* `ret_plan` is to be released in any case, while the workspace is open. */
int base_plan_make(struct base_plan *ret_plan, struct workspace *workspace,
		   const struct base_plan_request *request, struct progress *progress,
		   struct error *err);
void base_plan_release(struct base_plan *plan);

#endif
