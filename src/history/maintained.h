/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which series are maintained: data, never code. From a kernel.org
 * releases.json that the settings name, else from data/maintained.tsv.
 */
#ifndef HISTORY_MAINTAINED_H
#define HISTORY_MAINTAINED_H

#include "base/buffer.h"
#include "base/error.h"
#include "history/workspace.h"

/* Appends one line "X.Y SUPPORT" for each series, in the source's order. */
int maintained_read(struct buffer *ret_lines, const struct workspace *workspace, struct error *err);

/* longterm, stable, mainline or end-of-life; a constant. */
const char *maintained_support(const char *lines, int major, int minor);

#endif
