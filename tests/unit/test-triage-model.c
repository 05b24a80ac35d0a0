/* SPDX-License-Identifier: GPL-2.0-only */
/* The classifier's numbers: the file of a model, the fit, and how good scores are. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <libdeflate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/logistic.h"
#include "triage/measures.h"
#include "triage/model.h"
#include "triage/sigmoid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

/* ---- whole numbers ---- */

static void roots_are_exact(void **state)
{
	uint64_t random = 1;
	uint32_t root = 0;

	for (uint64_t value = 0; value < 70000; value++) {
		while ((uint64_t)(root + 1) * (root + 1) <= value)
			root++;
		assert_int_equal(integer_root(value), root);
	}
	for (int i = 0; i < 20000; i++) {
		uint64_t square;

		root = next_number(&random) + 2U;
		square = (uint64_t)root * root;
		assert_int_equal(integer_root(square - 1), root - 1);
		assert_int_equal(integer_root(square), root);
		assert_int_equal(integer_root(square + 2 * (uint64_t)root), root);
	}
	assert_int_equal(integer_root(UINT64_MAX), UINT32_MAX);
}

static void sigmoid_is_close(void **state)
{
	int32_t before = 0;

	for (int64_t logit = -20 * LOGIT_ONE; logit <= 20 * LOGIT_ONE; logit += 7) {
		int32_t value = sigmoid_millionths(logit);

		assert_true(value >= before && value <= 1000000);
		assert_true(fabs(value / 1e6 - 1 / (1 + exp(-(double)logit / LOGIT_ONE))) <= 1e-4);
		assert_int_equal(value + sigmoid_millionths(-logit), 1000000);
		before = value;
	}
	assert_int_equal(sigmoid_millionths(0), 500000);
	assert_int_equal(sigmoid_millionths(INT64_MAX), 1000000);
	assert_int_equal(sigmoid_millionths(-INT64_MAX), 0);
}

/* ---- the file of a model ---- */

#define HASHES (1U << FEATURE_HASH_BITS)

/* `dense`: how many features of each group, less the group's number. */
static void make_model(struct model *model, size_t dense)
{
	uint64_t random = dense;

	model_init(model);
	model->header = string_copy("learned from: nothing\nnote: a test\n");
	for (size_t group = 0; group < GROUP_KINDS; group++) {
		model->count += group < dense ? dense - group : 0;
		model->starts[group + 1] = model->count;
	}
	model->hashes = memory_alloc((model->count + 1) * sizeof(*model->hashes));
	for (int space = 0; space < SPACE_KINDS; space++)
		model->idf[space] = memory_alloc(model->count + 1);
	for (int head = 0; head < HEAD_KINDS; head++)
		model->weights[head] = memory_alloc(model->count + 1);
	for (int group = 0; group < GROUP_KINDS; group++) {
		size_t first = model->starts[group], count = model->starts[group + 1] - first;

		for (size_t i = 0; i < count; i++) {
			uint32_t step = HASHES / (uint32_t)count;

			model->hashes[first + i] =
				i + 1 == count ? HASHES - 1
				: i ? (uint32_t)i * step + next_number(&random) % step
				    : 0;
			for (int space = 0; space < SPACE_KINDS; space++)
				model->idf[space][first + i] = (uint8_t)next_number(&random);
			for (int head = 0; head < HEAD_KINDS; head++)
				model->weights[head][first + i] = (int8_t)next_number(&random);
		}
	}
	for (int head = 0; head < HEAD_KINDS; head++) {
		for (int group = 0; group < GROUP_KINDS; group++)
			model->units[head][group] = next_number(&random) >> (head * 6);
		for (int group = 0; group < GROUP_KINDS; group++)
			model->units[head][group] %= MODEL_UNIT_LIMIT;
		model->constants[head] = (int64_t)next_number(&random) - (1 << 30);
	}
	model_index(model);
}

/* Some features that the model knows and some that it does not. */
static void choose_features(struct features *features, const struct model *model, uint64_t *random)
{
	features->count = 0;
	for (size_t i = 0; i < model->count; i++) {
		struct feature *feature;
		unsigned group = 0;

		if (next_number(random) % 3)
			continue;
		while (i >= model->starts[group + 1])
			group++;
		feature = array_add(features);
		feature->hash = model->hashes[i] ^ (next_number(random) % 4 == 0);
		feature->group = (unsigned char)group;
	}
}

/* The slow way: by the definition in model.h. */
static double score_by_definition(const struct model *model, const struct features *features,
				  enum model_head head)
{
	const uint8_t *idf = model->idf[model_head_space(head)];
	double sum = (double)model->constants[head];

	for (int group = 0; group < GROUP_KINDS; group++) {
		double square = 0, product = 0;

		for (size_t i = 0; i < features->count; i++)
			for (size_t j = model->starts[group]; j < model->starts[group + 1]; j++)
				if (features->items[i].group == group &&
				    features->items[i].hash == model->hashes[j]) {
					square += (double)idf[j] * idf[j];
					product += (double)idf[j] * model->weights[head][j];
				}
		if (group == GROUP_DIFF)
			square = 4;
		if (square > 0)
			sum += product / sqrt(square) * (double)model->units[head][group] / 256;
	}
	return sum;
}

static void models_are_read_as_they_were_written(void **state)
{
	static const size_t sizes[] = { 1, 3, 7, 400 };
	uint64_t random = 7;

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct buffer data = BUFFER_INIT, again = BUFFER_INIT;
		struct model model, second;
		struct features features;

		features_init(&features, false);
		make_model(&model, sizes[i]);
		assert_int_equal(model_write(&data, &model, NULL), 0);
		assert_int_equal(model_write(&again, &model, NULL), 0);
		assert_int_equal(data.length, again.length);
		assert_memory_equal(data.data, again.data, data.length);
		assert_int_equal(model_read(&second, data.data, data.length, NULL), 0);
		assert_string_equal(second.header, model.header);
		assert_int_equal(second.count, model.count);
		for (int round = 0; round < 20; round++) {
			int64_t logits[HEAD_KINDS], others[HEAD_KINDS];

			choose_features(&features, &model, &random);
			model_score(logits, &model, &features);
			model_score(others, &second, &features);
			assert_memory_equal(logits, others, sizeof(logits));
			/* Lengths are cut to 1/256. */
			for (int head = 0; head < HEAD_KINDS; head++) {
				double exact = score_by_definition(&model, &features, head);

				assert_true(fabs(exact - (double)logits[head]) <=
					    1e-2 * (fabs(exact) + (double)MODEL_UNIT_LIMIT));
			}
		}
		LLVMFuzzerTestOneInput((const uint8_t *)data.data, data.length);
		model_release(&model);
		model_release(&second);
		features_release(&features);
		buffer_release(&data);
		buffer_release(&again);
	}
}

/* Reads a copy that nothing lies behind; what is read must be `expected`, NULL = anything. */
static int read_as(const void *data, size_t length, const struct model *expected)
{
	void *copy = memory_copy(data, length + !length);
	struct error err = ERROR_INIT;
	struct model model;
	int error = model_read(&model, copy, length, &err);

	assert_int_equal(!error, !*err.message);
	if (error)
		assert_null(model.hashes);
	else if (expected)
		assert_true(model.count == expected->count &&
			    !memcmp(model.hashes, expected->hashes,
				    model.count * sizeof(*model.hashes)) &&
			    !memcmp(model.units, expected->units, sizeof(model.units)) &&
			    !memcmp(model.constants, expected->constants,
				    sizeof(model.constants)));
	model_release(&model);
	error_clear(&err);
	free(copy);
	return error;
}

static int read_exactly(const void *data, size_t length)
{
	return read_as(data, length, NULL);
}

static void damaged_models_are_refused(void **state)
{
	struct buffer data = BUFFER_INIT;
	struct model model;
	size_t head, refused = 0;

	make_model(&model, 9);
	model_write(&data, &model, NULL);
	head = (size_t)(strstr(data.data, "\n\n") - data.data) + 2;
	for (size_t i = 0; i < data.length; i++)
		assert_int_equal(read_exactly(data.data, i), ERROR_INPUT);
	for (size_t i = 0; i < data.length; i++)
		for (int bit = 0; bit < 8; bit++) {
			int error;

			data.data[i] ^= (char)(1 << bit);
			/* Some bits of a deflated text mean nothing. */
			error = read_as(data.data, data.length, &model);
			refused += i >= head && error == ERROR_INPUT;
			assert_true(!error || error == ERROR_INPUT);
			if (i < strlen("sectree triage model 1\n"))
				assert_int_equal(error, ERROR_INPUT);
			data.data[i] ^= (char)(1 << bit);
		}
	assert_int_equal(read_exactly(data.data, data.length), 0);
	assert_true(refused + 8 > (data.length - head) * 8);
	model_release(&model);
	buffer_release(&data);
}

/* A file with these bytes inflated; `size` is what it says of them. */
static int read_inflated(const void *bytes, size_t length, size_t size)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
	size_t bound = libdeflate_zlib_compress_bound(compressor, length);
	struct buffer data = BUFFER_INIT;
	int error;

	buffer_add_format(&data, "sectree triage model 1\ninflated: %zu\n\n", size);
	buffer_reserve(&data, bound);
	data.length += libdeflate_zlib_compress(compressor, bytes, length, data.data + data.length,
						bound);
	error = read_exactly(data.data, data.length);
	libdeflate_free_compressor(compressor);
	buffer_release(&data);
	return error;
}

#define HUGE_NUMBER "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
#define EIGHT(number) number number number number number number number number
#define ALL_UNITS(number) EIGHT(number) EIGHT(number) EIGHT(number) EIGHT(number) number number

static void wrong_numbers_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		int error;
	} cases[] = {
#define BYTES(text) text, sizeof(text) - 1
		/* six counts, then 35 units and constants */
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") "\0"), 0 },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") "\0\0"), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") HUGE_NUMBER), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0" ALL_UNITS("\0") "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		  ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0\1" ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0\x80\x80\x80\x80\4" ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\0\x80\x80\x80\x80\2" ALL_UNITS("\0")), 0 },
		{ BYTES("\0\0\0\0\0\0" HUGE_NUMBER ALL_UNITS("\0")), ERROR_INPUT },
		{ BYTES(HUGE_NUMBER "\0\0\0\0\0" ALL_UNITS("\0") "\0"), ERROR_INPUT },
		{ BYTES("\xff\xff\x3f\xff\xff\x3f\0\0\0\0" ALL_UNITS("\0") "\0"), ERROR_INPUT },
		{ BYTES("\x80\x80\x40\0\0\0\0\0" ALL_UNITS("\0") "\0"), ERROR_INPUT },
		{ BYTES("\1\0\0\0\0\0\xff\xff\xff\xff"), ERROR_INPUT },
		{ BYTES("\0\0\0\0\0\x80"), ERROR_INPUT },
		{ BYTES("\0"), ERROR_INPUT },
	};
	static const char *const headers[] = {
		"sectree triage model 1\n", "sectree triage model 1\ninflated: \n\n",
		"sectree triage model 1\ninflated: ", "sectree triage model 1\n\ninflated: 3\n\n",
		"sectree triage model 1\ninflated: 0\n\nx", "sectree triage model 1\ninflated: -4\n\nx",
		"sectree triage model 1\ninflated: 3 x\n\nx", "sectree triage model 2\ninflated: 3\n\nx",
		"sectree triage model 1\ninflated: 99999999999999999999999\n\nx", "",
		"sectree triage model 1\ninflated: \n\n\n\n  3",
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (read_inflated(cases[i].bytes, cases[i].length, cases[i].length) !=
		    cases[i].error)
			fail_msg("case %zu", i);
		assert_int_equal(read_inflated(cases[i].bytes, cases[i].length,
					       cases[i].length + 1),
				 ERROR_INPUT);
		assert_int_equal(read_inflated(cases[i].bytes, cases[i].length, SIZE_MAX),
				 ERROR_INPUT);
	}
	for (size_t i = 0; i < COUNT_OF(headers); i++)
		assert_int_equal(read_exactly(headers[i], strlen(headers[i])), ERROR_INPUT);
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
	double pairs = 0, won = 0;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < count; i++)
		ret->positives += items[i].positive;
	for (size_t i = 0; i < count; i++) {
		double taken = 0, hits = 0, precision, f1;

		for (size_t j = 0; j < count; j++) {
			taken += items[j].score >= items[i].score;
			hits += items[j].score >= items[i].score && items[j].positive;
			if (!items[i].positive || items[j].positive)
				continue;
			pairs++;
			won += items[i].score > items[j].score    ? 1
			       : items[i].score == items[j].score ? 0.5
								  : 0;
		}
		precision = hits / taken;
		f1 = 2 * hits / (taken + (double)ret->positives);
		ret->best_f1 = fmax(ret->best_f1, f1);
		if (items[i].positive)
			ret->pr_auc += precision / (double)ret->positives;
		if (hits >= 0.8 * (double)ret->positives)
			ret->precision_at_80 = fmax(ret->precision_at_80, precision);
	}
	ret->roc_auc = pairs > 0 ? won / pairs : 0;
	for (int pass = 0; pass < 1; pass++) {
		double taken = 0, hits = 0;

		for (size_t i = 0; i < count; i++) {
			taken += items[i].score >= threshold;
			hits += items[i].score >= threshold && items[i].positive;
		}
		ret->precision = taken > 0 ? hits / taken : 0;
		ret->recall = hits / (double)ret->positives;
		ret->f1 = taken > 0 ? 2 * hits / (taken + (double)ret->positives) : 0;
	}
}

static void measures_are_those_of_the_definitions(void **state)
{
	uint64_t random = 3;

	for (int round = 0; round < 300; round++) {
		size_t count = 1 + next_number(&random) % 60, levels = 1 + next_number(&random) % 30;
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
		loss += problem->costs[row] *
			log(1 + exp(problem->positive[row] ? -score : score));
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
	enum { COUNT = 40000 };
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
		cmocka_unit_test(roots_are_exact),
		cmocka_unit_test(sigmoid_is_close),
		cmocka_unit_test(models_are_read_as_they_were_written),
		cmocka_unit_test(damaged_models_are_refused),
		cmocka_unit_test(wrong_numbers_are_refused),
		cmocka_unit_test(measures_are_those_of_the_definitions),
		cmocka_unit_test(measures_by_hand),
		cmocka_unit_test(the_fit_is_a_minimum),
		cmocka_unit_test(nothing_to_fit_is_zero),
		cmocka_unit_test(calibration_finds_what_made_the_labels),
		cmocka_unit_test(calibration_is_sound_where_labels_are_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
