/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Advisories that commits name in their own messages.
 */
#ifndef ADVISORY_MENTION_H
#define ADVISORY_MENTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "history/index.h"

/*
 * Makes an advisory of every CVE id that a commit's message names: rows of
 * `reference` of kind `advisory_kind` whose words (or target) are the id. Its fixes are the
 * commit and the targets of that commit's references of kind `upstream_kind`.
 * Only commits numbered above `after`; with 0 everything is made anew.
 * Words that are no CVE id are left out, and so are abbreviations of fewer
 * than 12 digits.
 */
int advisory_from_messages(size_t *ret_count, struct index *index, int advisory_kind,
			   int upstream_kind, int64_t after, struct error *err);

#endif
