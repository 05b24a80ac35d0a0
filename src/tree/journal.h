/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal of a base: what was published, one stanza a state, in ledger/journal/. It is
 * only ever appended to, and committed before any ref moves; what a run that died between
 * the two left undone is made good by journal_recover.
 */
#ifndef TREE_JOURNAL_H
#define TREE_JOURNAL_H

#include <stdbool.h>

#include "base/error.h"
#include "git/store.h"
#include "history/workspace.h"
#include "tree/refs.h"
#include "tree/stanza.h"

/* The published states of a base, oldest first; none is no error. */
int journal_load(struct stanza_list *ret_stanzas, const struct workspace *workspace,
		 const char *base, const char *policy, struct error *err);

/* Appends what stanza_print gave, and commits the ledger. */
int journal_append(const struct workspace *workspace, const char *base, const char *policy,
		   const struct buffer *text, struct error *err);

/* The names of all journals, sorted. */
int journal_list(struct string_list *ret_names, const struct workspace *workspace,
		 struct error *err);
int journal_load_name(struct stanza_list *ret_stanzas, const struct workspace *workspace,
		      const char *name, struct error *err);

/*
 * Notes the refs that published states are to have: tags (whose objects are written to the
 * store), states and branches. Their commits must be there.
 */
int journal_set_refs(struct ref_changes *changes, const struct stanza_list *published,
		     struct workspace *workspace, struct store *store, struct error *err);

/*
 * Completes what a run left undone: a journal that was written but not committed, one that
 * was committed without its refs. What a lost tree.git held is not made again: that is
 * build's. First thing in every command that changes something; needs the lock and
 * workspace_open_source. `ret_recovered` may be NULL.
 */
int journal_recover(bool *ret_recovered, struct workspace *workspace, struct error *err);

#endif
