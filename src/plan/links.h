/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the members of a series have to do with each other, found once for the
 * series and shared by the plans of all its bases: what each fixes, which
 * commits it is a declared prerequisite of, what it reverts; and, as far as somebody
 * asked, what happened to which file.
 */
#ifndef PLAN_LINKS_H
#define PLAN_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "git/store.h"
#include "plan/files.h"
#include "plan/kernel-names.h"
#include "plan/members.h"

enum link_kind {
	LINK_FIXES,	      /* from repairs what to brought */
	LINK_PREREQUISITE_OF, /* from is to be picked before to */
	LINK_REVERTS	      /* from takes to back */
};

/* How sure a link is. */
enum link_match {
	LINK_BY_ID,
	LINK_BY_INVERSE, /* of a revert: it is the inverse of that commit's diff */
	LINK_BY_SUBJECT	 /* weak: by a subject that only one commit has */
};

struct link {
	enum link_kind kind;
	enum link_match match;
	bool partial; /* of a revert: says so itself */
	uint32_t from, to;
};

/* Where the origin of a fix is, when it is no member. */
enum origin_place {
	ORIGIN_MEMBER, /* a member, or several that backport it */
	ORIGIN_START,  /* in mainline before the series */
	ORIGIN_UNKNOWN /* nowhere that the index knows */
};

struct links {
	struct link *forward;  /* by from, kind, to */
	struct link *backward; /* by to, kind, from */
	size_t count;
	/* Fixes: lines that lead to no member, by member: how many of each place. */
	uint8_t *start_origins, *unknown_origins;
	struct files *files;	    /* what plans ask about paths; filled as they do */
	struct kernel_names *names; /* what they ask about names */
	struct unfixed *unfixed;    /* what is open on any base; likewise */
};

/* `store` reads what reverts change, to tell an inverse. */
int links_find(struct links *ret_links, const struct members *members, struct store *store,
	       struct error *err);
void links_release(struct links *links);

/* The links from, or to, a member; `ret_count` of them. */
const struct link *links_from(size_t *ret_count, const struct links *links, uint32_t member);
const struct link *links_to(size_t *ret_count, const struct links *links, uint32_t member);

const char *link_match_words(enum link_match match); /* "named by its id" */

#endif
