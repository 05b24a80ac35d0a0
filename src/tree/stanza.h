/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A state of a base as it is built, journaled and replayed: what it stands on,
 * which steps lead to it, and the commit that they give. Writing the steps again
 * onto the same parent gives the same commit, with no advisories and no model.
 * Its text is described in docs/journal.md.
 */
#ifndef TREE_STANZA_H
#define TREE_STANZA_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "plan/plan.h"

#define STANZA_FORMAT 1
/* Counts up when the same steps could give another tree. */
#define MERGE_RULES 1

enum step_kind {
	STEP_ADD,
	STEP_WITHDRAW
};

struct id_list {
	git_oid *items;
	size_t count;
	size_t capacity;
};

struct step {
	enum step_kind kind;
	git_oid stable;
	bool made_commit; /* false: its tree is its parent's */

	/* STEP_ADD */
	enum state role;    /* pick, follow-up, prerequisite */
	git_oid resolution; /* zero: none */
	git_oid before;	    /* the member that it precedes in the series' order; zero: the last */
	struct id_list needed_by; /* ids that it is there for */
	char *trailers;		  /* whole lines */

	/* STEP_WITHDRAW */
	struct id_list with; /* that go with it: that only it needed, or that need it */
	char *subject;	     /* of what is withdrawn; UTF-8 */
	char *person, *date, *reason;
};

/* A pick that a later fix repairs, which this state lacks. */
struct stanza_gap {
	git_oid stable;
	git_oid later; /* zero: no commit of the series */
	char *reason;  /* NULL for what a later state has */
};

struct stanza {
	char *tag; /* v6.1.170-security.192 */
	char *base_name;
	git_oid base;
	char *series;
	bool whole; /* the base is the first of its series: two branches */
	char *tip_name;
	git_oid tip;
	char *policy;
	git_oid policy_digest;
	git_oid advisories; /* the commit they were read from; zero: none */
	char *tool;	    /* version of the program */
	int rules;	    /* MERGE_RULES */
	git_oid ledger;	    /* its tree without journal/; zero: empty */
	char *identity;	    /* "Name <mail>" of the commits that are our own */
	git_oid parent;	    /* the base, or the commit of the state before */

	char *superseded_by; /* the tag that was built together with it; NULL: none */
	struct {
		struct stanza_gap *items;
		size_t count;
		size_t capacity;
	} beyond,	     /* follow-ups that only later states have */
		regressions; /* known ones, with the reason */
	struct {
		struct step *items;
		size_t count;
		size_t capacity;
	} steps;

	git_oid tree;
	git_oid commit;
};

void stanza_init(struct stanza *stanza);
void stanza_release(struct stanza *stanza);

struct stanza_list {
	struct stanza *items;
	size_t count;
	size_t capacity;
};

#define STANZA_LIST_INIT   \
	{                  \
		NULL, 0, 0 \
	}

void stanza_list_release(struct stanza_list *list);

void stanza_print(struct buffer *ret_text, const struct stanza *stanza);

/*
 * Appends the stanzas of a text. `name` is that of the file for the error, which has the
 * line too. Anything that stanza_print would not have written is an error.
 */
int stanza_parse(struct stanza_list *ret_list, const char *text, size_t length, const char *name,
		 struct error *err);

#endif
