/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/import-run.h"

#include "advisory/entry.h"
#include "advisory/lines.h"
#include "advisory/store.h"

struct run {
	struct advisory_import *import;
	struct index *index;
	const struct advisory_source *source;
	struct advisory_store store;
	struct advisory_record record;
	struct buffer data;
	struct statement is_known;
	struct statement add_not_fix;
};

/* What is read of a record in each state; the text last, see record.h. */
static const enum advisory_file reading_order[] = {
	ADVISORY_FILE_FIX,   ADVISORY_FILE_PAIRS, ADVISORY_FILE_VULNERABLE,
	ADVISORY_FILE_SCORE, ADVISORY_FILE_TEXT,  ADVISORY_FILE_REJECTION,
};

static const unsigned files_of_state[ADVISORY_STATES] = {
	[ADVISORY_PUBLISHED] = 1u << ADVISORY_FILE_FIX | 1u << ADVISORY_FILE_PAIRS |
			       1u << ADVISORY_FILE_VULNERABLE | 1u << ADVISORY_FILE_SCORE |
			       1u << ADVISORY_FILE_TEXT,
	[ADVISORY_REJECTED] = 1u << ADVISORY_FILE_FIX | 1u << ADVISORY_FILE_PAIRS |
			      1u << ADVISORY_FILE_TEXT | 1u << ADVISORY_FILE_REJECTION,
};

static int read_file(struct run *run, const struct change *file, size_t limit, struct error *err)
{
	buffer_clear(&run->data);
	if (file->new_mode == 0120000)
		return error_set(err, ERROR_INPUT, "%s: a symbolic link, which is not followed",
				 file->path);
	if ((file->new_mode & 0170000) != 0100000)
		return error_set(err, ERROR_INPUT, "%s: no regular file", file->path);
	return run->source->read(&run->data, run->source->data, file, limit, err);
}

/* Keeps an error that lies in the records and goes on; passes on any other. */
static int keep_damage(struct run *run, int error, const char *place, const char *name,
		       const struct error *what, struct error *err)
{
	if (error == ERROR_INPUT)
		return advisory_store_damage(&run->store, place, name, what->message, err);
	return error_set(err, error, "%s", what->message);
}

static int read_record_file(struct run *run, const struct advisory_entry *entry,
			    enum advisory_file file, struct error *err)
{
	struct error what = ERROR_INIT;
	const struct change *change = entry->files[file];
	int error = read_file(run, change, advisory_file_limit(file), &what);

	if (error)
		run->record.damaged |= 1u << file;
	else
		error = advisory_record_read(&run->record, file, change->path, run->data.data,
					     run->data.length, &what);
	return error ? keep_damage(run, error, change->path, entry->name, &what, err) : 0;
}

static int report_rivals(struct run *run, const struct advisory_entry *entry, struct error *err)
{
	struct error what = ERROR_INIT;
	char *place, *winner = advisory_entry_place(entry);
	int error = 0;

	for (const struct advisory_entry *rival = entry->rival; rival && !error;
	     rival = rival->rival) {
		place = advisory_entry_place(rival);
		error_set(&what, ERROR_INPUT, "%s: the same CVE stands in %s, which counts", place,
			  winner);
		error = keep_damage(run, ERROR_INPUT, place, entry->name, &what, err);
		free(place);
	}
	free(winner);
	return error;
}

static int import_record(struct run *run, const struct advisory_entry *entry, struct error *err)
{
	struct advisory_record *record = &run->record;
	struct error what = ERROR_INIT;
	char *place = advisory_entry_place(entry);
	enum advisory_file file;
	int error = 0;

	advisory_record_clear(record);
	memcpy(record->name, entry->name, sizeof(record->name));
	record->state = entry->state;
	for (size_t i = 0; i < COUNT_OF(reading_order) && !error; i++) {
		file = reading_order[i];
		if (entry->files[file] && (files_of_state[entry->state] & 1u << file))
			error = read_record_file(run, entry, file, err);
	}
	if (!error && advisory_record_finish(record, place, &what))
		error = keep_damage(run, what.code, place, entry->name, &what, err);
	if (!error)
		error = report_rivals(run, entry, err);
	if (!error)
		error = advisory_store_add(&run->store, record, "record", place, err);
	run->import->read++;
	free(place);
	return error;
}

static int is_known(bool *ret_known, struct run *run, int64_t number, struct error *err)
{
	int step;

	statement_bind_int(&run->is_known, 1, number);
	step = statement_step(&run->is_known, err);
	statement_reset(&run->is_known);
	*ret_known = step > 0;
	return step < 0 ? step : 0;
}

static int compare_numbers(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static void sort_numbers(struct advisory_numbers *numbers)
{
	size_t kept = 0;

	if (numbers->count)
		qsort(numbers->items, numbers->count, sizeof(*numbers->items), compare_numbers);
	for (size_t i = 0; i < numbers->count; i++) {
		if (!kept || numbers->items[kept - 1] != numbers->items[i])
			numbers->items[kept++] = numbers->items[i];
	}
	numbers->count = kept;
}

static const struct advisory_entry *find_entry(const struct advisory_entry_list *list,
					       int64_t number)
{
	size_t low = 0, high = list->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (list->items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->items[low].number == number ? &list->items[low] : NULL;
}

/* The name that a number was made of: for damage, which is kept by name. */
static int forget_damage(struct run *run, int64_t number, struct error *err)
{
	char name[ADVISORY_NAME_SIZE];

	snprintf(name, sizeof(name), "CVE-%04lld-%04lld", (long long)(number / 1000000000),
		 (long long)(number % 1000000000));
	return advisory_store_mend(&run->store, name, err);
}

static int import_touched(struct run *run, const struct advisory_entry_list *entries,
			  struct advisory_numbers *touched, struct progress *progress,
			  struct error *err)
{
	const struct advisory_entry *entry;
	bool known;
	int error = 0;

	sort_numbers(touched);
	for (size_t i = 0; i < touched->count && !error; i++) {
		entry = find_entry(entries, touched->items[i]);
		error = is_known(&known, run, touched->items[i], err);
		if (!error && known)
			error = advisory_store_remove(&run->store, touched->items[i], err);
		if (!error)
			error = forget_damage(run, touched->items[i], err);
		if (!error && entry)
			error = import_record(run, entry, err);
		run->import->added += entry && !known;
		run->import->changed += entry && known;
		run->import->removed += !entry && known;
		if (!error && i % 64 == 0)
			error = progress_update(progress, i, touched->count, err);
	}
	return error;
}

static int import_all(struct run *run, const struct advisory_entry_list *entries,
		      struct progress *progress, struct error *err)
{
	size_t before = 0;
	bool known;
	int error = advisory_import_count(run->import, run->index, err);

	before = run->import->published + run->import->rejected + run->import->reserved;
	for (size_t i = 0; i < entries->count && before && !error; i++) {
		error = is_known(&known, run, entries->items[i].number, err);
		run->import->changed += known;
	}
	run->import->removed = before - run->import->changed;
	run->import->added = entries->count - run->import->changed;
	if (!error)
		error = advisory_forget(run->index, err);
	for (size_t i = 0; i < entries->count && !error; i++) {
		error = import_record(run, &entries->items[i], err);
		if (!error && i % 64 == 0)
			error = progress_update(progress, i, entries->count, err);
	}
	return error;
}

static int add_not_fix(struct run *run, const char *line, size_t length, struct error *err)
{
	const char *blank = memchr(line, ' ', length), *words;
	size_t span = blank ? (size_t)(blank - line) : length;
	struct advisory_id id;

	if (!advisory_id_parse(&id, line, span, ADVISORY_ID_SHORTEST))
		return ERROR_INPUT;
	words = line + span;
	length -= span;
	text_trim(&words, &length);
	if (memchr(words, '\0', length) || !text_is_utf8(words, length))
		length = 0;
	statement_bind_text(&run->add_not_fix, 1, id.hex);
	statement_bind_text_length(&run->add_not_fix, 2, words, length);
	return statement_run(&run->add_not_fix, err) ? ERROR_SYSTEM : 0;
}

#define NOT_FIXES_LIMIT (1u << 20)

/* "<id> <words>" a line; small, so it is read each time. */
static int import_not_fixes(struct run *run, const struct change *file, struct error *err)
{
	struct error what = ERROR_INIT;
	struct lines lines;
	const char *line;
	size_t length;
	int error = index_run(run->index, "DELETE FROM advisory_not_fix", err);

	if (error || !file)
		return error;
	error = read_file(run, file, NOT_FIXES_LIMIT, &what);
	if (error)
		return keep_damage(run, error, file->path, "", &what, err);
	for (lines_init(&lines, run->data.data, run->data.length);
	     lines_next(&line, &length, &lines);) {
		if (!length || *line == '#')
			continue;
		error = add_not_fix(run, line, length, err);
		if (error == ERROR_INPUT && !what.code)
			error_set(&what, error, "%s:%zu: no commit id of 12 to 40 hex digits",
				  file->path, lines.number);
		else if (error && error != ERROR_INPUT)
			return error;
	}
	return what.code ? keep_damage(run, what.code, file->path, "", &what, err) : 0;
}

/* What belongs to no record: told anew each time. */
static int import_rest(struct run *run, const struct advisory_entry_list *entries,
		       struct error *err)
{
	struct error what = ERROR_INIT;
	const char *path;
	int error = advisory_store_mend(&run->store, "", err);

	for (size_t i = 0; i < entries->strange_count && !error; i++) {
		path = entries->strange[i]->path;
		error_set(&what, ERROR_INPUT, "%s: a directory was expected; nothing was read",
			  path);
		error = keep_damage(run, ERROR_INPUT, path, "", &what, err);
	}
	return error ? error : import_not_fixes(run, entries->not_fixes, err);
}

int advisory_import_run(struct advisory_import *import, struct index *index,
			const struct change_list *files, struct advisory_numbers *touched,
			const struct advisory_source *source, struct progress *progress,
			struct error *err)
{
	struct run run = { .import = import, .index = index, .source = source };
	struct advisory_entry_list entries;
	int error;

	advisory_entry_list_make(&entries, files);
	advisory_record_init(&run.record);
	buffer_init(&run.data);
	if (!entries.has_layout) {
		error = error_set(err, ERROR_INPUT,
				  "no advisories there: neither cve/published/YEAR/CVE-... nor "
				  "published/YEAR/CVE-...; it was to be a clone of the kernel "
				  "CNA's vulns repository");
		goto out;
	}
	error = advisory_store_init(&run.store, index, err);
	if (!error)
		error = statement_init(&run.is_known, index,
				       "SELECT 1 FROM advisory WHERE advisory = ?", err);
	if (!error)
		error = statement_init(
			&run.add_not_fix, index,
			"INSERT OR REPLACE INTO advisory_not_fix(id, words) VALUES(?, ?)", err);
	progress_begin(progress, "Importing advisories");
	if (!error && touched)
		error = import_touched(&run, &entries, touched, progress, err);
	else if (!error)
		error = import_all(&run, &entries, progress, err);
	if (!error)
		error = import_rest(&run, &entries, err);
	progress_end(progress);
	if (!error)
		error = advisory_import_count(import, index, err);
	statement_release(&run.is_known);
	statement_release(&run.add_not_fix);
	advisory_store_release(&run.store);
out:
	advisory_record_release(&run.record);
	buffer_release(&run.data);
	advisory_entry_list_release(&entries);
	return error;
}

int advisory_import_count(struct advisory_import *import, struct index *index, struct error *err)
{
	static const char sql[] = "SELECT state, COUNT(*) FROM advisory WHERE origin = 'record'"
				  " GROUP BY state UNION ALL"
				  " SELECT 'damaged', COUNT(*) FROM advisory_damage";
	struct statement statement;
	const char *word;
	size_t count;
	int error = statement_init(&statement, index, sql, err);

	if (error)
		return error;
	import->published = import->rejected = import->reserved = import->damaged = 0;
	while ((error = statement_step(&statement, err)) > 0) {
		word = statement_text(&statement, 0);
		count = (size_t)statement_int(&statement, 1);
		if (strcmp(word, "damaged") == 0)
			import->damaged += count;
		else if (strcmp(word, "published") == 0)
			import->published += count;
		else if (strcmp(word, "rejected") == 0)
			import->rejected += count;
		else
			import->reserved += count;
	}
	statement_release(&statement);
	return error;
}

int advisory_forget(struct index *index, struct error *err)
{
	/* Records are numbered below ADVISORY_NUMBER_LIMIT. */
	static const char *const tables[] = { "advisory", "advisory_text", "advisory_fix",
					      "advisory_introduced", "advisory_file" };
	char *sql;
	int error = advisory_savepoint_begin(index, err);

	if (error)
		return error;
	for (size_t i = 0; i < COUNT_OF(tables) && !error; i++) {
		sql = string_format("DELETE FROM %s WHERE advisory < %lld", tables[i],
				    (long long)ADVISORY_NUMBER_LIMIT);
		error = index_run(index, sql, err);
		free(sql);
	}
	if (!error)
		error = index_run(index,
				  "DELETE FROM advisory_damage; DELETE FROM advisory_not_fix;"
				  "DELETE FROM fact WHERE name IN ('advisory_source',"
				  " 'advisory_commit', 'advisory_digest')",
				  err);
	return advisory_savepoint_end(index, error, err);
}
