/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a fix of a series was taken back, and that not taken back again. */
#include <stdlib.h>
#include <string.h>

#include "advisory/where-series.h"
#include "history/message.h"

#define DEPTH_LIMIT 16

/* A later member that reverts or reapplies a commit. */
struct event {
	uint32_t number;
	int64_t position;
	bool reapplies;
};

typedef ARRAY(struct event) event_list;

struct asking {
	struct index *index;
	int64_t series;
};

/*
 * Members behind a position that name an id of the commit. An upstream id means
 * the last backport of it before the revert: between the two none may stand.
 */
static const char events_sql[] =
	"SELECT m.number, m.position, r.kind FROM reference r"
	" CROSS JOIN member m ON m.number = r.number AND m.series = ?1"
	" WHERE r.target <> '' AND r.target >= substr(?2, 1, 7) AND r.target <= ?2"
	" AND r.target = substr(?2, 1, length(r.target))"
	" AND r.kind IN (?3, ?4, ?5) AND m.position > ?6"
	" AND (?7 = 0 OR NOT EXISTS(SELECT 1 FROM reference o"
	" CROSS JOIN member p ON p.number = o.number AND p.series = ?1"
	" WHERE o.target = ?2 AND o.target <> '' AND o.kind = ?8"
	" AND p.position > ?6 AND p.position < m.position))"
	" ORDER BY m.position";

static int add_events(event_list *events, const struct asking *asking, const char *id,
		      bool upstream, int64_t position, struct error *err)
{
	struct statement select;
	struct event *event;
	int step = statement_init(&select, asking->index, events_sql, err);

	if (step)
		return step;
	statement_bind_int(&select, 1, asking->series);
	statement_bind_text(&select, 2, id);
	statement_bind_int(&select, 3, REFERENCE_REVERTS);
	statement_bind_int(&select, 4, REFERENCE_REVERTS_UPSTREAM);
	statement_bind_int(&select, 5, REFERENCE_REAPPLIES);
	statement_bind_int(&select, 6, position);
	statement_bind_int(&select, 7, upstream);
	statement_bind_int(&select, 8, REFERENCE_UPSTREAM);
	while ((step = statement_step(&select, err)) > 0) {
		event = array_add(events);
		event->number = (uint32_t)statement_int(&select, 0);
		event->position = statement_int(&select, 1);
		event->reapplies = statement_int(&select, 2) == REFERENCE_REAPPLIES;
	}
	statement_release(&select);
	return step;
}

/* What a member is called by: its own id, then the upstream ones. */
static int find_ids(struct string_list *ret_ids, const struct asking *asking, uint32_t number,
		    struct error *err)
{
	struct statement select;
	struct commit_facts facts;
	int step = commit_facts_by_number(&facts, asking->index, number, err);

	if (step)
		return step;
	array_push(ret_ids, string_copy(id_hex(&facts.id).text));
	commit_facts_release(&facts);
	step = statement_init(&select, asking->index,
			      "SELECT target FROM reference WHERE number = ? AND kind = ?"
			      " AND target <> '' ORDER BY sequence",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, number);
	statement_bind_int(&select, 2, REFERENCE_UPSTREAM);
	while ((step = statement_step(&select, err)) > 0)
		array_push(ret_ids, string_copy(statement_text(&select, 0)));
	statement_release(&select);
	return step;
}

/*
 * Members behind a position that take back, or bring back, a commit of this subject. Ids of
 * rebased trees lead nowhere, and a fix that may be gone is not to be called one.
 */
static int add_subject_events(event_list *events, const struct asking *asking, const char *subject,
			      int64_t position, struct error *err)
{
	struct statement select;
	struct event *event;
	char *wanted;
	int step = statement_init(&select, asking->index,
				  "SELECT m.number, m.position FROM commits c"
				  " CROSS JOIN member m ON m.number = c.number AND m.series = ?1"
				  " WHERE c.subject = ?2 AND m.position > ?3",
				  err);

	for (int form = 0; form < 2 && !step; form++) {
		wanted = form ? string_format("Reapply \"%s\"", subject)
			      : string_format("Revert \"%s\"", subject);
		statement_bind_int(&select, 1, asking->series);
		statement_bind_text(&select, 2, wanted);
		statement_bind_int(&select, 3, position);
		free(wanted);
		while ((step = statement_step(&select, err)) > 0) {
			event = array_add(events);
			event->number = (uint32_t)statement_int(&select, 0);
			event->position = statement_int(&select, 1);
			event->reapplies = form == 1;
		}
		statement_reset(&select);
	}
	statement_release(&select);
	return step;
}

static int compare_events(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	return (a->position > b->position) - (a->position < b->position);
}

/* The number of the member that took it back, 0 where it stands. */
static int find_reverter(uint32_t *ret_number, const struct asking *asking, uint32_t number,
			 int64_t position, int depth, struct error *err)
{
	struct string_list ids = ARRAY_INIT;
	event_list events = ARRAY_INIT;
	struct commit_facts facts;
	uint32_t undone;
	int error = find_ids(&ids, asking, number, err);

	*ret_number = 0;
	for (size_t i = 0; i < ids.count && !error; i++)
		error = add_events(&events, asking, ids.items[i], i > 0, position, err);
	if (!error)
		error = commit_facts_by_number(&facts, asking->index, number, err);
	if (!error) {
		if (facts.subject[0])
			error = add_subject_events(&events, asking, facts.subject, position, err);
		commit_facts_release(&facts);
	}
	if (events.count)
		qsort(events.items, events.count, sizeof(*events.items), compare_events);
	for (size_t i = 0; i < events.count && !error; i++) {
		if (events.items[i].reapplies) {
			*ret_number = 0;
			continue;
		}
		undone = 0;
		if (depth < DEPTH_LIMIT)
			error = find_reverter(&undone, asking, events.items[i].number,
					      events.items[i].position, depth + 1, err);
		if (!undone)
			*ret_number = events.items[i].number;
	}
	array_release(&events);
	string_list_release(&ids);
	return error;
}

int fix_reverted_by(git_oid *ret_id, struct index *index, int64_t series,
		    const struct series_commit *fix, struct error *err)
{
	const struct asking asking = { index, series };
	struct commit_facts facts;
	uint32_t number;
	int error = find_reverter(&number, &asking, fix->number, fix->position, 0, err);

	memset(ret_id, 0, sizeof(*ret_id));
	if (error || !number)
		return error;
	error = commit_facts_by_number(&facts, index, number, err);
	if (!error)
		*ret_id = facts.id;
	commit_facts_release(&facts);
	return error;
}
