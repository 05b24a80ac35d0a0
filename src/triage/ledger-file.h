/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the ledger: writing one of its files.
 */
#ifndef TRIAGE_LEDGER_FILE_H
#define TRIAGE_LEDGER_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/*
 * Replaces a file (its directories are made) and commits it, byte for byte, with the user's
 * git identity. What git does not take is as it was.
 */
int ledger_write_file(const char *directory, const char *name, const struct buffer *text,
		      const char *message, struct error *err);

/* Files to be written at once; names and bytes are copied. */
struct ledger_file {
	char *name;
	struct buffer text, before;
	bool was_there, written;
};

struct ledger_files {
	struct ledger_file *items;
	size_t count;
	size_t capacity;
};

void ledger_files_add(struct ledger_files *files, const char *name, const struct buffer *text);
void ledger_files_release(struct ledger_files *files);

/* As ledger_write_file, all in one commit, or none of them. */
int ledger_write_files(const char *directory, struct ledger_files *files, const char *message,
		       struct error *err);

/* A value is one line of UTF-8, with nothing in it that a terminal obeys; NULL passes. */
int ledger_check_value(const char *name, const char *value, struct error *err);

#endif
