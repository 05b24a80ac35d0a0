/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of text: cells are collected, then padded to the widest of their
 * column. Only on a terminal is anything cut short, and only in the columns
 * that are marked flexible.
 */
#ifndef CMD_OUTPUT_TABLE_H
#define CMD_OUTPUT_TABLE_H

#include "cmd/output.h"

/* Fills the row that was begun to its full count, or drops what is too many. */
void output_table_end_row(struct output *out);

/* Prints and forgets the rows. */
void output_table_print(struct output *out);

/* What cells and records are drawn with; nothing where colours are off. */
void output_set_style(struct output *out, enum output_style style);
void output_end_style(struct output *out, enum output_style style);

#endif
