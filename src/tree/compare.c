/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/compare.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/advisory.h"
#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"
#include "tree/compare-parts.h"
#include "triage/policies.h"

void comparison_release(struct comparison *comparison)
{
	array_release(&comparison->differences);
	array_release(&comparison->holes);
	export_notice_release(&comparison->exports);
	side_release(&comparison->left);
	side_release(&comparison->right);
	for (size_t i = 0; i < comparison->series_count; i++) {
		links_release(&comparison->links[i]);
		members_release(&comparison->members[i]);
		tip_point_release(&comparison->horizon[i]);
	}
	store_close(comparison->store);
	ledger_release(&comparison->ledger);
	arena_release(&comparison->arena);
	memset(comparison, 0, sizeof(*comparison));
}

/* ---- kinds and reasons ---- */

static enum difference_kind kind_of_role(enum state role)
{
	static const enum difference_kind kinds[STATE_COUNT] = {
		[STATE_WITHDRAWN] = DIFFERENCE_OTHER,
		[STATE_HELD] = DIFFERENCE_OTHER,
		[STATE_PICK] = DIFFERENCE_FIX,
		[STATE_FOLLOW_UP] = DIFFERENCE_FOLLOW_UP,
		[STATE_PREREQUISITE] = DIFFERENCE_PREREQUISITE,
	};

	return role <= STATE_PREREQUISITE ? kinds[role] : DIFFERENCE_OTHER;
}

/* What a member of one side is to the other side, which is of the same series. */
static enum difference_kind find_kind(const struct difference *difference, const struct side *here,
				      const struct side *there, const struct plan_row *row)
{
	const struct member *member = &here->members->items[difference->member];
	enum state state = row ? row->state : STATE_NOT_SECURITY, role = difference->role;
	uint32_t by = side_undone_by(here, difference->member);

	/* What repairs a fix in the base is planned as a pick, and a follow-up all the same. */
	if (!difference->in_base && role == STATE_FOLLOW_UP &&
	    !plan_admits(&there->plan, difference->member))
		return DIFFERENCE_FOLLOW_UP;
	if (row && is_lacking(row))
		return kind_of_role(difference->in_base || state < role ? state : role);
	if (!difference->in_base && role != STATE_PICK)
		return kind_of_role(role);
	if (state == STATE_NOT_AFFECTED || by != MEMBER_NONE)
		return DIFFERENCE_OTHER;
	if (plan_admits(&there->plan, difference->member) && state == STATE_REVERTED &&
	    row->cause != MEMBER_NONE)
		return side_covers(there, member, row->cause) ? DIFFERENCE_OTHER : DIFFERENCE_FIX;
	if (!difference->in_base ||
	    (plan_admits(&there->plan, difference->member) && state == STATE_WITHDRAWN))
		return DIFFERENCE_FIX;
	return DIFFERENCE_OTHER;
}

/* A follow-up is missed where what it repairs is: not where that is not either. */
static bool is_missed(const struct difference *difference, const struct plan_row *row)
{
	return difference->kind == DIFFERENCE_FIX || difference->kind == DIFFERENCE_UNMATCHED ||
	       (difference->kind == DIFFERENCE_FOLLOW_UP && row && is_lacking(row));
}

static const char *find_reason(struct comparing *comparing, const struct difference *difference,
			       const struct side *here, const struct plan_row *row)
{
	const struct member *member = &here->members->items[difference->member];
	uint32_t by = side_undone_by(here, difference->member);
	const char *reason;

	if (!difference->in_base)
		reason = compare_step_reason(comparing, here, here->step_of[difference->member]);
	else if (member->advisory_count)
		reason = compare_advisories(comparing, member);
	else if (member_is_release_or_merge(here->members, difference->member))
		reason = member->version ? "a release commit" : "a merge";
	else if (row && is_lacking(row))
		reason = row->reason;
	else
		reason = "no advisory names it";
	if (by == MEMBER_NONE)
		return reason;
	return compare_words(comparing, "%s; taken back by %s, which is in as well", reason,
			     compare_name(comparing, here, by));
}

static struct difference *add_difference(struct comparing *comparing, const struct side *here,
					 uint32_t at, bool gained)
{
	struct difference *difference = array_add(&comparing->out->differences);
	const struct member *member = &here->members->items[at];

	difference->gained = gained;
	difference->member = at;
	difference->id = member->id;
	difference->subject = member->subject;
	difference->release = member->release == MEMBER_NONE
				      ? NULL
				      : here->members->releases[member->release].name;
	difference->in_base = here->in_base[at];
	difference->role = difference->in_base ? STATE_NOT_SECURITY : here->step_of[at]->role;
	difference->security = member->advisory_count > 0;
	return difference;
}

/* ---- in one series ---- */

static void compare_member(struct comparing *comparing, const struct side *here,
			   const struct side *there, uint32_t at, bool gained)
{
	const struct plan_row *row = plan_row_of(&there->plan, at);
	struct difference *difference = add_difference(comparing, here, at, gained);

	difference->kind = find_kind(difference, here, there, row);
	difference->reason = find_reason(comparing, difference, here, row);
	difference->absent = compare_absent(comparing, there, at);
	comparing->out->is_loss |= !gained && is_missed(difference, row);
}

/* ---- between two series ---- */

/* Whether records alone say of each advisory that a side is not open to it. */
static bool is_cleared(const struct comparing *comparing, const struct member *member, size_t there)
{
	for (size_t i = 0; i < member->advisory_count; i++) {
		const struct advisory *advisory = member->advisories[i].advisory;

		if (advisory->origin != ADVISORY_RECORD || !advisory->pair_count ||
		    table_find_string(NULL, &comparing->open_advisories[there], advisory->name))
			return false;
	}
	return member->advisory_count > 0;
}

/* Whether a side keeps what a follow-up of another series repairs, as far as that is known. */
static int keeps_repaired(bool *ret_keeps, const struct side *there, const struct side *here,
			  const struct step *step, struct error *err)
{
	enum upstream_match match;
	uint32_t member;
	int error = 0;

	*ret_keeps = false;
	for (size_t i = 0; i < step->needed_by.count && !error && !*ret_keeps; i++) {
		member = members_find(here->members, &step->needed_by.items[i]);
		if (member == MEMBER_NONE)
			continue;
		error = compare_upstream(&match, there, &here->members->items[member], err);
		*ret_keeps = match == UPSTREAM_HAS;
	}
	return error;
}

static enum difference_kind find_foreign_kind(const struct difference *difference,
					      const struct side *here)
{
	if (side_undone_by(here, difference->member) != MEMBER_NONE)
		return DIFFERENCE_OTHER;
	if (!difference->in_base)
		return kind_of_role(difference->role);
	return plan_admits(&here->plan, difference->member) ? DIFFERENCE_FIX : DIFFERENCE_OTHER;
}

static int compare_foreign(struct comparing *comparing, const struct side *here,
			   const struct side *there, uint32_t at, bool gained, struct error *err)
{
	const struct member *member = &here->members->items[at];
	struct difference *difference;
	enum upstream_match match;
	bool missed = false;
	int error;

	if (member_is_release_or_merge(here->members, at))
		return 0;
	error = compare_upstream(&match, there, member, err);
	if (error || match == UPSTREAM_HAS)
		return error;
	difference = add_difference(comparing, here, at, gained);
	difference->kind = find_foreign_kind(difference, here);
	difference->reason = find_reason(comparing, difference, here, NULL);
	difference->absent = "its upstream commit is not there, or was taken back";
	if (match == UPSTREAM_UNKNOWN)
		difference->absent = "names no upstream commit: whether that has it is not known";
	if (difference->kind == DIFFERENCE_FIX && is_cleared(comparing, member, !gained ? 1 : 0)) {
		difference->kind = DIFFERENCE_OTHER;
		difference->absent = "by its record alone that is not affected, or has it fixed";
	} else if (match == UPSTREAM_UNKNOWN && (difference->kind == DIFFERENCE_FIX ||
						 difference->kind == DIFFERENCE_FOLLOW_UP)) {
		difference->kind = DIFFERENCE_UNMATCHED;
	}
	if (difference->kind == DIFFERENCE_FOLLOW_UP)
		error = keeps_repaired(&missed, there, here, here->step_of[at], err);
	comparing->out->is_loss |= !gained && (missed || is_missed(difference, NULL));
	return error;
}

/* ---- what the series rewrote ---- */

static bool is_in_set(const struct side *side, const git_oid *id)
{
	for (size_t i = 0; i < side->set.count; i++)
		if (git_oid_equal(&side->set.items[i].stable, id))
			return true;
	return false;
}

static const struct step *find_step(const struct side *side, const git_oid *id)
{
	for (size_t i = 0; i < side->set.count; i++)
		if (git_oid_equal(&side->set.items[i].stable, id))
			return side->set.items[i].step;
	return NULL;
}

static const char *read_subject(struct comparing *comparing, const git_oid *id)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct buffer text = BUFFER_INIT;
	git_odb_object *object = NULL;
	const char *words = "";

	if (!git_odb_read(&object, comparing->workspace->odb, id) &&
	    !commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object), id,
			       NULL)) {
		buffer_add_utf8(&text, view.message.text, (size_t)strcspn(view.message.text, "\n"));
		words = compare_words(comparing, "%s", text.data);
	}
	buffer_release(&text);
	commit_view_release(&view);
	git_odb_object_free(object);
	return words;
}

/* Members that the series has no more, and nothing took their place. */
static void compare_gone(struct comparing *comparing, const struct side *here,
			 const struct side *there, bool gained)
{
	for (size_t i = 0; i < here->plan.gone_count; i++) {
		const struct plan_gone *gone = &here->plan.gone[i];
		const struct step *step = find_step(here, &gone->id);
		struct difference *difference;

		if (gone->replaced_by != MEMBER_NONE || !step || is_in_set(there, &gone->id))
			continue;
		difference = array_add(&comparing->out->differences);
		*difference = (struct difference){
			.kind = kind_of_role(step->role),
			.gained = gained,
			.security = true,
			.role = step->role,
			.member = MEMBER_NONE,
			.id = gone->id,
			.subject = read_subject(comparing, &gone->id),
			.reason = compare_step_reason(comparing, here, step),
			.absent = "its series was rewritten, and has it no more",
		};
		comparing->out->is_loss |= !gained && is_missed(difference, NULL);
	}
}

static int compare_side(struct comparing *comparing, bool gained, struct error *err)
{
	struct comparison *out = comparing->out;
	const struct side *here = difference_side(out, gained);
	const struct side *there = difference_side(out, !gained);
	int error = 0;

	for (uint32_t at = 0; at < here->members->count && !error; at++) {
		if (!side_has(here, at) || (out->one_series && side_has(there, at)))
			continue;
		if (out->one_series)
			compare_member(comparing, here, there, at, gained);
		else
			error = compare_foreign(comparing, here, there, at, gained, err);
	}
	if (!error)
		compare_gone(comparing, here, there, gained);
	return error;
}

/* ---- the whole ---- */

/* Whether an ancestor of `number`, or itself, or where the series starts. */
static bool reaches(const struct members *members, uint32_t number, const git_oid *id)
{
	uint32_t member = members_find(members, id);
	unsigned char *marks;
	bool is = true;

	if (member == MEMBER_NONE)
		return true;
	marks = memory_alloc(members->topology.count + 1);
	topology_mark(marks, &members->topology, number);
	is = marks[members->items[member].number];
	free(marks);
	return is;
}

/* The newest release, or the newest commit where one of the sides lies beyond that. */
static void find_horizon(struct tip_point *ret_horizon, const struct comparison *comparison,
			 const struct members *members)
{
	const struct side *sides[2] = { &comparison->left, &comparison->right };
	const struct member_release *newest = NULL;
	uint32_t tip = members_of_number(members, members->tip_number);

	for (size_t i = 0; i < members->release_count; i++)
		if (members->releases[i].member != MEMBER_NONE)
			newest = &members->releases[i];
	for (size_t i = 0; i < COUNT_OF(sides) && newest; i++)
		if (sides[i]->base.series == members->series &&
		    (!reaches(members, newest->number, &sides[i]->base.id) ||
		     !reaches(members, newest->number, &sides[i]->tip)))
			newest = NULL;
	if (newest)
		tip = newest->member;
	ret_horizon->id = tip == MEMBER_NONE ? members->first : members->items[tip].id;
	ret_horizon->name = string_copy(newest ? newest->name : id_short(&ret_horizon->id).text);
	ret_horizon->sublevel = newest ? newest->sublevel : -1;
}

/* The series of a side, read once. */
static int load_series(size_t *ret_at, struct comparison *comparison, struct workspace *workspace,
		       int64_t series, struct error *err)
{
	size_t at = comparison->series_count;
	struct members *members = &comparison->members[at];
	int error;

	*ret_at = 0;
	if (at && comparison->members[0].series == series)
		return 0;
	error = members_load(members, workspace, series, NULL, err);
	if (error)
		return error;
	error = links_find(&comparison->links[at], members, comparison->store, err);
	if (error) {
		members_release(members);
		return error;
	}
	find_horizon(&comparison->horizon[at], comparison, members);
	comparison->series_count++;
	*ret_at = at;
	return 0;
}

/* A state is seen as it was built; a base as the state that it is held against. */
static int side_policy(struct policy *ret_policy, const struct side *side, const struct side *other,
		       const struct workspace *workspace, struct error *err)
{
	const struct stanza *state = side->state ? side->state : other->state;
	int error = policy_find(ret_policy, workspace,
				state ? state->policy : workspace->build_policy, err);

	if (error == ERROR_NOT_FOUND && state)
		error = error_set(err, ERROR_INPUT,
				  "%s: was built with policy %s, which is not in sectree.conf any "
				  "more",
				  state->tag, state->policy);
	return error;
}

static int examine_sides(struct comparison *comparison, struct workspace *workspace,
			 struct error *err)
{
	struct side *sides[2] = { &comparison->left, &comparison->right };
	size_t at;
	int error = 0;

	bool one_base = comparison->one_series &&
			git_oid_equal(&sides[0]->base.id, &sides[1]->base.id);

	for (size_t i = 0; i < COUNT_OF(sides) && !error; i++) {
		struct policy policy = { 0 };

		error = side_policy(&policy, sides[i], sides[!i], workspace, err);
		if (error)
			break;
		error = load_series(&at, comparison, workspace, sides[i]->base.series, err);
		if (!error)
			error = side_examine(sides[i], &comparison->members[at],
					     &comparison->links[at], comparison->store,
					     &comparison->ledger, &comparison->horizon[at], &policy,
					     !one_base, err);
		policy_release(&policy);
	}
	return error;
}

static int find_sides(struct comparison *comparison, struct workspace *workspace, const char *left,
		      const char *right, struct error *err)
{
	int error = side_find(&comparison->left, workspace, left, err);

	if (!error)
		error = side_find(&comparison->right, workspace, right, err);
	comparison->one_series = !error &&
				 comparison->left.base.series == comparison->right.base.series;
	return error;
}

static int compare_sides(struct comparison *comparison, struct workspace *workspace,
			 struct error *err)
{
	struct comparing comparing = { .out = comparison, .workspace = workspace };
	char *directory = workspace_path(workspace, "ledger");
	int error = ledger_load(&comparison->ledger, directory, err);

	if (!error)
		error = store_open(&comparison->store, workspace->tree, STORE_TRIAL, err);
	if (!error)
		error = examine_sides(comparison, workspace, err);
	if (!error)
		error = compare_find_holes(&comparing, err);
	if (!error)
		error = compare_side(&comparing, false, err);
	if (!error)
		error = compare_side(&comparing, true, err);
	if (!error)
		error = compare_holes(&comparing, err);
	comparing_release(&comparing);
	free(directory);
	return error;
}

int compare(struct comparison *ret_comparison, struct workspace *workspace, const char *left,
	    const char *right, struct progress *progress, struct error *err)
{
	struct export_search *search = NULL;
	int error, searched;

	memset(ret_comparison, 0, sizeof(*ret_comparison));
	progress_begin(progress, "Comparing");
	error = find_sides(ret_comparison, workspace, left, right, err);
	if (!error)
		error = export_search_start(&search, workspace->tree, &ret_comparison->left.tree,
					    &ret_comparison->right.tree, err);
	if (!error)
		error = compare_sides(ret_comparison, workspace, err);
	searched = export_search_finish(&ret_comparison->exports, search, error ? NULL : err);
	progress_end(progress);
	if (!error)
		error = searched;
	if (error)
		comparison_release(ret_comparison);
	return error;
}
