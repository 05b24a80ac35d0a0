/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects that tree.git borrows from the source, and keeps before the source may lose
 * them: in packs with a .keep, so that no gc drops what no ref of ours leads to.
 */
#ifndef TREE_KEEP_H
#define TREE_KEEP_H

#include <stdbool.h>

#include "base/error.h"
#include "history/workspace.h"
#include "tree/stanza.h"

/*
 * Keeps what states need: everything that their commits lead to and the base does not; of
 * each member what it takes to pick it again (its commit and its parent's, their trees on
 * the way to what it changes, the contents before and after); the commit of the tip.
 */
int keep_states(struct workspace *workspace, const struct stanza_list *states, struct error *err);

/*
 * Keeps what the journals lead to (bases and tips with their history) and no branch or tag
 * of the source, as it is now, does. It is what a workspace calls before the index follows
 * a source that moved (before_sync). A base that is gone already is an error; a tip that is
 * gone is not, publishing kept what is needed of it.
 */
int keep_before_rewind(struct workspace *workspace, struct error *err);

#endif
