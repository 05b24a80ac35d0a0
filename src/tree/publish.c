/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "triage/ledger.h"
#include "tree/base-policy.h"
#include "tree/bases.h"
#include "tree/journal.h"
#include "tree/keep.h"
#include "tree/names.h"
#include "tree/refs.h"
#include "tree/states.h"

#define LOCK_SECONDS 60
#define REGRESSIONS_SHOWN 8

void publish_result_release(struct publish_result *result)
{
	for (size_t i = 0; i < result->count; i++)
		free(result->states[i].tag);
	free(result->states);
	free(result->base_name);
	free(result->branch);
	free(result->series_branch);
	memset(result, 0, sizeof(*result));
}

/* ---- which base ---- */

/* A branch of ours names base and policy: `*given` becomes the latter, where it was not said. */
static bool names_base(const char **given, const char *text, const struct known_base *known)
{
	char *whole = branch_of_base(known->name, POLICY_DEFAULT);
	const char *branch = whole + strlen("refs/heads/");
	size_t length = strlen(branch);
	bool is_branch = !strncmp(text, branch, length) && (!text[length] || text[length] == '-');

	free(whole);
	if (is_branch && !*given)
		*given = text[length] ? text + length + 1 : POLICY_DEFAULT;
	return is_branch || !strcmp(text, known->name) ||
	       (known->name[0] == 'v' && !strcmp(text, known->name + 1));
}

/* A base that was built or published, even where the source no longer knows the name. */
static int find_base(char **ret_name, const char **given, struct workspace *workspace,
		     const char *text, struct error *err)
{
	struct known_bases known;
	struct base_point base;
	int error = known_bases_read(&known, workspace, err);

	*ret_name = NULL;
	if (error)
		return error;
	for (size_t i = 0; i < known.count && !*ret_name; i++)
		if (names_base(given, text, &known.items[i]))
			*ret_name = string_copy(known.items[i].name);
	known_bases_release(&known);
	if (*ret_name)
		return 0;
	error = base_find(&base, workspace, text, NULL, err);
	if (!error) {
		*ret_name = string_copy(base.name);
		base_point_release(&base);
	}
	return error;
}

static int start(char **ret_name, struct base_states *states, struct workspace *workspace,
		 const char *text, const char *policy, struct error *err)
{
	int error = workspace_open_source(workspace, err);
	char *name = NULL;

	*ret_name = NULL;
	memset(states, 0, sizeof(*states));
	if (!error)
		error = workspace_lock(workspace, LOCK_SECONDS, err);
	if (!error)
		error = journal_recover(NULL, workspace, err);
	if (!error)
		error = find_base(ret_name, &policy, workspace, text, err);
	if (!error)
		error = base_policy_of_states(&name, workspace, *ret_name, policy, err);
	if (!error)
		error = base_states_load(states, workspace, *ret_name, name, err);
	free(name);
	return error;
}

/* ---- publishing ---- */

static int check_built(const struct base_states *states, struct workspace *workspace,
		       struct error *err)
{
	if (states->replaced)
		return error_set(err, ERROR_REFUSED,
				 "%s: what was built does not stand on what is published; build it "
				 "again",
				 states->base);
	if (!states->built.count && !states->published.count)
		return error_set(err, ERROR_NOT_FOUND,
				 "%s: nothing was built of it; 'sectree build %s' does",
				 states->base, states->base);
	for (size_t i = 0; i < states->built.count; i++)
		if (!git_odb_exists(workspace->odb, &states->built.items[i].commit))
			return error_set(err, ERROR_INPUT,
					 "%s: its commit %s is missing in tree.git; build the base "
					 "again",
					 states->built.items[i].tag,
					 id_hex(&states->built.items[i].commit).text);
	return 0;
}

/* A pick that does harm is published only when somebody said so. */
static int check_regressions(const struct base_states *states, const struct ledger *ledger,
			     struct error *err)
{
	struct buffer list = BUFFER_INIT;
	size_t found = 0;
	int error = 0;

	for (size_t i = 0; i < states->built.count; i++) {
		const struct stanza *stanza = &states->built.items[i];

		for (size_t j = 0; j < stanza->regressions.count; j++) {
			const struct stanza_gap *gap = &stanza->regressions.items[j];

			if (ledger_find(ledger, VERDICT_ACCEPT_REGRESSION, &gap->stable,
					states->base))
				continue;
			if (found++ < REGRESSIONS_SHOWN)
				buffer_add_format(&list, "\n%s: %s", id_hex(&gap->stable).text,
						  gap->reason);
		}
	}
	if (found)
		error = error_set(err, ERROR_REFUSED,
				  "%s: %zu known regression%s; to publish a pick all the same: "
				  "sectree review <commit> --accept-regression --base %s --reason "
				  "TEXT%s%s",
				  states->base, found, found == 1 ? "" : "s", states->base,
				  list.data, found > REGRESSIONS_SHOWN ? "\n..." : "");
	buffer_release(&list);
	return error;
}

/* A replay needs the text of a resolution, so the ledger's history has to have it. */
static int check_resolutions(const struct base_states *states, const struct ledger *ledger,
			     struct error *err)
{
	bool keeps = true;
	int error = 0;

	for (size_t i = 0; i < states->built.count && !error; i++) {
		const struct stanza *stanza = &states->built.items[i];

		for (size_t j = 0; j < stanza->steps.count && !error; j++) {
			const struct step *step = &stanza->steps.items[j];

			if (step->kind != STEP_ADD || id_is_zero(&step->resolution))
				continue;
			error = ledger_keeps(&keeps, ledger, &step->resolution, err);
			if (!error && !keeps)
				error = error_set(
					err, ERROR_REFUSED,
					"%s: commit %s is in with resolution %s, which is "
					"not committed in ledger/; commit "
					"ledger/resolutions/%s/, then build the base again",
					stanza->tag, id_hex(&step->stable).text,
					id_hex(&step->resolution).text, id_hex(&step->stable).text);
		}
	}
	return error;
}

static int load_and_check(const struct base_states *states, struct workspace *workspace,
			  struct error *err)
{
	char *directory = workspace_path(workspace, "ledger");
	struct ledger ledger;
	int error = check_built(states, workspace, err);

	if (!error && states->built.count) {
		error = ledger_load(&ledger, directory, err);
		if (!error) {
			error = check_regressions(states, &ledger, err);
			if (!error)
				error = check_resolutions(states, &ledger, err);
			ledger_release(&ledger);
		}
	}
	free(directory);
	return error;
}

/* Journal first, refs then: what the journal has is published, whatever happens next. */
static int write_journal(const struct base_states *states, struct workspace *workspace,
			 struct error *err)
{
	struct buffer text = BUFFER_INIT;
	int error;

	for (size_t i = 0; i < states->built.count; i++)
		stanza_print(&text, &states->built.items[i]);
	error = journal_append(workspace, states->base, states->policy, &text, err);
	buffer_release(&text);
	return error;
}

static int publish_states(const struct base_states *states, struct workspace *workspace,
			  struct error *err)
{
	struct ref_changes changes = REF_CHANGES_INIT;
	struct store *store = NULL;
	int error = store_open(&store, workspace->tree, STORE_WRITE, err);

	if (!error)
		error = journal_set_refs(&changes, &states->built, workspace, store, err);
	if (!error)
		error = store_finish(store, err);
	if (!error)
		error = keep_states(workspace, &states->built, err);
	if (!error)
		error = write_journal(states, workspace, err);
	if (!error)
		error = ref_changes_apply(&changes, workspace->tree, "publish", err);
	store_close(store);
	ref_changes_release(&changes);
	return error;
}

static void fill_result(struct publish_result *result, const struct base_states *states,
			struct workspace *workspace)
{
	const struct stanza *last = states->built.count ? array_last(&states->built)
							: array_last(&states->published);
	char *names[2];

	result->base_name = string_copy(states->base);
	result->base = last->base;
	names[0] = branch_of_base(last->base_name, last->policy);
	names[1] = branch_of_series(last->series, last->policy);
	result->branch = string_copy(names[0] + strlen("refs/heads/"));
	if (last->whole)
		result->series_branch = string_copy(names[1] + strlen("refs/heads/"));
	free(names[0]);
	free(names[1]);
	result->states = memory_alloc((states->built.count + 1) * sizeof(*result->states));
	for (size_t i = 0; i < states->built.count; i++) {
		struct published_state *state = &result->states[result->count++];
		char *tag = string_format(TAGS_REF "%s", states->built.items[i].tag);

		state->tag = string_copy(states->built.items[i].tag);
		state->commit = states->built.items[i].commit;
		ref_read(&state->tag_id, workspace->tree, tag);
		free(tag);
	}
}

/* Whether the base may have a branch of this policy. */
static int check_policy(struct workspace *workspace, const struct base_states *states,
			struct error *err)
{
	struct policy policy;
	int error = base_policy_find(&policy, workspace, states->base, states->policy, err);

	if (!error)
		policy_release(&policy);
	return error;
}

int publish_base(struct publish_result *ret_result, struct workspace *workspace, const char *text,
		 const char *policy, struct error *err)
{
	struct base_states states;
	char *name;
	int error;

	memset(ret_result, 0, sizeof(*ret_result));
	error = start(&name, &states, workspace, text, policy, err);
	/* Another may be published by now. */
	if (!error && states.built.count)
		error = check_policy(workspace, &states, err);
	if (!error)
		error = load_and_check(&states, workspace, err);
	if (!error && states.built.count)
		error = publish_states(&states, workspace, err);
	if (!error)
		fill_result(ret_result, &states, workspace);
	base_states_release(&states);
	free(name);
	workspace_unlock(workspace);
	return error;
}

/* ---- dropping ---- */

/* A branch goes when it leads to one of the states: another base may have it by now. */
static void drop_branch(struct ref_changes *changes, const struct base_states *states,
			struct workspace *workspace, char *name)
{
	git_oid id;

	if (ref_read(&id, workspace->tree, name))
		for (size_t i = 0; i < states->built.count; i++)
			if (git_oid_equal(&id, &states->built.items[i].commit))
				ref_changes_delete(changes, workspace->tree, name);
	free(name);
}

int drop_base(char **ret_name, struct workspace *workspace, const char *text, const char *policy,
	      struct error *err)
{
	struct ref_changes changes = REF_CHANGES_INIT;
	struct base_states states;
	int error = start(ret_name, &states, workspace, text, policy, err);

	if (!error && states.published.count)
		error = error_set(err, ERROR_REFUSED,
				  "%s: is published, and a published branch only grows; to take a "
				  "commit out of it add a verdict 'withdraw' to the ledger",
				  *ret_name);
	if (!error && !states.names.count)
		error = error_set(err, ERROR_NOT_FOUND, "%s: nothing was built of it", *ret_name);
	if (!error) {
		const struct stanza *first = states.built.items;

		base_states_forget(&changes, &states, workspace);
		if (states.built.count) {
			drop_branch(&changes, &states, workspace,
				    branch_of_base(first->base_name, first->policy));
			drop_branch(&changes, &states, workspace,
				    branch_of_series(first->series, first->policy));
		}
		error = ref_changes_apply(&changes, workspace->tree, "drop", err);
	}
	if (error) {
		free(*ret_name);
		*ret_name = NULL;
	}
	ref_changes_release(&changes);
	base_states_release(&states);
	workspace_unlock(workspace);
	return error;
}
