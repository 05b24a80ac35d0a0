/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is OPEN: holes that are known and not closed on this base.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/planner.h"
#include "plan/unfixed.h"

static struct plan_open *add_open(struct planner *planner, enum open_kind kind, uint32_t member,
				  const char *advisories, const char *reason)
{
	struct plan *plan = planner->plan;
	struct plan_open *open;

	plan->open = array_reserve_raw(plan->open, &plan->open_capacity, plan->open_count + 1,
				       sizeof(*open));
	open = &plan->open[plan->open_count++];
	open->kind = kind;
	open->member = member;
	open->advisories = planner_words(planner, "%s", advisories);
	open->reason = planner_words(planner, "%s", reason);
	open->repair = NULL;
	if (kind != OPEN_NO_FIX)
		plan->needs_look = true;
	return open;
}

/* Whether a row would be in the tree if nothing stood in its way: held follow-ups count too. */
static void find_blocked(struct planner *planner)
{
	struct plan *plan = planner->plan;

	for (uint32_t row = 0; row < planner->count; row++) {
		struct row_facts *facts = &planner->facts[row];
		uint32_t member = plan->rows[row].member;

		if (facts->in_set)
			continue;
		if (facts->gate == GATE_PASS && facts->affected &&
		    member_is_release_or_merge(planner->members, member))
			add_open(planner, OPEN_HELD, member, planner_advisories(planner, member),
				 "an advisory names it as a fix, but it is a merge or looks like a "
				 "release, which are never picked");
		if (facts->withdrawn && plan->rows[row].state == STATE_WITHDRAWN)
			add_open(planner, OPEN_WITHDRAWN, member,
				 planner_advisories(planner, member), plan->rows[row].reason);
		else if ((facts->held_reason && facts->missed) || facts->lacking)
			add_open(planner, OPEN_HELD, member, planner_advisories(planner, member),
				 plan->rows[row].reason);
	}
}

/*
 * Whether every advisory of a row is carried by something that came after its revert:
 * the final fix after a first attempt. Another half of the same fix is not that.
 */
static bool is_covered(const struct planner *planner, uint32_t row, uint32_t revert)
{
	const struct member *member = row_member(planner, row);
	size_t covered = 0;

	/* Or the commit itself is there again. */
	for (uint32_t other = revert + 1; other < planner->count; other++)
		if (planner->facts[other].in_set && !planner->facts[other].undone &&
		    member_is_again(row_member(planner, other), member))
			return true;

	for (size_t i = 0; i < member->advisory_count; i++) {
		bool found = false;

		for (uint32_t other = revert + 1; other < planner->count && !found; other++) {
			const struct member *item = row_member(planner, other);

			if (!planner->facts[other].in_set || planner->facts[other].undone)
				continue;
			for (size_t j = 0; j < item->advisory_count && !found; j++)
				found = !strcmp(item->advisories[j].advisory->name,
						member->advisories[i].advisory->name);
		}
		covered += found;
	}
	return member->advisory_count && covered == member->advisory_count;
}

/* The last word on a row: whether reverts and re-applications leave it out at the tip. */
static bool is_undone(const struct planner *planner, uint32_t row, uint32_t *ret_by)
{
	uint32_t member = planner->plan->rows[row].member;
	const struct link *link;
	size_t count;
	uint32_t by, ignored;

	link = links_to(&count, planner->links, member);
	for (size_t i = 0; i < count; i++) {
		if (link[i].kind != LINK_REVERTS || link[i].partial)
			continue;
		by = planner->row_of[link[i].from];
		if (by == ROW_NONE || (!planner->facts[by].in_set && !planner->facts[by].cancelled))
			continue;
		if (is_undone(planner, by, &ignored))
			continue;
		*ret_by = by;
		return true;
	}
	return false;
}

static void find_reverted(struct planner *planner)
{
	struct plan *plan = planner->plan;
	uint32_t by;

	for (uint32_t row = 0; row < planner->count; row++)
		planner->facts[row].undone = (planner->facts[row].in_set ||
					      planner->facts[row].cancelled) &&
					     is_undone(planner, row, &by);
	for (uint32_t row = 0; row < planner->count; row++) {
		struct row_facts *facts = &planner->facts[row];

		if (!facts->undone || (facts->gate != GATE_PASS && !facts->listed) ||
		    (facts->gate == GATE_PASS && !facts->affected))
			continue;
		if (!is_undone(planner, row, &by) || is_covered(planner, row, by))
			continue;
		add_open(
			planner, OPEN_REVERTED, plan->rows[row].member,
			planner_advisories(planner, plan->rows[row].member),
			planner_words(
				planner,
				"the series took it back again with %s, and nothing brings it back",
				planner_name(planner, plan->rows[by].member)));
	}
}

/* Whether reverts that the base or the set holds leave a member out at the tip. */
static bool is_member_undone(const struct planner *planner, uint32_t member, uint32_t *ret_by)
{
	const struct link *link;
	size_t count;
	uint32_t ignored, row;

	link = links_to(&count, planner->links, member);
	for (size_t i = 0; i < count; i++) {
		if (link[i].kind != LINK_REVERTS || link[i].partial ||
		    link[i].match == LINK_BY_SUBJECT)
			continue;
		row = planner->row_of[link[i].from];
		if (!planner->in_base[link[i].from] &&
		    (row == ROW_NONE || !planner->facts[row].in_set))
			continue;
		if (is_member_undone(planner, link[i].from, &ignored))
			continue;
		*ret_by = link[i].from;
		return true;
	}
	return false;
}

/* Whether the base or the set has another commit of the same upstream commit, not taken back. */
static bool is_taken_again(const struct planner *planner, uint32_t member)
{
	const char *upstream = member_upstream(&planner->members->items[member]);
	size_t cursor = 0;
	uint32_t other, row, ignored;

	while (*upstream &&
	       (other = members_next_named(planner->members, upstream, &cursor)) != MEMBER_NONE) {
		row = planner->row_of[other];
		if (other != member &&
		    (planner->in_base[other] || (row != ROW_NONE && planner->facts[row].in_set)) &&
		    !is_member_undone(planner, other, &ignored))
			return true;
	}
	return false;
}

/* Fixes that the base has and has taken back. */
static void find_reverted_in_base(struct planner *planner)
{
	const struct members *members = planner->members;
	uint32_t by;

	for (uint32_t member = 0; member < members->count; member++) {
		if (!planner->in_base[member] || !plan_admits(planner->plan, member) ||
		    !is_member_undone(planner, member, &by) || is_taken_again(planner, member))
			continue;
		add_open(planner, OPEN_REVERTED, member, planner_advisories(planner, member),
			 planner_words(
				 planner,
				 "the base has taken it back with %s, and nothing brings it back",
				 planner_name(planner, by)));
	}
}

static bool is_accepted(const struct planner *planner, uint32_t member)
{
	const struct plan_request *request = planner->request;

	return request->ledger &&
	       ledger_find(request->ledger, VERDICT_ACCEPT_REGRESSION,
			   &planner->members->items[member].id, request->base_name) != NULL;
}

/* Follow-ups of the range that could not be taken. */
static void find_held_follow_ups(struct planner *planner, uint32_t row)
{
	uint32_t member = planner->plan->rows[row].member, later;
	const struct link *link;
	size_t count;

	link = links_to(&count, planner->links, member);
	for (size_t i = 0; i < count; i++) {
		later = planner->row_of[link[i].from];
		if (link[i].kind != LINK_FIXES || later == ROW_NONE || later < row ||
		    !planner->facts[later].held_reason || planner->facts[later].in_set)
			continue;
		add_open(planner, OPEN_REGRESSION, member, planner_advisories(planner, member),
			 planner_words(planner, "%s, which repairs it, is held",
				       planner_name(planner, link[i].from)));
	}
}

/*
 * Commits outside of the series that name the pick's upstream commit in Fixes:, and
 * whose own upstream commit the series does not have. (The index on target is one of
 * those that are not empty, and is used only where the query says so.)
 */
static const char outside_sql[] =
	"SELECT c.id, c.subject, c.epoch,"
	" coalesce((SELECT u.target FROM reference u WHERE u.number = c.number AND u.kind = 0"
	"  ORDER BY u.sequence LIMIT 1), ''), r.target"
	" FROM reference r JOIN commits c ON c.number = r.number"
	" WHERE r.target >= ?1 AND r.target <= ?2 AND r.target <> '' AND r.kind = 2"
	" AND NOT EXISTS(SELECT 1 FROM member m WHERE m.number = c.number AND m.series = ?3)"
	" ORDER BY c.id";

static int find_outside_of(struct planner *planner, uint32_t member, const char *upstream,
			   struct table *seen, struct statement *select, struct error *err)
{
	char low[16], high[16];
	int step;

	if (strlen(upstream) < ID_SHORT)
		return 0;
	/* References of 7 digits and more: those that the upstream id begins with. */
	snprintf(low, sizeof(low), "%.7s", upstream);
	snprintf(high, sizeof(high), "%.7sg", upstream);
	statement_bind_text(select, 1, low);
	statement_bind_text(select, 2, high);
	statement_bind_int(select, 3, planner->members->series);
	while ((step = statement_step(select, err)) > 0) {
		const char *target = statement_text(select, 3), *named = statement_text(select, 4);
		bool in_mainline = statement_int(select, 2) != 0;
		struct plan_open *open;
		const char *name;
		size_t cursor = 0;
		git_oid id;

		if (strncmp(named, upstream,
			    strlen(named) < strlen(upstream) ? strlen(named) : strlen(upstream)))
			continue;
		statement_id(&id, select, 0);
		name = in_mainline || !target[0] ? id_hex(&id).text : target;
		name = planner_words(planner, "%s", name);
		/* A vendor's own fix of the commit says nothing of upstream. */
		if ((!in_mainline && !target[0]) || table_find_string(NULL, seen, name) ||
		    members_next_named(planner->members, name, &cursor) != MEMBER_NONE)
			continue;
		table_set_string(seen, name, 1);
		open = add_open(
			planner, OPEN_REGRESSION, member, planner_advisories(planner, member),
			planner_words(planner,
				      "upstream repairs it with %.12s (\"%s\"), which the series "
				      "does not have",
				      name, statement_text(select, 1)));
		open->repair = name;
	}
	statement_reset(select);
	return step;
}

static int find_outside_follow_ups(struct planner *planner, uint32_t member,
				   struct statement *select, struct error *err)
{
	const struct member *item = &planner->members->items[member];
	struct table seen = TABLE_INIT;
	int error = 0;

	for (size_t i = 0; i < item->reference_count && !error; i++)
		if (item->references[i].kind == REFERENCE_UPSTREAM ||
		    item->references[i].kind == REFERENCE_CHERRY_PICKED)
			error = find_outside_of(planner, member, item->references[i].target, &seen,
						select, err);
	table_release(&seen);
	return error;
}

static int find_regressions(struct planner *planner, struct error *err)
{
	struct statement select;
	uint32_t ignored;
	int error = statement_init(&select, planner->members->index, outside_sql, err);

	for (uint32_t row = 0; row < planner->count && !error; row++) {
		if (!planner->facts[row].in_set || planner->facts[row].undone ||
		    is_accepted(planner, planner->plan->rows[row].member))
			continue;
		find_held_follow_ups(planner, row);
		error = find_outside_follow_ups(planner, planner->plan->rows[row].member, &select,
						err);
	}
	for (uint32_t member = 0;
	     planner->request->as_it_is && !error && member < planner->members->count; member++)
		if (planner->in_base[member] && plan_admits(planner->plan, member) &&
		    !is_member_undone(planner, member, &ignored) && !is_accepted(planner, member))
			error = find_outside_follow_ups(planner, member, &select, err);
	statement_release(&select);
	return error;
}

static void add_unfixed(struct planner *planner, const struct advisory *advisory,
			const char *reason)
{
	add_open(planner, OPEN_NO_FIX, MEMBER_NONE, advisory->name,
		 planner_words(planner, "no fix in %s up to %s: %s", planner->members->name,
			       planner->plan->tip_name, reason));
}

static int compare_open(const void *left, const void *right)
{
	const struct plan_open *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->member != b->member)
		return a->member < b->member ? -1 : 1;
	if (strcmp(a->advisories, b->advisories))
		return strcmp(a->advisories, b->advisories);
	return strcmp(a->reason, b->reason);
}

int open_find(struct planner *planner, struct error *err)
{
	int error;

	find_blocked(planner);
	find_reverted(planner);
	find_reverted_in_base(planner);
	error = find_regressions(planner, err);
	if (!error && !planner->request->without_unfixed)
		unfixed_find(planner, add_unfixed);
	if (planner->plan->open_count)
		qsort(planner->plan->open, planner->plan->open_count, sizeof(*planner->plan->open),
		      compare_open);
	return error;
}
