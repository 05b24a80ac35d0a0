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
#include "plan/links.h"
#include "plan/members.h"
#include "triage/ledger.h"
#include "triage/policy.h"

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
	bool in_tree;	    /* in the set that the state of the branch is made of */
	bool published;	    /* in it since an earlier, published state */
	bool weak;	    /* rests on a match by subject alone */
	const char *reason; /* one sentence, no full stop */
	struct member_list prerequisite_of;
	struct member_list follow_up_of;
	const char *fix_words;	       /* ASCII, of a pick that no advisory names: why it is one */
	const char **prerequisite_why; /* of each in prerequisite_of: "declared", ... */
	uint32_t cause; /* held: who does not fit; reverted: the other one; else MEMBER_NONE */
	const char *conflict_path;	     /* where a held pick does not apply; else NULL */
	const struct resolution *resolution; /* that it is in the tree with; NULL: as it is */
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
	uint32_t member;    /* MEMBER_NONE for OPEN_NO_FIX */
	const char *repair; /* of OPEN_REGRESSION: the upstream id of what repairs it, or NULL */
	const char *advisories; /* "CVE-1, CVE-2", or "" */
	const char *reason;
};

/* A member that is in the published branch, as its journal has it. */
struct plan_published {
	git_oid id;
	enum state role;		     /* pick, follow-up, prerequisite */
	const struct resolution *resolution; /* that it was published with; NULL: none */
	/* Stable ids that it is there for; all withdrawn: it goes with them. */
	git_oid *needed_by;
	size_t needed_by_count;
};

struct planner; /* planner.h */

struct plan_request {
	git_oid base;
	const char *base_name; /* v5.10.66, or 12 digits */
	git_oid tip;
	const char *tip_name; /* v5.10.142, or 12 digits */
	const struct policy *policy;
	const git_oid *seeds; /* --seeds: stable ids */
	size_t seed_count;
	const struct plan_published *published; /* in the branch's order */
	size_t published_count;
	const struct ledger *ledger; /* verdicts and resolutions; NULL: of no branch of ours */
	const struct decision_list *decisions; /* what people hold of commits; NULL: nothing */
	size_t closure_limit; /* commits that one fix may bring with it; 0: any number */
	/*
	 * What is published is looked at as it is, whatever verdicts say of it today: nothing is
	 * merged, and the fold stays empty. The rows of what it lacks have the state that they
	 * would be picked with, and are not `in_tree`; they are OPEN as held. Known regressions
	 * of fixes that the base has are OPEN, too.
	 */
	bool as_it_is;
	bool without_unfixed; /* OPEN_NO_FIX is not asked for */
	/* For bench/: sees what the plan is made of when all is settled; or NULL. */
	void (*settled)(struct planner *planner, void *data);
	void *settled_data;
};

struct plan {
	struct members *members; /* borrowed */
	git_oid base, tip, base_tree;
	char *base_name, *tip_name;
	char *policy, *policy_digest; /* the digest: 40 hex digits */
	unsigned char *gates;	      /* by member: enum policy_answer */
	struct plan_row *rows;	      /* base..tip, in its order */
	size_t count;
	struct plan_open *open;
	size_t open_count;
	size_t open_capacity;
	/*
	 * Everything in_tree, in order; `order` of a fold member is plan_order(member),
	 * its cookie the member's index + 1 as a pointer (NULL: a gone member).
	 */
	struct fold *fold;
	struct change_list *changes; /* by row; what the fold borrows */
	struct plan_gone *gone;	     /* published members that the series holds no more */
	size_t gone_count;
	size_t gone_capacity;
	struct plan_storage *storage;
	bool needs_look; /* something OPEN other than OPEN_NO_FIX */
};

/*
 * `links` are those of the members. `store` (borrowed) takes the merged contents: a
 * trial store for a plan alone.
 * Fails, with the commit named, where an object that is needed is missing.
 */
int plan_make(struct plan *ret_plan, struct members *members, const struct links *links,
	      struct store *store, const struct plan_request *request, struct progress *progress,
	      struct error *err);
void plan_release(struct plan *plan);

/*
 * A published member that is no longer in the series (it was rewritten): it stays,
 * with its own objects, at the place of the member that took its place or after the
 * published one before it.
 */
struct plan_gone {
	git_oid id;
	uint64_t order;
	uint32_t replaced_by; /* a member, or MEMBER_NONE */
	bool withdrawn;
	git_oid parent_tree;
	struct change_list changes;
	const struct patch *patch; /* of its resolution; NULL: none */
};

/* The place of a member in the fold; there is room between two for what is gone. */
static inline uint64_t plan_order(uint32_t member)
{
	return ((uint64_t)member + 1) << 20;
}

/* Whether a member passes the gate: by its advisories, or by the classifier. */
bool plan_admits(const struct plan *plan, uint32_t member);

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
