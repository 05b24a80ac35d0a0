/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three-way merge of one file, with the result that `git cherry-pick` (git 2.39,
 * strategy ort, no options) gives: histogram diff, and adjacent or overlapping
 * changes conflict unless they are the same.
 *
 * Contents are bytes: CRLF, encodings and a missing newline at the end are not
 * looked at. A file with a NUL in its first 8,000 bytes is binary and not merged.
 * .gitattributes are ignored: a merge driver set there is not run.
 *
 * Why not git_merge_file: it uses another diff (Myers) and so, now and then, merges
 * differently (ENGINE.md: 1,599 of 1,600 agree), and is slower.
 */
#ifndef GIT_MERGE_H
#define GIT_MERGE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "git/diff.h"
#include "git/store.h"

/* A version of a path. `mode` 0 = it does not exist there. */
struct merge_entry {
	unsigned mode;
	git_oid id;
};

enum merge_result {
	MERGE_CLEAN,
	MERGE_CONFLICT
};

struct merge_outcome {
	enum merge_result result;
	struct merge_entry entry; /* when clean; mode 0 = the path goes */
	bool content;		  /* contents were merged, cleanly or not */
	bool unwritten;		  /* then, when clean: `merged` is what the store has yet to get */
	struct buffer merged;
	const char *reason; /* when a conflict: words without the path, static */
};

void merge_outcome_release(struct merge_outcome *outcome);

/*
 * Merges the change base -> theirs into ours. What ids and modes decide reads no
 * blob; else all three are read, unless the store's merges know what comes of them. A blob
 * that is needed and missing is ERROR_NOT_FOUND with path and id, not a conflict. Nothing is
 * written before merge_outcome_write, so that a pick that conflicts elsewhere leaves no trace.
 * `ret_outcome` is overwritten and to be released in any case.
 */
int merge_entries(struct merge_outcome *ret_outcome, struct store *store, const char *path,
		  const struct merge_entry *base, const struct merge_entry *ours,
		  const struct merge_entry *theirs, struct error *err);

/* Writes merged contents, if there are any that the store has not. */
int merge_outcome_write(struct merge_outcome *outcome, struct store *store, struct error *err);

struct merge_text {
	const char *data;
	size_t length;
};

/*
 * The content merge alone: MERGE_CLEAN with the merged bytes appended to
 * `ret_merged`, or MERGE_CONFLICT with nothing appended. An input of
 * more than 1,023 MiB is, like a binary one, a conflict.
 */
enum merge_result merge_texts(struct buffer *ret_merged, const struct merge_text *base,
			      const struct merge_text *ours, const struct merge_text *theirs);

/* The hunks between two texts, as a merge sees them. False, and nothing: not texts. */
bool text_hunks(struct diff_hunks *ret_hunks, const struct merge_text *old_text,
		const struct merge_text *new_text);

#endif
