/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding phrases in prose: word by word, whatever the case and the line ends, with the
 * sentence (a semicolon ends one, too) that each stands in and whether it is denied there ("no user
 * namespace is needed").
 *
 * A word is letters, digits and '_', or a path ("/dev/kvm"); hyphens and quotes separate words. A
 * denial ("no", "without", "rather than" ...) reaches eight words far, not past the clause, and
 * past a comma only in a list ("no capabilities, namespaces, or groups").
 */
#ifndef ADVISORY_PHRASE_H
#define ADVISORY_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

/* Small letters, words separated by one blank; a word that ends with '*' is the beginning of one.
 */
struct phrase {
	unsigned value;		/* what it says: the caller's */
	const char *words;	/* NULL ends a table */
	const char *with;	/* a word that has to be in the same sentence, too; NULL: none */
	const char *not_before; /* words, as in `words`: none of them stands within two before it */
	const char *not_after;	/* none of them follows it */
};

struct phrase_match {
	unsigned value;
	unsigned sentence; /* from 0 */
	bool denied;
	bool refused; /* denied by what follows: "user namespaces do not ...", "... is not required"
		       */
	const char *text; /* in the prose; not ended by 0 */
	size_t length;
};

struct phrase_matches {
	struct phrase_match *items; /* in the order of the prose, then of the table */
	size_t count;
	size_t capacity;
};

#define PHRASE_MATCHES_INIT \
	{                   \
		NULL, 0, 0  \
	}

void phrase_matches_release(struct phrase_matches *matches);

/*
 * Appends what is found in `length` bytes; its sentences are numbered from `sentence` on.
 * Gives the number after its last one. Prose is read up to 64 kB.
 */
unsigned phrases_in_prose(struct phrase_matches *matches, const struct phrase *table,
			  const char *prose, size_t length, unsigned sentence);

#endif
