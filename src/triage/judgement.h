/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What triage holds of one commit: facts, how likely it is a security fix, and who says so.
 *
 * Likelihoods are whole thousandths, so that every machine has the same. Authority, best
 * first: a person's verdict in the ledger, an advisory with a score, one without, the
 * classifier. A better source replaces what it speaks about and leaves the rest: an advisory
 * without a score makes the commit a security fix and says nothing on its route.
 */
#ifndef TRIAGE_JUDGEMENT_H
#define TRIAGE_JUDGEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "advisory/facts.h"

#define LIKELIHOOD_UNKNOWN (-1)
#define LIKELIHOOD_SURE 1000

enum judgement_source {
	SOURCE_CLASSIFIER,
	SOURCE_UNSCORED, /* an advisory without a score, or with one that cannot be read */
	SOURCE_SCORED,
	SOURCE_LEDGER,
	SOURCE_KINDS
};

/* One for each commit; plain data. */
struct judgement {
	unsigned classes; /* sets of 1 << enum bug_class, enum route, enum impact */
	unsigned routes;
	unsigned impacts;
	int security; /* that it repairs a vulnerability; LIKELIHOOD_UNKNOWN: not asked */
	int gate;     /* that it passes the gate `default`, given that it does */
	enum judgement_source source;	      /* of `security` */
	enum judgement_source facts_source;   /* of routes and impacts */
	bool routes_decided, impacts_decided; /* which of them a person named */
	/* Of a scored advisory, else 0 and CVSS_UNSCORED: the letter of PR, the score in tenths. */
	char privileges;
	int score;
};

/* One reason for or against; owned by the list. */
struct evidence {
	enum judgement_source source;
	const char *detail; /* "message: 'use after free'", "path net/netfilter: ..." */
	int security;	    /* weights, in hundredths of a logit; 0 = does not bear on it */
	int gate;
};

/* One that says nothing. */
struct judgement judgement_none(void);

const char *judgement_source_name(enum judgement_source source); /* "classifier", ... */

/* P(security) * P(gate | security), rounded; LIKELIHOOD_UNKNOWN where either is. */
int judgement_likelihood(const struct judgement *judgement);

#endif
