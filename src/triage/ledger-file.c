/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/ledger-file.h"

#include <errno.h>
#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "git/repository.h"

#define FILE_LIMIT ((size_t)64 << 20)
/* Whatever the user has set for work of another kind. */
#define AS_IT_IS "-c", "core.autocrlf=false", "-c", "core.safecrlf=false"

int ledger_check_value(const char *name, const char *value, struct error *err)
{
	bool bad = value && (!*value || !text_is_utf8(value, strlen(value)));

	for (const char *at = value; at && *at && !bad; at++)
		bad = ((unsigned char)*at < ' ' && *at != '\t') || *at == 0x7f;
	if (bad)
		return error_set(err, ERROR_INPUT,
				 "%s: must be one line of UTF-8, without control characters", name);
	return 0;
}

static int make_directories(const char *directory, const char *name, struct error *err)
{
	char *path = string_format("%s/%s", directory, name);
	int error = 0;

	for (char *slash = path + strlen(directory) + 1; (slash = strchr(slash, '/')) && !error;
	     slash++) {
		*slash = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			error = error_errno(err, "%s: cannot be made", path);
		*slash = '/';
	}
	free(path);
	return error;
}

/* Filters that .gitattributes name change what is committed: then it is another file. */
static int check_committed(const char *directory, const char *name, const struct buffer *text,
			   struct error *err)
{
	char *revision = string_format("HEAD:%s", name);
	struct buffer output = BUFFER_INIT;
	git_oid id, is;
	int error = git_run(&output, directory, err, "rev-parse", "--verify", revision, NULL);

	if (!error &&
	    (git_odb_hash(&id, text->data, text->length, GIT_OBJECT_BLOB) < 0 ||
	     output.length < GIT_OID_HEXSZ ||
	     git_oid_fromstrn(&is, output.data, GIT_OID_HEXSZ) < 0 || !git_oid_equal(&id, &is)))
		error = error_set(err, ERROR_INPUT,
				  "%s/%s: git committed something else than was written; take "
				  "filters out of its attributes",
				  directory, name);
	buffer_release(&output);
	free(revision);
	return error;
}

/* Names on standard input, so that any number will do. */
static int commit_files(const char *directory, const struct ledger_files *files,
			const char *message, struct error *err)
{
	char *message_path = string_format("%s/.git/sectree-message", directory);
	struct buffer names = BUFFER_INIT, status = BUFFER_INIT;
	int error;

	for (size_t i = 0; i < files->count; i++)
		buffer_add(&names, files->items[i].name, strlen(files->items[i].name) + 1);
	error = git_run_input(NULL, directory, names.data, names.length, err, AS_IT_IS, "add", "-f",
			      "--pathspec-from-file=-", "--pathspec-file-nul", NULL);
	if (!error)
		error = git_run(&status, directory, err, AS_IT_IS, "diff", "--cached",
				"--name-only", NULL);
	/* The same again is no reason for a commit. */
	if (!error && status.length)
		error = file_replace(message_path, message, strlen(message), err);
	if (!error && status.length)
		error = git_run_input(NULL, directory, names.data, names.length, err, AS_IT_IS,
				      "commit", "-q", "-F", message_path, "--pathspec-from-file=-",
				      "--pathspec-file-nul", NULL);
	unlink(message_path);
	for (size_t i = 0; i < files->count && !error; i++)
		error = check_committed(directory, files->items[i].name, &files->items[i].text,
					err);
	buffer_release(&status);
	buffer_release(&names);
	free(message_path);
	return error;
}

void ledger_files_add(struct ledger_files *files, const char *name, const struct buffer *text)
{
	struct ledger_file *file = array_add(files);

	file->name = string_copy(name);
	buffer_init(&file->text);
	buffer_init(&file->before);
	buffer_add(&file->text, text->data, text->length);
}

void ledger_files_release(struct ledger_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].name);
		buffer_release(&files->items[i].text);
		buffer_release(&files->items[i].before);
	}
	array_release(files);
}

static int write_one(struct ledger_file *file, const char *directory, struct error *err)
{
	char *path = string_format("%s/%s", directory, file->name);
	int error = make_directories(directory, file->name, err);

	if (!error)
		error = buffer_read_file(&file->before, path, FILE_LIMIT, err);
	file->was_there = !error;
	if (error == ERROR_NOT_FOUND) {
		error_clear(err);
		error = 0;
	}
	if (!error)
		error = file_replace(path, file->text.data, file->text.length, err);
	file->written = !error;
	free(path);
	return error;
}

static void put_back(const struct ledger_file *file, const char *directory)
{
	char *path = string_format("%s/%s", directory, file->name);

	if (file->written && file->was_there)
		file_replace(path, file->before.data, file->before.length, NULL);
	else if (file->written)
		unlink(path);
	if (file->written)
		git_run(NULL, directory, NULL, "reset", "-q", "--", file->name, NULL);
	free(path);
}

int ledger_write_files(const char *directory, struct ledger_files *files, const char *message,
		       struct error *err)
{
	int error = 0;

	for (size_t i = 0; i < files->count && !error; i++)
		error = write_one(&files->items[i], directory, err);
	if (!error)
		error = commit_files(directory, files, message, err);
	for (size_t i = 0; i < files->count && error; i++)
		put_back(&files->items[i], directory);
	return error;
}

int ledger_write_file(const char *directory, const char *name, const struct buffer *text,
		      const char *message, struct error *err)
{
	struct ledger_files files = { 0 };
	int error;

	ledger_files_add(&files, name, text);
	error = ledger_write_files(directory, &files, message, err);
	ledger_files_release(&files);
	return error;
}
