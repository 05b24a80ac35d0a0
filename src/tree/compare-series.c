/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Matching the commits of one series in another one: by the upstream commits that they name,
 * which that one backports or started with.
 */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/lookup.h"
#include "tree/compare-parts.h"

/* A chain of reverts that is longer is none. */
#define REVERT_DEPTH 16

/* Commits of mainline that say in full or in short that they revert an id. */
static const char reverts_sql[] =
	"SELECT c.id, r.target FROM reference r JOIN commits c ON c.number = r.number"
	" WHERE r.target >= ?1 AND r.target <= ?2 AND r.target <> '' AND r.kind = ?3"
	" AND c.epoch <> 0 ORDER BY c.id";

typedef ARRAY(git_oid) oid_list;

static int find_reverts(oid_list *ret_reverts, const struct members *members, const char *hex,
			struct error *err)
{
	struct statement select;
	char low[16], high[16];
	git_oid *added;
	int step = statement_init(&select, members->index, reverts_sql, err);

	if (step)
		return step;
	snprintf(low, sizeof(low), "%.7s", hex);
	snprintf(high, sizeof(high), "%.7sg", hex);
	statement_bind_text(&select, 1, low);
	statement_bind_text(&select, 2, high);
	statement_bind_int(&select, 3, REFERENCE_REVERTS);
	while ((step = statement_step(&select, err)) > 0) {
		if (!id_text_matches(statement_text(&select, 1), hex))
			continue;
		added = array_add(ret_reverts);
		statement_id(added, &select, 0);
	}
	statement_release(&select);
	return step;
}

/* Whether what a series starts with has a commit, and no revert that stands takes it back. */
static int start_keeps(bool *ret_keeps, const struct members *members, const char *hex,
		       unsigned depth, struct error *err)
{
	oid_list reverts = ARRAY_INIT;
	bool reverted;
	int error = members_start_holds(ret_keeps, members, hex, err);

	if (error || !*ret_keeps || depth == REVERT_DEPTH)
		return error;
	error = find_reverts(&reverts, members, hex, err);
	for (size_t i = 0; i < reverts.count && !error && *ret_keeps; i++) {
		error = start_keeps(&reverted, members, id_hex(&reverts.items[i]).text, depth + 1,
				    err);
		*ret_keeps = !reverted;
	}
	array_release(&reverts);
	return error;
}

int compare_upstream_id(bool *ret_has, const struct side *side, const char *hex, struct error *err)
{
	size_t cursor = 0;
	uint32_t member;

	*ret_has = false;
	while ((member = members_next_named(side->members, hex, &cursor)) != MEMBER_NONE)
		*ret_has |= side_keeps(side, member);
	return *ret_has ? 0 : start_keeps(ret_has, side->members, hex, 0, err);
}

int compare_upstream(enum upstream_match *ret_match, const struct side *side,
		     const struct member *member, struct error *err)
{
	size_t named = 0, held = 0;
	uint32_t same;
	bool has;
	int error = 0;

	for (size_t i = 0; i < member->reference_count && !error; i++) {
		if (member->references[i].kind != REFERENCE_UPSTREAM)
			continue;
		error = compare_upstream_id(&has, side, member->references[i].target, err);
		held += has;
		named++;
	}
	*ret_match = held && held == named ? UPSTREAM_HAS : UPSTREAM_LACKS;
	if (named || error)
		return error;
	same = members_find_subject(side->members, member->subject);
	*ret_match = same != MEMBER_NONE && side_keeps(side, same) ? UPSTREAM_HAS
								   : UPSTREAM_UNKNOWN;
	return 0;
}
