/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a command prints: text for people, and with --json one object for
 * programs, from one walk. A command makes each record as a JSON value and
 * hands it over with a function that prints it as text:
 *
 *	output_begin(out);
 *	output_value(out, "base", json_name_commit(name, &id), base_text);
 *	output_list_begin(out, "commits");
 *	while (...)
 *		output_item(out, record, commit_text);
 *	output_list_end(out);
 *	return output_end(out, err) ?: STATUS_DONE;
 *
 * Records are written and freed one by one, keys in the order in which they
 * were set. All text, whoever wrote it, is made safe for a terminal: a text
 * function prints with the functions below and cannot emit a control byte.
 *
 * A text function prints its record without the last newline; the record ends
 * with a newline, or with NUL under -z. A record that prints nothing has no end.
 *
 * Write errors are remembered and reported by output_end; a reader that went
 * away (EPIPE) is no error.
 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include <git2.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

enum output_style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_ID,
	STYLE_NAME, /* releases, series, branches */
	STYLE_GOOD,
	STYLE_NOTICE,
	STYLE_BAD,
	STYLE_FAINT,
	STYLE_COUNT
};

enum output_color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER
};

/* A column of a table; zero is a plain one, aligned to the left. */
struct output_column {
	const char *name; /* heading, in capitals */
	bool right;	  /* aligned to the right: numbers */
	bool flexible;	  /* cut short where a terminal is narrow */
};

struct output_cell {
	size_t start, length; /* in output.cells */
	enum output_style style;
};

struct output {
	/* Settings, from the command line. */
	bool json;
	bool nul;   /* -z */
	bool quiet; /* -q: no notes on standard error */
	bool paged; /* may start a pager */
	int color;  /* enum output_color */
	void *data; /* for the command's text functions */

	/* Found out by output_begin. */
	bool terminal; /* a person reads: standard output is a terminal */
	bool colored;
	int width; /* of the terminal, 0: no limit */

	/* The walk. */
	int fd;
	long pager;  /* process id, 0: none */
	int failure; /* errno of the first write that failed */
	bool began, has_items;
	struct buffer pending;
	const struct output_column *columns;
	size_t column_count;
	size_t row_start; /* first cell of the row that grows */
	struct buffer cells;
	struct {
		struct output_cell *items;
		size_t count;
		size_t capacity;
	} cell_list;
};

typedef void (*output_text_fn)(struct output *out, const json_t *value);

void output_init(struct output *out);
void output_release(struct output *out);

void output_begin(struct output *out);

/* One record under a key of the object. `value` is taken over; `text` may be NULL. */
void output_value(struct output *out, const char *key, json_t *value, output_text_fn text);

void output_list_begin(struct output *out, const char *key);
/*
 * A list that text shows as a table: its text functions call output_cell once
 * for each column. Printed, aligned, by output_list_end; headings and padding
 * are left out under -z, where a tab separates cells. `columns` is borrowed.
 */
void output_table_begin(struct output *out, const char *key, const struct output_column *columns,
			size_t count);
void output_item(struct output *out, json_t *item, output_text_fn text);
void output_list_end(struct output *out);

/* Ends the object, waits for the pager. 0, or ERROR_SYSTEM where writing failed. */
int output_end(struct output *out, struct error *err);

/* After an error: what was printed is written out, the object stays unfinished. */
void output_abandon(struct output *out);

/* Whether nobody gets what is printed any more: a reason to stop early. */
bool output_is_lost(const struct output *out);

/* For text functions, and between records for what only people read. No-ops with --json. */
void output_print(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void output_styled(struct output *out, enum output_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void output_cell(struct output *out, enum output_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line of its own, between records; neither with --json nor under -z. */
void output_heading(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "sectree: ..." on standard error; a note is kept quiet by -q, a warning never is. */
void output_note(struct output *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void output_warning(struct output *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* JSON values. Bytes that are no UTF-8 become U+FFFD. NULL becomes null. */
json_t *json_bytes(const char *text, size_t length);
json_t *json_text(const char *text);
json_t *json_id(const git_oid *id); /* in full */
json_t *json_time(int64_t seconds); /* "2026-01-31T12:00:00Z" */
json_t *json_name_commit(const char *name, const git_oid *commit);

/* Reading a record back in a text function; "" and 0 where there is nothing. */
const char *json_string_of(const json_t *object, const char *key);
int64_t json_integer_of(const json_t *object, const char *key);

#define TIME_TEXT_SIZE 32
/* ISO 8601 in UTC; the first 10 bytes are the date. Returns `ret_text`. */
const char *time_text(char ret_text[TIME_TEXT_SIZE], int64_t seconds);

/* Columns that UTF-8 text takes on a terminal. */
size_t text_width(const char *text, size_t length);

#endif
