/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Resolutions from the ledger (docs/plan.md, rule 5). The fold tries those of a row where it
 * conflicts; here is which there are, and what becomes of a row whose resolutions do not apply.
 * It waits until nothing else moves, for its resolution was made in a tree with all the others
 * in it. Then one that was recorded for this very base has failed, and the row is held; where all
 * are for other bases, the row is asked what it needs like any other.
 */
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/planner.h"

enum {
	MOST = 64 /* resolutions of one commit that are tried */
};

/* What is published has the resolution that it was published with, or none. */
static size_t find_resolutions(const struct resolution **list, struct planner *planner,
			       uint32_t row)
{
	const struct plan_request *request = planner->request;
	const git_oid *id = &row_member(planner, row)->id;

	if (!planner->plan->rows[row].published)
		return request->ledger ? ledger_resolutions(list, request->ledger, id,
							    request->base_name, MOST)
				       : 0;
	for (size_t i = 0; i < request->published_count; i++) {
		if (!git_oid_equal(&request->published[i].id, id))
			continue;
		list[0] = request->published[i].resolution;
		return list[0] != NULL;
	}
	return 0;
}

void resolutions_attach(struct planner *planner, uint32_t row, struct fold_member *member)
{
	struct row_facts *facts = &planner->facts[row];
	const struct resolution *list[MOST];

	if (!facts->patches) {
		facts->resolution_count = find_resolutions(list, planner, row);
		facts->resolutions = arena_alloc(planner->arena,
						 (facts->resolution_count + 1) * sizeof(list[0]));
		facts->patches = arena_alloc(planner->arena, (facts->resolution_count + 1) *
								     sizeof(*facts->patches));
		for (size_t i = 0; i < facts->resolution_count; i++) {
			facts->resolutions[i] = list[i];
			facts->patches[i] = &list[i]->patch;
		}
	}
	member->resolutions = facts->patches;
	member->resolution_count = facts->resolution_count;
}

const struct resolution *resolutions_used(const struct planner *planner, uint32_t row,
					  size_t number)
{
	return number ? planner->facts[row].resolutions[number - 1] : NULL;
}

const char *resolution_words(struct planner *planner, const struct resolution *resolution,
			     const struct fold_refusal *refusal)
{
	const char *line = "";
	const char *base = "";

	if (refusal->line)
		line = planner_words(planner, " (from line %zu of its old side)", refusal->line);
	if (strcmp(resolution->base, planner->request->base_name))
		base = planner_words(planner, " for %s", resolution->base);
	return planner_words(planner,
			     "the resolution%s of %s, %s does not apply: %s: %s%s; it is in "
			     "ledger/resolutions/%s/%s.patch",
			     base, resolution->person, resolution->date,
			     planner_path(planner, refusal->path), refusal->reason, line,
			     id_hex(&resolution->commit).text, resolution->base);
}

bool resolutions_wait(struct planner *planner, uint32_t row, const struct fold_conflict *conflict)
{
	struct row_facts *facts = &planner->facts[row];

	facts->refusal = NULL;
	if (!conflict->refusal.path)
		return false;
	facts->refusal = resolution_words(planner, facts->resolutions[0], &conflict->refusal);
	planner->waiting = true;
	if (!planner->impatient)
		return true;
	planner->impatient = false;
	if (strcmp(facts->resolutions[0]->base, planner->request->base_name))
		return false;
	planner_hold(planner, row, row, planner_path(planner, conflict->path), facts->refusal);
	return true;
}

/* Everything that a round can change, in one number. */
static uint64_t sum_up(const struct planner *planner)
{
	uint64_t sum = 0;

	for (uint32_t row = 0; row < planner->count; row++) {
		const struct row_facts *facts = &planner->facts[row];
		uint64_t part = facts->found.count * 16 + facts->grown * 4096 + facts->in_fold * 8 +
				facts->blocked * 4 + facts->keep_pair * 2 + facts->cancelled;

		sum = (sum ^ part) * UINT64_C(0x9e3779b97f4a7c15) + row;
	}
	return sum;
}

void resolutions_note_round(struct planner *planner)
{
	uint64_t sum;

	if (!planner->waiting)
		return;
	sum = sum_up(planner);
	planner->impatient = sum == planner->last_sum;
	planner->last_sum = sum;
	planner->waiting = false;
}
