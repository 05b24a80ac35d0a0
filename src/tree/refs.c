/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/repository.h"

void ref_changes_release(struct ref_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		free(changes->items[i].name);
	array_release(changes);
}

bool ref_read(git_oid *ret_id, git_repository *repository, const char *name)
{
	git_reference *reference;

	memset(ret_id, 0, sizeof(*ret_id));
	if (git_reference_lookup(&reference, repository, name) < 0)
		return false;
	if (git_reference_target(reference))
		*ret_id = *git_reference_target(reference);
	git_reference_free(reference);
	return !id_is_zero(ret_id);
}

static struct ref_change *find_change(const struct ref_changes *changes, const char *name)
{
	for (size_t i = 0; i < changes->count; i++)
		if (!strcmp(changes->items[i].name, name))
			return &changes->items[i];
	return NULL;
}

void ref_changes_set(struct ref_changes *changes, git_repository *repository, const char *name,
		     const git_oid *to)
{
	struct ref_change *change = find_change(changes, name);
	git_oid from;

	if (!change) {
		ref_read(&from, repository, name);
		if (git_oid_equal(&from, to))
			return;
		change = array_add(changes);
		change->name = string_copy(name);
		change->from = from;
	}
	change->to = *to;
}

void ref_changes_delete(struct ref_changes *changes, git_repository *repository, const char *name)
{
	const git_oid nothing = { { 0 } };

	ref_changes_set(changes, repository, name, &nothing);
}

bool ref_changes_get(git_oid *ret_id, const struct ref_changes *changes, git_repository *repository,
		     const char *name)
{
	const struct ref_change *change = find_change(changes, name);

	if (!change)
		return ref_read(ret_id, repository, name);
	*ret_id = change->to;
	return !id_is_zero(ret_id);
}

int ref_changes_apply(const struct ref_changes *changes, git_repository *repository,
		      const char *words, struct error *err)
{
	struct buffer input = BUFFER_INIT;
	const struct ref_change *change;
	int error = 0;

	buffer_add_string(&input, "start\n");
	for (size_t i = 0; i < changes->count; i++) {
		change = &changes->items[i];
		if (git_oid_equal(&change->from, &change->to))
			continue;
		if (id_is_zero(&change->to))
			buffer_add_format(&input, "delete %s %s\n", change->name,
					  id_hex(&change->from).text);
		else
			buffer_add_format(&input, "update %s %s %s\n", change->name,
					  id_hex(&change->to).text, id_hex(&change->from).text);
	}
	buffer_add_string(&input, "prepare\ncommit\n");
	if (changes->count)
		error = git_run_input(NULL, git_repository_path(repository), input.data,
				      input.length, err, "update-ref", "--create-reflog", "-m",
				      words, "--stdin", NULL);
	buffer_release(&input);
	return error;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

int ref_names_read(struct ref_names *ret_names, git_repository *repository, const char *prefix,
		   struct error *err)
{
	char *pattern = string_format("%s*", prefix);
	git_reference_iterator *iterator;
	const char *name;
	int result;

	result = git_reference_iterator_glob_new(&iterator, repository, pattern);
	free(pattern);
	if (result < 0)
		return git_failed(err, "%s: its refs cannot be read",
				  git_repository_path(repository));
	while ((result = git_reference_next_name(&name, iterator)) == 0)
		array_push(ret_names, string_copy(name + strlen(prefix)));
	git_reference_iterator_free(iterator);
	if (result != GIT_ITEROVER)
		return git_failed(err, "%s: its refs cannot be read",
				  git_repository_path(repository));
	if (ret_names->count)
		qsort(ret_names->items, ret_names->count, sizeof(*ret_names->items), compare_names);
	return 0;
}

void ref_names_release(struct ref_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	array_release(names);
}
