/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of a series' kernels: what its first tree's headers define, what its members
 * did to that since, and the types behind names. Prepared before a plan, shared by
 * the plans of all bases.
 */
#ifndef PLAN_KERNEL_NAMES_H
#define PLAN_KERNEL_NAMES_H

#include "base/progress.h"
#include "plan/code-history.h"
#include "plan/header-names.h"

struct known_file {
	git_oid id;
	struct file_names names;
};

struct kernel_names {
	struct files *files; /* borrowed */
	bool prepared;
	struct code_history history;
	struct header_names headers;
	struct table places; /* by blob: index of what is known of it */
	ARRAY(struct known_file *) known;
};

void kernel_names_init(struct kernel_names *ret_names, struct files *files);
void kernel_names_release(struct kernel_names *names);

/*
 * Reads what is in the index and finds the rest: for a series that is new that takes some
 * seconds. Outside of a transaction, so that it can be kept.
 */
int kernel_names_prepare(struct kernel_names *names, struct store *store, struct progress *progress,
			 struct error *err);

/* What the blob of a path defines; borrowed. NULL where the blob cannot be read. */
int kernel_names_of(const struct file_names **ret_file, struct kernel_names *names,
		    struct store *store, const char *path, const git_oid *id, struct error *err);

/*
 * Whether code in the file `user` sees what the file `path` defines. `includes`: the
 * names in quotes that it includes.
 */
bool path_is_visible(const char *path, const char *user, const char *const *includes, size_t count);

/* Whether #include of `name`, which has its quotes, in `user` may mean `path`. */
bool path_is_header_of(const char *path, const char *name, const char *user);

#endif
