/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What commits say about one another, with the ids of messages resolved: a
 * message names the upstream commit, and a series has its backport.
 */
#ifndef HISTORY_RELATION_H
#define HISTORY_RELATION_H

#include "history/lookup.h"
#include "history/message.h"

/* A commit that an id in a message means here. */
struct carrier {
	struct commit_facts facts;
	struct commit_place_list places; /* the series that hold it */
	struct string_list starts;	 /* the series that start with it */
	const char *match;		 /* "id", "upstream id", "subject"; a constant */
};

struct carrier_list {
	struct carrier *items;
	size_t count;
	size_t capacity;
};

void carrier_release(struct carrier *carrier);
void carrier_list_release(struct carrier_list *list);

/* The commit itself, with where it is. */
int carrier_load(struct carrier *ret_carrier, struct workspace *workspace, const git_oid *id,
		 struct error *err);

/*
 * The commit that a hex id of 7 digits or more means, and those that backport
 * it, by series. The source's own where no series has it.
 */
int carriers_find(struct carrier_list *ret_list, struct workspace *workspace, const char *hex,
		  struct error *err);

struct relation {
	enum reference_kind kind;
	char target[GIT_OID_HEXSZ + 1]; /* as named; "": by subject alone */
	char *words;			/* see enum reference_kind */
	struct carrier_list commits;
};

struct relation_list {
	struct relation *items;
	size_t count;
	size_t capacity;
};

void relation_list_release(struct relation_list *list);

/* What a commit's message says; of one that is not indexed it is read from the source. */
int relations_from(struct relation_list *ret_list, struct workspace *workspace,
		   const struct commit_facts *facts, struct error *err);

/*
 * Which commits name it in their messages. `ids`: its own and its upstream
 * commits', of which the first is its own. `commit`: what is known of it; reverts
 * in its series that quote its subject and name no id come as matched by subject.
 * Each relation has the one commit that says so; `target` is what it named.
 */
int relations_to(struct relation_list *ret_list, struct workspace *workspace,
		 const char *const *ids, size_t count, const struct carrier *commit,
		 struct error *err);

#endif
