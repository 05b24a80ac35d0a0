/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is of a base: the states that are published, and those that were built on
 * top of them and are not.
 */
#ifndef TREE_STATES_H
#define TREE_STATES_H

#include "base/error.h"
#include "history/workspace.h"
#include "tree/refs.h"
#include "tree/stanza.h"

struct base_states {
	char *base;
	char *policy;
	struct stanza_list published;
	struct stanza_list built; /* in the order in which they stand on each other */
	struct ref_names names;	  /* of every state that was built and is not published */
	bool replaced; /* states were built that do not stand on the last published one */
};

int base_states_load(struct base_states *ret_states, struct workspace *workspace, const char *base,
		     const char *policy, struct error *err);
void base_states_release(struct base_states *states);

/* Notes that what is built and not published goes. */
void base_states_forget(struct ref_changes *changes, const struct base_states *states,
			struct workspace *workspace);

/* The published states as state_writer_open and order_members take them; owned by the caller. */
struct stanza **stanza_pointers(struct stanza_list *list, size_t extra);

/*
 * Appends every state of every base: first those of the journals, `ret_published` of them,
 * then those that were built and are in none, in the order of their names.
 */
int states_read_all(struct stanza_list *ret_list, size_t *ret_published,
		    struct workspace *workspace, struct error *err);

/* A base that has a journal or was built. */
struct known_base {
	char *name;
	git_oid base;
	char *series;
	bool whole; /* the first of its series */
	bool published;
};

struct known_bases {
	struct known_base *items; /* sorted by name */
	size_t count;
	size_t capacity;
};

int known_bases_read(struct known_bases *ret_bases, struct workspace *workspace, struct error *err);
void known_bases_release(struct known_bases *bases);

#endif
