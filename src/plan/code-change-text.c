/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change to names as text, for the index. A line each: `x` where something other than bodies is
 * changed; `f` a file, then its events `d`, uses `u`, calls taken out `r`, includes `i` and bodies
 * `b`. Tabs stand
 * between fields.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "plan/code-change.h"

void code_change_write(struct buffer *ret_text, const struct code_change *change)
{
	size_t event = 0, use = 0, drop = 0, include = 0, body = 0;

	if (change->other)
		buffer_add_string(ret_text, "x\n");
	for (uint32_t file = 0; file < change->file_count; file++) {
		buffer_add_format(ret_text, "f%s\t%s\n", change->files[file].path,
				  change->files[file].old_path ? change->files[file].old_path : "");
		for (; event < change->event_count && change->events[event].file == file; event++)
			buffer_add_format(ret_text, "d%s\t%llx\t%llx\n", change->events[event].key,
					  (unsigned long long)change->events[event].before,
					  (unsigned long long)change->events[event].after);
		for (; use < change->use_count && change->uses[use].file == file; use++) {
			const struct code_use *item = &change->uses[use].use;

			buffer_add_format(ret_text, "u%u%c%s\t%s\n", item->kind,
					  item->called ? '(' : ' ', item->name,
					  item->owner ? item->owner : "");
		}
		for (; drop < change->drop_count && change->drops[drop].file == file; drop++)
			buffer_add_format(ret_text, "r%s\n", change->drops[drop].name);
		for (; include < change->include_count && change->includes[include].file == file;
		     include++)
			buffer_add_format(ret_text, "i%s\n", change->includes[include].name);
		for (; body < change->body_count && change->bodies[body].file == file; body++)
			buffer_add_format(ret_text, "b%s\n", change->bodies[body].name);
	}
}

/* Ends a field at its tab; NULL where there is none. */
static char *next_field(char *field)
{
	char *tab = strchr(field, '\t');

	if (!tab)
		return NULL;
	*tab = 0;
	return tab + 1;
}

static bool read_line(struct code_change *change, char *line)
{
	char *second, *third;

	if (!strcmp(line, "x")) {
		change->other = true;
		return true;
	}
	if (*line == 'f') {
		struct code_file *file = array_add_raw((void **)&change->files, &change->file_count,
						       &change->file_capacity, sizeof(*file));

		second = next_field(line);
		file->path = line + 1;
		file->old_path = second && *second ? second : NULL;
		return second != NULL;
	}
	if (*line == 'r' && change->file_count) {
		code_change_add_drop(change, (uint32_t)change->file_count - 1, line + 1);
		return true;
	}
	if (*line == 'i' && change->file_count) {
		code_change_add_include(change, (uint32_t)change->file_count - 1, line + 1);
		return true;
	}
	if (*line == 'b' && change->file_count) {
		code_change_add_body(change, (uint32_t)change->file_count - 1, line + 1);
		return true;
	}
	second = next_field(line);
	if (!second || !change->file_count)
		return false;
	if (*line == 'd') {
		struct name_event *event;

		third = next_field(second);
		if (!third)
			return false;
		event = array_add_raw((void **)&change->events, &change->event_count,
				      &change->event_capacity, sizeof(*event));
		event->key = line + 1;
		event->before = strtoull(second, NULL, 16);
		event->after = strtoull(third, NULL, 16);
		event->file = (uint32_t)change->file_count - 1;
		return true;
	}
	if (*line == 'u' && line[1] >= '0' && line[1] < '0' + USE_KIND_COUNT && line[2]) {
		struct name_use *use = array_add_raw((void **)&change->uses, &change->use_count,
						     &change->use_capacity, sizeof(*use));

		use->use.kind = (enum use_kind)(line[1] - '0');
		use->use.called = line[2] == '(';
		use->use.name = line + 3;
		use->use.owner = *second ? second : NULL;
		use->file = (uint32_t)change->file_count - 1;
		return true;
	}
	return false;
}

bool code_change_read(struct code_change *ret_change, const char *text, size_t length)
{
	char *at, *end, *line_end;
	bool good = true;

	memset(ret_change, 0, sizeof(*ret_change));
	at = arena_alloc(&ret_change->arena, length + 1);
	if (length)
		memcpy(at, text, length);
	for (end = at + length; at < end && good; at = line_end + 1) {
		line_end = memchr(at, '\n', (size_t)(end - at));
		good = line_end != NULL;
		if (good) {
			*line_end = 0;
			good = read_line(ret_change, at);
		}
	}
	if (!good)
		code_change_release(ret_change);
	return good;
}
