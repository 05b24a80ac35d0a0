/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which deleted files live on under which added names, as git decides it in a merge
 * (2.39, ort): identical contents first; then files of one base name that only
 * one deleted and one added file have, at 75 %; then the best pairs at 50 %. A name is
 * used once. Only sources that matter to the merge take part after the first step.
 *
 * Similarity is the share of bytes, in lines (or 64 bytes), that the smaller has in common
 * with the larger. Not done as git does it: guessing directories for base names that
 * occur more than once.
 */
#ifndef GIT_RENAME_H
#define GIT_RENAME_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "git/store.h"

#define RENAME_NONE SIZE_MAX

struct rename_file {
	const char *path; /* borrowed */
	unsigned mode;
	git_oid id;
	bool relevant; /* of a source: the merge depends on where it went */
	size_t pair;   /* filled: index on the other side, or RENAME_NONE */
};

/*
 * Of equal candidates the earlier in a list is preferred. A missing blob of a relevant source is
 * ERROR_NOT_FOUND; one of a destination is taken to be similar to nothing, since
 * partial clones lack blobs that nobody asked for.
 */
int rename_detect(struct store *store, struct rename_file *sources, size_t source_count,
		  struct rename_file *destinations, size_t destination_count, struct error *err);

/* Similarity of two contents, 0 .. 60000, 60000 = the same. */
enum {
	RENAME_SCORE_MAX = 60000,
	RENAME_SCORE_MINIMUM = 30000
};
int rename_similarity(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
