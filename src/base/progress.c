/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/progress.h"

#include <stddef.h>

void progress_begin(struct progress *progress, const char *title)
{
	if (progress)
		progress->title = title;
}

int progress_update(struct progress *progress, uint64_t done, uint64_t total, struct error *err)
{
	if (!progress || !progress->report || !progress->report(progress, done, total))
		return 0;
	return error_set(err, ERROR_STOPPED, "interrupted");
}

void progress_end(struct progress *progress)
{
	if (!progress)
		return;
	if (progress->title && progress->finish)
		progress->finish(progress);
	progress->title = NULL;
}
