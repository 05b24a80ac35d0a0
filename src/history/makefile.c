/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/makefile.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"

/* The variables stand within the first lines; a longer search would find others' uses. */
#define LINES_SEARCHED 20

static const char *const variables[] = { "VERSION", "PATCHLEVEL", "SUBLEVEL", "EXTRAVERSION" };

/* The value of `NAME = value` on this line, or NULL. */
static const char *value_of(const char *line, const char *end, const char *name)
{
	size_t length = strlen(name);

	if ((size_t)(end - line) <= length || memcmp(line, name, length))
		return NULL;
	line += length;
	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	if (line == end || *line != '=')
		return NULL;
	line++;
	while (line < end && (*line == ' ' || *line == '\t'))
		line++;
	return line;
}

static void store_value(struct makefile_version *version, size_t which, const char *value,
			const char *end)
{
	int *const numbers[] = { &version->version, &version->patchlevel, &version->sublevel };
	char text[64];
	size_t length;

	while (end > value && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	length = (size_t)(end - value);
	if (length >= sizeof(text))
		return;
	memcpy(text, value, length);
	text[length] = '\0';
	if (which == 3) {
		memcpy(version->extraversion, text, length + 1);
	} else if (length && length < 8 && strspn(text, "0123456789") == length) {
		*numbers[which] = (int)strtol(text, NULL, 10);
	}
}

bool makefile_parse(struct makefile_version *ret_version, const char *text, size_t length)
{
	const char *at = text, *stop = text + length, *end, *value;

	*ret_version = (struct makefile_version){ -1, -1, -1, "" };
	for (int line = 0; at < stop && line < LINES_SEARCHED; line++) {
		end = memchr(at, '\n', (size_t)(stop - at));
		if (!end)
			end = stop;
		for (size_t i = 0; i < COUNT_OF(variables); i++) {
			value = value_of(at, end, variables[i]);
			if (value)
				store_value(ret_version, i, value, end);
		}
		at = end < stop ? end + 1 : stop;
	}
	return ret_version->version >= 0;
}

int makefile_set_extraversion(struct buffer *ret_text, const char *text, size_t length,
			      const char *extraversion, struct error *err)
{
	const char *at = text, *stop = text + length, *end;

	for (int line = 0; at < stop && line < LINES_SEARCHED; line++) {
		end = memchr(at, '\n', (size_t)(stop - at));
		if (!end)
			end = stop;
		if (value_of(at, end, "EXTRAVERSION")) {
			buffer_add(ret_text, text, (size_t)(at - text));
			buffer_add_format(ret_text, "EXTRAVERSION = %s", extraversion);
			if (end > at && end[-1] == '\r')
				buffer_add_byte(ret_text, '\r');
			buffer_add(ret_text, end, (size_t)(stop - end));
			return 0;
		}
		at = end < stop ? end + 1 : stop;
	}
	return error_set(err, ERROR_INPUT,
			 "Makefile: has no EXTRAVERSION line near its top, so a release cannot be "
			 "named in it");
}

int makefile_read(struct buffer *ret_text, git_odb *odb, const git_oid *tree, struct error *err)
{
	git_odb_object *object;
	const char *at, *end, *name, *space;
	git_oid blob;
	bool found = false;

	if (git_odb_read(&object, odb, tree) < 0)
		return git_failed(err, "tree %s: is missing", id_hex(tree).text);
	at = git_odb_object_data(object);
	end = at + git_odb_object_size(object);
	while (!found && at < end) {
		space = memchr(at, ' ', (size_t)(end - at));
		name = space ? space + 1 : end;
		at = memchr(name, '\0', (size_t)(end - name));
		if (!space || !at || end - at <= GIT_OID_RAWSZ)
			break;
		found = !strcmp(name, "Makefile");
		memcpy(blob.id, at + 1, GIT_OID_RAWSZ);
		at += 1 + GIT_OID_RAWSZ;
	}
	git_odb_object_free(object);
	if (!found)
		return error_set(err, ERROR_NOT_FOUND, "tree %s: has no Makefile",
				 id_hex(tree).text);
	if (git_odb_read(&object, odb, &blob) < 0)
		return git_failed(err, "blob %s: Makefile of tree %s is missing",
				  id_hex(&blob).text, id_short(tree).text);
	buffer_add(ret_text, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return 0;
}
