/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/review-commit.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/lookup.h"
#include "history/message.h"

#define DIGITS_LEAST 7

void review_commit_release(struct review_commit *commit)
{
	free(commit->subject);
	memset(commit, 0, sizeof(*commit));
}

static int find_upstream(char ret_hex[GIT_OID_HEXSZ + 1], struct index *index, uint32_t number,
			 struct error *err)
{
	struct upstream_lookup lookup = { 0 };
	int error = upstream_lookup_open(&lookup, index, err);

	if (!error)
		error = upstream_lookup_find(ret_hex, &lookup, number, err);
	upstream_lookup_close(&lookup);
	return error;
}

/* Commits of the index that name an upstream commit by these first digits. */
static int find_backport(struct review_commit *commit, struct index *index, const char *hex,
			 struct error *err)
{
	char *end = string_format("%sg", hex); /* after every digit */
	struct statement statement;
	int step, error = statement_init(&statement, index,
					 "SELECT target, min(number) FROM reference WHERE kind = ?"
					 " AND target >= ? AND target < ? AND length(target) = 40"
					 " GROUP BY target ORDER BY target LIMIT 2",
					 err);

	if (error) {
		free(end);
		return error;
	}
	statement_bind_int(&statement, 1, REFERENCE_UPSTREAM);
	statement_bind_text(&statement, 2, hex);
	statement_bind_text(&statement, 3, end);
	step = statement_step(&statement, err);
	if (step > 0) {
		git_oid_fromstr(&commit->key, statement_text(&statement, 0));
		commit->number = (uint32_t)statement_int(&statement, 1);
		step = statement_step(&statement, err);
		if (step > 0)
			error = error_set(err, ERROR_AMBIGUOUS,
					  "%s: begins the ids of several upstream commits", hex);
	}
	if (step < 0)
		error = step;
	statement_release(&statement);
	free(end);
	return error;
}

static int find_own(struct review_commit *commit, struct workspace *workspace, const char *hex,
		    struct error *err)
{
	struct commit_facts_list list = { 0 };
	char upstream[GIT_OID_HEXSZ + 1];
	int error = commit_facts_by_prefix(&list, &workspace->index, hex, 2, err);

	if (!error && list.count > 1)
		error = error_set(err, ERROR_AMBIGUOUS, "%s: begins the ids of several commits",
				  hex);
	if (!error && list.count) {
		commit->number = list.items[0].number;
		commit->key = commit->id = list.items[0].id;
		error = find_upstream(upstream, &workspace->index, commit->number, err);
		if (!error && *upstream)
			git_oid_fromstr(&commit->key, upstream);
	}
	commit_facts_list_release(&list);
	return error;
}

static int find_subject(struct review_commit *commit, struct workspace *workspace,
			struct error *err)
{
	struct commit_facts facts = { 0 };
	int error;

	if (!commit->number)
		return 0;
	error = commit_facts_by_number(&facts, &workspace->index, commit->number, err);
	if (!error)
		commit->subject = string_copy(facts.subject);
	commit_facts_release(&facts);
	return error;
}

int review_commit_find(struct review_commit *ret_commit, struct workspace *workspace,
		       const char *text, struct error *err)
{
	size_t length = strlen(text);
	char hex[GIT_OID_HEXSZ + 1];
	int error;

	memset(ret_commit, 0, sizeof(*ret_commit));
	for (size_t i = 0; i <= length && i <= GIT_OID_HEXSZ; i++)
		hex[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + ('a' - 'A') : text[i]);
	if (length < DIGITS_LEAST || length > GIT_OID_HEXSZ ||
	    strspn(hex, "0123456789abcdef") != length)
		return error_set(err, ERROR_NOT_FOUND, "%s: is no commit id of %d to %d hex digits",
				 text, DIGITS_LEAST, GIT_OID_HEXSZ);
	error = find_own(ret_commit, workspace, hex, err);
	if (!error && !ret_commit->number)
		error = find_backport(ret_commit, &workspace->index, hex, err);
	if (!error && !ret_commit->number) {
		if (length < GIT_OID_HEXSZ)
			error = error_set(err, ERROR_NOT_FOUND,
					  "%s: no series has it or a backport of it; of a commit "
					  "that is not there yet give all %d digits",
					  text, GIT_OID_HEXSZ);
		else
			git_oid_fromstr(&ret_commit->key, hex);
	}
	if (!error)
		error = find_subject(ret_commit, workspace, err);
	if (error)
		review_commit_release(ret_commit);
	return error;
}

int review_commit_choose(struct review_commit *commit, enum decision_kind kind, const char *series,
			 struct error *err)
{
	if (kind != DECISION_NOT_FIX)
		return 0;
	if (!id_is_zero(&commit->id))
		commit->key = commit->id;
	else if (!series)
		return error_set(err, ERROR_INPUT,
				 "%s: is no backport; name the one that does not repair, or say in "
				 "which series: --series",
				 id_short(&commit->key).text);
	return 0;
}
