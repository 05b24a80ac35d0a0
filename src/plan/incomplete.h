/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Evidence against "what it repairs came in after the base": that what came in was a first
 * repair of something older, or has too little to do with the fix (docs/plan.md, rule 2).
 */
#ifndef PLAN_INCOMPLETE_H
#define PLAN_INCOMPLETE_H

#include "plan/planner.h"

/* What counts as a sign that an origin is a repair. */
enum repair_signs {
	SIGNS_PLAIN, /* it has an advisory; it says what older thing it fixes */
	SIGNS_TAGS,  /* also: stable was asked to take it; its subject names a hole */
	SIGNS_SERIES /* also: stable has it. Of a CVE that only the fix's message knows */
};

/* Whether an origin of `fix` is itself a repair of something that the base has. */
bool incomplete_is_repair(const struct planner *planner, uint32_t origin, uint32_t fix,
			  enum repair_signs signs);

/* Takes an origin for which that holds, and what it completes in turn. */
void incomplete_take(struct planner *planner, uint32_t origin, uint32_t fix,
		     enum repair_signs signs);

/* "it completes X, itself a fix and newer than the base: both are taken", if that is so. */
const char *incomplete_words(struct planner *planner, uint32_t row);

/*
 * Whether the origins change none of a fix's files, and the base has all that the fix takes out
 * of them, which is something.
 */
int incomplete_is_elsewhere(bool *ret_is, struct planner *planner, uint32_t fix,
			    const struct member_list *origins, struct error *err);

#endif
