/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What advisories say of a commit, put above what the classifier says.
 *
 * Any advisory makes the commit a security fix. One with a score also replaces routes, impacts and
 * privileges; of several with one the sets are united, the lowest privileges and the highest score
 * count. Where one is scored and another is not, the other may be anything: what is known of
 * privileges is given up, and the classifier's facts are added, or all facts are unknown where it
 * has none.
 *
 * A decision of the ledger is above all this: it is applied to the judgement that comes out.
 */
#ifndef TRIAGE_COMBINE_H
#define TRIAGE_COMBINE_H

#include "advisory/advisory.h"
#include "triage/judgement.h"

/* `judgement` is the classifier's; none, where it was not asked. Disputed advisories are nothing.
 */
void judgement_add_advisories(struct judgement *judgement, const struct advisory *const *advisories,
			      size_t count);

/* What an advisory alone makes of a commit that nobody looked at. */
struct judgement judgement_of_advisory(const struct advisory *advisory);

#endif
