/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/message-scan.h"

/* A subject that is wrapped goes on for this many bytes at most. */
#define SUBJECT_REACH 600

bool byte_is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\0';
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

bool byte_is_alnum(char byte)
{
	char lower = byte_to_lower(byte);

	return is_digit(byte) || (lower >= 'a' && lower <= 'z');
}

char byte_to_lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

void scan_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end && byte_is_blank(*cursor->at))
		cursor->at++;
}

void scan_spaces(struct cursor *cursor)
{
	struct cursor next;

	scan_blanks(cursor);
	if (cursor->at == cursor->end || *cursor->at != '\n')
		return;
	next = *cursor;
	next.at++;
	scan_blanks(&next);
	if (next.at < next.end && *next.at != '\n')
		*cursor = next;
}

bool scan_byte(struct cursor *cursor, char byte)
{
	if (cursor->at == cursor->end || *cursor->at != byte)
		return false;
	cursor->at++;
	return true;
}

bool scan_any(struct cursor *cursor, const char *bytes)
{
	if (cursor->at == cursor->end || !*cursor->at || !strchr(bytes, *cursor->at))
		return false;
	cursor->at++;
	return true;
}

bool scan_prefix(struct cursor *cursor, const char *prefix)
{
	const char *at = cursor->at;

	for (; *prefix; prefix++, at++)
		if (at == cursor->end || byte_to_lower(*at) != *prefix)
			return false;
	cursor->at = at;
	return true;
}

bool scan_word(struct cursor *cursor, const char *word)
{
	struct cursor after = *cursor;

	if (!scan_prefix(&after, word) || (after.at < after.end && byte_is_alnum(*after.at)))
		return false;
	*cursor = after;
	return true;
}

bool scan_words(struct cursor *cursor, const char *const *words)
{
	for (; *words; words++)
		if (scan_word(cursor, *words))
			return true;
	return false;
}

bool scan_word_like(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word), found = 0, head = 0, tail = 0;
	const char *at = cursor->at;
	size_t left = (size_t)(cursor->end - at);

	while (found < left && found <= length + 1 && byte_is_alnum(at[found]))
		found++;
	if (found + 1 < length || found > length + 1)
		return false;
	while (head < found && head < length && byte_to_lower(at[head]) == word[head])
		head++;
	while (tail < found - head && tail < length - head &&
	       byte_to_lower(at[found - 1 - tail]) == word[length - 1 - tail])
		tail++;
	found -= head + tail;
	length -= head + tail;
	if (found > 1 || length > 1) {
		if (found != 2 || length != 2 || byte_to_lower(at[head]) != word[head + 1] ||
		    byte_to_lower(at[head + 1]) != word[head])
			return false;
	}
	cursor->at += head + found + tail;
	return true;
}

bool scan_commit_word(struct cursor *cursor)
{
	static const char *const words[] = { "commit", "commits", "commitid", "patch", NULL };
	static const char *const ids[] = { "id", "ids", "sha", "sha1", NULL };

	if (!scan_words(cursor, words))
		return false;
	scan_any(cursor, "-");
	scan_blanks(cursor);
	if (scan_words(cursor, ids))
		scan_blanks(cursor);
	while (scan_any(cursor, ":#]"))
		scan_blanks(cursor);
	return true;
}

static bool is_hex(char byte)
{
	char lower = byte_to_lower(byte);

	return is_digit(byte) || (lower >= 'a' && lower <= 'f');
}

bool scan_id_before(char ret_id[41], struct cursor *cursor, const char *openers)
{
	struct cursor after = *cursor;
	size_t length = 0, left;
	bool decimal = true;

	scan_any(&after, "<'`");
	left = (size_t)(after.end - after.at);
	while (length < left && length <= 40 && is_hex(after.at[length])) {
		decimal &= is_digit(after.at[length]);
		length++;
	}
	if (length < REFERENCE_ID_MINIMUM || length > 40)
		return false;
	if (length < left) {
		char next = after.at[length];
		char second = length + 1 < left ? after.at[length + 1] : '\0';

		if (byte_is_alnum(next) || next == '_' || next == '@' || next == '/' ||
		    ((next == '.' || next == '-') && byte_is_alnum(second)))
			return false;
	}
	if (decimal && length < 12) {
		struct cursor ahead = { after.at + length, after.end };

		scan_blanks(&ahead);
		if (!scan_any(&ahead, openers))
			return false;
	}
	for (size_t i = 0; i < length; i++)
		ret_id[i] = byte_to_lower(after.at[i]);
	ret_id[length] = '\0';
	after.at += length;
	scan_any(&after, ">'`");
	*cursor = after;
	return true;
}

bool scan_id(char ret_id[41], struct cursor *cursor)
{
	return scan_id_before(ret_id, cursor, "(\"");
}

/*
 * The closing of a subject from `at` on: the quote, if there is one, and the
 * bracket, if there is one, followed by something that can follow a subject.
 */
static const char *find_closing(const char **ret_after, const char *at, const char *end, char quote,
				bool bracket)
{
	for (; at < end; at++) {
		const char *after = at;

		if (quote && *after++ != quote)
			continue;
		while (bracket && after < end && byte_is_blank(*after))
			after++;
		if (bracket && (after == end || *after++ != ')'))
			continue;
		if (after < end && !strchr(" \t\r\n,.;:&)]", *after))
			continue;
		/* (x) may hold brackets of its own: the last one on the line closes. */
		if (!quote && memchr(after, ')', (size_t)(end - after)))
			continue;
		/* So may "x" without brackets hold quotes. */
		if (quote && !bracket && memchr(after, quote, (size_t)(end - after)))
			continue;
		*ret_after = after;
		return at;
	}
	return NULL;
}

static const char *line_end_of(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline : end;
}

bool scan_subject(struct span *ret_subject, struct cursor *cursor, const char *text_end)
{
	struct cursor after = *cursor;
	const char *start, *closing, *behind, *reach;
	bool bracket;
	char quote = '\0';

	scan_blanks(&after);
	scan_any(&after, ":,");
	scan_blanks(&after);
	if (after.at == after.end && after.end < text_end) {
		/* The id ends its line and the subject has the next one. */
		const char *newline = line_end_of(after.at, text_end);

		if (newline == text_end)
			return false;
		after = (struct cursor){ newline + 1, line_end_of(newline + 1, text_end) };
		scan_blanks(&after);
		if (after.at == after.end || *after.at != '(')
			return false;
	}
	bracket = scan_byte(&after, '(');
	if (bracket)
		scan_blanks(&after);
	if (after.at < after.end && (*after.at == '"' || *after.at == '\''))
		quote = *after.at++;
	if (!bracket && !quote)
		return false;
	start = after.at;
	/* A sentence runs over lines; a subject ends with its line if it can. */
	reach = line_end_of(start, after.end);
	closing = find_closing(&behind, start, reach, quote, bracket);
	if (!closing) {
		const char *limit = text_end - start > SUBJECT_REACH ? start + SUBJECT_REACH
								     : text_end;
		const char *line = line_end_of(start, limit);

		for (int more = 0; more < 2 && !closing && line < limit; more++) {
			const char *next = line + 1;

			line = line_end_of(next, limit);
			closing = find_closing(&behind, next, line, quote, bracket);
		}
		/* What was taken for a wrapped subject is the next paragraph. */
		if (closing && memmem(start, (size_t)(closing - start), "\n\n", 2))
			closing = NULL;
	}
	if (closing) {
		*ret_subject = span_trim(start, closing);
		after.at = behind;
	} else {
		/* Unbalanced: to the end of the line, less what would have closed it. */
		const char *last = reach;

		while (last > start && strchr(" \t\r).;'\"", last[-1]) && last[-1])
			last--;
		*ret_subject = span_trim(start, last);
		after.at = reach;
	}
	/* What follows a wrapped subject is on another line than what came before it. */
	if (after.end < after.at)
		after.end = line_end_of(after.at, text_end);
	*cursor = after;
	return true;
}

bool scan_at_end(const struct cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->end; at++)
		if (!byte_is_blank(*at) && !strchr(".,:;)]>-'\"", *at))
			return false;
	return true;
}

struct span span_trim(const char *start, const char *end)
{
	while (start < end && (byte_is_blank(*start) || *start == '\n'))
		start++;
	while (end > start && (byte_is_blank(end[-1]) || end[-1] == '\n'))
		end--;
	return (struct span){ start, (size_t)(end - start) };
}

struct span scan_rest(const struct cursor *cursor)
{
	return span_trim(cursor->at, cursor->end);
}

bool span_has_word(struct span span, const char *lower)
{
	struct cursor cursor = { span.text, span.text + span.length };
	char before = ' ';

	for (; cursor.at < cursor.end; before = *cursor.at++) {
		struct cursor word = cursor;

		if (!byte_is_alnum(before) && scan_prefix(&word, lower))
			return true;
	}
	return false;
}
