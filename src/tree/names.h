/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of a base are called in tree.git and in the ledger:
 *
 *	refs/heads/linux-6.1.170-security	its branch
 *	refs/heads/linux-6.1.y-security		also, when it is the first of its series
 *	v6.1.170-security.192			a state, and its tag
 *	refs/sectree/states/<state>		the release commit of a state that was built
 *	refs/sectree/stanzas/<state>		what publish will write into the journal
 *	ledger/journal/v6.1.170			the journal
 *
 * A policy other than the default one follows "-security": v6.1.170-security-strict.192.
 * All strings are the caller's to free.
 */
#ifndef TREE_NAMES_H
#define TREE_NAMES_H

#include <stdbool.h>

#include "triage/policies.h"

#define STATES_REF "refs/sectree/states/"
#define STANZAS_REF "refs/sectree/stanzas/"
#define TAGS_REF "refs/tags/"

/* "v6.1.170" -> "refs/heads/linux-6.1.170-security" */
char *branch_of_base(const char *base, const char *policy);

/* "linux-6.1.y" -> "refs/heads/linux-6.1.y-security" */
char *branch_of_series(const char *series, const char *policy);

/* "v6.1.170", "192" -> "v6.1.170-security.192" */
char *tag_of_state(const char *base, const char *policy, const char *number);

/* What EXTRAVERSION gains, and `uname -r` shows: "-security.192". */
const char *tag_suffix(const char *tag, const char *base);

/* "6.1.170-security.192": what follows "Linux " in the subject of a release commit. */
const char *tag_version(const char *tag);

/* Whether a state of that name is one of this base and policy. */
bool tag_is_of_base(const char *tag, const char *base, const char *policy);

/* The journal's name in ledger/. */
char *journal_of_base(const char *base, const char *policy);

#endif
