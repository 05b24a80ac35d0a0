/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which policy a base is built with. A published base has one: that of its journal. Until then
 * it can be built with several, each with a branch of its own.
 */
#ifndef TREE_BASE_POLICY_H
#define TREE_BASE_POLICY_H

#include "base/error.h"
#include "history/workspace.h"
#include "triage/policies.h"

/*
 * For plan and build: the policy that is `given` (or NULL), else the published one, else the
 * workspace's (build.policy), else `default`. ERROR_USAGE where the given one is none;
 * ERROR_REFUSED where the base is published with another, or the settings have changed what the
 * policy's name means since.
 */
int base_policy_find(struct policy *ret_policy, struct workspace *workspace, const char *base,
		     const char *given, struct error *err);

/*
 * For what is done with states that there are: the given one, else the published one, else the
 * only one that was built, else as above. ERROR_AMBIGUOUS names the several that were built.
 * The caller's to free.
 */
int base_policy_of_states(char **ret_name, struct workspace *workspace, const char *base,
			  const char *given, struct error *err);

#endif
