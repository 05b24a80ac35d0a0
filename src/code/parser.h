/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the parser of definitions share. */
#ifndef CODE_PARSER_H
#define CODE_PARSER_H

#include "base/array.h"
#include "base/table.h"
#include "code/definitions.h"
#include "code/prototype.h"

/* A name that a macro of the file pastes together; bytes below 32 are its arguments, from 1. */
struct pattern {
	const char *name;
	uint32_t next; /* of the same macro, or UINT32_MAX */
};

struct parser {
	struct code_tokens plain; /* without directives, and one branch where two do not match */
	struct definitions *out;
	ARRAY(struct pattern) patterns;
	struct table pattern_places; /* by macro: the last of its patterns */
	size_t pasted;		     /* names that were made of patterns */
	unsigned depth;		     /* of structs in structs */
};

enum {
	PARSER_DEPTH_LIMIT = 32,
	PARSER_PASTED_LIMIT = 1 << 16
};

/* A definition that starts and ends at these plain tokens; `name` is one of them. */
struct definition *parser_add(struct parser *parser, enum definition_kind kind, size_t name,
			      size_t start, size_t end);

static inline const struct code_token *parser_token(const struct parser *parser, size_t at)
{
	return &parser->plain.items[at];
}

static inline bool parser_is(const struct parser *parser, size_t at, char byte)
{
	return code_token_punct(&parser->plain, &parser->plain.items[at], byte);
}

static inline bool parser_is_name(const struct parser *parser, size_t at)
{
	return parser->plain.items[at].kind == CODE_NAME &&
	       parser->plain.items[at].word == WORD_NONE;
}

/* Whether a name has no small letters. */
bool parser_is_constant(const struct parser *parser, size_t at);

/* The next `byte` from `at` that no bracket hides, or `end`. */
size_t parser_find(const struct parser *parser, size_t at, size_t end, char byte);

/* The closing bracket of the one at `at`, and what comes behind it; at most `end`. */
size_t parser_close(const struct parser *parser, size_t at, size_t end);
size_t parser_skip(const struct parser *parser, size_t at, size_t end);

/* Whether the tokens before the brace at `end` are `struct NAME`; `ret_name` may be SIZE_MAX. */
bool parser_is_type_body(size_t *ret_word, size_t *ret_name, const struct parser *parser,
			 size_t start, size_t end);

/* The name that the declarator in start..end declares; SIZE_MAX where there is none. */
size_t parser_declarator(const struct parser *parser, size_t start, size_t end, bool first);

/* The name that an argument of a macro may give to what the macro makes; or SIZE_MAX. */
size_t parser_argument(const struct parser *parser, size_t start, size_t end);

/* members.c: the type whose body is between the braces at `open` and `close`. */
void parser_read_type(struct parser *parser, size_t word, size_t name, size_t open, size_t close,
		      const char *owner);

/* macros.c: all macros, from the tokens with directives. */
void parser_read_macros(struct parser *parser, const struct code_tokens *tokens);

/* What the call of the macro at `macro` defines by pasting its arguments. */
void parser_add_pasted(struct parser *parser, size_t macro, size_t start, size_t end);

/* "struct sk_buff" of the tag at `name`; lives as long as the definitions. */
const char *parser_tag(struct parser *parser, size_t name);

/* The text of a type in start..end as code_type_write, or NULL. */
const char *parser_type(struct parser *parser, size_t start, size_t end);

#endif
