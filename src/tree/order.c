/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/id-map.h"
#include "git/repository.h"

struct place {
	git_oid stable;
	size_t stanza, step;
	bool live;
};

struct place_list {
	struct place *items;
	size_t count;
	size_t capacity;
	struct id_map live; /* 1: is in */
};

static bool is_live(const struct place_list *list, const git_oid *stable)
{
	uint32_t value;

	return id_map_find(&value, &list->live, stable) && value;
}

static struct place *find_live(const struct place_list *list, const git_oid *stable)
{
	if (is_live(list, stable))
		for (size_t i = 0; i < list->count; i++)
			if (list->items[i].live && git_oid_equal(&list->items[i].stable, stable))
				return &list->items[i];
	return NULL;
}

static int wrong_step(const struct stanza *stanza, const git_oid *id, const char *words,
		      struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "%s: commit %s %s; git in ledger/ has the journal as it was", stanza->tag,
			 id_hex(id).text, words);
}

static int add(struct place_list *list, const struct stanza *stanza, const struct step *step,
	       struct place added, struct error *err)
{
	struct place *before = NULL;
	size_t at = list->count;

	if (is_live(list, &step->stable))
		return wrong_step(stanza, &step->stable, "is added but is in", err);
	if (!id_is_zero(&step->before)) {
		before = find_live(list, &step->before);
		if (!before)
			return wrong_step(stanza, &step->before, "is not in, to stand before", err);
		at = (size_t)(before - list->items);
	}
	array_add(list);
	memmove(&list->items[at + 1], &list->items[at],
		(list->count - 1 - at) * sizeof(*list->items));
	list->items[at] = added;
	id_map_set(&list->live, &step->stable, 1);
	return 0;
}

static int withdraw(struct place_list *list, const struct stanza *stanza, const git_oid *stable,
		    struct error *err)
{
	struct place *place = find_live(list, stable);

	if (!place)
		return wrong_step(stanza, stable, "is withdrawn but is not in", err);
	place->live = false;
	id_map_set(&list->live, stable, 0);
	return 0;
}

static int find_places(struct place_list *list, struct stanza *const *stanzas, size_t count,
		       struct error *err)
{
	int error = 0;

	for (size_t i = 0; i < count && !error; i++) {
		for (size_t j = 0; j < stanzas[i]->steps.count && !error; j++) {
			const struct step *step = &stanzas[i]->steps.items[j];

			if (step->kind == STEP_ADD) {
				error = add(list, stanzas[i], step,
					    (struct place){ step->stable, i, j, true }, err);
				continue;
			}
			error = withdraw(list, stanzas[i], &step->stable, err);
			for (size_t k = 0; k < step->with.count && !error; k++)
				error = withdraw(list, stanzas[i], &step->with.items[k], err);
		}
	}
	return error;
}

static void release_places(struct place_list *list)
{
	id_map_release(&list->live);
	array_release(list);
}

int order_find(uint64_t ***ret_orders, struct stanza *const *stanzas, size_t count,
	       struct error *err)
{
	uint64_t **orders = memory_alloc((count + 1) * sizeof(*orders));
	struct place_list list = { .items = NULL };
	int error;

	for (size_t i = 0; i < count; i++)
		orders[i] = memory_alloc((stanzas[i]->steps.count + 1) * sizeof(**orders));
	error = find_places(&list, stanzas, count, err);
	for (size_t i = 0; i < list.count && !error; i++)
		orders[list.items[i].stanza][list.items[i].step] = i + 1;
	release_places(&list);
	if (error)
		order_release(orders, count);
	else
		*ret_orders = orders;
	return error;
}

void order_release(uint64_t **orders, size_t count)
{
	for (size_t i = 0; orders && i < count; i++)
		free(orders[i]);
	free(orders);
}

int order_members(struct order_members *ret_members, struct stanza *const *stanzas, size_t count,
		  struct error *err)
{
	struct place_list list = { .items = NULL };
	struct order_member *member;
	int error = find_places(&list, stanzas, count, err);

	for (size_t i = 0; i < list.count && !error; i++) {
		if (!list.items[i].live)
			continue;
		member = array_add(ret_members);
		member->stable = list.items[i].stable;
		member->step = &stanzas[list.items[i].stanza]->steps.items[list.items[i].step];
	}
	release_places(&list);
	return error;
}
