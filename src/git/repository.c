/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/repository.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/process.h"

int git_start(struct error *err)
{
	if (git_libgit2_init() < 0)
		return git_failed(err, "libgit2 cannot be started");
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	/* A directory that a commit changed is read again for the next one; libgit2 keeps 4 KB. */
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)1 << 18);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)96 << 20);
	/* Objects come and go by the thousand: pages given back would only be faulted in again. */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 256 << 20);
	mallopt(M_TOP_PAD, 16 << 20);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	return 0;
}

void git_stop(void)
{
	git_libgit2_shutdown();
}

int git_failed(struct error *err, const char *format, ...)
{
	const git_error *last = git_error_last();
	struct buffer safe = BUFFER_INIT;
	va_list args;
	size_t used;

	va_start(args, format);
	error_vset(err, ERROR_INPUT, format, args);
	va_end(args);
	if (err && last && last->message && last->klass != GIT_ERROR_NONE) {
		buffer_add_safe(&safe, last->message, strlen(last->message));
		used = strlen(err->message);
		snprintf(err->message + used, sizeof(err->message) - used, ": %s", safe.data);
		buffer_release(&safe);
	}
	return ERROR_INPUT;
}

int repository_open(git_repository **ret_repository, const char *path, const char *words,
		    struct error *err)
{
	int result = git_repository_open_ext(ret_repository, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
					     NULL);

	if (result == GIT_ENOTFOUND)
		return error_set(err, ERROR_INPUT,
				 "%s: not a git repository; it was to be %s, bare or with a work "
				 "tree",
				 path, words);
	if (result < 0)
		return git_failed(err, "%s: cannot be opened as %s", path, words);
	return 0;
}

char *repository_objects(git_repository *repository)
{
	return string_format("%sobjects", git_repository_commondir(repository));
}

static const char *const settings[] = { "safe.directory=*", "safe.bareRepository=all",
					"core.hooksPath=/dev/null" };

static int run_list(struct buffer *ret_output, const char *directory, const void *input,
		    size_t input_length, struct error *err, va_list args)
{
	ARRAY(const char *) list = ARRAY_INIT;
	struct process_request request = { .input = input, .input_length = input_length };
	const char *argument;
	int error;

	array_push(&list, "git");
	array_push(&list, "-C");
	array_push(&list, directory);
	/* Whoever owns it: see git_start. And no hook of the user's decides about our refs. */
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		array_push(&list, "-c");
		array_push(&list, settings[i]);
	}
	while ((argument = va_arg(args, const char *)))
		array_push(&list, argument);
	array_push(&list, NULL);
	request.arguments = list.items;
	error = process_run(ret_output, &request, err);
	array_release(&list);
	return error;
}

int git_run(struct buffer *ret_output, const char *directory, struct error *err, ...)
{
	va_list args;
	int error;

	va_start(args, err);
	error = run_list(ret_output, directory, NULL, 0, err, args);
	va_end(args);
	return error;
}

int git_run_input(struct buffer *ret_output, const char *directory, const void *input,
		  size_t input_length, struct error *err, ...)
{
	va_list args;
	int error;

	va_start(args, err);
	error = run_list(ret_output, directory, input, input_length, err, args);
	va_end(args);
	return error;
}

struct id_text id_hex(const git_oid *id)
{
	struct id_text out;

	git_oid_tostr(out.text, sizeof(out.text), id);
	return out;
}

struct id_text id_short(const git_oid *id)
{
	struct id_text out = id_hex(id);

	out.text[ID_SHORT] = '\0';
	return out;
}

bool id_is_zero(const git_oid *id)
{
	return git_oid_is_zero(id);
}
