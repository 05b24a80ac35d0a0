/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes are a patch, or a resolution of the ledger. What is refused has an error that names the
 * file; the lines of what is accepted lie within the text and add up.
 */
#include <stdint.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/repository.h"
#include "git/tree-entry.h"
#include "triage/resolution.h"
#include "fuzz.h"

static void check_hunk(const struct patch *patch, const struct patch_hunk *hunk, size_t size)
{
	size_t old_count = 0, new_count = 0;

	for (size_t i = 0; i < hunk->count; i++) {
		const struct patch_line *line = &hunk->items[i];

		CHECK(line->text >= patch->text && line->text + line->length <= patch->text + size);
		old_count += line->kind != '+';
		new_count += line->kind != '-';
	}
	CHECK(old_count == hunk->old_count && new_count == hunk->new_count);
	CHECK(hunk->leading + hunk->trailing < hunk->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct resolution *resolution;
	struct error err = ERROR_INIT;
	struct patch patch;
	static bool started;

	if (!started)
		started = !git_start(NULL);
	for (int form = PATCH_MAIL; form <= PATCH_BARE; form++) {
		if (patch_parse(&patch, (const char *)data, size, (enum patch_form)form, "patch", 1,
				&err)) {
			CHECK(!strncmp(err.message, "patch:", 6));
			continue;
		}
		for (size_t i = 0; i < patch.count; i++) {
			const struct patch_file *file = &patch.items[i];

			CHECK(file->old_path || file->new_path);
			CHECK(!file->old_path || !tree_path_problem(file->old_path));
			CHECK(!file->new_path || !tree_path_problem(file->new_path));
			for (size_t j = 0; j < file->count; j++)
				check_hunk(&patch, &file->items[j], size);
		}
		patch_release(&patch);
	}
	if (resolution_parse(&resolution, (const char *)data, size, "patch", &err))
		CHECK(!strncmp(err.message, "patch:", 6));
	else
		resolution_free(resolution);
	return 0;
}
