/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/maintained.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/data-file.h"

#define RELEASES_LIMIT (4u << 20)

static const char *const supports[] = { "longterm", "stable", "mainline", "end-of-life" };

static const char *known_support(const char *word, size_t length)
{
	for (size_t i = 0; i < COUNT_OF(supports); i++)
		if (strlen(supports[i]) == length && !memcmp(supports[i], word, length))
			return supports[i];
	return NULL;
}

/* "X.Y" at the start of a version; false where there is none. */
static bool read_version(int *ret_major, int *ret_minor, const char *text)
{
	char *end;
	long major = strtol(text, &end, 10), minor;

	if (end == text || *end != '.')
		return false;
	text = end + 1;
	minor = strtol(text, &end, 10);
	if (end == text || major < 0 || minor < 0 || major > 999 || minor > 9999)
		return false;
	*ret_major = (int)major;
	*ret_minor = (int)minor;
	return true;
}

static int read_releases_json(struct buffer *ret_lines, const char *path, struct error *err)
{
	json_t *root, *releases, *release;
	struct buffer text = BUFFER_INIT;
	const char *moniker, *version;
	json_error_t problem;
	int major, minor, error;
	size_t i;

	error = buffer_read_file(&text, path, RELEASES_LIMIT, err);
	if (error)
		return error;
	root = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, &problem);
	buffer_release(&text);
	releases = json_object_get(root, "releases");
	if (!json_is_array(releases)) {
		error = error_set(err, ERROR_INPUT, "%s:%d: is no releases.json: %s", path,
				  root ? 1 : problem.line,
				  root ? "it has no list 'releases'" : problem.text);
		json_decref(root);
		return error;
	}
	json_array_foreach(releases, i, release)
	{
		moniker = json_string_value(json_object_get(release, "moniker"));
		version = json_string_value(json_object_get(release, "version"));
		if (!moniker || !version || !read_version(&major, &minor, version))
			continue;
		if (json_is_true(json_object_get(release, "iseol")))
			moniker = "end-of-life";
		if (known_support(moniker, strlen(moniker)))
			buffer_add_format(ret_lines, "%d.%d %s\n", major, minor, moniker);
	}
	json_decref(root);
	return 0;
}

static int read_table(struct buffer *ret_lines, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	const char *line, *next, *support, *end;
	int major, minor, number = 0, error;

	error = data_file_read(&text, "maintained.tsv", err);
	for (line = text.data; !error && *line; line = next) {
		end = strchrnul(line, '\n');
		next = *end ? end + 1 : end;
		number++;
		if (*line == '#' || line == end)
			continue;
		support = memchr(line, '\t', (size_t)(end - line));
		if (support)
			support = known_support(support + 1, strcspn(support + 1, "\t\n"));
		if (support && read_version(&major, &minor, line))
			buffer_add_format(ret_lines, "%d.%d %s\n", major, minor, support);
		else
			error = error_set(err, ERROR_INPUT,
					  "maintained.tsv:%d: must be series, support, until, with "
					  "tabs between",
					  number);
	}
	buffer_release(&text);
	return error;
}

int maintained_read(struct buffer *ret_lines, const struct workspace *workspace, struct error *err)
{
	if (workspace->releases_path)
		return read_releases_json(ret_lines, workspace->releases_path, err);
	return read_table(ret_lines, err);
}

const char *maintained_support(const char *lines, int major, int minor)
{
	int at_major, at_minor;
	const char *word;

	for (; *lines; lines = strchrnul(lines, '\n'), lines += *lines != '\0') {
		if (!read_version(&at_major, &at_minor, lines) || at_major != major ||
		    at_minor != minor)
			continue;
		word = strchrnul(lines, ' ') + 1;
		return known_support(word, strcspn(word, "\n"));
	}
	return "end-of-life";
}
