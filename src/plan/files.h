/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the members of a series did to its files: for a path its changes in order,
 * the hunks of each, and what merging them gave. Read when first asked for, then shared by the
 * plans of all bases.
 */
#ifndef PLAN_FILES_H
#define PLAN_FILES_H

#include <git2.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"
#include "base/table.h"
#include "git/merge.h"
#include "plan/hunks.h"
#include "plan/kept-merges.h"
#include "plan/members.h"

/* One change of a path: as struct change, and by whom. */
struct file_change {
	uint32_t member;
	unsigned old_mode, new_mode; /* 0 = it is not there */
	git_oid old_id, new_id;
};

struct file_history {
	struct file_change *items; /* ascending by member */
	size_t count;
};

/* What a member renames; exact or similar, as git's merge finds it. */
struct file_rename {
	char *from, *to;
	struct merge_entry old_entry, new_entry;
};

struct file_renames {
	struct file_rename *items;
	size_t count;
	size_t capacity;
};

struct files {
	const struct members *members; /* borrowed */
	struct statement select;
	struct hunks hunks;
	struct kept_merges merges;
	struct table places; /* by path: the index of its history */
	ARRAY(struct file_history) histories;
	struct table rename_places; /* by member */
	ARRAY(struct file_renames) renames;
};

int files_open(struct files *ret_files, const struct members *members, struct error *err);
void files_close(struct files *files);

/*
 * Puts the hunks and merges that were found into the index, for the plans to come. An index that
 * cannot be written, or that somebody else writes now, loses nothing but time: no error.
 */
void files_save(struct files *files);

/* Valid until the next call; merges change nothing of their own. */
int files_history(struct file_history *ret_history, struct files *files, const char *path,
		  struct error *err);

/* Valid until the next call. `changes` are those of the member. */
int files_renames(struct file_renames *ret_renames, struct files *files, struct store *store,
		  uint32_t member, const struct change_list *changes, struct error *err);

#endif
