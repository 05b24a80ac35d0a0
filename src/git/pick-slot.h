/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the pick: the paths of one pick, each with its three versions. Starts as
 * the paths of the change; following renames moves versions from one path to another
 * and adds paths.
 */
#ifndef GIT_PICK_SLOT_H
#define GIT_PICK_SLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "git/merge.h"
#include "git/pick.h"

struct pick_slot {
	char *path;
	struct merge_entry tree; /* what the tree holds here before the pick */

	/* What is merged here. */
	struct merge_entry base, ours, theirs;
	const char *reason; /* set: known to conflict, and why */
	bool moved_away;    /* a rename has taken everything: the path goes */

	struct merge_outcome outcome;
};

struct pick_slots {
	struct pick_slot *items; /* sorted by path */
	size_t count;
	size_t capacity;
};

void pick_slots_release(struct pick_slots *slots);

/* The slot of a path, or NULL. Pointers last until one is added. */
struct pick_slot *pick_slots_find(const struct pick_slots *slots, const char *path);
struct pick_slot *pick_slots_add(struct pick_slots *slots, const char *path);

/* The paths of a change, each with its versions. */
int pick_slots_read(struct pick_slots *slots, struct tree *tree, const struct change_list *list,
		    struct error *err);

/* Whether both are absent or equal. */
bool pick_same(const struct merge_entry *a, const struct merge_entry *b);

/* Looks for renames where a path is not where it should be, and moves versions accordingly. */
int pick_follow_renames(struct pick_slots *slots, bool *ret_searched, struct tree *tree,
			struct store *store, const struct pick_change *change, struct error *err);

#endif
