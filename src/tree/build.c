/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/links.h"
#include "plan/seeds.h"
#include "triage/ledger.h"
#include "tree/base-policy.h"
#include "tree/journal.h"
#include "tree/names.h"
#include "tree/recipe.h"
#include "tree/refs.h"
#include "tree/state-writer.h"
#include "tree/states.h"

#define LOCK_SECONDS 60

struct build {
	struct workspace *workspace;
	struct progress *progress;
	struct store *store;
	struct store *trial; /* of published bases: most of what is tried is there already */
	struct ref_changes refs;
	struct ledger ledger;
	git_oid ledger_digest, advisories;
	char *identity;

	/* The series whose bases are built: kept from one base to the next. */
	bool has_series;
	struct members members;
	struct links links;
};

/* A base while it is built. */
struct work {
	struct build *build;
	const struct build_options *options;
	struct build_result *result;
	struct policy policy;
	struct base_states states;
	struct stanza_list fresh; /* the new states */
	struct store *planned;	  /* what the plan writes to */
	struct plan plan;
	bool has_plan;
};

/* ---- results ---- */

void build_result_release(struct build_result *result)
{
	base_point_release(&result->base);
	tip_point_release(&result->tip);
	free(result->branch);
	free(result->series_branch);
	free(result->policy);
	for (size_t i = 0; i < result->state_count; i++)
		free(result->states[i].tag);
	free(result->states);
	for (size_t i = 0; i < result->open_count; i++) {
		free(result->open[i].subject);
		free(result->open[i].advisories);
		free(result->open[i].reason);
	}
	free(result->open);
	memset(result, 0, sizeof(*result));
}

static void copy_base(struct base_point *ret_base, const struct base_point *base)
{
	*ret_base = *base;
	ret_base->series_name = string_copy(base->series_name);
	ret_base->name = string_copy(base->name);
}

static void note_open(struct build_result *result, const struct plan *plan)
{
	result->open = memory_alloc((plan->open_count + 1) * sizeof(*result->open));
	result->open_count = plan->open_count;
	for (size_t i = 0; i < plan->open_count; i++) {
		const struct plan_open *open = &plan->open[i];
		struct built_open *copy = &result->open[i];

		copy->kind = open->kind;
		if (open->member != MEMBER_NONE) {
			copy->commit = plan->members->items[open->member].id;
			copy->subject = string_copy(plan->members->items[open->member].subject);
		}
		copy->advisories = string_copy(open->advisories);
		copy->reason = string_copy(open->reason);
	}
}

static void note_state(struct build_result *result, const struct stanza *stanza, size_t commits)
{
	struct built_state *state = &result->states[result->state_count++];

	state->tag = string_copy(stanza->tag);
	state->commit = stanza->commit;
	state->commits = commits;
	state->superseded = stanza->superseded_by != NULL;
	for (size_t i = 0; i < stanza->steps.count; i++)
		if (stanza->steps.items[i].kind == STEP_ADD)
			state->added++;
		else
			state->withdrawn += 1 + stanza->steps.items[i].with.count;
}

/* ---- a run ---- */

static int read_inputs(struct build *build, struct error *err)
{
	char *directory = workspace_path(build->workspace, "ledger");
	struct buffer commit = BUFFER_INIT;
	int error;

	error = ledger_load(&build->ledger, directory, err);
	if (!error)
		error = ledger_digest(&build->ledger_digest, directory, err);
	if (!error && build->workspace->advisories_path)
		error = index_get_fact(&commit, &build->workspace->index, "advisory_commit", err);
	if (!error && commit.length == GIT_OID_HEXSZ)
		git_oid_fromstr(&build->advisories, commit.data);
	build->identity = string_format("%s <%s>", build->workspace->identity_name,
					build->workspace->identity_email);
	buffer_release(&commit);
	free(directory);
	return error;
}

int build_open(struct build **ret_build, struct workspace *workspace, struct progress *progress,
	       struct error *err)
{
	struct build *build = memory_alloc(sizeof(*build));
	int error;

	build->workspace = workspace;
	build->progress = progress;
	error = workspace_open_source(workspace, err);
	if (!error)
		error = workspace_lock(workspace, LOCK_SECONDS, err);
	if (!error)
		error = journal_recover(NULL, workspace, err);
	if (!error)
		error = store_open(&build->store, workspace->tree, STORE_WRITE, err);
	if (!error)
		error = read_inputs(build, err);
	if (error)
		build_close(build);
	else
		*ret_build = build;
	return error;
}

static void drop_series(struct build *build)
{
	if (!build->has_series)
		return;
	links_release(&build->links);
	members_release(&build->members);
	build->has_series = false;
}

void build_close(struct build *build)
{
	if (!build)
		return;
	drop_series(build);
	store_close(build->trial);
	store_close(build->store);
	ref_changes_release(&build->refs);
	ledger_release(&build->ledger);
	free(build->identity);
	workspace_unlock(build->workspace);
	free(build);
}

/* A repository without a branch that HEAD names cannot be cloned into a work tree. */
static int set_head(struct build *build, struct error *err)
{
	git_repository *repository = build->workspace->tree;
	const char *branch = NULL;

	if (git_repository_head_unborn(repository) != 1)
		return 0;
	for (size_t i = 0; i < build->refs.count && !branch; i++)
		if (!strncmp(build->refs.items[i].name, "refs/heads/", 11) &&
		    !id_is_zero(&build->refs.items[i].to))
			branch = build->refs.items[i].name;
	if (branch && git_repository_set_head(repository, branch) < 0)
		return git_failed(err, "tree.git: HEAD cannot be set to %s", branch);
	return 0;
}

int build_finish(struct build *build, struct error *err)
{
	int error = store_finish(build->store, err);

	if (!error)
		error = ref_changes_apply(&build->refs, build->workspace->tree, "build", err);
	if (!error)
		error = set_head(build, err);
	return error;
}

/* One for all bases: the most of what they read is the same. */
static int open_trial(struct build *build, struct error *err)
{
	return build->trial ? 0
			    : store_open(&build->trial, build->workspace->tree, STORE_TRIAL, err);
}

static int load_series(struct build *build, int64_t series, struct error *err)
{
	int error;

	if (build->has_series && build->members.series == series)
		return 0;
	drop_series(build);
	error = members_load(&build->members, build->workspace, series, build->progress, err);
	if (error)
		return error;
	error = open_trial(build, err);
	if (!error)
		error = links_find(&build->links, &build->members, build->trial, err);
	if (error)
		members_release(&build->members);
	build->has_series = !error;
	return error;
}

/* ---- one base ---- */

static void set_branches(struct work *work, const git_oid *commit)
{
	struct build *build = work->build;
	const struct base_point *base = &work->result->base;
	char *names[2];

	names[0] = branch_of_base(base->name, work->policy.name);
	names[1] = base->is_first ? branch_of_series(base->series_name, work->policy.name) : NULL;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (names[i] && commit)
			ref_changes_set(&build->refs, build->workspace->tree, names[i], commit);
		if (names[i] && !i)
			work->result->branch = string_copy(names[i] + strlen("refs/heads/"));
		else if (names[i])
			work->result->series_branch = string_copy(names[i] + strlen("refs/heads/"));
		free(names[i]);
	}
}

static int set_state(struct build *build, const struct stanza *stanza, struct error *err)
{
	char *state = string_format(STATES_REF "%s", stanza->tag);
	char *text_ref = string_format(STANZAS_REF "%s", stanza->tag);
	struct buffer text = BUFFER_INIT;
	git_oid blob;
	int error;

	stanza_print(&text, stanza);
	error = store_write(&blob, build->store, GIT_OBJECT_BLOB, text.data, text.length, err);
	if (!error) {
		ref_changes_set(&build->refs, build->workspace->tree, state, &stanza->commit);
		ref_changes_set(&build->refs, build->workspace->tree, text_ref, &blob);
	}
	buffer_release(&text);
	free(state);
	free(text_ref);
	return error;
}

/* The published states and the new ones. */
static struct stanza **all_states(struct work *work, size_t *ret_count)
{
	struct stanza **all = stanza_pointers(&work->states.published, work->fresh.count);

	*ret_count = work->states.published.count;
	for (size_t i = 0; i < work->fresh.count; i++)
		all[(*ret_count)++] = &work->fresh.items[i];
	return all;
}

/* Writes what the journal has and tree.git lost. */
static int restore(struct work *work, struct error *err)
{
	struct build *build = work->build;
	struct stanza_list *published = &work->states.published;
	struct stanza **all = stanza_pointers(published, 0);
	struct state_writer *writer = NULL;
	size_t commits;
	int error;

	error = state_writer_open(&writer, build->store, all, published->count, &build->ledger,
				  build->progress, err);
	for (size_t i = 0; i < published->count && !error; i++)
		error = state_writer_write(&commits, writer, false, err);
	if (!error)
		error = journal_set_refs(&build->refs, published, build->workspace, build->store,
					 err);
	work->result->restored = published->count;
	state_writer_close(writer);
	free(all);
	return error;
}

static bool needs_restore(const struct work *work)
{
	const struct stanza_list *published = &work->states.published;

	for (size_t i = 0; i < published->count; i++)
		if (!store_has(work->build->store, &published->items[i].commit))
			return true;
	return false;
}

/* What was published stays what it is, whatever was asked for. */
static int check_published(struct work *work, struct error *err)
{
	const struct base_point *base = &work->result->base;
	const struct stanza *last = work->states.published.count
					    ? array_last(&work->states.published)
					    : NULL;

	if (!last)
		return 0;
	if (last->rules > MERGE_RULES)
		return error_set(
			err, ERROR_REFUSED,
			"%s: was published with merge rules %d, this version knows %d; use "
			"a newer one",
			last->tag, last->rules, MERGE_RULES);
	if (!git_oid_equal(&last->base, &base->id))
		return error_set(err, ERROR_REFUSED,
				 "%s: is commit %s now, but was published as %s; name the base by "
				 "that id",
				 base->name, id_short(&base->id).text, id_short(&last->base).text);
	if (strcmp(last->series, base->series_name))
		return error_set(err, ERROR_REFUSED, "%s: was published for series %s, not %s",
				 base->name, last->series, base->series_name);
	return 0;
}

/* A published branch does not go back: the tip is at least the one of its last state. */
static int find_tip(struct work *work, struct error *err)
{
	const struct base_point *base = &work->result->base;
	const struct members *members = &work->build->members;
	struct tip_point *tip = &work->result->tip;
	const struct stanza *last;
	uint32_t member, was;
	int error;

	error = tip_resolve(tip, work->build->workspace, members, base, work->options->to, err);
	if (error || !work->states.published.count)
		return error;
	last = array_last(&work->states.published);
	member = members_find(members, &tip->id);
	was = members_find(members, &last->tip);
	if (was == MEMBER_NONE || (member != MEMBER_NONE && member >= was))
		return 0;
	if (work->options->to)
		return error_set(err, ERROR_REFUSED,
				 "--to %s: %s is published up to %s already; a branch does not go "
				 "back",
				 work->options->to, base->name, last->tip_name);
	tip_point_release(tip);
	return tip_resolve(tip, work->build->workspace, members, base, last->tip_name, err);
}

static int make_plan(struct work *work, struct error *err)
{
	struct build *build = work->build;
	const struct base_point *base = &work->result->base;
	const struct tip_point *tip = &work->result->tip;
	struct seeds seeds = SEEDS_INIT;
	struct plan_published *published = NULL;
	struct plan_request request = {
		.base = base->id,
		.base_name = base->name,
		.tip = tip->id,
		.tip_name = tip->name,
		.policy = &work->policy,
		.ledger = &build->ledger,
		.decisions = &build->ledger.decisions,
		.closure_limit = build->workspace->closure_limit,
	};
	int error;

	error = recipe_published(&published, &request.published_count, &work->states,
				 &build->ledger, err);
	request.published = published;
	if (!error && work->options->seeds)
		error = seeds_read(&seeds, work->options->seeds, &build->members, err);
	request.seeds = seeds.items;
	request.seed_count = seeds.count;
	/* What is merged for the plan of a new branch is what its commits will hold. */
	work->planned = build->store;
	if (!error && work->states.published.count) {
		error = open_trial(build, err);
		work->planned = build->trial;
	}
	if (!error)
		error = plan_make(&work->plan, &build->members, &build->links, work->planned,
				  &request, build->progress, err);
	work->has_plan = !error;
	seeds_release(&seeds);
	free(published);
	return error;
}

static struct recipe_request recipe_request(const struct work *work)
{
	const struct build *build = work->build;

	return (struct recipe_request){
		.base = &work->result->base,
		.tip = &work->result->tip,
		.plan = &work->plan,
		.ledger = &build->ledger,
		.states = &work->states,
		.each_release = work->options->each_release,
		.advisories = build->advisories,
		.ledger_digest = build->ledger_digest,
		.identity = build->identity,
	};
}

static int make_recipe(struct work *work, struct error *err)
{
	struct recipe_request request = recipe_request(work);

	return recipe_make(&work->fresh, &request, work->build->workspace->tree, err);
}

/* The set that was written and the one that was planned are one. */
static int check_tree(struct work *work, struct state_writer *writer, struct error *err)
{
	struct recipe_request request = recipe_request(work);
	git_oid written, planned;
	int error;

	if (!recipe_agrees(&request))
		return 0;
	error = state_writer_source_tree(&written, writer, err);
	if (!error)
		error = fold_write(&planned, work->plan.fold, err);
	if (!error && !git_oid_equal(&written, &planned))
		error = error_set(
			err, ERROR_CONFLICT,
			"%s: the branch comes out as tree %s, the plan as %s; nothing was "
			"changed",
			work->result->base.name, id_hex(&written).text, id_hex(&planned).text);
	return error;
}

static int write_states(struct work *work, struct error *err)
{
	struct build *build = work->build;
	struct stanza_list *fresh = &work->fresh;
	bool is_published = work->states.published.count > 0;
	struct state_writer *writer = NULL;
	size_t count, commits, written = 0;
	struct stanza **all = all_states(work, &count);
	int error;

	work->result->states = memory_alloc((fresh->count + 1) * sizeof(*work->result->states));
	error = state_writer_open(&writer, build->store, all, count, &build->ledger,
				  build->progress, err);
	/* Everything was merged once, for the plan, and nothing came before it. */
	if (!error && !is_published)
		error = state_writer_use_plan(writer, work->plan.fold, work->planned, err);
	for (size_t i = 0; i < work->states.published.count && !error; i++)
		error = state_writer_stand(writer, err);
	for (size_t i = 0; i < fresh->count && !error; i++) {
		/* Members that change nothing wait for a state that has something to tell. */
		bool skip = is_published && i + 1 == fresh->count && !written;

		error = state_writer_write(&commits, writer, skip, err);
		if (error || (skip && !commits))
			break;
		written++;
		note_state(work->result, &fresh->items[i], commits);
		error = set_state(build, &fresh->items[i], err);
	}
	if (!error)
		error = check_tree(work, writer, err);
	if (!error && !is_published)
		set_branches(work, &array_last(fresh)->commit);
	else
		set_branches(work, NULL);
	state_writer_close(writer);
	free(all);
	return error;
}

static int build_work(struct work *work, struct error *err)
{
	struct build *build = work->build;
	struct build_result *result = work->result;
	int error;

	error = base_states_load(&work->states, build->workspace, result->base.name,
				 work->policy.name, err);
	if (!error)
		error = check_published(work, err);
	if (error)
		return error;
	result->published = work->states.published.count > 0;
	if (needs_restore(work)) {
		set_branches(work, NULL);
		return restore(work, err);
	}
	error = load_series(build, result->base.series, err);
	if (!error)
		error = find_tip(work, err);
	if (!error)
		error = make_plan(work, err);
	if (!error)
		error = make_recipe(work, err);
	if (error)
		return error;
	base_states_forget(&build->refs, &work->states, build->workspace);
	plan_count(result->counts, &work->plan);
	note_open(result, &work->plan);
	result->needs_look = work->plan.needs_look;
	if (work->fresh.count)
		return write_states(work, err);
	set_branches(work, NULL);
	return 0;
}

int build_base(struct build_result *ret_result, struct build *build, const struct base_point *base,
	       const struct build_options *options, struct error *err)
{
	struct work work = {
		.build = build,
		.options = options,
		.result = ret_result,
	};
	int error;

	memset(ret_result, 0, sizeof(*ret_result));
	error = base_policy_find(&work.policy, build->workspace, base->name, options->policy, err);
	if (error)
		return error;
	ret_result->policy = string_copy(work.policy.name);
	copy_base(&ret_result->base, base);
	progress_begin(build->progress, base->name);
	error = build_work(&work, err);
	progress_end(build->progress);
	if (work.has_plan)
		plan_release(&work.plan);
	stanza_list_release(&work.fresh);
	base_states_release(&work.states);
	policy_release(&work.policy);
	if (error)
		build_result_release(ret_result);
	return error;
}
