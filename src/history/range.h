/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of commits as a person writes them, in the order of
 * `git rev-list --reverse --topo-order FROM..TO`.
 */
#ifndef HISTORY_RANGE_H
#define HISTORY_RANGE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "history/series-info.h"
#include "history/workspace.h"

struct commit_range {
	const struct series_info *series; /* that holds its end; NULL: mainline; borrowed */
	char *from_name, *to_name;	  /* a release, or 12 digits; from: NULL for all */
	git_oid from, to;		  /* `from` is zero for all */
	uint32_t *numbers;		  /* of commits in the index */
	size_t count;
};

struct commit_range_list {
	struct commit_range *items;
	size_t count;
	size_t capacity;
};

void commit_range_list_release(struct commit_range_list *list);

/*
 * `text`: a series (all of it), FROM..TO, FROM.. (to the tip of the series), ..TO
 * and TO alone (from the start of the series); NULL: of each maintained series
 * what came after its newest release but one. `series` outlives the list.
 */
int commit_range_find(struct commit_range_list *ret_list, struct workspace *workspace,
		      const struct series_info_list *series, const char *text, struct error *err);

#endif
