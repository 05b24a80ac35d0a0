/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a tree object, entry by entry: "<octal mode> <name>\0<20 bytes>".
 * They are foreign. A name that would leave its directory (empty, ".", "..",
 * ".git" in any case, or with a slash), a mode that no git writes and entries out
 * of order are refused; modes are reduced to the five that git keeps.
 *
 * Errors say what is wrong but not in which tree, which only the caller knows.
 */
#ifndef GIT_TREE_ENTRY_H
#define GIT_TREE_ENTRY_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

enum tree_mode {
	TREE_MODE_TYPE = 0170000,
	TREE_MODE_DIRECTORY = 0040000,
	TREE_MODE_FILE = 0100644,
	TREE_MODE_EXECUTABLE = 0100755,
	TREE_MODE_SYMLINK = 0120000,
	TREE_MODE_SUBMODULE = 0160000
};

enum tree_limit {
	TREE_DEPTH_LIMIT = 128,	     /* directories in one path */
	TREE_PATH_LIMIT = 4096,	     /* bytes of a path */
	TREE_BYTES_LIMIT = 64 << 20, /* bytes of one tree object */
};

struct tree_entry {
	const char *name; /* borrowed from the object, followed by a NUL */
	size_t length;
	unsigned mode;	   /* canonical */
	const git_oid *id; /* borrowed from the object */
};

struct tree_entries {
	const unsigned char *at;
	const unsigned char *end;
	struct tree_entry entry; /* the current one */
	const char *problem;	 /* in words, once tree_entries_next returned < 0 */
};

void tree_entries_init(struct tree_entries *entries, const void *data, size_t length);

/* 1 and `entries->entry` filled, 0 at the end, negative with `entries->problem`. */
int tree_entries_next(struct tree_entries *entries);

/* The order of git: bytes, a directory as if its name ended in a slash. */
int tree_entry_compare(const char *a, size_t a_length, unsigned a_mode, const char *b,
		       size_t b_length, unsigned b_mode);

static inline bool tree_mode_is_directory(unsigned mode)
{
	return (mode & TREE_MODE_TYPE) == TREE_MODE_DIRECTORY;
}

/* A regular file, executable or not: the only thing whose content is merged. */
static inline bool tree_mode_is_file(unsigned mode)
{
	return (mode & TREE_MODE_TYPE) == 0100000;
}

/* Whether git would take this as the name of one entry. */
bool tree_name_is_valid(const char *name, size_t length);

/* NULL, or what is wrong with a path made of such names (bounds included). */
const char *tree_path_problem(const char *path);

#endif
