/* SPDX-License-Identifier: GPL-2.0-only */
/* Samples from the index: the members of all series, with what advisories say of them. */
#include <stdlib.h>
#include <string.h>

#include "advisory/match.h"
#include "base/table.h"
#include "git/repository.h"
#include "history/lookup.h"
#include "history/scan.h"
#include "history/series-info.h"
#include "triage/judgements.h"
#include "triage/samples.h"

#define GATE_SCORE 70 /* tenths: HIGH and above, which is what `default` means for a score */
#define SECONDS_OF_A_YEAR 31556952

struct walk {
	struct samples *samples;
	struct workspace *workspace;
	const struct table *reserved;
	struct commit_reader reader;
	struct phrases phrases;
	struct message_parts parts;
	struct features features;
	struct table seen; /* upstream ids; and subjects that are samples already */
	struct upstream_lookup upstreams;
};

static int reserved_read(struct table *ret_ids, const char *path, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	int error = path ? buffer_read_file(&text, path, SIZE_MAX / 2, err) : 0;
	size_t number = 0;

	for (char *line = text.data, *next; !error && *line; line = next) {
		size_t length = strcspn(line, "\n");

		number++;
		next = line + length + (line[length] == '\n');
		if (!length || *line == '#')
			continue;
		if (strspn(line, "0123456789abcdef") != 40 || length != 40)
			error = error_set(err, ERROR_INPUT, "%s:%zu: no id of 40 digits", path,
					  number);
		else
			table_set(ret_ids, line, length, 1);
	}
	buffer_release(&text);
	return error;
}

/* Whether it is to be left out: kept for measuring, or here already. */
static bool is_out(struct walk *walk, const char *hex, const struct commit_facts *facts)
{
	const char *key = *hex ? hex : facts->subject;
	const char *own = id_hex(&facts->id).text;
	uint32_t value;
	bool out = table_find_string(&value, walk->reserved, own) ||
		   (*hex && table_find_string(&value, walk->reserved, hex)) ||
		   table_find_string(&value, &walk->seen, key) ||
		   table_find_string(&value, &walk->seen, facts->subject);

	table_set_string(&walk->seen, key, 1);
	return out;
}

/* What its advisories say: a score decides the gate, and without one nothing does. */
static void set_labels(struct sample *sample, const struct series_match *matches, size_t count)
{
	sample->security = count != 0;
	sample->gate = SAMPLE_UNKNOWN;
	sample->both = (signed char)(count ? SAMPLE_UNKNOWN : 0);
	for (size_t i = 0; i < count; i++) {
		const struct cvss *cvss = &matches[i].advisory->cvss;

		if (!cvss->version || sample->gate == 1)
			continue;
		sample->gate = cvss->score >= GATE_SCORE && cvss->metric[CVSS_PR] != 'H';
		sample->both = sample->gate;
		sample->vector = cvss->metric[CVSS_AV];
	}
}

static int add_member(struct walk *walk, uint32_t number, const struct series_match_list *list,
		      struct error *err)
{
	struct sample sample = { .source = SAMPLE_COMMIT };
	const struct series_match *matches;
	struct commit_facts facts = { 0 };
	struct commit_text text;
	char hex[GIT_OID_HEXSZ + 1], era[32];
	size_t count = 0;
	long year;
	bool fresh;
	int error = commit_facts_by_number(&facts, &walk->workspace->index, number, err);

	if (!error)
		error = upstream_lookup_find(hex, &walk->upstreams, number, err);
	if (!error && !(facts.mark & COMMIT_MERGE) && !is_out(walk, hex, &facts)) {
		error = commit_reader_read(&text, &sample.diff, &fresh, &walk->reader, number, err);
		matches = series_match_of(list, number, &count);
		year = 1970 + (long)(facts.author_time / SECONDS_OF_A_YEAR);
		if (!error) {
			set_labels(&sample, matches, count);
			sample.id = id_hex(&facts.id).text;
			sample.subject = facts.subject;
			sample.indexed = true;
			sample.fold = samples_fold(text.subject, text.subject_length);
			snprintf(era, sizeof(era), "index %ld", year);
			message_parts_read(&walk->parts, &text);
			features_read(&walk->features, &walk->phrases, &walk->parts, &text, 0);
			samples_add(walk->samples, &sample, &walk->features, era);
		}
	}
	commit_facts_release(&facts);
	return error;
}

static int add_series(struct walk *walk, const struct series_info *series,
		      const struct advisory_set *advisories, struct progress *progress,
		      struct error *err)
{
	struct index *index = &walk->workspace->index;
	struct series_match_list list = { 0 };
	struct statement members = { 0 };
	uint64_t done = 0;
	int step, error = series_match_find(&list, index, series->series, advisories, err);

	/* Releases change the Makefile's version and nothing else. */
	if (!error)
		error = statement_init(&members, index,
				       "SELECT number FROM member JOIN commits USING (number)"
				       " WHERE series = ? AND version IS NULL ORDER BY position",
				       err);
	if (!error)
		statement_bind_int(&members, 1, series->series);
	progress_begin(progress, series->name);
	while (!error && (step = statement_step(&members, err)) != 0) {
		error = step < 0 ? step
				 : add_member(walk, (uint32_t)statement_int(&members, 0), &list,
					      err);
		if (!error)
			error = progress_update(progress, ++done, 0, err);
	}
	progress_end(progress);
	statement_release(&members);
	series_match_list_release(&list);
	return error;
}

int samples_read_index(struct samples *samples, struct workspace *workspace, const char *reserved,
		       struct progress *progress, struct error *err)
{
	struct table ids = TABLE_INIT;
	struct walk walk = { .samples = samples, .workspace = workspace, .reserved = &ids };
	struct advisory_set advisories = ADVISORY_SET_INIT;
	struct series_info_list series = { 0 };
	int error = reserved_read(&ids, reserved, err);

	phrases_init(&walk.phrases);
	message_parts_init(&walk.parts);
	features_init(&walk.features, false);
	for (size_t i = 0; i < samples->count; i++)
		if (samples->items[i].source == SAMPLE_COMMIT)
			table_set_string(&walk.seen, samples->items[i].subject, 1);
	if (!error)
		error = series_info_load(&series, &workspace->index, false, err);
	if (!error)
		error = advisory_load_published(&advisories, &workspace->index, err);
	if (!error)
		error = commit_reader_open(&walk.reader, workspace, err);
	if (!error)
		error = upstream_lookup_open(&walk.upstreams, &workspace->index, err);
	for (size_t i = 0; i < series.count && !error; i++)
		error = add_series(&walk, &series.items[i], &advisories, progress, err);
	upstream_lookup_close(&walk.upstreams);
	if (walk.reader.workspace)
		commit_reader_close(&walk.reader);
	series_info_list_release(&series);
	advisory_set_release(&advisories);
	features_release(&walk.features);
	message_parts_release(&walk.parts);
	phrases_release(&walk.phrases);
	table_release(&walk.seen);
	table_release(&ids);
	return error;
}
