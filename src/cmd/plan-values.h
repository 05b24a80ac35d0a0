/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plan as JSON values and as text, for plan and build.
 */
#ifndef CMD_PLAN_VALUES_H
#define CMD_PLAN_VALUES_H

#include <jansson.h>

#include "cmd/output.h"
#include "plan/plan.h"
#include "plan/why.h"

/* The names of its advisories; the ids of its upstream commits. */
json_t *member_advisories_value(const struct member *member);
json_t *member_upstream_value(const struct member *member);

/* "CVE-1, CVE-2" as a list. */
json_t *advisory_names_value(const char *text);

/* Of what stands in the ledger; null for NULL. */
json_t *resolution_value(const struct resolution *resolution);
json_t *plan_row_value(const struct plan *plan, const struct plan_row *row);
json_t *plan_open_value(const struct plan *plan, const struct plan_open *open);

/* {"pick": 12, ...}: every state, also those that have none. */
json_t *plan_counts_value(const struct plan *plan);

json_t *plan_step_value(const struct plan *plan, const struct why_step *step);
json_t *plan_summary_value(const struct plan *plan);

void print_step(struct output *out, const json_t *item);
void print_summary(struct output *out, const json_t *value);
void print_open(struct output *out, const json_t *item);
void print_counts(struct output *out, const json_t *counts);

#endif
