/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Folding the set until every member of it has a tree (docs/plan.md, rule 5). The fold
 * starts with what is published, which stays: where something late would leave a published
 * member without a tree, it is the late one that is held. Everything else is added in
 * the series' order; what does not apply gets what it needs (textual.c), or is held.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/planner.h"
#include "plan/semantic.h"

enum {
	CHUNK = 128,	/* members added between two looks at the progress */
	LIMIT_SLACK = 4 /* before it is known what is needed, closures are larger */
};

typedef ARRAY(struct fold_member) member_queue;

static int push_row(member_queue *queue, struct planner *planner, uint32_t row, struct error *err)
{
	uint32_t member = planner->plan->rows[row].member;
	struct fold_member *added;
	const struct change_list *changes = row_changes(planner, row, err);

	if (!changes)
		return ERROR_SYSTEM;
	added = array_add(queue);
	added->order = plan_order(member);
	added->cookie = (void *)((uintptr_t)member + 1);
	added->change.list = changes;
	added->change.parent_tree = *members_parent_tree(planner->members, member);
	added->firm = planner->plan->rows[row].published;
	resolutions_attach(planner, row, added);
	return 0;
}

static uint32_t row_of_cookie(const struct planner *planner, const void *cookie)
{
	return planner->row_of[(uintptr_t)cookie - 1];
}

/* ---- what is published ---- */

static struct plan_gone *gone_of(const struct planner *planner, uint32_t row)
{
	for (size_t i = 0; i < planner->plan->gone_count; i++)
		if (planner->plan->gone[i].replaced_by == planner->plan->rows[row].member)
			return &planner->plan->gone[i];
	return NULL;
}

static void push_gone(member_queue *queue, const struct plan_gone *gone)
{
	struct fold_member *added = array_add(queue);

	added->order = gone->order;
	added->change.list = &gone->changes;
	added->change.parent_tree = gone->parent_tree;
	added->firm = true;
	added->resolutions = &gone->patch;
	added->resolution_count = gone->patch != NULL;
	if (gone->replaced_by != MEMBER_NONE)
		added->cookie = (void *)((uintptr_t)gone->replaced_by + 1);
}

static int compare_orders(const void *left, const void *right)
{
	uint64_t a = ((const struct fold_member *)left)->order;
	uint64_t b = ((const struct fold_member *)right)->order;

	return (a > b) - (a < b);
}

static bool changes_path(struct planner *planner, uint32_t row, const char *path)
{
	const struct change_list *changes = row_changes(planner, row, NULL);

	for (size_t i = 0; changes && i < changes->count; i++)
		if (!strcmp(changes->items[i].path, path))
			return true;
	return false;
}

/* What was published applies together: unless a withdrawal takes its ground away. */
static int published_conflict(struct planner *planner, const struct fold_report *report,
			      struct error *err)
{
	const char *name = "one that the series no longer has";
	const char *path = planner_path(planner, report->conflict_path);
	uint32_t row = ROW_NONE;

	if (report->conflict_cookie)
		row = row_of_cookie(planner, report->conflict_cookie);
	if (row != ROW_NONE)
		name = planner_name(planner, planner->plan->rows[row].member);
	for (row = 0; row < planner->count; row++)
		if (planner->plan->rows[row].published && planner->facts[row].withdrawn &&
		    changes_path(planner, row, report->conflict_path))
			return error_set(
				err, ERROR_REFUSED,
				"%s: %s cannot be withdrawn alone: published pick %s does not "
				"apply without it (%s); withdraw that one too, or neither",
				planner->plan->base_name,
				planner_name(planner, planner->plan->rows[row].member), name, path);
	return error_set(err, ERROR_CONFLICT,
			 "%s: published pick %s no longer applies: %s: %s; the journal and the "
			 "source do not agree",
			 planner->plan->base_name, name, path, report->conflict_reason);
}

/* What was published applies together, whatever came later; gone members at their place. */
static int fold_published(struct planner *planner, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold_conflicts conflicts = FOLD_CONFLICTS_INIT;
	struct fold_change change = { .mode = FOLD_STRICT };
	struct plan *plan = planner->plan;
	member_queue queue = ARRAY_INIT;
	int error = 0;

	for (size_t i = 0; i < plan->gone_count; i++)
		if (plan->gone[i].replaced_by == MEMBER_NONE && !plan->gone[i].withdrawn)
			push_gone(&queue, &plan->gone[i]);
	for (uint32_t row = 0; row < planner->count && !error; row++) {
		if (!plan->rows[row].published || !planner->facts[row].in_set)
			continue;
		planner->facts[row].in_fold = true;
		if (gone_of(planner, row))
			push_gone(&queue, gone_of(planner, row));
		else
			error = push_row(&queue, planner, row, err);
	}
	if (!error && queue.count) {
		qsort(queue.items, queue.count, sizeof(*queue.items), compare_orders);
		change.added = queue.items;
		change.added_count = queue.count;
		error = fold_update(&report, &conflicts, plan->fold, &change, err);
		if (!error && !report.done)
			error = published_conflict(planner, &report, err);
	}
	fold_conflicts_release(&conflicts);
	fold_report_release(&report);
	array_release(&queue);
	return error;
}

/* ---- one round ---- */

struct round {
	member_queue added;
	ARRAY(uint64_t) removed;
	struct fold_conflicts conflicts;
};

static void round_release(struct round *round)
{
	array_release(&round->added);
	array_release(&round->removed);
	fold_conflicts_release(&round->conflicts);
}

/* What the set and the fold do not have in common. */
static int find_round(struct round *round, struct planner *planner, struct error *err)
{
	int error = 0;

	for (uint32_t row = 0; row < planner->count && !error; row++) {
		const struct row_facts *facts = &planner->facts[row];

		if (facts->in_set && !facts->in_fold)
			error = push_row(&round->added, planner, row, err);
		else if (!facts->in_set && facts->in_fold)
			array_push(&round->removed, plan_order(planner->plan->rows[row].member));
	}
	/* Rows are in the range's order, members in the series'. */
	if (round->added.count)
		qsort(round->added.items, round->added.count, sizeof(*round->added.items),
		      compare_orders);
	return error;
}

static int compare_numbers(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

void planner_note_fold(struct planner *planner)
{
	struct row_facts *facts;

	for (uint32_t row = 0; row < planner->count; row++)
		planner->facts[row].in_fold = planner->facts[row].empty =
			planner->facts[row].resolved = false;
	for (size_t i = 0; i < fold_count(planner->plan->fold); i++) {
		const struct fold_member *member = fold_member_at(planner->plan->fold, i);

		if (!member->cookie)
			continue;
		facts = &planner->facts[row_of_cookie(planner, member->cookie)];
		facts->in_fold = true;
		facts->empty = fold_outcome_at(planner->plan->fold, i)->result == PICK_EMPTY;
		facts->resolved = fold_resolution_at(planner->plan->fold, i) != 0;
	}
}

/* Not before the firm one, which is the last: something that waits for its resolution. */
static bool does_not_apply(const struct round *round, const struct fold_member *member)
{
	for (size_t i = 0; i + 1 < round->conflicts.count; i++)
		if (round->conflicts.items[i].order == member->order)
			return true;
	return false;
}

/*
 * The new member before a published one that has no tree with it: the latest that touches the
 * path, else the latest of all.
 */
static uint32_t find_guilty(struct planner *planner, const struct round *round,
			    const struct fold_conflict *conflict)
{
	uint32_t latest = ROW_NONE;

	for (size_t i = round->added.count; i-- > 0;) {
		const struct fold_member *member = &round->added.items[i];

		if (member->order > conflict->order || does_not_apply(round, member))
			continue;
		if (latest == ROW_NONE)
			latest = row_of_cookie(planner, member->cookie);
		for (size_t j = 0; j < member->change.list->count; j++)
			if (!strcmp(member->change.list->items[j].path, conflict->path))
				return row_of_cookie(planner, member->cookie);
	}
	return latest;
}

/* The round would take a published member's tree away; what did not apply before it comes
 * first. */
static int resolve_firm(struct planner *planner, struct round *round,
			const struct fold_report *report, struct error *err)
{
	const struct fold_conflict *last = array_last(&round->conflicts);
	uint32_t guilty = find_guilty(planner, round, last);

	if (guilty == ROW_NONE || !last->cookie)
		return published_conflict(planner, report, err);
	return textual_resolve_late(planner, guilty, row_of_cookie(planner, last->cookie),
				    last->path, last->reason, err);
}

static int run_round(struct planner *planner, struct round *round, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold_change change = { .removed = round->removed.items,
				      .removed_count = round->removed.count,
				      .added = round->added.items,
				      .added_count = round->added.count,
				      .mode = FOLD_DROP };
	size_t count, asked = 0;
	uint32_t row;
	int error;

	if (round->removed.count)
		qsort(round->removed.items, round->removed.count, sizeof(uint64_t),
		      compare_numbers);
	error = fold_update(&report, &round->conflicts, planner->plan->fold, &change, err);
	planner_note_fold(planner);
	count = round->conflicts.count - (!error && !report.done);
	for (size_t i = 0; i < count && !error; i++) {
		row = row_of_cookie(planner, round->conflicts.items[i].cookie);
		if (resolutions_wait(planner, row, &round->conflicts.items[i]))
			continue;
		asked++;
		error = textual_resolve(planner, row, round->conflicts.items[i].path,
					round->conflicts.items[i].reason, err);
	}
	if (!error && !report.done && !asked)
		error = resolve_firm(planner, round, &report, err);
	fold_report_release(&report);
	return error;
}

/* The first time much is added, all of it at the end. */
static int add_in_chunks(struct planner *planner, struct error *err)
{
	struct round round = { 0 };
	struct round chunk = { 0 };
	int error = find_round(&round, planner, err);

	for (size_t at = 0; at < round.added.count && !error; at += CHUNK) {
		chunk.added.items = round.added.items + at;
		chunk.added.count = round.added.count - at < CHUNK ? round.added.count - at : CHUNK;
		error = run_round(planner, &chunk, err);
		fold_conflicts_release(&chunk.conflicts);
		if (!error)
			error = progress_update(planner->progress, at, round.added.count, err);
	}
	round_release(&round);
	return error;
}

/* Until the fold is that of the set. */
static int settle_down(struct planner *planner, struct error *err)
{
	bool again = true;
	int error = 0;

	while (again && !error) {
		struct round round = { 0 };

		error = find_round(&round, planner, err);
		again = round.added.count || round.removed.count;
		if (!error && again)
			error = run_round(planner, &round, err);
		round_release(&round);
		if (!error && again) {
			resolutions_note_round(planner);
			closure_compute(planner);
			if (limit_check(planner, LIMIT_SLACK))
				closure_compute(planner);
			error = progress_update(planner->progress, planner->count, planner->count,
						err);
		}
	}
	return error;
}

int settle(struct planner *planner, struct error *err)
{
	bool again = true;
	int error;

	closure_compute(planner);
	error = fold_published(planner, err);
	if (!error && !fold_count(planner->plan->fold)) {
		error = add_in_chunks(planner, err);
		closure_compute(planner);
	}
	while (again && !error) {
		again = false;
		error = settle_down(planner, err);
		if (!error)
			error = semantic_resolve(&again, planner, err);
		if (!error && again) {
			closure_compute(planner);
			if (limit_check(planner, LIMIT_SLACK))
				closure_compute(planner);
			continue;
		}
		if (!error)
			error = minimise(&again, planner, err);
		if (!error && limit_check(planner, 1))
			again = true;
		if (!error && again)
			closure_compute(planner);
	}
	return error;
}
