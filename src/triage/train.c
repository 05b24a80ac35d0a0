/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/diff-facts.h"
#include "triage/sigmoid.h"
#include "triage/vocabulary.h"

#define FOLDS 3		   /* for calibration */
#define CONSTANT_VALUE 3.0 /* so that the penalty hardly weighs on constants */
#define WEIGHT_MOST \
	40 /* of a byte: fewer steps make a smaller file, and lose nothing that is measured */
#define VECTOR_LEAST 6	    /* smaller weights of vectors are dropped: the file is bounded */
#define NEW_RELEASE 80	    /* of subjects: from here on as many have a CVE as today */
#define INDEXED_WEIGHT 0.15 /* its labels are incomplete */
#define DIFF_COST 0.1

/* Found by cross-validation on commits of 2024 and later; docs/triage.md has the table. */
static const struct {
	const char *name;
	double cost;
	double scales[GROUP_KINDS]; /* subject, body, path, mark, trailer, diff */
} settings[HEAD_KINDS] = {
	[HEAD_SECURITY] = { "security", 0.05, { 4, 8, 2, 2, 1, 1 } },
	[HEAD_GATE] = { "gate", 0.03, { 6, 16, 4, 3, 1, 1 } },
	[HEAD_REMOTE] = { "remote", 0.1, { 6, 16, 12, 6, 1, 1 } },
	[HEAD_ADJACENT] = { "adjacent", 0.1, { 6, 16, 12, 6, 1, 1 } },
	[HEAD_LOCAL] = { "local", 0.1, { 6, 16, 12, 6, 1, 1 } },
};

static const uint32_t least_counts[SPACE_KINDS] = { [SPACE_SECURITY] = 2, [SPACE_OTHERS] = 2 };

/* What a head learned: weights by column, then the constants. */
struct head {
	double *weights;
	double slope, constant; /* calibration */
	double diff[DIFF_FACTS];
};

struct trainer {
	const struct samples *samples;
	const bool *use;
	struct vocabulary vocabularies[SPACE_KINDS];
	struct head heads[HEAD_KINDS];
	uint32_t *constants[SPACE_KINDS]; /* by sample: whose constant it gets */
	size_t constant_counts[SPACE_KINDS];
	size_t reference[SPACE_KINDS]; /* the constant that counts afterwards */
	struct progress *progress;
	uint64_t done; /* fits */
};

#define FITS (HEAD_KINDS + 2 * FOLDS)

static int label_of(const struct sample *sample, enum model_head head)
{
	switch (head) {
	case HEAD_SECURITY:
		return sample->source == SAMPLE_ADVISORY ? SAMPLE_UNKNOWN : sample->security;
	case HEAD_GATE:
		return sample->gate;
	default:
		if (!sample->vector)
			return SAMPLE_UNKNOWN;
		return sample->vector == (head == HEAD_REMOTE	  ? 'N'
					  : head == HEAD_ADJACENT ? 'A'
								  : 'L');
	}
}

/* How much a sample counts. */
static double weight_of(const struct sample *sample, enum model_head head)
{
	if (head != HEAD_SECURITY)
		return 1;
	if (sample->source == SAMPLE_SUBJECT)
		return sample->release >= NEW_RELEASE ? 1 : 0.3;
	if (sample->indexed)
		return INDEXED_WEIGHT;
	return sample->recent ? 3 : 0.5;
}

static bool in_space(const struct sample *sample, enum model_space space)
{
	return space == SPACE_SECURITY ? label_of(sample, HEAD_SECURITY) != SAMPLE_UNKNOWN
				       : sample->gate != SAMPLE_UNKNOWN || sample->vector;
}

static unsigned inner_fold(const struct sample *sample)
{
	return sample->fold / FOLDS % FOLDS;
}

/* ---- one head ---- */

struct fit {
	bool *positive;
	double *costs;
	size_t positives, negatives;
};

/* `leave`: an inner fold that is left out, FOLDS = none. */
static void prepare_fit(struct fit *fit, const struct trainer *trainer, enum model_head head,
			unsigned leave)
{
	const struct samples *samples = trainer->samples;

	fit->positive = memory_alloc(samples->count * sizeof(*fit->positive) + 1);
	fit->costs = memory_alloc(samples->count * sizeof(*fit->costs) + 1);
	fit->positives = fit->negatives = 0;
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *sample = &samples->items[i];
		int label = label_of(sample, head);

		if (!trainer->use[i] || label == SAMPLE_UNKNOWN || inner_fold(sample) == leave)
			continue;
		fit->positive[i] = label == 1;
		fit->costs[i] = settings[head].cost * weight_of(sample, head);
		label == 1 ? fit->positives++ : fit->negatives++;
	}
}

static void release_fit(struct fit *fit)
{
	free(fit->positive);
	free(fit->costs);
}

static int fit_head(double *weights, const struct trainer *trainer,
		    const struct logistic_rows *rows, enum model_head head, unsigned leave,
		    struct error *err)
{
	struct logistic_labels labels = { 0 };
	struct fit fit;
	int error = 0;

	prepare_fit(&fit, trainer, head, leave);
	labels.positive = fit.positive;
	labels.costs = fit.costs;
	if (!fit.positives || !fit.negatives)
		error = error_set(err, ERROR_INPUT,
				  "nothing to learn '%s' from: %zu samples for it and %zu against "
				  "it",
				  settings[head].name, fit.positives, fit.negatives);
	else
		logistic_fit(weights, rows, &labels);
	release_fit(&fit);
	return error;
}

/* ---- calibration and changes ---- */

/* The score of a sample, with the constant that counts afterwards. */
static double score_of(const struct trainer *trainer, const double *weights,
		       const struct logistic_rows *rows, enum model_space space, size_t sample)
{
	size_t features = trainer->vocabularies[space].count;
	double score = logistic_score(weights, rows, sample);

	score -= CONSTANT_VALUE * weights[features + trainer->constants[space][sample]];
	return score + CONSTANT_VALUE * weights[features + trainer->reference[space]];
}

/* Scores of all samples, each by weights that were learned without its fold. */
static int score_outside(double *scores, struct trainer *trainer, enum model_head head,
			 const struct logistic_rows *rows, struct error *err)
{
	enum model_space space = model_head_space(head);
	double *weights = memory_alloc((rows->columns + 1) * sizeof(*weights));
	int error = 0;

	for (unsigned fold = 0; fold < FOLDS && !error; fold++) {
		memset(weights, 0, rows->columns * sizeof(*weights));
		error = fit_head(weights, trainer, rows, head, fold, err);
		for (size_t i = 0; i < rows->count && !error; i++)
			if (inner_fold(&trainer->samples->items[i]) == fold)
				scores[i] = score_of(trainer, weights, rows, space, i);
		if (!error)
			error = progress_update(trainer->progress, ++trainer->done, FITS, err);
	}
	free(weights);
	return error;
}

/* On recent commits; where there are none, on all commits. */
static void calibrate(struct head *ret_head, const struct trainer *trainer, enum model_head head,
		      const double *scores)
{
	const struct samples *samples = trainer->samples;
	double *chosen = memory_alloc(samples->count * sizeof(*chosen) + 1);
	bool *positive = memory_alloc(samples->count * sizeof(*positive) + 1);
	size_t count = 0, positives = 0;

	for (int recent = 1; recent >= 0 && !count; recent--)
		for (size_t i = 0; i < samples->count; i++) {
			const struct sample *sample = &samples->items[i];
			int label = label_of(sample, head);

			if (!trainer->use[i] || label == SAMPLE_UNKNOWN ||
			    sample->source != SAMPLE_COMMIT || sample->recent < recent)
				continue;
			chosen[count] = scores[i];
			positive[count++] = label == 1;
			positives += label == 1;
		}
	logistic_calibrate(&ret_head->slope, &ret_head->constant, chosen, positive, count);
	/* What was learned says the opposite of what is: then nothing is known but the share. */
	if (ret_head->slope < 0) {
		ret_head->slope = 0;
		ret_head->constant = log(((double)positives + 1) /
					 ((double)(count - positives) + 1));
	}
	free(chosen);
	free(positive);
}

/* What the facts of a change add to a calibrated score. */
static void learn_changes(struct head *ret_head, const struct trainer *trainer,
			  enum model_head head, const double *scores)
{
	const struct samples *samples = trainer->samples;
	size_t columns = DIFF_FACTS + samples->era_count, at = 0;
	struct logistic_entry *entries = memory_alloc(samples->count * (DIFF_FACTS + 1) *
						      sizeof(*entries));
	size_t *starts = memory_alloc((samples->count + 1) * sizeof(*starts));
	double *weights = memory_alloc(columns * sizeof(*weights));
	double *offsets = memory_alloc(samples->count * sizeof(*offsets) + 1);
	struct logistic_rows rows = { entries, starts, samples->count, columns };
	struct logistic_labels labels = { .offsets = offsets };
	struct fit fit;

	prepare_fit(&fit, trainer, head, FOLDS);
	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *sample = &samples->items[i];

		offsets[i] = ret_head->slope * scores[i] + ret_head->constant;
		fit.costs[i] = sample->diff && fit.costs[i] > 0
				       ? DIFF_COST * weight_of(sample, head)
				       : 0;
		for (unsigned fact = 0; fact < DIFF_FACTS; fact++)
			if (sample->diff & 1ULL << fact && fact != DIFF_KNOWN)
				entries[at++] = (struct logistic_entry){ fact, 1 };
		entries[at++] = (struct logistic_entry){ DIFF_FACTS + sample->era,
							 (float)CONSTANT_VALUE };
		starts[i + 1] = at;
	}
	labels.positive = fit.positive;
	labels.costs = fit.costs;
	logistic_fit(weights, &rows, &labels);
	memcpy(ret_head->diff, weights, DIFF_FACTS * sizeof(*weights));
	release_fit(&fit);
	free(offsets);
	free(weights);
	free(starts);
	free(entries);
}

static int train_head(struct trainer *trainer, enum model_head head, struct error *err)
{
	enum model_space space = model_head_space(head);
	struct head *result = &trainer->heads[head];
	struct vocabulary_rows rows = { 0 };
	double *scores = memory_alloc(trainer->samples->count * sizeof(*scores) + 1);
	int error;

	vocabulary_rows_make(&rows, &trainer->vocabularies[space], trainer->samples,
			     settings[head].scales, trainer->constants[space],
			     trainer->constant_counts[space], CONSTANT_VALUE);
	result->weights = memory_alloc((rows.rows.columns + 1) * sizeof(double));
	result->slope = 1;
	error = fit_head(result->weights, trainer, &rows.rows, head, FOLDS, err);
	if (!error)
		error = progress_update(trainer->progress, ++trainer->done, FITS, err);
	if (!error && (head == HEAD_SECURITY || head == HEAD_GATE)) {
		error = score_outside(scores, trainer, head, &rows.rows, err);
		if (!error) {
			calibrate(result, trainer, head, scores);
			learn_changes(result, trainer, head, scores);
		}
	}
	vocabulary_rows_release(&rows);
	free(scores);
	return error;
}

/* ---- to whole numbers ---- */

struct place {
	uint32_t hash;
	uint32_t number;
	unsigned char group;
};

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->hash > b->hash) - (a->hash < b->hash);
}

static double weight_at(const struct trainer *trainer, enum model_head head, uint32_t number)
{
	uint32_t column = trainer->vocabularies[model_head_space(head)].columns[number];

	return column == NO_COLUMN ? 0 : trainer->heads[head].weights[column];
}

static void set_weights(struct model *model, const struct trainer *trainer, enum model_head head,
			const struct place *places, size_t count)
{
	const struct head *learned = &trainer->heads[head];
	double most[GROUP_KINDS] = { 0 };

	for (size_t i = 0; i < count; i++)
		most[places[i].group] = fmax(most[places[i].group],
					     fabs(weight_at(trainer, head, places[i].number)));
	for (int fact = 0; fact < DIFF_FACTS; fact++)
		most[GROUP_DIFF] = fmax(most[GROUP_DIFF], fabs(learned->diff[fact]));
	for (int group = 0; group < GROUP_KINDS; group++) {
		double scale = group == GROUP_DIFF ? 1
						   : settings[head].scales[group] * learned->slope;

		model->units[head][group] = llround(most[group] / WEIGHT_MOST * scale * LOGIT_ONE *
						    256);
	}
	for (size_t i = 0; i < count; i++) {
		unsigned group = places[i].group;
		double weight = weight_at(trainer, head, places[i].number);
		long whole = most[group] > 0 ? lround(weight / most[group] * WEIGHT_MOST) : 0;

		if (head >= HEAD_REMOTE && labs(whole) < VECTOR_LEAST)
			whole = 0;
		model->weights[head][i] = (int8_t)whole;
	}
	model->constants[head] = llround(
		(learned->slope * CONSTANT_VALUE *
			 learned->weights[trainer->vocabularies[model_head_space(head)].count +
					  trainer->reference[model_head_space(head)]] +
		 learned->constant) *
		LOGIT_ONE);
}

/* The features of a change stand last, after all that samples have. */
static void set_diff_weights(struct model *model, const struct trainer *trainer,
			     const struct place *places, size_t first)
{
	for (size_t i = first; i < model->count; i++)
		for (int head = 0; head < HEAD_KINDS; head++) {
			double most = 0, weight = trainer->heads[head].diff[places[i].number];

			for (int fact = 0; fact < DIFF_FACTS; fact++)
				most = fmax(most, fabs(trainer->heads[head].diff[fact]));
			model->weights[head][i] =
				(int8_t)(most > 0 ? lround(weight / most * WEIGHT_MOST) : 0);
		}
}

static void make_model(struct model *model, const struct trainer *trainer)
{
	const struct samples *samples = trainer->samples;
	struct place *places = memory_alloc((samples->feature_count + DIFF_FACTS) *
					    sizeof(*places));
	size_t count = 0, first;

	for (uint32_t i = 0; i < samples->feature_count; i++)
		if (trainer->vocabularies[SPACE_SECURITY].idf[i] ||
		    trainer->vocabularies[SPACE_OTHERS].idf[i])
			places[count++] = (struct place){ samples->features[i].hash, i,
							  samples->features[i].group };
	first = count;
	for (uint32_t fact = 0; fact < DIFF_FACTS; fact++)
		places[count++] = (struct place){ feature_of_diff_fact(fact), fact, GROUP_DIFF };
	qsort(places, count, sizeof(*places), compare_places);
	model->count = count;
	model->hashes = memory_alloc((count + 1) * sizeof(uint32_t));
	for (int space = 0; space < SPACE_KINDS; space++)
		model->idf[space] = memory_alloc(count + 1);
	for (size_t i = 0; i < count; i++) {
		model->hashes[i] = places[i].hash;
		model->starts[places[i].group + 1] = i + 1;
		for (int space = 0; space < SPACE_KINDS; space++)
			model->idf[space][i] =
				i >= first ? 2 : trainer->vocabularies[space].idf[places[i].number];
	}
	for (int group = 0; group < GROUP_KINDS; group++)
		if (model->starts[group + 1] < model->starts[group])
			model->starts[group + 1] = model->starts[group];
	for (int head = 0; head < HEAD_KINDS; head++) {
		model->weights[head] = memory_alloc(count + 1);
		set_weights(model, trainer, head, places, first);
	}
	set_diff_weights(model, trainer, places, first);
	free(places);
	model_index(model);
}

/* ---- all of it ---- */

static void prepare(struct trainer *trainer)
{
	const struct samples *samples = trainer->samples;
	bool *use = memory_alloc(samples->count + 1);

	for (int space = 0; space < SPACE_KINDS; space++) {
		uint32_t *constants = memory_alloc((samples->count + 1) * sizeof(*constants));

		for (size_t i = 0; i < samples->count; i++) {
			const struct sample *sample = &samples->items[i];

			use[i] = trainer->use[i] && in_space(sample, space);
			constants[i] = space == SPACE_SECURITY ? sample->era : sample->source;
			if (space == SPACE_SECURITY && sample->recent)
				trainer->reference[space] = sample->era;
		}
		trainer->constants[space] = constants;
		trainer->constant_counts[space] = space == SPACE_SECURITY ? samples->era_count
									  : SAMPLE_SOURCES;
		vocabulary_choose(&trainer->vocabularies[space], samples, use, least_counts[space]);
	}
	trainer->reference[SPACE_OTHERS] = SAMPLE_COMMIT;
	free(use);
}

int train_model(struct model *ret_model, const struct samples *samples, const bool *use,
		struct progress *progress, struct error *err)
{
	struct trainer trainer = { .samples = samples, .progress = progress };
	bool *all = memory_alloc(samples->count + 1);
	int error = 0;

	memset(all, true, samples->count);
	trainer.use = use ? use : all;
	model_init(ret_model);
	prepare(&trainer);
	for (int head = 0; head < HEAD_KINDS && !error; head++)
		error = train_head(&trainer, head, err);
	if (!error)
		make_model(ret_model, &trainer);
	for (int head = 0; head < HEAD_KINDS; head++)
		free(trainer.heads[head].weights);
	for (int space = 0; space < SPACE_KINDS; space++) {
		vocabulary_release(&trainer.vocabularies[space]);
		free(trainer.constants[space]);
	}
	free(all);
	return error;
}
