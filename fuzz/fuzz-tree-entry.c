/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bytes of a tree object. What the reader accepts must be in order, and a delta from
 * its first half to the whole must not read outside of either.
 */
#include <stdlib.h>

#include "git/tree-delta.h"
#include "git/tree-entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	struct buffer delta = BUFFER_INIT;
	struct tree_entries entries;
	struct tree_entry last = { 0 };
	const unsigned char *half = data;
	int more;

	tree_entries_init(&entries, data, length);
	while ((more = tree_entries_next(&entries)) > 0) {
		const struct tree_entry *entry = &entries.entry;

		if (!tree_name_is_valid(entry->name, entry->length))
			abort();
		if (last.name && tree_entry_compare(last.name, last.length, last.mode, entry->name,
						    entry->length, entry->mode) >= 0)
			abort();
		last = *entry;
		if ((size_t)(entries.at - data) <= length / 2)
			half = entries.at;
	}
	if (!more) {
		tree_delta(&delta, (const char *)data, half - data, (const char *)data, length);
		tree_delta(&delta, (const char *)data, length, (const char *)half,
			   data + length - half);
	} else if (!entries.problem) {
		abort();
	}
	buffer_release(&delta);
	return 0;
}
