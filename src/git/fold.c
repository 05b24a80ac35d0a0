/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
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

/* A member that was picked again; it replaces the entry if all goes well. */
struct repick {
	size_t index;
	struct pick_outcome outcome;
	bool resolved;
};

/* A change in the middle: the tree at that point, and what differs as it goes on. */
struct refold {
	struct fold *fold;
	struct tree *tree;
	ARRAY(struct difference) differences;
	ARRAY(struct repick) repicks;
	struct fold_report *report;
	struct error *err;
};

void fold_report_release(struct fold_report *report)
{
	free(report->conflict_path);
	report->conflict_path = NULL;
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
	for (size_t i = 0; i < refold->differences.count; i++)
		if (!strcmp(refold->differences.items[i].path, path))
			return &refold->differences.items[i];
	return NULL;
}

/* Notes what a path holds from here on, before and after the change. */
static void set_difference(struct refold *refold, const char *path, struct merge_entry before,
			   struct merge_entry after)
{
	struct difference *difference = find_difference(refold, path);

	if (same(&before, &after)) {
		if (!difference)
			return;
		free(difference->path);
		*difference = *array_last(&refold->differences);
		refold->differences.count--;
		return;
	}
	if (!difference) {
		difference = array_add(&refold->differences);
		difference->path = string_copy(path);
	}
	difference->before = before;
	difference->after = after;
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
static bool is_concerned(const struct refold *refold, const struct pick_outcome *outcome)
{
	if (refold->differences.count && outcome->searched)
		return true;
	for (size_t i = 0; i < refold->differences.count; i++) {
		const struct difference *difference = &refold->differences.items[i];
		bool comes_or_goes = !difference->before.mode != !difference->after.mode;

		for (size_t j = 0; j < outcome->path_count; j++) {
			const struct pick_path *path = &outcome->paths[j];

			if ((comes_or_goes && !path->old_mode) ||
			    !strcmp(difference->path, path->path) ||
			    is_below(difference->path, path->path) ||
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

/* 1 when the member has a tree, 0 when it conflicts, which is reported. */
static int repick(struct refold *refold, size_t index)
{
	struct entry *entry = &refold->fold->entries.items[index];
	struct repick *repick = array_add(&refold->repicks);
	int result;

	repick->index = index;
	refold->report->picked++;
	result = pick_member(&repick->outcome, &repick->resolved, refold->fold, refold->tree,
			     &entry->member, refold->err);
	if (result)
		return result;
	if (repick->outcome.result == PICK_CONFLICT) {
		report_conflict(refold->report, &entry->member, &repick->outcome);
		return 0;
	}
	update_differences(refold, &entry->outcome, &repick->outcome);
	return 1;
}

static int refold_open(struct refold *refold, struct fold *fold, size_t index,
		       struct fold_report *report, struct error *err)
{
	int result;

	memset(refold, 0, sizeof(*refold));
	refold->fold = fold;
	refold->report = report;
	refold->err = err;
	result = tree_open(&refold->tree, fold->store, &fold->base, err);
	for (size_t i = 0; i < index && !result; i++)
		result = replay(refold, &fold->entries.items[i].outcome);
	return result;
}

static void refold_release(struct refold *refold)
{
	for (size_t i = 0; i < refold->differences.count; i++)
		free(refold->differences.items[i].path);
	for (size_t i = 0; i < refold->repicks.count; i++)
		pick_outcome_release(&refold->repicks.items[i].outcome);
	array_release(&refold->differences);
	array_release(&refold->repicks);
	tree_close(refold->tree);
}

/* The members from `index` on. 1 = all have a tree. */
static int go_on(struct refold *refold, size_t index)
{
	struct fold *fold = refold->fold;

	for (size_t i = index; i < fold->entries.count; i++) {
		int result;

		if (!refold->differences.count) {
			/* From here on everything is as it was. */
			refold->report->replayed += fold->entries.count - i;
			break;
		}
		if (is_concerned(refold, &fold->entries.items[i].outcome)) {
			result = repick(refold, i);
			if (result <= 0)
				return result;
			continue;
		}
		result = replay(refold, &fold->entries.items[i].outcome);
		if (result)
			return result;
		refold->report->replayed++;
	}
	return 1;
}

/* Makes the new results those of the fold. */
static int commit(struct refold *refold)
{
	struct fold *fold = refold->fold;
	size_t count = refold->differences.count;
	struct tree_edit *edits = memory_alloc(count * sizeof(*edits));
	int result;

	for (size_t i = 0; i < count; i++) {
		edits[i].path = refold->differences.items[i].path;
		edits[i].mode = refold->differences.items[i].after.mode;
		edits[i].id = refold->differences.items[i].after.id;
	}
	result = tree_apply(fold->tree, edits, count, refold->err);
	free(edits);
	if (result)
		return result;
	for (size_t i = 0; i < refold->repicks.count; i++) {
		struct repick *repick = &refold->repicks.items[i];
		struct entry *entry = &fold->entries.items[repick->index];
		struct pick_outcome old = entry->outcome;

		entry->outcome = repick->outcome;
		entry->resolved = repick->resolved;
		repick->outcome = old;
	}
	refold->report->done = true;
	return 0;
}

static int insert(struct fold_report *report, struct fold *fold, size_t index,
		  const struct fold_member *member, struct error *err)
{
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	struct refold refold;
	bool resolved = false;
	int result = refold_open(&refold, fold, index, report, err);

	report->picked = 1;
	if (!result)
		result = pick_member(&outcome, &resolved, fold, refold.tree, member, err);
	if (result)
		goto out;
	report_member(report, &outcome, resolved);
	if (outcome.result == PICK_CONFLICT) {
		report_conflict(report, member, &outcome);
		goto out;
	}
	update_differences(&refold, NULL, &outcome);
	result = go_on(&refold, index);
	if (result > 0)
		result = commit(&refold);
	if (!result && report->done) {
		insert_entry(fold, index, member, &outcome, resolved);
		memset(&outcome, 0, sizeof(outcome));
	}
out:
	pick_outcome_release(&outcome);
	refold_release(&refold);
	return result;
}

int fold_add(struct fold_report *ret_report, struct fold *fold, const struct fold_member *member,
	     struct error *err)
{
	size_t index = place_of(fold, member->order);

	memset(ret_report, 0, sizeof(*ret_report));
	if (index == fold->entries.count)
		return append(ret_report, fold, member, err);
	if (fold->entries.items[index].member.order == member->order)
		return error_set(err, ERROR_REFUSED, "there is a member of order %llu already",
				 (unsigned long long)member->order);
	return insert(ret_report, fold, index, member, err);
}

int fold_remove(struct fold_report *ret_report, struct fold *fold, uint64_t order,
		struct error *err)
{
	size_t index = place_of(fold, order);
	struct refold refold;
	struct entry *entry;
	int result;

	memset(ret_report, 0, sizeof(*ret_report));
	if (index == fold->entries.count || fold->entries.items[index].member.order != order)
		return error_set(err, ERROR_NOT_FOUND, "there is no member of order %llu",
				 (unsigned long long)order);
	entry = &fold->entries.items[index];
	report_member(ret_report, &entry->outcome, entry->resolved);
	result = refold_open(&refold, fold, index, ret_report, err);
	if (!result) {
		update_differences(&refold, &entry->outcome, NULL);
		result = go_on(&refold, index + 1);
	}
	if (result > 0)
		result = commit(&refold);
	if (!result && ret_report->done) {
		pick_outcome_release(&entry->outcome);
		memmove(entry, entry + 1, (fold->entries.count - index - 1) * sizeof(*entry));
		fold->entries.count--;
	}
	refold_release(&refold);
	return result;
}
