/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three contents, separated by 0xff bytes. A side that equals the base gives the other;
 * a conflict leaves nothing behind.
 */
#include <stdlib.h>
#include <string.h>

#include "git/repository.h"
#include "git/merge.h"
#include "git/rename.h"
#include "git/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

static void expect(const struct merge_text *base, const struct merge_text *ours,
		   const struct merge_text *theirs, const struct merge_text *wanted)
{
	struct buffer merged = BUFFER_INIT;

	if (merge_texts(&merged, base, ours, theirs) != MERGE_CLEAN ||
	    merged.length != wanted->length ||
	    memcmp(merged.data, wanted->data, wanted->length) != 0)
		abort();
	buffer_release(&merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
	static bool started;
	struct merge_text texts[3];
	struct buffer merged = BUFFER_INIT;
	const char *at = (const char *)data, *end = at + length;

	if (!started)
		git_start(NULL);
	started = true;
	for (int i = 0; i < 3; i++) {
		const char *stop = i < 2 && at < end ? memchr(at, 0xff, end - at) : end;

		if (!stop)
			stop = end;
		texts[i].data = at;
		texts[i].length = stop - at;
		at = stop < end ? stop + 1 : end;
	}
	if (merge_texts(&merged, &texts[0], &texts[1], &texts[2]) == MERGE_CONFLICT) {
		if (merged.length)
			abort();
	}
	if (!memchr(data, 0, length)) {
		expect(&texts[0], &texts[0], &texts[1], &texts[1]);
		expect(&texts[0], &texts[1], &texts[0], &texts[1]);
	}
	rename_similarity(texts[0].data, texts[0].length, texts[1].data, texts[1].length);
	buffer_release(&merged);
	return 0;
}
