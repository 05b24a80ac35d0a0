/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/entry.h"

/* What a path inside the layout says. */
struct place {
	enum advisory_state state;
	bool is_directory; /* this path should be STATE or YEAR, and not a file */
	bool is_file;	   /* of a record */
	char name[ADVISORY_NAME_SIZE];
	enum advisory_file file;
};

static bool is_year(const char *text, size_t length)
{
	return length == 4 && strspn(text, "0123456789") == 4;
}

static bool parse_path(struct place *ret_place, const char *path)
{
	char word[16];
	size_t span;

	memset(ret_place, 0, sizeof(*ret_place));
	if (strncmp(path, "cve/", 4) == 0)
		path += 4;
	span = strcspn(path, "/");
	if (span >= sizeof(word))
		return false;
	memcpy(word, path, span);
	word[span] = '\0';
	ret_place->state = advisory_state_parse(word);
	if (ret_place->state == ADVISORY_STATES)
		return false;
	if (path[span] != '/') {
		ret_place->is_directory = true;
		return true;
	}
	path += span + 1;
	span = strcspn(path, "/");
	if (!is_year(path, span))
		return true;
	if (path[span] != '/') {
		ret_place->is_directory = true;
		return true;
	}
	path += span + 1;
	ret_place->is_file = !strchr(path, '/') &&
			     advisory_file_parse(ret_place->name, &ret_place->file, path);
	return true;
}

int64_t advisory_path_number(const char *path)
{
	struct place place;

	return parse_path(&place, path) && place.is_file ? advisory_name_number(place.name) : 0;
}

/* More than a score or the like that was left behind when the record moved. */
static bool is_whole(const struct advisory_entry *entry)
{
	return entry->files[ADVISORY_FILE_MARK] || entry->files[ADVISORY_FILE_FIX] ||
	       entry->files[ADVISORY_FILE_PAIRS] || entry->files[ADVISORY_FILE_TEXT];
}

static const struct change *any_file(const struct advisory_entry *entry)
{
	size_t i = 0;

	while (!entry->files[i])
		i++;
	return entry->files[i];
}

/* "CVE-2024-1" belongs into 2024/: there its record is, wherever else its name occurs. */
static bool is_in_own_year(const struct advisory_entry *entry)
{
	const char *path = any_file(entry)->path, *slash = strrchr(path, '/');

	return slash && slash - path >= 4 && !strncmp(slash - 4, entry->name + strlen("CVE-"), 4);
}

static int compare_entries(const void *left, const void *right)
{
	const struct advisory_entry *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (is_whole(a) != is_whole(b))
		return is_whole(a) ? -1 : 1;
	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	if (is_in_own_year(a) != is_in_own_year(b))
		return is_in_own_year(a) ? -1 : 1;
	/* Then the order of paths decides, whatever sorting does. */
	for (size_t i = 0; i < ADVISORY_FILES; i++) {
		if (a->files[i] && b->files[i])
			return strcmp(a->files[i]->path, b->files[i]->path);
	}
	return 0;
}

/* Same directory: up to the last slash. */
static bool same_directory(const char *a, const char *b)
{
	size_t length = (size_t)(strrchr(a, '/') - a) + 1;

	return strncmp(a, b, length) == 0 && !strchr(b + length, '/');
}

static void add_file(struct advisory_entry_list *list, const struct place *place,
		     const struct change *change)
{
	struct advisory_entry *last = list->count ? array_last(list) : NULL;

	if (!last || strcmp(last->name, place->name) != 0 || last->state != place->state ||
	    !same_directory(any_file(last)->path, change->path)) {
		last = array_add(list);
		memcpy(last->name, place->name, sizeof(last->name));
		last->number = advisory_name_number(place->name);
		last->state = place->state;
	}
	last->files[place->file] = change;
}

/* Leaves each name once; the others go to `rivals`. */
static void settle_rivals(struct advisory_entry_list *list)
{
	size_t kept = 0, given = 0;

	list->rivals = memory_alloc((list->count + 1) * sizeof(*list->rivals));
	for (size_t i = 0; i < list->count; i++) {
		if (kept && list->items[kept - 1].number == list->items[i].number) {
			if (!is_whole(&list->items[i]))
				continue;
			list->rivals[given] = list->items[i];
			list->rivals[given].rival = list->items[kept - 1].rival;
			list->items[kept - 1].rival = &list->rivals[given++];
		} else {
			list->items[kept++] = list->items[i];
		}
	}
	list->count = kept;
}

void advisory_entry_list_make(struct advisory_entry_list *ret_list, const struct change_list *files)
{
	const struct change *change;
	struct place place;
	bool sorted = true;

	memset(ret_list, 0, sizeof(*ret_list));
	for (size_t i = 0; i < files->count; i++) {
		change = &files->items[i];
		if (strcmp(change->path, "scripts/not_fixes") == 0)
			ret_list->not_fixes = change;
		if (!parse_path(&place, change->path))
			continue;
		ret_list->has_layout = true;
		if (place.is_file) {
			add_file(ret_list, &place, change);
		} else if (place.is_directory) {
			ret_list->strange = array_reserve_raw(
				ret_list->strange, &ret_list->strange_capacity,
				ret_list->strange_count + 1, sizeof(*ret_list->strange));
			ret_list->strange[ret_list->strange_count++] = change;
		}
	}
	for (size_t i = 1; i < ret_list->count && sorted; i++)
		sorted = compare_entries(&ret_list->items[i - 1], &ret_list->items[i]) < 0;
	if (!sorted)
		qsort(ret_list->items, ret_list->count, sizeof(*ret_list->items), compare_entries);
	settle_rivals(ret_list);
}

void advisory_entry_list_release(struct advisory_entry_list *list)
{
	array_release(list);
	free(list->rivals);
	free(list->strange);
	memset(list, 0, sizeof(*list));
}

char *advisory_entry_place(const struct advisory_entry *entry)
{
	const char *path = any_file(entry)->path;
	size_t directory = (size_t)(strrchr(path, '/') - path);

	return string_format("%.*s/%s", (int)directory, path, entry->name);
}
