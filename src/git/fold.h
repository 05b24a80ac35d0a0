/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The canonical tree of a set of picks: what picking its members in the series' own
 * order onto the base gives, whenever each member was found (DESIGN.md, "Canonical
 * trees").
 *
 * Members are kept in ascending `order`. Adding at the end is a plain pick. A late
 * member, or one that goes, re-picks only what depends on the difference it makes:
 * a later member whose paths hold what they held before is replayed without being
 * merged again. The result is always that of a fresh fold of the same set;
 * tests/engine/fold.py checks that on random histories.
 *
 * When a member has no tree the fold stays as it was.
 */
#ifndef GIT_FOLD_H
#define GIT_FOLD_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"
#include "git/patch.h"
#include "git/pick.h"

struct fold;

struct fold_member {
	uint64_t order;		   /* place in the series, unique in the fold */
	struct pick_change change; /* its list is borrowed until the fold is closed or
				      the member removed */
	/* Tried one after the other where `change` conflicts: adapted patches; borrowed likewise.
	 */
	const struct patch *const *resolutions;
	size_t resolution_count;
	bool firm;    /* fold_update does not take it out */
	void *cookie; /* the caller's */
};

/* Where the first of a member's resolutions does not apply. */
struct fold_refusal {
	char *path; /* owned; NULL: the member has none */
	const char *reason;
	size_t line; /* of the patch's old side; 0: the path as a whole */
};

/* What came of an addition or a removal. */
struct fold_report {
	bool done; /* false: a conflict, and nothing changed */

	/* When not done: who has no tree, maybe the member given, and why. Owned. */
	uint64_t conflict_order;
	void *conflict_cookie;
	char *conflict_path;
	const char *conflict_reason;
	struct fold_refusal refusal;

	/* How the member given was picked (when done, or when it is the one that
	 * conflicts); for a removal how it had been. */
	enum pick_result result;
	bool resolved; /* a resolution of it was used */
	size_t content_merges;

	size_t picked;	 /* members that were picked again or for the first time */
	size_t replayed; /* later members whose results stood */
	size_t emptied;	 /* later members that changed something before and do not now */
};

#define FOLD_REPORT_INIT              \
	{                             \
		.result = PICK_EMPTY, \
	}
void fold_report_release(struct fold_report *report);

/* `base` is a root tree; the store is borrowed. */
int fold_open(struct fold **ret_fold, struct store *store, const git_oid *base, struct error *err);
void fold_close(struct fold *fold);

/*
 * Adds a member at its place; at the end that is one pick. A member whose pick is
 * empty stays a member. ERROR_REFUSED where the order is taken.
 */
int fold_add(struct fold_report *ret_report, struct fold *fold, const struct fold_member *member,
	     struct error *err);

/* ERROR_NOT_FOUND where there is no such member. */
int fold_remove(struct fold_report *ret_report, struct fold *fold, uint64_t order,
		struct error *err);

/* A member that has no tree where it stands. */
struct fold_conflict {
	uint64_t order;
	void *cookie;
	char *path; /* owned */
	const char *reason;
	struct fold_refusal refusal;
};

struct fold_conflicts {
	struct fold_conflict *items; /* ascending */
	size_t count;
	size_t capacity;
};

#define FOLD_CONFLICTS_INIT ARRAY_INIT
void fold_conflicts_release(struct fold_conflicts *conflicts);

enum fold_mode {
	FOLD_STRICT, /* all of it, or nothing */
	FOLD_DROP    /* what conflicts is left out or taken out, and the rest goes on */
};

/* Additions and removals to make as one: a member may need another to have a tree. */
struct fold_change {
	const struct fold_member *added; /* ascending */
	size_t added_count;
	const uint64_t *removed; /* orders, ascending */
	size_t removed_count;
	enum fold_mode mode;
};

/*
 * Makes a change in one pass. `ret_conflicts` gets every member that has no tree, the
 * one that `ret_report` names last when nothing was done: any in FOLD_STRICT, a firm one in
 * FOLD_DROP. Otherwise the fold is that of the rest.
 */
int fold_update(struct fold_report *ret_report, struct fold_conflicts *ret_conflicts,
		struct fold *fold, const struct fold_change *change, struct error *err);

size_t fold_count(const struct fold *fold);
/* The `index`th member in order; valid until the fold is next changed. */
const struct fold_member *fold_member_at(const struct fold *fold, size_t index);
/* What it changed where it stands now: valid as above. */
const struct pick_outcome *fold_outcome_at(const struct fold *fold, size_t index);
/* Which of its resolutions was used, from 1; 0: it applies as it is. */
size_t fold_resolution_at(const struct fold *fold, size_t index);

/* Writes and gives the tree of all members. */
int fold_write(git_oid *ret_root, struct fold *fold, struct error *err);

/* As fold_write, with edits that do not become part of the fold (EXTRAVERSION). */
int fold_write_with(git_oid *ret_root, struct fold *fold, const struct tree_edit *edits,
		    size_t count, struct error *err);

/* What a path holds in the folded tree, as tree_get. */
int fold_get(unsigned *ret_mode, git_oid *ret_id, struct fold *fold, const char *path,
	     struct error *err);

/* A tree with what comes before an order; the caller closes it. */
int fold_tree_before(struct tree **ret_tree, const struct fold *fold, uint64_t order,
		     struct error *err);

/* The tree as it is, for reading (tree_get, tree_changes); owned by the fold. */
struct tree *fold_tree(struct fold *fold);

#endif
