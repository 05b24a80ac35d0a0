/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is to be reviewed of a range, what matters most first: commits near the threshold of the
 * policy `default`, before them those with an advisory that has no score, and of equals those that
 * give an attacker most; at last those where there is little doubt. Contradictions come first.
 * Decided ones are left out, and of the backports of one commit there is one.
 */
#ifndef TRIAGE_REVIEW_QUEUE_H
#define TRIAGE_REVIEW_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "history/range.h"
#include "history/workspace.h"
#include "triage/decision.h"
#include "triage/judgement.h"

struct review_item {
	uint32_t number;
	git_oid id, key; /* of the commit, and what a decision on it is about */
	char *subject;
	const struct series_info *series; /* borrowed; NULL: mainline */
	struct judgement judgement;	  /* the classifier's */
	char *advisories;		  /* "CVE-1 7.8 HIGH, CVE-2"; "" where there is none */
	int priority;			  /* ascending */
	size_t place;			  /* in the range */
};

struct review_queue {
	struct review_item *items;
	size_t count;
	size_t capacity;
	size_t decided; /* left out */
};

void review_queue_release(struct review_queue *queue);

int review_queue_make(struct review_queue *ret_queue, struct workspace *workspace,
		      const struct commit_range_list *ranges, const struct decision_list *decisions,
		      struct progress *progress, struct error *err);

#endif
