/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/relation.h"

#include <stdlib.h>
#include <string.h>

#include "git/commit.h"

/* A subject that more commits have tells nothing. */
#define SUBJECT_LIMIT 16

static const char by_id[] = "id", by_upstream[] = "upstream id", by_subject[] = "subject";

/* Kinds whose target is a commit that is to be found. */
static const unsigned commit_kinds = 1u << REFERENCE_UPSTREAM | 1u << REFERENCE_CHERRY_PICKED |
				     1u << REFERENCE_FIXES | 1u << REFERENCE_DEPENDENCY_OF |
				     1u << REFERENCE_PREREQUISITE | 1u << REFERENCE_REVERTS |
				     1u << REFERENCE_REVERTS_UPSTREAM |
				     1u << REFERENCE_PARTIALLY_REVERTS | 1u << REFERENCE_REAPPLIES;

void carrier_release(struct carrier *carrier)
{
	commit_facts_release(&carrier->facts);
	commit_place_list_release(&carrier->places);
	string_list_release(&carrier->starts);
}

void carrier_list_release(struct carrier_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		carrier_release(&list->items[i]);
	array_release(list);
}

void relation_list_release(struct relation_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].words);
		carrier_list_release(&list->items[i].commits);
	}
	array_release(list);
}

/* Takes the facts over. */
static int add_facts(struct carrier_list *list, struct index *index, struct commit_facts *facts,
		     const char *match, struct error *err)
{
	struct carrier *carrier;
	int error = 0;

	for (size_t i = 0; i < list->count; i++)
		if (git_oid_equal(&list->items[i].facts.id, &facts->id)) {
			commit_facts_release(facts);
			return 0;
		}
	carrier = array_add(list);
	carrier->facts = *facts;
	carrier->match = match;
	if (facts->number)
		error = commit_places(&carrier->places, index, facts->number, err);
	if (!error)
		error = commit_starts(&carrier->starts, index, facts->epoch, err);
	return error;
}

static int add_number(struct carrier_list *list, struct index *index, uint32_t number,
		      const char *match, struct error *err)
{
	struct commit_facts facts;
	int error = commit_facts_by_number(&facts, index, number, err);

	return error ? error : add_facts(list, index, &facts, match, err);
}

static int add_own(struct carrier_list *list, struct workspace *workspace, const char *hex,
		   struct error *err)
{
	struct commit_facts_list found = ARRAY_INIT;
	struct commit_facts facts;
	git_oid prefix, id;
	int error = commit_facts_by_prefix(&found, &workspace->index, hex, 2, err);

	for (size_t i = 0; i < found.count && !error; i++) {
		error = add_facts(list, &workspace->index, &found.items[i], by_id, err);
		memset(&found.items[i], 0, sizeof(found.items[i]));
	}
	if (!error && !found.count && workspace->odb &&
	    !git_oid_fromstrn(&prefix, hex, strlen(hex)) &&
	    !git_odb_exists_prefix(&id, workspace->odb, &prefix, strlen(hex)) &&
	    !commit_facts_by_id(&facts, workspace, &id, NULL))
		error = add_facts(list, &workspace->index, &facts, by_id, err);
	commit_facts_list_release(&found);
	return error;
}

/* Rows of `reference` whose target may be this id, one way or the other. */
#define NAMED_BY                                                            \
	" FROM reference WHERE target <> '' AND target >= substr(?1, 1, 7)" \
	" AND target < ?1 || 'g' AND substr(?1, 1, length(target)) ="       \
	" substr(target, 1, length(?1))"

static int compare_carriers(const void *left, const void *right)
{
	const struct carrier *a = left, *b = right;
	bool a_placed = a->places.count, b_placed = b->places.count;

	if (a_placed != b_placed)
		return a_placed ? 1 : -1;
	if (a_placed && a->places.items[0].series != b->places.items[0].series)
		return a->places.items[0].series < b->places.items[0].series ? -1 : 1;
	if (a_placed && a->places.items[0].position != b->places.items[0].position)
		return a->places.items[0].position < b->places.items[0].position ? -1 : 1;
	return git_oid_cmp(&a->facts.id, &b->facts.id);
}

int carriers_find(struct carrier_list *ret_list, struct workspace *workspace, const char *hex,
		  struct error *err)
{
	ARRAY(uint32_t) numbers = ARRAY_INIT;
	struct statement select;
	int step = add_own(ret_list, workspace, hex, err);

	if (step)
		return step;
	step = statement_init(&select, &workspace->index,
			      "SELECT DISTINCT number" NAMED_BY " AND kind IN (?2, ?3)", err);
	if (step)
		return step;
	statement_bind_text(&select, 1, hex);
	statement_bind_int(&select, 2, REFERENCE_UPSTREAM);
	statement_bind_int(&select, 3, REFERENCE_CHERRY_PICKED);
	while ((step = statement_step(&select, err)) > 0)
		array_push(&numbers, (uint32_t)statement_int(&select, 0));
	statement_release(&select);
	for (size_t i = 0; i < numbers.count && !step; i++)
		step = add_number(ret_list, &workspace->index, numbers.items[i], by_upstream, err);
	array_release(&numbers);
	if (ret_list->count)
		qsort(ret_list->items, ret_list->count, sizeof(*ret_list->items), compare_carriers);
	return step;
}

static int add_by_subject(struct carrier_list *list, struct index *index, const char *subject,
			  struct error *err)
{
	ARRAY(uint32_t) numbers = ARRAY_INIT;
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT number FROM commits WHERE subject = ? LIMIT ?", err);

	if (step)
		return step;
	statement_bind_text(&select, 1, subject);
	statement_bind_int(&select, 2, SUBJECT_LIMIT);
	while ((step = statement_step(&select, err)) > 0)
		array_push(&numbers, (uint32_t)statement_int(&select, 0));
	statement_release(&select);
	for (size_t i = 0; i < numbers.count && !step; i++)
		step = add_number(list, index, numbers.items[i], by_subject, err);
	array_release(&numbers);
	return step;
}

static struct relation *add_relation(struct relation_list *list, int kind, const char *target,
				     const char *words)
{
	struct relation *relation = array_add(list);

	relation->kind = (enum reference_kind)kind;
	snprintf(relation->target, sizeof(relation->target), "%s", target);
	relation->words = string_copy(words);
	return relation;
}

static int read_indexed(struct relation_list *list, struct index *index, uint32_t number,
			struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT kind, target, words FROM reference WHERE number = ?"
				  " ORDER BY sequence",
				  err);

	if (step)
		return step;
	statement_bind_int(&select, 1, number);
	while ((step = statement_step(&select, err)) > 0)
		add_relation(list, (int)statement_int(&select, 0), statement_text(&select, 1),
			     statement_text(&select, 2));
	statement_release(&select);
	return step;
}

static void read_message(struct relation_list *list, const struct commit_view *view)
{
	struct buffer words = BUFFER_INIT, text = BUFFER_INIT;
	const struct reference *reference;
	struct message message;
	bool is_advisory;

	message_init(&message);
	message_parse(&message, view->message.text, view->message.length);
	for (size_t i = 0; i < message.references.count; i++) {
		reference = &message.references.items[i];
		is_advisory = reference->kind == REFERENCE_ADVISORY;
		buffer_clear(&words);
		buffer_clear(&text);
		reference_add_text(&words, reference);
		buffer_add_utf8(&text, words.data, words.length);
		add_relation(list, reference->kind, is_advisory ? "" : reference->id,
			     is_advisory ? reference->id : text.data);
	}
	message_release(&message);
	buffer_release(&words);
	buffer_release(&text);
}

static int read_object(struct relation_list *list, git_odb *odb, const git_oid *id,
		       struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	git_odb_object *object;
	int error;

	if (!odb || git_odb_read(&object, odb, id) < 0)
		return 0;
	error = commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object),
				  id, err);
	if (!error)
		read_message(list, &view);
	commit_view_release(&view);
	git_odb_object_free(object);
	return error;
}

int relations_from(struct relation_list *ret_list, struct workspace *workspace,
		   const struct commit_facts *facts, struct error *err)
{
	struct relation *relation;
	int error;

	if (facts->number)
		error = read_indexed(ret_list, &workspace->index, facts->number, err);
	else
		error = read_object(ret_list, workspace->odb, &facts->id, err);
	for (size_t i = 0; i < ret_list->count && !error; i++) {
		relation = &ret_list->items[i];
		if (!(commit_kinds & 1u << relation->kind))
			continue;
		if (*relation->target)
			error = carriers_find(&relation->commits, workspace, relation->target, err);
		else if (*relation->words)
			error = add_by_subject(&relation->commits, &workspace->index,
					       relation->words, err);
	}
	return error;
}

static bool has_commit(const struct relation_list *list, uint32_t number)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].commits.items[0].facts.number == number)
			return true;
	return false;
}

static int add_naming(struct relation_list *list, struct index *index, const char *id,
		      const char *match, struct error *err)
{
	struct statement select;
	size_t first = list->count;
	ARRAY(uint32_t) numbers = ARRAY_INIT;
	uint32_t number;
	int kind, step;

	step = statement_init(
		&select, index,
		"SELECT number, kind, target, words" NAMED_BY " ORDER BY number, sequence", err);
	if (step)
		return step;
	statement_bind_text(&select, 1, id);
	while ((step = statement_step(&select, err)) > 0) {
		number = (uint32_t)statement_int(&select, 0);
		kind = (int)statement_int(&select, 1);
		if (!(commit_kinds & 1u << kind))
			continue;
		add_relation(list, kind, statement_text(&select, 2), statement_text(&select, 3));
		array_push(&numbers, number);
	}
	statement_release(&select);
	for (size_t i = 0; i < numbers.count && !step; i++)
		step = add_number(&list->items[first + i].commits, index, numbers.items[i], match,
				  err);
	array_release(&numbers);
	return step;
}

static bool share_series(const struct commit_place_list *a, const struct commit_place_list *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t j = 0; j < b->count; j++)
			if (a->items[i].series == b->items[j].series)
				return true;
	return !a->count;
}

/* Whether a revert says by an id what it takes back: then that is what it means. */
static int names_indexed(bool *ret_names, struct index *index, uint32_t number, struct error *err)
{
	struct commit_facts_list found = ARRAY_INIT;
	struct string_list targets = ARRAY_INIT;
	struct statement select;
	int step = statement_init(&select, index,
				  "SELECT target FROM reference WHERE number = ? AND target <> ''"
				  " AND kind IN (?, ?)",
				  err);

	*ret_names = false;
	if (step)
		return step;
	statement_bind_int(&select, 1, number);
	statement_bind_int(&select, 2, REFERENCE_REVERTS);
	statement_bind_int(&select, 3, REFERENCE_REAPPLIES);
	while ((step = statement_step(&select, err)) > 0)
		array_push(&targets, string_copy(statement_text(&select, 0)));
	statement_release(&select);
	for (size_t i = 0; i < targets.count && !step; i++)
		step = commit_facts_by_prefix(&found, index, targets.items[i], 1, err);
	*ret_names = found.count != 0;
	commit_facts_list_release(&found);
	string_list_release(&targets);
	return step;
}

/* Reverts that quote the subject, in a series that holds the commit. */
static int add_quoting(struct relation_list *list, struct index *index, const char *subject,
		       const struct commit_place_list *places, struct error *err)
{
	static const struct {
		const char *before, *after;
		enum reference_kind kind;
	} forms[] = {
		{ "Revert \"", "\"", REFERENCE_REVERTS },
		{ "Reapply \"", "\"", REFERENCE_REAPPLIES },
		{ "Revert \"Revert \"", "\"\"", REFERENCE_REAPPLIES },
	};
	struct carrier_list found;
	struct relation *relation;
	bool named = false;
	char *quoted;
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(forms) && !error; i++) {
		memset(&found, 0, sizeof(found));
		quoted = string_format("%s%s%s", forms[i].before, subject, forms[i].after);
		error = add_by_subject(&found, index, quoted, err);
		for (size_t j = 0; j < found.count && !error; j++) {
			error = names_indexed(&named, index, found.items[j].facts.number, err);
			if (named || has_commit(list, found.items[j].facts.number) ||
			    !share_series(places, &found.items[j].places))
				continue;
			relation = add_relation(list, forms[i].kind, "", subject);
			array_push(&relation->commits, found.items[j]);
			memset(&found.items[j], 0, sizeof(found.items[j]));
		}
		carrier_list_release(&found);
		free(quoted);
	}
	return error;
}

static int compare_relations(const void *left, const void *right)
{
	const struct relation *a = left, *b = right;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return compare_carriers(&a->commits.items[0], &b->commits.items[0]);
}

/* One commit can name an id and its upstream id, in one way: said once. */
static void drop_repeated(struct relation_list *list)
{
	size_t kept = 0;
	struct relation *relation;

	for (size_t i = 0; i < list->count; i++) {
		relation = &list->items[i];
		if (kept && list->items[kept - 1].kind == relation->kind &&
		    list->items[kept - 1].commits.items[0].facts.number ==
			    relation->commits.items[0].facts.number) {
			free(relation->words);
			carrier_list_release(&relation->commits);
			continue;
		}
		list->items[kept++] = *relation;
	}
	list->count = kept;
}

int carrier_load(struct carrier *ret_carrier, struct workspace *workspace, const git_oid *id,
		 struct error *err)
{
	struct commit_facts facts;
	struct carrier_list list = ARRAY_INIT;
	int error = commit_facts_by_id(&facts, workspace, id, err);

	memset(ret_carrier, 0, sizeof(*ret_carrier));
	if (!error)
		error = add_facts(&list, &workspace->index, &facts, by_id, err);
	if (!error) {
		*ret_carrier = list.items[0];
		list.count = 0;
	}
	carrier_list_release(&list);
	return error;
}

int relations_to(struct relation_list *ret_list, struct workspace *workspace,
		 const char *const *ids, size_t count, const struct carrier *commit,
		 struct error *err)
{
	struct index *index = &workspace->index;
	int error = 0;

	for (size_t i = 0; i < count && !error; i++)
		if (strlen(ids[i]) >= REFERENCE_ID_MINIMUM)
			error = add_naming(ret_list, index, ids[i], i ? by_upstream : by_id, err);
	if (!error && commit->facts.subject && *commit->facts.subject)
		error = add_quoting(ret_list, index, commit->facts.subject, &commit->places, err);
	if (!error && ret_list->count) {
		qsort(ret_list->items, ret_list->count, sizeof(*ret_list->items),
		      compare_relations);
		drop_repeated(ret_list);
	}
	return error;
}
