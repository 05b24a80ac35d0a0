/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/output-table.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/array.h"

#define GAP 2		 /* blanks between columns */
#define LEAST_FLEXIBLE 8 /* a flexible column keeps this width on any terminal */

static const char ellipsis[] = "\xe2\x80\xa6";

/* One character of well-formed UTF-8 (buffer_add_safe lets no other through). */
static size_t next_character(size_t *ret_width, const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t need = at[0] < 0xc0 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	wchar_t character = need == 1 ? at[0] : at[0] & (0x7f >> need);
	int width;

	if (need > length)
		need = length;
	for (size_t i = 1; i < need; i++)
		character = character << 6 | (at[i] & 0x3f);
	width = at[0] < 0x80 ? 1 : wcwidth(character);
	*ret_width = width < 0 ? 1 : (size_t)width;
	return need;
}

size_t text_width(const char *text, size_t length)
{
	size_t total = 0, width;

	while (length) {
		size_t step = next_character(&width, text, length);

		total += width;
		text += step;
		length -= step;
	}
	return total;
}

/* Bytes of the longest beginning that is at most `limit` wide. */
static size_t cut_to_width(const char *text, size_t length, size_t limit)
{
	size_t at = 0, total = 0, width;

	while (at < length) {
		size_t step = next_character(&width, text + at, length - at);

		if (total + width > limit)
			break;
		total += width;
		at += step;
	}
	return at;
}

void output_table_end_row(struct output *out)
{
	size_t want = out->row_start + out->column_count;

	if (out->cell_list.count == out->row_start)
		return; /* a record that is not shown as text */
	while (out->cell_list.count < want)
		array_add(&out->cell_list)->start = out->cells.length;
	out->cell_list.count = want;
	out->row_start = want;
}

static void pad(struct output *out, size_t count)
{
	while (count--)
		buffer_add_byte(&out->pending, ' ');
}

static void print_cell(struct output *out, const struct output_column *column, size_t width,
		       enum output_style style, const char *text, size_t length, bool last)
{
	size_t own = text_width(text, length);
	bool cut = own > width;

	if (cut) {
		length = cut_to_width(text, length, width - 1);
		own = text_width(text, length) + 1;
	}
	if (column->right)
		pad(out, width - own);
	output_set_style(out, length ? style : STYLE_PLAIN);
	buffer_add(&out->pending, text, length);
	if (cut)
		buffer_add_string(&out->pending, ellipsis);
	output_end_style(out, length ? style : STYLE_PLAIN);
	if (!last)
		pad(out, (column->right ? 0 : width - own) + GAP);
}

/* The newline, with no blanks before it. */
static void end_line(struct output *out)
{
	size_t length = out->pending.length;

	while (length && out->pending.data[length - 1] == ' ')
		length--;
	buffer_truncate(&out->pending, length);
	buffer_add_byte(&out->pending, '\n');
}

/* Takes from the flexible columns, widest first, what the terminal lacks. */
static void fit(struct output *out, size_t *widths)
{
	size_t total = (out->column_count - 1) * GAP;

	for (size_t i = 0; i < out->column_count; i++)
		total += widths[i];
	while (out->width && total > (size_t)out->width) {
		size_t widest = out->column_count;

		for (size_t i = 0; i < out->column_count; i++)
			if (out->columns[i].flexible && widths[i] > LEAST_FLEXIBLE &&
			    (widest == out->column_count || widths[i] > widths[widest]))
				widest = i;
		if (widest == out->column_count)
			return;
		widths[widest]--;
		total--;
	}
}

static void print_rows(struct output *out, const size_t *widths)
{
	for (size_t i = 0; i < out->cell_list.count; i++) {
		const struct output_cell *cell = &out->cell_list.items[i];
		size_t column = i % out->column_count;
		bool last = column + 1 == out->column_count;

		if (out->nul) {
			buffer_add(&out->pending, out->cells.data + cell->start, cell->length);
			buffer_add_byte(&out->pending, last ? '\0' : '\t');
			continue;
		}
		print_cell(out, &out->columns[column], widths[column], cell->style,
			   out->cells.data + cell->start, cell->length, last);
		if (last)
			end_line(out);
	}
}

static void print_names(struct output *out, const size_t *widths)
{
	for (size_t i = 0; i < out->column_count; i++)
		print_cell(out, &out->columns[i], widths[i], STYLE_HEADING, out->columns[i].name,
			   strlen(out->columns[i].name), i + 1 == out->column_count);
	end_line(out);
}

void output_table_print(struct output *out)
{
	size_t *widths;

	if (!out->column_count || !out->cell_list.count)
		return;
	widths = memory_alloc(out->column_count * sizeof(*widths));
	for (size_t i = 0; i < out->column_count; i++)
		widths[i] = strlen(out->columns[i].name);
	for (size_t i = 0; i < out->cell_list.count; i++) {
		const struct output_cell *cell = &out->cell_list.items[i];
		size_t width = text_width(out->cells.data + cell->start, cell->length);

		if (width > widths[i % out->column_count])
			widths[i % out->column_count] = width;
	}
	fit(out, widths);
	if (!out->nul)
		print_names(out, widths);
	print_rows(out, widths);
	free(widths);
	out->cell_list.count = 0;
	out->row_start = 0;
	buffer_clear(&out->cells);
}
