/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the classifier says of commits of the index, kept there (table `judgement`) with the digest
 * of the model that said it: a commit is judged once for a model.
 */
#ifndef TRIAGE_JUDGEMENTS_H
#define TRIAGE_JUDGEMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "history/workspace.h"
#include "triage/change-facts.h"
#include "triage/classify.h"
#include "triage/judgement.h"

/*
 * `ret_items` has room for `count`: one for each number, of source SOURCE_CLASSIFIER. What was not
 * judged yet has LIKELIHOOD_UNKNOWN and no facts.
 */
int judgements_load(struct judgement *ret_items, const uint32_t *numbers, size_t count,
		    struct index *index, struct error *err);

/*
 * Judges what is not judged yet, or was by another model, and keeps it where the index can be
 * written; then loads. Where the program has no model, nothing is judged. The source must be open.
 */
int judgements_make(struct judgement *ret_items, const uint32_t *numbers, size_t count,
		    struct workspace *workspace, struct progress *progress, struct error *err);

/* A commit of the index as the classifier reads it. */
struct commit_reader {
	struct workspace *workspace;
	struct statement find_id, find_files, find_facts;
	struct changed_files files;
	git_odb_object *object;
};

int commit_reader_open(struct commit_reader *ret_reader, struct workspace *workspace,
		       struct error *err);
void commit_reader_close(struct commit_reader *reader);

/* Good until the next call. `ret_fresh`: the facts were not in the index. */
int commit_reader_read(struct commit_text *ret_text, uint64_t *ret_facts, bool *ret_fresh,
		       struct commit_reader *reader, uint32_t number, struct error *err);

#endif
