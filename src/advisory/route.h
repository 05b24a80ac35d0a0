/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By which routes an attacker gets to what a score is about.
 *
 * The vector decides between remote (AV:N), adjacent (AV:A) and physical (AV:P). Of AV:L the words
 * do that the rationale gives for AV, PR and UI: user namespaces, device nodes, images that are
 * mounted, guests, any user, or rights of an administrator. Where no words do, a local attacker
 * with no or low privileges is any user (`unprivileged`), one with PR:H an administrator
 * (`privileged`); one with PR:L is that only where a capability is named. What an administrator
 * could do as well is not said of what others can do.
 */
#ifndef ADVISORY_ROUTE_H
#define ADVISORY_ROUTE_H

#include "advisory/cvss.h"
#include "advisory/facts.h"

/* What decided that a fact is in a set: words of the rationale, or "AV:L", "PR:H" of the vector. */
struct fact_reason {
	unsigned value;	  /* enum route or enum impact */
	const char *text; /* borrowed from the rationale, or a constant; not ended by 0 */
	size_t length;
};

struct fact_reasons {
	struct fact_reason *items; /* one or more for each value of the set */
	size_t count;
	size_t capacity;
};

#define FACT_REASONS_INIT  \
	{                  \
		NULL, 0, 0 \
	}

void fact_reasons_release(struct fact_reasons *reasons);

/*
 * The set of 1 << enum route; 0 where there is no vector. `rationale` may be "". `reasons` gets
 * what decided, or is NULL.
 */
unsigned routes_of_score(const struct cvss *cvss, const char *rationale,
			 struct fact_reasons *reasons);

#endif
