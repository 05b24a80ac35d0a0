/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the classifier sees of a commit: a set of features, each a hash of a group and a name.
 *
 *	subject	its words, pairs of words and pairs with a gap, parts of names
 *	body	words and pairs of words, parts of names
 *	path	directories, names and suffixes of the files; the subject's prefix ("net: sched:")
 *	mark	classes of bugs and other phrases, in the subject, in all of it, and together with
 *		the directory; how the trace was entered; how long the message is
 *	trailer	kinds of trailers and who reported it
 *	diff	kinds of lines that are added or taken out (diff-facts.h), where the change is known
 *
 * A CVE id, the upstream id, and prefixes that only one source has are no features, so that the
 * classifier cannot read the answer off them.
 */
#ifndef TRIAGE_FEATURES_H
#define TRIAGE_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "triage/phrases.h"
#include "triage/text.h"

enum feature_group {
	GROUP_SUBJECT,
	GROUP_BODY,
	GROUP_PATH,
	GROUP_MARK,
	GROUP_TRAILER,
	GROUP_DIFF,
	GROUP_KINDS
};

/*
 * Hashes are short, so that a model stays small: of what a model does not know, one word in some
 * hundreds passes for one that it knows.
 */
#define FEATURE_HASH_BITS 26

/* Where a table of `slots`, a power of two, looks for a feature first. */
static inline size_t feature_slot(uint32_t hash, unsigned group, size_t slots)
{
	return (hash ^ group * 0x9e3779b9U) & (slots - 1);
}

struct feature {
	uint32_t hash;
	uint32_t name; /* where its name begins in `names`, when names are kept */
	unsigned char group;
};

/* Each once, in the order in which they were met. */
struct features {
	struct feature *items;
	size_t count;
	size_t capacity;
	bool named;			  /* keep names: for explanations */
	struct buffer names;		  /* each ends with a NUL */
	struct feature_slot *slots;	  /* where an item is, by hash */
	size_t slot_count;		  /* a power of two */
	uint32_t generation;		  /* slots of an earlier commit are free */
	struct mark_hit hits[MARK_KINDS]; /* borrowed from the parts */
	uint64_t marks;
};

void features_init(struct features *features, bool named);
void features_release(struct features *features);

/* Reads the features of a commit's parts and files; `diff` is a set of diff facts, 0: none known.
 */
void features_read(struct features *features, const struct phrases *phrases,
		   const struct message_parts *parts, const struct commit_text *commit,
		   uint64_t diff);

/* The hash that a diff fact has in GROUP_DIFF. */
uint32_t feature_of_diff_fact(unsigned fact);

const char *feature_group_name(enum feature_group group); /* "subject", ... */

#endif
