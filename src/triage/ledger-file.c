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
	if (value && (strpbrk(value, "\n\r") || !*value || !text_is_utf8(value, strlen(value))))
		return error_set(err, ERROR_INPUT, "%s: must be one line of UTF-8", name);
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

static int commit_file(const char *directory, const char *name, const struct buffer *text,
		       const char *message, struct error *err)
{
	struct buffer status = BUFFER_INIT;
	int error = git_run(NULL, directory, err, AS_IT_IS, "add", "-f", "--", name, NULL);

	if (!error)
		error = git_run(&status, directory, err, AS_IT_IS, "status", "--porcelain", "--",
				name, NULL);
	/* The same again is no reason for a commit. */
	if (!error && status.length)
		error = git_run_input(NULL, directory, message, strlen(message), err, AS_IT_IS,
				      "commit", "-q", "-F", "-", "--", name, NULL);
	buffer_release(&status);
	return error ? error : check_committed(directory, name, text, err);
}

int ledger_write_file(const char *directory, const char *name, const struct buffer *text,
		      const char *message, struct error *err)
{
	char *path = string_format("%s/%s", directory, name);
	struct buffer before = BUFFER_INIT;
	bool was_there;
	int error = make_directories(directory, name, err);

	if (!error)
		error = buffer_read_file(&before, path, FILE_LIMIT, err);
	was_there = !error;
	if (error == ERROR_NOT_FOUND)
		error = 0;
	if (!error) {
		error = file_replace(path, text->data, text->length, err);
		if (!error)
			error = commit_file(directory, name, text, message, err);
		if (error && was_there)
			file_replace(path, before.data, before.length, NULL);
		else if (error)
			unlink(path);
		if (error)
			git_run(NULL, directory, NULL, "reset", "-q", "--", name, NULL);
	}
	buffer_release(&before);
	free(path);
	return error;
}
