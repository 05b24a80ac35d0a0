/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/series-info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void series_info_list_release(struct series_info_list *list)
{
	struct series_info *series;

	for (size_t i = 0; i < list->count; i++) {
		series = &list->items[i];
		free(series->name);
		free(series->ref);
		free(series->support);
		free(series->oldest.name);
		free(series->previous.name);
		free(series->newest.name);
	}
	array_release(list);
}

static int load_series(struct series_info_list *list, struct index *index, struct error *err)
{
	struct series_info *series;
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT s.series, s.name, s.ref, s.support, s.major, s.minor,"
				  " s.tip, s.first, t.id, f.id FROM series s"
				  " LEFT JOIN commits t ON t.number = s.tip"
				  " LEFT JOIN commits f ON f.number = s.first"
				  " ORDER BY s.major, s.minor, s.name",
				  err);

	if (step)
		return step;
	while ((step = statement_step(&select, err)) > 0) {
		series = array_add(list);
		series->series = statement_int(&select, 0);
		series->name = string_copy(statement_text(&select, 1));
		series->ref = string_copy(statement_text(&select, 2));
		series->support = string_copy(statement_text(&select, 3));
		series->major = (int)statement_int(&select, 4);
		series->minor = (int)statement_int(&select, 5);
		series->tip_number = (uint32_t)statement_int(&select, 6);
		series->first_number = (uint32_t)statement_int(&select, 7);
		statement_id(&series->tip, &select, 8);
		statement_id(&series->first, &select, 9);
	}
	statement_release(&select);
	return step;
}

static void read_release(struct series_release *ret_release, struct statement *row)
{
	ret_release->name = string_copy(statement_text(row, 0));
	ret_release->number = (uint32_t)statement_int(row, 1);
	ret_release->sublevel = (int)statement_int(row, 2);
}

/* Only of the releases that are kept: a commit's row is far from its neighbour's. */
static int read_release_commit(struct series_release *release, struct index *index,
			       struct error *err)
{
	struct statement select;
	int step;

	if (!release->name)
		return 0;
	step = statement_init(&select, index,
			      "SELECT id, committer_time FROM commits WHERE number = ?", err);
	if (step)
		return step;
	statement_bind_int(&select, 1, release->number);
	step = statement_step(&select, err);
	if (step > 0) {
		statement_id(&release->id, &select, 0);
		release->time = statement_int(&select, 1);
	}
	statement_release(&select);
	return step < 0 ? step : 0;
}

static int load_releases(struct series_info *series, struct index *index, struct error *err)
{
	struct series_release *const kept[] = { &series->oldest, &series->previous,
						&series->newest };
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT name, number, sublevel FROM release"
				  " WHERE series = ? AND candidate = 0 ORDER BY sublevel",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, series->series);
	while ((step = statement_step(&select, err)) > 0) {
		if (!series->release_count++)
			read_release(&series->oldest, &select);
		free(series->previous.name);
		series->previous = series->newest;
		read_release(&series->newest, &select);
	}
	statement_release(&select);
	for (size_t i = 0; i < COUNT_OF(kept) && !step; i++)
		step = read_release_commit(kept[i], index, err);
	return step;
}

static int load_counts(struct series_info_list *list, struct index *index, struct error *err)
{
	struct series_info *series;
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT series, count(*), sum(release = 0) FROM member"
				  " GROUP BY series",
				  err);

	if (step)
		return step;
	while ((step = statement_step(&select, err)) > 0) {
		series = (struct series_info *)series_info_by_id(list, statement_int(&select, 0));
		if (!series)
			continue;
		series->member_count = (size_t)statement_int(&select, 1);
		series->unreleased_count = (size_t)statement_int(&select, 2);
	}
	statement_release(&select);
	return step;
}

int series_info_load(struct series_info_list *ret_list, struct index *index, bool counts,
		     struct error *err)
{
	int error = load_series(ret_list, index, err);

	for (size_t i = 0; i < ret_list->count && !error; i++)
		error = load_releases(&ret_list->items[i], index, err);
	return error || !counts ? error : load_counts(ret_list, index, err);
}

const struct series_info *series_info_by_id(const struct series_info_list *list, int64_t series)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].series == series)
			return &list->items[i];
	return NULL;
}

const struct series_info *series_info_find(const struct series_info_list *list, const char *name)
{
	const struct series_info *found = NULL;
	size_t count = 0;
	char version[32];

	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
		snprintf(version, sizeof(version), "%d.%d", list->items[i].major,
			 list->items[i].minor);
		if (!strcmp(version, name)) {
			found = &list->items[i];
			count++;
		}
	}
	return count == 1 ? found : NULL;
}

bool series_info_is_maintained(const struct series_info *series)
{
	return strcmp(series->support, "end-of-life") != 0;
}
