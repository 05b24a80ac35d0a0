/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/stanza.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"

#define NAME_MOST 200

/* ---- memory ---- */

void stanza_init(struct stanza *stanza)
{
	memset(stanza, 0, sizeof(*stanza));
}

static void step_release(struct step *step)
{
	array_release(&step->needed_by);
	array_release(&step->with);
	free(step->trailers);
	free(step->subject);
	free(step->person);
	free(step->date);
	free(step->reason);
}

void stanza_release(struct stanza *stanza)
{
	for (size_t i = 0; i < stanza->steps.count; i++)
		step_release(&stanza->steps.items[i]);
	for (size_t i = 0; i < stanza->regressions.count; i++)
		free(stanza->regressions.items[i].reason);
	array_release(&stanza->steps);
	array_release(&stanza->beyond);
	array_release(&stanza->regressions);
	free(stanza->tag);
	free(stanza->base_name);
	free(stanza->series);
	free(stanza->tip_name);
	free(stanza->policy);
	free(stanza->tool);
	free(stanza->identity);
	free(stanza->superseded_by);
	stanza_init(stanza);
}

void stanza_list_release(struct stanza_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		stanza_release(&list->items[i]);
	array_release(list);
}

/* ---- what stands at the head of a stanza, in this order ---- */

enum field_kind {
	FIELD_TEXT,
	FIELD_FIXED, /* always this text */
	FIELD_NAME,  /* part of ref and file names */
	FIELD_NAMED, /* name and id */
	FIELD_ID,
	FIELD_ID_OR_NONE,
	FIELD_NUMBER,
	FIELD_BOOLEAN
};

struct field {
	const char *key;
	enum field_kind kind;
	size_t text, id; /* offsets */
	const char *fixed;
};

#define AT(member) offsetof(struct stanza, member)

static const struct field fields[] = {
	{ "state", FIELD_NAME, AT(tag), 0, NULL },
	{ "format", FIELD_FIXED, 0, 0, "1" },
	{ "base", FIELD_NAMED, AT(base_name), AT(base), NULL },
	{ "series", FIELD_TEXT, AT(series), 0, NULL },
	{ "whole", FIELD_BOOLEAN, 0, AT(whole), NULL },
	{ "tip", FIELD_NAMED, AT(tip_name), AT(tip), NULL },
	{ "policy", FIELD_NAMED, AT(policy), AT(policy_digest), NULL },
	{ "advisories", FIELD_ID_OR_NONE, 0, AT(advisories), NULL },
	{ "model", FIELD_FIXED, 0, 0, "none" },
	{ "tool", FIELD_TEXT, AT(tool), 0, NULL },
	{ "rules", FIELD_NUMBER, 0, AT(rules), NULL },
	{ "ledger", FIELD_ID_OR_NONE, 0, AT(ledger), NULL },
	{ "identity", FIELD_TEXT, AT(identity), 0, NULL },
	{ "parent", FIELD_ID, 0, AT(parent), NULL },
};

_Static_assert(STANZA_FORMAT == 1, "the format that the table states");

/* ---- printing ---- */

/* Line ends would end the field; everything else is kept. */
static void print_text(struct buffer *text, const char *key, const char *value)
{
	size_t start;

	buffer_add_format(text, "%s ", key);
	start = text->length;
	buffer_add_string(text, value ? value : "");
	for (size_t i = start; i < text->length; i++)
		if (text->data[i] == '\n')
			text->data[i] = ' ';
	buffer_add_byte(text, '\n');
}

static void print_id(struct buffer *text, const char *key, const git_oid *id, const char *zero)
{
	print_text(text, key, id_is_zero(id) && zero ? zero : id_hex(id).text);
}

static void print_ids(struct buffer *text, const char *key, const struct id_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		print_id(text, key, &list->items[i], NULL);
}

static void print_field(struct buffer *text, const struct field *field, const struct stanza *stanza)
{
	const char *base = (const char *)stanza;
	char *const *value = (char *const *)(base + field->text);
	const git_oid *id = (const git_oid *)(base + field->id);

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_NAME:
		print_text(text, field->key, *value);
		break;
	case FIELD_FIXED:
		print_text(text, field->key, field->fixed);
		break;
	case FIELD_NAMED:
		buffer_add_format(text, "%s %s %s\n", field->key, *value, id_hex(id).text);
		break;
	case FIELD_ID:
		print_id(text, field->key, id, NULL);
		break;
	case FIELD_ID_OR_NONE:
		print_id(text, field->key, id, "none");
		break;
	case FIELD_NUMBER:
		buffer_add_format(text, "%s %d\n", field->key, *(const int *)(base + field->id));
		break;
	case FIELD_BOOLEAN:
		print_text(text, field->key, *(const bool *)(base + field->id) ? "yes" : "no");
		break;
	}
}

static void print_gap(struct buffer *text, const char *key, const struct stanza_gap *gap)
{
	buffer_add_format(text, "%s %s %s", key, id_hex(&gap->stable).text,
			  id_is_zero(&gap->later) ? "-" : id_hex(&gap->later).text);
	if (gap->reason)
		print_text(text, "", gap->reason);
	else
		buffer_add_byte(text, '\n');
}

static void print_trailers(struct buffer *text, const char *lines)
{
	const char *end;

	for (; lines && *lines; lines = end + 1) {
		end = strchr(lines, '\n');
		buffer_add_format(text, "trailer %.*s\n", (int)(end - lines), lines);
	}
}

static void print_add(struct buffer *text, const struct step *step)
{
	buffer_add_format(text, "add %s %s %s %s\n", id_hex(&step->stable).text,
			  state_name(step->role),
			  id_is_zero(&step->resolution) ? "-" : id_hex(&step->resolution).text,
			  step->made_commit ? "commit" : "empty");
	if (!id_is_zero(&step->before))
		print_id(text, "before", &step->before, NULL);
	print_ids(text, "for", &step->needed_by);
	print_trailers(text, step->trailers);
}

static void print_withdraw(struct buffer *text, const struct step *step)
{
	buffer_add_format(text, "withdraw %s %s\n", id_hex(&step->stable).text,
			  step->made_commit ? "commit" : "empty");
	print_ids(text, "with", &step->with);
	print_text(text, "subject", step->subject);
	print_text(text, "person", step->person);
	print_text(text, "date", step->date);
	print_text(text, "reason", step->reason);
}

void stanza_print(struct buffer *ret_text, const struct stanza *stanza)
{
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		print_field(ret_text, &fields[i], stanza);
	if (stanza->superseded_by)
		print_text(ret_text, "superseded", stanza->superseded_by);
	for (size_t i = 0; i < stanza->beyond.count; i++)
		print_gap(ret_text, "beyond", &stanza->beyond.items[i]);
	for (size_t i = 0; i < stanza->regressions.count; i++)
		print_gap(ret_text, "regression", &stanza->regressions.items[i]);
	for (size_t i = 0; i < stanza->steps.count; i++)
		if (stanza->steps.items[i].kind == STEP_ADD)
			print_add(ret_text, &stanza->steps.items[i]);
		else
			print_withdraw(ret_text, &stanza->steps.items[i]);
	print_id(ret_text, "tree", &stanza->tree, NULL);
	print_id(ret_text, "commit", &stanza->commit, NULL);
	buffer_add_byte(ret_text, '\n');
}

/* ---- parsing ---- */

struct parser {
	const char *at, *end;
	const char *name;
	size_t number; /* of the line, from 1 */
	/* The line: its first word, and what follows a blank. */
	const char *key;
	size_t key_length;
	const char *value;
	size_t value_length;
	bool has_line;
	struct error *err;
};

static int fail(struct parser *parser, const char *words)
{
	return error_set(parser->err, ERROR_INPUT, "%s:%zu: %s; git in ledger/ has it as it was",
			 parser->name, parser->number, words);
}

static int next_line(struct parser *parser)
{
	const char *newline, *blank;
	size_t length;

	parser->has_line = false;
	if (parser->at == parser->end)
		return 0;
	parser->number++;
	newline = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));
	if (!newline)
		return fail(parser, "the last line has no end");
	length = (size_t)(newline - parser->at);
	if (memchr(parser->at, '\0', length))
		return fail(parser, "holds a NUL");
	blank = memchr(parser->at, ' ', length);
	parser->key = parser->at;
	parser->key_length = blank ? (size_t)(blank - parser->at) : length;
	parser->value = blank ? blank + 1 : newline;
	parser->value_length = (size_t)(newline - parser->value);
	parser->at = newline + 1;
	parser->has_line = true;
	return 0;
}

static bool line_is(const struct parser *parser, const char *key)
{
	return parser->has_line && parser->key_length == strlen(key) &&
	       !memcmp(parser->key, key, parser->key_length);
}

/* Takes a word off the value. */
static struct text_span take_word(struct parser *parser)
{
	const char *blank = memchr(parser->value, ' ', parser->value_length);
	struct text_span word = { parser->value,
				  blank ? (size_t)(blank - parser->value) : parser->value_length };
	size_t used = word.length + (blank ? 1 : 0);

	parser->value += used;
	parser->value_length -= used;
	return word;
}

static bool span_is(struct text_span span, const char *text)
{
	return span.length == strlen(text) && !memcmp(span.text, text, span.length);
}

static int take_id(git_oid *ret_id, struct parser *parser, const char *zero)
{
	struct text_span word = take_word(parser);

	memset(ret_id, 0, sizeof(*ret_id));
	if (zero && span_is(word, zero))
		return 0;
	if (word.length != GIT_OID_HEXSZ || git_oid_fromstrn(ret_id, word.text, word.length) < 0 ||
	    memcmp(id_hex(ret_id).text, word.text, word.length) || id_is_zero(ret_id))
		return fail(parser, "an id of 40 digits was expected");
	return 0;
}

static int no_more(struct parser *parser)
{
	return parser->value_length ? fail(parser, "there is more on the line than was expected")
				    : 0;
}

/* A name becomes part of ref and file names. */
static int take_name(char **ret_name, struct parser *parser)
{
	struct text_span word = take_word(parser);

	if (!word.length || word.length > NAME_MOST || word.text[0] == '.' || word.text[0] == '-')
		return fail(parser, "a name was expected");
	for (size_t i = 0; i < word.length; i++) {
		char byte = word.text[i];

		if (!((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
		      (byte >= 'A' && byte <= 'Z') || strchr("-_.", byte)) ||
		    (byte == '.' && i && word.text[i - 1] == '.'))
			return fail(parser, "a name was expected");
	}
	*ret_name = string_copy_length(word.text, word.length);
	return 0;
}

static void take_rest(char **ret_text, struct parser *parser)
{
	free(*ret_text);
	*ret_text = string_copy_length(parser->value, parser->value_length);
	parser->value_length = 0;
}

static int parse_field(struct stanza *stanza, struct parser *parser, const struct field *field)
{
	char *base = (char *)stanza;
	char **text = (char **)(base + field->text);
	git_oid *id = (git_oid *)(base + field->id);
	struct text_span word;
	int error = 0;

	if (!line_is(parser, field->key))
		return error_set(parser->err, ERROR_INPUT,
				 "%s:%zu: '%s' was expected; git in ledger/ has it as it was",
				 parser->name, parser->number, field->key);
	switch (field->kind) {
	case FIELD_TEXT:
		take_rest(text, parser);
		break;
	case FIELD_NAME:
		error = take_name(text, parser);
		break;
	case FIELD_FIXED:
		if (!span_is(take_word(parser), field->fixed))
			return error_set(parser->err, ERROR_INPUT,
					 "%s:%zu: %s is none that this version knows; it was "
					 "written by a newer one",
					 parser->name, parser->number, field->key);
		break;
	case FIELD_NAMED:
		error = take_name(text, parser);
		if (!error)
			error = take_id(id, parser, NULL);
		break;
	case FIELD_ID:
		error = take_id(id, parser, NULL);
		break;
	case FIELD_ID_OR_NONE:
		error = take_id(id, parser, "none");
		break;
	case FIELD_NUMBER:
		word = take_word(parser);
		if (!word.length || word.length > 6 ||
		    strspn(word.text, "0123456789") < word.length)
			return fail(parser, "a number was expected");
		*(int *)(base + field->id) = (int)strtol(word.text, NULL, 10);
		break;
	case FIELD_BOOLEAN:
		word = take_word(parser);
		*(bool *)(base + field->id) = span_is(word, "yes");
		if (!span_is(word, "yes") && !span_is(word, "no"))
			return fail(parser, "'yes' or 'no' was expected");
		break;
	}
	if (!error)
		error = no_more(parser);
	return error ? error : next_line(parser);
}

static int parse_gap(struct stanza_gap *gap, struct parser *parser, bool has_reason)
{
	int error = take_id(&gap->stable, parser, NULL);

	if (!error)
		error = take_id(&gap->later, parser, "-");
	if (!error && has_reason)
		take_rest(&gap->reason, parser);
	if (!error)
		error = no_more(parser);
	return error ? error : next_line(parser);
}

static int take_made(struct step *step, struct parser *parser)
{
	struct text_span word = take_word(parser);

	step->made_commit = span_is(word, "commit");
	if (!step->made_commit && !span_is(word, "empty"))
		return fail(parser, "'commit' or 'empty' was expected");
	return no_more(parser);
}

static int take_role(struct step *step, struct parser *parser)
{
	static const enum state roles[] = { STATE_PICK, STATE_FOLLOW_UP, STATE_PREREQUISITE };
	struct text_span word = take_word(parser);

	for (size_t i = 0; i < COUNT_OF(roles); i++) {
		if (!span_is(word, state_name(roles[i])))
			continue;
		step->role = roles[i];
		return 0;
	}
	return fail(parser, "a role was expected: pick, follow-up or prerequisite");
}

static int parse_ids(struct id_list *list, struct parser *parser, const char *key)
{
	int error = 0;

	while (!error && line_is(parser, key)) {
		error = take_id(array_add(list), parser, NULL);
		if (!error)
			error = no_more(parser);
		if (!error)
			error = next_line(parser);
	}
	return error;
}

static int parse_trailers(struct step *step, struct parser *parser)
{
	struct buffer lines = BUFFER_INIT;
	int error = 0;

	while (!error && line_is(parser, "trailer")) {
		buffer_add(&lines, parser->value, parser->value_length);
		buffer_add_byte(&lines, '\n');
		error = next_line(parser);
	}
	step->trailers = buffer_detach(&lines);
	return error;
}

static int parse_add(struct step *step, struct parser *parser)
{
	int error = take_id(&step->stable, parser, NULL);

	step->kind = STEP_ADD;
	if (!error)
		error = take_role(step, parser);
	if (!error)
		error = take_id(&step->resolution, parser, "-");
	if (!error)
		error = take_made(step, parser);
	if (!error)
		error = next_line(parser);
	if (!error && line_is(parser, "before")) {
		error = take_id(&step->before, parser, NULL);
		if (!error)
			error = no_more(parser);
		if (!error)
			error = next_line(parser);
	}
	if (!error)
		error = parse_ids(&step->needed_by, parser, "for");
	return error ? error : parse_trailers(step, parser);
}

static int parse_withdraw(struct step *step, struct parser *parser)
{
	const struct {
		const char *key;
		char **text;
	} texts[] = {
		{ "subject", &step->subject },
		{ "person", &step->person },
		{ "date", &step->date },
		{ "reason", &step->reason },
	};
	int error = take_id(&step->stable, parser, NULL);

	step->kind = STEP_WITHDRAW;
	if (!error)
		error = take_made(step, parser);
	if (!error)
		error = next_line(parser);
	if (!error)
		error = parse_ids(&step->with, parser, "with");
	for (size_t i = 0; i < COUNT_OF(texts) && !error; i++) {
		if (!line_is(parser, texts[i].key))
			return fail(parser, "subject, person, date and reason were expected");
		take_rest(texts[i].text, parser);
		error = next_line(parser);
	}
	return error;
}

static int parse_end(struct stanza *stanza, struct parser *parser)
{
	int error;

	if (!line_is(parser, "tree"))
		return fail(parser, "'add', 'withdraw' or 'tree' was expected");
	error = take_id(&stanza->tree, parser, NULL);
	if (!error)
		error = no_more(parser);
	if (!error)
		error = next_line(parser);
	if (!error && !line_is(parser, "commit"))
		error = fail(parser, "'commit' was expected");
	if (!error)
		error = take_id(&stanza->commit, parser, NULL);
	if (!error)
		error = no_more(parser);
	if (!error)
		error = next_line(parser);
	if (!error && (!line_is(parser, "") || parser->value_length))
		error = fail(parser, "an empty line was expected at the end of the state");
	return error ? error : next_line(parser);
}

/* A tag begins with the name of its base. */
static int check_names(const struct stanza *stanza, struct parser *parser)
{
	size_t length = strlen(stanza->base_name);
	const char *open = strchr(stanza->identity, '<'), *close = strchr(stanza->identity, '>');

	if (strncmp(stanza->tag, stanza->base_name, length) ||
	    strncmp(stanza->tag + length, "-security", 9))
		return fail(parser, "the state is not one of its base");
	if (!open || !close || open == stanza->identity || open[-1] != ' ' || close < open ||
	    close[1] || strchr(open + 1, '<'))
		return fail(parser, "the identity is not 'Name <mail>'");
	return 0;
}

static int parse_stanza(struct stanza *stanza, struct parser *parser)
{
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(fields) && !error; i++)
		error = parse_field(stanza, parser, &fields[i]);
	if (!error)
		error = check_names(stanza, parser);
	if (!error && line_is(parser, "superseded")) {
		error = take_name(&stanza->superseded_by, parser);
		if (!error)
			error = no_more(parser);
		if (!error)
			error = next_line(parser);
	}
	while (!error && line_is(parser, "beyond"))
		error = parse_gap(array_add(&stanza->beyond), parser, false);
	while (!error && line_is(parser, "regression"))
		error = parse_gap(array_add(&stanza->regressions), parser, true);
	while (!error && (line_is(parser, "add") || line_is(parser, "withdraw")))
		error = line_is(parser, "add") ? parse_add(array_add(&stanza->steps), parser)
					       : parse_withdraw(array_add(&stanza->steps), parser);
	return error ? error : parse_end(stanza, parser);
}

/* Blanks at the end of a line and the like: what the parser did not mind. */
static int check_spelling(struct parser *parser, const struct stanza *stanza, const char *start,
			  size_t first_line)
{
	size_t length = (size_t)(parser->at - start), line = first_line, i = 0;
	struct buffer text = BUFFER_INIT;
	int error = 0;

	stanza_print(&text, stanza);
	/* The parser has read one line ahead. */
	if (parser->has_line)
		length = (size_t)(parser->key - start);
	while (i < length && i < text.length && start[i] == text.data[i])
		line += start[i++] == '\n';
	if (i < length || i < text.length) {
		parser->number = line;
		error = fail(parser, "is not as it was written");
	}
	buffer_release(&text);
	return error;
}

int stanza_parse(struct stanza_list *ret_list, const char *text, size_t length, const char *name,
		 struct error *err)
{
	struct parser parser = { .at = text, .end = text + length, .name = name, .err = err };
	int error = next_line(&parser);

	while (!error && parser.has_line) {
		struct stanza *stanza = array_add(ret_list);
		const char *start = parser.key;
		size_t first_line = parser.number;

		error = parse_stanza(stanza, &parser);
		if (!error)
			error = check_spelling(&parser, stanza, start, first_line);
	}
	return error;
}
