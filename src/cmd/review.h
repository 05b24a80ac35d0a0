/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of `sectree review`. */
#ifndef CMD_REVIEW_H
#define CMD_REVIEW_H

#include "cmd/session.h"
#include "triage/decision.h"

struct review_options {
	bool withdraw, accept_regression, accept_series; /* verdicts on picks */
	bool in, out, not_fix;				 /* decisions on commits */
	bool list;
	const char *needs, *base;
	const char *route, *impact, *series;
	const char *import, *person, *reason;
};

/* A decision on one commit, or on those of a list; the ledger's directory is given. */
int review_decide(struct command_context *context, struct workspace *workspace,
		  const struct review_options *options, const char *ledger, struct error *err);

/* What was decided, of one commit or of all. */
int review_list(struct command_context *context, struct workspace *workspace, const char *ledger,
		struct error *err);

/* One commit after the other on a terminal. */
int review_session(struct command_context *context, struct workspace *workspace, const char *ledger,
		   struct error *err);

#endif
