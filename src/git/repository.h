/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening repositories and calling git in them.
 */
#ifndef GIT_REPOSITORY_H
#define GIT_REPOSITORY_H

#include <git2.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

/*
 * Starts libgit2; once per process, before any other call of src/git.
 * Hash verification on reading is off: git verifies what it fetches, and it
 * costs 20-35 % (measured). Ownership checks are off too: a source belongs to
 * whoever may read it, and no hook or program of it is ever run.
 */
int git_start(struct error *err);
void git_stop(void);

/* `words` says what the repository is for, in the error of one that is not there. */
int repository_open(git_repository **ret_repository, const char *path, const char *words,
		    struct error *err);

/* The absolute object directory; owned by the caller. */
char *repository_objects(git_repository *repository);

/* Fills `err` from libgit2's own last error, with the thing it was about. */
int git_failed(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * `git -C directory ARGUMENTS...` with a fixed locale; `ret_output` may be
 * NULL. The list ends with NULL.
 */
int git_run(struct buffer *ret_output, const char *directory, struct error *err, ...)
	__attribute__((sentinel));
int git_run_input(struct buffer *ret_output, const char *directory, const void *input,
		  size_t input_length, struct error *err, ...) __attribute__((sentinel));

/* 12 hex digits, the length that the kernel's own references use. */
#define ID_SHORT 12
struct id_text {
	char text[GIT_OID_HEXSZ + 1];
};
struct id_text id_hex(const git_oid *id);
struct id_text id_short(const git_oid *id);
bool id_is_zero(const git_oid *id);

#endif
