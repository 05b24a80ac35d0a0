/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Phrases by which messages tell what kind of bug they repair, and others that speak for or
 * against a security fix. A phrase is a run of tokens (text.h); it belongs to a mark, and some
 * marks are a class of bug.
 */
#ifndef TRIAGE_PHRASES_H
#define TRIAGE_PHRASES_H

#include <stddef.h>
#include <stdint.h>

#include "advisory/facts.h"
#include "triage/text.h"

enum mark {
	/* The classes of facts.h come first, with their own numbers and names. */
	MARK_REPORTER_FUZZER = CLASS_KINDS,
	MARK_SANITIZER,
	MARK_ATTACK,
	MARK_UNTRUSTED,
	MARK_RACE_WORDS,
	MARK_BUILD,
	MARK_PROSE,
	MARK_SPEED,
	MARK_HARDWARE,
	MARK_ERROR_PATH,
	MARK_TEARDOWN,
	MARK_KINDS
};

const char *mark_name(enum mark mark);

/* Finds phrases; made once, since the table is long. */
struct phrases {
	uint16_t *order; /* phrases by bucket of their first token */
	uint16_t starts[1024 + 1];
};

void phrases_init(struct phrases *phrases);
void phrases_release(struct phrases *phrases);

/* Where a mark was found first; `length` 0: not at all. Borrowed from the tokens' text. */
struct mark_hit {
	const char *text;
	size_t length;
};

/* Fills hits[MARK_KINDS] where they are still empty, and gives the set of marks in `tokens`. */
uint64_t phrases_find(struct mark_hit *hits, const struct phrases *phrases,
		      const struct tokens *tokens);

#endif
