/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns the steps of a base's states into commits in a store: for a new state, and again
 * for one that the journal has.
 *
 * A step's source tree is the canonical one of the set so far; the Makefile's EXTRAVERSION
 * is that of the last state. A step that changes nothing is a member without a commit.
 */
#ifndef TREE_STATE_WRITER_H
#define TREE_STATE_WRITER_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "git/fold.h"
#include "git/store.h"
#include "triage/ledger.h"
#include "tree/stanza.h"

struct state_writer;

/*
 * `stanzas` are all states that will be written or stood on, oldest first: where a
 * late member comes in the order of the series is known only from all of them. They
 * are borrowed, and may be completed by state_writer_write only. Resolutions are the
 * ledger's, by their digests.
 */
int state_writer_open(struct state_writer **ret_writer, struct store *store,
		      struct stanza *const *stanzas, size_t count, struct ledger *ledger,
		      struct progress *progress, struct error *err);
void state_writer_close(struct state_writer *writer);

/*
 * The outcomes of a plan's fold, whose members are the steps of all states in order:
 * nothing is merged again. `outcomes` live in `store`, which may be a trial one.
 */
int state_writer_use_plan(struct state_writer *writer, struct fold *outcomes, struct store *store,
			  struct error *err);

/* Stands on the next state, which is written already. */
int state_writer_stand(struct state_writer *writer, struct error *err);

/*
 * Writes the next state. Completes its stanza: which steps made a commit, tree and
 * commit; where the commit is known, it has to come out the same. `ret_commits` counts the
 * steps that made one; with `skip_empty` a state without any is not written, and the
 * writer is done.
 */
int state_writer_write(size_t *ret_commits, struct state_writer *writer, bool skip_empty,
		       struct error *err);

/* The source tree of the set so far, without our EXTRAVERSION. */
int state_writer_source_tree(git_oid *ret_tree, struct state_writer *writer, struct error *err);

#endif
