/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/kernel-names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void kernel_names_init(struct kernel_names *ret_names, struct files *files)
{
	memset(ret_names, 0, sizeof(*ret_names));
	ret_names->files = files;
}

void kernel_names_release(struct kernel_names *names)
{
	if (names->prepared) {
		code_history_close(&names->history);
		header_names_close(&names->headers);
	}
	for (size_t i = 0; i < names->known.count; i++) {
		file_names_release(&names->known.items[i]->names);
		free(names->known.items[i]);
	}
	array_release(&names->known);
	table_release(&names->places);
	memset(names, 0, sizeof(*names));
}

int kernel_names_prepare(struct kernel_names *names, struct store *store, struct progress *progress,
			 struct error *err)
{
	const struct members *members = names->files->members;
	int error;

	if (names->prepared)
		return 0;
	error = code_history_open(&names->history, names->files, store, progress, err);
	if (error)
		return error;
	error = header_names_open(&names->headers, members->index, store, &members->first_tree,
				  progress, err);
	if (error)
		code_history_close(&names->history);
	names->prepared = !error;
	return error;
}

int kernel_names_of(const struct file_names **ret_file, struct kernel_names *names,
		    struct store *store, const char *path, const git_oid *id, struct error *err)
{
	struct object blob = OBJECT_INIT;
	struct known_file *known;
	uint32_t place;
	int error;

	*ret_file = NULL;
	if (table_find(&place, &names->places, id->id, GIT_OID_RAWSZ)) {
		*ret_file = &names->known.items[place]->names;
		return 0;
	}
	error = store_read(&blob, store, id, GIT_OBJECT_BLOB, err);
	if (!error) {
		known = memory_alloc(sizeof(*known));
		known->id = *id;
		file_names_find(&known->names, path, blob.data, blob.length);
		table_set(&names->places, id->id, GIT_OID_RAWSZ, (uint32_t)names->known.count);
		array_push(&names->known, known);
		*ret_file = &known->names;
	}
	object_release(&blob);
	return error == ERROR_NOT_FOUND ? 0 : error;
}

/* ---- who sees what ---- */

static size_t directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* "arch/x86/" of a path below it; 0 elsewhere. */
static size_t arch_length(const char *path)
{
	const char *slash;

	if (!starts_with(path, "arch/"))
		return 0;
	slash = strchr(path + 5, '/');
	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* "../common/x.h" names any x.h in a directory `common`: what -I adds is not known. */
static bool is_included(const char *path, const char *const *includes, size_t count)
{
	size_t length = strlen(path), tail;

	for (size_t i = 0; i < count; i++) {
		const char *name = includes[i];

		while (starts_with(name, "../") || starts_with(name, "./"))
			name = strchr(name, '/') + 1;
		tail = strlen(name);
		if (length >= tail && !strcmp(path + length - tail, name) &&
		    (length == tail || path[length - tail - 1] == '/'))
			return true;
	}
	return false;
}

bool path_is_visible(const char *path, const char *user, const char *const *includes, size_t count)
{
	size_t arch, directory, user_directory;
	const char *inner;

	if (!strcmp(path, user) || path_is_kconfig(path))
		return true;
	if (!path_is_header(path) || starts_with(path, "tools/") != starts_with(user, "tools/"))
		return false;
	if (starts_with(path, "include/"))
		return true;
	arch = arch_length(path);
	if (arch && starts_with(path + arch, "include/"))
		return !arch_length(user) || !strncmp(path, user, arch);
	/* A private header: of its directory, those above and those below; what is in a
	 * directory `include` belongs to the one above. */
	inner = strstr(path, "/include/");
	directory = inner ? (size_t)(inner - path) + 1 : directory_length(path);
	user_directory = directory_length(user);
	if (directory && user_directory &&
	    !strncmp(path, user, directory < user_directory ? directory : user_directory))
		return true;
	return is_included(path, includes, count);
}

static bool ends_with_path(const char *path, const char *tail)
{
	size_t length = strlen(path), part = strlen(tail);

	return length >= part && !strcmp(path + length - part, tail) &&
	       (length == part || path[length - part - 1] == '/');
}

bool path_is_header_of(const char *path, const char *name, const char *user)
{
	size_t length = strlen(name) - 2, directory;
	char *plain = string_copy_length(name + 1, length), *inner, *local = NULL;
	const char *slash = strrchr(user, '/'), *at = plain;
	bool found = false;

	inner = string_format("include/%s", plain);
	found = ends_with_path(path, inner);
	free(inner);
	inner = string_format("include/uapi/%s", plain);
	found |= ends_with_path(path, inner);
	free(inner);
	if (!found && *name == '"') {
		directory = slash ? (size_t)(slash - user) + 1 : 0;
		while (!strncmp(at, "../", 3) && directory) {
			directory--;
			while (directory && user[directory - 1] != '/')
				directory--;
			at += 3;
		}
		local = string_format("%.*s%s", (int)directory, user, at);
		found = !strcmp(path, local);
	}
	free(local);
	free(plain);
	return found;
}
