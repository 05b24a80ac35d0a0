/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which bases there are to build.
 */
#ifndef TREE_BASES_H
#define TREE_BASES_H

#include <stddef.h>

#include "base/error.h"
#include "history/workspace.h"
#include "plan/names.h"

struct base_list {
	struct base_point *items;
	size_t count;
	size_t capacity;
};

#define BASE_LIST_INIT     \
	{                  \
		NULL, 0, 0 \
	}

void base_list_release(struct base_list *list);

/*
 * As base_resolve. A published base is the commit that its journal says, whatever the
 * source calls by that name today.
 */
int base_find(struct base_point *ret_base, struct workspace *workspace, const char *text,
	      const char *series, struct error *err);

/* Appends what base_find gives, unless it is in the list. */
int base_list_add(struct base_list *list, struct workspace *workspace, const char *text,
		  const char *series, struct error *err);

/*
 * Appends what --all is: the bases that the settings name and those that have a journal or
 * were built; where there are none of these, each whole series.
 */
int base_list_add_all(struct base_list *list, struct workspace *workspace, struct error *err);

/* Bases of one series stand together afterwards: they share what is read of it. */
void base_list_sort(struct base_list *list);

#endif
