/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hunks between two versions of a file, as the engine's own diff finds them. Found
 * when first asked for, kept in memory, and from then on in the index: they belong to a
 * pair of blobs, so that they serve all bases and all series, and never grow stale.
 */
#ifndef PLAN_HUNKS_H
#define PLAN_HUNKS_H

#include <git2.h>
#include <stdbool.h>

#include "base/array.h"
#include "base/error.h"
#include "base/table.h"
#include "git/diff.h"
#include "git/store.h"
#include "history/index.h"

struct file_hunks {
	struct diff_hunk *items; /* ascending */
	size_t count;
	bool whole; /* no text, or not to be read: anything may have changed */
};

struct hunks_entry {
	git_oid old_id, new_id;
	struct file_hunks hunks;
	bool fresh; /* not in the index yet */
};

struct hunks {
	struct index *index; /* borrowed */
	struct statement select;
	struct table places; /* by both ids: the index of the entry */
	ARRAY(struct hunks_entry *) entries;
	size_t fresh;
};

int hunks_open(struct hunks *ret_hunks, struct index *index, struct error *err);
void hunks_close(struct hunks *hunks);

/*
 * Borrowed until hunks_close. A blob that a partial clone lacks makes `whole`; it is no
 * error, and not kept.
 */
int hunks_find(const struct file_hunks **ret_hunks, struct hunks *hunks, struct store *store,
	       const git_oid *old_id, const git_oid *new_id, struct error *err);

/* Puts what is new into the index, within a transaction of the caller's. */
int hunks_save(struct hunks *hunks, struct error *err);
void hunks_set_kept(struct hunks *hunks); /* the transaction was committed */

#endif
