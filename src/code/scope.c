/* SPDX-License-Identifier: GPL-2.0-only */
#include "code/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/prototype.h"

enum {
	DECLARATION_LIMIT = 512 /* tokens outside of brackets that are looked through */
};

static void declare(struct scope *scope, size_t name, const char *type)
{
	const struct code_token *token = &scope->tokens->items[name];
	const char *text = code_token_text(scope->tokens, token);
	uint32_t place;

	/* Of two in blocks of their own the first one counts. */
	if (table_find(&place, &scope->places, text, token->length) && scope->types.items[place])
		return;
	table_set(&scope->places, text, token->length, (uint32_t)scope->types.count);
	array_push(&scope->types, type);
}

static const char *type_text(struct scope *scope, size_t start, size_t end)
{
	struct code_span span = { scope->tokens, start, end };
	struct buffer text = BUFFER_INIT;
	const char *type = NULL;

	code_type_write(&text, &span);
	if (text.length)
		type = arena_copy(&scope->arena, text.data);
	buffer_release(&text);
	return type;
}

static bool is_type_word(const struct code_token *token)
{
	return token->word == WORD_STRUCT || token->word == WORD_UNION ||
	       token->word == WORD_ENUM || token->word == WORD_TYPE ||
	       token->word == WORD_QUALIFIER || token->word == WORD_STATIC ||
	       token->word == WORD_SIZEOF;
}

/* Behind a type at `at`; `at` itself where there is none. */
static size_t skip_type(const struct code_tokens *tokens, size_t at, size_t end)
{
	size_t start = at;
	bool named = false, builtin = false;

	while (at < end) {
		const struct code_token *token = &tokens->items[at];

		if (token->word == WORD_STRUCT || token->word == WORD_UNION ||
		    token->word == WORD_ENUM) {
			if (at + 1 >= end || tokens->items[at + 1].kind != CODE_NAME)
				return start;
			named = true;
			at += 2;
		} else if (token->word == WORD_SIZEOF && !named && !builtin &&
			   code_token_punct(tokens, token + 1, '(')) {
			builtin = true; /* typeof(...) */
			at = code_token_close(tokens, at + 1) + 1;
		} else if (token->word == WORD_TYPE) {
			builtin = true;
			at++;
		} else if (token->word == WORD_QUALIFIER || token->word == WORD_STATIC) {
			at++;
		} else if (token->kind == CODE_NAME && token->word == WORD_NONE && !named &&
			   !builtin) {
			named = true;
			at++;
		} else {
			break;
		}
	}
	return (named || builtin) && at < end ? at : start;
}

/* The declarators behind a type, up to the `;`. False where it was no declaration after all. */
static bool read_declarators(struct scope *scope, size_t start, size_t at, size_t end)
{
	const struct code_tokens *tokens = scope->tokens;
	const char *type = NULL;
	bool any = false;
	size_t steps = 0;

	while (at < end && steps < DECLARATION_LIMIT) {
		const struct code_token *token;

		while (at < end && (code_token_punct(tokens, &tokens->items[at], '*') ||
				    tokens->items[at].word == WORD_QUALIFIER))
			at++;
		if (at + 2 < end && code_token_punct(tokens, &tokens->items[at], '(') &&
		    code_token_punct(tokens, &tokens->items[at + 1], '*'))
			at += 2; /* a pointer to a function */
		if (at >= end || tokens->items[at].kind != CODE_NAME ||
		    tokens->items[at].word != WORD_NONE)
			return any;
		token = &tokens->items[at + 1];
		if (!any &&
		    !(token->kind == CODE_PUNCT && token->length == 1 &&
		      strchr(";=,[):", tokens->text[token->offset])) &&
		    token->word != WORD_QUALIFIER && token->word != WORD_ATTRIBUTE)
			return false;
		if (!any)
			type = type_text(scope, start, at);
		any = true;
		declare(scope, at, type);
		for (at++; at < end && steps < DECLARATION_LIMIT; at++, steps++) {
			token = &tokens->items[at];
			if (code_token_punct(tokens, token, ';'))
				return true;
			if (code_token_punct(tokens, token, ','))
				break;
			if (code_token_punct(tokens, token, '(') ||
			    code_token_punct(tokens, token, '[') ||
			    code_token_punct(tokens, token, '{'))
				at = code_token_close(tokens, at);
		}
		at++;
	}
	return any;
}

static void read_parameters(struct scope *scope, size_t open, size_t close)
{
	const struct code_tokens *tokens = scope->tokens;
	size_t start = open + 1, name = SIZE_MAX;

	for (size_t at = open + 1; at <= close; at++) {
		const struct code_token *token = &tokens->items[at];

		if (at < close && (code_token_punct(tokens, token, '(') ||
				   code_token_punct(tokens, token, '['))) {
			/* int (*name)(...) */
			if (at + 2 < close && code_token_punct(tokens, token + 1, '*') &&
			    token[2].kind == CODE_NAME)
				declare(scope, at + 2, NULL);
			at = code_token_close(tokens, at);
			continue;
		}
		if (at < close && !code_token_punct(tokens, token, ',')) {
			if (token->kind == CODE_NAME && token->word == WORD_NONE)
				name = at;
			continue;
		}
		if (name != SIZE_MAX)
			declare(scope, name, name > start ? type_text(scope, start, name) : NULL);
		start = at + 1;
		name = SIZE_MAX;
	}
}

void scope_init(struct scope *ret_scope, const struct code_tokens *tokens, size_t start, size_t end)
{
	bool statement = false;
	size_t brace = start;

	memset(ret_scope, 0, sizeof(*ret_scope));
	ret_scope->tokens = tokens;
	while (brace < end && !code_token_punct(tokens, &tokens->items[brace], '{')) {
		if (code_token_punct(tokens, &tokens->items[brace], '(') &&
		    !tokens->items[brace].directive) {
			size_t close = code_token_close(tokens, brace);

			read_parameters(ret_scope, brace, close < end ? close : end);
			brace = close;
		}
		brace++;
	}
	for (size_t at = brace; at < end; at++) {
		const struct code_token *token = &tokens->items[at];
		size_t behind;

		if (token->directive || token->kind == CODE_DIRECTIVE)
			continue;
		if (statement && (is_type_word(token) || token->word == WORD_NONE) &&
		    token->kind == CODE_NAME) {
			behind = skip_type(tokens, at, end);
			if (behind > at)
				read_declarators(ret_scope, at, behind, end);
		}
		/* What a statement may begin behind. */
		statement = token->kind == CODE_PUNCT && token->length == 1 &&
			    (strchr("{};:", tokens->text[token->offset]) ||
			     (tokens->text[token->offset] == '(' && at > start &&
			      code_token_is(tokens, token - 1, "for")));
	}
}

void scope_release(struct scope *scope)
{
	table_release(&scope->places);
	array_release(&scope->types);
	arena_release(&scope->arena);
}

bool scope_find(const char **ret_type, const struct scope *scope, const char *name, size_t length)
{
	uint32_t place;

	*ret_type = NULL;
	if (!table_find(&place, &scope->places, name, length))
		return false;
	*ret_type = scope->types.items[place];
	return true;
}
