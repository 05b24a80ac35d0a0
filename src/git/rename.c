/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/rename.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/tree-entry.h"

enum {
	CHUNK_BYTES = 64,	   /* where a line is cut */
	BASENAME_MINIMUM = 45000,  /* half way between the minimum and the maximum */
	CANDIDATES_PER_TARGET = 4, /* remembered of each destination */
	IDENTICAL_LIMIT = 100,	   /* sources of one content that are looked at */
	BINARY_BYTES = 8000,
	PAIR_LIMIT = 7000 /* squared: more pairs are not compared, as in git */
};

/* ---- similarity ---- */

struct chunk {
	uint64_t hash;
	uint32_t bytes;
};

struct chunks {
	struct chunk *items;
	size_t count;
	size_t capacity;
};

static int compare_chunks(const void *a, const void *b)
{
	const struct chunk *left = a, *right = b;

	return left->hash < right->hash ? -1 : left->hash > right->hash;
}

/*
 * The chunks of a file, those of one content summed up. CR before LF is left out of
 * text; the bytes after the last newline are no chunk (git before 2.44).
 */
static void chunks_read(struct chunks *chunks, const char *data, size_t length)
{
	size_t looked_at = length < BINARY_BYTES ? length : BINARY_BYTES;
	bool text = !looked_at || !memchr(data, '\0', looked_at);
	uint64_t hash = 0;
	uint32_t bytes = 0;
	size_t kept = 0;

	for (size_t at = 0; at < length; at++) {
		unsigned char byte = data[at];

		if (text && byte == '\r' && at + 1 < length && data[at + 1] == '\n')
			continue;
		hash = (hash + byte + 1) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
		if (++bytes < CHUNK_BYTES && byte != '\n')
			continue;
		array_push(chunks, ((struct chunk){ hash, bytes }));
		hash = 0;
		bytes = 0;
	}
	if (!chunks->count)
		return;
	qsort(chunks->items, chunks->count, sizeof(*chunks->items), compare_chunks);
	for (size_t i = 1; i < chunks->count; i++) {
		if (chunks->items[i].hash == chunks->items[kept].hash)
			chunks->items[kept].bytes += chunks->items[i].bytes;
		else
			chunks->items[++kept] = chunks->items[i];
	}
	chunks->count = kept + 1;
}

static uint64_t common_bytes(const struct chunks *a, const struct chunks *b)
{
	uint64_t common = 0;
	size_t i = 0, j = 0;

	while (i < a->count && j < b->count) {
		const struct chunk *left = &a->items[i], *right = &b->items[j];

		if (left->hash == right->hash)
			common += left->bytes < right->bytes ? left->bytes : right->bytes;
		if (left->hash <= right->hash)
			i++;
		if (left->hash >= right->hash)
			j++;
	}
	return common;
}

static bool sizes_allow(size_t a, size_t b)
{
	uint64_t larger = a > b ? a : b, smaller = a > b ? b : a;

	return larger * (RENAME_SCORE_MAX - RENAME_SCORE_MINIMUM) >=
	       (larger - smaller) * RENAME_SCORE_MAX;
}

static int score(const struct chunks *a, size_t a_length, const struct chunks *b, size_t b_length)
{
	uint64_t larger = a_length > b_length ? a_length : b_length;

	if (!a_length || !b_length || !sizes_allow(a_length, b_length))
		return 0;
	return common_bytes(a, b) * RENAME_SCORE_MAX / larger;
}

int rename_similarity(const char *a, size_t a_length, const char *b, size_t b_length)
{
	struct chunks left = ARRAY_INIT, right = ARRAY_INIT;
	int result;

	chunks_read(&left, a, a_length);
	chunks_read(&right, b, b_length);
	result = score(&left, a_length, &right, b_length);
	array_release(&left);
	array_release(&right);
	return result;
}

/* ---- the files ---- */

/* What was read of a file. */
struct content {
	enum {
		CONTENT_UNKNOWN,
		CONTENT_SIZED,
		CONTENT_READ,
		CONTENT_MISSING
	} state;
	size_t length;
	struct chunks chunks;
};

struct detection {
	struct store *store;
	struct rename_file *sources, *destinations;
	size_t source_count, destination_count;
	struct content *source_contents, *destination_contents;
	struct error *err;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool same_base_name(const struct rename_file *a, const struct rename_file *b)
{
	return !strcmp(base_name(a->path), base_name(b->path));
}

static int content_size(struct content *content, struct detection *detection,
			const struct rename_file *file, bool needed)
{
	struct error inner = ERROR_INIT;
	int result;

	if (content->state != CONTENT_UNKNOWN)
		return 0;
	result = store_size(&content->length, detection->store, &file->id, &inner);
	if (!result)
		content->state = CONTENT_SIZED;
	else if (result == ERROR_NOT_FOUND && !needed)
		content->state = CONTENT_MISSING;
	else
		return error_set(detection->err, result,
				 "'%s': %s, and finding its new name needs it", file->path,
				 inner.message);
	return 0;
}

static int content_read(struct content *content, struct detection *detection,
			const struct rename_file *file)
{
	struct object object = OBJECT_INIT;
	int result;

	if (content->state != CONTENT_SIZED)
		return 0;
	result = store_read(&object, detection->store, &file->id, GIT_OBJECT_BLOB, detection->err);
	if (result)
		return result;
	chunks_read(&content->chunks, object.data, object.length);
	content->state = CONTENT_READ;
	object_release(&object);
	return 0;
}

/* How similar a source and a destination are; only as much is read as that takes. */
static int compare(int *ret_score, struct detection *detection, size_t source, size_t destination)
{
	const struct rename_file *from = &detection->sources[source];
	const struct rename_file *to = &detection->destinations[destination];
	struct content *old = &detection->source_contents[source];
	struct content *new = &detection->destination_contents[destination];
	int result;

	*ret_score = 0;
	if (!tree_mode_is_file(from->mode) || !tree_mode_is_file(to->mode))
		return 0;
	result = content_size(old, detection, from, true);
	if (!result)
		result = content_size(new, detection, to, false);
	if (result || new->state == CONTENT_MISSING || !old->length || !new->length ||
	    !sizes_allow(old->length, new->length))
		return result;
	result = content_read(old, detection, from);
	if (!result)
		result = content_read(new, detection, to);
	if (!result)
		*ret_score = score(&old->chunks, old->length, &new->chunks, new->length);
	return result;
}

static void join(struct detection *detection, size_t source, size_t destination)
{
	detection->sources[source].pair = destination;
	detection->destinations[destination].pair = source;
}

/* ---- the three steps ---- */

static bool is_empty_blob(const git_oid *id)
{
	return !strncmp(git_oid_tostr_s(id), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
			GIT_OID_HEXSZ);
}

static bool is_identical(const struct rename_file *from, const struct rename_file *to)
{
	return git_oid_equal(&from->id, &to->id) && !is_empty_blob(&from->id) &&
	       (from->mode == to->mode ||
		(tree_mode_is_file(from->mode) && tree_mode_is_file(to->mode)));
}

static void match_identical(struct detection *detection)
{
	for (size_t i = 0; i < detection->destination_count; i++) {
		const struct rename_file *to = &detection->destinations[i];
		size_t best = RENAME_NONE;
		unsigned seen = 0;

		for (size_t j = 0; j < detection->source_count && seen < IDENTICAL_LIMIT; j++) {
			const struct rename_file *from = &detection->sources[j];

			if (!is_identical(from, to))
				continue;
			seen++;
			if (from->pair != RENAME_NONE)
				continue;
			if (same_base_name(from, to)) {
				best = j;
				break;
			}
			if (best == RENAME_NONE)
				best = j;
		}
		if (best != RENAME_NONE)
			join(detection, best, i);
	}
}

static bool is_open(const struct rename_file *file)
{
	return file->relevant && file->pair == RENAME_NONE;
}

/* The one open file with this base name, RENAME_NONE where there is none or several. */
static size_t only_one(const struct rename_file *files, size_t count,
		       const struct rename_file *like)
{
	size_t found = RENAME_NONE;

	for (size_t i = 0; i < count; i++) {
		if (!is_open(&files[i]) || !same_base_name(&files[i], like))
			continue;
		if (found != RENAME_NONE)
			return RENAME_NONE;
		found = i;
	}
	return found;
}

static int match_base_names(struct detection *detection)
{
	bool *alone = memory_alloc(detection->source_count * sizeof(*alone));
	int result = 0, similarity;

	/* Which base names are unique is decided before the first pair is made. */
	for (size_t i = 0; i < detection->source_count; i++)
		alone[i] = is_open(&detection->sources[i]) &&
			   only_one(detection->sources, detection->source_count,
				    &detection->sources[i]) == i;
	for (size_t i = 0; i < detection->source_count && !result; i++) {
		size_t to;

		if (!alone[i])
			continue;
		to = only_one(detection->destinations, detection->destination_count,
			      &detection->sources[i]);
		if (to == RENAME_NONE)
			continue;
		result = compare(&similarity, detection, i, to);
		if (!result && similarity >= BASENAME_MINIMUM)
			join(detection, i, to);
	}
	free(alone);
	return result;
}

struct candidate {
	size_t source, destination;
	int score;
	bool base_name;
	size_t rank; /* in the order of comparing, which breaks ties */
};

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	return a->base_name && !b->base_name;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;

	if (is_better(left, right))
		return -1;
	if (is_better(right, left))
		return 1;
	return left->rank < right->rank ? -1 : left->rank > right->rank;
}

/* The best few sources of one destination, appended at `best`; returns how many. */
static int find_candidates(size_t *ret_count, struct candidate *best, struct detection *detection,
			   size_t destination)
{
	size_t count = 0;

	for (size_t i = 0; i < detection->source_count; i++) {
		struct candidate candidate = { i, destination, 0, false, 0 };
		size_t worst = 0;
		int result;

		if (!is_open(&detection->sources[i]))
			continue;
		result = compare(&candidate.score, detection, i, destination);
		if (result)
			return result;
		candidate.base_name = same_base_name(&detection->sources[i],
						     &detection->destinations[destination]);
		if (count < CANDIDATES_PER_TARGET) {
			best[count++] = candidate;
			continue;
		}
		for (size_t j = 1; j < count; j++)
			if (is_better(&best[worst], &best[j]))
				worst = j;
		if (is_better(&candidate, &best[worst]))
			best[worst] = candidate;
	}
	*ret_count = count;
	return 0;
}

static int match_similar(struct detection *detection)
{
	struct candidate *candidates;
	size_t count = 0, open_sources = 0, open_destinations = 0;
	int result = 0;

	for (size_t i = 0; i < detection->source_count; i++)
		open_sources += is_open(&detection->sources[i]);
	for (size_t i = 0; i < detection->destination_count; i++)
		open_destinations += is_open(&detection->destinations[i]);
	if (!open_sources || !open_destinations ||
	    open_sources * open_destinations > (size_t)PAIR_LIMIT * PAIR_LIMIT)
		return 0;
	candidates = memory_resize(NULL, open_destinations * CANDIDATES_PER_TARGET,
				   sizeof(*candidates));
	for (size_t i = 0; i < detection->destination_count && !result; i++) {
		size_t added = 0;

		if (!is_open(&detection->destinations[i]))
			continue;
		result = find_candidates(&added, candidates + count, detection, i);
		count += added;
	}
	for (size_t i = 0; i < count; i++)
		candidates[i].rank = i;
	if (count)
		qsort(candidates, count, sizeof(*candidates), compare_candidates);
	for (size_t i = 0; i < count && !result; i++) {
		const struct candidate *candidate = &candidates[i];

		if (candidate->score < RENAME_SCORE_MINIMUM)
			break;
		if (detection->destinations[candidate->destination].pair == RENAME_NONE &&
		    detection->sources[candidate->source].pair == RENAME_NONE)
			join(detection, candidate->source, candidate->destination);
	}
	free(candidates);
	return result;
}

static void contents_release(struct content *contents, size_t count)
{
	for (size_t i = 0; i < count; i++)
		array_release(&contents[i].chunks);
	free(contents);
}

int rename_detect(struct store *store, struct rename_file *sources, size_t source_count,
		  struct rename_file *destinations, size_t destination_count, struct error *err)
{
	struct detection detection = { store, sources, destinations, source_count,
				       destination_count };
	int result;

	detection.err = err;
	for (size_t i = 0; i < source_count; i++)
		sources[i].pair = RENAME_NONE;
	for (size_t i = 0; i < destination_count; i++) {
		destinations[i].pair = RENAME_NONE;
		destinations[i].relevant = true;
	}
	if (!source_count || !destination_count)
		return 0;
	detection.source_contents = memory_alloc(source_count * sizeof(struct content));
	detection.destination_contents = memory_alloc(destination_count * sizeof(struct content));
	match_identical(&detection);
	result = match_base_names(&detection);
	if (!result)
		result = match_similar(&detection);
	contents_release(detection.source_contents, source_count);
	contents_release(detection.destination_contents, destination_count);
	return result;
}
