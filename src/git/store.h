/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of a repository and those that this run adds to it.
 *
 * Reading goes to what was written through the store and to the repository,
 * alternates included: its packs (pack-reader.h), else libgit2's odb. Writing goes to one pack
 * (pack-writer.h), which the repository sees from store_finish on. A trial store writes nothing
 * anywhere: its objects live, compressed, in memory until it is closed; but what it merged is
 * made again from the three blobs when somebody reads it that late.
 *
 * Memory is bounded: caches hold 112 MiB; what was written is read back from the pack. Not
 * thread-safe.
 */
#ifndef GIT_STORE_H
#define GIT_STORE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "git/merges.h"

struct store;

enum store_mode {
	STORE_TRIAL, /* what is written is forgotten */
	STORE_WRITE  /* what is written becomes a pack */
};

enum store_limit {
	STORE_OBJECT_LIMIT = 512 << 20 /* bytes; larger objects are refused */
};

/* An object's bytes, borrowed until object_release; always followed by a NUL. */
struct object {
	const char *data;
	size_t length;
	git_object_t type;
	git_odb_object *borrowed;
	struct cached_object *cached;
};

#define OBJECT_INIT                                     \
	{                                               \
		NULL, 0, GIT_OBJECT_INVALID, NULL, NULL \
	}

void object_release(struct object *object);

/* `repository` is borrowed and must outlive the store. */
int store_open(struct store **ret_store, git_repository *repository, enum store_mode mode,
	       struct error *err);
void store_close(struct store *store); /* forgets what was not finished; NULL is fine */

/* The odb underneath, borrowed: what change_list_read takes. */
git_odb *store_odb(struct store *store);

/* ERROR_NOT_FOUND names the id; another type than `type` is ERROR_INPUT. */
int store_read(struct object *ret_object, struct store *store, const git_oid *id, git_object_t type,
	       struct error *err);

/* Whether the object can be read; never searches the disk for new packs. */
bool store_has(struct store *store, const git_oid *id);

/* The size of an object, unread. */
int store_size(size_t *ret_size, struct store *store, const git_oid *id, struct error *err);

/*
 * Writes an object, unless the store or the repository has it. Any object: the
 * commits and tags of a build go this way too.
 */
int store_write(git_oid *ret_id, struct store *store, git_object_t type, const void *data,
		size_t length, struct error *err);

/*
 * Writes a tree that was made by editing the tree `base` (NULL: none), whose bytes
 * are `base_data`; it becomes a delta of it where that is possible.
 */
int store_write_tree(git_oid *ret_id, struct store *store, const void *data, size_t length,
		     const git_oid *base, const void *base_data, size_t base_length,
		     struct error *err);

/* What merges gave: the store's own, or those of store_share_merges. Borrowed. */
struct merges *store_merges(struct store *store);
void store_share_merges(struct store *store, struct merges *merges);

/* The id that store_write would give to a blob. */
int store_hash_blob(git_oid *ret_id, struct store *store, const void *data, size_t length,
		    struct error *err);

/* As store_write, of a blob that the store's merges know by its id. */
int store_write_merged(struct store *store, const git_oid *id, const void *data, size_t length,
		       struct error *err);

/* Objects written so far. */
size_t store_count(const struct store *store);

/*
 * Makes everything written so far durable and visible to the repository (and its
 * odb). ERROR_REFUSED for a trial store. On an error nothing of the pack is left
 * behind and the store can only be closed; on success it can go on and write
 * another pack.
 */
int store_finish(struct store *store, struct error *err);

#endif
