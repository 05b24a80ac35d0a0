/* SPDX-License-Identifier: GPL-2.0-only */
/* The bodies of structs, unions and enums. */
#include <string.h>

#include "base/buffer.h"
#include "code/parser.h"

enum {
	OWNER_LIMIT = 500 /* bytes of "struct outer.inner" */
};

static void read_members(struct parser *parser, size_t start, size_t end, const char *owner);

static void add_member(struct parser *parser, size_t name, size_t start, size_t end,
		       const char *owner, const char *type)
{
	struct definition *member = parser_add(parser, DEFINITION_MEMBER, name, start, end);

	member->owner = owner;
	member->type = type;
}

static void read_enumerators(struct parser *parser, size_t open, size_t close)
{
	size_t at = open + 1, next;

	while (at < close) {
		next = parser_find(parser, at, close, ',');
		if (parser_is_name(parser, at))
			parser_add(parser, DEFINITION_ENUMERATOR, at, at, next - 1);
		at = next + 1;
	}
}

/* "struct outer.inner": what a member without a type of its own name has. */
static const char *inner_owner(struct parser *parser, const char *owner, size_t name)
{
	struct buffer text = BUFFER_INIT;
	const struct code_token *token = parser_token(parser, name);
	const char *words;

	if (strlen(owner) + token->length > OWNER_LIMIT)
		return owner;
	buffer_add_string(&text, owner);
	buffer_add_byte(&text, '.');
	buffer_add(&text, code_token_text(&parser->plain, token), token->length);
	words = arena_copy(&parser->out->arena, text.data);
	buffer_release(&text);
	return words;
}

static void add_declarators(struct parser *parser, size_t start, size_t end, const char *owner,
			    const char *type, bool typed)
{
	bool first = !typed;

	while (start < end) {
		size_t next = parser_find(parser, start, end, ',');
		size_t name = parser_declarator(parser, start, next, first);

		if (name != SIZE_MAX)
			add_member(parser, name, start, next - 1, owner, type);
		first = false;
		start = next + 1;
	}
}

/* struct [NAME] { ... } [declarators] inside of another. */
static void read_nested(struct parser *parser, size_t word, size_t name, size_t open, size_t end,
			const char *owner)
{
	size_t close = parser_close(parser, open, end);
	size_t declared = parser_declarator(parser, close + 1,
					    parser_find(parser, close + 1, end, ','), false);
	const char *type = owner;

	if (name != SIZE_MAX)
		type = parser_tag(parser, name);
	else if (declared != SIZE_MAX)
		type = inner_owner(parser, owner, declared);
	if (name != SIZE_MAX) {
		parser_read_type(parser, word, name, open, close, NULL);
	} else if (parser_token(parser, word)->word == WORD_ENUM) {
		read_enumerators(parser, open, close);
		type = NULL;
	} else {
		read_members(parser, open + 1, close, type);
	}
	add_declarators(parser, close + 1, end, owner, type, true);
}

/* DECLARE_BITMAP(name, bits); struct_group(name, members...); and the like. */
static void read_macro(struct parser *parser, size_t start, size_t end, const char *owner)
{
	const struct code_token *word = parser_token(parser, start);
	size_t close = parser_close(parser, start + 1, end);
	size_t at = start + 2, next, name;
	bool group = code_token_is(&parser->plain, word, "struct_group") ||
		     code_token_is(&parser->plain, word, "struct_group_attr") ||
		     code_token_is(&parser->plain, word, "__struct_group") ||
		     code_token_is(&parser->plain, word, "struct_group_tagged");

	while (at < close) {
		next = parser_find(parser, at, close, ',');
		/* Members may have commas, too: from the first that ends in `;` on. */
		if (group && parser_find(parser, at, close, ';') < next) {
			read_members(parser, at, close, owner);
			return;
		}
		name = parser_argument(parser, at, next);
		if (name != SIZE_MAX && (at == start + 2 || !parser_is_constant(parser, name)))
			add_member(parser, name, at, next - 1, owner, NULL);
		at = next + 1;
	}
}

static size_t skip_qualifiers(const struct parser *parser, size_t at, size_t end)
{
	while (at < end && (parser_token(parser, at)->word == WORD_QUALIFIER ||
			    parser_token(parser, at)->word == WORD_ATTRIBUTE)) {
		bool attribute = parser_token(parser, at)->word == WORD_ATTRIBUTE;

		at++;
		if (attribute && at < end && parser_is(parser, at, '('))
			at = parser_skip(parser, at, end);
	}
	return at;
}

static bool is_call(const struct parser *parser, size_t at, size_t end)
{
	return at + 1 < end && parser_is_name(parser, at) && parser_is(parser, at + 1, '(');
}

static void read_member(struct parser *parser, size_t start, size_t end, const char *owner)
{
	size_t open, word, name, first;

	start = skip_qualifiers(parser, start, end);
	/* ZONE_PADDING(name), and no `;` behind it. */
	while (is_call(parser, start, end)) {
		size_t next = parser_skip(parser, start + 1, end);

		if (next == end || parser_token(parser, next)->kind != CODE_NAME ||
		    parser_token(parser, next)->line == parser_token(parser, next - 1)->line)
			break;
		read_macro(parser, start, next, owner);
		start = skip_qualifiers(parser, next, end);
	}
	if (start >= end)
		return;
	open = parser_find(parser, start, end, '{');
	if (open < end && parser_is_type_body(&word, &name, parser, start, open)) {
		read_nested(parser, word, name, open, end, owner);
		return;
	}
	if (is_call(parser, start, end) && parser_skip(parser, start + 1, end) >= end) {
		read_macro(parser, start, end, owner);
		return;
	}
	first = parser_find(parser, start, end, ',');
	add_declarators(parser, start, end, owner, parser_type(parser, start, first), false);
}

static void read_members(struct parser *parser, size_t start, size_t end, const char *owner)
{
	if (++parser->depth < PARSER_DEPTH_LIMIT)
		while (start < end) {
			size_t next = parser_find(parser, start, end, ';');

			read_member(parser, start, next, owner);
			start = next + 1;
		}
	parser->depth--;
}

void parser_read_type(struct parser *parser, size_t word, size_t name, size_t open, size_t close,
		      const char *owner)
{
	bool is_enum = parser_token(parser, word)->word == WORD_ENUM;

	if (name != SIZE_MAX) {
		parser_add(parser, is_enum ? DEFINITION_ENUM : DEFINITION_TAG, name, word, close);
		owner = parser_tag(parser, name);
	}
	if (is_enum)
		read_enumerators(parser, open, close);
	else if (owner)
		read_members(parser, open + 1, close, owner);
}
