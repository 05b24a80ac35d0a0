/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "cmd/review.h"
#include "git/repository.h"
#include "history/lookup.h"
#include "plan/names.h"
#include "triage/ledger.h"

#define LOCK_SECONDS 30

static struct review_options options;

static const struct option option_table[] = {
	OPTION_FLAG(0, "in", &options.in, "it is a security fix that belongs in the tree"),
	OPTION_FLAG(0, "out", &options.out, "it is none, or does not belong there"),
	OPTION_FLAG(0, "not-fix", &options.not_fix, "a backport that does not repair the flaw"),
	OPTION_STRING(0, "route", &options.route, "ROUTE,...", "how an attacker reaches it"),
	OPTION_STRING(0, "impact", &options.impact, "IMPACT,...", "what it gives an attacker"),
	OPTION_STRING(0, "series", &options.series, "SERIES,...", "for these series, not for all"),
	OPTION_STRING(0, "import", &options.import, "FILE",
		      "decide alike on each commit of a list, '<id> <subject>' a line"),
	OPTION_STRING(0, "person", &options.person, "'NAME <MAIL>'",
		      "who decided, where that is not you"),
	OPTION_FLAG(0, "list", &options.list, "show what was decided on commits"),
	OPTION_FLAG(0, "withdraw", &options.withdraw, "take the pick out, or keep it out"),
	OPTION_FLAG(0, "accept-regression", &options.accept_regression,
		    "publish the commit although a later fix of it is missing"),
	OPTION_FLAG(0, "accept-series", &options.accept_series,
		    "take the commit however many others it brings with it"),
	OPTION_STRING(0, "needs", &options.needs, "COMMIT",
		      "declare that COMMIT is to be picked before it"),
	OPTION_STRING(0, "base", &options.base, "BASE", "for this base only, not for all"),
	OPTION_STRING(0, "reason", &options.reason, "TEXT", "why, in one line; always asked for"),
	OPTION_END,
};

static void choose_kind(struct verdict *verdict)
{
	verdict->kind = options.withdraw	    ? VERDICT_WITHDRAW
			: options.accept_regression ? VERDICT_ACCEPT_REGRESSION
			: options.accept_series	    ? VERDICT_ACCEPT_SERIES
						    : VERDICT_PREREQUISITE;
	verdict->reason = (char *)options.reason;
}

/* Verdicts are about commits of series: those are what is picked. */
static int find_commit(git_oid *ret_id, struct workspace *workspace, const char *text,
		       struct error *err)
{
	struct commit_place_list places = { 0 };
	struct commit_facts facts = { 0 };
	struct resolved_name name = RESOLVED_NAME_INIT;
	int error = name_resolve(&name, workspace, text, err);

	if (error)
		return error;
	if (name.kind != NAME_FOREIGN)
		error = commit_facts_by_id(&facts, workspace, &name.id, err);
	if (!error && facts.number)
		error = commit_places(&places, &workspace->index, facts.number, err);
	if (!error && !places.count)
		error = error_set(
			err, ERROR_INPUT,
			"%s: is no commit of a series; 'sectree show %s' lists its backports", text,
			text);
	*ret_id = name.id;
	commit_place_list_release(&places);
	commit_facts_release(&facts);
	resolved_name_release(&name);
	return error;
}

static void print_verdict(struct output *out, const json_t *value)
{
	output_print(out, "%.12s: %s%s%s", json_string_of(value, "commit"),
		     json_string_of(value, "verdict"), *json_string_of(value, "base") ? " on " : "",
		     json_string_of(value, "base"));
}

static int print(struct output *out, const struct verdict *verdict, struct error *err)
{
	json_t *value = json_object();

	json_object_set_new(value, "commit", json_id(&verdict->commit));
	json_object_set_new(value, "verdict", json_text(verdict_kind_name(verdict->kind)));
	json_object_set_new(value, "base", json_text(verdict->base));
	json_object_set_new(value, "needs",
			    id_is_zero(&verdict->needs) ? json_null() : json_id(&verdict->needs));
	json_object_set_new(value, "person", json_text(verdict->person));
	json_object_set_new(value, "date", json_text(verdict->date));
	json_object_set_new(value, "reason", json_text(verdict->reason));
	output_begin(out);
	output_value(out, "verdict", value, print_verdict);
	return output_end(out, err);
}

/* A verdict on a pick. */
static int judge_pick(struct command_context *context, struct workspace *workspace,
		      const char *ledger, struct error *err)
{
	struct verdict verdict = { 0 };
	struct base_point base = { 0 };
	int error;

	choose_kind(&verdict);
	error = workspace_open_source(workspace, err);
	if (!error)
		error = find_commit(&verdict.commit, workspace, context->operands[0], err);
	if (!error && options.needs)
		error = find_commit(&verdict.needs, workspace, options.needs, err);
	if (!error && options.base)
		error = base_resolve(&base, workspace, &workspace->index, options.base, NULL, err);
	verdict.base = base.name;
	if (!error)
		error = ledger_person(&verdict.person, &verdict.date, ledger, err);
	if (!error)
		error = workspace_lock(workspace, LOCK_SECONDS, err);
	if (!error)
		error = ledger_add(ledger, &verdict, err);
	if (!error)
		error = print(context->output, &verdict, err);
	free(verdict.date);
	free(verdict.person);
	base_point_release(&base);
	return error;
}

/* Options that go with each other, before anything is opened. */
static int check_options(const struct command_context *context, struct error *err)
{
	int decisions = options.in + options.out + options.not_fix;
	int verdicts = options.withdraw + options.accept_regression + options.accept_series +
		       (options.needs != NULL);
	bool facts = options.route || options.impact || options.series || options.person;

	if (decisions + verdicts + options.list > 1)
		return error_set(err, ERROR_USAGE,
				 "give one of --in, --out, --not-fix, --withdraw, "
				 "--accept-regression, --accept-series, --needs and --list");
	if (facts && !decisions)
		return error_set(err, ERROR_USAGE,
				 "--route, --impact, --series and --person go with --in, --out or "
				 "--not-fix");
	if (options.base && !verdicts)
		return error_set(
			err, ERROR_USAGE,
			"--base goes with a verdict on a pick; decisions are for --series");
	if (options.import && (!decisions || context->count))
		return error_set(err, ERROR_USAGE,
				 "--import goes with --in, --out or --not-fix, and without a "
				 "commit");
	if ((decisions + verdicts) && !options.import && !context->count)
		return error_set(err, ERROR_USAGE, "name the commit");
	if ((decisions + verdicts) && (!options.reason || !options.reason[0]))
		return error_set(err, ERROR_USAGE, "a verdict has a reason: give --reason TEXT");
	if (options.reason && !decisions && !verdicts)
		return error_set(err, ERROR_USAGE, "--reason goes with a verdict");
	return 0;
}

static int run(struct command_context *context, struct error *err)
{
	bool decides = options.in || options.out || options.not_fix;
	bool judges = options.withdraw || options.accept_regression || options.accept_series ||
		      options.needs;
	struct workspace workspace;
	char *ledger;
	int error = check_options(context, err);

	if (error)
		return error;
	error = session_open(&workspace, context, err);
	if (error)
		return error;
	ledger = workspace_path(&workspace, "ledger");
	if (options.list)
		error = review_list(context, &workspace, ledger, err);
	else if (decides)
		error = review_decide(context, &workspace, &options, ledger, err);
	else if (judges)
		error = judge_pick(context, &workspace, ledger, err);
	else
		error = review_session(context, &workspace, ledger, err);
	free(ledger);
	session_close(&workspace);
	return error;
}

const struct command command_review = {
	.name = "review",
	.summary = "decide on commits, and record verdicts in the ledger",
	.synopsis = "[SERIES | RELEASE | A..B]\n"
		    "COMMIT --in|--out|--not-fix --reason TEXT\n"
		    "--import FILE --in|--out|--not-fix --reason TEXT\n"
		    "--list [COMMIT]\n"
		    "COMMIT --withdraw [--base BASE] --reason TEXT\n"
		    "COMMIT --accept-regression [--base BASE] --reason TEXT\n"
		    "COMMIT --accept-series [--base BASE] --reason TEXT\n"
		    "COMMIT --needs COMMIT [--base BASE] --reason TEXT",
	.help = "Without options, on a terminal: one commit after the other, the ones near the\n"
		"threshold first, with what triage holds of it and why; ? tells the keys. What\n"
		"is decided is kept at once.\n"
		"\n"
		"With --in, --out or --not-fix you decide whether a commit is a security fix that\n"
		"belongs in the tree: above advisories and classifier, for the upstream commit\n"
		"and thus for its backports in all series. These are lines of\n"
		"ledger/triage/<commit>. Where people contradict each other the commit is in,\n"
		"and --list says so (exit 1). Lists of reviewers are taken with --import.\n"
		"\n"
		"The others are verdicts on a pick and go to ledger/verdicts/<commit>: COMMIT is\n"
		"a commit of a series. The next build takes them into account: a withdrawn pick\n"
		"that is published is taken back by one commit, with the prerequisites that only\n"
		"it needed. All is committed with your git identity.\n"
		"\n"
		"\tsectree review v6.1.170\n"
		"\tsectree review 3fa85f64c1b2 --in --route userns --reason 'any user can race "
		"it'\n"
		"\tsectree review 3fa85f64c1b2 --withdraw --base v6.1.170 --reason 'breaks WiFi'\n",
	.options = option_table,
	.most = 1,
	.workspace = true,
	.run = run,
};
