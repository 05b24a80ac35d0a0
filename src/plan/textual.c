/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Textual prerequisites (docs/plan.md, rule 5). A merge has said that a row does not
 * apply; here the owners of the lines that it changes are asked in, then, where that was not
 * enough, its neighbours on the path; and where nothing is left it is held.
 */
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/repository.h"
#include "plan/owners.h"
#include "plan/planner.h"

enum {
	PATIENCE = 2 /* tries on the path that conflicts alone, before all of a row's paths */
};

struct resolver {
	struct planner *planner;
	uint32_t row;		 /* whose lines they are */
	uint32_t asks;		 /* who gets the needs */
	const char *path;	 /* NULL: all of the row's */
	const char *verb, *rest; /* what is said of a need: before the path and after it */
	bool asked;		 /* something new joins */
	bool waits;		 /* something that joins anyway has no tree yet */
	uint32_t blocked;	 /* something that cannot join */
};

char *planner_path(struct planner *planner, const char *path)
{
	struct buffer text = BUFFER_INIT;
	bool plain = text_is_utf8(path, strlen(path));
	char *words;

	for (const char *at = path; *at && plain; at++)
		plain = (unsigned char)*at >= ' ' && *at != 0x7f && *at != '"' && *at != '\\';
	if (plain)
		return planner_words(planner, "%s", path);
	for (const char *at = path; *at; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte == '"' || byte == '\\')
			buffer_add_format(&text, "\\%c", byte);
		else if (byte >= ' ' && byte < 0x7f)
			buffer_add_format(&text, "%c", byte);
		else
			buffer_add_format(&text, "\\%03o", byte);
	}
	words = planner_words(planner, "\"%s\"", text.data);
	buffer_release(&text);
	return words;
}

const struct change_list *row_changes(struct planner *planner, uint32_t row, struct error *err)
{
	struct change_list *changes = &planner->plan->changes[row];

	if (!changes->count &&
	    members_changes(changes, planner->members, planner->plan->rows[row].member, err))
		return NULL;
	return changes;
}

/* A pick may need something that went out with its revert: then both come back. */
static void bring_back(struct planner *planner, uint32_t row)
{
	struct row_facts *facts = &planner->facts[row];
	struct row_facts *other = &planner->facts[facts->cancel_partner];

	facts->keep_pair = other->keep_pair = true;
	facts->cancelled = other->cancelled = false;
}

bool planner_need(struct planner *planner, uint32_t row, uint32_t needs, const char *why)
{
	struct found_needs *found = &planner->facts[row].found;
	struct found_need *need;

	if (planner->facts[needs].cancelled)
		bring_back(planner, needs);
	for (size_t i = 0; i < found->count; i++)
		if (found->items[i].row == needs)
			return false;
	need = array_add(found);
	need->row = needs;
	need->why = why;
	return true;
}

/* One earlier row that a conflict may come from. */
static void ask(struct resolver *resolver, uint32_t row, const char *path)
{
	struct planner *planner = resolver->planner;
	struct row_facts *facts = &planner->facts[row];

	if (facts->in_set && facts->in_fold)
		return;
	if (facts->in_set) {
		resolver->waits = true;
	} else if (member_is_release_or_merge(planner->members, planner->plan->rows[row].member)) {
		return;
	} else if (facts->blocked) {
		resolver->blocked = row;
	} else {
		resolver->asked = true;
		planner_need(planner, resolver->asks, row,
			     planner_words(planner, "textual: %s %s %s", resolver->verb,
					   planner_path(planner, path), resolver->rest));
	}
}

static int ask_owners(struct resolver *resolver, struct error *err)
{
	struct planner *planner = resolver->planner;
	struct owners_request request = { .files = planner->links->files,
					  .store = planner->store,
					  .member = planner->plan->rows[resolver->row].member,
					  .in_base = planner->in_base };
	struct member_list owners = ARRAY_INIT;
	int error = 0;

	request.changes = row_changes(planner, resolver->row, err);
	if (!request.changes)
		return ERROR_SYSTEM;
	resolver->verb = "owns lines of";
	resolver->rest = resolver->asks == resolver->row ? "that it changes"
							 : "that a published pick changes";
	for (size_t i = 0; i < request.changes->count && !error; i++) {
		const struct change *change = &request.changes->items[i];

		if (resolver->path && strcmp(change->path, resolver->path))
			continue;
		owners.count = 0;
		error = owners_find(&owners, &request, change, err);
		for (size_t j = 0; j < owners.count && !error; j++)
			if (planner->row_of[owners.items[j]] != ROW_NONE)
				ask(resolver, planner->row_of[owners.items[j]], change->path);
	}
	array_release(&owners);
	return error;
}

/* The nearest earlier changes of one path that are not in yet, at most `limit`. */
static int ask_neighbours_of(size_t *ret_asked, struct resolver *resolver, const char *path,
			     size_t limit, struct error *err)
{
	struct planner *planner = resolver->planner;
	uint32_t member = planner->plan->rows[resolver->row].member, row;
	struct file_history history;
	int error = files_history(&history, planner->links->files, path, err);

	for (size_t i = error ? 0 : history.count; i-- > 0 && *ret_asked < limit;) {
		row = planner->row_of[history.items[i].member];
		if (history.items[i].member >= member || row == ROW_NONE)
			continue;
		resolver->asked = false;
		ask(resolver, row, path);
		*ret_asked += resolver->asked;
	}
	return error;
}

/*
 * The prediction was not enough: neighbours on the path, more of them each time; what
 * is not needed of them is given back in the end.
 */
static int ask_neighbours(struct resolver *resolver, struct error *err)
{
	struct planner *planner = resolver->planner;
	struct row_facts *facts = &planner->facts[resolver->row];
	const struct change_list *changes = row_changes(planner, resolver->row, err);
	size_t limit = facts->grown ? facts->grown : 1, asked = 0;
	int error = changes ? 0 : ERROR_SYSTEM;

	resolver->verb = "changes";
	resolver->rest = "before it";
	if (!error && resolver->path)
		error = ask_neighbours_of(&asked, resolver, resolver->path, limit, err);
	for (size_t i = 0; !error && !asked && !resolver->waits && i < changes->count; i++)
		error = ask_neighbours_of(&asked, resolver, changes->items[i].path, limit, err);
	facts->grown += asked;
	resolver->asked = asked > 0;
	return error;
}

void planner_hold(struct planner *planner, uint32_t row, uint32_t root, const char *path,
		  const char *reason)
{
	struct row_facts *facts = &planner->facts[row];
	struct row_facts *cause = &planner->facts[root];
	const char *name = planner_name(planner, planner->plan->rows[root].member);

	facts->blocked = true;
	facts->root = row;
	facts->conflict_path = path;
	if (row == root)
		facts->held_reason = reason;
	else if (cause->withdrawn)
		facts->held_reason = planner_words(planner, "needs %s, which is withdrawn", name);
	else if (cause->root != root)
		planner_hold(planner, row, cause->root, path, reason);
	else
		facts->held_reason = planner_words(planner, "needs %s, which is held: %s", name,
						   cause->held_reason);
	facts->root = row == root || cause->withdrawn ? root : cause->root;
}

int textual_resolve(struct planner *planner, uint32_t row, const char *path, const char *reason,
		    struct error *err)
{
	struct row_facts *facts = &planner->facts[row];
	struct resolver resolver = { .planner = planner,
				     .row = row,
				     .asks = row,
				     .path = ++facts->tries > PATIENCE ? NULL : path,
				     .blocked = ROW_NONE };
	const char *where = planner_path(planner, path);
	int error = ask_owners(&resolver, err);

	if (error || resolver.asked)
		return error;
	if (resolver.blocked == ROW_NONE && !resolver.waits) {
		resolver.path = path;
		error = ask_neighbours(&resolver, err);
		if (error || resolver.asked)
			return error;
	}
	if (resolver.blocked != ROW_NONE)
		planner_hold(planner, row, resolver.blocked, where, NULL);
	else if (!resolver.waits)
		planner_hold(planner, row, row, where,
			     planner_words(planner, "does not apply: %s: %s", where, reason));
	return 0;
}

int textual_resolve_late(struct planner *planner, uint32_t guilty, uint32_t published,
			 const char *path, const char *reason, struct error *err)
{
	struct resolver resolver = { .planner = planner,
				     .row = published,
				     .asks = guilty,
				     .path = path,
				     .blocked = ROW_NONE };
	const char *where = planner_path(planner, path);
	int error = ask_owners(&resolver, err);

	if (!error && !resolver.asked)
		planner_hold(
			planner, guilty, guilty, where,
			planner_words(planner, "with it, %s does not apply: %s: %s",
				      planner_name(planner, planner->plan->rows[published].member),
				      where, reason));
	return error;
}
