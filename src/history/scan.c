/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/change.h"
#include "git/commit.h"
#include "git/pack-reader.h"
#include "git/repository.h"
#include "history/diff-queue.h"
#include "history/message.h"

/* Larger ones are left to libgit2, which has no limit. */
#define COMMIT_LIMIT (16u << 20)

struct pending {
	git_oid id;
	uint32_t number;
};

struct scan_statements {
	struct statement insert_commit, insert_reference, insert_path, insert_change, find_path,
		set_epoch, insert_epoch;
	struct table paths;
	uint32_t last_path;
	ARRAY(struct pending) stack;
	struct message message;
	struct commit_view view;
	struct buffer text;
	/* A commit whose changes wait for its parent, which is mostly read next. */
	struct {
		bool active;
		uint32_t number;
		git_oid tree;
		git_oid parent;
	} waiting;
	struct diff_queue *queue;
};

static const struct {
	size_t offset;
	const char *sql;
} statement_table[] = {
	{ offsetof(struct scan_statements, insert_commit),
	  "INSERT INTO commits(number, id, tree, parents, author, author_time, committer_time,"
	  " subject, mark, epoch, version) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" },
	{ offsetof(struct scan_statements, insert_reference),
	  "INSERT INTO reference(number, sequence, kind, target, words) VALUES(?, ?, ?, ?, ?)" },
	{ offsetof(struct scan_statements, insert_path),
	  "INSERT INTO path(path, name) VALUES(?, ?)" },
	{ offsetof(struct scan_statements, insert_change),
	  "INSERT INTO change(number, path, old_mode, new_mode, old_id, new_id)"
	  " VALUES(?, ?, ?, ?, ?, ?)" },
	{ offsetof(struct scan_statements, find_path), "SELECT path FROM path WHERE name = ?" },
	{ offsetof(struct scan_statements, set_epoch),
	  "UPDATE commits SET epoch = ? WHERE number = ?" },
	{ offsetof(struct scan_statements, insert_epoch),
	  "INSERT OR IGNORE INTO epoch(epoch, holds) VALUES(?, ?)" },
};

static struct statement *statement_at(struct scan_statements *statements, size_t i)
{
	return (struct statement *)((char *)statements + statement_table[i].offset);
}

static void note_epoch(struct scan *scan, uint32_t number, uint32_t epoch)
{
	scan->epochs[number] = (uint16_t)epoch;
}

static void reserve_number(struct scan *scan, uint32_t number, size_t *capacity)
{
	size_t before = *capacity;

	if (number < before)
		return;
	while (*capacity <= number)
		*capacity = *capacity ? *capacity * 2 : 4096;
	scan->epochs = memory_resize(scan->epochs, *capacity, sizeof(*scan->epochs));
	memset(scan->epochs + before, 0, (*capacity - before) * sizeof(*scan->epochs));
}

static int load_commits(struct scan *scan, struct error *err)
{
	struct statement statement;
	uint32_t number;
	git_oid id;
	int step, error;

	error = statement_init(&statement, scan->index,
			       "SELECT number, id, parents, epoch FROM commits ORDER BY number",
			       err);
	if (error)
		return error;
	while ((step = statement_step(&statement, err)) > 0) {
		number = (uint32_t)statement_int(&statement, 0);
		statement_id(&id, &statement, 1);
		id_map_set(&scan->numbers, &id, number);
		topology_set(&scan->topology, number, sqlite3_column_blob(statement.stmt, 2),
			     (size_t)sqlite3_column_bytes(statement.stmt, 2) / 4);
		reserve_number(scan, number, &scan->epochs_capacity);
		note_epoch(scan, number, (uint32_t)statement_int(&statement, 3));
		if (number > scan->last_number)
			scan->last_number = number;
	}
	statement_release(&statement);
	return step;
}

static int load_last_path(struct scan *scan, struct error *err)
{
	struct statement statement;
	int error = statement_init(&statement, scan->index, "SELECT max(path) FROM path", err);

	if (error)
		return error;
	error = statement_step(&statement, err);
	if (error > 0)
		scan->statements->last_path = (uint32_t)statement_int(&statement, 0);
	statement_release(&statement);
	return error < 0 ? error : 0;
}

int scan_init(struct scan *ret_scan, struct index *index, git_odb *odb, const char *objects,
	      struct progress *progress, struct error *err)
{
	int error = 0;

	memset(ret_scan, 0, sizeof(*ret_scan));
	ret_scan->index = index;
	ret_scan->odb = odb;
	ret_scan->packs = pack_reader_open(objects);
	ret_scan->progress = progress;
	ret_scan->statements = memory_alloc(sizeof(*ret_scan->statements));
	message_init(&ret_scan->statements->message);
	buffer_init(&ret_scan->statements->text);
	reserve_number(ret_scan, 0, &ret_scan->epochs_capacity);
	for (size_t i = 0; i < COUNT_OF(statement_table) && !error; i++)
		error = statement_init(statement_at(ret_scan->statements, i), index,
				       statement_table[i].sql, err);
	if (!error)
		error = diff_queue_open(&ret_scan->statements->queue, odb, objects, err);
	if (!error)
		error = load_commits(ret_scan, err);
	if (!error)
		error = load_last_path(ret_scan, err);
	if (error)
		scan_release(ret_scan);
	return error;
}

void scan_release(struct scan *scan)
{
	struct scan_statements *statements = scan->statements;

	if (statements) {
		for (size_t i = 0; i < COUNT_OF(statement_table); i++)
			statement_release(statement_at(statements, i));
		table_release(&statements->paths);
		array_release(&statements->stack);
		message_release(&statements->message);
		commit_view_release(&statements->view);
		diff_queue_close(statements->queue);
		buffer_release(&statements->text);
		free(statements);
	}
	pack_reader_close(scan->packs);
	id_map_release(&scan->numbers);
	topology_release(&scan->topology);
	free(scan->epochs);
	memset(scan, 0, sizeof(*scan));
}

/* The commit's number, given now if it is new; `ret_new` says which. */
static uint32_t number_of(bool *ret_new, struct scan *scan, const git_oid *id)
{
	uint32_t number;

	*ret_new = !id_map_find(&number, &scan->numbers, id);
	if (*ret_new) {
		number = ++scan->last_number;
		id_map_set(&scan->numbers, id, number);
		reserve_number(scan, number, &scan->epochs_capacity);
	}
	return number;
}

static void push(struct scan *scan, const git_oid *id, uint32_t number)
{
	struct pending *pending = array_add(&scan->statements->stack);

	pending->id = *id;
	pending->number = number;
}

static int find_path(uint32_t *ret_path, struct scan *scan, const char *name, struct error *err)
{
	struct scan_statements *statements = scan->statements;
	size_t length = strlen(name);
	int step;

	if (table_find(ret_path, &statements->paths, name, length))
		return 0;
	statement_bind_text(&statements->find_path, 1, name);
	step = statement_step(&statements->find_path, err);
	if (step > 0)
		*ret_path = (uint32_t)statement_int(&statements->find_path, 0);
	statement_reset(&statements->find_path);
	if (step < 0)
		return step;
	if (!step) {
		*ret_path = ++statements->last_path;
		statement_bind_int(&statements->insert_path, 1, *ret_path);
		statement_bind_text(&statements->insert_path, 2, name);
		step = statement_run(&statements->insert_path, err);
		if (step < 0)
			return step;
	}
	table_set(&statements->paths, name, length, *ret_path);
	return 0;
}

static int store_changes(struct scan *scan, uint32_t number, const struct change_list *changes,
			 struct error *err)
{
	struct statement *insert = &scan->statements->insert_change;
	const struct change *change;
	uint32_t path;
	int error = 0;

	for (size_t i = 0; i < changes->count && !error; i++) {
		change = &changes->items[i];
		error = find_path(&path, scan, change->path, err);
		if (error)
			break;
		statement_bind_int(insert, 1, number);
		statement_bind_int(insert, 2, path);
		statement_bind_int(insert, 3, change->old_mode);
		statement_bind_int(insert, 4, change->new_mode);
		statement_bind_id(insert, 5, &change->old_id);
		statement_bind_id(insert, 6, &change->new_id);
		error = statement_run(insert, err);
	}
	return error;
}

static int store_references(struct scan *scan, uint32_t number, struct error *err)
{
	struct scan_statements *statements = scan->statements;
	struct statement *insert = &statements->insert_reference;
	const struct reference *reference;
	struct buffer words = BUFFER_INIT;
	int error = 0;

	for (size_t i = 0; i < statements->message.references.count && !error; i++) {
		reference = &statements->message.references.items[i];
		buffer_clear(&words);
		buffer_clear(&statements->text);
		reference_add_text(&words, reference);
		buffer_add_utf8(&statements->text, words.data, words.length);
		statement_bind_int(insert, 1, number);
		statement_bind_int(insert, 2, (int64_t)i);
		statement_bind_int(insert, 3, reference->kind);
		if (reference->kind == REFERENCE_ADVISORY) {
			statement_bind_text(insert, 4, "");
			statement_bind_text(insert, 5, reference->id);
		} else {
			statement_bind_text(insert, 4, reference->id);
			statement_bind_text_length(insert, 5, statements->text.data,
						   statements->text.length);
		}
		error = statement_run(insert, err);
	}
	buffer_release(&words);
	return error;
}

static int mark_of(const struct message *message, size_t parents)
{
	int mark = parents > 1 ? COMMIT_MERGE : 0;

	if (message->adapted)
		mark |= COMMIT_ADAPTED;
	if (message_find(message, REFERENCE_PARTIALLY_REVERTS))
		mark |= COMMIT_PARTIAL_REVERT;
	return mark | (int)(message->revert_depth & 0xff) << COMMIT_SUBJECT_SHIFT;
}

static void bind_utf8(struct scan_statements *statements, int at, struct text_span span)
{
	buffer_clear(&statements->text);
	buffer_add_utf8(&statements->text, span.text, span.length);
	statement_bind_text_length(&statements->insert_commit, at, statements->text.data,
				   statements->text.length);
}

static int store_commit(struct scan *scan, const struct pending *pending, const uint32_t *parents,
			uint32_t epoch, struct error *err)
{
	struct scan_statements *statements = scan->statements;
	struct statement *insert = &statements->insert_commit;
	const struct commit_view *view = &statements->view;
	const struct message *message = &statements->message;
	const struct person_span *author = &view->author;
	char version[64] = "";

	statement_bind_int(insert, 1, pending->number);
	statement_bind_id(insert, 2, &pending->id);
	statement_bind_id(insert, 3, &view->tree);
	statement_bind_blob(insert, 4, parents, view->parent_count * sizeof(*parents));
	bind_utf8(statements, 5,
		  (struct text_span){ author->line.text,
				      author->mail.text
					      ? (size_t)(author->mail.text + author->mail.length +
							 1 - author->line.text)
					      : author->line.length });
	statement_bind_int(insert, 6, author->time);
	statement_bind_int(insert, 7, view->committer.time);
	bind_utf8(statements, 8, (struct text_span){ message->subject, message->subject_length });
	statement_bind_int(insert, 9, mark_of(message, view->parent_count));
	statement_bind_int(insert, 10, epoch);
	if (message->release.is_release && !message->release.candidate && !message->release.extra)
		snprintf(version, sizeof(version), "%u.%u.%u", message->release.version,
			 message->release.patchlevel, message->release.sublevel);
	statement_bind_text(insert, 11, version[0] ? version : NULL);
	return statement_run(insert, err);
}

/* A commit's bytes, from a pack or else from libgit2. */
struct commit_bytes {
	struct cached_object *cached;
	git_odb_object *object;
	const void *data;
	size_t length;
};

static void commit_bytes_release(struct commit_bytes *bytes)
{
	cached_object_unref(bytes->cached);
	git_odb_object_free(bytes->object);
}

/* ERROR_NOT_FOUND where it is missing, in the words of libgit2. */
static int read_bytes(struct commit_bytes *ret_bytes, struct scan *scan, const git_oid *id,
		      struct error *err)
{
	git_object_t type;

	memset(ret_bytes, 0, sizeof(*ret_bytes));
	ret_bytes->cached = pack_reader_read(scan->packs, id, COMMIT_LIMIT);
	if (ret_bytes->cached) {
		type = ret_bytes->cached->type;
		ret_bytes->data = ret_bytes->cached->data;
		ret_bytes->length = ret_bytes->cached->length;
	} else if (git_odb_read(&ret_bytes->object, scan->odb, id) < 0) {
		git_failed(err, "commit %s: is missing from the source; repair it with git fetch",
			   id_hex(id).text);
		return ERROR_NOT_FOUND;
	} else {
		type = git_odb_object_type(ret_bytes->object);
		ret_bytes->data = git_odb_object_data(ret_bytes->object);
		ret_bytes->length = git_odb_object_size(ret_bytes->object);
	}
	if (type == GIT_OBJECT_COMMIT)
		return 0;
	commit_bytes_release(ret_bytes);
	return error_set(err, ERROR_INPUT, "%s: is no commit", id_hex(id).text);
}

/* The tree of a first parent; in linear history it is the next commit to be read anyway. */
static int read_tree_of(git_oid *ret_tree, struct scan *scan, const git_oid *commit,
			struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct commit_bytes bytes;
	int error = read_bytes(&bytes, scan, commit, err);

	if (error)
		return error;
	error = commit_view_parse(&view, bytes.data, bytes.length, commit, err);
	*ret_tree = view.tree;
	commit_view_release(&view);
	commit_bytes_release(&bytes);
	return error;
}

/* Stores what is ready; all of it when `wait`. */
static int store_ready_changes(struct scan *scan, bool wait, struct error *err)
{
	struct diff_queue *queue = scan->statements->queue;
	struct diff_result result;
	int got, error = 0;

	while (!error && (got = diff_queue_take(&result, queue, wait, err)) != 0) {
		error = got < 0 ? got : store_changes(scan, result.number, &result.changes, err);
		change_list_release(&result.changes);
	}
	return error;
}

/* Has the changes of the waiting commit found, now that its parent's tree is known. */
static int settle_waiting(struct scan *scan, const git_oid *parent_tree, struct error *err)
{
	struct scan_statements *statements = scan->statements;
	git_oid tree;
	int error = 0;

	if (!statements->waiting.active)
		return 0;
	statements->waiting.active = false;
	if (!parent_tree) {
		error = read_tree_of(&tree, scan, &statements->waiting.parent, err);
		parent_tree = &tree;
	}
	if (error)
		return error;
	if (diff_queue_is_full(statements->queue))
		error = store_ready_changes(scan, false, err);
	if (!error)
		diff_queue_add(statements->queue, statements->waiting.number, parent_tree,
			       &statements->waiting.tree);
	return error;
}

/* A commit that is indexed already joins the epoch, and so do its ancestors. */
int scan_join_epoch(struct scan *scan, uint32_t number, uint32_t epoch, struct error *err)
{
	struct scan_statements *statements = scan->statements;
	ARRAY(uint32_t) stack = ARRAY_INIT;
	struct topology *topology = &scan->topology;
	const uint32_t *parents;
	int error = 0;

	array_push(&stack, number);
	while (stack.count && !error) {
		number = stack.items[--stack.count];
		if (!topology_has(topology, number) || scan->epochs[number] == epoch)
			continue;
		if (scan->epochs[number]) {
			statement_bind_int(&statements->insert_epoch, 1, epoch);
			statement_bind_int(&statements->insert_epoch, 2, scan->epochs[number]);
			error = statement_run(&statements->insert_epoch, err);
			continue;
		}
		note_epoch(scan, number, epoch);
		statement_bind_int(&statements->set_epoch, 1, epoch);
		statement_bind_int(&statements->set_epoch, 2, number);
		error = statement_run(&statements->set_epoch, err);
		parents = topology->parents + topology->first_parent[number];
		for (uint32_t i = 0; i + 1 < topology->parent_count[number]; i++)
			array_push(&stack, parents[i]);
	}
	array_release(&stack);
	return error;
}

static int note_parents(uint32_t **ret_parents, struct scan *scan, const struct pending *pending,
			uint32_t epoch, struct error *err)
{
	const struct commit_view *view = &scan->statements->view;
	uint32_t *parents = memory_alloc(view->parent_count * sizeof(*parents));
	bool is_new;
	int error = 0;

	for (size_t i = 0; i < view->parent_count && !error; i++) {
		parents[i] = number_of(&is_new, scan, &view->parents[i]);
		if (is_new)
			push(scan, &view->parents[i], parents[i]);
		else if (epoch)
			error = scan_join_epoch(scan, parents[i], epoch, err);
	}
	topology_set(&scan->topology, pending->number, parents, view->parent_count);
	*ret_parents = parents;
	return error;
}

static int index_commit_object(struct scan *scan, const struct pending *pending,
			       const struct commit_bytes *bytes, uint32_t epoch, struct error *err)
{
	struct scan_statements *statements = scan->statements;
	struct commit_view *view = &statements->view;
	uint32_t *parents = NULL;
	bool follows;
	int error;

	error = commit_view_parse(view, bytes->data, bytes->length, &pending->id, err);
	follows = statements->waiting.active &&
		  git_oid_equal(&statements->waiting.parent, &pending->id);
	if (!error)
		error = settle_waiting(scan, follows ? &view->tree : NULL, err);
	if (!error)
		error = note_parents(&parents, scan, pending, epoch, err);
	if (!error) {
		message_parse(&statements->message, view->message.text, view->message.length);
		error = store_commit(scan, pending, parents, epoch, err);
	}
	if (!error)
		error = store_references(scan, pending->number, err);
	/* Merges change nothing of their own; a root is an import of a whole tree. */
	if (!error && !epoch && view->parent_count == 1) {
		statements->waiting.active = true;
		statements->waiting.number = pending->number;
		statements->waiting.tree = view->tree;
		statements->waiting.parent = view->parents[0];
	}
	note_epoch(scan, pending->number, epoch);
	scan->commits_read++;
	free(parents);
	return error;
}

static int read_commit(struct scan *scan, const struct pending *pending, uint32_t epoch,
		       struct error *err)
{
	struct commit_bytes bytes;
	int error = read_bytes(&bytes, scan, &pending->id, err);

	if (error)
		return error == ERROR_NOT_FOUND && scan->is_shallow ? 0 : error;
	error = index_commit_object(scan, pending, &bytes, epoch, err);
	commit_bytes_release(&bytes);
	return error;
}

int scan_commits(uint32_t *ret_number, struct scan *scan, const git_oid *tip, uint32_t epoch,
		 struct error *err)
{
	struct scan_statements *statements = scan->statements;
	struct pending pending;
	bool is_new;
	int error = 0;

	*ret_number = number_of(&is_new, scan, tip);
	if (is_new)
		push(scan, tip, *ret_number);
	else if (epoch)
		error = scan_join_epoch(scan, *ret_number, epoch, err);
	while (!error && statements->stack.count) {
		pending = statements->stack.items[--statements->stack.count];
		error = read_commit(scan, &pending, epoch, err);
		if (!error && scan->commits_read % 512 == 0)
			error = progress_update(scan->progress, scan->commits_read, 0, err);
	}
	if (!error)
		error = settle_waiting(scan, NULL, err);
	return error ? error : store_ready_changes(scan, true, err);
}

int scan_forget_unreachable(struct scan *scan, struct error *err)
{
	static const char *const steps[] = {
		"CREATE TEMP TABLE gone(number INTEGER PRIMARY KEY)",
		"INSERT INTO gone SELECT number FROM commits WHERE epoch = 0"
		" AND number NOT IN (SELECT number FROM member)",
		"DELETE FROM reference WHERE number IN (SELECT number FROM gone)",
		"DELETE FROM change WHERE number IN (SELECT number FROM gone)",
		"DELETE FROM code WHERE number IN (SELECT number FROM gone)",
		"DELETE FROM commits WHERE number IN (SELECT number FROM gone)",
		"DROP TABLE gone",
	};
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(steps) && !error; i++)
		error = index_run(scan->index, steps[i], err);
	return error;
}
