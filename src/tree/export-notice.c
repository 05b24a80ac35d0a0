/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/export-notice.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/definitions.h"
#include "git/change.h"

/* A symbol or a struct, as one version of one file has it. */
struct found {
	bool is_new, is_struct, is_paired;
	const char *name, *path;
	const char *text; /* a prototype; of a struct all of its tokens; NULL: not known */
};

struct reading {
	struct export_notice *notice;
	struct store *store;
	struct {
		struct found *items;
		size_t count;
		size_t capacity;
	} found;
};

static const char *const change_names[EXPORT_CHANGES] = { "changed", "removed", "added" };

const char *export_change_name(enum export_change change)
{
	return change_names[change];
}

void export_notice_release(struct export_notice *notice)
{
	array_release(notice);
	arena_release(&notice->arena);
}

/* ---- which files ---- */

static bool ends_with(const char *path, const char *end)
{
	size_t length = strlen(path), wanted = strlen(end);

	return length >= wanted && !strcmp(path + length - wanted, end);
}

/* What is built beside the kernel exports nothing to it. */
static bool is_outside(const char *path)
{
	static const char *const folders[] = { "Documentation/", "samples/", "scripts/", "tools/" };

	for (size_t i = 0; i < COUNT_OF(folders); i++)
		if (!strncmp(path, folders[i], strlen(folders[i])))
			return true;
	return false;
}

/* include/, arch/ARCH/include/ */
static bool is_public_header(const char *path)
{
	const char *below = path;

	if (!ends_with(path, ".h"))
		return false;
	if (!strncmp(path, "arch/", 5))
		below = strchr(path + 5, '/') ? strchr(path + 5, '/') + 1 : path;
	return !strncmp(below, "include/", 8);
}

static bool has_text(const struct object *object, const char *word)
{
	return memmem(object->data, object->length, word, strlen(word)) != NULL;
}

/* Where a word of letters, digits and _ ends. */
static const char *skip_word(const char *at, const char *end)
{
	while (at < end && (*at == '_' || isalnum((unsigned char)*at)))
		at++;
	return at;
}

/*
 * Hashes what begins at the first column, up to the brace or semicolon, unless it is static or a
 * label: where that is equal no prototype and no export differs, and the file need not be
 * parsed. Thousands of files differ between two releases, and in few of them this does.
 */
static uint64_t hash_outline(const struct object *object)
{
	const char *at = object->data, *end = at + object->length, *word;
	uint64_t hash = 14695981039346656037u;

	for (; at && at < end; at = memchr(at, '\n', (size_t)(end - at))) {
		at += *at == '\n';
		word = skip_word(at, end);
		if (word == at || word == end || *word == ':' ||
		    (word - at == 6 && !memcmp(at, "static", 6)))
			continue;
		for (; at < end && *at != '{' && *at != ';'; at++)
			hash = (hash ^ (unsigned char)*at) * 1099511628211u;
	}
	return hash;
}

static bool has_same_outline(const struct object objects[2])
{
	return objects[0].data && objects[1].data &&
	       hash_outline(&objects[0]) == hash_outline(&objects[1]);
}

/* ---- what is in them ---- */

static void add_found(struct reading *reading, const struct found *found, const char *name)
{
	struct found *copy = array_add(&reading->found);

	*copy = *found;
	copy->name = arena_copy(&reading->notice->arena, name);
	copy->text = arena_copy(&reading->notice->arena, found->text);
}

static const struct definition *find_function(const struct definitions *definitions,
					      const char *name)
{
	for (size_t i = 0; i < definitions->count; i++)
		if (definitions->items[i].kind == DEFINITION_FUNCTION &&
		    !strcmp(definitions->items[i].name, name))
			return &definitions->items[i];
	return NULL;
}

static void find_symbols(struct reading *reading, struct found *found,
			 const struct definitions *definitions)
{
	for (size_t i = 0; i < definitions->count; i++) {
		const struct definition *item = &definitions->items[i], *function;

		if (item->kind != DEFINITION_EXPORT)
			continue;
		function = find_function(definitions, item->name);
		found->text = function ? function->prototype : NULL;
		add_found(reading, found, item->name);
	}
}

/* All tokens of some lines, a blank between each two. */
static void add_tokens(struct buffer *text, const struct code_tokens *tokens, uint32_t start,
		       uint32_t end)
{
	for (size_t i = 0; i < tokens->count && tokens->items[i].line <= end; i++) {
		const struct code_token *token = &tokens->items[i];

		if (token->line < start)
			continue;
		buffer_add(text, code_token_text(tokens, token), token->length);
		buffer_add_byte(text, ' ');
	}
}

/* "struct sk_buff"; the definition has the second word alone. */
static void add_tag(struct buffer *text, const struct code_tokens *tokens,
		    const struct definition *tag)
{
	const char *word = "struct";

	for (size_t i = 0; i + 1 < tokens->count && tokens->items[i].line <= tag->end; i++)
		if (tokens->items[i].line >= tag->start && tokens->items[i].word == WORD_UNION &&
		    code_token_is(tokens, &tokens->items[i + 1], tag->name))
			word = "union";
	buffer_add_format(text, "%s %s", word, tag->name);
}

static void find_structs(struct reading *reading, struct found *found,
			 const struct definitions *definitions, const struct code_tokens *tokens)
{
	struct buffer name = BUFFER_INIT, text = BUFFER_INIT;

	for (size_t i = 0; i < definitions->count; i++) {
		const struct definition *item = &definitions->items[i];

		if (item->kind != DEFINITION_TAG)
			continue;
		buffer_clear(&name);
		buffer_clear(&text);
		add_tag(&name, tokens, item);
		add_tokens(&text, tokens, item->start, item->end);
		found->text = text.data;
		add_found(reading, found, name.data);
	}
	buffer_release(&name);
	buffer_release(&text);
}

static void read_version(struct reading *reading, struct found *found, const struct object *object)
{
	struct definitions definitions;
	struct code_tokens tokens;

	code_tokens_init(&tokens, object->data, object->length);
	definitions_find(&definitions, &tokens);
	if (found->is_struct)
		find_structs(reading, found, &definitions, &tokens);
	else
		find_symbols(reading, found, &definitions);
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

static bool is_file(unsigned mode)
{
	return (mode & 0170000) == 0100000;
}

static int read_change(struct reading *reading, const struct change *change, struct error *err)
{
	struct found found = { .is_struct = is_public_header(change->path) };
	const char *word = found.is_struct ? "struct" : "EXPORT_SYMBOL";
	const git_oid *ids[2] = { &change->old_id, &change->new_id };
	unsigned modes[2] = { change->old_mode, change->new_mode };
	struct object objects[2] = { OBJECT_INIT, OBJECT_INIT };
	bool wanted[2] = { false, false };
	int error = 0;

	if (is_outside(change->path) || (!found.is_struct && !ends_with(change->path, ".c")))
		return 0;
	found.path = arena_copy(&reading->notice->arena, change->path);
	for (size_t i = 0; i < COUNT_OF(ids) && !error; i++)
		if (is_file(modes[i]))
			error = store_read(&objects[i], reading->store, ids[i], GIT_OBJECT_BLOB,
					   err);
	for (size_t i = 0; i < COUNT_OF(ids) && !error; i++)
		wanted[i] = objects[i].data && has_text(&objects[i], word);
	if (wanted[0] && wanted[1] && !found.is_struct && has_same_outline(objects))
		wanted[0] = wanted[1] = false;
	for (size_t i = 0; i < COUNT_OF(ids) && !error; i++) {
		found.is_new = i == 1;
		if (wanted[i])
			read_version(reading, &found, &objects[i]);
	}
	object_release(&objects[0]);
	object_release(&objects[1]);
	return error;
}

/* ---- what differs ---- */

/* A symbol is one in the whole kernel; a struct of two architectures is two. */
static int compare_names(const void *left, const void *right)
{
	const struct found *a = left, *b = right;
	int order = a->is_struct - b->is_struct;

	if (!order)
		order = strcmp(a->name, b->name);
	if (!order)
		order = strcmp(a->path, b->path);
	return order ? order : a->is_new - b->is_new;
}

static bool is_same(const char *before, const char *after)
{
	return !before || !after || !strcmp(before, after);
}

static void add_item(struct reading *reading, enum export_change change, const struct found *before,
		     const struct found *after)
{
	struct export_notice *notice = reading->notice;
	const struct found *found = after ? after : before;
	struct export_item *item = array_add(notice);

	item->change = change;
	item->is_struct = found->is_struct;
	item->name = found->name;
	item->path = found->path;
	if (found->is_struct)
		return;
	item->before = before ? before->text : NULL;
	item->after = after ? after->text : NULL;
}

/* The one of the new tree that an old one became: in its own file, else in any. */
static struct found *take_other(struct found *group, size_t count, const struct found *old,
				bool moved)
{
	for (size_t i = 0; i < count; i++)
		if (group[i].is_new && !group[i].is_paired &&
		    (moved || !strcmp(group[i].path, old->path)))
			return &group[i];
	return NULL;
}

static void compare_pairs(struct reading *reading, struct found *group, size_t count, bool moved)
{
	for (size_t i = 0; i < count; i++) {
		struct found *other;

		if (group[i].is_new || group[i].is_paired)
			continue;
		other = take_other(group, count, &group[i], moved);
		if (!other)
			continue;
		group[i].is_paired = other->is_paired = true;
		if (!is_same(group[i].text, other->text))
			add_item(reading, EXPORT_CHANGED, &group[i], other);
	}
}

/* All that was found under one name. */
static void compare_group(struct reading *reading, struct found *group, size_t count)
{
	compare_pairs(reading, group, count, false);
	compare_pairs(reading, group, count, true);
	for (size_t i = 0; i < count; i++) {
		if (group[i].is_paired)
			continue;
		if (!group[i].is_new)
			add_item(reading, EXPORT_REMOVED, &group[i], NULL);
		else if (!group[i].is_struct) /* a new struct breaks nothing */
			add_item(reading, EXPORT_ADDED, NULL, &group[i]);
	}
}

static void compare_found(struct reading *reading)
{
	struct found *items = reading->found.items;
	size_t count = reading->found.count, end;

	if (count)
		qsort(items, count, sizeof(*items), compare_names);
	for (size_t at = 0; at < count; at = end) {
		for (end = at + 1; end < count && items[end].is_struct == items[at].is_struct &&
				   !strcmp(items[end].name, items[at].name);
		     end++)
			;
		compare_group(reading, items + at, end - at);
	}
}

int export_notice_read(struct export_notice *ret_notice, struct store *store,
		       const git_oid *old_tree, const git_oid *new_tree, struct error *err)
{
	struct reading reading = { .notice = ret_notice, .store = store };
	struct change_list changes = CHANGE_LIST_INIT;
	int error;

	memset(ret_notice, 0, sizeof(*ret_notice));
	error = change_list_read_store(&changes, store, old_tree, new_tree, err);
	for (size_t i = 0; i < changes.count && !error; i++)
		error = read_change(&reading, &changes.items[i], err);
	if (!error)
		compare_found(&reading);
	array_release(&reading.found);
	change_list_release(&changes);
	if (error)
		export_notice_release(ret_notice);
	return error;
}

/* ---- on a second thread ---- */

struct export_search {
	pthread_t worker;
	struct store *store;
	git_oid old_tree, new_tree;
	struct export_notice notice;
	int error;
	struct error words;
};

static void *search_trees(void *argument)
{
	struct export_search *search = argument;

	search->error = export_notice_read(&search->notice, search->store, &search->old_tree,
					   &search->new_tree, &search->words);
	return NULL;
}

int export_search_start(struct export_search **ret_search, git_repository *repository,
			const git_oid *old_tree, const git_oid *new_tree, struct error *err)
{
	struct export_search *search = memory_alloc(sizeof(*search));
	int error;

	search->old_tree = *old_tree;
	search->new_tree = *new_tree;
	error = store_open(&search->store, repository, STORE_TRIAL, err);
	if (!error) {
		errno = pthread_create(&search->worker, NULL, search_trees, search);
		if (errno)
			error = error_errno(err, "a second thread cannot be started");
	}
	if (error) {
		store_close(search->store);
		free(search);
		return error;
	}
	*ret_search = search;
	return 0;
}

int export_search_finish(struct export_notice *ret_notice, struct export_search *search,
			 struct error *err)
{
	int error;

	memset(ret_notice, 0, sizeof(*ret_notice));
	if (!search)
		return 0;
	pthread_join(search->worker, NULL);
	error = search->error;
	if (error && err)
		*err = search->words;
	if (!error)
		*ret_notice = search->notice;
	store_close(search->store);
	free(search);
	return error;
}
