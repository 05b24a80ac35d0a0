/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/table.h"
#include "git/repository.h"
#include "tree/journal.h"
#include "tree/names.h"

void base_states_release(struct base_states *states)
{
	free(states->base);
	free(states->policy);
	stanza_list_release(&states->published);
	stanza_list_release(&states->built);
	ref_names_release(&states->names);
	memset(states, 0, sizeof(*states));
}

static bool is_published(const struct base_states *states, const char *tag)
{
	for (size_t i = 0; i < states->published.count; i++)
		if (!strcmp(states->published.items[i].tag, tag))
			return true;
	return false;
}

/* The stanza that build left in refs/sectree/stanzas. */
static int read_built(struct stanza_list *ret_list, struct workspace *workspace, const char *tag,
		      struct error *err)
{
	char *ref = string_format(STANZAS_REF "%s", tag);
	git_odb_object *blob = NULL;
	git_oid id;
	int error = 0;

	if (!ref_read(&id, workspace->tree, ref) || git_odb_read(&blob, workspace->odb, &id) < 0)
		error = git_failed(err, "tree.git: %s: cannot be read; build the base again", ref);
	else
		error = stanza_parse(ret_list, git_odb_object_data(blob), git_odb_object_size(blob),
				     ref, err);
	git_odb_object_free(blob);
	free(ref);
	return error;
}

/* Orders what was built by what each stands on; what stands elsewhere is dropped. */
static void chain_built(struct base_states *states, struct stanza_list *found)
{
	git_oid parent;
	size_t at = 0;

	if (states->published.count)
		parent = array_last(&states->published)->commit;
	else if (found->count)
		parent = found->items[0].base;
	while (at < found->count) {
		struct stanza *next = &found->items[at];

		if (!git_oid_equal(&next->parent, &parent)) {
			at++;
			continue;
		}
		parent = next->commit;
		*array_add(&states->built) = *next;
		*next = *array_last(found);
		found->count--;
		at = 0;
	}
	states->replaced = found->count > 0;
}

int base_states_load(struct base_states *ret_states, struct workspace *workspace, const char *base,
		     const char *policy, struct error *err)
{
	struct stanza_list found = STANZA_LIST_INIT;
	struct ref_names names = { NULL, 0, 0 };
	int error;

	memset(ret_states, 0, sizeof(*ret_states));
	ret_states->base = string_copy(base);
	ret_states->policy = string_copy(policy);
	error = journal_load(&ret_states->published, workspace, base, policy, err);
	if (!error)
		error = ref_names_read(&names, workspace->tree, STANZAS_REF, err);
	for (size_t i = 0; i < names.count && !error; i++) {
		if (!tag_is_of_base(names.items[i], base, policy) ||
		    is_published(ret_states, names.items[i]))
			continue;
		array_push(&ret_states->names, string_copy(names.items[i]));
		error = read_built(&found, workspace, names.items[i], err);
	}
	if (!error)
		chain_built(ret_states, &found);
	stanza_list_release(&found);
	ref_names_release(&names);
	if (error)
		base_states_release(ret_states);
	return error;
}

void base_states_forget(struct ref_changes *changes, const struct base_states *states,
			struct workspace *workspace)
{
	static const char *const prefixes[] = { STATES_REF, STANZAS_REF };

	for (size_t i = 0; i < states->names.count; i++) {
		for (size_t j = 0; j < COUNT_OF(prefixes); j++) {
			char *name = string_format("%s%s", prefixes[j], states->names.items[i]);

			ref_changes_delete(changes, workspace->tree, name);
			free(name);
		}
	}
}

struct stanza **stanza_pointers(struct stanza_list *list, size_t extra)
{
	struct stanza **pointers = memory_alloc((list->count + extra + 1) * sizeof(*pointers));

	for (size_t i = 0; i < list->count; i++)
		pointers[i] = &list->items[i];
	return pointers;
}

/* ---- all bases ---- */

static void add_known(struct known_bases *bases, const struct stanza *stanza, bool published)
{
	struct known_base *known;

	for (size_t i = 0; i < bases->count; i++)
		if (!strcmp(bases->items[i].name, stanza->base_name))
			return;
	known = array_add(bases);
	known->name = string_copy(stanza->base_name);
	known->base = stanza->base;
	known->series = string_copy(stanza->series);
	known->whole = stanza->whole;
	known->published = published;
}

static int compare_known(const void *left, const void *right)
{
	return strcmp(((const struct known_base *)left)->name,
		      ((const struct known_base *)right)->name);
}

int states_read_all(struct stanza_list *ret_list, size_t *ret_published,
		    struct workspace *workspace, struct error *err)
{
	struct ref_names built = { NULL, 0, 0 };
	struct string_list journals = ARRAY_INIT;
	struct stanza_list journal = STANZA_LIST_INIT;
	struct table published = TABLE_INIT;
	int error = journal_list(&journals, workspace, err);

	for (size_t i = 0; i < journals.count && !error; i++) {
		error = journal_load_name(&journal, workspace, journals.items[i], err);
		for (size_t j = 0; j < journal.count; j++)
			array_push(ret_list, journal.items[j]);
		array_release(&journal);
	}
	*ret_published = ret_list->count;
	for (size_t i = 0; i < ret_list->count; i++)
		table_set_string(&published, ret_list->items[i].tag, 1);
	if (!error)
		error = ref_names_read(&built, workspace->tree, STANZAS_REF, err);
	for (size_t i = 0; i < built.count && !error; i++)
		if (!table_find_string(NULL, &published, built.items[i]))
			error = read_built(ret_list, workspace, built.items[i], err);
	table_release(&published);
	string_list_release(&journals);
	ref_names_release(&built);
	return error;
}

int known_bases_read(struct known_bases *ret_bases, struct workspace *workspace, struct error *err)
{
	struct stanza_list list = STANZA_LIST_INIT;
	size_t published = 0;
	int error;

	memset(ret_bases, 0, sizeof(*ret_bases));
	error = states_read_all(&list, &published, workspace, err);
	for (size_t i = 0; i < list.count && !error; i++)
		add_known(ret_bases, &list.items[i], i < published);
	if (ret_bases->count)
		qsort(ret_bases->items, ret_bases->count, sizeof(*ret_bases->items), compare_known);
	stanza_list_release(&list);
	return error;
}

void known_bases_release(struct known_bases *bases)
{
	for (size_t i = 0; i < bases->count; i++) {
		free(bases->items[i].name);
		free(bases->items[i].series);
	}
	array_release(bases);
}
