/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version that a kernel's top Makefile states in its first lines:
 * VERSION, PATCHLEVEL, SUBLEVEL, EXTRAVERSION.
 */
#ifndef HISTORY_MAKEFILE_H
#define HISTORY_MAKEFILE_H

#include <git2.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"

struct makefile_version {
	int version, patchlevel, sublevel; /* -1: not stated */
	char extraversion[64];
};

/* False where there is no VERSION line. */
bool makefile_parse(struct makefile_version *ret_version, const char *text, size_t length);

/*
 * The text with the value of its EXTRAVERSION line replaced, every other byte
 * as it was. ERROR_INPUT where there is no such line.
 */
int makefile_set_extraversion(struct buffer *ret_text, const char *text, size_t length,
			      const char *extraversion, struct error *err);

/* Reads Makefile at the top of a tree; ERROR_NOT_FOUND where there is none. */
int makefile_read(struct buffer *ret_text, git_odb *odb, const git_oid *tree, struct error *err);

#endif
