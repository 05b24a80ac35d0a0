/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger: what people decided, plain text under git in ledger/.
 *
 * ledger/verdicts/<40 hex digits of a stable commit>: one stanza for each
 * verdict, fields one a line, stanzas separated by an empty line:
 *
 *	verdict: withdraw | accept-regression | accept-series | prerequisite
 *	base: v5.10.66            the base it is for; left out: all
 *	needs: <40 hex digits>    of a prerequisite: the commit to pick before it
 *	person: Name <mail>
 *	date: 2026-08-21
 *	reason: breaks WiFi on resume
 *
 * A file that does not have this form is an error that names file and line.
 *
 * ledger/resolutions/: see triage/resolution.h; ledger/triage/: see triage/decision.h.
 */
#ifndef TRIAGE_LEDGER_H
#define TRIAGE_LEDGER_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "triage/decision.h"
#include "triage/resolution.h"

enum verdict_kind {
	VERDICT_WITHDRAW,	   /* take a published pick out again */
	VERDICT_ACCEPT_REGRESSION, /* publish although a later fix of it is missing */
	VERDICT_ACCEPT_SERIES,	   /* of a fix: however many commits it brings with it */
	VERDICT_PREREQUISITE,	   /* a declared edge */
	VERDICT_KINDS
};

struct verdict {
	enum verdict_kind kind;
	git_oid commit;
	git_oid needs; /* zero but for a prerequisite */
	char *base;    /* NULL: all */
	char *person;
	char *date;
	char *reason;
};

struct ledger {
	char *directory;
	struct verdict *verdicts; /* by commit id, then as written */
	size_t count;
	size_t capacity;
	struct resolution_list resolutions;
	struct decision_list decisions;
	struct resolution_list past; /* that ledger_resolution has read from the history */
};

int ledger_load(struct ledger *ret_ledger, const char *directory, struct error *err);
void ledger_release(struct ledger *ledger);

/* The first verdict of a kind for a commit that is for this base or for all; NULL: none. */
const struct verdict *ledger_find(const struct ledger *ledger, enum verdict_kind kind,
				  const git_oid *commit, const char *base);

/*
 * Who decides, as git in the ledger knows the user, and the day: "Name <mail>" and "2026-08-21",
 * both owned by the caller.
 */
int ledger_person(char **ret_person, char **ret_date, const char *directory, struct error *err);

/* Writes a verdict and commits it with the user's git identity. */
int ledger_add(const char *directory, const struct verdict *verdict, struct error *err);

/*
 * The resolutions for a commit, at most `most`: the one for this base, then those for others.
 * They are borrowed. Gives how many.
 */
size_t ledger_resolutions(const struct resolution **ret_list, const struct ledger *ledger,
			  const git_oid *commit, const char *base, size_t most);

/*
 * The resolution of a commit that has a digest: the ledger's, else one in its git history.
 * Borrowed. `words` says in the error whose it is: a state.
 */
int ledger_resolution(const struct resolution **ret_resolution, struct ledger *ledger,
		      const git_oid *commit, const git_oid *digest, const char *words,
		      struct error *err);

/* Whether the history of ledger/ has a resolution, so that it can be found whatever comes. */
int ledger_keeps(bool *ret_keeps, const struct ledger *ledger, const git_oid *digest,
		 struct error *err);

/* The tree of ledger/ without journal/, at its HEAD; zero where nothing is committed. */
int ledger_digest(git_oid *ret_tree, const char *directory, struct error *err);

const char *verdict_kind_name(enum verdict_kind kind);

#endif
