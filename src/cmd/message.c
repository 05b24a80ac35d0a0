/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to standard error: errors, warnings, notes. */
#include "cmd/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmd/progress-line.h"

static const char label[] = "sectree: ";

/* Lines after the first stand under the first one's text. */
static void print_message(const char *kind, const char *message)
{
	struct buffer text = BUFFER_INIT;
	const char *line = message, *end;

	progress_line_hide();
	buffer_add_format(&text, "%s%s", label, kind);
	while ((end = strchr(line, '\n'))) {
		buffer_add_safe(&text, line, (size_t)(end - line));
		buffer_add_format(&text, "\n%*s", (int)(sizeof(label) - 1), "");
		line = end + 1;
	}
	buffer_add_safe(&text, line, strlen(line));
	buffer_add_byte(&text, '\n');
	fwrite(text.data, 1, text.length, stderr);
	buffer_release(&text);
}

void print_failure(const struct error *err)
{
	print_message("", err->message[0] ? err->message : "failed, and no reason was given");
}

static void print_formatted(const char *kind, const char *format, va_list args)
{
	struct buffer text = BUFFER_INIT;

	buffer_add_vformat(&text, format, args);
	print_message(kind, text.data);
	buffer_release(&text);
}

void output_note(struct output *out, const char *format, ...)
{
	va_list args;

	if (out->quiet)
		return;
	va_start(args, format);
	print_formatted("", format, args);
	va_end(args);
}

void output_warning(struct output *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_formatted("warning: ", format, args);
	va_end(args);
}
