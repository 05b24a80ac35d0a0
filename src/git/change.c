/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/change.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "git/repository.h"

#define DEPTH_MOST 128
#define PATH_MOST 4096

struct walk {
	struct change_list *list;
	git_odb *odb;
	struct buffer path;
	unsigned depth;
};

/* One side's position in a tree object; `mode` 0 at the end. */
struct cursor {
	git_odb_object *object;
	const git_oid *tree;
	const char *at, *end;
	unsigned mode;
	const char *name;
	size_t name_length;
	git_oid id;
};

void change_list_release(struct change_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	array_release(list);
}

static int malformed(const struct cursor *cursor, struct error *err)
{
	return error_set(err, ERROR_INPUT, "tree %s: is malformed; check with git fsck",
			 id_hex(cursor->tree).text);
}

static int cursor_next(struct cursor *cursor, struct error *err)
{
	const char *nul;
	unsigned mode = 0;

	cursor->mode = 0;
	if (cursor->at == cursor->end)
		return 0;
	for (; cursor->at < cursor->end && *cursor->at != ' '; cursor->at++) {
		if (*cursor->at < '0' || *cursor->at > '7' || mode > 0177777)
			return malformed(cursor, err);
		mode = mode * 8 + (unsigned)(*cursor->at - '0');
	}
	if (!mode || cursor->at == cursor->end)
		return malformed(cursor, err);
	cursor->name = cursor->at + 1;
	nul = memchr(cursor->name, '\0', (size_t)(cursor->end - cursor->name));
	if (!nul || nul == cursor->name || cursor->end - nul <= GIT_OID_RAWSZ)
		return malformed(cursor, err);
	cursor->name_length = (size_t)(nul - cursor->name);
	memcpy(cursor->id.id, nul + 1, GIT_OID_RAWSZ);
	cursor->at = nul + 1 + GIT_OID_RAWSZ;
	cursor->mode = mode;
	return 0;
}

static int cursor_open(struct cursor *ret_cursor, git_odb *odb, const git_oid *tree,
		       struct error *err)
{
	memset(ret_cursor, 0, sizeof(*ret_cursor));
	ret_cursor->tree = tree;
	if (!tree)
		return 0;
	if (git_odb_read(&ret_cursor->object, odb, tree) < 0)
		return git_failed(err, "tree %s: is missing", id_hex(tree).text);
	if (git_odb_object_type(ret_cursor->object) != GIT_OBJECT_TREE)
		return error_set(err, ERROR_INPUT, "%s: is no tree", id_hex(tree).text);
	ret_cursor->at = git_odb_object_data(ret_cursor->object);
	ret_cursor->end = ret_cursor->at + git_odb_object_size(ret_cursor->object);
	return cursor_next(ret_cursor, err);
}

static bool is_tree(unsigned mode)
{
	return (mode & 0170000) == 0040000;
}

/* As git sorts entries: a directory's name ends with a slash. */
static int compare_entries(const struct cursor *left, const struct cursor *right)
{
	size_t length = left->name_length < right->name_length ? left->name_length
							       : right->name_length;
	int order = memcmp(left->name, right->name, length);
	unsigned char a, b;

	if (order)
		return order;
	a = left->name_length > length ? (unsigned char)left->name[length]
				       : (is_tree(left->mode) ? '/' : 0);
	b = right->name_length > length ? (unsigned char)right->name[length]
					: (is_tree(right->mode) ? '/' : 0);
	return (a > b) - (a < b);
}

static int walk_trees(struct walk *walk, const git_oid *old_tree, const git_oid *new_tree,
		      struct error *err);

static void add_change(struct walk *walk, const struct cursor *old, const struct cursor *new)
{
	struct change *change = array_add(walk->list);

	change->path = string_copy_length(walk->path.data, walk->path.length);
	if (old) {
		change->old_mode = old->mode;
		change->old_id = old->id;
	}
	if (new) {
		change->new_mode = new->mode;
		change->new_id = new->id;
	}
}

/* An entry that differs; either side may be NULL. */
static int differ(struct walk *walk, const struct cursor *old, const struct cursor *new,
		  struct error *err)
{
	const struct cursor *named = old ? old : new;
	size_t length = walk->path.length;
	bool old_is_tree = old && is_tree(old->mode), new_is_tree = new &&is_tree(new->mode);
	int error = 0;

	if (length + named->name_length + 1 > PATH_MOST)
		return error_set(err, ERROR_INPUT, "tree %s: a path is longer than %d bytes",
				 id_hex(named->tree).text, PATH_MOST);
	buffer_add(&walk->path, named->name, named->name_length);
	if ((old && !old_is_tree) || (new && !new_is_tree))
		add_change(walk, old_is_tree ? NULL : old, new_is_tree ? NULL : new);
	if (old_is_tree || new_is_tree) {
		buffer_add_byte(&walk->path, '/');
		error = walk_trees(walk, old_is_tree ? &old->id : NULL,
				   new_is_tree ? &new->id : NULL, err);
	}
	buffer_truncate(&walk->path, length);
	return error;
}

static int walk_cursors(struct walk *walk, struct cursor *old, struct cursor *new,
			struct error *err)
{
	int order, error = 0;

	while (!error && (old->mode || new->mode)) {
		order = !old->mode ? 1 : !new->mode ? -1 : compare_entries(old, new);
		if (order < 0)
			error = differ(walk, old, NULL, err);
		else if (order > 0)
			error = differ(walk, NULL, new, err);
		else if (old->mode != new->mode || !git_oid_equal(&old->id, &new->id))
			error = differ(walk, old, new, err);
		if (!error && order <= 0)
			error = cursor_next(old, err);
		if (!error && order >= 0)
			error = cursor_next(new, err);
	}
	return error;
}

static int walk_trees(struct walk *walk, const git_oid *old_tree, const git_oid *new_tree,
		      struct error *err)
{
	struct cursor old = { 0 }, new = { 0 };
	int error;

	if (walk->depth++ >= DEPTH_MOST)
		return error_set(err, ERROR_INPUT, "%s: directories nest deeper than %d",
				 walk->path.data, DEPTH_MOST);
	error = cursor_open(&old, walk->odb, old_tree, err);
	if (!error)
		error = cursor_open(&new, walk->odb, new_tree, err);
	if (!error)
		error = walk_cursors(walk, &old, &new, err);
	git_odb_object_free(old.object);
	git_odb_object_free(new.object);
	walk->depth--;
	return error;
}

int change_list_read(struct change_list *ret_list, git_odb *odb, const git_oid *old_tree,
		     const git_oid *new_tree, struct error *err)
{
	struct walk walk = { .list = ret_list, .odb = odb, .path = BUFFER_INIT };
	int error = 0;

	if (!old_tree || !new_tree || !git_oid_equal(old_tree, new_tree))
		error = walk_trees(&walk, old_tree, new_tree, err);
	buffer_release(&walk.path);
	return error;
}
