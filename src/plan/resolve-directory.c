/* SPDX-License-Identifier: GPL-2.0-only */
/* The directory in which a person adapts a pick. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/repository.h"
#include "git/tree-entry.h"
#include "plan/resolve.h"

struct planned_file {
	char *name; /* "ours/net/core.c" */
	struct buffer text;
};

struct directory {
	const struct resolve_place *place;
	const char *path;
	/* Everything is read and merged before anything is written. */
	struct {
		struct planned_file *items;
		size_t count;
		size_t capacity;
	} files;
	struct {
		char **items;
		size_t count;
		size_t capacity;
	} made;		    /* what is there of it already, in the order in which it was made */
	struct buffer list; /* of the paths, for README */
	struct error *err;
};

/* ---- contents ---- */

static struct buffer *add_file(struct directory *directory, const char *folder, const char *path)
{
	struct planned_file *file = array_add(&directory->files);

	file->name = string_format("%s/%s", folder, path);
	buffer_init(&file->text);
	return &file->text;
}

static int read_text(struct buffer *text, struct directory *directory, const char *path,
		     const struct merge_entry *entry)
{
	struct object object = OBJECT_INIT;
	int error;

	if (!entry->mode)
		return 0;
	if (entry->mode == TREE_MODE_SUBMODULE)
		return error_set(directory->err, ERROR_REFUSED,
				 "%s: is a submodule, and a resolution is a patch of text", path);
	error = store_read(&object, directory->place->store, &entry->id, GIT_OBJECT_BLOB,
			   directory->err);
	if (!error && object.length && memchr(object.data, '\0', object.length))
		error = error_set(directory->err, ERROR_REFUSED,
				  "%s: is binary, and a resolution is a patch of text", path);
	if (!error)
		buffer_add(text, object.data, object.length);
	object_release(&object);
	return error;
}

static int add_version(struct directory *directory, const char *folder, const char *path,
		       const struct merge_entry *entry)
{
	struct buffer text = BUFFER_INIT;
	int error = read_text(&text, directory, path, entry);

	if (!error && entry->mode)
		*add_file(directory, folder, path) = text;
	else
		buffer_release(&text);
	return error;
}

/* As `git merge-file -L ours -L base -L theirs` leaves it. */
static int mark_text(struct buffer *merged, const struct buffer texts[3], struct error *err)
{
	git_merge_file_options options = GIT_MERGE_FILE_OPTIONS_INIT;
	git_merge_file_input inputs[3];
	git_merge_file_result result = { 0 };

	options.ancestor_label = "base";
	options.our_label = "ours";
	options.their_label = "theirs";
	options.flags = GIT_MERGE_FILE_SIMPLIFY_ALNUM;
	for (int i = 0; i < 3; i++) {
		git_merge_file_input_init(&inputs[i], GIT_MERGE_FILE_INPUT_VERSION);
		inputs[i].ptr = texts[i].data;
		inputs[i].size = texts[i].length;
	}
	if (git_merge_file(&result, &inputs[0], &inputs[1], &inputs[2], &options) < 0)
		return git_failed(err, "the versions of a file cannot be merged");
	buffer_add(merged, result.ptr, result.len);
	git_merge_file_result_free(&result);
	return 0;
}

static void add_whole(struct buffer *merged, const struct buffer *text)
{
	buffer_add(merged, text->data, text->length);
	if (text->length && text->data[text->length - 1] != '\n')
		buffer_add_byte(merged, '\n');
}

/* One side has no such file, or another kind of it: the person chooses. */
static void mark_whole(struct buffer *merged, const struct buffer texts[3])
{
	buffer_add_string(merged, "<<<<<<< ours\n");
	add_whole(merged, &texts[1]);
	buffer_add_string(merged, "=======\n");
	add_whole(merged, &texts[2]);
	buffer_add_string(merged, ">>>>>>> theirs\n");
}

static int add_conflict(struct directory *directory, const struct pick_version *version)
{
	const struct merge_entry *entries[] = { &version->base, &version->ours, &version->theirs };
	struct buffer texts[3] = { BUFFER_INIT, BUFFER_INIT, BUFFER_INIT };
	struct buffer *merged;
	bool are_files = tree_mode_is_file(version->ours.mode) &&
			 tree_mode_is_file(version->theirs.mode);
	int error = 0;

	for (int i = 0; i < 3 && !error; i++)
		error = read_text(&texts[i], directory, version->path, entries[i]);
	if (!error) {
		merged = add_file(directory, "merged", version->path);
		if (are_files)
			error = mark_text(merged, texts, directory->err);
		else
			mark_whole(merged, texts);
	}
	for (int i = 0; i < 3; i++)
		buffer_release(&texts[i]);
	return error;
}

static int add_path(struct directory *directory, const struct pick_version *version)
{
	const char *words = version->reason	   ? version->reason
			    : version->merged.mode ? "merged"
						   : "goes";
	int error = add_version(directory, "base", version->path, &version->base);

	if (!error)
		error = add_version(directory, "ours", version->path, &version->ours);
	if (!error)
		error = add_version(directory, "theirs", version->path, &version->theirs);
	if (!error)
		error = version->reason
				? add_conflict(directory, version)
				: add_version(directory, "merged", version->path, &version->merged);
	patch_quote(&directory->list, "\tmerged/", version->path);
	buffer_add_format(&directory->list, ": %s%s\n", version->reason ? "CONFLICT: " : "", words);
	return error;
}

static void add_readme(struct directory *directory, const char *command)
{
	const struct resolve_place *place = directory->place;
	struct planned_file *file = array_add(&directory->files);
	struct buffer *text = &file->text;

	file->name = string_copy("README");
	buffer_init(text);
	buffer_add_format(text, "%s (\"", id_hex(&place->member->id).text);
	buffer_add_safe(text, place->member->subject, strlen(place->member->subject));
	buffer_add_format(text, "\")\ndoes not apply to %s. Adapt it in merged/:\n\n",
			  place->plan->base_name);
	buffer_add(text, directory->list.data, directory->list.length);
	buffer_add_format(
		text,
		"\n"
		"\tmerged/   what the tree is to have afterwards; edit this\n"
		"\tours/     what the tree that is built has before it\n"
		"\tbase/     what the commit started from\n"
		"\ttheirs/   what it made of that\n"
		"\n"
		"Resolve every conflict between <<<<<<< and >>>>>>>. A file that is not in\n"
		"merged/ is deleted; where the tree has it under another name, put it there\n"
		"under that name. Modes stay as they are, and a symbolic link is the text\n"
		"that it leads to. Then say why, in one line:\n"
		"\n"
		"\t%s --from %s --reason TEXT\n",
		command, directory->path);
}

/* ---- writing ---- */

static void note_made(struct directory *directory, char *path)
{
	array_push(&directory->made, path);
}

static int make_folders(struct directory *directory, const char *name)
{
	char *path = string_format("%s/%s", directory->path, name);
	int error = 0;

	for (char *slash = path + strlen(directory->path) + 1;
	     (slash = strchr(slash, '/')) && !error; slash++) {
		*slash = '\0';
		if (!mkdir(path, 0777))
			note_made(directory, string_copy(path));
		else if (errno != EEXIST)
			error = error_errno(directory->err, "%s: cannot be made", path);
		*slash = '/';
	}
	free(path);
	return error;
}

static int write_bytes(int fd, const struct buffer *text)
{
	size_t done = 0;
	ssize_t count;

	while (done < text->length) {
		count = write(fd, text->data + done, text->length - done);
		if (count < 0 && errno != EINTR)
			return -1;
		done += count > 0 ? (size_t)count : 0;
	}
	return 0;
}

/* Names are those of trees (tree_path_problem), and nobody but us has put anything there. */
static int write_file(struct directory *directory, const struct planned_file *file)
{
	char *path = string_format("%s/%s", directory->path, file->name);
	int error = make_folders(directory, file->name), fd = -1;

	if (!error) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd < 0)
			error = error_errno(directory->err, "%s: cannot be written", path);
		else
			note_made(directory, string_copy(path));
	}
	if (!error && write_bytes(fd, &file->text))
		error = error_errno(directory->err, "%s: cannot be written", path);
	if (fd >= 0 && close(fd) && !error)
		error = error_errno(directory->err, "%s: cannot be written", path);
	free(path);
	return error;
}

static int write_all(struct directory *directory)
{
	int error;

	if (mkdir(directory->path, 0777)) {
		if (errno == EEXIST)
			return error_set(directory->err, ERROR_REFUSED,
					 "%s: is there already, and is not overwritten; remove it, "
					 "or name another with --output",
					 directory->path);
		return error_errno(directory->err, "%s: cannot be made", directory->path);
	}
	note_made(directory, string_copy(directory->path));
	/* It may have no files, where all are to go. */
	error = make_folders(directory, "merged/");
	for (size_t i = 0; i < directory->files.count && !error; i++)
		error = write_file(directory, &directory->files.items[i]);
	for (size_t i = directory->made.count; error && i-- > 0;)
		if (unlink(directory->made.items[i]))
			rmdir(directory->made.items[i]);
	return error;
}

int resolve_write_directory(const struct resolve_place *place, const char *path,
			    const char *command, struct error *err)
{
	struct directory directory = {
		.place = place, .path = path, .list = BUFFER_INIT, .err = err
	};
	int error = 0;

	for (size_t i = 0; i < place->versions.count && !error; i++)
		error = add_path(&directory, &place->versions.items[i]);
	add_readme(&directory, command);
	if (!error)
		error = write_all(&directory);
	for (size_t i = 0; i < directory.files.count; i++) {
		free(directory.files.items[i].name);
		buffer_release(&directory.files.items[i].text);
	}
	for (size_t i = 0; i < directory.made.count; i++)
		free(directory.made.items[i]);
	array_release(&directory.files);
	array_release(&directory.made);
	buffer_release(&directory.list);
	return error;
}
