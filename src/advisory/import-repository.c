/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/import-run.h"

#include "advisory/entry.h"
#include "advisory/store.h"
#include "git/repository.h"

struct source {
	git_repository *repository;
	git_odb *odb;
	git_oid commit, tree;
};

static void close_source(struct source *source)
{
	git_odb_free(source->odb);
	git_repository_free(source->repository);
}

/* The commit that a name leads to, tags followed. */
static int resolve(git_oid *ret_commit, git_repository *repository, const char *path,
		   const char *ref, struct error *err)
{
	git_object *found = NULL, *commit = NULL;
	int result = git_revparse_single(&found, repository, ref);

	if (!result)
		result = git_object_peel(&commit, found, GIT_OBJECT_COMMIT);
	git_object_free(found);
	if (result == GIT_ENOTFOUND)
		return error_set(err, ERROR_INPUT,
				 "%s: has no %s; is it empty, or is the branch called otherwise?",
				 path, ref);
	if (result)
		return git_failed(err, "%s: %s leads to no commit", path, ref);
	git_oid_cpy(ret_commit, git_object_id(commit));
	git_object_free(commit);
	return 0;
}

static int open_source(struct source *ret_source, const char *path, const char *ref,
		       struct error *err)
{
	int error;

	memset(ret_source, 0, sizeof(*ret_source));
	error = repository_open(&ret_source->repository, path, "the advisories' repository", err);
	if (!error && git_repository_odb(&ret_source->odb, ret_source->repository))
		error = git_failed(err, "%s: its objects cannot be read", path);
	if (!error)
		error = resolve(&ret_source->commit, ret_source->repository, path,
				ref ? ref : "HEAD", err);
	if (error)
		close_source(ret_source);
	return error;
}

static int read_tree_id(git_oid *ret_tree, const struct source *source, const git_oid *id,
			struct error *err)
{
	git_commit *commit;

	if (git_commit_lookup(&commit, source->repository, id))
		return git_failed(err, "commit %s cannot be read", id_hex(id).text);
	git_oid_cpy(ret_tree, git_commit_tree_id(commit));
	git_commit_free(commit);
	return 0;
}

static int read_blob(struct buffer *ret_data, void *data, const struct change *file, size_t limit,
		     struct error *err)
{
	struct source *source = data;
	git_odb_object *object;
	git_object_t type;
	size_t size;
	int result = git_odb_read_header(&size, &type, source->odb, &file->new_id);

	/* The size first: a blob can be larger than memory. */
	if (!result && type != GIT_OBJECT_BLOB)
		return error_set(err, ERROR_INPUT, "%s: object %s is no file", file->path,
				 id_hex(&file->new_id).text);
	if (!result && size > limit)
		return error_set(err, ERROR_INPUT, "%s: %zu bytes, more than the %zu it may have",
				 file->path, size, limit);
	if (!result)
		result = git_odb_read(&object, source->odb, &file->new_id);
	if (result) {
		git_failed(err, "%s: object %s of the advisories' repository cannot be read",
			   file->path, id_hex(&file->new_id).text);
		if (err)
			err->code = ERROR_SYSTEM;
		return ERROR_SYSTEM;
	}
	buffer_add(ret_data, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return 0;
}

/*
 * The records that differ from the commit that was imported last. False where
 * that cannot be told: it is not known, or no longer there in full.
 */
static bool find_touched(struct advisory_numbers *ret_touched, const struct source *source,
			 const char *last)
{
	struct change_list changes = CHANGE_LIST_INIT;
	git_oid id, tree;
	int64_t number;
	bool told;

	if (strlen(last) != GIT_OID_HEXSZ || git_oid_fromstr(&id, last) ||
	    read_tree_id(&tree, source, &id, NULL))
		return false;
	told = change_list_read(&changes, source->odb, &tree, &source->tree, NULL) == 0;
	for (size_t i = 0; i < changes.count && told; i++) {
		number = advisory_path_number(changes.items[i].path);
		if (number)
			array_push(ret_touched, number);
	}
	change_list_release(&changes);
	return told;
}

static int set_facts(struct index *index, const struct source *source, const char *path,
		     struct error *err)
{
	int error = index_set_fact(index, "advisory_source", path, err);

	if (!error)
		error = index_set_fact(index, "advisory_commit", id_hex(&source->commit).text, err);
	if (!error)
		error = index_run(index, "DELETE FROM fact WHERE name = 'advisory_digest'", err);
	return error;
}

static int import_source(struct advisory_import *import, struct index *index, struct source *source,
			 const char *path, const char *last, struct progress *progress,
			 struct error *err)
{
	struct change_list files = CHANGE_LIST_INIT;
	struct advisory_numbers touched = ARRAY_INIT;
	const struct advisory_source reader = { read_blob, source };
	int error = read_tree_id(&source->tree, source, &source->commit, err);

	if (!error)
		error = change_list_read(&files, source->odb, NULL, &source->tree, err);
	if (!error) {
		import->full = !find_touched(&touched, source, last);
		error = advisory_import_run(import, index, &files, import->full ? NULL : &touched,
					    &reader, progress, err);
	}
	if (!error)
		error = set_facts(index, source, path, err);
	array_release(&touched);
	change_list_release(&files);
	return error;
}

int advisory_import_repository(struct advisory_import *ret_import, struct index *index,
			       const char *path, const char *ref, struct progress *progress,
			       struct error *err)
{
	struct buffer last = BUFFER_INIT;
	struct source source;
	int error;

	memset(ret_import, 0, sizeof(*ret_import));
	error = open_source(&source, path, ref, err);
	if (error)
		return error;
	git_oid_cpy(&ret_import->commit, &source.commit);
	error = index_get_fact(&last, index, "advisory_commit", err);
	if (!error && strcmp(last.data, id_hex(&source.commit).text) == 0) {
		ret_import->current = true;
		error = advisory_import_count(ret_import, index, err);
		goto out;
	}
	if (!error)
		error = advisory_savepoint_begin(index, err);
	if (error)
		goto out;
	error = import_source(ret_import, index, &source, path, last.data, progress, err);
	error = advisory_savepoint_end(index, error, err);
out:
	buffer_release(&last);
	close_source(&source);
	return error;
}

int advisory_is_current(bool *ret_current, struct index *index, const char *path, const char *ref,
			struct error *err)
{
	struct buffer last = BUFFER_INIT;
	struct source source;
	int error = open_source(&source, path, ref, err);

	*ret_current = false;
	if (error)
		return error;
	error = index_get_fact(&last, index, "advisory_commit", err);
	*ret_current = !error && strcmp(last.data, id_hex(&source.commit).text) == 0;
	buffer_release(&last);
	close_source(&source);
	return error;
}
