/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/samples.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/table.h"
#include "triage/diff-facts.h"
#include "triage/record-lines.h"

#define RELEASES_OF_AN_ERA 20 /* of subjects; how many have an advisory changes slowly */
#define FIELDS 7
#define RECENT "2024+"

void samples_release(struct samples *samples)
{
	free(samples->items);
	free(samples->pool);
	free(samples->features);
	free(samples->slots);
	free(samples->eras);
	arena_release(&samples->arena);
	memset(samples, 0, sizeof(*samples));
}

/* ---- features by number ---- */

static size_t slot_of(const struct samples *samples, uint32_t hash, unsigned group)
{
	size_t at = feature_slot(hash, group, samples->slot_count);

	while (samples->slots[at]) {
		const struct sample_feature *feature = &samples->features[samples->slots[at] - 1];

		if (feature->hash == hash && feature->group == group)
			break;
		at = (at + 1) & (samples->slot_count - 1);
	}
	return at;
}

static void grow_slots(struct samples *samples)
{
	samples->slot_count = samples->slot_count ? samples->slot_count * 2 : 1 << 16;
	free(samples->slots);
	samples->slots = memory_alloc(samples->slot_count * sizeof(*samples->slots));
	for (size_t i = 0; i < samples->feature_count; i++)
		samples->slots[slot_of(samples, samples->features[i].hash,
				       samples->features[i].group)] = (uint32_t)i + 1;
}

static uint32_t number_of(struct samples *samples, uint32_t hash, unsigned group)
{
	size_t at;

	if (samples->feature_count * 2 >= samples->slot_count)
		grow_slots(samples);
	at = slot_of(samples, hash, group);
	if (!samples->slots[at]) {
		samples->features = array_reserve_raw(samples->features, &samples->feature_capacity,
						      samples->feature_count + 1,
						      sizeof(*samples->features));
		samples->features[samples->feature_count++] = (struct sample_feature){
			hash, (unsigned char)group
		};
		samples->slots[at] = (uint32_t)samples->feature_count;
	}
	return samples->slots[at] - 1;
}

static unsigned short era_of(struct samples *samples, const char *name)
{
	for (size_t i = 0; i < samples->era_count; i++)
		if (!strcmp(samples->eras[i], name))
			return (unsigned short)i;
	samples->eras = array_reserve_raw(samples->eras, &samples->era_capacity,
					  samples->era_count + 1, sizeof(*samples->eras));
	samples->eras[samples->era_count] = arena_copy(&samples->arena, name);
	return (unsigned short)samples->era_count++;
}

void samples_add(struct samples *samples, const struct sample *sample,
		 const struct features *features, const char *era)
{
	struct sample *item;

	samples->items = array_reserve_raw(samples->items, &samples->capacity, samples->count + 1,
					   sizeof(*samples->items));
	item = &samples->items[samples->count++];
	*item = *sample;
	item->id = arena_copy(&samples->arena, sample->id);
	item->subject = arena_copy(&samples->arena, sample->subject);
	item->era = era_of(samples, era);
	item->first = samples->pool_count;
	item->count = 0;
	samples->pool = array_reserve_raw(samples->pool, &samples->pool_capacity,
					  samples->pool_count + features->count,
					  sizeof(*samples->pool));
	for (size_t i = 0; i < features->count; i++) {
		const struct feature *feature = &features->items[i];

		if (feature->group == GROUP_DIFF)
			continue;
		samples->pool[samples->pool_count++] = number_of(samples, feature->hash,
								 feature->group);
		item->count++;
	}
}

/* Adds without looking for doubles: those of a sample are different. */
static void put(struct features *features, uint32_t hash, unsigned group)
{
	struct feature *feature = array_add(features);

	feature->hash = hash;
	feature->group = (unsigned char)group;
}

void samples_features(struct features *ret_features, const struct samples *samples,
		      const struct sample *sample)
{
	ret_features->count = 0;
	for (size_t i = 0; i < sample->count; i++) {
		const struct sample_feature *feature =
			&samples->features[samples->pool[sample->first + i]];

		put(ret_features, feature->hash, feature->group);
	}
}

void samples_features_with_change(struct features *ret_features, const struct samples *samples,
				  const struct sample *sample)
{
	samples_features(ret_features, samples, sample);
	for (unsigned i = 0; i < DIFF_FACTS; i++)
		if (sample->diff & 1ULL << i)
			put(ret_features, feature_of_diff_fact(i), GROUP_DIFF);
}

/* ---- labels ---- */

struct label {
	char *fields[FIELDS]; /* id, set, security, gate, both, vector, era */
};

struct label_list {
	struct label *items;
	size_t count, capacity;
	struct buffer text;
	struct table by_id;
};

static void label_list_release(struct label_list *list)
{
	free(list->items);
	buffer_release(&list->text);
	table_release(&list->by_id);
}

static bool is_one_of(const char *text, const char *const *words)
{
	while (*words && strcmp(*words, text) != 0)
		words++;
	return *words != NULL;
}

static bool is_label(const struct label *label)
{
	static const char *const sets[] = { "A", "A2", "B", NULL };
	static const char *const values[] = { "1", "0", "-", NULL };

	return is_one_of(label->fields[1], sets) && is_one_of(label->fields[2], values) &&
	       is_one_of(label->fields[3], values) && is_one_of(label->fields[4], values);
}

static int read_labels(struct label_list *list, const char *path, struct error *err)
{
	int error = buffer_read_file(&list->text, path, SIZE_MAX / 2, err);
	size_t number = 0;

	for (char *line = list->text.data, *next; !error && *line; line = next) {
		struct label *label;
		size_t field = 0;

		number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		else
			next = line + strlen(line);
		if (*line == '#' || !*line)
			continue;
		label = array_add(list);
		for (char *at = line; at && field < FIELDS; field++) {
			label->fields[field] = at;
			at = strchr(at, '\t');
			if (at)
				*at++ = '\0';
		}
		if (field < FIELDS)
			return error_set(err, ERROR_INPUT,
					 "%s:%zu: %zu fields where there should be %d", path,
					 number, field, FIELDS);
		if (!is_label(label))
			return error_set(err, ERROR_INPUT,
					 "%s:%zu: the set is none of A, A2 and B, or a label none "
					 "of 1, 0 and -",
					 path, number);
		table_set_string(&list->by_id, label->fields[0], (uint32_t)(list->count - 1));
	}
	return error;
}

static signed char label_value(const char *text)
{
	return (signed char)(*text == '1' ? 1 : *text == '0' ? 0 : SAMPLE_UNKNOWN);
}

/* The era that a constant is learned for; for subjects some releases together. */
static void set_era(struct buffer *out, struct sample *sample, const char *era)
{
	const char *third = strrchr(era, '.');

	sample->recent = sample->source == SAMPLE_COMMIT && !strcmp(era, RECENT);
	buffer_clear(out);
	if (sample->source == SAMPLE_SUBJECT) {
		sample->release = (short)(third ? strtol(third + 1, NULL, 10) : 0);
		buffer_add_format(out, "subjects %d", sample->release / RELEASES_OF_AN_ERA);
	} else if (sample->source == SAMPLE_ADVISORY) {
		buffer_add_string(out, "advisories");
	} else {
		buffer_add_format(out, "commits %s", era);
	}
}

uint32_t samples_fold(const char *subject, size_t length)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)subject[i]) * 16777619U;
	hash ^= hash >> 15;
	return hash * 0x2c1b3c6dU >> 8;
}

static void set_labels(struct sample *sample, const struct label *label)
{
	const char *vector = strstr(label->fields[5], "/AV:");

	sample->source = !strcmp(label->fields[1], "A")	   ? SAMPLE_COMMIT
			 : !strcmp(label->fields[1], "A2") ? SAMPLE_SUBJECT
							   : SAMPLE_ADVISORY;
	sample->security = label_value(label->fields[2]);
	sample->gate = label_value(label->fields[3]);
	sample->both = label_value(label->fields[4]);
	sample->vector = vector ? vector[4] : '\0';
}

int samples_read(struct samples *samples, const char *records, const char *labels,
		 struct error *err)
{
	struct label_list list = { NULL, 0, 0, BUFFER_INIT, TABLE_INIT };
	struct buffer era = BUFFER_INIT;
	struct record_lines lines = { 0 };
	struct record_line record;
	struct message_parts parts;
	struct features features;
	struct phrases phrases;
	int error = read_labels(&list, labels, err), result;

	phrases_init(&phrases);
	message_parts_init(&parts);
	features_init(&features, false);
	if (!error)
		error = record_lines_open(&lines, records, err);
	while (!error && (result = record_lines_next(&record, &lines, err)) != 0) {
		struct sample sample = { .id = record.id, .diff = record.diff };
		uint32_t number;

		if (result < 0) {
			error = result;
			break;
		}
		if (table_find_string(&number, &list.by_id, record.id)) {
			set_labels(&sample, &list.items[number]);
			message_parts_read(&parts, &record.text);
			features_read(&features, &phrases, &parts, &record.text, 0);
			sample.fold = samples_fold(record.text.subject, record.text.subject_length);
			sample.subject = record.text.subject;
			set_era(&era, &sample, list.items[number].fields[6]);
			samples_add(samples, &sample, &features, era.data);
		}
		record_line_release(&record);
	}
	record_lines_close(&lines);
	features_release(&features);
	message_parts_release(&parts);
	phrases_release(&phrases);
	buffer_release(&era);
	label_list_release(&list);
	return error;
}
