/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads commits of the source into the index: each commit once, whatever is
 * reachable and not yet there. Commits that only series hold (epoch 0) also
 * get their changed paths; mainline before a series is known by message only.
 *
 * One pass, parents after children, so that memory does not grow with the
 * length of history: a commit's number is given when it is first seen.
 */
#ifndef HISTORY_SCAN_H
#define HISTORY_SCAN_H

#include <git2.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/table.h"
#include "git/id-map.h"
#include "history/index.h"
#include "history/topology.h"

enum commit_mark {
	COMMIT_MERGE = 1 << 0,
	COMMIT_ADAPTED = 1 << 1,	/* a backporter's note says that it was changed */
	COMMIT_PARTIAL_REVERT = 1 << 2, /* reverts in part or in effect */
	COMMIT_SUBJECT_SHIFT = 8 /* above: how often the subject is wrapped in Revert "..." */
};

struct scan {
	struct index *index;
	git_odb *odb;
	struct pack_reader *packs;
	struct progress *progress;
	struct id_map numbers;	  /* of every commit in the index */
	struct topology topology; /* of every commit in the index */
	uint16_t *epochs;	  /* by number; 0 = in none */
	size_t epochs_capacity;
	bool is_shallow; /* absent parents count as not there */
	uint32_t last_number;
	size_t commits_read;
	struct scan_statements *statements;
};

/* Loads what the index knows. Objects are those of `odb`, whose directory is `objects`. */
int scan_init(struct scan *ret_scan, struct index *index, git_odb *odb, const char *objects,
	      struct progress *progress, struct error *err);
void scan_release(struct scan *scan);

/*
 * Reads `tip` and its unread ancestors. With an epoch, everything reachable
 * that is in no epoch yet joins it, and table epoch learns which older epochs
 * it holds. A missing commit is an error that names it; in a shallow
 * repository the absent parents count as not there.
 */
int scan_commits(uint32_t *ret_number, struct scan *scan, const git_oid *tip, uint32_t epoch,
		 struct error *err);

/* A commit that is indexed already joins an epoch, and so do its ancestors. */
int scan_join_epoch(struct scan *scan, uint32_t number, uint32_t epoch, struct error *err);

/* Forgets commits that no series holds any more, after a rewound branch. */
int scan_forget_unreachable(struct scan *scan, struct error *err);

#endif
