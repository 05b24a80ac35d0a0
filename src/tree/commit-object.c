/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/commit-object.h"

#include <stdbool.h>
#include <string.h>

#include "git/repository.h"

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_token(char byte)
{
	return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       byte == '-';
}

struct stamp commit_stamp(const struct commit_view *view)
{
	const struct text_span *zone = &view->committer.zone;
	struct stamp stamp = { view->committer.time, "+0000" };

	if (zone->length == 5 && (zone->text[0] == '+' || zone->text[0] == '-') &&
	    is_digit(zone->text[1]) && is_digit(zone->text[2]) && is_digit(zone->text[3]) &&
	    is_digit(zone->text[4]))
		memcpy(stamp.zone, zone->text, 5);
	return stamp;
}

/* ---- trailers ---- */

/* What git itself writes: it makes a trailer block of a paragraph that also has prose. */
static const char *const own_prefixes[] = { "Signed-off-by: ", "(cherry picked from commit " };

struct line {
	const char *text;
	size_t length; /* without the newline */
};

static bool line_is_blank(const struct line *line)
{
	for (size_t i = 0; i < line->length; i++)
		if (!is_space(line->text[i]))
			return false;
	return true;
}

static bool line_begins(const struct line *line, const char *prefix)
{
	size_t length = strlen(prefix);

	return line->length >= length && !memcmp(line->text, prefix, length);
}

static bool line_is_own(const struct line *line)
{
	for (size_t i = 0; i < sizeof(own_prefixes) / sizeof(*own_prefixes); i++)
		if (line_begins(line, own_prefixes[i]))
			return true;
	return false;
}

/* "Token: value", with blanks allowed before the colon. */
static bool line_is_trailer(const struct line *line)
{
	bool blank = false;

	for (size_t i = 0; i < line->length; i++) {
		if (line->text[i] == ':')
			return i > 0;
		if (!blank && is_token(line->text[i]))
			continue;
		if (!i || (line->text[i] != ' ' && line->text[i] != '\t'))
			return false;
		blank = true;
	}
	return false;
}

/* The line that ends at `end`, which is after a newline or at the end of the text. */
static struct line line_before(const char *text, size_t end)
{
	size_t stop = end && text[end - 1] == '\n' ? end - 1 : end, start = stop;

	while (start && text[start - 1] != '\n')
		start--;
	return (struct line){ text + start, stop - start };
}

/* The first paragraph is the title, whatever it looks like. */
static size_t end_of_title(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		const char *newline = memchr(text + at, '\n', length - at);
		struct line line = { text + at,
				     (size_t)((newline ? newline : text + length) - text) - at };

		if (!line_begins(&line, "#") && line_is_blank(&line))
			break;
		at += line.length + (newline ? 1 : 0);
	}
	return at;
}

/*
 * Whether the last paragraph is a trailer block by git's rules (trailer.c): all of it
 * trailers, or one of git's own and at least a quarter of it trailers. Lines that
 * begin with a blank continue a trailer; lines that begin with # do not count.
 */
static bool ends_with_trailers(const char *text, size_t length)
{
	size_t title = end_of_title(text, length), trailers = 0, others = 0, continued = 0;
	bool own = false, seen = false;
	struct line line;

	for (size_t end = length; end > title; end = (size_t)(line.text - text)) {
		line = line_before(text, end);
		if (line_begins(&line, "#")) {
			others += continued;
			continued = 0;
		} else if (line_is_blank(&line)) {
			if (!seen)
				continue;
			others += continued;
			return own ? trailers * 3 >= others : trailers && !others;
		} else if (line_is_own(&line) ||
			   (!is_space(line.text[0]) && line_is_trailer(&line))) {
			own |= line_is_own(&line);
			trailers++;
			continued = 0;
			seen = true;
		} else if (is_space(line.text[0])) {
			continued++;
			seen = true;
		} else {
			others += 1 + continued;
			continued = 0;
			seen = true;
		}
	}
	return false;
}

void message_add_trailers(struct buffer *message, const char *trailers)
{
	if (!*trailers)
		return;
	if (message->length && message->data[message->length - 1] != '\n')
		buffer_add_byte(message, '\n');
	if (!ends_with_trailers(message->data, message->length))
		buffer_add_byte(message, '\n');
	buffer_add_string(message, trailers);
}

/* ---- objects ---- */

static void add_tree_and_parent(struct buffer *object, const git_oid *tree, const git_oid *parent)
{
	buffer_add_format(object, "tree %s\n", id_hex(tree).text);
	buffer_add_format(object, "parent %s\n", id_hex(parent).text);
}

void commit_object_pick(struct buffer *ret_object, struct stamp *stamp,
			const struct commit_view *stable, const git_oid *tree,
			const git_oid *parent, const char *trailers)
{
	const struct person_span *committer = &stable->committer;
	struct stamp own = commit_stamp(stable);
	struct buffer message = BUFFER_INIT;

	if (own.time >= stamp->time)
		*stamp = own;
	add_tree_and_parent(ret_object, tree, parent);
	buffer_add_string(ret_object, "author ");
	buffer_add(ret_object, stable->author.line.text, stable->author.line.length);
	buffer_add_string(ret_object, "\ncommitter ");
	buffer_add(ret_object, committer->name.text, committer->name.length);
	buffer_add_string(ret_object, " <");
	buffer_add(ret_object, committer->mail.text, committer->mail.length);
	buffer_add_format(ret_object, "> %lld %s\n", (long long)stamp->time, stamp->zone);
	if (stable->encoding.length) {
		buffer_add_string(ret_object, "encoding ");
		buffer_add(ret_object, stable->encoding.text, stable->encoding.length);
		buffer_add_byte(ret_object, '\n');
	}
	buffer_add_byte(ret_object, '\n');
	buffer_add(&message, stable->message.text, stable->message.length);
	message_add_trailers(&message, trailers);
	buffer_add(ret_object, message.data, message.length);
	buffer_release(&message);
}

void commit_object_own(struct buffer *ret_object, const git_oid *tree, const git_oid *parent,
		       const char *identity, int64_t time, const char *message)
{
	add_tree_and_parent(ret_object, tree, parent);
	buffer_add_format(ret_object, "author %s %lld +0000\n", identity, (long long)time);
	buffer_add_format(ret_object, "committer %s %lld +0000\n", identity, (long long)time);
	buffer_add_byte(ret_object, '\n');
	buffer_add_string(ret_object, message);
}
