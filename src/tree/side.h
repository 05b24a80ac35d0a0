/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel contains of its series: a state of ours, the history of its base and what its
 * journal adds; or a base alone, with everything up to it. And, by today's knowledge, what it
 * lacks.
 */
#ifndef TREE_SIDE_H
#define TREE_SIDE_H

#include <stdbool.h>

#include "base/error.h"
#include "history/workspace.h"
#include "plan/links.h"
#include "plan/members.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "triage/ledger.h"
#include "tree/order.h"
#include "tree/states.h"

struct side {
	char *name;	/* v6.1.170-security.192, or v6.1.180 */
	git_oid commit; /* of which the tree is */
	git_oid tree;
	struct base_point base;
	git_oid tip; /* the end of what it can have; of a base, itself */
	char *tip_name;
	const struct stanza *state; /* NULL: a base alone */
	bool published;

	/* Of a state: what it and those before it say. */
	struct base_states states;
	struct stanza **stanzas; /* up to it */
	size_t stanza_count;
	struct order_members set; /* in the order of the series */

	/* From side_examine on. */
	const struct members *members; /* borrowed */
	const struct links *links;     /* borrowed */
	struct plan plan;
	bool has_plan;
	bool *in_base, *in_reach;    /* by member: up to the base; up to the tip */
	const struct step **step_of; /* by member: what added it; NULL: nothing did */
};

/*
 * A state by its tag (or its beginning), its release commit, or a branch of ours; else a base
 * as base_find takes it. ERROR_NOT_FOUND names the states that there are, ERROR_INPUT says
 * that a branch is at no state, or that the commit is gone. Needs workspace_open_source.
 */
int side_find(struct side *ret_side, struct workspace *workspace, const char *text,
	      struct error *err);
void side_release(struct side *side);

/*
 * What it contains and what it lacks of its series up to `horizon`, which is not before its
 * base, as the policy sees it. Members and links are borrowed. `unfixed`: also which advisories
 * nothing fixes.
 */
int side_examine(struct side *side, struct members *members, const struct links *links,
		 struct store *store, const struct ledger *ledger, const struct tip_point *horizon,
		 const struct policy *policy, bool unfixed, struct error *err);

/* Whether it contains a member of its series. */
bool side_has(const struct side *side, uint32_t member);

/* The same, and that no revert that it contains takes it back. */
bool side_keeps(const struct side *side, uint32_t member);

/*
 * The revert that it contains and that takes the member back, be it matched by subject alone;
 * MEMBER_NONE.
 */
uint32_t side_undone_by(const struct side *side, uint32_t member);

/*
 * Whether it keeps later members than `after` that carry every advisory of the member, of
 * which there is one at least.
 */
bool side_covers(const struct side *side, const struct member *member, uint32_t after);

/* The step that took a commit out of the state; NULL: none did, or it was added again. */
const struct step *side_withdrawal(const struct side *side, const git_oid *stable);

#endif
