/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bases of which tree.git has states, by its refs alone: what was built is
 * under refs/sectree/states/, what is published has a tag.
 */
#ifndef HISTORY_BUILT_BASES_H
#define HISTORY_BUILT_BASES_H

#include <git2.h>
#include <stddef.h>

#include "base/error.h"
#include "history/series-info.h"
#include "history/workspace.h"

struct built_base {
	char *name;		 /* v6.1.170 */
	char *policy;		 /* "default" */
	char *state, *published; /* the newest state, the newest with a tag; NULL: none */
	git_oid state_id, published_id;
	int sublevel;			  /* of the newest state's release; -1: it is at none */
	const struct series_info *series; /* of its X.Y; NULL: not known; borrowed */
};

struct built_bases {
	struct built_base *items; /* by series and name */
	size_t count;
	size_t capacity;
};

void built_bases_release(struct built_bases *bases);

/* `series` outlives the list. Needs workspace_open_source. */
int built_bases_find(struct built_bases *ret_bases, struct workspace *workspace,
		     const struct series_info_list *series, struct error *err);

/* Releases of the series that its newest state lacks; 0 where that is not known. */
int built_base_behind(const struct built_base *base);

#endif
