/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was asked in because of a conflict or a name and is not needed after all goes again: a
 * false alarm of the prediction, or what something that came later made superfluous. In the end
 * taking any such prerequisite out leaves another member of the set without a tree, or
 * without a name that it uses.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "plan/planner.h"
#include "plan/semantic.h"

enum {
	ROUNDS = 3 /* what is needed at first may not be when others have gone */
};

typedef ARRAY(uint64_t) order_list;

static uint64_t order_of(const struct planner *planner, uint32_t row)
{
	return plan_order(planner->plan->rows[row].member);
}

/* In the set by the lines and names of others alone. */
static bool is_found_only(const struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];

	if (!facts->in_set || !facts->in_fold || facts->minimised == ROUNDS ||
	    facts->role != STATE_PREREQUISITE || planner->plan->rows[row].published ||
	    facts->follow_up_of.count || !facts->needs_of.count)
		return false;
	for (size_t i = 0; i < facts->needs_of.count; i++)
		if (!facts->needs_of.items[i].found)
			return false;
	return true;
}

static void drop_needs(struct planner *planner, uint32_t row)
{
	for (uint32_t i = 0; i < planner->count; i++) {
		struct found_needs *needs = &planner->facts[i].found;
		size_t kept = 0;

		for (size_t j = 0; j < needs->count; j++)
			if (needs->items[j].row != row)
				needs->items[kept++] = needs->items[j];
		needs->count = kept;
	}
}

/* Whether a row is there for nobody but `of`. */
static bool serves_only(const struct planner *planner, uint32_t row, uint32_t of)
{
	const struct row_facts *facts = &planner->facts[row];
	const struct member_list *lists[] = { &facts->prerequisite_of, &facts->follow_up_of };

	if (facts->role == STATE_PICK || planner->plan->rows[row].published)
		return false;
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			if (lists[i]->items[j] != of)
				return false;
	return true;
}

static int compare_numbers(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The row, and everything that is in the set for it alone, directly or not. */
static void find_unit(order_list *ret_orders, const struct planner *planner, uint32_t row)
{
	ARRAY(uint32_t) unit = ARRAY_INIT;
	bool *is_in = memory_alloc(planner->count);

	array_push(&unit, row);
	is_in[row] = true;
	for (size_t i = 0; i < unit.count; i++)
		for (uint32_t other = 0; other < planner->count; other++) {
			if (!planner->facts[other].in_fold || is_in[other] ||
			    !planner->facts[other].in_set ||
			    (!planner->facts[other].prerequisite_of.count &&
			     !planner->facts[other].follow_up_of.count) ||
			    !serves_only(planner, other, unit.items[i]))
				continue;
			is_in[other] = true;
			array_push(&unit, other);
		}
	for (size_t i = 0; i < unit.count; i++)
		array_push(ret_orders, order_of(planner, unit.items[i]));
	qsort(ret_orders->items, ret_orders->count, sizeof(uint64_t), compare_numbers);
	array_release(&unit);
	free(is_in);
}

/*
 * Tries to take members out, all of them or none. `ret_blocker` is who needs them. A member that
 * turns empty does not: what it changes is there already, as if they had never come in.
 */
static int try_fold_without(bool *ret_done, uint32_t *ret_blocker, struct planner *planner,
			    const order_list *orders, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold_conflicts conflicts = FOLD_CONFLICTS_INIT;
	struct fold_change change = { .removed = orders->items,
				      .removed_count = orders->count,
				      .mode = FOLD_STRICT };
	int error = fold_update(&report, &conflicts, planner->plan->fold, &change, err);

	*ret_done = !error && report.done;
	*ret_blocker = ROW_NONE;
	if (!error && !report.done && report.conflict_cookie)
		*ret_blocker = planner->row_of[(uintptr_t)report.conflict_cookie - 1];
	fold_conflicts_release(&conflicts);
	fold_report_release(&report);
	return error;
}

/* The names first: that is cheaper. */
static int try_without(bool *ret_done, uint32_t *ret_blocker, struct planner *planner,
		       const order_list *orders, struct error *err)
{
	uint32_t *rows = memory_alloc((orders->count + 1) * sizeof(*rows));
	struct without without = { rows, orders->count };
	int error;

	for (size_t i = 0; i < orders->count; i++)
		rows[i] = planner->row_of[(orders->items[i] >> 20) - 1];
	*ret_done = false;
	error = semantic_needs(ret_blocker, planner, &without, err);
	free(rows);
	if (error || *ret_blocker != ROW_NONE)
		return error;
	return try_fold_without(ret_done, ret_blocker, planner, orders, err);
}

static int minimise_row(bool *ret_gone, struct planner *planner, uint32_t row, struct error *err)
{
	order_list orders = ARRAY_INIT;
	uint32_t blocker;
	int error;

	planner->facts[row].minimised++;
	array_push(&orders, order_of(planner, row));
	error = try_without(ret_gone, &blocker, planner, &orders, err);
	/* What came along with it may be what needs it: a follow-up of its own. */
	if (!error && !*ret_gone && blocker != ROW_NONE && serves_only(planner, blocker, row)) {
		orders.count = 0;
		find_unit(&orders, planner, row);
		error = try_without(ret_gone, &blocker, planner, &orders, err);
	}
	if (*ret_gone)
		drop_needs(planner, row);
	array_release(&orders);
	return error;
}

int minimise(bool *ret_changed, struct planner *planner, struct error *err)
{
	bool gone;
	int error = 0;

	*ret_changed = false;
	for (uint32_t row = planner->count; row-- > 0 && !error;) {
		if (!is_found_only(planner, row))
			continue;
		error = minimise_row(&gone, planner, row, err);
		if (error || !gone)
			continue;
		*ret_changed = true;
		planner_note_fold(planner);
		closure_compute(planner);
	}
	return error;
}
