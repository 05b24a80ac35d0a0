/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The series of the index, with their releases: what a table of series shows.
 */
#ifndef HISTORY_SERIES_INFO_H
#define HISTORY_SERIES_INFO_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "history/index.h"

struct series_release {
	char *name; /* NULL: there is none */
	git_oid id;
	uint32_t number;
	int sublevel;
	int64_t time; /* of its commit */
};

struct series_info {
	int64_t series;
	char *name, *ref;
	char *support;
	int major, minor;
	uint32_t tip_number, first_number;
	git_oid tip, first; /* `first` is where it starts and no member */
	struct series_release oldest, previous, newest;
	size_t release_count;
	size_t member_count, unreleased_count; /* where counts were asked for */
};

struct series_info_list {
	struct series_info *items; /* by version, then name */
	size_t count;
	size_t capacity;
};

void series_info_list_release(struct series_info_list *list);
int series_info_load(struct series_info_list *ret_list, struct index *index, bool counts,
		     struct error *err);

/* "linux-6.1.y" by name, or "6.1" where one series has that version; NULL where there is none. */
const struct series_info *series_info_find(const struct series_info_list *list, const char *name);
const struct series_info *series_info_by_id(const struct series_info_list *list, int64_t series);

bool series_info_is_maintained(const struct series_info *series);

#endif
