/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of lines a change adds and takes out: checks, locks, frees, references, zeroing.
 * A set of bits, so that an index can keep it; words in a comment count for nothing.
 */
#ifndef TRIAGE_DIFF_FACTS_H
#define TRIAGE_DIFF_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diff_fact {
	DIFF_ADDS_RANGE_CHECK, /* `if` with < or > */
	DIFF_ADDS_NULL_CHECK,
	DIFF_ADDS_ERROR_RETURN,
	DIFF_ADDS_FREE,
	DIFF_REMOVES_FREE,
	DIFF_MOVES_FREE, /* the same free goes out here and comes in there */
	DIFF_ADDS_LOCK,
	DIFF_MOVES_LOCK,
	DIFF_ADDS_GET,
	DIFF_ADDS_PUT,
	DIFF_REMOVES_PUT,
	DIFF_ADDS_ZEROING,
	DIFF_ADDS_CAPABILITY_CHECK,
	DIFF_ADDS_RCU,
	DIFF_ADDS_ONCE,	  /* READ_ONCE, WRITE_ONCE and barriers */
	DIFF_ADDS_CANCEL, /* of work and timers */
	DIFF_ADDS_USER_COPY,
	DIFF_ADDS_BOUNDED_COPY, /* strscpy, snprintf, min(), struct_size, check_add_overflow */
	DIFF_ADDS_NOSPEC,
	DIFF_SETS_NULL, /* a pointer, after a free for instance */
	DIFF_ADDS_DEVICE_ID,
	DIFF_CHANGES_TYPE, /* of a variable, to a wider or to an unsigned one */
	DIFF_ONLY_ADDS,
	DIFF_ONLY_REMOVES,
	DIFF_IS_SMALL, /* at most 5 lines */
	DIFF_IS_LARGE, /* more than 100 */
	DIFF_KNOWN,    /* there was a change to look at */
	DIFF_FACTS
};

/* How many of the last frees and locks are remembered on either side. */
#define DIFF_FACTS_MEMORY 8

struct diff_facts_memory {
	uint64_t hashes[DIFF_FACTS_MEMORY];
	size_t count;
};

/* Lines as they come; fed one by one, then asked. */
struct diff_facts {
	uint64_t set;
	size_t added, removed;
	struct diff_facts_memory frees[2], locks[2]; /* [1]: on added lines */
};

void diff_facts_init(struct diff_facts *facts);

/* One line that is added or taken out, without its sign and its newline. */
void diff_facts_add(struct diff_facts *facts, bool added, const char *line, size_t length);

/* The set of 1 << enum diff_fact; 0 where no line was fed. */
uint64_t diff_facts_end(const struct diff_facts *facts);

const char *diff_fact_name(enum diff_fact fact); /* "adds a range check" */

#endif
