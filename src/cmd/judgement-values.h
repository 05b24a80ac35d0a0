/* SPDX-License-Identifier: GPL-2.0-only */
/* What triage holds of a commit, as several commands print it. */
#ifndef CMD_JUDGEMENT_VALUES_H
#define CMD_JUDGEMENT_VALUES_H

#include "cmd/output.h"
#include "triage/classify.h"
#include "triage/judgement.h"

/*
 * {classes, routes, impacts, security, gate, likelihood, source, facts_source, score, privileges};
 * likelihoods from 0 to 1, null where unknown.
 */
json_t *judgement_value(const struct judgement *judgement);

/* [{source, detail, security, gate}]; weights in logits. */
json_t *evidence_value(const struct evidence_list *list);

/* "0.93 (security 0.97, gate 0.96)  use-after-free; userns; memory-corruption". */
void print_judgement(struct output *out, const json_t *value);

/* A line each, with a newline in front: "+2.10 gate +0.40  sign: use-after-free ('uaf')". */
void print_evidence(struct output *out, const json_t *list);

#endif
