/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/judgement.h"

#include "advisory/cvss.h"

static const char *const source_names[SOURCE_KINDS] = {
	[SOURCE_CLASSIFIER] = "classifier",
	[SOURCE_UNSCORED] = "unscored advisory",
	[SOURCE_SCORED] = "scored advisory",
	[SOURCE_LEDGER] = "ledger",
};

struct judgement judgement_none(void)
{
	return (struct judgement){ .security = LIKELIHOOD_UNKNOWN,
				   .gate = LIKELIHOOD_UNKNOWN,
				   .score = CVSS_UNSCORED };
}

const char *judgement_source_name(enum judgement_source source)
{
	return source_names[source];
}

int judgement_likelihood(const struct judgement *judgement)
{
	if (judgement->security == LIKELIHOOD_UNKNOWN || judgement->gate == LIKELIHOOD_UNKNOWN)
		return LIKELIHOOD_UNKNOWN;
	return (judgement->security * judgement->gate + LIKELIHOOD_SURE / 2) / LIKELIHOOD_SURE;
}
