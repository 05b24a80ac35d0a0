/* SPDX-License-Identifier: GPL-2.0-only */
/* How a model is fitted, and how good scores are. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/logistic.h"
#include "triage/measures.h"

/* Equal on every machine. */
static uint32_t next_number(uint64_t *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*state >> 33);
}

static double next_fraction(uint64_t *state)
{
	return next_number(state) / 2147483648.0;
}

/* ---- measures ---- */

static void check_close(double found, double expected)
{
	if (fabs(found - expected) > 1e-9)
		fail_msg("%.12f, expected %.12f", found, expected);
}

/* By the definitions, pair by pair. */
static void measure_slowly(struct measures *ret, const struct scored *items, size_t count,
			   double threshold)
{
	double pairs = 0, won = 0, taken = 0, hits = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < count; i++)
		ret->positives += items[i].positive;
	for (size_t i = 0; i < count; i++) {
		double above = 0, hits_above = 0, precision, f1;

		for (size_t j = 0; j < count; j++) {
			above += items[j].score >= items[i].score;
			hits_above += items[j].score >= items[i].score && items[j].positive;
			if (!items[i].positive || items[j].positive)
				continue;
			pairs++;
			won += items[i].score > items[j].score	  ? 1
			       : items[i].score == items[j].score ? 0.5
								  : 0;
		}
		precision = hits_above / above;
		f1 = 2 * hits_above / (above + (double)ret->positives);
		ret->best_f1 = fmax(ret->best_f1, f1);
		if (items[i].positive)
			ret->pr_auc += precision / (double)ret->positives;
		if (hits_above >= 0.8 * (double)ret->positives)
			ret->precision_at_80 = fmax(ret->precision_at_80, precision);
	}
	ret->roc_auc = pairs > 0 ? won / pairs : 0;
	for (size_t i = 0; i < count; i++) {
		taken += items[i].score >= threshold;
		hits += items[i].score >= threshold && items[i].positive;
	}
	ret->precision = taken > 0 ? hits / taken : 0;
	ret->recall = hits / (double)ret->positives;
	ret->f1 = taken > 0 ? 2 * hits / (taken + (double)ret->positives) : 0;
}

static void measures_are_those_of_the_definitions(void **state)
{
	uint64_t random = 3;

	for (int round = 0; round < 300; round++) {
		size_t count = 1 + next_number(&random) % 60,
		       levels = 1 + next_number(&random) % 30;
		double threshold = next_fraction(&random);
		struct scored items[60];
		struct measures slow, fast;

		for (size_t i = 0; i < count; i++) {
			items[i].score = next_number(&random) % levels / (double)levels;
			items[i].positive = next_fraction(&random) < items[i].score + 0.1;
		}
		items[next_number(&random) % count].positive = true;
		measure_slowly(&slow, items, count, threshold);
		measures_of(&fast, items, count, threshold);
		assert_int_equal(fast.count, count);
		assert_int_equal(fast.positives, slow.positives);
		check_close(fast.roc_auc, slow.roc_auc);
		check_close(fast.pr_auc, slow.pr_auc);
		check_close(fast.precision_at_80, slow.precision_at_80);
		check_close(fast.best_f1, slow.best_f1);
		check_close(fast.f1, slow.f1);
		check_close(fast.precision, slow.precision);
		check_close(fast.recall, slow.recall);
	}
}

static void measures_by_hand(void **state)
{
	struct scored items[] = { { 0.1, false }, { 0.9, true },  { 0.8, false },
				  { 0.7, true },  { 0.95, true }, { 1, true } };
	struct measures measures;

	measures_of(&measures, items, COUNT_OF(items), 0.75);
	/* In order: + + + - + -; pairs: 4 * 2, of which one is lost. */
	check_close(measures.roc_auc, 7 / 8.0);
	check_close(measures.pr_auc, (1 + 1 + 1 + 4 / 5.0) / 4);
	check_close(measures.precision, 3 / 4.0);
	check_close(measures.recall, 3 / 4.0);
	check_close(measures.f1, 3 / 4.0);
	check_close(measures.best_f1, 8 / 9.0);
	check_close(measures.precision_at_80, 4 / 5.0);
	/* Bins: .1 of 0; .7 of 1; .8 of 0; .9 + .95 + 1 of 3. */
	check_close(measures.calibration_error, (0.1 + 0.3 + 0.8 + 0.15) / 6);
	measures_of(&measures, items, 0, 0.5);
	check_close(measures.roc_auc, 0);
	for (size_t i = 0; i < COUNT_OF(items); i++)
		items[i].positive = false;
	measures_of(&measures, items, COUNT_OF(items), 0.5);
	assert_int_equal(measures.positives, 0);
	check_close(measures.roc_auc + measures.pr_auc + measures.f1, 0);
	for (size_t i = 0; i < COUNT_OF(items); i++)
		items[i].positive = true;
	measures_of(&measures, items, COUNT_OF(items), 2);
	check_close(measures.pr_auc, 1);
	check_close(measures.f1 + measures.recall, 0);
}

/* ---- logistic regression ---- */

#define ROWS 200
#define COLUMNS 12

struct problem {
	struct logistic_entry entries[ROWS * COLUMNS];
	size_t starts[ROWS + 1];
	bool positive[ROWS];
	double costs[ROWS], offsets[ROWS];
	struct logistic_rows rows;
	struct logistic_labels labels;
};

static void make_problem(struct problem *problem, uint64_t seed)
{
	size_t at = 0;

	memset(problem, 0, sizeof(*problem));
	for (size_t row = 0; row < ROWS; row++) {
		double sum = 0;

		for (uint32_t column = 0; column < COLUMNS; column++) {
			float value = (float)(next_fraction(&seed) * 2 - 1);

			if (next_number(&seed) % 3)
				continue;
			problem->entries[at++] = (struct logistic_entry){ column, value };
			sum += value * (column - 5.0);
		}
		problem->starts[row + 1] = at;
		problem->positive[row] = next_fraction(&seed) < 1 / (1 + exp(-sum));
		problem->costs[row] = row % 7 ? 0.2 + next_fraction(&seed) : 0;
		problem->offsets[row] = next_fraction(&seed) - 0.5;
	}
	problem->rows = (struct logistic_rows){ problem->entries, problem->starts, ROWS, COLUMNS };
	problem->labels = (struct logistic_labels){ problem->positive, problem->costs,
						    seed % 2 ? problem->offsets : NULL };
}

static double loss_of(const struct problem *problem, const double *weights)
{
	double loss = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		loss += weights[i] * weights[i] / 2;
	for (size_t row = 0; row < ROWS; row++) {
		double score = problem->labels.offsets ? problem->offsets[row] : 0;

		score += logistic_score(weights, &problem->rows, row);
		loss += problem->costs[row] * log(1 + exp(problem->positive[row] ? -score : score));
	}
	return loss;
}

static double slope_of(const struct problem *problem, const double *weights)
{
	double sum = 0, moved[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++) {
		double slope;

		memcpy(moved, weights, sizeof(moved));
		moved[i] += 1e-5;
		slope = loss_of(problem, moved);
		moved[i] -= 2e-5;
		slope = (slope - loss_of(problem, moved)) / 2e-5;
		sum += slope * slope;
	}
	return sqrt(sum);
}

static void the_fit_is_a_minimum(void **state)
{
	struct problem *problem = memory_alloc(sizeof(*problem));

	for (uint64_t seed = 1; seed < 12; seed++) {
		double start[COLUMNS] = { 0 }, weights[COLUMNS] = { 0 }, again[COLUMNS] = { 0 };

		make_problem(problem, seed);
		logistic_fit(weights, &problem->rows, &problem->labels);
		assert_true(slope_of(problem, weights) < 2e-4 * slope_of(problem, start));
		assert_true(loss_of(problem, weights) < loss_of(problem, start));
		logistic_fit(again, &problem->rows, &problem->labels);
		assert_memory_equal(weights, again, sizeof(weights));
		/* What costs nothing counts for nothing. */
		for (size_t row = 0; row < ROWS; row += 7) {
			problem->positive[row] = !problem->positive[row];
			for (size_t i = problem->starts[row]; i < problem->starts[row + 1]; i++)
				problem->entries[i].value *= 100;
		}
		memset(again, 0, sizeof(again));
		logistic_fit(again, &problem->rows, &problem->labels);
		assert_memory_equal(weights, again, sizeof(weights));
	}
	free(problem);
}

static void nothing_to_fit_is_zero(void **state)
{
	struct problem *problem = memory_alloc(sizeof(*problem));
	double weights[COLUMNS] = { 0 };

	make_problem(problem, 1);
	memset(problem->costs, 0, sizeof(problem->costs));
	logistic_fit(weights, &problem->rows, &problem->labels);
	for (size_t i = 0; i < COLUMNS; i++)
		check_close(weights[i], 0);
	problem->rows.count = problem->rows.columns = 0;
	logistic_fit(weights, &problem->rows, &problem->labels);
	free(problem);
}

static void calibration_finds_what_made_the_labels(void **state)
{
	static const double truths[][2] = { { 2.5, -0.7 }, { 0.3, 1 }, { 1, 0 }, { 6, -3 } };
	enum {
		COUNT = 40000
	};
	double *scores = memory_alloc(COUNT * sizeof(*scores)), slope, constant;
	bool *positive = memory_alloc(COUNT * sizeof(*positive));
	uint64_t random = 5;

	for (size_t i = 0; i < COUNT_OF(truths); i++) {
		for (size_t j = 0; j < COUNT; j++) {
			double logit;

			scores[j] = next_fraction(&random) * 4 - 2;
			logit = truths[i][0] * scores[j] + truths[i][1];
			positive[j] = next_fraction(&random) < 1 / (1 + exp(-logit));
		}
		logistic_calibrate(&slope, &constant, scores, positive, COUNT);
		assert_true(fabs(slope - truths[i][0]) < 0.05 * (1 + truths[i][0]));
		assert_true(fabs(constant - truths[i][1]) < 0.1 + 0.05 * fabs(truths[i][1]));
	}
	free(scores);
	free(positive);
}

/* Few labels, labels that a line parts, labels the wrong way round. */
static void calibration_is_sound_where_labels_are_odd(void **state)
{
	static const double scores[] = { -9, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 9 };
	double slope, constant;

	for (unsigned set = 0; set < 1U << COUNT_OF(scores); set++) {
		bool positive[COUNT_OF(scores)];

		for (size_t i = 0; i < COUNT_OF(scores); i++)
			positive[i] = set >> i & 1;
		for (size_t count = 0; count <= COUNT_OF(scores); count += 5) {
			logistic_calibrate(&slope, &constant, scores, positive, count);
			if (!(fabs(slope) < 1e4 && fabs(constant) < 1e4))
				fail_msg("%x of %zu: %g, %g", set, count, slope, constant);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_are_those_of_the_definitions),
		cmocka_unit_test(measures_by_hand),
		cmocka_unit_test(the_fit_is_a_minimum),
		cmocka_unit_test(nothing_to_fit_is_zero),
		cmocka_unit_test(calibration_finds_what_made_the_labels),
		cmocka_unit_test(calibration_is_sound_where_labels_are_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
