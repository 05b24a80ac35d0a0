/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/plan-values.h"

#include <stdlib.h>
#include <string.h>

#include "plan/summary.h"

static json_t *ids_of(const struct plan *plan, const struct member_list *list)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(ids, json_id(&plan->members->items[list->items[i]].id));
	return ids;
}

json_t *member_advisories_value(const struct member *member)
{
	json_t *names = json_array();

	for (size_t i = 0; i < member->advisory_count; i++)
		json_array_append_new(names, json_text(member->advisories[i].advisory->name));
	return names;
}

json_t *member_upstream_value(const struct member *member)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < member->reference_count; i++)
		if (member->references[i].kind == REFERENCE_UPSTREAM)
			json_array_append_new(ids, json_text(member->references[i].target));
	return ids;
}

static json_t *whys_of(const struct plan_row *row)
{
	json_t *whys = json_array();

	for (size_t i = 0; i < row->prerequisite_of.count; i++)
		json_array_append_new(whys, json_text(row->prerequisite_why[i]));
	return whys;
}

json_t *advisory_names_value(const char *text)
{
	json_t *list = json_array();
	size_t length;

	for (; *text; text += length + strspn(text + length, ", ")) {
		length = strcspn(text, ", ");
		json_array_append_new(list, json_bytes(text, length));
	}
	return list;
}

json_t *resolution_value(const struct resolution *resolution)
{
	json_t *item;
	char *file;

	if (!resolution)
		return json_null();
	item = json_object();
	file = resolution_file(&resolution->commit, resolution->base);
	json_object_set_new(item, "base", json_text(resolution->base));
	json_object_set_new(item, "person", json_text(resolution->person));
	json_object_set_new(item, "date", json_text(resolution->date));
	json_object_set_new(item, "reason", json_text(resolution->reason));
	json_object_set_new(item, "digest", json_id(&resolution->digest));
	json_object_set_new(item, "file", json_text(file));
	free(file);
	return item;
}

json_t *plan_row_value(const struct plan *plan, const struct plan_row *row)
{
	const struct member *member = &plan->members->items[row->member];
	json_t *item = json_object();

	json_object_set_new(item, "commit", json_id(&member->id));
	json_object_set_new(item, "subject", json_text(member->subject));
	json_object_set_new(item, "upstream", member_upstream_value(member));
	json_object_set_new(item, "advisories", member_advisories_value(member));
	json_object_set_new(item, "state", json_text(state_name(row->state)));
	json_object_set_new(item, "reason", json_text(row->reason));
	json_object_set_new(item, "prerequisite_of", ids_of(plan, &row->prerequisite_of));
	json_object_set_new(item, "prerequisite_why", whys_of(row));
	json_object_set_new(item, "follow_up_of", ids_of(plan, &row->follow_up_of));
	json_object_set_new(item, "in_tree", json_boolean(row->in_tree));
	json_object_set_new(item, "published", json_boolean(row->published));
	json_object_set_new(item, "weak", json_boolean(row->weak));
	json_object_set_new(item, "resolution", resolution_value(row->resolution));
	return item;
}

json_t *plan_step_value(const struct plan *plan, const struct why_step *step)
{
	const struct plan_row *row = plan_row_of(plan, step->member);
	const struct member *member = &plan->members->items[step->member];
	json_t *item = json_object();

	json_object_set_new(item, "depth", json_integer((json_int_t)step->depth));
	json_object_set_new(item, "relation", json_text(step->relation));
	json_object_set_new(item, "why", json_text(step->why));
	json_object_set_new(item, "commit", json_id(&member->id));
	json_object_set_new(item, "subject", json_text(member->subject));
	json_object_set_new(item, "state", json_text(state_name(row->state)));
	json_object_set_new(item, "reason", json_text(row->reason));
	return item;
}

static void add_count(json_t *value, const char *name, size_t count)
{
	json_object_set_new(value, name, json_integer((json_int_t)count));
}

json_t *plan_summary_value(const struct plan *plan)
{
	json_t *value = json_object(), *kinds = json_object(), *open = json_object();
	struct plan_summary summary;

	plan_summarise(&summary, plan);
	add_count(value, "commits", plan->count);
	add_count(value, "in_tree", summary.in_tree);
	add_count(value, "seeds", summary.states[STATE_PICK]);
	for (int i = 0; i < PREREQUISITE_KINDS; i++)
		add_count(kinds, prerequisite_kind_name((enum prerequisite_kind)i),
			  summary.prerequisites[i]);
	json_object_set_new(value, "prerequisites", kinds);
	add_count(value, "follow_ups", summary.states[STATE_FOLLOW_UP]);
	add_count(value, "already_present", summary.states[STATE_ALREADY_PRESENT]);
	add_count(value, "reverted", summary.states[STATE_REVERTED]);
	add_count(value, "not_affected", summary.states[STATE_NOT_AFFECTED]);
	add_count(value, "below_gate", summary.states[STATE_BELOW_GATE]);
	add_count(value, "held", summary.states[STATE_HELD]);
	add_count(value, "withdrawn", summary.states[STATE_WITHDRAWN]);
	add_count(value, "published", summary.published);
	add_count(value, "weak", summary.weak);
	for (int i = 0; i < OPEN_COUNT; i++)
		add_count(open, open_kind_name((enum open_kind)i), summary.open[i]);
	json_object_set_new(value, "open", open);
	return value;
}

static void print_numbers(struct output *out, const json_t *value, const char *before)
{
	const char *name;
	json_t *count;

	json_object_foreach((json_t *)value, name, count)
	{
		if (json_is_object(count)) {
			print_numbers(out, count, name);
			continue;
		}
		output_print(out, "%8lld  ", (long long)json_integer_value(count));
		for (const char *at = before; *at; at++)
			output_print(out, "%c", *at == '_' ? ' ' : *at);
		output_print(out, "%s", *before ? ": " : "");
		for (const char *at = name; *at; at++)
			output_print(out, "%c", *at == '_' ? ' ' : *at);
		output_print(out, "\n");
	}
}

void print_summary(struct output *out, const json_t *value)
{
	print_numbers(out, value, "");
}

void print_step(struct output *out, const json_t *item)
{
	const char *relation = json_string_of(item, "relation");
	const char *why = json_string_of(item, "why");

	output_print(out, "%*s", (int)(2 * json_integer_of(item, "depth")), "");
	if (*relation)
		output_print(out, "%s ", relation);
	output_styled(out, STYLE_ID, "%.12s", json_string_of(item, "commit"));
	output_print(out, " (\"%s\")", json_string_of(item, "subject"));
	if (*why)
		output_print(out, ", %s", why);
	output_print(out, "\n%*s%s: %s", (int)(2 * json_integer_of(item, "depth") + 4), "",
		     json_string_of(item, "state"), json_string_of(item, "reason"));
}

json_t *plan_open_value(const struct plan *plan, const struct plan_open *open)
{
	json_t *item = json_object();

	json_object_set_new(item, "kind", json_text(open_kind_name(open->kind)));
	json_object_set_new(item, "commit",
			    open->member == MEMBER_NONE
				    ? json_null()
				    : json_id(&plan->members->items[open->member].id));
	json_object_set_new(item, "subject",
			    json_text(open->member == MEMBER_NONE
					      ? NULL
					      : plan->members->items[open->member].subject));
	json_object_set_new(item, "advisories", advisory_names_value(open->advisories));
	json_object_set_new(item, "reason", json_text(open->reason));
	return item;
}

json_t *plan_counts_value(const struct plan *plan)
{
	size_t counts[STATE_COUNT];
	json_t *value = json_object();

	plan_count(counts, plan);
	for (int i = 0; i < STATE_COUNT; i++)
		json_object_set_new(value, state_name((enum state)i),
				    json_integer((json_int_t)counts[i]));
	return value;
}

void print_open(struct output *out, const json_t *item)
{
	const json_t *names = json_object_get(item, "advisories"), *name;
	const char *commit = json_string_of(item, "commit");
	size_t i;

	output_styled(out, STYLE_BAD, "OPEN %s", json_string_of(item, "kind"));
	if (*commit)
		output_print(out, " %.12s", commit);
	json_array_foreach(names, i, name)
		output_print(out, "%s%s", i ? ", " : " ", json_string_value(name));
	output_print(out, ": %s", json_string_of(item, "reason"));
}

void print_counts(struct output *out, const json_t *counts)
{
	const char *name;
	json_t *count;
	bool any = false;

	json_object_foreach((json_t *)counts, name, count)
	{
		if (!json_integer_value(count))
			continue;
		output_print(out, "%s%lld %s", any ? ", " : "",
			     (long long)json_integer_value(count), name);
		any = true;
	}
}
