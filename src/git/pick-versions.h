/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a pick merges, path by path, for a person who does it by hand.
 */
#ifndef GIT_PICK_VERSIONS_H
#define GIT_PICK_VERSIONS_H

#include "git/merge.h"
#include "git/pick.h"

/* A path with its versions; where a rename was followed, under the name that the tree has. */
struct pick_version {
	char *path;
	struct merge_entry base, ours, theirs; /* mode 0: it is not there */
	const char *reason;		       /* of a conflict; NULL: it merges */
	struct merge_entry merged;	       /* then: to what */
};

struct pick_versions {
	struct pick_version *items; /* by path */
	size_t count;
	size_t capacity;
};

void pick_versions_release(struct pick_versions *versions);

/* The tree stays as it is; merged contents are written to the store. */
int pick_versions_read(struct pick_versions *ret_versions, struct tree *tree, struct store *store,
		       const struct pick_change *change, struct error *err);

#endif
