/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects in memory that are shared: a cache holds one reference, each reader another.
 * Keys are 20 bytes, ids or anything as well spread. Direct-mapped and bounded in
 * bytes: a collision or a full cache forgets.
 */
#ifndef GIT_OBJECT_CACHE_H
#define GIT_OBJECT_CACHE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

struct cached_object {
	git_oid key;
	git_object_t type;
	unsigned references;
	size_t length;
	char data[]; /* followed by a NUL */
};

struct object_cache {
	struct cached_object **slots;
	size_t bytes, limit;
	size_t hand; /* where the next eviction looks */
};

void object_cache_init(struct object_cache *cache, size_t limit);
void object_cache_release(struct object_cache *cache);

/* A new object of undefined contents, with one reference. */
struct cached_object *cached_object_new(git_object_t type, size_t length);
void cached_object_unref(struct cached_object *object); /* NULL is fine */

/* The object with a reference for the caller, or NULL. */
struct cached_object *object_cache_get(struct object_cache *cache, const git_oid *key);

bool object_cache_has(const struct object_cache *cache, const git_oid *key);

/* Remembers an object, with a reference of the cache's own. */
void object_cache_put(struct object_cache *cache, const git_oid *key, struct cached_object *object);

#endif
