/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is OPEN on one side and not on the other. What a state lacks is known from today's
 * plan of its set; why it was held then, from what the index remembers of its build.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "tree/compare-parts.h"
#include "tree/open-memory.h"

void comparing_release(struct comparing *comparing)
{
	for (size_t i = 0; i < COUNT_OF(comparing->holes); i++) {
		array_release(&comparing->holes[i]);
		table_release(&comparing->open_advisories[i]);
	}
}

static const struct side *side_at(const struct comparing *comparing, size_t at)
{
	return at ? &comparing->out->right : &comparing->out->left;
}

/* ---- of one side ---- */

/* "CVE-1, CVE-2", one after the other. */
static size_t next_advisory(const char **at)
{
	size_t length;

	*at += strspn(*at, ", ");
	length = strcspn(*at, ",");
	return length;
}

static void note_advisories(struct table *table, const char *names)
{
	size_t length;

	for (const char *at = names; (length = next_advisory(&at)) != 0; at += length)
		table_set(table, at, length, 1);
}

static bool names_any(const struct table *table, const char *names)
{
	size_t length;

	for (const char *at = names; (length = next_advisory(&at)) != 0; at += length)
		if (table_find(NULL, table, at, length))
			return true;
	return false;
}

/* Why it was held when the state was built, where that is known. */
static const char *remembered(struct comparing *comparing, const json_t *memory,
			      const struct side *side, const git_oid *id)
{
	const char *hex = id_hex(id).text, *commit, *reason;
	const json_t *item;
	size_t i;

	if (!memory || !side->state ||
	    strcmp(json_string_value(json_object_get(memory, "tip")) ?: "", side->tip_name))
		return NULL;
	json_array_foreach(json_object_get(memory, "open"), i, item)
	{
		commit = json_string_value(json_object_get(item, "commit"));
		reason = json_string_value(json_object_get(item, "reason"));
		if (commit && reason && !strcmp(commit, hex) &&
		    !strcmp(json_string_value(json_object_get(item, "kind")) ?: "",
			    open_kind_name(OPEN_HELD)))
			return compare_words(comparing, "%s", reason);
	}
	return NULL;
}

/* What today's plan calls held is what the side lacks: for one of several reasons. */
static void explain_lack(struct hole *hole, struct comparing *comparing, const struct side *side,
			 const json_t *memory)
{
	const git_oid *id = &side->members->items[hole->member].id;
	const struct step *step = side_withdrawal(side, id);

	if (step) {
		hole->kind = OPEN_WITHDRAWN;
		hole->reason = compare_withdrawn(comparing, step, id);
		return;
	}
	if (!side->in_reach[hole->member]) {
		hole->kind = OPEN_NO_FIX;
		hole->beyond = true;
		hole->reason = compare_words(comparing, "%s; its fix %s", hole->reason,
					     compare_absent(comparing, side, hole->member));
		return;
	}
	hole->held = remembered(comparing, memory, side, id);
	hole->reason = hole->held ? hole->held
				  : compare_words(comparing, "%s; %s", hole->reason,
						  compare_absent(comparing, side, hole->member));
}

/* The revert that leaves a member out, whether the side has both or neither. */
static uint32_t reverted_by(const struct side *side, uint32_t member)
{
	const struct plan_row *row = plan_row_of(&side->plan, member);

	return row && row->state == STATE_REVERTED ? row->cause : side_undone_by(side, member);
}

static bool is_covered(const struct side *side, uint32_t member)
{
	uint32_t by = reverted_by(side, member);

	return by != MEMBER_NONE && side_covers(side, &side->members->items[member], by);
}

static int find_holes(struct comparing *comparing, size_t at, struct error *err)
{
	const struct side *side = side_at(comparing, at);
	json_t *memory = NULL;
	int error = 0;

	if (side->state)
		error = open_memory_load(&memory, &comparing->workspace->index, side->base.name,
					 side->state->policy, err);
	for (size_t i = 0; i < side->plan.open_count && !error; i++) {
		const struct plan_open *open = &side->plan.open[i];
		struct hole *hole;

		if (open->kind == OPEN_REVERTED && is_covered(side, open->member))
			continue;
		hole = array_add(&comparing->holes[at]);
		*hole = (struct hole){ .kind = open->kind,
				       .member = open->member,
				       .advisories = open->advisories,
				       .reason = open->reason,
				       .repair = open->repair };
		if (open->kind == OPEN_HELD && open->member != MEMBER_NONE)
			explain_lack(hole, comparing, side, memory);
		note_advisories(&comparing->open_advisories[at], open->advisories);
	}
	json_decref(memory);
	return error;
}

static const struct hole *find_hole(const struct hole_list *holes, uint32_t member)
{
	for (size_t i = 0; i < holes->count; i++)
		if (holes->items[i].kind != OPEN_REGRESSION && holes->items[i].member == member)
			return &holes->items[i];
	return NULL;
}

const char *compare_held(const struct comparing *comparing, const struct side *side,
			 uint32_t member)
{
	const struct hole *hole = find_hole(&comparing->holes[side == &comparing->out->right],
					    member);

	return hole ? hole->held : NULL;
}

int compare_find_holes(struct comparing *comparing, struct error *err)
{
	int error = find_holes(comparing, 0, err);

	return error ? error : find_holes(comparing, 1, err);
}

/* ---- of both ---- */

/* Whether it is open on the other side, which is of the same series; if not, why. */
static bool is_open_there(struct comparing *comparing, const struct hole *hole, size_t there,
			  const char **ret_why)
{
	const struct side *side = side_at(comparing, there);
	const struct plan_row *row = NULL;

	if (hole->kind == OPEN_REGRESSION) {
		*ret_why = "does not have what is to be repaired";
		return side_keeps(side, hole->member);
	}
	if (hole->member == MEMBER_NONE) {
		*ret_why = "by its record alone: not affected, or fixed";
		return names_any(&comparing->open_advisories[there], hole->advisories);
	}
	if (find_hole(&comparing->holes[there], hole->member))
		return true;
	if (side_has(side, hole->member) && !side_keeps(side, hole->member) &&
	    !is_covered(side, hole->member))
		return true;
	row = plan_row_of(&side->plan, hole->member);
	if (side_keeps(side, hole->member))
		*ret_why = "has it";
	else if (row && row->state == STATE_NOT_AFFECTED)
		*ret_why = compare_words(comparing, "is not affected: %s", row->reason);
	else if (is_covered(side, hole->member))
		*ret_why = "has what was done instead, with the same advisories";
	else
		*ret_why = "nothing that it has needs it";
	return false;
}

/*
 * The same between two series. Without an advisory or an upstream commit in common
 * nothing is known: then nothing is called closed, and what is open on the right is new.
 */
static int is_open_in_other(bool *ret_open, struct comparing *comparing, const struct hole *hole,
			    size_t there, const char **ret_why, struct error *err)
{
	const struct side *here = side_at(comparing, !there), *side = side_at(comparing, there);
	enum upstream_match match = UPSTREAM_UNKNOWN;
	bool has = false;
	int error = 0;

	if (hole->member != MEMBER_NONE)
		error = compare_upstream(&match, side, &here->members->items[hole->member], err);
	if (!error && hole->repair && match == UPSTREAM_HAS)
		error = compare_upstream_id(&has, side, hole->repair, err);
	*ret_why = "whether it is open there is not known";
	*ret_open = !there;
	if (hole->kind == OPEN_REGRESSION && match != UPSTREAM_UNKNOWN) {
		*ret_open = match == UPSTREAM_HAS && !has;
		*ret_why = has ? "has what repairs it" : "does not have what is to be repaired";
	} else if (hole->kind != OPEN_REGRESSION && match == UPSTREAM_HAS) {
		*ret_open = false;
		*ret_why = "has its upstream commit";
	} else if (hole->kind != OPEN_REGRESSION && *hole->advisories) {
		*ret_open = names_any(&comparing->open_advisories[there], hole->advisories);
		*ret_why = "by its record alone: not affected, or fixed";
	}
	return error;
}

static void add_difference(struct comparing *comparing, const struct hole *hole, size_t here,
			   const char *why)
{
	struct hole_difference *difference = array_add(&comparing->out->holes);

	*difference = (struct hole_difference){ .kind = hole->kind,
						.opened = here == 1,
						.member = hole->member,
						.advisories = hole->advisories,
						.reason = hole->reason,
						.other = why };
	comparing->out->is_loss |= difference->opened;
}

static int compare_hole(struct comparing *comparing, const struct hole *hole, size_t here,
			struct error *err)
{
	const struct side *there = side_at(comparing, !here);
	const char *why = "";
	bool open = false;
	int error = 0;

	if (comparing->out->one_series) {
		/* What the other side has beyond the end of this one is a fix gained or lost. */
		if (hole->beyond && side_keeps(there, hole->member))
			return 0;
		open = is_open_there(comparing, hole, !here, &why);
	} else {
		error = is_open_in_other(&open, comparing, hole, !here, &why, err);
		if (hole->beyond && !strcmp(why, "has its upstream commit"))
			return error;
	}
	if (error || open)
		return error;
	add_difference(comparing, hole, here, why);
	return 0;
}

/*
 * Fixes that both sides have, and one takes back: also by a revert that names them by their
 * subject alone, which a plan does not call OPEN in a base.
 */
static void compare_taken_back(struct comparing *comparing, size_t here)
{
	const struct side *side = side_at(comparing, here), *there = side_at(comparing, !here);

	for (uint32_t at = 0; at < side->members->count; at++) {
		const struct member *member = &side->members->items[at];
		struct hole hole = { .kind = OPEN_REVERTED, .member = at };

		if (!plan_admits(&side->plan, at) || !side_has(side, at) || side_keeps(side, at) ||
		    !side_keeps(there, at) || is_covered(side, at) ||
		    find_hole(&comparing->holes[here], at))
			continue;
		hole.advisories = compare_advisories(comparing, member);
		hole.reason = compare_words(
			comparing, "%s takes it back, and nothing brings it back",
			compare_name(comparing, side, side_undone_by(side, at)));
		add_difference(comparing, &hole, here, "has it");
	}
}

int compare_holes(struct comparing *comparing, struct error *err)
{
	int error = 0;

	/* New ones first. */
	for (size_t here = 2; here-- > 0 && !error;) {
		for (size_t i = 0; i < comparing->holes[here].count && !error; i++)
			error = compare_hole(comparing, &comparing->holes[here].items[i], here,
					     err);
		if (!error && comparing->out->one_series)
			compare_taken_back(comparing, here);
	}
	return error;
}
