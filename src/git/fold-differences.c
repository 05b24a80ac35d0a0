/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/fold-differences.h"

#include <stdlib.h>
#include <string.h>

void fold_differences_release(struct fold_differences *differences)
{
	for (size_t i = 0; i < differences->count; i++)
		free(differences->items[i].path);
	array_release(differences);
	table_release(&differences->places);
}

static struct fold_difference *find_difference(struct fold_differences *differences,
					       const char *path)
{
	uint32_t place;

	if (!table_find_string(&place, &differences->places, path) || !place)
		return NULL;
	return &differences->items[place - 1];
}

static bool comes_or_goes(const struct fold_difference *difference)
{
	return !difference->before.mode != !difference->after.mode;
}

static void forget_difference(struct fold_differences *differences,
			      struct fold_difference *difference)
{
	struct fold_difference *last = array_last(differences);

	differences->coming_or_going -= comes_or_goes(difference);
	table_set_string(&differences->places, difference->path, 0);
	free(difference->path);
	if (difference != last) {
		*difference = *last;
		table_set_string(&differences->places, difference->path,
				 (uint32_t)(difference - differences->items) + 1);
	}
	differences->count--;
}

/* Notes what a path holds from here on, before and after the change. */
static void set_difference(struct fold_differences *differences, const char *path,
			   struct merge_entry before, struct merge_entry after)
{
	struct fold_difference *difference = find_difference(differences, path);

	if (fold_same(&before, &after)) {
		if (difference)
			forget_difference(differences, difference);
		return;
	}
	if (!difference) {
		difference = array_add(differences);
		difference->path = string_copy(path);
		table_set_string(&differences->places, path, (uint32_t)differences->count);
	}
	differences->coming_or_going -= comes_or_goes(difference);
	difference->before = before;
	difference->after = after;
	differences->coming_or_going += comes_or_goes(difference);
}

const struct pick_path *fold_find_path(const struct pick_outcome *outcome, const char *path)
{
	for (size_t i = 0; i < outcome->path_count; i++)
		if (!strcmp(outcome->paths[i].path, path))
			return &outcome->paths[i];
	return NULL;
}

void fold_differences_update(struct fold_differences *differences,
			     const struct pick_outcome *before, const struct pick_outcome *after)
{
	static const struct pick_outcome none = PICK_OUTCOME_INIT;

	before = before ? before : &none;
	after = after ? after : &none;
	for (size_t i = 0; i < after->path_count; i++) {
		const struct pick_path *path = &after->paths[i];
		const struct pick_path *old = fold_find_path(before, path->path);
		const struct fold_difference *difference = find_difference(differences, path->path);

		/* Where the member did not look before, the path kept what it held. */
		set_difference(differences, path->path,
			       old	    ? fold_after(old)
			       : difference ? difference->before
					    : fold_before(path),
			       fold_after(path));
	}
	for (size_t i = 0; i < before->path_count; i++) {
		const struct pick_path *path = &before->paths[i];
		const struct fold_difference *difference = find_difference(differences, path->path);

		if (fold_find_path(after, path->path))
			continue;
		set_difference(differences, path->path, fold_after(path),
			       difference ? difference->after : fold_before(path));
	}
}

static bool is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return !strncmp(path, directory, length) && path[length] == '/';
}

bool fold_differences_concern(struct fold_differences *differences,
			      const struct pick_outcome *outcome)
{
	if (!differences->count)
		return false;
	if (outcome->searched)
		return true;
	for (size_t j = 0; j < outcome->path_count; j++)
		if (find_difference(differences, outcome->paths[j].path))
			return true;
	/* A path that is a file before and after is no directory of anything. */
	for (size_t i = 0; i < differences->count && differences->coming_or_going; i++) {
		const struct fold_difference *difference = &differences->items[i];

		for (size_t j = 0; j < outcome->path_count && comes_or_goes(difference); j++) {
			const struct pick_path *path = &outcome->paths[j];

			if (!path->old_mode || is_below(difference->path, path->path) ||
			    is_below(path->path, difference->path))
				return true;
		}
	}
	return false;
}
