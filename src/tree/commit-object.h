/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of commit objects: of a picked commit, and of our own.
 *
 * A picked commit keeps its author line, its encoding header and every byte of its
 * message, and gains trailers. Its committer is the stable commit's; the date is the later
 * of the stable commit's and the new parent's, so that dates never run backwards
 * and depend on nothing but the two. Signatures and merge tags are left out: they
 * were made for other bytes.
 */
#ifndef TREE_COMMIT_OBJECT_H
#define TREE_COMMIT_OBJECT_H

#include <git2.h>
#include <stdint.h>

#include "base/buffer.h"
#include "git/commit.h"

struct stamp {
	int64_t time;
	char zone[6]; /* "+0200" */
};

/* When a commit was committed. A zone that is none becomes +0000. */
struct stamp commit_stamp(const struct commit_view *view);

/*
 * Appends the object of a commit picked onto a parent that was committed at *stamp,
 * which becomes the date of this one. `trailers` are whole lines.
 */
void commit_object_pick(struct buffer *ret_object, struct stamp *stamp,
			const struct commit_view *stable, const git_oid *tree,
			const git_oid *parent, const char *trailers);

/* Appends an object of our own; `identity` is "Name <mail>", the zone is +0000. */
void commit_object_own(struct buffer *ret_object, const git_oid *tree, const git_oid *parent,
		       const char *identity, int64_t time, const char *message);

/*
 * Appends trailers to a message as git does: right below a last paragraph that
 * is made of trailers, else after an empty line; a missing final newline is added.
 */
void message_add_trailers(struct buffer *message, const char *trailers);

#endif
