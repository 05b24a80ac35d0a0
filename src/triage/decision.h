/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people decided on whether a commit is a security fix that belongs in the tree.
 *
 * ledger/triage/<40 hex digits of an upstream commit, or of a stable one that has none>: a line for
 *each decision, fields separated by tabs:
 *
 *	in | out | not-fix  <series, ...>  <routes>  <impacts>  2026-08-21  Name <mail>  <reason>
 *
 * `-` stands for all series, and for routes and impacts that are left to others. `not-fix`: a
 * backport that does not repair what it should. Lines of `#` are comments. Decisions on one commit
 *by two people are lines of their own, and .gitattributes of the ledger has git merge them as a
 *union.
 *
 * What a person said of the backport itself goes before what they said of the upstream commit, then
 * what names the series before what is for all, then the later day, then the later line: so that it
 * does not matter which of two ledgers was merged into which. People who contradict each other are
 * a conflict: the commit is in, and marked.
 */
#ifndef TRIAGE_DECISION_H
#define TRIAGE_DECISION_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "triage/judgement.h"

enum decision_kind {
	DECISION_IN,
	DECISION_OUT,
	DECISION_NOT_FIX,
	DECISION_KINDS
};

struct decision {
	enum decision_kind kind;
	git_oid commit;
	char *series;		  /* names separated by commas; NULL: all */
	unsigned routes, impacts; /* 0: not said */
	char *date;
	char *person;
	char *reason;
};

/* By commit, then as written. */
struct decision_list {
	struct decision *items;
	size_t count;
	size_t capacity;
};

void decision_release(struct decision *decision);
void decision_list_release(struct decision_list *list);

/* A file that does not have the form is an error that names file and line. */
int decision_list_load(struct decision_list *ret_list, const char *directory, struct error *err);

/* Appends decisions to their files and commits them at once; what git does not take is as it was.
 */
int decision_list_add(const char *directory, const struct decision_list *added, const char *message,
		      struct error *err);

enum decided {
	DECIDED_NOTHING,
	DECIDED_IN,
	DECIDED_OUT,
	DECIDED_CONFLICT
};

/* What holds for a commit in a series. */
struct decided_commit {
	enum decided answer;
	const struct decision *
		*items; /* one for each person, borrowed; in the order of the files */
	size_t count;
	size_t capacity;
};

/*
 * `upstream` is hex or "". `series` is its name, or NULL: decisions for all series only. Release
 * the answer.
 */
void decisions_find(struct decided_commit *ret_decided, const struct decision_list *list,
		    const git_oid *commit, const char *upstream, const char *series);
void decided_commit_release(struct decided_commit *decided);

/* What is said of a commit, as the files have it: the first of `ret_count`, which may be 0. */
const struct decision *decisions_of(const struct decision_list *list, const git_oid *commit,
				    size_t *ret_count);

/* "in by A, 2026-08-21: reason; out by B, ..." */
void decided_commit_print(struct buffer *out, const struct decided_commit *decided);

/* Puts them above what is judged: in is sure, out is no security fix, a conflict is in. */
void judgement_add_decisions(struct judgement *judgement, const struct decided_commit *decided);

const char *decision_kind_name(enum decision_kind kind); /* "in" */

#endif
