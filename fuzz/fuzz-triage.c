/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes are a message, a path, a change, a line of records, or a model. The message is judged
 * by a model that knows every feature of it and has the largest weights; what is written is read
 * again and judges the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/classify.h"
#include "triage/diff-facts.h"
#include "triage/reach.h"
#include "triage/record-lines.h"
#include "triage/sigmoid.h"
#include "fuzz.h"

#define ROUGHLY (HEAD_KINDS * 16) /* what rounding each contribution may lose */

static int compare_features(const void *left, const void *right)
{
	const struct feature *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->hash > b->hash) - (a->hash < b->hash);
}

/* A model of these features; `seed` says how large its numbers are. */
static void make_model(struct model *model, const struct features *features, unsigned seed)
{
	struct feature *items = memory_alloc((features->count + 1) * sizeof(*items));

	memcpy(items, features->items, features->count * sizeof(*items));
	qsort(items, features->count, sizeof(*items), compare_features);
	model_init(model);
	model->header = string_copy("note: a test\n");
	model->count = features->count;
	model->hashes = memory_alloc((model->count + 1) * sizeof(*model->hashes));
	for (int space = 0; space < SPACE_KINDS; space++)
		model->idf[space] = memory_alloc(model->count + 1);
	for (int head = 0; head < HEAD_KINDS; head++)
		model->weights[head] = memory_alloc(model->count + 1);
	for (size_t i = 0; i < model->count; i++) {
		model->hashes[i] = items[i].hash;
		for (int group = items[i].group; group < GROUP_KINDS; group++)
			model->starts[group + 1] = i + 1;
		for (int space = 0; space < SPACE_KINDS; space++)
			model->idf[space][i] = seed & 1 ? 255 : (uint8_t)(items[i].hash >> space);
		for (int head = 0; head < HEAD_KINDS; head++)
			model->weights[head][i] = seed & 2 ? -128 : (int8_t)(items[i].hash >> head);
	}
	for (int head = 0; head < HEAD_KINDS; head++) {
		for (int group = 0; group < GROUP_KINDS; group++)
			model->units[head][group] = seed & 4 ? MODEL_UNIT_LIMIT : 1 << 20;
		model->constants[head] = seed & 8 ? -MODEL_CONSTANT_LIMIT : head;
	}
	model_index(model);
	free(items);
}

/* The same model, from its bytes. */
static void write_and_read(struct model *model)
{
	struct buffer data = BUFFER_INIT;
	struct model second;

	if (!model_write(&data, model, NULL)) {
		CHECK(!model_read(&second, data.data, data.length, NULL));
		CHECK(second.count == model->count && !strcmp(second.header, model->header));
		CHECK(!memcmp(second.hashes, model->hashes, model->count * sizeof(*model->hashes)));
		CHECK(!memcmp(second.units, model->units, sizeof(model->units)));
		CHECK(!memcmp(second.constants, model->constants, sizeof(model->constants)));
		model_release(model);
		*model = second;
	}
	buffer_release(&data);
}

static void check_explanation(const struct classifier *classifier, const int64_t logits[HEAD_KINDS])
{
	const struct features *features = &classifier->features;
	struct contribution *items = memory_alloc((features->count + 1) * sizeof(*items));
	size_t count = model_explain(items, &classifier->model, features);

	CHECK(count == features->count);
	for (int head = 0; head < HEAD_KINDS; head++) {
		int64_t sum = classifier->model.constants[head];

		for (size_t i = 0; i < count; i++)
			sum += items[i].logit[head];
		CHECK(llabs(sum - logits[head]) <= (int64_t)count + ROUGHLY);
	}
	free(items);
}

static void fuzz_commit(const struct commit_text *commit, unsigned seed)
{
	struct classifier classifier = { 0 };
	struct classification fine;
	struct judgement judgement;
	struct evidence_list list = { 0 };
	int64_t logits[HEAD_KINDS];

	phrases_init(&classifier.phrases);
	message_parts_init(&classifier.parts);
	features_init(&classifier.features, true);
	message_parts_read(&classifier.parts, commit);
	features_read(&classifier.features, &classifier.phrases, &classifier.parts, commit, seed);
	make_model(&classifier.model, &classifier.features, seed);
	if (seed & 16)
		write_and_read(&classifier.model);
	classify(&judgement, &fine, &classifier, commit, seed);
	CHECK(fine.security >= 0 && fine.security <= 1000000);
	CHECK(fine.gate >= 0 && fine.gate <= 1000000);
	CHECK(fine.both <= fine.security && fine.both <= fine.gate);
	model_score(logits, &classifier.model, &classifier.features);
	CHECK(sigmoid_millionths(logits[HEAD_SECURITY]) == fine.security);
	check_explanation(&classifier, logits);
	classify_explain(&list, &classifier, commit, 5);
	CHECK(list.count <= 5 + REACH_REASONS);
	evidence_list_release(&list);
	classifier_release(&classifier);
}

/* The first line is the subject, the second a path, the rest the body. */
static void fuzz_message(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = size ? memchr(text, '\n', size) : NULL;
	struct commit_text commit = { .subject = text,
				      .subject_length = end ? (size_t)(end - text) : size };
	const char *files[] = { "net/core/dev.c", NULL };
	char *path;

	commit.body = text + commit.subject_length + (end != NULL);
	commit.body_length = size - commit.subject_length - (end != NULL);
	end = commit.body_length ? memchr(commit.body, '\n', commit.body_length) : NULL;
	path = string_copy_length(commit.body,
				  end ? (size_t)(end - commit.body) : commit.body_length);
	files[1] = path;
	commit.files = files;
	commit.file_count = COUNT_OF(files);
	fuzz_commit(&commit, size ? data[0] : 0);
	free(path);
}

static void fuzz_change(const uint8_t *data, size_t size)
{
	struct diff_facts facts;

	diff_facts_init(&facts);
	for (size_t at = 0; at < size;) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t length = end ? (size_t)(end - (data + at)) : size - at;
		char *line = memory_copy(data + at, length + !length);

		diff_facts_add(&facts, data[at] != '-', line, length);
		free(line);
		at += length + 1;
	}
	CHECK(!(diff_facts_end(&facts) >> DIFF_FACTS));
	CHECK(!diff_facts_end(&facts) == !(facts.added + facts.removed));
}

static void fuzz_records(const uint8_t *data, size_t size)
{
	struct record_lines lines = { .path = "test" };
	struct record_line record;
	int result;

	lines.file = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	if (!lines.file)
		return;
	while ((result = record_lines_next(&record, &lines, NULL)) > 0) {
		CHECK(*record.id && !strpbrk(record.id, "\t\n"));
		fuzz_commit(&record.text, (unsigned)record.diff);
		record_line_release(&record);
	}
	CHECK(!result || result == ERROR_INPUT);
	record_lines_close(&lines);
}

static void fuzz_model(const uint8_t *data, size_t size)
{
	uint8_t *copy = memory_copy(data, size + !size);
	struct features features;
	struct model model;
	int64_t logits[HEAD_KINDS];
	int error;

	features_init(&features, false);
	error = model_read(&model, copy, size, NULL);
	CHECK(!error || error == ERROR_INPUT);
	if (!error) {
		for (int group = 0; group < GROUP_KINDS; group++)
			for (size_t i = model.starts[group]; i < model.starts[group + 1]; i++) {
				struct feature *feature = array_add(&features);

				feature->hash = model.hashes[i];
				feature->group = (unsigned char)group;
				CHECK(model_find(&model, (unsigned)group, feature->hash) == i);
			}
		model_score(logits, &model, &features);
		write_and_read(&model);
		model_release(&model);
	}
	features_release(&features);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message(data, size);
	fuzz_change(data, size);
	fuzz_records(data, size);
	fuzz_model(data, size);
	return 0;
}
