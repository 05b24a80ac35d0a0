/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "advisory/where.h"
#include "cmd/facts.h"
#include "cmd/show.h"
#include "git/repository.h"

static const struct output_column series_columns[] = {
	{ "SERIES", false, false }, { "STATE", false, false },	{ "RELEASE", false, false },
	{ "COMMIT", false, false }, { "REASON", false, false },
};

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static json_t *optional_text(const char *text)
{
	return json_text(text && *text ? text : NULL);
}

static void print_name(struct output *out, const json_t *value)
{
	output_styled(out, STYLE_NOTICE, "%s", json_string_value(value));
}

static void print_state(struct output *out, const json_t *value)
{
	const char *state = json_string_value(value);

	output_styled(out, strcmp(state, "published") ? STYLE_BAD : STYLE_PLAIN, "%s", state);
}

static void print_line(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "%s", json_string_value(value));
}

static void print_score(struct output *out, const json_t *value)
{
	if (json_is_null(json_object_get(value, "score"))) {
		output_print(out, "unscored, which is never harmless");
		return;
	}
	output_styled(out, STYLE_BAD, "%.1f %s", json_real_value(json_object_get(value, "score")),
		      json_string_of(value, "severity"));
	output_print(out, "  %s", json_string_of(value, "vector"));
}

static void print_note(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "\n%s", json_string_value(value));
}

static json_t *cvss_value(const struct advisory *advisory)
{
	json_t *value = json_object();

	json_object_set_new(value, "score", score_value(advisory->cvss.score));
	json_object_set_new(value, "severity", severity_value(advisory->cvss.score));
	json_object_set_new(value, "vector", optional_text(advisory->vector));
	return value;
}

static json_t *named_value(const struct named_commit *named)
{
	json_t *value = json_object();

	json_object_set_new(value, "commit", json_text(named->id));
	json_object_set_new(value, "version", optional_text(named->version));
	json_object_set_new(value, "upstream", json_boolean(named->upstream));
	json_object_set_new(value, "subject", json_text(named->subject));
	return value;
}

static void print_named(struct output *out, const json_t *value)
{
	output_print(out, "    ");
	print_id(out, json_string_of(value, "commit"));
	output_print(out, "  ");
	output_styled(out, STYLE_NAME, "%-8s", or_dash(json_string_of(value, "version")));
	output_print(out, "  %s", or_dash(json_string_of(value, "subject")));
}

/* People want mainline; the ids of each series are in the table and in the pairs. */
static void print_upstream(struct output *out, const json_t *value)
{
	if (json_is_true(json_object_get(value, "upstream")))
		print_named(out, value);
}

static bool any_upstream(const struct named_commit_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].upstream)
			return true;
	return false;
}

static json_t *series_commit_value(const struct series_commit *commit)
{
	json_t *value = json_object();

	json_object_set_new(value, "commit", json_id(&commit->id));
	json_object_set_new(value, "subject", json_text(commit->subject));
	json_object_set_new(value, "named", json_text(commit->named));
	json_object_set_new(value, "match", json_text(commit->match));
	json_object_set_new(value, "release", release_value(commit->release, &commit->release_id));
	json_object_set_new(value, "not_fix", json_boolean(commit->not_fix));
	json_object_set_new(
		value, "reverted_by",
		json_id(id_is_zero(&commit->reverted_by) ? NULL : &commit->reverted_by));
	return value;
}

static json_t *commits_value(const struct series_commit_list *list)
{
	json_t *value = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(value, series_commit_value(&list->items[i]));
	return value;
}

static json_t *answer_value(const struct series_answer *answer)
{
	const struct series_release *newest = &answer->series->newest;
	json_t *value = json_object();

	json_object_set_new(value, "series", json_text(answer->series->name));
	json_object_set_new(value, "tip", release_value(newest->name, &newest->id));
	json_object_set_new(value, "state", json_text(advisory_answer_name(answer->answer)));
	json_object_set_new(value, "reason", json_text(answer->reason));
	json_object_set_new(value, "fixed_by",
			    answer->fix ? series_commit_value(answer->fix) : json_null());
	json_object_set_new(value, "fixes", commits_value(&answer->fixes));
	json_object_set_new(value, "fixed_at_start", json_boolean(answer->fixed_at_start));
	json_object_set_new(value, "introduced", commits_value(&answer->introduced));
	json_object_set_new(value, "introduced_at_start",
			    json_boolean(answer->introduced_at_start));
	return value;
}

static enum output_style state_style(const char *state)
{
	static const struct {
		const char *state;
		enum output_style style;
	} styles[] = {
		{ "fixed", STYLE_GOOD },
		{ "not-affected", STYLE_GOOD },
		{ "affected", STYLE_BAD },
	};

	for (size_t i = 0; i < COUNT_OF(styles); i++)
		if (!strcmp(styles[i].state, state))
			return styles[i].style;
	return STYLE_NOTICE;
}

static void print_answer(struct output *out, const json_t *value)
{
	const json_t *fix = json_object_get(value, "fixed_by"),
		     *release = json_object_get(fix, "release");
	const char *state = json_string_of(value, "state"), *match = json_string_of(fix, "match");

	output_cell(out, STYLE_NAME, "%s", json_string_of(value, "series"));
	output_cell(out, state_style(state), "%s", state);
	output_cell(out, STYLE_NAME, "%s",
		    json_is_object(release) ? json_string_of(release, "name")
		    : json_is_object(fix)   ? "unreleased"
					    : "-");
	output_cell(out, STYLE_ID, "%.*s", ID_SHORT, or_dash(json_string_of(fix, "commit")));
	if (!strcmp(match, "subject"))
		output_cell(out, STYLE_PLAIN, "%s; weak: found by subject alone",
			    json_string_of(value, "reason"));
	else if (json_is_object(fix))
		output_cell(out, STYLE_PLAIN, "%s, found by %s", json_string_of(value, "reason"),
			    match);
	else
		output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "reason"));
}

static json_t *end_value(const char *version, const char *id)
{
	json_t *value = json_object();

	json_object_set_new(value, "version", optional_text(version));
	json_object_set_new(value, "commit", optional_text(id));
	return value;
}

static json_t *pair_value(const struct advisory_pair *pair)
{
	json_t *value = json_object();

	json_object_set_new(value, "introduced",
			    end_value(pair->introduced_version, pair->introduced_id));
	json_object_set_new(value, "fixed", end_value(pair->fixed_version, pair->fixed_id));
	return value;
}

static void print_pair(struct output *out, const json_t *value)
{
	const json_t *in = json_object_get(value, "introduced"),
		     *fixed = json_object_get(value, "fixed");

	output_print(out, "    %-10s %-12.12s  ", or_dash(json_string_of(in, "version")),
		     or_dash(json_string_of(in, "commit")));
	if (*json_string_of(fixed, "version"))
		output_print(out, "fixed in %-10s %.12s", json_string_of(fixed, "version"),
			     json_string_of(fixed, "commit"));
	else
		output_print(out, "not fixed");
}

static json_t *origin_value(const struct advisory *advisory)
{
	json_t *value = json_object(), *fixes = json_array();

	json_object_set_new(value, "origin", json_text(advisory_origin_name(advisory->origin)));
	json_object_set_new(value, "place", json_text(advisory->place));
	json_object_set_new(value, "state", json_text(advisory_state_name(advisory->state)));
	json_object_set_new(value, "damaged", json_boolean(advisory->damaged != 0));
	json_object_set_new(value, "disputed", json_boolean(advisory->disputed));
	for (size_t i = 0; i < advisory->fix_count; i++)
		json_array_append_new(fixes, json_text(advisory->fixes[i].id));
	json_object_set_new(value, "fixes", fixes);
	return value;
}

static void print_origin(struct output *out, const json_t *value)
{
	output_print(out, "    %s: %s%s%s", json_string_of(value, "origin"),
		     json_string_of(value, "place"),
		     json_is_true(json_object_get(value, "damaged")) ? ", damaged" : "",
		     json_is_true(json_object_get(value, "disputed")) ? ", rejected by the CNA"
								      : "");
}

static void print_indented(struct output *out, const json_t *value)
{
	output_print(out, "    %s", json_string_value(value));
}

/* The paragraphs of the rationale that tell the route, by metric. */
static json_t *rationale_value(const char *rationale)
{
	json_t *value = json_object();
	const char *text;
	size_t length;

	for (int metric = 0; metric < CVSS_METRICS; metric++)
		if (cvss_rationale(&text, &length, rationale, (enum cvss_metric)metric))
			json_object_set_new(value, cvss_metric_name((enum cvss_metric)metric),
					    json_bytes(text, length));
	return value;
}

static void print_rationale(struct output *out, const json_t *value)
{
	static const char *const route[] = { "AV", "AC", "PR", "UI" };
	const char *text;

	for (size_t i = 0; i < COUNT_OF(route); i++) {
		text = json_string_of(value, route[i]);
		if (*text)
			output_print(out, "    %s: %s\n", route[i], text);
	}
}

static void print_list_of(struct output *out, const char *heading, const char *key,
			  const struct named_commit_list *list, bool mainline_only)
{
	if (list->count)
		output_heading(out, "\n%s", heading);
	output_list_begin(out, key);
	for (size_t i = 0; i < list->count; i++)
		output_item(out, named_value(&list->items[i]),
			    mainline_only ? print_upstream : print_named);
	output_list_end(out);
}

static void print_series(struct output *out, const struct where *where)
{
	if (where->answer_count)
		output_heading(out, "\nSeries");
	output_table_begin(out, "series", series_columns, COUNT_OF(series_columns));
	for (size_t i = 0; i < where->answer_count; i++)
		output_item(out, answer_value(&where->answers[i]), print_answer);
	output_list_end(out);
}

static void print_record(struct output *out, const struct where *where,
			 const struct advisory_text *text)
{
	const struct advisory *record = where->record;
	size_t pairs = record ? record->pair_count : 0;

	if (pairs)
		output_heading(out, "\nWhat the record says: introduced, fixed");
	output_list_begin(out, "pairs");
	for (size_t i = 0; i < pairs; i++)
		output_item(out, pair_value(&record->pairs[i]), print_pair);
	output_list_end(out);
	if (text->file_count)
		output_heading(out, "\nFiles");
	output_list_begin(out, "files");
	for (size_t i = 0; i < text->file_count; i++)
		output_item(out, json_text(text->files[i]), print_indented);
	output_list_end(out);
	if (*text->rationale)
		output_heading(out, "\nRoute");
	output_value(out, "rationale", rationale_value(text->rationale), print_rationale);
}

static void print_page(struct output *out, const struct where *where,
		       const struct advisory_text *text)
{
	const struct advisory *first = where->record ? where->record : &where->set.items[0];

	output_value(out, "kind", json_text("advisory"), NULL);
	output_value(out, "name", json_text(first->name), print_name);
	output_value(out, "state", json_text(advisory_state_name(first->state)), print_state);
	output_value(out, "title", optional_text(first->title), print_line);
	output_value(out, "cvss", cvss_value(first), where->rejected ? NULL : print_score);
	output_value(out, "note", optional_text(text->note), print_note);
	print_series(out, where);
	print_list_of(out, any_upstream(&where->fixes) ? "Fix in mainline" : "Fix", "fixes",
		      &where->fixes, any_upstream(&where->fixes));
	print_list_of(out, "Introduced by", "introduced", &where->introduced, false);
	print_record(out, where, text);
	output_heading(out, "\nFrom");
	output_list_begin(out, "origins");
	for (size_t i = 0; i < where->set.count; i++)
		output_item(out, origin_value(&where->set.items[i]), print_origin);
	output_list_end(out);
	output_value(out, "description", optional_text(text->description), print_note);
}

int show_advisory(struct output *out, struct workspace *workspace, const char *name,
		  struct error *err)
{
	struct advisory_text text = { .file_count = 0 };
	const struct advisory *first;
	struct where where;
	int error = where_find(&where, workspace, name, err);

	if (error)
		return error;
	first = where.record ? where.record : &where.set.items[0];
	error = advisory_load_text(&text, &workspace->index, first->number, err);
	if (!error) {
		output_begin(out);
		print_page(out, &where, &text);
		error = output_end(out, err);
	}
	advisory_text_release(&text);
	where_release(&where);
	return error;
}
