/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/store.h"

#include <git2/sys/odb_backend.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/pack-writer.h"
#include "git/tree-delta.h"

enum {
	CACHE_BYTES = 32 << 20,
	CACHE_SLOTS = 4096 /* objects at most; a power of two */
};

/* A recently written or re-read object. Freed when neither cached nor borrowed. */
struct store_cached {
	git_oid id;
	git_object_t type;
	unsigned references;
	size_t length;
	char data[];
};

struct store {
	git_repository *repository; /* borrowed */
	git_odb *odb;
	git_odb *packs; /* the packs alone, for asking whether an object is there */
	enum store_mode mode;
	char *objects_dir;
	struct pack_writer *writer; /* NULL before the first object */
	size_t finished;	    /* objects of packs already finished */
	bool failed;
	struct buffer delta;

	/* Direct-mapped by id: a collision forgets the older one. */
	struct store_cached **cache;
	size_t cached_bytes;
	size_t hand; /* where the next eviction looks */
};

static const char *git_words(void)
{
	const git_error *last = git_error_last();

	return last && last->message ? last->message : "unknown error";
}

/* ---- the cache ---- */

static void cached_unref(struct store_cached *cached)
{
	if (cached && !--cached->references)
		free(cached);
}

static struct store_cached **cache_slot(struct store *store, const git_oid *id)
{
	uint32_t hash;

	memcpy(&hash, id->id, sizeof(hash));
	return &store->cache[hash & (CACHE_SLOTS - 1)];
}

static void cache_evict(struct store *store, struct store_cached **slot)
{
	if (!*slot)
		return;
	store->cached_bytes -= (*slot)->length;
	cached_unref(*slot);
	*slot = NULL;
}

static struct store_cached *cache_add(struct store *store, const git_oid *id, git_object_t type,
				      const void *data, size_t length)
{
	struct store_cached **slot = cache_slot(store, id);
	struct store_cached *cached = memory_resize(NULL, sizeof(*cached) + length + 1, 1);

	cached->id = *id;
	cached->type = type;
	cached->length = length;
	cached->references = 1;
	if (length)
		memcpy(cached->data, data, length);
	cached->data[length] = '\0';
	cache_evict(store, slot);
	while (store->cached_bytes && store->cached_bytes + length > CACHE_BYTES) {
		cache_evict(store, &store->cache[store->hand]);
		store->hand = (store->hand + 1) % CACHE_SLOTS;
	}
	*slot = cached;
	store->cached_bytes += length;
	return cached;
}

/* ---- opening and closing ---- */

enum {
	ALTERNATES_LIMIT = 64,
	ALTERNATES_BYTES = 1 << 20
};

/*
 * Adds the packs of an objects directory and of those it borrows from. What cannot be
 * read is left out: then an object is written that is there already, which is harmless.
 */
static void add_packs(git_odb *packs, const char *objects_dir, unsigned *left)
{
	struct buffer text = BUFFER_INIT;
	git_odb_backend *backend;
	char *path;

	if (!*left)
		return;
	--*left;
	if (git_odb_backend_pack(&backend, objects_dir))
		return;
	if (git_odb_add_backend(packs, backend, *left + 1)) {
		backend->free(backend);
		return;
	}
	path = string_format("%s/info/alternates", objects_dir);
	if (!buffer_read_file(&text, path, ALTERNATES_BYTES, NULL)) {
		for (char *line = text.data, *end; *line; line = end) {
			char *other;

			end = strchrnul(line, '\n');
			if (*end)
				*end++ = '\0';
			if (!*line || *line == '#')
				continue;
			other = *line == '/' ? string_copy(line)
					     : string_format("%s/%s", objects_dir, line);
			add_packs(packs, other, left);
			free(other);
		}
	}
	free(path);
	buffer_release(&text);
}

int store_open(struct store **ret_store, git_repository *repository, enum store_mode mode,
	       struct error *err)
{
	struct store *store = memory_alloc(sizeof(*store));
	unsigned left = ALTERNATES_LIMIT;
	size_t length;
	git_buf path = { 0 };

	store->repository = repository;
	store->mode = mode;
	buffer_init(&store->delta);
	store->cache = memory_alloc(CACHE_SLOTS * sizeof(*store->cache));
	if (git_repository_odb(&store->odb, repository) || git_odb_new(&store->packs) ||
	    git_repository_item_path(&path, repository, GIT_REPOSITORY_ITEM_OBJECTS)) {
		store_close(store);
		return error_set(err, ERROR_INPUT, "the objects of '%s' cannot be opened: %s",
				 git_repository_path(repository), git_words());
	}
	length = strlen(path.ptr);
	while (length > 1 && path.ptr[length - 1] == '/')
		length--;
	store->objects_dir = string_copy_length(path.ptr, length);
	git_buf_dispose(&path);
	add_packs(store->packs, store->objects_dir, &left);
	*ret_store = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	pack_writer_close(store->writer);
	for (size_t i = 0; i < CACHE_SLOTS; i++)
		cache_evict(store, &store->cache[i]);
	free(store->cache);
	buffer_release(&store->delta);
	git_odb_free(store->odb);
	git_odb_free(store->packs);
	free(store->objects_dir);
	free(store);
}

git_odb *store_odb(struct store *store)
{
	return store->odb;
}

size_t store_count(const struct store *store)
{
	return store->finished + (store->writer ? pack_writer_count(store->writer) : 0);
}

/* ---- reading ---- */

void object_release(struct object *object)
{
	git_odb_object_free(object->borrowed);
	cached_unref(object->cached);
	memset(object, 0, sizeof(*object));
}

static void borrow_cached(struct object *ret_object, struct store_cached *cached)
{
	cached->references++;
	ret_object->cached = cached;
	ret_object->data = cached->data;
	ret_object->length = cached->length;
	ret_object->type = cached->type;
}

static int read_written(struct object *ret_object, struct store *store, const git_oid *id,
			struct error *err)
{
	struct store_cached *cached = *cache_slot(store, id);
	struct buffer data = BUFFER_INIT;
	git_object_t type;
	int result;

	if (cached && git_oid_equal(&cached->id, id)) {
		borrow_cached(ret_object, cached);
		return 0;
	}
	result = pack_writer_read(&data, &type, store->writer, id, err);
	if (!result)
		borrow_cached(ret_object, cache_add(store, id, type, data.data, data.length));
	buffer_release(&data);
	return result;
}

static int read_odb(struct object *ret_object, struct store *store, const git_oid *id,
		    struct error *err)
{
	git_object_t type;
	size_t length;
	int result = git_odb_read(&ret_object->borrowed, store->odb, id);

	if (result == GIT_ENOTFOUND)
		return error_set(err, ERROR_NOT_FOUND, "object %s is missing", git_oid_tostr_s(id));
	if (result)
		return error_set(err, ERROR_INPUT, "object %s cannot be read: %s",
				 git_oid_tostr_s(id), git_words());
	type = git_odb_object_type(ret_object->borrowed);
	length = git_odb_object_size(ret_object->borrowed);
	if (length > STORE_OBJECT_LIMIT)
		return error_set(err, ERROR_INPUT, "object %s has %zu bytes, more than is read",
				 git_oid_tostr_s(id), length);
	ret_object->data = git_odb_object_data(ret_object->borrowed);
	ret_object->length = length;
	ret_object->type = type;
	return 0;
}

int store_read(struct object *ret_object, struct store *store, const git_oid *id, git_object_t type,
	       struct error *err)
{
	int result;

	memset(ret_object, 0, sizeof(*ret_object));
	if (store->writer && pack_writer_has(store->writer, id))
		result = read_written(ret_object, store, id, err);
	else
		result = read_odb(ret_object, store, id, err);
	if (!result && ret_object->type != type)
		result = error_set(err, ERROR_INPUT, "object %s is a %s, not a %s",
				   git_oid_tostr_s(id), git_object_type2string(ret_object->type),
				   git_object_type2string(type));
	if (result)
		object_release(ret_object);
	return result;
}

bool store_has(struct store *store, const git_oid *id)
{
	return (store->writer && pack_writer_has(store->writer, id)) ||
	       git_odb_exists_ext(store->odb, id, GIT_ODB_LOOKUP_NO_REFRESH);
}

int store_size(size_t *ret_size, struct store *store, const git_oid *id, struct error *err)
{
	git_object_t type;
	int result;

	if (store->writer && pack_writer_has(store->writer, id)) {
		struct object object = OBJECT_INIT;

		result = read_written(&object, store, id, err);
		*ret_size = object.length;
		object_release(&object);
		return result;
	}
	result = git_odb_read_header(ret_size, &type, store->odb, id);
	if (result == GIT_ENOTFOUND)
		return error_set(err, ERROR_NOT_FOUND, "object %s is missing", git_oid_tostr_s(id));
	if (result)
		return error_set(err, ERROR_INPUT, "object %s cannot be read: %s",
				 git_oid_tostr_s(id), git_words());
	return 0;
}

/* ---- writing ---- */

/* 1 when the object need not be written, 0 when the writer is ready for it. */
static int prepare_write(git_oid *ret_id, struct store *store, git_object_t type, const void *data,
			 size_t length, struct error *err)
{
	if (git_odb_hash(ret_id, data, length, type))
		return error_set(err, ERROR_INPUT, "an object cannot be hashed: %s", git_words());
	if (store->failed)
		return error_set(err, ERROR_SYSTEM,
				 "nothing more is written after an earlier error");
	/* Only packs are asked: looking for a loose object costs a system call for each
	 * directory, and writing one again does no harm. */
	if ((store->writer && pack_writer_has(store->writer, ret_id)) ||
	    git_odb_exists_ext(store->packs, ret_id, GIT_ODB_LOOKUP_NO_REFRESH))
		return 1;
	if (store->writer)
		return 0;
	return pack_writer_open(&store->writer,
				store->mode == STORE_WRITE ? store->objects_dir : NULL, err);
}

int store_write(git_oid *ret_id, struct store *store, git_object_t type, const void *data,
		size_t length, struct error *err)
{
	int result = prepare_write(ret_id, store, type, data, length, err);

	if (result)
		return result > 0 ? 0 : result;
	result = pack_writer_add(store->writer, ret_id, type, data, length, err);
	if (result)
		store->failed = true;
	else if (type == GIT_OBJECT_BLOB && length <= CACHE_BYTES / 4)
		cache_add(store, ret_id, type, data, length);
	return result;
}

int store_write_tree(git_oid *ret_id, struct store *store, const void *data, size_t length,
		     const git_oid *base, const void *base_data, size_t base_length,
		     struct error *err)
{
	int result = prepare_write(ret_id, store, GIT_OBJECT_TREE, data, length, err);

	if (result)
		return result > 0 ? 0 : result;
	if (base && pack_writer_can_delta(store->writer, base) &&
	    tree_delta(&store->delta, base_data, base_length, data, length))
		result = pack_writer_add_delta(store->writer, ret_id, GIT_OBJECT_TREE, base,
					       store->delta.data, store->delta.length, err);
	else
		result = pack_writer_add(store->writer, ret_id, GIT_OBJECT_TREE, data, length, err);
	if (result)
		store->failed = true;
	return result;
}

int store_finish(struct store *store, struct error *err)
{
	size_t count;
	int result;

	if (store->mode != STORE_WRITE)
		return error_set(err, ERROR_REFUSED, "a trial store keeps nothing");
	if (store->failed)
		return error_set(err, ERROR_SYSTEM,
				 "nothing more is written after an earlier error");
	if (!store->writer)
		return 0;
	count = pack_writer_count(store->writer);
	result = pack_writer_finish(NULL, store->writer, err);
	pack_writer_close(store->writer);
	store->writer = NULL;
	if (result) {
		store->failed = true;
		return result;
	}
	store->finished += count;
	if (git_odb_refresh(store->odb) || git_odb_refresh(store->packs))
		return error_set(err, ERROR_SYSTEM, "the new pack cannot be opened: %s",
				 git_words());
	return 0;
}
