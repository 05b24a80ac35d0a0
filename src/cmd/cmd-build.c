/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cmd/plan-values.h"
#include "cmd/progress-line.h"
#include "cmd/session.h"
#include "tree/bases.h"
#include "tree/build.h"
#include "tree/names.h"
#include "tree/open-memory.h"

static struct {
	bool all, each_release;
	const char *to, *seeds, *series, *policy;
} options;

static const struct option option_table[] = {
	OPTION_FLAG('a', "all", &options.all, "build every base that the workspace knows"),
	OPTION_STRING(0, "to", &options.to, "RELEASE",
		      "build up to RELEASE (or any commit), not to the newest one"),
	OPTION_FLAG(0, "each-release", &options.each_release,
		    "make a state for every release on the way"),
	OPTION_STRING(0, "seeds", &options.seeds, "FILE", "pick the commits listed in FILE, too"),
	OPTION_STRING(0, "series", &options.series, "SERIES",
		      "the series, where a commit is in several"),
	OPTION_STRING(0, "policy", &options.policy, "POLICY",
		      "what makes a fix part of the tree; see 'sectree help plan'"),
	OPTION_END,
};

/* ---- one base ---- */

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_states(struct output *out, const json_t *states, bool published)
{
	const json_t *state;
	size_t index;

	json_array_foreach(states, index, state)
	{
		int64_t withdrawn = json_integer_of(state, "withdrawn");

		output_print(out, "\n  ");
		output_styled(out, STYLE_GOOD, "%s", json_string_of(state, "name"));
		output_print(out, " %.12s: %lld added, %lld commit%s",
			     json_string_of(state, "commit"),
			     (long long)json_integer_of(state, "added"),
			     (long long)json_integer_of(state, "commits"),
			     plural(json_integer_of(state, "commits")));
		if (withdrawn)
			output_print(out, ", %lld withdrawn", (long long)withdrawn);
		if (json_is_true(json_object_get(state, "superseded")))
			output_print(out, " (superseded)");
	}
	if (published && json_array_size(states))
		output_print(out, "\n  not published; 'sectree publish' moves the branch");
}

static void print_holes(struct output *out, const json_t *list)
{
	const json_t *open;
	size_t index, unfixed = 0;

	json_array_foreach(list, index, open)
	{
		/* Hundreds, and nothing that this base can do about it: --json has them. */
		if (!strcmp(json_string_of(open, "kind"), open_kind_name(OPEN_NO_FIX))) {
			unfixed++;
			continue;
		}
		output_print(out, "\n  ");
		print_open(out, open);
	}
	if (unfixed)
		output_print(out,
			     "\n  OPEN no-fix: %zu advisories that nothing in the series fixes",
			     unfixed);
}

static void print_base(struct output *out, const json_t *item)
{
	bool published = json_is_true(json_object_get(item, "published"));
	const json_t *states = json_object_get(item, "states");
	int64_t restored = json_integer_of(item, "restored");

	output_styled(out, STYLE_NAME, "%s", json_string_of(item, "branch"));
	if (*json_string_of(item, "series_branch"))
		output_print(out, " = %s", json_string_of(item, "series_branch"));
	if (restored)
		output_print(out, ": %lld published state%s written again from the journal",
			     (long long)restored, plural(restored));
	else if (!json_array_size(states))
		output_print(out, ": up to date");
	print_holes(out, json_object_get(item, "open"));
	print_states(out, states, published);
	if (!restored) {
		output_print(out, "\n  commits: ");
		print_counts(out, json_object_get(item, "counts"));
	}
}

static json_t *states_value(const struct build_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->state_count; i++) {
		const struct built_state *state = &result->states[i];
		json_t *item = json_name_commit(state->tag, &state->commit);

		json_object_set_new(item, "added", json_integer((json_int_t)state->added));
		json_object_set_new(item, "withdrawn", json_integer((json_int_t)state->withdrawn));
		json_object_set_new(item, "commits", json_integer((json_int_t)state->commits));
		json_object_set_new(item, "superseded", json_boolean(state->superseded));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *open_value(const struct build_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->open_count; i++) {
		const struct built_open *open = &result->open[i];
		json_t *item = json_object();

		json_object_set_new(item, "kind", json_text(open_kind_name(open->kind)));
		json_object_set_new(item, "commit", json_id(open->subject ? &open->commit : NULL));
		json_object_set_new(item, "subject", json_text(open->subject));
		json_object_set_new(item, "advisories", advisory_names_value(open->advisories));
		json_object_set_new(item, "reason", json_text(open->reason));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *counts_value(const struct build_result *result)
{
	json_t *counts = json_object();

	for (enum state state = 0; state < STATE_COUNT; state++)
		json_object_set_new(counts, state_name(state),
				    json_integer((json_int_t)result->counts[state]));
	return counts;
}

static json_t *base_value(const struct build_result *result)
{
	json_t *item = json_object();

	json_object_set_new(item, "base", json_name_commit(result->base.name, &result->base.id));
	json_object_set_new(item, "series", json_text(result->base.series_name));
	json_object_set_new(item, "tip",
			    result->tip.name ? json_name_commit(result->tip.name, &result->tip.id)
					     : json_null());
	json_object_set_new(item, "policy", json_text(result->policy));
	json_object_set_new(item, "branch", json_text(result->branch));
	json_object_set_new(item, "series_branch", json_text(result->series_branch));
	json_object_set_new(item, "published", json_boolean(result->published));
	json_object_set_new(item, "restored", json_integer((json_int_t)result->restored));
	json_object_set_new(item, "states", states_value(result));
	json_object_set_new(item, "counts", counts_value(result));
	json_object_set_new(item, "open", open_value(result));
	return item;
}

/* ---- all of them ---- */

typedef ARRAY(struct build_result) result_list;

static int find_bases(struct base_list *bases, struct workspace *workspace,
		      const struct command_context *context, struct error *err)
{
	int error = 0;

	if (options.all)
		error = base_list_add_all(bases, workspace, err);
	for (int i = 0; i < context->count && !error; i++)
		error = base_list_add(bases, workspace, context->operands[i], options.series, err);
	if (!error && bases->count > 1 && options.to)
		error = error_set(err, ERROR_USAGE, "build: --to is for one base");
	base_list_sort(bases);
	return error;
}

static int build_bases(result_list *results, struct build *build, const struct base_list *bases,
		       struct error *err)
{
	const struct build_options build_options = {
		.to = options.to,
		.policy = options.policy,
		.seeds = options.seeds,
		.each_release = options.each_release,
	};
	struct build_result result;
	int error = 0;

	for (size_t i = 0; i < bases->count && !error; i++) {
		error = build_base(&result, build, &bases->items[i], &build_options, err);
		if (!error)
			array_push(results, result);
	}
	return error ? error : build_finish(build, err);
}

/* For status; an index that cannot be written only loses that. */
static void remember_open(struct workspace *workspace, const result_list *results)
{
	for (size_t i = 0; i < results->count && !workspace->readonly; i++)
		open_memory_store(&workspace->index, &results->items[i], results->items[i].policy,
				  NULL);
}

static int print_results(struct output *out, const result_list *results, struct error *err)
{
	bool look = false;
	int error;

	output_begin(out);
	output_list_begin(out, "bases");
	for (size_t i = 0; i < results->count; i++) {
		output_item(out, base_value(&results->items[i]), print_base);
		look |= results->items[i].needs_look;
	}
	output_list_end(out);
	error = output_end(out, err);
	return error ? error : look ? STATUS_LOOK : STATUS_DONE;
}

static int run(struct command_context *context, struct error *err)
{
	struct base_list bases = BASE_LIST_INIT;
	result_list results = ARRAY_INIT;
	struct build *build = NULL;
	struct workspace workspace;
	int error;

	if (options.all == (context->count > 0))
		return error_set(err, ERROR_USAGE,
				 "build: name bases or series, or all with --all");
	error = session_open(&workspace, context, err);
	if (error)
		return error;
	error = build_open(&build, &workspace, context->progress, err);
	if (!error)
		error = find_bases(&bases, &workspace, context, err);
	if (!error)
		error = build_bases(&results, build, &bases, err);
	if (!error)
		remember_open(&workspace, &results);
	build_close(build);
	progress_line_hide();
	if (!error)
		error = print_results(context->output, &results, err);
	for (size_t i = 0; i < results.count; i++)
		build_result_release(&results.items[i]);
	array_release(&results);
	base_list_release(&bases);
	session_close(&workspace);
	return error;
}

const struct command command_build = {
	.name = "build",
	.summary = "write security branches",
	.synopsis = "BASE|SERIES...\n--all",
	.help = "Plans each base and writes its branch into tree.git: the fixes that matter to\n"
		"it, what they need, what later repaired them, then a release commit that names\n"
		"the state. A base is a release (v6.1.170), any commit of a series, or a series,\n"
		"which stands for its first release.\n"
		"\n"
		"\tsectree build v6.1.170\n"
		"\tgit -C tree.git log linux-6.1.170-security\n"
		"\n"
		"The branch of another policy than default has its name, too:\n"
		"linux-6.1.170-security-strict. A published base keeps its policy.\n"
		"\n"
		"Until it is published a base is built anew each time, and its branch moves. On\n"
		"a published base the new state stands on the last published one: what is\n"
		"withdrawn and what was found late comes first. The branch then waits for\n"
		"'sectree publish'. Where nothing is new no state is made.\n"
		"\n"
		"Published commits that are not in tree.git are written again from the journal.\n"
		"\n"
		"The exit status is 1 when something is OPEN: held, withdrawn, reverted at the\n"
		"tip, or known to be repaired by a commit that the branch lacks.\n",
	.options = option_table,
	.least = 0,
	.most = COMMAND_ANY,
	.workspace = true,
	.run = run,
};
