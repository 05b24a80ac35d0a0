/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folding the set, and holding what does not apply (docs/plan.md, rule 5). The
 * fold starts with what is published; everything else is added in the series' order,
 * so that where a late commit leaves a published one without a tree it is the late
 * one that is held.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/planner.h"

static int add_to_fold(struct fold_report *ret_report, struct planner *planner, uint32_t row,
		       struct error *err)
{
	struct plan *plan = planner->plan;
	uint32_t member = plan->rows[row].member;
	struct fold_member added = { .order = plan_order(member),
				     .cookie = (void *)((uintptr_t)member + 1) };
	int error = 0;

	if (!plan->changes[row].count)
		error = members_changes(&plan->changes[row], planner->members, member, err);
	if (error)
		return error;
	added.change.list = &plan->changes[row];
	added.change.parent_tree = *members_parent_tree(planner->members, member);
	return fold_add(ret_report, plan->fold, &added, err);
}

static struct plan_gone *gone_of(const struct planner *planner, uint32_t row)
{
	for (size_t i = 0; i < planner->plan->gone_count; i++)
		if (planner->plan->gone[i].replaced_by == planner->plan->rows[row].member)
			return &planner->plan->gone[i];
	return NULL;
}

static bool changes_path(const struct planner *planner, uint32_t row, const char *path)
{
	struct change_list changes = CHANGE_LIST_INIT;
	bool found = false;

	if (members_changes(&changes, planner->members, planner->plan->rows[row].member, NULL) == 0)
		for (size_t i = 0; i < changes.count && !found; i++)
			found = !strcmp(changes.items[i].path, path);
	change_list_release(&changes);
	return found;
}

/* What was published applies together: unless a withdrawal takes its ground away. */
static int published_conflict(struct planner *planner, const char *name,
			      const struct fold_report *report, struct error *err)
{
	const char *path = report->conflict_path ? report->conflict_path : "?";

	for (uint32_t row = 0; row < planner->count; row++)
		if (planner->plan->rows[row].published && planner->facts[row].withdrawn &&
		    changes_path(planner, row, path))
			return error_set(
				err, ERROR_REFUSED,
				"%s: %s cannot be withdrawn alone: published pick %s does not "
				"apply without it (%s); withdraw that one too, or neither",
				planner->plan->base_name,
				planner_name(planner, planner->plan->rows[row].member), name, path);
	return error_set(err, ERROR_CONFLICT,
			 "%s: published pick %s no longer applies: %s: %s; the journal and the "
			 "source do not agree",
			 planner->plan->base_name, name, path,
			 report->conflict_reason ? report->conflict_reason : "?");
}

static int add_gone(struct planner *planner, struct plan_gone *gone, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold_member added = { .order = gone->order };
	int error;

	added.change.list = &gone->changes;
	added.change.parent_tree = gone->parent_tree;
	if (gone->replaced_by != MEMBER_NONE)
		added.cookie = (void *)((uintptr_t)gone->replaced_by + 1);
	error = fold_add(&report, planner->plan->fold, &added, err);
	if (!error && !report.done)
		error = published_conflict(planner, id_short(&gone->id).text, &report, err);
	fold_report_release(&report);
	return error;
}

/*
 * Published members first, gone ones at their place: what was published applies
 * together, whatever came later.
 */
static int fold_published(struct planner *planner, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct plan *plan = planner->plan;
	struct plan_gone *gone;
	int error = 0;

	for (size_t i = 0; i < plan->gone_count && !error; i++)
		if (plan->gone[i].replaced_by == MEMBER_NONE && !plan->gone[i].withdrawn)
			error = add_gone(planner, &plan->gone[i], err);
	for (uint32_t row = 0; row < planner->count && !error; row++) {
		if (!plan->rows[row].published || !planner->facts[row].in_set)
			continue;
		planner->facts[row].in_fold = true;
		gone = gone_of(planner, row);
		if (gone) {
			error = add_gone(planner, gone, err);
			continue;
		}
		error = add_to_fold(&report, planner, row, err);
		if (!error && !report.done)
			error = published_conflict(planner,
						   planner_name(planner, plan->rows[row].member),
						   &report, err);
		fold_report_release(&report);
	}
	return error;
}

/*
 * A pick may need, in its lines, something that went out with its revert: then
 * both come back. True when there was such a pair.
 */
static bool bring_pairs_back(struct planner *planner, uint32_t row, const char *path)
{
	struct row_facts *facts;
	bool found = false;

	for (uint32_t i = 0; i < row && path; i++) {
		facts = &planner->facts[i];
		if (!facts->cancelled || facts->keep_pair || facts->cancel_partner < i ||
		    !changes_path(planner, i, path))
			continue;
		facts->keep_pair = true;
		facts->cancelled = false;
		planner->facts[facts->cancel_partner].cancelled = false;
		found = true;
	}
	return found;
}

static void hold(struct planner *planner, uint32_t row, const struct fold_report *report)
{
	struct row_facts *facts = &planner->facts[row];
	uint32_t other = (uint32_t)((uintptr_t)report->conflict_cookie - 1);

	facts->blocked = true;
	facts->conflict_path = report->conflict_path
				       ? planner_words(planner, "%s", report->conflict_path)
				       : NULL;
	if (report->conflict_cookie && other != planner->plan->rows[row].member)
		facts->held_reason = planner_words(planner, "with it, %s does not apply: %s: %s",
						   planner_name(planner, other),
						   report->conflict_path, report->conflict_reason);
	else
		facts->held_reason = planner_words(planner, "does not apply: %s: %s",
						   report->conflict_path, report->conflict_reason);
}

/* Adds what is in the set and not in the fold. True in `ret_again`: something changed course. */
static int add_missing(bool *ret_again, struct planner *planner, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct row_facts *facts;
	int error = 0;

	for (uint32_t row = 0; row < planner->count && !error; row++) {
		facts = &planner->facts[row];
		if (!facts->in_set || facts->in_fold)
			continue;
		error = add_to_fold(&report, planner, row, err);
		if (!error && report.done) {
			facts->in_fold = true;
		} else if (!error) {
			*ret_again = true;
			if (bring_pairs_back(planner, row, report.conflict_path)) {
				fold_report_release(&report);
				break;
			}
			hold(planner, row, &report);
		}
		fold_report_release(&report);
		if (!error)
			error = progress_update(planner->progress, row, planner->count, err);
	}
	return error;
}

/* Takes out what the set no longer has, latest first. What another pick needs stays. */
static int remove_surplus(bool *ret_again, struct planner *planner, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct row_facts *facts;
	int error = 0;

	for (uint32_t row = planner->count; row-- > 0 && !error;) {
		facts = &planner->facts[row];
		if (facts->in_set || !facts->in_fold)
			continue;
		error = fold_remove(&report, planner->plan->fold,
				    plan_order(planner->plan->rows[row].member), err);
		if (!error && report.done) {
			facts->in_fold = false;
		} else if (!error) {
			/* Cancelled pairs that cannot go come back; anything else is kept. */
			if (facts->cancelled) {
				facts->keep_pair = true;
				planner->facts[facts->cancel_partner].keep_pair = true;
				facts->cancelled = false;
				planner->facts[facts->cancel_partner].cancelled = false;
			} else {
				facts->kept = true;
			}
			*ret_again = true;
		}
		fold_report_release(&report);
	}
	return error;
}

int settle(struct planner *planner, struct error *err)
{
	bool again = true;
	int error;

	closure_compute(planner);
	error = fold_published(planner, err);
	while (again && !error) {
		again = false;
		error = remove_surplus(&again, planner, err);
		if (!error && !again)
			error = add_missing(&again, planner, err);
		if (again && !error)
			closure_compute(planner);
	}
	return error;
}
