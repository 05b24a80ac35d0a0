/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/kept-merges.h"

#include <string.h>

/* Of a conflict one byte is kept, of a clean merge the id. */
static bool decode(struct merge_record *record, const unsigned char *data, size_t length)
{
	if (length == GIT_OID_RAWSZ) {
		record->kind = MERGE_KIND_CLEAN;
		memcpy(record->merged.id, data, GIT_OID_RAWSZ);
		return true;
	}
	if (length != 1 || (*data != MERGE_KIND_LINES && *data != MERGE_KIND_BINARY))
		return false;
	record->kind = (enum merge_kind) * data;
	return true;
}

/* What cannot be read is merged again. */
static bool load(struct merge_record *record, const struct merge_key *key, void *data)
{
	struct kept_merges *kept = data;
	bool found;

	statement_bind_blob(&kept->select, 1, key, sizeof(*key));
	found = statement_step(&kept->select, NULL) > 0 &&
		decode(record, sqlite3_column_blob(kept->select.stmt, 0),
		       (size_t)sqlite3_column_bytes(kept->select.stmt, 0));
	statement_reset(&kept->select);
	return found;
}

int kept_merges_open(struct kept_merges *ret_kept, struct index *index, struct error *err)
{
	int error = statement_init(&ret_kept->select, index,
				   "SELECT result FROM merge WHERE blobs = ?", err);

	if (error)
		return error;
	ret_kept->index = index;
	ret_kept->merges = merges_new();
	merges_set_load(ret_kept->merges, load, ret_kept);
	return 0;
}

void kept_merges_close(struct kept_merges *kept)
{
	if (!kept->index)
		return;
	merges_set_load(kept->merges, NULL, NULL);
	merges_unref(kept->merges);
	statement_release(&kept->select);
	memset(kept, 0, sizeof(*kept));
}

int kept_merges_save(struct kept_merges *kept, struct error *err)
{
	struct statement insert;
	int error = statement_init(&insert, kept->index,
				   "INSERT OR REPLACE INTO merge(blobs, result) VALUES(?, ?)", err);

	for (size_t i = 0; i < merges_count(kept->merges) && !error; i++) {
		const struct merge_record *record = merges_at(kept->merges, i);
		unsigned char kind = (unsigned char)record->kind;

		if (!record->fresh)
			continue;
		statement_bind_blob(&insert, 1, &record->key, sizeof(record->key));
		if (record->kind == MERGE_KIND_CLEAN)
			statement_bind_id(&insert, 2, &record->merged);
		else
			statement_bind_blob(&insert, 2, &kind, 1);
		error = statement_run(&insert, err);
	}
	statement_release(&insert);
	return error;
}
