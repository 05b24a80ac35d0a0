/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"

struct parser {
	const struct option *const *tables;
	char **at, **end; /* what is not looked at yet */
};

/* How the user wrote it, for messages: "-n" or "--limit". */
struct spelling {
	char text[80];
};

static struct spelling spell_long(const char *name, size_t length)
{
	struct spelling spelling;

	snprintf(spelling.text, sizeof(spelling.text), "--%.*s", (int)(length < 70 ? length : 70),
		 name);
	return spelling;
}

static struct spelling spell_short(char name)
{
	struct spelling spelling;

	snprintf(spelling.text, sizeof(spelling.text), "-%c", name);
	return spelling;
}

static const struct option *find_short(const struct parser *parser, char name)
{
	for (const struct option *const *table = parser->tables; *table; table++)
		for (const struct option *option = *table; !option_is_end(option); option++)
			if (option->short_name == name)
				return option;
	return NULL;
}

static bool starts_with(const char *text, const char *prefix, size_t length)
{
	return text && !strncmp(text, prefix, length);
}

/* The exact name, or the only one that begins so. */
static int find_long(const struct option **ret_option, const struct parser *parser,
		     const char *name, size_t length, struct error *err)
{
	const struct option *found = NULL;
	struct buffer candidates = BUFFER_INIT;
	size_t count = 0;
	int error = 0;

	for (const struct option *const *table = parser->tables; *table; table++)
		for (const struct option *option = *table; !option_is_end(option); option++) {
			if (!starts_with(option->long_name, name, length))
				continue;
			if (!option->long_name[length]) {
				*ret_option = option;
				buffer_release(&candidates);
				return 0;
			}
			found = option;
			buffer_add_format(&candidates, "%s--%s", count++ ? ", " : "",
					  option->long_name);
		}
	if (!count || !length) {
		error_set(err, ERROR_USAGE, "unknown option %s", spell_long(name, length).text);
		error = ERROR_USAGE;
	} else if (count > 1) {
		error_set(err, ERROR_USAGE, "option %s may be any of %s",
			  spell_long(name, length).text, candidates.data);
		error = ERROR_USAGE;
	}
	*ret_option = found;
	buffer_release(&candidates);
	return error;
}

static int set_number(const struct option *option, const char *value, const char *spelling,
		      struct error *err)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	/* strtol also takes blanks and '+', which nobody means. */
	if (errno || *end || end == value || !strchr("-0123456789", *value) ||
	    number < option->least || number > option->most)
		return error_set(err, ERROR_USAGE,
				 "option %s takes a number from %ld to %ld, not '%s'", spelling,
				 option->least, option->most, value);
	*option->target.number = number;
	return 0;
}

static int set_choice(const struct option *option, const char *value, const char *spelling,
		      struct error *err)
{
	struct buffer words = BUFFER_INIT;
	int error;

	for (int i = 0; option->choices[i]; i++) {
		if (!strcmp(option->choices[i], value)) {
			*option->target.choice = i;
			buffer_release(&words);
			return 0;
		}
		buffer_add_format(&words, "%s%s", i ? ", " : "", option->choices[i]);
	}
	error = error_set(err, ERROR_USAGE, "option %s takes one of %s, not '%s'", spelling,
			  words.data, value);
	buffer_release(&words);
	return error;
}

static int set_value(const struct option *option, const char *value, const char *spelling,
		     struct error *err)
{
	switch (option->kind) {
	case OPTION_KIND_STRING:
		*option->target.string = value;
		return 0;
	case OPTION_KIND_LIST:
		array_push(option->target.list, value);
		return 0;
	case OPTION_KIND_NUMBER:
		return set_number(option, value, spelling, err);
	case OPTION_KIND_CHOICE:
		return set_choice(option, value, spelling, err);
	case OPTION_KIND_FLAG:
		break;
	}
	return error_set(err, ERROR_USAGE, "option %s takes no value", spelling);
}

/* `value` is what was attached to the option, or NULL: then the next argument is taken. */
static int apply(struct parser *parser, const struct option *option, const char *value,
		 const char *spelling, struct error *err)
{
	if (option->kind == OPTION_KIND_FLAG) {
		if (value)
			return error_set(err, ERROR_USAGE, "option %s takes no value", spelling);
		*option->target.flag = true;
		return 0;
	}
	if (!value && parser->at == parser->end)
		return error_set(err, ERROR_USAGE, "option %s needs a value", spelling);
	return set_value(option, value ? value : *parser->at++, spelling, err);
}

static int parse_long(struct parser *parser, const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);
	const struct option *option;
	int error = find_long(&option, parser, text, length, err);

	if (error)
		return error;
	return apply(parser, option, equals ? equals + 1 : NULL,
		     spell_long(option->long_name, strlen(option->long_name)).text, err);
}

/* A bundle: flags, the last of which may be an option with its value attached. */
static int parse_short(struct parser *parser, const char *text, struct error *err)
{
	const struct option *option;
	const char *rest;
	int error;

	for (; *text; text++) {
		option = find_short(parser, *text);
		if (!option)
			return error_set(err, ERROR_USAGE, "unknown option %s",
					 spell_short(*text).text);
		rest = option->kind != OPTION_KIND_FLAG && text[1] ? text + 1 : NULL;
		error = apply(parser, option, rest, spell_short(*text).text, err);
		if (error || rest)
			return error;
	}
	return 0;
}

int options_parse(struct arguments *arguments, const struct option *const *tables,
		  bool stop_at_operand, struct error *err)
{
	struct parser parser = { tables, arguments->items, arguments->items + arguments->count };
	char **keep = arguments->items;
	bool options_over = false;
	int error = 0;

	arguments->dashes = -1;
	while (!error && parser.at < parser.end) {
		char *text = *parser.at++;

		if (options_over || text[0] != '-' || !text[1]) {
			*keep++ = text;
			options_over |= stop_at_operand;
		} else if (!strcmp(text, "--")) {
			options_over = true;
			arguments->dashes = (int)(keep - arguments->items);
		} else if (text[1] == '-')
			error = parse_long(&parser, text + 2, err);
		else
			error = parse_short(&parser, text + 1, err);
	}
	arguments->count = (int)(keep - arguments->items);
	/* Operands stay a NULL-terminated list, as argv is. */
	*keep = NULL;
	return error;
}
