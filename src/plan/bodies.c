/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/bodies.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/definitions.h"
#include "plan/lines.h"

enum {
	MOVED_PART = 4, /* of the lines of a body; as many taken out elsewhere: it was moved */
	COPIED_PART = 4 /* of them; where all but one are in the file before: it was copied */
};

struct source {
	struct object blob;
	struct code_tokens tokens;
	struct definitions definitions;
};

struct body_search {
	struct planner *planner;
	uint32_t row;
	struct new_bodies *bodies;
	bool other;   /* the change does something that is no evidence */
	bool in_base; /* the base has one of the functions */
	struct buffer names;
};

static int source_read(struct source *ret_source, struct store *store, const git_oid *id,
		       struct error *err)
{
	int error = store_read(&ret_source->blob, store, id, GIT_OBJECT_BLOB, err);

	if (error)
		return error;
	code_tokens_init(&ret_source->tokens, ret_source->blob.data, ret_source->blob.length);
	definitions_find(&ret_source->definitions, &ret_source->tokens);
	return 0;
}

static void source_release(struct source *source)
{
	definitions_release(&source->definitions);
	code_tokens_release(&source->tokens);
	object_release(&source->blob);
}

static const struct definition *find_function(const struct source *source, const char *name)
{
	for (size_t i = 0; i < source->definitions.count; i++)
		if (source->definitions.items[i].kind == DEFINITION_FUNCTION &&
		    !strcmp(source->definitions.items[i].name, name))
			return &source->definitions.items[i];
	return NULL;
}

/* ---- where a function comes from ---- */

/* Whether a change brought a line of the new version; else it stood there before. */
static bool is_added(const struct file_hunks *hunks, uint32_t line)
{
	for (size_t i = 0; hunks && i < hunks->count; i++)
		if (hunks->items[i].new_start <= line &&
		    line - hunks->items[i].new_start < hunks->items[i].new_count)
			return true;
	return !hunks;
}

struct body_lines {
	size_t all;
	size_t moved;	/* taken out of some file, or there before: under another name, say */
	size_t in_file; /* anywhere in the file before */
};

static void count_lines(struct body_lines *ret_count, const struct source *source,
			const struct definition *function, const struct table *removed,
			const struct table *before, const struct file_hunks *hunks)
{
	const char *at = line_start(&source->blob, function->body), *line;
	const char *end = line_start(&source->blob, function->end + 1);
	uint32_t number = function->body, value;
	size_t length;

	memset(ret_count, 0, sizeof(*ret_count));
	for (; at < end; number++) {
		if (!line_next(&line, &length, &at, end))
			continue;
		ret_count->all++;
		ret_count->moved += !is_added(hunks, number) ||
				    table_find(&value, removed, line, length);
		ret_count->in_file += table_find(&value, before, line, length);
	}
}

/*
 * Whether the row that brought the function took its lines out elsewhere, or found them in the
 * file: where a function gets another name and nothing else, its body is context of the diff.
 */
static int was_moved(bool *ret_moved, struct planner *planner, uint32_t bringer,
		     const struct change *change, const struct source *source,
		     const struct definition *function, struct error *err)
{
	const struct change_list *changes = row_changes(planner, bringer, err);
	struct table removed = TABLE_INIT, before = TABLE_INIT;
	const struct file_hunks *hunks = NULL;
	struct body_lines count;
	int error = changes ? 0 : ERROR_SYSTEM;

	for (size_t i = 0; !error && i < changes->count; i++)
		error = lines_add_removed(&removed, planner, &changes->items[i], err);
	if (!error)
		error = lines_add_file(&before, planner, change->old_mode, &change->old_id, err);
	if (!error && change->old_mode)
		error = hunks_find(&hunks, &planner->links->files->hunks, planner->store,
				   &change->old_id, &change->new_id, err);
	if (!error)
		count_lines(&count, source, function, &removed, &before, hunks);
	table_release(&removed);
	table_release(&before);
	/* A body without a line that tells anything may be from anywhere. */
	*ret_moved = error || !count.all || count.moved * MOVED_PART >= count.all ||
		     count.in_file * COPIED_PART >= count.all * (COPIED_PART - 1);
	return error;
}

/* The row of the range, before this one, that brought a function to a file. */
static uint32_t find_bringer(const struct body_search *search, const char *path, const char *name)
{
	const struct planner *planner = search->planner;
	const struct code_history *history = &planner->links->names->history;
	uint32_t cursor = 0, found = ROW_NONE;
	char *key = string_format("N %s", name);
	const struct key_event *event;

	path = code_history_path(history, path);
	while ((event = code_history_next(history, key, &cursor)))
		if (planner->row_of[event->member] < search->row && !event->before &&
		    !strcmp(event->path, path))
			found = planner->row_of[event->member];
	free(key);
	return found;
}

static int has_word(bool *ret_has, struct planner *planner, const char *path, const char *name,
		    struct error *err)
{
	const char *paths[] = { path, code_history_path(&planner->links->names->history, path) };
	struct object blob = OBJECT_INIT;
	unsigned mode = 0;
	git_oid id;
	int error = 0;

	*ret_has = false;
	for (size_t i = 0; i < COUNT_OF(paths) && !mode && !error; i++)
		error = tree_get(&mode, &id, planner->base_tree, paths[i], err);
	if (error || !mode)
		return error;
	error = store_read(&blob, planner->store, &id, GIT_OBJECT_BLOB, err);
	*ret_has = !error && memmem(blob.data, blob.length, name, strlen(name));
	object_release(&blob);
	return error;
}

static const struct change *find_change(const struct change_list *changes, const char *path)
{
	for (size_t i = 0; changes && i < changes->count; i++)
		if (!strcmp(changes->items[i].path, path))
			return &changes->items[i];
	return NULL;
}

/* Whether a function came in after the base, and with which row. */
static int is_new(bool *ret_new, uint32_t *ret_bringer, struct body_search *search,
		  const char *path, const char *name, struct error *err)
{
	struct planner *planner = search->planner;
	const struct change *change;
	const struct definition *function;
	struct source source = { 0 };
	bool present, moved = true;
	int error;

	*ret_new = false;
	*ret_bringer = find_bringer(search, path, name);
	if (*ret_bringer == ROW_NONE)
		return 0;
	error = has_word(&present, planner, path, name, err);
	if (error || present)
		return error;
	change = find_change(row_changes(planner, *ret_bringer, err), path);
	if (!change || !change->new_mode)
		return 0;
	error = source_read(&source, planner->store, &change->new_id, err);
	function = error ? NULL : find_function(&source, name);
	if (function)
		error = was_moved(&moved, planner, *ret_bringer, change, &source, function, err);
	*ret_new = !error && !moved;
	source_release(&source);
	return error;
}

static int note_function(struct body_search *search, const char *path, const char *name,
			 struct error *err)
{
	uint32_t bringer;
	bool new;
	int error = is_new(&new, &bringer, search, path, name, err);

	if (error || !new) {
		search->in_base = true;
		return error;
	}
	member_list_add(&search->bodies->origins, bringer);
	buffer_add_format(&search->names, "%s%s()", search->names.length ? ", " : "", name);
	return 0;
}

int bodies_find(struct new_bodies *ret_bodies, struct planner *planner, uint32_t row,
		struct error *err)
{
	uint32_t member = planner->plan->rows[row].member;
	const struct code_change *change = &planner->links->names->history.changes[member];
	struct body_search search = { .planner = planner, .row = row, .bodies = ret_bodies };
	int error = 0;

	memset(ret_bodies, 0, sizeof(*ret_bodies));
	buffer_init(&search.names);
	for (size_t i = 0; i < change->body_count && !change->other && !search.in_base && !error;
	     i++)
		error = note_function(&search, change->files[change->bodies[i].file].path,
				      change->bodies[i].name, err);
	/* What cannot be read is no evidence. */
	if (error == ERROR_NOT_FOUND) {
		search.in_base = true;
		error = 0;
	}
	ret_bodies->all = !error && !change->other && !search.in_base && search.names.length;
	ret_bodies->names = planner_words(planner, "%s", search.names.data);
	if (!ret_bodies->all)
		array_release(&ret_bodies->origins);
	buffer_release(&search.names);
	return error;
}
