/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unified diffs, read and applied as `git apply` does it with its defaults: each hunk goes where
 * its lines stand in full, looked for from the place that it names outwards. No line of context
 * is given up and no white space is overlooked, a newline at the end of the file included (which
 * git would cut off).
 *
 * What a diff may hold: changed, new and deleted files, modes, renames and copies, symbolic links
 * as the text that git makes of them. Binary changes and submodules are refused.
 */
#ifndef GIT_PATCH_H
#define GIT_PATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "git/merge.h"
#include "git/pick.h"
#include "git/store.h"
#include "git/tree.h"

enum patch_limit {
	PATCH_BYTES_LIMIT = 16 << 20
};

struct patch_line {
	char kind; /* ' ', '-' or '+' */
	const char *text;
	size_t length; /* the newline included, where there is one */
};

struct patch_hunk {
	size_t old_start, old_count; /* lines, from 1; 0: before the first */
	size_t new_start, new_count;
	size_t leading, trailing; /* lines of context around the changes */
	struct patch_line *items;
	size_t count;
	size_t capacity;
};

struct patch_file {
	char *old_path, *new_path; /* NULL: it is not there before, or after */
	unsigned old_mode;	   /* 0: not said */
	unsigned new_mode;	   /* 0: as it was */
	bool copy;		   /* the old path stays */
	struct patch_hunk *items;
	size_t count;
	size_t capacity;
};

struct patch {
	char *text;		  /* what the lines borrow from */
	struct patch_file *items; /* in the order in which they are applied */
	size_t count;
	size_t capacity;
};

void patch_init(struct patch *patch);
void patch_release(struct patch *patch);

enum patch_form {
	PATCH_MAIL, /* other text before, between and after: a message, a signature */
	PATCH_BARE  /* nothing but the diff */
};

/*
 * Reads a diff. Errors name `name` and the line, counted from `first_line`. One without any
 * file is ERROR_INPUT. `ret_patch` is to be released after success only.
 */
int patch_parse(struct patch *ret_patch, const char *text, size_t length, enum patch_form form,
		const char *name, size_t first_line, struct error *err);

/*
 * Applies all of it, or nothing: then the outcome is a conflict with the path, the reason and,
 * of a hunk, its line. Otherwise as pick_apply.
 */
int patch_apply(struct pick_outcome *ret_outcome, struct tree *tree, struct store *store,
		const struct patch *patch, struct error *err);

/*
 * Appends the diff of one path from one version to the other, with three lines of context and
 * without renames. ERROR_INPUT for what a diff cannot say: binary contents, submodules.
 */
int patch_print(struct buffer *ret_text, struct store *store, const char *path,
		const struct merge_entry *old_entry, const struct merge_entry *new_entry,
		struct error *err);

/* A path as git writes it in a diff: in quotes where it has bytes that a line cannot hold. */
void patch_quote(struct buffer *ret_text, const char *prefix, const char *path);

#endif
