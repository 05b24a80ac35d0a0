/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which fixes the base needs: the gate, and whether the vulnerability is in the
 * base at all (docs/plan.md, rules 1 and 2). Unknown means affected.
 */
#include <stdlib.h>
#include <string.h>

#include "advisory/affects.h"
#include "base/array.h"
#include "git/repository.h"
#include "git/tree.h"
#include "plan/bodies.h"
#include "plan/incomplete.h"
#include "plan/planner.h"

/* What one kind of evidence says. */
enum finding {
	EVIDENCE_NONE,
	EVIDENCE_AFFECTED,
	EVIDENCE_NOT_AFFECTED
};

struct origins {
	struct member_list in_range; /* rows */
	const char *in_base;	     /* words on the first that the base has, or NULL */
	bool unknown;
};

static void decide_gate(struct planner *planner, uint32_t row)
{
	static const enum gate gates[] = { [POLICY_NOT_SECURITY] = GATE_NONE,
					   [POLICY_BELOW] = GATE_BELOW,
					   [POLICY_PASS] = GATE_PASS };
	const struct member *member = row_member(planner, row);
	struct row_facts *facts = &planner->facts[row];

	for (size_t i = 0; i < member->advisory_count; i++)
		if (!strcmp(member->advisories[i].match, "subject"))
			facts->weak = true;
	facts->gate = gates[planner->plan->gates[planner->plan->rows[row].member]];
}

int base_holds(enum advisory_presence *ret_presence, struct planner *planner, const char *hex,
	       struct error *err)
{
	bool in_range = false, holds;
	size_t cursor = 0;
	uint32_t member;
	int error;

	/* The series may backport again what it started with. */
	*ret_presence = ADVISORY_PRESENT;
	error = members_start_holds(&holds, planner->members, hex, err);
	if (error || holds)
		return error;
	*ret_presence = ADVISORY_UNSURE;
	while ((member = members_next_named(planner->members, hex, &cursor)) != MEMBER_NONE) {
		if (planner->in_base[member]) {
			*ret_presence = ADVISORY_PRESENT;
			return 0;
		}
		in_range = true;
	}
	if (in_range)
		*ret_presence = ADVISORY_ABSENT;
	return 0;
}

static enum advisory_presence holds(void *data, const char *id)
{
	enum advisory_presence presence;

	return base_holds(&presence, data, id, NULL) ? ADVISORY_UNSURE : presence;
}

struct advisory_kernel planner_kernel(struct planner *planner)
{
	return (struct advisory_kernel){ planner->has_version, planner->version, holds, planner };
}

static void affects(struct advisory_affects *ret_affects, struct planner *planner,
		    const struct advisory *advisory)
{
	struct advisory_kernel kernel = planner_kernel(planner);

	advisory_affects(ret_affects, advisory->pairs, advisory->pair_count, advisory->damaged != 0,
			 &kernel);
}

/* All of a commit's advisories; one that says affected outweighs the others. */
static enum finding by_advisories(struct planner *planner, uint32_t row)
{
	const struct member *member = row_member(planner, row);
	struct row_facts *facts = &planner->facts[row];
	enum finding evidence = EVIDENCE_NONE;
	struct advisory_affects answer;
	bool undecided = false;

	for (size_t i = 0; i < member->advisory_count; i++) {
		const struct advisory *advisory = member->advisories[i].advisory;

		if (!advisory->pair_count) {
			undecided = true;
			continue;
		}
		affects(&answer, planner, advisory);
		/*
		 * A line without an introducer says that nobody looked, not that the bug was
		 * always there: messages and files may know better.
		 */
		if (answer.answer == ADVISORY_AFFECTED && answer.same_series &&
		    advisory->pairs[answer.pair].introduced_id[0]) {
			facts->affected_reason = planner_words(planner, "%s: %s", advisory->name,
							       answer.reason);
			return EVIDENCE_AFFECTED;
		}
		if (answer.answer == ADVISORY_NOT_AFFECTED && answer.same_series) {
			evidence = EVIDENCE_NOT_AFFECTED;
			facts->affected_reason = planner_words(planner, "%s: %s", advisory->name,
							       answer.reason);
			continue;
		}
		undecided = true;
		if (answer.answer == ADVISORY_AFFECTED && !facts->affected_reason)
			facts->affected_reason = planner_words(planner, "%s: %s", advisory->name,
							       answer.reason);
		/* The record is silent on this series, or calls it clean, yet stable took the fix.
		 */
		if (answer.answer == ADVISORY_NOT_AFFECTED || answer.answer == ADVISORY_FIXED) {
			facts->marked = true;
			facts->affected_reason = planner_words(
				planner, "%s says otherwise (%s), but the series took the fix",
				advisory->name, answer.reason);
		}
	}
	return undecided ? EVIDENCE_NONE : evidence;
}

/* Every Fixes: line and every revert leads to an origin. */
static void find_origins(struct origins *ret_origins, struct planner *planner, uint32_t row)
{
	uint32_t member = planner->plan->rows[row].member;
	const struct link *link;
	size_t count;

	link = links_from(&count, planner->links, member);
	for (size_t i = 0; i < count; i++) {
		if (link[i].kind == LINK_PREREQUISITE_OF)
			continue;
		if (planner->in_base[link[i].to])
			ret_origins->in_base = planner_name(planner, link[i].to);
		else if (planner->row_of[link[i].to] != ROW_NONE)
			member_list_add(&ret_origins->in_range, planner->row_of[link[i].to]);
		else
			ret_origins->unknown = true;
		/* A match by subject proves nothing about where a bug came in. */
		if (link[i].match == LINK_BY_SUBJECT)
			ret_origins->unknown = true;
	}
	if (planner->links->start_origins[member] && !ret_origins->in_base)
		ret_origins->in_base = "a commit of mainline before the series";
	if (planner->links->unknown_origins[member])
		ret_origins->unknown = true;
}

/* Introducing commits that the records name, where the messages do not. */
static void add_recorded_origins(struct origins *origins, struct planner *planner, uint32_t row)
{
	const struct member *member = row_member(planner, row);
	uint32_t found;
	size_t cursor;

	for (size_t i = 0; i < member->advisory_count; i++) {
		const struct advisory *advisory = member->advisories[i].advisory;

		for (size_t j = 0; j < advisory->pair_count + advisory->vulnerable_count; j++) {
			const char *id =
				j < advisory->pair_count
					? advisory->pairs[j].introduced_id
					: advisory->vulnerable[j - advisory->pair_count].hex;

			cursor = 0;
			while ((found = members_next_named(planner->members, id, &cursor)) !=
			       MEMBER_NONE)
				if (planner->row_of[found] != ROW_NONE &&
				    planner->row_of[found] < row)
					member_list_add(&origins->in_range, planner->row_of[found]);
		}
	}
}

/* Whether a change may be where the contents of a new file came from. */
static bool is_source_of_move(const struct change *change)
{
	static const char *const suffixes[] = { ".c", ".h", ".S", ".rs", ".dts", ".dtsi" };
	size_t length = strlen(change->path), suffix;

	if (!change->old_mode)
		return false;
	if (!change->new_mode)
		return true;
	for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
		suffix = strlen(suffixes[i]);
		if (length > suffix && !strcmp(change->path + length - suffix, suffixes[i]))
			return true;
	}
	return false;
}

/*
 * Whether a path may have come into the range by a rename or by moving code out of
 * another file, so that its absence in the base says nothing.
 */
static int came_by_rename(bool *ret_renamed, struct planner *planner, const char *path,
			  uint32_t before, struct error *err)
{
	struct change_list changes = CHANGE_LIST_INIT;
	uint32_t *adders, row;
	size_t count;
	int error;

	*ret_renamed = true;
	error = members_adding(&adders, &count, planner->members, path, err);
	for (size_t i = 0; i < count && !error; i++) {
		row = planner->row_of[adders[i]];
		if (row == ROW_NONE || row >= before)
			continue;
		*ret_renamed = false;
		change_list_release(&changes);
		error = members_changes(&changes, planner->members, adders[i], err);
		for (size_t j = 0; j < changes.count && !*ret_renamed; j++)
			*ret_renamed = is_source_of_move(&changes.items[j]);
		if (*ret_renamed)
			break;
	}
	free(adders);
	change_list_release(&changes);
	return error;
}

/* Every file that the fix changes, and does not add, is missing from the base. */
static int by_files(enum finding *ret_evidence, struct planner *planner, uint32_t row,
		    struct error *err)
{
	struct change_list changes = CHANGE_LIST_INIT;
	size_t looked = 0;
	bool renamed;
	unsigned mode;
	git_oid id;
	int error;

	*ret_evidence = EVIDENCE_NONE;
	error = members_changes(&changes, planner->members, planner->plan->rows[row].member, err);
	for (size_t i = 0; i < changes.count && !error; i++) {
		if (!changes.items[i].old_mode)
			continue;
		looked++;
		error = tree_get(&mode, &id, planner->base_tree, changes.items[i].path, err);
		if (error || mode)
			goto out;
		error = came_by_rename(&renamed, planner, changes.items[i].path, row, err);
		if (error || renamed)
			goto out;
	}
	if (!error && looked) {
		*ret_evidence = EVIDENCE_NOT_AFFECTED;
		planner->facts[row].affected_reason = planner_words(
			planner, "the base has no %s%s", changes.items[0].path,
			looked > 1 ? ", nor the other files that it changes" : "");
	}
out:
	change_list_release(&changes);
	return error;
}

/* Every function that the fix changes came in after the base. */
static int by_bodies(enum finding *ret_evidence, struct origins *origins, struct planner *planner,
		     uint32_t row, struct error *err)
{
	struct new_bodies bodies;
	int error = bodies_find(&bodies, planner, row, err);

	if (!error && bodies.all) {
		*ret_evidence = EVIDENCE_NOT_AFFECTED;
		planner->facts[row].affected_reason = planner_words(
			planner, "all that it changes, %s, came in after the base with %s",
			bodies.names,
			planner_name(planner, planner->plan->rows[bodies.origins.items[0]].member));
		for (size_t i = 0; i < bodies.origins.count; i++)
			member_list_add(&origins->in_range, bodies.origins.items[i]);
	}
	array_release(&bodies.origins);
	return error;
}

/* Whether nothing but its own message says which vulnerability a fix has to do with. */
static bool knows_message_only(const struct member *member)
{
	for (size_t i = 0; i < member->advisory_count; i++)
		if (member->advisories[i].advisory->origin != ADVISORY_MESSAGE)
			return false;
	return member->advisory_count != 0;
}

/* Not affected, but what came in after the base may be a part of the repair. */
static int look_at_origins(struct planner *planner, uint32_t row, enum repair_signs signs,
			   struct error *err)
{
	struct row_facts *facts = &planner->facts[row];
	const struct member_list *origins = &facts->origins;
	bool elsewhere;
	int error;

	for (size_t i = 0; i < origins->count; i++)
		if (incomplete_is_repair(planner, origins->items[i], row, signs))
			member_list_add(&facts->completes, origins->items[i]);
	for (size_t i = 0; i < facts->completes.count; i++)
		incomplete_take(planner, facts->completes.items[i], row, signs);
	if (facts->completes.count) {
		facts->affected = facts->marked = true;
		facts->affected_reason = incomplete_words(planner, row);
		return 0;
	}
	if (signs == SIGNS_PLAIN || !origins->count)
		return 0;
	error = incomplete_is_elsewhere(&elsewhere, planner, row, origins, err);
	if (error || !elsewhere)
		return error;
	facts->affected = facts->marked = true;
	facts->affected_reason = planner_words(
		planner,
		"%s came in after the base, but changes nothing of its files, and the base has all "
		"that it takes out",
		planner_name(planner, planner->plan->rows[origins->items[0]].member));
	return 0;
}

static int decide(struct planner *planner, uint32_t row, struct error *err)
{
	struct row_facts *facts = &planner->facts[row];
	struct origins origins = { ARRAY_INIT, NULL, false };
	enum repair_signs signs = SIGNS_TAGS;
	enum finding evidence;
	int error = 0;

	facts->affected = true;
	evidence = by_advisories(planner, row);
	find_origins(&origins, planner, row);
	if (origins.in_base) {
		if (evidence == EVIDENCE_NOT_AFFECTED)
			facts->marked = true;
		if (evidence != EVIDENCE_AFFECTED)
			facts->affected_reason = planner_words(
				planner, "it repairs %s, which the base has", origins.in_base);
		goto out;
	}
	if (evidence == EVIDENCE_AFFECTED)
		goto out;
	if (evidence == EVIDENCE_NONE && origins.in_range.count && !origins.unknown) {
		evidence = EVIDENCE_NOT_AFFECTED;
		facts->affected_reason = planner_words(
			planner, "what it repairs, %s, came in after the base",
			planner_name(planner,
				     planner->plan->rows[origins.in_range.items[0]].member));
		if (knows_message_only(row_member(planner, row)))
			signs = SIGNS_SERIES;
	}
	if (evidence == EVIDENCE_NONE) {
		signs = SIGNS_PLAIN;
		error = by_files(&evidence, planner, row, err);
	}
	if (!error && evidence == EVIDENCE_NONE)
		error = by_bodies(&evidence, &origins, planner, row, err);
	if (error || evidence != EVIDENCE_NOT_AFFECTED)
		goto out;
	facts->affected = false;
	/* What is not taken completes nothing. */
	if (facts->gate == GATE_BELOW && !facts->listed)
		goto out;
	add_recorded_origins(&origins, planner, row);
	facts->origins = origins.in_range;
	error = look_at_origins(planner, row, signs, err);
out:
	if (!facts->origins.items)
		array_release(&origins.in_range);
	return error;
}

/* The first advisory that passes by itself, or what else makes a member a fix. */
static const char *passing_advisory(struct planner *planner, uint32_t member)
{
	const struct member *item = &planner->members->items[member];

	for (size_t i = 0; i < item->advisory_count; i++)
		if (planner_passes(planner, item->advisories[i].advisory))
			return item->advisories[i].advisory->name;
	return item->advisory_count ? planner_advisories(planner, member)
				    : "what no advisory names";
}

/* A commit that takes back a revert which the base has, of a fix that passes the gate. */
static void find_reapplied(struct planner *planner, uint32_t row)
{
	struct row_facts *facts = &planner->facts[row];
	const struct link *link, *inner;
	size_t count, inner_count;

	link = links_from(&count, planner->links, planner->plan->rows[row].member);
	for (size_t i = 0; i < count && !facts->repairs_base; i++) {
		if (link[i].kind != LINK_REVERTS || !planner->in_base[link[i].to])
			continue;
		inner = links_from(&inner_count, planner->links, link[i].to);
		for (size_t j = 0; j < inner_count && !facts->repairs_base; j++) {
			if (inner[j].kind != LINK_REVERTS ||
			    !plan_admits(planner->plan, inner[j].to))
				continue;
			facts->repairs_base = true;
			facts->seed_why = planner_words(
				planner, "brings back %s, the fix of %s that the base took back",
				planner_name(planner, inner[j].to),
				passing_advisory(planner, inner[j].to));
		}
	}
}

/* Rule 1, second half: a later fix of a fix that the base has, by what passes the gate. */
static int find_repairs(struct planner *planner, uint32_t row, struct error *err)
{
	struct row_facts *facts = &planner->facts[row];
	const struct member *member = row_member(planner, row);
	const struct advisory *advisory;
	const struct link *link;
	enum advisory_presence presence;
	size_t count, cursor;
	int error = 0;

	link = links_from(&count, planner->links, planner->plan->rows[row].member);
	for (size_t i = 0; i < count && !facts->repairs_base; i++) {
		if (link[i].kind != LINK_FIXES || !planner->in_base[link[i].to] ||
		    !plan_admits(planner->plan, link[i].to))
			continue;
		facts->repairs_base = true;
		facts->seed_why = planner_words(
			planner, "repairs %s, the fix of %s that the base has",
			planner_name(planner, link[i].to), passing_advisory(planner, link[i].to));
	}
	find_reapplied(planner, row);
	/* Or of one that came to the base with mainline, and is a fix by its record alone. */
	for (size_t i = 0; i < member->reference_count && !facts->repairs_base && !error; i++) {
		if (member->references[i].kind != REFERENCE_FIXES ||
		    !member->references[i].target[0])
			continue;
		error = base_holds(&presence, planner, member->references[i].target, err);
		cursor = 0;
		while (!error && presence == ADVISORY_PRESENT && !facts->repairs_base &&
		       (advisory = advisory_set_next_fix(&planner->members->advisories,
							 member->references[i].target, &cursor))) {
			if (!planner_passes(planner, advisory) || advisory->disputed)
				continue;
			facts->repairs_base = true;
			facts->seed_why = planner_words(
				planner, "repairs the fix of %s that the base has", advisory->name);
		}
	}
	return error;
}

static void note_seeds(struct planner *planner)
{
	uint32_t member;

	for (size_t i = 0; i < planner->request->seed_count; i++) {
		member = members_find(planner->members, &planner->request->seeds[i]);
		if (member != MEMBER_NONE && planner->row_of[member] != ROW_NONE)
			planner->facts[planner->row_of[member]].listed = true;
	}
}

int affected_decide(struct planner *planner, struct error *err)
{
	int error = 0;

	note_seeds(planner);
	error = gate_decide(planner, err);
	for (uint32_t row = 0; row < planner->count && !error; row++) {
		decide_gate(planner, row);
		if (member_is_release_or_merge(planner->members, planner->plan->rows[row].member))
			continue;
		error = find_repairs(planner, row, err);
	}
	for (uint32_t row = 0; row < planner->count && !error; row++)
		if (planner->facts[row].gate != GATE_NONE || planner->facts[row].listed)
			error = decide(planner, row, err);
	return error;
}
