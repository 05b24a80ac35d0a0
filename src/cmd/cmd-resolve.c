/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cmd/plan-values.h"
#include "cmd/session.h"
#include "git/repository.h"
#include "history/lookup.h"
#include "plan/resolve.h"
#include "tree/base-plan.h"
#include "triage/ledger.h"

#define LOCK_SECONDS 30

static struct {
	const char *to, *series, *output, *from, *patch, *reason;
} options;

static const struct option option_table[] = {
	OPTION_STRING(0, "from", &options.from, "DIR",
		      "record what merged/ in DIR has by now; with --reason"),
	OPTION_STRING(0, "patch", &options.patch, "FILE",
		      "record the patch in FILE, as for git apply; with --reason"),
	OPTION_STRING(0, "reason", &options.reason, "TEXT", "why it is right, in one line"),
	OPTION_STRING('o', "output", &options.output, "DIR",
		      "the directory to make, not resolve-BASE-COMMIT"),
	OPTION_STRING(0, "to", &options.to, "RELEASE",
		      "plan up to this release or commit, not to the newest release"),
	OPTION_STRING(0, "series", &options.series, "NAME",
		      "the series that the base is meant of, where several hold it"),
	OPTION_END,
};

static int check_options(struct error *err)
{
	bool records = options.from || options.patch;

	if (options.from && options.patch)
		return error_set(err, ERROR_USAGE, "give one of --from and --patch");
	if (records && options.output)
		return error_set(err, ERROR_USAGE,
				 "--output is for the directory that is made without --from and "
				 "--patch");
	if (records && (!options.reason || !options.reason[0]))
		return error_set(err, ERROR_USAGE, "a resolution has a reason: give --reason TEXT");
	if (!records && options.reason)
		return error_set(err, ERROR_USAGE,
				 "--reason is for what is recorded with --from or --patch");
	return 0;
}

/* ---- output ---- */

static json_t *paths_value(const struct resolve_place *place)
{
	const struct pick_versions *versions = &place->versions;
	json_t *list = json_array();

	for (size_t i = 0; i < versions->count; i++) {
		json_t *item = json_object();

		json_object_set_new(item, "path", json_text(versions->items[i].path));
		json_object_set_new(item, "conflict", json_text(versions->items[i].reason));
		json_array_append_new(list, item);
	}
	return list;
}

static void print_place(struct output *out, const struct resolve_place *place)
{
	json_t *conflict = json_object();

	json_object_set_new(conflict, "path", json_text(place->conflict_path));
	json_object_set_new(conflict, "reason", json_text(place->conflict_reason));
	output_begin(out);
	output_value(out, "base", json_name_commit(place->plan->base_name, &place->plan->base),
		     NULL);
	output_value(out, "tip", json_name_commit(place->plan->tip_name, &place->plan->tip), NULL);
	output_value(out, "commit", json_id(&place->member->id), NULL);
	output_value(out, "subject", json_text(place->member->subject), NULL);
	output_value(out, "conflict", conflict, NULL);
	output_value(out, "paths", paths_value(place), NULL);
}

static void print_directory(struct output *out, const json_t *value)
{
	output_print(out, "%s: edit merged/, README says how to go on", json_string_value(value));
}

static void print_resolution(struct output *out, const json_t *value)
{
	output_print(out, "ledger/%s: recorded; build the base to use it",
		     json_string_of(value, "file"));
}

/* ---- the two halves ---- */

/* What is typed to hand the directory in. */
static char *hand_in(const struct resolve_place *place)
{
	return string_format("sectree resolve %s %s%s%s%s%s", place->plan->base_name,
			     id_short(&place->member->id).text, options.to ? " --to " : "",
			     options.to ? options.to : "", options.series ? " --series " : "",
			     options.series ? options.series : "");
}

static int write_directory(const struct resolve_place *place, struct output *out, struct error *err)
{
	char *name = options.output ? string_copy(options.output)
				    : string_format("resolve-%s-%s", place->plan->base_name,
						    id_short(&place->member->id).text);
	char *command = hand_in(place);
	int error = resolve_write_directory(place, name, command, err);

	if (!error) {
		print_place(out, place);
		output_value(out, "directory", json_text(name), print_directory);
		output_value(out, "resolution", json_null(), NULL);
		error = output_end(out, err);
	}
	free(command);
	free(name);
	return error;
}

static int record(const struct resolve_place *place, struct workspace *workspace,
		  struct output *out, struct error *err)
{
	struct resolution resolution = { .commit = place->member->id,
					 .base = place->plan->base_name,
					 .reason = (char *)options.reason };
	char *ledger = workspace_path(workspace, "ledger");
	struct buffer diff = BUFFER_INIT;
	int error;

	error = options.from ? resolve_read_directory(&diff, place, options.from, err)
			     : resolve_read_patch(&diff, place, options.patch, err);
	if (!error)
		error = ledger_person(&resolution.person, &resolution.date, ledger, err);
	if (!error)
		error = workspace_lock(workspace, LOCK_SECONDS, err);
	if (!error)
		error = resolution_add(&resolution.digest, ledger, &resolution, &diff, err);
	if (!error) {
		print_place(out, place);
		output_value(out, "directory", json_null(), NULL);
		output_value(out, "resolution", resolution_value(&resolution), print_resolution);
		error = output_end(out, err);
	}
	free(resolution.person);
	free(resolution.date);
	buffer_release(&diff);
	free(ledger);
	return error;
}

static int resolve(struct workspace *workspace, struct command_context *context, struct error *err)
{
	struct base_plan_request request = { .base = context->operands[0],
					     .series = options.series,
					     .to = options.to };
	struct resolved_name name = RESOLVED_NAME_INIT;
	struct resolve_place place = { 0 };
	struct base_plan plan;
	int error = base_plan_make(&plan, workspace, &request, context->progress, err);

	if (!error)
		error = name_resolve(&name, workspace, context->operands[1], err);
	if (!error)
		error = resolve_place_find(&place, &plan.plan, plan.store, name.hex, err);
	if (!error)
		error = options.from || options.patch
				? record(&place, workspace, context->output, err)
				: write_directory(&place, context->output, err);
	resolve_place_release(&place);
	resolved_name_release(&name);
	base_plan_release(&plan);
	return error;
}

static int run(struct command_context *context, struct error *err)
{
	struct workspace workspace;
	int error = check_options(err);

	if (!error)
		error = session_open(&workspace, context, err);
	if (error)
		return error;
	error = resolve(&workspace, context, err);
	session_close(&workspace);
	return error;
}

const struct command command_resolve = {
	.name = "resolve",
	.summary = "adapt a pick that does not apply, once and for all",
	.synopsis = "BASE COMMIT [--to RELEASE] [--series NAME] [--output DIR]\n"
		    "BASE COMMIT [--to RELEASE] --from DIR --reason TEXT\n"
		    "BASE COMMIT [--to RELEASE] --patch FILE --reason TEXT",
	.help = "COMMIT is held by the plan of BASE because it does not apply. The first form\n"
		"makes a directory with what it starts from (base/), what it makes of that\n"
		"(theirs/), what the tree being built has there (ours/), and with the files to\n"
		"edit, conflicts marked (merged/). Nothing else is changed.\n"
		"\n"
		"The other forms take what a person made of it, from that directory or as a patch\n"
		"against ours/, as git apply would: each change has to be where its context is.\n"
		"What applies is written to ledger/resolutions/<commit>/<base>.patch and\n"
		"committed with your git identity; one that was there for BASE is replaced.\n"
		"\n"
		"Plans use a resolution where the pick itself does not apply, on BASE and on\n"
		"every base where the patch applies, before they ask for prerequisites. The\n"
		"commit says who made it. With what is published the resolution stays as it is.\n"
		"\n"
		"\tsectree resolve v6.1.170 3fa85f64c1b2\n"
		"\tvi resolve-v6.1.170-3fa85f64c1b2/merged/net/core.c\n"
		"\tsectree resolve v6.1.170 3fa85f64c1b2 --from resolve-v6.1.170-3fa85f64c1b2 \\\n"
		"\t\t--reason 'the helper has another name here'\n",
	.options = option_table,
	.least = 2,
	.most = 2,
	.workspace = true,
	.run = run,
};
