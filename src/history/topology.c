/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/topology.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

typedef ARRAY(uint32_t) number_list;

void topology_release(struct topology *topology)
{
	free(topology->first_parent);
	free(topology->parent_count);
	free(topology->parents);
	memset(topology, 0, sizeof(*topology));
}

/* parent_count is kept one up, so that 0 says "unknown commit". */
void topology_set(struct topology *topology, uint32_t number, const uint32_t *parents, size_t count)
{
	size_t capacity = topology->count, i;

	if (number >= topology->count) {
		while (capacity <= number)
			capacity = capacity ? capacity * 2 : 1024;
		topology->first_parent = memory_resize(topology->first_parent, capacity,
						       sizeof(uint32_t));
		topology->parent_count = memory_resize(topology->parent_count, capacity,
						       sizeof(uint32_t));
		memset(topology->parent_count + topology->count, 0,
		       (capacity - topology->count) * sizeof(uint32_t));
		topology->count = capacity;
	}
	topology->parents = array_reserve_raw(topology->parents, &topology->parents_capacity,
					      topology->parents_count + count, sizeof(uint32_t));
	topology->first_parent[number] = (uint32_t)topology->parents_count;
	topology->parent_count[number] = (uint32_t)count + 1;
	for (i = 0; i < count; i++)
		topology->parents[topology->parents_count++] = parents[i];
}

bool topology_has(const struct topology *topology, uint32_t number)
{
	return number && number < topology->count && topology->parent_count[number];
}

void topology_mark(unsigned char *marks, const struct topology *topology, uint32_t from)
{
	number_list stack = ARRAY_INIT;
	const uint32_t *parents;
	uint32_t number;

	if (!topology_has(topology, from) || marks[from])
		return;
	marks[from] = 1;
	array_push(&stack, from);
	while (stack.count) {
		number = stack.items[--stack.count];
		parents = topology->parents + topology->first_parent[number];
		for (uint32_t i = 0; i + 1 < topology->parent_count[number]; i++) {
			if (!topology_has(topology, parents[i]) || marks[parents[i]])
				continue;
			marks[parents[i]] = 1;
			array_push(&stack, parents[i]);
		}
	}
	array_release(&stack);
}

/* How many children within the set each commit has, plus one; 0 = outside. */
static uint32_t *count_children(size_t *ret_count, const struct topology *topology, uint32_t tip,
				const unsigned char *excluded)
{
	uint32_t *degree = memory_alloc(topology->count * sizeof(uint32_t));
	number_list stack = ARRAY_INIT;
	const uint32_t *parents;
	uint32_t number, parent;

	degree[tip] = 1;
	*ret_count = 1;
	array_push(&stack, tip);
	while (stack.count) {
		number = stack.items[--stack.count];
		parents = topology->parents + topology->first_parent[number];
		for (uint32_t i = 0; i + 1 < topology->parent_count[number]; i++) {
			parent = parents[i];
			if (!topology_has(topology, parent) || (excluded && excluded[parent]))
				continue;
			if (!degree[parent]) {
				degree[parent] = 1;
				(*ret_count)++;
				array_push(&stack, parent);
			}
			degree[parent]++;
		}
	}
	array_release(&stack);
	return degree;
}

void topology_order(uint32_t **ret_order, size_t *ret_count, const struct topology *topology,
		    uint32_t tip, const unsigned char *excluded)
{
	number_list ready = ARRAY_INIT;
	const uint32_t *parents;
	uint32_t *degree, number, parent;
	size_t left;

	*ret_order = NULL;
	*ret_count = 0;
	if (!topology_has(topology, tip) || (excluded && excluded[tip]))
		return;
	degree = count_children(ret_count, topology, tip, excluded);
	*ret_order = memory_resize(NULL, *ret_count, sizeof(uint32_t));
	left = *ret_count;
	/*
	 * As git does: a commit is shown when all its children have been, and the
	 * parent made ready last is shown first. Filled from the end: reversed.
	 */
	array_push(&ready, tip);
	while (ready.count && left) {
		number = ready.items[--ready.count];
		(*ret_order)[--left] = number;
		parents = topology->parents + topology->first_parent[number];
		for (uint32_t i = 0; i + 1 < topology->parent_count[number]; i++) {
			parent = parents[i];
			if (parent < topology->count && degree[parent] > 1 && --degree[parent] == 1)
				array_push(&ready, parent);
		}
	}
	array_release(&ready);
	free(degree);
}
