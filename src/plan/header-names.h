/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the headers and Kconfig files of one source tree define: for a key (code-change.h)
 * the files that have it. Found once for the tree that a series starts with and kept in
 * the index; what the series did to it since is in its events (code-history.h).
 *
 * Besides, "m name" is any struct's member of that name.
 */
#ifndef PLAN_HEADER_NAMES_H
#define PLAN_HEADER_NAMES_H

#include <git2.h>
#include <stdbool.h>

#include "base/array.h"
#include "base/error.h"
#include "base/progress.h"
#include "git/store.h"
#include "history/index.h"

enum header_names_limit {
	HEADER_SIZE_LIMIT = 1 << 20, /* bytes; longer ones are lists of a device's registers */
	HEADER_NAME_BUCKETS = 256
};

struct header_bucket {
	const unsigned char *data; /* 8 bytes each, ascending: 40 bits of hash, 24 of file */
	size_t count;
	bool loaded;
};

struct header_names {
	struct index *index; /* borrowed */
	git_oid tree;
	char *paths_text;
	ARRAY(const char *) paths;
	struct header_bucket buckets[HEADER_NAME_BUCKETS];
};

int header_names_open(struct header_names *ret_names, struct index *index, struct store *store,
		      const git_oid *tree, struct progress *progress, struct error *err);
void header_names_close(struct header_names *names);

/* The paths of files that define a key, in order: call with *cursor = 0 until NULL. */
int header_names_next(const char **ret_path, struct header_names *names, const char *key,
		      size_t *cursor, struct error *err);

#endif
