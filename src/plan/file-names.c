/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that one version of a file defines. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "code/definitions.h"
#include "plan/code-change.h"

enum {
	VARIADIC = 255
};

/*
 * A form is kind, number of arguments, and of a function a hash, of a macro the arguments that
 * it pastes: 8, 8 and 32 bits.
 */
enum {
	FORM_FUNCTION = 2,
	FORM_MACRO = 3
};

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length > tail && !strcmp(text + length - tail, end);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool path_is_header(const char *path)
{
	return ends_with(path, ".h");
}

bool path_is_c(const char *path)
{
	return ends_with(path, ".c") || ends_with(path, ".h");
}

bool path_is_kconfig(const char *path)
{
	return !strncmp(base_name(path), "Kconfig", 7);
}

static uint32_t hash_text(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

/* The arguments of "n (n, struct foo *)". */
static unsigned count_arguments(const char *shape)
{
	unsigned count = 0, depth = 0;
	const char *at = strchr(shape, '(');

	if (!at || !strcmp(at, "(void)") || !strcmp(at, "()"))
		return 0;
	for (; *at; at++) {
		depth += *at == '(';
		depth -= *at == ')';
		count += *at == ',' && depth == 1;
	}
	if (strstr(shape, "..."))
		return VARIADIC;
	return count + 1 < VARIADIC ? count + 1 : VARIADIC - 1;
}

static name_value form_of(const struct definition *definition)
{
	const char *shape = definition->shape;
	unsigned count;

	if (!shape)
		return NAME_PLAIN;
	if (definition->kind == DEFINITION_MACRO) {
		count = strchr(shape, '+') ? VARIADIC : (unsigned)strtoul(shape + 1, NULL, 10);
		count = count < VARIADIC ? count : VARIADIC;
		return (uint64_t)FORM_MACRO << 40 | (uint64_t)count << 32 | definition->pasted;
	}
	return (uint64_t)FORM_FUNCTION << 40 | (uint64_t)count_arguments(shape) << 32 |
	       hash_text(shape);
}

bool name_value_same(name_value left, name_value right)
{
	unsigned left_form = (unsigned)(left >> 40), right_form = (unsigned)(right >> 40);
	unsigned left_count = left >> 32 & 0xff, right_count = right >> 32 & 0xff;

	if (left == right)
		return true;
	if (!left || !right)
		return false;
	/* A plain name may well be a function's, by `#define name other_name`. */
	if (left == NAME_PLAIN || right == NAME_PLAIN)
		return true;
	if (left_form != right_form || left_form == FORM_MACRO)
		return left_count == right_count || left_count == VARIADIC ||
		       right_count == VARIADIC;
	return false;
}

bool name_value_pastes(name_value value, unsigned argument)
{
	return value >> 40 == FORM_MACRO && argument < 32 && value >> argument & 1;
}

/* Of several forms in one file (stubs, declaration and body) one stands for all. */
static bool stands_before(name_value left, name_value right)
{
	unsigned left_form = (unsigned)(left >> 40), right_form = (unsigned)(right >> 40);
	unsigned left_rank = left_form == FORM_FUNCTION ? 0 : left_form == FORM_MACRO ? 1 : 2;
	unsigned right_rank = right_form == FORM_FUNCTION ? 0 : right_form == FORM_MACRO ? 1 : 2;

	return left_rank != right_rank ? left_rank < right_rank : left < right;
}

static void add_name(struct file_names *names, const char *prefix, const char *owner,
		     const char *name, name_value value, const char *type)
{
	size_t length = strlen(prefix) + (owner ? strlen(owner) + 1 : 0) + strlen(name) + 1;
	struct file_name *added = array_add(names);
	char *key = arena_alloc(&names->arena, length);

	snprintf(key, length, "%s%s%s%s", prefix, owner ? owner : "", owner ? ">" : "", name);
	added->key = key;
	added->value = value;
	added->type = arena_copy(&names->arena, type);
}

static void add_definitions(struct file_names *names, const struct definitions *definitions)
{
	for (size_t i = 0; i < definitions->count; i++) {
		const struct definition *item = &definitions->items[i];

		if (item->kind == DEFINITION_EXPORT)
			continue;
		if (item->kind == DEFINITION_MEMBER)
			add_name(names, "M ", item->owner, item->name, NAME_PLAIN, item->type);
		else if (item->kind == DEFINITION_TAG || item->kind == DEFINITION_ENUM)
			add_name(names, "T ", NULL, item->name, NAME_PLAIN, NULL);
		else
			add_name(names, "N ", NULL, item->name, form_of(item), item->type);
	}
}

static bool is_symbol_byte(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' ||
	       (byte >= 'a' && byte <= 'z');
}

/* config NAME, menuconfig NAME */
static void add_symbols(struct file_names *names, const char *text, size_t length)
{
	static const char *const words[] = { "config", "menuconfig" };
	const char *end = text + length, *line_end, *at;

	for (const char *line = text; line < end; line = line_end + 1) {
		line_end = memchr(line, '\n', (size_t)(end - line));
		if (!line_end)
			line_end = end;
		for (size_t i = 0; i < COUNT_OF(words); i++) {
			size_t word = strlen(words[i]), name = 0;
			char symbol[256] = "CONFIG_";

			at = line;
			while (at < line_end && (*at == ' ' || *at == '\t'))
				at++;
			if ((size_t)(line_end - at) <= word || memcmp(at, words[i], word) ||
			    (at[word] != ' ' && at[word] != '\t'))
				continue;
			at += word;
			while (at < line_end && (*at == ' ' || *at == '\t'))
				at++;
			while (at + name < line_end && is_symbol_byte(at[name]))
				name++;
			if (!name || name + 8 > sizeof(symbol))
				continue;
			memcpy(symbol + 7, at, name);
			symbol[7 + name] = 0;
			add_name(names, "C ", NULL, symbol, NAME_PLAIN, NULL);
		}
	}
}

static int compare_names(const void *left, const void *right)
{
	const struct file_name *a = left, *b = right;
	int order = strcmp(a->key, b->key);

	if (order)
		return order;
	if (a->value != b->value)
		return stands_before(a->value, b->value) ? -1 : 1;
	return (a->type == NULL) - (b->type == NULL);
}

void file_names_of(struct file_names *ret_names, const char *path, const char *text, size_t length,
		   const struct definitions *definitions)
{
	size_t kept = 0;

	memset(ret_names, 0, sizeof(*ret_names));
	if (path_is_kconfig(path))
		add_symbols(ret_names, text, length);
	else if (path_is_c(path))
		add_definitions(ret_names, definitions);
	if (path_is_header(path))
		add_name(ret_names, "H ", NULL, path, NAME_PLAIN, NULL);
	if (!ret_names->count)
		return;
	qsort(ret_names->items, ret_names->count, sizeof(*ret_names->items), compare_names);
	for (size_t i = 1; i < ret_names->count; i++)
		if (strcmp(ret_names->items[kept].key, ret_names->items[i].key))
			ret_names->items[++kept] = ret_names->items[i];
	ret_names->count = kept + 1;
}

void file_names_find(struct file_names *ret_names, const char *path, const char *text,
		     size_t length)
{
	struct code_tokens tokens;
	struct definitions definitions;

	code_tokens_init(&tokens, text, path_is_c(path) ? length : 0);
	definitions_find(&definitions, &tokens);
	file_names_of(ret_names, path, text, length, &definitions);
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

void file_names_release(struct file_names *names)
{
	array_release(names);
	arena_release(&names->arena);
}

const struct file_name *file_names_get(const struct file_names *names, const char *key)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(key, names->items[middle].key);

		if (!order)
			return &names->items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
