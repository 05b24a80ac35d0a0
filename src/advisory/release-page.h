/* SPDX-License-Identifier: GPL-2.0-only */
/* A release: the commits that it holds and no earlier release of its series does. */
#ifndef ADVISORY_RELEASE_PAGE_H
#define ADVISORY_RELEASE_PAGE_H

#include "advisory/match.h"
#include "history/lookup.h"
#include "history/workspace.h"

struct release_commit {
	git_oid id;
	uint32_t number;
	char *subject;
	const struct series_match *matches;
	size_t match_count;
};

struct release_page {
	char *name;
	git_oid id;
	char *series;	/* NULL: of mainline */
	char *previous; /* NULL: the first of its series here */
	git_oid previous_id;
	bool is_tag;  /* else found by its commit's subject */
	int64_t time; /* of the commit */
	size_t commits, merges;
	size_t with_advisory;
	ARRAY(struct release_commit) fixes; /* those with an advisory, in order */
	struct advisory_set advisories;
	struct series_match_list matches;
};

int release_page_load(struct release_page *ret_page, struct workspace *workspace, const char *name,
		      struct error *err);
void release_page_release(struct release_page *page);

#endif
