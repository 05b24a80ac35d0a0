/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CNA's records into the index, from a git repository, bare or not, without
 * a checkout, or from a plain directory with the same layout.
 *
 * What the index then holds depends on the state that was read alone: an
 * import that starts from an earlier commit reads only the records that changed
 * and gives the same rows as one that reads everything.
 *
 * A file that is malformed is no error: it stands in advisory_damage with its
 * place and reason until it is mended, and what the record's other files (and
 * its own good lines) say is in force, marked `damaged`, so that nobody
 * concludes "not affected" from it. A missing object, a failing disk and the
 * like are errors.
 *
 * All changes lie in a savepoint, so that after an error the index is as it
 * was, inside the caller's transaction or without one.
 */
#ifndef ADVISORY_IMPORT_H
#define ADVISORY_IMPORT_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "history/index.h"

struct advisory_import {
	bool current;	/* nothing had changed, nothing was done */
	bool full;	/* everything was read, not only what changed */
	git_oid commit; /* zero for a directory */
	size_t read;	/* records read in this run */
	size_t added, changed, removed;
	/* In the index after it: */
	size_t published, rejected, reserved; /* reserved counts returned ones too */
	size_t damaged;			      /* rows of advisory_damage */
};

/*
 * `progress` may be NULL. `ref`: a branch, tag, full ref name or commit id; NULL for HEAD. Facts in
 * the index: advisory_source (the path as given), advisory_commit.
 */
int advisory_import_repository(struct advisory_import *ret_import, struct index *index,
			       const char *path, const char *ref, struct progress *progress,
			       struct error *err);

/*
 * A directory holding cve/ or being it. Symbolic links are not followed. The
 * fact advisory_digest is over name, size, time and inode of every file of a
 * record: equal means current; otherwise everything is read again.
 */
int advisory_import_directory(struct advisory_import *ret_import, struct index *index,
			      const char *path, struct progress *progress, struct error *err);

/*
 * Whether the index has what the repository's ref points to: opens the
 * repository and compares one id. ERROR_INPUT where it is no repository.
 */
int advisory_is_current(bool *ret_current, struct index *index, const char *path, const char *ref,
			struct error *err);

/* The same for a directory: looks at every file of a record, and reads none. */
int advisory_directory_is_current(bool *ret_current, struct index *index, const char *path,
				  struct error *err);

/* Takes every record of the CNA out again, for a workspace that no longer has them. */
int advisory_forget(struct index *index, struct error *err);

#endif
