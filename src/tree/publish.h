/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Publishing what was built, and forgetting it.
 */
#ifndef TREE_PUBLISH_H
#define TREE_PUBLISH_H

#include <stddef.h>

#include "base/error.h"
#include "history/workspace.h"

struct published_state {
	char *tag;
	git_oid commit, tag_id;
};

struct publish_result {
	char *base_name;
	git_oid base;
	char *branch, *series_branch;	/* without refs/heads/; the latter may be NULL */
	struct published_state *states; /* none: everything built is published already */
	size_t count;
};

void publish_result_release(struct publish_result *result);

/*
 * Publishes the states of a base that were built since the last one: keeps the objects,
 * appends to the journal and commits it, then makes the annotated tags and moves the
 * branches. `policy` is NULL or as base_policy_of_states takes it. ERROR_REFUSED where a pick has a
 * known regression that no verdict accepts, ERROR_NOT_FOUND where nothing was built.
 */
int publish_base(struct publish_result *ret_result, struct workspace *workspace, const char *text,
		 const char *policy, struct error *err);

/*
 * Forgets a base that is not published: its branches and states. ERROR_REFUSED for a
 * published one. `ret_name` is owned by the caller.
 */
int drop_base(char **ret_name, struct workspace *workspace, const char *text, const char *policy,
	      struct error *err);

#endif
