/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The small steps that message parsing is made of; private to src/history.
 *
 * A cursor is a rest of text. Each scan_* function moves it past what it
 * names and returns true, or leaves it where it is and returns false.
 */
#ifndef HISTORY_MESSAGE_SCAN_H
#define HISTORY_MESSAGE_SCAN_H

#include "history/message.h"

struct cursor {
	const char *at;
	const char *end;
};

struct span {
	const char *text;
	size_t length;
};

/* State of one message_parse. */
struct scan {
	struct message *message;
	const char *text, *end; /* the whole message */
	const char *line;	/* the line at hand: ends at '\n', '\r' or `end` */
	const char *line_end;
	const char *next;      /* start of the line after it */
	const char *previous;  /* start of the line before it, NULL in the first */
	size_t previous_count; /* references there were before the previous line */
	const char *taken;     /* lines that start before this belong to a sentence */
	unsigned signatures;   /* Signed-off-by lines so far */
	size_t git_commit;     /* 1 + index of the reference of a Git-commit: line, or 0 */
};

void scan_add(struct scan *scan, enum reference_kind kind, const char *id, struct span text);

bool byte_is_blank(char byte); /* space, tab, carriage return, NUL: never a line break */
bool byte_is_alnum(char byte); /* ASCII, whatever the locale */
char byte_to_lower(char byte);

void scan_blanks(struct cursor *cursor);
/* As scan_blanks, and over one line break, but not out of the paragraph. */
void scan_spaces(struct cursor *cursor);
bool scan_byte(struct cursor *cursor, char byte);
bool scan_any(struct cursor *cursor, const char *bytes);
/* A whole word, in any case; the word is given in lower case. */
bool scan_word(struct cursor *cursor, const char *word);
bool scan_words(struct cursor *cursor, const char *const *words); /* any one; NULL-terminated */
/* As scan_word, but one letter may be missing, doubled, wrong or swapped. */
bool scan_word_like(struct cursor *cursor, const char *word);
/* The beginning of the text, in any case. */
bool scan_prefix(struct cursor *cursor, const char *prefix);
/* "commit", "commits", with what people put behind it: a colon, "id", "#". */
bool scan_commit_word(struct cursor *cursor);

/*
 * An abbreviated or full object id, a word of its own. Seven to eleven decimal
 * digits are rather a bug number or a date: those count before a subject only.
 */
bool scan_id(char ret_id[41], struct cursor *cursor);

/* As scan_id, where digits alone are an id also before any of these bytes. */
bool scan_id_before(char ret_id[41], struct cursor *cursor, const char *openers);

/*
 * The subject behind an id: ("x"), (x), 'x', "x", with the quotes that are
 * missing or too many in real messages, and continued on the next lines.
 * `cursor` ends with the line; the text may go on to `text_end`.
 */
bool scan_subject(struct span *ret_subject, struct cursor *cursor, const char *text_end);

/* Nothing but white space and closing punctuation. */
bool scan_at_end(const struct cursor *cursor);
struct span span_trim(const char *start, const char *end);
struct span scan_rest(const struct cursor *cursor);
bool span_has_word(struct span span, const char *lower);

/* message-revert.c */
void scan_revert_subject(struct scan *scan);
/*
 * The word "revert" at `word`: parses the sentence that it is the verb of.
 * Returns where to look for the next one.
 */
const char *scan_revert_sentence(struct scan *scan, const char *word);

/* message-reference.c: everything that is a line of its own. */
void scan_line_forms(struct scan *scan);
/* Whether the line does not go on with what the line before it began. */
bool scan_begins_paragraph(const struct scan *scan, size_t count);
bool scan_is_quoted(const struct scan *scan);
/* Adds a list of ids, each perhaps with a subject, up to the end of the line. */
size_t scan_ids(struct scan *scan, enum reference_kind kind, struct cursor *cursor);
/* Undoes what was added, down to `count`, for a line that turned out to be prose. */
void scan_forget(struct scan *scan, size_t count);
void scan_adapted(struct scan *scan, struct span note);

/* message-header.c: each takes one line and says whether it was of its form. */
bool scan_header(struct scan *scan, struct cursor cursor);
bool scan_this_is(struct scan *scan, struct cursor cursor);
bool scan_picked(struct scan *scan, struct cursor cursor);
bool scan_bracket(struct scan *scan, struct cursor cursor);

/* message-stable.c: the value of a Cc: trailer. */
void scan_stable(struct scan *scan, struct cursor value);

#endif
