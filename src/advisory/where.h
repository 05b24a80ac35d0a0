/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the fix of a CVE is: for each series of the workspace whether it is
 * fixed, by which commit and in which release first, or why not.
 *
 * The commits of a series are looked at first: found by their own id, by the
 * upstream commit that they backport, or, weakly, by a subject that one member
 * has. A fix that was reverted later is none. What the record says of versions
 * answers where no commit does.
 */
#ifndef ADVISORY_WHERE_H
#define ADVISORY_WHERE_H

#include "advisory/advisory.h"
#include "advisory/affects.h"
#include "history/relation.h"
#include "history/series-info.h"
#include "history/workspace.h"

/* A commit of a series that fixes, or that brought the flaw in. */
struct series_commit {
	git_oid id;
	uint32_t number;
	char *subject;
	char *named;	   /* the id by which the advisory means it; NULL: by its subject */
	const char *match; /* "stable id", "upstream id", "subject"; a constant */
	int64_t position;
	char *release; /* the first that holds it; NULL: unreleased */
	git_oid release_id;
	bool not_fix;	     /* the CNA says that this backport does not fix it */
	git_oid reverted_by; /* zero: it stands */
};

struct series_commit_list {
	struct series_commit *items;
	size_t count;
	size_t capacity;
};

struct series_answer {
	const struct series_info *series;
	enum advisory_answer answer;
	char reason[512];		      /* in words */
	struct series_commit_list fixes;      /* in the order of the series */
	struct series_commit_list introduced; /* likewise */
	bool fixed_at_start;		      /* before its first member */
	bool introduced_at_start;
	const struct series_commit *fix; /* with it the series was fixed; NULL: see the reason */
};

/* A commit that the advisory names, as far as it is known here. */
struct named_commit {
	char id[ADVISORY_ID_LENGTH + 1];
	char version[32]; /* the record's; "" unknown */
	bool upstream;
	char *subject; /* NULL: not in the repository */
};

struct named_commit_list {
	struct named_commit *items;
	size_t count;
	size_t capacity;
};

struct where {
	struct advisory_set set;	/* of every origin; the record, if there is one, first */
	const struct advisory *record;	/* NULL: there is none */
	bool rejected;			/* by the CNA */
	struct named_commit_list fixes; /* of mainline, else what there is */
	struct named_commit_list introduced;
	struct series_info_list series;
	struct series_answer *answers; /* one for each series; none where rejected */
	size_t answer_count;
};

#define WHERE_INIT             \
	{                      \
		.record = NULL \
	}

/* `name`: see advisory_load_name. */
int where_find(struct where *ret_where, struct workspace *workspace, const char *name,
	       struct error *err);
void where_release(struct where *where);

/* Whether every series is fixed or not affected. */
bool where_is_closed(const struct where *where);

#endif
