/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What modules from outside of the tree may trip over between two source trees: functions
 * that are exported and changed their prototype, came or went; structs and unions of headers
 * that modules include which changed or went.
 *
 * A notice, and no judgement: a struct that grew at its end is named like any other, and what
 * is exported from assembler or by macros of a file's own is not seen. Only files that differ
 * are read.
 */
#ifndef TREE_EXPORT_NOTICE_H
#define TREE_EXPORT_NOTICE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "git/store.h"

enum export_change {
	EXPORT_CHANGED,
	EXPORT_REMOVED,
	EXPORT_ADDED,
	EXPORT_CHANGES
};

const char *export_change_name(enum export_change change); /* "changed"; a constant */

struct export_item {
	enum export_change change;
	bool is_struct;	  /* else a symbol that is exported */
	const char *name; /* "kmem_cache_alloc", "struct sk_buff" */
	const char *path; /* where it is, or was */
	/* Prototypes without the names of parameters; NULL: of a struct, or not known. */
	const char *before, *after;
};

struct export_notice {
	struct export_item *items; /* symbols, then structs; each by name */
	size_t count;
	size_t capacity;
	struct arena arena;
};

int export_notice_read(struct export_notice *ret_notice, struct store *store,
		       const git_oid *old_tree, const git_oid *new_tree, struct error *err);
void export_notice_release(struct export_notice *notice);

/*
 * The same on a second thread, with a store of its own: thousands of files take as long as
 * everything else that a comparison does. What was started is to be finished. `repository`
 * is borrowed until then.
 */
struct export_search;

int export_search_start(struct export_search **ret_search, git_repository *repository,
			const git_oid *old_tree, const git_oid *new_tree, struct error *err);
/* NULL gives an empty notice. */
int export_search_finish(struct export_notice *ret_notice, struct export_search *search,
			 struct error *err);

#endif
