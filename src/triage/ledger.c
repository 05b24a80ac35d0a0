/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/repository.h"
#include "triage/ledger-file.h"

#define VERDICT_FILE_LIMIT (1u << 20)

static const char *const kind_names[VERDICT_KINDS] = { "withdraw", "accept-regression",
						       "accept-series", "prerequisite" };

const char *verdict_kind_name(enum verdict_kind kind)
{
	return kind_names[kind];
}

struct reader {
	struct ledger *ledger;
	const char *path;
	git_oid commit;
	struct verdict *verdict; /* the stanza that is read, or NULL */
	bool has_kind;
	int line;
};

static int wrong(const struct reader *reader, struct error *err, const char *words)
{
	return error_set(err, ERROR_INPUT, "%s:%d: %s", reader->path, reader->line, words);
}

static int read_kind(struct reader *reader, const char *value, struct error *err)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		if (strcmp(kind_names[i], value))
			continue;
		reader->verdict->kind = (enum verdict_kind)i;
		reader->has_kind = true;
		return 0;
	}
	return wrong(reader, err,
		     "no such verdict; there are withdraw, accept-regression, accept-series and "
		     "prerequisite");
}

static int read_field(struct reader *reader, const char *name, const char *value, struct error *err)
{
	static const struct {
		const char *name;
		size_t offset;
	} fields[] = {
		{ "base", offsetof(struct verdict, base) },
		{ "person", offsetof(struct verdict, person) },
		{ "date", offsetof(struct verdict, date) },
		{ "reason", offsetof(struct verdict, reason) },
	};
	char **field;

	if (!text_is_utf8(value, strlen(value)))
		return wrong(reader, err, "is not UTF-8");
	if (!strcmp(name, "verdict"))
		return read_kind(reader, value, err);
	if (!strcmp(name, "needs")) {
		if (strlen(value) != GIT_OID_HEXSZ ||
		    git_oid_fromstr(&reader->verdict->needs, value) < 0)
			return wrong(reader, err, "needs: must be 40 hex digits");
		return 0;
	}
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		if (strcmp(fields[i].name, name))
			continue;
		field = (char **)((char *)reader->verdict + fields[i].offset);
		if (*field)
			return wrong(reader, err, "is there twice in one stanza");
		*field = string_copy(value);
		return 0;
	}
	return wrong(reader, err,
		     "no such field; there are verdict, base, needs, person, date and reason");
}

static int end_stanza(struct reader *reader, struct error *err)
{
	struct verdict *verdict = reader->verdict;

	reader->verdict = NULL;
	if (!verdict)
		return 0;
	if (!reader->has_kind)
		return wrong(reader, err, "the stanza that ends here has no verdict");
	if (!verdict->person || !verdict->date || !verdict->reason)
		return wrong(reader, err,
			     "the stanza that ends here lacks a person, date or reason");
	if ((verdict->kind == VERDICT_PREREQUISITE) == git_oid_is_zero(&verdict->needs))
		return wrong(reader, err, "a prerequisite, and nothing else, says what it needs");
	return 0;
}

static int read_line(struct reader *reader, char *line, struct error *err)
{
	char *value;

	reader->line++;
	if (!*line)
		return end_stanza(reader, err);
	if (*line == '#')
		return 0;
	value = strstr(line, ": ");
	if (!value || !value[2])
		return wrong(reader, err, "must be '<field>: <value>'");
	*value = '\0';
	if (!reader->verdict) {
		reader->ledger->verdicts = array_reserve_raw(
			reader->ledger->verdicts, &reader->ledger->capacity,
			reader->ledger->count + 1, sizeof(*reader->verdict));
		reader->verdict = &reader->ledger->verdicts[reader->ledger->count++];
		memset(reader->verdict, 0, sizeof(*reader->verdict));
		reader->verdict->commit = reader->commit;
		reader->has_kind = false;
	}
	return read_field(reader, line, value + 2, err);
}

static int read_file(struct ledger *ledger, const char *directory, const char *name,
		     struct error *err)
{
	char *path = string_format("%s/verdicts/%s", directory, name), *line, *end;
	struct reader reader = { .ledger = ledger, .path = path };
	struct buffer text = BUFFER_INIT;
	int error = 0;

	if (strlen(name) != GIT_OID_HEXSZ || git_oid_fromstr(&reader.commit, name) < 0)
		error = error_set(
			err, ERROR_INPUT,
			"%s: the name of a verdict file is the 40 hex digits of its commit", path);
	if (!error)
		error = buffer_read_file(&text, path, VERDICT_FILE_LIMIT, err);
	if (!error && memchr(text.data, '\0', text.length))
		error = error_set(err, ERROR_INPUT, "%s: is no text", path);
	for (line = text.data; !error && *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		error = read_line(&reader, line, err);
	}
	if (!error)
		error = end_stanza(&reader, err);
	buffer_release(&text);
	free(path);
	return error;
}

static int wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int ledger_load(struct ledger *ret_ledger, const char *directory, struct error *err)
{
	char *path = string_format("%s/verdicts", directory);
	struct dirent **names = NULL;
	int count = scandir(path, &names, wanted, alphasort), error = 0;

	memset(ret_ledger, 0, sizeof(*ret_ledger));
	ret_ledger->directory = string_copy(directory);
	if (count < 0 && errno != ENOENT)
		error = error_errno(err, "%s: cannot be read", path);
	for (int i = 0; i < count; i++) {
		if (!error)
			error = read_file(ret_ledger, directory, names[i]->d_name, err);
		free(names[i]);
	}
	free(names);
	free(path);
	if (!error)
		error = resolution_list_load(&ret_ledger->resolutions, directory, err);
	if (!error)
		error = decision_list_load(&ret_ledger->decisions, directory, err);
	if (error)
		ledger_release(ret_ledger);
	return error;
}

void ledger_release(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		free(ledger->verdicts[i].base);
		free(ledger->verdicts[i].person);
		free(ledger->verdicts[i].date);
		free(ledger->verdicts[i].reason);
	}
	free(ledger->verdicts);
	resolution_list_release(&ledger->resolutions);
	resolution_list_release(&ledger->past);
	decision_list_release(&ledger->decisions);
	free(ledger->directory);
	memset(ledger, 0, sizeof(*ledger));
}

const struct verdict *ledger_find(const struct ledger *ledger, enum verdict_kind kind,
				  const git_oid *commit, const char *base)
{
	const struct verdict *verdict;

	for (size_t i = 0; i < ledger->count; i++) {
		verdict = &ledger->verdicts[i];
		if (verdict->kind == kind && git_oid_equal(&verdict->commit, commit) &&
		    (!verdict->base || !strcmp(verdict->base, base)))
			return verdict;
	}
	return NULL;
}

int ledger_person(char **ret_person, char **ret_date, const char *directory, struct error *err)
{
	struct buffer ident = BUFFER_INIT;
	char date[16] = "";
	int error = git_run(&ident, directory, err, "var", "GIT_COMMITTER_IDENT", NULL);
	char *end = error ? NULL : strrchr(ident.data, '>');
	struct tm parts;
	time_t seconds;

	if (!error && !end)
		error = error_set(err, ERROR_INPUT,
				  "%s: git knows no name and address for you; set user.name and "
				  "user.email",
				  directory);
	if (!error) {
		seconds = (time_t)strtoll(end + 1, NULL, 10);
		if (gmtime_r(&seconds, &parts))
			strftime(date, sizeof(date), "%Y-%m-%d", &parts);
		*ret_date = string_copy(date);
		*ret_person = string_copy_length(ident.data, (size_t)(end + 1 - ident.data));
	}
	buffer_release(&ident);
	return error;
}

int ledger_add(const char *directory, const struct verdict *verdict, struct error *err)
{
	char *name = string_format("verdicts/%s", id_hex(&verdict->commit).text);
	char *path = string_format("%s/%s", directory, name);
	char *message = string_format("%s %s\n\n%s\n", kind_names[verdict->kind],
				      id_short(&verdict->commit).text, verdict->reason);
	struct buffer text = BUFFER_INIT;
	int error;

	error = ledger_check_value("person", verdict->person, err);
	if (!error)
		error = ledger_check_value("reason", verdict->reason, err);
	if (!error)
		error = ledger_check_value("base", verdict->base, err);
	if (!error) {
		error = buffer_read_file(&text, path, VERDICT_FILE_LIMIT, err);
		if (error == ERROR_NOT_FOUND)
			error = 0;
	}
	if (!error) {
		if (text.length)
			buffer_add_string(&text, "\n");
		buffer_add_format(&text, "verdict: %s\n", kind_names[verdict->kind]);
		if (verdict->base)
			buffer_add_format(&text, "base: %s\n", verdict->base);
		if (!git_oid_is_zero(&verdict->needs))
			buffer_add_format(&text, "needs: %s\n", id_hex(&verdict->needs).text);
		buffer_add_format(&text, "person: %s\ndate: %s\nreason: %s\n", verdict->person,
				  verdict->date, verdict->reason);
		error = ledger_write_file(directory, name, &text, message, err);
	}
	buffer_release(&text);
	free(message);
	free(name);
	free(path);
	return error;
}

/* ---- resolutions ---- */

size_t ledger_resolutions(const struct resolution **ret_list, const struct ledger *ledger,
			  const git_oid *commit, const char *base, size_t most)
{
	size_t count = 0;

	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < ledger->resolutions.count && count < most; i++) {
			const struct resolution *resolution = ledger->resolutions.items[i];

			if (git_oid_equal(&resolution->commit, commit) &&
			    !strcmp(resolution->base, base) == !others)
				ret_list[count++] = resolution;
		}
	return count;
}

/* One that the ledger has no more, from its history. */
static int read_past(struct resolution **ret_resolution, const struct ledger *ledger,
		     const git_oid *commit, const git_oid *digest, const char *words,
		     struct error *err)
{
	char *name = string_format("%s: resolution %s", ledger->directory, id_hex(digest).text);
	git_repository *repository = NULL;
	git_odb_object *object = NULL;
	git_odb *odb = NULL;
	git_oid is;
	int error = 0;

	if (git_repository_open(&repository, ledger->directory) < 0 ||
	    git_repository_odb(&odb, repository) < 0 || git_odb_read(&object, odb, digest) < 0 ||
	    git_odb_object_type(object) != GIT_OBJECT_BLOB ||
	    git_odb_hash(&is, git_odb_object_data(object), git_odb_object_size(object),
			 GIT_OBJECT_BLOB) < 0 ||
	    !git_oid_equal(&is, digest))
		error = error_set(
			err, ERROR_INPUT,
			"%s: commit %s was published with resolution %s, which is neither "
			"in ledger/resolutions/%s/ nor in the history of ledger/; bring that "
			"history back",
			words, id_hex(commit).text, id_hex(digest).text, id_hex(commit).text);
	if (!error)
		error = resolution_parse(ret_resolution, git_odb_object_data(object),
					 git_odb_object_size(object), name, err);
	if (!error && !git_oid_equal(&(*ret_resolution)->commit, commit)) {
		error = error_set(err, ERROR_INPUT, "%s: is not one of commit %s, as %s says", name,
				  id_hex(commit).text, words);
		resolution_free(*ret_resolution);
	}
	git_odb_object_free(object);
	git_odb_free(odb);
	git_repository_free(repository);
	free(name);
	return error;
}

int ledger_resolution(const struct resolution **ret_resolution, struct ledger *ledger,
		      const git_oid *commit, const git_oid *digest, const char *words,
		      struct error *err)
{
	struct resolution_list *lists[] = { &ledger->resolutions, &ledger->past };
	struct resolution *resolution;
	int error;

	for (size_t i = 0; i < COUNT_OF(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++) {
			resolution = lists[i]->items[j];
			if (git_oid_equal(&resolution->digest, digest) &&
			    git_oid_equal(&resolution->commit, commit)) {
				*ret_resolution = resolution;
				return 0;
			}
		}
	error = read_past(&resolution, ledger, commit, digest, words, err);
	if (error)
		return error;
	resolution->past = true;
	array_push(&ledger->past, resolution);
	*ret_resolution = resolution;
	return 0;
}

int ledger_keeps(bool *ret_keeps, const struct ledger *ledger, const git_oid *digest,
		 struct error *err)
{
	char *option = string_format("--find-object=%s", id_hex(digest).text);
	struct buffer output = BUFFER_INIT;
	int error = git_run(&output, ledger->directory, err, "log", "-1", "--format=%H", option,
			    "--", "resolutions", NULL);

	*ret_keeps = output.length > 0;
	buffer_release(&output);
	free(option);
	return error;
}

int ledger_digest(git_oid *ret_tree, const char *directory, struct error *err)
{
	struct buffer listing = BUFFER_INIT, kept = BUFFER_INIT, output = BUFFER_INIT;
	int error = 0;

	memset(ret_tree, 0, sizeof(*ret_tree));
	if (git_run(&listing, directory, NULL, "rev-parse", "-q", "--verify", "HEAD", NULL))
		goto out;
	buffer_clear(&listing);
	error = git_run(&listing, directory, err, "ls-tree", "HEAD", NULL);
	for (char *line = listing.data, *end; !error && *line; line = end) {
		end = strchrnul(line, '\n');
		if (*end)
			end++;
		if (!memmem(line, (size_t)(end - line), "\tjournal\n", 9))
			buffer_add(&kept, line, (size_t)(end - line));
	}
	if (!error)
		error = git_run_input(&output, directory, kept.data, kept.length, err, "mktree",
				      NULL);
	if (!error && (output.length < GIT_OID_HEXSZ ||
		       git_oid_fromstrn(ret_tree, output.data, GIT_OID_HEXSZ) < 0))
		error = error_set(err, ERROR_SYSTEM, "%s: git mktree gave no tree", directory);
out:
	buffer_release(&listing);
	buffer_release(&kept);
	buffer_release(&output);
	return error;
}
