/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/mention.h"

#include "advisory/record.h"
#include "advisory/store.h"

struct mention {
	int64_t number;
	char cve[ADVISORY_NAME_SIZE];
};

struct mention_list {
	struct mention *items;
	size_t count;
	size_t capacity;
};

static int read_mentions(struct mention_list *ret_list, struct index *index, int kind,
			 int64_t after, struct error *err)
{
	struct statement statement;
	struct mention *last;
	char cve[ADVISORY_NAME_SIZE];
	const char *word;
	bool found;
	int error = statement_init(&statement, index,
				   "SELECT number, words, target FROM reference"
				   " WHERE kind = ? AND number > ? ORDER BY number, sequence",
				   err);

	if (error)
		return error;
	statement_bind_int(&statement, 1, kind);
	statement_bind_int(&statement, 2, after);
	while ((error = statement_step(&statement, err)) > 0) {
		found = false;
		for (int column = 1; column <= 2 && !found; column++) {
			word = statement_text(&statement, column);
			found = word && advisory_name_parse(cve, word, strlen(word));
		}
		if (!found)
			continue;
		last = array_add(ret_list);
		last->number = statement_int(&statement, 0);
		memcpy(last->cve, cve, sizeof(last->cve));
	}
	statement_release(&statement);
	return error;
}

struct reader {
	struct statement commit;
	struct statement upstream;
	struct statement exists;
};

static void reader_release(struct reader *reader)
{
	statement_release(&reader->commit);
	statement_release(&reader->upstream);
	statement_release(&reader->exists);
}

static int reader_init(struct reader *ret_reader, struct index *index, int upstream_kind,
		       struct error *err)
{
	int error;

	memset(ret_reader, 0, sizeof(*ret_reader));
	error = statement_init(&ret_reader->commit, index,
			       "SELECT id, subject FROM commits WHERE number = ?", err);
	if (!error)
		error = statement_init(&ret_reader->upstream, index,
				       "SELECT target FROM reference WHERE number = ? AND kind = ?"
				       " ORDER BY sequence",
				       err);
	if (!error)
		error = statement_init(&ret_reader->exists, index,
				       "SELECT 1 FROM advisory WHERE name = ? AND place = ?"
				       " AND origin = 'message'",
				       err);
	if (error)
		reader_release(ret_reader);
	else
		statement_bind_int(&ret_reader->upstream, 2, upstream_kind);
	return error;
}

/* The commit itself and what it says it backports; 0 in `ret_place` where it is not indexed. */
static int fill_record(struct advisory_record *record, struct advisory_id *ret_place,
		       struct reader *reader, const struct mention *mention, struct error *err)
{
	const char *text;
	struct advisory_id id;
	git_oid oid;
	int step;

	ret_place->hex[0] = '\0';
	advisory_record_clear(record);
	memcpy(record->name, mention->cve, sizeof(record->name));
	statement_bind_int(&reader->commit, 1, mention->number);
	step = statement_step(&reader->commit, err);
	if (step > 0) {
		statement_id(&oid, &reader->commit, 0);
		git_oid_tostr(ret_place->hex, sizeof(ret_place->hex), &oid);
		text = statement_text(&reader->commit, 1);
		buffer_add_string(&record->title, text ? text : "");
		advisory_record_add_fix(record, ret_place->hex, false);
	}
	statement_reset(&reader->commit);
	if (step <= 0)
		return step;
	statement_bind_int(&reader->upstream, 1, mention->number);
	while ((step = statement_step(&reader->upstream, err)) > 0) {
		text = statement_text(&reader->upstream, 0);
		if (text && advisory_id_parse(&id, text, strlen(text), ADVISORY_ID_SHORTEST))
			advisory_record_add_fix(record, id.hex, true);
	}
	statement_reset(&reader->upstream);
	return step;
}

static int store_mentions(size_t *ret_count, struct index *index, const struct mention_list *list,
			  int upstream_kind, struct advisory_store *store, struct error *err)
{
	struct advisory_record record;
	struct advisory_id place;
	struct reader reader;
	int step, error = reader_init(&reader, index, upstream_kind, err);

	if (error)
		return error;
	advisory_record_init(&record);
	for (size_t i = 0; i < list->count && !error; i++) {
		error = fill_record(&record, &place, &reader, &list->items[i], err);
		if (error || !*place.hex)
			continue;
		/* A message may name an id twice, and a range may be asked for twice. */
		statement_bind_text(&reader.exists, 1, record.name);
		statement_bind_text(&reader.exists, 2, place.hex);
		step = statement_step(&reader.exists, err);
		statement_reset(&reader.exists);
		if (step < 0)
			error = step;
		else if (!step)
			error = advisory_store_add(store, &record, "message", place.hex, err);
		*ret_count += !error && !step;
	}
	advisory_record_release(&record);
	reader_release(&reader);
	return error;
}

int advisory_from_messages(size_t *ret_count, struct index *index, int advisory_kind,
			   int upstream_kind, int64_t after, struct error *err)
{
	struct mention_list list = ARRAY_INIT;
	struct advisory_store store;
	int error;

	*ret_count = 0;
	error = read_mentions(&list, index, advisory_kind, after, err);
	if (!error)
		error = advisory_savepoint_begin(index, err);
	if (error)
		goto out;
	error = advisory_store_init(&store, index, err);
	if (!error) {
		if (after <= 0)
			error = advisory_store_remove_origin(&store, "message", NULL, err);
		if (!error)
			error = store_mentions(ret_count, index, &list, upstream_kind, &store, err);
		advisory_store_release(&store);
	}
	error = advisory_savepoint_end(index, error, err);
out:
	array_release(&list);
	return error;
}
