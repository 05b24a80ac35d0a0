/* SPDX-License-Identifier: GPL-2.0-only */
#include "code/uses.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/scope.h"

enum {
	CHAIN_LIMIT = 12,     /* members of members that are followed */
	LOOP_LIMIT = 16,      /* arguments of a macro that loops over a list */
	ARGUMENT_LIMIT = 255, /* of any other; and tokens that are searched for a type */
	NONE = UINT32_MAX
};

struct finder {
	const struct code_tokens *tokens;
	const struct definitions *definitions;
	struct code_uses *uses;
	uint32_t *outer;	/* of each token: the innermost bracket that is open; or NONE */
	uint32_t *before;	/* of each token: see token_before */
	struct table variables; /* of the file, that have a type: which definition */
	bool has_variables;
	size_t directive;   /* the last one */
	struct scope scope; /* of `function` */
	const struct definition *function;
	bool has_scope;
};

int code_use_compare(const void *left, const void *right)
{
	const struct code_use *a = left, *b = right;
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	order = strcmp(a->name, b->name);
	if (order)
		return order;
	if (a->owner && b->owner)
		return strcmp(a->owner, b->owner);
	return (a->owner != NULL) - (b->owner != NULL);
}

static int compare_with_line(const void *left, const void *right)
{
	const struct code_use *a = left, *b = right;
	int order = code_use_compare(left, right);

	if (order)
		return order;
	if (a->called != b->called)
		return a->called ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

void code_uses_add(struct code_uses *uses, const struct code_use *use)
{
	struct code_use *added = array_add(uses);

	*added = *use;
	added->name = arena_copy(&uses->arena, use->name);
	added->owner = arena_copy(&uses->arena, use->owner);
}

void code_uses_sort(struct code_uses *uses)
{
	size_t kept = 0;

	if (!uses->count)
		return;
	qsort(uses->items, uses->count, sizeof(*uses->items), compare_with_line);
	for (size_t i = 1; i < uses->count; i++)
		if (code_use_compare(&uses->items[kept], &uses->items[i]))
			uses->items[++kept] = uses->items[i];
	uses->count = kept + 1;
}

void code_uses_release(struct code_uses *uses)
{
	array_release(uses);
	arena_release(&uses->arena);
}

/* ---- looking back ---- */

static bool is_punct(const struct finder *finder, size_t at, char byte)
{
	return code_token_punct(finder->tokens, &finder->tokens->items[at], byte);
}

/*
 * The token before one, directives passed over; within a directive, the one before it there.
 * Where there is none, the end of all tokens, which is nothing and has nothing before it.
 */
static size_t token_before(const struct finder *finder, size_t at)
{
	return finder->before[at];
}

/* Whether `byte` stands before a token. */
static bool is_behind(const struct finder *finder, size_t at, char byte)
{
	return is_punct(finder, token_before(finder, at), byte);
}

/* A point of the text: the bracket that is open there, and the last token. */
struct point {
	uint32_t open, last;
};

/* A conditional: where it starts, and where its first branch ends. */
struct conditional {
	struct point start, end;
	bool other;
};

/* Each branch of an `#if` goes on from what is before it; what follows, from the first. */
static void look_back(struct finder *finder)
{
	const struct code_tokens *tokens = finder->tokens;
	const struct point none = { NONE, (uint32_t)tokens->count };
	ARRAY(struct conditional) conditionals = ARRAY_INIT;
	struct point plain = none, directive = none;

	finder->outer = memory_alloc((tokens->count + 1) * sizeof(*finder->outer));
	finder->before = memory_alloc((tokens->count + 1) * sizeof(*finder->before));
	finder->outer[tokens->count] = none.open;
	finder->before[tokens->count] = none.last;
	for (size_t i = 0; i < tokens->count; i++) {
		const struct code_token *token = &tokens->items[i];
		struct point *point = token->directive ? &directive : &plain;
		struct conditional *top;

		if (token->kind == CODE_DIRECTIVE && token[1].directive) {
			const char *word = code_token_text(tokens, token + 1);

			top = conditionals.count ? array_last(&conditionals) : NULL;
			if (token[1].length >= 2 && !memcmp(word, "if", 2)) {
				top = array_add(&conditionals);
				top->start = plain;
			} else if (top && token[1].length >= 4 && !memcmp(word, "el", 2)) {
				top->end = top->other ? top->end : plain;
				top->other = true;
				plain = top->start;
			} else if (top && code_token_is(tokens, token + 1, "endif")) {
				plain = top->other ? top->end : plain;
				conditionals.count--;
			}
		}
		if (token->kind == CODE_DIRECTIVE)
			directive = none;
		finder->outer[i] = point->open;
		finder->before[i] = point->last;
		point->last = (uint32_t)i;
		if (token->kind != CODE_PUNCT || token->length != 1)
			continue;
		if (strchr("([{", tokens->text[token->offset]))
			point->open = (uint32_t)i;
		else if (strchr(")]}", tokens->text[token->offset]) && point->open != NONE)
			point->open = finder->outer[point->open];
	}
	array_release(&conditionals);
}

/* The bracket that `close` closes, or that a token is in. */
static size_t find_open(const struct finder *finder, size_t close)
{
	uint32_t open = finder->outer[close];

	return open == NONE ? SIZE_MAX : open;
}

static bool is_access(const struct finder *finder, size_t at)
{
	const struct code_token *token = &finder->tokens->items[at];

	return code_token_arrow(token) || code_token_punct(finder->tokens, token, '.');
}

static void add_token(struct buffer *text, const struct finder *finder, size_t at)
{
	buffer_add(text, code_token_text(finder->tokens, &finder->tokens->items[at]),
		   finder->tokens->items[at].length);
}

/* `struct NAME *` in brackets, or as an argument: its type. */
static bool add_type_between(struct buffer *text, const struct finder *finder, size_t start,
			     size_t end)
{
	const struct code_token *items = finder->tokens->items;

	for (size_t at = start; at + 1 < end && at < start + ARGUMENT_LIMIT; at++)
		if ((items[at].word == WORD_STRUCT || items[at].word == WORD_UNION) &&
		    items[at + 1].kind == CODE_NAME && !is_access(finder, at + 1)) {
			buffer_add_string(text, "struct ");
			add_token(text, finder, at + 1);
			return true;
		}
	return false;
}

static void enter_function(struct finder *finder, uint32_t line)
{
	const struct code_tokens *tokens = finder->tokens;
	const struct definition *function = finder->function;
	size_t start = 0, end, low = 0, high = tokens->count;

	if (finder->has_scope && function && function->start <= line && line <= function->end)
		return;
	if (finder->has_scope)
		scope_release(&finder->scope);
	finder->function = function = definitions_function_at(finder->definitions, line);
	finder->has_scope = true;
	if (!function) {
		/* A macro's parameters, and none at file scope. */
		memset(&finder->scope, 0, sizeof(finder->scope));
		finder->has_scope = false;
		return;
	}
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (tokens->items[middle].line < function->start)
			low = middle + 1;
		else
			high = middle;
	}
	start = end = low;
	while (end < tokens->count && tokens->items[end].line <= function->end)
		end++;
	scope_init(&finder->scope, tokens, start, end);
}

/* Of several declarations the first one counts. */
static void find_variables(struct finder *finder)
{
	const struct definitions *definitions = finder->definitions;

	for (size_t i = definitions->count; i--;)
		if (definitions->items[i].kind == DEFINITION_VARIABLE &&
		    definitions->items[i].type && !definitions->items[i].generated)
			table_set_string(&finder->variables, definitions->items[i].name,
					 (uint32_t)i);
	finder->has_variables = true;
}

/* What a variable is: of the function, of the file, or of another one. */
static void add_variable_type(struct buffer *text, struct finder *finder, size_t at)
{
	const struct code_token *token = &finder->tokens->items[at];
	const char *name = code_token_text(finder->tokens, token), *type;
	uint32_t place;

	if (finder->has_scope && scope_find(&type, &finder->scope, name, token->length)) {
		buffer_add_string(text, type ? type : "?");
		return;
	}
	if (!finder->has_variables)
		find_variables(finder);
	if (table_find(&place, &finder->variables, name, token->length)) {
		buffer_add_string(text, finder->definitions->items[place].type);
		return;
	}
	buffer_add_byte(text, '=');
	buffer_add(text, name, token->length);
}

/* Whether a token ends a value, so that `.` behind it takes a member of it. */
static bool is_value(const struct finder *finder, size_t at)
{
	const struct code_token *token = &finder->tokens->items[at];

	return token->kind == CODE_NAME ? token->word == WORD_NONE
					: is_punct(finder, at, ')') || is_punct(finder, at, ']');
}

/* ---- arguments ---- */

/* The call that a token is an argument of by itself, or the first word of. */
static bool find_call(size_t *ret_open, size_t *ret_number, const struct finder *finder, size_t at)
{
	const struct code_tokens *tokens = finder->tokens;
	size_t open = find_open(finder, at), steps = 0, name;

	if (open == SIZE_MAX || !is_punct(finder, open, '('))
		return false;
	name = token_before(finder, open);
	if (tokens->items[name].kind != CODE_NAME || tokens->items[name].word == WORD_STATEMENT)
		return false;
	if (tokens->items[at].directive && open == finder->directive + 3)
		return false; /* #define NAME (at) */
	*ret_open = open;
	*ret_number = 0;
	for (at = token_before(finder, at); at > open && at < tokens->count;
	     at = token_before(finder, at)) {
		/* What is in brackets of its own is passed over. */
		if (finder->outer[at] > open && finder->outer[at] != NONE)
			at = finder->outer[at];
		if (++steps > ARGUMENT_LIMIT || is_punct(finder, at, ';'))
			return false;
		*ret_number += is_punct(finder, at, ',');
	}
	return true;
}

/* The argument of a call with this number: where it starts. */
static size_t find_argument(const struct finder *finder, size_t open, size_t number)
{
	size_t close = code_token_close(finder->tokens, open);

	for (size_t at = open + 1; at < close; at++) {
		if (!number)
			return at;
		if (is_punct(finder, at, '(') || is_punct(finder, at, '[') ||
		    is_punct(finder, at, '{'))
			at = code_token_close(finder->tokens, at);
		else
			number -= is_punct(finder, at, ',');
	}
	return SIZE_MAX;
}

/*
 * offsetof(struct name, member) and its kin; the loops over lists name the member that links
 * what their first argument points to. The last argument, but for the conditions of RCU.
 */
static bool add_named_owner(struct buffer *text, struct finder *finder, size_t at, size_t open,
			    size_t number)
{
	static const char loop[] = "for_each_entry", safe[] = "_safe";
	const struct code_tokens *tokens = finder->tokens;
	const struct code_token *name = &tokens->items[token_before(finder, open)];
	const char *call = code_token_text(tokens, name);
	size_t type, last;

	if (!number || number > LOOP_LIMIT)
		return false;
	type = find_argument(finder, open, number - 1);
	if (type != SIZE_MAX &&
	    (tokens->items[type].word == WORD_STRUCT || tokens->items[type].word == WORD_UNION))
		return add_type_between(text, finder, type, at);
	if (!memmem(call, name->length, loop, strlen(loop)))
		return false;
	last = memmem(call, name->length, safe, strlen(safe)) ? 3 : 2;
	type = find_argument(finder, open, 0);
	if ((number != last && !(number < last && is_punct(finder, at + 1, ')'))) ||
	    type == SIZE_MAX || tokens->items[type].kind != CODE_NAME)
		return false;
	add_variable_type(text, finder, type);
	return true;
}

/* ---- types of expressions ---- */

static void add_initialised(struct buffer *text, struct finder *finder, size_t dot, unsigned depth);

/* The type of the expression that ends at `at`. */
static void add_owner(struct buffer *text, struct finder *finder, size_t at, unsigned depth)
{
	const struct code_token *token = &finder->tokens->items[at];
	size_t open, number, before;

	while (is_punct(finder, at, ']')) {
		open = find_open(finder, at);
		if (open == SIZE_MAX)
			goto unknown;
		at = token_before(finder, open);
	}
	token = &finder->tokens->items[at];
	if (depth > CHAIN_LIMIT)
		goto unknown;
	if (is_punct(finder, at, ')')) {
		open = find_open(finder, at);
		if (open == SIZE_MAX)
			goto unknown;
		before = token_before(finder, open);
		token = &finder->tokens->items[before];
		if (token->kind == CODE_NAME && token->word == WORD_NONE) {
			/* A call: container_of(p, struct name, member) says it itself. */
			if (is_access(finder, token_before(finder, before)))
				goto unknown;
			if (add_type_between(text, finder, open + 1, at))
				return;
			add_token(text, finder, before);
			buffer_add_string(text, "()");
			return;
		}
		if (is_punct(finder, open + 1, '(') && add_type_between(text, finder, open + 2, at))
			return; /* ((struct name *)...) */
		if (token_before(finder, at) == open)
			goto unknown;
		add_owner(text, finder, token_before(finder, at), depth + 1);
		return;
	}
	if (token->kind != CODE_NAME || token->word != WORD_NONE)
		goto unknown;
	before = token_before(finder, at);
	if (is_access(finder, before)) {
		if (is_value(finder, token_before(finder, before)))
			add_owner(text, finder, token_before(finder, before), depth + 1);
		else
			add_initialised(text, finder, before, depth + 1);
		buffer_add_byte(text, '>');
		add_token(text, finder, at);
		return;
	}
	/* offsetof(struct name, member.inner) */
	if (is_punct(finder, before, ',') && find_call(&open, &number, finder, at) &&
	    add_named_owner(text, finder, at, open, number)) {
		buffer_add_byte(text, '>');
		add_token(text, finder, at);
		return;
	}
	add_variable_type(text, finder, at);
	return;
unknown:
	buffer_add_string(text, "?");
}

/* `static struct name p __my` at its last word: there a name has an attribute. */
static bool is_attribute(const struct finder *finder, size_t at)
{
	const struct code_token *items = finder->tokens->items, *token = &items[at];
	size_t first = token_before(finder, at), second = token_before(finder, first);

	if (token->kind != CODE_NAME || token->word == WORD_QUALIFIER ||
	    token->word == WORD_ATTRIBUTE)
		return token->kind == CODE_NAME;
	return token->length > 2 && !memcmp(code_token_text(finder->tokens, token), "__", 2) &&
	       (is_punct(finder, first, ']') ||
		(items[first].kind == CODE_NAME &&
		 (is_punct(finder, second, '*') ||
		  (items[second].kind == CODE_NAME && items[second].word == WORD_NONE))));
}

/* From what stands before a `=` to the name that is declared: over attributes and [...]. */
static size_t skip_back(const struct finder *finder, size_t at)
{
	for (unsigned steps = 0; steps < ARGUMENT_LIMIT; steps++) {
		size_t open = is_punct(finder, at, ']') || is_punct(finder, at, ')')
				      ? find_open(finder, at)
				      : SIZE_MAX;
		size_t before = token_before(finder, open == SIZE_MAX ? at : open);

		if (open == SIZE_MAX ? !is_attribute(finder, at)
				     : !is_punct(finder, at, ']') &&
					       finder->tokens->items[before].word != WORD_ATTRIBUTE)
			break;
		at = before;
	}
	return at;
}

/*
 * .member = in braces: of what is set. Going outwards: an element of an array is of the
 * type of the whole; `.inner = {` is a member in turn.
 */
static void add_initialised(struct buffer *text, struct finder *finder, size_t dot, unsigned depth)
{
	const struct code_tokens *tokens = finder->tokens;
	size_t at = find_open(finder, dot), inner;

	if (at == SIZE_MAX || depth > CHAIN_LIMIT || !is_punct(finder, at, '{'))
		goto unknown;
	inner = token_before(finder, at);
	if (is_punct(finder, inner, ')')) { /* (struct name) { */
		size_t open = find_open(finder, inner);

		if (open == SIZE_MAX || !add_type_between(text, finder, open + 1, inner))
			goto unknown;
		return;
	}
	if (!is_punct(finder, inner, '=')) {
		add_initialised(text, finder, at, depth + 1);
		return;
	}
	at = skip_back(finder, token_before(finder, inner));
	if (is_punct(finder, at, '{') || is_punct(finder, at, ',')) {
		/* [index] = { */
		add_initialised(text, finder, inner, depth + 1);
		return;
	}
	if (tokens->items[at].kind != CODE_NAME)
		goto unknown;
	if (is_behind(finder, at, '.')) {
		add_initialised(text, finder, token_before(finder, at), depth + 1);
		buffer_add_byte(text, '>');
		add_token(text, finder, at);
		return;
	}
	add_variable_type(text, finder, at);
	return;
unknown:
	buffer_add_string(text, "?");
}

/* ---- one token ---- */

static void add_use(struct finder *finder, enum use_kind kind, size_t at, const char *owner,
		    bool called)
{
	const struct code_token *token = &finder->tokens->items[at];
	char *name = string_copy_length(code_token_text(finder->tokens, token), token->length);
	struct code_use use = { kind, called, name, owner, token->line };

	code_uses_add(finder->uses, &use);
	free(name);
}

static void add_member(struct finder *finder, size_t at)
{
	size_t access = token_before(finder, at), before = token_before(finder, access);
	struct buffer owner = BUFFER_INIT;

	/* Behind a value it is a member of it, else one that is set. */
	if (is_value(finder, before))
		add_owner(&owner, finder, before, 0);
	else if (is_punct(finder, access, '.'))
		add_initialised(&owner, finder, access, 0);
	if (owner.length)
		add_use(finder, USE_MEMBER, at, owner.data, false);
	buffer_release(&owner);
}

static bool is_symbol(const struct finder *finder, const struct code_token *token)
{
	return token->length > 7 && !memcmp(code_token_text(finder->tokens, token), "CONFIG_", 7);
}

static void add_symbol(struct finder *finder, const struct code_token *token)
{
	const char *text = code_token_text(finder->tokens, token);
	size_t length = token->length;
	struct code_use use = { USE_SYMBOL, false, NULL, NULL, token->line };
	char *name;

	if (length > 14 && !memcmp(text + length - 7, "_MODULE", 7))
		length -= 7;
	name = string_copy_length(text, length);
	use.name = name;
	code_uses_add(finder->uses, &use);
	free(name);
}

/* The parameters of the macro on whose line a token is. */
static bool is_macro_parameter(const struct finder *finder, size_t at)
{
	const struct code_tokens *tokens = finder->tokens;
	const struct code_token *token = &tokens->items[at];
	size_t start = finder->directive, end = start + 4 + 2 * ARGUMENT_LIMIT;

	if (!code_token_is(tokens, &tokens->items[start + 1], "define"))
		return false;
	if (at <= start + 2)
		return true; /* its own name */
	if (!is_punct(finder, start + 3, '(') ||
	    tokens->items[start + 3].offset !=
		    tokens->items[start + 2].offset + tokens->items[start + 2].length)
		return false;
	for (size_t i = start + 4; i <= at && i < end && !is_punct(finder, i, ')'); i++)
		if (tokens->items[i].kind == CODE_NAME &&
		    tokens->items[i].length == token->length &&
		    !memcmp(code_token_text(tokens, &tokens->items[i]),
			    code_token_text(tokens, token), token->length))
			return true;
	return false;
}

static bool is_local(struct finder *finder, size_t at)
{
	const struct code_token *token = &finder->tokens->items[at];
	const char *type;

	if (token->directive)
		return is_macro_parameter(finder, at);
	return finder->has_scope &&
	       scope_find(&type, &finder->scope, code_token_text(finder->tokens, token),
			  token->length);
}

static bool is_label(const struct finder *finder, size_t at)
{
	const struct code_token *before = &finder->tokens->items[token_before(finder, at)];

	if (!finder->function)
		return false;
	if (code_token_is(finder->tokens, before, "goto"))
		return true;
	return is_punct(finder, at + 1, ':') && before->kind == CODE_PUNCT && before->length == 1 &&
	       strchr(";{}:", finder->tokens->text[before->offset]);
}

/* A name that is used for what it is, and not for a member of it. */
static void add_name(struct finder *finder, size_t at)
{
	struct buffer owner = BUFFER_INIT;
	size_t open, number;
	bool alone = (is_behind(finder, at, '(') || is_behind(finder, at, ',')) &&
		     (is_punct(finder, at + 1, ')') || is_punct(finder, at + 1, ','));
	bool first = is_behind(finder, at, ',') && is_access(finder, at + 1);

	if ((alone || first) && find_call(&open, &number, finder, at)) {
		if (add_named_owner(&owner, finder, at, open, number)) {
			add_use(finder, USE_MEMBER, at, owner.data, false);
			buffer_release(&owner);
			return;
		}
		if (alone) {
			add_token(&owner, finder, token_before(finder, open));
			buffer_add_format(&owner, "(%zu", number);
		}
	}
	/* A local variable of that name is what is meant, unless it names a member. */
	if (!is_local(finder, at))
		add_use(finder, USE_NAME, at, owner.length ? owner.data : NULL,
			is_punct(finder, at + 1, '('));
	buffer_release(&owner);
}

static void look_at(struct finder *finder, size_t at)
{
	const struct code_tokens *tokens = finder->tokens;
	const struct code_token *token = &tokens->items[at];
	size_t access = token_before(finder, at);
	const struct code_token *before = &tokens->items[access];

	if (is_symbol(finder, token)) {
		add_symbol(finder, token);
		return;
	}
	if (token->word != WORD_NONE || before->kind == CODE_DIRECTIVE)
		return;
	/* `A ... B` is a range. */
	if (is_access(finder, access) && !is_behind(finder, access, '.')) {
		add_member(finder, at);
		return;
	}
	if (before->word == WORD_STRUCT || before->word == WORD_UNION ||
	    before->word == WORD_ENUM) {
		/* A pointer to it, or a declaration of it, needs no definition. */
		if (!is_punct(finder, at + 1, '*') && !is_punct(finder, at + 1, ';') &&
		    !is_punct(finder, at + 1, '{'))
			add_use(finder, USE_TAG, at, NULL, false);
		return;
	}
	if (!is_label(finder, at))
		add_name(finder, at);
}

/* #include <linux/list.h>: its name, in its quotes. */
static void add_header(struct finder *finder, size_t at)
{
	const struct code_tokens *tokens = finder->tokens;
	const struct code_token *token = &tokens->items[at + 2];
	struct code_use use = { USE_HEADER, false, NULL, NULL, tokens->items[at].line };
	const char *text, *end, *limit;
	char *name;

	if (at + 2 >= tokens->count)
		return;
	text = end = code_token_text(tokens, token);
	if (!token->directive || !code_token_is(tokens, token - 1, "include") ||
	    (*text != '<' && *text != '"'))
		return;
	limit = tokens->text + tokens->length;
	for (end++;
	     end < limit && *end != '\n' && *end != '\t' && *end != (*text == '<' ? '>' : '"');)
		end++;
	if (end == limit || *end == '\n' || *end == '\t')
		return;
	name = string_copy_length(text, (size_t)(end + 1 - text));
	use.name = name;
	code_uses_add(finder->uses, &use);
	free(name);
}

/* The words of #include and of messages are no names. */
static bool is_prose(const struct finder *finder)
{
	static const char *const words[] = { "include", "error", "warning", "pragma" };
	const struct code_token *word = &finder->tokens->items[finder->directive + 1];

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (code_token_is(finder->tokens, word, words[i]))
			return true;
	return false;
}

void code_uses_find(struct code_uses *ret_uses, const struct code_tokens *tokens,
		    const struct definitions *definitions, const struct code_lines *lines,
		    size_t count)
{
	struct finder finder = { .tokens = tokens, .definitions = definitions, .uses = ret_uses };
	size_t range = 0;

	if (!count)
		return;
	look_back(&finder);
	for (size_t at = 0; at < tokens->count && range < count; at++) {
		const struct code_token *token = &tokens->items[at];

		if (token->kind == CODE_DIRECTIVE)
			finder.directive = at;
		while (range < count && lines[range].end <= token->line)
			range++;
		if (range == count || token->line < lines[range].start)
			continue;
		if (token->kind == CODE_DIRECTIVE) {
			add_header(&finder, at);
		} else if (token->kind == CODE_NAME && !(token->directive && is_prose(&finder))) {
			enter_function(&finder, token->line);
			look_at(&finder, at);
		}
	}
	if (finder.has_scope)
		scope_release(&finder.scope);
	table_release(&finder.variables);
	free(finder.outer);
	free(finder.before);
	code_uses_sort(ret_uses);
}
