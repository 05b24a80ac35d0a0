/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/logistic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define MEMORY 8 /* steps that L-BFGS remembers */
#define ROUNDS_MOST 150
#define TOLERANCE 1e-4	/* of the first gradient's length */
#define SUFFICIENT 1e-4 /* Armijo's constant */
#define HALVINGS_MOST 30

struct problem {
	const struct logistic_rows *rows;
	const struct logistic_labels *labels;
	size_t columns;
};

struct history {
	double *steps[MEMORY], *changes[MEMORY]; /* of the weights, of the gradient */
	double inverse[MEMORY];
	size_t count; /* ever */
};

static double dot(const double *a, const double *b, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += a[i] * b[i];
	return sum;
}

double logistic_score(const double *weights, const struct logistic_rows *rows, size_t row)
{
	double sum = 0;

	for (size_t i = rows->starts[row]; i < rows->starts[row + 1]; i++)
		sum += weights[rows->entries[i].column] * (double)rows->entries[i].value;
	return sum;
}

/* The value at `weights`, and its gradient. */
static double evaluate(double *gradient, const double *weights, const struct problem *problem)
{
	const struct logistic_rows *rows = problem->rows;
	const struct logistic_labels *labels = problem->labels;
	double value = dot(weights, weights, problem->columns) / 2;

	memcpy(gradient, weights, problem->columns * sizeof(*gradient));
	for (size_t row = 0; row < rows->count; row++) {
		double score, margin, loss, slope;

		if (labels->costs[row] == 0)
			continue;
		score = logistic_score(weights, rows, row) +
			(labels->offsets ? labels->offsets[row] : 0);
		margin = labels->positive[row] ? score : -score;
		loss = margin > 0 ? log1p(exp(-margin)) : -margin + log1p(exp(margin));
		slope = margin > 0 ? exp(-margin) / (1 + exp(-margin)) : 1 / (1 + exp(margin));
		value += labels->costs[row] * loss;
		slope *= labels->positive[row] ? -labels->costs[row] : labels->costs[row];
		for (size_t i = rows->starts[row]; i < rows->starts[row + 1]; i++)
			gradient[rows->entries[i].column] += slope * (double)rows->entries[i].value;
	}
	return value;
}

/* direction = -(inverse Hessian as remembered) * gradient */
static void find_direction(double *direction, const double *gradient, const struct history *history,
			   size_t columns)
{
	double factors[MEMORY];
	size_t kept = history->count < MEMORY ? history->count : MEMORY;

	for (size_t i = 0; i < columns; i++)
		direction[i] = -gradient[i];
	for (size_t back = 1; back <= kept; back++) {
		size_t at = (history->count - back) % MEMORY;

		factors[at] = history->inverse[at] * dot(history->steps[at], direction, columns);
		for (size_t i = 0; i < columns; i++)
			direction[i] -= factors[at] * history->changes[at][i];
	}
	if (kept) {
		size_t last = (history->count - 1) % MEMORY;
		double length = dot(history->changes[last], history->changes[last], columns);
		double scale = 1 / (history->inverse[last] * length);

		for (size_t i = 0; i < columns; i++)
			direction[i] *= scale;
	}
	for (size_t back = kept; back >= 1; back--) {
		size_t at = (history->count - back) % MEMORY;
		double factor = history->inverse[at] *
				dot(history->changes[at], direction, columns);

		for (size_t i = 0; i < columns; i++)
			direction[i] += (factors[at] - factor) * history->steps[at][i];
	}
}

static void remember(struct history *history, const double *new_weights, const double *weights,
		     const double *new_gradient, const double *gradient, size_t columns)
{
	size_t at = history->count % MEMORY;
	double product;

	if (!history->steps[at]) {
		history->steps[at] = memory_alloc(columns * sizeof(double));
		history->changes[at] = memory_alloc(columns * sizeof(double));
	}
	for (size_t i = 0; i < columns; i++) {
		history->steps[at][i] = new_weights[i] - weights[i];
		history->changes[at][i] = new_gradient[i] - gradient[i];
	}
	product = dot(history->steps[at], history->changes[at], columns);
	if (product <= 0)
		return;
	history->inverse[at] = 1 / product;
	history->count++;
}

void logistic_fit(double *weights, const struct logistic_rows *rows,
		  const struct logistic_labels *labels)
{
	struct problem problem = { rows, labels, rows->columns };
	size_t columns = rows->columns, bytes = (columns + 1) * sizeof(double);
	double *gradient = memory_alloc(bytes), *direction = memory_alloc(bytes);
	double *new_weights = memory_alloc(bytes), *new_gradient = memory_alloc(bytes);
	struct history history = { 0 };
	double value = evaluate(gradient, weights, &problem);
	double first = dot(gradient, gradient, columns);
	bool moved = true;

	for (int round = 0; round < ROUNDS_MOST && moved; round++) {
		double slope, step, new_value = 0;

		if (dot(gradient, gradient, columns) <= TOLERANCE * TOLERANCE * first)
			break;
		find_direction(direction, gradient, &history, columns);
		slope = dot(direction, gradient, columns);
		step = history.count ? 1 : 1 / sqrt(first);
		moved = false;
		for (int i = 0; i < HALVINGS_MOST && !moved; i++, step /= 2) {
			for (size_t j = 0; j < columns; j++)
				new_weights[j] = weights[j] + step * direction[j];
			new_value = evaluate(new_gradient, new_weights, &problem);
			moved = new_value <= value + SUFFICIENT * step * slope;
		}
		if (!moved)
			break;
		remember(&history, new_weights, weights, new_gradient, gradient, columns);
		memcpy(weights, new_weights, columns * sizeof(double));
		memcpy(gradient, new_gradient, columns * sizeof(double));
		value = new_value;
	}
	for (int i = 0; i < MEMORY; i++) {
		free(history.steps[i]);
		free(history.changes[i]);
	}
	free(gradient);
	free(direction);
	free(new_weights);
	free(new_gradient);
}

#define RIDGE 1e-6 /* keeps calibration sound where labels separate */

static double log_loss(double slope, double constant, const double *scores, const bool *positive,
		       size_t count)
{
	double loss = RIDGE / 2 * ((slope - 1) * (slope - 1) + constant * constant);

	for (size_t i = 0; i < count; i++) {
		double score = slope * scores[i] + constant;
		double margin = positive[i] ? score : -score;

		loss += margin > 0 ? log1p(exp(-margin)) : -margin + log1p(exp(margin));
	}
	return loss;
}

void logistic_calibrate(double *ret_slope, double *ret_constant, const double *scores,
			const bool *positive, size_t count)
{
	double slope = 1, constant = 0;
	double loss = log_loss(slope, constant, scores, positive, count);
	bool moved = true;

	/* Newton's method on two unknowns, in smaller steps where a whole one overshoots. */
	for (int round = 0; round < 50 && moved; round++) {
		double g0 = RIDGE * (slope - 1), g1 = RIDGE * constant;
		double h00 = RIDGE, h01 = 0, h11 = RIDGE, determinant, move0, move1, step = 1;

		for (size_t i = 0; i < count; i++) {
			double p = 1 / (1 + exp(-(slope * scores[i] + constant)));
			double difference = p - (positive[i] ? 1 : 0), weight = p * (1 - p);

			g0 += difference * scores[i];
			g1 += difference;
			h00 += weight * scores[i] * scores[i];
			h01 += weight * scores[i];
			h11 += weight;
		}
		determinant = h00 * h11 - h01 * h01;
		if (determinant <= 0)
			break;
		move0 = (h11 * g0 - h01 * g1) / determinant;
		move1 = (h00 * g1 - h01 * g0) / determinant;
		moved = false;
		for (int i = 0; i < HALVINGS_MOST && !moved; i++, step /= 2) {
			double new_slope = slope - step * move0;
			double new_constant = constant - step * move1;
			double new_loss = log_loss(new_slope, new_constant, scores, positive,
						   count);

			if (new_loss >= loss)
				continue;
			slope = new_slope;
			constant = new_constant;
			loss = new_loss;
			moved = true;
		}
	}
	*ret_slope = slope;
	*ret_constant = constant;
}
