/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A commit that a person decides on: which file of the ledger it has, and who carries it.
 */
#ifndef TRIAGE_REVIEW_COMMIT_H
#define TRIAGE_REVIEW_COMMIT_H

#include <git2.h>
#include <stdint.h>

#include "base/error.h"
#include "history/workspace.h"
#include "triage/decision.h"

struct review_commit {
	git_oid key; /* what the decision is about: the upstream commit, else the commit itself */
	git_oid id;  /* the member of a series that was named; zero: the upstream commit was */
	uint32_t number; /* of the commit, or of one that backports it; 0: none is known */
	char *subject;	 /* owned; NULL where number is 0 */
};

void review_commit_release(struct review_commit *commit);

/*
 * `text`: a commit of a series or its upstream commit, by 7 digits or more. A member of a series
 * stands for the upstream commit that it names first. ERROR_NOT_FOUND, ERROR_AMBIGUOUS.
 */
int review_commit_find(struct review_commit *ret_commit, struct workspace *workspace,
		       const char *text, struct error *err);

/*
 * Makes `key` what a decision of a kind is about: that a backport does not repair is said of that
 * backport alone, since others may. ERROR_INPUT where none was named, and no series.
 */
int review_commit_choose(struct review_commit *commit, enum decision_kind kind, const char *series,
			 struct error *err);

#endif
