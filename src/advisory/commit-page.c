/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/commit-page.h"

#include <stdlib.h>
#include <string.h>

typedef int (*load_fn)(struct advisory_set *ret_set, struct index *index, const char *id,
		       struct error *err);

void commit_page_release(struct commit_page *page)
{
	carrier_release(&page->commit);
	string_list_release(&page->upstream);
	carrier_list_release(&page->same);
	relation_list_release(&page->says);
	relation_list_release(&page->said);
	array_release(&page->fixes);
	array_release(&page->introduces);
	change_list_release(&page->changes);
	for (size_t i = 0; i < page->sets.count; i++)
		advisory_set_release(&page->sets.items[i]);
	array_release(&page->sets);
	memset(page, 0, sizeof(*page));
}

static void find_upstream(struct commit_page *page)
{
	for (size_t i = 0; i < page->says.count; i++)
		if (page->says.items[i].kind == REFERENCE_UPSTREAM && *page->says.items[i].target)
			array_push(&page->upstream, string_copy(page->says.items[i].target));
}

static bool has_carrier(const struct carrier_list *list, const git_oid *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (git_oid_equal(&list->items[i].facts.id, id))
			return true;
	return false;
}

/* Moves over what is not there yet and is not the commit itself. */
static void take_carriers(struct commit_page *page, struct carrier_list *found)
{
	for (size_t i = 0; i < found->count; i++) {
		if ((page->known &&
		     git_oid_equal(&found->items[i].facts.id, &page->commit.facts.id)) ||
		    has_carrier(&page->same, &found->items[i].facts.id))
			continue;
		array_push(&page->same, found->items[i]);
		memset(&found->items[i], 0, sizeof(found->items[i]));
	}
	carrier_list_release(found);
}

static int find_same(struct commit_page *page, struct workspace *workspace, struct error *err)
{
	struct carrier_list found = ARRAY_INIT;
	int error = 0;

	for (size_t i = 0; i < page->upstream.count && !error; i++) {
		error = carriers_find(&found, workspace, page->upstream.items[i], err);
		take_carriers(page, &found);
	}
	if (!error)
		error = carriers_find(&found, workspace, page->hex, err);
	take_carriers(page, &found);
	return error;
}

static int find_said(struct commit_page *page, struct workspace *workspace, struct error *err)
{
	ARRAY(const char *) ids = ARRAY_INIT;
	size_t kept = 0;
	struct relation *relation;
	int error;

	array_push(&ids, page->hex);
	for (size_t i = 0; i < page->upstream.count; i++)
		array_push(&ids, page->upstream.items[i]);
	error = relations_to(&page->said, workspace, ids.items, ids.count, &page->commit, err);
	array_release(&ids);
	/* Backports of the same commit are in `same`. */
	for (size_t i = 0; i < page->said.count; i++) {
		relation = &page->said.items[i];
		if (error || relation->kind == REFERENCE_UPSTREAM ||
		    relation->kind == REFERENCE_CHERRY_PICKED) {
			free(relation->words);
			carrier_list_release(&relation->commits);
		} else {
			page->said.items[kept++] = *relation;
		}
	}
	page->said.count = kept;
	return error;
}

static bool has_advisory(const struct page_advisory_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].advisory->name, name))
			return true;
	return false;
}

static void take_set(struct commit_page *page, struct page_advisory_list *list,
		     const struct advisory_set *set, const char *match)
{
	struct page_advisory *added;

	for (size_t i = 0; i < set->count; i++) {
		if (has_advisory(list, set->items[i].name))
			continue;
		added = array_add(list);
		added->advisory = &set->items[i];
		added->match = match;
	}
	array_push(&page->sets, *set);
}

static int find_by_ids(struct commit_page *page, struct page_advisory_list *list, load_fn load,
		       struct index *index, struct error *err)
{
	struct advisory_set set;
	int error = 0;

	for (size_t i = 0; i <= page->upstream.count && !error; i++) {
		const char *id = i ? page->upstream.items[i - 1] : page->hex;

		if (strlen(id) < ADVISORY_ID_SHORTEST)
			continue;
		error = load(&set, index, id, err);
		if (!error)
			take_set(page, list, &set, i ? "upstream id" : "stable id");
	}
	return error;
}

/* Rebased trees without upstream ids: by the title of the record, which is the subject. */
static int find_by_subject(struct commit_page *page, struct index *index, struct error *err)
{
	ARRAY(int64_t) numbers = ARRAY_INIT;
	struct statement select;
	struct advisory_set set;
	int step = statement_init(&select, index,
				  "SELECT advisory FROM advisory WHERE title = ? AND title <> ''"
				  " AND state = 'published' ORDER BY advisory",
				  err);

	if (step)
		return step;
	statement_bind_text(&select, 1, page->commit.facts.subject);
	while ((step = statement_step(&select, err)) > 0)
		array_push(&numbers, statement_int(&select, 0));
	statement_release(&select);
	if (!step)
		step = advisory_load_numbers(&set, index, numbers.items, numbers.count, err);
	if (!step)
		take_set(page, &page->fixes, &set, "subject");
	array_release(&numbers);
	return step;
}

static int find_advisories(struct commit_page *page, struct index *index, struct error *err)
{
	bool not_fix;
	int error = advisory_is_not_fix(&not_fix, index, page->hex, err);

	if (!error && !not_fix)
		error = find_by_ids(page, &page->fixes, advisory_load_fix, index, err);
	if (!error && !not_fix && !page->fixes.count && page->known)
		error = find_by_subject(page, index, err);
	if (!error)
		error = find_by_ids(page, &page->introduces, advisory_load_introduced, index, err);
	return error;
}

static int read_changes(struct commit_page *page, struct index *index, struct error *err)
{
	struct change *change;
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT p.name, c.old_mode, c.new_mode, c.old_id, c.new_id"
				  " FROM change c JOIN path p ON p.path = c.path"
				  " WHERE c.number = ? ORDER BY p.name",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, page->commit.facts.number);
	while ((step = statement_step(&select, err)) > 0) {
		change = array_add(&page->changes);
		change->path = string_copy(statement_text(&select, 0));
		change->old_mode = (unsigned)statement_int(&select, 1);
		change->new_mode = (unsigned)statement_int(&select, 2);
		statement_id(&change->old_id, &select, 3);
		statement_id(&change->new_id, &select, 4);
	}
	statement_release(&select);
	return step;
}

/* Of a commit before a series, and of one that is not indexed. */
static int find_changes(struct commit_page *page, struct workspace *workspace, struct error *err)
{
	const struct commit_facts *facts = &page->commit.facts;
	git_commit *commit, *parent;
	int error = facts->number ? read_changes(page, &workspace->index, err) : 0;

	if (error || page->changes.count || facts->parents != 1 || !workspace->tree ||
	    git_commit_lookup(&commit, workspace->tree, &facts->id) < 0)
		return error;
	if (git_commit_parent(&parent, commit, 0) == 0) {
		error = change_list_read(&page->changes, workspace->odb, git_commit_tree_id(parent),
					 &facts->tree, err);
		git_commit_free(parent);
	}
	git_commit_free(commit);
	return error;
}

int commit_page_load(struct commit_page *ret_page, struct workspace *workspace,
		     const struct resolved_name *name, struct error *err)
{
	int error = 0;

	memset(ret_page, 0, sizeof(*ret_page));
	memcpy(ret_page->hex, name->hex, sizeof(ret_page->hex));
	ret_page->known = name->kind != NAME_FOREIGN;
	if (ret_page->known)
		error = carrier_load(&ret_page->commit, workspace, &name->id, err);
	if (!error && ret_page->known)
		error = relations_from(&ret_page->says, workspace, &ret_page->commit.facts, err);
	find_upstream(ret_page);
	if (!error)
		error = find_same(ret_page, workspace, err);
	if (!error)
		error = find_said(ret_page, workspace, err);
	if (!error)
		error = find_advisories(ret_page, &workspace->index, err);
	if (!error && ret_page->known)
		error = find_changes(ret_page, workspace, err);
	if (error)
		commit_page_release(ret_page);
	return error;
}
