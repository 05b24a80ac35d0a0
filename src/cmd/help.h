/* SPDX-License-Identifier: GPL-2.0-only */
/* Help, completion and the manual page, all from the tables of commands and options. */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include "cmd/command.h"

/* Each returns 0 or a negative error code, as output_end does. */
int help_overview(struct output *out, struct error *err);
int help_command(struct output *out, const struct command *command, struct error *err);

/* A completion script for bash, to be sourced. */
int help_completion(struct output *out, struct error *err);

/* sectree.1 in the language of scdoc. */
int help_manual(struct output *out, struct error *err);

/* "RELEASE", or "auto|always|never"; valid until the next call. NULL for a flag. */
const char *option_argument(const struct option *option);

#endif
