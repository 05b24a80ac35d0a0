/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/object-cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	SLOTS = 1 << 16 /* a power of two */
};

void object_cache_init(struct object_cache *cache, size_t limit)
{
	cache->slots = memory_alloc(SLOTS * sizeof(struct cached_object *));
	cache->bytes = 0;
	cache->limit = limit;
	cache->hand = 0;
}

struct cached_object *cached_object_new(git_object_t type, size_t length)
{
	struct cached_object *object = memory_resize(NULL, sizeof(*object) + length + 1, 1);

	memset(object, 0, sizeof(*object));
	object->type = type;
	object->references = 1;
	object->length = length;
	object->data[length] = '\0';
	return object;
}

void cached_object_unref(struct cached_object *object)
{
	if (object && !--object->references)
		free(object);
}

static struct cached_object **slot_of(const struct object_cache *cache, const git_oid *key)
{
	uint32_t hash;

	memcpy(&hash, key->id, sizeof(hash));
	return &cache->slots[hash & (SLOTS - 1)];
}

static void evict(struct object_cache *cache, struct cached_object **slot)
{
	if (!*slot)
		return;
	cache->bytes -= (*slot)->length;
	cached_object_unref(*slot);
	*slot = NULL;
}

void object_cache_release(struct object_cache *cache)
{
	for (size_t i = 0; cache->slots && i < SLOTS; i++)
		evict(cache, &cache->slots[i]);
	free(cache->slots);
	cache->slots = NULL;
}

struct cached_object *object_cache_get(struct object_cache *cache, const git_oid *key)
{
	struct cached_object *object = *slot_of(cache, key);

	if (!object || !git_oid_equal(&object->key, key))
		return NULL;
	object->references++;
	return object;
}

bool object_cache_has(const struct object_cache *cache, const git_oid *key)
{
	const struct cached_object *object = *slot_of(cache, key);

	return object && git_oid_equal(&object->key, key);
}

void object_cache_put(struct object_cache *cache, const git_oid *key, struct cached_object *object)
{
	struct cached_object **slot = slot_of(cache, key);

	if (object->length > cache->limit / 4)
		return;
	object->references++;
	evict(cache, slot);
	while (cache->bytes && cache->bytes + object->length > cache->limit) {
		evict(cache, &cache->slots[cache->hand]);
		cache->hand = (cache->hand + 1) % SLOTS;
	}
	object->key = *key;
	*slot = object;
	cache->bytes += object->length;
}
