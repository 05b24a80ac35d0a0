/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole index in step with everything it is made of: the source, the
 * records of the CNA, the plain lists, and what messages name. One transaction:
 * whatever goes wrong in any of them leaves the index as it was.
 */
#ifndef ADVISORY_REFRESH_H
#define ADVISORY_REFRESH_H

#include <stdbool.h>
#include <stddef.h>

#include "advisory/import.h"
#include "base/error.h"
#include "base/progress.h"
#include "history/sync.h"
#include "history/workspace.h"

/* What has moved on since the last sync. */
struct workspace_behind {
	bool never; /* nothing was ever read */
	bool history, advisories, lists;
};

static inline bool workspace_is_behind(const struct workspace_behind *behind)
{
	return behind->history || behind->advisories || behind->lists;
}

struct list_report {
	char *path;
	size_t count;
	bool is_gone; /* no longer in the settings */
};

struct workspace_report {
	struct sync_report history;
	bool has_advisories; /* the settings name records */
	bool forgot_advisories;
	struct advisory_import advisories;
	struct list_report *lists; /* all of them where one has changed, else none */
	size_t list_count, list_capacity;
	size_t mentions; /* new advisories from messages */
};

struct workspace_sync_options {
	bool fetch; /* `git fetch` in the repositories first */
};

void workspace_report_release(struct workspace_report *report);

/* Compares refs, one commit id and the lists with the index. Opens the source. */
int workspace_check(struct workspace_behind *ret_behind, struct workspace *workspace,
		    struct error *err);

/* Takes the lock for its time, and waits for it; `options` may be NULL. */
int workspace_sync(struct workspace_report *ret_report, struct workspace *workspace,
		   const struct workspace_sync_options *options, struct progress *progress,
		   struct error *err);

enum refresh_result {
	REFRESH_CURRENT,   /* nothing was to be done */
	REFRESH_SYNCED,	   /* the report says what */
	REFRESH_BEHIND,	   /* read-only: the index stays as it is */
	REFRESH_UNCHECKED, /* --no-sync */
};

/*
 * What a command that reads calls first: syncs where the index is behind. With
 * `no_sync` neither source nor records are looked at. An index that was never
 * filled and cannot be is an error. Opens the source, where it is there.
 */
int workspace_refresh(enum refresh_result *ret_result, struct workspace_report *ret_report,
		      struct workspace *workspace, bool no_sync, struct progress *progress,
		      struct error *err);

#endif
