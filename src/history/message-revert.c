/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reverts and reapplications. In the subject they are nested quotations; in the
 * body they are sentences, which mail programs wrap anywhere:
 *
 *	This reverts commit X, which is
 *	commit Y upstream.
 *
 * The second line looks like the header of a backport and is none, so the
 * lines of such a sentence are kept from the parsers of single lines.
 */
#include "history/message-scan.h"

static const struct span nothing = { "", 0 };

/* How much of a sentence before its verb is looked at. */
#define LOOK_BACK 80

struct quotation {
	unsigned depth; /* of this level: a revert 1, a reapplication 2 */
	bool partial;
	struct span inner; /* what is quoted */
};

/* One level: Revert "x", Reapply "x", Partially revert "x". */
static bool open_quotation(struct quotation *ret_quotation, struct span text)
{
	struct cursor cursor = { text.text, text.text + text.length };
	struct quotation found = { 0 };
	const char *start, *last;
	char quote;

	if (scan_word(&cursor, "partially") || scan_word(&cursor, "partial")) {
		found.partial = true;
		scan_blanks(&cursor);
	}
	if (scan_word(&cursor, "revert"))
		found.depth = 1;
	else if (scan_word(&cursor, "reapply") || scan_word(&cursor, "re-apply"))
		found.depth = 2;
	else
		return false;
	scan_any(&cursor, ":");
	scan_blanks(&cursor);
	if (scan_word(&cursor, "of") || scan_word(&cursor, "commit"))
		scan_blanks(&cursor);
	if (cursor.at == cursor.end || (*cursor.at != '"' && *cursor.at != '\''))
		return false;
	quote = *cursor.at++;
	start = cursor.at;
	last = memrchr(start, quote, (size_t)(cursor.end - start));
	found.inner = span_trim(start, last ? last : cursor.end);
	if (!found.inner.length)
		return false;
	*ret_quotation = found;
	return true;
}

/* A subsystem may stand before the word: `xfs: Revert "x"`. */
static bool find_quotation(struct quotation *ret_quotation, struct span text)
{
	const char *end = text.text + text.length;

	for (;;) {
		const char *colon;

		if (open_quotation(ret_quotation, text))
			return true;
		colon = memchr(text.text, ':', text.length);
		/* Not inside a quotation, and only so deep. */
		if (!colon || memchr(text.text, '"', (size_t)(colon - text.text)))
			return false;
		text = span_trim(colon + 1, end);
		if (!text.length)
			return false;
	}
}

static const char *const part_words[] = { "part", "parts", "portions", "some",	"most",
					  "bits", "half",  "hunk",     "hunks", NULL };

static enum reference_kind revert_kind(bool partial)
{
	return partial ? REFERENCE_PARTIALLY_REVERTS : REFERENCE_REVERTS;
}

/* `revert: x`, without quotes. */
static bool scan_revert_prefix(struct scan *scan, struct span title)
{
	struct cursor cursor = { title.text, title.text + title.length };
	struct span subject;

	if (!scan_prefix(&cursor, "revert: "))
		return false;
	subject = scan_rest(&cursor);
	if (!subject.length)
		return false;
	scan->message->revert_depth = 1;
	scan->message->reverted_subject = subject.text;
	scan->message->reverted_subject_length = subject.length;
	scan_add(scan, REFERENCE_REVERTS, "", subject);
	return true;
}

/* `Revert commit X ("x")`, `subsystem: Partial revert of X`. */
static void scan_revert_subject_id(struct scan *scan, struct span title)
{
	struct message *message = scan->message;
	struct cursor cursor = { title.text, title.text + title.length };
	struct span subject = nothing;
	bool partial;
	char id[41];

	for (;;) {
		const char *colon;

		partial = scan_word(&cursor, "partially") || scan_word(&cursor, "partial");
		scan_blanks(&cursor);
		if (scan_word(&cursor, "revert"))
			break;
		colon = memchr(cursor.at, ':', (size_t)(cursor.end - cursor.at));
		if (!colon)
			return;
		cursor.at = colon + 1;
		scan_blanks(&cursor);
	}
	scan_blanks(&cursor);
	partial |= scan_words(&cursor, part_words);
	scan_blanks(&cursor);
	if (scan_word(&cursor, "of") || scan_word(&cursor, "changeset"))
		scan_blanks(&cursor);
	scan_commit_word(&cursor);
	if (!scan_id(id, &cursor))
		return;
	scan_subject(&subject, &cursor, cursor.end);
	message->revert_depth = 1;
	message->reverted_subject = subject.text;
	message->reverted_subject_length = subject.length;
	scan_add(scan, revert_kind(partial), id, subject);
}

void scan_revert_subject(struct scan *scan)
{
	struct message *message = scan->message;
	struct span title = { message->title, message->title_length };
	struct quotation outer, inner;

	if (!find_quotation(&outer, title)) {
		if (!scan_revert_prefix(scan, title))
			scan_revert_subject_id(scan, title);
		return;
	}
	message->revert_depth = outer.depth;
	inner = outer;
	while (open_quotation(&inner, inner.inner))
		message->revert_depth += inner.depth;
	message->reverted_subject = inner.inner.text;
	message->reverted_subject_length = inner.inner.length;
	if (outer.depth == 1)
		scan_add(scan, revert_kind(outer.partial), "", outer.inner);
	if (message->revert_depth % 2 == 0)
		scan_add(scan, REFERENCE_REAPPLIES, "", inner.inner);
}

/* The word that ends at `end` (exclusive), with white space behind it skipped. */
static struct span word_before(const char *start, const char *end)
{
	const char *from;

	while (end > start && (byte_is_blank(end[-1]) || end[-1] == '\n')) {
		if (end[-1] == '\n' && end - start > 1 && end[-2] == '\n')
			return nothing;
		end--;
	}
	for (from = end; from > start && (byte_is_alnum(from[-1]) || from[-1] == '-');)
		from--;
	return (struct span){ from, (size_t)(end - from) };
}

static bool span_is(struct span span, const char *word)
{
	struct cursor cursor = { span.text, span.text + span.length };

	return span.length == strlen(word) && scan_prefix(&cursor, word);
}

static bool span_is_any(struct span span, const char *const *words)
{
	for (; *words; words++)
		if (span_is(span, *words))
			return true;
	return false;
}

static const char *const partial_words[] = { "partially", "partial",	 "partly",    "effectively",
					     "effective", "essentially", "basically", "mostly",
					     "largely",	  "practically", NULL };
static const char *const plain_words[] = {
	"also",	 "completely", "simply",   "just",     "therefore", "fully",
	"thus",	 "a",	       "the",	   "is",       "full",	    "manual",
	"clean", "plain",      "straight", "complete", "simple",    "straightforward",
	NULL
};
static const char *const subject_words[] = { "patch", "commit", "change", "one", "series", NULL };

/* Whether a sentence begins at `at`: a paragraph, or behind a full stop or another such sentence.
 */
static bool begins_sentence(const struct scan *scan, const char *at)
{
	const char *text = scan->text;
	bool newline = false;

	while (at > text && at != scan->taken && (byte_is_blank(at[-1]) || at[-1] == '\n')) {
		if (at[-1] == '\n' && newline)
			return true;
		newline |= at[-1] == '\n';
		at--;
	}
	return at == text || at == scan->taken || strchr(".!;", at[-1]);
}

/*
 * Judges the words before the verb. "This [patch] [partially] reverts",
 * "This is a [partial] revert of", "[Partially] revert" at the head of a
 * sentence: those speak of the commit at hand. "Commit Y reverts X" does not.
 */
static bool speaks_of_itself(bool *ret_partial, const struct scan *scan, const char *word,
			     bool imperative)
{
	const char *floor = word - scan->text > LOOK_BACK ? word - LOOK_BACK : scan->text;
	const char *at = word;

	*ret_partial = false;
	/* "Revert commit X" or "Reverts X" at the head of a sentence; "revert X" of a paragraph. */
	if (*word == 'R' ? begins_sentence(scan, word)
			 : imperative && word == scan->line && !scan->previous)
		return true;
	for (int count = 0; count < 7; count++) {
		struct span before = word_before(floor, at);

		if (!before.length)
			return false;
		at = before.text;
		if (span_is(before, "this"))
			return true;
		if (span_is_any(before, partial_words)) {
			*ret_partial = true;
			if (imperative && *at == 'P' && begins_sentence(scan, at))
				return true;
		} else if (!span_is_any(before, plain_words) &&
			   !span_is_any(before, subject_words)) {
			return false;
		}
	}
	return false;
}

/* "which is commit Y upstream", "(upstream commit Y)", at `cursor`. */
static bool scan_which_is(char ret_id[41], struct cursor *cursor)
{
	static const char *const which[] = { "which", "that", "this", "it", NULL };
	static const char *const is[] = { "is", "was", NULL };
	static const char *const fillers[] = { "a", "backport", "of", "the", NULL };
	static const char *const upstream[] = { "upstream", "mainline", NULL };
	struct cursor after = *cursor;
	bool stated = false;

	scan_any(&after, ",.;");
	while (after.at < after.end && (byte_is_blank(*after.at) || *after.at == '\n'))
		after.at++;
	if (memchr(cursor->at, '\n', (size_t)(after.at - cursor->at)) &&
	    memmem(cursor->at, (size_t)(after.at - cursor->at), "\n\n", 2) &&
	    !scan_prefix(&(struct cursor){ after.at, after.end }, "which"))
		return false;
	if (scan_byte(&after, '('))
		scan_spaces(&after);
	if (scan_words(&after, which)) {
		scan_spaces(&after);
		if (!scan_words(&after, is))
			return false;
		scan_spaces(&after);
	}
	while (scan_words(&after, fillers))
		scan_spaces(&after);
	if (scan_words(&after, upstream)) {
		stated = true;
		scan_spaces(&after);
	}
	if (scan_commit_word(&after))
		scan_spaces(&after);
	if (!scan_id(ret_id, &after))
		return false;
	if (!stated) {
		struct span ignored;
		struct cursor plain = after;

		if (!scan_subject(&ignored, &after, after.end))
			after = plain;
		scan_spaces(&after);
		if (scan_word(&after, "in"))
			scan_spaces(&after);
		if (!scan_words(&after, upstream) && !scan_word_like(&after, "upstream"))
			return false;
	}
	*cursor = after;
	return true;
}

const char *scan_revert_sentence(struct scan *scan, const char *word)
{
	static const char *const of[] = { "of",	   "the",	"following",  "in",  "from",
					  "merge", "stable",	"linux",      "old", "a",
					  "two",   "changeset", "changesets", NULL };
	static const char *const upstream[] = { "upstream", "mainline", NULL };
	struct cursor cursor = { word, scan->end };
	bool partial, of_upstream = false;
	bool imperative = scan_word(&cursor, "revert");
	const char *last;
	char id[41];
	bool found = false;

	if (!imperative && !scan_word(&cursor, "reverts"))
		return word + 2;
	last = cursor.at;
	if (word > scan->text && byte_is_alnum(word[-1]))
		return last;
	if (!speaks_of_itself(&partial, scan, word, imperative))
		return last;
	scan_spaces(&cursor);
	for (int count = 0; count < 8; count++) {
		if (scan_words(&cursor, part_words))
			partial = true;
		else if (scan_words(&cursor, upstream))
			of_upstream = true;
		else if (!scan_words(&cursor, of) && !scan_commit_word(&cursor))
			break;
		scan_any(&cursor, ",:");
		scan_spaces(&cursor);
	}
	while (scan_id(id, &cursor)) {
		enum reference_kind kind = revert_kind(partial);
		struct span subject = nothing;
		struct cursor line = { cursor.at, scan->end };
		struct cursor which;

		/* A bracket with an id of its own is no subject. */
		scan_spaces(&line);
		which = line;
		if (*id && !scan_which_is((char[41]){ 0 }, &which) &&
		    scan_subject(&subject, &line, scan->end))
			cursor = line;
		line = cursor;
		scan_spaces(&line);
		if (scan_words(&line, upstream)) {
			of_upstream = true;
			cursor = line;
		}
		if (of_upstream && !partial)
			kind = REFERENCE_REVERTS_UPSTREAM;
		scan_add(scan, kind, id, subject);
		found = true;
		last = cursor.at;
		if (scan_which_is(id, &cursor)) {
			scan_add(scan,
				 partial ? REFERENCE_PARTIALLY_REVERTS : REFERENCE_REVERTS_UPSTREAM,
				 id, nothing);
			last = cursor.at;
		}
		scan_any(&cursor, ",;&");
		scan_spaces(&cursor);
		if (scan_word(&cursor, "and"))
			scan_spaces(&cursor);
		if (scan_commit_word(&cursor))
			scan_spaces(&cursor);
	}
	if (found && last > scan->taken)
		scan->taken = last;
	return last;
}
