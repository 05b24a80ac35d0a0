/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a program, mostly git, with bytes for its standard input, and collects
 * what it prints. No shell is involved. Locale, time zone and the GIT_*
 * variables that would redirect a repository are taken out of the child's
 * environment, so that its answers do not depend on them.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

struct process_request {
	const char *const *arguments; /* NULL-terminated; [0] is looked up in PATH */
	const char *directory;	      /* where it runs, or NULL */
	const void *input;
	size_t input_length;
	const char *const *environment; /* NULL-terminated "NAME=value", added; or NULL */
	unsigned seconds;		/* then it is killed, with its children; 0: no limit */
};

/*
 * Runs to the end. `ret_output` gets standard output (may be NULL: discarded).
 * A status other than 0 is ERROR_INPUT with the program's own first error
 * lines; a program that is missing is ERROR_SYSTEM with its Debian package. One that took too long
 * is ERROR_STOPPED.
 */
int process_run(struct buffer *ret_output, const struct process_request *request,
		struct error *err);

#endif
