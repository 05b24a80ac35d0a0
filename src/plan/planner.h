/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of planning share while one plan is made. Rows are named by
 * their index in base..tip; ROW_NONE is a member outside of it.
 */
#ifndef PLAN_PLANNER_H
#define PLAN_PLANNER_H

#include "advisory/affects.h"
#include "base/arena.h"
#include "base/table.h"
#include "git/tree.h"
#include "plan/files.h"
#include "plan/links.h"
#include "plan/plan.h"

#define ROW_NONE UINT32_MAX

enum gate {
	GATE_NONE,  /* nothing calls it a fix */
	GATE_BELOW, /* a fix, that the policy leaves out */
	GATE_PASS
};

/* A row that another was found to need (textual.c, semantic.c). */
struct found_need {
	uint32_t row;
	const char *why; /* "textual: owns lines of ... that it changes", "semantic: ..." */
};

struct found_needs {
	struct found_need *items;
	size_t count;
	size_t capacity;
};

/* That a row is there for another, and why; as the closure finds it. */
struct need {
	uint32_t of; /* a row */
	bool found;  /* by its lines or names; else it is declared */
	const char *why;
};

struct need_list {
	struct need *items;
	size_t count;
	size_t capacity;
};

/* Why a row is in the set; kept apart from the row until the end. */
struct row_facts {
	enum gate gate;
	bool listed;	   /* by --seeds */
	bool repairs_base; /* repairs a fix that the base has */
	bool affected;	   /* meaningful where gate is not GATE_NONE, or it is listed */
	bool marked;	   /* for a person's eye: the evidence is in conflict */
	bool blocked;	   /* held, or withdrawn: never in the set */
	bool withdrawn;	   /* by verdict, or with the last that needed it */
	bool cancelled;	   /* taken out together with its revert, or the revert itself */
	bool keep_pair;	   /* a cancelled pair that something needs after all */
	bool missed;	   /* blocked, and would be in the set */
	bool lacking;	   /* examine.c: not in the set, which is open without it */
	bool in_fold;
	bool empty;	    /* in the fold, and changes nothing */
	bool resolved;	    /* in the fold, with a resolution */
	unsigned minimised; /* how often minimise.c tried to do without it */
	bool undone;	    /* reverted at the tip, and not brought back */
	bool in_set;
	enum state role; /* pick, follow-up, prerequisite */
	uint32_t cancel_partner;
	const char *seed_why;	     /* of repairs_base */
	const char *gate_why;	     /* of a row that passes the gate or is listed */
	const char *affected_reason; /* all of them live in the arena */
	const char *why;	     /* of the role */
	const char *held_reason;
	struct member_list prerequisite_of, follow_up_of; /* rows */
	struct member_list origins;   /* rows: where a fix that is not affected has its origin */
	struct member_list completes; /* those of them that are repairs, which it completes */
	struct need_list needs_of;    /* for whom it is a prerequisite, with reasons */
	struct found_needs found;
	unsigned tries; /* how often it did not apply */
	size_t grown;	/* how many neighbours were asked for beyond the predicted ones */
	uint32_t root;	/* of what is held: the row that does not fit; or itself */
	const char *conflict_path;
	bool weak;
	const struct resolution *
		*resolutions;	      /* of the row, in the order in which they are tried */
	const struct patch **patches; /* theirs; NULL: not looked for yet */
	size_t resolution_count;
	const char *refusal; /* why the first did not apply, the last time; NULL: there is none */
};

struct planner {
	struct plan *plan;
	struct members *members;
	const struct links *links;
	const struct plan_request *request;
	struct store *store;
	struct progress *progress;
	struct arena *arena;
	uint32_t *row_of;	      /* by member */
	bool *in_base;		      /* by member */
	unsigned char *paths;	      /* by member: bits of enum path_mark */
	struct judgement *judgements; /* by member: with the decisions of the ledger */
	const char **decided;	      /* by member: who decided, or NULL */
	bool base_is_start;
	struct row_facts *facts; /* by row */
	uint32_t count;
	struct tree *base_tree;
	bool has_version; /* the base is a release of the series */
	struct kernel_version version;
	/* The release that comes after a base that is none: what it is affected by, the base may
	 * be. */
	bool has_near;
	struct kernel_version near;
	/* Rows whose resolutions do not apply wait until nothing else moves. */
	bool waiting, impatient;
	uint64_t last_sum;
};

/* affected.c: rules 1 and 2. Fills gate, listed, affected and their reasons. */
int affected_decide(struct planner *planner, struct error *err);

/* gate.c: what the policy says of every member. */
int gate_decide(struct planner *planner, struct error *err);

/* Whether an advisory alone passes, be it of a commit that is no member. */
bool planner_passes(const struct planner *planner, const struct advisory *advisory);

/* Why a member does not pass: "CVE-1: asks for privileges high (PR:H), ..." */
const char *gate_refusal(struct planner *planner, uint32_t member);

/* What makes it a fix: its advisories, or "classifier: likelihood 0.93, use-after-free, userns". */
const char *gate_evidence(struct planner *planner, uint32_t member);

/* "userns, memory-corruption, score 0.93" of one that no advisory names. */
const char *gate_trailer(struct planner *planner, uint32_t member);

/* Whether a commit named by an id is in the base: as a member or in mainline before it. */
int base_holds(enum advisory_presence *ret_presence, struct planner *planner, const char *hex,
	       struct error *err);

/* The base as advisory_affects asks about it; good while the planner is. */
struct advisory_kernel planner_kernel(struct planner *planner);

/* closure.c: rules 3 and 4, from what is not blocked and not cancelled. */
void closure_compute(struct planner *planner);

/* Why the row is a seed, by what is known then; for one that passes the gate or is listed. */
const char *closure_seed_words(struct planner *planner, uint32_t row);

/* settle.c: rule 5: folds the set, holds what does not apply, until nothing changes. */
int settle(struct planner *planner, struct error *err);

/* What is changed at a row, read once; NULL on an error. */
const struct change_list *row_changes(struct planner *planner, uint32_t row, struct error *err);

/*
 * textual.c: what a row that does not apply needs. It gets needs, or is held; or nothing
 * happens, because something that it needs has to be settled first.
 */
int textual_resolve(struct planner *planner, uint32_t row, const char *path, const char *reason,
		    struct error *err);

/*
 * A published row would have no tree: `guilty`, new before it, gets the needs of that row, or
 * is held.
 */
int textual_resolve_late(struct planner *planner, uint32_t guilty, uint32_t published,
			 const char *path, const char *reason, struct error *err);

/* Notes that a row needs another, and whether that is new; what went out with its revert comes back
 * together with it. */
bool planner_need(struct planner *planner, uint32_t row, uint32_t needs, const char *why);

/* Takes a row out for good. `root` did not fit; it may be the row itself. */
void planner_hold(struct planner *planner, uint32_t row, uint32_t root, const char *path,
		  const char *reason);

/* resolutions.c: gives a member that goes into the fold the resolutions of its row. */
void resolutions_attach(struct planner *planner, uint32_t row, struct fold_member *member);

/* The one that the fold used, from 1; NULL for 0. */
const struct resolution *resolutions_used(const struct planner *planner, uint32_t row,
					  size_t number);

/* "the resolution of A, 2026-08-21 does not apply: net/core.c: ..." */
const char *resolution_words(struct planner *planner, const struct resolution *resolution,
			     const struct fold_refusal *refusal);

/*
 * Whether a row that does not apply is not to be asked what it needs: its resolutions do not apply
 * yet, or have failed and it was held.
 */
bool resolutions_wait(struct planner *planner, uint32_t row, const struct fold_conflict *conflict);

/* After each round: whether nothing but what waits is left. */
void resolutions_note_round(struct planner *planner);

/* A path in words of ours: as git quotes it where it has bytes that a line cannot hold. */
char *planner_path(struct planner *planner, const char *path);

/* examine.c: the rows of what is published as it is, then the set without what it lacks. */
void examine(struct planner *planner);

/* plan.c: gives each row its state and its reason. */
void planner_fill_rows(struct planner *planner);

/* Whether a row is in the set by itself, unless it is held. */
bool planner_is_seed(const struct planner *planner, uint32_t row);

/* limit.c: holds fixes whose closure is too large. `slack`: how often over the limit. */
bool limit_check(struct planner *planner, size_t slack);

/* minimise.c: gives back textual and semantic prerequisites that nothing needs after all. */
int minimise(bool *ret_changed, struct planner *planner, struct error *err);

/* settle.c: notes which rows are in the fold. */
void planner_note_fold(struct planner *planner);

/* open.c: what is to be said first. */
int open_find(struct planner *planner, struct error *err);

/* Words in the plan's arena. */
char *planner_words(struct planner *planner, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "CVE-1, CVE-2" of a member; "" where there is none. */
char *planner_advisories(struct planner *planner, uint32_t member);

/* `5eaaa694c18f ("subject")`, short enough for a sentence. */
char *planner_name(struct planner *planner, uint32_t member);

static inline struct member *row_member(const struct planner *planner, uint32_t row)
{
	return &planner->members->items[planner->plan->rows[row].member];
}

/* Adds a number to an ascending list, once. */
void member_list_add(struct member_list *list, uint32_t number);

#endif
