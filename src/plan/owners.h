/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose lines a commit changes: the commits of base..tip that its change of a path meets.
 * Arithmetic on hunks alone (docs/plan.md, "Textual prerequisites"): no merge is tried,
 * and what the trees have in common by chance is not looked at.
 */
#ifndef PLAN_OWNERS_H
#define PLAN_OWNERS_H

#include "base/error.h"
#include "git/change.h"
#include "git/store.h"
#include "plan/files.h"
#include "plan/plan.h"

struct owners_request {
	struct files *files;
	struct store *store;
	uint32_t member;
	const struct change_list *changes; /* of the member */
	const bool *in_base;		   /* by member: where the trace ends */
};

/*
 * Adds the members that own what `request->member` changes at one of its paths: those
 * that brought or last changed a line of what it replaces, or the line before or after, or
 * took lines out there; that added, deleted, renamed the path or changed its mode or type.
 */
int owners_find(struct member_list *ret_owners, const struct owners_request *request,
		const struct change *change, struct error *err);

#endif
