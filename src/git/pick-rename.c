/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Renames of a pick, as git's merge (ort) treats them with the parent as the base.
 * "Ours" is the tree, "theirs" the commit.
 *
 * A side's renames are looked for only when a path needs it: the tree lacks a file
 * that the change edits or deletes; or the change deletes a file that the tree has
 * changed, and adds others. A file that is added to a directory which the other side
 * has renamed conflicts, as with git's default of merge.directoryRenames.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/pick-slot.h"
#include "git/rename.h"
#include "git/tree-entry.h"

/* The deleted and added files of one side. */
struct renames {
	ARRAY(struct rename_file) sources;
	ARRAY(struct rename_file) destinations;
	/* Directories that this side has emptied and the other added files to. */
	ARRAY(char *) emptied;
};

struct search {
	struct pick_slots *slots;
	struct tree *tree;
	struct store *store;
	const struct pick_change *change;
	struct change_list tree_changes; /* parent -> tree, once `compared` */
	bool compared;
	struct renames ours, theirs;
	struct error *err;
};

static void add_file(struct rename_file *file, const char *path, const struct merge_entry *entry)
{
	file->path = path;
	file->mode = entry->mode;
	file->id = entry->id;
	file->pair = RENAME_NONE;
}

static bool deletes(const struct pick_slot *slot)
{
	return slot->base.mode && !slot->theirs.mode;
}

static bool adds(const struct pick_slot *slot)
{
	return !slot->base.mode && slot->theirs.mode;
}

static bool is_below(const char *path, const char *directory, size_t length)
{
	return !strncmp(path, directory, length) && path[length] == '/';
}

/* The length of the directory part of the first `length` bytes of a path; 0 = the root. */
static size_t parent_length(const char *path, size_t length)
{
	while (length && path[length - 1] != '/')
		length--;
	return length ? length - 1 : 0;
}

/*
 * Whether git reads the directory of a path late, since the other side has nothing in
 * it: among equal candidates for a rename the earlier one wins. (Several such
 * directories are in no order with git; here they are in that of their paths.)
 */
static bool is_late(const char *path, const struct change_list *other)
{
	size_t length = parent_length(path, strlen(path));
	size_t at = 0;

	if (!length)
		return false;
	while (at < other->count && !is_below(other->items[at].path, path, length))
		at++;
	return at == other->count;
}

static bool has_parent_tree(const struct search *search)
{
	return !git_oid_is_zero(&search->change->parent_tree);
}

/* What the tree has against the parent: nearly as cheap as reading a commit's change. */
static int compare_tree(struct search *search)
{
	if (search->compared)
		return 0;
	search->compared = true;
	return tree_changes(&search->tree_changes, search->tree, &search->change->parent_tree,
			    search->err);
}

/* ---- directories ---- */

static int is_directory(bool *ret_is, struct tree *tree, const char *path, size_t length,
			struct error *err)
{
	char *directory = string_copy_length(path, length);
	unsigned mode;
	git_oid id;
	int result = tree_get(&mode, &id, tree, directory, err);

	*ret_is = tree_mode_is_directory(mode);
	free(directory);
	return result;
}

/*
 * Whether a rename counts as one of the directory: it does for the directory of the
 * file and, while the last components on both sides are the same, for those above.
 */
static bool moves_directory(const char *from, const char *to, const char *directory, size_t length)
{
	size_t from_length = parent_length(from, strlen(from));
	size_t to_length = parent_length(to, strlen(to));

	while (from_length >= length) {
		size_t from_parent, to_parent;

		if (from_length == length && !strncmp(from, directory, length))
			return to_length != length || strncmp(to, directory, length) != 0;
		from_parent = parent_length(from, from_length);
		to_parent = parent_length(to, to_length);
		if (from_length - from_parent != to_length - to_parent ||
		    memcmp(from + from_parent, to + to_parent, from_length - from_parent) != 0)
			return false;
		from_length = from_parent;
		to_length = to_parent;
	}
	return false;
}

static bool is_emptied(const struct renames *renames, const char *directory, size_t length)
{
	for (size_t i = 0; i < renames->emptied.count; i++) {
		const char *emptied = renames->emptied.items[i];

		if (strlen(emptied) == length && !strncmp(emptied, directory, length))
			return true;
	}
	return false;
}

/* The sources below such a directory matter: they may show where it went. */
static void add_emptied(struct renames *renames, const char *directory, size_t length)
{
	if (is_emptied(renames, directory, length))
		return;
	array_push(&renames->emptied, string_copy_length(directory, length));
	for (size_t i = 0; i < renames->sources.count; i++)
		if (is_below(renames->sources.items[i].path, directory, length))
			renames->sources.items[i].relevant = true;
}

static bool directory_moved(const struct renames *renames, const char *directory, size_t length)
{
	if (!is_emptied(renames, directory, length))
		return false;
	for (size_t i = 0; i < renames->sources.count; i++) {
		const struct rename_file *from = &renames->sources.items[i];

		if (from->pair != RENAME_NONE &&
		    moves_directory(from->path, renames->destinations.items[from->pair].path,
				    directory, length))
			return true;
	}
	return false;
}

static void renames_release(struct renames *renames)
{
	for (size_t i = 0; i < renames->emptied.count; i++)
		free(renames->emptied.items[i]);
	array_release(&renames->emptied);
	array_release(&renames->sources);
	array_release(&renames->destinations);
}

/* ---- renames of the tree ---- */

static int need_tree_renames(bool *ret_need, const struct search *search)
{
	*ret_need = false;
	for (size_t i = 0; i < search->slots->count; i++) {
		const struct pick_slot *slot = &search->slots->items[i];
		size_t directory = parent_length(slot->path, strlen(slot->path));
		bool is = true;
		int result;

		if (slot->base.mode && !slot->ours.mode)
			*ret_need = true;
		if (!adds(slot) || !directory)
			continue;
		result = is_directory(&is, search->tree, slot->path, directory, search->err);
		if (result)
			return result;
		if (!is)
			*ret_need = true;
	}
	return 0;
}

/* Directories of added files that the parent has and the tree has not. */
static int relevant_directories(struct search *search)
{
	for (size_t i = 0; i < search->slots->count; i++) {
		const struct pick_slot *slot = &search->slots->items[i];
		size_t length = parent_length(slot->path, strlen(slot->path));

		for (; adds(slot) && length; length = parent_length(slot->path, length)) {
			bool is;
			int result = is_directory(&is, search->tree, slot->path, length,
						  search->err);

			if (result)
				return result;
			if (is)
				break;
			add_emptied(&search->ours, slot->path, length);
		}
	}
	return 0;
}

static void add_tree_change(struct search *search, const struct change *change)
{
	struct merge_entry old = { change->old_mode, change->old_id };
	struct merge_entry new = { change->new_mode, change->new_id };

	if (old.mode && !new.mode) {
		struct rename_file *file = array_add(&search->ours.sources);
		const struct pick_slot *slot = pick_slots_find(search->slots, change->path);

		add_file(file, change->path, &old);
		file->relevant = slot && slot->base.mode;
	} else if (!old.mode) {
		add_file(array_add(&search->ours.destinations), change->path, &new);
	}
}

static int find_tree_renames(struct search *search)
{
	const struct change_list *list = &search->tree_changes;
	int result = compare_tree(search);

	for (int late = 0; late < 2 && !result; late++)
		for (size_t i = 0; i < list->count; i++)
			if (is_late(list->items[i].path, search->change->list) == late)
				add_tree_change(search, &list->items[i]);
	if (!result)
		result = relevant_directories(search);
	if (!result)
		result = rename_detect(search->store, search->ours.sources.items,
				       search->ours.sources.count, search->ours.destinations.items,
				       search->ours.destinations.count, search->err);
	return result;
}

/* ---- renames of the commit ---- */

/* The commit's own tree, from the parent's and the change. */
static int open_commit_tree(struct tree **ret_tree, const struct search *search)
{
	const struct change_list *list = search->change->list;
	struct tree_edit *edits = memory_alloc(list->count * sizeof(*edits));
	int result = tree_open(ret_tree, search->store, &search->change->parent_tree, search->err);

	for (size_t i = 0; i < list->count; i++) {
		edits[i].path = list->items[i].path;
		edits[i].mode = list->items[i].new_mode;
		edits[i].id = list->items[i].new_id;
	}
	if (!result)
		result = tree_apply(*ret_tree, edits, list->count, search->err);
	free(edits);
	return result;
}

/* Directories that the commit empties while the tree has files of its own in them. */
static int find_emptied(struct search *search)
{
	struct tree *after = NULL;
	int result = 0;

	for (size_t i = 0; i < search->tree_changes.count && !result; i++) {
		const struct change *added = &search->tree_changes.items[i];
		size_t length = parent_length(added->path, strlen(added->path));

		for (; !added->old_mode && length && !result;
		     length = parent_length(added->path, length)) {
			bool emptied = false, is = false;

			for (size_t j = 0; j < search->theirs.sources.count; j++)
				emptied |= is_below(search->theirs.sources.items[j].path,
						    added->path, length);
			if (!emptied)
				continue;
			if (!after)
				result = open_commit_tree(&after, search);
			if (!result)
				result = is_directory(&is, after, added->path, length, search->err);
			if (!result && !is)
				add_emptied(&search->theirs, added->path, length);
		}
	}
	tree_close(after);
	return result;
}

static void add_commit_change(struct search *search, const struct pick_slot *slot)
{
	if (deletes(slot)) {
		struct rename_file *file = array_add(&search->theirs.sources);

		add_file(file, slot->path, &slot->base);
		file->relevant = !pick_same(&slot->ours, &slot->base);
	} else if (adds(slot)) {
		add_file(array_add(&search->theirs.destinations), slot->path, &slot->theirs);
	}
}

static int find_commit_renames(struct search *search, bool *ret_searched)
{
	const struct pick_slots *slots = search->slots;
	size_t deleted = 0, added = 0;
	bool relevant = false;
	int result = 0;

	for (size_t i = 0; i < slots->count; i++) {
		deleted += deletes(&slots->items[i]);
		added += adds(&slots->items[i]);
	}
	if (!deleted || !added)
		return 0;
	if (has_parent_tree(search)) {
		*ret_searched = true;
		result = compare_tree(search);
	}
	for (int late = 0; late < 2 && !result; late++)
		for (size_t i = 0; i < slots->count; i++)
			if (is_late(slots->items[i].path, &search->tree_changes) == late)
				add_commit_change(search, &slots->items[i]);
	if (!result && has_parent_tree(search))
		result = find_emptied(search);
	for (size_t i = 0; i < search->theirs.sources.count; i++)
		relevant |= search->theirs.sources.items[i].relevant;
	if (result || !relevant)
		return result;
	return rename_detect(search->store, search->theirs.sources.items,
			     search->theirs.sources.count, search->theirs.destinations.items,
			     search->theirs.destinations.count, search->err);
}

/* ---- what follows from them ---- */

/* Where a relevant source went on one side, or NULL. */
static const struct rename_file *destination_of(const struct renames *renames, const char *path)
{
	for (size_t i = 0; i < renames->sources.count; i++) {
		const struct rename_file *from = &renames->sources.items[i];

		if (from->pair != RENAME_NONE && from->relevant && !strcmp(from->path, path))
			return &renames->destinations.items[from->pair];
	}
	return NULL;
}

/* The slot at the new name; one that is not of the change is read from what the tree has. */
static struct pick_slot *slot_at(struct pick_slots *slots, const struct rename_file *to)
{
	struct pick_slot *slot = pick_slots_find(slots, to->path);

	if (slot)
		return slot;
	slot = pick_slots_add(slots, to->path);
	slot->tree.mode = to->mode;
	slot->tree.id = to->id;
	slot->ours = slot->tree;
	return slot;
}

/*
 * A rename on one side only. `by_tree` tells which: `renamed` is then the version of
 * the new name on that side, `edited` the version of the old name on the other.
 */
static int follow_one(struct search *search, const char *path, const struct rename_file *to,
		      bool by_tree)
{
	struct pick_slot *target = slot_at(search->slots, to);
	struct pick_slot *source = pick_slots_find(search->slots, path);
	struct merge_entry *edited = by_tree ? &source->theirs : &source->ours;
	struct merge_entry *renamed = by_tree ? &target->ours : &target->theirs;
	struct merge_entry *other = by_tree ? &target->theirs : &target->ours;
	bool deleted = !edited->mode;
	bool retyped = !deleted &&
		       tree_mode_is_file(edited->mode) != tree_mode_is_file(renamed->mode);
	bool collides = other->mode && !retyped;
	struct merge_outcome merge;
	int result;

	if (deleted) {
		target->reason = by_tree ? "it was renamed in the tree, and the change deletes it"
					 : "the change renames it, and the tree has no such file";
	} else if (collides) {
		/* The rename is merged first; then two different files want this name. */
		result = merge_entries(&merge, search->store, to->path, &source->base,
				       by_tree ? renamed : edited, by_tree ? edited : renamed,
				       search->err);
		if (!result)
			result = merge_outcome_write(&merge, search->store, search->err);
		if (!result && merge.result == MERGE_CONFLICT)
			target->reason = merge.reason;
		else if (!result)
			*renamed = merge.entry;
		merge_outcome_release(&merge);
		if (result)
			return result;
	} else if (retyped) {
		target->reason = "it was renamed on one side and changed its type on the other";
	} else {
		target->base = source->base;
		*other = *edited;
	}
	source->moved_away = !retyped;
	return 0;
}

static int follow(struct search *search)
{
	/* Slots that renames add lie anywhere; paths of the change name the sources. */
	const struct change_list *list = search->change->list;

	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->items[i].path;
		const struct rename_file *ours = destination_of(&search->ours, path);
		const struct rename_file *theirs = destination_of(&search->theirs, path);
		int result = 0;

		if (ours && theirs && !strcmp(ours->path, theirs->path)) {
			struct pick_slot *target = slot_at(search->slots, ours);
			struct pick_slot *source = pick_slots_find(search->slots, path);

			target->base = source->base;
			source->moved_away = true;
		} else if (ours && theirs) {
			pick_slots_find(search->slots, path)->reason =
				"the tree and the change rename it to different names";
		} else if (ours) {
			result = follow_one(search, path, ours, true);
		} else if (theirs) {
			result = follow_one(search, path, theirs, false);
		}
		if (result)
			return result;
	}
	return 0;
}

/* Files that one side adds to a directory that the other has renamed. */
static void check_directories(struct search *search)
{
	for (size_t i = 0; i < search->slots->count; i++) {
		struct pick_slot *slot = &search->slots->items[i];
		size_t length = parent_length(slot->path, strlen(slot->path));

		for (; adds(slot) && length; length = parent_length(slot->path, length))
			if (directory_moved(&search->ours, slot->path, length))
				slot->reason = "it is added to a directory that was renamed in "
					       "the tree";
	}
	for (size_t i = 0; i < search->tree_changes.count; i++) {
		const struct change *added = &search->tree_changes.items[i];
		struct merge_entry entry = { added->new_mode, added->new_id };
		size_t length = parent_length(added->path, strlen(added->path));
		struct rename_file file;

		add_file(&file, added->path, &entry);
		for (; !added->old_mode && length; length = parent_length(added->path, length))
			if (directory_moved(&search->theirs, added->path, length))
				slot_at(search->slots, &file)->reason =
					"the change renames the directory that it is in";
	}
}

int pick_follow_renames(struct pick_slots *slots, bool *ret_searched, struct tree *tree,
			struct store *store, const struct pick_change *change, struct error *err)
{
	struct search search = { slots, tree, store, change };
	bool need = false;
	int result;

	search.err = err;
	result = find_commit_renames(&search, ret_searched);
	if (!result && has_parent_tree(&search))
		result = need_tree_renames(&need, &search);
	if (!result && need) {
		*ret_searched = true;
		result = find_tree_renames(&search);
	}
	if (!result)
		result = follow(&search);
	if (!result && *ret_searched)
		check_directories(&search);
	change_list_release(&search.tree_changes);
	renames_release(&search.ours);
	renames_release(&search.theirs);
	return result;
}
