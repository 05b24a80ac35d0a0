/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/header-names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "git/change.h"
#include "plan/code-change.h"

enum {
	FILE_BITS = 24,
	ENTRY_BYTES = 8,
	BATCH = 256 /* files between two looks at the progress */
};

typedef ARRAY(uint64_t) entry_list;

static uint64_t hash_key(const char *key)
{
	uint64_t hash = 14695981039346656037ULL;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211ULL;
	return (hash ^ hash >> 29) >> FILE_BITS << FILE_BITS;
}

static int compare_entries(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

void header_names_close(struct header_names *names)
{
	for (size_t i = 0; i < HEADER_NAME_BUCKETS; i++)
		free((void *)names->buckets[i].data);
	free(names->paths_text);
	array_release(&names->paths);
	memset(names, 0, sizeof(*names));
}

/* ---- finding ---- */

static void add_entries(entry_list *entries, const struct file_names *file, uint32_t number)
{
	for (size_t i = 0; i < file->count; i++) {
		const char *key = file->items[i].key, *member;
		char any[300];

		if (*key == 'H')
			continue;
		array_push(entries, hash_key(key) | number);
		member = *key == 'M' ? strrchr(key, '>') : NULL;
		if (!member)
			continue;
		snprintf(any, sizeof(any), "m %.290s", member + 1);
		array_push(entries, hash_key(any) | number);
	}
}

static int read_file(entry_list *entries, struct store *store, const struct change *change,
		     uint32_t number, struct error *err)
{
	struct object blob = OBJECT_INIT;
	struct file_names file;
	size_t size;
	int error = store_size(&size, store, &change->new_id, err);

	if (error == ERROR_NOT_FOUND || (!error && size > HEADER_SIZE_LIMIT))
		return 0;
	if (!error)
		error = store_read(&blob, store, &change->new_id, GIT_OBJECT_BLOB, err);
	if (!error) {
		file_names_find(&file, change->path, blob.data, blob.length);
		add_entries(entries, &file, number);
		file_names_release(&file);
	}
	object_release(&blob);
	return error == ERROR_NOT_FOUND ? 0 : error;
}

static int find_all(entry_list *entries, struct buffer *paths, struct store *store,
		    const git_oid *tree, struct progress *progress, struct error *err)
{
	struct change_list files = CHANGE_LIST_INIT;
	uint32_t number = 0;
	int error = change_list_read(&files, store_odb(store), NULL, tree, err);

	for (size_t i = 0; i < files.count && !error; i++) {
		const struct change *file = &files.items[i];

		if (!(path_is_header(file->path) || path_is_kconfig(file->path)) ||
		    !S_ISREG(file->new_mode) || strchr(file->path, '\n') ||
		    number + 1 >= 1u << FILE_BITS)
			continue;
		buffer_add_format(paths, "%s\n", file->path);
		error = read_file(entries, store, file, number++, err);
		if (!error && !(number % BATCH))
			error = progress_update(progress, i, files.count, err);
	}
	change_list_release(&files);
	if (entries->count)
		qsort(entries->items, entries->count, sizeof(*entries->items), compare_entries);
	return error;
}

/* ---- the index: row -1 has the paths, the others a bucket each ---- */

static void add_entry(struct buffer *data, uint64_t entry)
{
	unsigned char bytes[ENTRY_BYTES];

	for (unsigned i = 0; i < ENTRY_BYTES; i++)
		bytes[i] = (unsigned char)(entry >> (56 - 8 * i));
	buffer_add(data, bytes, sizeof(bytes));
}

static uint64_t read_entry(const unsigned char *bytes)
{
	uint64_t entry = 0;

	for (unsigned i = 0; i < ENTRY_BYTES; i++)
		entry = entry << 8 | bytes[i];
	return entry;
}

static void keep_bucket(struct header_bucket *bucket, const void *data, size_t length)
{
	bucket->data = length ? memory_copy(data, length) : NULL;
	bucket->count = length / ENTRY_BYTES;
	bucket->loaded = true;
}

static int save_row(struct statement *insert, const git_oid *tree, int bucket,
		    const struct buffer *data)
{
	statement_bind_blob(insert, 1, tree->id, GIT_OID_RAWSZ);
	statement_bind_int(insert, 2, bucket);
	statement_bind_blob(insert, 3, data->data, data->length);
	return statement_run(insert, NULL);
}

static void save(struct header_names *names, const struct buffer *paths)
{
	struct index *index = names->index;
	struct statement insert;
	struct buffer data = BUFFER_INIT;
	int error;

	if (!sqlite3_get_autocommit(index->db) || sqlite3_db_readonly(index->db, "main") ||
	    index_begin(index, NULL))
		return;
	error = statement_init(&insert, index,
			       "INSERT OR REPLACE INTO header_name(tree, bucket, data)"
			       " VALUES(?, ?, ?)",
			       NULL);
	if (!error)
		error = save_row(&insert, &names->tree, -1, paths);
	for (int i = 0; i < HEADER_NAME_BUCKETS && !error; i++) {
		buffer_clear(&data);
		buffer_add(&data, names->buckets[i].data, names->buckets[i].count * ENTRY_BYTES);
		error = save_row(&insert, &names->tree, i, &data);
	}
	buffer_release(&data);
	statement_release(&insert);
	if (error || index_commit(index, NULL))
		index_rollback(index);
}

/* 1 when the index has the row; its data are the caller's to free. */
static int load_row(struct buffer *ret_data, const struct header_names *names, int bucket,
		    struct error *err)
{
	struct statement select;
	int step, error;

	error = statement_init(&select, names->index,
			       "SELECT data FROM header_name WHERE tree = ? AND bucket = ?", err);
	if (error)
		return error;
	statement_bind_blob(&select, 1, names->tree.id, GIT_OID_RAWSZ);
	statement_bind_int(&select, 2, bucket);
	step = statement_step(&select, err);
	if (step > 0)
		buffer_add(ret_data, sqlite3_column_blob(select.stmt, 0),
			   (size_t)sqlite3_column_bytes(select.stmt, 0));
	statement_release(&select);
	return step;
}

static void split_paths(struct header_names *names, struct buffer *text)
{
	char *at, *end;

	names->paths_text = buffer_detach(text);
	for (at = names->paths_text; (end = strchr(at, '\n')); at = end + 1) {
		*end = 0;
		array_push(&names->paths, at);
	}
}

static int make(struct header_names *names, struct buffer *paths, struct store *store,
		struct progress *progress, struct error *err)
{
	entry_list entries = ARRAY_INIT;
	struct buffer data = BUFFER_INIT;
	size_t at = 0;
	int error = find_all(&entries, paths, store, &names->tree, progress, err);

	for (unsigned i = 0; i < HEADER_NAME_BUCKETS && !error; i++) {
		buffer_clear(&data);
		for (; at < entries.count && entries.items[at] >> 56 == i; at++)
			add_entry(&data, entries.items[at]);
		keep_bucket(&names->buckets[i], data.data, data.length);
	}
	if (!error)
		save(names, paths);
	buffer_release(&data);
	array_release(&entries);
	return error;
}

int header_names_open(struct header_names *ret_names, struct index *index, struct store *store,
		      const git_oid *tree, struct progress *progress, struct error *err)
{
	struct buffer paths = BUFFER_INIT;
	int error;

	memset(ret_names, 0, sizeof(*ret_names));
	ret_names->index = index;
	ret_names->tree = *tree;
	error = load_row(&paths, ret_names, -1, err);
	if (!error)
		error = make(ret_names, &paths, store, progress, err);
	if (error >= 0)
		split_paths(ret_names, &paths);
	buffer_release(&paths);
	if (error < 0)
		header_names_close(ret_names);
	return error < 0 ? error : 0;
}

/* ---- asking ---- */

static int load_bucket(struct header_names *names, unsigned number, struct error *err)
{
	struct buffer data = BUFFER_INIT;
	int step = load_row(&data, names, (int)number, err);

	if (step >= 0)
		keep_bucket(&names->buckets[number], data.data, data.length);
	buffer_release(&data);
	return step < 0 ? step : 0;
}

int header_names_next(const char **ret_path, struct header_names *names, const char *key,
		      size_t *cursor, struct error *err)
{
	uint64_t hash = hash_key(key), entry;
	struct header_bucket *bucket = &names->buckets[hash >> 56];
	size_t low = 0, high;
	int error = bucket->loaded ? 0 : load_bucket(names, (unsigned)(hash >> 56), err);

	*ret_path = NULL;
	if (error)
		return error;
	if (!*cursor) {
		high = bucket->count;
		while (low < high) {
			size_t middle = (low + high) / 2;

			if (read_entry(bucket->data + middle * ENTRY_BYTES) < hash)
				low = middle + 1;
			else
				high = middle;
		}
		*cursor = low + 1;
	}
	if (*cursor - 1 >= bucket->count)
		return 0;
	entry = read_entry(bucket->data + (*cursor - 1) * ENTRY_BYTES);
	if (entry >> FILE_BITS << FILE_BITS != hash)
		return 0;
	entry &= (1u << FILE_BITS) - 1;
	if (entry < names->paths.count)
		*ret_path = names->paths.items[entry];
	++*cursor;
	return 0;
}
