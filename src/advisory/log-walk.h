/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A range of commits, one after the other, each with its release, its advisories
 * and what its message says of others. One walk; a commit is read when it is
 * asked for.
 */
#ifndef ADVISORY_LOG_WALK_H
#define ADVISORY_LOG_WALK_H

#include "advisory/match.h"
#include "history/range.h"
#include "history/relation.h"

struct log_request {
	bool reverse;		  /* oldest first */
	bool with_advisory;	  /* only such commits */
	const char *const *paths; /* only what changes one of these, or below it */
	size_t path_count;
	size_t limit; /* 0: none */
};

struct log_reference {
	enum reference_kind kind;
	char *target, *words;
};

struct log_entry {
	size_t place; /* in the numbers of the range */
	struct commit_facts facts;
	struct commit_place_list places;
	const struct series_match *matches;
	size_t match_count;
	struct log_reference *references;
	size_t reference_count, reference_capacity;
};

struct log_walk;

/* `range`, `advisories` (advisory_load_published) and the request are borrowed. */
int log_walk_open(struct log_walk **ret_walk, struct workspace *workspace,
		  const struct commit_range *range, const struct advisory_set *advisories,
		  const struct log_request *request, struct error *err);
void log_walk_close(struct log_walk *walk);

/* 1 with an entry that is good until the next call, 0 at the end. */
int log_walk_next(const struct log_entry **ret_entry, struct log_walk *walk, struct error *err);

#endif
