/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/release.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "history/makefile.h"

static bool take_number(int *ret_number, const char **at)
{
	size_t digits = strspn(*at, "0123456789");

	if (!digits || digits > 5)
		return false;
	*ret_number = (int)strtol(*at, NULL, 10);
	*at += digits;
	return true;
}

bool release_name_parse(struct release_name *ret_name, const char *name)
{
	memset(ret_name, 0, sizeof(*ret_name));
	if (*name++ != 'v' || !take_number(&ret_name->major, &name) || *name++ != '.' ||
	    !take_number(&ret_name->minor, &name))
		return false;
	if (*name == '.') {
		name++;
		if (!take_number(&ret_name->sublevel, &name))
			return false;
	}
	if (!strncmp(name, "-rc", 3)) {
		name += 3;
		if (!take_number(&ret_name->candidate, &name) || !ret_name->candidate)
			return false;
	}
	return !*name;
}

/* The series of that X.Y that holds the commit or starts at it; 0: mainline's own. */
static const char find_series_sql[] =
	"SELECT s.series FROM series s WHERE s.major = ?1 AND s.minor = ?2 AND (s.first = ?3 OR"
	" EXISTS(SELECT 1 FROM member m WHERE m.number = ?3 AND m.series = s.series))"
	" ORDER BY s.series LIMIT 1";

static const char insert_sql[] =
	"INSERT OR IGNORE INTO release(name, series, number, major, minor, sublevel, candidate,"
	" source) VALUES(?, ?, ?, ?, ?, ?, ?, ?)";

static int store_release(struct statement *insert, const char *name, int64_t series,
			 uint32_t number, const struct release_name *version, const char *source,
			 struct error *err)
{
	statement_bind_text(insert, 1, name);
	statement_bind_int(insert, 2, series);
	statement_bind_int(insert, 3, number);
	statement_bind_int(insert, 4, version->major);
	statement_bind_int(insert, 5, version->minor);
	statement_bind_int(insert, 6, version->sublevel);
	statement_bind_int(insert, 7, version->candidate);
	statement_bind_text(insert, 8, source);
	return statement_run(insert, err);
}

static int store_tags(struct scan *scan, const struct source_refs *refs, struct statement *insert,
		      struct error *err)
{
	struct release_name version;
	struct statement find;
	const char *name;
	uint32_t number;
	int64_t series;
	int error, step;

	error = statement_init(&find, scan->index, find_series_sql, err);
	for (size_t i = 0; i < refs->count && !error; i++) {
		name = refs->items[i].name;
		if (strncmp(name, "refs/tags/", 10) || !release_name_parse(&version, name + 10) ||
		    !id_map_find(&number, &scan->numbers, &refs->items[i].peeled))
			continue;
		statement_bind_int(&find, 1, version.major);
		statement_bind_int(&find, 2, version.minor);
		statement_bind_int(&find, 3, number);
		step = statement_step(&find, err);
		series = step > 0 ? statement_int(&find, 0) : 0;
		statement_reset(&find);
		if (step < 0) {
			error = step;
			break;
		}
		/* A release of a series that the branch does not hold is nobody's. */
		if (!series && version.sublevel)
			continue;
		error = store_release(insert, name + 10, series, number, &version, "tag", err);
	}
	statement_release(&find);
	return error;
}

struct candidate {
	uint32_t number;
	git_oid tree;
	struct release_name version;
	bool reverted;
};

typedef ARRAY(struct candidate) candidate_list;

/* `Revert "Linux X.Y.Z"` takes back the candidates of that version seen so far. */
static void note_revert(candidate_list *candidates, const char *words)
{
	struct release_name version;
	char name[64];

	if (strncmp(words, "Linux ", 6) || strlen(words) > 40)
		return;
	snprintf(name, sizeof(name), "v%s", words + 6);
	if (!release_name_parse(&version, name))
		return;
	for (size_t i = 0; i < candidates->count; i++)
		if (!memcmp(&candidates->items[i].version, &version, sizeof(version)))
			candidates->items[i].reverted = true;
}

static int find_candidates(candidate_list *ret_candidates, struct scan *scan, int64_t series,
			   struct error *err)
{
	struct statement select;
	struct candidate *candidate;
	const char *version;
	char name[64];
	int error, step;

	error = statement_init(
		&select, scan->index,
		"SELECT c.number, c.tree, c.version, r.words, s.major, s.minor FROM member m"
		" JOIN commits c ON c.number = m.number JOIN series s ON s.series = m.series"
		" LEFT JOIN reference r ON r.number = c.number AND r.words LIKE 'Linux %'"
		" AND r.target = '' AND (c.mark >> 8) = 1"
		" WHERE m.series = ? AND (c.version IS NOT NULL OR r.words IS NOT NULL)"
		" ORDER BY m.position",
		err);
	if (error)
		return error;
	statement_bind_int(&select, 1, series);
	while ((step = statement_step(&select, err)) > 0) {
		version = statement_text(&select, 2);
		if (!version) {
			note_revert(ret_candidates, statement_text(&select, 3));
			continue;
		}
		candidate = array_add(ret_candidates);
		candidate->number = (uint32_t)statement_int(&select, 0);
		statement_id(&candidate->tree, &select, 1);
		snprintf(name, sizeof(name), "v%s", version);
		if (!release_name_parse(&candidate->version, name) ||
		    candidate->version.major != statement_int(&select, 4) ||
		    candidate->version.minor != statement_int(&select, 5))
			candidate->reverted = true;
	}
	statement_release(&select);
	return step;
}

/* Whether the Makefile agrees; one that is missing or says nothing does not. */
static bool has_sublevel(struct scan *scan, const struct candidate *candidate)
{
	struct makefile_version version;
	struct buffer text = BUFFER_INIT;
	bool same;

	same = !makefile_read(&text, scan->odb, &candidate->tree, NULL) &&
	       makefile_parse(&version, text.data, text.length) &&
	       version.sublevel == candidate->version.sublevel;
	buffer_release(&text);
	return same;
}

static int store_subjects(struct scan *scan, int64_t series, struct statement *insert,
			  struct error *err)
{
	candidate_list candidates = ARRAY_INIT;
	struct candidate *candidate;
	struct statement find;
	char name[64];
	int error, step;

	error = find_candidates(&candidates, scan, series, err);
	if (!error)
		error = statement_init(&find, scan->index, "SELECT 1 FROM release WHERE name = ?",
				       err);
	/* From the end: the last one counts, and only where there is no tag. */
	for (size_t i = candidates.count; i-- > 0 && !error;) {
		candidate = &candidates.items[i];
		if (candidate->reverted)
			continue;
		snprintf(name, sizeof(name), "v%d.%d.%d", candidate->version.major,
			 candidate->version.minor, candidate->version.sublevel);
		statement_bind_text(&find, 1, name);
		step = statement_step(&find, err);
		statement_reset(&find);
		if (step < 0)
			error = step;
		else if (!step && has_sublevel(scan, candidate))
			error = store_release(insert, name, series, candidate->number,
					      &candidate->version, "subject", err);
	}
	statement_release(&find);
	array_release(&candidates);
	return error;
}

/* What `holders` has for a member that no release holds, as far as is known. */
#define NO_HOLDER UINT32_MAX

/* Everything that a release holds and no earlier one does; not beyond the series. */
static void mark_held(uint32_t *holders, const struct topology *topology, uint32_t release)
{
	ARRAY(uint32_t) stack = ARRAY_INIT;
	const uint32_t *parents;
	uint32_t number;

	array_push(&stack, release);
	while (stack.count) {
		number = stack.items[--stack.count];
		if (holders[number] != NO_HOLDER)
			continue;
		holders[number] = release;
		parents = topology->parents + topology->first_parent[number];
		for (uint32_t i = 0; i + 1 < topology->parent_count[number]; i++)
			if (parents[i] < topology->count)
				array_push(&stack, parents[i]);
	}
	array_release(&stack);
}

struct held_member {
	uint32_t number, release;
};

typedef ARRAY(struct held_member) held_list;

static int load_held(held_list *ret_members, struct scan *scan, int64_t series, struct error *err)
{
	struct held_member *member;
	struct statement select;
	int step = statement_init(&select, scan->index,
				  "SELECT number, release FROM member WHERE series = ?"
				  " ORDER BY position",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, series);
	while ((step = statement_step(&select, err)) > 0) {
		member = array_add(ret_members);
		member->number = (uint32_t)statement_int(&select, 0);
		member->release = (uint32_t)statement_int(&select, 1);
	}
	statement_release(&select);
	return step;
}

static int mark_releases(uint32_t *holders, struct scan *scan, int64_t series, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, scan->index,
				  "SELECT number FROM release WHERE series = ?"
				  " ORDER BY sublevel, candidate = 0, candidate",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, series);
	while ((step = statement_step(&select, err)) > 0)
		mark_held(holders, &scan->topology, (uint32_t)statement_int(&select, 0));
	statement_release(&select);
	return step;
}

static int store_held(struct scan *scan, int64_t series, struct error *err)
{
	uint32_t *holders = memory_alloc(scan->topology.count * sizeof(*holders));
	held_list members = ARRAY_INIT;
	struct statement update;
	uint32_t release;
	int error;

	error = statement_init(&update, scan->index,
			       "UPDATE member SET release = ? WHERE series = ? AND position = ?",
			       err);
	if (!error)
		error = load_held(&members, scan, series, err);
	for (size_t i = 0; i < members.count; i++)
		holders[members.items[i].number] = NO_HOLDER;
	if (!error)
		error = mark_releases(holders, scan, series, err);
	for (size_t i = 0; i < members.count && !error; i++) {
		release = holders[members.items[i].number];
		if (release == NO_HOLDER)
			release = 0;
		if (release == members.items[i].release)
			continue;
		statement_bind_int(&update, 1, release);
		statement_bind_int(&update, 2, series);
		statement_bind_int(&update, 3, (int64_t)i);
		error = statement_run(&update, err);
	}
	statement_release(&update);
	array_release(&members);
	free(holders);
	return error;
}

int release_find_all(struct scan *scan, const struct source_refs *refs, struct error *err)
{
	struct statement insert, list;
	int error, step;

	error = index_run(scan->index, "DELETE FROM release", err);
	if (!error)
		error = statement_init(&insert, scan->index, insert_sql, err);
	if (error)
		return error;
	error = store_tags(scan, refs, &insert, err);
	if (!error)
		error = statement_init(&list, scan->index,
				       "SELECT series FROM series ORDER BY series", err);
	while (!error && (step = statement_step(&list, err)) != 0) {
		error = step < 0 ? step
				 : store_subjects(scan, statement_int(&list, 0), &insert, err);
		if (!error)
			error = store_held(scan, statement_int(&list, 0), err);
	}
	statement_release(&list);
	statement_release(&insert);
	return error;
}
