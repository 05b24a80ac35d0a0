/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "advisory/log-walk.h"
#include "base/array.h"
#include "cmd/facts.h"
#include "cmd/judgement-values.h"
#include "cmd/session.h"
#include "history/scan.h"
#include "triage/judgements.h"

static struct {
	long limit;
	bool advisory, reverse, triage;
} options;

static const struct option option_table[] = {
	OPTION_NUMBER('n', "max-count", &options.limit, "COUNT", 1, 100000000,
		      "show COUNT commits of each range at most"),
	OPTION_FLAG(0, "advisory", &options.advisory, "show only commits with an advisory"),
	OPTION_FLAG(0, "triage", &options.triage,
		    "say of each what triage holds of it, where it was judged"),
	OPTION_FLAG(0, "reverse", &options.reverse, "oldest first"),
	OPTION_END,
};

/* What is shown of a message's references, and under which key. */
static const struct {
	enum reference_kind kind;
	const char *key, *words;
} shown[] = {
	{ REFERENCE_UPSTREAM, "upstream", "upstream" },
	{ REFERENCE_CHERRY_PICKED, "cherry_picked", "cherry-picked from" },
	{ REFERENCE_FIXES, "fixes", "fixes" },
	{ REFERENCE_DEPENDENCY_OF, "dependency_of", "prerequisite of" },
	{ REFERENCE_PREREQUISITE, "prerequisites", "needs" },
	{ REFERENCE_REVERTS, "reverts", "reverts" },
	{ REFERENCE_REVERTS_UPSTREAM, "reverts_upstream", "reverts upstream" },
	{ REFERENCE_PARTIALLY_REVERTS, "partially_reverts", "partly reverts" },
	{ REFERENCE_REAPPLIES, "reapplies", "reapplies" },
};

static json_t *references_value(const struct log_entry *entry, enum reference_kind kind)
{
	json_t *list = json_array(), *item;

	for (size_t i = 0; i < entry->reference_count; i++) {
		const struct log_reference *reference = &entry->references[i];

		if (reference->kind != kind)
			continue;
		item = json_object();
		json_object_set_new(item, "id",
				    json_text(*reference->target ? reference->target : NULL));
		json_object_set_new(item, "words",
				    json_text(*reference->words ? reference->words : NULL));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *marks_value(const struct commit_facts *facts)
{
	static const struct {
		unsigned mark;
		const char *name;
	} marks[] = {
		{ COMMIT_MERGE, "merge" },
		{ COMMIT_ADAPTED, "adapted" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT_OF(marks); i++)
		if (facts->mark & marks[i].mark)
			json_array_append_new(list, json_text(marks[i].name));
	return list;
}

/* The place in the series that is walked, else the first. */
static const struct commit_place *place_of(const struct log_entry *entry,
					   const struct commit_range *range)
{
	for (size_t i = 0; range->series && i < entry->places.count; i++)
		if (entry->places.items[i].series == range->series->series)
			return &entry->places.items[i];
	return entry->places.count ? &entry->places.items[0] : NULL;
}

/* What the classifier said of a range's commits, by place; NULL without --triage. */
static int load_judged(struct judgement **ret_items, const struct commit_range *range,
		       struct index *index, struct error *err)
{
	*ret_items = NULL;
	if (!options.triage)
		return 0;
	*ret_items = memory_alloc((range->count + 1) * sizeof(**ret_items));
	return judgements_load(*ret_items, range->numbers, range->count, index, err);
}

/* Null where it was not asked; advisories stand beside it. */
static json_t *judged_value(const struct judgement *judged, const struct log_entry *entry)
{
	if (!judged || judged[entry->place].security == LIKELIHOOD_UNKNOWN)
		return json_null();
	return judgement_value(&judged[entry->place]);
}

static json_t *entry_value(const struct log_entry *entry, const struct commit_range *range,
			   const struct judgement *judged)
{
	const struct commit_place *place = place_of(entry, range);
	json_t *value = json_object(), *advisories = json_array();

	json_object_set_new(value, "commit", json_id(&entry->facts.id));
	json_object_set_new(value, "subject", json_text(entry->facts.subject));
	json_object_set_new(value, "author", json_text(entry->facts.author));
	json_object_set_new(value, "authored", json_time(entry->facts.author_time));
	json_object_set_new(value, "committed", json_time(entry->facts.committer_time));
	json_object_set_new(value, "series", json_text(place ? place->series_name : NULL));
	json_object_set_new(value, "release",
			    place ? release_value(place->release, &place->release_id)
				  : json_null());
	json_object_set_new(value, "marks", marks_value(&entry->facts));
	for (size_t i = 0; i < entry->match_count; i++)
		json_array_append_new(advisories, advisory_value(entry->matches[i].advisory,
								 entry->matches[i].how));
	json_object_set_new(value, "advisories", advisories);
	json_object_set_new(value, "judgement", judged_value(judged, entry));
	for (size_t i = 0; i < COUNT_OF(shown); i++)
		json_object_set_new(value, shown[i].key, references_value(entry, shown[i].kind));
	return value;
}

static void print_references(struct output *out, const json_t *value)
{
	const json_t *item;
	size_t j;

	for (size_t i = 0; i < COUNT_OF(shown); i++)
		json_array_foreach(json_object_get(value, shown[i].key), j, item)
		{
			output_print(out, "\n    %s", shown[i].words);
			if (*json_string_of(item, "id")) {
				output_print(out, " ");
				print_id(out, json_string_of(item, "id"));
			}
			if (*json_string_of(item, "words"))
				output_print(out, " (\"%s\")", json_string_of(item, "words"));
		}
}

static void print_entry(struct output *out, const json_t *value)
{
	const json_t *release = json_object_get(value, "release"), *item;
	size_t i;

	print_id(out, json_string_of(value, "commit"));
	output_print(out, "  ");
	output_styled(out, STYLE_NAME, "%s",
		      json_is_object(release) ? json_string_of(release, "name")
		      : json_is_string(json_object_get(value, "series")) ? "unreleased"
									 : "mainline");
	output_print(out, "  %s", json_string_of(value, "subject"));
	json_array_foreach(json_object_get(value, "marks"), i, item)
		output_styled(out, STYLE_FAINT, " [%s]", json_string_value(item));
	json_array_foreach(json_object_get(value, "advisories"), i, item)
	{
		output_print(out, "\n    ");
		print_advisory(out, item);
	}
	if (json_is_object(json_object_get(value, "judgement"))) {
		output_print(out, "\n    likelihood ");
		print_judgement(out, json_object_get(value, "judgement"));
	}
	print_references(out, value);
}

static json_t *range_value(const struct commit_range *range)
{
	json_t *value = json_object();

	json_object_set_new(value, "series", json_text(range->series ? range->series->name : NULL));
	json_object_set_new(value, "from", release_value(range->from_name, &range->from));
	json_object_set_new(value, "to", json_name_commit(range->to_name, &range->to));
	json_object_set_new(value, "commits", json_integer((json_int_t)range->count));
	return value;
}

static int print_range(struct output *out, struct workspace *workspace,
		       const struct commit_range *range, const struct advisory_set *advisories,
		       const struct log_request *request, struct error *err)
{
	const struct log_entry *entry;
	struct judgement *judged;
	struct log_walk *walk;
	int step = load_judged(&judged, range, &workspace->index, err);

	if (!step)
		step = log_walk_open(&walk, workspace, range, advisories, request, err);
	if (!step) {
		while (!output_is_lost(out) && (step = log_walk_next(&entry, walk, err)) > 0)
			output_item(out, entry_value(entry, range, judged), print_entry);
		log_walk_close(walk);
	}
	free(judged);
	return step < 0 ? step : 0;
}

static int print_ranges(struct output *out, struct workspace *workspace,
			const struct commit_range_list *ranges,
			const struct advisory_set *advisories, const struct log_request *request,
			struct error *err)
{
	const struct commit_range *range;
	int error = 0;

	output_begin(out);
	output_list_begin(out, "ranges");
	for (size_t i = 0; i < ranges->count; i++)
		output_item(out, range_value(&ranges->items[i]), NULL);
	output_list_end(out);
	output_list_begin(out, "commits");
	for (size_t i = 0; i < ranges->count && !error; i++) {
		range = &ranges->items[i];
		if (ranges->count > 1)
			output_heading(out, "%s%s, %s..%s", i ? "\n" : "", range->series->name,
				       range->from_name ? range->from_name : "", range->to_name);
		error = print_range(out, workspace, range, advisories, request, err);
	}
	if (error)
		return error;
	output_list_end(out);
	return output_end(out, err);
}

static int show_log(struct output *out, struct workspace *workspace, const char *text,
		    const struct log_request *request, struct error *err)
{
	struct commit_range_list ranges = ARRAY_INIT;
	struct series_info_list series = ARRAY_INIT;
	struct advisory_set advisories = ADVISORY_SET_INIT;
	int error = series_info_load(&series, &workspace->index, false, err);

	if (!error)
		error = commit_range_find(&ranges, workspace, &series, text, err);
	if (!error)
		error = advisory_load_published(&advisories, &workspace->index, err);
	if (!error)
		error = print_ranges(out, workspace, &ranges, &advisories, request, err);
	advisory_set_release(&advisories);
	commit_range_list_release(&ranges);
	series_info_list_release(&series);
	return error;
}

static int run(struct command_context *context, struct error *err)
{
	/* Without "--" there are no paths. */
	int named = context->dashes < 0 ? context->count : context->dashes;
	struct log_request request = {
		.reverse = options.reverse,
		.with_advisory = options.advisory,
		.paths = (const char *const *)context->operands + named,
		.path_count = (size_t)(context->count - named),
		.limit = (size_t)options.limit,
	};
	struct workspace workspace;
	int error;

	if (named > 1)
		return error_set(err, ERROR_USAGE,
				 "log: one series or range is shown at a time; paths follow '--'");
	error = session_open(&workspace, context, err);
	if (error)
		return error;
	error = show_log(context->output, &workspace, named ? context->operands[0] : NULL, &request,
			 err);
	session_close(&workspace);
	return error;
}

const struct command command_log = {
	.name = "log",
	.summary = "list commits with their release, advisories and references",
	.synopsis = "[SERIES|A..B] [-n COUNT] [--advisory] [--reverse] [-- PATH...]",
	.help = "Newest first, in the order of git rev-list --topo-order. Without SERIES or a\n"
		"range: of each maintained series what came after its newest release but one,\n"
		"the unreleased included; where none is maintained, of every series.\n"
		"\n"
		"A and B are releases, tags, branches or the beginnings of commit ids. \"A..\"\n"
		"goes to the tip of A's series, \"..B\" and B alone begin where B's series does.\n"
		"With PATH only commits that change it, or something below it.\n"
		"\n"
		"\tsectree log v6.1.160..v6.1.170 --advisory\n"
		"\tsectree log linux-6.1.y -n 20 -- net/netfilter\n",
	.options = option_table,
	.most = COMMAND_ANY,
	.workspace = true,
	.paged = true,
	.run = run,
};
