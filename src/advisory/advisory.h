/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Advisories as the index has them, for show, log and plan.
 *
 * A CVE can have several: the CNA's record, one for each list that names it,
 * one for each commit whose message names it. `origin` tells them apart;
 * `place` is the record's path in its repository, the list's name, or the
 * commit's id.
 *
 * Ids are matched as advisory_id_matches does: whole, or where one side is
 * abbreviated, by its 12 digits or more.
 */
#ifndef ADVISORY_ADVISORY_H
#define ADVISORY_ADVISORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advisory/cvss.h"
#include "advisory/record.h"
#include "base/array.h"
#include "base/error.h"
#include "base/table.h"
#include "history/index.h"

enum advisory_origin {
	ADVISORY_RECORD,
	ADVISORY_MESSAGE,
	ADVISORY_LIST,
	ADVISORY_ORIGINS
};

/* Text and arrays are borrowed from the set that it is in. */
struct advisory {
	int64_t number; /* `advisory` in the index */
	const char *name;
	const char *place;
	const char *title;
	const char *vector; /* "" = unscored, which is never harmless */
	enum advisory_origin origin;
	enum advisory_state state;
	unsigned damaged; /* see record.h; 0 = whole */
	/* Not a record, and the CNA's record of this name is rejected. */
	bool disputed;
	struct cvss cvss;
	unsigned routes, impacts; /* sets, by its score; 0 where it has none */
	struct advisory_fix *fixes;
	size_t fix_count;
	struct advisory_pair *pairs;
	size_t pair_count;
	struct advisory_id *vulnerable;
	size_t vulnerable_count;
};

/* Sorted by name, then origin, then place. Owns everything that its items point to. */
struct advisory_set {
	struct advisory *items;
	size_t count;
	size_t capacity;
	struct advisory_pool *pool;
	struct advisory_link *fix_links; /* sorted */
	size_t fix_link_count;
	struct advisory_link *introduced_links;
	size_t introduced_link_count;
};

#define ADVISORY_SET_INIT                          \
	{                                          \
		NULL, 0, 0, NULL, NULL, 0, NULL, 0 \
	}

void advisory_set_release(struct advisory_set *set);

/* All published advisories of every origin. */
int advisory_load_published(struct advisory_set *ret_set, struct index *index, struct error *err);

/* Those with these numbers, which ascend; of any state. */
int advisory_load_numbers(struct advisory_set *ret_set, struct index *index, const int64_t *numbers,
			  size_t count, struct error *err);

/*
 * Those of one CVE, of any state and origin. `name` in any case, in full or,
 * where nothing has that name, the beginning of exactly one. ERROR_NOT_FOUND,
 * ERROR_AMBIGUOUS (names some).
 */
int advisory_load_name(struct advisory_set *ret_set, struct index *index, const char *name,
		       struct error *err);

/*
 * Those that name a commit as fix, or as introducing (pairs and .vulnerable):
 * `id` is hex, 40 digits or a prefix of at least 4. Any state; none is no error.
 */
int advisory_load_fix(struct advisory_set *ret_set, struct index *index, const char *id,
		      struct error *err);
int advisory_load_introduced(struct advisory_set *ret_set, struct index *index, const char *id,
			     struct error *err);

/*
 * In memory: the items whose fixes (or introducing ids) match a whole id or one
 * of 12 digits and more. Call with *cursor = 0 until NULL. An advisory can come
 * more than once.
 */
const struct advisory *advisory_set_next_fix(const struct advisory_set *set, const char *id,
					     size_t *cursor);
const struct advisory *advisory_set_next_introduced(const struct advisory_set *set, const char *id,
						    size_t *cursor);

/* What is not loaded with the rest. Owned by the caller, never NULL after success. */
struct advisory_text {
	char *description;
	char *rationale; /* see cvss_rationale */
	char *note;	 /* of a rejection */
	char **files;
	size_t file_count;
};

int advisory_load_text(struct advisory_text *ret_text, struct index *index, int64_t number,
		       struct error *err);
void advisory_text_release(struct advisory_text *text);

/* Whether the CNA says that a backport does not fix what its upstream commit fixes. */
int advisory_is_not_fix(bool *ret_is, struct index *index, const char *id, struct error *err);

const char *advisory_origin_name(enum advisory_origin origin); /* "record" */

/* Records that could not be read in full, by place. */
struct advisory_damage {
	char *place;
	char *name; /* the CVE, or "" */
	char *reason;
};

struct advisory_damage_list {
	struct advisory_damage *items;
	size_t count;
	size_t capacity;
};

int advisory_load_damage(struct advisory_damage_list *ret_list, struct index *index,
			 struct error *err);
void advisory_damage_list_release(struct advisory_damage_list *list);

#endif
