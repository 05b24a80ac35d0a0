/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a plan to the states that are to be written: which of its members are new, in
 * which order they come, what is withdrawn before them, where one state ends and the
 * next begins.
 */
#ifndef TREE_RECIPE_H
#define TREE_RECIPE_H

#include <stdbool.h>

#include "base/error.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "triage/ledger.h"
#include "tree/states.h"

struct recipe_request {
	const struct base_point *base;
	const struct tip_point *tip;
	const struct plan *plan;
	const struct ledger *ledger;
	const struct base_states *states;
	bool each_release; /* a state for every release, not for the tip alone */

	/* What the states say they were made of. */
	git_oid advisories, ledger_digest;
	const char *identity; /* "Name <mail>" */
};

/*
 * The new states, oldest first; without tree and commit. The first one of a published
 * base has what is withdrawn and what was found late; none where nothing is new. The
 * repository is where commits that are withdrawn are read from.
 */
int recipe_make(struct stanza_list *ret_stanzas, const struct recipe_request *request,
		git_repository *repository, struct error *err);

/*
 * Whether the plan has the published members in the order in which the journal has them.
 * Where a series was rewritten it may not; the journal's order is the one that counts.
 */
bool recipe_agrees(const struct recipe_request *request);

/*
 * The published members as plan_request takes them; `needed_by` is borrowed from the states, a
 * resolution from the ledger.
 */
int recipe_published(struct plan_published **ret_published, size_t *ret_count,
		     struct base_states *states, struct ledger *ledger, struct error *err);

#endif
