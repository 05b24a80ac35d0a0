/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/hunks.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "git/merge.h"

enum {
	PAIR_BYTES = 2 * GIT_OID_RAWSZ,
	NUMBER_LIMIT = 1 << 30 /* more lines than a file that is read has bytes */
};

int hunks_open(struct hunks *ret_hunks, struct index *index, struct error *err)
{
	memset(ret_hunks, 0, sizeof(*ret_hunks));
	ret_hunks->index = index;
	return statement_init(&ret_hunks->select, index, "SELECT data FROM hunks WHERE pair = ?",
			      err);
}

void hunks_close(struct hunks *hunks)
{
	if (!hunks->index)
		return;
	for (size_t i = 0; i < hunks->entries.count; i++) {
		free(hunks->entries.items[i]->hunks.items);
		free(hunks->entries.items[i]);
	}
	array_release(&hunks->entries);
	table_release(&hunks->places);
	statement_release(&hunks->select);
	memset(hunks, 0, sizeof(*hunks));
}

/* ---- as bytes: for each hunk its distance from the one before, old and new lines ---- */

static void add_number(struct buffer *bytes, uint32_t number)
{
	unsigned char byte;

	for (; number >= 0x80; number >>= 7) {
		byte = (unsigned char)(number | 0x80);
		buffer_add(bytes, (const char *)&byte, 1);
	}
	byte = (unsigned char)number;
	buffer_add(bytes, (const char *)&byte, 1);
}

static void encode(struct buffer *ret_bytes, const struct file_hunks *hunks)
{
	uint32_t end = 0;

	/* One byte that no list of hunks is. */
	if (hunks->whole)
		buffer_add(ret_bytes, "", 1);
	for (size_t i = 0; i < hunks->count; i++) {
		add_number(ret_bytes, hunks->items[i].old_start - end);
		add_number(ret_bytes, hunks->items[i].old_count);
		add_number(ret_bytes, hunks->items[i].new_count);
		end = hunks->items[i].old_start + hunks->items[i].old_count;
	}
}

static bool read_number(uint32_t *ret_number, const unsigned char **at, const unsigned char *end)
{
	uint64_t number = 0;

	for (unsigned shift = 0; *at < end && shift < 35; shift += 7) {
		unsigned char byte = *(*at)++;

		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		*ret_number = (uint32_t)number;
		return number < NUMBER_LIMIT;
	}
	return false;
}

/* False where the bytes are not what encode makes: they are found again then. */
static bool decode(struct file_hunks *ret_hunks, const unsigned char *at, size_t length)
{
	const unsigned char *end = at + length;
	struct diff_hunks list = ARRAY_INIT;
	uint32_t gap, old_end = 0, new_end = 0;

	memset(ret_hunks, 0, sizeof(*ret_hunks));
	ret_hunks->whole = length == 1 && !*at;
	if (ret_hunks->whole)
		return true;
	while (at < end) {
		struct diff_hunk hunk;

		if (!read_number(&gap, &at, end) || !read_number(&hunk.old_count, &at, end) ||
		    !read_number(&hunk.new_count, &at, end) ||
		    (uint64_t)old_end + gap + hunk.old_count > NUMBER_LIMIT ||
		    (uint64_t)new_end + gap + hunk.new_count > NUMBER_LIMIT) {
			array_release(&list);
			return false;
		}
		hunk.old_start = old_end + gap;
		hunk.new_start = new_end + gap;
		old_end = hunk.old_start + hunk.old_count;
		new_end = hunk.new_start + hunk.new_count;
		array_push(&list, hunk);
	}
	ret_hunks->items = list.items;
	ret_hunks->count = list.count;
	return true;
}

/* ---- finding ---- */

static void pair_of(unsigned char *ret_pair, const git_oid *old_id, const git_oid *new_id)
{
	memcpy(ret_pair, old_id->id, GIT_OID_RAWSZ);
	memcpy(ret_pair + GIT_OID_RAWSZ, new_id->id, GIT_OID_RAWSZ);
}

/* 1 when the index has it. */
static int load(struct file_hunks *ret_hunks, struct hunks *hunks, const unsigned char *pair,
		struct error *err)
{
	sqlite3_stmt *stmt = hunks->select.stmt;
	int step;

	statement_bind_blob(&hunks->select, 1, pair, PAIR_BYTES);
	step = statement_step(&hunks->select, err);
	if (step > 0 &&
	    !decode(ret_hunks, sqlite3_column_blob(stmt, 0), (size_t)sqlite3_column_bytes(stmt, 0)))
		step = 0;
	statement_reset(&hunks->select);
	return step;
}

static int compute(struct file_hunks *ret_hunks, bool *ret_lasting, struct store *store,
		   const git_oid *old_id, const git_oid *new_id, struct error *err)
{
	struct object old_blob = OBJECT_INIT, new_blob = OBJECT_INIT;
	struct diff_hunks list = ARRAY_INIT;
	int error;

	memset(ret_hunks, 0, sizeof(*ret_hunks));
	*ret_lasting = true;
	error = store_read(&old_blob, store, old_id, GIT_OBJECT_BLOB, err);
	if (!error)
		error = store_read(&new_blob, store, new_id, GIT_OBJECT_BLOB, err);
	if (!error) {
		struct merge_text old_text = { old_blob.data, old_blob.length };
		struct merge_text new_text = { new_blob.data, new_blob.length };

		ret_hunks->whole = !text_hunks(&list, &old_text, &new_text);
		ret_hunks->items = list.items;
		ret_hunks->count = list.count;
	} else if (error == ERROR_NOT_FOUND) {
		ret_hunks->whole = true;
		*ret_lasting = false;
		error = 0;
	}
	object_release(&old_blob);
	object_release(&new_blob);
	return error;
}

int hunks_find(const struct file_hunks **ret_hunks, struct hunks *hunks, struct store *store,
	       const git_oid *old_id, const git_oid *new_id, struct error *err)
{
	unsigned char pair[PAIR_BYTES];
	struct file_hunks found;
	struct hunks_entry *entry;
	bool lasting = false;
	uint32_t place;
	int error;

	pair_of(pair, old_id, new_id);
	if (table_find(&place, &hunks->places, pair, sizeof(pair))) {
		*ret_hunks = &hunks->entries.items[place]->hunks;
		return 0;
	}
	error = load(&found, hunks, pair, err);
	if (!error)
		error = compute(&found, &lasting, store, old_id, new_id, err);
	if (error < 0)
		return error;
	entry = memory_alloc(sizeof(*entry));
	entry->old_id = *old_id;
	entry->new_id = *new_id;
	entry->hunks = found;
	entry->fresh = lasting;
	hunks->fresh += lasting;
	table_set(&hunks->places, pair, sizeof(pair), (uint32_t)hunks->entries.count);
	array_push(&hunks->entries, entry);
	*ret_hunks = &entry->hunks;
	return 0;
}

static int save_entry(struct statement *insert, const struct hunks_entry *entry, struct error *err)
{
	struct buffer bytes = BUFFER_INIT;
	unsigned char pair[PAIR_BYTES];
	int error;

	pair_of(pair, &entry->old_id, &entry->new_id);
	encode(&bytes, &entry->hunks);
	statement_bind_blob(insert, 1, pair, sizeof(pair));
	statement_bind_blob(insert, 2, bytes.data, bytes.length);
	error = statement_run(insert, err);
	buffer_release(&bytes);
	return error;
}

int hunks_save(struct hunks *hunks, struct error *err)
{
	struct statement insert;
	int error = statement_init(&insert, hunks->index,
				   "INSERT OR REPLACE INTO hunks(pair, data) VALUES(?, ?)", err);

	for (size_t i = 0; i < hunks->entries.count && !error; i++)
		if (hunks->entries.items[i]->fresh)
			error = save_entry(&insert, hunks->entries.items[i], err);
	statement_release(&insert);
	return error;
}

void hunks_set_kept(struct hunks *hunks)
{
	for (size_t i = 0; i < hunks->entries.count; i++)
		hunks->entries.items[i]->fresh = false;
	hunks->fresh = 0;
}
