/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The diff facts of a commit, from the index or from its blobs (then with git's own kind of diff,
 * without context). Kept in the index, table `change_fact`: they depend on the commit alone.
 */
#ifndef TRIAGE_CHANGE_FACTS_H
#define TRIAGE_CHANGE_FACTS_H

#include <git2.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "history/index.h"

/* What a commit changes, by number. Owns its arrays. */
struct changed_files {
	const char **paths;	    /* sorted as git sorts them */
	git_oid *old_ids, *new_ids; /* zero: not there */
	size_t count, capacity;
	struct buffer text; /* that the paths lie in */
};

void changed_files_init(struct changed_files *files);
void changed_files_release(struct changed_files *files);

/* `statement` was prepared with CHANGED_FILES_SQL. */
#define CHANGED_FILES_SQL                                                                   \
	"SELECT path.name, change.old_id, change.new_id FROM change JOIN path USING (path)" \
	" WHERE change.number = ? ORDER BY path.name"
int changed_files_read(struct changed_files *files, struct statement *statement, uint32_t number,
		       struct error *err);

/* The set of diff facts; files that are no text, or large, count for nothing. */
int change_facts_make(uint64_t *ret_set, const struct changed_files *files, git_odb *odb,
		      struct error *err);

#endif
