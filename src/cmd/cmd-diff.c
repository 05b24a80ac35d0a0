/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "base/array.h"
#include "cmd/facts.h"
#include "cmd/plan-values.h"
#include "cmd/progress-line.h"
#include "cmd/session.h"
#include "tree/compare.h"

static struct {
	bool all;
} options;

static const struct option option_table[] = {
	OPTION_FLAG('a', "all", &options.all,
		    "print every commit, also those that are no security matter"),
	OPTION_END,
};

static const struct output_column hole_columns[] = {
	{ .name = "CHANGE" },
	{ .name = "COMMIT" },
	{ .name = "KIND" },
	{ .name = "SUBJECT", .flexible = true },
	{ .name = "REASON", .flexible = true },
};

static const struct output_column commit_columns[] = {
	{ .name = "CHANGE" },
	{ .name = "COMMIT" },
	{ .name = "ROLE" },
	{ .name = "SUBJECT", .flexible = true },
	{ .name = "REASON", .flexible = true },
};

static const struct output_column export_columns[] = {
	{ .name = "CHANGE" },
	{ .name = "NAME" },
	{ .name = "FILE", .flexible = true },
	{ .name = "PROTOTYPE", .flexible = true },
};

/* ---- the two sides ---- */

static json_t *side_value(const struct side *side)
{
	json_t *value = json_name_commit(side->name, &side->commit);

	json_object_set_new(value, "is_state", json_boolean(side->state));
	json_object_set_new(value, "published", json_boolean(side->published));
	json_object_set_new(value, "series", json_text(side->base.series_name));
	json_object_set_new(value, "base", json_name_commit(side->base.name, &side->base.id));
	json_object_set_new(value, "tip", json_name_commit(side->tip_name, &side->tip));
	return value;
}

static void print_side(struct output *out, const json_t *value, const char *words)
{
	output_print(out, "%s ", words);
	output_styled(out, STYLE_NAME, "%s", json_string_of(value, "name"));
	output_print(out, " %.12s", json_string_of(value, "commit"));
	if (json_is_true(json_object_get(value, "is_state")))
		output_print(out, ", %spublished, of %s",
			     json_is_true(json_object_get(value, "published")) ? "" : "not ",
			     json_string_of(value, "series"));
	else
		output_print(out, ", a base of %s", json_string_of(value, "series"));
}

static void print_left(struct output *out, const json_t *value)
{
	print_side(out, value, "from");
}

static void print_right(struct output *out, const json_t *value)
{
	print_side(out, value, "to  ");
}

static void print_sides(struct output *out, const struct comparison *comparison)
{
	json_t *known = json_array();

	output_value(out, "left", side_value(&comparison->left), print_left);
	output_value(out, "right", side_value(&comparison->right), print_right);
	output_value(out, "one_series", json_boolean(comparison->one_series), NULL);
	for (size_t i = 0; i < comparison->series_count; i++)
		json_array_append_new(known, json_name_commit(comparison->horizon[i].name,
							      &comparison->horizon[i].id));
	output_value(out, "known_up_to", known, NULL);
	if (!comparison->one_series)
		output_heading(out,
			       "two series: commits are matched by the upstream commits that they "
			       "name; what mainline\nitself brought between the two is not listed");
}

/* ---- holes ---- */

static json_t *hole_value(const struct comparison *comparison, const struct hole_difference *hole)
{
	const struct side *side = difference_side(comparison, hole->opened);
	const struct member *member = hole->member == MEMBER_NONE
					      ? NULL
					      : &side->members->items[hole->member];
	json_t *value = json_object();

	json_object_set_new(value, "kind", json_text(open_kind_name(hole->kind)));
	json_object_set_new(value, "commit", json_id(member ? &member->id : NULL));
	json_object_set_new(value, "subject", json_text(member ? member->subject : NULL));
	json_object_set_new(value, "upstream",
			    member ? member_upstream_value(member) : json_array());
	json_object_set_new(value, "advisories", advisory_names_value(hole->advisories));
	json_object_set_new(value, "reason", json_text(hole->reason));
	json_object_set_new(value, "other_side", json_text(hole->other));
	return value;
}

static void print_advisories(struct buffer *text, const json_t *value)
{
	const json_t *names = json_object_get(value, "advisories"), *name;
	size_t i;

	json_array_foreach(names, i, name)
		buffer_add_format(text, "%s%s", i ? ", " : "", json_string_value(name));
}

static void print_hole(struct output *out, const json_t *value, const char *change,
		       const char *other)
{
	const char *commit = json_string_of(value, "commit");
	const char *reason = json_string_of(value, "reason");
	struct buffer names = BUFFER_INIT;
	bool named;

	print_advisories(&names, value);
	/* Most reasons begin with them. */
	named = names.length && *commit && strncmp(reason, names.data, names.length);
	output_cell(out, !strcmp(change, "new hole") ? STYLE_BAD : STYLE_GOOD, "%s", change);
	output_cell(out, STYLE_ID, "%.12s", *commit ? commit : "-");
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "kind"));
	output_cell(out, STYLE_PLAIN, "%s",
		    *commit ? json_string_of(value, "subject") : names.data);
	output_cell(out, STYLE_PLAIN, "%s%s%s; %s %s", named ? names.data : "", named ? ": " : "",
		    reason, other, json_string_of(value, "other_side"));
	buffer_release(&names);
}

/* An advisory without a fix is no news of the move: people see how many there are. */
static bool is_shown(const json_t *value)
{
	return options.all || *json_string_of(value, "commit");
}

static void print_new(struct output *out, const json_t *value)
{
	if (is_shown(value))
		print_hole(out, value, "new hole", "before:");
}

static void print_closed(struct output *out, const json_t *value)
{
	if (is_shown(value))
		print_hole(out, value, "closed hole", "now:");
}

static void print_holes(struct output *out, const struct comparison *comparison, bool opened,
			const char *key, const char *words, output_text_fn print)
{
	size_t count = 0, unfixed = 0;

	for (size_t i = 0; i < comparison->holes.count; i++) {
		const struct hole_difference *hole = &comparison->holes.items[i];

		if (hole->opened != opened)
			continue;
		count++;
		unfixed += hole->member == MEMBER_NONE;
	}
	if (options.all ? count : count - unfixed)
		output_heading(out, "\n%s", words);
	output_table_begin(out, key, hole_columns, COUNT_OF(hole_columns));
	for (size_t i = 0; i < comparison->holes.count; i++)
		if (comparison->holes.items[i].opened == opened)
			output_item(out, hole_value(comparison, &comparison->holes.items[i]),
				    print);
	output_list_end(out);
	if (unfixed && !options.all)
		output_heading(out,
			       "\n%s: %zu advisories more that nothing in the series fixes; --all "
			       "lists them",
			       words, unfixed);
}

/* ---- commits ---- */

struct section {
	const char *key, *words, *cell;
	enum difference_kind kind;
	int changes; /* 0: what is lost, 1: what is gained, 2: both */
};

static const struct section sections[] = {
	{ "fixes_lost", "Fixes lost", "fix", DIFFERENCE_FIX, 0 },
	{ "unmatched", "Of which it is not known whether the other one has them", "unmatched",
	  DIFFERENCE_UNMATCHED, 2 },
	{ "fixes_gained", "Fixes gained", "fix", DIFFERENCE_FIX, 1 },
	{ "follow_ups", "Follow-ups", "follow-up", DIFFERENCE_FOLLOW_UP, 2 },
	{ "prerequisites", "Prerequisites", "prerequisite", DIFFERENCE_PREREQUISITE, 2 },
	{ "others", "Other commits", "other", DIFFERENCE_OTHER, 2 },
};

static json_t *difference_value(const struct comparison *comparison,
				const struct difference *difference)
{
	const struct side *side = difference_side(comparison, difference->gained);
	const struct member *member = difference->member == MEMBER_NONE
					      ? NULL
					      : &side->members->items[difference->member];
	json_t *value = json_object();

	json_object_set_new(value, "change", json_text(difference->gained ? "gained" : "lost"));
	json_object_set_new(value, "commit", json_id(&difference->id));
	json_object_set_new(value, "subject", json_text(difference->subject));
	json_object_set_new(value, "upstream",
			    member ? member_upstream_value(member) : json_array());
	json_object_set_new(value, "advisories",
			    member ? member_advisories_value(member) : json_array());
	json_object_set_new(value, "role",
			    json_text(difference->in_base ? "base" : state_name(difference->role)));
	json_object_set_new(value, "release", json_text(difference->release));
	json_object_set_new(
		value, "security",
		json_boolean(difference->kind != DIFFERENCE_OTHER || difference->security));
	json_object_set_new(value, "reason", json_text(difference->reason));
	json_object_set_new(value, "other_side", json_text(difference->absent));
	return value;
}

/* Most of a series is no security matter: people see how much it is. */
static void print_difference(struct output *out, const json_t *value)
{
	const struct section *section = out->data;
	const char *change = json_string_of(value, "change"), *role = json_string_of(value, "role");
	bool lost = !strcmp(change, "lost"), other = section->kind == DIFFERENCE_OTHER;

	if (!options.all && !json_is_true(json_object_get(value, "security")))
		return;
	output_cell(out,
		    other  ? STYLE_FAINT
		    : lost ? STYLE_BAD
			   : STYLE_GOOD,
		    "%s %s", section->cell, change);
	output_cell(out, STYLE_ID, "%.12s", json_string_of(value, "commit"));
	output_cell(out, STYLE_PLAIN, "%s", !strcmp(role, "base") ? "in the base" : role);
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "subject"));
	output_cell(out, STYLE_PLAIN, "%s; %s: %s", json_string_of(value, "reason"),
		    lost ? "now" : "before", json_string_of(value, "other_side"));
}

static bool is_of(const struct section *section, const struct difference *difference)
{
	return difference->kind == section->kind &&
	       (section->changes == 2 || section->changes == difference->gained);
}

static void print_section(struct output *out, const struct comparison *comparison,
			  const struct section *section)
{
	const struct difference_list *list = &comparison->differences;
	size_t count = 0, quiet[2] = { 0, 0 };

	for (size_t i = 0; i < list->count; i++) {
		const struct difference *difference = &list->items[i];

		if (!is_of(section, difference))
			continue;
		if (options.all || section->kind != DIFFERENCE_OTHER || difference->security)
			count++;
		else
			quiet[difference->gained]++;
	}
	if (count)
		output_heading(out, "\n%s", section->words);
	output_table_begin(out, section->key, commit_columns, COUNT_OF(commit_columns));
	out->data = (void *)section;
	for (size_t i = 0; i < list->count && !output_is_lost(out); i++)
		if (is_of(section, &list->items[i]))
			output_item(out, difference_value(comparison, &list->items[i]),
				    print_difference);
	output_list_end(out);
	if (quiet[0] + quiet[1])
		output_heading(out,
			       "\nCommits that are no security matter: %zu lost, %zu gained; --all "
			       "lists them",
			       quiet[0], quiet[1]);
}

/* ---- how much of all that ---- */

static json_t *counts_value(const struct comparison *comparison)
{
	json_t *value = json_object();
	size_t holes[2] = { 0, 0 };

	for (size_t i = 0; i < comparison->holes.count; i++)
		holes[comparison->holes.items[i].opened]++;
	json_object_set_new(value, "new_holes", json_integer((json_int_t)holes[1]));
	json_object_set_new(value, "closed_holes", json_integer((json_int_t)holes[0]));
	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		const struct difference_list *list = &comparison->differences;
		size_t count = 0;

		for (size_t j = 0; j < list->count; j++)
			count += is_of(&sections[i], &list->items[j]);
		json_object_set_new(value, sections[i].key, json_integer((json_int_t)count));
	}
	return value;
}

static void print_counts_line(struct output *out, const json_t *value)
{
	bool any = false;
	const char *key;
	json_t *count;

	json_object_foreach((json_t *)value, key, count)
	{
		if (!json_integer_value(count))
			continue;
		output_print(out, "%s%lld ", any ? ", " : "", (long long)json_integer_value(count));
		for (const char *at = key; *at; at++)
			output_print(out, "%c", *at == '_' ? ' ' : *at);
		any = true;
	}
	if (!any)
		output_print(out, "nothing is gained or lost");
}

/* ---- for modules from outside of the tree ---- */

static json_t *export_value(const struct export_item *item)
{
	json_t *value = json_object();

	json_object_set_new(value, "change", json_text(export_change_name(item->change)));
	json_object_set_new(value, "name", json_text(item->name));
	json_object_set_new(value, "path", json_bytes(item->path, strlen(item->path)));
	if (item->is_struct)
		return value;
	json_object_set_new(value, "before", json_text(item->before));
	json_object_set_new(value, "after", json_text(item->after));
	return value;
}

static void print_export(struct output *out, const json_t *value)
{
	const char *change = json_string_of(value, "change");
	const char *before = json_string_of(value, "before"),
		   *after = json_string_of(value, "after");

	output_cell(out, !strcmp(change, "added") ? STYLE_PLAIN : STYLE_NOTICE, "%s", change);
	output_cell(out, STYLE_NAME, "%s", json_string_of(value, "name"));
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "path"));
	output_cell(out, STYLE_PLAIN, "%s%s%s", before, *before && *after ? " -> " : "", after);
}

static void print_struct(struct output *out, const json_t *value)
{
	output_cell(out, STYLE_NOTICE, "%s", json_string_of(value, "change"));
	output_cell(out, STYLE_NAME, "%s", json_string_of(value, "name"));
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "path"));
}

static void print_exports(struct output *out, const struct export_notice *notice, bool structs)
{
	bool any = false;

	for (size_t i = 0; i < notice->count; i++)
		any |= notice->items[i].is_struct == structs;
	if (any)
		output_heading(out, "\nFor modules from outside of the tree: %s",
			       structs ? "structs of headers" : "exported symbols");
	output_table_begin(out, structs ? "structs" : "exports", export_columns,
			   structs ? 3 : COUNT_OF(export_columns));
	for (size_t i = 0; i < notice->count; i++)
		if (notice->items[i].is_struct == structs)
			output_item(out, export_value(&notice->items[i]),
				    structs ? print_struct : print_export);
	output_list_end(out);
}

static int print(struct output *out, const struct comparison *comparison, struct error *err)
{
	output_begin(out);
	print_sides(out, comparison);
	output_value(out, "counts", counts_value(comparison), print_counts_line);
	print_holes(out, comparison, true, "new_holes", "New holes", print_new);
	print_section(out, comparison, &sections[0]);
	print_section(out, comparison, &sections[1]);
	print_holes(out, comparison, false, "closed_holes", "Closed holes", print_closed);
	for (size_t i = 2; i < COUNT_OF(sections); i++)
		print_section(out, comparison, &sections[i]);
	print_exports(out, &comparison->exports, false);
	print_exports(out, &comparison->exports, true);
	return output_end(out, err);
}

static int compare_and_print(struct workspace *workspace, struct command_context *context,
			     struct error *err)
{
	struct comparison comparison;
	int error = compare(&comparison, workspace, context->operands[0], context->operands[1],
			    context->progress, err);

	progress_line_hide();
	if (error)
		return error;
	error = print(context->output, &comparison, err);
	if (!error && comparison.is_loss)
		error = STATUS_LOOK;
	comparison_release(&comparison);
	return error;
}

static int run(struct command_context *context, struct error *err)
{
	struct workspace workspace;
	int error = session_open(&workspace, context, err);

	if (error)
		return error;
	error = workspace_open_source(&workspace, err);
	if (!error)
		error = compare_and_print(&workspace, context, err);
	session_close(&workspace);
	return error;
}

const struct command command_diff = {
	.name = "diff",
	.summary = "say what is gained and lost from one state to another",
	.synopsis = "STATE|BASE STATE|BASE",
	.help = "Compares what two kernels contain of their series. A STATE, by its tag or by a\n"
		"branch of ours, has the history of its base and what its journal adds; a BASE,\n"
		"a release or any commit of a series, has everything up to it. States that were\n"
		"built and are not published count as well.\n"
		"\n"
		"New holes come first: what is open on the second and not on the first. Then the\n"
		"fixes lost, the holes closed, the fixes gained; follow-ups and prerequisites\n"
		"each with its reason; and how many other commits come or go, which --all lists.\n"
		"Both are held against all that is known today, so that a fix that neither has\n"
		"is a new hole where only the second is affected.\n"
		"\n"
		"Where the two are of different series, commits are matched by their upstream\n"
		"commits. What cannot be matched is listed as such, and never called safe.\n"
		"\n"
		"Last comes what modules from outside of the tree may trip over: exported\n"
		"symbols that came, went or have another prototype, and structs of headers under\n"
		"include/ and arch/*/include/ that changed or went.\n"
		"\n"
		"The exit status is 1 where a fix or a needed follow-up is lost or cannot be\n"
		"matched, or a hole is new.\n"
		"\n"
		"\tsectree diff v6.1.170-security.180 v6.1.170-security.192\n"
		"\tsectree diff linux-6.1.170-security v6.1.192\n",
	.options = option_table,
	.least = 2,
	.most = 2,
	.workspace = true,
	.paged = true,
	.run = run,
};
