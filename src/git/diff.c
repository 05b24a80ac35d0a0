/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/diff.h"

#include <git2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum {
	RARE_LIMIT = 64, /* occurrences above which a line is no anchor */
};

#define NO_LINE UINT32_MAX

/* One file. `changed` has an unchanged line before and after: index -1 is allowed. */
struct side {
	const uint32_t *lines;
	uint32_t count;
	unsigned char *changed;
	unsigned char *storage;
};

struct region {
	uint32_t old_start, old_end;
	uint32_t new_start, new_end;
};

struct histogram {
	struct side old, new;
	/* Of the old lines of the region at hand, by class and by line. */
	uint32_t *occurrences;
	uint32_t *first;
	uint32_t *next;
	ARRAY(struct region) todo;
};

/* ---- finding what is common ---- */

enum anchor {
	ANCHOR_NONE,
	ANCHOR_FOUND,
	ANCHOR_TOO_COMMON
};

static void count_lines(struct histogram *histogram, const struct region *region)
{
	const uint32_t *lines = histogram->old.lines;

	for (uint32_t at = region->old_end; at-- > region->old_start;) {
		uint32_t line = lines[at];

		histogram->next[at] = histogram->occurrences[line]++ ? histogram->first[line]
								     : NO_LINE;
		histogram->first[line] = at;
	}
}

static void forget_lines(struct histogram *histogram, const struct region *region)
{
	for (uint32_t at = region->old_start; at < region->old_end; at++)
		histogram->occurrences[histogram->old.lines[at]] = 0;
}

/*
 * Extends the match of two lines both ways; `ret_rarest` gets the occurrences of the
 * rarest line in it.
 */
static struct region extend(uint32_t *ret_rarest, const struct histogram *histogram,
			    const struct region *region, uint32_t old_at, uint32_t new_at)
{
	const uint32_t *old = histogram->old.lines, *new = histogram->new.lines;
	struct region match = { old_at, old_at + 1, new_at, new_at + 1 };
	uint32_t rarest = histogram->occurrences[old[old_at]];

	while (match.old_start > region->old_start && match.new_start > region->new_start &&
	       old[match.old_start - 1] == new[match.new_start - 1]) {
		uint32_t occurrences = histogram->occurrences[old[--match.old_start]];

		match.new_start--;
		if (occurrences < rarest)
			rarest = occurrences;
	}
	while (match.old_end < region->old_end && match.new_end < region->new_end &&
	       old[match.old_end] == new[match.new_end]) {
		uint32_t occurrences = histogram->occurrences[old[match.old_end++]];

		match.new_end++;
		if (occurrences < rarest)
			rarest = occurrences;
	}
	*ret_rarest = rarest;
	return match;
}

/*
 * The run to split the region at: a longer one, or one with a rarer line, replaces
 * an earlier one. The order of trying and the ties decide what git would choose.
 */
static enum anchor find_anchor(struct region *ret_match, struct histogram *histogram,
			       const struct region *region)
{
	uint32_t limit = RARE_LIMIT + 1; /* lines more frequent are not tried */
	uint32_t longest = 1;
	bool common = false, found = false;
	uint32_t after;

	for (uint32_t at = region->new_start; at < region->new_end; at = after) {
		uint32_t line = histogram->new.lines[at];
		uint32_t old_at;

		after = at + 1;
		if (!histogram->occurrences[line])
			continue;
		common = true;
		if (histogram->occurrences[line] > limit)
			continue;
		old_at = histogram->first[line];
		while (old_at != NO_LINE) {
			uint32_t rarest;
			struct region match = extend(&rarest, histogram, region, old_at, at);
			uint32_t length = match.old_end - match.old_start;

			if (after < match.new_end)
				after = match.new_end;
			if (length > longest || rarest < limit) {
				*ret_match = match;
				longest = length;
				limit = rarest;
				found = true;
			}
			/* Occurrences within this match have been covered by it. */
			do
				old_at = histogram->next[old_at];
			while (old_at != NO_LINE && old_at < match.old_end);
		}
	}
	if (common && limit > RARE_LIMIT)
		return ANCHOR_TOO_COMMON;
	return found ? ANCHOR_FOUND : ANCHOR_NONE;
}

static void mark(struct side *side, uint32_t start, uint32_t end)
{
	if (end > start)
		memset(side->changed + start, 1, end - start);
}

static void mark_region(struct histogram *histogram, const struct region *region)
{
	mark(&histogram->old, region->old_start, region->old_end);
	mark(&histogram->new, region->new_start, region->new_end);
}

/* ---- the fallback ---- */

struct fallback {
	struct histogram *histogram;
	const struct region *region;
};

static int fallback_hunk(const git_diff_delta *delta, const git_diff_hunk *hunk, void *payload)
{
	const struct fallback *fallback = payload;
	/* Without context an empty side names the line before it; it marks nothing. */
	uint32_t old_start = fallback->region->old_start + hunk->old_start - 1;
	uint32_t new_start = fallback->region->new_start + hunk->new_start - 1;

	if (hunk->old_lines)
		mark(&fallback->histogram->old, old_start, old_start + hunk->old_lines);
	if (hunk->new_lines)
		mark(&fallback->histogram->new, new_start, new_start + hunk->new_lines);
	return 0;
}

static void add_numbers(struct buffer *text, const uint32_t *lines, uint32_t start, uint32_t end)
{
	for (uint32_t at = start; at < end; at++)
		buffer_add_format(text, "%x\n", lines[at]);
}

/* Git's Myers diff, by handing libgit2 the numbers as text. */
static void fall_back(struct histogram *histogram, const struct region *region)
{
	struct fallback fallback = { histogram, region };
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	struct buffer old = BUFFER_INIT, new = BUFFER_INIT;

	add_numbers(&old, histogram->old.lines, region->old_start, region->old_end);
	add_numbers(&new, histogram->new.lines, region->new_start, region->new_end);
	options.flags = GIT_DIFF_FORCE_TEXT;
	options.context_lines = 0;
	options.interhunk_lines = 0;
	options.max_size = -1;
	if (git_diff_buffers(old.data, old.length, NULL, new.data, new.length, NULL, &options, NULL,
			     NULL, fallback_hunk, NULL, &fallback))
		mark_region(histogram, region);
	buffer_release(&old);
	buffer_release(&new);
}

static void find_changes(struct histogram *histogram)
{
	struct region whole = { 0, histogram->old.count, 0, histogram->new.count };

	array_push(&histogram->todo, whole);
	while (histogram->todo.count) {
		struct region region = *array_last(&histogram->todo);
		struct region match, before, after;
		enum anchor anchor;

		histogram->todo.count--;
		if (region.old_start == region.old_end || region.new_start == region.new_end) {
			mark_region(histogram, &region);
			continue;
		}
		count_lines(histogram, &region);
		anchor = find_anchor(&match, histogram, &region);
		forget_lines(histogram, &region);
		if (anchor == ANCHOR_TOO_COMMON) {
			fall_back(histogram, &region);
		} else if (anchor == ANCHOR_NONE) {
			mark_region(histogram, &region);
		} else {
			before = (struct region){ region.old_start, match.old_start,
						  region.new_start, match.new_start };
			after = (struct region){ match.old_end, region.old_end, match.new_end,
						 region.new_end };
			array_push(&histogram->todo, after);
			array_push(&histogram->todo, before);
		}
	}
}

/* ---- moving hunks ---- */

/*
 * A maximal run of changed lines, maybe empty. The gaps between unchanged lines of
 * the two files correspond one to one, so two groups can be kept in step.
 */
struct group {
	const struct side *side;
	uint32_t start, end;
};

static void group_first(struct group *group, const struct side *side)
{
	group->side = side;
	group->start = group->end = 0;
	while (side->changed[group->end])
		group->end++;
}

static bool group_next(struct group *group)
{
	if (group->end == group->side->count)
		return false;
	group->start = ++group->end;
	while (group->side->changed[group->end])
		group->end++;
	return true;
}

static void group_previous(struct group *group)
{
	group->end = --group->start;
	while (group->start && group->side->changed[group->start - 1])
		group->start--;
}

/* Moves a group by one line if the diff stays right; it may grow into a neighbour. */
static bool group_up(struct group *group)
{
	const struct side *side = group->side;

	if (!group->start || side->lines[group->start - 1] != side->lines[group->end - 1])
		return false;
	side->changed[--group->start] = 1;
	side->changed[--group->end] = 0;
	while (group->start && side->changed[group->start - 1])
		group->start--;
	return true;
}

static bool group_down(struct group *group)
{
	const struct side *side = group->side;

	if (group->end == side->count || side->lines[group->start] != side->lines[group->end])
		return false;
	side->changed[group->start++] = 0;
	side->changed[group->end++] = 1;
	while (side->changed[group->end])
		group->end++;
	return true;
}

static void move_group(struct group *group, struct group *other)
{
	uint32_t size;
	bool aligned, moved;

	do {
		size = group->end - group->start;
		moved = false;
		while (group_up(group))
			group_previous(other);
		aligned = other->end > other->start;
		while (group_down(group)) {
			moved = true;
			group_next(other);
			if (other->end > other->start)
				aligned = true;
		}
	} while (size != group->end - group->start);
	if (!moved || !aligned)
		return;
	/* Back up to the last place where the other file has changes as well. */
	while (other->end == other->start) {
		group_up(group);
		group_previous(other);
	}
}

static void move_groups(const struct side *side, const struct side *other_side)
{
	struct group group, other;

	group_first(&group, side);
	group_first(&other, other_side);
	do {
		if (group.end > group.start)
			move_group(&group, &other);
	} while (group_next(&group) && group_next(&other));
}

/* ---- all of it ---- */

static void side_init(struct side *side, const struct diff_lines *lines)
{
	side->lines = lines->items;
	side->count = lines->count;
	side->storage = memory_alloc((size_t)lines->count + 2);
	side->changed = side->storage + 1;
}

static void add_hunks(struct diff_hunks *hunks, const struct histogram *histogram)
{
	struct group old, new;

	group_first(&old, &histogram->old);
	group_first(&new, &histogram->new);
	do {
		struct diff_hunk hunk = { old.start, old.end - old.start, new.start,
					  new.end - new.start };

		if (hunk.old_count || hunk.new_count)
			array_push(hunks, hunk);
	} while (group_next(&old) && group_next(&new));
}

void diff_lines(struct diff_hunks *ret_hunks, const struct diff_lines *old_lines,
		const struct diff_lines *new_lines, uint32_t classes)
{
	struct histogram histogram;

	memset(&histogram, 0, sizeof(histogram));
	side_init(&histogram.old, old_lines);
	side_init(&histogram.new, new_lines);
	histogram.occurrences = memory_alloc((size_t)classes * sizeof(uint32_t));
	histogram.first = memory_resize(NULL, classes, sizeof(uint32_t));
	histogram.next = memory_resize(NULL, old_lines->count, sizeof(uint32_t));

	find_changes(&histogram);
	move_groups(&histogram.old, &histogram.new);
	move_groups(&histogram.new, &histogram.old);
	add_hunks(ret_hunks, &histogram);

	array_release(&histogram.todo);
	free(histogram.next);
	free(histogram.first);
	free(histogram.occurrences);
	free(histogram.old.storage);
	free(histogram.new.storage);
}
