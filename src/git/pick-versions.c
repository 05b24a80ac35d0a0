/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/pick-versions.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/pick-slot.h"

void pick_versions_release(struct pick_versions *versions)
{
	for (size_t i = 0; i < versions->count; i++)
		free(versions->items[i].path);
	array_release(versions);
}

static int add_version(struct pick_versions *versions, struct pick_slot *slot, struct store *store,
		       struct error *err)
{
	struct pick_version *version = array_add(versions);
	int error;

	version->path = string_copy(slot->path);
	version->base = slot->base;
	version->ours = slot->ours;
	version->theirs = slot->theirs;
	version->reason = slot->reason;
	if (slot->reason || slot->moved_away)
		return 0;
	merge_outcome_release(&slot->outcome);
	error = merge_entries(&slot->outcome, store, slot->path, &slot->base, &slot->ours,
			      &slot->theirs, err);
	if (error)
		return error;
	if (slot->outcome.result == MERGE_CONFLICT) {
		version->reason = slot->outcome.reason;
		return 0;
	}
	error = merge_outcome_write(&slot->outcome, store, err);
	version->merged = slot->outcome.entry;
	return error;
}

int pick_versions_read(struct pick_versions *ret_versions, struct tree *tree, struct store *store,
		       const struct pick_change *change, struct error *err)
{
	struct pick_slots slots = ARRAY_INIT;
	bool searched = false;
	int error = pick_slots_read(&slots, tree, change->list, err);

	memset(ret_versions, 0, sizeof(*ret_versions));
	if (!error)
		error = pick_follow_renames(&slots, &searched, tree, store, change, err);
	for (size_t i = 0; i < slots.count && !error; i++)
		error = add_version(ret_versions, &slots.items[i], store, err);
	pick_slots_release(&slots);
	if (error)
		pick_versions_release(ret_versions);
	return error;
}
