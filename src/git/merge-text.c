/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "git/diff.h"
#include "git/merge.h"

enum {
	BINARY_BYTES = 8000, /* where git looks for a NUL */
	TEXT_LIMIT = 1023 << 20,
	BLOCK = 1024 /* bytes compared at a time */
};

/* A file in lines; line i is the bytes starts[i] .. starts[i+1], its newline included. */
struct file {
	const char *data;
	uint32_t length;
	uint32_t *starts;
	uint32_t *classes; /* equal lines, equal numbers */
	uint32_t count;
};

/* The numbers given to lines so far. */
struct classes {
	struct class
	{
		uint64_t hash;
		const char *line;
		uint32_t length;
	} * items;
	uint32_t count;
	uint32_t *slots; /* class + 1; 0 = free */
	size_t slot_count;
};

/* ---- lines and their numbers ---- */

static void file_split(struct file *file, const struct merge_text *text)
{
	const char *at = text->data, *end = at + text->length;
	size_t capacity = 0;

	memset(file, 0, sizeof(*file));
	file->data = text->data;
	file->length = text->length;
	while (at < end) {
		const char *newline = memchr(at, '\n', end - at);

		file->starts = array_reserve_raw(file->starts, &capacity, file->count + 2,
						 sizeof(*file->starts));
		file->starts[file->count++] = at - text->data;
		at = newline ? newline + 1 : end;
	}
	if (!file->starts)
		file->starts = memory_alloc(sizeof(*file->starts));
	file->starts[file->count] = text->length;
	file->classes = memory_resize(NULL, file->count, sizeof(*file->classes));
}

static void file_release(struct file *file)
{
	free(file->starts);
	free(file->classes);
}

static uint64_t hash_line(const char *line, size_t length)
{
	uint64_t hash = length * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t word;

	for (; length >= 8; line += 8, length -= 8) {
		memcpy(&word, line, 8);
		hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	word = 0;
	if (length)
		memcpy(&word, line, length);
	hash = (hash ^ word) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 29;
}

static void classes_init(struct classes *classes, size_t lines)
{
	classes->count = 0;
	classes->items = memory_resize(NULL, lines, sizeof(*classes->items));
	classes->slot_count = 64;
	while (classes->slot_count < 2 * lines)
		classes->slot_count *= 2;
	classes->slots = memory_alloc(classes->slot_count * sizeof(*classes->slots));
}

static void classes_release(struct classes *classes)
{
	free(classes->items);
	free(classes->slots);
}

static uint32_t class_of(struct classes *classes, const char *line, uint32_t length)
{
	uint64_t hash = hash_line(line, length);
	size_t slot = hash & (classes->slot_count - 1);
	struct class *class;

	for (; classes->slots[slot]; slot = (slot + 1) & (classes->slot_count - 1)) {
		class = &classes->items[classes->slots[slot] - 1];
		if (class->hash == hash && class->length == length &&
		    !memcmp(class->line, line, length))
			return classes->slots[slot] - 1;
	}
	class = &classes->items[classes->count++];
	class->hash = hash;
	class->line = line;
	class->length = length;
	classes->slots[slot] = classes->count;
	return classes->count - 1;
}

static uint32_t common_prefix(const struct file *a, const struct file *b)
{
	uint32_t limit = a->length < b->length ? a->length : b->length;
	uint32_t at = 0;

	while (limit - at >= BLOCK && !memcmp(a->data + at, b->data + at, BLOCK))
		at += BLOCK;
	while (at < limit && a->data[at] == b->data[at])
		at++;
	return at;
}

static uint32_t common_suffix(const struct file *a, const struct file *b)
{
	const char *a_end = a->data + a->length, *b_end = b->data + b->length;
	uint32_t limit = a->length < b->length ? a->length : b->length;
	uint32_t have = 0;

	while (limit - have >= BLOCK && !memcmp(a_end - have - BLOCK, b_end - have - BLOCK, BLOCK))
		have += BLOCK;
	while (have < limit && a_end[-1 - (ptrdiff_t)have] == b_end[-1 - (ptrdiff_t)have])
		have++;
	return have;
}

/* Numbers the lines; what `like` has in common at both ends need not be hashed. */
static void classify(struct classes *classes, struct file *file, const struct file *like)
{
	uint32_t prefix, suffix;
	uint32_t first = 0, last = file->count, like_last = 0;

	if (like) {
		prefix = common_prefix(file, like);
		while (first < file->count && first < like->count &&
		       file->starts[first + 1] <= prefix &&
		       file->starts[first + 1] == like->starts[first + 1]) {
			file->classes[first] = like->classes[first];
			first++;
		}
		/* Strictly inside the suffix: the newline before the line is common, too. */
		suffix = common_suffix(file, like);
		like_last = like->count;
		while (last > first && like_last > first &&
		       file->starts[last - 1] > file->length - suffix)
			file->classes[--last] = like->classes[--like_last];
	}
	for (uint32_t at = first; at < last; at++)
		file->classes[at] = class_of(classes, file->data + file->starts[at],
					     file->starts[at + 1] - file->starts[at]);
}

/* ---- the two sets of hunks ---- */

enum origin {
	FROM_BOTH, /* a conflict unless the texts are the same */
	FROM_OURS,
	FROM_THEIRS
};

/* A place where the result is not simply what all three have. */
struct place {
	enum origin origin;
	int64_t ours_start, ours_count; /* lines */
	int64_t theirs_start, theirs_count;
};

struct places {
	struct place *items;
	size_t count;
	size_t capacity;
};

/* What touches the place before it becomes one with it: adjacent changes conflict. */
static void add_place(struct places *places, enum origin origin, int64_t ours_start,
		      int64_t ours_count, int64_t theirs_start, int64_t theirs_count)
{
	struct place *last = places->count ? array_last(places) : NULL;

	if (last && (ours_start <= last->ours_start + last->ours_count ||
		     theirs_start <= last->theirs_start + last->theirs_count)) {
		if (last->origin != origin)
			last->origin = FROM_BOTH;
		last->ours_count = ours_start + ours_count - last->ours_start;
		last->theirs_count = theirs_start + theirs_count - last->theirs_start;
	} else {
		last = array_add(places);
		last->origin = origin;
		last->ours_start = ours_start;
		last->ours_count = ours_count;
		last->theirs_start = theirs_start;
		last->theirs_count = theirs_count;
	}
}

static bool same_lines(const struct file *ours, int64_t ours_start, const struct file *theirs,
		       int64_t theirs_start, int64_t count)
{
	return !count || !memcmp(ours->classes + ours_start, theirs->classes + theirs_start,
				 count * sizeof(*ours->classes));
}

static bool same_hunk(const struct file *ours, const struct diff_hunk *a, const struct file *theirs,
		      const struct diff_hunk *b)
{
	return a->old_start == b->old_start && a->old_count == b->old_count &&
	       a->new_count == b->new_count &&
	       same_lines(ours, a->new_start, theirs, b->new_start, a->new_count);
}

/* Two hunks that meet: the place spans both, on both sides. */
static void add_meeting(struct places *places, const struct diff_hunk *a, const struct diff_hunk *b)
{
	int64_t a_end = (int64_t)a->old_start + a->old_count;
	int64_t b_end = (int64_t)b->old_start + b->old_count;
	int64_t start = a->old_start < b->old_start ? a->old_start : b->old_start;
	int64_t end = a_end > b_end ? a_end : b_end;
	int64_t ours_start = (int64_t)a->new_start - (a->old_start - start);
	int64_t theirs_start = (int64_t)b->new_start - (b->old_start - start);
	int64_t ours_end = (int64_t)a->new_start + a->new_count + (end - a_end);
	int64_t theirs_end = (int64_t)b->new_start + b->new_count + (end - b_end);

	add_place(places, FROM_BOTH, ours_start, ours_end - ours_start, theirs_start,
		  theirs_end - theirs_start);
}

static void find_places(struct places *places, const struct file *base, const struct file *ours,
			const struct diff_hunks *our_hunks, const struct file *theirs,
			const struct diff_hunks *their_hunks)
{
	const struct diff_hunk *a = our_hunks->items, *a_end = a + our_hunks->count;
	const struct diff_hunk *b = their_hunks->items, *b_end = b + their_hunks->count;
	/* How far lines lie apart after the last hunk of a side. */
	int64_t ours_shift = (int64_t)ours->count - base->count;
	int64_t theirs_shift = (int64_t)theirs->count - base->count;

	while (a < a_end || b < b_end) {
		bool a_first = b == b_end ||
			       (a < a_end && a->old_start + a->old_count < b->old_start);
		bool b_first = a == a_end ||
			       (b < b_end && b->old_start + b->old_count < a->old_start);

		if (a_first) {
			int64_t shift = b == b_end ? theirs_shift
						   : (int64_t)b->new_start - b->old_start;

			add_place(places, FROM_OURS, a->new_start, a->new_count,
				  a->old_start + shift, a->old_count);
			a++;
		} else if (b_first) {
			int64_t shift = a == a_end ? ours_shift
						   : (int64_t)a->new_start - a->old_start;

			add_place(places, FROM_THEIRS, b->old_start + shift, b->old_count,
				  b->new_start, b->new_count);
			b++;
		} else {
			uint32_t a_last = a->old_start + a->old_count;
			uint32_t b_last = b->old_start + b->old_count;

			if (!same_hunk(ours, a, theirs, b))
				add_meeting(places, a, b);
			if (a_last >= b_last)
				b++;
			if (b_last >= a_last)
				a++;
		}
	}
}

/* ---- the result ---- */

static bool is_conflict(const struct place *place, const struct file *ours,
			const struct file *theirs)
{
	if (place->origin != FROM_BOTH)
		return false;
	/* A side that is empty here is not the same as the other even if that is, too. */
	return !place->ours_count || place->ours_count != place->theirs_count ||
	       !same_lines(ours, place->ours_start, theirs, place->theirs_start, place->ours_count);
}

static void add_lines(struct buffer *merged, const struct file *file, int64_t start, int64_t end)
{
	if (end > start)
		buffer_add(merged, file->data + file->starts[start],
			   file->starts[end] - file->starts[start]);
}

static enum merge_result write_result(struct buffer *merged, const struct places *places,
				      const struct file *ours, const struct file *theirs)
{
	int64_t done = 0;

	for (size_t i = 0; i < places->count; i++)
		if (is_conflict(&places->items[i], ours, theirs))
			return MERGE_CONFLICT;
	buffer_reserve(merged, (size_t)ours->length + theirs->length / 4);
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->items[i];

		if (place->origin != FROM_THEIRS)
			continue;
		add_lines(merged, ours, done, place->ours_start);
		add_lines(merged, theirs, place->theirs_start,
			  place->theirs_start + place->theirs_count);
		done = place->ours_start + place->ours_count;
	}
	add_lines(merged, ours, done, ours->count);
	return MERGE_CLEAN;
}

static bool is_mergeable(const struct merge_text *text)
{
	size_t looked_at = text->length < BINARY_BYTES ? text->length : BINARY_BYTES;

	return text->length <= TEXT_LIMIT && !(looked_at && memchr(text->data, '\0', looked_at));
}

static enum merge_result merge_files(struct buffer *merged, const struct file *base,
				     const struct file *ours, const struct file *theirs,
				     uint32_t classes)
{
	struct diff_lines base_lines = { base->classes, base->count };
	struct diff_lines our_lines = { ours->classes, ours->count };
	struct diff_lines their_lines = { theirs->classes, theirs->count };
	struct diff_hunks our_hunks = ARRAY_INIT, their_hunks = ARRAY_INIT;
	struct places places = ARRAY_INIT;
	enum merge_result result = MERGE_CLEAN;

	diff_lines(&our_hunks, &base_lines, &our_lines, classes);
	diff_lines(&their_hunks, &base_lines, &their_lines, classes);
	if (!our_hunks.count) {
		add_lines(merged, theirs, 0, theirs->count);
	} else if (!their_hunks.count) {
		add_lines(merged, ours, 0, ours->count);
	} else {
		find_places(&places, base, ours, &our_hunks, theirs, &their_hunks);
		result = write_result(merged, &places, ours, theirs);
	}
	array_release(&places);
	array_release(&our_hunks);
	array_release(&their_hunks);
	return result;
}

enum merge_result merge_texts(struct buffer *ret_merged, const struct merge_text *base,
			      const struct merge_text *ours, const struct merge_text *theirs)
{
	struct file base_file, our_file, their_file;
	struct classes classes;
	enum merge_result result;

	if (!is_mergeable(base) || !is_mergeable(ours) || !is_mergeable(theirs))
		return MERGE_CONFLICT;
	file_split(&base_file, base);
	file_split(&our_file, ours);
	file_split(&their_file, theirs);
	classes_init(&classes, (size_t)base_file.count + our_file.count + their_file.count);
	classify(&classes, &base_file, NULL);
	classify(&classes, &our_file, &base_file);
	classify(&classes, &their_file, &base_file);
	result = merge_files(ret_merged, &base_file, &our_file, &their_file, classes.count);
	classes_release(&classes);
	file_release(&base_file);
	file_release(&our_file);
	file_release(&their_file);
	return result;
}

bool text_hunks(struct diff_hunks *ret_hunks, const struct merge_text *old_text,
		const struct merge_text *new_text)
{
	struct file old_file, new_file;
	struct diff_lines old_lines, new_lines;
	struct classes classes;

	if (!is_mergeable(old_text) || !is_mergeable(new_text))
		return false;
	file_split(&old_file, old_text);
	file_split(&new_file, new_text);
	classes_init(&classes, (size_t)old_file.count + new_file.count);
	classify(&classes, &old_file, NULL);
	classify(&classes, &new_file, &old_file);
	old_lines = (struct diff_lines){ old_file.classes, old_file.count };
	new_lines = (struct diff_lines){ new_file.classes, new_file.count };
	diff_lines(ret_hunks, &old_lines, &new_lines, classes.count);
	classes_release(&classes);
	file_release(&old_file);
	file_release(&new_file);
	return true;
}
