/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/log-walk.h"

#include <stdlib.h>
#include <string.h>

struct log_walk {
	struct index *index;
	const struct commit_range *range;
	const struct log_request *request;
	struct series_match_list matches;
	unsigned char *wanted; /* by number, of what changes the paths; NULL: all */
	size_t wanted_count;
	struct statement references;
	size_t taken, given; /* of the range; to the caller */
	struct log_entry entry;
};

static void clear_entry(struct log_entry *entry)
{
	commit_facts_release(&entry->facts);
	commit_place_list_release(&entry->places);
	for (size_t i = 0; i < entry->reference_count; i++) {
		free(entry->references[i].target);
		free(entry->references[i].words);
	}
	entry->reference_count = 0;
}

void log_walk_close(struct log_walk *walk)
{
	if (!walk)
		return;
	clear_entry(&walk->entry);
	free(walk->entry.references);
	statement_release(&walk->references);
	series_match_list_release(&walk->matches);
	free(walk->wanted);
	free(walk);
}

/* A path, or everything below it: '0' follows '/'. */
static int want_path(struct log_walk *walk, const char *path, struct error *err)
{
	size_t length = strlen(path);
	struct statement select;
	char *clean;
	int step;

	while (length && path[length - 1] == '/')
		length--;
	clean = string_copy_length(path, length);
	step = statement_init(&select, walk->index,
			      "SELECT c.number FROM path p CROSS JOIN change c ON c.path = p.path"
			      " WHERE p.name = ?1 OR (p.name >= ?1 || '/' AND p.name < ?1 || '0')",
			      err);
	if (!step)
		statement_bind_text(&select, 1, clean);
	while (!step && (step = statement_step(&select, err)) > 0) {
		if ((size_t)statement_int(&select, 0) < walk->wanted_count)
			walk->wanted[statement_int(&select, 0)] = 1;
		step = 0;
	}
	statement_release(&select);
	free(clean);
	return step;
}

static int find_wanted(struct log_walk *walk, struct error *err)
{
	int error = 0;

	for (size_t i = 0; i < walk->range->count; i++)
		if (walk->range->numbers[i] >= walk->wanted_count)
			walk->wanted_count = (size_t)walk->range->numbers[i] + 1;
	walk->wanted = memory_alloc(walk->wanted_count + 1);
	for (size_t i = 0; i < walk->request->path_count && !error; i++)
		error = want_path(walk, walk->request->paths[i], err);
	return error;
}

int log_walk_open(struct log_walk **ret_walk, struct workspace *workspace,
		  const struct commit_range *range, const struct advisory_set *advisories,
		  const struct log_request *request, struct error *err)
{
	struct log_walk *walk = memory_alloc(sizeof(*walk));
	int error;

	walk->index = &workspace->index;
	walk->range = range;
	walk->request = request;
	error = statement_init(&walk->references, walk->index,
			       "SELECT kind, target, words FROM reference WHERE number = ?"
			       " ORDER BY sequence",
			       err);
	if (!error && range->series)
		error = series_match_find(&walk->matches, walk->index, range->series->series,
					  advisories, err);
	if (!error && request->path_count)
		error = find_wanted(walk, err);
	if (error)
		log_walk_close(walk);
	else
		*ret_walk = walk;
	return error;
}

static int read_references(struct log_walk *walk, uint32_t number, struct error *err)
{
	struct log_entry *entry = &walk->entry;
	struct log_reference *reference;
	int step;

	statement_bind_int(&walk->references, 1, number);
	while ((step = statement_step(&walk->references, err)) > 0) {
		entry->references = array_reserve_raw(entry->references, &entry->reference_capacity,
						      entry->reference_count + 1,
						      sizeof(*entry->references));
		reference = &entry->references[entry->reference_count++];
		reference->kind = (enum reference_kind)statement_int(&walk->references, 0);
		reference->target = string_copy(statement_text(&walk->references, 1));
		reference->words = string_copy(statement_text(&walk->references, 2));
	}
	statement_reset(&walk->references);
	return step;
}

static int read_entry(struct log_walk *walk, uint32_t number, struct error *err)
{
	struct log_entry *entry = &walk->entry;
	int error = commit_facts_by_number(&entry->facts, walk->index, number, err);

	if (!error)
		error = commit_places(&entry->places, walk->index, number, err);
	if (!error)
		error = read_references(walk, number, err);
	entry->matches = series_match_of(&walk->matches, number, &entry->match_count);
	return error;
}

static bool is_wanted(const struct log_walk *walk, uint32_t number)
{
	size_t count;

	if (walk->wanted && !walk->wanted[number])
		return false;
	return !walk->request->with_advisory || series_match_of(&walk->matches, number, &count);
}

int log_walk_next(const struct log_entry **ret_entry, struct log_walk *walk, struct error *err)
{
	const struct commit_range *range = walk->range;
	uint32_t number;
	size_t place;
	int error;

	clear_entry(&walk->entry);
	while (walk->taken < range->count &&
	       !(walk->request->limit && walk->given == walk->request->limit)) {
		place = walk->request->reverse ? walk->taken : range->count - 1 - walk->taken;
		number = range->numbers[place];
		walk->taken++;
		if (!is_wanted(walk, number))
			continue;
		walk->given++;
		error = read_entry(walk, number, err);
		walk->entry.place = place;
		*ret_entry = &walk->entry;
		return error ? error : 1;
	}
	return 0;
}
