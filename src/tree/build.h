/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Building branches: for each base a plan, from it the states, from these commits. All
 * bases of a run share one pack and one transaction of refs, both at the very end: a run
 * that dies leaves every ref where it was.
 *
 *	build_open(&build, workspace, progress, err);
 *	for (...)
 *		build_base(&result, build, &base, &options, err);
 *	build_finish(build, err);
 *	build_close(build);
 */
#ifndef TREE_BUILD_H
#define TREE_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "history/workspace.h"
#include "plan/names.h"
#include "plan/plan.h"

struct build_options {
	const char *to;	    /* NULL: the newest release */
	const char *policy; /* NULL: as base_policy_find */
	const char *seeds;  /* a file with commit ids; NULL: none */
	bool each_release;
};

struct built_state {
	char *tag;
	git_oid commit;
	size_t added, withdrawn; /* members */
	size_t commits;		 /* the release commit apart */
	bool superseded;
};

struct built_open {
	enum open_kind kind;
	git_oid commit; /* zero: none */
	char *subject, *advisories, *reason;
};

struct build_result {
	struct base_point base;
	char *policy;
	struct tip_point tip;
	char *branch;	     /* without refs/heads/ */
	char *series_branch; /* the whole series: its other branch; NULL: none */
	bool published;	     /* it has a journal: publish moves the branch, not build */
	size_t restored;     /* published states that were written again from the journal */
	struct built_state *states;
	size_t state_count;
	size_t counts[STATE_COUNT];
	struct built_open *open;
	size_t open_count;
	bool needs_look;
};

void build_result_release(struct build_result *result);

struct build;

/* Takes the lock, and completes what a run left undone. */
int build_open(struct build **ret_build, struct workspace *workspace, struct progress *progress,
	       struct error *err);
void build_close(struct build *build);

/*
 * Builds a base. Where commits of its journal are not in tree.git they are written again,
 * and nothing else is done for it.
 */
int build_base(struct build_result *ret_result, struct build *build, const struct base_point *base,
	       const struct build_options *options, struct error *err);

/* Makes everything that was built durable and moves the refs. */
int build_finish(struct build *build, struct error *err);

#endif
