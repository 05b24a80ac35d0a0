/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/files.h"

#include <stdlib.h>
#include <string.h>

#include "git/rename.h"

static const char history_sql[] = "SELECT c.number, c.old_mode, c.new_mode, c.old_id, c.new_id"
				  " FROM path p JOIN change c ON c.path = p.path WHERE p.name = ?";

int files_open(struct files *ret_files, const struct members *members, struct error *err)
{
	int error;

	memset(ret_files, 0, sizeof(*ret_files));
	ret_files->members = members;
	error = statement_init(&ret_files->select, members->index, history_sql, err);
	if (!error)
		error = hunks_open(&ret_files->hunks, members->index, err);
	if (!error)
		error = kept_merges_open(&ret_files->merges, members->index, err);
	return error;
}

void files_close(struct files *files)
{
	if (!files->members)
		return;
	for (size_t i = 0; i < files->histories.count; i++)
		free(files->histories.items[i].items);
	for (size_t i = 0; i < files->renames.count; i++) {
		for (size_t j = 0; j < files->renames.items[i].count; j++) {
			free(files->renames.items[i].items[j].from);
			free(files->renames.items[i].items[j].to);
		}
		array_release(&files->renames.items[i]);
	}
	array_release(&files->histories);
	array_release(&files->renames);
	table_release(&files->places);
	table_release(&files->rename_places);
	hunks_close(&files->hunks);
	kept_merges_close(&files->merges);
	statement_release(&files->select);
	memset(files, 0, sizeof(*files));
}

void files_save(struct files *files)
{
	struct index *index = files->members->index;

	/* Within somebody's transaction it is theirs to say what is written. */
	if ((!files->hunks.fresh && !merges_fresh(files->merges.merges)) ||
	    !sqlite3_get_autocommit(index->db) || sqlite3_db_readonly(index->db, "main") ||
	    index_begin(index, NULL))
		return;
	if (hunks_save(&files->hunks, NULL) || kept_merges_save(&files->merges, NULL) ||
	    index_commit(index, NULL)) {
		index_rollback(index);
		return;
	}
	hunks_set_kept(&files->hunks);
	merges_set_kept(files->merges.merges);
}

static int compare_changes(const void *left, const void *right)
{
	uint32_t a = ((const struct file_change *)left)->member;
	uint32_t b = ((const struct file_change *)right)->member;

	return (a > b) - (a < b);
}

int files_history(struct file_history *ret_history, struct files *files, const char *path,
		  struct error *err)
{
	ARRAY(struct file_change) found = ARRAY_INIT;
	struct statement *select = &files->select;
	struct file_change *change;
	struct file_history *history;
	uint32_t member, place;
	int step;

	if (table_find_string(&place, &files->places, path)) {
		*ret_history = files->histories.items[place];
		return 0;
	}
	statement_bind_text(select, 1, path);
	while ((step = statement_step(select, err)) > 0) {
		member = members_of_number(files->members, (uint32_t)statement_int(select, 0));
		if (member == MEMBER_NONE)
			continue;
		change = array_add(&found);
		change->member = member;
		change->old_mode = (unsigned)statement_int(select, 1);
		change->new_mode = (unsigned)statement_int(select, 2);
		statement_id(&change->old_id, select, 3);
		statement_id(&change->new_id, select, 4);
	}
	statement_reset(select);
	if (step < 0) {
		array_release(&found);
		return step;
	}
	if (found.count)
		qsort(found.items, found.count, sizeof(*found.items), compare_changes);
	table_set_string(&files->places, path, (uint32_t)files->histories.count);
	history = array_add(&files->histories);
	history->items = found.items;
	history->count = found.count;
	*ret_history = *history;
	return 0;
}

static void add_side(struct rename_file *file, const char *path, unsigned mode, const git_oid *id)
{
	file->path = path;
	file->mode = mode;
	file->id = *id;
	file->relevant = true;
	file->pair = RENAME_NONE;
}

static int find_renames(struct file_renames *renames, struct store *store,
			const struct change_list *changes, struct error *err)
{
	struct rename_file *sources = memory_alloc((changes->count + 1) * sizeof(*sources));
	struct rename_file *targets = memory_alloc((changes->count + 1) * sizeof(*targets));
	size_t source_count = 0, target_count = 0;
	int error = 0;

	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];

		if (!change->new_mode)
			add_side(&sources[source_count++], change->path, change->old_mode,
				 &change->old_id);
		else if (!change->old_mode)
			add_side(&targets[target_count++], change->path, change->new_mode,
				 &change->new_id);
	}
	if (source_count && target_count)
		error = rename_detect(store, sources, source_count, targets, target_count, err);
	/* What cannot be read is no rename that a prediction could build on. */
	if (error == ERROR_NOT_FOUND)
		error = 0;
	for (size_t i = 0; i < target_count && source_count && !error; i++) {
		struct file_rename *rename;

		if (targets[i].pair == RENAME_NONE)
			continue;
		rename = array_add(renames);
		rename->from = string_copy(sources[targets[i].pair].path);
		rename->to = string_copy(targets[i].path);
		rename->old_entry.mode = sources[targets[i].pair].mode;
		rename->old_entry.id = sources[targets[i].pair].id;
		rename->new_entry.mode = targets[i].mode;
		rename->new_entry.id = targets[i].id;
	}
	free(sources);
	free(targets);
	return error;
}

int files_renames(struct file_renames *ret_renames, struct files *files, struct store *store,
		  uint32_t member, const struct change_list *changes, struct error *err)
{
	struct file_renames renames = ARRAY_INIT;
	uint32_t place;
	int error;

	if (table_find(&place, &files->rename_places, &member, sizeof(member))) {
		*ret_renames = files->renames.items[place];
		return 0;
	}
	error = find_renames(&renames, store, changes, err);
	table_set(&files->rename_places, &member, sizeof(member), (uint32_t)files->renames.count);
	array_push(&files->renames, renames);
	*ret_renames = renames;
	return error;
}
