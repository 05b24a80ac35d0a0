/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is gained and lost between two kernels: two states of ours, or a state and a base.
 *
 * Both are held against the same knowledge, that of today: all that their series have up to
 * the newest release. In one series commits are matched by their ids, between two series by
 * the upstream commits that they name.
 */
#ifndef TREE_COMPARE_H
#define TREE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/progress.h"
#include "tree/export-notice.h"
#include "tree/side.h"

enum difference_kind {
	DIFFERENCE_FIX,
	DIFFERENCE_FOLLOW_UP,
	DIFFERENCE_PREREQUISITE,
	DIFFERENCE_UNMATCHED, /* of another series, and nothing tells whether that one has it */
	DIFFERENCE_OTHER,
	DIFFERENCE_KINDS
};

/* A commit that one side contains and the other does not. */
struct difference {
	enum difference_kind kind;
	bool gained;   /* the right side has it */
	bool security; /* of DIFFERENCE_OTHER: an advisory names it, though nothing is lost or
			  gained */
	bool in_base;  /* of the side that has it; else `role` is what its journal says */
	enum state role;
	uint32_t member; /* of the series of that side; MEMBER_NONE: the series rewrote it */
	git_oid id;
	const char *subject;
	const char *release; /* the first that holds it, or NULL */
	const char *reason;  /* what it is there for */
	const char *absent;  /* why the other side does not have it */
};

/* Something OPEN on one side and not on the other. */
struct hole_difference {
	enum open_kind kind;
	bool opened;	 /* on the right side; else it is closed there */
	uint32_t member; /* of the side where it is open; MEMBER_NONE: an advisory without a fix */
	const char *advisories;
	const char *reason; /* why it is open on the one */
	const char *other;  /* and why not on the other */
};

struct difference_list {
	struct difference *items;
	size_t count;
	size_t capacity;
};

struct hole_difference_list {
	struct hole_difference *items;
	size_t count;
	size_t capacity;
};

struct comparison {
	struct side left, right;
	bool one_series;
	struct tip_point horizon[2];	    /* up to where each series is known */
	struct difference_list differences; /* what is lost, then what is gained; in order */
	struct hole_difference_list holes;
	struct export_notice exports;
	/* A fix or a follow-up is lost or cannot be matched, or a hole is new. */
	bool is_loss;

	struct members members[2]; /* the second is not used where both are of one series */
	struct links links[2];
	size_t series_count;
	struct store *store;
	struct ledger ledger;
	struct arena arena;
};

/* `left` and `right` as side_find takes them. Needs workspace_open_source. */
int compare(struct comparison *ret_comparison, struct workspace *workspace, const char *left,
	    const char *right, struct progress *progress, struct error *err);
void comparison_release(struct comparison *comparison);

/* The side that has a difference, or on which a hole is open. */
static inline const struct side *difference_side(const struct comparison *comparison, bool right)
{
	return right ? &comparison->right : &comparison->left;
}

#endif
