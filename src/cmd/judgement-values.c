/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/judgement-values.h"

#include "advisory/cvss.h"

static json_t *likelihood_value(int thousandths)
{
	return thousandths == LIKELIHOOD_UNKNOWN ? json_null() : json_real(thousandths / 1000.0);
}

static json_t *names_value(unsigned set, unsigned count, const char *(*name)(unsigned))
{
	json_t *list = json_array();

	for (unsigned i = 0; i < count; i++)
		if (set & 1U << i)
			json_array_append_new(list, json_text(name(i)));
	return list;
}

static const char *name_of_class(unsigned number)
{
	return bug_class_name((enum bug_class)number);
}

static const char *name_of_route(unsigned number)
{
	return route_name((enum route)number);
}

static const char *name_of_impact(unsigned number)
{
	return impact_name((enum impact)number);
}

json_t *judgement_value(const struct judgement *judgement)
{
	char privileges[] = { judgement->privileges, '\0' };
	json_t *value = json_object();

	json_object_set_new(value, "classes",
			    names_value(judgement->classes, CLASS_KINDS, name_of_class));
	json_object_set_new(value, "routes",
			    names_value(judgement->routes, ROUTE_KINDS, name_of_route));
	json_object_set_new(value, "impacts",
			    names_value(judgement->impacts, IMPACT_KINDS, name_of_impact));
	json_object_set_new(value, "security", likelihood_value(judgement->security));
	json_object_set_new(value, "gate", likelihood_value(judgement->gate));
	json_object_set_new(value, "likelihood", likelihood_value(judgement_likelihood(judgement)));
	json_object_set_new(value, "source", json_text(judgement_source_name(judgement->source)));
	json_object_set_new(value, "facts_source",
			    json_text(judgement_source_name(judgement->facts_source)));
	json_object_set_new(value, "score",
			    judgement->score == CVSS_UNSCORED ? json_null()
							      : json_real(judgement->score / 10.0));
	json_object_set_new(value, "privileges",
			    json_text(judgement->privileges ? privileges : NULL));
	return value;
}

json_t *evidence_value(const struct evidence_list *list)
{
	json_t *array = json_array(), *item;

	for (size_t i = 0; i < list->count; i++) {
		const struct evidence *evidence = &list->items[i];

		item = json_object();
		json_object_set_new(item, "source",
				    json_text(judgement_source_name(evidence->source)));
		json_object_set_new(item, "detail", json_text(evidence->detail));
		json_object_set_new(item, "security", json_real(evidence->security / 100.0));
		json_object_set_new(item, "gate", json_real(evidence->gate / 100.0));
		json_array_append_new(array, item);
	}
	return array;
}

static void print_names(struct output *out, const json_t *list)
{
	const json_t *item;
	size_t i;

	if (!json_array_size(list))
		output_styled(out, STYLE_FAINT, "unknown");
	json_array_foreach(list, i, item)
		output_print(out, "%s%s", i ? ", " : "", json_string_value(item));
}

static void print_likelihood(struct output *out, const json_t *value)
{
	if (json_is_number(value))
		output_print(out, "%.2f", json_number_value(value));
	else
		output_print(out, "unknown");
}

void print_judgement(struct output *out, const json_t *value)
{
	print_likelihood(out, json_object_get(value, "likelihood"));
	output_print(out, " (security ");
	print_likelihood(out, json_object_get(value, "security"));
	output_print(out, ", gate ");
	print_likelihood(out, json_object_get(value, "gate"));
	output_print(out, ")  class ");
	print_names(out, json_object_get(value, "classes"));
	output_print(out, "; route ");
	print_names(out, json_object_get(value, "routes"));
	output_print(out, "; impact ");
	print_names(out, json_object_get(value, "impacts"));
}

void print_evidence(struct output *out, const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		double security = json_real_value(json_object_get(item, "security"));
		double gate = json_real_value(json_object_get(item, "gate"));

		output_print(out, "\n    ");
		if (security != 0 || gate != 0)
			output_print(out, "%+6.2f gate %+6.2f  ", security, gate);
		output_print(out, "%s", json_string_of(item, "detail"));
	}
}
