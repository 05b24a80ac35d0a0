/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/facts.h"

#include <string.h>

#include "git/repository.h"

json_t *release_value(const char *name, const git_oid *id)
{
	return name ? json_name_commit(name, id) : json_null();
}

json_t *strings_value(const struct string_list *list)
{
	json_t *value = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(value, json_text(list->items[i]));
	return value;
}

json_t *score_value(int tenths)
{
	return tenths == CVSS_UNSCORED ? json_null() : json_real(tenths / 10.0);
}

json_t *severity_value(int tenths)
{
	return tenths == CVSS_UNSCORED ? json_null()
				       : json_string(cvss_severity_name(cvss_severity(tenths)));
}

json_t *advisory_value(const struct advisory *advisory, const char *match)
{
	json_t *value = json_object();

	json_object_set_new(value, "advisory", json_text(advisory->name));
	json_object_set_new(value, "origin", json_text(advisory_origin_name(advisory->origin)));
	json_object_set_new(value, "state", json_text(advisory_state_name(advisory->state)));
	json_object_set_new(value, "match", json_text(match));
	json_object_set_new(value, "title", json_text(*advisory->title ? advisory->title : NULL));
	json_object_set_new(value, "score", score_value(advisory->cvss.score));
	json_object_set_new(value, "severity", severity_value(advisory->cvss.score));
	json_object_set_new(value, "vector",
			    json_text(*advisory->vector ? advisory->vector : NULL));
	json_object_set_new(value, "disputed", json_boolean(advisory->disputed));
	return value;
}

/* " AV:L": what a vector says of the route, for those who read it at a glance. */
static void print_metric(struct output *out, const char *vector, const char *metric)
{
	const char *found = strstr(vector, metric);

	if (found)
		output_print(out, " %.*s", (int)strcspn(found + 1, "/"), found + 1);
}

static enum output_style severity_style(const char *severity)
{
	return !strcmp(severity, "CRITICAL") || !strcmp(severity, "HIGH") ? STYLE_BAD : STYLE_PLAIN;
}

void print_advisory(struct output *out, const json_t *value)
{
	const char *severity = json_string_of(value, "severity"),
		   *match = json_string_of(value, "match"), *state = json_string_of(value, "state"),
		   *origin = json_string_of(value, "origin");

	output_styled(out, STYLE_NOTICE, "%s", json_string_of(value, "advisory"));
	if (*severity) {
		output_print(out, " ");
		output_styled(out, severity_style(severity), "%.1f %s",
			      json_real_value(json_object_get(value, "score")), severity);
		print_metric(out, json_string_of(value, "vector"), "/AV:");
		print_metric(out, json_string_of(value, "vector"), "/PR:");
	}
	if (strcmp(state, "published"))
		output_styled(out, STYLE_BAD, " %s", state);
	if (json_is_true(json_object_get(value, "disputed")))
		output_styled(out, STYLE_BAD, " rejected by the CNA");
	if (!strcmp(origin, "message"))
		output_print(out, " (named in a message)");
	else if (!strcmp(origin, "list"))
		output_print(out, " (from a list)");
	if (!strcmp(match, "subject"))
		output_print(out, " (weak: by subject alone)");
}

json_t *carrier_value(const struct carrier *carrier)
{
	json_t *value = json_object(), *series = json_array(), *place;
	const struct commit_place *at;

	json_object_set_new(value, "commit", json_id(&carrier->facts.id));
	json_object_set_new(value, "subject", json_text(carrier->facts.subject));
	json_object_set_new(value, "match", json_text(carrier->match));
	for (size_t i = 0; i < carrier->places.count; i++) {
		at = &carrier->places.items[i];
		place = json_object();
		json_object_set_new(place, "series", json_text(at->series_name));
		json_object_set_new(place, "release", release_value(at->release, &at->release_id));
		json_array_append_new(series, place);
	}
	json_object_set_new(value, "series", series);
	json_object_set_new(value, "starts", strings_value(&carrier->starts));
	return value;
}

void print_id(struct output *out, const char *hex)
{
	output_styled(out, STYLE_ID, "%.*s", ID_SHORT, hex);
}

static void print_places(struct output *out, const json_t *value)
{
	const json_t *series = json_object_get(value, "series"),
		     *starts = json_object_get(value, "starts"), *item, *release;
	size_t i;

	json_array_foreach(series, i, item)
	{
		release = json_object_get(item, "release");
		output_print(out, "%s%s ", i ? ", " : "  ", json_string_of(item, "series"));
		if (json_is_object(release))
			output_styled(out, STYLE_NAME, "%s", json_string_of(release, "name"));
		else
			output_print(out, "unreleased");
	}
	if (!json_array_size(series))
		output_print(out, "  %s",
			     json_array_size(starts) ? "mainline, before" : "mainline");
	/* The earliest says enough: the later ones start behind it. */
	if (!json_array_size(series) && json_array_size(starts))
		output_print(out, " %s", json_string_value(json_array_get(starts, 0)));
}

void print_carrier(struct output *out, const json_t *value)
{
	print_id(out, json_string_of(value, "commit"));
	print_places(out, value);
	output_print(out, "  %s", json_string_of(value, "subject"));
	if (!strcmp(json_string_of(value, "match"), "subject"))
		output_print(out, " (weak: by subject alone)");
}

void print_damage_line(struct output *out, const json_t *item)
{
	output_styled(out, STYLE_BAD, "skipped");
	output_print(out, " %s", json_string_of(item, "reason"));
}

json_t *damage_value(const struct advisory_damage *damage)
{
	json_t *item = json_object();

	json_object_set_new(item, "place", json_text(damage->place));
	json_object_set_new(item, "advisory", json_text(*damage->name ? damage->name : NULL));
	json_object_set_new(item, "reason", json_text(damage->reason));
	return item;
}
