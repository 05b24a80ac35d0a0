/* SPDX-License-Identifier: GPL-2.0-only */
/* Records that several commands print: commits, releases, advisories. */
#ifndef CMD_FACTS_H
#define CMD_FACTS_H

#include "advisory/advisory.h"
#include "cmd/output.h"
#include "history/lookup.h"
#include "history/relation.h"

/* {name, commit}, or null. */
json_t *release_value(const char *name, const git_oid *id);

/* The ids of a list, as text. */
json_t *strings_value(const struct string_list *list);

/* {advisory, origin, state, match, title, score, severity, vector, disputed} */
json_t *advisory_value(const struct advisory *advisory, const char *match);
/* "CVE-2024-1234 7.8 HIGH (subject)". */
void print_advisory(struct output *out, const json_t *value);

/* "7.8", or null; "HIGH", or null. */
json_t *score_value(int tenths);
json_t *severity_value(int tenths);

/* {commit, subject, match, series: [{series, release}], starts: []} */
json_t *carrier_value(const struct carrier *carrier);
/* "0123456789ab  linux-5.10.y v5.10.67  subject". */
void print_carrier(struct output *out, const json_t *value);

/* {place, advisory, reason}: of a record that could not be read in full. */
json_t *damage_value(const struct advisory_damage *damage);
void print_damage_line(struct output *out, const json_t *value);

/* The first 12 digits. */
void print_id(struct output *out, const char *hex);

#endif
