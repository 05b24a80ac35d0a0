/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/repository.h"

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

static int check_value(const char *name, const char *value, struct error *err)
{
	if (value && (strpbrk(value, "\n\r") || !*value || !text_is_utf8(value, strlen(value))))
		return error_set(err, ERROR_INPUT, "%s: must be one line of UTF-8", name);
	return 0;
}

static int commit_file(const char *directory, const char *name, const struct verdict *verdict,
		       struct error *err)
{
	char *message = string_format("%s %s\n\n%s\n", kind_names[verdict->kind],
				      id_short(&verdict->commit).text, verdict->reason);
	int error = git_run(NULL, directory, err, "add", "--", name, NULL);

	if (!error)
		error = git_run_input(NULL, directory, message, strlen(message), err, "commit",
				      "-q", "-F", "-", "--", name, NULL);
	free(message);
	return error;
}

int ledger_add(const char *directory, const struct verdict *verdict, struct error *err)
{
	char *folder = string_format("%s/verdicts", directory);
	char *name = string_format("verdicts/%s", id_hex(&verdict->commit).text);
	char *path = string_format("%s/%s", directory, name);
	struct buffer text = BUFFER_INIT, before = BUFFER_INIT;
	int error;

	error = check_value("person", verdict->person, err);
	if (!error)
		error = check_value("reason", verdict->reason, err);
	if (!error)
		error = check_value("base", verdict->base, err);
	if (!error && mkdir(folder, 0777) && errno != EEXIST)
		error = error_errno(err, "%s: cannot be made", folder);
	if (!error) {
		error = buffer_read_file(&before, path, VERDICT_FILE_LIMIT, err);
		if (error == ERROR_NOT_FOUND)
			error = 0;
	}
	if (!error) {
		buffer_add(&text, before.data, before.length);
		if (text.length)
			buffer_add_string(&text, "\n");
		buffer_add_format(&text, "verdict: %s\n", kind_names[verdict->kind]);
		if (verdict->base)
			buffer_add_format(&text, "base: %s\n", verdict->base);
		if (!git_oid_is_zero(&verdict->needs))
			buffer_add_format(&text, "needs: %s\n", id_hex(&verdict->needs).text);
		buffer_add_format(&text, "person: %s\ndate: %s\nreason: %s\n", verdict->person,
				  verdict->date, verdict->reason);
		error = file_replace(path, text.data, text.length, err);
	}
	if (!error)
		error = commit_file(directory, name, verdict, err);
	/* A verdict that git did not take is none. */
	if (error && before.length)
		file_replace(path, before.data, before.length, NULL);
	else if (error)
		unlink(path);
	buffer_release(&text);
	buffer_release(&before);
	free(folder);
	free(name);
	free(path);
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
