/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/commit.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"

#define PARENTS_MOST 1000 /* the widest octopus in Linux has 66 */

void commit_view_release(struct commit_view *view)
{
	free(view->storage);
	memset(view, 0, sizeof(*view));
}

static int64_t read_number(const char *text, const char *end)
{
	int64_t value = 0;

	for (; text < end && *text >= '0' && *text <= '9' && value < INT64_MAX / 20; text++)
		value = value * 10 + (*text - '0');
	return value;
}

static void parse_person(struct person_span *ret_person, const char *text, size_t length)
{
	const char *end = text + length, *open, *close = end, *at;

	memset(ret_person, 0, sizeof(*ret_person));
	ret_person->line = (struct text_span){ text, length };
	/* The last '>': names are free to hold one. */
	while (close > text && close[-1] != '>')
		close--;
	if (close == text)
		return;
	open = memchr(text, '<', (size_t)(close - text));
	if (!open)
		return;
	ret_person->mail = (struct text_span){ open + 1, (size_t)(close - 1 - open - 1) };
	for (at = open; at > text && at[-1] == ' '; at--)
		;
	ret_person->name = (struct text_span){ text, (size_t)(at - text) };
	for (at = close; at < end && *at == ' '; at++)
		;
	ret_person->time = read_number(at, end);
	while (at < end && *at != ' ')
		at++;
	while (at < end && *at == ' ')
		at++;
	ret_person->zone = (struct text_span){ at, (size_t)(end - at) };
}

static int add_parent(struct commit_view *view, const char *text, size_t length)
{
	git_oid id;

	if (length != GIT_OID_HEXSZ || git_oid_fromstrn(&id, text, length) < 0 ||
	    view->parent_count >= PARENTS_MOST)
		return -1;
	view->storage = array_reserve_raw(view->storage, &view->storage_capacity,
					  view->parent_count + 1, sizeof(git_oid));
	view->storage[view->parent_count++] = id;
	return 0;
}

static bool has_name(const char *line, size_t length, const char *name)
{
	size_t size = strlen(name);

	return length > size && !memcmp(line, name, size) && line[size] == ' ';
}

/* One header line; continuation lines (of signatures) begin with a space. */
static int parse_header(struct commit_view *view, const char *line, size_t length, bool *has_tree)
{
	if (has_name(line, length, "tree")) {
		*has_tree = length == 5 + GIT_OID_HEXSZ &&
			    git_oid_fromstrn(&view->tree, line + 5, length - 5) == 0;
		return *has_tree ? 0 : -1;
	}
	if (has_name(line, length, "parent"))
		return add_parent(view, line + 7, length - 7);
	if (has_name(line, length, "author"))
		parse_person(&view->author, line + 7, length - 7);
	else if (has_name(line, length, "committer"))
		parse_person(&view->committer, line + 10, length - 10);
	else if (has_name(line, length, "encoding"))
		view->encoding = (struct text_span){ line + 9, length - 9 };
	return 0;
}

int commit_view_parse(struct commit_view *ret_view, const void *data, size_t length,
		      const git_oid *id, struct error *err)
{
	const char *at = data, *end = at + length, *line_end;
	git_oid *storage = ret_view->storage;
	size_t capacity = ret_view->storage_capacity;
	bool has_tree = false;

	memset(ret_view, 0, sizeof(*ret_view));
	ret_view->storage = storage;
	ret_view->storage_capacity = capacity;
	while (at < end && *at != '\n') {
		line_end = memchr(at, '\n', (size_t)(end - at));
		if (!line_end)
			line_end = end;
		if (parse_header(ret_view, at, (size_t)(line_end - at), &has_tree))
			break;
		at = line_end < end ? line_end + 1 : end;
	}
	if (!has_tree || (at < end && *at != '\n'))
		return error_set(err, ERROR_INPUT, "commit %s: is malformed; check with git fsck",
				 id_hex(id).text);
	if (at < end)
		at++;
	ret_view->message = (struct text_span){ at, (size_t)(end - at) };
	ret_view->parents = ret_view->storage;
	return 0;
}

void buffer_add_utf8(struct buffer *buffer, const char *text, size_t length)
{
	if (text_is_utf8(text, length)) {
		buffer_add(buffer, text, length);
		return;
	}
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < 0x80) {
			buffer_add_byte(buffer, byte);
		} else {
			buffer_add_byte(buffer, 0xc0 | byte >> 6);
			buffer_add_byte(buffer, 0x80 | (byte & 0x3f));
		}
	}
}
