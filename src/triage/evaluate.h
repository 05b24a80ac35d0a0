/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How good a classifier that is trained in this way is on what it has not seen.
 *
 * Splits: `folds`, recent commits in three parts by subject, each scored by a model that learned
 * from all the rest; `time`, trained on what is older than 2024, tested on recent commits; and by
 * series, trained without the commits of one era, tested on them.
 */
#ifndef TRIAGE_EVALUATE_H
#define TRIAGE_EVALUATE_H

#include "base/array.h"
#include "base/error.h"
#include "base/progress.h"
#include "triage/measures.h"
#include "triage/samples.h"

/* Fixed beforehand: from here on a commit is called a security fix; passes the gate. */
#define EVALUATE_SECURITY_THRESHOLD 0.40
#define EVALUATE_GATE_THRESHOLD 0.35

struct evaluation {
	char *split;
	struct measures security;
	struct measures gate; /* of security fixes */
	struct measures both; /* passes the gate, of all */
	struct measures security_with_change;
	size_t vectors, vectors_right; /* network, adjacent, local */
	size_t advisory_vectors, advisory_vectors_right;
	struct measures advisory_gate; /* of advisories' texts */
};

struct evaluation_list {
	struct evaluation *items;
	size_t count;
	size_t capacity;
};

int evaluate(struct evaluation_list *ret_list, const struct samples *samples,
	     struct progress *progress, struct error *err);
void evaluation_list_release(struct evaluation_list *list);

#endif
