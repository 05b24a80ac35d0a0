/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "triage/evaluate.h"
#include "triage/train.h"

static struct {
	const char *input, *labels, *reserved, *output, *note;
	bool evaluate, only_input;
} options;

static const struct option option_table[] = {
	OPTION_STRING(0, "input", &options.input, "FILE", "records to learn from, JSON lines"),
	OPTION_STRING(0, "labels", &options.labels, "FILE", "their labels"),
	OPTION_FLAG(0, "only-input", &options.only_input,
		    "learn from the records alone; needs no workspace"),
	OPTION_STRING(0, "without", &options.reserved, "FILE",
		      "leave out the commits of the index with these ids, a line each"),
	OPTION_STRING('o', "output", &options.output, "FILE", "where the model goes"),
	OPTION_STRING(0, "note", &options.note, "TEXT",
		      "a line for the model's header: when, and with what result"),
	OPTION_FLAG(0, "evaluate", &options.evaluate,
		    "say how good it is on what it has not seen; writes nothing"),
	OPTION_END,
};

static json_t *measures_value(const struct measures *measures)
{
	json_t *value = json_object();

	json_object_set_new(value, "count", json_integer((json_int_t)measures->count));
	json_object_set_new(value, "positives", json_integer((json_int_t)measures->positives));
	json_object_set_new(value, "roc_auc", json_real(measures->roc_auc));
	json_object_set_new(value, "pr_auc", json_real(measures->pr_auc));
	json_object_set_new(value, "precision_at_recall_80", json_real(measures->precision_at_80));
	json_object_set_new(value, "f1", json_real(measures->f1));
	json_object_set_new(value, "precision", json_real(measures->precision));
	json_object_set_new(value, "recall", json_real(measures->recall));
	json_object_set_new(value, "best_f1", json_real(measures->best_f1));
	json_object_set_new(value, "calibration_error", json_real(measures->calibration_error));
	return value;
}

static void print_measures(struct output *out, const char *name, const json_t *value)
{
	if (json_integer_value(json_object_get(value, "positives")) == 0)
		return;
	output_print(
		out,
		"\n  %-28s %6lld %5lld  ROC %.4f  PR %.4f  P at R.8 %.3f  F1 %.3f (best %.3f)  "
		"ECE %.3f",
		name, json_integer_value(json_object_get(value, "count")),
		json_integer_value(json_object_get(value, "positives")),
		json_real_value(json_object_get(value, "roc_auc")),
		json_real_value(json_object_get(value, "pr_auc")),
		json_real_value(json_object_get(value, "precision_at_recall_80")),
		json_real_value(json_object_get(value, "f1")),
		json_real_value(json_object_get(value, "best_f1")),
		json_real_value(json_object_get(value, "calibration_error")));
}

static void print_vectors(struct output *out, const char *name, const json_t *value)
{
	json_int_t count = json_integer_value(json_object_get(value, "count"));
	json_int_t right = json_integer_value(json_object_get(value, "right"));

	if (count)
		output_print(out, "\n  %-28s %6lld        right %.3f", name, count,
			     (double)right / (double)count);
}

static void print_evaluation(struct output *out, const json_t *value)
{
	output_print(out, "%s", json_string_of(value, "split"));
	print_measures(out, "security fix", json_object_get(value, "security"));
	print_measures(out, "security fix, change known",
		       json_object_get(value, "security_with_change"));
	print_measures(out, "gate, of security fixes", json_object_get(value, "gate"));
	print_measures(out, "gate, of all commits", json_object_get(value, "both"));
	print_measures(out, "gate, of advisories' texts", json_object_get(value, "advisory_gate"));
	print_vectors(out, "attack vector", json_object_get(value, "vector"));
	print_vectors(out, "attack vector, of advisories",
		      json_object_get(value, "advisory_vector"));
}

static json_t *vector_value(size_t count, size_t right)
{
	json_t *value = json_object();

	json_object_set_new(value, "count", json_integer((json_int_t)count));
	json_object_set_new(value, "right", json_integer((json_int_t)right));
	return value;
}

static json_t *evaluation_value(const struct evaluation *evaluation)
{
	json_t *value = json_object();

	json_object_set_new(value, "split", json_text(evaluation->split));
	json_object_set_new(value, "security", measures_value(&evaluation->security));
	json_object_set_new(value, "security_with_change",
			    measures_value(&evaluation->security_with_change));
	json_object_set_new(value, "gate", measures_value(&evaluation->gate));
	json_object_set_new(value, "both", measures_value(&evaluation->both));
	json_object_set_new(value, "advisory_gate", measures_value(&evaluation->advisory_gate));
	json_object_set_new(value, "vector",
			    vector_value(evaluation->vectors, evaluation->vectors_right));
	json_object_set_new(
		value, "advisory_vector",
		vector_value(evaluation->advisory_vectors, evaluation->advisory_vectors_right));
	return value;
}

static int print_evaluations(struct command_context *context, const struct samples *samples,
			     struct error *err)
{
	struct evaluation_list list = { 0 };
	int error = evaluate(&list, samples, context->progress, err);

	if (!error) {
		output_begin(context->output);
		output_list_begin(context->output, "evaluations");
		for (size_t i = 0; i < list.count; i++)
			output_item(context->output, evaluation_value(&list.items[i]),
				    print_evaluation);
		output_list_end(context->output);
		error = output_end(context->output, err);
	}
	evaluation_list_release(&list);
	return error;
}

/* From what and how it was trained; when, and how good it is, is for the note. */
static char *header_of(const struct samples *samples, const struct model *model)
{
	size_t counts[SAMPLE_SOURCES] = { 0 }, positives[SAMPLE_SOURCES] = { 0 };
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < samples->count; i++) {
		counts[samples->items[i].source]++;
		positives[samples->items[i].source] += samples->items[i].security == 1;
	}
	buffer_add_format(&text,
			  "learned from: %zu commits (%zu security fixes), %zu subjects (%zu), "
			  "%zu texts of advisories%s\n",
			  counts[SAMPLE_COMMIT], positives[SAMPLE_COMMIT], counts[SAMPLE_SUBJECT],
			  positives[SAMPLE_SUBJECT], counts[SAMPLE_ADVISORY],
			  options.only_input ? "" : "; of these the index's own");
	buffer_add_format(&text,
			  "how: sectree train %s; logistic regression with a penalty on large "
			  "weights; %zu features\n",
			  SECTREE_VERSION, model->count);
	if (options.note)
		buffer_add_format(&text, "note: %.*s\n", (int)strcspn(options.note, "\r\n"),
				  options.note);
	return buffer_detach(&text);
}

static int write_model(struct command_context *context, const struct samples *samples,
		       struct error *err)
{
	struct buffer data = BUFFER_INIT;
	struct model model;
	int error = train_model(&model, samples, NULL, context->progress, err);

	if (!error) {
		model.header = header_of(samples, &model);
		error = model_write(&data, &model, err);
	}
	if (!error)
		error = file_replace(options.output, data.data, data.length, err);
	model_release(&model);
	buffer_release(&data);
	return error;
}

static int read_samples(struct samples *samples, struct command_context *context, struct error *err)
{
	struct workspace workspace;
	int error = 0;

	if (options.input)
		error = samples_read(samples, options.input, options.labels, err);
	if (error || !context->directory)
		return error;
	error = session_open(&workspace, context, err);
	if (error)
		return error;
	error = workspace_open_source(&workspace, err);
	if (!error)
		error = samples_read_index(samples, &workspace, options.reserved, context->progress,
					   err);
	session_close(&workspace);
	return error;
}

static bool needs_none(void)
{
	return options.only_input;
}

static int run(struct command_context *context, struct error *err)
{
	struct samples samples = SAMPLES_INIT;
	int error;

	if (!options.input != !options.labels)
		return error_set(err, ERROR_USAGE, "--input and --labels go together");
	if (options.only_input && !options.input)
		return error_set(err, ERROR_USAGE, "--only-input goes with --input");
	if (options.only_input && options.reserved)
		return error_set(err, ERROR_USAGE, "--without is about commits of the index");
	if (!options.evaluate == !options.output)
		return error_set(err, ERROR_USAGE, "give --output FILE or --evaluate");
	error = read_samples(&samples, context, err);
	if (!error)
		error = options.evaluate ? print_evaluations(context, &samples, err)
					 : write_model(context, &samples, err);
	samples_release(&samples);
	return error;
}

const struct command command_train = {
	.name = "train",
	.summary = "train or measure the classifier of triage",
	.synopsis = "[--input FILE --labels FILE] [--without FILE] -o FILE\n"
		    "[--input FILE --labels FILE] [--without FILE] --evaluate",
	.help = "Learns from the commits of all series of the index, labelled by the advisories,\n"
		"and from records that are given: JSON lines with \"id\", \"subject\", \"body\",\n"
		"\"files\" and perhaps \"diff\", with their labels (lines of id, set, security,\n"
		"gate, both, vector and era, tabs in between; set A is a commit, A2 a subject, B\n"
		"an advisory's text). Writes a model of at most a megabyte; equal input gives\n"
		"equal bytes. SECTREE_DATA_DIR says where the program looks for triage.model.\n"
		"\n"
		"With --evaluate it trains on parts and measures on the rest: recent commits in\n"
		"three parts, by time, and by series. docs/triage.md says what the numbers mean.\n"
		"\n"
		"\tsectree train --without reserved.txt -o triage.model\n"
		"\tsectree train --input records.jsonl --labels labels.tsv --evaluate\n",
	.options = option_table,
	.workspace = true,
	.needs_none = needs_none,
	.run = run,
};
