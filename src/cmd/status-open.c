/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/status-open.h"

#include "tree/open-memory.h"

static void print_item(struct output *out, const json_t *item)
{
	const json_t *names = json_object_get(item, "advisories");
	const char *commit = json_string_of(item, "commit");

	output_styled(out, STYLE_BAD, "OPEN %s", json_string_of(item, "kind"));
	output_print(out, " on %s:", json_string_of(item, "base"));
	if (*commit)
		output_print(out, " %.12s", commit);
	if (json_is_string(names) && *json_string_value(names))
		output_print(out, " %s:", json_string_value(names));
	output_print(out, " %s", json_string_of(item, "reason"));
}

static json_t *note(const char *base, const char *kind, const char *reason)
{
	json_t *item = json_object();

	json_object_set_new(item, "base", json_text(base));
	json_object_set_new(item, "kind", json_text(kind));
	json_object_set_new(item, "commit", json_null());
	json_object_set_new(item, "advisories", json_text(""));
	json_object_set_new(item, "reason", json_text(reason));
	return item;
}

static void print_base(struct output *out, const struct built_base *base, json_t *memory,
		       bool *ret_look)
{
	json_t *item;
	char words[96];
	size_t i;

	if (!memory) {
		*ret_look = true;
		output_item(
			out,
			note(base->name, "unknown",
			     "the index was made anew since it was built; build it again to know"),
			print_item);
		return;
	}
	json_array_foreach(json_object_get(memory, "open"), i, item)
	{
		json_object_set_new(item, "base", json_text(base->name));
		json_incref(item);
		output_item(out, item, print_item);
		*ret_look = true;
	}
	if (!json_integer_of(memory, "no_fix"))
		return;
	snprintf(words, sizeof(words),
		 "%lld advisories that nothing in the series up to %.30s fixes",
		 (long long)json_integer_of(memory, "no_fix"), json_string_of(memory, "tip"));
	output_item(out, note(base->name, "no-fix", words), print_item);
}

int status_open(struct output *out, struct workspace *workspace, const struct built_bases *bases,
		bool *ret_look, struct error *err)
{
	json_t *memory;
	int error = 0;

	*ret_look = false;
	output_list_begin(out, "open");
	for (size_t i = 0; i < bases->count && !error; i++) {
		error = open_memory_load(&memory, &workspace->index, bases->items[i].name,
					 bases->items[i].policy, err);
		if (!error)
			print_base(out, &bases->items[i], memory, ret_look);
		json_decref(memory);
	}
	output_list_end(out);
	return error;
}
