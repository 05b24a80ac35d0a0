/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of `sectree show`; each returns as a command's run does. */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "cmd/output.h"
#include "history/lookup.h"
#include "history/workspace.h"

int show_advisory(struct output *out, struct workspace *workspace, const char *name,
		  struct error *err);
int show_commit(struct output *out, struct workspace *workspace, const struct resolved_name *name,
		struct error *err);
int show_release(struct output *out, struct workspace *workspace, const char *name,
		 struct error *err);

#endif
