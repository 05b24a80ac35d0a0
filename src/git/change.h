/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a commit changes: its paths, each with the mode and blob before and
 * after. The list is that of `git diff-tree -r --no-renames parent commit`,
 * sorted by path as git sorts. Renames appear as a deletion and an addition, a
 * change of type (file to symlink) as one change.
 *
 * Own tree walk, since git_diff_tree_to_tree costs the whole tree (ENGINE.md,
 * "Reading": 121/s against 23,000/s).
 */
#ifndef GIT_CHANGE_H
#define GIT_CHANGE_H

#include <git2.h>

#include "base/array.h"
#include "base/error.h"

struct change {
	char *path;	   /* bytes as in the tree, no leading slash; NUL-terminated; owned */
	unsigned old_mode; /* 0 = the path did not exist */
	unsigned new_mode; /* 0 = the path is gone; 0120000 symlink, 0160000 submodule */
	git_oid old_id;	   /* zero where the mode is 0 */
	git_oid new_id;
};

struct pack_reader;
struct store;

struct change_list {
	struct change *items;
	size_t count;
	size_t capacity;
};

#define CHANGE_LIST_INIT ARRAY_INIT

void change_list_release(struct change_list *list);

/*
 * Appends the difference between two trees, either of which may be NULL for
 * the empty tree. Equal subtrees are skipped unread; blobs are never read.
 * A missing tree is ERROR_NOT_FOUND, a malformed one ERROR_INPUT, both with its
 * id; the list then holds what was found before and is still to be released.
 */
int change_list_read(struct change_list *ret_list, git_odb *odb, const git_oid *old_tree,
		     const git_oid *new_tree, struct error *err);

/* The same, from a store: faster, and it sees trees that were only just written. */
int change_list_read_store(struct change_list *ret_list, struct store *store,
			   const git_oid *old_tree, const git_oid *new_tree, struct error *err);

/* The same, asking `packs` before `odb`. */
int change_list_read_packs(struct change_list *ret_list, struct pack_reader *packs, git_odb *odb,
			   const git_oid *old_tree, const git_oid *new_tree, struct error *err);

#endif
