/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way from argv to a subcommand and back to an exit status. Global options
 * stand before or after the subcommand.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "cmd/command.h"
#include "cmd/help.h"
#include "cmd/progress-line.h"
#include "history/workspace.h"

static struct {
	const char *directory;
	bool json, nul, quiet, no_pager, no_sync, help;
	int color;
} globals;

static bool version_wanted;

static const char *const color_words[] = { "auto", "always", "never", NULL };

const struct option global_options[] = {
	OPTION_STRING('C', NULL, &globals.directory, "DIR",
		      "use the workspace at DIR or above it, not at the current directory"),
	OPTION_FLAG(0, "json", &globals.json, "print one JSON object"),
	OPTION_FLAG('z', NULL, &globals.nul, "end records with NUL, without headings and padding"),
	OPTION_FLAG('q', "quiet", &globals.quiet, "print no progress and no notes"),
	OPTION_CHOICE(0, "color", &globals.color, color_words, "when to use colours"),
	OPTION_FLAG(0, "no-pager", &globals.no_pager, "never start a pager"),
	OPTION_FLAG(0, "no-sync", &globals.no_sync,
		    "read the index as it is, even where the sources have moved on"),
	OPTION_FLAG('h', "help", &globals.help, "show help"),
	OPTION_END,
};

static const struct option first_options[] = {
	OPTION_FLAG(0, "version", &version_wanted, "show the version"),
	OPTION_END,
};

static const struct option no_options[] = { OPTION_END };

/* What is not named here is the input's or the environment's fault. */
static const struct {
	int code;
	enum status status;
} statuses[] = {
	{ ERROR_USAGE, STATUS_USAGE },
};

enum status status_of_error(int code)
{
	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		if (statuses[i].code == code)
			return statuses[i].status;
	return STATUS_FAULT;
}

/* A file that is opened must not become standard output because that was closed. */
static void open_standard_files(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = dup(fd);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Which command, with what is left for it in `arguments`. */
static int choose_command(const struct command **ret_command, struct arguments *arguments,
			  struct error *err)
{
	const struct option *const first[] = { first_options, global_options, NULL };
	int error = options_parse(arguments, first, true, err);
	const char *name = arguments->count ? arguments->items[0] : NULL;

	if (error)
		return error;
	if (version_wanted)
		name = "version";
	else if (!name && !globals.help)
		return error_set(err, ERROR_USAGE, "no command given; 'sectree help' lists them");
	else if (!name) {
		name = "help";
		globals.help = false;
	}
	*ret_command = command_find(name);
	if (!*ret_command)
		return command_unknown(name, err);
	if (version_wanted)
		arguments->count = 0;
	if (arguments->count) {
		arguments->items++;
		arguments->count--;
	}
	return 0;
}

static int check_operands(const struct command *command, int count, struct error *err)
{
	const char *wrong = NULL;

	if (count < command->least)
		wrong = count ? "too few operands" : "an operand is missing";
	else if (command->most != COMMAND_ANY && count > command->most)
		wrong = command->most ? "too many operands" : "it takes no operands";
	if (wrong) {
		const char *synopsis = command->synopsis ? command->synopsis : "";

		return error_set(err, ERROR_USAGE, "%s: %s\nusage: sectree %s%s%.*s", command->name,
				 wrong, command->name, *synopsis ? " " : "",
				 (int)strcspn(synopsis, "\n"), synopsis);
	}
	if (globals.json && globals.nul)
		return error_set(err, ERROR_USAGE, "-z is for text and cannot go with --json");
	return 0;
}

static int run_command(const struct command *command, struct arguments *arguments,
		       struct output *out, struct error *err)
{
	struct command_context context = { .command = command, .output = out };
	struct progress_line line;
	char *directory = NULL;
	int result = check_operands(command, arguments->count, err);

	if (!result && command->workspace && !(command->needs_none && command->needs_none()))
		result = workspace_find(&directory, globals.directory ? globals.directory : ".",
					err);
	if (result)
		return result;
	progress_line_init(&line, globals.quiet);
	context.directory = directory;
	context.count = arguments->count;
	context.operands = arguments->items;
	context.dashes = arguments->dashes;
	context.no_sync = globals.no_sync;
	context.progress = &line.progress;
	result = command->run(&context, err);
	progress_line_hide();
	output_abandon(out);
	free(directory);
	return result;
}

static int dispatch(struct arguments *arguments, struct output *out, struct error *err)
{
	const struct command *command = NULL;
	int error = choose_command(&command, arguments, err);
	const struct option *tables[] = { no_options, global_options, NULL };

	if (error || !command)
		return error;
	if (command->options)
		tables[0] = command->options;
	error = options_parse(arguments, tables, false, err);
	if (error) {
		size_t used = strlen(err->message);

		snprintf(err->message + used, sizeof(err->message) - used,
			 "; see 'sectree help %s'", command->name);
		return error;
	}
	out->json = globals.json;
	out->nul = globals.nul;
	out->quiet = globals.quiet;
	out->color = globals.color;
	out->paged = (command->paged || globals.help) && !globals.no_pager;
	if (globals.help)
		return help_command(out, command, err);
	return run_command(command, arguments, out, err);
}

int main(int argc, char **argv)
{
	struct arguments arguments = { argc > 0 ? argv + 1 : argv, argc > 0 ? argc - 1 : 0, -1 };
	struct error err = ERROR_INIT;
	struct output out;
	int result;

	open_standard_files();
	/* Only for how wide a character is; nothing else may depend on a locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	interrupt_install();
	output_init(&out);
	result = dispatch(&arguments, &out, &err);
	if (result < 0) {
		print_failure(&err);
		result = (int)status_of_error(result);
	}
	output_release(&out);
	return result;
}
