/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/advisory.h"
#include "advisory/refresh.h"
#include "cmd/facts.h"
#include "cmd/progress-line.h"
#include "cmd/session.h"
#include "git/repository.h"

static struct {
	bool fetch;
} options;

static const struct option option_table[] = {
	OPTION_FLAG(0, "fetch", &options.fetch, "run 'git fetch' in the repositories first"),
	OPTION_END,
};

static const char *commits(int64_t count)
{
	return count == 1 ? "commit" : "commits";
}

static void print_series(struct output *out, const json_t *item)
{
	int64_t added = json_integer_of(item, "added"), removed = json_integer_of(item, "removed");

	output_styled(out, STYLE_NAME, "%s", json_string_of(item, "name"));
	if (json_is_true(json_object_get(item, "gone"))) {
		output_print(out, ": its branch is gone");
		return;
	}
	output_print(out, ": %lld %s added%s", (long long)added, commits(added),
		     json_is_true(json_object_get(item, "new")) ? ", new" : "");
	if (json_is_true(json_object_get(item, "rewound")))
		output_print(out, ", rewound: %lld %s gone", (long long)removed, commits(removed));
	else if (removed)
		output_print(out, ", %lld %s gone", (long long)removed, commits(removed));
}

static json_t *series_value(const struct sync_series *series)
{
	json_t *item = json_object();

	json_object_set_new(item, "name", json_text(series->name));
	json_object_set_new(item, "added", json_integer((json_int_t)series->added));
	json_object_set_new(item, "removed", json_integer((json_int_t)series->removed));
	json_object_set_new(item, "new", json_boolean(series->is_new));
	json_object_set_new(item, "rewound", json_boolean(series->rewound));
	json_object_set_new(item, "gone", json_boolean(series->is_gone));
	return item;
}

static void print_advisories(struct output *out, const json_t *value)
{
	static const char *const words[] = { "added", "changed", "removed" };
	bool any = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		int64_t count = json_integer_of(value, words[i]);

		if (count)
			output_print(out, "%s%lld %s",
				     any ? ", " : "advisories: ", (long long)count, words[i]);
		any |= count != 0;
	}
}

static json_t *advisories_value(const struct workspace *workspace,
				const struct workspace_report *report)
{
	const struct advisory_import *import = &report->advisories;
	const struct {
		const char *key;
		size_t count;
	} counts[] = {
		{ "added", import->added },	    { "changed", import->changed },
		{ "removed", import->removed },	    { "read", import->read },
		{ "published", import->published }, { "rejected", import->rejected },
		{ "reserved", import->reserved },
	};
	json_t *value;

	if (!report->has_advisories)
		return json_null();
	value = json_object();
	json_object_set_new(value, "path", json_text(workspace->advisories_path));
	json_object_set_new(value, "commit",
			    json_id(id_is_zero(&import->commit) ? NULL : &import->commit));
	json_object_set_new(value, "full", json_boolean(import->full));
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		json_object_set_new(value, counts[i].key,
				    json_integer((json_int_t)counts[i].count));
	return value;
}

static void print_list(struct output *out, const json_t *item)
{
	if (json_is_true(json_object_get(item, "gone")))
		output_print(out, "%s: no longer in the settings", json_string_of(item, "path"));
	else
		output_print(out, "%s: %lld advisories", json_string_of(item, "path"),
			     (long long)json_integer_of(item, "advisories"));
}

static json_t *list_value(const struct list_report *list)
{
	json_t *item = json_object();

	json_object_set_new(item, "path", json_text(list->path));
	json_object_set_new(item, "advisories", json_integer((json_int_t)list->count));
	json_object_set_new(item, "gone", json_boolean(list->is_gone));
	return item;
}

static void print_mentions(struct output *out, const json_t *value)
{
	int64_t count = json_integer_value(value);

	if (count)
		output_print(out, "advisories named in messages: %lld added", (long long)count);
}

static void print_report(struct output *out, const struct workspace *workspace,
			 const struct workspace_report *report,
			 const struct advisory_damage_list *damage)
{
	const struct sync_report *history = &report->history;

	output_value(out, "commits_read", json_integer((json_int_t)history->commits_read), NULL);
	output_list_begin(out, "series");
	for (size_t i = 0; i < history->series_count; i++)
		output_item(out, series_value(&history->series[i]), print_series);
	output_list_end(out);
	output_value(out, "advisories", advisories_value(workspace, report), print_advisories);
	output_list_begin(out, "lists");
	for (size_t i = 0; i < report->list_count; i++)
		output_item(out, list_value(&report->lists[i]), print_list);
	output_list_end(out);
	output_value(out, "mentions", json_integer((json_int_t)report->mentions), print_mentions);
	output_list_begin(out, "damaged");
	for (size_t i = 0; i < damage->count; i++)
		output_item(out, damage_value(&damage->items[i]), print_damage_line);
	output_list_end(out);
}

static bool nothing_new(const struct workspace_report *report)
{
	return !report->history.changed && !report->list_count && !report->forgot_advisories &&
	       !(report->has_advisories && !report->advisories.current);
}

static int run(struct command_context *context, struct error *err)
{
	const struct workspace_sync_options sync_options = { .fetch = options.fetch };
	struct advisory_damage_list damage = ARRAY_INIT;
	struct output *out = context->output;
	struct workspace_report report;
	struct workspace workspace;
	int error = session_open_workspace(&workspace, context, err);

	if (error)
		return error;
	error = workspace_sync(&report, &workspace, &sync_options, context->progress, err);
	progress_line_hide();
	if (!error)
		error = advisory_load_damage(&damage, &workspace.index, err);
	if (!error) {
		output_begin(out);
		print_report(out, &workspace, &report, &damage);
		if (nothing_new(&report))
			output_note(out, "nothing is new");
		error = output_end(out, err);
	}
	if (!error && damage.count)
		error = STATUS_LOOK;
	advisory_damage_list_release(&damage);
	workspace_report_release(&report);
	session_close(&workspace);
	return error;
}

const struct command command_sync = {
	.name = "sync",
	.summary = "read what is new in the source and in the advisories",
	.help = "Brings the index in step with the source's branches and tags and with the\n"
		"advisories. Branches that were rewound, tags that were removed, records that\n"
		"changed or were rejected are followed. Nothing is fetched unless asked for.\n"
		"Commands that read do the same where the index is behind.\n"
		"\n"
		"A record that cannot be read in full is named with its path and the reason,\n"
		"the others are imported, and the exit status is 1 until it is mended.\n",
	.options = option_table,
	.workspace = true,
	.run = run,
};
