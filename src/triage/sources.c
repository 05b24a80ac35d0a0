/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/sources.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/route.h"
#include "base/array.h"
#include "git/repository.h"
#include "triage/combine.h"

int triage_sources_open(struct triage_sources *ret_sources, struct workspace *workspace,
			struct error *err)
{
	char *ledger = workspace_path(workspace, "ledger");
	int error;

	memset(ret_sources, 0, sizeof(*ret_sources));
	ret_sources->workspace = workspace;
	error = advisory_load_published(&ret_sources->advisories, &workspace->index, err);
	if (!error)
		error = decision_list_load(&ret_sources->decisions, ledger, err);
	if (!error)
		error = upstream_lookup_open(&ret_sources->upstreams, &workspace->index, err);
	free(ledger);
	return error;
}

void triage_sources_close(struct triage_sources *sources)
{
	upstream_lookup_close(&sources->upstreams);
	advisory_set_release(&sources->advisories);
	decision_list_release(&sources->decisions);
}

struct named {
	const struct advisory **items;
	size_t count;
	size_t capacity;
};

/* Each CVE once; the CNA's record comes first in the set. */
static void collect(struct named *named, const struct triage_sources *sources, const char *hex)
{
	const struct advisory *advisory;
	size_t cursor = 0;

	while (*hex && (advisory = advisory_set_next_fix(&sources->advisories, hex, &cursor))) {
		bool known = advisory->disputed;

		for (size_t i = 0; i < named->count; i++)
			known |= !strcmp(named->items[i]->name, advisory->name);
		if (!known)
			array_push(named, advisory);
	}
}

/* "CVE-2026-1 7.8 HIGH: route userns: 'user namespaces'" */
static int explain_score(struct evidence_list *list, const struct advisory *advisory,
			 struct index *index, struct error *err)
{
	struct fact_reasons reasons = FACT_REASONS_INIT;
	struct advisory_text text = { 0 };
	int error = advisory_load_text(&text, index, advisory->number, err);

	if (error)
		return error;
	routes_of_score(&advisory->cvss, text.rationale, &reasons);
	evidence_add(list, SOURCE_SCORED, 0, 0, "%s %d.%d %s PR:%c: %s", advisory->name,
		     advisory->cvss.score / 10, advisory->cvss.score % 10,
		     cvss_severity_name(cvss_severity(advisory->cvss.score)),
		     advisory->cvss.metric[CVSS_PR] ? advisory->cvss.metric[CVSS_PR] : '?',
		     advisory->vector);
	for (size_t i = 0; i < reasons.count; i++)
		evidence_add(list, SOURCE_SCORED, 0, 0, "route %s: %s: '%.*s'",
			     route_name((enum route)reasons.items[i].value), advisory->name,
			     (int)reasons.items[i].length, reasons.items[i].text);
	fact_reasons_release(&reasons);
	advisory_text_release(&text);
	return 0;
}

static int explain(struct evidence_list *list, const struct advisory *advisory, struct index *index,
		   struct error *err)
{
	if (advisory->cvss.version && advisory->cvss.score != CVSS_UNSCORED)
		return explain_score(list, advisory, index, err);
	evidence_add(list, SOURCE_UNSCORED, 0, 0, "%s, without a score (%s)", advisory->name,
		     advisory_origin_name(advisory->origin));
	return 0;
}

static void add_decisions(struct judgement *judgement, struct evidence_list *list,
			  const struct triage_sources *sources, const git_oid *id,
			  const char *upstream)
{
	struct buffer words = BUFFER_INIT;
	struct decided_commit decided;

	decisions_find(&decided, &sources->decisions, id, upstream, NULL);
	judgement_add_decisions(judgement, &decided);
	if (decided.count && list) {
		decided_commit_print(&words, &decided);
		evidence_add(list, SOURCE_LEDGER, 0, 0, "%s", words.data);
	}
	decided_commit_release(&decided);
	buffer_release(&words);
}

int triage_sources_add(struct judgement *judgement, struct evidence_list *list,
		       struct triage_sources *sources, uint32_t number, const git_oid *id,
		       struct error *err)
{
	struct index *index = &sources->workspace->index;
	char upstream[GIT_OID_HEXSZ + 1];
	struct named named = { 0 };
	int error = upstream_lookup_find(upstream, &sources->upstreams, number, err);

	if (error)
		return error;
	collect(&named, sources, id_hex(id).text);
	collect(&named, sources, upstream);
	judgement_add_advisories(judgement, named.items, named.count);
	for (size_t i = 0; list && i < named.count && !error; i++)
		error = explain(list, named.items[i], index, err);
	add_decisions(judgement, list, sources, id, upstream);
	array_release(&named);
	return error;
}
