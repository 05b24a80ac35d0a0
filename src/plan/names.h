/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a user calls a base or a tip, and the commit that it is.
 *
 * A base is the start or a member of one series. It is written as a release
 * (v5.10.66, 5.10.66), a series (linux-5.10.y: its first release), a branch of ours
 * (linux-5.10.66-security), the beginning of a commit's id, or whatever git
 * rev-parse finds in the source. An exact name beats a prefix.
 */
#ifndef PLAN_NAMES_H
#define PLAN_NAMES_H

#include <git2.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "history/index.h"
#include "history/workspace.h"
#include "plan/members.h"

struct base_point {
	int64_t series; /* in the index */
	char *series_name;
	git_oid id;
	char *name;    /* v5.10.66, or 12 digits of the id */
	bool release;  /* `name` is a release's */
	bool is_first; /* the whole series: its first release, or its start where it has none */
};

struct tip_point {
	git_oid id;
	char *name;   /* v5.10.142, or 12 digits of the id */
	int sublevel; /* -1: no release */
};

/*
 * `series` (NULL: any) chooses among series that hold the commit; without it one
 * of the release's own X.Y is preferred. ERROR_NOT_FOUND, ERROR_AMBIGUOUS with the
 * candidates, ERROR_INPUT for a commit of no series. Needs workspace_open_source.
 */
int base_resolve(struct base_point *ret_base, struct workspace *workspace, struct index *index,
		 const char *text, const char *series, struct error *err);
void base_point_release(struct base_point *base);

/*
 * `text` NULL: the newest release of the series, the base itself where there is none
 * later. ERROR_INPUT where the base is no ancestor of it.
 */
int tip_resolve(struct tip_point *ret_tip, struct workspace *workspace,
		const struct members *members, const struct base_point *base, const char *text,
		struct error *err);
void tip_point_release(struct tip_point *tip);

/* The first release of a series, else where it starts: its base. */
int series_first(struct base_point *ret_base, struct index *index, int64_t series,
		 struct error *err);

#endif
