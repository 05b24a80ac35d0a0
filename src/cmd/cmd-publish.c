/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "cmd/progress-line.h"
#include "cmd/session.h"
#include "tree/names.h"
#include "tree/publish.h"

static struct {
	bool local;
	const char *policy;
} options;

static const struct option option_table[] = {
	OPTION_FLAG(0, "local", &options.local, "publish in tree.git alone"),
	OPTION_STRING(0, "policy", &options.policy, "POLICY",
		      "of several policies that BASE was built with"),
	OPTION_END,
};

static void print_branch(struct output *out, const json_t *value)
{
	output_styled(out, STYLE_NAME, "%s", json_string_value(value));
}

static void print_state(struct output *out, const json_t *item)
{
	output_print(out, "  published ");
	output_styled(out, STYLE_GOOD, "%s", json_string_of(item, "name"));
	output_print(out, " %.12s", json_string_of(item, "commit"));
}

static void print_result(struct output *out, const struct publish_result *result)
{
	output_begin(out);
	output_value(out, "base", json_name_commit(result->base_name, &result->base), NULL);
	output_value(out, "branch", json_text(result->branch), print_branch);
	output_value(out, "series_branch", json_text(result->series_branch), NULL);
	output_list_begin(out, "states");
	for (size_t i = 0; i < result->count; i++) {
		json_t *item = json_name_commit(result->states[i].tag, &result->states[i].commit);

		json_object_set_new(item, "tag", json_id(&result->states[i].tag_id));
		output_item(out, item, print_state);
	}
	output_list_end(out);
	if (!result->count)
		output_note(out, "%s: everything that was built is published", result->base_name);
}

static int run(struct command_context *context, struct error *err)
{
	struct publish_result result;
	struct workspace workspace;
	int error;

	if (!options.local)
		return error_set(err, ERROR_USAGE,
				 "publish: this version publishes in tree.git alone, unsigned; say "
				 "--local");
	error = session_open_workspace(&workspace, context, err);
	if (error)
		return error;
	error = publish_base(&result, &workspace, context->operands[0], options.policy, err);
	progress_line_hide();
	if (!error) {
		print_result(context->output, &result);
		error = output_end(context->output, err);
		publish_result_release(&result);
	}
	session_close(&workspace);
	return error;
}

const struct command command_publish = {
	.name = "publish",
	.summary = "make what was built part of a branch for good",
	.synopsis = "BASE --local [--policy POLICY]",
	.help = "Records the states of BASE that were built since the last publication in the\n"
		"journal (ledger/journal/BASE), commits the ledger, makes an annotated tag for\n"
		"each and moves the branch. From then on the branch only grows: a tag is never\n"
		"moved, and 'sectree build' puts later states on top.\n"
		"\n"
		"A pick that is known to be repaired by a commit which the branch lacks is not\n"
		"published until a verdict accept-regression for it is in the ledger.\n"
		"\n"
		"There are no signatures yet, and nothing is sent anywhere: --local says that\n"
		"this is understood. The objects that the branch borrows from the source are\n"
		"copied into tree.git, so that a rewritten source cannot take them away.\n",
	.options = option_table,
	.least = 1,
	.most = 1,
	.workspace = true,
	.run = run,
};
