/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making a resolution: the place of a pick that a plan holds because it does not apply, a
 * directory in which a person adapts it, and what comes out of that as a diff.
 *
 * The place is what the tree being built has before the pick: the fold of all picks before it.
 */
#ifndef PLAN_RESOLVE_H
#define PLAN_RESOLVE_H

#include "base/buffer.h"
#include "base/error.h"
#include "git/pick-versions.h"
#include "plan/plan.h"

struct resolve_place {
	const struct plan *plan;
	struct store *store;
	const struct plan_row *row;
	const struct member *member;
	struct tree *tree; /* what is there before the pick */
	struct pick_versions versions;
	char *conflict_path; /* the first */
	const char *conflict_reason;
};

/*
 * Finds the place of what `text` names: by its own or its upstream id. Refused for what is in the
 * tree as it is, and for what is not held by the plan. The plan and its store are borrowed.
 */
int resolve_place_find(struct resolve_place *ret_place, const struct plan *plan,
		       struct store *store, const char *text, struct error *err);
void resolve_place_release(struct resolve_place *place);

/*
 * Makes a directory, which must not be there: base/, theirs/ and ours/ with the versions of each
 * path, merged/ with what is to be edited, and README with what is to be done. `command` is how to
 * hand it in. On an error nothing is left of it.
 */
int resolve_write_directory(const struct resolve_place *place, const char *directory,
			    const char *command, struct error *err);

/*
 * The diff from the place to merged/ of such a directory. Nothing outside of it is read: symbolic
 * links are refused. Conflict markers that are left are ERROR_INPUT; no difference is ERROR_USAGE.
 */
int resolve_read_directory(struct buffer *ret_diff, const struct resolve_place *place,
			   const char *directory, struct error *err);

/* The same from a patch, which must apply there; the diff has no renames and its own context. */
int resolve_read_patch(struct buffer *ret_diff, const struct resolve_place *place, const char *file,
		       struct error *err);

/* What the two have in common: that a diff says something, is whole, and applies. */
int resolve_check(const struct resolve_place *place, const struct buffer *diff, const char *name,
		  struct error *err);

#endif
