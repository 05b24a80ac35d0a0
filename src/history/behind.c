/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/behind.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/source-refs.h"

void moved_refs_release(struct moved_refs *refs)
{
	for (size_t i = 0; i < refs->count; i++) {
		free(refs->items[i].name);
		free(refs->items[i].series);
	}
	array_release(refs);
}

static int load_known(struct source_refs *ret_refs, struct index *index, struct error *err)
{
	struct statement select;
	struct source_ref *ref;
	int step = statement_init(&select, index, "SELECT name, id FROM source_ref ORDER BY name",
				  err);

	if (step)
		return step;
	while ((step = statement_step(&select, err)) > 0) {
		ref = array_add(ret_refs);
		ref->name = string_copy(statement_text(&select, 0));
		statement_id(&ref->id, &select, 1);
	}
	statement_release(&select);
	return step;
}

static void add_moved(struct moved_refs *refs, const char *name, const git_oid *before,
		      const git_oid *after)
{
	struct moved_ref *moved = array_add(refs);

	moved->name = string_copy(name);
	if (before)
		moved->before = *before;
	if (after)
		moved->after = *after;
}

/* Both sorted by name. */
static void compare(struct moved_refs *moved, const struct source_refs *before,
		    const struct source_refs *after)
{
	size_t i = 0, j = 0;
	int order;

	while (i < before->count || j < after->count) {
		order = i == before->count  ? 1
			: j == after->count ? -1
					    : strcmp(before->items[i].name, after->items[j].name);
		if (order < 0)
			add_moved(moved, before->items[i].name, &before->items[i].id, NULL);
		else if (order > 0)
			add_moved(moved, after->items[j].name, NULL, &after->items[j].id);
		else if (!git_oid_equal(&before->items[i].id, &after->items[j].id))
			add_moved(moved, after->items[j].name, &before->items[i].id,
				  &after->items[j].id);
		i += order <= 0;
		j += order >= 0;
	}
}

static int find_series(struct moved_refs *refs, struct index *index, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index, "SELECT name FROM series WHERE ref = ?", err);

	if (step)
		return step;
	for (size_t i = 0; i < refs->count && step >= 0; i++) {
		statement_bind_text(&select, 1, refs->items[i].name);
		step = statement_step(&select, err);
		if (step > 0)
			refs->items[i].series = string_copy(statement_text(&select, 0));
		statement_reset(&select);
	}
	statement_release(&select);
	return step < 0 ? step : 0;
}

/* Only to tell people: commits that are gone cannot be counted. */
static void count_commits(struct moved_ref *moved, git_repository *source)
{
	if (!moved->series || id_is_zero(&moved->before) || id_is_zero(&moved->after))
		return;
	if (git_graph_ahead_behind(&moved->ahead, &moved->lost, source, &moved->after,
				   &moved->before) < 0)
		moved->ahead = moved->lost = 0;
}

int moved_refs_find(struct moved_refs *ret_refs, struct workspace *workspace, struct error *err)
{
	struct source_refs before = SOURCE_REFS_INIT, after = SOURCE_REFS_INIT;
	int error = workspace_open_source(workspace, err);

	if (!error)
		error = load_known(&before, &workspace->index, err);
	if (!error)
		error = source_refs_read(&after, workspace->source, err);
	if (!error) {
		compare(ret_refs, &before, &after);
		error = find_series(ret_refs, &workspace->index, err);
	}
	for (size_t i = 0; i < ret_refs->count && !error; i++)
		count_commits(&ret_refs->items[i], workspace->source);
	source_refs_release(&before);
	source_refs_release(&after);
	return error;
}
