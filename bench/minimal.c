/* SPDX-License-Identifier: GPL-2.0-only */
#include "minimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/semantic.h"

struct trial {
	struct planner *planner;
	struct member_list rows; /* that go */
	enum loss loss;
	uint32_t victim; /* the first that breaks */
	struct error err;
};

static void die(const struct trial *trial)
{
	fprintf(stderr, "%s\n", trial->err.message);
	exit(3);
}

static bool is_gone(const struct trial *trial, uint32_t row)
{
	for (size_t i = 0; i < trial->rows.count; i++)
		if (trial->rows.items[i] == row)
			return true;
	return false;
}

static const struct fold_member *member_of(const struct planner *planner, uint32_t row)
{
	uint64_t order = plan_order(planner->plan->rows[row].member);

	for (size_t i = 0; i < fold_count(planner->plan->fold); i++)
		if (fold_member_at(planner->plan->fold, i)->order == order)
			return fold_member_at(planner->plan->fold, i);
	return NULL;
}

static int compare_members(const void *left, const void *right)
{
	const struct fold_member *a = left, *b = right;

	return (a->order > b->order) - (a->order < b->order);
}

/* Takes the rows out of the fold, and puts them back. */
static void try_fold(struct trial *trial)
{
	struct fold_member *members = memory_alloc(trial->rows.count * sizeof(*members));
	uint64_t *orders = memory_alloc(trial->rows.count * sizeof(*orders));
	struct fold_change change = { .removed = orders, .mode = FOLD_STRICT };
	struct fold_change back = { .added = members, .mode = FOLD_STRICT };
	struct fold_conflicts conflicts = FOLD_CONFLICTS_INIT;
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold *fold = trial->planner->plan->fold;
	const struct fold_member *member;
	size_t count = 0;

	for (size_t i = 0; i < trial->rows.count; i++)
		if ((member = member_of(trial->planner, trial->rows.items[i])))
			members[count++] = *member;
	qsort(members, count, sizeof(*members), compare_members);
	for (size_t i = 0; i < count; i++)
		orders[i] = members[i].order;
	change.removed_count = back.added_count = count;
	if (fold_update(&report, &conflicts, fold, &change, &trial->err))
		die(trial);
	if (!report.done) {
		trial->loss = LOSS_TREE;
		if (report.conflict_cookie)
			trial->victim =
				trial->planner->row_of[(uintptr_t)report.conflict_cookie - 1];
	} else if (report.emptied) {
		trial->loss = LOSS_CHANGE;
	}
	fold_conflicts_release(&conflicts);
	if (report.done) {
		fold_report_release(&report);
		if (fold_update(&report, &conflicts, fold, &back, &trial->err) || !report.done)
			die(trial);
		fold_conflicts_release(&conflicts);
	}
	fold_report_release(&report);
	free(members);
	free(orders);
}

static void try_it(struct trial *trial)
{
	struct without without = { trial->rows.items, trial->rows.count };

	trial->loss = LOSS_NOTHING;
	if (semantic_needs(&trial->victim, trial->planner, &without, &trial->err))
		die(trial);
	if (trial->victim != ROW_NONE)
		trial->loss = LOSS_NAME;
	else
		try_fold(trial);
}

/* Whether all that a row is in the set for goes. */
static bool goes_along(const struct trial *trial, uint32_t row)
{
	const struct row_facts *facts = &trial->planner->facts[row];
	const struct member_list *lists[] = { &facts->prerequisite_of, &facts->follow_up_of };
	bool any = false;

	if (!facts->in_set || facts->role == STATE_PICK || planner_is_seed(trial->planner, row) ||
	    is_gone(trial, row))
		return false;
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++) {
			if (!is_gone(trial, lists[i]->items[j]))
				return false;
			any = true;
		}
	return any;
}

static void add_unit(struct trial *trial)
{
	size_t before;

	do {
		before = trial->rows.count;
		for (uint32_t row = 0; row < trial->planner->count; row++)
			if (goes_along(trial, row))
				array_push(&trial->rows, row);
	} while (trial->rows.count > before);
}

/* In the set by lines and names of others alone. */
static bool is_found_only(const struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];

	if (!facts->in_set || facts->role != STATE_PREREQUISITE ||
	    planner->plan->rows[row].published || facts->follow_up_of.count)
		return false;
	for (size_t i = 0; i < facts->needs_of.count; i++)
		if (!facts->needs_of.items[i].found)
			return false;
	return facts->needs_of.count > 0;
}

static void report_row(const struct trial *trial, uint32_t row, const char *words)
{
	const struct planner *planner = trial->planner;
	const struct need_list *needs = &planner->facts[row].needs_of;
	const struct member *member = row_member(planner, row);

	printf("  %s %s %s (%zu rows)\n", words, id_short(&member->id).text, member->subject,
	       trial->rows.count);
	for (size_t i = 0; i < needs->count; i++)
		printf("    of %s %s\n",
		       id_short(&row_member(planner, needs->items[i].of)->id).text,
		       needs->items[i].why);
}

static void check_row(struct minimal_counts *counts, struct trial *trial, uint32_t row)
{
	uint32_t victim;

	trial->rows.count = 0;
	array_push(&trial->rows, row);
	try_it(trial);
	counts->prerequisites++;
	counts->alone[trial->loss]++;
	if (trial->loss == LOSS_NOTHING) {
		report_row(trial, row, "not needed");
		return;
	}
	victim = trial->victim;
	add_unit(trial);
	if (trial->rows.count > 1) {
		try_it(trial);
		counts->units++;
		counts->with_unit[trial->loss]++;
		if (trial->loss == LOSS_NOTHING)
			report_row(trial, row, "not needed with what is there for it");
	}
	if (victim == ROW_NONE || is_gone(trial, victim) || !is_found_only(trial->planner, victim))
		return;
	array_push(&trial->rows, victim);
	add_unit(trial);
	try_it(trial);
	counts->pairs += trial->loss == LOSS_NOTHING;
	if (trial->loss == LOSS_NOTHING) {
		report_row(trial, row, "not needed in a pair");
		report_row(trial, victim, "with");
	}
}

void minimal_check(struct minimal_counts *counts, struct planner *planner)
{
	struct trial trial = { .planner = planner };

	for (uint32_t row = 0; row < planner->count; row++)
		if (is_found_only(planner, row))
			check_row(counts, &trial, row);
	array_release(&trial.rows);
}

void minimal_add(struct minimal_counts *counts, const struct minimal_counts *more)
{
	counts->prerequisites += more->prerequisites;
	counts->units += more->units;
	counts->pairs += more->pairs;
	for (int i = 0; i < LOSS_COUNT; i++) {
		counts->alone[i] += more->alone[i];
		counts->with_unit[i] += more->with_unit[i];
	}
}

void minimal_print(const char *name, const struct minimal_counts *counts, double seconds)
{
	printf("%s: %zu textual or semantic prerequisites: without it %zu leave a member without a "
	       "tree, %zu without a name, %zu empty, %zu nothing; with what is there for it (%zu) "
	       "%zu, %zu, %zu, %zu; %zu in pairs; %.1f s\n",
	       name, counts->prerequisites, counts->alone[LOSS_TREE], counts->alone[LOSS_NAME],
	       counts->alone[LOSS_CHANGE], counts->alone[LOSS_NOTHING], counts->units,
	       counts->with_unit[LOSS_TREE], counts->with_unit[LOSS_NAME],
	       counts->with_unit[LOSS_CHANGE], counts->with_unit[LOSS_NOTHING], counts->pairs,
	       seconds);
	fflush(stdout);
}
