/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of a comparison share while it is made: compare.c has the commits,
 * compare-holes.c what is OPEN, compare-series.c matches between two series, compare-words.c
 * has reasons.
 */
#ifndef TREE_COMPARE_PARTS_H
#define TREE_COMPARE_PARTS_H

#include "base/table.h"
#include "tree/compare.h"

/* Something OPEN on a side. */
struct hole {
	enum open_kind kind;
	uint32_t member; /* MEMBER_NONE: an advisory without a fix */
	bool beyond;	 /* what would close it came after the end of the side */
	const char *advisories, *reason;
	const char *held;   /* the reason that its build gave, where that is known; else NULL */
	const char *repair; /* as in struct plan_open */
};

struct hole_list {
	struct hole *items;
	size_t count;
	size_t capacity;
};

struct comparing {
	struct comparison *out;
	struct workspace *workspace;
	struct hole_list holes[2];	 /* of the left and the right side */
	struct table open_advisories[2]; /* those that the holes name */
};

enum upstream_match {
	UPSTREAM_HAS,
	UPSTREAM_LACKS,
	UPSTREAM_UNKNOWN /* the commit names none, and no subject leads further */
};

/* In the arena of the comparison. */
char *compare_words(struct comparing *comparing, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* `5eaaa694c18f ("subject")` of a member of the side. */
const char *compare_name(struct comparing *comparing, const struct side *side, uint32_t member);

/* "CVE-1, CVE-2"; "" where there is none. */
const char *compare_advisories(struct comparing *comparing, const struct member *member);

/* What a step says that its commit is there for. */
const char *compare_step_reason(struct comparing *comparing, const struct side *side,
				const struct step *step);

/* Why a side does not have a member of its own series. */
const char *compare_absent(struct comparing *comparing, const struct side *side, uint32_t member);

/* "withdrawn by NAME on DATE: ..." of side_withdrawal. */
const char *compare_withdrawn(struct comparing *comparing, const struct step *step,
			      const git_oid *stable);

/* Whether a side keeps what a commit of another series backports. */
int compare_upstream(enum upstream_match *ret_match, const struct side *side,
		     const struct member *member, struct error *err);
int compare_upstream_id(bool *ret_has, const struct side *side, const char *hex, struct error *err);

/* Finds the holes of both sides; then what differs. */
int compare_find_holes(struct comparing *comparing, struct error *err);
/* Why a side held a member when it was built; NULL where that is not known. */
const char *compare_held(const struct comparing *comparing, const struct side *side,
			 uint32_t member);
int compare_holes(struct comparing *comparing, struct error *err);
void comparing_release(struct comparing *comparing);

/* A row that the side lacks and would have today. */
static inline bool is_lacking(const struct plan_row *row)
{
	return !row->in_tree && row->state >= STATE_PICK && row->state <= STATE_PREREQUISITE;
}

#endif
