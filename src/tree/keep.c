/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/keep.h"

#include <git2/sys/odb_backend.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/id-map.h"
#include "git/repository.h"
#include "git/tree-entry.h"
#include "history/source-refs.h"
#include "history/sync.h"
#include "tree/journal.h"

struct keeper {
	struct workspace *workspace;
	git_odb *local; /* what tree.git has itself */
	struct id_map seen;
	struct buffer list; /* ids, one a line */
};

/* ---- packs ---- */

/* Beside the pack, so that git repacks around it. */
static int mark_kept(const struct workspace *workspace, const char *hex, struct error *err)
{
	char *path = string_format("%s/tree.git/objects/pack/pack-%.40s.keep", workspace->directory,
				   hex);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666), error = 0;

	if (fd < 0 || fsync(fd) || close(fd))
		error = error_errno(err, "%s: cannot be made", path);
	free(path);
	return error;
}

static int finish_pack(const struct workspace *workspace, const struct buffer *output,
		       struct error *err)
{
	int error = 0;

	if (output->length >= GIT_OID_HEXSZ)
		error = mark_kept(workspace, output->data, err);
	if (!error && git_odb_refresh(workspace->odb) < 0)
		error = git_failed(err, "tree.git: its new pack cannot be opened");
	return error;
}

static int pack_list(const struct keeper *keeper, struct error *err)
{
	const char *directory = git_repository_path(keeper->workspace->tree);
	struct buffer output = BUFFER_INIT;
	int error = 0;

	if (keeper->list.length)
		error = git_run_input(&output, directory, keeper->list.data, keeper->list.length,
				      err, "-c", "core.fsync=committed", "pack-objects", "-q",
				      "--delta-base-offset", "--non-empty", "objects/pack/pack",
				      NULL);
	if (!error)
		error = finish_pack(keeper->workspace, &output, err);
	buffer_release(&output);
	return error;
}

/* ---- what is to be kept ---- */

static void keep(struct keeper *keeper, const git_oid *id)
{
	uint32_t value;

	if (id_is_zero(id) || id_map_find(&value, &keeper->seen, id))
		return;
	id_map_set(&keeper->seen, id, 1);
	/* What a snapshot of the source never had cannot be kept. */
	if (git_odb_exists(keeper->local, id) || !git_odb_exists(keeper->workspace->odb, id))
		return;
	buffer_add_format(&keeper->list, "%s\n", id_hex(id).text);
}

struct tree_side {
	git_odb_object *object;
	struct tree_entries entries;
	bool has_entry;
};

static void side_next(struct tree_side *side)
{
	side->has_entry = tree_entries_next(&side->entries) > 0;
}

static void side_open(struct tree_side *side, git_odb *odb, const git_oid *id)
{
	memset(side, 0, sizeof(*side));
	if (!id || git_odb_read(&side->object, odb, id) < 0)
		return;
	tree_entries_init(&side->entries, git_odb_object_data(side->object),
			  git_odb_object_size(side->object));
	side_next(side);
}

static void keep_trees(struct keeper *keeper, const git_oid *before, const git_oid *after,
		       int depth);

static void keep_entries(struct keeper *keeper, const struct tree_entry *before,
			 const struct tree_entry *after, int depth)
{
	const struct tree_entry *any = before ? before : after;

	if (before && after && git_oid_equal(before->id, after->id))
		return;
	if (tree_mode_is_directory(any->mode)) {
		keep_trees(keeper, before ? before->id : NULL, after ? after->id : NULL, depth + 1);
		return;
	}
	if (before && before->mode != TREE_MODE_SUBMODULE)
		keep(keeper, before->id);
	if (after && after->mode != TREE_MODE_SUBMODULE)
		keep(keeper, after->id);
}

/* Both trees, and everything in which they differ. */
static void keep_trees(struct keeper *keeper, const git_oid *before, const git_oid *after,
		       int depth)
{
	struct tree_side old, new;
	int order;

	if (depth > TREE_DEPTH_LIMIT)
		return;
	if (before)
		keep(keeper, before);
	if (after)
		keep(keeper, after);
	side_open(&old, keeper->workspace->odb, before);
	side_open(&new, keeper->workspace->odb, after);
	while (old.has_entry || new.has_entry) {
		const struct tree_entry *a = &old.entries.entry, *b = &new.entries.entry;

		if (!old.has_entry)
			order = 1;
		else if (!new.has_entry)
			order = -1;
		else
			order = tree_entry_compare(a->name, a->length, a->mode, b->name, b->length,
						   b->mode);
		keep_entries(keeper, order <= 0 ? a : NULL, order >= 0 ? b : NULL, depth);
		if (order <= 0)
			side_next(&old);
		if (order >= 0)
			side_next(&new);
	}
	git_odb_object_free(old.object);
	git_odb_object_free(new.object);
}

static int read_view(struct commit_view *view, git_odb_object **ret_object, struct keeper *keeper,
		     const git_oid *id, struct error *err)
{
	if (git_odb_read(ret_object, keeper->workspace->odb, id) < 0)
		return git_failed(err, "commit %s: is missing", id_hex(id).text);
	return commit_view_parse(view, git_odb_object_data(*ret_object),
				 git_odb_object_size(*ret_object), id, err);
}

static int keep_member(struct keeper *keeper, const git_oid *stable, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT, parent = COMMIT_VIEW_INIT;
	git_odb_object *object = NULL, *parent_object = NULL;
	bool has_parent;
	int error = read_view(&view, &object, keeper, stable, err);

	has_parent = !error && view.parent_count;
	if (has_parent)
		error = read_view(&parent, &parent_object, keeper, &view.parents[0], err);
	if (!error) {
		keep(keeper, stable);
		if (has_parent)
			keep(keeper, &view.parents[0]);
		keep_trees(keeper, has_parent ? &parent.tree : NULL, &view.tree, 0);
	}
	commit_view_release(&view);
	commit_view_release(&parent);
	git_odb_object_free(object);
	git_odb_object_free(parent_object);
	return error;
}

/* Everything that the new commits lead to. */
static int keep_reachable(struct keeper *keeper, const struct stanza_list *states,
			  struct error *err)
{
	const char *directory = git_repository_path(keeper->workspace->tree);
	struct buffer input = BUFFER_INIT, output = BUFFER_INIT;
	git_oid id;
	int error;

	buffer_add_format(&input, "%s\n^%s\n", id_hex(&array_last(states)->commit).text,
			  id_hex(&states->items[0].parent).text);
	error = git_run_input(&output, directory, input.data, input.length, err, "rev-list",
			      "--objects", "--no-object-names", "--stdin", NULL);
	for (char *line = output.data; !error && *line; line = strchrnul(line, '\n')) {
		line += *line == '\n';
		if (strlen(line) >= GIT_OID_HEXSZ && !git_oid_fromstrn(&id, line, GIT_OID_HEXSZ))
			keep(keeper, &id);
	}
	buffer_release(&input);
	buffer_release(&output);
	return error;
}

static int open_local(struct keeper *keeper, struct error *err)
{
	char *objects = workspace_path(keeper->workspace, "tree.git/objects");
	git_odb_backend *packs = NULL, *loose = NULL;
	int error = 0;

	if (git_odb_new(&keeper->local) < 0 || git_odb_backend_pack(&packs, objects) < 0 ||
	    git_odb_add_backend(keeper->local, packs, 2) < 0 ||
	    git_odb_backend_loose(&loose, objects, -1, 0, 0, 0) < 0 ||
	    git_odb_add_backend(keeper->local, loose, 1) < 0)
		error = git_failed(err, "%s: cannot be read", objects);
	free(objects);
	return error;
}

int keep_states(struct workspace *workspace, const struct stanza_list *states, struct error *err)
{
	struct keeper keeper = { .workspace = workspace, .list = BUFFER_INIT };
	int error = open_local(&keeper, err);

	if (!error)
		error = keep_reachable(&keeper, states, err);
	for (size_t i = 0; i < states->count && !error; i++) {
		const struct stanza *stanza = &states->items[i];

		keep(&keeper, &stanza->base);
		keep(&keeper, &stanza->tip);
		for (size_t j = 0; j < stanza->steps.count && !error; j++)
			if (stanza->steps.items[j].kind == STEP_ADD)
				error = keep_member(&keeper, &stanza->steps.items[j].stable, err);
	}
	if (!error)
		error = pack_list(&keeper, err);
	git_odb_free(keeper.local);
	id_map_release(&keeper.seen);
	buffer_release(&keeper.list);
	return error;
}

/* ---- before the source loses something ---- */

/* Commit and tree: kept alone, a commit does not help. */
static bool commit_is_there(git_odb *odb, const git_oid *id)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	git_odb_object *object = NULL;
	bool there;

	there = git_odb_read(&object, odb, id) == 0 &&
		!commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object),
				   id, NULL) &&
		git_odb_exists(odb, &view.tree);
	commit_view_release(&view);
	git_odb_object_free(object);
	return there;
}

struct wanted {
	git_oid id;
	bool is_base; /* cannot be done without */
};

struct wanted_list {
	struct wanted *items;
	size_t count;
	size_t capacity;
};

static void want(struct wanted_list *list, const git_oid *id, bool is_base)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!git_oid_equal(&list->items[i].id, id))
			continue;
		list->items[i].is_base |= is_base;
		return;
	}
	*array_add(list) = (struct wanted){ *id, is_base };
}

/* The commits that the journals name. */
static int list_wanted(struct wanted_list *list, struct workspace *workspace, struct error *err)
{
	struct string_list names = ARRAY_INIT;
	int error = journal_list(&names, workspace, err);

	for (size_t i = 0; i < names.count && !error; i++) {
		struct stanza_list published;

		error = journal_load_name(&published, workspace, names.items[i], err);
		if (error)
			break;
		if (published.count && !commit_is_there(workspace->odb, &published.items[0].base))
			error = error_set(err, ERROR_INPUT,
					  "%s: its base, commit %s, is published and is gone from "
					  "the source; fetch it into the source again",
					  names.items[i], id_hex(&published.items[0].base).text);
		else if (published.count)
			want(list, &published.items[0].base, true);
		for (size_t j = 0; j < published.count && !error; j++)
			if (commit_is_there(workspace->odb, &published.items[j].tip))
				want(list, &published.items[j].tip, false);
		stanza_list_release(&published);
	}
	string_list_release(&names);
	return error;
}

static int list_remaining(struct buffer *input, struct workspace *workspace, struct error *err)
{
	struct source_refs refs = SOURCE_REFS_INIT;
	int error = source_refs_read(&refs, workspace->source, err);

	if (!error)
		error = source_refs_peel(&refs, workspace->source, err);
	for (size_t i = 0; i < refs.count && !error; i++)
		if (!id_is_zero(&refs.items[i].peeled))
			buffer_add_format(input, "^%s\n", id_hex(&refs.items[i].peeled).text);
	source_refs_release(&refs);
	return error;
}

/* Packs what some commits lead to and the remaining refs do not. */
static int pack_history(struct workspace *workspace, const struct wanted *wanted, size_t count,
			const struct buffer *remaining, struct error *err)
{
	struct buffer input = BUFFER_INIT, output = BUFFER_INIT;
	int error;

	for (size_t i = 0; i < count; i++)
		buffer_add_format(&input, "%s\n", id_hex(&wanted[i].id).text);
	buffer_add(&input, remaining->data, remaining->length);
	error = git_run_input(&output, git_repository_path(workspace->tree), input.data,
			      input.length, err, "-c", "core.fsync=committed", "pack-objects", "-q",
			      "--revs", "--honor-pack-keep", "--delta-base-offset", "--non-empty",
			      "objects/pack/pack", NULL);
	if (!error)
		error = finish_pack(workspace, &output, err);
	buffer_release(&input);
	buffer_release(&output);
	return error;
}

int keep_before_rewind(struct workspace *workspace, struct error *err)
{
	struct wanted_list list = { NULL, 0, 0 };
	struct buffer remaining = BUFFER_INIT;
	bool current = false;
	int error = workspace_open_source(workspace, err);

	if (!error)
		error = sync_is_current(&current, workspace, err);
	if (!error && !current)
		error = list_wanted(&list, workspace, err);
	if (!error && list.count)
		error = list_remaining(&remaining, workspace, err);
	if (!error && list.count &&
	    pack_history(workspace, list.items, list.count, &remaining, NULL)) {
		/* Some of it is gone: a tip's history can be done without. */
		for (size_t i = 0; i < list.count && !error; i++) {
			const struct wanted *wanted = &list.items[i];
			int failed = pack_history(workspace, wanted, 1, &remaining,
						  wanted->is_base ? err : NULL);

			error = wanted->is_base ? failed : 0;
		}
	}
	array_release(&list);
	buffer_release(&remaining);
	return error;
}
