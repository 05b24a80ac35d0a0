/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Logistic regression with a penalty on large weights, for sparse rows.
 *
 * Minimises |w|^2 / 2 + sum of cost[i] * log(1 + exp(-y[i] * (offset[i] + x[i] w))) by L-BFGS from
 * zero (Nocedal and Wright, Numerical Optimization, chapter 7). Sums go in the order of rows, so
 * equal inputs give equal weights.
 */
#ifndef TRIAGE_LOGISTIC_H
#define TRIAGE_LOGISTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logistic_entry {
	uint32_t column;
	float value;
};

struct logistic_rows {
	const struct logistic_entry *entries;
	const size_t *starts; /* count + 1 */
	size_t count;
	size_t columns;
};

struct logistic_labels {
	const bool *positive;
	const double *costs;   /* 0: the row is left out */
	const double *offsets; /* NULL: none */
};

/* `weights` has `columns` numbers; what is in it is where it starts. */
void logistic_fit(double *weights, const struct logistic_rows *rows,
		  const struct logistic_labels *labels);

double logistic_score(const double *weights, const struct logistic_rows *rows, size_t row);

/* `slope` and `constant` such that 1 / (1 + exp(-(slope * score + constant))) fits the labels. */
void logistic_calibrate(double *ret_slope, double *ret_constant, const double *scores,
			const bool *positive, size_t count);

#endif
