/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of the series among the members of a base, as its states alone tell it: a
 * member that was found late names the one that it precedes. So a journal can be
 * replayed although the series was rewritten since.
 */
#ifndef TREE_ORDER_H
#define TREE_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "tree/stanza.h"

/*
 * For each state and each of its steps, the place of what it adds among all that the
 * states ever add, from 1; 0 for other steps. ERROR_INPUT where a step adds what is in, or
 * withdraws or names what is not.
 */
int order_find(uint64_t ***ret_orders, struct stanza *const *stanzas, size_t count,
	       struct error *err);
void order_release(uint64_t **orders, size_t count);

/* The members after all states, in the order of the series. */
struct order_member {
	git_oid stable;
	const struct step *step;
};

struct order_members {
	struct order_member *items;
	size_t count;
	size_t capacity;
};

int order_members(struct order_members *ret_members, struct stanza *const *stanzas, size_t count,
		  struct error *err);

#endif
