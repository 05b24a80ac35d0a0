/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/record-lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/diff-facts.h"

#define LINE_LIMIT (16L << 20) /* bytes */
#define FILES_LIMIT 100000

int record_lines_open(struct record_lines *ret_lines, const char *path, struct error *err)
{
	memset(ret_lines, 0, sizeof(*ret_lines));
	ret_lines->path = path;
	ret_lines->file = strcmp(path, "-") ? fopen(path, "re") : stdin;
	if (!ret_lines->file)
		return error_set(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_INPUT, "%s: %s",
				 path, strerror(errno));
	return 0;
}

void record_lines_close(struct record_lines *lines)
{
	if (lines->file && lines->file != stdin)
		fclose(lines->file);
	free(lines->line);
	memset(lines, 0, sizeof(*lines));
}

void record_line_release(struct record_line *record)
{
	json_decref(record->root);
	free(record->files);
	memset(record, 0, sizeof(*record));
}

static bool take_text(const char **ret_text, size_t *ret_length, const json_t *root,
		      const char *key)
{
	const json_t *value = json_object_get(root, key);

	*ret_text = "";
	*ret_length = 0;
	if (!value || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return false;
	*ret_text = json_string_value(value);
	*ret_length = json_string_length(value);
	return true;
}

static bool take_files(struct record_line *record)
{
	const json_t *list = json_object_get(record->root, "files");
	size_t count = json_array_size(list);

	if (!list || json_is_null(list))
		return true;
	if (!json_is_array(list) || count > FILES_LIMIT)
		return false;
	record->files = memory_alloc((count + 1) * sizeof(*record->files));
	for (size_t i = 0; i < count; i++) {
		record->files[i] = json_string_value(json_array_get(list, i));
		if (!record->files[i])
			return false;
	}
	record->text.files = record->files;
	record->text.file_count = count;
	return true;
}

static uint64_t read_diff(const char *text, size_t length)
{
	struct diff_facts facts;
	const char *end;
	size_t size;

	diff_facts_init(&facts);
	while (length) {
		end = memchr(text, '\n', length);
		size = end ? (size_t)(end - text) : length;
		if (*text == '+' || *text == '-')
			diff_facts_add(&facts, *text == '+', text + 1, size - 1);
		size += end != NULL;
		text += size;
		length -= size;
	}
	return diff_facts_end(&facts);
}

/* An id is printed as it is, between tabs. */
static bool is_id(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return length != 0;
}

static int take_record(struct record_line *record, const struct record_lines *lines,
		       struct error *err)
{
	const char *key = NULL, *diff;
	size_t length;

	if (!take_text(&record->id, &length, record->root, "id") || !is_id(record->id, length))
		key = "id";
	else if (!take_text(&record->text.subject, &record->text.subject_length, record->root,
			    "subject"))
		key = "subject";
	else if (!take_text(&record->text.body, &record->text.body_length, record->root, "body"))
		key = "body";
	else if (!take_files(record))
		key = "files";
	else if (!take_text(&diff, &length, record->root, "diff"))
		key = "diff";
	if (key)
		return error_set(err, ERROR_INPUT, "%s:%zu: \"%s\" is missing or of a wrong kind",
				 lines->path, lines->number, key);
	record->diff = read_diff(diff, length);
	return 0;
}

int record_lines_next(struct record_line *ret_record, struct record_lines *lines, struct error *err)
{
	json_error_t failure;
	ssize_t length;
	int error;

	memset(ret_record, 0, sizeof(*ret_record));
	do {
		length = getline(&lines->line, &lines->size, lines->file);
		if (length < 0 && !feof(lines->file))
			return error_set(err, ERROR_INPUT, "%s: %s", lines->path, strerror(errno));
		if (length < 0)
			return 0;
		lines->number++;
	} while (strspn(lines->line, " \t\r\n") == (size_t)length);
	if (length > LINE_LIMIT)
		return error_set(err, ERROR_INPUT, "%s:%zu: the line has more than %ld bytes",
				 lines->path, lines->number, LINE_LIMIT);
	ret_record->root = json_loadb(lines->line, (size_t)length, JSON_ALLOW_NUL, &failure);
	if (!json_is_object(ret_record->root)) {
		json_decref(ret_record->root);
		ret_record->root = NULL;
		return error_set(err, ERROR_INPUT, "%s:%zu: no JSON object: %s", lines->path,
				 lines->number, failure.text);
	}
	error = take_record(ret_record, lines, err);
	if (error) {
		record_line_release(ret_record);
		return error;
	}
	return 1;
}
