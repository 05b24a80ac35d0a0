/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What imports from a repository and from a directory have in common.
 */
#ifndef ADVISORY_IMPORT_RUN_H
#define ADVISORY_IMPORT_RUN_H

#include "advisory/import.h"
#include "base/buffer.h"
#include "git/change.h"

/*
 * Gives the bytes of a file. ERROR_INPUT where the file itself is at fault (too
 * large, not a regular file): that is damage of the record. Any other error
 * ends the import.
 */
struct advisory_source {
	int (*read)(struct buffer *ret_data, void *data, const struct change *file, size_t limit,
		    struct error *err);
	void *data;
};

struct advisory_numbers {
	int64_t *items;
	size_t count;
	size_t capacity;
};

/*
 * Brings the index to what `files` hold: all records, or where `touched` is given
 * only those. In the caller's savepoint. Fills the counts of `import`.
 */
int advisory_import_run(struct advisory_import *import, struct index *index,
			const struct change_list *files, struct advisory_numbers *touched,
			const struct advisory_source *source, struct progress *progress,
			struct error *err);

/* The counts of what the index holds. */
int advisory_import_count(struct advisory_import *import, struct index *index, struct error *err);

#endif
