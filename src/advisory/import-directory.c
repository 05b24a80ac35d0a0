/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/import-run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "advisory/store.h"
#include "git/repository.h"

/* A hostile or mistaken directory (somebody's home) ends the scan. */
#define FILES_LIMIT 2000000

struct scan {
	struct change_list files;
	struct buffer listing; /* what the digest is over */
};

static void add_file(struct scan *scan, const char *path, const struct stat *status)
{
	struct change *file = array_add(&scan->files);

	file->path = string_copy(path);
	if (S_ISLNK(status->st_mode))
		file->new_mode = 0120000;
	else if (S_ISREG(status->st_mode))
		file->new_mode = 0100644;
	else
		file->new_mode = 0160000;
}

static int scan_directory(struct scan *scan, int at, const char *name, const char *path, int depth,
			  struct error *err);

static int scan_item(struct scan *scan, int directory, const char *name, const char *path,
		     int depth, struct error *err)
{
	struct stat status;

	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW)) {
		if (errno == ENOENT)
			return 0;
		return error_errno(err, "%s", path);
	}
	if (S_ISDIR(status.st_mode))
		return depth ? scan_directory(scan, directory, name, path, depth - 1, err) : 0;
	if (scan->files.count >= FILES_LIMIT)
		return error_set(err, ERROR_INPUT, "%s: more than %d files", path, FILES_LIMIT);
	add_file(scan, path, &status);
	return 0;
}

/* `depth`: how many levels of directories below it are of the layout. */
static int scan_directory(struct scan *scan, int at, const char *name, const char *path, int depth,
			  struct error *err)
{
	int file = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *directory = file >= 0 ? fdopendir(file) : NULL;
	struct dirent *entry;
	char *below;
	int error = 0;

	if (!directory) {
		error = error_errno(err, "%s: cannot be read", path);
		if (file >= 0)
			close(file);
		return error;
	}
	while (!error && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		below = string_format("%s/%s", path, entry->d_name);
		error = scan_item(scan, file, entry->d_name, below, depth, err);
		free(below);
	}
	closedir(directory);
	return error;
}

/* Only the parts of the layout: what else lies there is not looked at. */
static int scan_root(struct scan *scan, int root, struct error *err)
{
	static const char *const parts[] = { "cve/published", "cve/rejected", "cve/reserved",
					     "cve/returned",  "published",    "rejected",
					     "reserved",      "returned",     "scripts/not_fixes" };
	struct stat status;
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(parts) && !error; i++) {
		/* A link in the place of cve/ is not followed either. */
		if (strchr(parts[i], '/') && (fstatat(root, *parts[i] == 'c' ? "cve" : "scripts",
						      &status, AT_SYMLINK_NOFOLLOW) ||
					      !S_ISDIR(status.st_mode)))
			continue;
		error = scan_item(scan, root, parts[i], parts[i], 2, err);
	}
	return error;
}

static int compare_paths(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	return strcmp(a->path, b->path);
}

/* Name, size, times and number of each file: cheap, and changes whenever a file does. */
static int digest(git_oid *ret_digest, struct scan *scan, int root, struct error *err)
{
	struct stat status;

	if (scan->files.count)
		qsort(scan->files.items, scan->files.count, sizeof(*scan->files.items),
		      compare_paths);
	for (size_t i = 0; i < scan->files.count; i++) {
		if (fstatat(root, scan->files.items[i].path, &status, AT_SYMLINK_NOFOLLOW))
			memset(&status, 0, sizeof(status));
		buffer_add_format(&scan->listing, "%s%c%lld %lld.%09ld %lld.%09ld %llu\n",
				  scan->files.items[i].path, '\0', (long long)status.st_size,
				  (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
				  (long long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
				  (unsigned long long)status.st_ino);
	}
	if (git_odb_hash(ret_digest, scan->listing.data, scan->listing.length, GIT_OBJECT_BLOB))
		return git_failed(err, "the list of advisories cannot be hashed");
	return 0;
}

static int read_file(struct buffer *ret_data, void *data, const struct change *file, size_t limit,
		     struct error *err)
{
	int *root = data;
	int at = openat(*root, file->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	ssize_t got = 0;
	char part[16384];
	int error = 0;

	if (at < 0)
		return error_errno(err, "%s: cannot be read", file->path);
	if (fstat(at, &status) || !S_ISREG(status.st_mode))
		error = error_set(err, ERROR_INPUT, "%s: no regular file", file->path);
	while (!error && (got = read(at, part, sizeof(part))) > 0) {
		buffer_add(ret_data, part, (size_t)got);
		if (ret_data->length > limit)
			error = error_set(err, ERROR_INPUT,
					  "%s: more than the %zu bytes it may "
					  "have",
					  file->path, limit);
	}
	if (!error && got < 0)
		error = error_errno(err, "%s: cannot be read", file->path);
	close(at);
	return error;
}

static int import_scan(struct advisory_import *import, struct index *index, struct scan *scan,
		       int *root, const char *path, const char *text, struct progress *progress,
		       struct error *err)
{
	const struct advisory_source reader = { read_file, root };
	int error = advisory_savepoint_begin(index, err);

	if (error)
		return error;
	import->full = true;
	error = advisory_import_run(import, index, &scan->files, NULL, &reader, progress, err);
	if (!error)
		error = index_set_fact(index, "advisory_source", path, err);
	if (!error)
		error = index_set_fact(index, "advisory_digest", text, err);
	if (!error)
		error = index_run(index, "DELETE FROM fact WHERE name = 'advisory_commit'", err);
	return advisory_savepoint_end(index, error, err);
}

/* Opens the directory and finds its files; `root` is -1 where that failed. */
static int open_directory(int *ret_root, struct scan *scan, git_oid *ret_digest, const char *path,
			  struct error *err)
{
	int error;

	*ret_root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_root < 0)
		return error_errno(err, "%s: cannot be read as a directory of advisories", path);
	error = scan_root(scan, *ret_root, err);
	return error ? error : digest(ret_digest, scan, *ret_root, err);
}

static void close_directory(int root, struct scan *scan)
{
	change_list_release(&scan->files);
	buffer_release(&scan->listing);
	if (root >= 0)
		close(root);
}

int advisory_import_directory(struct advisory_import *ret_import, struct index *index,
			      const char *path, struct progress *progress, struct error *err)
{
	struct scan scan = { .files = CHANGE_LIST_INIT, .listing = BUFFER_INIT };
	struct buffer last = BUFFER_INIT;
	git_oid id;
	int error, root;

	memset(ret_import, 0, sizeof(*ret_import));
	error = open_directory(&root, &scan, &id, path, err);
	if (!error)
		error = index_get_fact(&last, index, "advisory_digest", err);
	if (!error && strcmp(last.data, id_hex(&id).text) == 0) {
		ret_import->current = true;
		error = advisory_import_count(ret_import, index, err);
	} else if (!error) {
		error = import_scan(ret_import, index, &scan, &root, path, id_hex(&id).text,
				    progress, err);
	}
	close_directory(root, &scan);
	buffer_release(&last);
	return error;
}

int advisory_directory_is_current(bool *ret_current, struct index *index, const char *path,
				  struct error *err)
{
	struct scan scan = { .files = CHANGE_LIST_INIT, .listing = BUFFER_INIT };
	struct buffer last = BUFFER_INIT;
	git_oid id;
	int error, root;

	error = open_directory(&root, &scan, &id, path, err);
	if (!error)
		error = index_get_fact(&last, index, "advisory_digest", err);
	*ret_current = !error && strcmp(last.data, id_hex(&id).text) == 0;
	close_directory(root, &scan);
	buffer_release(&last);
	return error;
}
