/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/evaluate.h"

#include <stdlib.h>
#include <string.h>

#include "triage/sigmoid.h"
#include "triage/train.h"

#define FOLDS 3

/* Scores that wait to be measured. */
typedef ARRAY(struct scored) scored_list;

struct collector {
	scored_list security, gate, both, changed, advisory_gate;
	struct features features;
};

static void collector_release(struct collector *collector)
{
	array_release(&collector->security);
	array_release(&collector->gate);
	array_release(&collector->both);
	array_release(&collector->changed);
	array_release(&collector->advisory_gate);
	features_release(&collector->features);
}

static void add(scored_list *list, double score, int label)
{
	if (label != SAMPLE_UNKNOWN)
		array_push(list, ((struct scored){ score, label == 1 }));
}

static double likelihood(int64_t logit)
{
	return sigmoid_millionths(logit) / 1e6;
}

static void score(struct collector *collector, struct evaluation *evaluation,
		  const struct model *model, const struct samples *samples,
		  const struct sample *sample)
{
	bool of_commit = sample->source != SAMPLE_ADVISORY, right;
	int64_t logits[HEAD_KINDS];
	double security, gate;

	samples_features(&collector->features, samples, sample);
	model_score(logits, model, &collector->features);
	security = likelihood(logits[HEAD_SECURITY]);
	gate = likelihood(logits[HEAD_GATE]);
	right = sample->vector == model_vector(logits);
	if (!of_commit) {
		add(&collector->advisory_gate, gate, sample->gate);
		evaluation->advisory_vectors += sample->vector != 0;
		evaluation->advisory_vectors_right += sample->vector && right;
		return;
	}
	add(&collector->security, security, sample->security);
	add(&collector->gate, gate, sample->gate);
	add(&collector->both, security * gate, sample->both);
	evaluation->vectors += sample->vector != 0;
	evaluation->vectors_right += sample->vector && right;
	samples_features_with_change(&collector->features, samples, sample);
	model_score(logits, model, &collector->features);
	add(&collector->changed, likelihood(logits[HEAD_SECURITY]), sample->security);
}

static void measure(struct evaluation *evaluation, struct collector *collector)
{
	measures_of(&evaluation->security, collector->security.items, collector->security.count,
		    EVALUATE_SECURITY_THRESHOLD);
	measures_of(&evaluation->gate, collector->gate.items, collector->gate.count, 0.5);
	measures_of(&evaluation->both, collector->both.items, collector->both.count,
		    EVALUATE_GATE_THRESHOLD);
	measures_of(&evaluation->security_with_change, collector->changed.items,
		    collector->changed.count, EVALUATE_SECURITY_THRESHOLD);
	measures_of(&evaluation->advisory_gate, collector->advisory_gate.items,
		    collector->advisory_gate.count, 0.5);
}

/* Trains on use[], then scores what test[] says. */
static int run(struct collector *collector, struct evaluation *evaluation,
	       const struct samples *samples, const bool *use, const bool *test,
	       struct progress *progress, struct error *err)
{
	struct model model;
	int error = train_model(&model, samples, use, progress, err);

	for (size_t i = 0; i < samples->count && !error; i++)
		if (test[i])
			score(collector, evaluation, &model, samples, &samples->items[i]);
	model_release(&model);
	return error;
}

static struct evaluation *begin(struct collector *collector, struct evaluation_list *list,
				char *split)
{
	struct evaluation *evaluation = array_add(list);

	memset(collector, 0, sizeof(*collector));
	features_init(&collector->features, false);
	evaluation->split = split;
	return evaluation;
}

static int by_folds(struct evaluation_list *list, const struct samples *samples, bool *use,
		    bool *test, struct progress *progress, struct error *err)
{
	struct collector collector;
	struct evaluation *evaluation = begin(
		&collector, list,
		string_copy("commits of 2024 and later, each by a model that learned from the "
			    "rest"));
	int error = 0;

	for (unsigned fold = 0; fold < FOLDS && !error; fold++) {
		for (size_t i = 0; i < samples->count; i++) {
			const struct sample *sample = &samples->items[i];

			use[i] = sample->fold % FOLDS != fold;
			test[i] = !use[i] && (sample->recent || sample->source == SAMPLE_ADVISORY);
		}
		error = run(&collector, evaluation, samples, use, test, progress, err);
	}
	measure(evaluation, &collector);
	collector_release(&collector);
	return error;
}

/* Without the commits of an era, and without anything of the same subject. */
static int without(struct evaluation_list *list, const struct samples *samples, size_t era,
		   char *split, bool *use, bool *test, struct progress *progress, struct error *err)
{
	struct collector collector;
	struct evaluation *evaluation = begin(&collector, list, split);
	unsigned char *held = memory_alloc(1 << 24);
	int error;

	for (size_t i = 0; i < samples->count; i++) {
		test[i] = samples->items[i].source == SAMPLE_COMMIT && samples->items[i].era == era;
		if (test[i])
			held[samples->items[i].fold & ((1 << 24) - 1)] = 1;
	}
	for (size_t i = 0; i < samples->count; i++)
		use[i] = !held[samples->items[i].fold & ((1 << 24) - 1)];
	free(held);
	error = run(&collector, evaluation, samples, use, test, progress, err);
	measure(evaluation, &collector);
	collector_release(&collector);
	return error;
}

int evaluate(struct evaluation_list *ret_list, const struct samples *samples,
	     struct progress *progress, struct error *err)
{
	bool *use = memory_alloc(samples->count + 1), *test = memory_alloc(samples->count + 1);
	int error = by_folds(ret_list, samples, use, test, progress, err);

	for (size_t era = 0; era < samples->era_count && !error; era++)
		if (!strncmp(samples->eras[era], "commits ", strlen("commits ")))
			error = without(ret_list, samples, era,
					string_format("%s, by a model without any of these",
						      samples->eras[era]),
					use, test, progress, err);
	free(use);
	free(test);
	return error;
}

void evaluation_list_release(struct evaluation_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].split);
	array_release(list);
}
