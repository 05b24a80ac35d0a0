/* SPDX-License-Identifier: GPL-2.0-only */
/* What other programs read: completion for bash, the manual for scdoc. */
#include "cmd/help.h"

#include <string.h>

static void print_words(struct output *out, const struct option *table)
{
	for (; table && !option_is_end(table); table++) {
		if (table->short_name)
			output_print(out, " -%c", table->short_name);
		if (table->long_name)
			output_print(out, " --%s", table->long_name);
	}
}

/* After an option whose value is one of a few words, those words. */
static void print_choices(struct output *out, const struct option *table)
{
	for (; table && !option_is_end(table); table++) {
		if (table->kind != OPTION_KIND_CHOICE)
			continue;
		output_print(out, "\t--%s)\n\t\tCOMPREPLY=($(compgen -W '", table->long_name);
		for (size_t i = 0; table->choices[i]; i++)
			output_print(out, "%s%s", i ? " " : "", table->choices[i]);
		output_print(out, "' -- \"$word\"))\n\t\treturn\n\t\t;;\n");
	}
}

int help_completion(struct output *out, struct error *err)
{
	output_begin(out);
	output_print(out,
		     "# Completion of sectree for bash; made by 'sectree help --completion "
		     "bash'.\n"
		     "_sectree()\n{\n"
		     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tlocal command= at words\n"
		     "\tfor ((at = 1; at < COMP_CWORD; at++)); do\n"
		     "\t\tcase ${COMP_WORDS[at]} in\n"
		     "\t\t-C) at=$((at + 1)) ;;\n"
		     "\t\t-*) ;;\n"
		     "\t\t*) command=${COMP_WORDS[at]}; break ;;\n"
		     "\t\tesac\n\tdone\n"
		     "\tcase $before in\n");
	print_choices(out, global_options);
	for (const struct command *const *at = commands; *at; at++)
		print_choices(out, (*at)->options);
	output_print(out, "\tesac\n\tcase $command in\n");
	for (const struct command *const *at = commands; *at; at++) {
		output_print(out, "\t%s) words='", (*at)->name);
		print_words(out, (*at)->options);
		output_print(out, "' ;;\n");
	}
	output_print(out, "\t'') words='--version");
	for (const struct command *const *at = commands; *at; at++)
		output_print(out, " %s", (*at)->name);
	output_print(out, "' ;;\n\t*) words= ;;\n\tesac\n\twords+='");
	print_words(out, global_options);
	output_print(out, "'\n"
			  "\tif [[ $command == help ]]; then\n\t\twords+='");
	for (const struct command *const *at = commands; *at; at++)
		output_print(out, " %s", (*at)->name);
	output_print(out, "'\n\tfi\n"
			  "\tif [[ $word == -* || -z $command || $command == help ]]; then\n"
			  "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
			  "\tfi\n}\n"
			  "complete -o bashdefault -o default -F _sectree sectree\n");
	return output_end(out, err);
}

/* Text in which scdoc is to see nothing of its own: '_', '*' and '\' are escaped. */
static void print_plain(struct output *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		output_print(out, strchr("_*\\", text[i]) ? "\\%c" : "%c", text[i]);
}

static void print_text(struct output *out, const char *text)
{
	print_plain(out, text, strlen(text));
}

/* Paragraphs; lines that begin with a tab become examples. */
static void print_paragraphs(struct output *out, const char *text)
{
	bool example = false;

	while (*text) {
		size_t length = strcspn(text, "\n");

		if (example != (*text == '\t')) {
			example = !example;
			output_print(out, "```\n");
		}
		if (example)
			output_print(out, "%.*s", (int)length - 1, text + 1);
		else
			print_plain(out, text, length);
		output_print(out, "\n");
		text += length + (text[length] == '\n');
	}
	if (example)
		output_print(out, "```\n");
}

static void print_manual_options(struct output *out, const struct option *table)
{
	for (; table && !option_is_end(table); table++) {
		const char *argument = option_argument(table);

		if (table->short_name)
			output_print(out, "*-%c*%s", table->short_name,
				     table->long_name ? ", " : "");
		if (table->long_name)
			output_print(out, "*--%s*", table->long_name);
		if (argument) {
			output_print(out, " ");
			print_text(out, argument);
		}
		output_print(out, "\n\t");
		print_text(out, table->help);
		output_print(out, ".\n\n");
	}
}

static void print_manual_command(struct output *out, const struct command *command)
{
	const char *form = command->synopsis ? command->synopsis : "";

	output_print(out, "## sectree %s\n\n", command->name);
	for (;;) {
		size_t length = strcspn(form, "\n");

		output_print(out, "*sectree %s*%s", command->name, length ? " " : "");
		print_plain(out, form, length);
		if (!form[length])
			break;
		output_print(out, "++\n");
		form += length + 1;
	}
	output_print(out, "\n\n");
	if (command->help) {
		print_paragraphs(out, command->help);
		output_print(out, "\n");
	}
	print_manual_options(out, command->options);
}

int help_manual(struct output *out, struct error *err)
{
	output_begin(out);
	output_print(out,
		     "sectree(1)\n\n# NAME\n\n"
		     "sectree - security trees of the Linux stable releases\n\n"
		     "# SYNOPSIS\n\n*sectree* [OPTIONS] COMMAND [ARGUMENTS]\n\n"
		     "# DESCRIPTION\n\n"
		     "Reads a clone of linux-stable and the advisories of the kernel's CVE team, "
		     "and writes branches that hold the security fixes of a release and what "
		     "they need, and nothing else. It works in a workspace, a directory made "
		     "by *sectree init*.\n\n"
		     "# OPTIONS\n\nThey stand before or after the command. Long options may be "
		     "cut short where that is unambiguous.\n\n");
	print_manual_options(out, global_options);
	output_print(out, "*--version*\n\tshow the version.\n\n# COMMANDS\n\n");
	for (const struct command *const *at = commands; *at; at++)
		print_manual_command(out, *at);
	output_print(out, "# EXIT STATUS\n\n"
			  "*0*\n\tDone.\n\n"
			  "*1*\n\tDone, with something to look at, or the answer is no.\n\n"
			  "*2*\n\tThe command line is wrong.\n\n"
			  "*3*\n\tThe input or the environment is at fault.\n\n"
			  "# ENVIRONMENT\n\n"
			  "*SECTREE_PAGER*, *GIT_PAGER*, *PAGER*\n"
			  "\tThe pager, the first that is set; git's core.pager stands before "
			  "*PAGER*. Empty or \"cat\" is none.\n\n"
			  "*NO_COLOR*\n\tNo colours, unless *--color=always* asks for them.\n");
	return output_end(out, err);
}
