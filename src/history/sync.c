/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/sync.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/release.h"
#include "history/scan.h"
#include "history/series.h"
#include "history/source-refs.h"

/* What the index holds of a series, 0 where it is new. */
struct known_series {
	int64_t id;
	uint32_t tip, first;
	int64_t epoch;
};

struct sync {
	struct workspace *workspace;
	struct index *index;
	struct scan scan;
	struct source_refs refs;
	struct series_list series;
	struct sync_report *report;
};

void sync_report_release(struct sync_report *report)
{
	for (size_t i = 0; i < report->series_count; i++)
		free(report->series[i].name);
	free(report->series);
	memset(report, 0, sizeof(*report));
}

int sync_fetch(struct workspace *workspace, const char *path, struct error *err)
{
	return git_run(NULL, path, err, "fetch", "--quiet", "--all", "--tags", "--force", NULL);
}

static int read_refs(struct buffer *ret_digest, struct source_refs *ret_refs,
		     struct workspace *workspace, struct error *err)
{
	int error = workspace_open_source(workspace, err);

	if (!error)
		error = source_refs_read(ret_refs, workspace->source, err);
	if (!error)
		error = source_refs_digest(ret_digest, ret_refs, workspace, err);
	return error;
}

int sync_is_current(bool *ret_current, struct workspace *workspace, struct error *err)
{
	struct source_refs refs = SOURCE_REFS_INIT;
	struct buffer now = BUFFER_INIT, then = BUFFER_INIT;
	int error = read_refs(&now, &refs, workspace, err);

	if (!error)
		error = index_get_fact(&then, &workspace->index, "refs-digest", err);
	*ret_current = !error && !strcmp(now.data, then.data);
	source_refs_release(&refs);
	buffer_release(&now);
	buffer_release(&then);
	return error;
}

static int find_known(struct known_series *ret_known, struct sync *sync, const char *name,
		      struct error *err)
{
	struct statement select;
	int step;

	memset(ret_known, 0, sizeof(*ret_known));
	step = statement_init(&select, sync->index,
			      "SELECT series, tip, first, epoch FROM series WHERE name = ?", err);
	if (step)
		return step;
	statement_bind_text(&select, 1, name);
	step = statement_step(&select, err);
	if (step > 0) {
		ret_known->id = statement_int(&select, 0);
		ret_known->tip = (uint32_t)statement_int(&select, 1);
		ret_known->first = (uint32_t)statement_int(&select, 2);
		ret_known->epoch = statement_int(&select, 3);
	}
	statement_release(&select);
	return step < 0 ? step : 0;
}

/* Never one that was used before: commits may still be of an epoch whose series is gone. */
static int next_series(int64_t *ret_series, struct sync *sync, struct error *err)
{
	static const char fact[] = "last-series";
	struct buffer value = BUFFER_INIT;
	char text[32];
	int error = index_get_fact(&value, sync->index, fact, err);

	*ret_series = strtol(value.data, NULL, 10) + 1;
	snprintf(text, sizeof(text), "%lld", (long long)*ret_series);
	buffer_release(&value);
	return error ? error : index_set_fact(sync->index, fact, text, err);
}

/* The end of the first-parent line: where a history without mainline begins. */
static uint32_t first_parent_root(const struct topology *topology, uint32_t number)
{
	const uint32_t *parents;

	for (;;) {
		parents = topology->parents + topology->first_parent[number];
		if (topology->parent_count[number] < 2 || !topology_has(topology, parents[0]))
			return number;
		number = parents[0];
	}
}

static int store_series(struct sync *sync, const struct series *series,
			const struct known_series *now, struct error *err)
{
	struct statement insert;
	int error = statement_init(&insert, sync->index,
				   "INSERT OR REPLACE INTO series(series, name, ref, tip, first,"
				   " epoch, major, minor, support)"
				   " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
				   err);

	if (error)
		return error;
	statement_bind_int(&insert, 1, now->id);
	statement_bind_text(&insert, 2, series->name);
	statement_bind_text(&insert, 3, series->ref);
	statement_bind_int(&insert, 4, now->tip);
	statement_bind_int(&insert, 5, now->first);
	statement_bind_int(&insert, 6, now->epoch);
	statement_bind_int(&insert, 7, series->major);
	statement_bind_int(&insert, 8, series->minor);
	statement_bind_text(&insert, 9, series->support);
	error = statement_run(&insert, err);
	statement_release(&insert);
	return error;
}

/* Marks the members that the index has, by number. */
static int mark_members(unsigned char *marks, size_t *ret_count, struct sync *sync, int64_t series,
			struct error *err)
{
	struct statement select;
	uint32_t number;
	int step = statement_init(&select, sync->index,
				  "SELECT number FROM member WHERE series = ?", err);

	*ret_count = 0;
	if (step)
		return step;
	statement_bind_int(&select, 1, series);
	while ((step = statement_step(&select, err)) > 0) {
		number = (uint32_t)statement_int(&select, 0);
		if (number < sync->scan.topology.count)
			marks[number] = 1;
		++*ret_count;
	}
	statement_release(&select);
	return step;
}

static int store_members(struct sync *sync, const struct known_series *now,
			 struct sync_series *report, struct error *err)
{
	const struct topology *topology = &sync->scan.topology;
	unsigned char *marks = memory_alloc(topology->count);
	struct statement statement;
	size_t before, count, kept = 0;
	uint32_t *order;
	int error;

	topology_mark(marks, topology, now->first);
	topology_order(&order, &count, topology, now->tip, marks);
	memset(marks, 0, topology->count);
	error = mark_members(marks, &before, sync, now->id, err);
	for (size_t i = 0; i < count; i++)
		kept += marks[order[i]];
	free(marks);
	report->added = count - kept;
	report->removed = before - kept;
	if (!error)
		error = statement_init(&statement, sync->index,
				       "DELETE FROM member WHERE series = ?", err);
	if (!error) {
		statement_bind_int(&statement, 1, now->id);
		error = statement_run(&statement, err);
	}
	statement_release(&statement);
	if (!error)
		error = statement_init(&statement, sync->index,
				       "INSERT INTO member(series, position, number)"
				       " VALUES(?, ?, ?)",
				       err);
	for (size_t i = 0; i < count && !error; i++) {
		statement_bind_int(&statement, 1, now->id);
		statement_bind_int(&statement, 2, (int64_t)i);
		statement_bind_int(&statement, 3, order[i]);
		error = statement_run(&statement, err);
	}
	statement_release(&statement);
	free(order);
	return error;
}

static struct sync_series *report_series(struct sync *sync, const char *name)
{
	struct sync_report *report = sync->report;
	struct sync_series *added;

	report->series = array_reserve_raw(report->series, &report->series_capacity,
					   report->series_count + 1, sizeof(*added));
	added = &report->series[report->series_count++];
	memset(added, 0, sizeof(*added));
	added->name = string_copy(name);
	return added;
}

/* Reads the start of a series and what is before it. */
static int scan_start(struct sync *sync, const struct series *series, struct known_series *now,
		      struct error *err)
{
	if (id_is_zero(&series->start))
		return 0;
	return scan_commits(&now->first, &sync->scan, &series->start, (uint32_t)now->epoch, err);
}

static bool reaches(const struct topology *topology, uint32_t from, uint32_t to)
{
	unsigned char *marks = memory_alloc(topology->count);
	bool found;

	topology_mark(marks, topology, from);
	found = to < topology->count && marks[to];
	free(marks);
	return found;
}

static int sync_series(struct sync *sync, const struct series *series, struct error *err)
{
	struct known_series before, now;
	struct sync_series *report;
	int error;

	error = find_known(&before, sync, series->name, err);
	now = before;
	if (!error && !before.id)
		error = next_series(&now.id, sync, err);
	now.epoch = now.id;
	if (!error)
		error = scan_start(sync, series, &now, err);
	if (!error)
		error = scan_commits(&now.tip, &sync->scan, &series->tip, 0, err);
	if (!error && id_is_zero(&series->start)) {
		now.first = first_parent_root(&sync->scan.topology, now.tip);
		error = scan_join_epoch(&sync->scan, now.first, (uint32_t)now.epoch, err);
	}
	if (!error)
		error = store_series(sync, series, &now, err);
	if (error || (now.tip == before.tip && now.first == before.first))
		return error;
	report = report_series(sync, series->name);
	report->is_new = !before.id;
	report->rewound = before.tip && !reaches(&sync->scan.topology, now.tip, before.tip);
	sync->report->rewound |= report->rewound;
	return store_members(sync, &now, report, err);
}

/*
 * Epochs are told apart in the order of versions. A series that starts within
 * what another epoch already holds, or that starts elsewhere than before,
 * would need all of them again: the history part of the index is made anew.
 */
static int needs_rebuild(bool *ret_needed, struct sync *sync, struct error *err)
{
	struct known_series known;
	uint32_t number;
	int error = 0;

	*ret_needed = false;
	for (size_t i = 0; i < sync->series.count && !error; i++) {
		const struct series *series = &sync->series.items[i];

		error = find_known(&known, sync, series->name, err);
		if (error || id_is_zero(&series->start))
			continue;
		if (!id_map_find(&number, &sync->scan.numbers, &series->start)) {
			*ret_needed |= known.id != 0;
			continue;
		}
		if (known.id ? known.first != number : sync->scan.epochs[number] != 0)
			*ret_needed = true;
	}
	return error;
}

static int forget_history(struct sync *sync, struct error *err)
{
	static const char *const tables[] = { "series",	   "member", "release", "epoch", "commits",
					      "reference", "path",   "change",	"code" };
	char *sql;
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(tables) && !error; i++) {
		sql = string_format("DELETE FROM %s", tables[i]);
		error = index_run(sync->index, sql, err);
		free(sql);
	}
	return error;
}

static bool is_listed(const struct series_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name))
			return true;
	return false;
}

/* A branch that is gone takes its series with it. */
static int forget_series(struct sync *sync, struct error *err)
{
	ARRAY(int64_t) gone = ARRAY_INIT;
	struct statement statement;
	char *sql;
	int step;

	step = statement_init(&statement, sync->index, "SELECT series, name FROM series", err);
	if (step)
		return step;
	while ((step = statement_step(&statement, err)) > 0)
		if (!is_listed(&sync->series, statement_text(&statement, 1))) {
			array_push(&gone, statement_int(&statement, 0));
			report_series(sync, statement_text(&statement, 1))->is_gone = true;
		}
	statement_release(&statement);
	for (size_t i = 0; i < gone.count && !step; i++) {
		sync->report->rewound = true;
		sql = string_format("DELETE FROM series WHERE series = %lld;"
				    "DELETE FROM member WHERE series = %lld",
				    (long long)gone.items[i], (long long)gone.items[i]);
		step = index_run(sync->index, sql, err);
		free(sql);
	}
	array_release(&gone);
	return step;
}

static int store_refs(struct sync *sync, const char *digest, struct error *err)
{
	struct statement insert;
	int error = index_run(sync->index, "DELETE FROM source_ref", err);

	if (!error)
		error = statement_init(&insert, sync->index,
				       "INSERT INTO source_ref(name, id, peeled) VALUES(?, ?, ?)",
				       err);
	if (error)
		return error;
	for (size_t i = 0; i < sync->refs.count && !error; i++) {
		statement_bind_text(&insert, 1, sync->refs.items[i].name);
		statement_bind_id(&insert, 2, &sync->refs.items[i].id);
		statement_bind_id(&insert, 3, &sync->refs.items[i].peeled);
		error = statement_run(&insert, err);
	}
	statement_release(&insert);
	return error ? error : index_set_fact(sync->index, "refs-digest", digest, err);
}

static int open_scan(struct sync *sync, struct progress *progress, struct error *err)
{
	char *objects = repository_objects(sync->workspace->tree);
	int error = scan_init(&sync->scan, sync->index, sync->workspace->odb, objects, progress,
			      err);

	free(objects);
	return error;
}

static int start_scan(struct sync *sync, struct progress *progress, struct error *err)
{
	bool rebuild;
	int error;

	error = open_scan(sync, progress, err);
	if (!error)
		error = needs_rebuild(&rebuild, sync, err);
	if (error || !rebuild) {
		sync->report->last_known = error ? 0 : sync->scan.last_number;
		return error;
	}
	sync->report->rewound = true;
	scan_release(&sync->scan);
	error = forget_history(sync, err);
	if (!error)
		error = open_scan(sync, progress, err);
	return error;
}

static int follow_refs(struct sync *sync, const char *digest, struct progress *progress,
		       struct error *err)
{
	int error = source_refs_peel(&sync->refs, sync->workspace->source, err);

	if (!error)
		error = series_list_find(&sync->series, &sync->refs, sync->workspace, err);
	if (!error)
		error = start_scan(sync, progress, err);
	sync->scan.is_shallow = git_repository_is_shallow(sync->workspace->source) == 1;
	if (!error)
		error = forget_series(sync, err);
	for (size_t i = 0; i < sync->series.count && !error; i++)
		error = sync_series(sync, &sync->series.items[i], err);
	if (!error)
		error = release_find_all(&sync->scan, &sync->refs, err);
	if (!error && sync->report->rewound)
		error = scan_forget_unreachable(&sync->scan, err);
	if (!error)
		error = store_refs(sync, digest, err);
	sync->report->commits_read = sync->scan.commits_read;
	scan_release(&sync->scan);
	return error;
}

int sync_history(struct sync_report *ret_report, struct workspace *workspace,
		 struct progress *progress, struct error *err)
{
	struct sync sync = { .workspace = workspace,
			     .index = &workspace->index,
			     .report = ret_report };
	struct buffer digest = BUFFER_INIT, known = BUFFER_INIT;
	int error = read_refs(&digest, &sync.refs, workspace, err);

	if (!error)
		error = index_get_fact(&known, &workspace->index, "refs-digest", err);
	ret_report->changed = !error && strcmp(digest.data, known.data);
	if (ret_report->changed) {
		progress_begin(progress, "Reading commits");
		error = follow_refs(&sync, digest.data, progress, err);
		progress_end(progress);
	}
	source_refs_release(&sync.refs);
	series_list_release(&sync.series);
	buffer_release(&digest);
	buffer_release(&known);
	return error;
}
