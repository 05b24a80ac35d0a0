/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/release-page.h"

#include <stdlib.h>
#include <string.h>

#include "history/scan.h"

void release_page_release(struct release_page *page)
{
	free(page->name);
	free(page->series);
	free(page->previous);
	for (size_t i = 0; i < page->fixes.count; i++)
		free(page->fixes.items[i].subject);
	array_release(&page->fixes);
	series_match_list_release(&page->matches);
	advisory_set_release(&page->advisories);
	memset(page, 0, sizeof(*page));
}

struct release_row {
	int64_t series;
	uint32_t number;
	int sublevel;
};

static int load_row(struct release_page *page, struct release_row *ret_row, struct index *index,
		    const char *name, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT r.series, r.number, r.sublevel, r.source = 'tag', c.id,"
				  " c.committer_time, s.name FROM release r"
				  " JOIN commits c ON c.number = r.number"
				  " LEFT JOIN series s ON s.series = r.series WHERE r.name = ?",
				  err);

	if (step)
		return step;
	statement_bind_text(&select, 1, name);
	step = statement_step(&select, err);
	if (step > 0) {
		ret_row->series = statement_int(&select, 0);
		ret_row->number = (uint32_t)statement_int(&select, 1);
		ret_row->sublevel = (int)statement_int(&select, 2);
		page->is_tag = statement_int(&select, 3) != 0;
		statement_id(&page->id, &select, 4);
		page->time = statement_int(&select, 5);
		if (statement_text(&select, 6))
			page->series = string_copy(statement_text(&select, 6));
	}
	statement_release(&select);
	if (!step)
		return error_set(err, ERROR_NOT_FOUND, "%s: is no release", name);
	return step < 0 ? step : 0;
}

static int load_previous(struct release_page *page, const struct release_row *row,
			 struct index *index, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT r.name, c.id FROM release r"
				  " JOIN commits c ON c.number = r.number"
				  " WHERE r.series = ? AND r.sublevel < ? AND r.candidate = 0"
				  " ORDER BY r.sublevel DESC LIMIT 1",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, row->series);
	statement_bind_int(&select, 2, row->sublevel);
	step = statement_step(&select, err);
	if (step > 0) {
		page->previous = string_copy(statement_text(&select, 0));
		statement_id(&page->previous_id, &select, 1);
	}
	statement_release(&select);
	return step < 0 ? step : 0;
}

static void add_commit(struct release_page *page, struct statement *row)
{
	uint32_t number = (uint32_t)statement_int(row, 0);
	const struct series_match *matches;
	struct release_commit *commit;
	size_t count;

	page->commits++;
	page->merges += (statement_int(row, 3) & COMMIT_MERGE) != 0;
	matches = series_match_of(&page->matches, number, &count);
	if (!matches)
		return;
	page->with_advisory++;
	commit = array_add(&page->fixes);
	commit->number = number;
	statement_id(&commit->id, row, 1);
	commit->subject = string_copy(statement_text(row, 2));
	commit->matches = matches;
	commit->match_count = count;
}

static int load_commits(struct release_page *page, const struct release_row *row,
			struct index *index, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT c.number, c.id, c.subject, c.mark FROM member m"
				  " JOIN commits c ON c.number = m.number"
				  " WHERE m.series = ? AND m.release = ? ORDER BY m.position",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, row->series);
	statement_bind_int(&select, 2, row->number);
	while ((step = statement_step(&select, err)) > 0)
		add_commit(page, &select);
	statement_release(&select);
	return step;
}

int release_page_load(struct release_page *ret_page, struct workspace *workspace, const char *name,
		      struct error *err)
{
	struct index *index = &workspace->index;
	struct release_row row = { 0 };
	int error;

	memset(ret_page, 0, sizeof(*ret_page));
	ret_page->name = string_copy(name);
	error = load_row(ret_page, &row, index, name, err);
	if (!error && row.series)
		error = load_previous(ret_page, &row, index, err);
	if (!error && row.series)
		error = advisory_load_published(&ret_page->advisories, index, err);
	if (!error && row.series)
		error = series_match_find(&ret_page->matches, index, row.series,
					  &ret_page->advisories, err);
	if (!error && row.series)
		error = load_commits(ret_page, &row, index, err);
	if (error)
		release_page_release(ret_page);
	return error;
}
