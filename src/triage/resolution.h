/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Resolutions: a person's adapted patch for a pick that does not apply.
 *
 * ledger/resolutions/<40 hex digits of a stable commit>/<base>.patch:
 *
 *	commit: <40 hex digits>
 *	base: v5.10.66            what it was made for
 *	person: Name <mail>
 *	date: 2026-08-21
 *	reason: the helper has another name here
 *
 *	diff --git a/net/core.c b/net/core.c
 *	...
 *
 * The diff goes from what the tree being built has at that place to what it is to have. The
 * digest is that of the whole file as git counts it (a blob): what was published with it
 * finds it again in the ledger's history, whatever the file is by now.
 */
#ifndef TRIAGE_RESOLUTION_H
#define TRIAGE_RESOLUTION_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "git/patch.h"

struct resolution {
	git_oid commit;
	char *base, *person, *date, *reason;
	git_oid digest;
	struct patch patch;
	bool past; /* the ledger has another one by now, or none */
};

struct resolution_list {
	struct resolution **items; /* each owned; they do not move */
	size_t count;
	size_t capacity;
};

void resolution_list_release(struct resolution_list *list);

/* `name` is that of the file. `ret_resolution` is the caller's after success only. */
int resolution_parse(struct resolution **ret_resolution, const char *text, size_t length,
		     const char *name, struct error *err);
void resolution_free(struct resolution *resolution);

/* The file's text, `diff` being that of the patch. */
void resolution_print(struct buffer *ret_text, const struct resolution *resolution,
		      const struct buffer *diff);

/* "resolutions/<commit>/<base>.patch"; owned by the caller. */
char *resolution_file(const git_oid *commit, const char *base);

/* All of ledger/, by commit id, then by base. */
int resolution_list_load(struct resolution_list *ret_list, const char *directory,
			 struct error *err);

/*
 * Writes the file and commits it with the user's git identity; an earlier one is replaced. Of the
 * resolution the digest and the patch are not read.
 */
int resolution_add(git_oid *ret_digest, const char *directory, const struct resolution *resolution,
		   const struct buffer *diff, struct error *err);

#endif
