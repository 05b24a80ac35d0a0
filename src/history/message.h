/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a commit message says about other commits.
 *
 * The message is the bytes after the headers of a commit object, in whatever
 * encoding they are: everything looked for is ASCII. Parsing cannot fail, is
 * linear in the length, and never reads a byte beyond it.
 *
 * Everything borrows from the text that was parsed: a struct message is good
 * for as long as that text is. References stand in the order of the lines that
 * name them; a kind and id that a message repeats is kept once (advisories and
 * ids in the neighbourhood; a caller who needs a set makes one).
 *
 * The forms are those of stable, of the kernel's own documents
 * (Documentation/process), and of the vendors who carry stable: a form counts
 * as a line or sentence of its own, and prose that mentions a commit is no
 * reference to it.
 */
#ifndef HISTORY_MESSAGE_H
#define HISTORY_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/buffer.h"

enum reference_kind {
	/*
	 * This commit backports that upstream commit. Several in one message
	 * are a squash. Text: the quoted subject, where there is one.
	 */
	REFERENCE_UPSTREAM,
	/*
	 * Taken from that commit, which may be of another tree. Text: what
	 * follows the id, such as "linux-next" or the address of a repository.
	 */
	REFERENCE_CHERRY_PICKED,
	/* Fixes: trailer. Text: the subject as quoted there. */
	REFERENCE_FIXES,
	/* Stable-dep-of: this commit is a declared prerequisite of that one. */
	REFERENCE_DEPENDENCY_OF,
	/*
	 * Must be picked before this one: the ids of its Cc: stable lines, in
	 * their order, and Depends-on:. An id that the message also names in
	 * Fixes: is the origin and not a prerequisite; it is left out here.
	 */
	REFERENCE_PREREQUISITE,
	/*
	 * Cc: stable. Text: one version as written, from its first digit
	 * ("5.4+", "4.19.x", "4.14-"); empty when the line names none.
	 */
	REFERENCE_STABLE_FROM,
	/*
	 * Reverts that commit: a stable or an upstream id, the message does not
	 * say which. The subject line `Revert "x"` gives one without an id, whose
	 * text is the subject of what is reverted; the body's sentence, if there
	 * is one, gives another with the id.
	 */
	REFERENCE_REVERTS,
	/* "..., which is commit Y upstream": the upstream id of what is reverted. */
	REFERENCE_REVERTS_UPSTREAM,
	/* As REFERENCE_REVERTS, but only in part or in effect: never an inverse. */
	REFERENCE_PARTIALLY_REVERTS,
	/* Brings back that commit, or the one with the subject in `text`. */
	REFERENCE_REAPPLIES,
	/* A CVE; `id` holds it, in upper case. */
	REFERENCE_ADVISORY,
	/* Reported-by: and the like. Text: name and address. */
	REFERENCE_REPORTER,
	/* Link:, Closes:, BugLink:, a Fixes: that holds an address. Text: the address. */
	REFERENCE_LINK,

	REFERENCE_KINDS
};

/* Ids have this many digits at least: git's shortest default, 7, occurs. */
#define REFERENCE_ID_MINIMUM 7

struct reference {
	enum reference_kind kind;
	char id[41];	  /* 7 to 40 lower-case hex digits; or a CVE id; or "" */
	const char *text; /* never NULL; may hold a line break where it was wrapped */
	size_t text_length;
};

struct reference_list {
	struct reference *items;
	size_t count;
	size_t capacity;
};

/* Subject prefixes by which Android and ChromeOS say where a commit comes from. */
enum message_origin {
	ORIGIN_UPSTREAM = 1 << 0,
	ORIGIN_BACKPORT = 1 << 1,
	ORIGIN_FROMGIT = 1 << 2,
	ORIGIN_FROMLIST = 1 << 3,
	ORIGIN_ANDROID = 1 << 4,
	ORIGIN_CHROMIUM = 1 << 5
};

/* The version in the subject of a release commit. */
struct message_version {
	bool is_release;
	unsigned version, patchlevel, sublevel;
	unsigned extra;	    /* the fourth number of 2.6.34.1, else 0 */
	unsigned candidate; /* 1 for -rc1, 0 for a release proper */
};

struct message {
	/*
	 * The first line that is not blank, without white space at its ends.
	 * git's own %s joins the lines of the first paragraph; the first line is
	 * taken here because backports put "commit X upstream." right below it.
	 */
	const char *subject;
	size_t subject_length;
	const char *title; /* the subject without origin prefixes */
	size_t title_length;
	unsigned origins; /* set of enum message_origin */

	/*
	 * How often the subject is wrapped: 1 for `Revert "x"`, 2 for `Revert
	 * "Revert "x""` and for `Reapply "x"`, and so on. Odd: x is out.
	 * `reverted_subject` is the innermost subject, "" at depth 0.
	 */
	unsigned revert_depth;
	const char *reverted_subject;
	size_t reverted_subject_length;

	struct message_version release;

	/* A backporter changed the commit; `note` is the first word about it, or "". */
	bool adapted;
	const char *note;
	size_t note_length;

	struct reference_list references;
	bool truncated; /* more references than MESSAGE_REFERENCE_LIMIT: the rest is lost */
};

#define MESSAGE_REFERENCE_LIMIT 4096

void message_init(struct message *message);
void message_release(struct message *message);

/*
 * Parses `length` bytes into a message that was initialised or parsed into
 * before; its storage is used again.
 */
void message_parse(struct message *ret_message, const char *text, size_t length);

/* The first reference of a kind, or NULL. */
const struct reference *message_find(const struct message *message, enum reference_kind kind);

/* The name of a kind as the index, the tests and JSON write it: "cherry-picked". */
const char *reference_kind_name(enum reference_kind kind);

/* Appends the text on one line: runs of white space become one space. */
void reference_add_text(struct buffer *buffer, const struct reference *reference);

#endif
