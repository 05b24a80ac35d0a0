/* SPDX-License-Identifier: GPL-2.0-only */
#include "code/definitions.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/parser.h"

static const char *const kind_names[DEFINITION_KIND_COUNT] = {
	"function", "declaration", "variable",	 "macro",  "typedef",
	"struct",   "enum",	   "enumerator", "member", "export",
};

const char *definition_kind_name(enum definition_kind kind)
{
	return kind_names[kind];
}

/* ---- tokens without directives ---- */

struct branch {
	size_t depth; /* of brackets where the conditional starts */
	size_t end;   /* where its first branch ends */
	size_t start; /* of the present branch, in what is copied */
	bool other;   /* in a branch that is not the first */
};

/*
 * Ends a branch of `#if`. Where the first one leaves another number of brackets open than it
 * found, the others are left out; so is another one that ends unlike the first.
 */
static void end_branch(struct code_tokens *plain, struct branch *branch, size_t *depth,
		       size_t *skipped)
{
	if (!branch->other) {
		branch->end = *depth;
		branch->other = true;
		*skipped += branch->end != branch->depth;
	} else if (*depth != branch->end) {
		plain->count = branch->start;
	}
	*depth = branch->end;
	branch->start = plain->count;
}

/* Copies what is no directive. */
static void make_plain(struct code_tokens *ret_plain, const struct code_tokens *tokens)
{
	ARRAY(struct branch) branches = ARRAY_INIT;
	size_t depth = 0, skipped = 0;

	memset(ret_plain, 0, sizeof(*ret_plain));
	ret_plain->text = tokens->text;
	ret_plain->length = tokens->length;
	array_reserve(ret_plain, tokens->count + 1);
	for (size_t i = 0; i < tokens->count; i++) {
		const struct code_token *token = &tokens->items[i];

		if (token->kind == CODE_DIRECTIVE && token[1].directive) {
			const struct code_token *word = token + 1;
			struct branch *top = branches.count ? array_last(&branches) : NULL;
			const char *text = code_token_text(tokens, word);

			if (word->length >= 2 && !memcmp(text, "if", 2)) {
				top = array_add(&branches);
				top->depth = depth;
			} else if (top && word->length >= 4 && !memcmp(text, "el", 2)) {
				end_branch(ret_plain, top, &depth, &skipped);
			} else if (top && code_token_is(tokens, word, "endif")) {
				if (top->other) {
					end_branch(ret_plain, top, &depth, &skipped);
					skipped -= top->end != top->depth;
				}
				branches.count--;
			}
		}
		if (token->directive || skipped)
			continue;
		if (token->kind == CODE_PUNCT && token->length == 1) {
			char byte = tokens->text[token->offset];

			depth += byte == '{' || byte == '(';
			depth -= (byte == '}' || byte == ')') && depth;
		}
		ret_plain->items[ret_plain->count++] = *token;
	}
	array_push(ret_plain, tokens->items[tokens->count]);
	ret_plain->count--;
	code_tokens_pair(ret_plain);
	array_release(&branches);
}

/* ---- what the parts share ---- */

static const char *copy_token(struct parser *parser, size_t at)
{
	const struct code_token *token = parser_token(parser, at);
	char *text = arena_alloc(&parser->out->arena, token->length + 1);

	memcpy(text, code_token_text(&parser->plain, token), token->length);
	return text;
}

struct definition *parser_add(struct parser *parser, enum definition_kind kind, size_t name,
			      size_t start, size_t end)
{
	struct definition *definition = array_add(parser->out);

	definition->kind = kind;
	definition->name = copy_token(parser, name);
	definition->start = definition->body = parser_token(parser, start)->line;
	definition->end = parser_token(parser, end)->line;
	return definition;
}

size_t parser_close(const struct parser *parser, size_t at, size_t end)
{
	size_t close = code_token_close(&parser->plain, at);

	return close < end ? close : end;
}

size_t parser_skip(const struct parser *parser, size_t at, size_t end)
{
	size_t close = parser_close(parser, at, end);

	return close < end ? close + 1 : end;
}

size_t parser_find(const struct parser *parser, size_t at, size_t end, char byte)
{
	while (at < end) {
		if (parser_is(parser, at, byte))
			return at;
		if (parser_is(parser, at, '(') || parser_is(parser, at, '{') ||
		    parser_is(parser, at, '['))
			at = parser_skip(parser, at, end);
		else
			at++;
	}
	return end;
}

const char *parser_tag(struct parser *parser, size_t name)
{
	const struct code_token *token = parser_token(parser, name);
	char *text = arena_alloc(&parser->out->arena, token->length + 8);

	memcpy(text, "struct ", 7);
	memcpy(text + 7, code_token_text(&parser->plain, token), token->length);
	return text;
}

const char *parser_type(struct parser *parser, size_t start, size_t end)
{
	struct code_span span = { &parser->plain, start, end };
	struct buffer text = BUFFER_INIT;
	const char *type = NULL;

	code_type_write(&text, &span);
	if (text.length)
		type = arena_copy(&parser->out->arena, text.data);
	buffer_release(&text);
	return type;
}

static size_t skip_attribute(const struct parser *parser, size_t at, size_t end)
{
	return at + 1 < end && parser_is(parser, at + 1, '(') ? parser_skip(parser, at + 1, end)
							      : at + 1;
}

bool parser_is_constant(const struct parser *parser, size_t at)
{
	const struct code_token *token = parser_token(parser, at);
	const char *text = code_token_text(&parser->plain, token);

	for (size_t i = 0; i < token->length; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			return false;
	return true;
}

/* __name: what stands behind another name is an attribute that some header defines. */
static bool is_reserved(const struct parser *parser, size_t at)
{
	const struct code_token *token = parser_token(parser, at);

	return token->length > 2 && !memcmp(code_token_text(&parser->plain, token), "__", 2);
}

bool parser_is_type_body(size_t *ret_word, size_t *ret_name, const struct parser *parser,
			 size_t start, size_t end)
{
	*ret_word = SIZE_MAX;
	*ret_name = SIZE_MAX;
	for (size_t at = start; at < end;) {
		const struct code_token *token = parser_token(parser, at);

		if (token->word == WORD_STRUCT || token->word == WORD_UNION ||
		    token->word == WORD_ENUM) {
			*ret_word = at;
			*ret_name = SIZE_MAX;
		} else if (token->word == WORD_ATTRIBUTE) {
			at = skip_attribute(parser, at, end);
			continue;
		} else if (token->word == WORD_QUALIFIER || token->word == WORD_STATIC ||
			   token->word == WORD_TYPEDEF || token->word == WORD_EXTERN) {
			/* before it, or between */
		} else if (token->kind == CODE_NAME && token->word == WORD_NONE &&
			   *ret_word != SIZE_MAX) {
			/* The last: an attribute may stand before it, and one of ours behind. */
			if (*ret_name == SIZE_MAX || !is_reserved(parser, at))
				*ret_name = at;
		} else {
			return false;
		}
		at++;
	}
	return *ret_word != SIZE_MAX;
}

size_t parser_declarator(const struct parser *parser, size_t start, size_t end, bool first)
{
	size_t name = SIZE_MAX, names = 0;
	bool typed = !first;

	for (size_t at = start; at < end;) {
		const struct code_token *token = parser_token(parser, at);

		if (token->word == WORD_ATTRIBUTE || token->word == WORD_SIZEOF) {
			typed |= token->word == WORD_SIZEOF; /* typeof(...) */
			at = skip_attribute(parser, at, end);
			continue;
		}
		if (parser_is(parser, at, '(')) {
			/* (*name)(...): the name is inside; else it is what stands before. */
			if (name != SIZE_MAX && (!first || names > 1 || at + 1 == end ||
						 !parser_is(parser, at + 1, '*')))
				return name;
			end = parser_close(parser, at, end);
			name = SIZE_MAX;
			first = false;
			typed = true;
			at++;
			continue;
		}
		if (parser_is(parser, at, '[') || parser_is(parser, at, ':') ||
		    parser_is(parser, at, '='))
			break;
		if (token->word == WORD_TYPE) {
			typed = true;
		} else if (parser_is(parser, at, '*')) {
			name = SIZE_MAX;
		} else if (token->kind == CODE_NAME && token->word == WORD_NONE) {
			if (typed && (name == SIZE_MAX || !is_reserved(parser, at)))
				name = at;
			/* The first name is the type: a tag, or a typedef. */
			typed = true;
			names++;
		}
		at++;
	}
	return name;
}

size_t parser_argument(const struct parser *parser, size_t start, size_t end)
{
	size_t name = parser_declarator(parser, start, end, false);

	if (name == SIZE_MAX || name + 1 != end)
		return SIZE_MAX;
	if (name > start && (parser_token(parser, name - 1)->word == WORD_STRUCT ||
			     parser_token(parser, name - 1)->word == WORD_UNION ||
			     parser_token(parser, name - 1)->word == WORD_ENUM))
		return SIZE_MAX;
	return name;
}

/* ---- declarations and functions ---- */

/* (*name(...))(...): a function that returns a pointer to one; where its brackets open. */
static size_t find_returning(const struct parser *parser, size_t open, size_t end)
{
	size_t at = open + 1, close = parser_close(parser, open, end);

	if (at >= close || !parser_is(parser, at, '*'))
		return end;
	while (at < close &&
	       (parser_is(parser, at, '*') || parser_token(parser, at)->word == WORD_QUALIFIER))
		at++;
	return at + 1 < close && parser_is_name(parser, at) && parser_is(parser, at + 1, '(')
		       ? at + 1
		       : end;
}

/* What stands between the brackets at `open` belongs to the function named before it. */
static size_t find_function(const struct parser *parser, size_t start, size_t end)
{
	bool typed = false;

	for (size_t at = start; at < end;) {
		const struct code_token *token = parser_token(parser, at);

		if (token->word == WORD_ATTRIBUTE || token->word == WORD_SIZEOF) {
			typed |= token->word == WORD_SIZEOF;
			at = skip_attribute(parser, at, end);
		} else if (parser_is(parser, at, '(')) {
			if (typed && at > start + 1 && parser_is_name(parser, at - 1))
				return at;
			if (typed && find_returning(parser, at, end) < end)
				return find_returning(parser, at, end);
			at = parser_skip(parser, at, end);
		} else if (parser_is(parser, at, '[')) {
			at = parser_skip(parser, at, end);
		} else if (parser_is(parser, at, '=')) {
			return end;
		} else {
			/* Two names in a row, or a star: a type, and what has it. */
			typed = typed || token->word == WORD_TYPE || parser_is(parser, at, '*') ||
				(parser_is_name(parser, at) && at + 1 < end &&
				 (parser_is_name(parser, at + 1) ||
				  parser_is(parser, at + 1, '*') ||
				  parser_token(parser, at + 1)->kind == CODE_NAME));
			at++;
		}
	}
	return end;
}

static const char *prototype_text(struct parser *parser, const struct code_span *result,
				  const struct code_span *parameters, bool shape)
{
	struct buffer text = BUFFER_INIT;
	const char *copy;

	prototype_write(&text, result, parameters, shape);
	copy = arena_copy(&parser->out->arena, text.data);
	buffer_release(&text);
	return copy;
}

static void add_function(struct parser *parser, enum definition_kind kind, size_t start,
			 size_t open, size_t end)
{
	size_t close = parser_close(parser, open, end);
	struct code_span result = { &parser->plain, start, open - 1 };
	struct code_span parameters = { &parser->plain, open + 1, close };
	struct definition *definition = parser_add(parser, kind, open - 1, start, end);

	definition->prototype = prototype_text(parser, &result, &parameters, false);
	definition->shape = prototype_text(parser, &result, &parameters, true);
	definition->type = parser_type(parser, start, open - 1);
	for (size_t i = start; i < open; i++)
		definition->is_static |= parser_token(parser, i)->word == WORD_STATIC;
}

/* NAME(argument, ...) at file scope: what it makes has the name of an argument, maybe. */
static void add_generated(struct parser *parser, size_t start, size_t end)
{
	size_t open = start, close, at;
	bool export;

	while (open < end && !parser_is(parser, open, '('))
		open++;
	if (open == end || open == start || !parser_is_name(parser, open - 1))
		return;
	close = parser_close(parser, open, end);
	export = parser_token(parser, open - 1)->length >= 13 &&
		 !memcmp(code_token_text(&parser->plain, parser_token(parser, open - 1)),
			 "EXPORT_SYMBOL", 13);
	for (at = open + 1; at < close;) {
		size_t next = parser_find(parser, at, close, ',');
		size_t name = parser_argument(parser, at, next);
		size_t function = find_function(parser, at, next);

		/* ACPI_EXTERNAL_RETURN_OK(void acpi_terminate(void)) */
		if (function < next)
			add_function(parser, DEFINITION_DECLARATION, at, function, next);
		if (name != SIZE_MAX)
			parser_add(parser, export ? DEFINITION_EXPORT : DEFINITION_VARIABLE, name,
				   start, end < parser->plain.count ? end : close)
				->generated = true;
		if (export)
			return;
		at = next + 1;
	}
	parser_add_pasted(parser, open - 1, start, end < parser->plain.count ? end : close);
}

static void add_variables(struct parser *parser, size_t start, size_t declarators, size_t end,
			  const char *type, enum definition_kind kind)
{
	bool first = declarators == start, is_static = false;
	bool is_tail = !first && kind == DEFINITION_VARIABLE && type &&
		       !strncmp(type, "struct ", strlen("struct "));
	size_t at = declarators;

	for (size_t i = start; i < end && i < declarators + 1; i++)
		is_static |= parser_token(parser, i)->word == WORD_STATIC;
	while (at < end) {
		size_t next = parser_find(parser, at, end, ',');
		size_t name = parser_declarator(parser, at, next, first);
		struct definition *added;

		/* struct name { ... } __randomize_layout; */
		if (name != SIZE_MAX &&
		    !(is_tail && at == name && name + 1 == end && is_reserved(parser, name))) {
			added = parser_add(parser, kind, name, start, end);
			added->type = type;
			added->is_static = is_static;
		}
		first = false;
		at = next + 1;
	}
}

static size_t skip_storage(const struct parser *parser, size_t at, size_t end)
{
	while (at < end) {
		const struct code_token *token = parser_token(parser, at);

		if (token->word == WORD_ATTRIBUTE)
			at = skip_attribute(parser, at, end);
		else if (token->word == WORD_QUALIFIER || token->word == WORD_STATIC ||
			 token->word == WORD_EXTERN)
			at++;
		else
			break;
	}
	return at;
}

static bool is_typedef(const struct parser *parser, size_t start, size_t end)
{
	return parser_token(parser, skip_storage(parser, start, end))->word == WORD_TYPEDEF;
}

/* A declaration, which ends with the `;` at `end`. */
static void read_declaration(struct parser *parser, size_t start, size_t declarators, size_t end,
			     const char *type)
{
	size_t open;

	if (start == end)
		return;
	if (declarators == start) {
		if (!is_typedef(parser, start, end)) {
			open = find_function(parser, start, end);
			if (open < end) {
				add_function(parser, DEFINITION_DECLARATION, start, open, end);
				return;
			}
			open = skip_storage(parser, start, end) + 1;
			if (open < end && parser_is_name(parser, open - 1) &&
			    parser_is(parser, open, '(') && !parser_is(parser, open + 1, '*')) {
				add_generated(parser, start, end);
				return;
			}
		}
		type = parser_type(parser, start, parser_find(parser, start, end, ','));
	}
	add_variables(parser, start, declarators, end, type,
		      is_typedef(parser, start, end) ? DEFINITION_TYPEDEF : DEFINITION_VARIABLE);
}

/* The name of what `struct { ... } name;` or the typedef of it declares owns the members. */
static const char *anonymous_owner(struct parser *parser, size_t close)
{
	size_t end = close + 1, name;

	while (end < parser->plain.count && !parser_is(parser, end, ';') &&
	       !parser_is(parser, end, ',') && !parser_is(parser, end, '{'))
		end = parser_is(parser, end, '(') ? parser_skip(parser, end, parser->plain.count)
						  : end + 1;
	name = parser_declarator(parser, close + 1, end, false);
	return name == SIZE_MAX ? NULL : copy_token(parser, name);
}

/* A function with its body, whose brace is at `brace`; anything else is passed over. */
static void read_function(struct parser *parser, size_t start, size_t brace, size_t close)
{
	size_t open = find_function(parser, start, brace);
	struct definition *added;

	if (open < brace) {
		add_function(parser, DEFINITION_FUNCTION, start, open, brace);
		added = array_last(parser->out);
	} else {
		/* SYSCALL_DEFINE1(name, ...) {: known by its first argument. */
		for (open = start; open < brace && !parser_is(parser, open, '(');)
			open++;
		if (open + 1 >= brace || open == start || !parser_is_name(parser, open - 1) ||
		    !parser_is_name(parser, open + 1))
			return;
		parser_add_pasted(parser, open - 1, start, close);
		added = parser_add(parser, DEFINITION_FUNCTION, open + 1, start, brace);
		added->generated = true;
	}
	added->body = parser_token(parser, brace)->line;
	added->end = parser_token(parser, close)->line;
}

/* MACRO(...) on lines of its own without a `;`. */
static bool is_lone_call(const struct parser *parser, size_t start, size_t *ret_end)
{
	size_t count = parser->plain.count;

	if (start + 1 >= count || !parser_is_name(parser, start) ||
	    !parser_is(parser, start + 1, '('))
		return false;
	*ret_end = parser_skip(parser, start + 1, count);
	if (*ret_end == count)
		return parser_is(parser, count - 1, ')');
	return parser_token(parser, *ret_end)->first &&
	       parser_token(parser, *ret_end)->kind == CODE_NAME;
}

/* NAME on a line of its own, all in capitals, which is not what a function returns. */
static bool is_lone_word(const struct parser *parser, size_t start)
{
	const struct code_token *token = parser_token(parser, start);

	return parser_is_name(parser, start) && token->first && token[1].first &&
	       token[1].kind == CODE_NAME && parser_is_constant(parser, start) &&
	       (!parser_is(parser, start + 2, '(') || parser_is_constant(parser, start + 1));
}

/* One declaration or definition at file scope; what comes behind it. */
static size_t read_external(struct parser *parser, size_t start)
{
	size_t count = parser->plain.count, at = start, declarators = start, close, word, name;
	const char *type = NULL;
	bool assigned = false;

	if (is_lone_word(parser, start))
		return start + 1;
	if (is_lone_call(parser, start, &close)) {
		add_generated(parser, start, close - 1);
		return close;
	}
	while (at < count) {
		if (parser_is(parser, at, ';')) {
			read_declaration(parser, start, declarators, at, type);
			return at + 1;
		}
		if (parser_is(parser, at, '}'))
			return at + 1;
		if (!parser_is(parser, at, '{')) {
			assigned |= parser_is(parser, at, '=');
			at = parser_is(parser, at, '(') || parser_is(parser, at, '[')
				     ? parser_skip(parser, at, count)
				     : at + 1;
			continue;
		}
		close = parser_skip(parser, at, count) - 1;
		if (assigned) {
			at = close + 1;
		} else if (declarators == start &&
			   parser_is_type_body(&word, &name, parser, start, at)) {
			type = name != SIZE_MAX ? parser_tag(parser, name)
						: anonymous_owner(parser, close);
			parser_read_type(parser, word, name, at, close, type);
			at = declarators = close + 1;
		} else if (at == start + 2 && parser_token(parser, start)->word == WORD_EXTERN) {
			return at + 1; /* extern "C" */
		} else {
			read_function(parser, start, at, close);
			return close + 1;
		}
	}
	/* A macro's call without a `;` before the end of the file. */
	return count;
}

static int compare_places(const void *left, const void *right)
{
	const struct definition *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int compare_ends(const void *left, const void *right)
{
	const struct definition *const *a = left, *const *b = right;

	return ((*a)->end > (*b)->end) - ((*a)->end < (*b)->end);
}

/* Functions do not overlap: they are in the order of their ends. */
static void find_functions(struct definitions *definitions)
{
	for (size_t i = 0; i < definitions->count; i++)
		if (definitions->items[i].kind == DEFINITION_FUNCTION)
			array_push(&definitions->functions, &definitions->items[i]);
	if (definitions->functions.count)
		qsort(definitions->functions.items, definitions->functions.count,
		      sizeof(*definitions->functions.items), compare_ends);
}

void definitions_find(struct definitions *ret_definitions, const struct code_tokens *tokens)
{
	struct parser parser = { .out = ret_definitions };

	memset(ret_definitions, 0, sizeof(*ret_definitions));
	make_plain(&parser.plain, tokens);
	parser_read_macros(&parser, tokens);
	for (size_t at = 0; at < parser.plain.count;)
		at = read_external(&parser, at);
	code_tokens_release(&parser.plain);
	array_release(&parser.patterns);
	table_release(&parser.pattern_places);
	if (ret_definitions->count)
		qsort(ret_definitions->items, ret_definitions->count,
		      sizeof(*ret_definitions->items), compare_places);
	find_functions(ret_definitions);
}

void definitions_release(struct definitions *definitions)
{
	array_release(definitions);
	array_release(&definitions->functions);
	arena_release(&definitions->arena);
}

const struct definition *definitions_function_at(const struct definitions *definitions,
						 uint32_t line)
{
	size_t low = 0, high = definitions->functions.count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (definitions->functions.items[middle]->end < line)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == definitions->functions.count || definitions->functions.items[low]->start > line)
		return NULL;
	return definitions->functions.items[low];
}
