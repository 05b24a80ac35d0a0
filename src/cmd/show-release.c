/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/release-page.h"
#include "cmd/facts.h"
#include "cmd/show.h"

static void print_name(struct output *out, const json_t *value)
{
	output_styled(out, STYLE_NAME, "%s", json_string_of(value, "name"));
	output_print(out, "  ");
	output_styled(out, STYLE_ID, "%s", json_string_of(value, "commit"));
}

static void print_series(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "series    %s", json_string_value(value));
	else
		output_print(out, "mainline");
}

static void print_date(struct output *out, const json_t *value)
{
	output_print(out, "date      %s", json_string_value(value));
}

static void print_source(struct output *out, const json_t *value)
{
	output_print(out, "known by  its %s", json_string_value(value));
}

static void print_previous(struct output *out, const json_t *value)
{
	if (json_is_object(value))
		output_print(out, "follows   %s", json_string_of(value, "name"));
}

static void print_counts(struct output *out, const json_t *value)
{
	output_print(out, "holds     %lld commits, %lld of them merges; %lld with an advisory",
		     (long long)json_integer_of(value, "commits"),
		     (long long)json_integer_of(value, "merges"),
		     (long long)json_integer_of(value, "with_advisory"));
}

static json_t *counts_value(const struct release_page *page)
{
	json_t *value = json_object();

	json_object_set_new(value, "commits", json_integer((json_int_t)page->commits));
	json_object_set_new(value, "merges", json_integer((json_int_t)page->merges));
	json_object_set_new(value, "with_advisory", json_integer((json_int_t)page->with_advisory));
	return value;
}

static json_t *commit_value(const struct release_commit *commit)
{
	json_t *value = json_object(), *advisories = json_array();

	json_object_set_new(value, "commit", json_id(&commit->id));
	json_object_set_new(value, "subject", json_text(commit->subject));
	for (size_t i = 0; i < commit->match_count; i++)
		json_array_append_new(advisories, advisory_value(commit->matches[i].advisory,
								 commit->matches[i].how));
	json_object_set_new(value, "advisories", advisories);
	return value;
}

static void print_commit(struct output *out, const json_t *value)
{
	const json_t *advisories = json_object_get(value, "advisories"), *advisory;
	size_t i;

	print_id(out, json_string_of(value, "commit"));
	output_print(out, "  %s", json_string_of(value, "subject"));
	json_array_foreach(advisories, i, advisory)
	{
		output_print(out, "\n    ");
		print_advisory(out, advisory);
	}
}

int show_release(struct output *out, struct workspace *workspace, const char *name,
		 struct error *err)
{
	struct release_page page;
	int error = release_page_load(&page, workspace, name, err);

	if (error)
		return error;
	output_begin(out);
	output_value(out, "kind", json_text("release"), NULL);
	output_value(out, "release", json_name_commit(page.name, &page.id), print_name);
	output_value(out, "series", json_text(page.series), print_series);
	output_value(out, "date", json_time(page.time), print_date);
	output_value(out, "source", json_text(page.is_tag ? "tag" : "subject"), print_source);
	output_value(out, "previous", release_value(page.previous, &page.previous_id),
		     print_previous);
	output_value(out, "counts", counts_value(&page), page.series ? print_counts : NULL);
	if (page.fixes.count)
		output_heading(out, "\nCommits with an advisory");
	output_list_begin(out, "commits");
	for (size_t i = 0; i < page.fixes.count; i++)
		output_item(out, commit_value(&page.fixes.items[i]), print_commit);
	output_list_end(out);
	release_page_release(&page);
	return output_end(out, err);
}
