/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/fold-differences.h"
#include "git/merge.h"

struct entry {
	struct fold_member member;
	struct pick_outcome outcome;
	size_t resolution;	     /* that was used, from 1; 0: none */
	struct fold_refusal refusal; /* while it is looked at; a member has none */
};

struct fold {
	struct store *store; /* borrowed */
	git_oid base;
	struct tree *tree; /* of all members */
	struct tree *base_tree;
	struct tree *sparse; /* the base with some paths as a pick is to find them, or NULL */
	struct tree
		*middle; /* of the first `in_middle` entries, or NULL; kept for the next change */
	size_t in_middle;
	ARRAY(struct entry) entries;
};

/* What becomes of an entry, or a new one: what the fold is made of after the change. */
struct successor {
	struct entry entry;
	size_t index; /* of the entry that it was; NEW */
	bool repicked;
};

#define NEW SIZE_MAX

/*
 * A change in the middle: what differs as it goes on. Most picks look at nothing but files
 * that are there before and after; for these it is known from the results what they find,
 * and the whole tree at that point is not made.
 */
struct refold {
	struct fold *fold;
	const struct fold_change *change;
	size_t first; /* entries before it are not touched */
	size_t next;  /* the entry that is looked at */
	size_t next_added, next_removed;
	bool in_the_middle; /* the fold's middle is of what is before, not of its entries */
	struct fold_differences differences;
	ARRAY(struct successor) successors;
	struct fold_report *report;
	struct fold_conflicts *conflicts;
	struct error *err;
};

void fold_report_release(struct fold_report *report)
{
	free(report->conflict_path);
	free(report->refusal.path);
	report->conflict_path = report->refusal.path = NULL;
}

void fold_conflicts_release(struct fold_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++) {
		free(conflicts->items[i].path);
		free(conflicts->items[i].refusal.path);
	}
	array_release(conflicts);
}

int fold_open(struct fold **ret_fold, struct store *store, const git_oid *base, struct error *err)
{
	struct fold *fold = memory_alloc(sizeof(*fold));
	int result = tree_open(&fold->tree, store, base, err);

	if (result) {
		free(fold);
		return result;
	}
	result = tree_open(&fold->base_tree, store, base, err);
	if (result) {
		tree_close(fold->tree);
		free(fold);
		return result;
	}
	fold->store = store;
	fold->base = *base;
	*ret_fold = fold;
	return 0;
}

void fold_close(struct fold *fold)
{
	if (!fold)
		return;
	for (size_t i = 0; i < fold->entries.count; i++)
		pick_outcome_release(&fold->entries.items[i].outcome);
	array_release(&fold->entries);
	tree_close(fold->tree);
	tree_close(fold->sparse);
	tree_close(fold->middle);
	tree_close(fold->base_tree);
	free(fold);
}

size_t fold_count(const struct fold *fold)
{
	return fold->entries.count;
}

const struct fold_member *fold_member_at(const struct fold *fold, size_t index)
{
	return &fold->entries.items[index].member;
}

const struct pick_outcome *fold_outcome_at(const struct fold *fold, size_t index)
{
	return &fold->entries.items[index].outcome;
}

size_t fold_resolution_at(const struct fold *fold, size_t index)
{
	return fold->entries.items[index].resolution;
}

int fold_write(git_oid *ret_root, struct fold *fold, struct error *err)
{
	return tree_write(ret_root, fold->tree, err);
}

int fold_write_with(git_oid *ret_root, struct fold *fold, const struct tree_edit *edits,
		    size_t count, struct error *err)
{
	return tree_write_with(ret_root, fold->tree, edits, count, err);
}

int fold_get(unsigned *ret_mode, git_oid *ret_id, struct fold *fold, const char *path,
	     struct error *err)
{
	return tree_get(ret_mode, ret_id, fold->tree, path, err);
}

struct tree *fold_tree(struct fold *fold)
{
	return fold->tree;
}

/* The index of the first member at or after an order. */
static size_t place_of(const struct fold *fold, uint64_t order)
{
	size_t low = 0, high = fold->entries.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fold->entries.items[middle].member.order < order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- one member ---- */

static int compare_paths(const void *left, const void *right)
{
	return strcmp(((const struct pick_path *)left)->path,
		      ((const struct pick_path *)right)->path);
}

/* What a try that failed has looked at: another tree there, and it may not fail. */
static void add_looked_at(struct pick_outcome *outcome, struct pick_outcome *failed)
{
	size_t count = outcome->path_count;

	outcome->searched |= failed->searched;
	outcome->paths = memory_resize(outcome->paths, count + failed->path_count + 1,
				       sizeof(*outcome->paths));
	for (size_t i = 0; i < failed->path_count; i++) {
		struct pick_path *path = &failed->paths[i];

		if (count && bsearch(path, outcome->paths, count, sizeof(*path), compare_paths))
			continue;
		outcome->paths[outcome->path_count++] = *path;
		path->path = NULL;
	}
	if (outcome->path_count)
		qsort(outcome->paths, outcome->path_count, sizeof(*outcome->paths), compare_paths);
}

/* After a conflict of the plain pick: the first resolution that applies. */
static int pick_resolved(struct entry *entry, struct fold *fold, struct tree *tree,
			 struct error *err)
{
	const struct fold_member *member = &entry->member;
	struct pick_outcome outcome;
	int result = 0;

	for (size_t i = 0; i < member->resolution_count && !result && !entry->resolution; i++) {
		result = patch_apply(&outcome, tree, fold->store, member->resolutions[i], err);
		if (!result && outcome.result != PICK_CONFLICT) {
			add_looked_at(&outcome, &entry->outcome);
			pick_outcome_release(&entry->outcome);
			entry->outcome = outcome;
			entry->resolution = i + 1;
			continue;
		}
		if (!result && !entry->refusal.path) {
			entry->refusal = (struct fold_refusal){ outcome.conflict_path,
								outcome.conflict_reason,
								outcome.conflict_line };
			outcome.conflict_path = NULL;
		}
		if (!result)
			add_looked_at(&entry->outcome, &outcome);
		pick_outcome_release(&outcome);
	}
	if (entry->resolution) {
		free(entry->refusal.path);
		entry->refusal.path = NULL;
	}
	return result;
}

/* A plain pick first, then the resolutions. To be released in any case. */
static int pick_member(struct entry *entry, struct fold *fold, struct tree *tree, struct error *err)
{
	int result = pick_apply(&entry->outcome, tree, fold->store, &entry->member.change, err);

	entry->resolution = 0;
	if (result || entry->outcome.result != PICK_CONFLICT)
		return result;
	return pick_resolved(entry, fold, tree, err);
}

static void entry_release(struct entry *entry)
{
	pick_outcome_release(&entry->outcome);
	free(entry->refusal.path);
	entry->refusal.path = NULL;
}

static void report_conflict(struct fold_report *report, struct entry *entry)
{
	report->done = false;
	report->conflict_order = entry->member.order;
	report->conflict_cookie = entry->member.cookie;
	report->conflict_path = entry->outcome.conflict_path;
	report->conflict_reason = entry->outcome.conflict_reason;
	report->refusal = entry->refusal;
	entry->outcome.conflict_path = entry->refusal.path = NULL;
}

static void report_member(struct fold_report *report, const struct entry *entry)
{
	report->result = entry->outcome.result;
	report->resolved = entry->resolution != 0;
	report->content_merges = entry->outcome.content_merges;
}

static int append(struct fold_report *report, struct fold *fold, const struct fold_member *member,
		  struct error *err)
{
	struct entry entry = { .member = *member };
	int result = pick_member(&entry, fold, fold->tree, err);

	if (!result)
		report_member(report, &entry);
	report->picked = 1;
	if (result || entry.outcome.result == PICK_CONFLICT) {
		if (!result)
			report_conflict(report, &entry);
		entry_release(&entry);
		return result;
	}
	array_push(&fold->entries, entry);
	report->done = true;
	return 0;
}

/* ---- changing the middle ---- */

/* Makes in the middle tree what a pick made, or takes it back. */
static int replay(struct tree *tree, const struct pick_outcome *outcome, bool back,
		  struct error *err)
{
	struct tree_edit *edits = memory_alloc(outcome->path_count * sizeof(*edits));
	size_t count = 0;
	int result;

	for (size_t i = 0; i < outcome->path_count; i++) {
		const struct pick_path *path = &outcome->paths[i];
		struct merge_entry before = fold_before(path), after = fold_after(path);

		if (fold_same(&before, &after))
			continue;
		edits[count].path = path->path;
		edits[count].mode = back ? before.mode : after.mode;
		edits[count].id = back ? before.id : after.id;
		count++;
	}
	result = tree_apply(tree, edits, count, err);
	free(edits);
	return result;
}

int fold_tree_before(struct tree **ret_tree, const struct fold *fold, uint64_t order,
		     struct error *err)
{
	size_t count = place_of(fold, order);
	int result;

	*ret_tree = NULL;
	result = tree_open(ret_tree, fold->store, &fold->base, err);
	for (size_t i = 0; i < count && !result; i++)
		result = replay(*ret_tree, &fold->entries.items[i].outcome, false, err);
	if (result) {
		tree_close(*ret_tree);
		*ret_tree = NULL;
	}
	return result;
}

/* What is before the point at hand, in order. */
static const struct entry *entry_before(const struct refold *refold, size_t index)
{
	return index < refold->first ? &refold->fold->entries.items[index]
				     : &refold->successors.items[index - refold->first].entry;
}

static size_t count_before(const struct refold *refold)
{
	return refold->first + refold->successors.count;
}

/* Makes the middle tree one of entries that the change leaves as they are. */
static int go_back(struct refold *refold)
{
	struct fold *fold = refold->fold;
	int result = 0;

	while (!result && fold->in_middle > refold->first) {
		const struct entry *entry = refold->in_the_middle
						    ? entry_before(refold, fold->in_middle - 1)
						    : &fold->entries.items[fold->in_middle - 1];

		result = replay(refold->fold->middle, &entry->outcome, true, refold->err);
		fold->in_middle--;
	}
	return result;
}

/* Makes the whole tree at the point at hand. */
static int catch_up(struct refold *refold)
{
	struct fold *fold = refold->fold;
	int result = 0;

	if (!fold->middle)
		result = tree_open(&fold->middle, fold->store, &fold->base, refold->err);
	if (!result && !refold->in_the_middle)
		result = go_back(refold);
	refold->in_the_middle = true;
	while (!result && fold->in_middle < count_before(refold))
		result = replay(refold->fold->middle,
				&entry_before(refold, fold->in_middle++)->outcome, false,
				refold->err);
	return result;
}

/* What a path holds at the point at hand, if anything before it or the base says so. */
static int find_state(struct merge_entry *ret_state, struct refold *refold, const char *path)
{
	const struct pick_path *found;

	for (size_t i = count_before(refold); i-- > 0;) {
		found = fold_find_path(&entry_before(refold, i)->outcome, path);
		if (!found)
			continue;
		*ret_state = fold_after(found);
		return 0;
	}
	return tree_get(&ret_state->mode, &ret_state->id, refold->fold->base_tree, path,
			refold->err);
}

/*
 * The sparse tree as the member finds it. False in `ret_can` where it would look at more than the
 * files that it changes.
 */
static int make_sparse(bool *ret_can, struct refold *refold, const struct fold_member *member)
{
	struct fold *fold = refold->fold;
	const struct change_list *list = member->change.list;
	struct tree_edit *edits = memory_alloc(list->count * sizeof(*edits) + 1);
	struct merge_entry state;
	int result = 0;

	*ret_can = list->count > 0 && !member->resolution_count;
	for (size_t i = 0; i < list->count && *ret_can && !result; i++) {
		const struct change *change = &list->items[i];

		*ret_can = change->old_mode && change->new_mode;
		if (*ret_can)
			result = find_state(&state, refold, change->path);
		if (result || !*ret_can)
			break;
		*ret_can = state.mode != 0;
		edits[i].path = change->path;
		edits[i].mode = state.mode;
		edits[i].id = state.id;
	}
	if (!result && *ret_can && !fold->sparse)
		result = tree_open(&fold->sparse, fold->store, &fold->base, refold->err);
	if (!result && *ret_can) {
		result = tree_apply(fold->sparse, edits, list->count, refold->err);
		/* What earlier picks left there may be in the way. */
		if (result == ERROR_CONFLICT) {
			*ret_can = false;
			result = 0;
		}
	}
	free(edits);
	return result;
}

/* Picks a member at the point at hand. */
static int pick_here(struct entry *entry, struct refold *refold)
{
	bool sparse;
	int result = make_sparse(&sparse, refold, &entry->member);

	if (!result && sparse) {
		result = pick_member(entry, refold->fold, refold->fold->sparse, refold->err);
		if (result || !entry->outcome.searched)
			return result;
		pick_outcome_release(&entry->outcome);
	}
	if (!result)
		result = catch_up(refold);
	if (!result)
		result = pick_member(entry, refold->fold, refold->fold->middle, refold->err);
	/* It is in the tree now, and the next to join what is before. */
	if (!result && entry->outcome.result != PICK_CONFLICT)
		refold->fold->in_middle++;
	return result;
}

static void refold_release(struct refold *refold)
{
	for (size_t i = 0; i < refold->successors.count; i++)
		if (refold->successors.items[i].repicked ||
		    refold->successors.items[i].index == NEW)
			pick_outcome_release(&refold->successors.items[i].entry.outcome);
	fold_differences_release(&refold->differences);
	array_release(&refold->successors);
}

/* True when the change ends here, and nothing comes of it. */
static bool note_conflict(struct refold *refold, struct entry *entry)
{
	struct fold_conflict *conflict;
	bool ends = entry->member.firm || refold->change->mode == FOLD_STRICT;

	if (refold->conflicts) {
		conflict = array_add(refold->conflicts);
		conflict->order = entry->member.order;
		conflict->cookie = entry->member.cookie;
		conflict->path = string_copy(entry->outcome.conflict_path);
		conflict->reason = entry->outcome.conflict_reason;
		conflict->refusal = entry->refusal;
		conflict->refusal.path = string_copy(entry->refusal.path);
	}
	if (ends)
		report_conflict(refold->report, entry);
	return ends;
}

static struct successor *add_successor(struct refold *refold, const struct entry *entry,
				       size_t index)
{
	struct successor *successor = array_add(&refold->successors);

	successor->entry = *entry;
	successor->index = index;
	return successor;
}

/* 1 = go on; 0 = a conflict that ends it. */
static int add_one(struct refold *refold)
{
	struct entry entry = { .member = refold->change->added[refold->next_added++] };
	bool ends;
	int result;

	refold->report->picked++;
	result = pick_here(&entry, refold);
	if (!result)
		report_member(refold->report, &entry);
	if (result || entry.outcome.result == PICK_CONFLICT) {
		ends = !result && note_conflict(refold, &entry);
		entry_release(&entry);
		return result ? result : !ends;
	}
	fold_differences_update(&refold->differences, NULL, &entry.outcome);
	add_successor(refold, &entry, NEW);
	return 1;
}

static int repick_one(struct refold *refold)
{
	struct entry *entry = &refold->fold->entries.items[refold->next];
	struct entry fresh = { .member = entry->member };
	bool ends;
	int result;

	refold->report->picked++;
	result = pick_here(&fresh, refold);
	if (result || fresh.outcome.result == PICK_CONFLICT) {
		ends = !result && note_conflict(refold, &fresh);
		entry_release(&fresh);
		if (!result)
			fold_differences_update(&refold->differences, &entry->outcome, NULL);
		return result ? result : !ends;
	}
	refold->report->emptied += fresh.outcome.result == PICK_EMPTY &&
				   entry->outcome.result != PICK_EMPTY;
	fold_differences_update(&refold->differences, &entry->outcome, &fresh.outcome);
	add_successor(refold, &fresh, refold->next)->repicked = true;
	return 1;
}

/* The entry at hand: taken out, picked again, or as it was. */
static int pass_one(struct refold *refold)
{
	const struct fold_change *change = refold->change;
	struct entry *entry = &refold->fold->entries.items[refold->next];
	int result = 1;

	if (refold->next_removed < change->removed_count &&
	    change->removed[refold->next_removed] == entry->member.order) {
		refold->next_removed++;
		report_member(refold->report, entry);
		fold_differences_update(&refold->differences, &entry->outcome, NULL);
	} else if (fold_differences_concern(&refold->differences, &entry->outcome)) {
		result = repick_one(refold);
	} else {
		add_successor(refold, entry, refold->next);
		refold->report->replayed++;
	}
	refold->next++;
	return result;
}

/* 1 = all that is left has a tree. */
static int walk(struct refold *refold)
{
	const struct fold_change *change = refold->change;
	struct fold *fold = refold->fold;
	bool may_add;
	int result = 1;

	while (result == 1) {
		may_add = refold->next_added < change->added_count;
		if (refold->next == fold->entries.count && !may_add)
			break;
		/* From here on everything is as it was. */
		if (!may_add && refold->next_removed == change->removed_count &&
		    !refold->differences.count)
			break;
		if (may_add && (refold->next == fold->entries.count ||
				change->added[refold->next_added].order <
					fold->entries.items[refold->next].member.order))
			result = add_one(refold);
		else
			result = pass_one(refold);
	}
	return result;
}

static int apply_differences(struct refold *refold)
{
	size_t count = refold->differences.count;
	struct tree_edit *edits = memory_alloc(count * sizeof(*edits) + 1);
	int result;

	for (size_t i = 0; i < count; i++) {
		edits[i].path = refold->differences.items[i].path;
		edits[i].mode = refold->differences.items[i].after.mode;
		edits[i].id = refold->differences.items[i].after.id;
	}
	result = tree_apply(refold->fold->tree, edits, count, refold->err);
	free(edits);
	return result;
}

/* Makes the new results those of the fold. */
static int commit(struct refold *refold)
{
	struct fold *fold = refold->fold;
	size_t rest = fold->entries.count - refold->next, at = refold->first;
	struct entry *after;
	bool *stays;
	int result = refold->in_the_middle ? 0 : go_back(refold);

	if (!result)
		result = apply_differences(refold);
	if (result)
		return result;
	after = memory_copy(fold->entries.items + refold->next, rest * sizeof(*after));
	stays = memory_alloc(refold->next + 1);
	for (size_t i = 0; i < refold->successors.count; i++) {
		struct successor *successor = &refold->successors.items[i];

		if (successor->index != NEW && !successor->repicked)
			stays[successor->index] = true;
	}
	for (size_t i = refold->first; i < refold->next; i++)
		if (!stays[i])
			pick_outcome_release(&fold->entries.items[i].outcome);
	array_reserve(&fold->entries, refold->first + refold->successors.count + rest);
	for (size_t i = 0; i < refold->successors.count; i++)
		fold->entries.items[at++] = refold->successors.items[i].entry;
	if (rest)
		memcpy(fold->entries.items + at, after, rest * sizeof(*after));
	fold->entries.count = at + rest;
	refold->successors.count = 0;
	refold->in_the_middle = false; /* they are its entries now */
	refold->report->replayed += rest;
	refold->report->done = true;
	free(after);
	free(stays);
	return 0;
}

/* The first entry that the change concerns; checks that it can be made. */
static int find_first(size_t *ret_first, const struct fold *fold, const struct fold_change *change,
		      struct error *err)
{
	const struct entry *entry;
	size_t index;

	*ret_first = fold->entries.count;
	for (size_t i = 0; i < change->added_count; i++) {
		index = place_of(fold, change->added[i].order);
		entry = &fold->entries.items[index];
		if (index < fold->entries.count && entry->member.order == change->added[i].order)
			return error_set(err, ERROR_REFUSED,
					 "there is a member of order %llu already",
					 (unsigned long long)change->added[i].order);
		*ret_first = index < *ret_first ? index : *ret_first;
	}
	for (size_t i = 0; i < change->removed_count; i++) {
		index = place_of(fold, change->removed[i]);
		entry = &fold->entries.items[index];
		if (index == fold->entries.count || entry->member.order != change->removed[i])
			return error_set(err, ERROR_NOT_FOUND, "there is no member of order %llu",
					 (unsigned long long)change->removed[i]);
		*ret_first = index < *ret_first ? index : *ret_first;
	}
	return 0;
}

static int update(struct fold_report *report, struct fold_conflicts *conflicts, struct fold *fold,
		  const struct fold_change *change, struct error *err)
{
	struct refold refold = {
		.fold = fold, .change = change, .report = report, .conflicts = conflicts, .err = err
	};
	int result = find_first(&refold.first, fold, change, err);

	refold.next = refold.first;
	if (!result)
		result = walk(&refold);
	if (result > 0)
		result = commit(&refold);
	if (!result && refold.in_the_middle)
		result = go_back(&refold);
	/* Nobody knows what it is of. */
	if (result < 0) {
		tree_close(fold->middle);
		fold->middle = NULL;
		fold->in_middle = 0;
	}
	refold_release(&refold);
	return result < 0 ? result : 0;
}

/* Additions at the end, none of which has to be there: plain picks. */
static bool is_appending(const struct fold *fold, const struct fold_change *change)
{
	if (change->removed_count || !change->added_count || change->mode != FOLD_DROP ||
	    place_of(fold, change->added[0].order) < fold->entries.count)
		return false;
	for (size_t i = 0; i < change->added_count; i++)
		if (change->added[i].firm ||
		    (i && change->added[i - 1].order >= change->added[i].order))
			return false;
	return true;
}

static int append_all(struct fold_report *report, struct fold_conflicts *conflicts,
		      struct fold *fold, const struct fold_change *change, struct error *err)
{
	struct fold_conflict *conflict;
	int result = 0;

	for (size_t i = 0; i < change->added_count && !result; i++) {
		struct fold_report one = FOLD_REPORT_INIT;

		result = append(&one, fold, &change->added[i], err);
		report->picked++;
		if (result || one.done)
			continue;
		conflict = array_add(conflicts);
		conflict->order = one.conflict_order;
		conflict->cookie = one.conflict_cookie;
		conflict->path = one.conflict_path;
		conflict->reason = one.conflict_reason;
		conflict->refusal = one.refusal;
	}
	report->done = !result;
	return result;
}

int fold_update(struct fold_report *ret_report, struct fold_conflicts *ret_conflicts,
		struct fold *fold, const struct fold_change *change, struct error *err)
{
	memset(ret_report, 0, sizeof(*ret_report));
	memset(ret_conflicts, 0, sizeof(*ret_conflicts));
	if (is_appending(fold, change))
		return append_all(ret_report, ret_conflicts, fold, change, err);
	return update(ret_report, ret_conflicts, fold, change, err);
}

int fold_add(struct fold_report *ret_report, struct fold *fold, const struct fold_member *member,
	     struct error *err)
{
	struct fold_change change = { .added = member, .added_count = 1, .mode = FOLD_STRICT };

	memset(ret_report, 0, sizeof(*ret_report));
	if (place_of(fold, member->order) == fold->entries.count)
		return append(ret_report, fold, member, err);
	return update(ret_report, NULL, fold, &change, err);
}

int fold_remove(struct fold_report *ret_report, struct fold *fold, uint64_t order,
		struct error *err)
{
	struct fold_change change = { .removed = &order, .removed_count = 1, .mode = FOLD_STRICT };

	memset(ret_report, 0, sizeof(*ret_report));
	return update(ret_report, NULL, fold, &change, err);
}
