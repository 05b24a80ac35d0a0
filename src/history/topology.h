/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of commits: that of `git rev-list --topo-order`, computed on
 * commit numbers. A parent comes after all of its children (before, once the
 * list is reversed), and lines of history are not interleaved.
 */
#ifndef HISTORY_TOPOLOGY_H
#define HISTORY_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Commits of some history. Parents in their order; number 0 = not there. */
struct topology {
	uint32_t *first_parent; /* by number: where its parents start in `parents` */
	uint32_t *parent_count; /* by number */
	size_t count;		/* of the two above: highest number + 1 */
	uint32_t *parents;
	size_t parents_count;
	size_t parents_capacity;
};

#define TOPOLOGY_INIT                     \
	{                                 \
		NULL, NULL, 0, NULL, 0, 0 \
	}

void topology_release(struct topology *topology);
void topology_set(struct topology *topology, uint32_t number, const uint32_t *parents,
		  size_t count);
bool topology_has(const struct topology *topology, uint32_t number);

/*
 * What is reachable from `tip` and not marked in `excluded` (one byte by
 * number, may be NULL), in the order of `git rev-list --reverse --topo-order`.
 * `ret_order` is owned by the caller.
 */
void topology_order(uint32_t **ret_order, size_t *ret_count, const struct topology *topology,
		    uint32_t tip, const unsigned char *excluded);

/* Sets the byte of `from` and of everything reachable from it. */
void topology_mark(unsigned char *marks, const struct topology *topology, uint32_t from);

#endif
