/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/unfixed.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/affects.h"
#include "base/arena.h"
#include "base/array.h"
#include "plan/planner.h"

/* By advisory. */
struct unfixed {
	struct arena arena;
	bool *same;	      /* whatever the base: known from an earlier one */
	const char **reasons; /* then: NULL = it is not open */
};

struct unfixed *unfixed_new(const struct members *members)
{
	struct unfixed *unfixed = memory_alloc(sizeof(*unfixed));

	unfixed->same = memory_alloc(members->advisories.count * sizeof(bool));
	unfixed->reasons = memory_alloc(members->advisories.count * sizeof(*unfixed->reasons));
	return unfixed;
}

void unfixed_free(struct unfixed *unfixed)
{
	if (!unfixed)
		return;
	arena_release(&unfixed->arena);
	free(unfixed->same);
	free(unfixed->reasons);
	free(unfixed);
}

/* Whether the series up to the tip has any fix of an advisory. */
static bool has_fix(bool *ret_varies, const struct planner *planner,
		    const struct advisory *advisory)
{
	uint32_t member;

	for (size_t i = 0; i < advisory->fix_count; i++) {
		size_t cursor = 0;

		while ((member = members_next_named(planner->members, advisory->fixes[i].id,
						    &cursor)) != MEMBER_NONE) {
			*ret_varies = true;
			if (planner->in_base[member] || planner->row_of[member] != ROW_NONE)
				return true;
		}
	}
	member = advisory->title[0] ? members_find_subject(planner->members, advisory->title)
				    : MEMBER_NONE;
	if (member == MEMBER_NONE)
		return false;
	*ret_varies = true;
	/* As advisories are matched: a member that names another upstream commit is no fix. */
	return !*member_upstream(&planner->members->items[member]) &&
	       (planner->in_base[member] || planner->row_of[member] != ROW_NONE);
}

/* A kernel that notes whether it was asked for a member. */
struct watched {
	struct planner *planner;
	struct advisory_kernel kernel;
	bool varies;
};

static enum advisory_presence holds(void *data, const char *id)
{
	struct watched *watched = data;
	size_t cursor = 0;

	watched->varies |= members_next_named(watched->planner->members, id, &cursor) !=
			   MEMBER_NONE;
	return watched->kernel.holds(watched->kernel.data, id);
}

static bool is_of_series(const char *text, const struct kernel_version *series)
{
	struct kernel_version version;

	return kernel_version_parse(&version, text, strlen(text)) &&
	       !kernel_version_compare_series(&version, series);
}

/* Whether a line names a release of the series, so that it matters which one the base is. */
static bool names_release(const struct advisory *advisory, const struct kernel_version *series)
{
	for (size_t i = 0; i < advisory->pair_count; i++)
		if (is_of_series(advisory->pairs[i].introduced_version, series) ||
		    is_of_series(advisory->pairs[i].fixed_version, series))
			return true;
	return false;
}

/* Whether it is open; why is in `answer`, and whether another base may differ in `watched`. */
static bool is_open(struct advisory_affects *answer, struct watched *watched,
		    const struct advisory *advisory)
{
	struct advisory_kernel kernel = watched->kernel;

	watched->varies = names_release(advisory, &kernel.version);
	kernel.holds = holds;
	kernel.data = watched;
	advisory_affects(answer, advisory->pairs, advisory->pair_count, advisory->damaged != 0,
			 &kernel);
	return answer->answer != ADVISORY_NOT_AFFECTED && answer->answer != ADVISORY_FIXED &&
	       !has_fix(&watched->varies, watched->planner, advisory);
}

void unfixed_find(struct planner *planner, unfixed_found found)
{
	const struct advisory_set *set = &planner->members->advisories;
	struct unfixed *unfixed = planner->links->unfixed;
	struct watched watched = { .planner = planner, .kernel = planner_kernel(planner) };
	struct advisory_affects answer;

	if (!planner->has_version && !planner->has_near)
		return;
	if (!planner->has_version) {
		watched.kernel.has_version = true;
		watched.kernel.version = planner->near;
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct advisory *advisory = &set->items[i];
		bool open;

		if (!planner_passes(planner, advisory))
			continue;
		if (unfixed->same[i]) {
			if (unfixed->reasons[i])
				found(planner, advisory, unfixed->reasons[i]);
			continue;
		}
		if (advisory->origin != ADVISORY_RECORD || !advisory->pair_count) {
			unfixed->same[i] = true;
			continue;
		}
		open = is_open(&answer, &watched, advisory);
		if (open)
			found(planner, advisory, answer.reason);
		unfixed->same[i] = !watched.varies;
		if (open && !watched.varies)
			unfixed->reasons[i] = arena_copy(&unfixed->arena, answer.reason);
	}
}
