/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads objects from the packs of a repository and of those it borrows from, about
 * twice as fast as libgit2's odb (ENGINE.md, "Reading"): the files are mapped whole,
 * libdeflate inflates, and what was read last is kept for the deltas against it.
 *
 * It is an accelerator and decides nothing: whatever it does not find or does not
 * understand (loose objects, other versions of the formats, damage) it says it has not, and the
 * caller asks libgit2, which has the words for what is wrong. Ids are not verified.
 */
#ifndef GIT_PACK_READER_H
#define GIT_PACK_READER_H

#include <git2.h>
#include <stdbool.h>

#include "git/object-cache.h"

struct pack_reader;

/* The packs that are there now; later ones are not seen. */
struct pack_reader *pack_reader_open(const char *objects_dir);
void pack_reader_close(struct pack_reader *reader); /* NULL is fine */

bool pack_reader_has(const struct pack_reader *reader, const git_oid *id);

/* The object with a reference for the caller, or NULL: ask elsewhere. */
struct cached_object *pack_reader_read(struct pack_reader *reader, const git_oid *id,
				       size_t size_limit);

/* One pack from memory, for tests and fuzzing: both must outlive the reader. */
struct pack_reader *pack_reader_open_memory(const void *index, size_t index_length,
					    const void *pack, size_t pack_length);

#endif
