/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which records a tree of files holds, found by names alone:
 * [cve/]STATE/YEAR/CVE-ID[.suffix]. Every other path is left alone.
 */
#ifndef ADVISORY_ENTRY_H
#define ADVISORY_ENTRY_H

#include <git2.h>
#include <stdbool.h>
#include <stdint.h>

#include "advisory/record.h"
#include "base/array.h"
#include "git/change.h"

struct advisory_entry {
	char name[ADVISORY_NAME_SIZE];
	int64_t number; /* see advisory_name_number */
	enum advisory_state state;
	const struct change *files[ADVISORY_FILES]; /* NULL = not there; borrowed */
	const struct advisory_entry *rival;	    /* another of this name that gives way to it */
};

struct advisory_entry_list {
	struct advisory_entry *items; /* sorted by number; each name once */
	size_t count;
	size_t capacity;
	struct advisory_entry *rivals; /* those that gave way */
	const struct change **strange; /* files and links in the place of a directory */
	size_t strange_count, strange_capacity;
	const struct change *not_fixes; /* scripts/not_fixes, or NULL */
	bool has_layout;		/* there was at least one path as above */
};

/*
 * From all paths of the tree (`new_mode` and `new_id` of a change list against
 * nothing), which are borrowed. Where a name stands in several states,
 * published outweighs rejected, and that reserved and returned. A .cvss or
 * .vulnerable alone is no record where there is another: the CNA leaves some
 * behind when it rejects (four records in August 2026).
 */
void advisory_entry_list_make(struct advisory_entry_list *ret_list,
			      const struct change_list *files);
void advisory_entry_list_release(struct advisory_entry_list *list);

/* The record that a path belongs to, 0 for any other path. */
int64_t advisory_path_number(const char *path);

/* The path of the record without a suffix: owned by the caller. */
char *advisory_entry_place(const struct advisory_entry *entry);

#endif
