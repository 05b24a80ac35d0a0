/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/merge.h"
#include "git/repository.h"
#include "history/scan.h"
#include "plan/unfixed.h"

typedef ARRAY(struct link) link_list;

struct finder {
	const struct members *members;
	struct store *store;
	struct links *links;
	link_list list;
	uint32_t *reverted_by; /* by member: the latest revert of it so far, or MEMBER_NONE */
};

const char *link_match_words(enum link_match match)
{
	static const char *const words[] = { "named by its id", "found as its inverse diff",
					     "found by its subject alone" };

	return words[match];
}

static int compare_forward(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static int compare_backward(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

static struct link *add_link(struct finder *finder, enum link_kind kind, enum link_match match,
			     uint32_t from, uint32_t to)
{
	struct link *link;

	for (size_t i = finder->list.count; i-- > 0;) {
		link = &finder->list.items[i];
		if (link->from != from && link->to != to)
			break;
		if (link->kind == kind && link->from == from && link->to == to)
			return link;
	}
	link = array_add(&finder->list);
	link->kind = kind;
	link->match = match;
	link->from = from;
	link->to = to;
	return link;
}

static void count_one(uint8_t *counter)
{
	if (*counter < UINT8_MAX)
		(*counter)++;
}

/* A quoted subject helps where the id leads nowhere: trees are rebased. */
static uint32_t by_subject(const struct members *members, const struct member_reference *reference)
{
	return reference->words[0] ? members_find_subject(members, reference->words) : MEMBER_NONE;
}

static int note_fixes(struct finder *finder, uint32_t member,
		      const struct member_reference *reference, struct error *err)
{
	uint32_t to;
	size_t cursor = 0;
	bool found = false, holds;
	int error;

	if (!reference->target[0])
		return 0;
	while ((to = members_next_named(finder->members, reference->target, &cursor)) !=
	       MEMBER_NONE) {
		found = true;
		if (to < member)
			add_link(finder, LINK_FIXES, LINK_BY_ID, member, to);
	}
	/* Also where a member is meant: the series may backport again what it started with. */
	error = members_start_holds(&holds, finder->members, reference->target, err);
	if (!error && holds)
		count_one(&finder->links->start_origins[member]);
	if (error || found || holds)
		return error;
	to = by_subject(finder->members, reference);
	if (to != MEMBER_NONE && to < member)
		add_link(finder, LINK_FIXES, LINK_BY_SUBJECT, member, to);
	else
		count_one(&finder->links->unknown_origins[member]);
	return 0;
}

/* Stable-dep-of can stand in a commit that comes after the one it serves. */
static void note_dependency(struct finder *finder, uint32_t member,
			    const struct member_reference *reference, bool serves)
{
	enum link_match match = LINK_BY_ID;
	bool found = false;
	size_t cursor = 0;
	uint32_t other;

	if (reference->target[0])
		while ((other = members_next_named(finder->members, reference->target, &cursor)) !=
		       MEMBER_NONE) {
			found = true;
			if (other != member)
				add_link(finder, LINK_PREREQUISITE_OF, match,
					 serves ? member : other, serves ? other : member);
		}
	if (found || !serves)
		return;
	other = by_subject(finder->members, reference);
	if (other != MEMBER_NONE && other != member)
		add_link(finder, LINK_PREREQUISITE_OF, LINK_BY_SUBJECT, member, other);
}

static int note_member(struct finder *finder, uint32_t member, struct error *err)
{
	const struct member *item = &finder->members->items[member];
	int error = 0;

	for (size_t i = 0; i < item->reference_count && !error; i++) {
		switch (item->references[i].kind) {
		case REFERENCE_FIXES:
			error = note_fixes(finder, member, &item->references[i], err);
			break;
		case REFERENCE_DEPENDENCY_OF:
			note_dependency(finder, member, &item->references[i], true);
			break;
		case REFERENCE_PREREQUISITE:
			note_dependency(finder, member, &item->references[i], false);
			break;
		default:
			break;
		}
	}
	return error;
}

/* One path of the inverse: taking the change back where the revert starts gives its end. */
static int is_inverse_path(bool *ret_is, struct finder *finder, const struct change *revert,
			   const struct change *change, struct error *err)
{
	struct merge_entry base = { change->new_mode, change->new_id };
	struct merge_entry ours = { revert->old_mode, revert->old_id };
	struct merge_entry theirs = { change->old_mode, change->old_id };
	struct merge_outcome outcome;
	int error;

	*ret_is = false;
	if (strcmp(revert->path, change->path))
		return 0;
	error = merge_entries(&outcome, finder->store, change->path, &base, &ours, &theirs, err);
	*ret_is = !error && outcome.result == MERGE_CLEAN &&
		  outcome.entry.mode == revert->new_mode &&
		  git_oid_equal(&outcome.entry.id, &revert->new_id);
	merge_outcome_release(&outcome);
	/* A blob that a partial clone lacks proves nothing. */
	return error == ERROR_NOT_FOUND ? 0 : error;
}

static int is_inverse(bool *ret_is, struct finder *finder, uint32_t revert, uint32_t member,
		      struct error *err)
{
	struct change_list back = CHANGE_LIST_INIT, forth = CHANGE_LIST_INIT;
	int error;

	*ret_is = false;
	error = members_changes(&back, finder->members, revert, err);
	if (!error)
		error = members_changes(&forth, finder->members, member, err);
	if (!error && back.count == forth.count && back.count) {
		*ret_is = true;
		for (size_t i = 0; i < back.count && *ret_is && !error; i++)
			error = is_inverse_path(ret_is, finder, &back.items[i], &forth.items[i],
						err);
	}
	change_list_release(&back);
	change_list_release(&forth);
	return error;
}

static bool is_earlier_and_in(const struct finder *finder, uint32_t revert, uint32_t member)
{
	return member != MEMBER_NONE && member < revert &&
	       finder->reverted_by[member] == MEMBER_NONE;
}

/* The latest earlier member that an id names and that is not reverted yet. */
static uint32_t latest_named(const struct finder *finder, uint32_t revert, const char *hex)
{
	uint32_t found = MEMBER_NONE, member;
	size_t cursor = 0;

	while ((member = members_next_named(finder->members, hex, &cursor)) != MEMBER_NONE)
		if (is_earlier_and_in(finder, revert, member))
			found = member;
	return found;
}

static void add_revert(struct finder *finder, uint32_t revert, uint32_t member,
		       enum link_match match, bool partial)
{
	add_link(finder, LINK_REVERTS, match, revert, member)->partial = partial;
	if (!partial)
		finder->reverted_by[member] = revert;
	/* What takes a revert back brings what that one had taken out. */
	for (size_t i = 0; i + 1 < finder->list.count && !partial; i++)
		if (finder->list.items[i].kind == LINK_REVERTS &&
		    finder->list.items[i].from == member)
			finder->reverted_by[finder->list.items[i].to] = MEMBER_NONE;
}

/* The latest earlier member with this subject that the revert is the inverse of. */
static int find_inverse(uint32_t *ret_member, struct finder *finder, uint32_t revert,
			const char *subject, struct error *err)
{
	bool inverse = false;
	int error = 0;

	*ret_member = MEMBER_NONE;
	for (uint32_t i = revert; i-- > 0 && !error && !inverse;) {
		if (strcmp(finder->members->items[i].subject, subject) ||
		    !is_earlier_and_in(finder, revert, i))
			continue;
		error = is_inverse(&inverse, finder, revert, i, err);
		if (inverse)
			*ret_member = i;
	}
	return error;
}

static int note_revert_subject(struct finder *finder, uint32_t revert, const char *subject,
			       bool partial, struct error *err)
{
	uint32_t member;
	int error;

	error = find_inverse(&member, finder, revert, subject, err);
	if (error)
		return error;
	if (member != MEMBER_NONE) {
		add_revert(finder, revert, member, LINK_BY_INVERSE, partial);
		return 0;
	}
	member = members_find_subject(finder->members, subject);
	if (is_earlier_and_in(finder, revert, member))
		add_revert(finder, revert, member, LINK_BY_SUBJECT, partial);
	return 0;
}

/* The subject of what a subject takes back: one level of Revert "..." off. */
static bool subject_below(struct buffer *ret_subject, const char *subject)
{
	static const struct {
		const char *start, *instead;
	} forms[] = { { "Revert \"", "" }, { "Reapply \"", "Revert \"" } };
	size_t length = strlen(subject), skip;

	buffer_clear(ret_subject);
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		skip = strlen(forms[i].start);
		if (strncmp(subject, forms[i].start, skip) || length < skip + 2 ||
		    subject[length - 1] != '"')
			continue;
		buffer_add_string(ret_subject, forms[i].instead);
		buffer_add(ret_subject, subject + skip,
			   length - skip - (forms[i].instead[0] ? 0 : 1));
		return true;
	}
	return false;
}

/*
 * What the ids of a revert lead to. "reverts X, which is commit Y upstream" names one
 * commit twice: Y is looked at where X leads nowhere.
 */
struct revert_targets {
	bool found;	/* a member */
	bool elsewhere; /* mainline before the series: then the subject means that one too */
	unsigned unknown;
	bool last_unknown;
};

static int note_revert_id(struct revert_targets *targets, struct finder *finder, uint32_t revert,
			  const struct member_reference *reference, bool partial, struct error *err)
{
	bool again = reference->kind == REFERENCE_REVERTS_UPSTREAM, holds;
	uint32_t member;
	int error;

	if (again && !targets->last_unknown && (targets->found || targets->elsewhere))
		return 0;
	member = latest_named(finder, revert, reference->target);
	error = members_start_holds(&holds, finder->members, reference->target, err);
	if (error)
		return error;
	if (again && targets->last_unknown && (member != MEMBER_NONE || holds))
		targets->unknown--;
	if (holds) {
		targets->elsewhere = true;
		count_one(&finder->links->start_origins[revert]);
	}
	targets->last_unknown = member == MEMBER_NONE && !holds;
	if (targets->last_unknown && !again)
		targets->unknown++;
	if (member == MEMBER_NONE)
		return 0;
	targets->found = true;
	add_revert(finder, revert, member, LINK_BY_ID,
		   partial || reference->kind == REFERENCE_PARTIALLY_REVERTS);
	return 0;
}

/* By id first, each sentence of its own; by inverse diff or subject where none leads anywhere. */
static int note_reverts(struct finder *finder, uint32_t revert, struct error *err)
{
	const struct member *item = &finder->members->items[revert];
	bool partial = item->mark & COMMIT_PARTIAL_REVERT;
	struct revert_targets targets = { 0 };
	struct buffer subject = BUFFER_INIT;
	size_t before = finder->list.count;
	int error = 0;

	for (size_t i = 0; i < item->reference_count && !error; i++)
		if (item->references[i].target[0] &&
		    (item->references[i].kind == REFERENCE_REVERTS ||
		     item->references[i].kind == REFERENCE_REVERTS_UPSTREAM ||
		     item->references[i].kind == REFERENCE_PARTIALLY_REVERTS))
			error = note_revert_id(&targets, finder, revert, &item->references[i],
					       partial, err);
	if (!error && !targets.found && !targets.elsewhere && item->mark >> COMMIT_SUBJECT_SHIFT &&
	    subject_below(&subject, item->subject)) {
		error = note_revert_subject(finder, revert, subject.data, partial, err);
		/* An inverse is what the id of a rebased tree meant; a subject is a guess. */
		if (finder->list.count > before &&
		    array_last(&finder->list)->match == LINK_BY_INVERSE && targets.unknown)
			targets.unknown--;
	}
	while (targets.unknown--)
		count_one(&finder->links->unknown_origins[revert]);
	buffer_release(&subject);
	return error;
}

static bool has_revert(const struct member *item)
{
	if (item->mark >> COMMIT_SUBJECT_SHIFT)
		return true;
	for (size_t i = 0; i < item->reference_count; i++)
		if (item->references[i].kind == REFERENCE_REVERTS ||
		    item->references[i].kind == REFERENCE_REVERTS_UPSTREAM ||
		    item->references[i].kind == REFERENCE_PARTIALLY_REVERTS)
			return true;
	return false;
}

int links_find(struct links *ret_links, const struct members *members, struct store *store,
	       struct error *err)
{
	struct finder finder = { members, store, ret_links, ARRAY_INIT, NULL };
	struct index_view view = { NULL };
	int error = 0;

	memset(ret_links, 0, sizeof(*ret_links));
	ret_links->start_origins = memory_alloc(members->count);
	ret_links->unknown_origins = memory_alloc(members->count);
	finder.reverted_by = memory_resize(NULL, members->count, sizeof(uint32_t));
	memset(finder.reverted_by, 0xff, members->count * sizeof(uint32_t));
	ret_links->unfixed = unfixed_new(members);
	ret_links->files = memory_alloc(sizeof(*ret_links->files));
	ret_links->names = memory_alloc(sizeof(*ret_links->names));
	kernel_names_init(ret_links->names, ret_links->files);
	error = files_open(ret_links->files, members, err);
	if (!error)
		store_share_merges(store, ret_links->files->merges.merges);
	if (!error)
		error = index_view_begin(&view, members->index, err);
	for (uint32_t i = 0; i < members->count && !error; i++)
		if (!member_is_release_or_merge(members, i))
			error = note_member(&finder, i, err);
	for (uint32_t i = 0; i < members->count && !error; i++)
		if (has_revert(&members->items[i]))
			error = note_reverts(&finder, i, err);
	index_view_end(&view);
	free(finder.reverted_by);
	ret_links->forward = finder.list.items;
	ret_links->count = finder.list.count;
	ret_links->backward = memory_copy(finder.list.items,
					  finder.list.count * sizeof(struct link));
	if (finder.list.count) {
		qsort(ret_links->forward, ret_links->count, sizeof(struct link), compare_forward);
		qsort(ret_links->backward, ret_links->count, sizeof(struct link), compare_backward);
	}
	if (error)
		links_release(ret_links);
	return error;
}

void links_release(struct links *links)
{
	free(links->forward);
	free(links->backward);
	free(links->start_origins);
	free(links->unknown_origins);
	if (links->names)
		kernel_names_release(links->names);
	unfixed_free(links->unfixed);
	if (links->files)
		files_close(links->files);
	free(links->names);
	free(links->files);
	memset(links, 0, sizeof(*links));
}

static size_t first_of(const struct link *list, size_t count, uint32_t member, bool from)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if ((from ? list[middle].from : list[middle].to) < member)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct link *links_from(size_t *ret_count, const struct links *links, uint32_t member)
{
	size_t first = first_of(links->forward, links->count, member, true);

	*ret_count = first_of(links->forward, links->count, member + 1, true) - first;
	return links->forward + first;
}

const struct link *links_to(size_t *ret_count, const struct links *links, uint32_t member)
{
	size_t first = first_of(links->backward, links->count, member, false);

	*ret_count = first_of(links->backward, links->count, member + 1, false) - first;
	return links->backward + first;
}
