/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the index, and where it has nothing the source itself, know of one
 * commit: its facts, where it is, and which commit a person's name for it means.
 */
#ifndef HISTORY_LOOKUP_H
#define HISTORY_LOOKUP_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"
#include "git/repository.h"
#include "history/workspace.h"

struct commit_facts {
	git_oid id, tree;
	uint32_t number; /* in the index; 0: not indexed, the facts are the source's */
	char *subject;	 /* UTF-8; owned, as all text here */
	char *author;	 /* "Name <mail>" */
	int64_t author_time, committer_time;
	unsigned mark; /* enum commit_mark; of what is indexed only */
	int64_t epoch;
	size_t parents;
	bool release; /* its subject is a release's; of what is indexed only */
};

struct commit_facts_list {
	struct commit_facts *items;
	size_t count;
	size_t capacity;
};

void commit_facts_release(struct commit_facts *facts);
void commit_facts_list_release(struct commit_facts_list *list);

/* ERROR_NOT_FOUND where the index has no such number. */
int commit_facts_by_number(struct commit_facts *ret_facts, struct index *index, uint32_t number,
			   struct error *err);

/* The index's, else the source's (where it is open). ERROR_NOT_FOUND without a message. */
int commit_facts_by_id(struct commit_facts *ret_facts, struct workspace *workspace,
		       const git_oid *id, struct error *err);

/* Indexed commits whose id begins with these 4 to 40 hex digits, by id; at most `limit`. */
int commit_facts_by_prefix(struct commit_facts_list *ret_list, struct index *index, const char *hex,
			   size_t limit, struct error *err);

/* Finds the upstream commit that a message names, of one commit after the other. */
struct upstream_lookup {
	struct statement select;
};

int upstream_lookup_open(struct upstream_lookup *ret_lookup, struct index *index,
			 struct error *err);
void upstream_lookup_close(struct upstream_lookup *lookup);

/* The first that is named by all 40 digits; "" where there is none. */
int upstream_lookup_find(char ret_hex[GIT_OID_HEXSZ + 1], struct upstream_lookup *lookup,
			 uint32_t number, struct error *err);

/* A series that holds a commit. */
struct commit_place {
	int64_t series;
	char *series_name;
	int64_t position;
	char *release; /* the first that holds it; NULL: unreleased */
	git_oid release_id;
};

struct commit_place_list {
	struct commit_place *items;
	size_t count;
	size_t capacity;
};

void commit_place_list_release(struct commit_place_list *list);

/* By version of the series. A member of one is rarely one of another. */
int commit_places(struct commit_place_list *ret_list, struct index *index, uint32_t number,
		  struct error *err);

/* Whether a commit of this epoch is an ancestor of the start of a series. */
int series_starts_with(bool *ret_holds, struct index *index, int64_t series, int64_t epoch,
		       struct error *err);

/* The names of those series. */
int commit_starts(struct string_list *ret_names, struct index *index, int64_t epoch,
		  struct error *err);

/* Two ids of 7 digits or more of which one begins the other. */
bool id_text_matches(const char *a, const char *b);

enum name_kind {
	NAME_COMMIT,  /* one that the index or the source has */
	NAME_RELEASE, /* likewise, and it is a release */
	NAME_FOREIGN  /* an id that is only referred to */
};

struct resolved_name {
	enum name_kind kind;
	git_oid id;
	char hex[GIT_OID_HEXSZ + 1]; /* all digits that are known */
	char *release;		     /* of NAME_RELEASE */
};

#define RESOLVED_NAME_INIT      \
	{                       \
		.release = NULL \
	}

void resolved_name_release(struct resolved_name *name);

/*
 * A release (v5.10.67, 5.10.67), a commit id or its first 4 digits and more, a
 * tag or branch of the source, what git's revision syntax makes of them, or
 * the beginning of a release. An exact name beats the beginning of another.
 * ERROR_NOT_FOUND, or ERROR_AMBIGUOUS with the candidates.
 */
int name_resolve(struct resolved_name *ret_name, struct workspace *workspace, const char *name,
		 struct error *err);

#endif
