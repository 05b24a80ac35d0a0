/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"

static const char *style_of(enum state state)
{
	switch (state) {
	case STATE_PICK:
		return "shape=box, style=bold";
	case STATE_HELD:
	case STATE_WITHDRAWN:
		return "shape=box, style=dashed";
	case STATE_FOLLOW_UP:
		return "shape=ellipse";
	default:
		return "shape=box, style=rounded";
	}
}

/* Subjects are strangers' words. */
static void add_quoted(struct buffer *text, const char *words)
{
	for (; *words; words++) {
		unsigned char byte = (unsigned char)*words;

		if (byte == '"' || byte == '\\')
			buffer_add_format(text, "\\%c", byte);
		else
			buffer_add_format(text, "%c", byte < ' ' || byte == 0x7f ? '?' : byte);
	}
}

static void add_node(struct buffer *text, const struct plan *plan, const struct plan_row *row)
{
	const struct member *member = &plan->members->items[row->member];

	buffer_add_format(text, "\t\"%s\" [%s, label=\"%s\\n", id_short(&member->id).text,
			  style_of(row->state), id_short(&member->id).text);
	add_quoted(text, member->subject);
	buffer_add_format(text, "\\n%s\"];\n", state_name(row->state));
}

static void add_edge(struct buffer *text, const struct plan *plan, uint32_t from, uint32_t to,
		     const char *label, const char *style)
{
	buffer_add_format(text, "\t\"%s\" -> ", id_short(&plan->members->items[from].id).text);
	buffer_add_format(text, "\"%s\" [label=\"", id_short(&plan->members->items[to].id).text);
	for (; *label && *label != ':'; label++)
		buffer_add_format(text, "%c", *label);
	buffer_add_format(text, "\"%s];\n", style);
}

void plan_graph(struct buffer *ret_text, const struct plan *plan)
{
	bool *shown = memory_alloc(plan->members->count + 1);

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_row *row = &plan->rows[i];
		const struct member_list *lists[] = { &row->prerequisite_of, &row->follow_up_of };

		shown[row->member] |= row->state == STATE_HELD;
		for (size_t j = 0; j < COUNT_OF(lists); j++)
			for (size_t k = 0; k < lists[j]->count; k++)
				shown[row->member] = shown[lists[j]->items[k]] = true;
	}
	buffer_add_string(ret_text, "digraph closure {\n\trankdir=LR;\n");
	for (size_t i = 0; i < plan->count; i++)
		if (shown[plan->rows[i].member])
			add_node(ret_text, plan, &plan->rows[i]);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_row *row = &plan->rows[i];

		for (size_t j = 0; j < row->prerequisite_of.count; j++)
			add_edge(ret_text, plan, row->prerequisite_of.items[j], row->member,
				 row->prerequisite_why[j], "");
		for (size_t j = 0; j < row->follow_up_of.count; j++)
			add_edge(ret_text, plan, row->follow_up_of.items[j], row->member,
				 "follow-up", ", style=dotted");
	}
	buffer_add_string(ret_text, "}\n");
	free(shown);
}
