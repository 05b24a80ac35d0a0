/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Growing the set: declared prerequisites, follow-ups, fixes whose origin is now
 * picked, and what becomes of reverts (docs/plan.md, rules 3 and 4). Always
 * computed from nothing, so that what is no longer needed is given back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "plan/planner.h"

struct closure {
	struct planner *planner;
	ARRAY(uint32_t) queue; /* rows whose own needs are not looked at yet */
	size_t next;
	struct member_list taken_back; /* seeds that went out with their reverts */
	struct member_list waiting;    /* rows that are not affected unless an origin is picked */
};

static void add(struct closure *closure, uint32_t row, enum state role, const char *why)
{
	struct row_facts *facts = &closure->planner->facts[row];

	if (!facts->in_set) {
		facts->in_set = true;
		facts->role = role;
		facts->why = why;
		array_push(&closure->queue, row);
	} else if (role < facts->role) {
		facts->role = role;
		facts->why = why;
	}
}

/* Whether a row may be brought in: not a release, not held, not taken out with its revert. */
static bool is_available(const struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];

	return row != ROW_NONE && !facts->blocked && !facts->cancelled &&
	       !member_is_release_or_merge(planner->members, planner->plan->rows[row].member);
}

/* The same of something that is wanted: if it is blocked, that is worth telling. */
static bool want(const struct planner *planner, uint32_t row)
{
	if (row != ROW_NONE)
		planner->facts[row].missed |= planner->facts[row].blocked;
	return is_available(planner, row);
}

static void add_prerequisite(struct closure *closure, uint32_t row, uint32_t needs, bool weak,
			     const char *words, const struct need *need)
{
	struct planner *planner = closure->planner;
	struct row_facts *facts;

	if (!want(planner, needs))
		return;
	facts = &planner->facts[needs];
	member_list_add(&facts->prerequisite_of, row);
	array_push(&facts->needs_of, *need);
	facts->weak |= weak;
	add(closure, needs, STATE_PREREQUISITE,
	    planner_words(planner, "%s of %s%s", words,
			  planner_name(planner, planner->plan->rows[row].member),
			  need->found ? strchr(need->why, ':') : ""));
}

/* What textual.c and semantic.c found that the row needs. */
static void add_found(struct closure *closure, uint32_t row)
{
	const struct found_needs *needs = &closure->planner->facts[row].found;

	for (size_t i = 0; i < needs->count; i++) {
		struct need need = { row, true, needs->items[i].why };

		add_prerequisite(
			closure, row, needs->items[i].row, false,
			*need.why == 't' ? "textual prerequisite" : "semantic prerequisite", &need);
	}
}

static void add_ledger_edges(struct closure *closure, uint32_t row)
{
	struct planner *planner = closure->planner;
	const struct ledger *ledger = planner->request->ledger;
	const struct member *member = row_member(planner, row);
	struct need need = { row, false, "declared" };
	uint32_t needs;

	for (size_t i = 0; ledger && i < ledger->count; i++) {
		const struct verdict *verdict = &ledger->verdicts[i];

		if (verdict->kind != VERDICT_PREREQUISITE ||
		    !git_oid_equal(&verdict->commit, &member->id) ||
		    (verdict->base && strcmp(verdict->base, planner->request->base_name)))
			continue;
		needs = members_find(planner->members, &verdict->needs);
		if (needs != MEMBER_NONE)
			add_prerequisite(closure, row, planner->row_of[needs], false,
					 planner_words(planner, "prerequisite by verdict of %s,",
						       verdict->person),
					 &need);
	}
}

static void add_follow_up(struct closure *closure, uint32_t row, uint32_t later,
			  const struct link *link)
{
	struct planner *planner = closure->planner;
	char *name = planner_name(planner, planner->plan->rows[row].member);
	struct row_facts *facts;
	const char *verb = "repairs";

	if (!want(planner, later))
		return;
	if (link->kind == LINK_REVERTS)
		verb = link->partial ? "takes back in part" : "reverts";
	facts = &planner->facts[later];
	member_list_add(&facts->follow_up_of, row);
	facts->weak |= link->match == LINK_BY_SUBJECT;
	add(closure, later, STATE_FOLLOW_UP,
	    planner_words(planner, "%s %s%s%s", verb, name, link->match == LINK_BY_ID ? "" : ", ",
			  link->match == LINK_BY_ID ? "" : link_match_words(link->match)));
}

/* Fixes whose record or messages name an origin that is now in. */
static void add_waiting(struct closure *closure, uint32_t row)
{
	struct planner *planner = closure->planner;
	struct member_list *waiting = &closure->waiting;
	struct member_list *origins;

	for (size_t i = 0; i < waiting->count; i++) {
		origins = &planner->facts[waiting->items[i]].origins;
		for (size_t j = 0; j < origins->count; j++) {
			if (origins->items[j] != row || !is_available(planner, waiting->items[i]))
				continue;
			member_list_add(&planner->facts[waiting->items[i]].follow_up_of, row);
			add(closure, waiting->items[i], STATE_PICK,
			    planner_words(
				    planner, "%s: its origin %s is picked",
				    planner_advisories(
					    planner, planner->plan->rows[waiting->items[i]].member),
				    planner_name(planner, planner->plan->rows[row].member)));
		}
	}
}

static void grow(struct closure *closure)
{
	struct planner *planner = closure->planner;
	struct need need = { 0, false, "declared" };
	const struct link *link;
	size_t count;
	uint32_t row, from;

	while (closure->next < closure->queue.count) {
		row = need.of = closure->queue.items[closure->next++];
		link = links_to(&count, planner->links, planner->plan->rows[row].member);
		for (size_t i = 0; i < count; i++) {
			from = planner->row_of[link[i].from];
			if (link[i].kind == LINK_PREREQUISITE_OF)
				add_prerequisite(closure, row, from,
						 link[i].match == LINK_BY_SUBJECT,
						 "declared prerequisite", &need);
			else if (link[i].kind == LINK_FIXES && from != ROW_NONE && from > row)
				add_follow_up(closure, row, from, &link[i]);
		}
		add_ledger_edges(closure, row);
		add_found(closure, row);
		add_waiting(closure, row);
	}
}

/* Whether something that stays in the set was declared to need the row. */
static bool is_needed(const struct planner *planner, uint32_t row, uint32_t revert)
{
	const struct member_list *list = &planner->facts[row].prerequisite_of;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] != revert && planner->facts[list->items[i]].in_set)
			return true;
	return false;
}

/*
 * One revert of something in the set. True: the two were taken out together, and
 * the closure is to be computed again.
 */
static bool settle_revert(struct closure *closure, uint32_t row, uint32_t revert,
			  const struct link *link)
{
	struct planner *planner = closure->planner;
	struct row_facts *facts = &planner->facts[row], *other = &planner->facts[revert];

	if (!is_available(planner, revert))
		return false;
	if (link->partial || link->match == LINK_BY_SUBJECT || facts->keep_pair ||
	    planner->plan->rows[row].published || planner->plan->rows[revert].published ||
	    is_needed(planner, row, revert)) {
		add_follow_up(closure, row, revert, link);
		return false;
	}
	facts->cancelled = other->cancelled = true;
	facts->cancel_partner = revert;
	other->cancel_partner = row;
	return true;
}

static bool settle_reverts(struct closure *closure)
{
	struct planner *planner = closure->planner;
	const struct link *link;
	size_t count;
	uint32_t target;

	/* In the order of the reverts: revert, reapply, revert. */
	for (uint32_t row = 0; row < planner->count; row++) {
		link = links_from(&count, planner->links, planner->plan->rows[row].member);
		for (size_t i = 0; i < count; i++) {
			if (link[i].kind != LINK_REVERTS)
				continue;
			target = planner->row_of[link[i].to];
			if (target == ROW_NONE || !planner->facts[target].in_set)
				continue;
			if (settle_revert(closure, target, row, &link[i]))
				return true;
		}
	}
	return false;
}

static void bring_back(struct closure *closure, uint32_t row, uint32_t original)
{
	struct planner *planner = closure->planner;
	uint32_t member = planner->plan->rows[original].member;

	add(closure, row, STATE_PICK,
	    planner_words(planner, "brings back %s%s%s", planner_name(planner, member),
			  row_member(planner, original)->advisory_count ? ": " : "",
			  planner_advisories(planner, member)));
}

/* What brings a cancelled pick back takes its place. */
static void seed_reapplied(struct closure *closure, uint32_t row)
{
	struct planner *planner = closure->planner;
	const struct link *link;
	uint32_t target, original;
	size_t count;

	link = links_from(&count, planner->links, planner->plan->rows[row].member);
	for (size_t i = 0; i < count; i++) {
		if (link[i].kind != LINK_REVERTS)
			continue;
		target = planner->row_of[link[i].to];
		if (target == ROW_NONE || !planner->facts[target].cancelled)
			continue;
		original = planner->facts[target].cancel_partner;
		if (original > target)
			continue;
		bring_back(closure, row, original);
	}
}

static const struct plan_published *find_published(const struct planner *planner, uint32_t row)
{
	const struct plan_request *request = planner->request;
	uint32_t member = planner->plan->rows[row].member;

	for (size_t i = 0; i < request->published_count; i++) {
		const struct plan_published *published = &request->published[i];

		if (git_oid_equal(&published->id, &planner->members->items[member].id))
			return published;
		for (size_t j = 0; j < planner->plan->gone_count; j++)
			if (planner->plan->gone[j].replaced_by == member &&
			    git_oid_equal(&planner->plan->gone[j].id, &published->id))
				return published;
	}
	return NULL;
}

/* A published row was there for others; when all of those were withdrawn it goes too. */
static bool went_along(const struct planner *planner, const struct plan_published *published)
{
	uint32_t member;

	if (published->role == STATE_PICK || !published->needed_by_count)
		return false;
	for (size_t i = 0; i < published->needed_by_count; i++) {
		member = members_find(planner->members, &published->needed_by[i]);
		if (member == MEMBER_NONE || planner->row_of[member] == ROW_NONE ||
		    !planner->facts[planner->row_of[member]].withdrawn)
			return false;
	}
	return true;
}

/* A list says what is to be taken, not that the base needs it: what is known of that is told. */
const char *closure_seed_words(struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];
	uint32_t member = planner->plan->rows[row].member;
	const char *advisories = facts->gate == GATE_PASS ? gate_evidence(planner, member)
							  : planner_advisories(planner, member);
	const char *evidence = facts->affected_reason;

	if (!facts->listed)
		return planner_words(planner, "%s; %s", advisories,
				     evidence ? evidence
					      : "nothing shows that the base is not affected");
	if (facts->repairs_base)
		evidence = facts->seed_why;
	return planner_words(planner, "listed by --seeds%s%s%s%s", *advisories ? "; " : "",
			     advisories, evidence ? "; " : "", evidence ? evidence : "");
}

/* What was taken back and is there again later: the same commit a second time. */
static void seed_again(struct closure *closure, uint32_t row)
{
	struct planner *planner = closure->planner;

	for (size_t i = 0; i < closure->taken_back.count; i++) {
		uint32_t original = closure->taken_back.items[i];

		if (planner->facts[original].cancel_partner >= row)
			continue;
		if (!member_is_again(row_member(planner, row), row_member(planner, original)))
			continue;
		bring_back(closure, row, original);
	}
}

static void seed_row(struct closure *closure, uint32_t row)
{
	struct planner *planner = closure->planner;
	struct row_facts *facts = &planner->facts[row];
	const struct plan_published *published;

	if (planner->plan->rows[row].published) {
		published = find_published(planner, row);
		if (published && went_along(planner, published)) {
			facts->withdrawn = true;
		} else {
			add(closure, row, published ? published->role : STATE_PICK,
			    "in the published branch");
		}
	}
	if (!facts->gate_why && (facts->listed || facts->gate == GATE_PASS))
		facts->gate_why = closure_seed_words(planner, row);
	if (facts->listed)
		add(closure, row, STATE_PICK, facts->gate_why);
	if (facts->repairs_base)
		add(closure, row, STATE_PICK, facts->seed_why);
	if (facts->gate == GATE_PASS && facts->affected)
		add(closure, row, STATE_PICK, facts->gate_why);
	seed_reapplied(closure, row);
	seed_again(closure, row);
}

static void start(struct closure *closure)
{
	struct planner *planner = closure->planner;
	struct row_facts *facts;

	closure->queue.count = closure->next = closure->taken_back.count = 0;
	for (uint32_t row = 0; row < planner->count; row++) {
		facts = &planner->facts[row];
		facts->in_set = false;
		facts->why = NULL;
		facts->prerequisite_of.count = facts->follow_up_of.count = 0;
		facts->needs_of.count = 0;
		facts->missed = facts->blocked && planner_is_seed(planner, row);
		if (facts->cancelled && facts->cancel_partner > row &&
		    planner_is_seed(planner, row))
			array_push(&closure->taken_back, row);
	}
	for (uint32_t row = 0; row < planner->count; row++)
		if (is_available(planner, row))
			seed_row(closure, row);
}

/* True when a pick and its revert were taken out, so that all is to be computed again. */
static bool grow_to_the_end(struct closure *closure)
{
	size_t queued;

	/* A revert that is picked has needs and follow-ups of its own. */
	do {
		grow(closure);
		queued = closure->queue.count;
		if (settle_reverts(closure))
			return true;
	} while (closure->queue.count > queued);
	return false;
}

void closure_compute(struct planner *planner)
{
	struct closure closure = { planner, ARRAY_INIT, 0, ARRAY_INIT, ARRAY_INIT };

	for (uint32_t row = 0; row < planner->count; row++)
		if (planner->facts[row].gate == GATE_PASS && !planner->facts[row].affected)
			member_list_add(&closure.waiting, row);
	do
		start(&closure);
	while (grow_to_the_end(&closure));
	array_release(&closure.queue);
	array_release(&closure.taken_back);
	array_release(&closure.waiting);
}
