/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A commit object taken apart without copying. Text is bytes in the commit's
 * own encoding; everything borrows from the object's data.
 */
#ifndef GIT_COMMIT_H
#define GIT_COMMIT_H

#include <git2.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct text_span {
	const char *text;
	size_t length;
};

struct person_span {
	struct text_span line; /* "Name <mail> time zone", all of it */
	struct text_span name;
	struct text_span mail;
	int64_t time; /* seconds; 0 where it cannot be read */
	struct text_span zone;
};

struct commit_view {
	git_oid tree;
	const git_oid *parents; /* in the view's own storage, good until the next parse */
	size_t parent_count;
	struct person_span author;
	struct person_span committer;
	struct text_span encoding; /* empty: UTF-8 */
	struct text_span message;  /* after the empty line, to the end */
	git_oid *storage;
	size_t storage_capacity;
};

#define COMMIT_VIEW_INIT        \
	{                       \
		.storage = NULL \
	}

void commit_view_release(struct commit_view *view);

/* `id` is for the error of an object that is no well-formed commit. */
int commit_view_parse(struct commit_view *ret_view, const void *data, size_t length,
		      const git_oid *id, struct error *err);

/*
 * Appends text as UTF-8: as it is when it is that, else read as Latin-1, which
 * is what old messages without an encoding header are.
 */
void buffer_add_utf8(struct buffer *buffer, const char *text, size_t length);

#endif
