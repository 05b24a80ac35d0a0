/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The refs of the source: what a sync starts from, and what tells whether the
 * index is behind. Sorted by name. Our own output, found in a source, is left
 * out (branches *-security*, tags *-security.*).
 */
#ifndef HISTORY_SOURCE_REFS_H
#define HISTORY_SOURCE_REFS_H

#include <git2.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "history/workspace.h"

struct source_ref {
	char *name; /* refs/... */
	git_oid id;
	git_oid peeled; /* the commit; zero until source_refs_peel, or for other objects */
};

struct source_refs {
	struct source_ref *items;
	size_t count;
	size_t capacity;
};

#define SOURCE_REFS_INIT ARRAY_INIT

void source_refs_release(struct source_refs *refs);
int source_refs_read(struct source_refs *ret_refs, git_repository *repository, struct error *err);

/* Reads tag objects: what each ref leads to. */
int source_refs_peel(struct source_refs *refs, git_repository *repository, struct error *err);

const struct source_ref *source_refs_find(const struct source_refs *refs, const char *name);

/* 40 hex digits over names and ids, and over the settings that sync depends on. */
int source_refs_digest(struct buffer *ret_digest, const struct source_refs *refs,
		       const struct workspace *workspace, struct error *err);

#endif
