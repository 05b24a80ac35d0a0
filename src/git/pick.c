/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/pick.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/merge.h"
#include "git/pick-slot.h"
#include "git/tree-entry.h"

const char *pick_result_name(enum pick_result result)
{
	static const char *const names[PICK_RESULTS] = {
		[PICK_TRIVIAL] = "trivial",
		[PICK_MERGED] = "merged",
		[PICK_EMPTY] = "empty",
		[PICK_CONFLICT] = "conflict",
	};

	return names[result];
}

void pick_outcome_release(struct pick_outcome *outcome)
{
	for (size_t i = 0; i < outcome->path_count; i++)
		free(outcome->paths[i].path);
	free(outcome->paths);
	free(outcome->conflict_path);
	memset(outcome, 0, sizeof(*outcome));
	outcome->result = PICK_EMPTY;
}

/* ---- slots ---- */

void pick_slots_release(struct pick_slots *slots)
{
	for (size_t i = 0; i < slots->count; i++) {
		free(slots->items[i].path);
		merge_outcome_release(&slots->items[i].outcome);
	}
	array_release(slots);
}

static bool find_slot(size_t *ret_at, const struct pick_slots *slots, const char *path)
{
	size_t low = 0, high = slots->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(path, slots->items[middle].path);

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

struct pick_slot *pick_slots_find(const struct pick_slots *slots, const char *path)
{
	size_t at;

	return find_slot(&at, slots, path) ? &slots->items[at] : NULL;
}

struct pick_slot *pick_slots_add(struct pick_slots *slots, const char *path)
{
	struct pick_slot *slot;
	size_t at;

	if (find_slot(&at, slots, path))
		return &slots->items[at];
	array_add(slots);
	slot = &slots->items[at];
	memmove(slot + 1, slot, (slots->count - 1 - at) * sizeof(*slot));
	memset(slot, 0, sizeof(*slot));
	slot->path = string_copy(path);
	buffer_init(&slot->outcome.merged);
	return slot;
}

bool pick_same(const struct merge_entry *a, const struct merge_entry *b)
{
	return a->mode == b->mode && (!a->mode || git_oid_equal(&a->id, &b->id));
}

int pick_slots_read(struct pick_slots *slots, struct tree *tree, const struct change_list *list,
		    struct error *err)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct change *change = &list->items[i];
		struct pick_slot *slot = pick_slots_add(slots, change->path);
		int result;

		result = tree_get(&slot->tree.mode, &slot->tree.id, tree, change->path, err);
		if (result)
			return result;
		/* A directory of that name is not the file; it may be in the way later. */
		if (tree_mode_is_directory(slot->tree.mode))
			memset(&slot->tree, 0, sizeof(slot->tree));
		slot->base.mode = change->old_mode;
		slot->base.id = change->old_id;
		slot->theirs.mode = change->new_mode;
		slot->theirs.id = change->new_id;
		slot->ours = slot->tree;
	}
	return 0;
}

/* ---- deciding ---- */

static void set_conflict(struct pick_outcome *outcome, const char *path, const char *reason)
{
	outcome->result = PICK_CONFLICT;
	outcome->conflict_path = string_copy(path);
	outcome->conflict_reason = reason;
}

static int merge_slot(struct pick_outcome *outcome, struct pick_slot *slot, struct store *store,
		      struct error *err)
{
	int result;

	if (slot->reason) {
		set_conflict(outcome, slot->path, slot->reason);
		return 0;
	}
	if (slot->moved_away)
		return 0;
	merge_outcome_release(&slot->outcome);
	result = merge_entries(&slot->outcome, store, slot->path, &slot->base, &slot->ours,
			       &slot->theirs, err);
	if (result)
		return result;
	outcome->content_merges += slot->outcome.content;
	if (slot->outcome.result == MERGE_CONFLICT)
		set_conflict(outcome, slot->path, slot->outcome.reason);
	return 0;
}

static int merge_slots(struct pick_outcome *outcome, struct pick_slots *slots, struct store *store,
		       struct error *err)
{
	for (size_t i = 0; i < slots->count; i++) {
		int result = merge_slot(outcome, &slots->items[i], store, err);

		if (result || outcome->result == PICK_CONFLICT)
			return result;
	}
	for (size_t i = 0; i < slots->count; i++) {
		int result = merge_outcome_write(&slots->items[i].outcome, store, err);

		if (result)
			return result;
	}
	return 0;
}

/* ---- changing the tree ---- */

static int apply_slots(struct pick_outcome *outcome, struct tree *tree,
		       const struct pick_slots *slots, struct error *err)
{
	struct tree_edit *edits = memory_alloc(slots->count * sizeof(*edits));
	size_t count = 0, failed = 0;
	int result;

	for (size_t i = 0; i < slots->count; i++) {
		const struct pick_slot *slot = &slots->items[i];

		if (pick_same(&slot->tree, &slot->outcome.entry))
			continue;
		edits[count].path = slot->path;
		edits[count].mode = slot->outcome.entry.mode;
		edits[count].id = slot->outcome.entry.id;
		count++;
	}
	result = tree_apply_which(&failed, tree, edits, count, err);
	if (result == ERROR_CONFLICT) {
		set_conflict(outcome, edits[failed].path,
			     "a file and a directory would have the same name");
		error_clear(err);
		result = 0;
	} else if (!count) {
		outcome->result = PICK_EMPTY;
	} else {
		outcome->result = outcome->content_merges ? PICK_MERGED : PICK_TRIVIAL;
	}
	free(edits);
	return result;
}

static void list_paths(struct pick_outcome *outcome, const struct pick_slots *slots)
{
	bool applied = outcome->result != PICK_CONFLICT;

	outcome->path_count = slots->count;
	outcome->paths = memory_alloc(slots->count * sizeof(*outcome->paths));
	for (size_t i = 0; i < slots->count; i++) {
		struct pick_slot *slot = &slots->items[i];
		const struct merge_entry *after = applied ? &slot->outcome.entry : &slot->tree;
		struct pick_path *path = &outcome->paths[i];

		path->path = slot->path;
		slot->path = NULL;
		path->old_mode = slot->tree.mode;
		path->old_id = slot->tree.id;
		path->new_mode = after->mode;
		path->new_id = after->id;
	}
}

static int pick_slots_apply(struct pick_outcome *outcome, struct pick_slots *slots,
			    struct tree *tree, struct store *store,
			    const struct pick_change *change, struct error *err)
{
	int result = pick_slots_read(slots, tree, change->list, err);

	if (!result)
		result = pick_follow_renames(slots, &outcome->searched, tree, store, change, err);
	if (!result)
		result = merge_slots(outcome, slots, store, err);
	if (!result && outcome->result != PICK_CONFLICT)
		result = apply_slots(outcome, tree, slots, err);
	if (!result)
		list_paths(outcome, slots);
	return result;
}

int pick_apply(struct pick_outcome *ret_outcome, struct tree *tree, struct store *store,
	       const struct pick_change *change, struct error *err)
{
	struct pick_slots slots = ARRAY_INIT;
	int result;

	memset(ret_outcome, 0, sizeof(*ret_outcome));
	ret_outcome->result = PICK_EMPTY;
	result = pick_slots_apply(ret_outcome, &slots, tree, store, change, err);
	pick_slots_release(&slots);
	return result;
}
