/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commits as lines of JSON: {"id", "subject", "body", "files": [...], "diff"}; `body`, `files` and
 * `diff` may be missing. In `diff` a line begins with + or - where the change has one.
 */
#ifndef TRIAGE_RECORD_LINES_H
#define TRIAGE_RECORD_LINES_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "triage/text.h"

struct record_line {
	const char *id;
	struct commit_text text;
	uint64_t diff; /* set of diff facts */
	json_t *root;
	const char **files;
};

struct record_lines {
	FILE *file;
	const char *path;
	char *line;
	size_t size;
	size_t number; /* of the line, from 1 */
};

/* "-" is the standard input. ERROR_NOT_FOUND. `path` is borrowed. */
int record_lines_open(struct record_lines *ret_lines, const char *path, struct error *err);
void record_lines_close(struct record_lines *lines);

/* 1 with a record, 0 at the end. ERROR_INPUT names the line. Release each. */
int record_lines_next(struct record_line *ret_record, struct record_lines *lines,
		      struct error *err);
void record_line_release(struct record_line *record);

#endif
