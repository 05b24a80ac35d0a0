/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "tree/compare-parts.h"

char *compare_words(struct comparing *comparing, const char *format, ...)
{
	va_list args, again;
	size_t size;
	char *words;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	size = (size_t)(length < 0 ? 0 : length) + 1;
	words = arena_alloc(&comparing->out->arena, size);
	vsnprintf(words, size, format, args);
	va_end(args);
	return words;
}

const char *compare_name(struct comparing *comparing, const struct side *side, uint32_t member)
{
	const struct member *item = &side->members->items[member];

	return compare_words(comparing, "%s (\"%.80s\")", id_short(&item->id).text, item->subject);
}

const char *compare_advisories(struct comparing *comparing, const struct member *member)
{
	struct buffer text = BUFFER_INIT;
	const char *words;

	for (size_t i = 0; i < member->advisory_count; i++)
		buffer_add_format(&text, "%s%s", i ? ", " : "",
				  member->advisories[i].advisory->name);
	words = compare_words(comparing, "%s", text.data);
	buffer_release(&text);
	return words;
}

/* ---- what is there ---- */

/* The commit that a trailer names, by its subject where the series has it. */
static void add_named(struct buffer *text, const struct side *side, const char *hex)
{
	uint32_t member = MEMBER_NONE;
	git_oid id;

	if (!git_oid_fromstrn(&id, hex, GIT_OID_HEXSZ))
		member = members_find(side->members, &id);
	buffer_add_format(text, "%.*s", ID_SHORT, hex);
	if (member != MEMBER_NONE)
		buffer_add_format(text, " (\"%.80s\")", side->members->items[member].subject);
}

static void add_trailer(struct buffer *text, const struct side *side, const char *line,
			size_t length)
{
	static const struct {
		const char *key, *words;
		bool names_commit;
	} forms[] = {
		{ "Security-fix: ", "", false },
		{ "Security-follow-up-of: ", "follow-up of ", true },
		{ "Security-prerequisite-of: ", "prerequisite of ", true },
	};

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		size_t key = strlen(forms[i].key);

		if (length <= key || strncmp(line, forms[i].key, key))
			continue;
		buffer_add_format(text, "%s%s", text->length ? "; " : "", forms[i].words);
		line += key;
		length -= key;
		if (forms[i].names_commit && length >= GIT_OID_HEXSZ) {
			add_named(text, side, line);
			line += GIT_OID_HEXSZ;
			length -= GIT_OID_HEXSZ;
		}
		buffer_add(text, line, length);
		return;
	}
}

const char *compare_step_reason(struct comparing *comparing, const struct side *side,
				const struct step *step)
{
	struct buffer text = BUFFER_INIT;
	const char *line = step->trailers ? step->trailers : "", *end, *words;

	for (; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		add_trailer(&text, side, line, (size_t)(end - line));
	}
	words = compare_words(comparing, "%s", text.length ? text.data : state_name(step->role));
	buffer_release(&text);
	return words;
}

/* ---- what is not ---- */

const char *compare_withdrawn(struct comparing *comparing, const struct step *step,
			      const git_oid *stable)
{
	const char *with = git_oid_equal(&step->stable, stable)
				   ? ""
				   : compare_words(comparing, "went with %s (\"%.80s\"), ",
						   id_short(&step->stable).text, step->subject);

	return compare_words(comparing, "%swithdrawn by %s on %s: %s", with, step->person,
			     step->date, step->reason);
}

static const char *beyond_words(struct comparing *comparing, const struct side *side,
				uint32_t member)
{
	uint32_t release = side->members->items[member].release;

	return release == MEMBER_NONE
		       ? compare_words(comparing, "came after %s, in no release yet",
				       side->tip_name)
		       : compare_words(comparing, "came with %s, after %s",
				       side->members->releases[release].name, side->tip_name);
}

const char *compare_absent(struct comparing *comparing, const struct side *side, uint32_t member)
{
	const struct plan_row *row = plan_row_of(&side->plan, member);
	const git_oid *id = &side->members->items[member].id;
	const struct step *step = side_withdrawal(side, id);
	const char *held = compare_held(comparing, side, member);

	if (step)
		return compare_withdrawn(comparing, step, id);
	if (held)
		return held;
	if (row && row->state == STATE_NOT_AFFECTED)
		return compare_words(comparing, "not needed there: %s", row->reason);
	if (!side->in_reach[member])
		return beyond_words(comparing, side, member);
	if (row && is_lacking(row))
		return "held when that was built, or known to be needed only since";
	return row ? row->reason : "it is not in the range of that";
}
