/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes one pack and its index, or keeps the same bytes in memory.
 *
 * The pack grows in OBJECTS_DIR/pack/tmp_pack_XXXXXX, a name that `git gc` cleans
 * up and `git fsck` does not mind, and appears under its final name only in
 * pack_writer_finish: both files synced, then the pack renamed, then the index,
 * then the directory synced. It is never thin: the base of a delta lies before
 * it in the same pack.
 *
 * Numbers (ENGINE.md, "Writing"): level-1 deflate and trees as deltas of the tree
 * that was edited write 21,722 objects in 0.85 s.
 *
 * An object that was written can be read back until the writer is closed.
 * Not thread-safe.
 */
#ifndef GIT_PACK_WRITER_H
#define GIT_PACK_WRITER_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct pack_writer;

enum pack_limit {
	PACK_DELTA_DEPTH = 50
}; /* as git's own default */

/*
 * `objects_dir` is a repository's objects directory; NULL keeps everything in
 * memory, compressed, and such a writer cannot be finished. No file is made
 * before the first object.
 */
int pack_writer_open(struct pack_writer **ret_writer, const char *objects_dir, struct error *err);

/* Closes without a trace what was not finished. NULL is fine. */
void pack_writer_close(struct pack_writer *writer);

bool pack_writer_has(const struct pack_writer *writer, const git_oid *id);
size_t pack_writer_count(const struct pack_writer *writer);
uint64_t pack_writer_bytes(const struct pack_writer *writer); /* of the pack so far */

/* Adds an object whose id the caller has computed; one that is there is not added again. */
int pack_writer_add(struct pack_writer *writer, const git_oid *id, git_object_t type,
		    const void *data, size_t length, struct error *err);

/*
 * Whether `base` may carry another delta: it is in this pack and its chain is
 * shorter than PACK_DELTA_DEPTH.
 */
bool pack_writer_can_delta(const struct pack_writer *writer, const git_oid *base);

/* Adds an object as a delta (git's copy/insert code) against such a base. */
int pack_writer_add_delta(struct pack_writer *writer, const git_oid *id, git_object_t type,
			  const git_oid *base, const void *delta, size_t length, struct error *err);

/* Reads back; ERROR_NOT_FOUND where it was not written here. `ret_data` is cleared first. */
int pack_writer_read(struct buffer *ret_data, git_object_t *ret_type, struct pack_writer *writer,
		     const git_oid *id, struct error *err);

/*
 * Makes the pack durable and visible. `ret_name` (41 bytes, may be NULL) gets the
 * hex name, or "" where there was nothing to write. After success or failure
 * the writer holds nothing and can only be closed. A full disk or a failed write
 * is ERROR_SYSTEM and leaves no file.
 */
int pack_writer_finish(char *ret_name, struct pack_writer *writer, struct error *err);

#endif
