/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A workspace: a directory with settings, ledger, output repository and index.
 *
 *	sectree.conf   ledger/   tree.git/   cache/index.sqlite   public/
 *
 * Settings (git-config syntax; relative paths start at the workspace):
 *
 *	[source]     path = <repository>
 *	[advisories] path = <repository or directory>   ref = <branch, default HEAD>
 *	             list = <file>                      (any number)
 *	[series "NAME"] ref = <any ref>   base = <commit where it starts>
 *	             support = longterm|stable|end-of-life
 *	[maintained] releases = <a releases.json>
 *	[identity]   name = ...  email = ...            (of release commits and tags)
 *	[build]      base = <base>                      (any number: what --all builds)
 *	             policy = <policy>                  (where none is named; default)
 *	[policy "NAME"] ...                             (triage/policies.h)
 *	[judge "NAME"] command = ...  timeout = <seconds; 60>
 *	[plan]       closure-limit = <commits that one fix may bring; 0: any number; 40>
 *
 * Whoever changes anything holds the lock, one run at a time.
 */
#ifndef HISTORY_WORKSPACE_H
#define HISTORY_WORKSPACE_H

#include <git2.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "history/index.h"

struct string_list {
	char **items;
	size_t count;
	size_t capacity;
};
void string_list_release(struct string_list *list);

struct series_setting {
	char *name;
	char *ref;     /* NULL: found by its name */
	char *base;    /* NULL: vX.Y or the first release that is there */
	char *support; /* NULL: from the list of maintained series */
};

/* As it stands there; triage/policies.h says what it means. */
struct policy_setting {
	char *policy, *key, *value;
};

/* [judge "NAME"]: triage/judges.h. */
struct judge_setting {
	char *name;
	char *command;	  /* of the shell */
	unsigned seconds; /* for one run */
};

struct workspace {
	char *directory;       /* absolute */
	char *source_path;     /* absolute; NULL: not given yet */
	char *advisories_path; /* absolute; NULL: none */
	char *advisories_ref;
	char *releases_path; /* a releases.json; NULL: the list that comes with the program */
	char *identity_name;
	char *identity_email;
	struct string_list advisory_lists;
	struct string_list build_bases;
	char *build_policy; /* NULL: not set */
	struct {
		struct policy_setting *items; /* those of a policy stand together */
		size_t count;
		size_t capacity;
	} policies;
	struct {
		struct judge_setting *items; /* in the order of the file */
		size_t count;
		size_t capacity;
	} judges;
	size_t closure_limit;
	struct series_setting *series;
	size_t series_count;
	size_t series_capacity;
	git_repository *source; /* NULL until workspace_open_source */
	git_odb *odb;		/* of tree.git, which borrows the source's objects */
	git_repository *tree;
	struct index index;
	int lock; /* file descriptor, -1: not held */
	bool readonly;
	/* Called under the lock before the index follows the source; NULL: nothing is. */
	int (*before_sync)(struct workspace *workspace, struct error *err);
};

/* Makes the directory and everything in it. A directory that is not empty is refused. */
int workspace_create(const char *directory, const char *source, const char *advisories,
		     struct error *err);

/* The workspace at `directory` or above it: the first with a sectree.conf; owned by the caller. */
int workspace_find(char **ret_directory, const char *directory, struct error *err);

/* Reads the settings and opens the index. A read-only workspace opens readonly. */
int workspace_open(struct workspace *ret_workspace, const char *directory, struct error *err);
void workspace_close(struct workspace *workspace);

/* Opens the source, and tree.git with its objects; what was opened stays. */
int workspace_open_source(struct workspace *workspace, struct error *err);

/*
 * Takes the lock, waiting up to `seconds`; then ERROR_BUSY with who holds it.
 * Held until workspace_unlock or workspace_close.
 */
int workspace_lock(struct workspace *workspace, int seconds, struct error *err);
void workspace_unlock(struct workspace *workspace);

/* "directory/name", owned by the caller. */
char *workspace_path(const struct workspace *workspace, const char *name);

#endif
