/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which members of a series the published advisories mean: by their own id,
 * else by the upstream commit that they backport, else, where nothing else of
 * the series matches, by a subject that only one member has (weak).
 */
#ifndef ADVISORY_MATCH_H
#define ADVISORY_MATCH_H

#include "advisory/advisory.h"

struct series_match {
	uint32_t number; /* of the commit */
	const struct advisory *advisory;
	const char *how; /* "stable id", "upstream id", "subject"; a constant */
};

/* Sorted by number, then name; each CVE once for a commit, the CNA's record first. */
struct series_match_list {
	struct series_match *items;
	size_t count;
	size_t capacity;
};

void series_match_list_release(struct series_match_list *list);

/* `set` is that of advisory_load_published and must outlive the list. */
int series_match_find(struct series_match_list *ret_list, struct index *index, int64_t series,
		      const struct advisory_set *set, struct error *err);

/* The first of a commit; `ret_count` of them follow one another. NULL: none. */
const struct series_match *series_match_of(const struct series_match_list *list, uint32_t number,
					   size_t *ret_count);

/* How many commits have one. */
size_t series_match_commits(const struct series_match_list *list);

#endif
