/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The index: an SQLite file in the workspace's cache/ with what is known of
 * the sources. It is derived: it may be deleted at any time and the next sync
 * makes it again. Its layout is in schema.c, with one number; an index of
 * another number or with damage is rebuilt (older, damaged) or refused (newer).
 *
 * Ids are 20-byte blobs; commits are also numbered, and every other table uses
 * the number. Prefixes and foreign ids are lower-case hex text.
 */
#ifndef HISTORY_INDEX_H
#define HISTORY_INDEX_H

#include <git2.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct index {
	sqlite3 *db;
	char *path;
	bool created; /* nothing was there, or what was there was not usable */
};

extern const int schema_version;
extern const char schema_text[];

/* Opens or creates. A read-only workspace can still be read when `readonly`. */
int index_open(struct index *ret_index, const char *path, bool readonly, struct error *err);
void index_close(struct index *index);

int index_begin(struct index *index, struct error *err);
int index_commit(struct index *index, struct error *err);
void index_rollback(struct index *index);

/*
 * One view of the index until index_view_end(), and one lock for thousands of look-ups instead of
 * one each. Views nest, also within index_begin(): only the outermost one does something.
 * Nothing may be written within a view.
 */
struct index_view {
	struct index *index; /* NULL: not the outermost */
};

int index_view_begin(struct index_view *ret_view, struct index *index, struct error *err);
void index_view_end(struct index_view *view);
int index_run(struct index *index, const char *sql, struct error *err);

/* Facts by name: refs digest, advisory commit, and the like. */
int index_set_fact(struct index *index, const char *name, const char *value, struct error *err);
/* Empty where it was never set. */
int index_get_fact(struct buffer *ret_value, struct index *index, const char *name,
		   struct error *err);

/*
 * Prepared statements. Binding is positional from 1; `statement_step` is 1 with
 * a row, 0 at the end, negative on error. Columns are borrowed until the next
 * step. `statement_run` steps to the end and resets.
 */
struct statement {
	sqlite3_stmt *stmt;
	struct index *index;
};

int statement_init(struct statement *ret_statement, struct index *index, const char *sql,
		   struct error *err);
void statement_release(struct statement *statement);
void statement_bind_int(struct statement *statement, int at, int64_t value);
void statement_bind_text(struct statement *statement, int at, const char *text); /* NULL = null */
void statement_bind_text_length(struct statement *statement, int at, const char *text,
				size_t length);
void statement_bind_id(struct statement *statement, int at, const git_oid *id);
void statement_bind_blob(struct statement *statement, int at, const void *data, size_t length);
int statement_step(struct statement *statement, struct error *err);
int statement_run(struct statement *statement, struct error *err);
void statement_reset(struct statement *statement);

int64_t statement_int(struct statement *statement, int column);
const char *statement_text(struct statement *statement, int column); /* NULL for null */
void statement_id(git_oid *ret_id, struct statement *statement, int column);

int index_error(struct index *index, struct error *err);

#endif
