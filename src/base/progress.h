/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a long step tells how far it is, and learns that it should stop. The
 * library only reports; who draws, and when, is the caller's affair.
 *
 *	progress_begin(progress, "Indexing commits");
 *	for (...)
 *		if ((error = progress_update(progress, i, count, err)))
 *			goto unwind;
 *	progress_end(progress);
 *
 * `progress` may be NULL everywhere. One thread reports at a time.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdint.h>

#include "base/error.h"

struct progress {
	const char *title; /* of the step that runs; NULL between steps */

	/* Called often: throttles itself. Nonzero asks the step to stop. */
	int (*report)(struct progress *progress, uint64_t done, uint64_t total);
	/* The step is over, finished or not; `title` is still set. May be NULL. */
	void (*finish)(struct progress *progress);
};

/* `title` is borrowed until progress_end. */
void progress_begin(struct progress *progress, const char *title);

/*
 * `total` is 0 where nobody knows it. ERROR_STOPPED where the step is to
 * unwind: whoever unwinds may put better words into `err`.
 */
int progress_update(struct progress *progress, uint64_t done, uint64_t total, struct error *err);

void progress_end(struct progress *progress);

#endif
