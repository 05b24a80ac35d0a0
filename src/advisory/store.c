/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/store.h"

#include "advisory/impact.h"
#include "advisory/route.h"

enum statement_name {
	ADD_ADVISORY,
	ADD_TEXT,
	ADD_FIX,
	ADD_INTRODUCED,
	ADD_FILE,
	REMOVE_ADVISORY,
	REMOVE_TEXT,
	REMOVE_FIX,
	REMOVE_INTRODUCED,
	REMOVE_FILE,
	FIND_ORIGIN,
	ADD_DAMAGE,
	REMOVE_DAMAGE,
	STATEMENTS
};

_Static_assert(STATEMENTS <= ADVISORY_STATEMENTS, "struct advisory_store is too small");

static const char *const texts[STATEMENTS] = {
	[ADD_ADVISORY] = "INSERT INTO advisory(advisory, name, origin, state, title, vector, score,"
			 " damaged, place, fixes, pairs, vulnerable, routes, impacts)"
			 " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[ADD_TEXT] = "INSERT INTO advisory_text(advisory, description, rationale, note)"
		     " VALUES(?, ?, ?, ?)",
	[ADD_FIX] = "INSERT INTO advisory_fix(advisory, id) VALUES(?, ?)",
	[ADD_INTRODUCED] = "INSERT OR IGNORE INTO advisory_introduced(advisory, id) VALUES(?, ?)",
	[ADD_FILE] = "INSERT INTO advisory_file(advisory, name) VALUES(?, ?)",
	[REMOVE_ADVISORY] = "DELETE FROM advisory WHERE advisory = ?",
	[REMOVE_TEXT] = "DELETE FROM advisory_text WHERE advisory = ?",
	[REMOVE_FIX] = "DELETE FROM advisory_fix WHERE advisory = ?",
	[REMOVE_INTRODUCED] = "DELETE FROM advisory_introduced WHERE advisory = ?",
	[REMOVE_FILE] = "DELETE FROM advisory_file WHERE advisory = ?",
	[FIND_ORIGIN] = "SELECT advisory FROM advisory WHERE origin = ?1"
			" AND (?2 IS NULL OR place = ?2)",
	[ADD_DAMAGE] = "INSERT OR REPLACE INTO advisory_damage(place, name, reason)"
		       " VALUES(?, ?, ?)",
	[REMOVE_DAMAGE] = "DELETE FROM advisory_damage WHERE name = ?",
};

/* What is no record is numbered above all records. */
static int read_next(struct advisory_store *store, struct error *err)
{
	struct statement statement;
	int error = statement_init(&statement, store->index,
				   "SELECT MAX(advisory) FROM advisory WHERE advisory >= ?", err);

	if (error)
		return error;
	statement_bind_int(&statement, 1, ADVISORY_NUMBER_LIMIT);
	error = statement_step(&statement, err);
	store->next = ADVISORY_NUMBER_LIMIT;
	if (error > 0 && statement_int(&statement, 0))
		store->next = statement_int(&statement, 0) + 1;
	statement_release(&statement);
	return error < 0 ? error : 0;
}

int advisory_store_init(struct advisory_store *ret_store, struct index *index, struct error *err)
{
	int error = 0;

	memset(ret_store, 0, sizeof(*ret_store));
	ret_store->index = index;
	for (int i = 0; i < 3; i++)
		buffer_init(&ret_store->columns[i]);
	for (size_t i = 0; i < STATEMENTS && !error; i++)
		error = statement_init(&ret_store->statements[i], index, texts[i], err);
	if (!error)
		error = read_next(ret_store, err);
	if (error)
		advisory_store_release(ret_store);
	return error;
}

void advisory_store_release(struct advisory_store *store)
{
	for (size_t i = 0; i < STATEMENTS; i++)
		statement_release(&store->statements[i]);
	for (int i = 0; i < 3; i++)
		buffer_release(&store->columns[i]);
}

/* See schema.c for the form of these three columns. */
static void pack_record(struct buffer ret_columns[3], const struct advisory_record *record)
{
	const struct advisory_pair *pair;

	for (int i = 0; i < 3; i++)
		buffer_clear(&ret_columns[i]);
	for (size_t i = 0; i < record->fixes.count; i++) {
		buffer_add_byte(&ret_columns[0], record->fixes.items[i].upstream ? 'u' : 's');
		buffer_add_string(&ret_columns[0], record->fixes.items[i].id);
		buffer_add_byte(&ret_columns[0], '\n');
	}
	for (size_t i = 0; i < record->pairs.count; i++) {
		pair = &record->pairs.items[i];
		buffer_add_string(&ret_columns[1], pair->introduced_version);
		buffer_add_byte(&ret_columns[1], ':');
		buffer_add_string(&ret_columns[1], pair->introduced_id);
		buffer_add_byte(&ret_columns[1], ':');
		buffer_add_string(&ret_columns[1], pair->fixed_version);
		buffer_add_byte(&ret_columns[1], ':');
		buffer_add_string(&ret_columns[1], pair->fixed_id);
		buffer_add_byte(&ret_columns[1], '\n');
	}
	for (size_t i = 0; i < record->vulnerable.count; i++) {
		buffer_add_string(&ret_columns[2], record->vulnerable.items[i].hex);
		buffer_add_byte(&ret_columns[2], '\n');
	}
}

/* What follows from the score, once for all plans. */
static void bind_facts(struct statement *add, const struct advisory_record *record)
{
	struct cvss cvss = { 0 };

	if (cvss_parse(&cvss, record->vector.data, record->vector.length, NULL))
		memset(&cvss, 0, sizeof(cvss));
	statement_bind_int(add, 13, routes_of_score(&cvss, record->rationale.data, NULL));
	statement_bind_int(add, 14, impacts_of_score(&cvss, record->rationale.data, NULL));
}

static int add_advisory(struct advisory_store *store, int64_t number,
			const struct advisory_record *record, const char *origin, const char *place,
			struct error *err)
{
	struct statement *add = &store->statements[ADD_ADVISORY];

	statement_bind_int(add, 1, number);
	statement_bind_text(add, 2, record->name);
	statement_bind_text(add, 3, origin);
	statement_bind_text(add, 4, advisory_state_name(record->state));
	statement_bind_text_length(add, 5, record->title.data, record->title.length);
	statement_bind_text_length(add, 6, record->vector.data, record->vector.length);
	statement_bind_int(add, 7, record->score);
	statement_bind_int(add, 8, record->damaged);
	statement_bind_text(add, 9, place);
	pack_record(store->columns, record);
	for (int i = 0; i < 3; i++)
		statement_bind_text_length(add, 10 + i, store->columns[i].data,
					   store->columns[i].length);
	bind_facts(add, record);
	return statement_run(add, err);
}

static int add_text(struct advisory_store *store, int64_t number,
		    const struct advisory_record *record, struct error *err)
{
	struct statement *add = &store->statements[ADD_TEXT];

	statement_bind_int(add, 1, number);
	statement_bind_text_length(add, 2, record->description.data, record->description.length);
	statement_bind_text_length(add, 3, record->rationale.data, record->rationale.length);
	statement_bind_text_length(add, 4, record->note.data, record->note.length);
	return statement_run(add, err);
}

static int add_words(struct advisory_store *store, enum statement_name name, int64_t number,
		     const char *word, struct error *err)
{
	struct statement *add = &store->statements[name];

	statement_bind_int(add, 1, number);
	statement_bind_text(add, 2, word);
	return statement_run(add, err);
}

/* The ids that an advisory is found by. */
static int add_ids(struct advisory_store *store, int64_t number,
		   const struct advisory_record *record, struct error *err)
{
	const struct advisory_pair *pairs = record->pairs.items;
	int error = 0;

	for (size_t i = 0; i < record->fixes.count && !error; i++)
		error = add_words(store, ADD_FIX, number, record->fixes.items[i].id, err);
	for (size_t i = 0; i < record->pairs.count && !error; i++) {
		/* Most lines repeat the introducer of the line before. */
		if (*pairs[i].introduced_id &&
		    (!i || strcmp(pairs[i].introduced_id, pairs[i - 1].introduced_id) != 0))
			error = add_words(store, ADD_INTRODUCED, number, pairs[i].introduced_id,
					  err);
	}
	for (size_t i = 0; i < record->vulnerable.count && !error; i++)
		error = add_words(store, ADD_INTRODUCED, number, record->vulnerable.items[i].hex,
				  err);
	return error;
}

int advisory_store_add(struct advisory_store *store, const struct advisory_record *record,
		       const char *origin, const char *place, struct error *err)
{
	bool is_record = strcmp(origin, "record") == 0;
	int64_t number = is_record ? advisory_name_number(record->name) : store->next++;
	int error = add_advisory(store, number, record, origin, place, err);

	if (!error &&
	    (record->description.length || record->rationale.length || record->note.length))
		error = add_text(store, number, record, err);
	if (!error)
		error = add_ids(store, number, record, err);
	for (size_t i = 0; i < record->files.count && !error; i++)
		error = add_words(store, ADD_FILE, number, record->files.items[i], err);
	return error;
}

int advisory_store_remove(struct advisory_store *store, int64_t number, struct error *err)
{
	int error = 0;

	for (int i = REMOVE_ADVISORY; i <= REMOVE_FILE && !error; i++) {
		statement_bind_int(&store->statements[i], 1, number);
		error = statement_run(&store->statements[i], err);
	}
	return error;
}

int advisory_store_remove_origin(struct advisory_store *store, const char *origin,
				 const char *place, struct error *err)
{
	struct statement *find = &store->statements[FIND_ORIGIN];
	ARRAY(int64_t) numbers = ARRAY_INIT;
	int error;

	statement_bind_text(find, 1, origin);
	statement_bind_text(find, 2, place);
	while ((error = statement_step(find, err)) > 0)
		array_push(&numbers, statement_int(find, 0));
	statement_reset(find);
	for (size_t i = 0; i < numbers.count && !error; i++)
		error = advisory_store_remove(store, numbers.items[i], err);
	array_release(&numbers);
	return error;
}

int advisory_store_damage(struct advisory_store *store, const char *place, const char *name,
			  const char *reason, struct error *err)
{
	struct statement *add = &store->statements[ADD_DAMAGE];

	statement_bind_text(add, 1, place);
	statement_bind_text(add, 2, name);
	statement_bind_text(add, 3, reason);
	return statement_run(add, err);
}

int advisory_store_mend(struct advisory_store *store, const char *name, struct error *err)
{
	struct statement *remove = &store->statements[REMOVE_DAMAGE];

	if (!name)
		return index_run(store->index, "DELETE FROM advisory_damage", err);
	statement_bind_text(remove, 1, name);
	return statement_run(remove, err);
}

int advisory_savepoint_begin(struct index *index, struct error *err)
{
	return index_run(index, "SAVEPOINT advisory", err);
}

int advisory_savepoint_end(struct index *index, int error, struct error *err)
{
	if (!error)
		error = index_run(index, "RELEASE advisory", err);
	/* What went wrong first is what `err` keeps. */
	if (error)
		index_run(index, "ROLLBACK TO advisory; RELEASE advisory", NULL);
	return error;
}
