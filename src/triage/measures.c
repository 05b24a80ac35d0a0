/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/measures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS 10

static int compare_descending(const void *left, const void *right)
{
	const struct scored *a = left, *b = right;

	return (a->score < b->score) - (a->score > b->score);
}

static double f1_of(size_t true_positives, size_t chosen, size_t positives)
{
	return chosen + positives ? 2.0 * (double)true_positives / (double)(chosen + positives) : 0;
}

/* What changes at each group of equal scores, from the top. */
static void walk(struct measures *measures, const struct scored *items, double threshold)
{
	size_t negatives = measures->count - measures->positives;
	size_t hits = 0, seen = 0;
	double area = 0, precision_sum = 0;

	while (seen < measures->count) {
		size_t end = seen, new_hits = 0;
		double precision, f1;

		for (; end < measures->count && items[end].score == items[seen].score; end++)
			new_hits += items[end].positive;
		area += (double)(end - seen - new_hits) * ((double)hits + (double)new_hits / 2);
		hits += new_hits;
		precision = (double)hits / (double)end;
		precision_sum += (double)new_hits * precision;
		f1 = f1_of(hits, end, measures->positives);
		if (f1 > measures->best_f1)
			measures->best_f1 = f1;
		if (hits * 10 >= measures->positives * 8 && precision > measures->precision_at_80)
			measures->precision_at_80 = precision;
		if (items[seen].score >= threshold) {
			measures->f1 = f1;
			measures->precision = precision;
			measures->recall = (double)hits / (double)measures->positives;
		}
		seen = end;
	}
	measures->roc_auc = negatives ? area / ((double)measures->positives * (double)negatives)
				      : 0;
	measures->pr_auc = precision_sum / (double)measures->positives;
}

static double calibration(const struct scored *items, size_t count)
{
	double sums[BINS] = { 0 }, error = 0;
	size_t hits[BINS] = { 0 };

	for (size_t i = 0; i < count; i++) {
		int bin = (int)(items[i].score * BINS);

		bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
		sums[bin] += items[i].score;
		hits[bin] += items[i].positive;
	}
	for (int bin = 0; bin < BINS; bin++)
		error += fabs(sums[bin] - (double)hits[bin]);
	return error / (double)count;
}

void measures_of(struct measures *ret_measures, struct scored *items, size_t count,
		 double threshold)
{
	memset(ret_measures, 0, sizeof(*ret_measures));
	ret_measures->count = count;
	for (size_t i = 0; i < count; i++)
		ret_measures->positives += items[i].positive;
	if (!ret_measures->positives)
		return;
	ret_measures->calibration_error = calibration(items, count);
	qsort(items, count, sizeof(*items), compare_descending);
	walk(ret_measures, items, threshold);
}
