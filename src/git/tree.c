/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/tree-entry.h"

/* A name in a directory. `child` is set once the directory was entered. */
struct slot {
	char *name; /* in the tree's storage; not NUL-terminated */
	uint32_t length;
	unsigned mode;
	git_oid id; /* of a directory: as of the last write */
	struct node *child;
};

struct node {
	ARRAY(struct slot) slots; /* as git sorts */
	bool dirty;

	/* The version last read or written: what the next one is a delta of. */
	git_oid base;
	char *base_data; /* NULL where there is none */
	size_t base_length;
};

/* Names live as long as the tree, since slots move between directories' versions. */
struct chunk {
	struct chunk *next;
	size_t used, size;
	char bytes[];
};

struct tree {
	struct store *store; /* borrowed */
	struct node *root;
	struct chunk *names;
	struct buffer scratch;
};

enum {
	CHUNK_BYTES = 64 << 10
};

static char *keep_name(struct tree *tree, const char *name, size_t length)
{
	struct chunk *chunk = tree->names;
	char *kept;

	if (!chunk || chunk->size - chunk->used < length) {
		size_t size = length > CHUNK_BYTES ? length : CHUNK_BYTES;

		chunk = memory_resize(NULL, sizeof(*chunk) + size, 1);
		chunk->next = tree->names;
		chunk->used = 0;
		chunk->size = size;
		tree->names = chunk;
	}
	kept = chunk->bytes + chunk->used;
	memcpy(kept, name, length);
	chunk->used += length;
	return kept;
}

/* ---- directories ---- */

static void node_free(struct node *node)
{
	if (!node)
		return;
	for (size_t i = 0; i < node->slots.count; i++)
		node_free(node->slots.items[i].child);
	array_release(&node->slots);
	free(node->base_data);
	free(node);
}

/*
 * Where the name is as a directory or as anything else, or where it would be put.
 */
static bool find_as(size_t *ret_at, const struct node *node, const char *name, size_t length,
		    unsigned mode)
{
	size_t low = 0, high = node->slots.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct slot *slot = &node->slots.items[middle];
		int order = tree_entry_compare(name, length, mode, slot->name, slot->length,
					       slot->mode);

		if (!order) {
			*ret_at = middle;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	*ret_at = low;
	return false;
}

static struct slot *find(struct node *node, const char *name, size_t length)
{
	size_t at;

	if (find_as(&at, node, name, length, TREE_MODE_FILE) ||
	    find_as(&at, node, name, length, TREE_MODE_DIRECTORY))
		return &node->slots.items[at];
	return NULL;
}

static int node_parse(struct tree *tree, struct node *node, const git_oid *id, struct error *err)
{
	struct tree_entries entries;
	char *names = keep_name(tree, node->base_data, node->base_length);
	size_t at;
	int more;

	tree_entries_init(&entries, names, node->base_length);
	while ((more = tree_entries_next(&entries)) > 0) {
		const struct tree_entry *entry = &entries.entry;
		struct slot *slot;

		if (tree_mode_is_directory(entry->mode) &&
		    find_as(&at, node, entry->name, entry->length, TREE_MODE_FILE))
			return error_set(err, ERROR_INPUT,
					 "tree %s is malformed: '%s' is in it twice",
					 git_oid_tostr_s(id), entry->name);
		slot = array_add(&node->slots);
		slot->name = names + (entry->name - names);
		slot->length = entry->length;
		slot->mode = entry->mode;
		slot->id = *entry->id;
	}
	if (more < 0)
		return error_set(err, ERROR_INPUT, "tree %s is malformed: %s", git_oid_tostr_s(id),
				 entries.problem);
	return 0;
}

static int node_load(struct node **ret_node, struct tree *tree, const git_oid *id,
		     struct error *err)
{
	struct object object = OBJECT_INIT;
	struct node *node;
	int result = store_read(&object, tree->store, id, GIT_OBJECT_TREE, err);

	if (result)
		return result;
	node = memory_alloc(sizeof(*node));
	if (object.length > TREE_BYTES_LIMIT) {
		result = error_set(err, ERROR_INPUT, "tree %s has %zu bytes, more than is read",
				   git_oid_tostr_s(id), object.length);
	} else {
		node->base = *id;
		node->base_data = memory_copy(object.data, object.length);
		node->base_length = object.length;
		result = node_parse(tree, node, id, err);
	}
	object_release(&object);
	if (result)
		node_free(node);
	else
		*ret_node = node;
	return result;
}

static int slot_enter(struct node **ret_node, struct tree *tree, struct slot *slot,
		      struct error *err)
{
	int result = 0;

	if (!slot->child)
		result = node_load(&slot->child, tree, &slot->id, err);
	*ret_node = slot->child;
	return result;
}

int tree_open(struct tree **ret_tree, struct store *store, const git_oid *root, struct error *err)
{
	struct tree *tree = memory_alloc(sizeof(*tree));
	int result = 0;

	tree->store = store;
	buffer_init(&tree->scratch);
	if (root)
		result = node_load(&tree->root, tree, root, err);
	else
		tree->root = memory_alloc(sizeof(*tree->root));
	if (result)
		tree_close(tree);
	else
		*ret_tree = tree;
	return result;
}

void tree_close(struct tree *tree)
{
	if (!tree)
		return;
	node_free(tree->root);
	for (struct chunk *chunk = tree->names, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	buffer_release(&tree->scratch);
	free(tree);
}

/* ---- one path ---- */

static int check_path(const char *path, struct error *err)
{
	const char *problem = tree_path_problem(path);

	return problem ? error_set(err, ERROR_INPUT, "'%.200s': %s", path, problem) : 0;
}

int tree_get(unsigned *ret_mode, git_oid *ret_id, struct tree *tree, const char *path,
	     struct error *err)
{
	struct node *node = tree->root;
	int result = check_path(path, err);

	*ret_mode = 0;
	memset(ret_id, 0, sizeof(*ret_id));
	if (result)
		return result;
	for (;;) {
		const char *slash = strchrnul(path, '/');
		struct slot *slot = find(node, path, slash - path);

		if (!slot)
			return 0;
		if (!*slash) {
			*ret_mode = slot->mode;
			*ret_id = slot->id;
			return 0;
		}
		if (!tree_mode_is_directory(slot->mode))
			return 0;
		result = slot_enter(&node, tree, slot, err);
		if (result)
			return result;
		path = slash + 1;
	}
}

static struct slot *insert(struct tree *tree, struct node *node, const char *name, size_t length,
			   unsigned mode)
{
	size_t at;
	struct slot *slot;

	find_as(&at, node, name, length, mode);
	array_add(&node->slots);
	slot = &node->slots.items[at];
	memmove(slot + 1, slot, (node->slots.count - 1 - at) * sizeof(*slot));
	memset(slot, 0, sizeof(*slot));
	slot->name = keep_name(tree, name, length);
	slot->length = length;
	slot->mode = mode;
	return slot;
}

/* ERROR_CONFLICT where a file is in the way of the path or a directory at its end. */
static int check_room(struct tree *tree, const char *path, struct error *err)
{
	struct node *node = tree->root;
	const char *at = path;

	for (;;) {
		const char *slash = strchrnul(at, '/');
		struct slot *slot = find(node, at, slash - at);
		int result;

		if (!slot)
			return 0;
		if (!*slash) {
			if (tree_mode_is_directory(slot->mode))
				return error_set(err, ERROR_CONFLICT,
						 "'%s' is a directory that is not empty", path);
			return 0;
		}
		if (!tree_mode_is_directory(slot->mode))
			return error_set(err, ERROR_CONFLICT,
					 "'%s' cannot be there: '%.*s' is a file", path,
					 (int)(slash - path), path);
		result = slot_enter(&node, tree, slot, err);
		if (result)
			return result;
		at = slash + 1;
	}
}

int tree_set(struct tree *tree, const char *path, unsigned mode, const git_oid *id,
	     struct error *err)
{
	struct node *node = tree->root;
	int result = check_path(path, err);

	if (!result)
		result = check_room(tree, path, err);
	if (result)
		return result;
	for (;;) {
		const char *slash = strchrnul(path, '/');
		size_t length = slash - path;
		struct slot *slot = find(node, path, length);

		node->dirty = true;
		if (!*slash) {
			if (!slot)
				slot = insert(tree, node, path, length, mode);
			slot->mode = mode;
			slot->id = *id;
			return 0;
		}
		if (!slot) {
			slot = insert(tree, node, path, length, TREE_MODE_DIRECTORY);
			slot->child = memory_alloc(sizeof(*slot->child));
		}
		node = slot->child; /* check_room has entered what there was */
		path = slash + 1;
	}
}

static void remove_slot(struct node *node, struct slot *slot)
{
	size_t after = node->slots.items + node->slots.count - slot - 1;

	node_free(slot->child);
	memmove(slot, slot + 1, after * sizeof(*slot));
	node->slots.count--;
	node->dirty = true;
}

static int remove_below(struct tree *tree, struct node *node, const char *path, struct error *err)
{
	const char *slash = strchrnul(path, '/');
	struct slot *slot = find(node, path, slash - path);
	struct node *child;
	int result;

	if (!slot || (*slash != '\0') != tree_mode_is_directory(slot->mode))
		return 0;
	if (!*slash) {
		remove_slot(node, slot);
		return 0;
	}
	result = slot_enter(&child, tree, slot, err);
	if (!result)
		result = remove_below(tree, child, slash + 1, err);
	if (result)
		return result;
	if (!child->slots.count)
		remove_slot(node, slot);
	else if (child->dirty)
		node->dirty = true;
	return 0;
}

int tree_remove(struct tree *tree, const char *path, struct error *err)
{
	int result = check_path(path, err);

	return result ? result : remove_below(tree, tree->root, path, err);
}

/* ---- several paths ---- */

struct undo {
	const char *path;
	unsigned mode;
	git_oid id;
};

static int apply_one(struct undo *undo, struct tree *tree, const struct tree_edit *edit,
		     struct error *err)
{
	int result = tree_get(&undo->mode, &undo->id, tree, edit->path, err);

	undo->path = edit->path;
	if (tree_mode_is_directory(undo->mode))
		undo->mode = 0; /* neither branch below replaces it */
	if (result)
		return result;
	if (edit->mode)
		return tree_set(tree, edit->path, edit->mode, &edit->id, err);
	return tree_remove(tree, edit->path, err);
}

static void take_back(struct tree *tree, const struct undo *undos, size_t count)
{
	while (count--) {
		const struct undo *undo = &undos[count];

		/* These cannot fail: the directories are loaded and the room was there. */
		if (undo->mode)
			tree_set(tree, undo->path, undo->mode, &undo->id, NULL);
		else
			tree_remove(tree, undo->path, NULL);
	}
}

static int apply(struct undo *undos, size_t *ret_failed, struct tree *tree,
		 const struct tree_edit *edits, size_t count, struct error *err)
{
	size_t done = 0;
	int result = 0;

	for (int removing = 1; removing >= 0 && !result; removing--) {
		for (size_t i = 0; i < count && !result; i++) {
			if (removing != !edits[i].mode)
				continue;
			result = apply_one(&undos[done], tree, &edits[i], err);
			if (!result)
				done++;
			else if (ret_failed)
				*ret_failed = i;
		}
	}
	if (result)
		take_back(tree, undos, done);
	return result;
}

int tree_apply(struct tree *tree, const struct tree_edit *edits, size_t count, struct error *err)
{
	return tree_apply_which(NULL, tree, edits, count, err);
}

int tree_apply_which(size_t *ret_failed, struct tree *tree, const struct tree_edit *edits,
		     size_t count, struct error *err)
{
	struct undo *undos = memory_alloc(count * sizeof(*undos));
	int result = apply(undos, ret_failed, tree, edits, count, err);

	free(undos);
	return result;
}

/* ---- writing ---- */

static void add_mode(struct buffer *bytes, unsigned mode)
{
	static const struct {
		unsigned mode;
		const char *text;
	} modes[] = {
		{ TREE_MODE_FILE, "100644 " },	     { TREE_MODE_DIRECTORY, "40000 " },
		{ TREE_MODE_EXECUTABLE, "100755 " }, { TREE_MODE_SYMLINK, "120000 " },
		{ TREE_MODE_SUBMODULE, "160000 " },
	};

	for (size_t i = 0; i < COUNT_OF(modes); i++)
		if (modes[i].mode == mode)
			buffer_add_string(bytes, modes[i].text);
}

static int write_node(git_oid *ret_id, struct tree *tree, struct node *node, struct error *err)
{
	struct buffer *bytes = &tree->scratch;
	int result = 0;

	if (!node->dirty) {
		*ret_id = node->base;
		return 0;
	}
	for (size_t i = 0; i < node->slots.count; i++) {
		struct slot *slot = &node->slots.items[i];

		if (slot->child)
			result = write_node(&slot->id, tree, slot->child, err);
		if (result)
			return result;
	}
	buffer_clear(bytes);
	for (size_t i = 0; i < node->slots.count; i++) {
		const struct slot *slot = &node->slots.items[i];

		add_mode(bytes, slot->mode);
		buffer_add(bytes, slot->name, slot->length);
		buffer_add_byte(bytes, '\0');
		buffer_add(bytes, slot->id.id, GIT_OID_RAWSZ);
	}
	if (!node->base_data || bytes->length != node->base_length ||
	    memcmp(bytes->data, node->base_data, bytes->length) != 0) {
		git_oid id;

		result = store_write_tree(&id, tree->store, bytes->data, bytes->length,
					  node->base_data ? &node->base : NULL, node->base_data,
					  node->base_length, err);
		if (result)
			return result;
		free(node->base_data);
		node->base = id;
		node->base_data = memory_copy(bytes->data, bytes->length);
		node->base_length = bytes->length;
	}
	node->dirty = false;
	*ret_id = node->base;
	return 0;
}

int tree_write(git_oid *ret_root, struct tree *tree, struct error *err)
{
	/* A root that never was anything is written as the empty tree. */
	if (!tree->root->base_data)
		tree->root->dirty = true;
	return write_node(ret_root, tree, tree->root, err);
}

int tree_write_with(git_oid *ret_root, struct tree *tree, const struct tree_edit *edits,
		    size_t count, struct error *err)
{
	struct undo *undos = memory_alloc(count * sizeof(*undos));
	int result = apply(undos, NULL, tree, edits, count, err);

	if (!result) {
		result = tree_write(ret_root, tree, err);
		take_back(tree, undos, count);
	}
	free(undos);
	return result;
}

/* ---- comparing ---- */

struct compare {
	struct tree *tree;
	struct change_list *list;
	struct buffer path;
	struct error *err;
};

static int compare_nodes(struct compare *compare, const git_oid *old_id, struct node *node);

/* Either may be NULL; both directories or neither. */
static int compare_entries(struct compare *compare, const struct tree_entry *old, struct slot *slot)
{
	unsigned mode = old ? old->mode : slot->mode;
	size_t outer = compare->path.length;
	struct node *node = NULL;
	int result = 0;

	if (old && slot && old->mode == slot->mode && git_oid_equal(old->id, &slot->id) &&
	    !(slot->child && slot->child->dirty))
		return 0;
	buffer_add(&compare->path, old ? old->name : slot->name, old ? old->length : slot->length);
	if (compare->path.length >= TREE_PATH_LIMIT)
		return error_set(compare->err, ERROR_INPUT, "'%.200s...': the path is too long",
				 compare->path.data);
	if (tree_mode_is_directory(mode)) {
		buffer_add_byte(&compare->path, '/');
		if (slot)
			result = slot_enter(&node, compare->tree, slot, compare->err);
		if (!result)
			result = compare_nodes(compare, old ? old->id : NULL, node);
	} else {
		struct change *change = array_add(compare->list);

		change->path = string_copy(compare->path.data);
		if (old) {
			change->old_mode = old->mode;
			change->old_id = *old->id;
		}
		if (slot) {
			change->new_mode = slot->mode;
			change->new_id = slot->id;
		}
	}
	buffer_truncate(&compare->path, outer);
	return result;
}

static int compare_sides(struct compare *compare, struct tree_entries *entries, struct node *node)
{
	size_t at = 0;
	int more = tree_entries_next(entries);

	while (more > 0 || (node && at < node->slots.count)) {
		const struct tree_entry *old = more > 0 ? &entries->entry : NULL;
		struct slot *slot = node && at < node->slots.count ? &node->slots.items[at] : NULL;
		int order = !old    ? 1
			    : !slot ? -1
				    : tree_entry_compare(old->name, old->length, old->mode,
							 slot->name, slot->length, slot->mode);
		int result = compare_entries(compare, order <= 0 ? old : NULL,
					     order >= 0 ? slot : NULL);

		if (result)
			return result;
		if (order <= 0)
			more = tree_entries_next(entries);
		if (order >= 0)
			at++;
		if (more < 0)
			break;
	}
	return more;
}

static int compare_nodes(struct compare *compare, const git_oid *old_id, struct node *node)
{
	struct object object = OBJECT_INIT;
	struct tree_entries entries;
	int result;

	if (old_id) {
		result = store_read(&object, compare->tree->store, old_id, GIT_OBJECT_TREE,
				    compare->err);
		if (result)
			return result;
	}
	tree_entries_init(&entries, object.data, object.length);
	result = compare_sides(compare, &entries, node);
	if (result < 0 && entries.problem)
		result = error_set(compare->err, ERROR_INPUT, "tree %s is malformed: %s",
				   git_oid_tostr_s(old_id), entries.problem);
	object_release(&object);
	return result;
}

int tree_changes(struct change_list *ret_list, struct tree *tree, const git_oid *old_root,
		 struct error *err)
{
	struct compare compare = { tree, ret_list, BUFFER_INIT, err };
	int result;

	if (old_root && !tree->root->dirty && tree->root->base_data &&
	    git_oid_equal(old_root, &tree->root->base))
		return 0;
	result = compare_nodes(&compare, old_root, tree->root);
	buffer_release(&compare.path);
	return result;
}
