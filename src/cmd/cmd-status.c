/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "advisory/match.h"
#include "advisory/refresh.h"
#include "cmd/facts.h"
#include "cmd/session.h"
#include "cmd/status-open.h"
#include "git/repository.h"
#include "history/behind.h"
#include "history/built-bases.h"

static const struct output_column series_columns[] = {
	{ "SERIES", false, false }, { "SUPPORT", false, false },      { "RELEASES", true, false },
	{ "FIRST", false, false },  { "NEWEST", false, false },	      { "DATE", false, false },
	{ "COMMITS", true, false }, { "WITH ADVISORY", true, false }, { "UNRELEASED", true, false },
};

static const struct output_column base_columns[] = {
	{ "BASE", false, false },      { "POLICY", false, false }, { "STATE", false, false },
	{ "PUBLISHED", false, false }, { "BEHIND", true, false },
};

static void print_source(struct output *out, const json_t *value)
{
	output_print(out, "source      %s",
		     json_is_string(value) ? json_string_value(value) : "none is set");
}

static void print_advisories(struct output *out, const json_t *value)
{
	if (!json_is_object(value)) {
		output_print(out, "advisories  none are set");
		return;
	}
	output_print(out, "advisories  %s", json_string_of(value, "path"));
	if (*json_string_of(value, "commit"))
		output_print(out, " at %.*s", ID_SHORT, json_string_of(value, "commit"));
}

static void print_list(struct output *out, const json_t *value)
{
	output_print(out, "list        %s", json_string_value(value));
}

static int advisories_value(json_t **ret_value, struct workspace *workspace, struct error *err)
{
	struct buffer commit = BUFFER_INIT;
	int error = index_get_fact(&commit, &workspace->index, "advisory_commit", err);

	*ret_value = json_null();
	if (!error && workspace->advisories_path) {
		*ret_value = json_object();
		json_object_set_new(*ret_value, "path", json_text(workspace->advisories_path));
		json_object_set_new(*ret_value, "commit",
				    json_text(commit.length ? commit.data : NULL));
	}
	buffer_release(&commit);
	return error;
}

static int print_sources(struct output *out, struct workspace *workspace, struct error *err)
{
	json_t *advisories;
	int error = advisories_value(&advisories, workspace, err);

	if (error)
		return error;
	output_value(out, "workspace", json_text(workspace->directory), NULL);
	output_value(out, "source", json_text(workspace->source_path), print_source);
	output_value(out, "advisories", advisories, print_advisories);
	output_list_begin(out, "lists");
	for (size_t i = 0; i < workspace->advisory_lists.count; i++)
		output_item(out, json_text(workspace->advisory_lists.items[i]), print_list);
	output_list_end(out);
	return 0;
}

static json_t *moved_value(const struct moved_ref *moved)
{
	json_t *value = json_object();

	json_object_set_new(value, "ref", json_text(moved->name));
	json_object_set_new(value, "before",
			    json_id(id_is_zero(&moved->before) ? NULL : &moved->before));
	json_object_set_new(value, "after",
			    json_id(id_is_zero(&moved->after) ? NULL : &moved->after));
	json_object_set_new(value, "series", json_text(moved->series));
	json_object_set_new(value, "ahead", json_integer((json_int_t)moved->ahead));
	json_object_set_new(value, "lost", json_integer((json_int_t)moved->lost));
	return value;
}

static void print_moved(struct output *out, const json_t *value)
{
	bool was = json_is_string(json_object_get(value, "before")),
	     is = json_is_string(json_object_get(value, "after"));

	output_print(out, "    %s %s", json_string_of(value, "ref"),
		     was ? is ? "moved" : "is gone" : "is new");
	if (json_integer_of(value, "ahead"))
		output_print(out, ", %lld commits came",
			     (long long)json_integer_of(value, "ahead"));
	if (json_integer_of(value, "lost"))
		output_print(out, ", %lld went", (long long)json_integer_of(value, "lost"));
}

static void print_behind_line(struct output *out, const json_t *value)
{
	if (json_is_true(value))
		output_styled(out, STYLE_NOTICE, "    the advisories moved on");
}

/* Nothing where a sync has just been. */
static int print_behind(struct output *out, struct workspace *workspace, struct error *err)
{
	struct workspace_behind behind;
	struct moved_refs moved = ARRAY_INIT;
	bool checked = workspace->source != NULL;
	int error = checked ? workspace_check(&behind, workspace, err) : 0;

	if (!error && checked && behind.history)
		error = moved_refs_find(&moved, workspace, err);
	if (!error && checked && workspace_is_behind(&behind))
		output_heading(out, "\nBehind the sources");
	if (!error) {
		output_value(out, "behind",
			     checked ? json_boolean(workspace_is_behind(&behind)) : json_null(),
			     NULL);
		output_list_begin(out, "moved");
		for (size_t i = 0; i < moved.count; i++)
			output_item(out, moved_value(&moved.items[i]), print_moved);
		output_list_end(out);
		output_value(out, "advisories_behind",
			     checked ? json_boolean(behind.advisories || behind.lists)
				     : json_null(),
			     print_behind_line);
	}
	moved_refs_release(&moved);
	return error;
}

static json_t *series_value(const struct series_info *series, size_t with_advisory)
{
	json_t *value = json_object();
	bool released = series->newest.name != NULL;

	json_object_set_new(value, "series", json_text(series->name));
	json_object_set_new(value, "ref", json_text(series->ref));
	json_object_set_new(value, "support", json_text(series->support));
	json_object_set_new(value, "releases", json_integer((json_int_t)series->release_count));
	json_object_set_new(value, "first", release_value(series->oldest.name, &series->oldest.id));
	json_object_set_new(value, "newest",
			    release_value(series->newest.name, &series->newest.id));
	json_object_set_new(value, "date", released ? json_time(series->newest.time) : json_null());
	json_object_set_new(value, "tip", json_id(&series->tip));
	json_object_set_new(value, "commits", json_integer((json_int_t)series->member_count));
	json_object_set_new(value, "with_advisory", json_integer((json_int_t)with_advisory));
	json_object_set_new(value, "unreleased",
			    json_integer((json_int_t)series->unreleased_count));
	return value;
}

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

static void print_series(struct output *out, const json_t *value)
{
	static const char *const counts[] = { "commits", "with_advisory", "unreleased" };

	output_cell(out, STYLE_NAME, "%s", json_string_of(value, "series"));
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "support"));
	output_cell(out, STYLE_PLAIN, "%lld", (long long)json_integer_of(value, "releases"));
	output_cell(out, STYLE_PLAIN, "%s",
		    or_dash(json_string_of(json_object_get(value, "first"), "name")));
	output_cell(out, STYLE_PLAIN, "%s",
		    or_dash(json_string_of(json_object_get(value, "newest"), "name")));
	output_cell(out, STYLE_PLAIN, "%.10s", or_dash(json_string_of(value, "date")));
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		output_cell(out, STYLE_PLAIN, "%lld", (long long)json_integer_of(value, counts[i]));
}

static int print_all_series(struct output *out, struct workspace *workspace,
			    const struct series_info_list *series, struct error *err)
{
	struct advisory_set advisories = ADVISORY_SET_INIT;
	struct series_match_list matches;
	int error = advisory_load_published(&advisories, &workspace->index, err);

	if (series->count)
		output_heading(out, "\nSeries");
	output_table_begin(out, "series", series_columns, COUNT_OF(series_columns));
	for (size_t i = 0; i < series->count && !error; i++) {
		memset(&matches, 0, sizeof(matches));
		error = series_match_find(&matches, &workspace->index, series->items[i].series,
					  &advisories, err);
		if (!error)
			output_item(out,
				    series_value(&series->items[i], series_match_commits(&matches)),
				    print_series);
		series_match_list_release(&matches);
	}
	output_list_end(out);
	advisory_set_release(&advisories);
	return error;
}

static json_t *base_value(const struct built_base *base)
{
	json_t *value = json_object();

	json_object_set_new(value, "base", json_text(base->name));
	json_object_set_new(value, "policy", json_text(base->policy));
	json_object_set_new(value, "series", json_text(base->series ? base->series->name : NULL));
	json_object_set_new(value, "state", release_value(base->state, &base->state_id));
	json_object_set_new(value, "published",
			    release_value(base->published, &base->published_id));
	json_object_set_new(value, "behind", json_integer(built_base_behind(base)));
	return value;
}

static void print_base(struct output *out, const json_t *value)
{
	int64_t behind = json_integer_of(value, "behind");

	output_cell(out, STYLE_NAME, "%s", json_string_of(value, "base"));
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(value, "policy"));
	output_cell(out, STYLE_PLAIN, "%s",
		    or_dash(json_string_of(json_object_get(value, "state"), "name")));
	output_cell(out, STYLE_PLAIN, "%s",
		    or_dash(json_string_of(json_object_get(value, "published"), "name")));
	if (behind)
		output_cell(out, STYLE_BAD, "%lld %s", (long long)behind,
			    behind == 1 ? "release" : "releases");
	else
		output_cell(out, STYLE_GOOD, "-");
}

static void print_bases(struct output *out, const struct built_bases *bases)
{
	if (bases->count)
		output_heading(out, "\nBases");
	output_table_begin(out, "bases", base_columns, COUNT_OF(base_columns));
	for (size_t i = 0; i < bases->count; i++)
		output_item(out, base_value(&bases->items[i]), print_base);
	output_list_end(out);
}

static int print_damage(struct output *out, struct workspace *workspace, bool *ret_any,
			struct error *err)
{
	struct advisory_damage_list damage = ARRAY_INIT;
	int error = advisory_load_damage(&damage, &workspace->index, err);

	if (error)
		return error;
	*ret_any = damage.count != 0;
	if (damage.count)
		output_heading(out, "\nAdvisories that could not be read in full");
	output_list_begin(out, "damaged");
	for (size_t i = 0; i < damage.count; i++)
		output_item(out, damage_value(&damage.items[i]), print_damage_line);
	output_list_end(out);
	advisory_damage_list_release(&damage);
	return 0;
}

static int print_status(struct output *out, struct workspace *workspace, bool *ret_look,
			struct error *err)
{
	struct series_info_list series = ARRAY_INIT;
	struct built_bases bases = ARRAY_INIT;
	bool damaged = false, open = false;
	int error = series_info_load(&series, &workspace->index, true, err);

	if (!error && workspace->tree)
		error = built_bases_find(&bases, workspace, &series, err);
	output_begin(out);
	if (!error)
		error = status_open(out, workspace, &bases, &open, err);
	if (!error)
		error = print_sources(out, workspace, err);
	if (!error)
		error = print_behind(out, workspace, err);
	if (!error)
		error = print_all_series(out, workspace, &series, err);
	if (!error)
		print_bases(out, &bases);
	if (!error)
		error = print_damage(out, workspace, &damaged, err);
	*ret_look = damaged || open;
	built_bases_release(&bases);
	series_info_list_release(&series);
	return error ? error : output_end(out, err);
}

static int run(struct command_context *context, struct error *err)
{
	struct workspace workspace;
	bool look = false;
	int error = session_open(&workspace, context, err);

	if (error)
		return error;
	error = print_status(context->output, &workspace, &look, err);
	session_close(&workspace);
	return error ? error : look ? STATUS_LOOK : STATUS_DONE;
}

const struct command command_status = {
	.name = "status",
	.summary = "show sources, series, what was built, and what needs a look",
	.help = "What is OPEN on the bases that were built comes first. Then the sources, the\n"
		"series with their releases, the bases with their newest state and how many\n"
		"releases it lacks, and the advisories that could not be read in full.\n"
		"\n"
		"With --no-sync it says by what the index is behind.\n"
		"\n"
		"The exit status is 1 where something is OPEN or could not be read.\n",
	.workspace = true,
	.paged = true,
	.run = run,
};
