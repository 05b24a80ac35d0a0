/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/range.h"

#include <stdlib.h>
#include <string.h>

#include "history/lookup.h"
#include "history/topology.h"

void commit_range_list_release(struct commit_range_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].from_name);
		free(list->items[i].to_name);
		free(list->items[i].numbers);
	}
	array_release(list);
}

/* One end of a range. */
struct end {
	git_oid id;
	uint32_t number; /* 0: not in the index */
	char *name;
	struct commit_place_list places;
};

static void end_release(struct end *end)
{
	free(end->name);
	commit_place_list_release(&end->places);
}

static int resolve_end(struct end *ret_end, struct workspace *workspace, const char *name,
		       struct error *err)
{
	struct resolved_name resolved;
	struct commit_facts facts;
	int error = name_resolve(&resolved, workspace, name, err);

	memset(ret_end, 0, sizeof(*ret_end));
	if (error)
		return error;
	if (resolved.kind == NAME_FOREIGN)
		error = error_set(
			err, ERROR_NOT_FOUND,
			"'%.200s': is not in the source; messages and advisories refer to it",
			name);
	if (!error)
		error = commit_facts_by_id(&facts, workspace, &resolved.id, err);
	if (!error) {
		ret_end->id = facts.id;
		ret_end->number = facts.number;
		ret_end->name = string_copy(resolved.release ? resolved.release
							     : id_short(&facts.id).text);
		if (facts.number)
			error = commit_places(&ret_end->places, &workspace->index, facts.number,
					      err);
		else
			error = error_set(err, ERROR_NOT_FOUND,
					  "'%.200s': no series holds that commit", name);
		commit_facts_release(&facts);
	}
	resolved_name_release(&resolved);
	return error;
}

static int load_topology(struct topology *topology, struct index *index,
			 const struct series_info *series, struct error *err)
{
	struct statement select;
	int step;

	step = statement_init(&select, index,
			      series ? "SELECT c.number, c.parents FROM member m"
				       " CROSS JOIN commits c ON c.number = m.number"
				       " WHERE m.series = ?"
				     : "SELECT number, parents FROM commits WHERE ?1 = 0",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, series ? series->series : 0);
	while ((step = statement_step(&select, err)) > 0)
		topology_set(topology, (uint32_t)statement_int(&select, 0),
			     sqlite3_column_blob(select.stmt, 1),
			     (size_t)sqlite3_column_bytes(select.stmt, 1) / 4);
	statement_release(&select);
	return step;
}

/* Members alone will do where the range begins within the series or at its start. */
static bool begins_in_series(const struct series_info *series, const struct end *from)
{
	if (!series || !from || from->number == series->first_number)
		return series != NULL;
	for (size_t i = 0; i < from->places.count; i++)
		if (from->places.items[i].series == series->series)
			return true;
	return false;
}

static int fill_range(struct commit_range *range, struct index *index, uint32_t to,
		      const struct end *from, struct error *err)
{
	bool members = begins_in_series(range->series, from);
	struct topology topology = TOPOLOGY_INIT;
	unsigned char *excluded = NULL;
	int error;

	error = load_topology(&topology, index, members ? range->series : NULL, err);
	if (!error) {
		excluded = memory_alloc(topology.count + 1);
		if (from && from->number < topology.count)
			topology_mark(excluded, &topology, from->number);
		topology_order(&range->numbers, &range->count, &topology, to, excluded);
	}
	free(excluded);
	topology_release(&topology);
	return error;
}

static const struct series_info *series_of(const struct series_info_list *series,
					   const struct end *to, const struct end *from)
{
	const struct series_info *found;

	for (size_t i = 0; i < to->places.count; i++) {
		found = series_info_by_id(series, to->places.items[i].series);
		if (found && from && begins_in_series(found, from))
			return found;
	}
	return to->places.count ? series_info_by_id(series, to->places.items[0].series) : NULL;
}

static struct commit_range *add_range(struct commit_range_list *list,
				      const struct series_info *series, const struct end *from,
				      const git_oid *to, const char *to_name)
{
	struct commit_range *range = array_add(list);

	range->series = series;
	range->to = *to;
	range->to_name = string_copy(to_name);
	if (from) {
		range->from = from->id;
		range->from_name = string_copy(from->name);
	}
	return range;
}

static int add_series(struct commit_range_list *list, struct index *index,
		      const struct series_info *series, struct error *err)
{
	bool released = series->tip_number == series->newest.number;
	struct commit_range *range = add_range(list, series, NULL, &series->tip,
					       released ? series->newest.name
							: id_short(&series->tip).text);

	return fill_range(range, index, series->tip_number, NULL, err);
}

/* What came after the release before the newest one, the unreleased included. */
static int add_newest(struct commit_range_list *list, struct workspace *workspace,
		      const struct series_info *series, struct error *err)
{
	struct commit_range *range;
	struct end from;
	int error;

	if (!series->previous.name)
		return add_series(list, &workspace->index, series, err);
	error = resolve_end(&from, workspace, series->previous.name, err);
	if (!error) {
		range = add_range(list, series, &from, &series->tip,
				  series->tip_number == series->newest.number
					  ? series->newest.name
					  : id_short(&series->tip).text);
		error = fill_range(range, &workspace->index, series->tip_number, &from, err);
	}
	end_release(&from);
	return error;
}

static int add_maintained(struct commit_range_list *list, struct workspace *workspace,
			  const struct series_info_list *series, struct error *err)
{
	bool any = false;
	int error = 0;

	for (size_t i = 0; i < series->count; i++)
		any |= series_info_is_maintained(&series->items[i]);
	for (size_t i = 0; i < series->count && !error; i++)
		if (!any || series_info_is_maintained(&series->items[i]))
			error = add_newest(list, workspace, &series->items[i], err);
	return error;
}

/* FROM.. ends with the series that holds FROM, or that it starts. */
static const struct series_info *series_from(const struct series_info_list *series,
					     const struct end *from)
{
	if (from->places.count)
		return series_info_by_id(series, from->places.items[0].series);
	for (size_t i = 0; i < series->count; i++)
		if (series->items[i].first_number == from->number)
			return &series->items[i];
	return NULL;
}

static int add_open(struct commit_range_list *list, struct workspace *workspace,
		    const struct series_info_list *series, const char *name, struct error *err)
{
	const struct series_info *found;
	struct commit_range *range;
	struct end from;
	int error = resolve_end(&from, workspace, name, err);

	if (!error) {
		found = series_from(series, &from);
		if (!found)
			error = error_set(err, ERROR_INPUT,
					  "'%.200s..': no series holds that commit, so where the "
					  "range ends is not known",
					  name);
	}
	if (!error) {
		range = add_range(list, found, &from, &found->tip,
				  found->tip_number == found->newest.number
					  ? found->newest.name
					  : id_short(&found->tip).text);
		error = fill_range(range, &workspace->index, found->tip_number, &from, err);
	}
	end_release(&from);
	return error;
}

static int add_between(struct commit_range_list *list, struct workspace *workspace,
		       const struct series_info_list *series, const char *from_name,
		       const char *to_name, struct error *err)
{
	struct end from = { .number = 0 }, to = { .number = 0 };
	bool bounded = *from_name != '\0';
	struct commit_range *range;
	int error = bounded ? resolve_end(&from, workspace, from_name, err) : 0;

	if (!error)
		error = resolve_end(&to, workspace, to_name, err);
	if (!error) {
		range = add_range(list, series_of(series, &to, bounded ? &from : NULL),
				  bounded ? &from : NULL, &to.id, to.name);
		error = fill_range(range, &workspace->index, to.number, bounded ? &from : NULL,
				   err);
	}
	end_release(&from);
	end_release(&to);
	return error;
}

int commit_range_find(struct commit_range_list *ret_list, struct workspace *workspace,
		      const struct series_info_list *series, const char *text, struct error *err)
{
	const struct series_info *whole = text ? series_info_find(series, text) : NULL;
	const char *dots = text ? strstr(text, "..") : NULL;
	char *from;
	int error;

	if (!text)
		return add_maintained(ret_list, workspace, series, err);
	if (whole)
		return add_series(ret_list, &workspace->index, whole, err);
	if (dots && dots[2] == '.')
		return error_set(err, ERROR_USAGE,
				 "'%.200s': a symmetric difference is no range here; write A..B",
				 text);
	from = dots ? string_copy_length(text, (size_t)(dots - text)) : string_copy("");
	if (dots && !dots[2] && *from)
		error = add_open(ret_list, workspace, series, from, err);
	else
		error = add_between(ret_list, workspace, series, from, dots ? dots + 2 : text, err);
	free(from);
	return error;
}
