/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What merges gave (git/merges.h), kept in the index: it belongs to three blobs, so that it
 * serves all bases and all series, and never grows stale.
 */
#ifndef PLAN_KEPT_MERGES_H
#define PLAN_KEPT_MERGES_H

#include "base/error.h"
#include "git/merges.h"
#include "history/index.h"

struct kept_merges {
	struct index *index; /* borrowed */
	struct statement select;
	struct merges *merges; /* stores that share it may outlive this */
};

/* `ret_kept` stays where it is until it is closed. */
int kept_merges_open(struct kept_merges *ret_kept, struct index *index, struct error *err);
void kept_merges_close(struct kept_merges *kept);

/* Puts what is new into the index, within a transaction of the caller's. */
int kept_merges_save(struct kept_merges *kept, struct error *err);

#endif
