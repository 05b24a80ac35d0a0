/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/refresh.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/list.h"
#include "advisory/mention.h"
#include "base/array.h"
#include "git/repository.h"
#include "history/message.h"

#define LOCK_SECONDS 60
#define LIST_FACT "advisory_lists"
#define HISTORY_FACT "refs-digest"

void workspace_report_release(struct workspace_report *report)
{
	sync_report_release(&report->history);
	for (size_t i = 0; i < report->list_count; i++)
		free(report->lists[i].path);
	free(report->lists);
	memset(report, 0, sizeof(*report));
}

/* A directory without a repository in it is read file by file. */
static bool is_repository(const char *path)
{
	return git_repository_open_ext(NULL, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) == 0;
}

/* 40 hex digits over the names of the lists and their bytes; "" where there are none. */
static int digest_lists(struct buffer *ret_digest, const struct workspace *workspace,
			struct error *err)
{
	struct buffer all = BUFFER_INIT, data = BUFFER_INIT;
	const char *path;
	git_oid id;
	int error = 0;

	buffer_clear(ret_digest);
	for (size_t i = 0; i < workspace->advisory_lists.count && !error; i++) {
		path = workspace->advisory_lists.items[i];
		buffer_clear(&data);
		error = buffer_read_file(&data, path, ADVISORY_LIST_LIMIT, err);
		if (!error && git_odb_hash(&id, data.data, data.length, GIT_OBJECT_BLOB))
			error = git_failed(err, "%s: cannot be hashed", path);
		if (!error)
			buffer_add_format(&all, "%s %s\n", id_hex(&id).text, path);
	}
	if (!error && all.length) {
		if (git_odb_hash(&id, all.data, all.length, GIT_OBJECT_BLOB))
			error = git_failed(err, "the lists of advisories cannot be hashed");
		else
			buffer_add_string(ret_digest, id_hex(&id).text);
	}
	buffer_release(&all);
	buffer_release(&data);
	return error;
}

static int fact_is(bool *ret_is, struct index *index, const char *name, const char *wanted,
		   struct error *err)
{
	struct buffer value = BUFFER_INIT;
	int error = index_get_fact(&value, index, name, err);

	*ret_is = !error && !strcmp(value.data, wanted);
	buffer_release(&value);
	return error;
}

static int advisories_are_current(bool *ret_current, struct workspace *workspace, struct error *err)
{
	const char *path = workspace->advisories_path;

	if (!path)
		return fact_is(ret_current, &workspace->index, "advisory_source", "", err);
	if (is_repository(path))
		return advisory_is_current(ret_current, &workspace->index, path,
					   workspace->advisories_ref, err);
	return advisory_directory_is_current(ret_current, &workspace->index, path, err);
}

int workspace_check(struct workspace_behind *ret_behind, struct workspace *workspace,
		    struct error *err)
{
	struct buffer lists = BUFFER_INIT;
	bool history = false, advisories = false, same = false;
	int error;

	memset(ret_behind, 0, sizeof(*ret_behind));
	error = fact_is(&ret_behind->never, &workspace->index, HISTORY_FACT, "", err);
	if (!error)
		error = sync_is_current(&history, workspace, err);
	if (!error)
		error = advisories_are_current(&advisories, workspace, err);
	if (!error)
		error = digest_lists(&lists, workspace, err);
	if (!error)
		error = fact_is(&same, &workspace->index, LIST_FACT, lists.data, err);
	buffer_release(&lists);
	ret_behind->history = !history;
	ret_behind->advisories = !advisories;
	ret_behind->lists = !same;
	return error;
}

static int sync_advisories(struct workspace_report *report, struct workspace *workspace,
			   struct progress *progress, struct error *err)
{
	const char *path = workspace->advisories_path;
	bool none;
	int error;

	report->has_advisories = path != NULL;
	if (path && is_repository(path))
		return advisory_import_repository(&report->advisories, &workspace->index, path,
						  workspace->advisories_ref, progress, err);
	if (path)
		return advisory_import_directory(&report->advisories, &workspace->index, path,
						 progress, err);
	error = fact_is(&none, &workspace->index, "advisory_source", "", err);
	if (error || none)
		return error;
	report->forgot_advisories = true;
	return advisory_forget(&workspace->index, err);
}

static struct list_report *report_list(struct workspace_report *report, const char *path)
{
	struct list_report *list;

	report->lists = array_reserve_raw(report->lists, &report->list_capacity,
					  report->list_count + 1, sizeof(*list));
	list = &report->lists[report->list_count++];
	memset(list, 0, sizeof(*list));
	list->path = string_copy(path);
	return list;
}

/* The lists that the index has and the settings no longer name. */
static int forget_lists(struct workspace_report *report, struct workspace *workspace,
			struct error *err)
{
	struct statement select;
	const char *path;
	bool named;
	int step;

	step = statement_init(&select, &workspace->index,
			      "SELECT DISTINCT place FROM advisory WHERE origin = 'list'"
			      " ORDER BY place",
			      err);
	if (step)
		return step;
	while ((step = statement_step(&select, err)) > 0) {
		path = statement_text(&select, 0);
		named = false;
		for (size_t i = 0; i < workspace->advisory_lists.count; i++)
			named |= !strcmp(workspace->advisory_lists.items[i], path);
		if (!named)
			report_list(report, path)->is_gone = true;
	}
	statement_release(&select);
	for (size_t i = 0; i < report->list_count && !step; i++)
		step = advisory_forget_list(&workspace->index, report->lists[i].path, err);
	return step;
}

static int sync_lists(struct workspace_report *report, struct workspace *workspace,
		      struct error *err)
{
	struct buffer digest = BUFFER_INIT;
	struct list_report *list;
	bool same = false;
	int error = digest_lists(&digest, workspace, err);

	if (!error)
		error = fact_is(&same, &workspace->index, LIST_FACT, digest.data, err);
	if (!error && !same) {
		error = forget_lists(report, workspace, err);
		for (size_t i = 0; i < workspace->advisory_lists.count && !error; i++) {
			list = report_list(report, workspace->advisory_lists.items[i]);
			error = advisory_import_list_file(&list->count, &workspace->index,
							  list->path, err);
		}
		if (!error)
			error = index_set_fact(&workspace->index, LIST_FACT, digest.data, err);
	}
	buffer_release(&digest);
	return error;
}

static int sync_messages(struct workspace_report *report, struct workspace *workspace,
			 struct error *err)
{
	const struct sync_report *history = &report->history;

	if (!history->changed)
		return 0;
	return advisory_from_messages(&report->mentions, &workspace->index, REFERENCE_ADVISORY,
				      REFERENCE_UPSTREAM,
				      history->rewound ? 0 : history->last_known, err);
}

static int sync_all(struct workspace_report *report, struct workspace *workspace,
		    struct progress *progress, struct error *err)
{
	int error = index_begin(&workspace->index, err);

	if (error)
		return error;
	/* The quick ones first: what is wrong with them shows before the long one. */
	error = sync_lists(report, workspace, err);
	if (!error)
		error = sync_advisories(report, workspace, progress, err);
	if (!error)
		error = sync_history(&report->history, workspace, progress, err);
	if (!error)
		error = sync_messages(report, workspace, err);
	if (!error)
		error = index_commit(&workspace->index, err);
	if (error)
		index_rollback(&workspace->index);
	return error;
}

static int fetch_all(struct workspace *workspace, struct progress *progress, struct error *err)
{
	const char *const paths[] = { workspace->source_path, workspace->advisories_path };
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(paths) && !error; i++) {
		if (!paths[i] || (i && !is_repository(paths[i])))
			continue;
		progress_begin(progress, "Fetching");
		error = progress_update(progress, i, COUNT_OF(paths), err);
		if (!error)
			error = sync_fetch(workspace, paths[i], err);
		progress_end(progress);
	}
	return error;
}

/* A second at a time, so that an interruption is heard. */
static int take_lock(struct workspace *workspace, struct progress *progress, struct error *err)
{
	int error = workspace_lock(workspace, 0, err);

	if (error != ERROR_BUSY)
		return error;
	progress_begin(progress, "Waiting for another run");
	for (uint64_t second = 0; error == ERROR_BUSY && second < LOCK_SECONDS; second++) {
		error = progress_update(progress, second, LOCK_SECONDS, err);
		if (!error)
			error = workspace_lock(workspace, 1, err);
	}
	progress_end(progress);
	return error;
}

int workspace_sync(struct workspace_report *ret_report, struct workspace *workspace,
		   const struct workspace_sync_options *options, struct progress *progress,
		   struct error *err)
{
	bool held = workspace->lock >= 0;
	int error;

	memset(ret_report, 0, sizeof(*ret_report));
	if (workspace->readonly)
		return error_set(err, ERROR_SYSTEM,
				 "%s: cannot be written; --no-sync reads the index as it is",
				 workspace->directory);
	error = take_lock(workspace, progress, err);
	if (error)
		return error;
	/* Said before anything is read: a source that is not set, or not there. */
	error = workspace_open_source(workspace, err);
	if (!error && options && options->fetch)
		error = fetch_all(workspace, progress, err);
	if (!error && workspace->before_sync)
		error = workspace->before_sync(workspace, err);
	if (!error)
		error = sync_all(ret_report, workspace, progress, err);
	if (!held)
		workspace_unlock(workspace);
	return error;
}

int workspace_refresh(enum refresh_result *ret_result, struct workspace_report *ret_report,
		      struct workspace *workspace, bool no_sync, struct progress *progress,
		      struct error *err)
{
	struct workspace_behind behind;
	int error = 0;

	memset(ret_report, 0, sizeof(*ret_report));
	*ret_result = REFRESH_UNCHECKED;
	if (no_sync) {
		error = fact_is(&behind.never, &workspace->index, HISTORY_FACT, "", err);
		if (!error && behind.never)
			error = error_set(err, ERROR_NOT_FOUND,
					  "%s: nothing was read yet; run 'sectree sync'",
					  workspace->directory);
		/* What is missing is missed, and named, where it is needed. */
		if (!error && workspace->source_path)
			workspace_open_source(workspace, NULL);
		return error;
	}
	error = workspace_check(&behind, workspace, err);
	*ret_result = REFRESH_CURRENT;
	if (error || !workspace_is_behind(&behind))
		return error;
	*ret_result = workspace->readonly && !behind.never ? REFRESH_BEHIND : REFRESH_SYNCED;
	if (*ret_result == REFRESH_SYNCED)
		error = workspace_sync(ret_report, workspace, NULL, progress, err);
	return error;
}
