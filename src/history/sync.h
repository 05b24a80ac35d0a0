/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Brings the index in step with the source's refs: what is new is read, what
 * moved is followed. The source is only read. Callers want workspace_sync
 * (advisory/refresh.h), which does this and the advisories in one transaction.
 */
#ifndef HISTORY_SYNC_H
#define HISTORY_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "history/workspace.h"

struct sync_series {
	char *name;
	size_t added;	/* members that were not there */
	size_t removed; /* members that are no longer there */
	bool rewound;	/* the old tip is no longer an ancestor */
	bool is_new;
	bool is_gone; /* its branch is not there any more */
};

struct sync_report {
	bool changed;	     /* false: the index was in step */
	bool rewound;	     /* commits were forgotten */
	uint32_t last_known; /* highest commit number before; 0 where all was read anew */
	size_t commits_read;
	struct sync_series *series; /* those that changed */
	size_t series_count;
	size_t series_capacity;
};

#define SYNC_REPORT_INIT       \
	{                      \
		.series = NULL \
	}

void sync_report_release(struct sync_report *report);

/* `git fetch` in the source, with the user's own settings there. */
int sync_fetch(struct workspace *workspace, const char *path, struct error *err);

/* In the caller's transaction, under the lock. After an error the caller rolls back. */
int sync_history(struct sync_report *ret_report, struct workspace *workspace,
		 struct progress *progress, struct error *err);

/* Whether the source's refs and settings are those of the index. Reads refs only. */
int sync_is_current(bool *ret_current, struct workspace *workspace, struct error *err);

#endif
