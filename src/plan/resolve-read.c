/* SPDX-License-Identifier: GPL-2.0-only */
/* What a person made of merged/. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/tree-entry.h"
#include "plan/resolve.h"

enum {
	FILE_LIMIT = 10000,
	DEPTH_LIMIT = 128
};

struct found_file {
	char *path; /* within merged/ */
	git_oid id;
};

struct reader {
	const struct resolve_place *place;
	const char *directory;
	ARRAY(struct found_file) files;
	struct error *err;
};

static int wrong(struct reader *reader, const char *path, const char *words)
{
	return error_set(reader->err, ERROR_INPUT, "%s/merged/%s: %s", reader->directory, path,
			 words);
}

static int read_bytes(struct buffer *text, struct reader *reader, int fd, const char *path)
{
	char chunk[65536];
	ssize_t got;

	while ((got = read(fd, chunk, sizeof(chunk)))) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(reader->err, "%s/merged/%s: cannot be read",
					   reader->directory, path);
		if (text->length + (size_t)got > PATCH_BYTES_LIMIT)
			return wrong(reader, path, "is larger than any file of a kernel");
		buffer_add(text, chunk, (size_t)got);
	}
	return 0;
}

static int read_file(struct reader *reader, int fd, const char *path)
{
	struct buffer text = BUFFER_INIT;
	struct found_file *file;
	int error = read_bytes(&text, reader, fd, path);

	if (!error && reader->files.count >= FILE_LIMIT)
		error = wrong(reader, path, "there are too many files beside it");
	if (!error && tree_path_problem(path))
		error = wrong(reader, path, tree_path_problem(path));
	if (!error) {
		file = array_add(&reader->files);
		file->path = string_copy(path);
		error = store_write(&file->id, reader->place->store, GIT_OBJECT_BLOB, text.data,
				    text.length, reader->err);
	}
	buffer_release(&text);
	return error;
}

static int read_folder(struct reader *reader, int fd, const char *path, int depth);

/* A file or directory; takes no step through a symbolic link. */
static int read_entry(struct reader *reader, int folder, const char *name, const char *path,
		      int depth)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), error;
	struct stat facts;

	if (fd < 0 && errno == ELOOP)
		return wrong(reader, path, "is a symbolic link, and none is followed; put a file");
	if (fd < 0 || fstat(fd, &facts)) {
		error = error_errno(reader->err, "%s/merged/%s: cannot be read", reader->directory,
				    path);
		if (fd >= 0)
			close(fd);
		return error;
	}
	if (S_ISDIR(facts.st_mode))
		return read_folder(reader, fd, path, depth + 1);
	if (S_ISREG(facts.st_mode))
		error = read_file(reader, fd, path);
	else
		error = wrong(reader, path, "is neither a file nor a directory");
	close(fd);
	return error;
}

/* Takes the descriptor over. */
static int read_folder(struct reader *reader, int fd, const char *path, int depth)
{
	DIR *stream = depth > DEPTH_LIMIT ? NULL : fdopendir(fd);
	struct dirent *entry;
	int error = 0;

	if (!stream) {
		close(fd);
		return wrong(reader, path, "cannot be read as a directory");
	}
	while (!error && (entry = readdir(stream))) {
		char *below;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		below = *path ? string_format("%s/%s", path, entry->d_name)
			      : string_copy(entry->d_name);
		error = read_entry(reader, fd, entry->d_name, below, depth);
		free(below);
	}
	closedir(stream);
	return error;
}

static int compare_files(const void *left, const void *right)
{
	return strcmp(((const struct found_file *)left)->path,
		      ((const struct found_file *)right)->path);
}

static int read_merged(struct reader *reader)
{
	int directory = open(reader->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1, error;

	if (directory >= 0)
		fd = openat(directory, "merged", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		error = error_errno(reader->err,
				    "%s/merged: cannot be opened; --from takes a directory that "
				    "'sectree resolve' made",
				    reader->directory);
	else
		error = read_folder(reader, fd, "", 0);
	if (directory >= 0)
		close(directory);
	if (!error && reader->files.count)
		qsort(reader->files.items, reader->files.count, sizeof(*reader->files.items),
		      compare_files);
	return error;
}

static const struct found_file *find_file(const struct reader *reader, const char *path)
{
	struct found_file wanted = { .path = (char *)path };

	return reader->files.count ? bsearch(&wanted, reader->files.items, reader->files.count,
					     sizeof(wanted), compare_files)
				   : NULL;
}

static const struct pick_version *find_version(const struct reader *reader, const char *path)
{
	for (size_t i = 0; i < reader->place->versions.count; i++)
		if (!strcmp(reader->place->versions.items[i].path, path))
			return &reader->place->versions.items[i];
	return NULL;
}

/* The mode that a merge would give; of a path that the pick does not have, the tree's. */
static unsigned mode_of(const struct pick_version *version, const struct merge_entry *ours)
{
	if (!version)
		return ours->mode;
	if (version->merged.mode)
		return version->merged.mode;
	if (version->theirs.mode && version->theirs.mode != version->base.mode)
		return version->theirs.mode;
	if (ours->mode)
		return ours->mode;
	return version->theirs.mode ? version->theirs.mode : version->base.mode;
}

static int print_path(struct buffer *diff, struct reader *reader, const char *path)
{
	const struct pick_version *version = find_version(reader, path);
	const struct found_file *file = find_file(reader, path);
	struct merge_entry ours = { 0 }, merged = { 0 };
	int error = tree_get(&ours.mode, &ours.id, reader->place->tree, path, reader->err);

	if (error)
		return error;
	if (tree_mode_is_directory(ours.mode))
		memset(&ours, 0, sizeof(ours));
	if (!version && !ours.mode)
		return wrong(reader, path,
			     "is neither in the tree nor a path of the commit; remove it, or give "
			     "what adds it as a patch with --patch");
	if (file) {
		merged.mode = mode_of(version, &ours);
		merged.id = file->id;
	}
	return patch_print(diff, reader->place->store, path, &ours, &merged, reader->err);
}

int resolve_read_directory(struct buffer *ret_diff, const struct resolve_place *place,
			   const char *directory, struct error *err)
{
	struct reader reader = { .place = place, .directory = directory, .err = err };
	const struct pick_versions *versions = &place->versions;
	int error = read_merged(&reader);
	size_t at = 0;

	/* By path: those of the commit, and what there is beside them. */
	for (size_t i = 0; i <= versions->count && !error; i++) {
		const char *next = i < versions->count ? versions->items[i].path : NULL;

		for (; at < reader.files.count && !error; at++) {
			const char *path = reader.files.items[at].path;

			if (next && strcmp(path, next) >= 0)
				break;
			error = print_path(ret_diff, &reader, path);
		}
		if (next && at < reader.files.count && !strcmp(reader.files.items[at].path, next))
			at++;
		if (next && !error)
			error = print_path(ret_diff, &reader, next);
	}
	if (!error)
		error = resolve_check(place, ret_diff, directory, err);
	for (size_t i = 0; i < reader.files.count; i++)
		free(reader.files.items[i].path);
	array_release(&reader.files);
	return error;
}
