/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/incomplete.h"

#include <string.h>

#include "git/tree.h"
#include "history/message-scan.h"
#include "plan/lines.h"

enum {
	STEP_LIMIT = 256 /* origins of origins; beyond, it may well be a repair */
};

/* Beginnings of words by which a subject says that it closes a hole. */
static const char *const hole_words[] = {
	"out of bound", "out-of-bound", "oob",	      "use after free", "use-after-free", "uaf",
	"double free",	"double-free",	"overflow",   "underflow",	"leak",		  "uninit",
	"null pointer", "null-ptr",	"null deref", "corruption",	"race condition", "reject",
	"validat",	"sanitize",	"bounds",     "permission",
};

static bool starts_with(const char *text, const char *word)
{
	for (; *word; text++, word++)
		if (byte_to_lower(*text) != *word)
			return false;
	return true;
}

static bool names_hole(const char *subject)
{
	for (const char *at = subject; *at; at++) {
		if (at > subject && byte_is_alnum(at[-1]))
			continue;
		for (size_t i = 0; i < COUNT_OF(hole_words); i++)
			if (starts_with(at, hole_words[i]))
				return true;
	}
	return false;
}

static bool has_reference(const struct member *member, enum reference_kind kind)
{
	for (size_t i = 0; i < member->reference_count; i++)
		if (member->references[i].kind == kind)
			return true;
	return false;
}

static bool has_signs(const struct member *member, enum repair_signs signs)
{
	if (signs == SIGNS_PLAIN || has_reference(member, REFERENCE_DEPENDENCY_OF))
		return false;
	return has_reference(member, REFERENCE_STABLE_FROM) ||
	       has_reference(member, REFERENCE_PREREQUISITE) || names_hole(member->subject) ||
	       (signs == SIGNS_SERIES && *member_upstream(member));
}

/* What takes an origin back has nothing to complete: such an origin was no repair. */
static bool takes_back(const struct planner *planner, uint32_t fix, uint32_t origin)
{
	const struct link *link;
	size_t count;

	link = links_from(&count, planner->links, planner->plan->rows[fix].member);
	for (size_t i = 0; i < count; i++)
		if (link[i].kind == LINK_REVERTS && planner->row_of[link[i].to] == origin)
			return true;
	return false;
}

static bool is_plain_repair(const struct planner *planner, uint32_t row)
{
	uint32_t member = planner->plan->rows[row].member;
	const struct link *link;
	size_t count;

	if (planner->members->items[member].advisory_count)
		return true;
	/* What it names, and the index does not know, may well be in the base. */
	if (planner->links->start_origins[member] || planner->links->unknown_origins[member])
		return true;
	link = links_from(&count, planner->links, member);
	for (size_t i = 0; i < count; i++)
		if (link[i].kind == LINK_FIXES && planner->in_base[link[i].to])
			return true;
	return false;
}

static bool is_repair(const struct planner *planner, uint32_t row, uint32_t fix,
		      enum repair_signs signs, unsigned *steps)
{
	uint32_t member = planner->plan->rows[row].member, to;
	const struct link *link;
	bool newer = false;
	size_t count;

	if (is_plain_repair(planner, row) || ++*steps > STEP_LIMIT)
		return true;
	if (signs == SIGNS_PLAIN || takes_back(planner, fix, row))
		return false;
	/* All that it repairs itself is newer than the base: it is as good as that is. */
	link = links_from(&count, planner->links, member);
	for (size_t i = 0; i < count; i++) {
		to = planner->row_of[link[i].to];
		if (link[i].kind == LINK_PREREQUISITE_OF || to == ROW_NONE)
			continue;
		newer = true;
		if (is_repair(planner, to, row, signs, steps))
			return true;
	}
	return !newer && has_signs(&planner->members->items[member], signs);
}

bool incomplete_is_repair(const struct planner *planner, uint32_t origin, uint32_t fix,
			  enum repair_signs signs)
{
	unsigned steps = 0;

	return is_repair(planner, origin, fix, signs, &steps);
}

void incomplete_take(struct planner *planner, uint32_t origin, uint32_t fix,
		     enum repair_signs signs)
{
	struct row_facts *facts = &planner->facts[origin];
	const struct link *link;
	size_t count;
	uint32_t to;

	if (facts->repairs_base)
		return;
	facts->repairs_base = true;
	facts->marked = true;
	facts->seed_why = planner_words(planner, "an incomplete repair, which %s completes",
					planner_name(planner, planner->plan->rows[fix].member));
	if (is_plain_repair(planner, origin))
		return;
	link = links_from(&count, planner->links, planner->plan->rows[origin].member);
	for (size_t i = 0; i < count; i++) {
		to = planner->row_of[link[i].to];
		if (link[i].kind != LINK_PREREQUISITE_OF && to != ROW_NONE &&
		    incomplete_is_repair(planner, to, origin, signs))
			incomplete_take(planner, to, origin, signs);
	}
}

const char *incomplete_words(struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];
	uint32_t origin = facts->completes.items[0];
	bool taken = false;

	/* A first try may have gone out with its revert: the one that is there counts. */
	for (size_t i = 0; i < facts->completes.count && !taken; i++) {
		taken = planner->facts[facts->completes.items[i]].in_set;
		if (taken)
			origin = facts->completes.items[i];
	}
	return planner_words(planner, "it completes %s, itself a fix and newer than the base%s",
			     planner_name(planner, planner->plan->rows[origin].member),
			     taken ? ": both are taken" : ", which is not taken");
}

/* Of a path and its name before a rename: the same file. */
static bool is_same_file(const struct code_history *history, const char *path, const char *other)
{
	return !strcmp(path, other) ||
	       !strcmp(code_history_path(history, path), code_history_path(history, other));
}

static bool change_one_file(const struct planner *planner, const struct change_list *changes,
			    const struct change_list *others)
{
	const struct code_history *history = &planner->links->names->history;

	for (size_t i = 0; i < changes->count; i++)
		for (size_t j = 0; j < others->count; j++)
			if (is_same_file(history, changes->items[i].path, others->items[j].path))
				return true;
	return false;
}

/* Whether the base has what a change takes out of a file; adds to the count of such lines. */
static int base_has_removed(bool *ret_has, size_t *count, struct planner *planner,
			    const struct change *change, struct error *err)
{
	struct table lines = TABLE_INIT;
	size_t all, found;
	unsigned mode;
	git_oid id;
	int error;

	error = tree_get(&mode, &id, planner->base_tree, change->path, err);
	if (!error && mode)
		error = lines_add_file(&lines, planner, mode, &id, err);
	if (!error)
		error = lines_count_removed(&all, &found, &lines, planner, change, err);
	if (!error) {
		*ret_has = all == found;
		*count += found;
	}
	table_release(&lines);
	return error;
}

int incomplete_is_elsewhere(bool *ret_is, struct planner *planner, uint32_t fix,
			    const struct member_list *origins, struct error *err)
{
	struct change_list changes = CHANGE_LIST_INIT, others = CHANGE_LIST_INIT;
	size_t count = 0;
	bool is = true;
	int error;

	*ret_is = false;
	error = members_changes(&changes, planner->members, planner->plan->rows[fix].member, err);
	for (size_t i = 0; i < origins->count && is && !error; i++) {
		change_list_release(&others);
		error = members_changes(&others, planner->members,
					planner->plan->rows[origins->items[i]].member, err);
		is = !error && !change_one_file(planner, &changes, &others);
	}
	for (size_t i = 0; i < changes.count && is && !error; i++)
		error = base_has_removed(&is, &count, planner, &changes.items[i], err);
	change_list_release(&changes);
	change_list_release(&others);
	/* What cannot be read is no evidence. */
	if (error == ERROR_NOT_FOUND)
		return 0;
	*ret_is = !error && is && count;
	return error;
}
