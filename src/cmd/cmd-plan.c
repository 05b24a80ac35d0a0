/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "cmd/plan-values.h"
#include "cmd/session.h"
#include "history/lookup.h"
#include "plan/graph.h"
#include "tree/base-plan.h"

static struct {
	const char *to;
	const char *series;
	const char *seeds;
	const char *why;
	const char *policy;
	bool all, summary, graph;
} options;

static const struct option option_table[] = {
	OPTION_STRING(0, "to", &options.to, "RELEASE",
		      "plan up to this release or commit, not to the newest release"),
	OPTION_STRING(0, "series", &options.series, "NAME",
		      "the series that the base is meant of, where several hold it"),
	OPTION_STRING(0, "seeds", &options.seeds, "FILE", "also take the commits that FILE lists"),
	OPTION_STRING(0, "policy", &options.policy, "POLICY", "what makes a fix part of the tree"),
	OPTION_FLAG('a', "all", &options.all,
		    "print every commit, also those that are no security matter"),
	OPTION_STRING(0, "why", &options.why, "COMMIT",
		      "say why COMMIT, or what a CVE names, is in the plan or not"),
	OPTION_FLAG(0, "summary", &options.summary, "print numbers only"),
	OPTION_FLAG(0, "graph", &options.graph, "print what brings what, for graphviz"),
	OPTION_END,
};

static const struct output_column columns[] = {
	{ .name = "COMMIT" },
	{ .name = "STATE" },
	{ .name = "SUBJECT", .flexible = true },
	{ .name = "REASON", .flexible = true },
};

static enum output_style style_of(const char *state)
{
	static const struct {
		const char *state;
		enum output_style style;
	} styles[] = {
		{ "pick", STYLE_GOOD },		{ "follow-up", STYLE_GOOD },
		{ "prerequisite", STYLE_GOOD }, { "held", STYLE_BAD },
		{ "withdrawn", STYLE_BAD },	{ "reverted", STYLE_NOTICE },
		{ "below-gate", STYLE_NOTICE },
	};

	for (size_t i = 0; i < COUNT_OF(styles); i++)
		if (!strcmp(styles[i].state, state))
			return styles[i].style;
	return STYLE_FAINT;
}

/* Most of a series is no security matter: people see the rest. */
static bool is_shown(const char *state)
{
	return options.all || (strcmp(state, "not-security") && strcmp(state, "release-or-merge"));
}

static void print_row(struct output *out, const json_t *item)
{
	const char *state = json_string_of(item, "state");

	if (!is_shown(state))
		return;
	output_cell(out, STYLE_ID, "%.12s", json_string_of(item, "commit"));
	output_cell(out, style_of(state), "%s", state);
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(item, "subject"));
	output_cell(out, STYLE_PLAIN, "%s", json_string_of(item, "reason"));
}

/* A tip lacks hundreds of fixes: people see how many, unless they ask. */
static void print_plan_open(struct output *out, const json_t *item)
{
	if (options.all || strcmp(json_string_of(item, "kind"), open_kind_name(OPEN_NO_FIX)))
		print_open(out, item);
}

static size_t count_unfixed(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->open_count; i++)
		count += plan->open[i].kind == OPEN_NO_FIX;
	return count;
}

static void print_point(struct output *out, const json_t *value)
{
	output_print(out, "%s %.12s", json_string_of(value, "name"),
		     json_string_of(value, "commit"));
}

static void print_range(struct output *out, const struct plan *plan)
{
	output_begin(out);
	output_heading(out, "base and tip");
	output_value(out, "base", json_name_commit(plan->base_name, &plan->base), print_point);
	output_value(out, "tip", json_name_commit(plan->tip_name, &plan->tip), print_point);
}

static void print_text(struct output *out, const json_t *text)
{
	output_print(out, "%s", json_string_value(text));
}

/* By its own or its upstream id, or by whatever else names a commit of the range. */
/* The chain of one row; the list begins with the first. */
static void print_chain(struct output *out, const struct plan *plan, const struct plan_row *row,
			size_t *found)
{
	struct why_chain chain = WHY_CHAIN_INIT;

	if (!(*found)++) {
		output_begin(out);
		output_list_begin(out, "chain");
	}
	plan_why(&chain, plan, row);
	for (size_t i = 0; i < chain.count; i++)
		output_item(out, plan_step_value(plan, &chain.items[i]), print_step);
	why_chain_release(&chain);
}

/* What a CVE names: each row that one of its advisories calls a fix. */
static void print_why_advisory(struct output *out, const struct plan *plan, const char *name,
			       size_t *found)
{
	for (uint32_t at = 0; at < plan->count; at++) {
		const struct member *member = &plan->members->items[plan->rows[at].member];

		for (size_t i = 0; i < member->advisory_count; i++)
			if (!strcasecmp(member->advisories[i].advisory->name, name)) {
				print_chain(out, plan, &plan->rows[at], found);
				break;
			}
	}
}

static int print_why(struct output *out, const struct plan *plan, struct workspace *workspace,
		     struct error *err)
{
	struct resolved_name name = RESOLVED_NAME_INIT;
	bool is_advisory = !strncasecmp(options.why, "CVE-", 4);
	size_t cursor = 0, found = 0;
	const char *hex = options.why;
	uint32_t member;
	int error = 0;

	if (is_advisory)
		print_why_advisory(out, plan, options.why, &found);
	else if (strspn(hex, "0123456789abcdef") != strlen(hex)) {
		error = name_resolve(&name, workspace, hex, err);
		hex = name.hex;
	}
	while (!error && !is_advisory &&
	       (member = members_next_named(plan->members, hex, &cursor)) != MEMBER_NONE) {
		const struct plan_row *row = plan_row_of(plan, member);

		if (row)
			print_chain(out, plan, row, &found);
	}
	if (found)
		output_list_end(out);
	else if (!error)
		error = error_set(err, ERROR_INPUT,
				  is_advisory
					  ? "%s: names no commit of %s..%s; 'sectree show' tells "
					    "where its fix is"
					  : "%s: is no commit of %s..%s, nor the upstream commit "
					    "of one (7 digits at least)",
				  options.why, plan->base_name, plan->tip_name);
	resolved_name_release(&name);
	return error;
}

static void print_graph(struct output *out, const struct plan *plan)
{
	struct buffer text = BUFFER_INIT;

	plan_graph(&text, plan);
	output_begin(out);
	output_value(out, "graph", json_bytes(text.data, text.length), print_text);
	buffer_release(&text);
}

static void print_plan(struct output *out, const struct plan *plan)
{
	json_t *policy = json_object();
	size_t unfixed;

	print_range(out, plan);
	json_object_set_new(policy, "name", json_text(plan->policy));
	json_object_set_new(policy, "digest", json_text(plan->policy_digest));
	output_value(out, "policy", policy, NULL);
	if (plan->open_count)
		output_heading(out, "open");
	output_list_begin(out, "open");
	for (size_t i = 0; i < plan->open_count; i++)
		output_item(out, plan_open_value(plan, &plan->open[i]), print_plan_open);
	output_list_end(out);
	unfixed = count_unfixed(plan);
	if (unfixed && !options.all)
		output_heading(
			out,
			"OPEN no-fix: %zu advisories have no fix in %s up to %s; --all lists them",
			unfixed, plan->members->name, plan->tip_name);
	output_heading(out, "commits");
	output_table_begin(out, "commits", columns, COUNT_OF(columns));
	for (size_t i = 0; i < plan->count && !output_is_lost(out); i++)
		output_item(out, plan_row_value(plan, &plan->rows[i]), print_row);
	output_list_end(out);
	output_value(out, "counts", plan_counts_value(plan), print_counts);
}

static int print(struct output *out, const struct plan *plan, struct workspace *workspace,
		 struct error *err)
{
	if (options.why)
		return print_why(out, plan, workspace, err);
	if (options.graph) {
		print_graph(out, plan);
	} else if (options.summary) {
		print_range(out, plan);
		output_value(out, "summary", plan_summary_value(plan), print_summary);
	} else {
		print_plan(out, plan);
	}
	return 0;
}

static int run(struct command_context *context, struct error *err)
{
	struct base_plan_request request = { .base = context->operands[0],
					     .series = options.series,
					     .to = options.to,
					     .seeds = options.seeds,
					     .policy = options.policy };
	struct workspace workspace;
	struct base_plan plan;
	int error;

	if ((options.why != NULL) + options.summary + options.graph > 1)
		return error_set(err, ERROR_USAGE, "give one of --why, --summary and --graph");
	error = session_open(&workspace, context, err);
	if (error)
		return error;
	error = base_plan_make(&plan, &workspace, &request, context->progress, err);
	if (!error)
		error = print(context->output, &plan.plan, &workspace, err);
	if (!error)
		error = output_end(context->output, err);
	if (!error && plan.plan.needs_look)
		error = STATUS_LOOK;
	base_plan_release(&plan);
	session_close(&workspace);
	return error;
}

const struct command command_plan = {
	.name = "plan",
	.summary = "decide what the security tree of a base needs, and say why",
	.synopsis = "BASE [--to RELEASE] [--series NAME] [--seeds FILE] [--policy POLICY]\n"
		    "     [--all | --why COMMIT | --summary | --graph]",
	.help = "Gives every commit from BASE to the newest release of its series one state and a\n"
		"reason. What is OPEN comes first: holes that are known and not closed. BASE is a\n"
		"release, a series (its first release), or any commit of one. Exit status 1 says\n"
		"that something OPEN, other than a fix that the series does not have, needs a "
		"look.\n"
		"\n"
		"FILE of --seeds has one commit a line: 7 to 40 hex digits of its own or its\n"
		"upstream id, then anything. They are taken whether the base needs them or not;\n"
		"the reason says what is known of that.\n"
		"\n"
		"POLICY is default, strict (any advisory), remote, memory-corruption, or one of\n"
		"sectree.conf ([policy \"NAME\"]). After it, no-X takes a route or impact away and "
		"+X\n"
		"adds one: strict,no-userns or default,+data-loss. Left out, it is the one that "
		"BASE\n"
		"is published with, else the setting build.policy, else default.\n"
		"\n"
		"A chain of --why leads from a commit to the fix that it is there for; COMMIT is\n"
		"its own or its upstream id. What --graph prints is in the language of graphviz.\n"
		"\n"
		"\tsectree plan v6.1.170\n"
		"\tsectree plan v6.1.170 --why 3fa85f64c1b2\n"
		"\tsectree plan 6.1.170 --to 6.1.180 --json\n",
	.options = option_table,
	.least = 1,
	.most = 1,
	.workspace = true,
	.paged = true,
	.run = run,
};
