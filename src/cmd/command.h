/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Subcommands. Each is one file, cmd-NAME.c, that exports
 *
 *	const struct command command_NAME = {
 *		.name = "plan",
 *		.summary = "decide what a security tree of a base needs",
 *		.synopsis = "BASE [--to RELEASE]",
 *		.help = "...",
 *		.options = option_table,
 *		.least = 1, .most = 1,
 *		.workspace = true, .paged = true,
 *		.run = run,
 *	};
 *
 * and is listed in commands.c and in src/meson.build. It holds options, a call
 * and printing, no logic.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "cmd/options.h"
#include "cmd/output.h"

/* What the process exits with. */
enum status {
	STATUS_DONE = 0,
	STATUS_LOOK = 1,  /* done, with something to look at, or the answer "no" */
	STATUS_USAGE = 2, /* the command line */
	STATUS_FAULT = 3  /* the input or the environment */
};

struct command_context {
	const struct command *command;
	const char *directory;	   /* of the workspace, where the command has `workspace` */
	int count;		   /* operands, options taken out */
	char **operands;	   /* ends with NULL */
	int dashes;		   /* operands before "--"; -1: there was none */
	bool no_sync;		   /* --no-sync: read the index as it is */
	struct output *output;	   /* --json, -z, -q, --color, pager */
	struct progress *progress; /* to pass to the library; carries interruption */
};

#define COMMAND_ANY (-1)

struct command {
	const char *name;
	const char *summary;  /* one line, begins small, no full stop */
	const char *synopsis; /* what follows the name; several forms are separated by \n */
	/*
	 * Paragraphs for `sectree help NAME` and the manual, lines up to 80
	 * columns, printed as they are; lines that begin with a tab are examples.
	 */
	const char *help;
	const struct option *options; /* ends with OPTION_END; NULL: none */
	int least, most;	      /* operands; most may be COMMAND_ANY */
	bool workspace;		      /* runs in a workspace: found before `run` is called */
	/* With `workspace`: whether these options do without one; NULL: never. */
	bool (*needs_none)(void);
	bool paged;		      /* its output goes through the pager on a terminal */

	/* An enum status, or a negative error code with `err` set, which main prints. */
	int (*run)(struct command_context *context, struct error *err);
};

/* All of them in the order of a day's work; ends with NULL. */
extern const struct command *const commands[];

extern const struct option global_options[];

const struct command *command_find(const char *name);

/* "unknown command" with the names that are near; returns ERROR_USAGE. */
int command_unknown(const char *name, struct error *err);

enum status status_of_error(int code);

/* "sectree: <message>" on standard error, further lines indented, made safe. */
void print_failure(const struct error *err);

#endif
