/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tree that is being edited: directories are read when a path leads into them,
 * and only those that changed are written.
 *
 * Paths are git's: bytes, no leading slash. An empty directory does not exist, so
 * one vanishes with its last entry. A path cannot lead through a file, and a
 * file cannot replace a directory that still has entries: both are
 * ERROR_CONFLICT with the two paths, and the tree stays as it was.
 */
#ifndef GIT_TREE_H
#define GIT_TREE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "git/change.h"
#include "git/store.h"

struct tree; /* "the source tree", not one tree object */

/* A path and what it is to be. `mode` 0 = gone (and the id is zero). */
struct tree_edit {
	const char *path; /* borrowed */
	unsigned mode;
	git_oid id;
};

/* `root` NULL: the empty tree. The store is borrowed. */
int tree_open(struct tree **ret_tree, struct store *store, const git_oid *root, struct error *err);
void tree_close(struct tree *tree);

/*
 * What is at a path: `ret_mode` 0 where nothing is (also where the path leads
 * through a file), TREE_MODE_DIRECTORY for a directory, with its id only as of the
 * last write. ERROR_INPUT for a path no tree can hold, ERROR_NOT_FOUND for a missing
 * tree object.
 */
int tree_get(unsigned *ret_mode, git_oid *ret_id, struct tree *tree, const char *path,
	     struct error *err);

/* Sets a file, symlink or submodule. */
int tree_set(struct tree *tree, const char *path, unsigned mode, const git_oid *id,
	     struct error *err);

/* Removes a file, symlink or submodule; one that is not there is fine. */
int tree_remove(struct tree *tree, const char *path, struct error *err);

/*
 * Applies all edits or none: removals first, so that a file may make room for a
 * directory of its name. On ERROR_CONFLICT the tree is as before.
 */
int tree_apply(struct tree *tree, const struct tree_edit *edits, size_t count, struct error *err);

/* As tree_apply; on an error `ret_failed` is the edit that could not be made. */
int tree_apply_which(size_t *ret_failed, struct tree *tree, const struct tree_edit *edits,
		     size_t count, struct error *err);

/* Writes the changed directories; the id is that of the whole tree. */
int tree_write(git_oid *ret_root, struct tree *tree, struct error *err);

/*
 * Writes the tree as it would be with the edits, which are then taken back: for a
 * commit whose tree differs from the one that is edited on (EXTRAVERSION).
 */
int tree_write_with(git_oid *ret_root, struct tree *tree, const struct tree_edit *edits,
		    size_t count, struct error *err);

/*
 * Appends the difference from the tree object `old_root` to this tree, as
 * change_list_read does; directories equal on both sides are not read, and nothing
 * need be written before.
 */
int tree_changes(struct change_list *ret_list, struct tree *tree, const git_oid *old_root,
		 struct error *err);

#endif
