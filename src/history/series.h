/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Series as found in a source: branches linux-X.Y.y, local or remote-tracking,
 * and whatever the settings name.
 */
#ifndef HISTORY_SERIES_H
#define HISTORY_SERIES_H

#include <git2.h>
#include <stdbool.h>

#include "base/error.h"
#include "history/source-refs.h"
#include "history/workspace.h"

struct series {
	char *name; /* linux-6.1.y, or as the settings name it */
	char *ref;
	git_oid tip;
	git_oid start;	    /* not a member; zero: the root of its first-parent line */
	int64_t start_time; /* 0 where there is no start */
	int major, minor;
	const char *support; /* a constant */
};

struct series_list {
	/*
	 * By the date of the start, so that a start that another one holds comes
	 * before it; those without one first, by version.
	 */
	struct series *items;
	size_t count;
	size_t capacity;
};

#define SERIES_LIST_INIT ARRAY_INIT

void series_list_release(struct series_list *list);

/*
 * Of a local and a remote-tracking branch of the same name the one that
 * contains the other is taken, and the local one where they differ. A source
 * without any series is an error that says what was looked for.
 */
int series_list_find(struct series_list *ret_list, const struct source_refs *refs,
		     struct workspace *workspace, struct error *err);

/* "linux-6.1.y" -> 6, 1. */
bool series_name_parse(int *ret_major, int *ret_minor, const char *name);

#endif
