/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A commit as triage reads it: its words without what every backport carries.
 *
 * Tokens are runs of ASCII letters, digits and underscores, in lower case; a number is a token
 * of its own; the id of a CVE is none. Everything else only separates. Bytes may be of any
 * encoding.
 */
#ifndef TRIAGE_TEXT_H
#define TRIAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct token {
	uint32_t start;
	uint32_t length;
};

/* Positions in `text`, which is lower case. */
struct tokens {
	struct buffer text;
	struct token *items;
	size_t count;
	size_t capacity;
};

#define TOKENS_INIT                     \
	{                               \
		BUFFER_INIT, NULL, 0, 0 \
	}

void tokens_release(struct tokens *tokens);
void tokens_clear(struct tokens *tokens);

/* Appends text, in lower case, and its tokens; a space is put in between. */
void tokens_add(struct tokens *tokens, const char *text, size_t length);

/*
 * The bytes that a phrase has in the text where it stands at token `at`; 0: it does not stand
 * there. A phrase is tokens with single spaces; `*` at the end of one stands for any rest of it.
 */
size_t tokens_match(const struct tokens *tokens, size_t at, const char *phrase);

/* A commit as it comes; all of it borrowed. */
struct commit_text {
	const char *subject;
	size_t subject_length;
	const char *body; /* without the subject */
	size_t body_length;
	const char *const *files; /* paths that it changes */
	size_t file_count;
};

/* What a stack trace shows that the code was entered by; a set. */
enum trace_entry {
	TRACE_SYSCALL = 1 << 0,
	TRACE_IOCTL = 1 << 1,
	TRACE_RECEIVE = 1 << 2, /* a packet came in */
	TRACE_WORKER = 1 << 3,
	TRACE_MODULE = 1 << 4,
	TRACE_PROBE = 1 << 5,
	TRACE_INTERRUPT = 1 << 6,
	TRACE_MOUNT = 1 << 7,
	TRACE_NETLINK = 1 << 8,
	TRACE_USB = 1 << 9,
	TRACE_WRITE = 1 << 10,
	TRACE_ENTRIES = 11
};

/* A set of who or what a trailer speaks of; who reported it first of all. */
enum text_trailer {
	TRAILER_STABLE = 1 << 0, /* Cc: stable */
	TRAILER_FIXES = 1 << 1,
	TRAILER_REPORTED = 1 << 2,
	TRAILER_DEPENDENCY = 1 << 3, /* Stable-dep-of: */
	TRAILER_SYZBOT = 1 << 4,
	TRAILER_ROBOT = 1 << 5,	  /* a build robot */
	TRAILER_CHECKER = 1 << 6, /* a static checker or those who run one */
	TRAILER_BUGZILLA = 1 << 7,
	TRAILER_RESEARCH = 1 << 8, /* people who look for holes */
	TRAILER_TESTED = 1 << 9,
	TRAILER_SUGGESTED = 1 << 10,
	TRAILER_KINDS = 11
};

/*
 * The parts of a message. Left out: the line that names the upstream commit, trailers,
 * registers and stack traces, the author's prefixes of vendors ("UPSTREAM:").
 */
struct message_parts {
	struct tokens prefix; /* "net: sched:" of the subject */
	struct tokens subject;
	struct tokens body;
	unsigned trace;	  /* set of enum trace_entry */
	unsigned trailer; /* set of enum text_trailer */
	bool has_trace;
};

void message_parts_init(struct message_parts *parts);
void message_parts_release(struct message_parts *parts);

/* Reads a commit's text; what was in `parts` is forgotten, its memory kept. */
void message_parts_read(struct message_parts *parts, const struct commit_text *commit);

const char *trace_entry_name(unsigned number); /* of bit `number` */
const char *text_trailer_name(unsigned number);

#endif
