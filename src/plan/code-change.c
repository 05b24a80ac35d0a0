/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/code-change.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "plan/touched.h"

void code_change_release(struct code_change *change)
{
	free(change->files);
	free(change->events);
	free(change->uses);
	free(change->drops);
	free(change->includes);
	free(change->bodies);
	arena_release(&change->arena);
	memset(change, 0, sizeof(*change));
}

static void add_event(struct code_change *change, uint32_t file, const char *key, name_value before,
		      name_value after)
{
	struct name_event *event = array_add_raw((void **)&change->events, &change->event_count,
						 &change->event_capacity, sizeof(*event));

	event->key = arena_copy(&change->arena, key);
	event->before = before;
	event->after = after;
	event->file = file;
}

static void add_use(struct code_change *change, uint32_t file, const struct code_use *use)
{
	struct name_use *added = array_add_raw((void **)&change->uses, &change->use_count,
					       &change->use_capacity, sizeof(*added));

	added->use = *use;
	added->use.name = arena_copy(&change->arena, use->name);
	added->use.owner = arena_copy(&change->arena, use->owner);
	added->file = file;
}

void code_change_add_drop(struct code_change *change, uint32_t file, const char *name)
{
	struct dropped_call *drop = array_add_raw((void **)&change->drops, &change->drop_count,
						  &change->drop_capacity, sizeof(*drop));

	drop->name = name;
	drop->file = file;
}

void code_change_add_include(struct code_change *change, uint32_t file, const char *name)
{
	struct file_include *include = array_add_raw((void **)&change->includes,
						     &change->include_count,
						     &change->include_capacity, sizeof(*include));

	include->name = name;
	include->file = file;
}

void code_change_add_body(struct code_change *change, uint32_t file, const char *name)
{
	struct touched_body *body = array_add_raw((void **)&change->bodies, &change->body_count,
						  &change->body_capacity, sizeof(*body));

	body->name = name;
	body->file = file;
}

/* Only where the file uses names that others define does it matter what it includes. */
static void add_includes(struct code_change *change, uint32_t file,
			 const struct code_tokens *tokens)
{
	for (size_t i = 0; i + 2 < tokens->count; i++) {
		const struct code_token *name = &tokens->items[i + 2];
		char *text;

		if (tokens->items[i].kind != CODE_DIRECTIVE || name->kind != CODE_STRING ||
		    name->length < 3 || !code_token_is(tokens, name - 1, "include") ||
		    memchr(code_token_text(tokens, name), '\t', name->length))
			continue;
		text = arena_alloc(&change->arena, name->length - 1);
		memcpy(text, code_token_text(tokens, name) + 1, name->length - 2);
		code_change_add_include(change, file, text);
	}
}

static uint32_t add_file(struct code_change *change, const char *path, const char *old_path)
{
	struct code_file *file = array_add_raw((void **)&change->files, &change->file_count,
					       &change->file_capacity, sizeof(*file));

	file->path = arena_copy(&change->arena, path);
	file->old_path = arena_copy(&change->arena, old_path);
	return (uint32_t)change->file_count - 1;
}

/* ---- what one file's change does ---- */

struct side {
	struct object blob;
	struct code_tokens tokens;
	struct definitions definitions;
	struct file_names names;
	struct code_uses uses;
	struct code_lines *lines; /* that the other side has not */
	size_t line_count;
};

static void side_release(struct side *side)
{
	object_release(&side->blob);
	code_tokens_release(&side->tokens);
	definitions_release(&side->definitions);
	file_names_release(&side->names);
	code_uses_release(&side->uses);
	free(side->lines);
}

static void compare_names(struct code_change *change, uint32_t file, const struct file_names *old,
			  const struct file_names *new)
{
	size_t i = 0, j = 0;
	int order;

	while (i < old->count || j < new->count) {
		order = i == old->count	  ? 1
			: j == new->count ? -1
					  : strcmp(old->items[i].key, new->items[j].key);
		if (order < 0) {
			add_event(change, file, old->items[i].key, old->items[i].value,
				  NAME_ABSENT);
			i++;
		} else if (order > 0) {
			add_event(change, file, new->items[j].key, NAME_ABSENT,
				  new->items[j].value);
			j++;
		} else {
			if (!name_value_same(old->items[i].value, new->items[j].value))
				add_event(change, file, old->items[i].key, old->items[i].value,
					  new->items[j].value);
			i++;
			j++;
		}
	}
}

/* Words of Kconfig that are no symbols, for those that are written small. */
static const char *const kconfig_words[] = {
	"if", "depends", "on",	     "select",	     "imply", "default",  "visible", "y",
	"n",  "m",	 "def_bool", "def_tristate", "bool",  "tristate", "range",
};

/* The symbols in an expression of Kconfig: what follows `depends on` and the like. */
static void find_symbols(struct code_uses *uses, const char *at, const char *end, uint32_t line)
{
	while (at < end && *at != '#') {
		const char *start = at;
		char name[256];
		bool word = false;

		if (*at == '"' || *at == '\'') {
			for (at++; at < end && *at != *start; at++)
				;
			at += at < end;
			continue;
		}
		while (at < end && ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') ||
				    (*at >= '0' && *at <= '9') || *at == '_'))
			at++;
		if (at == start) {
			at++;
			continue;
		}
		if ((size_t)(at - start) + 8 > sizeof(name) || (*start >= '0' && *start <= '9'))
			continue;
		snprintf(name, sizeof(name), "CONFIG_%.*s", (int)(at - start), start);
		for (size_t i = 0; i < COUNT_OF(kconfig_words); i++)
			word |= !strcmp(name + 7, kconfig_words[i]);
		if (!word)
			code_uses_add(uses,
				      &(struct code_use){ USE_SYMBOL, false, name, NULL, line });
	}
}

static void find_kconfig_uses(struct code_uses *uses, const char *at, const char *end,
			      uint32_t line)
{
	static const char *const words[] = {
		"depends on ", "select ",  "imply ",	"if ",
		"default ",    "visible ", "def_bool ", "def_tristate "
	};

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if ((size_t)(end - at) > strlen(words[i]) &&
		    !memcmp(at, words[i], strlen(words[i])))
			find_symbols(uses, at + strlen(words[i]), end, line);
}

/* CONFIG_NAME, wherever it stands outside of comments. */
static void find_makefile_uses(struct code_uses *uses, const char *at, const char *end,
			       uint32_t line)
{
	char name[256];
	size_t length;

	for (; at + 7 < end && *at != '#'; at++) {
		if (memcmp(at, "CONFIG_", 7))
			continue;
		for (length = 7; at + length < end &&
				 ((at[length] >= 'A' && at[length] <= 'Z') ||
				  (at[length] >= 'a' && at[length] <= 'z') ||
				  (at[length] >= '0' && at[length] <= '9') || at[length] == '_');)
			length++;
		if (length > 7 && length < sizeof(name)) {
			snprintf(name, sizeof(name), "%.*s", (int)length, at);
			code_uses_add(uses,
				      &(struct code_use){ USE_SYMBOL, false, name, NULL, line });
		}
		at += length - 1;
	}
}

typedef void (*line_reader)(struct code_uses *uses, const char *at, const char *end, uint32_t line);

static void find_line_uses(struct side *side, line_reader read_line)
{
	const char *at = side->blob.data, *end = at + side->blob.length, *line_end;
	size_t range = 0;

	for (uint32_t line = 0; at < end && range < side->line_count; line++) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		if (!line_end)
			line_end = end;
		if (line >= side->lines[range].end)
			range++;
		if (range < side->line_count && line >= side->lines[range].start)
			read_line(&side->uses, at, line_end, line);
		at = line_end + 1;
	}
	code_uses_sort(&side->uses);
}

static bool is_makefile(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return !strncmp(name, "Makefile", 8) || !strcmp(name, "Kbuild");
}

static bool is_read(const struct change *change)
{
	if ((change->old_mode && !S_ISREG(change->old_mode)) ||
	    (change->new_mode && !S_ISREG(change->new_mode)) || strpbrk(change->path, "\n\t"))
		return false;
	return path_is_c(change->path) || path_is_kconfig(change->path) ||
	       is_makefile(change->path);
}

static int read_side(struct side *side, struct store *store, unsigned mode, const git_oid *id,
		     struct error *err)
{
	return mode ? store_read(&side->blob, store, id, GIT_OBJECT_BLOB, err) : 0;
}

static void read_uses(struct side *side, const char *path, unsigned mode)
{
	if (!mode)
		return;
	if (path_is_c(path)) {
		code_tokens_init(&side->tokens, side->blob.data, side->blob.length);
		definitions_find(&side->definitions, &side->tokens);
		code_uses_find(&side->uses, &side->tokens, &side->definitions, side->lines,
			       side->line_count);
	} else if (path_is_kconfig(path)) {
		find_line_uses(side, find_kconfig_uses);
	} else if (is_makefile(path)) {
		find_line_uses(side, find_makefile_uses);
	}
}

static void read_names(struct side *side, const char *path, unsigned mode)
{
	if (mode)
		file_names_of(&side->names, path, side->blob.data, side->blob.length,
			      &side->definitions);
}

static void add_line_range(struct side *side, uint32_t start, uint32_t count)
{
	if (!count)
		return;
	side->lines[side->line_count].start = start;
	side->lines[side->line_count++].end = start + count;
}

static int find_lines(const struct file_hunks **ret_hunks, struct side *old, struct side *new,
		      const struct change *change, struct hunks *hunks, struct store *store,
		      struct error *err)
{
	const struct file_hunks *found;
	int error;

	if (!change->old_mode || !change->new_mode) {
		struct side *side = change->new_mode ? new : old;

		side->lines = memory_alloc(sizeof(*side->lines));
		add_line_range(side, 0, UINT32_MAX);
		return 0;
	}
	error = hunks_find(&found, hunks, store, &change->old_id, &change->new_id, err);
	*ret_hunks = error ? NULL : found;
	if (error || found->whole)
		return error;
	old->lines = memory_alloc((found->count + 1) * sizeof(*old->lines));
	new->lines = memory_alloc((found->count + 1) * sizeof(*new->lines));
	for (size_t i = 0; i < found->count; i++) {
		add_line_range(old, found->items[i].old_start, found->items[i].old_count);
		add_line_range(new, found->items[i].new_start, found->items[i].new_count);
	}
	return 0;
}

static void add_touched(struct code_change *change, uint32_t file, const struct side *old,
			const struct side *new, const struct file_hunks *hunks)
{
	struct touched_side before = { &old->tokens, &old->definitions };
	struct touched_side after = { &new->tokens, &new->definitions };
	struct touched touched;

	touched_find(&touched, &before, &after, hunks);
	change->other |= touched.other;
	for (size_t i = 0; i < touched.bodies.count; i++)
		code_change_add_body(change, file,
				     arena_copy(&change->arena, touched.bodies.items[i]));
	touched_release(&touched);
}

static bool has_use(const struct code_uses *uses, const struct code_use *use)
{
	return uses->count &&
	       bsearch(use, uses->items, uses->count, sizeof(*uses->items), code_use_compare);
}

static void compare_uses(struct code_change *change, uint32_t file, const struct side *old,
			 const struct side *new)
{
	size_t before = change->use_count;

	for (size_t i = 0; i < new->uses.count; i++)
		if (!has_use(&old->uses, &new->uses.items[i]))
			add_use(change, file, &new->uses.items[i]);
	if (change->use_count > before)
		add_includes(change, file, &new->tokens);
	for (size_t i = 0; i < old->uses.count; i++) {
		const struct code_use *use = &old->uses.items[i];

		if (use->kind == USE_NAME && use->called && !has_use(&new->uses, use))
			code_change_add_drop(change, file, arena_copy(&change->arena, use->name));
	}
}

static void compare_sides(struct code_change *change, const char *path, const char *old_path,
			  struct side *old, struct side *new, const struct file_hunks *hunks)
{
	uint32_t file = add_file(change, path, old_path);

	compare_names(change, file, &old->names, &new->names);
	compare_uses(change, file, old, new);
	if (path_is_c(path) && hunks)
		add_touched(change, file, old, new, hunks);
	else
		change->other |= !path_is_no_code(path);
}

/* ---- changes within bodies: most are, and only those functions need be read twice ---- */

/* The function that a hunk is inside of on the new side, between its braces; else NULL. */
static const struct definition *body_of(const struct side *new, const struct diff_hunk *hunk)
{
	uint32_t start = hunk->new_start, end = start + hunk->new_count;
	const struct definition *function = definitions_function_at(&new->definitions, start);

	return function && start > function->body && end <= function->end ? function : NULL;
}

static const char *skip_lines(const char *at, const char *end, uint32_t count)
{
	const char *next;

	for (; count && at < end; count--) {
		next = memchr(at, '\n', (size_t)(end - at));
		at = next ? next + 1 : end;
	}
	return at;
}

/* A directive may define something for all that follows, or hide a bracket. */
static bool has_directive(const struct side *side)
{
	const char *at = side->blob.data, *end = at + side->blob.length, *stop;
	uint32_t line = 0;

	for (size_t i = 0; i < side->line_count; i++) {
		at = skip_lines(at, end, side->lines[i].start - line);
		stop = skip_lines(at, end, side->lines[i].end - side->lines[i].start);
		if (memchr(at, '#', (size_t)(stop - at)))
			return true;
		at = stop;
		line = side->lines[i].end;
	}
	return false;
}

static bool is_within_bodies(const struct side *old, const struct side *new,
			     const struct file_hunks *hunks)
{
	for (size_t i = 0; i < hunks->count; i++)
		if (!body_of(new, &hunks->items[i]))
			return false;
	return !has_directive(old) && !has_directive(new);
}

/* What the removed lines of one function use: its old text alone is read. */
static void find_old_uses(struct side *old, const struct definition *function,
			  const struct diff_hunk *hunks, size_t count)
{
	const char *end = old->blob.data + old->blob.length, *start, *stop;
	struct code_lines *lines = memory_alloc(count * sizeof(*lines));
	uint32_t first = hunks[0].old_start - (hunks[0].new_start - function->start), last;
	const struct diff_hunk *tail = &hunks[count - 1];
	struct definitions definitions;
	struct code_tokens tokens;
	size_t used = 0;

	last = tail->old_start + tail->old_count +
	       (function->end + 1 - (tail->new_start + tail->new_count));
	start = skip_lines(old->blob.data, end, first);
	stop = skip_lines(start, end, last - first);
	for (size_t i = 0; i < count; i++) {
		if (!hunks[i].old_count)
			continue;
		lines[used].start = hunks[i].old_start - first;
		lines[used++].end = hunks[i].old_start - first + hunks[i].old_count;
	}
	code_tokens_init(&tokens, start, (size_t)(stop - start));
	definitions_find(&definitions, &tokens);
	code_uses_find(&old->uses, &tokens, &definitions, lines, used);
	definitions_release(&definitions);
	code_tokens_release(&tokens);
	free(lines);
}

static void compare_bodies(struct code_change *change, const char *path, const char *old_path,
			   struct side *old, struct side *new, const struct file_hunks *hunks)
{
	uint32_t file = add_file(change, path, old_path);

	for (size_t i = 0, next; i < hunks->count; i = next) {
		const struct definition *function = body_of(new, &hunks->items[i]);

		for (next = i + 1; next < hunks->count; next++)
			if (body_of(new, &hunks->items[next]) != function)
				break;
		find_old_uses(old, function, &hunks->items[i], next - i);
		code_change_add_body(change, file, arena_copy(&change->arena, function->name));
	}
	compare_uses(change, file, old, new);
}

static int find_file(struct code_change *ret_change, const struct change *change,
		     const char *old_path, struct hunks *hunks, struct store *store,
		     struct error *err)
{
	struct side old = { 0 }, new = { 0 };
	const struct file_hunks *found = NULL;
	const char *path = change->path;
	int error = read_side(&old, store, change->old_mode, &change->old_id, err);

	if (!error)
		error = read_side(&new, store, change->new_mode, &change->new_id, err);
	if (!error)
		error = find_lines(&found, &old, &new, change, hunks, store, err);
	if (!error) {
		read_uses(&new, path, change->new_mode);
		if (found && !found->whole && path_is_c(path) &&
		    is_within_bodies(&old, &new, found)) {
			compare_bodies(ret_change, path, old_path, &old, &new, found);
		} else {
			read_uses(&old, path, change->old_mode);
			read_names(&old, path, change->old_mode);
			read_names(&new, path, change->new_mode);
			compare_sides(ret_change, path, old_path, &old, &new, found);
		}
	} else if (error == ERROR_NOT_FOUND) {
		ret_change->other = true;
		error = 0;
	}
	side_release(&old);
	side_release(&new);
	return error;
}

static bool is_source(const char *path)
{
	return path_is_c(path) && !path_is_header(path);
}

/* The rename that a path is an end of; NULL where it is none, or of no source. */
static const struct file_rename *find_rename(const struct file_renames *renames, const char *path)
{
	for (size_t i = 0; i < renames->count; i++)
		if (is_source(renames->items[i].to) && is_source(renames->items[i].from) &&
		    (!strcmp(renames->items[i].to, path) || !strcmp(renames->items[i].from, path)))
			return &renames->items[i];
	return NULL;
}

/* Only where there are both ends of a rename is it worth looking for one. */
static bool may_rename(const struct change_list *changes)
{
	bool added = false, deleted = false;

	for (size_t i = 0; i < changes->count; i++) {
		if (!is_source(changes->items[i].path))
			continue;
		added |= !changes->items[i].old_mode;
		deleted |= !changes->items[i].new_mode;
	}
	return added && deleted;
}

int code_change_find(struct code_change *ret_change, uint32_t member,
		     const struct change_list *changes, struct files *files, struct store *store,
		     struct error *err)
{
	struct file_renames renames = ARRAY_INIT;
	int error = 0;

	memset(ret_change, 0, sizeof(*ret_change));
	if (may_rename(changes))
		error = files_renames(&renames, files, store, member, changes, err);
	for (size_t i = 0; i < changes->count && !error; i++) {
		struct change change = changes->items[i];
		const struct file_rename *rename = find_rename(&renames, change.path);

		if (rename && !change.new_mode)
			continue;
		if (!is_read(&change)) {
			ret_change->other |= !path_is_no_code(change.path);
			continue;
		}
		if (rename) {
			change.old_mode = rename->old_entry.mode;
			change.old_id = rename->old_entry.id;
		}
		error = find_file(ret_change, &change, rename ? rename->from : NULL, &files->hunks,
				  store, err);
	}
	return error;
}
