/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/resolution.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "triage/ledger-file.h"

#define FOLDER "resolutions"
#define SUFFIX ".patch"

void resolution_free(struct resolution *resolution)
{
	if (!resolution)
		return;
	free(resolution->base);
	free(resolution->person);
	free(resolution->date);
	free(resolution->reason);
	patch_release(&resolution->patch);
	free(resolution);
}

void resolution_list_release(struct resolution_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		resolution_free(list->items[i]);
	array_release(list);
}

char *resolution_file(const git_oid *commit, const char *base)
{
	return string_format(FOLDER "/%s/%s" SUFFIX, id_hex(commit).text, base);
}

/* ---- reading ---- */

static const struct {
	const char *name;
	size_t offset;
} fields[] = {
	{ "base", offsetof(struct resolution, base) },
	{ "person", offsetof(struct resolution, person) },
	{ "date", offsetof(struct resolution, date) },
	{ "reason", offsetof(struct resolution, reason) },
};

/* One line "<key>: <value>", of which `*at` is the start; moves to the next. */
static int read_field(char **ret_value, const char **at, const char *end, const char *key,
		      const char *name, size_t line, struct error *err)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	size_t length = strlen(key);
	const char *value = *at + length + 2;

	if (!newline || value >= newline || memcmp(*at, key, length) || memcmp(value - 2, ": ", 2))
		return error_set(err, ERROR_INPUT,
				 "%s:%zu: '%s: <value>' was expected; git in ledger/ has it as it "
				 "was",
				 name, line, key);
	if (!text_is_utf8(value, (size_t)(newline - value)))
		return error_set(err, ERROR_INPUT, "%s:%zu: is not UTF-8", name, line);
	*ret_value = string_copy_length(value, (size_t)(newline - value));
	*at = newline + 1;
	return 0;
}

static int read_header(struct resolution *resolution, const char **at, const char *end,
		       const char *name, struct error *err)
{
	char *commit = NULL;
	size_t line = 1;
	int error = read_field(&commit, at, end, "commit", name, line, err);

	if (!error &&
	    (strlen(commit) != GIT_OID_HEXSZ || git_oid_fromstr(&resolution->commit, commit) < 0))
		error = error_set(err, ERROR_INPUT, "%s:%zu: commit: must be 40 hex digits", name,
				  line);
	free(commit);
	for (size_t i = 0; i < COUNT_OF(fields) && !error; i++)
		error = read_field((char **)((char *)resolution + fields[i].offset), at, end,
				   fields[i].name, name, ++line, err);
	if (!error && (*at == end || **at != '\n'))
		error = error_set(err, ERROR_INPUT,
				  "%s:%zu: an empty line was expected between the header and the "
				  "patch",
				  name, line + 1);
	*at += !error;
	return error;
}

int resolution_parse(struct resolution **ret_resolution, const char *text, size_t length,
		     const char *name, struct error *err)
{
	struct resolution *resolution = memory_alloc(sizeof(*resolution));
	const char *at = text, *end = text + length;
	int error = read_header(resolution, &at, end, name, err);

	if (!error)
		error = patch_parse(&resolution->patch, at, (size_t)(end - at), PATCH_BARE, name,
				    COUNT_OF(fields) + 3, err);
	if (!error && git_odb_hash(&resolution->digest, text, length, GIT_OBJECT_BLOB) < 0)
		error = git_failed(err, "%s: cannot be hashed", name);
	if (error)
		resolution_free(resolution);
	else
		*ret_resolution = resolution;
	return error;
}

static int read_one(struct resolution_list *list, const char *directory, const char *commit,
		    const char *file, struct error *err)
{
	char *path = string_format("%s/" FOLDER "/%s/%s", directory, commit, file);
	char *is = NULL, *should_be = string_format(FOLDER "/%s/%s", commit, file);
	struct resolution *resolution = NULL;
	struct buffer text = BUFFER_INIT;
	int error = buffer_read_file(&text, path, PATCH_BYTES_LIMIT, err);

	if (!error)
		error = resolution_parse(&resolution, text.data, text.length, path, err);
	if (!error) {
		is = resolution_file(&resolution->commit, resolution->base);
		if (strcmp(is, should_be))
			error = error_set(err, ERROR_INPUT,
					  "%s: is of another commit or base than its name says; it "
					  "belongs to %s",
					  path, is);
	}
	if (!error)
		array_push(list, resolution);
	else
		resolution_free(resolution);
	buffer_release(&text);
	free(should_be);
	free(path);
	free(is);
	return error;
}

static int wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Names by their bytes, whatever the locale; none where there is no such directory. */
static int list_names(struct dirent ***ret_names, const char *path, struct error *err)
{
	int count = scandir(path, ret_names, wanted, alphasort);

	if (count < 0 && errno != ENOENT)
		return error_errno(err, "%s: cannot be read", path);
	return count < 0 ? 0 : count;
}

static int read_commit(struct resolution_list *list, const char *directory, const char *commit,
		       struct error *err)
{
	char *path = string_format("%s/" FOLDER "/%s", directory, commit);
	struct dirent **names = NULL;
	int count = list_names(&names, path, err), error = count < 0 ? count : 0;

	for (int i = 0; i < count; i++) {
		if (!error)
			error = read_one(list, directory, commit, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	free(path);
	return error;
}

int resolution_list_load(struct resolution_list *ret_list, const char *directory, struct error *err)
{
	char *path = string_format("%s/" FOLDER, directory);
	struct dirent **names = NULL;
	int count = list_names(&names, path, err), error = count < 0 ? count : 0;

	memset(ret_list, 0, sizeof(*ret_list));
	for (int i = 0; i < count; i++) {
		if (!error)
			error = read_commit(ret_list, directory, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	free(path);
	if (error)
		resolution_list_release(ret_list);
	return error;
}

/* ---- writing ---- */

void resolution_print(struct buffer *ret_text, const struct resolution *resolution,
		      const struct buffer *diff)
{
	buffer_add_format(ret_text, "commit: %s\n", id_hex(&resolution->commit).text);
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		buffer_add_format(ret_text, "%s: %s\n", fields[i].name,
				  *(char *const *)((const char *)resolution + fields[i].offset));
	buffer_add_byte(ret_text, '\n');
	buffer_add(ret_text, diff->data, diff->length);
}

int resolution_add(git_oid *ret_digest, const char *directory, const struct resolution *resolution,
		   const struct buffer *diff, struct error *err)
{
	char *name = resolution_file(&resolution->commit, resolution->base);
	char *message = string_format("resolve %s on %s\n\n%s\n",
				      id_short(&resolution->commit).text, resolution->base,
				      resolution->reason);
	struct buffer text = BUFFER_INIT;
	struct resolution *again = NULL;
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(fields) && !error; i++)
		error = ledger_check_value(
			fields[i].name,
			*(char *const *)((const char *)resolution + fields[i].offset), err);
	resolution_print(&text, resolution, diff);
	/* What is written can be read. */
	if (!error)
		error = resolution_parse(&again, text.data, text.length, name, err);
	if (!error)
		error = ledger_write_file(directory, name, &text, message, err);
	if (!error)
		*ret_digest = again->digest;
	resolution_free(again);
	buffer_release(&text);
	free(message);
	free(name);
	return error;
}
