/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of commits to take besides what the gate admits: one id a line, 7 to 40
 * hex digits of a member's own or of its upstream id, then anything. Empty lines and
 * lines that begin with # are skipped.
 */
#ifndef PLAN_SEEDS_H
#define PLAN_SEEDS_H

#include <git2.h>
#include <stddef.h>

#include "base/error.h"
#include "plan/members.h"

struct seeds {
	git_oid *items; /* stable ids, in the order of the file */
	size_t count;
	size_t capacity;
};

#define SEEDS_INIT         \
	{                  \
		NULL, 0, 0 \
	}

void seeds_release(struct seeds *seeds);

/* Errors name file and line: no id, no member of the series, several members. */
int seeds_read(struct seeds *ret_seeds, const char *path, const struct members *members,
	       struct error *err);

#endif
