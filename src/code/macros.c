/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros: their arguments, and what names they make of them. */
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/parser.h"

enum {
	ARGUMENT_LIMIT = 31
};

struct macro {
	const struct code_tokens *tokens;
	size_t arguments[ARGUMENT_LIMIT]; /* their tokens */
	size_t count;
	bool more;
	size_t body, end;
};

static bool is_paste(const struct macro *macro, size_t at)
{
	return at + 1 < macro->end &&
	       code_token_punct(macro->tokens, &macro->tokens->items[at], '#') &&
	       code_token_punct(macro->tokens, &macro->tokens->items[at + 1], '#');
}

/* The argument that a token of the body names; its count where it is none. */
static size_t find_argument(const struct macro *macro, size_t at)
{
	const struct code_token *token = &macro->tokens->items[at];

	for (size_t i = 0; i < macro->count; i++) {
		const struct code_token *argument = &macro->tokens->items[macro->arguments[i]];

		if (argument->length == token->length &&
		    !memcmp(code_token_text(macro->tokens, argument),
			    code_token_text(macro->tokens, token), token->length))
			return i;
	}
	return macro->count;
}

static void read_arguments(struct macro *macro, size_t open)
{
	size_t close = code_token_close(macro->tokens, open);

	for (size_t i = open + 1; i < close && i < macro->end; i++) {
		macro->more |= code_token_punct(macro->tokens, &macro->tokens->items[i], '.');
		if (macro->tokens->items[i].kind == CODE_NAME && macro->count < ARGUMENT_LIMIT)
			macro->arguments[macro->count++] = i;
	}
	macro->body = close + 1;
}

/* Arguments that nowhere stand for themselves. */
static uint32_t find_pasted(const struct macro *macro)
{
	uint32_t alone = 0, pasted = 0;

	for (size_t at = macro->body; at < macro->end; at++) {
		size_t argument;
		bool joined;

		if (macro->tokens->items[at].kind != CODE_NAME)
			continue;
		argument = find_argument(macro, at);
		if (argument == macro->count)
			continue;
		joined = is_paste(macro, at + 1) ||
			 (at > macro->body &&
			  code_token_punct(macro->tokens, &macro->tokens->items[at - 1], '#'));
		*(joined ? &pasted : &alone) |= 1u << argument;
	}
	return pasted & ~alone;
}

static void add_pattern(struct parser *parser, const char *macro, const char *name)
{
	struct pattern *pattern = array_add(&parser->patterns);

	pattern->name = arena_copy(&parser->out->arena, name);
	if (!table_find_string(&pattern->next, &parser->pattern_places, macro))
		pattern->next = UINT32_MAX;
	table_set_string(&parser->pattern_places, macro, (uint32_t)parser->patterns.count - 1);
}

/* Each run of words with ## between them. */
static void find_patterns(struct parser *parser, const char *name, const struct macro *macro)
{
	const struct code_tokens *tokens = macro->tokens;

	for (size_t at = macro->body; at < macro->end; at++) {
		struct buffer text = BUFFER_INIT;
		bool any = false;

		if (tokens->items[at].kind != CODE_NAME || !is_paste(macro, at + 1))
			continue;
		for (;; at += 3) {
			size_t argument = find_argument(macro, at);

			if (argument < macro->count) {
				buffer_add_byte(&text, (int)argument + 1);
				any = true;
			} else {
				buffer_add(&text, code_token_text(tokens, &tokens->items[at]),
					   tokens->items[at].length);
			}
			if (!is_paste(macro, at + 1) || at + 3 >= macro->end)
				break;
		}
		if (any)
			add_pattern(parser, name, text.data);
		buffer_release(&text);
	}
}

/* offsetof(struct name, member) and its kin give no such thing. */
static bool is_offset(const struct macro *macro, size_t at)
{
	const struct code_token *word = &macro->tokens->items[at - 2];

	return at > macro->body + 1 && word->kind == CODE_NAME &&
	       code_token_punct(macro->tokens, word + 1, '(') &&
	       (code_token_is(macro->tokens, word, "offsetof") ||
		code_token_is(macro->tokens, word, "sizeof_field") ||
		code_token_is(macro->tokens, word, "offsetofend"));
}

/* container_of(p, struct name, member) and ((struct name *)...): what the macro gives. */
static const char *find_type(struct parser *parser, const struct macro *macro)
{
	const struct code_tokens *tokens = macro->tokens;
	struct buffer text = BUFFER_INIT;
	const char *type = NULL;

	for (size_t at = macro->body; at + 1 < macro->end && !text.length; at++)
		if (tokens->items[at].word == WORD_STRUCT &&
		    tokens->items[at + 1].kind == CODE_NAME &&
		    find_argument(macro, at + 1) == macro->count &&
		    (at + 2 == macro->end ||
		     !code_token_punct(tokens, &tokens->items[at + 2], ',') ||
		     !is_offset(macro, at))) {
			buffer_add_string(&text, "struct ");
			buffer_add(&text, code_token_text(tokens, &tokens->items[at + 1]),
				   tokens->items[at + 1].length);
		}
	if (text.length)
		type = arena_copy(&parser->out->arena, text.data);
	buffer_release(&text);
	return type;
}

static struct definition *add_macro(struct parser *parser, const struct code_tokens *tokens,
				    size_t name, size_t end)
{
	const struct code_token *token = &tokens->items[name];
	struct definition *added = array_add(parser->out);
	struct macro macro = { .tokens = tokens, .end = end };
	char *text = arena_alloc(&parser->out->arena, token->length + 1);
	struct buffer form = BUFFER_INIT;

	memcpy(text, code_token_text(tokens, token), token->length);
	added->kind = DEFINITION_MACRO;
	added->name = text;
	added->start = added->body = token->line;
	added->end = tokens->items[end - 1].line;
	if (end == name + 1 || !code_token_punct(tokens, token + 1, '(') ||
	    token[1].offset != token->offset + token->length)
		return added;
	read_arguments(&macro, name + 1);
	buffer_add_format(&form, "(%zu%s)", macro.count, macro.more ? "+" : "");
	added->prototype = added->shape = arena_copy(&parser->out->arena, form.data);
	buffer_release(&form);
	added->pasted = find_pasted(&macro);
	added->type = find_type(parser, &macro);
	find_patterns(parser, text, &macro);
	return added;
}

void parser_read_macros(struct parser *parser, const struct code_tokens *tokens)
{
	for (size_t i = 0; i + 2 < tokens->count; i++) {
		const struct code_token *name = &tokens->items[i + 2];
		size_t end = i + 3;

		if (tokens->items[i].kind != CODE_DIRECTIVE || name->kind != CODE_NAME ||
		    !name->directive || !code_token_is(tokens, &tokens->items[i + 1], "define"))
			continue;
		while (end < tokens->count && tokens->items[end].directive &&
		       tokens->items[end].kind != CODE_DIRECTIVE)
			end++;
		add_macro(parser, tokens, i + 2, end);
		i = end - 1;
	}
}

/* ---- calls ---- */

/* Of headers that are everywhere: include/linux/tracepoint.h, seq_file.h, device.h. */
static const struct {
	const char *macro, *name;
} common_patterns[] = {
	{ "DEFINE_SHOW_ATTRIBUTE", "\001_fops" }, { "DEFINE_SEQ_ATTRIBUTE", "\001_fops" },
	{ "DEVICE_ATTR", "dev_attr_\001" },	  { "DEVICE_ATTR_RO", "dev_attr_\001" },
	{ "DEVICE_ATTR_RW", "dev_attr_\001" },	  { "DEVICE_ATTR_WO", "dev_attr_\001" },
	{ "TRACE_EVENT", "trace_\001" },	  { "TRACE_EVENT_CONDITION", "trace_\001" },
	{ "DEFINE_EVENT", "trace_\002" },	  { "DEFINE_EVENT_CONDITION", "trace_\002" },
	{ "DEFINE_EVENT_PRINT", "trace_\002" },	  { "DECLARE_TRACE", "trace_\001" },
};

static void add_pasted(struct parser *parser, const char *pattern,
		       const struct code_token *const *arguments, size_t count, size_t macro,
		       size_t start, size_t end)
{
	struct buffer text = BUFFER_INIT;
	struct definition *added;

	if (parser->pasted++ >= PARSER_PASTED_LIMIT)
		return;
	for (const char *at = pattern; *at && text.length <= CODE_NAME_LIMIT; at++) {
		size_t argument = (size_t)(unsigned char)*at - 1;

		if ((unsigned char)*at > ARGUMENT_LIMIT)
			buffer_add_byte(&text, *at);
		else if (argument < count && arguments[argument])
			buffer_add(&text, code_token_text(&parser->plain, arguments[argument]),
				   arguments[argument]->length);
	}
	if (text.length <= CODE_NAME_LIMIT) {
		added = parser_add(parser, DEFINITION_VARIABLE, macro, start, end);
		added->name = arena_copy(&parser->out->arena, text.data);
		added->generated = true;
	}
	buffer_release(&text);
}

void parser_add_pasted(struct parser *parser, size_t macro, size_t start, size_t end)
{
	const struct code_token *arguments[ARGUMENT_LIMIT] = { NULL };
	const struct code_token *word = parser_token(parser, macro);
	size_t close = parser_close(parser, macro + 1, parser->plain.count), count = 0;
	uint32_t place;

	for (size_t at = macro + 2; at < close && count < ARGUMENT_LIMIT;) {
		size_t next = parser_find(parser, at, close, ',');

		/* One word; anything else pastes to nothing that has a name. */
		if (next == at + 1 && parser_token(parser, at)->kind != CODE_PUNCT)
			arguments[count] = parser_token(parser, at);
		count++;
		at = next + 1;
	}
	if (table_find(&place, &parser->pattern_places, code_token_text(&parser->plain, word),
		       word->length))
		for (; place != UINT32_MAX && parser->pasted < PARSER_PASTED_LIMIT;
		     place = parser->patterns.items[place].next)
			add_pasted(parser, parser->patterns.items[place].name, arguments, count,
				   macro, start, end);
	for (size_t i = 0; i < COUNT_OF(common_patterns); i++)
		if (code_token_is(&parser->plain, word, common_patterns[i].macro))
			add_pasted(parser, common_patterns[i].name, arguments, count, macro, start,
				   end);
}
