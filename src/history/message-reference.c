/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * References that are a line of their own: the header of a backport, trailers,
 * Cc: stable, a backporter's note.
 *
 * A header is what stable's maintainers put between the subject and the body.
 * It is told from prose by being a whole line, not indented as a quoted log is,
 * and, where nothing but the words makes it one ("commit X upstream."), by not
 * being the middle of a paragraph.
 */
#include "history/message-scan.h"

/* Deeper than this a line is quoted text. */
#define QUOTE_INDENT 4
#define NOTE_LENGTH 2000

static const struct span nothing = { "", 0 };

static struct cursor line_cursor(const struct scan *scan)
{
	struct cursor cursor = { scan->line, scan->line_end };

	skip_blanks(&cursor);
	return cursor;
}

/* "Some-Key: value" */
static bool is_trailer(const char *line, const char *end)
{
	struct cursor cursor = { line, end };

	while (cursor.at < end && (is_alnum(*cursor.at) || *cursor.at == '-'))
		cursor.at++;
	return cursor.at > line && scan_byte(&cursor, ':') && cursor.at < end &&
	       is_blank(*cursor.at);
}

/* Whether the line does not go on with what the line before it began. */
static bool begins_paragraph(const struct scan *scan, size_t count)
{
	return !scan->previous || count > scan->previous_count ||
	       is_trailer(scan->previous, scan->line);
}

static bool is_quoted(const struct scan *scan)
{
	return scan->line_end - scan->line >= QUOTE_INDENT &&
	       (*scan->line == '\t' || !memcmp(scan->line, "    ", QUOTE_INDENT));
}

static bool scan_separator(struct cursor *cursor)
{
	struct cursor after = *cursor;

	skip_blanks(&after);
	scan_any(&after, ",;&+/");
	skip_blanks(&after);
	if (scan_word(&after, "and"))
		skip_blanks(&after);
	scan_commit_word(&after);
	if (after.at == cursor->at)
		return false;
	*cursor = after;
	return true;
}

/* A list of ids, each perhaps with a subject, up to the end of the line. */
static size_t add_ids(struct scan *scan, enum reference_kind kind, struct cursor *cursor)
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

static void note_adapted(struct scan *scan, struct span note)
{
	if (!scan->message->adapted || !scan->message->note_length) {
		scan->message->note = note.text;
		scan->message->note_length = note.length;
	}
	scan->message->adapted = true;
}

/* Undoes what was added for a line that turned out to be prose. */
static void forget(struct scan *scan, size_t count)
{
	if (scan->message->references.count > count)
		scan->message->references.count = count;
}

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

	skip_blanks(&next);
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
	skip_blanks(&cursor);
	if (style != HEADER_BRACKET && !begins_paragraph(scan, count))
		return false;
	if (!add_ids(scan, REFERENCE_UPSTREAM, &cursor))
		return false;
	skip_blanks(&cursor);
	if (!scan_word_like(&cursor, "upstream")) {
		forget(scan, count);
		return false;
	}
	do
		skip_blanks(&cursor);
	while (scan_word_like(&cursor, "upstream"));
	stop = cursor.at < cursor.end;
	/* With a subject in between it can be how a sentence begins. */
	if (at_end(&cursor) && (stop || list->count == count || !array_last(list)->text_length ||
				ends_paragraph(scan)))
		return true;
	if (style == HEADER_BRACKET && closes_bracket(&cursor))
		return true;
	forget(scan, count);
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
	skip_blanks(&cursor);
	word = scan_word_like(&cursor, "commit") || scan_word(&cursor, "commits");
	scan_any(&cursor, "-");
	skip_blanks(&cursor);
	if (word && scan_words(&cursor, ids))
		skip_blanks(&cursor);
	while (scan_any(&cursor, ":#]")) {
		colon = true;
		skip_blanks(&cursor);
	}
	if (!word && !colon)
		return false;
	if (style == HEADER_PLAIN && !colon && !begins_paragraph(scan, count))
		return false;
	if (colon && cursor.at == cursor.end && scan->next < scan->end) {
		const char *newline = memchr(scan->next, '\n', (size_t)(scan->end - scan->next));

		below = true;
		cursor = (struct cursor){ scan->next, newline ? newline : scan->end };
		skip_blanks(&cursor);
	}
	if (!add_ids(scan, REFERENCE_UPSTREAM, &cursor))
		return false;
	if (at_end(&cursor) || style == HEADER_BACKPORT_OF || (word && colon && !below) ||
	    (style == HEADER_BRACKET && closes_bracket(&cursor))) {
		if (below && cursor.at > scan->taken)
			scan->taken = cursor.at;
		return true;
	}
	forget(scan, count);
	return false;
}

/* "This is commit X upstream.", "Note: this is ...", "This is a backport of upstream commit X". */
static bool header_this_is(struct scan *scan, struct cursor cursor)
{
	static const char *const fillers[] = { "is", "a", "the", "of", NULL };
	enum header_style style = HEADER_PLAIN;
	struct cursor start = cursor;
	bool partial = false, led = false;

	if (!begins_paragraph(scan, scan->message->references.count))
		return false;
	if (scan_word(&cursor, "note"))
		scan_byte(&cursor, ':');
	skip_blanks(&cursor);
	for (;; led = true) {
		if (scan_word(&cursor, "partial"))
			partial = true;
		else if (scan_word(&cursor, "backport"))
			style = HEADER_BACKPORT_OF;
		else if (!scan_word(&cursor, "this") && (!led || !scan_words(&cursor, fillers)))
			break;
		skip_blanks(&cursor);
	}
	if (!led || (!header_commit_first(scan, cursor, style) &&
		     !header_upstream_first(scan, cursor, style)))
		return false;
	if (partial)
		note_adapted(scan, rest(&start));
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
static bool picked_from(struct scan *scan, struct cursor cursor)
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
	bool backport = to_lower(*cursor.at) == 'b';
	struct span behind;
	char id[41];

	if (scan_word(&cursor, "cherry")) {
		scan_byte(&cursor, '-');
		skip_blanks(&cursor);
		if (!scan_word(&cursor, "picked") && !scan_word(&cursor, "pick"))
			return false;
	} else if (!scan_words(&cursor, verbs)) {
		return false;
	}
	skip_blanks(&cursor);
	if (!scan_word(&cursor, "from") &&
	    !(backport && begins_paragraph(scan, scan->message->references.count) &&
	      scan_word(&cursor, "of")))
		return false;
	for (int words = 0; words < 6; words++) {
		scan_any(&cursor, ":");
		skip_blanks(&cursor);
		if (scan_words(&cursor, upstream))
			kind = REFERENCE_UPSTREAM;
		else if (!scan_words(&cursor, fillers) && !scan_commit_word(&cursor))
			break;
	}
	if (!scan_id(id, &cursor) && !scan_id_in_address(id, &cursor))
		return false;
	behind = rest(&cursor);
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
		note_adapted(scan, rest(&start));
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
		if (contains_word_start(span, *words))
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

	skip_blanks(&cursor);
	name = cursor.at;
	while (cursor.at < cursor.end && (is_alnum(*cursor.at) || strchr(".@-_+", *cursor.at)) &&
	       *cursor.at)
		cursor.at++;
	if (cursor.at == name || !is_alnum(*name) || (*name >= '0' && *name <= '9'))
		return;
	note = trim(scan->line + 1, close ? close : scan->line_end);
	if (close && memmem(note.text, note.length, "\n\n", 2))
		note = trim(scan->line + 1, scan->line_end);
	if (contains_word_start(note, "no upstream"))
		return;
	if (contains_word_start(note, "backport") || contains_word_start(note, "back-port")) {
		note_adapted(scan, note);
		return;
	}
	if (!scan->signatures || contains_any(note, editorial_words))
		return;
	if (contains_any(note, adapting_words) ||
	    (scan->signatures >= 2 && scan_byte(&cursor, ':')))
		note_adapted(scan, note);
}

static bool scan_bracket_line(struct scan *scan, struct cursor cursor)
{
	char open = *cursor.at++;
	enum header_style style = open == '[' ? HEADER_BRACKET : HEADER_PLAIN;

	skip_blanks(&cursor);
	if (cursor.at == cursor.end || is_quoted(scan))
		return false;
	if (picked_from(scan, cursor) || header_commit_first(scan, cursor, style) ||
	    header_upstream_first(scan, cursor, style))
		return true;
	if (open == '[') {
		scan_note(scan);
		return false;
	}
	/* "(name:cherry picked from commit X" */
	while (cursor.at < cursor.end && (is_alnum(*cursor.at) || *cursor.at == '.'))
		cursor.at++;
	if (!scan_byte(&cursor, ':'))
		return false;
	skip_blanks(&cursor);
	return cursor.at < cursor.end && picked_from(scan, cursor);
}

/* Where trailers begin to differ: each has the rest of its line as `value`. */

static bool is_address(struct span value)
{
	return memmem(value.text, value.length, "://", 3) != NULL;
}

static void trailer_link(struct scan *scan, struct cursor value)
{
	struct span address = rest(&value);

	if (is_address(address))
		scan_add(scan, REFERENCE_LINK, "", address);
}

static void trailer_fixes(struct scan *scan, struct cursor value)
{
	struct reference_list *list = &scan->message->references;
	size_t count = list->count;

	while (scan_any(&value, "^'\"<") || scan_word(&value, "tag"))
		skip_blanks(&value);
	if (add_ids(scan, REFERENCE_FIXES, &value)) {
		struct span behind = rest(&value);

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
	add_ids(scan, REFERENCE_DEPENDENCY_OF, &value);
}

static void trailer_depends(struct scan *scan, struct cursor value)
{
	add_ids(scan, REFERENCE_PREREQUISITE, &value);
}

static void trailer_reporter(struct scan *scan, struct cursor value)
{
	if (value.at < value.end)
		scan_add(scan, REFERENCE_REPORTER, "", rest(&value));
}

static void trailer_signature(struct scan *scan, struct cursor value)
{
	scan->signatures++;
}

static void trailer_conflicts(struct scan *scan, struct cursor value)
{
	/* The paths follow, indented or commented out; prose would not end here. */
	if (value.at == value.end || *value.at == '#')
		note_adapted(scan, trim(scan->line, scan->line_end));
}

static void trailer_backporting(struct scan *scan, struct cursor value)
{
	note_adapted(scan, trim(scan->line, scan->line_end));
}

static void trailer_git_commit(struct scan *scan, struct cursor value)
{
	size_t count = scan->message->references.count;

	add_ids(scan, REFERENCE_UPSTREAM, &value);
	scan->git_commit = scan->message->references.count > count ? count + 1 : 0;
}

/* Git-commit: is upstream's unless a line below says whose it is. */
static void trailer_git_repo(struct scan *scan, struct cursor value)
{
	static const char torvalds[] = "torvalds/linux";
	struct span repository = rest(&value);
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

/* "4.19", "v5.4+", "4.4.x", "3.10.x-": from the first digit. */
static bool scan_version(struct span *ret_version, struct cursor *cursor)
{
	struct cursor after = *cursor;
	const char *start, *digit;
	int parts = 0;

	scan_prefix(&after, "linux-");
	scan_any(&after, "vVkK");
	start = after.at;
	do {
		digit = after.at;
		while (after.at < after.end && *after.at >= '0' && *after.at <= '9')
			after.at++;
		if (after.at == digit && parts && scan_any(&after, "xXyY*")) {
			parts++;
			break;
		}
		if (after.at == digit && parts >= 2) {
			after.at--; /* the full stop behind a version */
			break;
		}
		if (after.at == digit || after.at - digit > 4)
			return false;
		parts++;
	} while (parts < 4 && scan_byte(&after, '.'));
	if (parts < 2)
		return false;
	if (scan_prefix(&after, "-rc"))
		while (after.at < after.end && *after.at >= '0' && *after.at <= '9')
			after.at++;
	if (!scan_any(&after, "+") && after.at < after.end && *after.at == '-' &&
	    (after.at + 1 == after.end || !is_alnum(after.at[1])))
		after.at++;
	if (after.at < after.end && (is_alnum(*after.at) || *after.at == '@'))
		return false;
	*ret_version = (struct span){ start, (size_t)(after.at - start) };
	*cursor = after;
	return true;
}

/* "# 3.3.x: a1f84a3: subject", "[5.4+]", ">= v4.4", "4.4, 4.9": what is said about versions. */
static bool stable_versions(struct scan *scan, struct cursor *cursor)
{
	static const char *const leads[] = { "for",	 "kernel",  "kernels", "since",	  "from",
					     "versions", "version", "stable",  "between", NULL };
	static const char *const joins[] = { "and", "to", "through", NULL };
	struct span version;
	bool found = false, below = false;

	skip_blanks(cursor);
	while (scan_words(cursor, leads))
		skip_blanks(cursor);
	if (scan_any(cursor, "<"))
		below = true;
	while (scan_any(cursor, ">=~"))
		skip_blanks(cursor);
	while (scan_version(&version, cursor)) {
		if (!below)
			scan_add(scan, REFERENCE_STABLE_FROM, "", version);
		found = true;
		skip_blanks(cursor);
		while (scan_any(cursor, ",/&-~"))
			skip_blanks(cursor);
		if (scan_words(cursor, joins))
			skip_blanks(cursor);
	}
	return found;
}

static void stable_remark(struct scan *scan, struct cursor cursor, bool *ret_found)
{
	struct span subject = nothing;
	char id[41];

	*ret_found |= stable_versions(scan, &cursor);
	while (scan_any(&cursor, ": \t.+"))
		;
	if (!scan_id(id, &cursor))
		return;
	if (!scan_subject(&subject, &cursor, scan->end)) {
		while (scan_any(&cursor, ": \t-"))
			;
		subject = rest(&cursor);
	}
	scan_add(scan, REFERENCE_PREREQUISITE, id, subject);
}

/*
 * Cc: stable in its many spellings. The address is any word that is "stable" or
 * begins with "stable@" or "stable.vger"; stable-rt is another tree. Versions
 * stand before it or, behind #, [, ( or @, after it.
 */
static void trailer_cc(struct scan *scan, struct cursor value)
{
	struct cursor cursor = value;
	const char *address = NULL;
	struct span ignored;
	size_t count = scan->message->references.count;
	bool found = false;

	for (; cursor.at < cursor.end && !address && *cursor.at != '#'; cursor.at++) {
		struct cursor word = cursor;

		if (to_lower(*cursor.at) != 's' || !scan_prefix(&word, "stable"))
			continue;
		if (cursor.at > value.at && (is_alnum(cursor.at[-1]) || cursor.at[-1] == '-') &&
		    (cursor.at - value.at < 6 || memcmp(cursor.at - 6, "linux-", 6) != 0))
			continue;
		if (word.at < word.end && (is_alnum(*word.at) || *word.at == '-'))
			continue;
		address = cursor.at;
	}
	if (!address)
		return;
	cursor.at = value.at;
	cursor.end = address;
	found = stable_versions(scan, &cursor);
	cursor = (struct cursor){ address, value.end };
	/* To the end of the address, then to what introduces the remark. */
	while (cursor.at < cursor.end && !strchr("#[(", *cursor.at)) {
		struct cursor version = { cursor.at + 1, cursor.end };

		if (is_blank(*cursor.at) &&
		    (scan_byte(&version, '@') || scan_byte(&version, 'k')) &&
		    (skip_blanks(&version), scan_version(&ignored, &version)))
			break;
		cursor.at++;
	}
	if (cursor.at < cursor.end) {
		cursor.at++;
		scan_byte(&cursor, '@');
		stable_remark(scan, cursor, &found);
	}
	if (!found && scan->message->references.count == count)
		scan_add(scan, REFERENCE_STABLE_FROM, "", nothing);
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
	{ "cc", trailer_cc },
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

	if (!begins_paragraph(scan, count) || !scan_word(&cursor, "fixes"))
		return false;
	skip_blanks(&cursor);
	if (!add_ids(scan, REFERENCE_FIXES, &cursor))
		return false;
	if (list->count == count || (array_last(list)->text_length && at_end(&cursor)))
		return true;
	forget(scan, count);
	return false;
}

static void scan_trailer(struct scan *scan, struct cursor cursor)
{
	char first = to_lower(*cursor.at);

	for (size_t i = 0; i < COUNT_OF(trailers); i++) {
		struct cursor value = cursor;

		if (*trailers[i].key != first || !scan_word(&value, trailers[i].key))
			continue;
		skip_blanks(&value);
		if (!scan_byte(&value, ':'))
			continue;
		skip_blanks(&value);
		trailers[i].parse(scan, value);
		return;
	}
}

/* "This reapplies commit X." */
static void scan_reapply(struct scan *scan, struct cursor cursor)
{
	static const char *const verbs[] = { "reapplies",  "re-applies", "reapply", "re-apply",
					     "reinstates", "reinstate",	 NULL };
	static const char *const fillers[] = { "this",	   "patch",  "the",    "upstream",
					       "mainline", "stable", "change", NULL };

	cursor.end = scan->end;
	while (scan_words(&cursor, fillers))
		skip_spaces(&cursor);
	if (!scan_words(&cursor, verbs))
		return;
	skip_spaces(&cursor);
	while (scan_words(&cursor, fillers) || scan_commit_word(&cursor))
		skip_spaces(&cursor);
	add_ids(scan, REFERENCE_REAPPLIES, &cursor);
}

void scan_line_forms(struct scan *scan)
{
	struct cursor cursor = line_cursor(scan);

	switch (*cursor.at) {
	case '#':
		cursor.at++;
		skip_blanks(&cursor);
		if (cursor.at < cursor.end && to_lower(*cursor.at) == 'c')
			scan_trailer(scan, cursor);
		break;
	case '[':
	case '(':
		scan_bracket_line(scan, cursor);
		break;
	case 'B':
	case 'b':
		if (!is_quoted(scan) && !picked_from(scan, cursor) && !header_this_is(scan, cursor))
			scan_trailer(scan, cursor);
		break;
	case 'C':
	case 'c':
		if (is_quoted(scan) || (!header_commit_first(scan, cursor, HEADER_PLAIN) &&
					!picked_from(scan, cursor)))
			scan_trailer(scan, cursor);
		break;
	case 'R':
	case 'r':
		if (begins_paragraph(scan, scan->message->references.count))
			scan_reapply(scan, cursor);
		scan_trailer(scan, cursor);
		break;
	case 'T':
	case 't':
		if (is_quoted(scan))
			break;
		if (!header_this_is(scan, cursor))
			scan_reapply(scan, cursor);
		break;
	case 'U':
	case 'u':
		if (!is_quoted(scan))
			header_upstream_first(scan, cursor, HEADER_PLAIN);
		break;
	case 'F':
	case 'f':
		if (!fixes_sentence(scan, cursor))
			scan_trailer(scan, cursor);
		break;
	case 'N':
	case 'n':
		if (!is_quoted(scan))
			header_this_is(scan, cursor);
		break;
	case 'D':
	case 'd':
	case 'G':
	case 'g':
	case 'L':
	case 'l':
	case 'S':
	case 's':
		scan_trailer(scan, cursor);
		break;
	}
}
