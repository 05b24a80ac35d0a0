/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of commits to pick whatever the advisories say (--seeds FILE): the first word of
 * each line is a stable id, or an upstream id that members backport; 12 digits or more.
 * What follows it, empty lines and lines that begin with # are for people.
 */
#ifndef PLAN_SEEDS_H
#define PLAN_SEEDS_H

#include <git2.h>
#include <stddef.h>

#include "base/error.h"
#include "plan/members.h"

struct seed_list {
	git_oid *items; /* stable ids */
	size_t count;
	size_t capacity;
};

/* A line that names no member is ERROR_INPUT with file and line. Released by array_release. */
int seeds_read(struct seed_list *ret_seeds, const struct members *members, const char *path,
	       struct error *err);

#endif
