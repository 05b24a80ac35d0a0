/* SPDX-License-Identifier: GPL-2.0-only */
/* One series' answer; private to where.c and where-series.c. */
#ifndef ADVISORY_WHERE_SERIES_H
#define ADVISORY_WHERE_SERIES_H

#include "advisory/where.h"

/* For each named commit of `fixes`, then of `introduced`, who carries it. */
struct named_carriers;

int named_carriers_find(struct named_carriers **ret_carriers, const struct where *where,
			struct workspace *workspace, struct error *err);
void named_carriers_release(struct named_carriers *carriers);

int where_answer_series(struct series_answer *answer, const struct where *where,
			const struct named_carriers *carriers, struct workspace *workspace,
			struct error *err);

/* Finds who in the series took the commit back, if that stands; zero otherwise. */
int fix_reverted_by(git_oid *ret_id, struct index *index, int64_t series,
		    const struct series_commit *fix, struct error *err);

#endif
