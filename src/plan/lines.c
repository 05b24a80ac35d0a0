/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/lines.h"

#include <string.h>
#include <sys/stat.h>

enum {
	SHORT_LINE = 8 /* bytes: shorter lines are in every function */
};

bool line_next(const char **ret_line, size_t *ret_length, const char **at, const char *end)
{
	const char *start = *at, *stop = memchr(start, '\n', (size_t)(end - start));

	if (!stop)
		stop = end;
	*at = stop < end ? stop + 1 : end;
	while (start < stop && (*start == ' ' || *start == '\t'))
		start++;
	while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r'))
		stop--;
	*ret_line = start;
	*ret_length = (size_t)(stop - start);
	return *ret_length >= SHORT_LINE;
}

const char *line_start(const struct object *blob, uint32_t line)
{
	const char *at = blob->data, *end = at + blob->length, *next;

	for (; line && at < end; line--) {
		next = memchr(at, '\n', (size_t)(end - at));
		at = next ? next + 1 : end;
	}
	return at;
}

int lines_add_file(struct table *lines, struct planner *planner, unsigned mode, const git_oid *id,
		   struct error *err)
{
	struct object blob = OBJECT_INIT;
	const char *line, *at, *end;
	size_t length;
	int error;

	if (!S_ISREG(mode))
		return 0;
	error = store_read(&blob, planner->store, id, GIT_OBJECT_BLOB, err);
	at = blob.data;
	end = at + blob.length;
	while (!error && at < end)
		if (line_next(&line, &length, &at, end))
			table_set(lines, line, length, 1);
	object_release(&blob);
	return error;
}

typedef void (*line_function)(void *data, const char *line, size_t length);

/* Calls `function` with each line that a change takes out of a file. */
static int each_removed(struct planner *planner, const struct change *change,
			line_function function, void *data, struct error *err)
{
	struct object blob = OBJECT_INIT;
	const struct file_hunks *hunks = NULL;
	const char *line, *at, *end;
	size_t length;
	int error;

	if (!S_ISREG(change->old_mode))
		return 0;
	error = store_read(&blob, planner->store, &change->old_id, GIT_OBJECT_BLOB, err);
	if (!error && change->new_mode)
		error = hunks_find(&hunks, &planner->links->files->hunks, planner->store,
				   &change->old_id, &change->new_id, err);
	for (size_t i = 0; !error && i < (hunks ? hunks->count : 1); i++) {
		uint32_t start = hunks ? hunks->items[i].old_start : 0;
		uint32_t count = hunks ? hunks->items[i].old_count : UINT32_MAX;

		at = line_start(&blob, start);
		for (end = blob.data + blob.length; count && at < end; count--)
			if (line_next(&line, &length, &at, end))
				function(data, line, length);
	}
	object_release(&blob);
	return error;
}

static void add_line(void *data, const char *line, size_t length)
{
	table_set(data, line, length, 1);
}

int lines_add_removed(struct table *lines, struct planner *planner, const struct change *change,
		      struct error *err)
{
	return each_removed(planner, change, add_line, lines, err);
}

struct line_count {
	const struct table *lines;
	size_t all, found;
};

static void count_line(void *data, const char *line, size_t length)
{
	struct line_count *count = data;
	uint32_t value;

	count->all++;
	count->found += table_find(&value, count->lines, line, length);
}

int lines_count_removed(size_t *ret_all, size_t *ret_found, const struct table *lines,
			struct planner *planner, const struct change *change, struct error *err)
{
	struct line_count count = { lines, 0, 0 };
	int error = each_removed(planner, change, count_line, &count, err);

	*ret_all = count.all;
	*ret_found = count.found;
	return error;
}
