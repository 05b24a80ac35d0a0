/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/where-series.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct named_carriers {
	struct carrier_list *lists;
	size_t count;
	size_t fix_count; /* the first ones belong to fixes */
};

/* What the series has of one named commit. */
enum holding {
	HOLDS_NONE,
	HOLDS_REVERTED,
	HOLDS
};

struct answering {
	struct series_answer *answer;
	const struct where *where;
	const struct named_carriers *carriers;
	enum holding *holdings; /* by named commit, as the lists of `carriers` */
};

int named_carriers_find(struct named_carriers **ret_carriers, const struct where *where,
			struct workspace *workspace, struct error *err)
{
	struct named_carriers *carriers = memory_alloc(sizeof(*carriers));
	const char *id;
	int error = 0;

	*ret_carriers = carriers;
	carriers->fix_count = where->fixes.count;
	carriers->count = where->fixes.count + where->introduced.count;
	carriers->lists = memory_alloc((carriers->count + 1) * sizeof(*carriers->lists));
	for (size_t i = 0; i < carriers->count && !error; i++) {
		id = i < carriers->fix_count ? where->fixes.items[i].id
					     : where->introduced.items[i - carriers->fix_count].id;
		error = carriers_find(&carriers->lists[i], workspace, id, err);
	}
	return error;
}

void named_carriers_release(struct named_carriers *carriers)
{
	for (size_t i = 0; i < carriers->count; i++)
		carrier_list_release(&carriers->lists[i]);
	free(carriers->lists);
	free(carriers);
}

static void say(struct series_answer *answer, enum advisory_answer what, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct series_answer *answer, enum advisory_answer what, const char *format, ...)
{
	va_list args;

	answer->answer = what;
	va_start(args, format);
	vsnprintf(answer->reason, sizeof(answer->reason), format, args);
	va_end(args);
}

static const struct commit_place *place_in(const struct carrier *carrier, int64_t series)
{
	for (size_t i = 0; i < carrier->places.count; i++)
		if (carrier->places.items[i].series == series)
			return &carrier->places.items[i];
	return NULL;
}

static bool starts(const struct carrier *carrier, const char *series)
{
	for (size_t i = 0; i < carrier->starts.count; i++)
		if (!strcmp(carrier->starts.items[i], series))
			return true;
	return false;
}

static struct series_commit *add_commit(struct series_commit_list *list,
					const struct commit_facts *facts,
					const struct commit_place *place, const char *named,
					const char *match)
{
	struct series_commit *commit;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].number == facts->number)
			return &list->items[i];
	commit = array_add(list);
	commit->id = facts->id;
	commit->number = facts->number;
	commit->subject = string_copy(facts->subject);
	commit->named = named ? string_copy(named) : NULL;
	commit->match = match;
	commit->position = place->position;
	if (place->release)
		commit->release = string_copy(place->release);
	commit->release_id = place->release_id;
	return commit;
}

static int compare_commits(const void *left, const void *right)
{
	const struct series_commit *a = left, *b = right;

	return (a->position > b->position) - (a->position < b->position);
}

static void sort_commits(struct series_commit_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_commits);
}

/* By their own ids first, so that a commit that is named both ways counts as that. */
static void collect(struct series_commit_list *ret_list, bool *ret_start,
		    const struct series_info *series, const struct carrier_list *lists,
		    size_t count, const struct named_commit *named)
{
	static const char *const passes[] = { "id", "upstream id" };
	const struct commit_place *place;
	const struct carrier *carrier;

	for (size_t pass = 0; pass < COUNT_OF(passes); pass++)
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j < lists[i].count; j++) {
				carrier = &lists[i].items[j];
				if (strcmp(carrier->match, passes[pass]))
					continue;
				*ret_start |= starts(carrier, series->name);
				place = place_in(carrier, series->series);
				if (place)
					add_commit(ret_list, &carrier->facts, place, named[i].id,
						   pass ? "upstream id" : "stable id");
			}
	sort_commits(ret_list);
}

/* Where no id leads to the fix: the only member that is called like the advisory. */
static int collect_by_subject(struct series_answer *answer, struct workspace *workspace,
			      const char *title, struct error *err)
{
	struct commit_place_list places = ARRAY_INIT;
	struct commit_facts facts;
	struct statement select;
	uint32_t number = 0;
	size_t count = 0;
	int step;

	step = statement_init(
		&select, &workspace->index,
		"SELECT c.number FROM commits c CROSS JOIN member m"
		" ON m.number = c.number AND m.series = ? WHERE c.subject = ? LIMIT 2",
		err);
	if (step)
		return step;
	statement_bind_int(&select, 1, answer->series->series);
	statement_bind_text(&select, 2, title);
	while ((step = statement_step(&select, err)) > 0) {
		number = (uint32_t)statement_int(&select, 0);
		count++;
	}
	statement_release(&select);
	if (step || count != 1)
		return step;
	step = commit_facts_by_number(&facts, &workspace->index, number, err);
	if (!step)
		step = commit_places(&places, &workspace->index, number, err);
	for (size_t i = 0; i < places.count && !step; i++)
		if (places.items[i].series == answer->series->series)
			add_commit(&answer->fixes, &facts, &places.items[i], NULL, "subject");
	commit_facts_release(&facts);
	commit_place_list_release(&places);
	return step;
}

static int judge_fixes(struct series_answer *answer, struct workspace *workspace, struct error *err)
{
	struct series_commit *fix;
	int error = 0;

	for (size_t i = 0; i < answer->fixes.count && !error; i++) {
		fix = &answer->fixes.items[i];
		error = advisory_is_not_fix(&fix->not_fix, &workspace->index, id_hex(&fix->id).text,
					    err);
		if (!error)
			error = fix_reverted_by(&fix->reverted_by, &workspace->index,
						answer->series->series, fix, err);
	}
	return error;
}

static bool stands(const struct series_commit *fix)
{
	return !fix->not_fix && id_is_zero(&fix->reverted_by);
}

static const struct series_commit *find_fix(const struct series_answer *answer, uint32_t number)
{
	for (size_t i = 0; i < answer->fixes.count; i++)
		if (answer->fixes.items[i].number == number)
			return &answer->fixes.items[i];
	return NULL;
}

/* The first commit that carries one named fix and stands. */
static const struct series_commit *first_standing(const struct answering *answering, size_t named)
{
	const struct carrier_list *list = &answering->carriers->lists[named];
	const struct series_commit *first = NULL, *fix;

	for (size_t i = 0; i < list->count; i++) {
		fix = find_fix(answering->answer, list->items[i].facts.number);
		if (fix && stands(fix) && (!first || fix->position < first->position))
			first = fix;
	}
	return first;
}

static void find_holdings(struct answering *answering)
{
	const struct carrier_list *list;
	const struct series_commit *fix;
	enum holding *holding;

	for (size_t i = 0; i < answering->carriers->count; i++) {
		list = &answering->carriers->lists[i];
		holding = &answering->holdings[i];
		for (size_t j = 0; j < list->count; j++) {
			fix = find_fix(answering->answer, list->items[j].facts.number);
			if (starts(&list->items[j], answering->answer->series->name) ||
			    (fix ? stands(fix)
				 : place_in(&list->items[j], answering->answer->series->series) !=
					     NULL))
				*holding = HOLDS;
			else if (fix && *holding == HOLDS_NONE)
				*holding = HOLDS_REVERTED;
		}
	}
}

/* A commit that is not found may be there, adapted and without a word about it. */
static enum advisory_presence holds(void *data, const char *id)
{
	const struct answering *answering = data;
	const struct where *where = answering->where;
	size_t fixes = answering->carriers->fix_count;
	const char *named;

	for (size_t i = 0; i < answering->carriers->count; i++) {
		named = i < fixes ? where->fixes.items[i].id
				  : where->introduced.items[i - fixes].id;
		if (!advisory_id_matches(named, id))
			continue;
		if (answering->holdings[i] == HOLDS)
			return ADVISORY_PRESENT;
		if (answering->holdings[i] == HOLDS_REVERTED)
			return ADVISORY_ABSENT;
	}
	return ADVISORY_UNSURE;
}

static void ask_record(struct advisory_affects *ret_affects, struct answering *answering)
{
	const struct series_info *series = answering->answer->series;
	const struct advisory *record = answering->where->record;
	struct advisory_kernel kernel = {
		.has_version = series->newest.name != NULL,
		.version = { .major = series->major,
			     .minor = series->minor,
			     .sublevel = series->newest.sublevel },
		.holds = holds,
		.data = answering,
	};

	advisory_affects(ret_affects, record ? record->pairs : NULL,
			 record ? record->pair_count : 0, record && record->damaged != 0, &kernel);
}

/*
 * How many commits are the fix, as the record has it, and how many of them stand
 * here; the last of these to come in is what closed it.
 */
static void count_needed(const struct answering *answering, size_t *ret_needed, size_t *ret_held,
			 const struct series_commit **ret_last)
{
	const struct named_commit_list *fixes = &answering->where->fixes;
	const struct series_commit *fix;

	*ret_needed = *ret_held = 0;
	*ret_last = NULL;
	for (size_t i = 0; i < fixes->count; i++) {
		if (!fixes->items[i].upstream)
			continue;
		++*ret_needed;
		*ret_held += answering->holdings[i] == HOLDS;
		fix = first_standing(answering, i);
		if (fix && (!*ret_last || fix->position > (*ret_last)->position))
			*ret_last = fix;
	}
}

static const struct series_commit *any_standing(const struct series_answer *answer)
{
	for (size_t i = 0; i < answer->fixes.count; i++)
		if (stands(&answer->fixes.items[i]))
			return &answer->fixes.items[i];
	return NULL;
}

static void say_fixed(struct series_answer *answer, const struct series_commit *fix)
{
	answer->fix = fix;
	if (!fix)
		say(answer, ADVISORY_FIXED, "fixed before the series starts");
	else if (fix->release)
		say(answer, ADVISORY_FIXED, "fixed in %s", fix->release);
	else
		say(answer, ADVISORY_FIXED, "fixed, in no release yet");
}

/* The series starts, in this source, at a release that has the fix already. */
static bool fixed_before_start(const struct series_answer *answer, const char *version)
{
	struct kernel_version fixed;

	return answer->series->oldest.name &&
	       kernel_version_parse(&fixed, version, strlen(version)) &&
	       fixed.major == answer->series->major && fixed.minor == answer->series->minor &&
	       fixed.sublevel <= answer->series->oldest.sublevel;
}

static void say_not_found(struct series_answer *answer, const struct where *where,
			  const struct advisory_affects *affects)
{
	const struct advisory_pair *pair = where->record && affects->pair != ADVISORY_NO_PAIR
						   ? &where->record->pairs[affects->pair]
						   : NULL;
	const struct series_commit *fix = answer->fixes.count ? &answer->fixes.items[0] : NULL;

	if (fix && fix->not_fix)
		say(answer, ADVISORY_AFFECTED, "the CNA says that %.12s does not fix it",
		    id_hex(&fix->id).text);
	else if (fix)
		say(answer, ADVISORY_AFFECTED, "fixed in %s, but that was reverted by %.12s",
		    fix->release ? fix->release : "an unreleased commit",
		    id_hex(&fix->reverted_by).text);
	else if (affects->answer != ADVISORY_FIXED)
		say(answer, affects->answer, "%s", affects->reason);
	else if (pair && fixed_before_start(answer, pair->fixed_version))
		say(answer, ADVISORY_FIXED, "fixed in %s; the series starts here at %s",
		    pair->fixed_version, answer->series->oldest.name);
	else if (pair && affects->same_series)
		say(answer, ADVISORY_UNKNOWN,
		    "the record says fixed in %s, but no commit of the series here matches",
		    pair->fixed_version);
	else
		say(answer, ADVISORY_FIXED, "%s", affects->reason);
}

static void conclude(struct answering *answering)
{
	struct series_answer *answer = answering->answer;
	const struct series_commit *last, *any = any_standing(answer);
	struct advisory_affects affects;
	size_t needed, held;

	count_needed(answering, &needed, &held, &last);
	ask_record(&affects, answering);
	if (needed && held == needed)
		say_fixed(answer, last);
	else if (any && (!needed || !held || affects.answer == ADVISORY_FIXED))
		say_fixed(answer, last ? last : any);
	else if (any || (held && answer->fixed_at_start))
		say(answer, ADVISORY_UNKNOWN, "has %zu of the %zu commits that fix it", held,
		    needed);
	else
		say_not_found(answer, answering->where, &affects);
}

int where_answer_series(struct series_answer *answer, const struct where *where,
			const struct named_carriers *carriers, struct workspace *workspace,
			struct error *err)
{
	struct answering answering = { answer, where, carriers, NULL };
	const char *title = where->record ? where->record->title : "";
	int error = 0;

	collect(&answer->fixes, &answer->fixed_at_start, answer->series, carriers->lists,
		carriers->fix_count, where->fixes.items);
	collect(&answer->introduced, &answer->introduced_at_start, answer->series,
		carriers->lists + carriers->fix_count, carriers->count - carriers->fix_count,
		where->introduced.items);
	if (!answer->fixes.count && !answer->fixed_at_start && *title)
		error = collect_by_subject(answer, workspace, title, err);
	if (!error)
		error = judge_fixes(answer, workspace, err);
	if (error)
		return error;
	answering.holdings = memory_alloc((carriers->count + 1) * sizeof(*answering.holdings));
	find_holdings(&answering);
	conclude(&answering);
	free(answering.holdings);
	return 0;
}
