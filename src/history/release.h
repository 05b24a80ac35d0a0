/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Releases: tags vX.Y.Z, and where a series lacks tags the last commit with
 * the subject "Linux X.Y.Z" that is not itself reverted and whose Makefile
 * has that SUBLEVEL.
 */
#ifndef HISTORY_RELEASE_H
#define HISTORY_RELEASE_H

#include <stdbool.h>

#include "base/error.h"
#include "history/scan.h"
#include "history/source-refs.h"

struct release_name {
	int major, minor, sublevel; /* sublevel 0 for vX.Y */
	int candidate;		    /* of -rcN, else 0 */
};

/* "v6.1.55", "v6.2-rc1", "v6.1"; false for any other name. */
bool release_name_parse(struct release_name *ret_name, const char *name);

/* Replaces the index's table of releases, and says of each member which one holds it first. */
int release_find_all(struct scan *scan, const struct source_refs *refs, struct error *err);

#endif
