/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"

int index_error(struct index *index, struct error *err)
{
	int code = sqlite3_extended_errcode(index->db);

	/* The second is of the file beside it that is there while it is open. */
	if (code == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE)
		return error_set(err, ERROR_SYSTEM, "%s: the disk is full; nothing was changed",
				 index->path);
	if ((code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_CANTOPEN)
		return error_set(err, ERROR_SYSTEM, "%s: cannot be written: %s", index->path,
				 sqlite3_errmsg(index->db));
	if ((code & 0xff) == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return error_set(err, ERROR_SYSTEM,
				 "%s: damaged; delete it, the next sync makes it again",
				 index->path);
	return error_set(err, ERROR_SYSTEM, "%s: %s", index->path, sqlite3_errmsg(index->db));
}

int index_run(struct index *index, const char *sql, struct error *err)
{
	if (sqlite3_exec(index->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return index_error(index, err);
	return 0;
}

/*
 * The file's own number: 0 new, -1 not a database or damaged. What cannot be read for another
 * reason - no room for the files beside it, somebody else has it locked - is an error: such a
 * file is as good as it was.
 */
static int read_version(int *ret_version, struct index *index, struct error *err)
{
	sqlite3_stmt *stmt = NULL;
	int error = 0, code;

	*ret_version = -1;
	if (sqlite3_prepare_v2(index->db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW) {
		*ret_version = sqlite3_column_int(stmt, 0);
	} else {
		code = sqlite3_errcode(index->db);
		if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB)
			error = index_error(index, err);
	}
	sqlite3_finalize(stmt);
	return error;
}

/* As a URI, with a write-ahead log that is empty taken for one that is not there. */
static void name_readonly(struct buffer *ret_name, const char *path)
{
	char *log = string_format("%s-wal", path);
	struct stat status;

	buffer_add_string(ret_name, "file:");
	for (const char *at = path; *at; at++)
		if (strchr("?#%", *at))
			buffer_add_format(ret_name, "%%%02x", (unsigned char)*at);
		else
			buffer_add_byte(ret_name, *at);
	buffer_add_string(ret_name, "?mode=ro");
	/* Otherwise SQLite wants to make files beside it, even to read. */
	if (stat(log, &status) || !status.st_size)
		buffer_add_string(ret_name, "&immutable=1");
	free(log);
}

static int open_file(struct index *index, bool readonly, struct error *err)
{
	int flags = readonly ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
			     : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct buffer name = BUFFER_INIT;
	int result;

	if (readonly)
		name_readonly(&name, index->path);
	else
		buffer_add_string(&name, index->path);
	result = sqlite3_open_v2(name.data, &index->db, flags, NULL);
	buffer_release(&name);
	if (result != SQLITE_OK) {
		error_set(err, ERROR_SYSTEM, "%s: cannot be opened: %s", index->path,
			  index->db ? sqlite3_errmsg(index->db) : "no memory");
		sqlite3_close(index->db);
		index->db = NULL;
		return ERROR_SYSTEM;
	}
	sqlite3_busy_timeout(index->db, 10000);
	return 0;
}

static int create_schema(struct index *index, struct error *err)
{
	char *version = string_format("PRAGMA user_version = %d", schema_version);
	int error = index_begin(index, err);
	int there = 0;

	/* Another run can have been quicker. */
	if (!error)
		error = read_version(&there, index, err);
	if (!error && there != schema_version) {
		error = index_run(index, schema_text, err);
		if (!error)
			error = index_run(index, version, err);
	}
	if (!error)
		error = index_commit(index, err);
	else
		index_rollback(index);
	free(version);
	index->created = true;
	return error;
}

static void remove_file(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	char *name;

	for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
		name = string_format("%s%s", path, suffixes[i]);
		unlink(name);
		free(name);
	}
}

int index_open(struct index *ret_index, const char *path, bool readonly, struct error *err)
{
	int version, error;

	memset(ret_index, 0, sizeof(*ret_index));
	ret_index->path = string_copy(path);
	error = open_file(ret_index, readonly, err);
	if (error)
		goto failed;
	error = read_version(&version, ret_index, err);
	if (error && !readonly)
		goto failed;
	if (version > schema_version) {
		error = error_set(err, ERROR_REFUSED,
				  "%s: made by a newer sectree (layout %d, this one knows %d); "
				  "use that one, or delete the file and sync again",
				  path, version, schema_version);
		goto failed;
	}
	if (readonly && version != schema_version) {
		error = error_set(err, ERROR_SYSTEM,
				  "%s: cannot be used as it is and cannot be written; run "
				  "'sectree sync' where the workspace is writable",
				  path);
		goto failed;
	}
	if (version != schema_version && version != 0) {
		sqlite3_close(ret_index->db);
		remove_file(path);
		error = open_file(ret_index, readonly, err);
		if (error)
			goto failed;
		version = 0;
	}
	if (!readonly)
		error = index_run(ret_index,
				  "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;", err);
	if (!error)
		error = index_run(ret_index,
				  "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
				  "PRAGMA mmap_size = 2147483648;",
				  err);
	if (!error && version == 0)
		error = create_schema(ret_index, err);
	if (!error)
		return 0;
failed:
	index_close(ret_index);
	return error;
}

void index_close(struct index *index)
{
	sqlite3_close(index->db);
	free(index->path);
	memset(index, 0, sizeof(*index));
}

int index_begin(struct index *index, struct error *err)
{
	return index_run(index, "BEGIN IMMEDIATE", err);
}

int index_commit(struct index *index, struct error *err)
{
	return index_run(index, "COMMIT", err);
}

void index_rollback(struct index *index)
{
	sqlite3_exec(index->db, "ROLLBACK", NULL, NULL, NULL);
}

int index_view_begin(struct index_view *ret_view, struct index *index, struct error *err)
{
	ret_view->index = sqlite3_get_autocommit(index->db) ? index : NULL;
	return ret_view->index ? index_run(index, "BEGIN", err) : 0;
}

void index_view_end(struct index_view *view)
{
	if (view->index)
		index_rollback(view->index);
	view->index = NULL;
}

int index_set_fact(struct index *index, const char *name, const char *value, struct error *err)
{
	struct statement statement;
	int error = statement_init(&statement, index,
				   "INSERT OR REPLACE INTO fact(name, value) VALUES(?, ?)", err);

	if (error)
		return error;
	statement_bind_text(&statement, 1, name);
	statement_bind_text(&statement, 2, value);
	error = statement_run(&statement, err);
	statement_release(&statement);
	return error;
}

int index_get_fact(struct buffer *ret_value, struct index *index, const char *name,
		   struct error *err)
{
	struct statement statement;
	int error = statement_init(&statement, index, "SELECT value FROM fact WHERE name = ?", err);

	buffer_clear(ret_value);
	if (error)
		return error;
	statement_bind_text(&statement, 1, name);
	error = statement_step(&statement, err);
	if (error > 0)
		buffer_add_string(ret_value, statement_text(&statement, 0));
	statement_release(&statement);
	return error < 0 ? error : 0;
}

int statement_init(struct statement *ret_statement, struct index *index, const char *sql,
		   struct error *err)
{
	ret_statement->index = index;
	ret_statement->stmt = NULL;
	if (sqlite3_prepare_v2(index->db, sql, -1, &ret_statement->stmt, NULL) != SQLITE_OK)
		return index_error(index, err);
	return 0;
}

void statement_release(struct statement *statement)
{
	sqlite3_finalize(statement->stmt);
	statement->stmt = NULL;
}

void statement_bind_int(struct statement *statement, int at, int64_t value)
{
	sqlite3_bind_int64(statement->stmt, at, value);
}

void statement_bind_text(struct statement *statement, int at, const char *text)
{
	sqlite3_bind_text(statement->stmt, at, text, -1, SQLITE_TRANSIENT);
}

void statement_bind_text_length(struct statement *statement, int at, const char *text,
				size_t length)
{
	sqlite3_bind_text(statement->stmt, at, text ? text : "", (int)length, SQLITE_TRANSIENT);
}

void statement_bind_id(struct statement *statement, int at, const git_oid *id)
{
	sqlite3_bind_blob(statement->stmt, at, id->id, GIT_OID_RAWSZ, SQLITE_TRANSIENT);
}

void statement_bind_blob(struct statement *statement, int at, const void *data, size_t length)
{
	sqlite3_bind_blob(statement->stmt, at, length ? data : "", (int)length, SQLITE_TRANSIENT);
}

int statement_step(struct statement *statement, struct error *err)
{
	switch (sqlite3_step(statement->stmt)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return index_error(statement->index, err);
	}
}

int statement_run(struct statement *statement, struct error *err)
{
	int step;

	do
		step = statement_step(statement, err);
	while (step > 0);
	sqlite3_reset(statement->stmt);
	return step;
}

void statement_reset(struct statement *statement)
{
	sqlite3_reset(statement->stmt);
}

int64_t statement_int(struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->stmt, column);
}

const char *statement_text(struct statement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->stmt, column);
}

void statement_id(git_oid *ret_id, struct statement *statement, int column)
{
	const void *data = sqlite3_column_blob(statement->stmt, column);

	if (data && sqlite3_column_bytes(statement->stmt, column) == GIT_OID_RAWSZ)
		memcpy(ret_id->id, data, GIT_OID_RAWSZ);
	else
		memset(ret_id->id, 0, GIT_OID_RAWSZ);
}
