/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/merges.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"

struct merges {
	unsigned references;
	ARRAY(struct merge_record) records;
	struct table places;	/* by key */
	struct id_map of_blobs; /* by result: the merge that first gave it */
	size_t fresh;
	merges_load load;
	void *load_data;
};

_Static_assert(sizeof(struct merge_key) == 60, "a key is three ids and nothing else");

struct merges *merges_new(void)
{
	struct merges *merges = memory_alloc(sizeof(*merges));

	merges->references = 1;
	return merges;
}

struct merges *merges_ref(struct merges *merges)
{
	merges->references++;
	return merges;
}

void merges_unref(struct merges *merges)
{
	if (!merges || --merges->references)
		return;
	array_release(&merges->records);
	table_release(&merges->places);
	id_map_release(&merges->of_blobs);
	free(merges);
}

void merges_set_load(struct merges *merges, merges_load load, void *data)
{
	merges->load = load;
	merges->load_data = data;
}

static const struct merge_record *add(struct merges *merges, const struct merge_record *record)
{
	const struct merge_key *key = &record->key;

	/*
	 * Only the first, whose three were there before it: so that making a blob again never
	 * asks for the blob itself.
	 */
	if (record->kind == MERGE_KIND_CLEAN && !git_oid_equal(&record->merged, &key->base) &&
	    !git_oid_equal(&record->merged, &key->ours) &&
	    !git_oid_equal(&record->merged, &key->theirs) &&
	    !id_map_find(NULL, &merges->of_blobs, &record->merged))
		id_map_set(&merges->of_blobs, &record->merged, (uint32_t)merges->records.count);
	table_set(&merges->places, key, sizeof(*key), (uint32_t)merges->records.count);
	array_push(&merges->records, *record);
	return array_last(&merges->records);
}

const struct merge_record *merges_find(struct merges *merges, const struct merge_key *key)
{
	struct merge_record record = { .key = *key };
	uint32_t place;

	if (table_find(&place, &merges->places, key, sizeof(*key)))
		return &merges->records.items[place];
	if (!merges->load || !merges->load(&record, key, merges->load_data))
		return NULL;
	return add(merges, &record);
}

void merges_add(struct merges *merges, const struct merge_key *key, enum merge_kind kind,
		const git_oid *merged)
{
	struct merge_record record = { .key = *key, .kind = kind, .fresh = true };

	if (table_find(NULL, &merges->places, key, sizeof(*key)))
		return;
	if (kind == MERGE_KIND_CLEAN)
		record.merged = *merged;
	merges->fresh++;
	add(merges, &record);
}

const struct merge_record *merges_of_blob(const struct merges *merges, const git_oid *id)
{
	uint32_t place;

	if (!id_map_find(&place, &merges->of_blobs, id))
		return NULL;
	return &merges->records.items[place];
}

size_t merges_count(const struct merges *merges)
{
	return merges->records.count;
}

struct merge_record *merges_at(struct merges *merges, size_t index)
{
	return &merges->records.items[index];
}

size_t merges_fresh(const struct merges *merges)
{
	return merges->fresh;
}

void merges_set_kept(struct merges *merges)
{
	for (size_t i = 0; i < merges->records.count; i++)
		merges->records.items[i].fresh = false;
	merges->fresh = 0;
}
