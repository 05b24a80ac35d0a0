/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/combine.h"

#include <string.h>

#include "advisory/cvss.h"

static const char by_rank[] = "NLH"; /* of PR */

static bool is_lower(char privileges, char than)
{
	return strchr(by_rank, privileges) < strchr(by_rank, than);
}

static void add_score(struct judgement *scored, const struct advisory *advisory)
{
	char privileges = advisory->cvss.metric[CVSS_PR];

	scored->routes |= advisory->routes;
	scored->impacts |= advisory->impacts;
	if (!scored->privileges || is_lower(privileges, scored->privileges))
		scored->privileges = privileges;
	if (advisory->cvss.score > scored->score)
		scored->score = advisory->cvss.score;
}

/* A set that is united with an unknown one is unknown. */
static unsigned unite(unsigned set, unsigned other)
{
	return other ? set | other : 0;
}

void judgement_add_advisories(struct judgement *judgement, const struct advisory *const *advisories,
			      size_t count)
{
	struct judgement scored = judgement_none();
	size_t with = 0, without = 0;

	for (size_t i = 0; i < count; i++) {
		if (advisories[i]->disputed)
			continue;
		if (advisories[i]->cvss.version) {
			add_score(&scored, advisories[i]);
			with++;
		} else {
			without++;
		}
	}
	if (!with && !without)
		return;
	judgement->security = LIKELIHOOD_SURE;
	judgement->source = with ? SOURCE_SCORED : SOURCE_UNSCORED;
	if (!with)
		return;
	judgement->facts_source = SOURCE_SCORED;
	judgement->score = scored.score;
	judgement->privileges = without ? 0 : scored.privileges;
	judgement->routes = without ? unite(scored.routes, judgement->routes) : scored.routes;
	judgement->impacts = without ? unite(scored.impacts, judgement->impacts) : scored.impacts;
}

struct judgement judgement_of_advisory(const struct advisory *advisory)
{
	struct judgement judgement = judgement_none();

	judgement_add_advisories(&judgement, &advisory, 1);
	return judgement;
}
