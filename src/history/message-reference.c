/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * References that are a line of their own: the table of their forms, trailers,
 * and what the forms share.
 */
#include "history/message-scan.h"

/* Deeper than this a line is quoted text. */
#define QUOTE_INDENT 4

static const struct span nothing = { "", 0 };

/* "Some-Key: value" */
static bool is_trailer(const char *line, const char *end)
{
	struct cursor cursor = { line, end };

	while (cursor.at < end && (byte_is_alnum(*cursor.at) || *cursor.at == '-'))
		cursor.at++;
	return cursor.at > line && scan_byte(&cursor, ':') && cursor.at < end &&
	       byte_is_blank(*cursor.at);
}

/* Whether the line does not go on with what the line before it began. */
bool scan_begins_paragraph(const struct scan *scan, size_t count)
{
	return !scan->previous || count > scan->previous_count ||
	       is_trailer(scan->previous, scan->line);
}

bool scan_is_quoted(const struct scan *scan)
{
	return scan->line_end - scan->line >= QUOTE_INDENT &&
	       (*scan->line == '\t' || !memcmp(scan->line, "    ", QUOTE_INDENT));
}

static bool scan_separator(struct cursor *cursor)
{
	struct cursor after = *cursor;

	scan_blanks(&after);
	scan_any(&after, ",;&+/");
	scan_blanks(&after);
	if (scan_word(&after, "and"))
		scan_blanks(&after);
	scan_commit_word(&after);
	if (after.at == cursor->at)
		return false;
	*cursor = after;
	return true;
}

/* A list of ids, each perhaps with a subject, up to the end of the line. */
size_t scan_ids(struct scan *scan, enum reference_kind kind, struct cursor *cursor)
{
	size_t count = 0;
	char id[41];
	struct cursor after = *cursor;

	scan_commit_word(&after);
	while (scan_id(id, &after)) {
		struct span subject = nothing;

		if (scan_subject(&subject, &after, scan->end) && after.at > scan->next)
			scan->taken = after.at;
		scan_add(scan, kind, id, subject);
		count++;
		*cursor = after;
		if (!scan_separator(&after))
			break;
	}
	return count;
}

void scan_adapted(struct scan *scan, struct span note)
{
	if (!scan->message->adapted || !scan->message->note_length) {
		scan->message->note = note.text;
		scan->message->note_length = note.length;
	}
	scan->message->adapted = true;
}

/* Undoes what was added for a line that turned out to be prose. */
void scan_forget(struct scan *scan, size_t count)
{
	if (scan->message->references.count > count)
		scan->message->references.count = count;
}

/* Where trailers begin to differ: each has the rest of its line as `value`. */

static bool is_address(struct span value)
{
	return memmem(value.text, value.length, "://", 3) != NULL;
}

static void trailer_link(struct scan *scan, struct cursor value)
{
	struct span address = scan_rest(&value);

	if (is_address(address))
		scan_add(scan, REFERENCE_LINK, "", address);
}

static void trailer_fixes(struct scan *scan, struct cursor value)
{
	struct reference_list *list = &scan->message->references;
	size_t count = list->count;

	while (scan_any(&value, "^'\"<") || scan_word(&value, "tag"))
		scan_blanks(&value);
	if (scan_ids(scan, REFERENCE_FIXES, &value)) {
		struct span behind = scan_rest(&value);

		/* A subject without quotes. */
		if (list->count == count + 1 && !list->items[count].text_length && behind.length &&
		    value.at < value.end) {
			while (behind.length && strchr(":,. \t", *behind.text) && *behind.text)
				behind.text++, behind.length--;
			list->items[count].text = behind.text;
			list->items[count].text_length = behind.length;
		}
		return;
	}
	trailer_link(scan, value);
}

static void trailer_dependency(struct scan *scan, struct cursor value)
{
	scan_ids(scan, REFERENCE_DEPENDENCY_OF, &value);
}

static void trailer_depends(struct scan *scan, struct cursor value)
{
	scan_ids(scan, REFERENCE_PREREQUISITE, &value);
}

static void trailer_reporter(struct scan *scan, struct cursor value)
{
	if (value.at < value.end)
		scan_add(scan, REFERENCE_REPORTER, "", scan_rest(&value));
}

static void trailer_signature(struct scan *scan, struct cursor value)
{
	scan->signatures++;
}

static void trailer_conflicts(struct scan *scan, struct cursor value)
{
	/* The paths follow, indented or commented out; prose would not end here. */
	if (value.at == value.end || *value.at == '#')
		scan_adapted(scan, span_trim(scan->line, scan->line_end));
}

static void trailer_backporting(struct scan *scan, struct cursor value)
{
	scan_adapted(scan, span_trim(scan->line, scan->line_end));
}

static void trailer_git_commit(struct scan *scan, struct cursor value)
{
	size_t count = scan->message->references.count;

	scan_ids(scan, REFERENCE_UPSTREAM, &value);
	scan->git_commit = scan->message->references.count > count ? count + 1 : 0;
}

/* Git-commit: is upstream's unless a line below says whose it is. */
static void trailer_git_repo(struct scan *scan, struct cursor value)
{
	static const char torvalds[] = "torvalds/linux";
	struct span repository = scan_rest(&value);
	struct reference *reference;

	if (!scan->git_commit)
		return;
	reference = &scan->message->references.items[scan->git_commit - 1];
	scan->git_commit = 0;
	if (memmem(repository.text, repository.length, torvalds, strlen(torvalds)))
		return;
	reference->kind = REFERENCE_CHERRY_PICKED;
	reference->text = repository.text;
	reference->text_length = repository.length;
}

static const struct trailer {
	const char *key; /* lower case */
	void (*parse)(struct scan *scan, struct cursor value);
} trailers[] = {
	{ "backport summary", trailer_backporting },
	{ "backported-by", trailer_backporting },
	{ "backporting note", trailer_backporting },
	{ "backporting notes", trailer_backporting },
	{ "buglink", trailer_link },
	{ "bugzilla", trailer_link },
	{ "cc", scan_stable },
	{ "closes", trailer_link },
	{ "conflicts", trailer_conflicts },
	{ "depends-on", trailer_depends },
	{ "fixes", trailer_fixes },
	{ "git-commit", trailer_git_commit },
	{ "git-repo", trailer_git_repo },
	{ "link", trailer_link },
	{ "reported-and-bisected-by", trailer_reporter },
	{ "reported-and-debugged-by", trailer_reporter },
	{ "reported-and-suggested-by", trailer_reporter },
	{ "reported-and-tested-by", trailer_reporter },
	{ "reported-by", trailer_reporter },
	{ "signed-off-by", trailer_signature },
	{ "stable-dep-of", trailer_dependency },
};

/* "Fixes commit X ("subject")" without the colon, as a sentence of its own. */
static bool fixes_sentence(struct scan *scan, struct cursor cursor)
{
	struct reference_list *list = &scan->message->references;
	size_t count = list->count;

	if (!scan_begins_paragraph(scan, count) || !scan_word(&cursor, "fixes"))
		return false;
	scan_blanks(&cursor);
	if (!scan_ids(scan, REFERENCE_FIXES, &cursor))
		return false;
	if (list->count == count || (array_last(list)->text_length && scan_at_end(&cursor)))
		return true;
	scan_forget(scan, count);
	return false;
}

static bool scan_trailer(struct scan *scan, struct cursor cursor)
{
	char first = byte_to_lower(*cursor.at);

	for (size_t i = 0; i < COUNT_OF(trailers); i++) {
		struct cursor value = cursor;

		if (*trailers[i].key != first || !scan_word(&value, trailers[i].key))
			continue;
		scan_blanks(&value);
		if (!scan_byte(&value, ':'))
			continue;
		scan_blanks(&value);
		trailers[i].parse(scan, value);
		return true;
	}
	return false;
}

/* "This reapplies commit X.", "Reapply commit X" */
static bool scan_reapply(struct scan *scan, struct cursor cursor)
{
	static const char *const verbs[] = { "reapplies",  "re-applies", "reapply", "re-apply",
					     "reinstates", "reinstate",	 NULL };
	static const char *const fillers[] = { "this",	   "patch",  "the",    "upstream",
					       "mainline", "stable", "change", NULL };

	if (byte_to_lower(*cursor.at) == 'r' &&
	    !scan_begins_paragraph(scan, scan->message->references.count))
		return false;
	cursor.end = scan->end;
	while (scan_words(&cursor, fillers))
		scan_spaces(&cursor);
	if (!scan_words(&cursor, verbs))
		return false;
	scan_spaces(&cursor);
	while (scan_words(&cursor, fillers) || scan_commit_word(&cursor))
		scan_spaces(&cursor);
	return scan_ids(scan, REFERENCE_REAPPLIES, &cursor) > 0;
}

/* Which forms a line can have by its first letter; the first that matches takes it. */
static const struct {
	const char *letters;
	bool in_quotes; /* holds for indented lines too */
	bool (*parse)(struct scan *scan, struct cursor cursor);
} forms[] = {
	{ "[(", false, scan_bracket },	    { "cu", false, scan_header },
	{ "bc", false, scan_picked },	    { "bnt", false, scan_this_is },
	{ "rt", false, scan_reapply },	    { "f", true, fixes_sentence },
	{ "bcdfglrs", true, scan_trailer },
};

void scan_line_forms(struct scan *scan)
{
	struct cursor cursor = { scan->line, scan->line_end };
	bool quoted = scan_is_quoted(scan);
	char first;

	scan_blanks(&cursor);
	/* git comments out the list of conflicts. */
	if (scan_byte(&cursor, '#')) {
		scan_blanks(&cursor);
		if (!scan_prefix(&(struct cursor){ cursor.at, cursor.end }, "conflicts"))
			return;
	}
	if (cursor.at == cursor.end)
		return;
	first = byte_to_lower(*cursor.at);
	for (size_t i = 0; i < COUNT_OF(forms); i++)
		if (strchr(forms[i].letters, first) && (!quoted || forms[i].in_quotes) &&
		    forms[i].parse(scan, cursor))
			return;
}
