/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Applies the change of one commit to a tree, with the tree and the verdict that
 * `git cherry-pick` gives. Only the paths that the change touches are read.
 *
 * Renames are followed as git follows them: a change to a file that the target has
 * under another name goes to that name, and a rename in the change takes the
 * target's own edits along. Both are decided by similarity (50 %), exact renames
 * first, and looked for only when a path of the change is not where it should be.
 *
 * The tree is changed only when the pick applies.
 */
#ifndef GIT_PICK_H
#define GIT_PICK_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "git/change.h"
#include "git/store.h"
#include "git/tree.h"

enum pick_result {
	PICK_TRIVIAL,  /* every path was the parent's or already the commit's */
	PICK_MERGED,   /* some contents were merged */
	PICK_EMPTY,    /* applies, and changes nothing: it is there already */
	PICK_CONFLICT, /* does not apply; the tree is as it was */
	PICK_RESULTS
};

/* "trivial", "merged", "empty", "conflict". */
const char *pick_result_name(enum pick_result result);

/* A path that the pick looked at or wrote, and what it holds afterwards. */
struct pick_path {
	char *path;
	unsigned old_mode; /* in the tree before the pick; 0 = not there */
	unsigned new_mode;
	git_oid old_id;
	git_oid new_id;
};

struct pick_outcome {
	enum pick_result result;
	size_t content_merges;
	bool searched; /* renames were looked for: the outcome depends on the whole tree */

	/*
	 * Sorted by path, each once: every path of the change and every other that a
	 * rename led to. Entries where old and new are equal were not changed. In a
	 * conflict the new side is the old one.
	 */
	struct pick_path *paths;
	size_t path_count;

	/* When a conflict: the first path in order, and why, for a reader ("both sides
	 * changed the same lines"). */
	char *conflict_path;
	const char *conflict_reason;
	size_t conflict_line; /* of a patch's old side (patch.h); 0: the path as a whole */
};

#define PICK_OUTCOME_INIT                                    \
	{                                                    \
		PICK_EMPTY, 0, false, NULL, 0, NULL, NULL, 0 \
	}

void pick_outcome_release(struct pick_outcome *outcome);

struct pick_change {
	const struct change_list *list; /* parent -> commit, as change_list_read gives it */
	git_oid parent_tree;		/* root tree of the parent; zero = none: a root commit */
};

/*
 * `ret_outcome` is overwritten; release it in any case. A conflict is no error: errors
 * are missing or malformed objects (by id and path) and the machine's.
 */
int pick_apply(struct pick_outcome *ret_outcome, struct tree *tree, struct store *store,
	       const struct pick_change *change, struct error *err);

#endif
