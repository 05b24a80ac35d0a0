/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/change.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "git/pack-reader.h"
#include "git/store.h"
#include "git/tree-entry.h"

struct walk {
	struct change_list *list;
	git_odb *odb;		   /* one of these two is read from */
	struct pack_reader *packs; /* asked before `odb`; NULL: none */
	struct store *store;
	struct error *err;
	unsigned depth;
	size_t length; /* of the path so far, with its slash */
	char path[TREE_PATH_LIMIT];
};

/* One side of a walk; nothing is held for the empty tree. */
struct side {
	git_odb_object *object;
	struct cached_object *cached;
	struct object stored;
	const git_oid *id;
	struct tree_entries entries;
	bool more;
};

static int walk_trees(struct walk *walk, const git_oid *old_tree, const git_oid *new_tree);

void change_list_release(struct change_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	array_release(list);
}

static int side_next(struct side *side, struct walk *walk)
{
	int result = tree_entries_next(&side->entries);

	if (result < 0)
		return error_set(walk->err, ERROR_INPUT, "tree %s is malformed: %s",
				 git_oid_tostr_s(side->id), side->entries.problem);
	side->more = result > 0;
	return 0;
}

static int missing(const struct walk *walk, const git_oid *id)
{
	return error_set(walk->err, ERROR_NOT_FOUND, "tree %s is missing (directory '%.*s')",
			 git_oid_tostr_s(id), (int)walk->length, walk->path);
}

static int side_read_odb(struct side *side, struct walk *walk, const git_oid *id)
{
	int result;

	if (walk->packs)
		side->cached = pack_reader_read(walk->packs, id, TREE_BYTES_LIMIT);
	if (side->cached && side->cached->type == GIT_OBJECT_TREE) {
		tree_entries_init(&side->entries, side->cached->data, side->cached->length);
		return 0;
	}
	result = git_odb_read(&side->object, walk->odb, id);
	if (result == GIT_ENOTFOUND)
		return missing(walk, id);
	if (result)
		return error_set(walk->err, ERROR_INPUT, "tree %s cannot be read: %s",
				 git_oid_tostr_s(id), git_error_last()->message);
	if (git_odb_object_type(side->object) != GIT_OBJECT_TREE)
		return error_set(walk->err, ERROR_INPUT,
				 "object %s is not a tree (directory '%.*s')", git_oid_tostr_s(id),
				 (int)walk->length, walk->path);
	tree_entries_init(&side->entries, git_odb_object_data(side->object),
			  git_odb_object_size(side->object));
	return 0;
}

static int side_read_store(struct side *side, struct walk *walk, const git_oid *id)
{
	int result = store_read(&side->stored, walk->store, id, GIT_OBJECT_TREE, walk->err);

	if (result == ERROR_NOT_FOUND)
		return missing(walk, id);
	if (!result)
		tree_entries_init(&side->entries, side->stored.data, side->stored.length);
	return result;
}

static int side_open(struct side *side, struct walk *walk, const git_oid *id)
{
	int result;

	memset(side, 0, sizeof(*side));
	if (!id)
		return 0;
	side->id = id;
	result = walk->store ? side_read_store(side, walk, id) : side_read_odb(side, walk, id);
	return result ? result : side_next(side, walk);
}

static void side_close(struct side *side)
{
	git_odb_object_free(side->object);
	cached_object_unref(side->cached);
	object_release(&side->stored);
}

static void add_change(struct walk *walk, const struct tree_entry *old,
		       const struct tree_entry *new, size_t length)
{
	struct change *change = array_add(walk->list);

	change->path = string_copy_length(walk->path, length);
	if (old) {
		change->old_mode = old->mode;
		change->old_id = *old->id;
	}
	if (new) {
		change->new_mode = new->mode;
		change->new_id = *new->id;
	}
}

/* Two entries of one name, either of which may be NULL; both directories or neither. */
static int walk_entries(struct walk *walk, const struct tree_entry *old,
			const struct tree_entry *new)
{
	const struct tree_entry *one = old ? old : new;
	size_t outer = walk->length;
	int result;

	if (old && new && old->mode == new->mode && git_oid_equal(old->id, new->id))
		return 0;
	if (outer + one->length + 2 > sizeof(walk->path))
		return error_set(walk->err, ERROR_INPUT,
				 "a path longer than %d bytes below '%.*s' is refused",
				 TREE_PATH_LIMIT - 1, (int)outer, walk->path);
	memcpy(walk->path + outer, one->name, one->length);
	if (!tree_mode_is_directory(one->mode)) {
		add_change(walk, old, new, outer + one->length);
		return 0;
	}
	if (walk->depth + 1 >= TREE_DEPTH_LIMIT)
		return error_set(walk->err, ERROR_INPUT,
				 "more than %d nested directories below '%.200s' are refused",
				 TREE_DEPTH_LIMIT - 1, walk->path);
	walk->path[outer + one->length] = '/';
	walk->length = outer + one->length + 1;
	walk->depth++;
	result = walk_trees(walk, old ? old->id : NULL, new ? new->id : NULL);
	walk->depth--;
	walk->length = outer;
	return result;
}

/* How many bytes two runs have in common, at least `limit` long both. */
static size_t common_bytes(const unsigned char *a, const unsigned char *b, size_t limit)
{
	size_t at = 0;
	uint64_t left, right;

	for (; at + sizeof(left) <= limit; at += sizeof(left)) {
		memcpy(&left, a + at, sizeof(left));
		memcpy(&right, b + at, sizeof(right));
		if (left != right)
			break;
	}
	while (at < limit && a[at] == b[at])
		at++;
	return at;
}

/* Most entries of two trees are the same: those that follow are passed over unread. */
static void skip_equal(struct tree_entries *old, struct tree_entries *new)
{
	size_t left = (size_t)(old->end - old->at), other = (size_t)(new->end - new->at);
	size_t common = common_bytes(old->at, new->at, left < other ? left : other), at = 0, end;
	const unsigned char *nul;

	while ((nul = memchr(old->at + at, '\0', common - at))) {
		end = (size_t)(nul - old->at) + 1 + GIT_OID_RAWSZ;
		if (end > common)
			break;
		at = end;
	}
	old->at += at;
	new->at += at;
}

static int walk_sides(struct walk *walk, struct side *old, struct side *new)
{
	while (old->more || new->more) {
		const struct tree_entry *a = &old->entries.entry;
		const struct tree_entry *b = &new->entries.entry;
		int order, result;

		if (!old->more)
			order = 1;
		else if (!new->more)
			order = -1;
		else
			order = tree_entry_compare(a->name, a->length, a->mode, b->name, b->length,
						   b->mode);
		result = walk_entries(walk, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
		if (!order)
			skip_equal(&old->entries, &new->entries);
		if (!result && order <= 0)
			result = side_next(old, walk);
		if (!result && order >= 0)
			result = side_next(new, walk);
		if (result)
			return result;
	}
	return 0;
}

static int walk_trees(struct walk *walk, const git_oid *old_tree, const git_oid *new_tree)
{
	struct side old, new;
	int result;

	memset(&new, 0, sizeof(new));
	result = side_open(&old, walk, old_tree);
	if (!result)
		result = side_open(&new, walk, new_tree);
	if (!result)
		result = walk_sides(walk, &old, &new);
	side_close(&old);
	side_close(&new);
	return result;
}

static int walk_roots(struct change_list *list, git_odb *odb, struct pack_reader *packs,
		      struct store *store, const git_oid *old_tree, const git_oid *new_tree,
		      struct error *err)
{
	struct walk walk;

	if (old_tree && new_tree && git_oid_equal(old_tree, new_tree))
		return 0;
	walk.list = list;
	walk.odb = odb;
	walk.packs = packs;
	walk.store = store;
	walk.err = err;
	walk.depth = 0;
	walk.length = 0;
	return walk_trees(&walk, old_tree, new_tree);
}

int change_list_read(struct change_list *ret_list, git_odb *odb, const git_oid *old_tree,
		     const git_oid *new_tree, struct error *err)
{
	return walk_roots(ret_list, odb, NULL, NULL, old_tree, new_tree, err);
}

int change_list_read_store(struct change_list *ret_list, struct store *store,
			   const git_oid *old_tree, const git_oid *new_tree, struct error *err)
{
	return walk_roots(ret_list, NULL, NULL, store, old_tree, new_tree, err);
}

int change_list_read_packs(struct change_list *ret_list, struct pack_reader *packs, git_odb *odb,
			   const git_oid *old_tree, const git_oid *new_tree, struct error *err)
{
	return walk_roots(ret_list, odb, packs, NULL, old_tree, new_tree, err);
}
