/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/table.h"
#include "git/merge.h"

struct entry {
	struct fold_member member;
	struct pick_outcome outcome;
	bool resolved;
};

struct fold {
	struct store *store; /* borrowed */
	git_oid base;
	struct tree *tree; /* of all members */
	ARRAY(struct entry) entries;
};

/* A path that holds something else than it did at this point before the change. */
struct difference {
	char *path;
	struct merge_entry before, after;
};

/* What becomes of an entry, or a new one: what the fold is made of after the change. */
struct successor {
	struct entry entry;
	size_t index; /* of the entry that it was; NEW */
	bool repicked;
};

#define NEW SIZE_MAX

/* A change in the middle: the tree at that point, and what differs as it goes on. */
struct refold {
	struct fold *fold;
	const struct fold_change *change;
	size_t first; /* entries before it are not touched */
	size_t next;  /* the entry that is looked at */
	size_t next_added, next_removed;
	struct tree *tree;
	ARRAY(struct difference) differences;
	struct table difference_of; /* by path: index + 1; 0 = none */
	size_t coming_or_going;	    /* of the differences */
	ARRAY(struct successor) successors;
	struct fold_report *report;
	struct fold_conflicts *conflicts;
	struct error *err;
};

void fold_report_release(struct fold_report *report)
{
	free(report->conflict_path);
	report->conflict_path = NULL;
}

void fold_conflicts_release(struct fold_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++)
		free(conflicts->items[i].path);
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

/* A plain pick first, then the resolution. The outcome is to be released in any case. */
static int pick_member(struct pick_outcome *ret_outcome, bool *ret_resolved, struct fold *fold,
		       struct tree *tree, const struct fold_member *member, struct error *err)
{
	int result = pick_apply(ret_outcome, tree, fold->store, &member->change, err);

	*ret_resolved = false;
	if (result || ret_outcome->result != PICK_CONFLICT || !member->resolution.list)
		return result;
	pick_outcome_release(ret_outcome);
	*ret_resolved = true;
	return pick_apply(ret_outcome, tree, fold->store, &member->resolution, err);
}

static void report_conflict(struct fold_report *report, const struct fold_member *member,
			    struct pick_outcome *outcome)
{
	report->done = false;
	report->conflict_order = member->order;
	report->conflict_cookie = member->cookie;
	report->conflict_path = outcome->conflict_path;
	report->conflict_reason = outcome->conflict_reason;
	outcome->conflict_path = NULL;
}

static void report_member(struct fold_report *report, const struct pick_outcome *outcome,
			  bool resolved)
{
	report->result = outcome->result;
	report->resolved = resolved;
	report->content_merges = outcome->content_merges;
}

static void insert_entry(struct fold *fold, size_t at, const struct fold_member *member,
			 const struct pick_outcome *outcome, bool resolved)
{
	struct entry *entry;

	array_add(&fold->entries);
	entry = &fold->entries.items[at];
	memmove(entry + 1, entry, (fold->entries.count - 1 - at) * sizeof(*entry));
	entry->member = *member;
	entry->outcome = *outcome;
	entry->resolved = resolved;
}

static int append(struct fold_report *report, struct fold *fold, const struct fold_member *member,
		  struct error *err)
{
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	bool resolved;
	int result = pick_member(&outcome, &resolved, fold, fold->tree, member, err);

	if (!result)
		report_member(report, &outcome, resolved);
	report->picked = 1;
	if (result || outcome.result == PICK_CONFLICT) {
		if (!result)
			report_conflict(report, member, &outcome);
		pick_outcome_release(&outcome);
		return result;
	}
	insert_entry(fold, fold->entries.count, member, &outcome, resolved);
	report->done = true;
	return 0;
}

/* ---- what differs ---- */

static struct merge_entry before_of(const struct pick_path *path)
{
	struct merge_entry entry = { path->old_mode, path->old_id };

	return entry;
}

static struct merge_entry after_of(const struct pick_path *path)
{
	struct merge_entry entry = { path->new_mode, path->new_id };

	return entry;
}

static bool same(const struct merge_entry *a, const struct merge_entry *b)
{
	return a->mode == b->mode && (!a->mode || git_oid_equal(&a->id, &b->id));
}

static struct difference *find_difference(struct refold *refold, const char *path)
{
	uint32_t place;

	if (!table_find_string(&place, &refold->difference_of, path) || !place)
		return NULL;
	return &refold->differences.items[place - 1];
}

static bool comes_or_goes(const struct difference *difference)
{
	return !difference->before.mode != !difference->after.mode;
}

static void forget_difference(struct refold *refold, struct difference *difference)
{
	struct difference *last = array_last(&refold->differences);

	refold->coming_or_going -= comes_or_goes(difference);
	table_set_string(&refold->difference_of, difference->path, 0);
	free(difference->path);
	if (difference != last) {
		*difference = *last;
		table_set_string(&refold->difference_of, difference->path,
				 (uint32_t)(difference - refold->differences.items) + 1);
	}
	refold->differences.count--;
}

/* Notes what a path holds from here on, before and after the change. */
static void set_difference(struct refold *refold, const char *path, struct merge_entry before,
			   struct merge_entry after)
{
	struct difference *difference = find_difference(refold, path);

	if (same(&before, &after)) {
		if (difference)
			forget_difference(refold, difference);
		return;
	}
	if (!difference) {
		difference = array_add(&refold->differences);
		difference->path = string_copy(path);
		table_set_string(&refold->difference_of, path,
				 (uint32_t)refold->differences.count);
	}
	refold->coming_or_going -= comes_or_goes(difference);
	difference->before = before;
	difference->after = after;
	refold->coming_or_going += comes_or_goes(difference);
}

static const struct pick_path *find_path(const struct pick_outcome *outcome, const char *path)
{
	for (size_t i = 0; i < outcome->path_count; i++)
		if (!strcmp(outcome->paths[i].path, path))
			return &outcome->paths[i];
	return NULL;
}

/*
 * What differs after a member whose outcome was `before` and is `after`; either is NULL
 * for a member that comes or goes.
 */
static void update_differences(struct refold *refold, const struct pick_outcome *before,
			       const struct pick_outcome *after)
{
	static const struct pick_outcome none = PICK_OUTCOME_INIT;

	before = before ? before : &none;
	after = after ? after : &none;
	for (size_t i = 0; i < after->path_count; i++) {
		const struct pick_path *path = &after->paths[i];
		const struct pick_path *old = find_path(before, path->path);
		const struct difference *difference = find_difference(refold, path->path);

		/* Where the member did not look before, the path kept what it held. */
		set_difference(refold, path->path,
			       old	    ? after_of(old)
			       : difference ? difference->before
					    : before_of(path),
			       after_of(path));
	}
	for (size_t i = 0; i < before->path_count; i++) {
		const struct pick_path *path = &before->paths[i];
		const struct difference *difference = find_difference(refold, path->path);

		if (find_path(after, path->path))
			continue;
		set_difference(refold, path->path, after_of(path),
			       difference ? difference->after : before_of(path));
	}
}

static bool is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return !strncmp(path, directory, length) && path[length] == '/';
}

/*
 * Whether a member could come out otherwise: it looks at a path that differs, or one
 * above or below it; it depends on the whole tree; or it adds a file while files come
 * or go, for which directories matter.
 */
static bool is_concerned(struct refold *refold, const struct pick_outcome *outcome)
{
	if (!refold->differences.count)
		return false;
	if (outcome->searched)
		return true;
	for (size_t j = 0; j < outcome->path_count; j++)
		if (find_difference(refold, outcome->paths[j].path))
			return true;
	/* A path that is a file before and after is no directory of anything. */
	for (size_t i = 0; i < refold->differences.count && refold->coming_or_going; i++) {
		const struct difference *difference = &refold->differences.items[i];

		for (size_t j = 0; j < outcome->path_count && comes_or_goes(difference); j++) {
			const struct pick_path *path = &outcome->paths[j];

			if (!path->old_mode || is_below(difference->path, path->path) ||
			    is_below(path->path, difference->path))
				return true;
		}
	}
	return false;
}

/* ---- changing the middle ---- */

static int replay(struct refold *refold, const struct pick_outcome *outcome)
{
	struct tree_edit *edits = memory_alloc(outcome->path_count * sizeof(*edits));
	size_t count = 0;
	int result;

	for (size_t i = 0; i < outcome->path_count; i++) {
		const struct pick_path *path = &outcome->paths[i];
		struct merge_entry before = before_of(path), after = after_of(path);

		if (same(&before, &after))
			continue;
		edits[count].path = path->path;
		edits[count].mode = after.mode;
		edits[count].id = after.id;
		count++;
	}
	result = tree_apply(refold->tree, edits, count, refold->err);
	free(edits);
	return result;
}

static int refold_open(struct refold *refold, struct error *err)
{
	int result;

	refold->err = err;
	result = tree_open(&refold->tree, refold->fold->store, &refold->fold->base, err);
	for (size_t i = 0; i < refold->first && !result; i++)
		result = replay(refold, &refold->fold->entries.items[i].outcome);
	return result;
}

static void refold_release(struct refold *refold)
{
	for (size_t i = 0; i < refold->differences.count; i++)
		free(refold->differences.items[i].path);
	for (size_t i = 0; i < refold->successors.count; i++)
		if (refold->successors.items[i].repicked ||
		    refold->successors.items[i].index == NEW)
			pick_outcome_release(&refold->successors.items[i].entry.outcome);
	array_release(&refold->differences);
	table_release(&refold->difference_of);
	array_release(&refold->successors);
	tree_close(refold->tree);
}

/* True when the change ends here, and nothing comes of it. */
static bool note_conflict(struct refold *refold, const struct fold_member *member,
			  struct pick_outcome *outcome)
{
	struct fold_conflict *conflict;
	bool ends = member->firm || refold->change->mode == FOLD_STRICT;

	if (refold->conflicts) {
		conflict = array_add(refold->conflicts);
		conflict->order = member->order;
		conflict->cookie = member->cookie;
		conflict->path = string_copy(outcome->conflict_path);
		conflict->reason = outcome->conflict_reason;
	}
	if (ends)
		report_conflict(refold->report, member, outcome);
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
	struct entry entry = { refold->change->added[refold->next_added++], PICK_OUTCOME_INIT,
			       false };
	bool ends;
	int result;

	refold->report->picked++;
	result = pick_member(&entry.outcome, &entry.resolved, refold->fold, refold->tree,
			     &entry.member, refold->err);
	if (!result)
		report_member(refold->report, &entry.outcome, entry.resolved);
	if (result || entry.outcome.result == PICK_CONFLICT) {
		ends = !result && note_conflict(refold, &entry.member, &entry.outcome);
		pick_outcome_release(&entry.outcome);
		return result ? result : !ends;
	}
	/* What differs matters to those that were there before. */
	if (refold->next < refold->fold->entries.count)
		update_differences(refold, NULL, &entry.outcome);
	add_successor(refold, &entry, NEW);
	return 1;
}

static int repick_one(struct refold *refold)
{
	struct entry *entry = &refold->fold->entries.items[refold->next];
	struct entry fresh = { entry->member, PICK_OUTCOME_INIT, false };
	bool ends;
	int result;

	refold->report->picked++;
	result = pick_member(&fresh.outcome, &fresh.resolved, refold->fold, refold->tree,
			     &entry->member, refold->err);
	if (result || fresh.outcome.result == PICK_CONFLICT) {
		ends = !result && note_conflict(refold, &entry->member, &fresh.outcome);
		pick_outcome_release(&fresh.outcome);
		if (!result)
			update_differences(refold, &entry->outcome, NULL);
		return result ? result : !ends;
	}
	refold->report->emptied += fresh.outcome.result == PICK_EMPTY &&
				   entry->outcome.result != PICK_EMPTY;
	update_differences(refold, &entry->outcome, &fresh.outcome);
	add_successor(refold, &fresh, refold->next)->repicked = true;
	return 1;
}

/* The entry at hand: taken out, picked again, or as it was. */
static int pass_one(struct refold *refold)
{
	const struct fold_change *change = refold->change;
	struct entry *entry = &refold->fold->entries.items[refold->next];
	int result;

	if (refold->next_removed < change->removed_count &&
	    change->removed[refold->next_removed] == entry->member.order) {
		refold->next_removed++;
		report_member(refold->report, &entry->outcome, entry->resolved);
		update_differences(refold, &entry->outcome, NULL);
		result = 1;
	} else if (is_concerned(refold, &entry->outcome)) {
		result = repick_one(refold);
	} else {
		add_successor(refold, entry, refold->next);
		refold->report->replayed++;
		result = replay(refold, &entry->outcome);
		result = result ? result : 1;
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

/* Makes the new results those of the fold. */
static void commit(struct refold *refold)
{
	struct fold *fold = refold->fold;
	size_t rest = fold->entries.count - refold->next, at = refold->first;
	struct tree *tree = fold->tree;
	struct entry *after = memory_copy(fold->entries.items + refold->next,
					  rest * sizeof(*after));
	bool *stays = memory_alloc(refold->next + 1);

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
	/* The walk ended before the last member: then the whole tree is what it was. */
	if (!rest) {
		fold->tree = refold->tree;
		refold->tree = tree;
	} else {
		refold->report->replayed += rest;
	}
	fold->entries.count = at + rest;
	refold->successors.count = 0;
	refold->report->done = true;
	free(after);
	free(stays);
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
	struct refold refold = { .fold = fold,
				 .change = change,
				 .report = report,
				 .conflicts = conflicts };
	int result = find_first(&refold.first, fold, change, err);

	refold.next = refold.first;
	if (!result)
		result = refold_open(&refold, err);
	if (!result)
		result = walk(&refold);
	if (result > 0)
		commit(&refold);
	refold_release(&refold);
	return result < 0 ? result : 0;
}

int fold_update(struct fold_report *ret_report, struct fold_conflicts *ret_conflicts,
		struct fold *fold, const struct fold_change *change, struct error *err)
{
	memset(ret_report, 0, sizeof(*ret_report));
	memset(ret_conflicts, 0, sizeof(*ret_conflicts));
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
