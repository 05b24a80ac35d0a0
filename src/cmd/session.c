/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/session.h"

#include "advisory/refresh.h"
#include "cmd/progress-line.h"
#include "git/repository.h"
#include "tree/keep.h"
#include "triage/policies.h"

int session_open_workspace(struct workspace *ret_workspace, struct command_context *context,
			   struct error *err)
{
	int error = git_start(err);

	if (!error)
		error = workspace_open(ret_workspace, context->directory, err);
	if (error)
		return error;
	ret_workspace->before_sync = keep_before_rewind;
	/* What is wrong in the settings is said by every command. */
	error = policies_check(ret_workspace, err);
	if (error)
		workspace_close(ret_workspace);
	return error;
}

static void say_synced(struct output *out, const struct workspace_report *report)
{
	const struct advisory_import *advisories = &report->advisories;

	if (report->history.commits_read)
		output_note(out, "read %zu new commits", report->history.commits_read);
	if (advisories->added + advisories->changed + advisories->removed)
		output_note(out, "advisories: %zu added, %zu changed, %zu removed",
			    advisories->added, advisories->changed, advisories->removed);
}

int session_open(struct workspace *ret_workspace, struct command_context *context,
		 struct error *err)
{
	struct workspace_report report;
	enum refresh_result result;
	int error = session_open_workspace(ret_workspace, context, err);

	if (error)
		return error;
	error = workspace_refresh(&result, &report, ret_workspace, context->no_sync,
				  context->progress, err);
	progress_line_hide();
	if (!error && result == REFRESH_SYNCED)
		say_synced(context->output, &report);
	if (!error && result == REFRESH_BEHIND)
		output_note(context->output,
			    "%s: is behind its sources and cannot be written; read as it is",
			    ret_workspace->directory);
	workspace_report_release(&report);
	if (error)
		workspace_close(ret_workspace);
	return error;
}

void session_close(struct workspace *workspace)
{
	workspace_close(workspace);
}
