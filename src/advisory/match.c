/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "git/repository.h"
#include "history/message.h"

static const char by_stable[] = "stable id", by_upstream[] = "upstream id",
		  by_subject[] = "subject";

struct matcher {
	struct series_match_list *list;
	const struct advisory_set *set;
	struct table not_fixes; /* first 12 digits */
	struct table titles;	/* title -> 1 + the first advisory with it; 0: none of use */
	uint32_t *next_title;	/* by advisory: 1 + the next one with the same title */
	unsigned char *matched; /* by advisory */
	uint32_t *by_title;	/* by advisory: the member with its title */
	unsigned char *titled;	/* by advisory: how many there are, up to 2 */
};

void series_match_list_release(struct series_match_list *list)
{
	array_release(list);
}

static int load_not_fixes(struct matcher *matcher, struct index *index, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index, "SELECT id FROM advisory_not_fix", err);

	if (step)
		return step;
	while ((step = statement_step(&select, err)) > 0)
		table_set(&matcher->not_fixes, statement_text(&select, 0), ADVISORY_ID_SHORTEST, 1);
	statement_release(&select);
	return step;
}

static void index_titles(struct matcher *matcher)
{
	const char *title;
	uint32_t before;

	for (size_t i = 0; i < matcher->set->count; i++) {
		title = matcher->set->items[i].title;
		if (!*title)
			continue;
		if (table_find_string(&before, &matcher->titles, title))
			matcher->next_title[i] = before;
		table_set_string(&matcher->titles, title, (uint32_t)i + 1);
	}
}

static void add_match(struct matcher *matcher, uint32_t number, const struct advisory *advisory,
		      const char *how)
{
	struct series_match *match = array_add(matcher->list);

	match->number = number;
	match->advisory = advisory;
	match->how = how;
	matcher->matched[advisory - matcher->set->items] = 1;
}

static void match_id(struct matcher *matcher, uint32_t number, const char *id, const char *how)
{
	const struct advisory *advisory;
	size_t cursor = 0;

	while ((advisory = advisory_set_next_fix(matcher->set, id, &cursor)))
		add_match(matcher, number, advisory, how);
}

static void note_subject(struct matcher *matcher, uint32_t number, const char *subject)
{
	uint32_t at;

	if (!table_find_string(&at, &matcher->titles, subject))
		return;
	for (; at; at = matcher->next_title[at - 1]) {
		matcher->by_title[at - 1] = number;
		if (matcher->titled[at - 1] < 2)
			matcher->titled[at - 1]++;
	}
}

/* Each member with its upstream ids; a merge backports nothing. */
static int match_members(struct matcher *matcher, struct index *index, int64_t series,
			 struct error *err)
{
	struct statement select;
	uint32_t number, last = 0;
	bool not_fix = false;
	const char *target;
	git_oid id;
	int step = statement_init(&select, index,
				  "SELECT c.number, c.id, c.subject, r.target FROM member m"
				  " JOIN commits c ON c.number = m.number"
				  " LEFT JOIN reference r ON r.number = c.number AND r.kind = ?"
				  " WHERE m.series = ? ORDER BY m.position, r.sequence",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, REFERENCE_UPSTREAM);
	statement_bind_int(&select, 2, series);
	while ((step = statement_step(&select, err)) > 0) {
		number = (uint32_t)statement_int(&select, 0);
		if (number != last) {
			uint32_t one;
			struct id_text hex;

			statement_id(&id, &select, 1);
			hex = id_hex(&id);
			not_fix = table_find(&one, &matcher->not_fixes, hex.text,
					     ADVISORY_ID_SHORTEST);
			if (!not_fix)
				match_id(matcher, number, hex.text, by_stable);
			note_subject(matcher, number, statement_text(&select, 2));
			last = number;
		}
		target = statement_text(&select, 3);
		if (target && !not_fix && strlen(target) >= ADVISORY_ID_SHORTEST)
			match_id(matcher, number, target, by_upstream);
	}
	statement_release(&select);
	return step;
}

static void match_subjects(struct matcher *matcher)
{
	for (size_t i = 0; i < matcher->set->count; i++)
		if (!matcher->matched[i] && matcher->titled[i] == 1)
			add_match(matcher, matcher->by_title[i], &matcher->set->items[i],
				  by_subject);
}

static int rank_of(const char *how)
{
	return how == by_stable ? 0 : how == by_upstream ? 1 : 2;
}

static int compare_matches(const void *left, const void *right)
{
	const struct series_match *a = left, *b = right;
	int order;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	order = strcmp(a->advisory->name, b->advisory->name);
	if (order)
		return order;
	if (a->advisory->origin != b->advisory->origin)
		return a->advisory->origin < b->advisory->origin ? -1 : 1;
	if (rank_of(a->how) != rank_of(b->how))
		return rank_of(a->how) - rank_of(b->how);
	return strcmp(a->advisory->place, b->advisory->place);
}

static void keep_first_of_each(struct series_match_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_matches);
	for (size_t i = 0; i < list->count; i++) {
		if (kept && list->items[kept - 1].number == list->items[i].number &&
		    !strcmp(list->items[kept - 1].advisory->name, list->items[i].advisory->name))
			continue;
		list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

int series_match_find(struct series_match_list *ret_list, struct index *index, int64_t series,
		      const struct advisory_set *set, struct error *err)
{
	size_t count = set->count + 1;
	struct matcher matcher = {
		.list = ret_list,
		.set = set,
		.next_title = memory_alloc(count * sizeof(uint32_t)),
		.matched = memory_alloc(count),
		.by_title = memory_alloc(count * sizeof(uint32_t)),
		.titled = memory_alloc(count),
	};
	int error = load_not_fixes(&matcher, index, err);

	if (!error) {
		index_titles(&matcher);
		error = match_members(&matcher, index, series, err);
	}
	if (!error)
		match_subjects(&matcher);
	keep_first_of_each(ret_list);
	table_release(&matcher.not_fixes);
	table_release(&matcher.titles);
	free(matcher.next_title);
	free(matcher.matched);
	free(matcher.by_title);
	free(matcher.titled);
	return error;
}

const struct series_match *series_match_of(const struct series_match_list *list, uint32_t number,
					   size_t *ret_count)
{
	size_t low = 0, high = list->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (list->items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	for (*ret_count = 0; low + *ret_count < list->count; ++*ret_count)
		if (list->items[low + *ret_count].number != number)
			break;
	return *ret_count ? &list->items[low] : NULL;
}

size_t series_match_commits(const struct series_match_list *list)
{
	size_t commits = 0;

	for (size_t i = 0; i < list->count; i++)
		commits += !i || list->items[i - 1].number != list->items[i].number;
	return commits;
}
