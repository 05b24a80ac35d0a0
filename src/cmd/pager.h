/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pager of long output: $SECTREE_PAGER, $GIT_PAGER, git's core.pager,
 * $PAGER, else less. "" or "cat" is none. A pager that cannot be started, or
 * that dies, costs nothing but the paging.
 */
#ifndef CMD_PAGER_H
#define CMD_PAGER_H

#include "cmd/output.h"

/* Points `out` at the pager's input. */
void pager_start(struct output *out);

/* Closes its input and waits until the reader has seen enough. */
void pager_finish(struct output *out);

#endif
