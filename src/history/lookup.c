/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "git/commit.h"
#include "history/message.h"

void commit_facts_release(struct commit_facts *facts)
{
	free(facts->subject);
	free(facts->author);
	memset(facts, 0, sizeof(*facts));
}

void commit_facts_list_release(struct commit_facts_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		commit_facts_release(&list->items[i]);
	array_release(list);
}

#define FACTS_COLUMNS                                                                  \
	"number, id, tree, subject, author, author_time, committer_time, mark, epoch," \
	" length(parents) / 4, version IS NOT NULL"

static void read_facts(struct commit_facts *ret_facts, struct statement *row)
{
	memset(ret_facts, 0, sizeof(*ret_facts));
	ret_facts->number = (uint32_t)statement_int(row, 0);
	statement_id(&ret_facts->id, row, 1);
	statement_id(&ret_facts->tree, row, 2);
	ret_facts->subject = string_copy(statement_text(row, 3));
	ret_facts->author = string_copy(statement_text(row, 4));
	ret_facts->author_time = statement_int(row, 5);
	ret_facts->committer_time = statement_int(row, 6);
	ret_facts->mark = (unsigned)statement_int(row, 7);
	ret_facts->epoch = statement_int(row, 8);
	ret_facts->parents = (size_t)statement_int(row, 9);
	ret_facts->release = statement_int(row, 10) != 0;
}

int commit_facts_by_number(struct commit_facts *ret_facts, struct index *index, uint32_t number,
			   struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT " FACTS_COLUMNS " FROM commits WHERE number = ?", err);

	memset(ret_facts, 0, sizeof(*ret_facts));
	if (step)
		return step;
	statement_bind_int(&select, 1, number);
	step = statement_step(&select, err);
	if (step > 0)
		read_facts(ret_facts, &select);
	statement_release(&select);
	if (!step)
		return error_set(err, ERROR_NOT_FOUND, "commit number %u is not in the index",
				 number);
	return step < 0 ? step : 0;
}

static int facts_of_indexed(struct commit_facts *ret_facts, struct index *index, const git_oid *id,
			    struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT " FACTS_COLUMNS " FROM commits WHERE id = ?", err);

	if (step)
		return step;
	statement_bind_id(&select, 1, id);
	step = statement_step(&select, err);
	if (step > 0)
		read_facts(ret_facts, &select);
	statement_release(&select);
	return step < 0 ? step : step > 0 ? 0 : ERROR_NOT_FOUND;
}

static char *utf8_copy(const char *text, size_t length)
{
	struct buffer buffer = BUFFER_INIT;

	buffer_add_utf8(&buffer, text, length);
	return buffer_detach(&buffer);
}

static int facts_of_object(struct commit_facts *ret_facts, git_odb_object *object,
			   const git_oid *id, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	const struct person_span *author = &view.author;
	struct message message;
	int error;

	error = commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object),
				  id, err);
	if (!error) {
		message_init(&message);
		message_parse(&message, view.message.text, view.message.length);
		ret_facts->id = *id;
		ret_facts->tree = view.tree;
		ret_facts->subject = utf8_copy(message.subject, message.subject_length);
		ret_facts->author = utf8_copy(author->line.text,
					      author->mail.text ? (size_t)(author->mail.text +
									   author->mail.length + 1 -
									   author->line.text)
								: author->line.length);
		ret_facts->author_time = author->time;
		ret_facts->committer_time = view.committer.time;
		ret_facts->parents = view.parent_count;
		message_release(&message);
	}
	commit_view_release(&view);
	return error;
}

int commit_facts_by_id(struct commit_facts *ret_facts, struct workspace *workspace,
		       const git_oid *id, struct error *err)
{
	git_odb_object *object;
	int error;

	memset(ret_facts, 0, sizeof(*ret_facts));
	error = facts_of_indexed(ret_facts, &workspace->index, id, err);
	if (error != ERROR_NOT_FOUND || !workspace->odb ||
	    git_odb_read(&object, workspace->odb, id) < 0)
		return error;
	if (git_odb_object_type(object) == GIT_OBJECT_COMMIT)
		error = facts_of_object(ret_facts, object, id, err);
	git_odb_object_free(object);
	return error;
}

/* The least or the greatest id that begins with these digits. */
static void bound_id(git_oid *ret_id, const char *hex, char fill)
{
	char whole[GIT_OID_HEXSZ + 1];
	size_t length = strlen(hex);

	memcpy(whole, hex, length);
	memset(whole + length, fill, GIT_OID_HEXSZ - length);
	whole[GIT_OID_HEXSZ] = '\0';
	git_oid_fromstr(ret_id, whole);
}

int commit_facts_by_prefix(struct commit_facts_list *ret_list, struct index *index, const char *hex,
			   size_t limit, struct error *err)
{
	struct statement select;
	git_oid least, greatest;
	int step = statement_init(&select, index,
				  "SELECT " FACTS_COLUMNS " FROM commits WHERE id BETWEEN ? AND ?"
				  " ORDER BY id LIMIT ?",
				  err);

	if (step)
		return step;
	bound_id(&least, hex, '0');
	bound_id(&greatest, hex, 'f');
	statement_bind_id(&select, 1, &least);
	statement_bind_id(&select, 2, &greatest);
	statement_bind_int(&select, 3, (int64_t)limit);
	while ((step = statement_step(&select, err)) > 0)
		read_facts(array_add(ret_list), &select);
	statement_release(&select);
	return step;
}

int upstream_lookup_open(struct upstream_lookup *ret_lookup, struct index *index, struct error *err)
{
	int error = statement_init(&ret_lookup->select, index,
				   "SELECT target FROM reference WHERE number = ? AND kind = ?"
				   " AND length(target) = 40 ORDER BY sequence LIMIT 1",
				   err);

	if (!error)
		statement_bind_int(&ret_lookup->select, 2, REFERENCE_UPSTREAM);
	return error;
}

void upstream_lookup_close(struct upstream_lookup *lookup)
{
	statement_release(&lookup->select);
}

int upstream_lookup_find(char ret_hex[GIT_OID_HEXSZ + 1], struct upstream_lookup *lookup,
			 uint32_t number, struct error *err)
{
	int step;

	ret_hex[0] = '\0';
	statement_reset(&lookup->select);
	statement_bind_int(&lookup->select, 1, number);
	step = statement_step(&lookup->select, err);
	if (step > 0)
		memcpy(ret_hex, statement_text(&lookup->select, 0), GIT_OID_HEXSZ + 1);
	return step < 0 ? step : 0;
}

void commit_place_list_release(struct commit_place_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].series_name);
		free(list->items[i].release);
	}
	array_release(list);
}

int commit_places(struct commit_place_list *ret_list, struct index *index, uint32_t number,
		  struct error *err)
{
	struct commit_place *place;
	struct statement select;
	int step = statement_init(
		&select, index,
		"SELECT s.series, s.name, m.position, r.name, c.id FROM member m"
		" JOIN series s ON s.series = m.series"
		" LEFT JOIN release r ON r.number = m.release AND r.series = m.series"
		" LEFT JOIN commits c ON c.number = m.release"
		" WHERE m.number = ? ORDER BY s.major, s.minor, s.name, r.sublevel",
		err);

	if (step)
		return step;
	statement_bind_int(&select, 1, number);
	while ((step = statement_step(&select, err)) > 0) {
		/* Two releases can be one commit: the first counts. */
		if (ret_list->count && array_last(ret_list)->series == statement_int(&select, 0))
			continue;
		place = array_add(ret_list);
		place->series = statement_int(&select, 0);
		place->series_name = string_copy(statement_text(&select, 1));
		place->position = statement_int(&select, 2);
		if (statement_text(&select, 3))
			place->release = string_copy(statement_text(&select, 3));
		statement_id(&place->release_id, &select, 4);
	}
	statement_release(&select);
	return step;
}

#define EPOCHS_HELD                                                               \
	"WITH RECURSIVE held(series, epoch) AS (SELECT series, epoch FROM series" \
	" UNION SELECT held.series, e.holds FROM held JOIN epoch e"               \
	" ON e.epoch = held.epoch) "

int series_starts_with(bool *ret_holds, struct index *index, int64_t series, int64_t epoch,
		       struct error *err)
{
	struct statement select;
	int step;

	*ret_holds = false;
	if (!epoch)
		return 0;
	step = statement_init(&select, index,
			      EPOCHS_HELD "SELECT 1 FROM held WHERE series = ? AND epoch = ?", err);
	if (step)
		return step;
	statement_bind_int(&select, 1, series);
	statement_bind_int(&select, 2, epoch);
	step = statement_step(&select, err);
	*ret_holds = step > 0;
	statement_release(&select);
	return step < 0 ? step : 0;
}

int commit_starts(struct string_list *ret_names, struct index *index, int64_t epoch,
		  struct error *err)
{
	struct statement select;
	int step;

	if (!epoch)
		return 0;
	step = statement_init(&select, index,
			      EPOCHS_HELD "SELECT s.name FROM held JOIN series s USING(series)"
					  " WHERE held.epoch = ? ORDER BY s.major, s.minor, s.name",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, epoch);
	while ((step = statement_step(&select, err)) > 0)
		array_push(ret_names, string_copy(statement_text(&select, 0)));
	statement_release(&select);
	return step;
}

bool id_text_matches(const char *a, const char *b)
{
	size_t length = strlen(a), other = strlen(b);

	if (other < length)
		length = other;
	return length >= REFERENCE_ID_MINIMUM && !strncmp(a, b, length);
}
