/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By how much the index is behind the source: refs that moved since the last
 * sync. Reads refs, and counts commits of branches that series are read from.
 */
#ifndef HISTORY_BEHIND_H
#define HISTORY_BEHIND_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "history/workspace.h"

struct moved_ref {
	char *name;
	git_oid before, after; /* zero: was not there, is not there any more */
	char *series;	       /* that is read from it; NULL: none */
	size_t ahead, lost;    /* of such a branch: commits that came, that went */
};

struct moved_refs {
	struct moved_ref *items; /* by name */
	size_t count;
	size_t capacity;
};

void moved_refs_release(struct moved_refs *refs);
int moved_refs_find(struct moved_refs *ret_refs, struct workspace *workspace, struct error *err);

#endif
