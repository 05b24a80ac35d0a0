/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes of refs that are made together or not at all, with a reflog entry each.
 */
#ifndef TREE_REFS_H
#define TREE_REFS_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct ref_change {
	char *name;
	git_oid to;   /* zero: deleted */
	git_oid from; /* what it is; zero: not there */
};

struct ref_changes {
	struct ref_change *items;
	size_t count;
	size_t capacity;
};

#define REF_CHANGES_INIT   \
	{                  \
		NULL, 0, 0 \
	}

void ref_changes_release(struct ref_changes *changes);

/* What a ref leads to, not peeled; false where it is not there. */
bool ref_read(git_oid *ret_id, git_repository *repository, const char *name);

/*
 * Notes a change from what the ref is now, replacing one of the same ref. A ref that is
 * what it is to be is left out.
 */
void ref_changes_set(struct ref_changes *changes, git_repository *repository, const char *name,
		     const git_oid *to);
void ref_changes_delete(struct ref_changes *changes, git_repository *repository, const char *name);

/* What a ref will be; false where it will not be there. */
bool ref_changes_get(git_oid *ret_id, const struct ref_changes *changes, git_repository *repository,
		     const char *name);

/* One transaction. A ref that has moved meanwhile is an error, and nothing has changed. */
int ref_changes_apply(const struct ref_changes *changes, git_repository *repository,
		      const char *words, struct error *err);

/* Names of refs under a prefix, sorted, without it. */
struct ref_names {
	char **items;
	size_t count;
	size_t capacity;
};

int ref_names_read(struct ref_names *ret_names, git_repository *repository, const char *prefix,
		   struct error *err);
void ref_names_release(struct ref_names *names);

#endif
