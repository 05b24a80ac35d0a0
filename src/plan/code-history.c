/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/code-history.h"

#include <stdlib.h>
#include <string.h>

enum {
	BATCH = 512 /* members between two transactions */
};

void code_history_close(struct code_history *history)
{
	if (!history->members)
		return;
	for (size_t i = 0; i < history->members->count; i++)
		code_change_release(&history->changes[i]);
	for (size_t i = 0; history->by_member && i < history->members->count; i++) {
		free(history->by_member[i].uses);
		free(history->by_member[i].keys);
	}
	free(history->by_member);
	free(history->changes);
	table_release(&history->keys);
	table_release(&history->calls);
	array_release(&history->call_events);
	table_release(&history->first_paths);
	array_release(&history->paths);
	array_release(&history->events);
	memset(history, 0, sizeof(*history));
}

/* ---- the index ---- */

static int load(bool *ret_known, struct code_history *history, struct error *err)
{
	struct statement select;
	int error, step;

	error = statement_init(&select, history->members->index,
			       "SELECT c.number, c.data FROM code c JOIN member m ON"
			       " m.number = c.number WHERE m.series = ?",
			       err);
	if (error)
		return error;
	statement_bind_int(&select, 1, history->members->series);
	while ((step = statement_step(&select, err)) > 0) {
		uint32_t member = members_of_number(history->members,
						    (uint32_t)statement_int(&select, 0));

		if (member == MEMBER_NONE || ret_known[member])
			continue;
		/* What cannot be read is found again. */
		ret_known[member] = code_change_read(&history->changes[member],
						     sqlite3_column_blob(select.stmt, 1),
						     (size_t)sqlite3_column_bytes(select.stmt, 1));
	}
	statement_release(&select);
	return step;
}

static int save(struct statement *insert, const struct members *members, uint32_t member,
		const struct code_change *change)
{
	struct buffer text = BUFFER_INIT;
	int error;

	code_change_write(&text, change);
	statement_bind_int(insert, 1, members->items[member].number);
	statement_bind_blob(insert, 2, text.data, text.length);
	error = statement_run(insert, NULL);
	buffer_release(&text);
	return error;
}

/* As for hunks: an index that cannot be written loses nothing but time. */
static void save_range(struct code_history *history, const bool *known, uint32_t start,
		       uint32_t end)
{
	struct index *index = history->members->index;
	struct statement insert;
	int error;

	if (!sqlite3_get_autocommit(index->db) || sqlite3_db_readonly(index->db, "main") ||
	    index_begin(index, NULL))
		return;
	error = statement_init(&insert, index,
			       "INSERT OR REPLACE INTO code(number, data) VALUES(?, ?)", NULL);
	for (uint32_t member = start; member < end && !error; member++)
		if (!known[member])
			error = save(&insert, history->members, member, &history->changes[member]);
	statement_release(&insert);
	if (error || index_commit(index, NULL))
		index_rollback(index);
}

static int find_missing(struct code_history *history, const bool *known, struct files *files,
			struct store *store, struct progress *progress, struct error *err)
{
	const struct members *members = history->members;
	struct change_list changes = CHANGE_LIST_INIT;
	uint32_t start = 0;
	size_t fresh = 0;
	int error = 0;

	for (uint32_t member = 0; member < members->count && !error; member++) {
		if (known[member])
			continue;
		error = members_changes(&changes, members, member, err);
		if (!error)
			error = code_change_find(&history->changes[member], member, &changes, files,
						 store, err);
		change_list_release(&changes);
		if (!error && !(++fresh % BATCH)) {
			save_range(history, known, start, member + 1);
			start = member + 1;
			error = progress_update(progress, member, members->count, err);
		}
	}
	if (fresh)
		save_range(history, known, start, (uint32_t)members->count);
	return error;
}

/* ---- by name ---- */

static void add_event(struct code_history *history, const char *key, const struct key_event *event)
{
	struct key_event *added = array_add(&history->events);
	uint32_t place = (uint32_t)history->events.count - 1, last;

	*added = *event;
	added->next = table_find_string(&last, &history->keys, key) ? last : KEY_END;
	table_set_string(&history->keys, key, place);
}

static void index_event(struct code_history *history, const char *key,
			const struct key_event *event)
{
	const char *last = strrchr(key, *key == 'H' ? '/' : '>');
	char *other;

	add_event(history, key, event);
	if ((*key != 'M' && *key != 'H') || !last)
		return;
	other = string_format("%c %s", *key == 'M' ? 'm' : 'h', last + 1);
	add_event(history, other, event);
	free(other);
}

/* Names of sources as the series first had them: see code_history_path. */
static void follow_renames(struct code_history *history)
{
	for (uint32_t member = 0; member < history->members->count; member++) {
		const struct code_change *change = &history->changes[member];

		for (size_t i = 0; i < change->file_count; i++) {
			const char *first;

			if (!change->files[i].old_path)
				continue;
			first = code_history_path(history, change->files[i].old_path);
			table_set_string(&history->first_paths, change->files[i].path,
					 (uint32_t)history->paths.count);
			array_push(&history->paths, first);
		}
	}
}

const char *code_history_path(const struct code_history *history, const char *path)
{
	uint32_t place;

	return table_find_string(&place, &history->first_paths, path) ? history->paths.items[place]
								      : path;
}

static void index_keys(struct code_history *history)
{
	/* From the last to the first, so that each new one is the head. */
	for (uint32_t member = (uint32_t)history->members->count; member-- > 0;) {
		const struct code_change *change = &history->changes[member];

		for (size_t i = change->event_count; i-- > 0;) {
			const struct name_event *event = &change->events[i];

			index_event(
				history, event->key,
				&(struct key_event){
					member, KEY_END, event->key,
					code_history_path(history, change->files[event->file].path),
					event->before, event->after });
		}
	}
}

static void add_call(struct code_history *history, struct buffer *key, const char *name,
		     const struct call_event *event)
{
	struct call_event *added;
	uint32_t place;

	buffer_clear(key);
	buffer_add_format(key, "N %s", name);
	if (!table_find_string(&place, &history->keys, key->data))
		return;
	added = array_add(&history->call_events);
	*added = *event;
	if (!table_find_string(&added->next, &history->calls, key->data))
		added->next = KEY_END;
	table_set_string(&history->calls, key->data, (uint32_t)history->call_events.count - 1);
}

/* Once all events of names are known; from the last to the first as well. */
static void index_calls(struct code_history *history)
{
	struct buffer key = BUFFER_INIT;

	for (uint32_t member = (uint32_t)history->members->count; member-- > 0;) {
		const struct code_change *change = &history->changes[member];
		struct call_event event = { .member = member };

		for (size_t i = change->use_count; i-- > 0;) {
			const struct name_use *use = &change->uses[i];

			if (use->use.kind != USE_NAME || !use->use.called)
				continue;
			event.added = true;
			event.path = code_history_path(history, change->files[use->file].path);
			add_call(history, &key, use->use.name, &event);
		}
		for (size_t i = change->drop_count; i-- > 0;) {
			event.added = false;
			event.path = code_history_path(history,
						       change->files[change->drops[i].file].path);
			add_call(history, &key, change->drops[i].name, &event);
		}
	}
	buffer_release(&key);
}

/* The key of a use, before it is known what has the member, and where the header is. */
static void write_key(struct buffer *ret_key, const struct code_use *use)
{
	static const char prefixes[USE_KIND_COUNT] = { 'N', 'T', 'm', 'C', 'h' };
	const char *name = use->name, *slash = strrchr(name, '/');

	buffer_clear(ret_key);
	if (use->kind == USE_HEADER)
		name = slash ? slash + 1 : name + 1;
	buffer_add_format(ret_key, "%c %s", prefixes[use->kind], name);
	/* The quote at its end. */
	if (use->kind == USE_HEADER)
		buffer_truncate(ret_key, ret_key->length - 1);
}

static void add_key(struct member_keys *keys, uint32_t key)
{
	uint32_t *added = array_add_raw((void **)&keys->keys, &keys->key_count, &keys->key_capacity,
					sizeof(*added));

	*added = key;
}

static int compare_keys(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* Once all events are known. */
static void index_member(struct code_history *history, uint32_t member)
{
	const struct code_change *change = &history->changes[member];
	struct member_keys *keys = &history->by_member[member];
	struct buffer key = BUFFER_INIT;
	uint32_t place;

	for (size_t i = 0; i < change->use_count; i++) {
		struct keyed_use *use;

		write_key(&key, &change->uses[i].use);
		if (!table_find_string(&place, &history->keys, key.data))
			continue;
		use = array_add_raw((void **)&keys->uses, &keys->use_count, &keys->use_capacity,
				    sizeof(*use));
		use->use = (uint32_t)i;
		use->key = place;
	}
	for (size_t i = 0; i < change->event_count; i++) {
		const char *name = change->events[i].key;
		const char *last = strrchr(name, *name == 'H' ? '/' : '>');

		buffer_clear(&key);
		if ((*name == 'M' || *name == 'H') && last)
			buffer_add_format(&key, "%c %s", *name == 'M' ? 'm' : 'h', last + 1);
		else
			buffer_add_string(&key, name);
		if (table_find_string(&place, &history->keys, key.data))
			add_key(keys, place);
	}
	if (keys->key_count)
		qsort(keys->keys, keys->key_count, sizeof(*keys->keys), compare_keys);
	buffer_release(&key);
}

bool code_history_shares(const struct code_history *history, uint32_t member, uint32_t key)
{
	const struct member_keys *keys = &history->by_member[member];

	return keys->key_count &&
	       bsearch(&key, keys->keys, keys->key_count, sizeof(key), compare_keys);
}

/*
 * A chain of events by its cursor: 0 = the first of the key; else the place of the next one, and
 * one; KEY_END = there is none. False at its end.
 */
static bool chain_place(uint32_t *ret_place, const struct table *firsts, const char *key,
			uint32_t cursor)
{
	if (!cursor)
		return table_find_string(ret_place, firsts, key);
	*ret_place = cursor - 1;
	return cursor != KEY_END;
}

static uint32_t chain_cursor(uint32_t next)
{
	return next == KEY_END ? KEY_END : next + 1;
}

const struct call_event *code_history_next_call(const struct code_history *history, const char *key,
						uint32_t *cursor)
{
	uint32_t place;

	if (!chain_place(&place, &history->calls, key, *cursor))
		return NULL;
	*cursor = chain_cursor(history->call_events.items[place].next);
	return &history->call_events.items[place];
}

const struct key_event *code_history_next(const struct code_history *history, const char *key,
					  uint32_t *cursor)
{
	uint32_t place;

	if (!chain_place(&place, &history->keys, key, *cursor))
		return NULL;
	*cursor = chain_cursor(history->events.items[place].next);
	return &history->events.items[place];
}

int code_history_open(struct code_history *ret_history, struct files *files, struct store *store,
		      struct progress *progress, struct error *err)
{
	bool *known = memory_alloc(files->members->count * sizeof(*known));
	int error;

	memset(ret_history, 0, sizeof(*ret_history));
	ret_history->members = files->members;
	ret_history->changes = memory_alloc(files->members->count * sizeof(*ret_history->changes));
	error = load(known, ret_history, err);
	if (!error)
		error = find_missing(ret_history, known, files, store, progress, err);
	free(known);
	if (error) {
		code_history_close(ret_history);
		return error;
	}
	follow_renames(ret_history);
	index_keys(ret_history);
	index_calls(ret_history);
	ret_history->by_member = memory_alloc(files->members->count *
					      sizeof(*ret_history->by_member));
	for (uint32_t member = 0; member < files->members->count; member++)
		index_member(ret_history, member);
	return 0;
}
