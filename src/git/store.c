/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/merge.h"
#include "git/object-cache.h"
#include "git/pack-reader.h"
#include "git/pack-writer.h"
#include "git/sha1.h"
#include "git/tree-delta.h"

enum {
	CACHE_BYTES = 64 << 20
};

struct store {
	git_repository *repository; /* borrowed */
	git_odb *odb;
	struct pack_reader *packs; /* asked first; what it has not, the odb may have */
	enum store_mode mode;
	char *objects_dir;
	struct pack_writer *writer; /* NULL before the first object */
	size_t finished;	    /* objects of packs already finished */
	bool failed;
	struct buffer delta;

	struct object_cache written; /* blobs written or merged lately */
	struct merges *merges;
};

static const char *git_words(void)
{
	const git_error *last = git_error_last();

	return last && last->message ? last->message : "unknown error";
}

/* ---- opening and closing ---- */

int store_open(struct store **ret_store, git_repository *repository, enum store_mode mode,
	       struct error *err)
{
	struct store *store = memory_alloc(sizeof(*store));
	size_t length;
	git_buf path = { 0 };

	store->repository = repository;
	store->mode = mode;
	buffer_init(&store->delta);
	object_cache_init(&store->written, CACHE_BYTES);
	store->merges = merges_new();
	if (git_repository_odb(&store->odb, repository) ||
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
	store->packs = pack_reader_open(store->objects_dir);
	*ret_store = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	pack_writer_close(store->writer);
	object_cache_release(&store->written);
	merges_unref(store->merges);
	pack_reader_close(store->packs);
	buffer_release(&store->delta);
	git_odb_free(store->odb);
	free(store->objects_dir);
	free(store);
}

git_odb *store_odb(struct store *store)
{
	return store->odb;
}

struct merges *store_merges(struct store *store)
{
	return store->merges;
}

void store_share_merges(struct store *store, struct merges *merges)
{
	merges_ref(merges);
	merges_unref(store->merges);
	store->merges = merges;
}

size_t store_count(const struct store *store)
{
	return store->finished + (store->writer ? pack_writer_count(store->writer) : 0);
}

/* ---- reading ---- */

void object_release(struct object *object)
{
	git_odb_object_free(object->borrowed);
	cached_object_unref(object->cached);
	memset(object, 0, sizeof(*object));
}

/* Hands over the caller's reference. */
static void borrow_cached(struct object *ret_object, struct cached_object *cached)
{
	ret_object->cached = cached;
	ret_object->data = cached->data;
	ret_object->length = cached->length;
	ret_object->type = cached->type;
}

static struct cached_object *keep(struct store *store, const git_oid *id, git_object_t type,
				  const void *data, size_t length)
{
	struct cached_object *object = cached_object_new(type, length);

	if (length)
		memcpy(object->data, data, length);
	object_cache_put(&store->written, id, object);
	return object;
}

static int read_written(struct object *ret_object, struct store *store, const git_oid *id,
			struct error *err)
{
	struct cached_object *cached = object_cache_get(&store->written, id);
	struct buffer data = BUFFER_INIT;
	git_object_t type;
	int result;

	if (cached) {
		borrow_cached(ret_object, cached);
		return 0;
	}
	result = pack_writer_read(&data, &type, store->writer, id, err);
	if (!result)
		borrow_cached(ret_object, keep(store, id, type, data.data, data.length));
	buffer_release(&data);
	return result;
}

/* How a blob that is nowhere is made: what a trial store merged, or need not merge. */
static const struct merge_record *can_make(const struct store *store, const git_oid *id)
{
	return store->mode == STORE_TRIAL ? merges_of_blob(store->merges, id) : NULL;
}

static int read_odb(struct object *ret_object, struct store *store, const git_oid *id,
		    struct error *err)
{
	git_object_t type;
	size_t length;
	int result;

	result = git_odb_read(&ret_object->borrowed, store->odb, id);
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

/* Whether a blob is at hand without being made. */
static bool has_bytes(struct store *store, const git_oid *id)
{
	return (store->writer && pack_writer_has(store->writer, id)) ||
	       object_cache_has(&store->written, id) || pack_reader_has(store->packs, id);
}

/* Merges three blobs again; what `object` is, is ours, and becomes the result. */
static int make_merged(struct object *object, struct store *store,
		       const struct merge_record *record, struct error *err)
{
	struct object base = OBJECT_INIT, theirs = OBJECT_INIT;
	struct merge_text texts[3] = { { "", 0 }, { object->data, object->length } };
	struct buffer merged = BUFFER_INIT;
	int result = store_read(&theirs, store, &record->key.theirs, GIT_OBJECT_BLOB, err);

	if (!result && !git_oid_is_zero(&record->key.base)) {
		result = store_read(&base, store, &record->key.base, GIT_OBJECT_BLOB, err);
		texts[0] = (struct merge_text){ base.data, base.length };
	}
	texts[2] = (struct merge_text){ theirs.data, theirs.length };
	if (!result && merge_texts(&merged, &texts[0], &texts[1], &texts[2]) != MERGE_CLEAN)
		result = error_set(err, ERROR_SYSTEM, "merged blob %s cannot be made again",
				   git_oid_tostr_s(&record->merged));
	object_release(object);
	if (!result)
		borrow_cached(object, keep(store, &record->merged, GIT_OBJECT_BLOB, merged.data,
					   merged.length));
	object_release(&base);
	object_release(&theirs);
	buffer_release(&merged);
	return result;
}

/* A blob that was merged and is not at hand: first the ones that it was made of, in turn. */
static int read_merged(struct object *ret_object, struct store *store,
		       const struct merge_record *record, struct error *err)
{
	ARRAY(struct merge_record) chain = ARRAY_INIT;
	int result;

	do {
		array_push(&chain, *record);
		record = merges_of_blob(store->merges, &record->key.ours);
	} while (record && !has_bytes(store, &record->merged));
	result = store_read(ret_object, store, &array_last(&chain)->key.ours, GIT_OBJECT_BLOB, err);
	while (chain.count && !result)
		result = make_merged(ret_object, store, &chain.items[--chain.count], err);
	array_release(&chain);
	return result;
}

static int read_any(struct object *ret_object, struct store *store, const git_oid *id,
		    struct error *err)
{
	const struct merge_record *record;
	struct cached_object *cached;

	if (store->writer && pack_writer_has(store->writer, id))
		return read_written(ret_object, store, id, err);
	cached = object_cache_get(&store->written, id);
	if (!cached)
		cached = pack_reader_read(store->packs, id, STORE_OBJECT_LIMIT);
	if (cached) {
		borrow_cached(ret_object, cached);
		return 0;
	}
	record = can_make(store, id);
	if (record)
		return read_merged(ret_object, store, record, err);
	return read_odb(ret_object, store, id, err);
}

int store_read(struct object *ret_object, struct store *store, const git_oid *id, git_object_t type,
	       struct error *err)
{
	int result;

	memset(ret_object, 0, sizeof(*ret_object));
	result = read_any(ret_object, store, id, err);
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
	return (store->writer && pack_writer_has(store->writer, id)) || can_make(store, id) ||
	       pack_reader_has(store->packs, id) ||
	       git_odb_exists_ext(store->odb, id, GIT_ODB_LOOKUP_NO_REFRESH);
}

int store_size(size_t *ret_size, struct store *store, const git_oid *id, struct error *err)
{
	git_object_t type;
	int result;

	if ((store->writer && pack_writer_has(store->writer, id)) || can_make(store, id)) {
		struct object object = OBJECT_INIT;

		result = read_any(&object, store, id, err);
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

static void hash_plainly(git_oid *ret_id, const char *type, const void *data, size_t length)
{
	char header[32];
	struct sha1 sha1;

	sha1_init(&sha1);
	sha1_add(&sha1, header, snprintf(header, sizeof(header), "%s %zu", type, length) + 1);
	sha1_add(&sha1, data, length);
	sha1_finish(ret_id->id, &sha1);
}

static int hash(git_oid *ret_id, git_object_t type, const void *data, size_t length,
		struct error *err)
{
	if (type == GIT_OBJECT_TREE)
		hash_plainly(ret_id, "tree", data, length);
	else if (git_odb_hash(ret_id, data, length, type))
		return error_set(err, ERROR_INPUT, "an object cannot be hashed: %s", git_words());
	return 0;
}

/* What is written nowhere can do no harm. */
int store_hash_blob(git_oid *ret_id, struct store *store, const void *data, size_t length,
		    struct error *err)
{
	if (store->mode == STORE_WRITE)
		return hash(ret_id, GIT_OBJECT_BLOB, data, length, err);
	hash_plainly(ret_id, "blob", data, length);
	return 0;
}

/* 1 when the object need not be written, 0 when the writer is ready for it. */
static int prepare_write(struct store *store, const git_oid *id, struct error *err)
{
	if (store->failed)
		return error_set(err, ERROR_SYSTEM,
				 "nothing more is written after an earlier error");
	/* Only packs are asked: looking for a loose object costs a system call for each
	 * directory, and writing one again does no harm. */
	if ((store->writer && pack_writer_has(store->writer, id)) ||
	    pack_reader_has(store->packs, id))
		return 1;
	if (store->writer)
		return 0;
	return pack_writer_open(&store->writer,
				store->mode == STORE_WRITE ? store->objects_dir : NULL, err);
}

static int write_hashed(struct store *store, const git_oid *id, git_object_t type, const void *data,
			size_t length, struct error *err)
{
	int result = prepare_write(store, id, err);

	if (result)
		return result > 0 ? 0 : result;
	result = pack_writer_add(store->writer, id, type, data, length, err);
	if (result)
		store->failed = true;
	else if (type == GIT_OBJECT_BLOB)
		cached_object_unref(keep(store, id, type, data, length));
	return result;
}

int store_write(git_oid *ret_id, struct store *store, git_object_t type, const void *data,
		size_t length, struct error *err)
{
	int result = hash(ret_id, type, data, length, err);

	return result ? result : write_hashed(store, ret_id, type, data, length, err);
}

int store_write_merged(struct store *store, const git_oid *id, const void *data, size_t length,
		       struct error *err)
{
	if (store->mode == STORE_WRITE)
		return write_hashed(store, id, GIT_OBJECT_BLOB, data, length, err);
	cached_object_unref(keep(store, id, GIT_OBJECT_BLOB, data, length));
	return 0;
}

int store_write_tree(git_oid *ret_id, struct store *store, const void *data, size_t length,
		     const git_oid *base, const void *base_data, size_t base_length,
		     struct error *err)
{
	int result = hash(ret_id, GIT_OBJECT_TREE, data, length, err);

	if (!result)
		result = prepare_write(store, ret_id, err);
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
	pack_reader_close(store->packs);
	store->packs = pack_reader_open(store->objects_dir);
	if (git_odb_refresh(store->odb))
		return error_set(err, ERROR_SYSTEM, "the new pack cannot be opened: %s",
				 git_words());
	return 0;
}
