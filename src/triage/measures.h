/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How good scores are, by labels. Ties count as ties, whatever the order of the samples.
 */
#ifndef TRIAGE_MEASURES_H
#define TRIAGE_MEASURES_H

#include <stdbool.h>
#include <stddef.h>

struct scored {
	double score; /* a likelihood */
	bool positive;
};

struct measures {
	size_t count, positives;
	double roc_auc, pr_auc; /* the latter as average precision */
	double precision_at_80; /* the best precision at a recall of .8 or more */
	double best_f1;
	double f1, precision, recall; /* at the threshold */
	double calibration_error;     /* expected: ten bins of equal width, weighted by size */
};

/* Sorts `items`. */
void measures_of(struct measures *ret_measures, struct scored *items, size_t count,
		 double threshold);

#endif
