/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/review-import.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "triage/review-commit.h"

#define FILE_LIMIT ((size_t)64 << 20)
#define LINE_LIMIT 4096

void review_import_release(struct review_import *import)
{
	decision_list_release(&import->added);
	for (size_t i = 0; i < import->refused_count; i++)
		free(import->refused[i].words);
	free(import->refused);
	memset(import, 0, sizeof(*import));
}

static void refuse(struct review_import *import, size_t line, const char *words)
{
	struct refused_line *refused;

	import->refused = array_reserve_raw(import->refused, &import->refused_capacity,
					    import->refused_count + 1, sizeof(*import->refused));
	refused = &import->refused[import->refused_count++];
	refused->line = line;
	refused->words = string_copy(words);
}

/* Whether a person has said just this of a commit. */
static bool is_known(const struct decision_list *known, const struct decision *decision)
{
	const struct decision *last = NULL, *items;
	size_t count;

	items = decisions_of(known, &decision->commit, &count);
	for (size_t i = 0; i < count; i++) {
		const struct decision *item = &items[i];

		if (!strcmp(item->person, decision->person) &&
		    !strcmp(item->series ? item->series : "",
			    decision->series ? decision->series : ""))
			last = item;
	}
	return last && last->kind == decision->kind && last->routes == decision->routes &&
	       last->impacts == decision->impacts;
}

static void add(struct review_import *import, const struct decision_list *known,
		const struct decision *like, const git_oid *key)
{
	struct decision *decision = array_add(&import->added);

	decision->kind = like->kind;
	decision->commit = *key;
	decision->series = like->series ? string_copy(like->series) : NULL;
	decision->routes = like->routes;
	decision->impacts = like->impacts;
	decision->date = string_copy(like->date);
	decision->person = string_copy(like->person);
	decision->reason = string_copy(like->reason);
	if (is_known(known, decision)) {
		decision_release(decision);
		import->added.count--;
		import->known++;
	}
}

/* "  subject " without the blanks around it. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static void read_line(struct review_import *import, struct workspace *workspace,
		      const struct decision_list *known, const struct decision *like, char *line,
		      size_t number)
{
	struct error failure = ERROR_INIT;
	struct review_commit commit;
	char *id = trim(line), *subject = id + strcspn(id, " \t");

	if (!*id || *id == '#')
		return;
	if (*subject)
		*subject++ = '\0';
	subject = trim(subject);
	if (review_commit_find(&commit, workspace, id, &failure)) {
		refuse(import, number, failure.message);
		return;
	}
	if (*subject && commit.subject && strcmp(subject, commit.subject) != 0)
		refuse(import, number, "the commit has another subject");
	else if (review_commit_choose(&commit, like->kind, like->series, &failure))
		refuse(import, number, failure.message);
	else
		add(import, known, like, &commit.key);
	review_commit_release(&commit);
}

static int compare_decisions(const void *left, const void *right)
{
	const struct decision *a = left, *b = right;

	return git_oid_cmp(&a->commit, &b->commit);
}

/* A commit that stands on several lines is decided once. */
static void drop_doubles(struct review_import *import)
{
	struct decision_list *list = &import->added;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (kept && git_oid_equal(&list->items[i].commit, &list->items[kept - 1].commit))
			decision_release(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	list->count = kept;
}

int review_import_read(struct review_import *ret_import, struct workspace *workspace,
		       const struct decision_list *known, const struct decision *like,
		       const char *path, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	size_t number = 0;
	int error = buffer_read_file(&text, path, FILE_LIMIT, err);

	memset(ret_import, 0, sizeof(*ret_import));
	if (!error && memchr(text.data, '\0', text.length))
		error = error_set(err, ERROR_INPUT, "%s: is no text", path);
	for (char *line = text.data, *end; !error && *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		number++;
		if (strlen(line) > LINE_LIMIT)
			refuse(ret_import, number, "is longer than a line of a list can be");
		else
			read_line(ret_import, workspace, known, like, line, number);
	}
	if (ret_import->added.count)
		qsort(ret_import->added.items, ret_import->added.count,
		      sizeof(*ret_import->added.items), compare_decisions);
	drop_doubles(ret_import);
	buffer_release(&text);
	return error;
}
