/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>

#include "cmd/session.h"
#include "tree/names.h"
#include "tree/publish.h"

static struct {
	const char *policy;
} options;

static const struct option option_table[] = {
	OPTION_STRING(0, "policy", &options.policy, "POLICY",
		      "of several policies that BASE was built with"),
	OPTION_END,
};

static void print_name(struct output *out, const json_t *value)
{
	output_print(out, "%s: forgotten", json_string_value(value));
}

static int run(struct command_context *context, struct error *err)
{
	struct workspace workspace;
	char *name;
	int error = session_open_workspace(&workspace, context, err);

	if (error)
		return error;
	error = drop_base(&name, &workspace, context->operands[0], options.policy, err);
	if (!error) {
		output_begin(context->output);
		output_value(context->output, "base", json_text(name), print_name);
		error = output_end(context->output, err);
		free(name);
	}
	session_close(&workspace);
	return error;
}

const struct command command_drop = {
	.name = "drop",
	.summary = "forget a base that is not published",
	.synopsis = "BASE [--policy POLICY]",
	.help = "Removes the branches and states of BASE from tree.git. A published base is\n"
		"refused: people have pulled its branch.\n",
	.options = option_table,
	.least = 1,
	.most = 1,
	.workspace = true,
	.run = run,
};
