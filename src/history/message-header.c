/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the porter of a commit says about where it comes from: headers that name
 * the upstream commit, "cherry picked from", and notes on what was changed.
 *
 * A header is what stable's maintainers put between the subject and the body.
 * It is told from prose by being a whole line, not indented as a quoted log is,
 * and, where nothing but the words makes it one ("commit X upstream."), by not
 * being the middle of a paragraph.
 */
#include "history/message-scan.h"

/* How far a note is followed to its closing bracket. */
#define NOTE_LENGTH 2000

enum header_style {
	HEADER_PLAIN,
	HEADER_BRACKET,	   /* "[ ... ]": prose is never written like this */
	HEADER_BACKPORT_OF /* "This is a backport of ...": may go on as a sentence */
};

static bool closes_bracket(const struct cursor *cursor)
{
	return memchr(cursor->at, ']', (size_t)(cursor->end - cursor->at)) != NULL;
}

/* Whether the line below is blank, so that this one is a paragraph's last. */
static bool ends_paragraph(const struct scan *scan)
{
	struct cursor next = { scan->next, scan->end };

	scan_blanks(&next);
	return next.at == next.end || *next.at == '\n';
}

/* "commit X upstream." */
static bool header_commit_first(struct scan *scan, struct cursor cursor, enum header_style style)
{
	struct reference_list *list = &scan->message->references;
	size_t count = list->count;
	bool stop;

	if (!scan_word_like(&cursor, "commit"))
		return false;
	scan_byte(&cursor, ':');
	scan_blanks(&cursor);
	if (style != HEADER_BRACKET && !scan_begins_paragraph(scan, count))
		return false;
	if (!scan_ids(scan, REFERENCE_UPSTREAM, &cursor))
		return false;
	scan_blanks(&cursor);
	if (!scan_word_like(&cursor, "upstream")) {
		scan_forget(scan, count);
		return false;
	}
	do
		scan_blanks(&cursor);
	while (scan_word_like(&cursor, "upstream"));
	stop = cursor.at < cursor.end;
	/* With a subject in between it can be how a sentence begins. */
	if (scan_at_end(&cursor) && (stop || list->count == count ||
				     !array_last(list)->text_length || ends_paragraph(scan)))
		return true;
	if (style == HEADER_BRACKET && closes_bracket(&cursor))
		return true;
	scan_forget(scan, count);
	return false;
}

/*
 * "Upstream commit X", "Upstream: X", "Upstream commit id:" and X on the next
 * line. Behind a colon a subject may follow without quotes.
 */
static bool header_upstream_first(struct scan *scan, struct cursor cursor, enum header_style style)
{
	static const char *const ids[] = { "id", "ids", "sha", "sha1", NULL };
	size_t count = scan->message->references.count;
	bool colon = false, below = false, word;

	if (!scan_word_like(&cursor, "upstream"))
		return false;
	scan_any(&cursor, "-");
	scan_blanks(&cursor);
	word = scan_word_like(&cursor, "commit") || scan_word(&cursor, "commits");
	scan_any(&cursor, "-");
	scan_blanks(&cursor);
	if (word && scan_words(&cursor, ids))
		scan_blanks(&cursor);
	while (scan_any(&cursor, ":#]")) {
		colon = true;
		scan_blanks(&cursor);
	}
	if (!word && !colon)
		return false;
	if (style == HEADER_PLAIN && !colon && !scan_begins_paragraph(scan, count))
		return false;
	if (colon && cursor.at == cursor.end && scan->next < scan->end) {
		const char *newline = memchr(scan->next, '\n', (size_t)(scan->end - scan->next));

		below = true;
		cursor = (struct cursor){ scan->next, newline ? newline : scan->end };
		scan_blanks(&cursor);
	}
	if (!scan_ids(scan, REFERENCE_UPSTREAM, &cursor))
		return false;
	if (scan_at_end(&cursor) || style == HEADER_BACKPORT_OF || (word && colon && !below) ||
	    (style == HEADER_BRACKET && closes_bracket(&cursor))) {
		if (below && cursor.at > scan->taken)
			scan->taken = cursor.at;
		return true;
	}
	scan_forget(scan, count);
	return false;
}

/* The two orders, without brackets. */
bool scan_header(struct scan *scan, struct cursor cursor)
{
	return header_commit_first(scan, cursor, HEADER_PLAIN) ||
	       header_upstream_first(scan, cursor, HEADER_PLAIN);
}

/* "This is commit X upstream.", "Note: this is ...", "This is a backport of upstream commit X". */
bool scan_this_is(struct scan *scan, struct cursor cursor)
{
	static const char *const fillers[] = { "is", "a", "the", "of", NULL };
	enum header_style style = HEADER_PLAIN;
	struct cursor start = cursor;
	bool partial = false, led = false;

	if (!scan_begins_paragraph(scan, scan->message->references.count))
		return false;
	if (scan_word(&cursor, "note"))
		scan_byte(&cursor, ':');
	scan_blanks(&cursor);
	for (;; led = true) {
		if (scan_word(&cursor, "partial"))
			partial = true;
		else if (scan_word(&cursor, "backport"))
			style = HEADER_BACKPORT_OF;
		else if (!scan_word(&cursor, "this") && (!led || !scan_words(&cursor, fillers)))
			break;
		scan_blanks(&cursor);
	}
	if (!led || (!header_commit_first(scan, cursor, style) &&
		     !header_upstream_first(scan, cursor, style)))
		return false;
	if (partial)
		scan_adapted(scan, scan_rest(&start));
	return true;
}

/* The id in the address of a commit stands behind "commit/", "id=", "h=" or an at sign. */
static bool scan_id_in_address(char ret_id[41], struct cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->end; at++) {
		struct cursor id = { at + 1, cursor->end };
		size_t before = (size_t)(at - cursor->at);

		if (((*at == '/' && before >= 6 && !memcmp(at - 6, "commit", 6)) ||
		     (*at == '=' && before && (at[-1] == 'd' || at[-1] == 'h')) || *at == '@') &&
		    scan_id(ret_id, &id)) {
			*cursor = id;
			return true;
		}
	}
	return false;
}

/*
 * "(cherry picked from commit X)" and its kin. The id stands behind "from" and
 * a few words, or in the address of a commit.
 */
bool scan_picked(struct scan *scan, struct cursor cursor)
{
	static const char *const verbs[] = {
		"cherry-picked", "cherry-pick", "cherrypicked", "cherrypick", "backported",
		"backport",	 NULL
	};
	static const char *const fillers[] = { "the",	 "following", "stable", "linux",
					       "kernel", "tree",      "branch", NULL };
	static const char *const upstream[] = { "upstream", "mainline", NULL };
	enum reference_kind kind = REFERENCE_CHERRY_PICKED;
	struct cursor start = cursor;
	bool backport = byte_to_lower(*cursor.at) == 'b';
	struct span behind;
	char id[41];

	if (scan_word(&cursor, "cherry")) {
		scan_byte(&cursor, '-');
		scan_blanks(&cursor);
		if (!scan_word(&cursor, "picked") && !scan_word(&cursor, "pick"))
			return false;
	} else if (!scan_words(&cursor, verbs)) {
		return false;
	}
	scan_blanks(&cursor);
	if (!scan_word(&cursor, "from") &&
	    !(backport && scan_begins_paragraph(scan, scan->message->references.count) &&
	      scan_word(&cursor, "of")))
		return false;
	for (int words = 0; words < 6; words++) {
		scan_any(&cursor, ":");
		scan_blanks(&cursor);
		if (scan_words(&cursor, upstream))
			kind = REFERENCE_UPSTREAM;
		else if (!scan_words(&cursor, fillers) && !scan_commit_word(&cursor))
			break;
	}
	if (!scan_id(id, &cursor) && !scan_id_in_address(id, &cursor))
		return false;
	behind = scan_rest(&cursor);
	while (behind.length && strchr(")].,:", behind.text[behind.length - 1]) &&
	       behind.text[behind.length - 1])
		behind.length--;
	if (behind.length && strchr("(,", *behind.text)) {
		struct cursor quoted = { behind.text, cursor.end };
		struct span subject;

		if (scan_subject(&subject, &quoted, cursor.end))
			behind = subject;
	}
	scan_add(scan, kind, id, behind);
	if (backport)
		scan_adapted(scan, scan_rest(&start));
	return true;
}

static const char *const editorial_words[] = {
	"changelog",   "commit log", "commit message", "commit desc",  "commit title",
	"subject",     "typo",	     "description",    "coding-style", "coding style",
	"checkpatch",  "spelling",   "whitespace",     "massage",      "reword",
	"tag",	       "tags",	     "fixes:",	       "cc",	       "sob",
	"no upstream", NULL
};
static const char *const adapting_words[] = { "ported",	     "adjust",		 "conflict",
					      "context",     "cherry-pick",	 "rebase",
					      "for stable",  "stable kernel",	 "resolve",
					      "stable tree", "applied manually", NULL };

static bool contains_any(struct span span, const char *const *words)
{
	for (; *words; words++)
		if (span_has_word(span, *words))
			return true;
	return false;
}

/*
 * "[name: what was changed]" below the sign-offs. Upstream's maintainers write
 * such notes as well, about words mostly; a note counts when it speaks of
 * adapting, or when at least two people signed before it and it is not about words.
 */
static void scan_note(struct scan *scan)
{
	const char *reach = scan->end - scan->line > NOTE_LENGTH ? scan->line + NOTE_LENGTH
								 : scan->end;
	const char *close = memchr(scan->line, ']', (size_t)(reach - scan->line));
	struct span note;
	struct cursor cursor = { scan->line + 1, scan->line_end };
	const char *name;

	scan_blanks(&cursor);
	name = cursor.at;
	while (cursor.at < cursor.end &&
	       (byte_is_alnum(*cursor.at) || strchr(".@-_+", *cursor.at)) && *cursor.at)
		cursor.at++;
	if (cursor.at == name || !byte_is_alnum(*name))
		return;
	note = span_trim(scan->line + 1, close ? close : scan->line_end);
	if (close && memmem(note.text, note.length, "\n\n", 2))
		note = span_trim(scan->line + 1, scan->line_end);
	/* "[ 4.4.y backport notes:", but "[   12.345678] widget: conflict" is a log. */
	if (*name >= '0' && *name <= '9') {
		if (span_has_word(span_trim(scan->line + 1, scan->line_end), "backport"))
			scan_adapted(scan, note);
		return;
	}
	if (span_has_word(note, "no upstream"))
		return;
	if (span_has_word(note, "backport") || span_has_word(note, "back-port")) {
		scan_adapted(scan, note);
		return;
	}
	if (!scan->signatures || contains_any(note, editorial_words))
		return;
	if (contains_any(note, adapting_words) ||
	    (scan->signatures >= 2 && scan_byte(&cursor, ':')))
		scan_adapted(scan, note);
}

bool scan_bracket(struct scan *scan, struct cursor cursor)
{
	char open = *cursor.at++;
	enum header_style style = open == '[' ? HEADER_BRACKET : HEADER_PLAIN;

	scan_blanks(&cursor);
	if (cursor.at == cursor.end || scan_is_quoted(scan))
		return false;
	if (scan_picked(scan, cursor) || header_commit_first(scan, cursor, style) ||
	    header_upstream_first(scan, cursor, style))
		return true;
	if (open == '[') {
		scan_note(scan);
		return false;
	}
	/* "(name:cherry picked from commit X" */
	while (cursor.at < cursor.end && (byte_is_alnum(*cursor.at) || *cursor.at == '.'))
		cursor.at++;
	if (!scan_byte(&cursor, ':'))
		return false;
	scan_blanks(&cursor);
	return cursor.at < cursor.end && scan_picked(scan, cursor);
}
