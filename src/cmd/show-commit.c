/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "advisory/commit-page.h"
#include "cmd/facts.h"
#include "cmd/show.h"
#include "git/repository.h"
#include "history/scan.h"

/* What a relation is called where the commit says it, and where another says it of it. */
static const struct {
	enum reference_kind kind;
	const char *says, *said;
} relation_words[] = {
	{ REFERENCE_CHERRY_PICKED, "cherry-picked from", NULL },
	{ REFERENCE_FIXES, "fixes", "fixed later by" },
	{ REFERENCE_DEPENDENCY_OF, "prerequisite of", "declared prerequisite" },
	{ REFERENCE_PREREQUISITE, "needs", "needed by" },
	{ REFERENCE_REVERTS, "reverts", "reverted by" },
	{ REFERENCE_REVERTS_UPSTREAM, "reverts upstream", "reverted by" },
	{ REFERENCE_PARTIALLY_REVERTS, "partly reverts", "partly reverted by" },
	{ REFERENCE_REAPPLIES, "reapplies", "reapplied by" },
};

static const char *words_of(int64_t kind, bool said)
{
	for (size_t i = 0; i < COUNT_OF(relation_words); i++)
		if ((int64_t)relation_words[i].kind == kind)
			return said ? relation_words[i].said : relation_words[i].says;
	return NULL;
}

static void print_commit(struct output *out, const json_t *value)
{
	output_print(out, "commit ");
	output_styled(out, STYLE_ID, "%s", json_string_value(value));
}

static void print_subject(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "%s", json_string_value(value));
}

static void print_author(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "author    %s", json_string_value(value));
}

static void print_authored(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "authored  %s", json_string_value(value));
}

static void print_committed(struct output *out, const json_t *value)
{
	if (json_is_string(value))
		output_print(out, "committed %s", json_string_value(value));
}

static void print_place(struct output *out, const json_t *value)
{
	const json_t *release = json_object_get(value, "release");

	output_print(out, "in        ");
	output_styled(out, STYLE_NAME, "%s", json_string_of(value, "series"));
	if (json_is_object(release))
		output_print(out, " since %s", json_string_of(release, "name"));
	else
		output_print(out, ", in no release yet");
}

static void print_start(struct output *out, const json_t *value)
{
	output_print(out, "before    %s starts", json_string_value(value));
}

static void print_upstream(struct output *out, const json_t *value)
{
	output_print(out, "upstream  ");
	output_styled(out, STYLE_ID, "%s", json_string_value(value));
}

static void print_mark(struct output *out, const json_t *value)
{
	output_print(out, "mark      %s", json_string_value(value));
}

static void print_same(struct output *out, const json_t *value)
{
	output_print(out, "    ");
	print_carrier(out, value);
}

static json_t *relation_value(const struct relation *relation)
{
	json_t *value = json_object(), *commits = json_array();

	json_object_set_new(value, "kind", json_text(reference_kind_name(relation->kind)));
	json_object_set_new(value, "target",
			    json_text(*relation->target ? relation->target : NULL));
	json_object_set_new(value, "words", json_text(*relation->words ? relation->words : NULL));
	for (size_t i = 0; i < relation->commits.count; i++)
		json_array_append_new(commits, carrier_value(&relation->commits.items[i]));
	json_object_set_new(value, "commits", commits);
	return value;
}

static int64_t kind_of(const json_t *value)
{
	const char *name = json_string_of(value, "kind");

	for (int kind = 0; kind < REFERENCE_KINDS; kind++)
		if (!strcmp(reference_kind_name((enum reference_kind)kind), name))
			return kind;
	return -1;
}

/* An id that means several commits here: each below it. */
static void print_says(struct output *out, const json_t *value)
{
	const json_t *commits = json_object_get(value, "commits"), *commit;
	const char *words = words_of(kind_of(value), false),
		   *target = json_string_of(value, "target");
	size_t i;

	if (!words)
		return;
	output_print(out, "    %s ", words);
	if (*target)
		print_id(out, target);
	if (*json_string_of(value, "words"))
		output_print(out, "%s(\"%s\")", *target ? " " : "", json_string_of(value, "words"));
	if (!json_array_size(commits))
		output_print(out, ", not in this source");
	json_array_foreach(commits, i, commit)
	{
		output_print(out, "\n        ");
		print_carrier(out, commit);
	}
}

static void print_said(struct output *out, const json_t *value)
{
	const char *words = words_of(kind_of(value), true);

	if (!words)
		return;
	output_print(out, "    %s ", words);
	print_carrier(out, json_array_get(json_object_get(value, "commits"), 0));
}

static void print_advisory_line(struct output *out, const json_t *value)
{
	output_print(out, "    ");
	print_advisory(out, value);
	output_print(out, "  %s", json_string_of(value, "title"));
}

static json_t *change_value(const struct change *change)
{
	json_t *value = json_object();
	char mode[16];

	json_object_set_new(value, "path", json_text(change->path));
	snprintf(mode, sizeof(mode), "%06o", change->old_mode);
	json_object_set_new(value, "old_mode", json_text(change->old_mode ? mode : NULL));
	snprintf(mode, sizeof(mode), "%06o", change->new_mode);
	json_object_set_new(value, "new_mode", json_text(change->new_mode ? mode : NULL));
	json_object_set_new(value, "old", json_id(change->old_mode ? &change->old_id : NULL));
	json_object_set_new(value, "new", json_id(change->new_mode ? &change->new_id : NULL));
	return value;
}

static void print_change(struct output *out, const json_t *value)
{
	bool before = json_is_string(json_object_get(value, "old_mode")),
	     after = json_is_string(json_object_get(value, "new_mode"));

	output_print(out, "    %c %s", before ? after ? 'M' : 'D' : 'A',
		     json_string_of(value, "path"));
}

static void print_head(struct output *out, const struct commit_page *page)
{
	const struct commit_facts *facts = &page->commit.facts;
	bool known = page->known;
	json_t *commit = carrier_value(&page->commit);

	output_value(out, "kind", json_text("commit"), NULL);
	output_value(out, "commit", json_text(page->hex), print_commit);
	output_value(out, "known", json_boolean(known), NULL);
	output_value(out, "subject", json_text(known ? facts->subject : NULL), print_subject);
	output_value(out, "author", json_text(known ? facts->author : NULL), print_author);
	output_value(out, "authored", known ? json_time(facts->author_time) : json_null(),
		     print_authored);
	output_value(out, "committed", known ? json_time(facts->committer_time) : json_null(),
		     print_committed);
	output_list_begin(out, "series");
	for (size_t i = 0; i < page->commit.places.count; i++)
		output_item(out, json_incref(json_array_get(json_object_get(commit, "series"), i)),
			    print_place);
	output_list_end(out);
	output_list_begin(out, "starts");
	for (size_t i = 0; i < page->commit.starts.count; i++)
		output_item(out, json_text(page->commit.starts.items[i]), print_start);
	output_list_end(out);
	output_list_begin(out, "upstream");
	for (size_t i = 0; i < page->upstream.count; i++)
		output_item(out, json_text(page->upstream.items[i]), print_upstream);
	output_list_end(out);
	output_list_begin(out, "marks");
	if (known && facts->parents > 1)
		output_item(out, json_text("merge"), print_mark);
	if (facts->mark & COMMIT_ADAPTED)
		output_item(out, json_text("adapted"), print_mark);
	output_list_end(out);
	json_decref(commit);
}

static void print_advisories(struct output *out, const char *heading, const char *key,
			     const struct page_advisory_list *list)
{
	if (list->count)
		output_heading(out, "\n%s", heading);
	output_list_begin(out, key);
	for (size_t i = 0; i < list->count; i++)
		output_item(out, advisory_value(list->items[i].advisory, list->items[i].match),
			    print_advisory_line);
	output_list_end(out);
}

static bool has_words(const struct relation_list *list, bool said)
{
	for (size_t i = 0; i < list->count; i++)
		if (words_of(list->items[i].kind, said))
			return true;
	return false;
}

static void print_relations(struct output *out, const char *heading, const char *key,
			    const struct relation_list *list, bool said)
{
	if (has_words(list, said))
		output_heading(out, "\n%s", heading);
	output_list_begin(out, key);
	for (size_t i = 0; i < list->count; i++)
		output_item(out, relation_value(&list->items[i]), said ? print_said : print_says);
	output_list_end(out);
}

static void print_page(struct output *out, const struct commit_page *page)
{
	print_head(out, page);
	if (!page->known)
		output_heading(out, "not in this source; what refers to it:");
	print_advisories(out, "Fixes advisories", "advisories", &page->fixes);
	print_advisories(out, "Named as introducing", "introduces", &page->introduces);
	if (page->same.count)
		output_heading(out, "\nThe same change");
	output_list_begin(out, "same");
	for (size_t i = 0; i < page->same.count; i++)
		output_item(out, carrier_value(&page->same.items[i]), print_same);
	output_list_end(out);
	print_relations(out, "It says", "says", &page->says, false);
	print_relations(out, "Others say", "said", &page->said, true);
	if (page->changes.count)
		output_heading(out, "\nPaths");
	output_list_begin(out, "paths");
	for (size_t i = 0; i < page->changes.count; i++)
		output_item(out, change_value(&page->changes.items[i]), print_change);
	output_list_end(out);
}

int show_commit(struct output *out, struct workspace *workspace, const struct resolved_name *name,
		struct error *err)
{
	struct commit_page page;
	int error = commit_page_load(&page, workspace, name, err);

	if (error)
		return error;
	output_begin(out);
	print_page(out, &page);
	commit_page_release(&page);
	return output_end(out, err);
}
