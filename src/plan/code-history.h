/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the members of a series did to the names of the kernel, all of them: for a name
 * its events in order. Found when a plan first asks, kept in the index, shared by the
 * plans of all bases.
 */
#ifndef PLAN_CODE_HISTORY_H
#define PLAN_CODE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "base/table.h"
#include "plan/code-change.h"
#include "plan/files.h"
#include "plan/members.h"

/* What a member does to a name in a file. */
struct key_event {
	uint32_t member;
	uint32_t next; /* the place of the next event of the key, by member; KEY_END */
	const char *key;
	const char *path;
	name_value before, after;
};

#define KEY_END UINT32_MAX

/* A member brings calls of a name into a file, or takes some out of it. */
struct call_event {
	uint32_t member;
	uint32_t next; /* as of struct key_event */
	const char *path;
	bool added;
};

/* A use of a member, with the key that it has to do with first. */
struct keyed_use {
	uint32_t use; /* index in the uses of its change */
	uint32_t key; /* the place of the key's first event */
};

struct member_keys {
	struct keyed_use *uses; /* those whose keys have events at all */
	size_t use_count, use_capacity;
	uint32_t *keys; /* of its own events, ascending */
	size_t key_count, key_capacity;
};

struct code_history {
	const struct members *members; /* borrowed */
	struct code_change *changes;   /* by member; empty for merges */
	struct member_keys *by_member;
	/*
	 * By key: the place of its first event. Besides the keys of code-change.h: "m name", any
	 * struct's member of that name, and "h name", a header in any directory.
	 */
	struct table keys;
	ARRAY(struct key_event) events;
	struct table calls; /* by the key "N name", where that has events: the first */
	ARRAY(struct call_event) call_events;
	struct table first_paths; /* of a renamed source: its place in `paths` */
	ARRAY(const char *) paths;
};

/* Finds what is not in the index yet, for all members up to `last`. */
int code_history_open(struct code_history *ret_history, struct files *files, struct store *store,
		      struct progress *progress, struct error *err);
void code_history_close(struct code_history *history);

/*
 * The name that a source had before the series renamed it: one file keeps one name in events, and
 * a tree that lacks the rename is asked about the same file.
 */
const char *code_history_path(const struct code_history *history, const char *path);

/* Whether a member has an event of a key (struct keyed_use). */
bool code_history_shares(const struct code_history *history, uint32_t member, uint32_t key);

/* What happened to the calls of a name; likewise. */
const struct call_event *code_history_next_call(const struct code_history *history, const char *key,
						uint32_t *cursor);

/* The events of a key, by member: call with *cursor = 0 until NULL. */
const struct key_event *code_history_next(const struct code_history *history, const char *key,
					  uint32_t *cursor);

#endif
