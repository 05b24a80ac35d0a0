/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "git/repository.h"
#include "history/lookup.h"
#include "plan/names.h"
#include "triage/ledger.h"

#define LOCK_SECONDS 30

static struct {
	bool withdraw, accept_regression, accept_series;
	const char *needs;
	const char *base;
	const char *reason;
} options;

static const struct option option_table[] = {
	OPTION_FLAG(0, "withdraw", &options.withdraw, "take the commit out, or keep it out"),
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

static int choose_kind(struct verdict *verdict, struct error *err)
{
	if (options.withdraw + options.accept_regression + options.accept_series +
		    (options.needs != NULL) !=
	    1)
		return error_set(err, ERROR_USAGE,
				 "give one of --withdraw, --accept-regression, --accept-series and "
				 "--needs");
	if (!options.reason || !options.reason[0])
		return error_set(err, ERROR_USAGE, "a verdict has a reason: give --reason TEXT");
	verdict->kind = options.withdraw	    ? VERDICT_WITHDRAW
			: options.accept_regression ? VERDICT_ACCEPT_REGRESSION
			: options.accept_series	    ? VERDICT_ACCEPT_SERIES
						    : VERDICT_PREREQUISITE;
	verdict->reason = (char *)options.reason;
	return 0;
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

static int run(struct command_context *context, struct error *err)
{
	struct verdict verdict = { 0 };
	struct base_point base = { 0 };
	struct workspace workspace;
	char *ledger;
	int error = choose_kind(&verdict, err);

	if (error)
		return error;
	error = session_open(&workspace, context, err);
	if (error)
		return error;
	ledger = workspace_path(&workspace, "ledger");
	error = workspace_open_source(&workspace, err);
	if (!error)
		error = find_commit(&verdict.commit, &workspace, context->operands[0], err);
	if (!error && options.needs)
		error = find_commit(&verdict.needs, &workspace, options.needs, err);
	if (!error && options.base)
		error = base_resolve(&base, &workspace, &workspace.index, options.base, NULL, err);
	verdict.base = base.name;
	if (!error)
		error = ledger_person(&verdict.person, &verdict.date, ledger, err);
	if (!error)
		error = workspace_lock(&workspace, LOCK_SECONDS, err);
	if (!error)
		error = ledger_add(ledger, &verdict, err);
	if (!error)
		error = print(context->output, &verdict, err);
	free(verdict.date);
	free(verdict.person);
	base_point_release(&base);
	free(ledger);
	session_close(&workspace);
	return error;
}

const struct command command_review = {
	.name = "review",
	.summary = "record a verdict on a commit in the ledger",
	.synopsis = "COMMIT --withdraw [--base BASE] --reason TEXT\n"
		    "COMMIT --accept-regression [--base BASE] --reason TEXT\n"
		    "COMMIT --accept-series [--base BASE] --reason TEXT\n"
		    "COMMIT --needs COMMIT [--base BASE] --reason TEXT",
	.help = "Writes ledger/verdicts/<commit> and commits it with your git identity. COMMIT is "
		"a\n"
		"commit of a series. The next build takes the verdict into account: a withdrawn\n"
		"pick that is published is taken back by one commit, with the prerequisites that\n"
		"only it needed.\n"
		"\n"
		"\tsectree review 3fa85f64c1b2 --withdraw --base v6.1.170 --reason 'breaks WiFi'\n",
	.options = option_table,
	.least = 1,
	.most = 1,
	.workspace = true,
	.run = run,
};
