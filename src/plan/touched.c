/* SPDX-License-Identifier: GPL-2.0-only */
/* Which function bodies of a file a change touches, and whether it does something else. */
#include "plan/touched.h"

#include <string.h>

#include "base/array.h"

static size_t first_token(const struct touched_side *source, uint32_t line)
{
	size_t low = 0, high = source->tokens->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (source->tokens->items[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_declaration(const struct touched_side *source, uint32_t line)
{
	for (size_t i = 0; i < source->definitions->count; i++) {
		const struct definition *item = &source->definitions->items[i];

		if (item->start <= line && line <= item->end &&
		    (item->kind == DEFINITION_DECLARATION || item->kind == DEFINITION_EXPORT))
			return true;
	}
	return false;
}

/* Lines outside of bodies that say nothing of where a bug is. */
static bool is_harmless(const struct touched_side *source, uint32_t line)
{
	for (size_t at = first_token(source, line);
	     at < source->tokens->count && source->tokens->items[at].line == line; at++) {
		size_t start = at;

		if (!source->tokens->items[at].directive &&
		    source->tokens->items[at].kind != CODE_DIRECTIVE)
			return is_declaration(source, line);
		while (start && source->tokens->items[start].kind != CODE_DIRECTIVE)
			start--;
		return code_token_is(source->tokens, &source->tokens->items[start + 1], "include");
	}
	return true;
}

bool path_is_no_code(const char *path)
{
	static const char *const folders[] = { "Documentation/", "tools/testing/", "samples/" };
	size_t length = strlen(path);

	for (size_t i = 0; i < COUNT_OF(folders); i++)
		if (!strncmp(path, folders[i], strlen(folders[i])))
			return true;
	return !strcmp(path, "MAINTAINERS") || !strcmp(path, ".mailmap") ||
	       (length > 4 &&
		(!strcmp(path + length - 4, ".rst") || !strcmp(path + length - 4, ".txt")));
}

static bool has_function(const struct touched_side *side, const char *name)
{
	for (size_t i = 0; i < side->definitions->count; i++)
		if (side->definitions->items[i].kind == DEFINITION_FUNCTION &&
		    !strcmp(side->definitions->items[i].name, name))
			return true;
	return false;
}

static void note(struct touched *touched, const struct definition *function)
{
	for (size_t i = 0; i < touched->bodies.count; i++)
		if (!strcmp(touched->bodies.items[i], function->name))
			return;
	array_push(&touched->bodies, function->name);
}

/* What a hunk replaces, or stands between. */
static void look_at_old(struct touched *touched, const struct touched_side *old,
			const struct diff_hunk *hunk)
{
	const struct definition *function, *before;

	if (!hunk->old_count) {
		/* Between two lines of one body; else what is put there tells. */
		function = definitions_function_at(old->definitions, hunk->old_start);
		before = hunk->old_start
				 ? definitions_function_at(old->definitions, hunk->old_start - 1)
				 : NULL;
		if (function && function == before)
			note(touched, function);
		return;
	}
	for (uint32_t i = 0; i < hunk->old_count; i++) {
		function = definitions_function_at(old->definitions, hunk->old_start + i);
		if (function)
			note(touched, function);
		else
			touched->other |= !is_harmless(old, hunk->old_start + i);
	}
}

static void look_at_new(struct touched *touched, const struct touched_side *old,
			const struct touched_side *new, const struct diff_hunk *hunk)
{
	const struct definition *function;

	for (uint32_t i = 0; i < hunk->new_count; i++) {
		function = definitions_function_at(new->definitions, hunk->new_start + i);
		if (!function)
			touched->other |= !is_harmless(new, hunk->new_start + i);
		else if (has_function(old, function->name))
			note(touched, function);
	}
}

void touched_find(struct touched *ret_touched, const struct touched_side *old,
		  const struct touched_side *new, const struct file_hunks *hunks)
{
	memset(ret_touched, 0, sizeof(*ret_touched));
	ret_touched->other = hunks->whole;
	for (size_t i = 0; i < hunks->count && !ret_touched->other; i++) {
		look_at_old(ret_touched, old, &hunks->items[i]);
		look_at_new(ret_touched, old, new, &hunks->items[i]);
	}
}

void touched_release(struct touched *touched)
{
	array_release(&touched->bodies);
}
