/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/tree-entry.h"

/* A path that the patch is about: as the tree has it, and as it is by now. */
struct place {
	char *path;
	struct merge_entry before, now;
	bool edited; /* what it holds is in `text` and not yet an object */
	struct buffer text;
};

struct application {
	struct pick_outcome *outcome;
	struct tree *tree;
	struct store *store;
	ARRAY(struct place *) places; /* by path */
	struct error *err;
};

/* A file in lines, while hunks are put in. */
struct image_line {
	const char *text;
	size_t length;
	bool patched; /* an earlier hunk wrote it: no later one may build on it */
};

struct image {
	struct image_line *items;
	size_t count;
	size_t capacity;
};

/* ---- lines ---- */

static void image_split(struct image *image, const char *text, size_t length)
{
	const char *end = text + length, *newline;

	while (text < end) {
		struct image_line *line = array_add(image);

		newline = memchr(text, '\n', (size_t)(end - text));
		line->text = text;
		line->length = (size_t)((newline ? newline + 1 : end) - text);
		text += line->length;
	}
}

static bool hunk_stands_at(const struct image *image, const struct patch_hunk *hunk, size_t at)
{
	for (size_t i = 0; i < hunk->count; i++) {
		const struct patch_line *line = &hunk->items[i];
		const struct image_line *found;

		if (line->kind == '+')
			continue;
		found = &image->items[at++];
		if (found->patched || found->length != line->length ||
		    memcmp(found->text, line->text, line->length))
			return false;
	}
	return true;
}

/*
 * Where the hunk's old lines are: where it says, else the nearest place. A hunk that begins
 * with the first line, or has no context at its end, belongs at that end of the file.
 */
static bool find_place(size_t *ret_at, const struct image *image, const struct patch_hunk *hunk)
{
	bool at_start = hunk->old_start <= 1, at_end = !hunk->trailing;
	size_t wanted = hunk->new_start ? hunk->new_start - 1 : 0, most;

	if (hunk->old_count > image->count)
		return false;
	most = image->count - hunk->old_count;
	if (at_start || at_end) {
		*ret_at = at_start ? 0 : most;
		return (!at_start || !at_end || !most) && hunk_stands_at(image, hunk, *ret_at);
	}
	if (wanted > image->count)
		wanted = image->count;
	for (size_t step = 0; step <= wanted || wanted + step <= most; step++) {
		*ret_at = wanted + step;
		if (*ret_at <= most && hunk_stands_at(image, hunk, *ret_at))
			return true;
		*ret_at = wanted - step;
		if (step && step <= wanted && *ret_at <= most &&
		    hunk_stands_at(image, hunk, *ret_at))
			return true;
	}
	return false;
}

static void put_hunk(struct image *image, const struct patch_hunk *hunk, size_t at)
{
	size_t rest = image->count - at - hunk->old_count, count = 0;
	struct image_line *after = memory_copy(image->items + at + hunk->old_count,
					       rest * sizeof(*after));

	array_reserve(image, at + hunk->new_count + rest);
	for (size_t i = 0; i < hunk->count; i++)
		if (hunk->items[i].kind != '-')
			image->items[at + count++] = (struct image_line){ hunk->items[i].text,
									  hunk->items[i].length,
									  true };
	if (rest)
		memcpy(image->items + at + count, after, rest * sizeof(*after));
	image->count = at + count + rest;
	free(after);
}

/* ---- places ---- */

static int refuse(struct application *application, const char *path, const char *reason,
		  size_t line)
{
	struct pick_outcome *outcome = application->outcome;

	outcome->result = PICK_CONFLICT;
	outcome->conflict_path = string_copy(path);
	outcome->conflict_reason = reason;
	outcome->conflict_line = line;
	return 0;
}

static int get_place(struct place **ret_place, struct application *application, const char *path)
{
	struct place *place = NULL;
	size_t at = 0;
	int order = 1, error;

	while (at < application->places.count) {
		order = strcmp(application->places.items[at]->path, path);
		if (order >= 0)
			break;
		at++;
	}
	if (at < application->places.count && !order) {
		*ret_place = application->places.items[at];
		return 0;
	}
	place = memory_alloc(sizeof(*place));
	place->path = string_copy(path);
	buffer_init(&place->text);
	array_push(&application->places, place);
	memmove(&application->places.items[at + 1], &application->places.items[at],
		(application->places.count - 1 - at) * sizeof(place));
	application->places.items[at] = place;
	*ret_place = place;
	error = tree_get(&place->before.mode, &place->before.id, application->tree, path,
			 application->err);
	if (error)
		return error;
	/* A directory of that name is not the file; tree_apply says when it is in the way. */
	if (tree_mode_is_directory(place->before.mode))
		memset(&place->before, 0, sizeof(place->before));
	place->now = place->before;
	return 0;
}

static void release_places(struct application *application)
{
	for (size_t i = 0; i < application->places.count; i++) {
		free(application->places.items[i]->path);
		buffer_release(&application->places.items[i]->text);
		free(application->places.items[i]);
	}
	array_release(&application->places);
}

/* What a place holds by now, appended. */
static int read_place(struct buffer *text, struct application *application,
		      const struct place *place)
{
	struct object object = OBJECT_INIT;
	int error;

	if (place->edited) {
		buffer_add(text, place->text.data, place->text.length);
		return 0;
	}
	error = store_read(&object, application->store, &place->now.id, GIT_OBJECT_BLOB,
			   application->err);
	if (!error)
		buffer_add(text, object.data, object.length);
	object_release(&object);
	return error;
}

/* ---- one file ---- */

/* Whether the tree has what the file's header says; a refusal is noted where not. */
static int check_file(struct application *application, const struct patch_file *file,
		      const struct place *from, const struct place *to)
{
	unsigned type = file->old_mode & TREE_MODE_TYPE;

	if (file->old_path && !from->now.mode)
		return refuse(application, from->path, "is not in the tree", 0);
	if (file->old_path && from->now.mode == TREE_MODE_SUBMODULE)
		return refuse(application, from->path, "is a submodule in the tree", 0);
	if (file->old_path && type && type != (from->now.mode & TREE_MODE_TYPE))
		return refuse(application, from->path,
			      "file or symbolic link: it is of another type in the tree", 0);
	if (file->new_path && to != from && to->now.mode)
		return refuse(application, to->path, "is in the tree already", 0);
	return 0;
}

static int put_hunks(struct buffer *ret_text, struct application *application,
		     const struct patch_file *file, const struct place *from,
		     const struct buffer *old_text)
{
	const char *path = from ? from->path : file->new_path;
	struct image image = { NULL, 0, 0 };
	size_t at;

	image_split(&image, old_text->data, old_text->length);
	for (size_t i = 0; i < file->count; i++) {
		const struct patch_hunk *hunk = &file->items[i];

		if (!find_place(&at, &image, hunk)) {
			refuse(application, path, "the lines around a change are not in the tree",
			       hunk->old_start);
			break;
		}
		put_hunk(&image, hunk, at);
	}
	for (size_t i = 0; i < image.count; i++)
		buffer_add(ret_text, image.items[i].text, image.items[i].length);
	array_release(&image);
	return 0;
}

static void set_place(struct place *place, unsigned mode, struct buffer *text)
{
	place->now.mode = mode;
	place->edited = mode != 0;
	buffer_clear(&place->text);
	if (mode)
		buffer_add(&place->text, text->data, text->length);
}

static int apply_file(struct application *application, const struct patch_file *file)
{
	struct place *from = NULL, *to = NULL;
	struct buffer old_text = BUFFER_INIT, new_text = BUFFER_INIT;
	unsigned mode = file->new_mode;
	int error = 0;

	if (file->old_path)
		error = get_place(&from, application, file->old_path);
	if (!error && file->new_path)
		error = get_place(&to, application, file->new_path);
	if (!error)
		error = check_file(application, file, from, to);
	if (error || application->outcome->result == PICK_CONFLICT)
		return error;
	if (from)
		error = read_place(&old_text, application, from);
	if (!error)
		error = put_hunks(&new_text, application, file, from, &old_text);
	if (!error && application->outcome->result != PICK_CONFLICT) {
		if (!to && new_text.length)
			refuse(application, from->path,
			       "it is to be deleted, but has more in the tree", 0);
		if (!mode && from)
			mode = from->now.mode;
		if (from && from != to && !file->copy)
			set_place(from, 0, NULL);
		if (to)
			set_place(to, mode, &new_text);
	}
	buffer_release(&old_text);
	buffer_release(&new_text);
	return error;
}

/* ---- the whole ---- */

static bool is_changed(const struct place *place)
{
	return place->before.mode != place->now.mode ||
	       (place->now.mode && !git_oid_equal(&place->before.id, &place->now.id));
}

static int write_blobs(struct application *application)
{
	int error = 0;

	for (size_t i = 0; i < application->places.count && !error; i++) {
		struct place *place = application->places.items[i];

		if (place->edited)
			error = store_write(&place->now.id, application->store, GIT_OBJECT_BLOB,
					    place->text.data, place->text.length, application->err);
	}
	return error;
}

static int change_tree(struct application *application)
{
	size_t places = application->places.count, count = 0, failed = 0;
	struct tree_edit *edits = memory_alloc((places + 1) * sizeof(*edits));
	int error;

	for (size_t i = 0; i < places; i++) {
		const struct place *place = application->places.items[i];

		if (!is_changed(place))
			continue;
		edits[count].path = place->path;
		edits[count].mode = place->now.mode;
		if (place->now.mode)
			edits[count].id = place->now.id;
		count++;
	}
	error = tree_apply_which(&failed, application->tree, edits, count, application->err);
	if (error == ERROR_CONFLICT) {
		error_clear(application->err);
		error = refuse(application, edits[failed].path,
			       "a file and a directory would have the same name", 0);
	} else if (!error && count) {
		application->outcome->result = PICK_MERGED;
	}
	free(edits);
	return error;
}

static void list_paths(struct application *application)
{
	struct pick_outcome *outcome = application->outcome;
	bool applied = outcome->result != PICK_CONFLICT;

	outcome->path_count = application->places.count;
	outcome->paths = memory_alloc((outcome->path_count + 1) * sizeof(*outcome->paths));
	for (size_t i = 0; i < outcome->path_count; i++) {
		struct place *place = application->places.items[i];
		const struct merge_entry *after = applied ? &place->now : &place->before;
		struct pick_path *path = &outcome->paths[i];

		path->path = place->path;
		place->path = NULL;
		path->old_mode = place->before.mode;
		path->old_id = place->before.id;
		path->new_mode = after->mode;
		if (after->mode)
			path->new_id = after->id;
	}
}

int patch_apply(struct pick_outcome *ret_outcome, struct tree *tree, struct store *store,
		const struct patch *patch, struct error *err)
{
	struct application application = {
		.outcome = ret_outcome, .tree = tree, .store = store, .err = err
	};
	int error = 0;

	memset(ret_outcome, 0, sizeof(*ret_outcome));
	ret_outcome->result = PICK_EMPTY;
	for (size_t i = 0; i < patch->count && !error; i++)
		if (ret_outcome->result != PICK_CONFLICT)
			error = apply_file(&application, &patch->items[i]);
	if (!error && ret_outcome->result != PICK_CONFLICT)
		error = write_blobs(&application);
	if (!error && ret_outcome->result != PICK_CONFLICT)
		error = change_tree(&application);
	if (!error)
		list_paths(&application);
	release_places(&application);
	return error;
}
