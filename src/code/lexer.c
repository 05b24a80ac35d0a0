/* SPDX-License-Identifier: GPL-2.0-only */
#include "code/lexer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	WORD_SIZE = 40
};

struct word {
	char name[WORD_SIZE];
	enum code_word word;
};

/* Ordered by their first byte. The kernel's: include/linux/compiler*.h, init.h. */
static const struct word words[] = {
	{ "_Alignas", WORD_ATTRIBUTE },
	{ "_Alignof", WORD_SIZEOF },
	{ "_Atomic", WORD_QUALIFIER },
	{ "_Bool", WORD_TYPE },
	{ "_Noreturn", WORD_QUALIFIER },
	{ "_Static_assert", WORD_ATTRIBUTE },
	{ "____cacheline_aligned", WORD_QUALIFIER },
	{ "____cacheline_aligned_in_smp", WORD_QUALIFIER },
	{ "____cacheline_internodealigned_in_smp", WORD_QUALIFIER },
	{ "__acquires", WORD_ATTRIBUTE },
	{ "__alias", WORD_ATTRIBUTE },
	{ "__aligned", WORD_ATTRIBUTE },
	{ "__alignof__", WORD_SIZEOF },
	{ "__alloc_size", WORD_ATTRIBUTE },
	{ "__always_inline", WORD_QUALIFIER },
	{ "__always_unused", WORD_QUALIFIER },
	{ "__asm", WORD_ATTRIBUTE },
	{ "__asm__", WORD_ATTRIBUTE },
	{ "__assume_aligned", WORD_ATTRIBUTE },
	{ "__attribute", WORD_ATTRIBUTE },
	{ "__attribute__", WORD_ATTRIBUTE },
	{ "__attribute_const__", WORD_QUALIFIER },
	{ "__attribute_pure__", WORD_QUALIFIER },
	{ "__auto_type", WORD_TYPE },
	{ "__bitwise", WORD_QUALIFIER },
	{ "__bitwise__", WORD_QUALIFIER },
	{ "__cacheline_aligned", WORD_QUALIFIER },
	{ "__cacheline_aligned_in_smp", WORD_QUALIFIER },
	{ "__cacheline_internodealigned_in_smp", WORD_QUALIFIER },
	{ "__cleanup", WORD_ATTRIBUTE },
	{ "__cold", WORD_QUALIFIER },
	{ "__compiletime_error", WORD_ATTRIBUTE },
	{ "__compiletime_warning", WORD_ATTRIBUTE },
	{ "__cond_acquires", WORD_ATTRIBUTE },
	{ "__const", WORD_QUALIFIER },
	{ "__const__", WORD_QUALIFIER },
	{ "__counted_by", WORD_ATTRIBUTE },
	{ "__counted_by_be", WORD_ATTRIBUTE },
	{ "__counted_by_le", WORD_ATTRIBUTE },
	{ "__cpuidle", WORD_QUALIFIER },
	{ "__cpumask_var_read_mostly", WORD_QUALIFIER },
	{ "__deprecated", WORD_QUALIFIER },
	{ "__designated_init", WORD_QUALIFIER },
	{ "__diagnose_as", WORD_ATTRIBUTE },
	{ "__exit", WORD_QUALIFIER },
	{ "__exitdata", WORD_QUALIFIER },
	{ "__extension__", WORD_QUALIFIER },
	{ "__flatten", WORD_QUALIFIER },
	{ "__force", WORD_QUALIFIER },
	{ "__hot", WORD_QUALIFIER },
	{ "__hyp_text", WORD_QUALIFIER },
	{ "__init", WORD_QUALIFIER },
	{ "__init_memblock", WORD_QUALIFIER },
	{ "__init_or_module", WORD_QUALIFIER },
	{ "__initconst", WORD_QUALIFIER },
	{ "__initdata", WORD_QUALIFIER },
	{ "__initdata_memblock", WORD_QUALIFIER },
	{ "__initdata_or_module", WORD_QUALIFIER },
	{ "__inline", WORD_QUALIFIER },
	{ "__inline__", WORD_QUALIFIER },
	{ "__iomem", WORD_QUALIFIER },
	{ "__kprobes", WORD_QUALIFIER },
	{ "__latent_entropy", WORD_QUALIFIER },
	{ "__lockfunc", WORD_QUALIFIER },
	{ "__malloc", WORD_QUALIFIER },
	{ "__maybe_unused", WORD_QUALIFIER },
	{ "__meminit", WORD_QUALIFIER },
	{ "__meminitconst", WORD_QUALIFIER },
	{ "__meminitdata", WORD_QUALIFIER },
	{ "__must_check", WORD_QUALIFIER },
	{ "__must_hold", WORD_ATTRIBUTE },
	{ "__net_exit", WORD_QUALIFIER },
	{ "__net_init", WORD_QUALIFIER },
	{ "__net_initconst", WORD_QUALIFIER },
	{ "__net_initdata", WORD_QUALIFIER },
	{ "__no_kasan_or_inline", WORD_QUALIFIER },
	{ "__no_kcsan", WORD_QUALIFIER },
	{ "__no_randomize_layout", WORD_QUALIFIER },
	{ "__no_sanitize", WORD_ATTRIBUTE },
	{ "__no_sanitize_address", WORD_QUALIFIER },
	{ "__no_sanitize_or_inline", WORD_QUALIFIER },
	{ "__nocast", WORD_QUALIFIER },
	{ "__noclone", WORD_QUALIFIER },
	{ "__nonstring", WORD_QUALIFIER },
	{ "__noreturn", WORD_QUALIFIER },
	{ "__nosavedata", WORD_QUALIFIER },
	{ "__packed", WORD_QUALIFIER },
	{ "__page_aligned_bss", WORD_QUALIFIER },
	{ "__page_aligned_data", WORD_QUALIFIER },
	{ "__percpu", WORD_QUALIFIER },
	{ "__printf", WORD_ATTRIBUTE },
	{ "__pure", WORD_QUALIFIER },
	{ "__randomize_layout", WORD_QUALIFIER },
	{ "__rcu", WORD_QUALIFIER },
	{ "__read_mostly", WORD_QUALIFIER },
	{ "__ref", WORD_QUALIFIER },
	{ "__refconst", WORD_QUALIFIER },
	{ "__refdata", WORD_QUALIFIER },
	{ "__releases", WORD_ATTRIBUTE },
	{ "__restrict", WORD_QUALIFIER },
	{ "__ro_after_init", WORD_QUALIFIER },
	{ "__scanf", WORD_ATTRIBUTE },
	{ "__sched", WORD_QUALIFIER },
	{ "__section", WORD_ATTRIBUTE },
	{ "__signed", WORD_TYPE },
	{ "__signed__", WORD_TYPE },
	{ "__thread", WORD_QUALIFIER },
	{ "__typeof", WORD_SIZEOF },
	{ "__typeof__", WORD_SIZEOF },
	{ "__used", WORD_QUALIFIER },
	{ "__user", WORD_QUALIFIER },
	{ "__visible", WORD_QUALIFIER },
	{ "__volatile__", WORD_QUALIFIER },
	{ "__weak", WORD_QUALIFIER },
	{ "asm", WORD_ATTRIBUTE },
	{ "asmlinkage", WORD_QUALIFIER },
	{ "auto", WORD_QUALIFIER },
	{ "bool", WORD_TYPE },
	{ "break", WORD_STATEMENT },
	{ "case", WORD_STATEMENT },
	{ "char", WORD_TYPE },
	{ "const", WORD_QUALIFIER },
	{ "continue", WORD_STATEMENT },
	{ "debug_noinline", WORD_QUALIFIER },
	{ "default", WORD_STATEMENT },
	{ "do", WORD_STATEMENT },
	{ "double", WORD_TYPE },
	{ "else", WORD_STATEMENT },
	{ "enum", WORD_ENUM },
	{ "extern", WORD_EXTERN },
	{ "float", WORD_TYPE },
	{ "for", WORD_STATEMENT },
	{ "goto", WORD_STATEMENT },
	{ "if", WORD_STATEMENT },
	{ "inline", WORD_QUALIFIER },
	{ "int", WORD_TYPE },
	{ "long", WORD_TYPE },
	{ "noinline", WORD_QUALIFIER },
	{ "noinline_for_stack", WORD_QUALIFIER },
	{ "noinstr", WORD_QUALIFIER },
	{ "nokprobe_inline", WORD_QUALIFIER },
	{ "notrace", WORD_QUALIFIER },
	{ "randomized_struct_fields_end", WORD_QUALIFIER },
	{ "randomized_struct_fields_start", WORD_QUALIFIER },
	{ "register", WORD_QUALIFIER },
	{ "restrict", WORD_QUALIFIER },
	{ "return", WORD_STATEMENT },
	{ "short", WORD_TYPE },
	{ "signed", WORD_TYPE },
	{ "sizeof", WORD_SIZEOF },
	{ "static", WORD_STATIC },
	{ "struct", WORD_STRUCT },
	{ "switch", WORD_STATEMENT },
	{ "typedef", WORD_TYPEDEF },
	{ "typeof", WORD_SIZEOF },
	{ "typeof_unqual", WORD_SIZEOF },
	{ "union", WORD_UNION },
	{ "unsigned", WORD_TYPE },
	{ "void", WORD_TYPE },
	{ "volatile", WORD_QUALIFIER },
	{ "while", WORD_STATEMENT },
};

struct lexer {
	struct code_tokens *tokens;
	const char *at, *end, *line_start;
	uint32_t line;
	bool directive;
	bool started; /* a token stands before `at` on this line */
	/* `#if 0`: how deep in conditionals the dead part is, and its own depth; 0 = alive. */
	unsigned depth, dead;
	uint8_t starts[129]; /* by first byte: where its words are */
};

static void find_starts(struct lexer *lexer)
{
	size_t at = 0;

	for (unsigned byte = 0; byte <= 128; byte++) {
		while (at < COUNT_OF(words) && (unsigned char)words[at].name[0] < byte)
			at++;
		lexer->starts[byte] = (uint8_t)at;
	}
}

static enum code_word word_of(const struct lexer *lexer, const char *text, size_t length)
{
	unsigned char first = (unsigned char)*text;

	if (first >= 128 || length >= WORD_SIZE)
		return WORD_NONE;
	for (size_t i = lexer->starts[first]; i < lexer->starts[first + 1]; i++)
		if (!words[i].name[length] && words[i].name[length - 1] == text[length - 1] &&
		    !memcmp(words[i].name, text, length))
			return words[i].word;
	return WORD_NONE;
}

static bool is_name_start(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
	       byte >= 0x80;
}

static bool is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_name(unsigned char byte)
{
	return is_name_start(byte) || is_digit(byte);
}

static void next_line(struct lexer *lexer)
{
	lexer->at++;
	lexer->line++;
	lexer->line_start = lexer->at;
}

/* A backslash before the end of a line; 0 where there is none. */
static size_t splice_length(const struct lexer *lexer)
{
	if (*lexer->at != '\\' || lexer->at + 1 >= lexer->end)
		return 0;
	if (lexer->at[1] == '\n')
		return 1;
	return lexer->at[1] == '\r' && lexer->at + 2 < lexer->end && lexer->at[2] == '\n' ? 2 : 0;
}

static void skip_comment(struct lexer *lexer)
{
	bool block = lexer->at[1] == '*';

	lexer->at += 2;
	while (lexer->at < lexer->end) {
		size_t splice = splice_length(lexer);

		if (splice) {
			lexer->at += splice;
			next_line(lexer);
		} else if (block && *lexer->at == '*' && lexer->at + 1 < lexer->end &&
			   lexer->at[1] == '/') {
			lexer->at += 2;
			return;
		} else if (*lexer->at == '\n') {
			if (!block)
				return;
			next_line(lexer);
		} else {
			lexer->at++;
		}
	}
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\f' || byte == '\v' || !byte;
}

/* What stands between two tokens. False at the end. */
static bool skip_blanks(struct lexer *lexer)
{
	while (lexer->at < lexer->end) {
		size_t splice = splice_length(lexer);

		if (splice) {
			lexer->at += splice;
			next_line(lexer);
		} else if (*lexer->at == '\n') {
			lexer->directive = lexer->started = false;
			next_line(lexer);
		} else if (is_blank(*lexer->at)) {
			lexer->at++;
		} else if (*lexer->at == '/' && lexer->at + 1 < lexer->end &&
			   (lexer->at[1] == '*' || lexer->at[1] == '/')) {
			skip_comment(lexer);
		} else {
			return true;
		}
	}
	return false;
}

/* Up to the quote, or to the end of the line where it is missing. */
static void skip_string(struct lexer *lexer, char quote)
{
	lexer->at++;
	while (lexer->at < lexer->end && *lexer->at != '\n') {
		size_t splice = splice_length(lexer);

		if (splice) {
			lexer->at += splice;
			next_line(lexer);
		} else if (*lexer->at == '\\' && lexer->at + 1 < lexer->end) {
			lexer->at += 2;
		} else if (*lexer->at++ == quote) {
			return;
		}
	}
}

static struct code_token *add_token(struct lexer *lexer, enum code_kind kind, const char *start)
{
	struct code_tokens *tokens = lexer->tokens;
	struct code_token *token;

	if (tokens->count == tokens->capacity)
		array_reserve(tokens, tokens->count + 1);
	token = &tokens->items[tokens->count++];
	*token = (struct code_token){ .offset = (uint32_t)(start - tokens->text),
				      .length = (uint32_t)(lexer->at - start),
				      .kind = (uint8_t)kind,
				      .directive = lexer->directive };
	lexer->started = true;
	return token;
}

static void read_token(struct lexer *lexer)
{
	const char *start = lexer->at;
	uint32_t line = lexer->line;
	bool first = start == lexer->line_start;
	struct code_token *token;

	if (is_name_start((unsigned char)*start)) {
		while (lexer->at < lexer->end && is_name((unsigned char)*lexer->at))
			lexer->at++;
		if (lexer->at - start <= CODE_NAME_LIMIT) {
			token = add_token(lexer, CODE_NAME, start);
			token->word = (uint8_t)word_of(lexer, start, token->length);
		} else {
			token = add_token(lexer, CODE_NUMBER, start);
		}
	} else if (is_digit((unsigned char)*start)) {
		while (lexer->at < lexer->end &&
		       (is_name((unsigned char)*lexer->at) || *lexer->at == '.'))
			lexer->at++;
		token = add_token(lexer, CODE_NUMBER, start);
	} else if (*start == '"' || *start == '\'') {
		skip_string(lexer, *start);
		token = add_token(lexer, CODE_STRING, start);
	} else {
		lexer->at += *start == '-' && start + 1 < lexer->end && start[1] == '>' ? 2 : 1;
		token = add_token(lexer, CODE_PUNCT, start);
	}
	token->line = line;
	token->first = first;
}

/* Whether `0` is all that follows on the line of an `#if`. */
static bool is_never(const struct lexer *lexer, const char *at)
{
	while (at < lexer->end && is_blank(*at))
		at++;
	if (at == lexer->end || *at++ != '0')
		return false;
	while (at < lexer->end && is_blank(*at))
		at++;
	return at == lexer->end || *at == '\n' || *at == '/';
}

/* `#if 0` up to its `#else`, `#elif` or `#endif`: nothing of it is kept. */
static void note_conditional(struct lexer *lexer, const char *word, size_t length)
{
	if (length >= 2 && !memcmp(word, "if", 2)) {
		lexer->depth++;
		if (!lexer->dead && length == 2 && is_never(lexer, word + length))
			lexer->dead = lexer->depth;
	} else if (length >= 4 && !memcmp(word, "el", 2)) {
		if (lexer->dead == lexer->depth)
			lexer->dead = 0;
	} else if (length == 5 && !memcmp(word, "endif", 5)) {
		if (lexer->dead == lexer->depth)
			lexer->dead = 0;
		if (lexer->depth)
			lexer->depth--;
	}
}

/* A string that ends on its line: what looks like a comment in it is none. */
static bool skip_dead_string(struct lexer *lexer)
{
	const char *at = lexer->at + 1;

	while (at < lexer->end && *at != '\n' && *at != '"')
		at += *at == '\\' && at + 1 < lexer->end && at[1] != '\n' ? 2 : 1;
	if (at >= lexer->end || *at != '"')
		return false;
	lexer->at = at + 1;
	return true;
}

/* To the next line that may be a directive. */
static void skip_dead_line(struct lexer *lexer)
{
	bool open = false;

	while (lexer->at < lexer->end && *lexer->at != '\n') {
		size_t splice = splice_length(lexer);

		if (splice) {
			lexer->at += splice;
			next_line(lexer);
		} else if (*lexer->at == '/' && lexer->at + 1 < lexer->end &&
			   (lexer->at[1] == '*' || lexer->at[1] == '/')) {
			skip_comment(lexer);
		} else if (*lexer->at != '"' || open || !skip_dead_string(lexer)) {
			open |= *lexer->at == '"';
			lexer->at++;
		}
	}
}

static void read_directive(struct lexer *lexer)
{
	const char *start = lexer->at++;
	bool first = start == lexer->line_start, dead = lexer->dead;
	const char *word;
	struct code_token *token;

	while (lexer->at < lexer->end && (*lexer->at == ' ' || *lexer->at == '\t'))
		lexer->at++;
	word = lexer->at;
	while (lexer->at < lexer->end && is_name((unsigned char)*lexer->at))
		lexer->at++;
	note_conditional(lexer, word, (size_t)(lexer->at - word));
	if (dead && lexer->dead) {
		skip_dead_line(lexer);
		return;
	}
	lexer->directive = true;
	lexer->at = start + 1;
	token = add_token(lexer, CODE_DIRECTIVE, start);
	token->line = lexer->line;
	token->first = first;
	lexer->at = word;
}

/* Of each kind of bracket the innermost one that is open, which `close` links to the next. */
struct open_brackets {
	uint32_t last[3];
};

static void forget_open(struct code_tokens *tokens, struct open_brackets *open)
{
	for (size_t kind = 0; kind < 3; kind++) {
		for (uint32_t at = open->last[kind], next; at != UINT32_MAX; at = next) {
			next = tokens->items[at].close;
			tokens->items[at].close = (uint32_t)tokens->count;
		}
		open->last[kind] = UINT32_MAX;
	}
}

/* 0 to 2, and which side of it; negative where a byte is no bracket. */
static int bracket_kind(bool *ret_opens, char byte)
{
	*ret_opens = byte == '(' || byte == '{' || byte == '[';
	switch (byte) {
	case '(':
	case ')':
		return 0;
	case '{':
	case '}':
		return 1;
	case '[':
	case ']':
		return 2;
	}
	return -1;
}

void code_tokens_pair(struct code_tokens *tokens)
{
	struct open_brackets plain = { { UINT32_MAX, UINT32_MAX, UINT32_MAX } };
	struct open_brackets directive = plain;

	for (size_t i = 0; i < tokens->count; i++) {
		struct code_token *token = &tokens->items[i];
		uint32_t *last;
		bool opens;
		int kind;

		if (token->kind == CODE_DIRECTIVE)
			forget_open(tokens, &directive);
		if (token->kind != CODE_PUNCT || token->length != 1)
			continue;
		kind = bracket_kind(&opens, tokens->text[token->offset]);
		if (kind < 0)
			continue;
		last = &(token->directive ? &directive : &plain)->last[kind];
		if (opens) {
			token->close = *last;
			*last = (uint32_t)i;
		} else if (*last != UINT32_MAX) {
			struct code_token *open = &tokens->items[*last];

			*last = open->close;
			open->close = (uint32_t)i;
		}
	}
	forget_open(tokens, &plain);
	forget_open(tokens, &directive);
}

void code_tokens_init(struct code_tokens *ret_tokens, const char *text, size_t length)
{
	struct lexer lexer = {
		.tokens = ret_tokens, .at = text, .end = text + length, .line_start = text
	};
	struct code_token *last;

	memset(ret_tokens, 0, sizeof(*ret_tokens));
	ret_tokens->text = text;
	ret_tokens->length = length;
	find_starts(&lexer);
	if (length > CODE_TEXT_LIMIT)
		lexer.at = lexer.end;
	array_reserve(ret_tokens, length / 5 + 16);
	while (skip_blanks(&lexer)) {
		if (*lexer.at == '#' && !lexer.started)
			read_directive(&lexer);
		else if (lexer.dead && !lexer.directive)
			skip_dead_line(&lexer);
		else
			read_token(&lexer);
	}
	last = array_add(ret_tokens);
	last->offset = (uint32_t)(length > CODE_TEXT_LIMIT ? 0 : length);
	last->kind = CODE_END;
	last->line = lexer.line + 1;
	ret_tokens->count--;
	code_tokens_pair(ret_tokens);
}

void code_tokens_release(struct code_tokens *tokens)
{
	array_release(tokens);
	memset(tokens, 0, sizeof(*tokens));
}

bool code_token_is(const struct code_tokens *tokens, const struct code_token *token,
		   const char *text)
{
	return token->length == strlen(text) &&
	       !memcmp(tokens->text + token->offset, text, token->length);
}
