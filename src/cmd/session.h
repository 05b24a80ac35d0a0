/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A workspace as commands use it: opened, brought in step with its sources, and
 * what people should know of that said on standard error.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/command.h"
#include "history/workspace.h"

/* Opens and refreshes; `workspace` is to be closed after success only. */
int session_open(struct workspace *ret_workspace, struct command_context *context,
		 struct error *err);

/* Opens only. */
int session_open_workspace(struct workspace *ret_workspace, struct command_context *context,
			   struct error *err);

void session_close(struct workspace *workspace);

#endif
