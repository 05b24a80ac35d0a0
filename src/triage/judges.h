/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Judges outside of the program: a language model, another team's service. A setting names a
 * command of the shell:
 *
 *	[judge "second-opinion"]
 *		command = ask-a-model
 *		timeout = 60
 *
 * It gets commits as lines of JSON on its standard input, {"id", "subject", "body", "files"}, and
 *answers with lines of JSON: {"id", "likelihood": 0 to 1, "route": "userns" or a list (may be
 *missing), "reason"}. Commits may be left out. Answers are kept in the index by commit and judge,
 *and are one evidence more: half of an answer's logit, at most JUDGE_WEIGHT_MOST either way, is
 *added to that of the likelihood to be a security fix, and its routes to the routes. Nothing ever
 *waits for a judge: only judges_ask runs them.
 */
#ifndef TRIAGE_JUDGES_H
#define TRIAGE_JUDGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"
#include "base/progress.h"
#include "history/workspace.h"
#include "triage/classify.h"
#include "triage/judgement.h"

#define JUDGE_WEIGHT_MOST 200 /* hundredths of a logit */
#define JUDGE_BATCH 50	      /* commits for one run of a command */

struct judge_report {
	size_t asked, answered;
	struct string_list troubles; /* in words: a judge that failed, a line that is no answer */
};

void judge_report_release(struct judge_report *report);

/*
 * Asks each judge of the settings for those of the commits that it has not answered yet. A judge
 * that fails or takes too long is in the report, and what it had answered before is kept.
 */
int judges_ask(struct judge_report *ret_report, struct workspace *workspace,
	       const uint32_t *numbers, size_t count, struct progress *progress, struct error *err);

/* Notes in the index which judges count: those of the settings. */
int judges_note(struct workspace *workspace, struct error *err);

/* Adds what the judges that count answered to what the classifier says. */
int judges_apply(struct judgement *items, const uint32_t *numbers, size_t count,
		 struct index *index, struct error *err);

/* Their answers on one commit, as evidence. */
int judges_explain(struct evidence_list *list, struct index *index, uint32_t number,
		   struct error *err);

#endif
