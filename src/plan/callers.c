/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/callers.h"

#include <string.h>

#include "base/array.h"

static struct caller *find_caller(struct caller_list *callers, const struct call_event *event)
{
	struct caller *caller;

	for (size_t i = 0; i < callers->count; i++)
		if (!strcmp(callers->items[i].path, event->path))
			return &callers->items[i];
	caller = array_add(callers);
	caller->path = event->path;
	caller->series = caller->tree = !event->added;
	caller->dropper = ROW_NONE;
	return caller;
}

void callers_find(struct caller_list *ret_list, const struct planner *planner, uint32_t row,
		  const char *key, const struct without *without)
{
	const struct code_history *history = &planner->links->names->history;
	uint32_t member = planner->plan->rows[row].member, cursor = 0;
	const struct call_event *event;
	struct caller *caller;

	ret_list->count = 0;
	while ((event = code_history_next_call(history, key, &cursor)) && event->member <= member) {
		caller = find_caller(ret_list, event);
		caller->series = event->added;
		if (event->member == member || semantic_in_tree(planner, event->member, without))
			caller->tree = event->added;
		else if (!event->added)
			caller->dropper = planner->row_of[event->member];
	}
}

bool callers_matter(const struct planner *planner, const struct without *without)
{
	const struct code_history *history = &planner->links->names->history;

	for (size_t i = 0; without && i < without->count; i++)
		if (history->changes[planner->plan->rows[without->rows[i]].member].drop_count)
			return true;
	return !without;
}
