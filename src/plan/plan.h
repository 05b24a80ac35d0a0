/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan: for one base and one tip of its series, every commit of base..tip
 * with its state and the reason in words. The rules are in docs/plan.md.
 *
 * A plan holds the fold of what it picks, so that a build need not merge again.
 * It never writes: its objects live in the store that it is given.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "git/fold.h"
#include "git/store.h"
#include "plan/members.h"

/* In the order of precedence. */
enum state {
	STATE_WITHDRAWN,
	STATE_HELD,
	STATE_PICK,
	STATE_FOLLOW_UP,
	STATE_PREREQUISITE,
	STATE_REVERTED,
	STATE_NOT_AFFECTED,
	STATE_ALREADY_PRESENT,
	STATE_BELOW_GATE,
	STATE_NOT_SECURITY,
	STATE_RELEASE_OR_MERGE,
	STATE_COUNT
};

const char *state_name(enum state state); /* "follow-up"; a constant */

struct member_list { /* members by their index in struct members, ascending */
	uint32_t *items;
	size_t count;
	size_t capacity;
};

struct plan_row {
	uint32_t member; /* index in struct members */
	enum state state;
	bool in_tree;	/* in the set that the state of the branch is made of */
	bool published; /* in it since an earlier, published state */
	bool weak;	/* rests on a match by subject alone */
	char *reason;	/* one sentence, no full stop */
	struct member_list prerequisite_of;
	struct member_list follow_up_of;
	char *prerequisite_why; /* "declared" ...; NULL where it is none */
};

enum open_kind {
	OPEN_HELD,
	OPEN_WITHDRAWN,
	OPEN_REVERTED,	 /* net-reverted at the tip */
	OPEN_REGRESSION, /* its follow-up is held, or exists only upstream */
	OPEN_NO_FIX,	 /* affected, and nothing in the series fixes it */
	OPEN_COUNT
};

const char *open_kind_name(enum open_kind kind);

struct plan_open {
	enum open_kind kind;
	uint32_t member;  /* MEMBER_NONE for OPEN_NO_FIX */
	char *advisories; /* "CVE-1 CVE-2", or "" */
	char *reason;
};

/* A member that is in the published branch, as its journal has it. */
struct plan_published {
	git_oid id;
	enum state role; /* pick, follow-up, prerequisite */
	/* Stable ids that it is there for; all withdrawn: it goes with them. */
	git_oid *needed_by;
	size_t needed_by_count;
};

struct plan_request {
	git_oid base;
	const char *base_name; /* v5.10.66, or 12 digits */
	git_oid tip;
	const char *tip_name; /* v5.10.142, or 12 digits */
	const char *policy;   /* "default" */
	const git_oid *seeds; /* --seeds: stable ids */
	size_t seed_count;
	const struct plan_published *published; /* in the branch's order */
	size_t published_count;
	const struct ledger *ledger; /* withdrawals and accepted regressions */
};

struct plan {
	struct members *members; /* borrowed */
	git_oid base, tip, base_tree;
	char *base_name, *tip_name;
	char *policy, *policy_digest; /* the digest: 40 hex digits */
	struct plan_row *rows;	      /* base..tip, in its order */
	size_t count;
	struct plan_open *open;
	size_t open_count;
	size_t open_capacity;
	struct fold *fold;	     /* of everything in_tree, in order */
	struct change_list *changes; /* by row; what the fold borrows */
	bool needs_look;	     /* something OPEN other than OPEN_NO_FIX */
};

/*
 * `store` (borrowed) takes the merged contents: a trial store for a plan alone.
 * Fails, with the commit named, where an object that is needed is missing.
 */
int plan_make(struct plan *ret_plan, struct members *members, struct store *store,
	      const struct plan_request *request, struct progress *progress, struct error *err);
void plan_release(struct plan *plan);

/* The row of a member; NULL outside of base..tip. */
struct plan_row *plan_row_of(const struct plan *plan, uint32_t member);

/* Of the states, in the order above: how many rows each has. */
void plan_count(size_t ret_counts[STATE_COUNT], const struct plan *plan);

/*
 * The trailer lines that a picked commit of this row gains, each ended by \n,
 * the "(cherry picked from commit ...)" first.
 */
void plan_trailers(struct buffer *ret_lines, const struct plan *plan, const struct plan_row *row);

#endif
