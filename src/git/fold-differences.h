/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the fold: while a change in its middle is carried on to the members behind it, what
 * their paths hold that differs from what they held before.
 */
#ifndef GIT_FOLD_DIFFERENCES_H
#define GIT_FOLD_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/table.h"
#include "git/merge.h"
#include "git/pick.h"

/* A path that holds something else than it did at this point before the change. */
struct fold_difference {
	char *path;
	struct merge_entry before, after;
};

struct fold_differences {
	struct fold_difference *items;
	size_t count;
	size_t capacity;
	struct table places;	/* by path: index + 1; 0 = none */
	size_t coming_or_going; /* how many are files that come or go */
};

void fold_differences_release(struct fold_differences *differences);

/*
 * What differs after a member whose outcome was `before` and is `after`; either is NULL
 * for a member that comes or goes.
 */
void fold_differences_update(struct fold_differences *differences,
			     const struct pick_outcome *before, const struct pick_outcome *after);

/*
 * Whether a member could come out otherwise: it looks at a path that differs, or one
 * above or below it; it depends on the whole tree; or it adds a file while files come
 * or go, for which directories matter.
 */
bool fold_differences_concern(struct fold_differences *differences,
			      const struct pick_outcome *outcome);

const struct pick_path *fold_find_path(const struct pick_outcome *outcome, const char *path);

static inline struct merge_entry fold_before(const struct pick_path *path)
{
	struct merge_entry entry = { path->old_mode, path->old_id };

	return entry;
}

static inline struct merge_entry fold_after(const struct pick_path *path)
{
	struct merge_entry entry = { path->new_mode, path->new_id };

	return entry;
}

static inline bool fold_same(const struct merge_entry *a, const struct merge_entry *b)
{
	return a->mode == b->mode && (!a->mode || git_oid_equal(&a->id, &b->id));
}

#endif
