/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes are a C file, a Kconfig file, or the text of a change. What is found must lie
 * within the file and be in order; a text that is accepted is written again and read
 * again to the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "code/uses.h"
#include "plan/code-change.h"
#include "fuzz.h"

/* No room behind CODE_END, so that a sanitizer sees who reads there. */
static void cut_tokens(struct code_tokens *tokens)
{
	struct code_token *items = memory_copy(tokens->items,
					       (tokens->count + 1) * sizeof(*tokens->items));

	free(tokens->items);
	tokens->items = items;
	tokens->capacity = tokens->count + 1;
}

static void check_tokens(const struct code_tokens *tokens, size_t size)
{
	size_t end = 0;

	CHECK(tokens->items[tokens->count].kind == CODE_END);
	for (size_t i = 0; i < tokens->count; i++) {
		const struct code_token *token = &tokens->items[i];

		CHECK(token->offset >= end && token->length && token->offset <= size);
		CHECK(token->length <= size - token->offset);
		CHECK(token->kind != CODE_END && token->line < tokens->items[tokens->count].line);
		CHECK(!i || token->line >= token[-1].line);
		if (token->kind == CODE_PUNCT && strchr("({[", tokens->text[token->offset]))
			CHECK(code_token_close(tokens, i) > i &&
			      code_token_close(tokens, i) <= tokens->count);
		end = token->offset + token->length;
	}
}

static void check_definitions(const struct definitions *definitions, uint32_t lines)
{
	for (size_t i = 0; i < definitions->count; i++) {
		const struct definition *item = &definitions->items[i];

		CHECK(item->name && item->kind < DEFINITION_KIND_COUNT);
		CHECK(!i || item->start >= item[-1].start);
		CHECK(item->start <= item->body && item->body <= item->end && item->end <= lines);
		CHECK((item->kind == DEFINITION_MEMBER) == (item->owner != NULL));
		CHECK(!item->prototype == !item->shape);
		if (item->kind == DEFINITION_FUNCTION) {
			const struct definition *found = definitions_function_at(definitions,
										 item->start);

			CHECK(found && found->start <= item->start && found->end >= item->start);
		}
	}
}

static void fuzz_source(const uint8_t *data, size_t size)
{
	static const struct code_lines lines[] = { { 0, 3 }, { 5, 6 }, { 7, UINT32_MAX } };
	struct code_tokens tokens;
	struct definitions definitions;
	struct code_uses uses = { 0 };

	code_tokens_init(&tokens, (const char *)data, size);
	cut_tokens(&tokens);
	check_tokens(&tokens, size);
	definitions_find(&definitions, &tokens);
	check_definitions(&definitions, tokens.items[tokens.count].line);
	code_uses_find(&uses, &tokens, &definitions, lines, COUNT_OF(lines));
	for (size_t i = 0; i < uses.count; i++) {
		CHECK(uses.items[i].name && uses.items[i].kind < USE_KIND_COUNT);
		CHECK(!i || code_use_compare(&uses.items[i - 1], &uses.items[i]) < 0);
		CHECK((uses.items[i].kind != USE_MEMBER) || uses.items[i].owner);
	}
	code_uses_release(&uses);
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

static void fuzz_names(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "a.h", "a/Kconfig" };
	struct file_names names;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		file_names_find(&names, paths[i], (const char *)data, size);
		for (size_t j = 0; j < names.count; j++) {
			CHECK(!j || strcmp(names.items[j - 1].key, names.items[j].key) < 0);
			CHECK(file_names_get(&names, names.items[j].key) == &names.items[j]);
		}
		file_names_release(&names);
	}
}

static void fuzz_change(const uint8_t *data, size_t size)
{
	struct code_change change;
	struct buffer first = BUFFER_INIT, second = BUFFER_INIT;

	if (!code_change_read(&change, (const char *)data, size))
		return;
	code_change_write(&first, &change);
	code_change_release(&change);
	CHECK(code_change_read(&change, first.data, first.length));
	code_change_write(&second, &change);
	CHECK(first.length == second.length && !memcmp(first.data, second.data, first.length));
	code_change_release(&change);
	buffer_release(&first);
	buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_source(data, size);
	fuzz_names(data, size);
	fuzz_change(data, size);
	return 0;
}
