/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/help.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define LINE_WIDTH 80
#define HELP_COLUMN 26

static const struct option no_options[] = { OPTION_END };

const char *option_argument(const struct option *option)
{
	static char words[128];
	size_t used = 0;

	if (option->kind != OPTION_KIND_CHOICE)
		return option->argument;
	for (size_t i = 0; option->choices[i] && used < sizeof(words); i++)
		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s", i ? "|" : "",
					 option->choices[i]);
	return words;
}

/* "  -n, --limit NUMBER" */
static size_t add_option_names(struct buffer *buffer, const struct option *option)
{
	const char *argument = option_argument(option);

	buffer_add_string(buffer, "  ");
	if (option->short_name)
		buffer_add_format(buffer, "-%c%s", option->short_name,
				  option->long_name ? ", " : "");
	else
		buffer_add_string(buffer, "    ");
	if (option->long_name)
		buffer_add_format(buffer, "--%s", option->long_name);
	if (argument)
		buffer_add_format(buffer, " %s", argument);
	return buffer->length;
}

/* Words up to the line's width, further lines under the first. */
static void add_wrapped(struct buffer *buffer, const char *text, size_t column, size_t indent)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		if (column > indent && column + 1 + length > LINE_WIDTH) {
			buffer_add_format(buffer, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			buffer_add_byte(buffer, ' ');
			column++;
		}
		buffer_add(buffer, text, length);
		column += length;
		text += length;
		text += strspn(text, " ");
	}
}

static void print_options(struct output *out, const char *title, const struct option *table)
{
	struct buffer line = BUFFER_INIT;

	if (option_is_end(table))
		return;
	output_print(out, "\n");
	output_heading(out, "%s", title);
	for (; !option_is_end(table); table++) {
		size_t width;

		buffer_clear(&line);
		width = add_option_names(&line, table);
		if (width + 2 > HELP_COLUMN)
			buffer_add_format(&line, "\n%*s", HELP_COLUMN, "");
		else
			buffer_add_format(&line, "%*s", (int)(HELP_COLUMN - width), "");
		add_wrapped(&line, table->help, HELP_COLUMN, HELP_COLUMN);
		output_print(out, "%s\n", line.data);
	}
	buffer_release(&line);
}

static json_t *options_as_json(const struct option *table)
{
	static const char *const kinds[] = {
		[OPTION_KIND_FLAG] = "flag",	 [OPTION_KIND_STRING] = "string",
		[OPTION_KIND_NUMBER] = "number", [OPTION_KIND_CHOICE] = "choice",
		[OPTION_KIND_LIST] = "list",
	};
	json_t *list = json_array();

	for (; !option_is_end(table); table++) {
		json_t *item = json_object();
		char short_name[2] = { table->short_name, '\0' };

		json_object_set_new(item, "long", json_text(table->long_name));
		json_object_set_new(item, "short", json_text(*short_name ? short_name : NULL));
		json_object_set_new(item, "kind", json_text(kinds[table->kind]));
		json_object_set_new(item, "argument", json_text(option_argument(table)));
		json_object_set_new(item, "help", json_text(table->help));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *lines_as_json(const char *text)
{
	json_t *list = json_array();

	while (text && *text) {
		size_t length = strcspn(text, "\n");

		json_array_append_new(list, json_bytes(text, length));
		text += length + (text[length] == '\n');
	}
	return list;
}

static void print_command_line(struct output *out, const json_t *item)
{
	output_print(out, out->nul ? "%s\t%s" : "  %-16s%s", json_string_of(item, "name"),
		     json_string_of(item, "summary"));
}

int help_overview(struct output *out, struct error *err)
{
	output_begin(out);
	output_heading(out, "usage: sectree [OPTIONS] COMMAND [ARGUMENTS]");
	if (!out->nul)
		output_print(out, "\nSecurity trees of the Linux stable releases.\n\n");
	output_heading(out, "Commands:");
	output_list_begin(out, "commands");
	for (const struct command *const *at = commands; *at; at++) {
		json_t *item = json_object();

		json_object_set_new(item, "name", json_text((*at)->name));
		json_object_set_new(item, "summary", json_text((*at)->summary));
		output_item(out, item, print_command_line);
	}
	output_list_end(out);
	if (!out->nul) {
		print_options(out, "Options:", global_options);
		output_print(out, "\n'sectree help COMMAND' tells more of each.\n");
	}
	return output_end(out, err);
}

static void print_command_help(struct output *out, const json_t *value)
{
	const struct command *command = out->data;
	const char *form = command->synopsis ? command->synopsis : "";
	const char *lead = "usage:";

	for (;;) {
		size_t length = strcspn(form, "\n");

		output_styled(out, STYLE_HEADING, "%s sectree %s%s%.*s", lead, command->name,
			      length ? " " : "", (int)length, form);
		output_print(out, "\n");
		lead = "   or:";
		if (!form[length])
			break;
		form += length + 1;
	}
	output_print(out, "\n%s - %s\n", command->name, command->summary);
	if (command->help)
		output_print(out, "\n%s%s", command->help,
			     command->help[strlen(command->help) - 1] == '\n' ? "" : "\n");
	print_options(out, "Options:", command->options ? command->options : no_options);
	print_options(out, "Global options:", global_options);
}

int help_command(struct output *out, const struct command *command, struct error *err)
{
	json_t *value = json_object();

	json_object_set_new(value, "name", json_text(command->name));
	json_object_set_new(value, "summary", json_text(command->summary));
	json_object_set_new(value, "synopsis", lines_as_json(command->synopsis));
	json_object_set_new(value, "help", json_text(command->help));
	json_object_set_new(value, "options",
			    options_as_json(command->options ? command->options : no_options));
	out->data = (void *)command;
	output_begin(out);
	output_value(out, "command", value, print_command_help);
	return output_end(out, err);
}
