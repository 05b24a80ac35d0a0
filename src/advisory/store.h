/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing advisories into the index: the one place that knows how a record is
 * laid out in the tables. Used inside a transaction or savepoint.
 */
#ifndef ADVISORY_STORE_H
#define ADVISORY_STORE_H

#include <stdint.h>

#include "advisory/record.h"
#include "base/error.h"
#include "history/index.h"

#define ADVISORY_STATEMENTS 20

struct advisory_store {
	struct index *index;
	struct statement statements[ADVISORY_STATEMENTS];
	struct buffer columns[3]; /* what is written next */
	int64_t next;		  /* free number for what is no record */
};

int advisory_store_init(struct advisory_store *ret_store, struct index *index, struct error *err);
void advisory_store_release(struct advisory_store *store);

/* Adds one. A record's number is its name's; others get the next free one. */
int advisory_store_add(struct advisory_store *store, const struct advisory_record *record,
		       const char *origin, const char *place, struct error *err);
/* Takes one out, with all that belongs to it. */
int advisory_store_remove(struct advisory_store *store, int64_t number, struct error *err);
/* Takes all of an origin out; `place` narrows it to one, or is NULL. */
int advisory_store_remove_origin(struct advisory_store *store, const char *origin,
				 const char *place, struct error *err);

int advisory_store_damage(struct advisory_store *store, const char *place, const char *name,
			  const char *reason, struct error *err);
/* Forgets the damage of one CVE, or of what belongs to none (""), or all (NULL). */
int advisory_store_mend(struct advisory_store *store, const char *name, struct error *err);

/*
 * A savepoint around a group of changes: works inside a transaction and without
 * one. `error` is passed through, or is what releasing it gave.
 */
int advisory_savepoint_begin(struct index *index, struct error *err);
int advisory_savepoint_end(struct index *index, int error, struct error *err);

#endif
