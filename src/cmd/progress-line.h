/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress on standard error: one line, drawn only when a step takes longer
 * than a second and a person looks at a terminal, at most ten times a second.
 * It also carries the wish to stop of SIGINT, SIGTERM and SIGHUP: the first
 * asks the library to unwind, a second one ends the process as usual.
 */
#ifndef CMD_PROGRESS_LINE_H
#define CMD_PROGRESS_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/progress.h"

struct progress_line {
	struct progress progress; /* first: what the library sees */
	bool enabled;
	bool drawn;	 /* the line is on the screen */
	int64_t started; /* milliseconds; 0: the step has not reported yet */
	int64_t drawn_at;
	uint64_t done, total;
};

void progress_line_init(struct progress_line *line, bool quiet);

/* Clears what is drawn, so that a message can be printed. NULL-safe for no line at all. */
void progress_line_hide(void);

void interrupt_install(void);
bool interrupt_received(void);

#endif
