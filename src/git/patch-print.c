/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/diff.h"
#include "git/patch.h"
#include "git/repository.h"
#include "git/tree-entry.h"

enum {
	CONTEXT = 3
};

struct side {
	struct object object;
	struct merge_text text;
	size_t *starts; /* of each line, and the end */
	size_t count;
};

struct printer {
	struct buffer *text;
	struct side old_side, new_side;
	struct diff_hunks hunks;
};

static bool is_plain(char byte)
{
	return byte >= ' ' && byte < 0x7f;
}

void patch_quote(struct buffer *ret_text, const char *prefix, const char *path)
{
	bool plain = true;

	for (const char *at = path; *at && plain; at++)
		plain = is_plain(*at) && *at != '"' && *at != '\\';
	if (plain) {
		buffer_add_format(ret_text, "%s%s", prefix, path);
		return;
	}
	buffer_add_format(ret_text, "\"%s", prefix);
	for (const char *at = path; *at; at++) {
		if (*at == '"' || *at == '\\')
			buffer_add_format(ret_text, "\\%c", *at);
		else if (is_plain(*at))
			buffer_add_byte(ret_text, *at);
		else
			buffer_add_format(ret_text, "\\%03o", (unsigned char)*at);
	}
	buffer_add_byte(ret_text, '"');
}

/* ---- contents ---- */

static int read_side(struct side *side, struct store *store, const char *path,
		     const struct merge_entry *entry, struct error *err)
{
	size_t capacity = 0;
	int error = 0;

	if (entry->mode == TREE_MODE_SUBMODULE)
		return error_set(err, ERROR_INPUT, "%s: is a submodule, which no patch can change",
				 path);
	if (entry->mode)
		error = store_read(&side->object, store, &entry->id, GIT_OBJECT_BLOB, err);
	if (error)
		return error;
	side->text.data = side->object.data ? side->object.data : "";
	side->text.length = side->object.length;
	for (size_t at = 0; at < side->text.length;) {
		const char *newline = memchr(side->text.data + at, '\n', side->text.length - at);

		side->starts = array_reserve_raw(side->starts, &capacity, side->count + 2,
						 sizeof(*side->starts));
		side->starts[side->count++] = at;
		at = newline ? (size_t)(newline + 1 - side->text.data) : side->text.length;
	}
	side->starts = array_reserve_raw(side->starts, &capacity, side->count + 1,
					 sizeof(*side->starts));
	side->starts[side->count] = side->text.length;
	if (memchr(side->text.data, '\0', side->text.length))
		return error_set(err, ERROR_INPUT, "%s: is binary, and a patch is text", path);
	return 0;
}

static void release_side(struct side *side)
{
	object_release(&side->object);
	free(side->starts);
}

/* ---- hunks ---- */

static void print_lines(struct printer *printer, char kind, const struct side *side, size_t from,
			size_t to)
{
	for (; from < to; from++) {
		const char *line = side->text.data + side->starts[from];
		size_t length = side->starts[from + 1] - side->starts[from];

		buffer_add_byte(printer->text, kind);
		buffer_add(printer->text, line, length);
		if (line[length - 1] != '\n')
			buffer_add_string(printer->text, "\n\\ No newline at end of file\n");
	}
}

static void print_range(struct buffer *text, size_t start, size_t count)
{
	buffer_add_format(text, "%zu", count ? start + 1 : start);
	if (count != 1)
		buffer_add_format(text, ",%zu", count);
}

/* Hunks first .. last - 1, which share context, as one. */
static void print_hunk(struct printer *printer, size_t first, size_t last)
{
	const struct diff_hunk *hunks = printer->hunks.items, *end = &hunks[last - 1];
	size_t before = hunks[first].old_start < CONTEXT ? hunks[first].old_start : CONTEXT;
	size_t old_end = end->old_start + end->old_count, at;
	size_t after = printer->old_side.count - old_end;
	size_t old_from = hunks[first].old_start - before;
	size_t new_from = hunks[first].new_start - before;

	if (after > CONTEXT)
		after = CONTEXT;
	buffer_add_string(printer->text, "@@ -");
	print_range(printer->text, old_from, old_end + after - old_from);
	buffer_add_string(printer->text, " +");
	print_range(printer->text, new_from, end->new_start + end->new_count + after - new_from);
	buffer_add_string(printer->text, " @@\n");
	at = old_from;
	for (size_t i = first; i < last; i++) {
		const struct diff_hunk *hunk = &hunks[i];

		print_lines(printer, ' ', &printer->old_side, at, hunk->old_start);
		at = hunk->old_start + hunk->old_count;
		print_lines(printer, '-', &printer->old_side, hunk->old_start, at);
		print_lines(printer, '+', &printer->new_side, hunk->new_start,
			    hunk->new_start + hunk->new_count);
	}
	print_lines(printer, ' ', &printer->old_side, at, at + after);
}

static void print_hunks(struct printer *printer)
{
	const struct diff_hunk *hunks = printer->hunks.items;
	size_t first = 0, next;

	for (; first < printer->hunks.count; first = next) {
		next = first + 1;
		while (next < printer->hunks.count && hunks[next].old_start -
								      hunks[next - 1].old_start -
								      hunks[next - 1].old_count <=
							      2 * CONTEXT)
			next++;
		print_hunk(printer, first, next);
	}
}

/* ---- headers ---- */

static void print_name(struct buffer *text, const char *mark, const char *prefix, const char *path,
		       bool is_there)
{
	buffer_add_format(text, "%s ", mark);
	if (is_there)
		patch_quote(text, prefix, path);
	else
		buffer_add_string(text, "/dev/null");
	/* So that a reader sees where a name with blanks ends. */
	if (is_there && strchr(path, ' '))
		buffer_add_byte(text, '\t');
	buffer_add_byte(text, '\n');
}

static void print_header(struct buffer *text, const char *path, const struct merge_entry *old_entry,
			 const struct merge_entry *new_entry)
{
	buffer_add_string(text, "diff --git ");
	patch_quote(text, "a/", path);
	buffer_add_byte(text, ' ');
	patch_quote(text, "b/", path);
	buffer_add_byte(text, '\n');
	if (!old_entry->mode)
		buffer_add_format(text, "new file mode %o\n", new_entry->mode);
	else if (!new_entry->mode)
		buffer_add_format(text, "deleted file mode %o\n", old_entry->mode);
	else if (old_entry->mode != new_entry->mode)
		buffer_add_format(text, "old mode %o\nnew mode %o\n", old_entry->mode,
				  new_entry->mode);
	if (git_oid_equal(&old_entry->id, &new_entry->id))
		return;
	buffer_add_format(text, "index %s..%s", id_hex(&old_entry->id).text,
			  id_hex(&new_entry->id).text);
	if (old_entry->mode == new_entry->mode)
		buffer_add_format(text, " %o", old_entry->mode);
	buffer_add_byte(text, '\n');
}

static int print_one(struct buffer *text, struct store *store, const char *path,
		     const struct merge_entry *old_entry, const struct merge_entry *new_entry,
		     struct error *err)
{
	struct printer printer = { .text = text,
				   .old_side.object = OBJECT_INIT,
				   .new_side.object = OBJECT_INIT };
	int error = read_side(&printer.old_side, store, path, old_entry, err);

	if (!error)
		error = read_side(&printer.new_side, store, path, new_entry, err);
	if (!error)
		text_hunks(&printer.hunks, &printer.old_side.text, &printer.new_side.text);
	if (!error)
		print_header(text, path, old_entry, new_entry);
	if (!error && printer.hunks.count) {
		print_name(text, "---", "a/", path, old_entry->mode != 0);
		print_name(text, "+++", "b/", path, new_entry->mode != 0);
		print_hunks(&printer);
	}
	array_release(&printer.hunks);
	release_side(&printer.old_side);
	release_side(&printer.new_side);
	return error;
}

int patch_print(struct buffer *ret_text, struct store *store, const char *path,
		const struct merge_entry *old_entry, const struct merge_entry *new_entry,
		struct error *err)
{
	const struct merge_entry none = { 0 };
	int error;

	if (old_entry->mode == new_entry->mode && git_oid_equal(&old_entry->id, &new_entry->id))
		return 0;
	/* A file that becomes a link is one that goes and one that comes. */
	if (!old_entry->mode || !new_entry->mode ||
	    (old_entry->mode & TREE_MODE_TYPE) == (new_entry->mode & TREE_MODE_TYPE))
		return print_one(ret_text, store, path, old_entry, new_entry, err);
	error = print_one(ret_text, store, path, old_entry, &none, err);
	return error ? error : print_one(ret_text, store, path, &none, new_entry, err);
}
