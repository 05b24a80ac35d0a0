/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/decision.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "triage/ledger-file.h"

#define FILE_LIMIT (1U << 20)
#define FIELDS 7

static const char *const kind_names[DECISION_KINDS] = { "in", "out", "not-fix" };

const char *decision_kind_name(enum decision_kind kind)
{
	return kind_names[kind];
}

void decision_release(struct decision *decision)
{
	free(decision->series);
	free(decision->date);
	free(decision->person);
	free(decision->reason);
	memset(decision, 0, sizeof(*decision));
}

void decision_list_release(struct decision_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		decision_release(&list->items[i]);
	array_release(list);
}

/* ---- reading ---- */

struct line_reader {
	const char *path;
	int line;
};

static int wrong(const struct line_reader *reader, struct error *err, const char *words)
{
	return error_set(err, ERROR_INPUT, "%s:%d: %s", reader->path, reader->line, words);
}

/* The bits of a list of names; false where one is unknown. */
static bool read_set(unsigned *ret_set, const char *text, bool routes)
{
	*ret_set = 0;
	if (!strcmp(text, "-"))
		return true;
	while (*text) {
		size_t length = strcspn(text, ",");
		enum impact impact;
		enum route route;

		if (routes ? !route_parse(&route, text, length)
			   : !impact_parse(&impact, text, length))
			return false;
		*ret_set |= 1U << (routes ? (unsigned)route : (unsigned)impact);
		text += length;
		text += *text == ',';
	}
	return *ret_set != 0;
}

/* "2026-08-21": days are compared. */
static bool is_day(const char *text)
{
	static const char form[] = "0000-00-00";

	for (size_t i = 0; i < sizeof(form); i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

static int read_line(struct decision_list *list, const struct line_reader *reader,
		     const git_oid *commit, char *line, struct error *err)
{
	char *fields[FIELDS], *at = line;
	struct decision *decision;
	size_t count = 0;
	int kind;

	if (!*line || *line == '#')
		return 0;
	if (!text_is_utf8(line, strlen(line)))
		return wrong(reader, err, "is not UTF-8");
	while (at && count < FIELDS) {
		fields[count++] = at;
		at = count < FIELDS ? strchr(at, '\t') : NULL;
		if (at)
			*at++ = '\0';
	}
	if (count < FIELDS || !*fields[4] || !*fields[5] || !*fields[6])
		return wrong(reader, err,
			     "must be verdict, series, routes, impacts, date, person and reason, "
			     "with tabs in between");
	for (kind = 0; kind < DECISION_KINDS; kind++)
		if (!strcmp(kind_names[kind], fields[0]))
			break;
	if (kind == DECISION_KINDS)
		return wrong(reader, err, "no such verdict; there are in, out and not-fix");
	if (!is_day(fields[4]))
		return wrong(reader, err, "the date must be YYYY-MM-DD");
	decision = array_add(list);
	decision->kind = (enum decision_kind)kind;
	decision->commit = *commit;
	decision->series = strcmp(fields[1], "-") ? string_copy(fields[1]) : NULL;
	decision->date = string_copy(fields[4]);
	decision->person = string_copy(fields[5]);
	decision->reason = string_copy(fields[6]);
	if (!read_set(&decision->routes, fields[2], true))
		return wrong(reader, err, "no such route");
	if (!read_set(&decision->impacts, fields[3], false))
		return wrong(reader, err, "no such impact");
	return 0;
}

static int read_file(struct decision_list *list, const char *directory, const char *name,
		     struct error *err)
{
	char *path = string_format("%s/triage/%s", directory, name), *line, *end;
	struct line_reader reader = { path, 0 };
	struct buffer text = BUFFER_INIT;
	git_oid commit;
	int error = 0;

	/* Small letters only: the list is searched by id, and sorted by name. */
	if (strlen(name) != GIT_OID_HEXSZ || git_oid_fromstr(&commit, name) < 0 ||
	    strcmp(id_hex(&commit).text, name) != 0)
		error = error_set(err, ERROR_INPUT,
				  "%s: the name of a file of decisions is the 40 small hex digits "
				  "of its commit",
				  path);
	if (!error)
		error = buffer_read_file(&text, path, FILE_LIMIT, err);
	if (!error && memchr(text.data, '\0', text.length))
		error = error_set(err, ERROR_INPUT, "%s: is no text", path);
	for (line = text.data; !error && *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		reader.line++;
		error = read_line(list, &reader, &commit, line, err);
	}
	buffer_release(&text);
	free(path);
	return error;
}

static int wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int decision_list_load(struct decision_list *ret_list, const char *directory, struct error *err)
{
	char *path = string_format("%s/triage", directory);
	struct dirent **names = NULL;
	int count = scandir(path, &names, wanted, alphasort), error = 0;

	memset(ret_list, 0, sizeof(*ret_list));
	if (count < 0 && errno != ENOENT)
		error = error_errno(err, "%s: cannot be read", path);
	for (int i = 0; i < count; i++) {
		if (!error)
			error = read_file(ret_list, directory, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	free(path);
	if (error)
		decision_list_release(ret_list);
	return error;
}

/* ---- writing ---- */

/* As read_set takes them. */
static void print_set(struct buffer *out, unsigned set, bool routes)
{
	unsigned count = routes ? (unsigned)ROUTE_KINDS : (unsigned)IMPACT_KINDS;
	const char *separator = "";

	for (unsigned i = 0; i < count; i++)
		if (set & 1U << i) {
			buffer_add_format(out, "%s%s", separator,
					  routes ? route_name((enum route)i)
						 : impact_name((enum impact)i));
			separator = ",";
		}
	if (!set)
		buffer_add_byte(out, '-');
}

static int check_field(const char *name, const char *value, struct error *err)
{
	int error = ledger_check_value(name, value, err);

	if (!error && value && strchr(value, '\t'))
		error = error_set(err, ERROR_INPUT, "%s: must be without tabs", name);
	return error;
}

static void print_line(struct buffer *out, const struct decision *decision)
{
	buffer_add_format(out, "%s\t%s\t", kind_names[decision->kind],
			  decision->series ? decision->series : "-");
	print_set(out, decision->routes, true);
	buffer_add_byte(out, '\t');
	print_set(out, decision->impacts, false);
	buffer_add_format(out, "\t%s\t%s\t%s\n", decision->date, decision->person,
			  decision->reason);
}

/* The text of a file with what is added to it. */
static int new_text(struct buffer *ret_text, const char *directory, const char *name,
		    const struct decision_list *added, size_t first, size_t *ret_next,
		    struct error *err)
{
	char *path = string_format("%s/%s", directory, name);
	int error = buffer_read_file(ret_text, path, FILE_LIMIT, err);
	size_t i = first;

	free(path);
	if (error == ERROR_NOT_FOUND) {
		error_clear(err);
		error = 0;
	}
	if (ret_text->length && ret_text->data[ret_text->length - 1] != '\n')
		buffer_add_byte(ret_text, '\n');
	for (; !error && i < added->count &&
	       git_oid_equal(&added->items[i].commit, &added->items[first].commit);
	     i++) {
		const struct decision *decision = &added->items[i];

		error = check_field("person", decision->person, err);
		if (!error)
			error = check_field("reason", decision->reason, err);
		if (!error)
			error = check_field("series", decision->series, err);
		if (!error)
			print_line(ret_text, decision);
	}
	*ret_next = i;
	return error;
}

/* So that git puts lines of two people one after the other. */
static int attributes_text(struct buffer *ret_text, const char *directory, struct error *err)
{
	static const char rule[] = "triage/* merge=union\n";
	char *path = string_format("%s/.gitattributes", directory);
	int error = buffer_read_file(ret_text, path, FILE_LIMIT, err);

	free(path);
	if (error == ERROR_NOT_FOUND) {
		error_clear(err);
		error = 0;
	}
	if (!error && !strstr(ret_text->data, rule)) {
		if (ret_text->length && ret_text->data[ret_text->length - 1] != '\n')
			buffer_add_byte(ret_text, '\n');
		buffer_add_string(ret_text, rule);
	}
	return error;
}

int decision_list_add(const char *directory, const struct decision_list *added, const char *message,
		      struct error *err)
{
	struct ledger_files files = { 0 };
	struct buffer text = BUFFER_INIT;
	int error = attributes_text(&text, directory, err);

	if (!error)
		ledger_files_add(&files, ".gitattributes", &text);
	for (size_t i = 0; i < added->count && !error;) {
		char *name = string_format("triage/%s", id_hex(&added->items[i].commit).text);

		buffer_clear(&text);
		error = new_text(&text, directory, name, added, i, &i, err);
		if (!error)
			ledger_files_add(&files, name, &text);
		free(name);
	}
	if (!error)
		error = ledger_write_files(directory, &files, message, err);
	ledger_files_release(&files);
	buffer_release(&text);
	return error;
}

/* ---- deciding ---- */

static bool names_series(const char *list, const char *series)
{
	size_t length = strlen(series);

	for (const char *at = list; (at = strstr(at, series)); at++)
		if ((at == list || at[-1] == ',') && (!at[length] || at[length] == ','))
			return true;
	return false;
}

static bool holds_for(const struct decision *decision, const char *series)
{
	return !decision->series || (series && names_series(decision->series, series));
}

static const struct decision **place_of(struct decided_commit *decided, const char *person)
{
	for (size_t i = 0; i < decided->count; i++)
		if (!strcmp(decided->items[i]->person, person))
			return &decided->items[i];
	return NULL;
}

/* What is narrower counts more. */
static int scope_of(const struct decision *decision, const git_oid *commit)
{
	return 2 * (git_oid_cmp(&decision->commit, commit) == 0) + (decision->series != NULL);
}

static void add(struct decided_commit *decided, const struct decision *decision,
		const git_oid *commit)
{
	const struct decision **place = place_of(decided, decision->person);
	int order;

	if (!place) {
		array_push(decided, decision);
		return;
	}
	order = scope_of(decision, commit) - scope_of(*place, commit);
	if (!order)
		order = strcmp(decision->date, (*place)->date);
	if (order >= 0)
		*place = decision;
}

/* The first of a commit; they are sorted by its hex digits. */
static size_t first_of(const struct decision_list *list, const git_oid *commit)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (git_oid_cmp(&list->items[middle].commit, commit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct decision *decisions_of(const struct decision_list *list, const git_oid *commit,
				    size_t *ret_count)
{
	size_t first = first_of(list, commit), end = first;

	while (end < list->count && git_oid_equal(&list->items[end].commit, commit))
		end++;
	*ret_count = end - first;
	return list->items + first;
}

/* `about`: the commit itself, or its upstream commit. */
static void add_all(struct decided_commit *decided, const struct decision_list *list,
		    const git_oid *about, const git_oid *commit, const char *series)
{
	size_t count;
	const struct decision *items = decisions_of(list, about, &count);

	for (size_t i = 0; i < count; i++)
		if (holds_for(&items[i], series))
			add(decided, &items[i], commit);
}

void decisions_find(struct decided_commit *ret_decided, const struct decision_list *list,
		    const git_oid *commit, const char *upstream, const char *series)
{
	bool in = false, out = false;
	git_oid id;

	memset(ret_decided, 0, sizeof(*ret_decided));
	if (!list->count)
		return;
	if (strlen(upstream) == GIT_OID_HEXSZ && git_oid_fromstr(&id, upstream) == 0 &&
	    !git_oid_equal(&id, commit))
		add_all(ret_decided, list, &id, commit, series);
	add_all(ret_decided, list, commit, commit, series);
	for (size_t i = 0; i < ret_decided->count; i++) {
		in |= ret_decided->items[i]->kind == DECISION_IN;
		out |= ret_decided->items[i]->kind != DECISION_IN;
	}
	ret_decided->answer = in && out ? DECIDED_CONFLICT
			      : in	? DECIDED_IN
			      : out	? DECIDED_OUT
					: DECIDED_NOTHING;
}

void decided_commit_release(struct decided_commit *decided)
{
	array_release(decided);
}

void decided_commit_print(struct buffer *out, const struct decided_commit *decided)
{
	if (decided->answer == DECIDED_CONFLICT)
		buffer_add_string(out, "people contradict each other: ");
	for (size_t i = 0; i < decided->count; i++) {
		const struct decision *decision = decided->items[i];

		buffer_add_format(out, "%s%s by %s, %s: %s", i ? "; " : "",
				  kind_names[decision->kind], decision->person, decision->date,
				  decision->reason);
	}
}

void judgement_add_decisions(struct judgement *judgement, const struct decided_commit *decided)
{
	unsigned routes = 0, impacts = 0;

	if (decided->answer == DECIDED_NOTHING)
		return;
	judgement->source = SOURCE_LEDGER;
	if (decided->answer == DECIDED_OUT) {
		judgement->security = 0;
		return;
	}
	judgement->security = LIKELIHOOD_SURE;
	judgement->gate = LIKELIHOOD_SURE;
	for (size_t i = 0; i < decided->count; i++) {
		/* Why one holds it for harmless says nothing to those who do not. */
		if (decided->items[i]->kind != DECISION_IN)
			continue;
		routes |= decided->items[i]->routes;
		impacts |= decided->items[i]->impacts;
	}
	if (routes || impacts)
		judgement->facts_source = SOURCE_LEDGER;
	judgement->routes_decided = routes != 0;
	judgement->impacts_decided = impacts != 0;
	if (routes)
		judgement->routes = routes;
	if (impacts)
		judgement->impacts = impacts;
}
