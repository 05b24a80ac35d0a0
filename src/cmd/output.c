/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/array.h"
#include "cmd/output-table.h"
#include "cmd/pager.h"

#define FLUSH_AT 65536

static const char *const style_codes[STYLE_COUNT] = {
	[STYLE_PLAIN] = "",	    [STYLE_HEADING] = "\033[1m", [STYLE_ID] = "\033[33m",
	[STYLE_NAME] = "\033[36m",  [STYLE_GOOD] = "\033[32m",	 [STYLE_NOTICE] = "\033[35m",
	[STYLE_BAD] = "\033[1;31m", [STYLE_FAINT] = "\033[2m",
};

void output_init(struct output *out)
{
	*out = (struct output){ .fd = STDOUT_FILENO, .paged = false };
	buffer_init(&out->pending);
	buffer_init(&out->cells);
}

void output_release(struct output *out)
{
	buffer_release(&out->pending);
	buffer_release(&out->cells);
	array_release(&out->cell_list);
}

static void flush(struct output *out)
{
	const char *data = out->pending.data;
	size_t left = out->pending.length;
	ssize_t done;

	while (left && !out->failure) {
		done = write(out->fd, data, left);
		if (done < 0 && errno != EINTR)
			out->failure = errno;
		if (done > 0) {
			data += done;
			left -= (size_t)done;
		}
	}
	buffer_clear(&out->pending);
}

static void flush_when_large(struct output *out)
{
	if (out->pending.length >= FLUSH_AT)
		flush(out);
}

bool output_is_lost(const struct output *out)
{
	return out->failure != 0;
}

static int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (width > 0 && width < 10000)
		return (int)width;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

static bool colors_wanted(const struct output *out)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (out->color != COLOR_AUTO)
		return out->color == COLOR_ALWAYS;
	return out->terminal && term && strcmp(term, "dumb") && !(no_color && *no_color);
}

void output_begin(struct output *out)
{
	out->terminal = isatty(STDOUT_FILENO) && !out->nul;
	out->colored = !out->json && !out->nul && colors_wanted(out);
	out->width = out->terminal ? terminal_width() : 0;
	out->began = true;
	if (out->terminal && out->paged)
		pager_start(out);
	if (out->json)
		buffer_add_string(&out->pending, "{\"format\": 1");
}

/* A value as JSON in which no byte is a terminal's command: DEL and C1 are escaped too. */
static void add_json(struct buffer *buffer, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	if (!text)
		abort(); /* out of memory: values are made with valid UTF-8 only */
	for (const char *at = text; *at;) {
		size_t run = strcspn(at, "\x7f\xc2");

		buffer_add(buffer, at, run);
		at += run;
		if (*at == 0x7f) {
			buffer_add_string(buffer, "\\u007f");
			at++;
		} else if (*at) {
			unsigned char second = (unsigned char)at[1];

			if (second < 0xa0)
				buffer_add_format(buffer, "\\u%04x", second);
			else
				buffer_add(buffer, at, 2);
			at += 2;
		}
	}
	free(text);
}

static void add_key(struct output *out, const char *key)
{
	json_t *name = json_string(key);

	buffer_add_string(&out->pending, ",\n");
	add_json(&out->pending, name);
	buffer_add_string(&out->pending, ": ");
	json_decref(name);
}

static void print_record(struct output *out, const json_t *value, output_text_fn text)
{
	size_t before = out->pending.length;

	if (!text)
		return;
	text(out, value);
	if (out->columns)
		output_table_end_row(out);
	if (out->pending.length == before)
		return;
	if (out->pending.data[out->pending.length - 1] == '\n')
		buffer_truncate(&out->pending, out->pending.length - 1);
	buffer_add_byte(&out->pending, out->nul ? '\0' : '\n');
}

void output_value(struct output *out, const char *key, json_t *value, output_text_fn text)
{
	if (out->json) {
		add_key(out, key);
		add_json(&out->pending, value);
	} else
		print_record(out, value, text);
	json_decref(value);
	flush_when_large(out);
}

void output_list_begin(struct output *out, const char *key)
{
	out->has_items = false;
	if (!out->json)
		return;
	add_key(out, key);
	buffer_add_byte(&out->pending, '[');
}

void output_table_begin(struct output *out, const char *key, const struct output_column *columns,
			size_t count)
{
	output_list_begin(out, key);
	out->columns = columns;
	out->column_count = count;
}

void output_item(struct output *out, json_t *item, output_text_fn text)
{
	if (out->json) {
		buffer_add_string(&out->pending, out->has_items ? ",\n" : "\n");
		add_json(&out->pending, item);
	} else
		print_record(out, item, text);
	out->has_items = true;
	json_decref(item);
	flush_when_large(out);
}

void output_list_end(struct output *out)
{
	if (out->json)
		buffer_add_string(&out->pending, out->has_items ? "\n]" : "]");
	else if (out->columns)
		output_table_print(out);
	out->columns = NULL;
	flush_when_large(out);
}

void output_abandon(struct output *out)
{
	if (!out->began)
		return;
	flush(out);
	pager_finish(out);
	out->began = false;
}

int output_end(struct output *out, struct error *err)
{
	if (out->json)
		buffer_add_string(&out->pending, "}\n");
	output_abandon(out);
	/* A reader that has enough closes the pipe, and a full disk may show at close only. */
	if (out->fd == STDOUT_FILENO && close(STDOUT_FILENO) && !out->failure && errno != EBADF)
		out->failure = errno;
	if (!out->failure || out->failure == EPIPE)
		return 0;
	errno = out->failure;
	return error_errno(err, "standard output: cannot be written");
}

void output_set_style(struct output *out, enum output_style style)
{
	if (out->colored && style != STYLE_PLAIN)
		buffer_add_string(&out->pending, style_codes[style]);
}

void output_end_style(struct output *out, enum output_style style)
{
	if (out->colored && style != STYLE_PLAIN)
		buffer_add_string(&out->pending, "\033[m");
}

static void print_safe(struct buffer *target, const char *format, va_list args)
{
	struct buffer text = BUFFER_INIT;

	buffer_add_vformat(&text, format, args);
	buffer_add_safe(target, text.data, text.length);
	buffer_release(&text);
}

void output_print(struct output *out, const char *format, ...)
{
	va_list args;

	if (out->json)
		return;
	va_start(args, format);
	print_safe(&out->pending, format, args);
	va_end(args);
}

void output_styled(struct output *out, enum output_style style, const char *format, ...)
{
	va_list args;

	if (out->json)
		return;
	va_start(args, format);
	output_set_style(out, style);
	print_safe(&out->pending, format, args);
	output_end_style(out, style);
	va_end(args);
}

void output_heading(struct output *out, const char *format, ...)
{
	va_list args;

	if (out->json || out->nul)
		return;
	va_start(args, format);
	output_set_style(out, STYLE_HEADING);
	print_safe(&out->pending, format, args);
	output_end_style(out, STYLE_HEADING);
	buffer_add_byte(&out->pending, '\n');
	va_end(args);
}

void output_cell(struct output *out, enum output_style style, const char *format, ...)
{
	struct output_cell *cell;
	va_list args;

	if (out->json)
		return;
	cell = array_add(&out->cell_list);
	cell->style = style;
	cell->start = out->cells.length;
	va_start(args, format);
	print_safe(&out->cells, format, args);
	va_end(args);
	cell->length = out->cells.length - cell->start;
}
