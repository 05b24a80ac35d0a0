/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cmd/facts.h"
#include "cmd/review.h"
#include "history/series-info.h"
#include "triage/ledger.h"
#include "triage/review-commit.h"
#include "triage/review-import.h"

#define LOCK_SECONDS 30

static int unknown_name(const char *option, const char *name, size_t length, bool routes,
			struct error *err)
{
	struct buffer names = BUFFER_INIT;

	if (routes)
		routes_print(&names, (1U << ROUTE_KINDS) - 1);
	else
		impacts_print(&names, (1U << IMPACT_KINDS) - 1);
	error_set(err, ERROR_USAGE, "%s %.*s: there are %s", option, (int)length, name, names.data);
	buffer_release(&names);
	return ERROR_USAGE;
}

/* "remote,userns" */
static int read_set(unsigned *ret_set, const char *option, const char *text, bool routes,
		    struct error *err)
{
	*ret_set = 0;
	while (text && *text) {
		size_t length = strcspn(text, ",");
		enum impact impact;
		enum route route;

		if (routes ? !route_parse(&route, text, length)
			   : !impact_parse(&impact, text, length))
			return unknown_name(option, text, length, routes, err);
		*ret_set |= 1U << (routes ? (unsigned)route : (unsigned)impact);
		text += length;
		text += *text == ',';
	}
	return 0;
}

/* Names of series as the index has them, sorted as given. */
static int read_series(char **ret_series, struct workspace *workspace, const char *text,
		       struct error *err)
{
	struct series_info_list list = ARRAY_INIT;
	struct buffer names = BUFFER_INIT;
	int error = series_info_load(&list, &workspace->index, false, err);

	*ret_series = NULL;
	while (!error && text && *text) {
		size_t length = strcspn(text, ",");
		char *name = string_copy_length(text, length);
		const struct series_info *series = series_info_find(&list, name);

		if (series)
			buffer_add_format(&names, "%s%s", names.length ? "," : "", series->name);
		else
			error = error_set(err, ERROR_NOT_FOUND, "--series %s: no such series",
					  name);
		free(name);
		text += length;
		text += *text == ',';
	}
	if (!error && names.length)
		*ret_series = string_copy(names.data);
	buffer_release(&names);
	series_info_list_release(&list);
	return error;
}

/* Everything but the commit. */
static int make_decision(struct decision *ret_decision, struct workspace *workspace,
			 const struct review_options *options, const char *ledger,
			 struct error *err)
{
	int error;

	ret_decision->kind = options->in    ? DECISION_IN
			     : options->out ? DECISION_OUT
					    : DECISION_NOT_FIX;
	error = read_set(&ret_decision->routes, "--route", options->route, true, err);
	if (!error)
		error = read_set(&ret_decision->impacts, "--impact", options->impact, false, err);
	if (!error)
		error = read_series(&ret_decision->series, workspace, options->series, err);
	if (!error)
		error = ledger_person(&ret_decision->person, &ret_decision->date, ledger, err);
	if (!error && options->person) {
		free(ret_decision->person);
		ret_decision->person = string_copy(options->person);
	}
	ret_decision->reason = string_copy(options->reason);
	return error;
}

static json_t *names_value(unsigned set, bool routes)
{
	unsigned count = routes ? (unsigned)ROUTE_KINDS : (unsigned)IMPACT_KINDS;
	json_t *list = json_array();

	for (unsigned i = 0; i < count; i++)
		if (set & 1U << i)
			json_array_append_new(list,
					      json_text(routes ? route_name((enum route)i)
							       : impact_name((enum impact)i)));
	return list;
}

static json_t *decision_value(const struct decision *decision)
{
	json_t *value = json_object(), *series = json_array();
	const char *at = decision->series;

	for (size_t length; at && *at; at += length + (at[length] == ',')) {
		char *name;

		length = strcspn(at, ",");
		name = string_copy_length(at, length);
		json_array_append_new(series, json_text(name));
		free(name);
	}
	json_object_set_new(value, "commit", json_id(&decision->commit));
	json_object_set_new(value, "verdict", json_text(decision_kind_name(decision->kind)));
	json_object_set_new(value, "series", series);
	json_object_set_new(value, "routes", names_value(decision->routes, true));
	json_object_set_new(value, "impacts", names_value(decision->impacts, false));
	json_object_set_new(value, "date", json_text(decision->date));
	json_object_set_new(value, "person", json_text(decision->person));
	json_object_set_new(value, "reason", json_text(decision->reason));
	return value;
}

static void print_decision(struct output *out, const json_t *value)
{
	const json_t *series = json_object_get(value, "series"), *item;
	size_t i;

	print_id(out, json_string_of(value, "commit"));
	output_print(out, "  ");
	output_styled(out,
		      strcmp(json_string_of(value, "verdict"), "in") ? STYLE_NOTICE : STYLE_GOOD,
		      "%s", json_string_of(value, "verdict"));
	json_array_foreach(series, i, item)
		output_print(out, "%s%s", i ? ", " : " for ", json_string_value(item));
	output_print(out, "  %s, %s: %s", json_string_of(value, "person"),
		     json_string_of(value, "date"), json_string_of(value, "reason"));
	if (json_is_true(json_object_get(value, "conflict")))
		output_styled(out, STYLE_BAD, "  [others say otherwise]");
}

static int print_decisions(struct output *out, const struct decision_list *list, struct error *err)
{
	output_begin(out);
	output_list_begin(out, "decisions");
	for (size_t i = 0; i < list->count; i++)
		output_item(out, decision_value(&list->items[i]), print_decision);
	output_list_end(out);
	return output_end(out, err);
}

/* ---- one commit ---- */

static int decide_one(struct command_context *context, struct workspace *workspace,
		      struct decision *decision, const char *ledger, struct error *err)
{
	struct decision_list list = { 0 };
	struct review_commit commit;
	struct buffer message = BUFFER_INIT;
	int error = review_commit_find(&commit, workspace, context->operands[0], err);

	if (error)
		return error;
	error = review_commit_choose(&commit, decision->kind, decision->series, err);
	if (error) {
		review_commit_release(&commit);
		return error;
	}
	decision->commit = commit.key;
	array_push(&list, *decision);
	buffer_add_format(&message, "%s %s\n\n%s%s%s\n", decision_kind_name(decision->kind),
			  id_short(&commit.key).text, commit.subject ? commit.subject : "",
			  commit.subject ? "\n\n" : "", decision->reason);
	error = decision_list_add(ledger, &list, message.data, err);
	if (!error)
		error = print_decisions(context->output, &list, err);
	array_release(&list); /* the decision is the caller's */
	buffer_release(&message);
	review_commit_release(&commit);
	return error;
}

/* ---- a list ---- */

static json_t *refused_value(const char *path, const struct refused_line *line)
{
	json_t *value = json_object();

	json_object_set_new(value, "file", json_text(path));
	json_object_set_new(value, "line", json_integer((json_int_t)line->line));
	json_object_set_new(value, "reason", json_text(line->words));
	return value;
}

static void print_refused(struct output *out, const json_t *value)
{
	output_print(out, "%s:%lld: %s", json_string_of(value, "file"),
		     json_integer_value(json_object_get(value, "line")),
		     json_string_of(value, "reason"));
}

static void print_count(struct output *out, const json_t *value)
{
	output_print(out, "%lld decisions are new", json_integer_value(value));
}

static void print_known(struct output *out, const json_t *value)
{
	if (json_integer_value(value))
		output_print(out, "%lld were in the ledger already", json_integer_value(value));
}

static int print_import(struct output *out, const struct review_import *import, const char *path,
			struct error *err)
{
	int error;

	output_begin(out);
	output_value(out, "added", json_integer((json_int_t)import->added.count), print_count);
	output_value(out, "known", json_integer((json_int_t)import->known), print_known);
	output_list_begin(out, "refused");
	for (size_t i = 0; i < import->refused_count; i++)
		output_item(out, refused_value(path, &import->refused[i]), print_refused);
	output_list_end(out);
	error = output_end(out, err);
	return error ? error : import->refused_count ? STATUS_LOOK : STATUS_DONE;
}

static int decide_list(struct command_context *context, struct workspace *workspace,
		       const struct decision *like, const char *path, const char *ledger,
		       struct error *err)
{
	struct decision_list known = { 0 };
	struct review_import import = { 0 };
	char *message;
	int error = decision_list_load(&known, ledger, err);

	if (!error)
		error = review_import_read(&import, workspace, &known, like, path, err);
	if (!error && import.added.count) {
		message = string_format("%s: %zu commits of a list\n\n%s\n",
					decision_kind_name(like->kind), import.added.count,
					like->reason);
		error = decision_list_add(ledger, &import.added, message, err);
		free(message);
	}
	if (!error)
		error = print_import(context->output, &import, path, err);
	review_import_release(&import);
	decision_list_release(&known);
	return error;
}

int review_decide(struct command_context *context, struct workspace *workspace,
		  const struct review_options *options, const char *ledger, struct error *err)
{
	struct decision decision = { 0 };
	int error = make_decision(&decision, workspace, options, ledger, err);

	if (!error)
		error = workspace_lock(workspace, LOCK_SECONDS, err);
	if (!error)
		error = options->import ? decide_list(context, workspace, &decision,
						      options->import, ledger, err)
					: decide_one(context, workspace, &decision, ledger, err);
	decision_release(&decision);
	return error;
}

/* ---- what is there ---- */

static bool contradicted(const struct decision_list *list, const git_oid *commit,
			 const char *upstream, const char *series)
{
	struct decided_commit decided;
	bool conflict;

	decisions_find(&decided, list, commit, upstream, series);
	conflict = decided.answer == DECIDED_CONFLICT;
	decided_commit_release(&decided);
	return conflict;
}

/* Whether people contradict each other on this decision's commit, in a series where it holds. */
static bool in_conflict(const struct decision_list *list, const struct decision *decision,
			struct workspace *workspace)
{
	struct id_text hex = id_hex(&decision->commit), key;
	const char *upstream = "", *at = decision->series;
	struct review_commit commit;
	bool conflict = false;

	/* One on a backport can contradict one on its upstream commit. */
	if (!review_commit_find(&commit, workspace, hex.text, NULL)) {
		key = id_hex(&commit.key);
		if (strcmp(key.text, hex.text) != 0)
			upstream = key.text;
		review_commit_release(&commit);
	}
	if (!at)
		return contradicted(list, &decision->commit, upstream, NULL);
	for (size_t length; *at && !conflict; at += length + (at[length] == ',')) {
		char *series;

		length = strcspn(at, ",");
		series = string_copy_length(at, length);
		conflict = contradicted(list, &decision->commit, upstream, series);
		free(series);
	}
	return conflict;
}

int review_list(struct command_context *context, struct workspace *workspace, const char *ledger,
		struct error *err)
{
	struct review_commit commit = { 0 };
	struct decision_list list = { 0 };
	struct output *out = context->output;
	bool conflicts = false;
	int error = decision_list_load(&list, ledger, err);

	if (!error && context->count)
		error = review_commit_find(&commit, workspace, context->operands[0], err);
	if (!error) {
		output_begin(out);
		output_list_begin(out, "decisions");
		for (size_t i = 0; i < list.count; i++) {
			const struct decision *decision = &list.items[i];
			bool conflict;
			json_t *value;

			if (context->count && !git_oid_equal(&commit.key, &decision->commit) &&
			    !git_oid_equal(&commit.id, &decision->commit))
				continue;
			conflict = in_conflict(&list, decision, workspace);
			conflicts |= conflict;
			value = decision_value(decision);
			json_object_set_new(value, "conflict", json_boolean(conflict));
			output_item(out, value, print_decision);
		}
		output_list_end(out);
		error = output_end(out, err);
	}
	review_commit_release(&commit);
	decision_list_release(&list);
	return error ? error : conflicts ? STATUS_LOOK : STATUS_DONE;
}
