/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/features.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/diff-facts.h"

#define FILES_MOST 12 /* of a commit; treewide changes say little by more */
#define DEPTH_MOST 8  /* components of a path */
#define SLOTS_FIRST 4096

struct feature_slot {
	uint32_t generation;
	uint32_t item;
};

static const char *const group_names[GROUP_KINDS] = {
	[GROUP_SUBJECT] = "subject", [GROUP_BODY] = "message",	  [GROUP_PATH] = "path",
	[GROUP_MARK] = "sign",	     [GROUP_TRAILER] = "trailer", [GROUP_DIFF] = "change",
};

const char *feature_group_name(enum feature_group group)
{
	return group_names[group];
}

void features_init(struct features *features, bool named)
{
	memset(features, 0, sizeof(*features));
	buffer_init(&features->names);
	features->named = named;
	features->slot_count = SLOTS_FIRST;
	features->slots = memory_alloc(SLOTS_FIRST * sizeof(*features->slots));
}

void features_release(struct features *features)
{
	array_release(features);
	free(features->slots);
	features->slots = NULL;
	buffer_release(&features->names);
}

/* ---- the set ---- */

static struct feature_slot *find_slot(struct features *features, uint32_t hash, unsigned group)
{
	size_t at = feature_slot(hash, group, features->slot_count);

	for (;; at = (at + 1) & (features->slot_count - 1)) {
		struct feature_slot *slot = &features->slots[at];
		const struct feature *item;

		if (slot->generation != features->generation)
			return slot;
		item = &features->items[slot->item];
		if (item->hash == hash && item->group == group)
			return slot;
	}
}

static void grow_slots(struct features *features)
{
	free(features->slots);
	features->slot_count *= 2;
	features->slots = memory_alloc(features->slot_count * sizeof(*features->slots));
	features->generation = 1;
	for (size_t i = 0; i < features->count; i++) {
		struct feature_slot *slot = find_slot(features, features->items[i].hash,
						      features->items[i].group);

		slot->generation = features->generation;
		slot->item = (uint32_t)i;
	}
}

/* Whether it is new; then the caller gives it its name. */
static bool add(struct features *features, enum feature_group group, uint32_t hash)
{
	struct feature_slot *slot = find_slot(features, hash, group);
	struct feature *item;

	if (slot->generation == features->generation)
		return false;
	slot->generation = features->generation;
	slot->item = (uint32_t)features->count;
	item = array_add(features);
	item->group = (unsigned char)group;
	item->hash = hash;
	item->name = (uint32_t)features->names.length;
	if (features->count * 2 > features->slot_count)
		grow_slots(features);
	return true;
}

static void clear(struct features *features)
{
	features->count = 0;
	buffer_clear(&features->names);
	features->marks = 0;
	memset(features->hits, 0, sizeof(features->hits));
	if (++features->generation == 0) {
		memset(features->slots, 0, features->slot_count * sizeof(*features->slots));
		features->generation = 1;
	}
}

/* ---- hashes and names ---- */

static uint32_t hash_more(uint32_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619U;
	return hash;
}

/* The last step: FNV leaves the low bits of short texts alike. */
static uint32_t hash_end(uint32_t hash)
{
	hash ^= hash >> 16;
	hash *= 0x85ebca6bU;
	hash ^= hash >> 13;
	return hash >> (32 - FEATURE_HASH_BITS);
}

#define HASH_START 2166136261U

struct piece {
	const char *text;
	size_t length;
};

/* Adds the feature that is named by these pieces, one after the other. */
static void add_pieces(struct features *features, enum feature_group group,
		       const struct piece *pieces, size_t count)
{
	uint32_t hash = HASH_START;

	for (size_t i = 0; i < count; i++)
		hash = hash_more(hash, pieces[i].text, pieces[i].length);
	if (!add(features, group, hash_end(hash)) || !features->named)
		return;
	for (size_t i = 0; i < count; i++)
		buffer_add(&features->names, pieces[i].text, pieces[i].length);
	buffer_add_byte(&features->names, '\0');
}

static void add_text(struct features *features, enum feature_group group, const char *lead,
		     const char *text, size_t length)
{
	struct piece pieces[] = { { lead, strlen(lead) }, { text, length } };

	add_pieces(features, group, pieces, COUNT_OF(pieces));
}

static void add_name(struct features *features, enum feature_group group, const char *lead,
		     const char *name)
{
	add_text(features, group, lead, name, strlen(name));
}

/* ---- words ---- */

static struct piece word(const struct tokens *tokens, size_t at)
{
	return (struct piece){ tokens->text.data + tokens->items[at].start,
			       tokens->items[at].length };
}

/* The parts of skb_clone, longer than `least`. */
static void add_name_parts(struct features *features, enum feature_group group, struct piece name,
			   size_t least)
{
	size_t start = 0;

	if (!memchr(name.text, '_', name.length))
		return;
	for (size_t i = 0; i <= name.length; i++) {
		if (i < name.length && name.text[i] != '_')
			continue;
		if (i - start >= least)
			add_text(features, group, "_", name.text + start, i - start);
		start = i + 1;
	}
}

static void add_pair(struct features *features, enum feature_group group, struct piece first,
		     const char *between, struct piece second)
{
	struct piece pieces[] = { first, { between, strlen(between) }, second };

	add_pieces(features, group, pieces, COUNT_OF(pieces));
}

static struct piece subject_word(const struct tokens *tokens, size_t at)
{
	if (at == 0)
		return (struct piece){ "^", 1 };
	if (at > tokens->count)
		return (struct piece){ "$", 1 };
	return word(tokens, at - 1);
}

static void read_subject(struct features *features, const struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++) {
		struct piece one = word(tokens, i);

		add_pieces(features, GROUP_SUBJECT, &one, 1);
		add_name_parts(features, GROUP_SUBJECT, one, 2);
	}
	/* With a mark at each end. */
	for (size_t i = 0; i <= tokens->count; i++) {
		add_pair(features, GROUP_SUBJECT, subject_word(tokens, i), " ",
			 subject_word(tokens, i + 1));
		if (i + 2 <= tokens->count + 1)
			add_pair(features, GROUP_SUBJECT, subject_word(tokens, i), " * ",
				 subject_word(tokens, i + 2));
	}
}

static void read_body(struct features *features, const struct tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++) {
		struct piece one = word(tokens, i);

		if (one.length > 1) {
			add_pieces(features, GROUP_BODY, &one, 1);
			add_name_parts(features, GROUP_BODY, one, 3);
		}
		if (i + 1 < tokens->count)
			add_pair(features, GROUP_BODY, one, " ", word(tokens, i + 1));
	}
}

/* ---- paths ---- */

/* The part of a path before its `components`th slash; all of it where it has fewer. */
static size_t path_start(const char *path, size_t components)
{
	const char *at = path;

	for (size_t i = 0; i < components; i++) {
		at = strchr(at, '/');
		if (!at)
			return strlen(path);
		at++;
	}
	return (size_t)(at - path) - 1;
}

static void read_path(struct features *features, const char *path)
{
	const char *base = strrchr(path, '/'), *dot;
	size_t length = strlen(path), end = 0, start = 0;

	base = base ? base + 1 : path;
	for (size_t depth = 1; depth <= DEPTH_MOST && end != length; depth++) {
		end = path_start(path, depth);
		add_text(features, GROUP_PATH, "", path, end);
	}
	dot = strrchr(base, '.');
	add_name(features, GROUP_PATH, ".", dot ? dot + 1 : base);
	length = dot ? (size_t)(dot - base) : strlen(base);
	for (size_t i = 0; i <= length; i++) {
		if (i < length && base[i] != '_' && base[i] != '-')
			continue;
		if (i - start > 1)
			add_text(features, GROUP_PATH, "_", base + start, i - start);
		start = i + 1;
	}
}

static void read_prefix(struct features *features, const struct tokens *prefix)
{
	const char *text = prefix->text.data, *colon;
	size_t left = prefix->text.length, length;

	while (left) {
		colon = memchr(text, ':', left);
		length = colon ? (size_t)(colon - text) : left;
		while (length && *text == ' ')
			text++, length--, left--;
		if (length)
			add_text(features, GROUP_PATH, "prefix ", text, length);
		text += length + (colon != NULL);
		left -= length + (colon != NULL);
	}
	for (size_t i = 0; i < prefix->count; i++) {
		struct piece one = word(prefix, i);

		add_text(features, GROUP_PATH, "in prefix ", one.text, one.length);
	}
}

/* ---- marks ---- */

static void add_places(struct features *features, enum mark mark, const struct commit_text *commit)
{
	const char *name = mark_name(mark);

	for (size_t i = 0; i < commit->file_count && i < FILES_MOST; i++) {
		struct piece pieces[] = { { name, strlen(name) },
					  { " in ", 4 },
					  { commit->files[i], path_start(commit->files[i], 2) } };

		add_pieces(features, GROUP_MARK, pieces, COUNT_OF(pieces));
	}
}

static void read_marks(struct features *features, const struct phrases *phrases,
		       const struct message_parts *parts, const struct commit_text *commit)
{
	uint64_t subject = phrases_find(features->hits, phrases, &parts->prefix) |
			   phrases_find(features->hits, phrases, &parts->subject);
	uint64_t body = phrases_find(features->hits, phrases, &parts->body);
	char length[2] = { '0', '\0' };

	if (parts->trailer & TRAILER_SYZBOT)
		body |= 1ULL << MARK_REPORTER_FUZZER;
	features->marks = subject | body;
	for (unsigned mark = 0; mark < MARK_KINDS; mark++) {
		if (subject & 1ULL << mark)
			add_name(features, GROUP_MARK, "subject: ", mark_name(mark));
		if (!(features->marks & 1ULL << mark))
			continue;
		add_name(features, GROUP_MARK, "", mark_name(mark));
		add_places(features, mark, commit);
	}
	if (!features->marks)
		add_name(features, GROUP_MARK, "", "no sign of a bug");
	for (unsigned i = 0; i < TRACE_ENTRIES; i++)
		if (parts->trace & 1U << i)
			add_name(features, GROUP_MARK, "trace: entered by ", trace_entry_name(i));
	if (parts->has_trace)
		add_name(features, GROUP_MARK, "", "has a trace");
	for (size_t words = parts->body.count + 1; words > 1 && *length < '9'; words /= 2)
		++*length;
	add_name(features, GROUP_MARK, "length ", length);
	if (!commit->body_length)
		add_name(features, GROUP_MARK, "", "no message");
}

void features_read(struct features *features, const struct phrases *phrases,
		   const struct message_parts *parts, const struct commit_text *commit,
		   uint64_t diff)
{
	clear(features);
	read_subject(features, &parts->subject);
	read_body(features, &parts->body);
	read_prefix(features, &parts->prefix);
	for (size_t i = 0; i < commit->file_count && i < FILES_MOST; i++)
		read_path(features, commit->files[i]);
	read_marks(features, phrases, parts, commit);
	for (unsigned i = 0; i < TRAILER_KINDS; i++)
		if (parts->trailer & 1U << i)
			add_name(features, GROUP_TRAILER, "", text_trailer_name(i));
	for (unsigned i = 0; i < DIFF_FACTS; i++)
		if (diff & 1ULL << i)
			add_name(features, GROUP_DIFF, "", diff_fact_name(i));
}

uint32_t feature_of_diff_fact(unsigned fact)
{
	const char *name = diff_fact_name(fact);

	return hash_end(hash_more(HASH_START, name, strlen(name)));
}
