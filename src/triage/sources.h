/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What else speaks of a commit than the classifier: advisories and the ledger, put above it in
 * their order, with what they say as evidence.
 */
#ifndef TRIAGE_SOURCES_H
#define TRIAGE_SOURCES_H

#include "advisory/advisory.h"
#include "history/lookup.h"
#include "history/workspace.h"
#include "triage/classify.h"
#include "triage/decision.h"
#include "triage/judgement.h"

struct triage_sources {
	struct workspace *workspace; /* borrowed */
	struct advisory_set advisories;
	struct decision_list decisions;
	struct upstream_lookup upstreams;
};

int triage_sources_open(struct triage_sources *ret_sources, struct workspace *workspace,
			struct error *err);
void triage_sources_close(struct triage_sources *sources);

/*
 * Adds to the classifier's judgement what advisories name this commit or its upstream commit as a
 * fix, and what people decided for all series. `list` gets the reasons; NULL: none are wanted.
 */
int triage_sources_add(struct judgement *judgement, struct evidence_list *list,
		       struct triage_sources *sources, uint32_t number, const git_oid *id,
		       struct error *err);

#endif
