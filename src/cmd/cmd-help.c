/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "cmd/help.h"

static struct {
	const char *completion;
	bool manual;
} options;

static const struct option option_table[] = {
	OPTION_STRING(0, "completion", &options.completion, "SHELL",
		      "print a completion script for SHELL (bash)"),
	OPTION_FLAG(0, "manual", &options.manual, "print the manual in the language of scdoc"),
	OPTION_END,
};

static int run(struct command_context *context, struct error *err)
{
	struct output *out = context->output;
	const struct command *command;

	if (options.completion || options.manual) {
		if (out->json || out->nul)
			return error_set(err, ERROR_USAGE,
					 "help: a script or the manual has no --json and no -z");
		if (options.manual)
			return help_manual(out, err);
		if (strcmp(options.completion, "bash"))
			return error_set(err, ERROR_USAGE,
					 "help: no completion for '%s', only for bash",
					 options.completion);
		return help_completion(out, err);
	}
	if (!context->count)
		return help_overview(out, err);
	command = command_find(context->operands[0]);
	if (!command)
		return command_unknown(context->operands[0], err);
	return help_command(out, command, err);
}

const struct command command_help = {
	.name = "help",
	.summary = "show help for sectree or one of its commands",
	.synopsis = "[COMMAND]\n--completion bash\n--manual",
	.help = "Without COMMAND lists the commands and the options that all of them take.\n"
		"\n"
		"Completion in the shell that runs:\n"
		"\n"
		"\t. <(sectree help --completion bash)\n",
	.options = option_table,
	.most = 1,
	.paged = true,
	.run = run,
};
