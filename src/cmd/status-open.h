/* SPDX-License-Identifier: GPL-2.0-only */
/* What is OPEN on the bases that were built: the first thing that status says. */
#ifndef CMD_STATUS_OPEN_H
#define CMD_STATUS_OPEN_H

#include <stdbool.h>

#include "cmd/output.h"
#include "history/built-bases.h"
#include "history/workspace.h"

/*
 * Prints the list "open". `ret_look`: there is something other than fixes that the
 * series lack.
 */
int status_open(struct output *out, struct workspace *workspace, const struct built_bases *bases,
		bool *ret_look, struct error *err);

#endif
