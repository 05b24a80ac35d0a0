/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the classifier says of commits, kept in the index (table `judgement`) with the digest of the
 * model that said it: a commit is judged once for a model.
 */
#ifndef TRIAGE_JUDGEMENTS_H
#define TRIAGE_JUDGEMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "history/index.h"
#include "triage/judgement.h"

/*
 * `ret_items` has room for `count`: one for each number, of source SOURCE_CLASSIFIER. What was not
 * judged yet has LIKELIHOOD_UNKNOWN and no facts.
 */
int judgements_load(struct judgement *ret_items, const uint32_t *numbers, size_t count,
		    struct index *index, struct error *err);

#endif
