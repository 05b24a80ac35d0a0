/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The delta between two versions of a tree object. An edit of a tree keeps nearly
 * all entries, so comparing them in their order finds what a general delta would, in
 * one pass (ENGINE.md, "Writing": the tree edit is the delta).
 */
#ifndef GIT_TREE_DELTA_H
#define GIT_TREE_DELTA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/*
 * Replaces `ret_delta` by git's copy/insert code that makes `result` of `base`; both
 * are well-formed trees. False where that would not save half of the bytes.
 */
bool tree_delta(struct buffer *ret_delta, const char *base, size_t base_length, const char *result,
		size_t result_length);

#endif
