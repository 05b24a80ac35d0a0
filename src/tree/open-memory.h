/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was OPEN on a base when it was last built, kept in the index so that status
 * can say it first without planning again. Derived: an index that was made anew does
 * not have it until the next build.
 */
#ifndef TREE_OPEN_MEMORY_H
#define TREE_OPEN_MEMORY_H

#include <jansson.h>

#include "base/error.h"
#include "history/index.h"
#include "tree/build.h"

int open_memory_store(struct index *index, const struct build_result *result, const char *policy,
		      struct error *err);

/*
 * {"tip": name, "no_fix": number, "open": [{kind, commit, advisories, reason}]}; NULL
 * where it is not known. Owned by the caller.
 */
int open_memory_load(json_t **ret_memory, struct index *index, const char *base, const char *policy,
		     struct error *err);

#endif
