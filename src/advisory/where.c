/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/where.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/where-series.h"

static void release_commits(struct series_commit_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].subject);
		free(list->items[i].named);
		free(list->items[i].release);
	}
	array_release(list);
}

static void release_named(struct named_commit_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].subject);
	array_release(list);
}

void where_release(struct where *where)
{
	for (size_t i = 0; i < where->answer_count; i++) {
		release_commits(&where->answers[i].fixes);
		release_commits(&where->answers[i].introduced);
	}
	free(where->answers);
	release_named(&where->fixes);
	release_named(&where->introduced);
	series_info_list_release(&where->series);
	advisory_set_release(&where->set);
	memset(where, 0, sizeof(*where));
}

static struct named_commit *add_named(struct named_commit_list *list, const char *id,
				      const char *version, bool upstream)
{
	struct named_commit *named;

	for (size_t i = 0; i < list->count; i++) {
		named = &list->items[i];
		if (!advisory_id_matches(named->id, id))
			continue;
		if (!*named->version)
			snprintf(named->version, sizeof(named->version), "%s", version);
		named->upstream |= upstream;
		return named;
	}
	named = array_add(list);
	snprintf(named->id, sizeof(named->id), "%s", id);
	snprintf(named->version, sizeof(named->version), "%s", version);
	named->upstream = upstream;
	return named;
}

static bool is_mainline(const char *version)
{
	struct kernel_version parsed;

	return kernel_version_parse(&parsed, version, strlen(version)) &&
	       kernel_version_is_mainline(&parsed);
}

static const char *version_of_fix(const struct advisory *advisory, const char *id)
{
	for (size_t i = 0; i < advisory->pair_count; i++)
		if (advisory_id_matches(advisory->pairs[i].fixed_id, id))
			return advisory->pairs[i].fixed_version;
	return "";
}

/* All fixes of all origins; those of a disputed advisory only where there is nothing else. */
static void name_commits(struct where *where)
{
	const struct advisory *advisory;
	const struct advisory_pair *pair;

	for (size_t i = 0; i < where->set.count; i++) {
		advisory = &where->set.items[i];
		for (size_t j = 0; j < advisory->fix_count; j++)
			add_named(&where->fixes, advisory->fixes[j].id,
				  version_of_fix(advisory, advisory->fixes[j].id),
				  advisory->fixes[j].upstream);
		for (size_t j = 0; j < advisory->pair_count; j++) {
			pair = &advisory->pairs[j];
			if (*pair->introduced_id)
				add_named(&where->introduced, pair->introduced_id,
					  pair->introduced_version,
					  is_mainline(pair->introduced_version));
		}
		for (size_t j = 0; j < advisory->vulnerable_count; j++)
			add_named(&where->introduced, advisory->vulnerable[j].hex, "", false);
	}
}

/* Subjects of what the source has of them, without looking for backports. */
static int find_subjects(struct named_commit_list *list, struct workspace *workspace,
			 struct error *err)
{
	struct commit_facts facts;
	git_oid id;
	int error = 0;

	for (size_t i = 0; i < list->count && !error; i++) {
		if (strlen(list->items[i].id) != GIT_OID_HEXSZ ||
		    git_oid_fromstr(&id, list->items[i].id))
			continue;
		error = commit_facts_by_id(&facts, workspace, &id, err);
		if (!error)
			list->items[i].subject = string_copy(facts.subject);
		if (!error)
			commit_facts_release(&facts);
		if (error == ERROR_NOT_FOUND)
			error = 0;
	}
	return error;
}

static int answer_all(struct where *where, struct workspace *workspace, struct error *err)
{
	struct named_carriers *carriers;
	int error;

	where->answer_count = where->series.count;
	where->answers = memory_alloc(where->answer_count * sizeof(*where->answers));
	error = named_carriers_find(&carriers, where, workspace, err);
	for (size_t i = 0; i < where->answer_count && !error; i++) {
		where->answers[i].series = &where->series.items[i];
		error = where_answer_series(&where->answers[i], where, carriers, workspace, err);
	}
	named_carriers_release(carriers);
	return error;
}

int where_find(struct where *ret_where, struct workspace *workspace, const char *name,
	       struct error *err)
{
	int error;

	memset(ret_where, 0, sizeof(*ret_where));
	error = advisory_load_name(&ret_where->set, &workspace->index, name, err);
	if (error)
		return error;
	for (size_t i = 0; i < ret_where->set.count; i++)
		if (ret_where->set.items[i].origin == ADVISORY_RECORD)
			ret_where->record = &ret_where->set.items[i];
	ret_where->rejected = ret_where->record && ret_where->record->state != ADVISORY_PUBLISHED &&
			      ret_where->set.count == 1;
	name_commits(ret_where);
	error = find_subjects(&ret_where->fixes, workspace, err);
	if (!error)
		error = find_subjects(&ret_where->introduced, workspace, err);
	if (!error)
		error = series_info_load(&ret_where->series, &workspace->index, false, err);
	if (!error && !ret_where->rejected)
		error = answer_all(ret_where, workspace, err);
	if (error)
		where_release(ret_where);
	return error;
}

bool where_is_closed(const struct where *where)
{
	for (size_t i = 0; i < where->answer_count; i++)
		if (where->answers[i].answer != ADVISORY_FIXED &&
		    where->answers[i].answer != ADVISORY_NOT_AFFECTED)
			return false;
	return true;
}
