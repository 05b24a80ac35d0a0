/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The limit on what one fix brings with it: rows that are in the set for it alone or for others
 * as well, but not by themselves. Over it the fix is held, unless a verdict accepts it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "plan/planner.h"

struct edge {
	uint32_t from, to; /* `to` is in the set because of `from` */
};

struct web {
	struct planner *planner;
	ARRAY(struct edge) edges; /* by from */
	uint32_t *seen;		  /* by row: the last fix that reached it, + 1 */
	ARRAY(uint32_t) queue;
};

bool planner_is_seed(const struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];

	return facts->listed || facts->repairs_base || planner->plan->rows[row].published ||
	       (facts->gate == GATE_PASS && facts->affected);
}

static int compare_edges(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static void add_edges(struct web *web, const struct member_list *from, uint32_t to)
{
	for (size_t i = 0; i < from->count; i++) {
		struct edge *edge = array_add(&web->edges);

		edge->from = from->items[i];
		edge->to = to;
	}
}

static size_t first_edge(const struct web *web, uint32_t from)
{
	size_t low = 0, high = web->edges.count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (web->edges.items[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many rows the fix brings. */
static size_t measure(struct web *web, uint32_t fix)
{
	size_t count = 0;

	web->queue.count = 0;
	array_push(&web->queue, fix);
	web->seen[fix] = fix + 1;
	for (size_t next = 0; next < web->queue.count; next++) {
		uint32_t row = web->queue.items[next];

		for (size_t i = first_edge(web, row);
		     i < web->edges.count && web->edges.items[i].from == row; i++) {
			uint32_t to = web->edges.items[i].to;

			if (web->seen[to] == fix + 1 || planner_is_seed(web->planner, to))
				continue;
			web->seen[to] = fix + 1;
			array_push(&web->queue, to);
			count++;
		}
	}
	return count;
}

static bool is_accepted(const struct planner *planner, uint32_t row)
{
	const struct plan_request *request = planner->request;

	return request->ledger &&
	       ledger_find(request->ledger, VERDICT_ACCEPT_SERIES, &row_member(planner, row)->id,
			   request->base_name) != NULL;
}

static bool hold_large(struct web *web, size_t limit)
{
	struct planner *planner = web->planner;
	bool any = false;
	size_t count;

	for (uint32_t row = 0; row < planner->count; row++) {
		if (!planner->facts[row].in_set || planner->plan->rows[row].published ||
		    !planner_is_seed(planner, row))
			continue;
		count = measure(web, row);
		if (count <= limit || is_accepted(planner, row))
			continue;
		planner_hold(planner, row, row, NULL,
			     planner_words(planner,
					   "brings %zu commits with it, over the limit of %zu "
					   "(plan.closure-limit); a verdict accept-series lifts it",
					   count, planner->request->closure_limit));
		any = true;
	}
	return any;
}

bool limit_check(struct planner *planner, size_t slack)
{
	size_t limit = planner->request->closure_limit * slack, brought = 0;
	struct web web = { .planner = planner };
	bool any = false;

	for (uint32_t row = 0; row < planner->count; row++)
		brought += planner->facts[row].in_set && !planner_is_seed(planner, row);
	if (!limit || brought <= limit)
		return false;
	for (uint32_t row = 0; row < planner->count; row++) {
		if (!planner->facts[row].in_set)
			continue;
		add_edges(&web, &planner->facts[row].prerequisite_of, row);
		add_edges(&web, &planner->facts[row].follow_up_of, row);
	}
	if (web.edges.count)
		qsort(web.edges.items, web.edges.count, sizeof(*web.edges.items), compare_edges);
	web.seen = memory_alloc(planner->count * sizeof(*web.seen));
	any = hold_large(&web, limit);
	array_release(&web.edges);
	array_release(&web.queue);
	free(web.seen);
	return any;
}
