/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A series in memory: its members in the order of rev-list --reverse
 * --topo-order, what their messages say, the advisories that name them, and
 * its releases. Read once, then shared by the plans of all bases of the series.
 *
 * A member is named by its index in that order, so that "later" is a
 * comparison of numbers.
 */
#ifndef PLAN_MEMBERS_H
#define PLAN_MEMBERS_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advisory/advisory.h"
#include "base/error.h"
#include "base/progress.h"
#include "git/change.h"
#include "git/id-map.h"
#include "history/index.h"
#include "history/message.h"
#include "history/topology.h"
#include "history/workspace.h"
#include "triage/judgement.h"

#define MEMBER_NONE UINT32_MAX

struct member_reference {
	enum reference_kind kind;
	const char *target; /* hex, or "" */
	const char *words;
};

struct member_advisory {
	const struct advisory *advisory;
	const char *match; /* "stable id", "upstream id", "subject": a constant */
};

struct member {
	uint32_t number; /* in the index */
	git_oid id, tree;
	const char *subject; /* UTF-8 */
	const char *author;  /* "Name <mail>" */
	int64_t author_time, committer_time;
	unsigned mark;	     /* enum commit_mark */
	const char *version; /* of a release subject, else NULL */
	uint32_t release;    /* index of the first release that holds it, or MEMBER_NONE */
	const struct member_reference *references;
	size_t reference_count;
	const struct member_advisory *advisories;
	size_t advisory_count;
};

struct member_release {
	const char *name; /* v5.10.67 */
	uint32_t number;
	uint32_t member; /* MEMBER_NONE: where the series starts */
	int sublevel;
};

struct members {
	struct index *index; /* borrowed */
	int64_t series;
	char *name, *ref;
	int major, minor;
	int64_t epoch;
	uint32_t first_number, tip_number;
	git_oid first, first_tree;
	struct member *items;
	size_t count;
	struct member_release *releases; /* by sublevel */
	size_t release_count;
	struct topology topology; /* of members, by number */
	struct advisory_set advisories;
	struct judgement *judgements; /* by member: the classifier's, below its advisories */
	struct members_storage *storage;
};

/* Commits that were not judged yet are, which needs the source; the index stays the workspace's. */
int members_load(struct members *ret_members, struct workspace *workspace, int64_t series,
		 struct progress *progress, struct error *err);
void members_release(struct members *members);

/* The member with this id; MEMBER_NONE where there is none. */
uint32_t members_find(const struct members *members, const git_oid *id);

/*
 * Members that an id in a message or a record may mean, ascending: the one
 * whose own id it begins, else those that backport an upstream commit it begins.
 * Call with *cursor = 0 until MEMBER_NONE.
 */
uint32_t members_next_named(const struct members *members, const char *hex, size_t *cursor);

/* The only member with this subject; MEMBER_NONE where there is none or several. */
uint32_t members_find_subject(const struct members *members, const char *subject);

/* By number of the index; MEMBER_NONE for commits that are no members. */
uint32_t members_of_number(const struct members *members, uint32_t number);

/* Whether mainline before the series, as far as it is indexed, holds a commit with this id. */
int members_start_holds(bool *ret_holds, const struct members *members, const char *hex,
			struct error *err);

/* What a member changes, from the index; empty for merges. */
int members_changes(struct change_list *ret_changes, const struct members *members, uint32_t member,
		    struct error *err);

/*
 * Members that add a path that was not there, ascending; owned by the caller.
 */
int members_adding(uint32_t **ret_members, size_t *ret_count, const struct members *members,
		   const char *path, struct error *err);

/* The tree of a member's first parent. */
const git_oid *members_parent_tree(const struct members *members, uint32_t member);

/* The first upstream id that the member names, or "". */
const char *member_upstream(const struct member *member);

/* Whether two members are one commit, picked twice: by upstream id, else by author and subject. */
bool member_is_again(const struct member *member, const struct member *other);

/* Whether it is a release commit or a merge, which are never picked. */
bool member_is_release_or_merge(const struct members *members, uint32_t member);

#endif
