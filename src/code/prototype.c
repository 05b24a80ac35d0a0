/* SPDX-License-Identifier: GPL-2.0-only */
#include "code/prototype.h"

#include <string.h>

enum {
	DEPTH_LIMIT = 8 /* of parameters that are functions in turn */
};

static bool is_tag_word(const struct code_token *token)
{
	return token->word == WORD_STRUCT || token->word == WORD_UNION || token->word == WORD_ENUM;
}

/* Storage, qualifiers and attributes matter to no caller. */
static bool is_noise(const struct code_token *token)
{
	return token->word == WORD_STATIC || token->word == WORD_EXTERN ||
	       token->word == WORD_QUALIFIER || token->word == WORD_ATTRIBUTE;
}

/* An attribute with its arguments, or any other noise; the token behind it. */
static size_t skip_noise(const struct code_span *span, size_t at)
{
	const struct code_tokens *tokens = span->tokens;

	while (at < span->end && is_noise(&tokens->items[at])) {
		bool attribute = tokens->items[at].word == WORD_ATTRIBUTE;

		at++;
		if (attribute && at < span->end &&
		    code_token_punct(tokens, &tokens->items[at], '('))
			at = code_token_close(tokens, at) + 1;
	}
	return at < span->end ? at : span->end;
}

/* A word that some header defines to an attribute or to nothing, as far as one can tell. */
static bool is_suspicious(const struct code_tokens *tokens, const struct code_token *token)
{
	const char *text = code_token_text(tokens, token);

	if (token->kind != CODE_NAME || token->word != WORD_NONE)
		return false;
	for (size_t i = 0; i < token->length; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			return token->length > 2 && !memcmp(text, "__", 2);
	return true;
}

/* Whether a type is there without the suspicious words: they are no part of it. */
static bool is_settled(const struct code_span *span, size_t name)
{
	for (size_t i = skip_noise(span, span->start); i < span->end; i = skip_noise(span, i + 1)) {
		const struct code_token *token = &span->tokens->items[i];

		if (i != name && token->kind == CODE_NAME && !is_suspicious(span->tokens, token))
			return true;
	}
	return false;
}

static bool is_annotation(const struct code_span *span, size_t at, bool settled)
{
	const struct code_token *token = &span->tokens->items[at];

	return settled && is_suspicious(span->tokens, token) &&
	       !(at > span->start && is_tag_word(token - 1));
}

/* The parameter's own name, which goes: the last name, if a type stands before it. */
static size_t find_name(const struct code_span *span)
{
	const struct code_tokens *tokens = span->tokens;
	bool typed = false, tag = false;
	size_t name = span->end, depth = 0;

	for (size_t i = skip_noise(span, span->start); i < span->end; i = skip_noise(span, i + 1)) {
		const struct code_token *token = &tokens->items[i];

		if (token->word == WORD_SIZEOF && code_token_punct(tokens, token + 1, '(')) {
			typed = true;
			i = code_token_close(tokens, i + 1);
		} else if (code_token_punct(tokens, token, '(')) {
			/* int (*name)(...), int (name)(...): what comes after is its own list. */
			if (name != span->end || (depth && !typed))
				return name;
			depth++;
		} else if (code_token_punct(tokens, token, '[')) {
			return name;
		} else if (token->word == WORD_TYPE) {
			typed = true;
		} else if (is_tag_word(token)) {
			tag = true;
		} else if (token->kind == CODE_NAME && tag) {
			tag = false;
			typed = true;
		} else if (token->kind == CODE_NAME && typed) {
			name = i;
		} else if (token->kind == CODE_NAME) {
			typed = true;
		}
	}
	return name;
}

static bool is_number_type(const struct code_tokens *tokens, const struct code_span *span,
			   size_t name)
{
	for (size_t i = skip_noise(span, span->start); i < span->end; i = skip_noise(span, i + 1)) {
		const struct code_token *token = &tokens->items[i];

		if (i == name)
			continue;
		if (token->kind != CODE_NAME || token->word == WORD_STRUCT ||
		    token->word == WORD_UNION || code_token_is(tokens, token, "void") ||
		    code_token_is(tokens, token, "double") || code_token_is(tokens, token, "float"))
			return false;
	}
	return true;
}

/* Old and new spellings of the same type. */
static const char *const synonyms[][2] = {
	{ "__s16", "s16" },    { "__s32", "s32" },	   { "__s64", "s64" },
	{ "__s8", "s8" },      { "__u16", "u16" },	   { "__u32", "u32" },
	{ "__u64", "u64" },    { "__u8", "u8" },	   { "_Bool", "bool" },
	{ "int16_t", "s16" },  { "int32_t", "s32" },	   { "int64_t", "s64" },
	{ "int8_t", "s8" },    { "uint", "unsigned int" }, { "uint16_t", "u16" },
	{ "uint32_t", "u32" }, { "uint64_t", "u64" },	   { "uint8_t", "u8" },
};

static void add_word(struct buffer *text, const struct code_tokens *tokens,
		     const struct code_token *token)
{
	const char *word = code_token_text(tokens, token);
	size_t length = token->length;

	for (size_t i = 0; token->kind == CODE_NAME && i < sizeof(synonyms) / sizeof(*synonyms);
	     i++)
		if (code_token_is(tokens, token, synonyms[i][0])) {
			word = synonyms[i][1];
			length = strlen(word);
		}
	if (text->length && token->kind == CODE_NAME && text->data[text->length - 1] != '(')
		buffer_add_byte(text, ' ');
	else if (text->length && *word == '*' && text->data[text->length - 1] != '*' &&
		 text->data[text->length - 1] != '(')
		buffer_add_byte(text, ' ');
	buffer_add(text, word, length);
}

static void write_parameters(struct buffer *text, const struct code_span *parameters, bool shape,
			     unsigned depth);

/* One type: of a parameter, or what is returned. */
static void write_type(struct buffer *text, const struct code_span *span, size_t name, bool shape,
		       unsigned depth)
{
	const struct code_tokens *tokens = span->tokens;
	struct buffer type = BUFFER_INIT;
	bool in_array = false, settled = is_settled(span, name);

	if (shape && is_number_type(tokens, span, name)) {
		buffer_add_string(text, "n");
		return;
	}
	for (size_t i = skip_noise(span, span->start); i < span->end; i = skip_noise(span, i + 1)) {
		const struct code_token *token = &tokens->items[i];
		struct code_span inner = { tokens, i + 1, code_token_close(tokens, i) };

		if (i == name || is_annotation(span, i, settled))
			continue;
		/* An array is a pointer here, whatever its length. */
		if (code_token_punct(tokens, token, '[')) {
			if (!in_array)
				buffer_add_string(&type, " *");
			in_array = true;
			i = inner.end;
			continue;
		}
		/* int (*name)(int, int) */
		if (depth < DEPTH_LIMIT && i > span->start && inner.end < span->end &&
		    code_token_punct(tokens, token, '(') &&
		    code_token_punct(tokens, token - 1, ')')) {
			write_parameters(&type, &inner, false, depth + 1);
			i = inner.end;
			continue;
		}
		add_word(&type, tokens, token);
	}
	buffer_add(text, type.data, type.length);
	buffer_release(&type);
}

static bool is_void(const struct code_span *span)
{
	return span->end - span->start == 1 &&
	       code_token_is(span->tokens, &span->tokens->items[span->start], "void");
}

static void write_parameters(struct buffer *text, const struct code_span *parameters, bool shape,
			     unsigned depth)
{
	const struct code_tokens *tokens = parameters->tokens;
	struct code_span one = { tokens, parameters->start, parameters->start };
	const char *between = "";

	if (is_void(parameters)) {
		buffer_add_string(text, "(void)");
		return;
	}
	buffer_add_string(text, "(");
	for (size_t i = parameters->start; i <= parameters->end; i++) {
		const struct code_token *token = &tokens->items[i];

		if (i < parameters->end && (code_token_punct(tokens, token, '(') ||
					    code_token_punct(tokens, token, '['))) {
			i = code_token_close(tokens, i);
			if (i >= parameters->end)
				i = parameters->end - 1;
			continue;
		}
		if (i < parameters->end && !code_token_punct(tokens, token, ','))
			continue;
		one.end = i;
		if (one.start < one.end) {
			buffer_add_string(text, between);
			write_type(text, &one, find_name(&one), shape, depth);
			between = ", ";
		}
		one.start = i + 1;
	}
	buffer_add_string(text, ")");
}

void prototype_write(struct buffer *ret_text, const struct code_span *result,
		     const struct code_span *parameters, bool shape)
{
	write_type(ret_text, result, result->end, shape, 0);
	buffer_add_byte(ret_text, ' ');
	write_parameters(ret_text, parameters, shape, 0);
}

/* Whether a type with what has it stands there, so that what stands before is no type. */
static bool is_type_behind(const struct code_span *span, size_t at)
{
	const struct code_token *items = span->tokens->items;

	at = skip_noise(span, at);
	if (at == span->end || items[at].kind != CODE_NAME)
		return false;
	if (items[at].word != WORD_NONE)
		return true;
	at = skip_noise(span, at + 1);
	return at < span->end &&
	       (items[at].kind == CODE_NAME || code_token_punct(span->tokens, &items[at], '*'));
}

void code_type_write(struct buffer *ret_text, const struct code_span *type)
{
	const struct code_tokens *tokens = type->tokens;
	bool tag = false;

	for (size_t i = skip_noise(type, type->start); i < type->end; i = skip_noise(type, i + 1)) {
		const struct code_token *token = &tokens->items[i];

		if (is_tag_word(token)) {
			tag = true;
		} else if (token->kind == CODE_NAME && token->word == WORD_NONE) {
			if (!tag && is_suspicious(tokens, token) && is_type_behind(type, i + 1))
				continue;
			if (tag)
				buffer_add_string(ret_text, "struct ");
			buffer_add(ret_text, code_token_text(tokens, token), token->length);
			return;
		} else if (token->word == WORD_TYPE || token->word == WORD_SIZEOF) {
			return;
		}
	}
}
