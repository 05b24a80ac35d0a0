/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tokens of a C source file, as far as definitions and uses need them: comments
 * and blanks are left out, directives are kept and marked, and so is what `#if 0`
 * hides. Nothing is preprocessed: all branches of an `#if` are there.
 *
 * Any bytes are accepted; what is no C gives tokens that mean nothing, and NUL is a blank.
 * Linear in the length of the text.
 */
#ifndef CODE_LEXER_H
#define CODE_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum code_kind {
	CODE_END, /* behind the last token, always there */
	CODE_NAME,
	CODE_NUMBER,
	CODE_STRING, /* and characters; the quotes belong to it */
	CODE_PUNCT,  /* one byte, but for `->` */
	/* `#` of a directive; its word is the next token. Tokens up to the end of its line
	 * have `directive` set. */
	CODE_DIRECTIVE
};

enum code_word { /* of a CODE_NAME that matters to the grammar */
	WORD_NONE,
	WORD_STRUCT,
	WORD_UNION,
	WORD_ENUM,
	WORD_TYPEDEF,
	WORD_STATIC,
	WORD_EXTERN,
	WORD_TYPE,	/* int, unsigned, void, ... */
	WORD_QUALIFIER, /* const, volatile, inline, and what gcc and the kernel add */
	WORD_ATTRIBUTE, /* __attribute__, __printf and others that may have arguments */
	WORD_STATEMENT, /* if, return, goto, ... */
	WORD_SIZEOF	/* sizeof, typeof and the like */
};

struct code_token {
	uint32_t offset;
	uint32_t length;
	uint32_t line;	/* from 0 */
	uint32_t close; /* of an opening bracket: see code_token_close */
	uint8_t kind;	/* enum code_kind */
	uint8_t word;	/* enum code_word */
	bool directive;
	bool first; /* on its line, at column 0 */
};

struct code_tokens {
	const char *text; /* borrowed */
	size_t length;
	struct code_token *items; /* the last one is CODE_END */
	size_t count;		  /* without it */
	size_t capacity;
};

enum code_limit {
	CODE_TEXT_LIMIT = 4 << 20, /* bytes; a longer file is generated data, and not looked at */
	CODE_NAME_LIMIT = 255	   /* a longer word is a CODE_NUMBER: names are copied a lot */
};

/* Owned by the caller. A text over the limit has no tokens. */
void code_tokens_init(struct code_tokens *ret_tokens, const char *text, size_t length);
void code_tokens_release(struct code_tokens *tokens);

static inline const char *code_token_text(const struct code_tokens *tokens,
					  const struct code_token *token)
{
	return tokens->text + token->offset;
}

bool code_token_is(const struct code_tokens *tokens, const struct code_token *token,
		   const char *text);

static inline bool code_token_punct(const struct code_tokens *tokens,
				    const struct code_token *token, char byte)
{
	return token->kind == CODE_PUNCT && token->length == 1 &&
	       tokens->text[token->offset] == byte;
}

static inline bool code_token_arrow(const struct code_token *token)
{
	return token->kind == CODE_PUNCT && token->length == 2;
}

/*
 * The index of the bracket that closes the one at `open`, or the count of tokens. Other
 * kinds of brackets in between do not count, nor do directives; what a directive opens is closed
 * on its own line.
 */
static inline size_t code_token_close(const struct code_tokens *tokens, size_t open)
{
	return tokens->items[open].close;
}

/* Finds what code_token_close gives; for tokens that were put together from others. */
void code_tokens_pair(struct code_tokens *tokens);

#endif
