/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/own-message.h"

#include "base/array.h"
#include "git/repository.h"
#include "tree/names.h"

static const struct {
	enum state role;
	const char *one, *many;
} role_words[] = {
	{ STATE_PICK, "pick", "picks" },
	{ STATE_FOLLOW_UP, "follow-up", "follow-ups" },
	{ STATE_PREREQUISITE, "prerequisite", "prerequisites" },
};

static size_t count_role(const struct stanza *stanza, enum state role)
{
	size_t count = 0;

	for (size_t i = 0; i < stanza->steps.count; i++)
		count += stanza->steps.items[i].kind == STEP_ADD &&
			 stanza->steps.items[i].role == role;
	return count;
}

static void add_counts(struct buffer *message, const struct stanza *stanza)
{
	size_t withdrawn = 0, count;

	buffer_add_string(message, "Added:");
	for (size_t i = 0; i < COUNT_OF(role_words); i++) {
		count = count_role(stanza, role_words[i].role);
		buffer_add_format(message, "%s %zu %s", i ? "," : "", count,
				  count == 1 ? role_words[i].one : role_words[i].many);
	}
	buffer_add_byte(message, '\n');
	for (size_t i = 0; i < stanza->steps.count; i++)
		if (stanza->steps.items[i].kind == STEP_WITHDRAW)
			withdrawn += 1 + stanza->steps.items[i].with.count;
	if (withdrawn)
		buffer_add_format(message, "Withdrawn: %zu\n", withdrawn);
}

static void add_facts(struct buffer *message, const struct stanza *stanza)
{
	buffer_add_format(message, "Base: %s %s\n", stanza->base_name, id_hex(&stanza->base).text);
	buffer_add_format(message, "Tip: %s %s\n", stanza->tip_name, id_hex(&stanza->tip).text);
	buffer_add_format(message, "Policy: %s\n", stanza->policy);
	add_counts(message, stanza);
}

void release_message(struct buffer *ret_message, const struct stanza *stanza)
{
	buffer_add_format(ret_message, "Linux %s\n\n", tag_version(stanza->tag));
	buffer_add_format(ret_message,
			  "The security fixes of %s up to %s for those who run %s, with\n"
			  "what they need and what later repaired them.\n\n",
			  stanza->series, stanza->tip_name, stanza->base_name);
	if (stanza->superseded_by) {
		buffer_add_format(ret_message, "Superseded by %s.", stanza->superseded_by);
		if (stanza->beyond.count)
			buffer_add_string(ret_message, " Later states repair what is in this one:");
		buffer_add_byte(ret_message, '\n');
		for (size_t i = 0; i < stanza->beyond.count; i++)
			buffer_add_format(ret_message, "  %s by %s\n",
					  id_hex(&stanza->beyond.items[i].stable).text,
					  id_hex(&stanza->beyond.items[i].later).text);
		buffer_add_byte(ret_message, '\n');
	}
	add_facts(ret_message, stanza);
}

void withdraw_message(struct buffer *ret_message, const struct step *step)
{
	buffer_add_format(ret_message, "Withdraw \"%s\"\n\n", step->subject);
	buffer_add_format(ret_message, "%s\n\n", step->reason);
	buffer_add_format(ret_message,
			  "Decided by %s on %s. The tree is what the other\n"
			  "commits of this branch give without it.\n\n",
			  step->person, step->date);
	buffer_add_format(ret_message, "Security-withdrawn: %s\n", id_hex(&step->stable).text);
	for (size_t i = 0; i < step->with.count; i++)
		buffer_add_format(ret_message, "Security-withdrawn: %s (goes with it)\n",
				  id_hex(&step->with.items[i]).text);
}

void tag_message(struct buffer *ret_message, const struct stanza *stanza)
{
	buffer_add_format(ret_message, "Linux %s\n\n", tag_version(stanza->tag));
	add_facts(ret_message, stanza);
}
