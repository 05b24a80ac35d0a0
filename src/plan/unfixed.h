/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Advisories that the base is affected by and the series up to the tip has no fix for. Of
 * most of them no release and no commit of the series decides; what is said of these holds
 * for every base of the series, and is found once.
 */
#ifndef PLAN_UNFIXED_H
#define PLAN_UNFIXED_H

#include "plan/members.h"

struct planner;
struct unfixed;

struct unfixed *unfixed_new(const struct members *members);
void unfixed_free(struct unfixed *unfixed); /* NULL is fine */

typedef void (*unfixed_found)(struct planner *planner, const struct advisory *advisory,
			      const char *reason);

/* Calls `found` for each, in the order of the advisories. */
void unfixed_find(struct planner *planner, unfixed_found found);

#endif
