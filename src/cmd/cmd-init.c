/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/command.h"

#include <stdlib.h>

#include "git/repository.h"
#include "history/workspace.h"

static struct {
	const char *source;
	const char *advisories;
} options;

static const struct option option_table[] = {
	OPTION_STRING(0, "source", &options.source, "REPO", "the clone of linux-stable to read"),
	OPTION_STRING(0, "advisories", &options.advisories, "REPO",
		      "the clone of the kernel CNA's vulns repository to read"),
	OPTION_END,
};

static void print_workspace(struct output *out, const json_t *value)
{
	output_print(out, "%s is a workspace now", json_string_value(value));
}

static void print_next(struct output *out, const char *directory)
{
	output_print(out, "Next:\n");
	if (!options.source)
		output_print(out, "    set source.path in %s/sectree.conf\n", directory);
	if (!options.advisories)
		output_print(out, "    set advisories.path there to have the kernel's CVEs\n");
	output_print(out, "    cd %s && sectree sync\n", directory);
}

static int run(struct command_context *context, struct error *err)
{
	const char *directory = context->operands[0];
	struct output *out = context->output;
	struct workspace workspace;
	int error = git_start(err);

	if (!error)
		error = workspace_create(directory, options.source, options.advisories, err);
	if (!error)
		error = workspace_open(&workspace, directory, err);
	if (error)
		return error;
	output_begin(out);
	output_value(out, "workspace", json_text(workspace.directory), print_workspace);
	output_value(out, "source", json_text(workspace.source_path), NULL);
	output_value(out, "advisories", json_text(workspace.advisories_path), NULL);
	if (!out->nul && !out->quiet)
		print_next(out, directory);
	workspace_close(&workspace);
	return output_end(out, err);
}

const struct command command_init = {
	.name = "init",
	.summary = "make a workspace",
	.synopsis = "DIR --source REPO [--advisories REPO]",
	.help = "DIR is made, or is there and empty. It gets\n"
		"\n"
		"\tsectree.conf   settings\n"
		"\tledger/        what people decided; the one thing to back up\n"
		"\ttree.git/      the security trees\n"
		"\tcache/         what can be made again at any time\n"
		"\tpublic/        the published site and feeds\n"
		"\n"
		"REPO is a git repository, bare or with a work tree, and is never written to.\n"
		"Advisories may also be a directory with the CNA's files. Either can be given\n"
		"later. sectree.conf has the syntax of git-config:\n"
		"\n"
		"\t[source]\n"
		"\t        path = ../linux-stable.git\n"
		"\t[advisories]\n"
		"\t        path = ../vulns.git\n"
		"\t        ref = master                # default: HEAD\n"
		"\t        list = extra-advisories.txt # lines '<upstream commit> <CVE> [vector]'\n"
		"\t[series \"vendor-6.1\"]              # a branch that is not linux-X.Y.y\n"
		"\t        ref = refs/heads/product\n"
		"\t        base = v6.1.20              # where it starts; default: vX.Y\n"
		"\t        support = longterm          # or stable, mainline, end-of-life\n"
		"\t[maintained]\n"
		"\t        releases = releases.json    # of kernel.org: which series are "
		"maintained\n"
		"\t[identity]                          # of release commits and tags\n"
		"\t        name = A Maintainer\n"
		"\t        email = maintainer@example.org\n"
		"\t[build]\n"
		"\t        base = v6.1.170             # what 'sectree build --all' builds\n"
		"\t        policy = strict             # where none is named; default: default\n"
		"\t[policy \"office\"]                   # one of your own, on top of another\n"
		"\t        base = default,no-userns\n"
		"\t        exclude = drivers/staging   # a path, any number of times\n"
		"\t        likelihood = 0.5            # the least without an advisory\n"
		"\t[judge \"second-opinion\"]           # see 'sectree help triage'\n"
		"\t        command = ask-a-model --json\n"
		"\t        timeout = 60                # seconds\n"
		"\n"
		"Relative paths start at the workspace.\n",
	.options = option_table,
	.least = 1,
	.most = 1,
	.run = run,
};
