/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What merges of contents gave, by the three blobs: merging the same three gives the same
 * again. The stores of a run share it, so that what one base needed merged is not merged for
 * the next; and what a run found can be kept for the runs after it.
 *
 * A clean result is the id of a blob. Whoever has the id can make the blob again from the
 * three.
 */
#ifndef GIT_MERGES_H
#define GIT_MERGES_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "git/id-map.h"

struct merge_key {
	git_oid base; /* zero: both sides added the file */
	git_oid ours, theirs;
};

enum merge_kind {
	MERGE_KIND_CLEAN,
	MERGE_KIND_LINES, /* a conflict: the same lines */
	MERGE_KIND_BINARY /* a conflict: it is no text */
};

struct merge_record {
	struct merge_key key;
	enum merge_kind kind;
	git_oid merged; /* when clean */
	bool fresh;	/* found by this run, and not kept yet */
};

struct merges;

struct merges *merges_new(void); /* with one reference */
struct merges *merges_ref(struct merges *merges);
void merges_unref(struct merges *merges); /* NULL is fine */

/*
 * Where to look for what is not there yet: fills kind and merged, or is false. `load` NULL:
 * nowhere, from now on.
 */
typedef bool (*merges_load)(struct merge_record *ret_record, const struct merge_key *key,
			    void *data);
void merges_set_load(struct merges *merges, merges_load load, void *data);

/* NULL where it has to be merged. Good until something is added. */
const struct merge_record *merges_find(struct merges *merges, const struct merge_key *key);

void merges_add(struct merges *merges, const struct merge_key *key, enum merge_kind kind,
		const git_oid *merged);

/* The first merge that gave a blob which is none of its three; NULL where there is none. */
const struct merge_record *merges_of_blob(const struct merges *merges, const git_oid *id);

/* In the order in which they were added. */
size_t merges_count(const struct merges *merges);
struct merge_record *merges_at(struct merges *merges, size_t index);
size_t merges_fresh(const struct merges *merges);
void merges_set_kept(struct merges *merges); /* nothing is fresh any more */

#endif
