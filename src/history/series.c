/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/series.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"
#include "history/maintained.h"
#include "history/makefile.h"

void series_list_release(struct series_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].name);
		free(list->items[i].ref);
	}
	array_release(list);
}

static bool read_number(int *ret_number, const char **at)
{
	size_t digits = strspn(*at, "0123456789");

	if (!digits || digits > 4)
		return false;
	*ret_number = (int)strtol(*at, NULL, 10);
	*at += digits;
	return true;
}

bool series_name_parse(int *ret_major, int *ret_minor, const char *name)
{
	if (strncmp(name, "linux-", 6))
		return false;
	name += 6;
	if (!read_number(ret_major, &name) || *name++ != '.' || !read_number(ret_minor, &name))
		return false;
	return !strcmp(name, ".y");
}

/* The branch name within a ref: after refs/heads/ or refs/remotes/<remote>/. */
static const char *branch_name(const char *ref, bool *ret_local)
{
	*ret_local = !strncmp(ref, "refs/heads/", 11);
	if (*ret_local)
		return ref + 11;
	if (strncmp(ref, "refs/remotes/", 13))
		return NULL;
	ref = strchr(ref + 13, '/');
	return ref ? ref + 1 : NULL;
}

static struct series *find_series(struct series_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

static void set_ref(struct series *series, const struct source_ref *ref)
{
	free(series->ref);
	series->ref = string_copy(ref->name);
	series->tip = ref->peeled;
}

static void note_branch(struct series_list *list, const struct source_ref *ref,
			struct workspace *workspace)
{
	struct series *series;
	int major, minor;
	const char *name;
	bool local, held_local;

	name = branch_name(ref->name, &local);
	if (!name || !series_name_parse(&major, &minor, name) || id_is_zero(&ref->peeled))
		return;
	series = find_series(list, name);
	if (!series) {
		series = array_add(list);
		series->name = string_copy(name);
		series->major = major;
		series->minor = minor;
		set_ref(series, ref);
		return;
	}
	if (git_oid_equal(&series->tip, &ref->peeled))
		return;
	branch_name(series->ref, &held_local);
	/* The one that contains the other; where they parted, the local one. */
	if (git_graph_descendant_of(workspace->source, &ref->peeled, &series->tip) == 1)
		set_ref(series, ref);
	else if (local && !held_local &&
		 git_graph_descendant_of(workspace->source, &series->tip, &ref->peeled) != 1)
		set_ref(series, ref);
}

/* X.Y of a branch whose name does not tell, from the Makefile at its tip. */
static int read_version(struct series *series, struct workspace *workspace, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct makefile_version version;
	struct buffer text = BUFFER_INIT;
	git_odb_object *object;
	int error;

	if (series_name_parse(&series->major, &series->minor, series->name))
		return 0;
	if (git_odb_read(&object, workspace->odb, &series->tip) < 0)
		return git_failed(err, "series %s: its tip %s is missing", series->name,
				  id_hex(&series->tip).text);
	error = commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object),
				  &series->tip, err);
	if (!error)
		error = makefile_read(&text, workspace->odb, &view.tree, err);
	if (!error && (!makefile_parse(&version, text.data, text.length) || version.patchlevel < 0))
		error = error_set(err, ERROR_INPUT,
				  "series %s: the Makefile at its tip states no VERSION and "
				  "PATCHLEVEL, so its version is not known; call it linux-X.Y.y",
				  series->name);
	if (!error) {
		series->major = version.version;
		series->minor = version.patchlevel;
	}
	buffer_release(&text);
	commit_view_release(&view);
	git_odb_object_free(object);
	return error;
}

static int resolve(git_oid *ret_commit, const char *name, const struct series_setting *setting,
		   const char *key, struct workspace *workspace, struct error *err)
{
	git_object *object, *commit;
	int result;

	result = git_revparse_single(&object, workspace->source, name);
	if (result == 0) {
		result = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
		git_object_free(object);
	}
	if (result < 0)
		return error_set(err, ERROR_INPUT,
				 "%s/sectree.conf: series.%s.%s: %s is no commit of the source",
				 workspace->directory, setting->name, key, name);
	*ret_commit = *git_object_id(commit);
	git_object_free(commit);
	return 0;
}

static int apply_setting(struct series_list *list, const struct series_setting *setting,
			 struct workspace *workspace, struct error *err)
{
	struct series *series = find_series(list, setting->name);
	int error = 0;

	if (!series && !setting->ref)
		return error_set(err, ERROR_INPUT,
				 "%s/sectree.conf: series.%s: there is no such branch; set its ref",
				 workspace->directory, setting->name);
	if (!series) {
		series = array_add(list);
		series->name = string_copy(setting->name);
	}
	if (setting->ref) {
		error = resolve(&series->tip, setting->ref, setting, "ref", workspace, err);
		free(series->ref);
		series->ref = string_copy(setting->ref);
		if (!error)
			error = read_version(series, workspace, err);
	}
	if (!error && setting->base)
		error = resolve(&series->start, setting->base, setting, "base", workspace, err);
	if (!error && setting->base && !git_oid_equal(&series->start, &series->tip) &&
	    git_graph_descendant_of(workspace->source, &series->tip, &series->start) != 1)
		error = error_set(err, ERROR_INPUT,
				  "%s/sectree.conf: series.%s.base: %s is no ancestor of %s",
				  workspace->directory, setting->name, setting->base, series->ref);
	return error;
}

/* A series starts at the mainline release vX.Y that it contains. */
static void find_start(struct series *series, const struct source_refs *refs,
		       struct workspace *workspace)
{
	const struct source_ref *tag;
	char name[64];

	if (!id_is_zero(&series->start))
		return;
	snprintf(name, sizeof(name), "refs/tags/v%d.%d", series->major, series->minor);
	tag = source_refs_find(refs, name);
	if (tag && (git_oid_equal(&series->tip, &tag->peeled) ||
		    git_graph_descendant_of(workspace->source, &series->tip, &tag->peeled) == 1))
		series->start = tag->peeled;
}

static int set_supports(struct series_list *list, struct workspace *workspace, struct error *err)
{
	static const char *const words[] = { "longterm", "stable", "mainline", "end-of-life" };
	struct buffer lines = BUFFER_INIT;
	int error = maintained_read(&lines, workspace, err);
	struct series *series;

	for (size_t i = 0; i < list->count && !error; i++)
		list->items[i].support = maintained_support(lines.data, list->items[i].major,
							    list->items[i].minor);
	buffer_release(&lines);
	for (size_t i = 0; i < workspace->series_count && !error; i++) {
		if (!workspace->series[i].support)
			continue;
		series = find_series(list, workspace->series[i].name);
		for (size_t j = 0; j < COUNT_OF(words); j++)
			if (!strcmp(words[j], workspace->series[i].support))
				series->support = words[j];
		if (strcmp(series->support, workspace->series[i].support))
			error = error_set(err, ERROR_INPUT,
					  "%s/sectree.conf: series.%s.support: must be longterm, "
					  "stable, mainline or end-of-life",
					  workspace->directory, series->name);
	}
	return error;
}

static int compare_series(const void *left, const void *right)
{
	const struct series *a = left, *b = right;

	if (a->start_time != b->start_time)
		return a->start_time < b->start_time ? -1 : 1;
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int find_start_time(struct series *series, struct workspace *workspace, struct error *err)
{
	git_commit *commit;

	if (id_is_zero(&series->start))
		return 0;
	if (git_commit_lookup(&commit, workspace->source, &series->start) < 0)
		return git_failed(err, "series %s: its start %s is missing", series->name,
				  id_hex(&series->start).text);
	series->start_time = git_commit_time(commit);
	git_commit_free(commit);
	return 0;
}

int series_list_find(struct series_list *ret_list, const struct source_refs *refs,
		     struct workspace *workspace, struct error *err)
{
	int error = 0;

	for (size_t i = 0; i < refs->count; i++)
		note_branch(ret_list, &refs->items[i], workspace);
	for (size_t i = 0; i < workspace->series_count && !error; i++)
		error = apply_setting(ret_list, &workspace->series[i], workspace, err);
	if (!error && !ret_list->count)
		error = error_set(
			err, ERROR_INPUT,
			"%s: has no series: no branch linux-X.Y.y, local or "
			"remote-tracking; name others in sectree.conf as\n[series \"NAME\"]"
			"\n\tref = <branch>",
			workspace->source_path);
	for (size_t i = 0; i < ret_list->count && !error; i++) {
		find_start(&ret_list->items[i], refs, workspace);
		error = find_start_time(&ret_list->items[i], workspace, err);
	}
	if (!error)
		error = set_supports(ret_list, workspace, err);
	if (!error)
		qsort(ret_list->items, ret_list->count, sizeof(*ret_list->items), compare_series);
	return error;
}
