/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"

extern const struct command command_build;
extern const struct command command_diff;
extern const struct command command_drop;
extern const struct command command_help;
extern const struct command command_init;
extern const struct command command_log;
extern const struct command command_plan;
extern const struct command command_publish;
extern const struct command command_resolve;
extern const struct command command_review;
extern const struct command command_train;
extern const struct command command_triage;
extern const struct command command_show;
extern const struct command command_status;
extern const struct command command_sync;
extern const struct command command_version;

/* clang-format off */
const struct command *const commands[] = {
	&command_init,
	&command_sync,
	&command_status,
	&command_log,
	&command_show,
	&command_plan,
	&command_resolve,
	&command_build,
	&command_diff,
	&command_publish,
	&command_drop,
	&command_triage,
	&command_review,
	&command_train,
	&command_help,
	&command_version,
	NULL,
};
/* clang-format on */

const struct command *command_find(const char *name)
{
	for (const struct command *const *at = commands; *at; at++)
		if (!strcmp((*at)->name, name))
			return *at;
	return NULL;
}

/* Edit distance where two neighbours that changed places count once. */
static size_t distance(const char *left, const char *right)
{
	enum {
		LONGEST = 24
	};
	size_t rows[3][LONGEST + 1], *before = rows[0], *above = rows[1], *row = rows[2], *swap;
	size_t columns = strlen(right);

	if (columns > LONGEST || strlen(left) > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= columns; j++)
		above[j] = j;
	for (size_t i = 1; left[i - 1]; i++) {
		row[0] = i;
		for (size_t j = 1; j <= columns; j++) {
			row[j] = above[j - 1] + (left[i - 1] != right[j - 1]);
			if (above[j] + 1 < row[j])
				row[j] = above[j] + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			if (i > 1 && j > 1 && left[i - 1] == right[j - 2] &&
			    left[i - 2] == right[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		swap = before;
		before = above;
		above = row;
		row = swap;
	}
	return above[columns];
}

static bool is_near(const char *name, const char *other)
{
	size_t length = strlen(name);

	return (length > 1 && !strncmp(name, other, length)) ||
	       distance(name, other) <= (length < 5 ? 1 : 2);
}

int command_unknown(const char *name, struct error *err)
{
	struct buffer near = BUFFER_INIT;
	int error;

	for (const struct command *const *at = commands; *at; at++)
		if (is_near(name, (*at)->name))
			buffer_add_format(&near, "%s%s", near.length ? ", " : "", (*at)->name);
	error = error_set(err, ERROR_USAGE, "'%s' is not a command%s%s; 'sectree help' lists them",
			  name, near.length ? "; near to it: " : "", near.data);
	buffer_release(&near);
	return error;
}
