/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds what commits change on a second thread, while the first reads and
 * stores them: walking trees is a little over half of a sync (measured). Results
 * come out in the order in which the requests went in, so that nothing
 * depends on timing. The queue is bounded.
 */
#ifndef HISTORY_DIFF_QUEUE_H
#define HISTORY_DIFF_QUEUE_H

#include <git2.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "git/change.h"

struct diff_queue;

struct diff_result {
	uint32_t number;
	struct change_list changes; /* the taker's */
};

/*
 * `odb` is used from both threads; libgit2's are safe for that. Packs below the
 * directory `objects` are read directly.
 */
int diff_queue_open(struct diff_queue **ret_queue, git_odb *odb, const char *objects,
		    struct error *err);
void diff_queue_close(struct diff_queue *queue);

bool diff_queue_is_full(struct diff_queue *queue);

/* Not to be called while the queue is full. */
void diff_queue_add(struct diff_queue *queue, uint32_t number, const git_oid *old_tree,
		    const git_oid *new_tree);

/*
 * 1 with the next result, 0 when there is none: nothing pending, or, without
 * `wait`, half of the queue is free. Negative where the difference failed.
 */
int diff_queue_take(struct diff_result *ret_result, struct diff_queue *queue, bool wait,
		    struct error *err);

#endif
