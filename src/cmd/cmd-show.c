/* SPDX-License-Identifier: GPL-2.0-only */
#include <ctype.h>
#include <strings.h>

#include "cmd/session.h"
#include "cmd/show.h"

static const char digits[] = "0123456789";

/* "CVE-...", or the numbers of one. */
static bool is_advisory(const char *name)
{
	return !strncasecmp(name, "CVE-", 4) || (strspn(name, digits) == 4 && name[4] == '-' &&
						 name[5 + strspn(name + 5, digits)] == '\0');
}

static int show_named(struct command_context *context, struct workspace *workspace,
		      struct error *err)
{
	const char *name = context->operands[0];
	struct resolved_name resolved;
	int error;

	if (is_advisory(name))
		return show_advisory(context->output, workspace, name, err);
	error = name_resolve(&resolved, workspace, name, err);
	if (error)
		return error;
	if (resolved.kind == NAME_RELEASE)
		error = show_release(context->output, workspace, resolved.release, err);
	else
		error = show_commit(context->output, workspace, &resolved, err);
	resolved_name_release(&resolved);
	return error;
}

static int run(struct command_context *context, struct error *err)
{
	struct workspace workspace;
	int error = session_open(&workspace, context, err);

	if (error)
		return error;
	error = show_named(context, &workspace, err);
	session_close(&workspace);
	return error;
}

const struct command command_show = {
	.name = "show",
	.summary = "show what is known of a commit, an advisory or a release",
	.synopsis = "CVE|COMMIT|RELEASE",
	.help = "Of a CVE: where its fix is, in mainline and in each series, who brought the\n"
		"flaw in, and how it is reached.\n"
		"\n"
		"Of a commit, named by its own or its upstream commit's id: which release holds\n"
		"it first, what it fixes, needs and reverts and who fixes or reverts it, its\n"
		"backports in other series, its advisories.\n"
		"\n"
		"Of a release: what came with it, and which of that has an advisory.\n"
		"\n"
		"Names may be cut short where that is unambiguous; an exact name wins.\n"
		"\n"
		"\tsectree show CVE-2024-26602\n"
		"\tsectree show e65a1eeee50\n"
		"\tsectree show v6.1.170\n",
	.least = 1,
	.most = 1,
	.workspace = true,
	.paged = true,
	.run = run,
};
