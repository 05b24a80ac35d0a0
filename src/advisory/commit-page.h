/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything known of one commit, of a series, of mainline, or only by its id.
 */
#ifndef ADVISORY_COMMIT_PAGE_H
#define ADVISORY_COMMIT_PAGE_H

#include "advisory/advisory.h"
#include "git/change.h"
#include "history/lookup.h"
#include "history/relation.h"

struct page_advisory {
	const struct advisory *advisory; /* in a set of the page */
	const char *match;		 /* "stable id", "upstream id", "subject" */
};

struct page_advisory_list {
	struct page_advisory *items; /* each CVE once */
	size_t count;
	size_t capacity;
};

struct commit_page {
	char hex[GIT_OID_HEXSZ + 1]; /* all digits that are known */
	bool known;		     /* false: nothing but references to it */
	struct carrier commit;
	struct string_list upstream; /* ids, as its message has them */
	struct carrier_list same;    /* its upstream commit, and the other backports */
	struct relation_list says;   /* what its message says, in its order */
	struct relation_list said;   /* who names it, by kind */
	struct page_advisory_list fixes, introduces;
	struct change_list changes; /* none for merges and roots */
	ARRAY(struct advisory_set) sets;
};

int commit_page_load(struct commit_page *ret_page, struct workspace *workspace,
		     const struct resolved_name *name, struct error *err);
void commit_page_release(struct commit_page *page);

#endif
