/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/source-refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/maintained.h"

void source_refs_release(struct source_refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		free(refs->items[i].name);
	array_release(refs);
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* The branches and tags that this program makes are no series and no releases. */
static bool is_own_output(const char *name)
{
	if (starts_with(name, "refs/tags/"))
		return strstr(name, "-security.") != NULL;
	return strstr(name, "/linux-") && strstr(name, "-security");
}

static bool is_wanted(const char *name)
{
	return starts_with(name, "refs/heads/") || starts_with(name, "refs/remotes/") ||
	       starts_with(name, "refs/tags/");
}

static int compare_refs(const void *left, const void *right)
{
	return strcmp(((const struct source_ref *)left)->name,
		      ((const struct source_ref *)right)->name);
}

int source_refs_read(struct source_refs *ret_refs, git_repository *repository, struct error *err)
{
	git_reference_iterator *iterator;
	git_reference *reference;
	struct source_ref *added;
	const char *name;
	int result;

	if (git_reference_iterator_new(&iterator, repository) < 0)
		return git_failed(err, "%s: its refs cannot be read",
				  git_repository_path(repository));
	while ((result = git_reference_next(&reference, iterator)) == 0) {
		name = git_reference_name(reference);
		if (git_reference_type(reference) == GIT_REFERENCE_DIRECT && is_wanted(name) &&
		    !is_own_output(name)) {
			added = array_add(ret_refs);
			added->name = string_copy(name);
			added->id = *git_reference_target(reference);
			if (git_reference_target_peel(reference))
				added->peeled = *git_reference_target_peel(reference);
		}
		git_reference_free(reference);
	}
	git_reference_iterator_free(iterator);
	if (result != GIT_ITEROVER)
		return git_failed(err, "%s: its refs cannot be read",
				  git_repository_path(repository));
	if (ret_refs->count)
		qsort(ret_refs->items, ret_refs->count, sizeof(*ret_refs->items), compare_refs);
	return 0;
}

int source_refs_peel(struct source_refs *refs, git_repository *repository, struct error *err)
{
	struct source_ref *ref;
	git_object *object, *commit;

	for (size_t i = 0; i < refs->count; i++) {
		ref = &refs->items[i];
		if (!id_is_zero(&ref->peeled))
			continue;
		if (git_object_lookup(&object, repository, &ref->id, GIT_OBJECT_ANY) < 0)
			return git_failed(err, "%s: its object %s is missing", ref->name,
					  id_hex(&ref->id).text);
		if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0) {
			ref->peeled = *git_object_id(commit);
			git_object_free(commit);
		}
		git_object_free(object);
	}
	return 0;
}

const struct source_ref *source_refs_find(const struct source_refs *refs, const char *name)
{
	struct source_ref key = { .name = (char *)name };

	if (!refs->count)
		return NULL;
	return bsearch(&key, refs->items, refs->count, sizeof(key), compare_refs);
}

static void add_series_settings(struct buffer *text, const struct workspace *workspace)
{
	const struct series_setting *setting;

	for (size_t i = 0; i < workspace->series_count; i++) {
		setting = &workspace->series[i];
		buffer_add_format(text, "series %s\n%s\n%s\n%s\n", setting->name,
				  setting->ref ? setting->ref : "",
				  setting->base ? setting->base : "",
				  setting->support ? setting->support : "");
	}
}

int source_refs_digest(struct buffer *ret_digest, const struct source_refs *refs,
		       const struct workspace *workspace, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	git_oid id;
	int error;

	for (size_t i = 0; i < refs->count; i++)
		buffer_add_format(&text, "%s %s\n", id_hex(&refs->items[i].id).text,
				  refs->items[i].name);
	add_series_settings(&text, workspace);
	error = maintained_read(&text, workspace, err);
	if (!error && git_odb_hash(&id, text.data, text.length, GIT_OBJECT_BLOB) < 0)
		error = git_failed(err, "refs cannot be hashed");
	if (!error) {
		buffer_clear(ret_digest);
		buffer_add_string(ret_digest, id_hex(&id).text);
	}
	buffer_release(&text);
	return error;
}
