/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * By which route code can be reached, from where it lies in the tree and from what the message
 * says; and what a class of bug gives an attacker. Tables, with the reason in words.
 */
#ifndef TRIAGE_REACH_H
#define TRIAGE_REACH_H

#include "advisory/facts.h"
#include "triage/text.h"

struct reach_reason {
	enum route route;
	const char *where; /* a path of the table, or the words; borrowed */
	size_t where_length;
	const char *why; /* "reachable from a user namespace"; NULL: the message says so */
};

#define REACH_REASONS 8

/*
 * The local routes (and for what has none the others) by paths and by words. Fills at most
 * REACH_REASONS reasons and gives the set of routes.
 */
unsigned reach_find(struct reach_reason *ret_reasons, size_t *ret_count,
		    const struct message_parts *parts, const struct commit_text *commit);

/* What bugs of these classes give. */
unsigned reach_impacts(unsigned classes);

#endif
