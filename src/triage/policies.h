/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which policies there are: those that come with the program, and those of sectree.conf.
 *
 *	default            what DESIGN calls the gate; see policies.c
 *	strict             any advisory, and what the classifier calls a fix
 *	remote             default, by routes remote and adjacent
 *	memory-corruption  default, where memory is corrupted
 *
 *	[policy "office"]
 *		base = default         a policy, with modifiers or without; `default` if left out
 *		routes = remote guest  replaces the base's; names separated by blanks or commas
 *		impacts = ...          likewise
 *		weak = warning         likewise: classes of bugs that are out for themselves
 *		privileges = low       none, low, high: the most that may be asked for
 *		score = 7.0            the least that a score may be
 *		likelihood = 0.5       the least of what no advisory names
 *		gate = 0.25            the least of an advisory without a score
 *		all-cve = true         every advisory: opens all that is above it here
 *		data-loss = true       whether that impact is in
 *		exclude = drivers/x    a path, any number of times; added to the base's
 *		force = net/netfilter  likewise
 *
 * Modifiers follow a name: `no-X` takes a route or impact away, `+X` adds one, as in
 * "strict,no-userns" or "default,+data-loss". The name of the result is "strict-no-userns",
 * "default+data-loss"; it is understood as well. Without a name before them `default` is meant.
 */
#ifndef TRIAGE_POLICIES_H
#define TRIAGE_POLICIES_H

#include "triage/policy.h"

#define POLICY_DEFAULT "default"

/*
 * Reads NAME[,MODIFIER]...; ERROR_NOT_FOUND names those that there are, ERROR_INPUT says what is
 * wrong in sectree.conf, with file and key. `text` may be NULL: default.
 */
int policy_find(struct policy *ret_policy, const struct workspace *workspace, const char *text,
		struct error *err);

/* Whether everything that sectree.conf says of policies can be read. */
int policies_check(const struct workspace *workspace, struct error *err);

#endif
