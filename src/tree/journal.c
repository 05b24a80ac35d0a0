/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/journal.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"
#include "tree/names.h"
#include "tree/own-message.h"

#define JOURNAL_LIMIT ((size_t)256 << 20)

/* ---- reading ---- */

static int wrong_chain(const struct stanza *stanza, const char *path, const char *words,
		       struct error *err)
{
	return error_set(err, ERROR_INPUT, "%s: state %s %s; git in ledger/ has it as it was", path,
			 stanza->tag, words);
}

/* States of one base and policy, each on top of the one before. */
static int check_chain(const struct stanza_list *list, const char *path, struct error *err)
{
	const struct stanza *first = list->items;

	for (size_t i = 0; i < list->count; i++) {
		const struct stanza *stanza = &list->items[i];
		const git_oid *parent = i ? &stanza[-1].commit : &first->base;

		if (strcmp(stanza->base_name, first->base_name) ||
		    strcmp(stanza->policy, first->policy) ||
		    strcmp(stanza->series, first->series) ||
		    !git_oid_equal(&stanza->base, &first->base))
			return wrong_chain(stanza, path, "is of another base, series or policy",
					   err);
		if (!tag_is_of_base(stanza->tag, stanza->base_name, stanza->policy))
			return wrong_chain(stanza, path, "is not named after its base", err);
		if (!git_oid_equal(&stanza->parent, parent))
			return wrong_chain(stanza, path, "does not stand on the one before", err);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(list->items[j].tag, stanza->tag))
				return wrong_chain(stanza, path, "is there twice", err);
	}
	return 0;
}

int journal_load_name(struct stanza_list *ret_stanzas, const struct workspace *workspace,
		      const char *name, struct error *err)
{
	char *path = string_format("%s/ledger/journal/%s", workspace->directory, name);
	struct buffer text = BUFFER_INIT;
	int error;

	memset(ret_stanzas, 0, sizeof(*ret_stanzas));
	error = buffer_read_file(&text, path, JOURNAL_LIMIT, err);
	if (error == ERROR_NOT_FOUND) {
		error_clear(err);
		error = 0;
	} else if (!error) {
		error = stanza_parse(ret_stanzas, text.data, text.length, path, err);
		if (!error)
			error = check_chain(ret_stanzas, path, err);
	}
	if (error)
		stanza_list_release(ret_stanzas);
	buffer_release(&text);
	free(path);
	return error;
}

int journal_load(struct stanza_list *ret_stanzas, const struct workspace *workspace,
		 const char *base, const char *policy, struct error *err)
{
	char *name = journal_of_base(base, policy);
	int error = journal_load_name(ret_stanzas, workspace, name + strlen("journal/"), err);

	free(name);
	return error;
}

static int compare_texts(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

int journal_list(struct string_list *ret_names, const struct workspace *workspace,
		 struct error *err)
{
	char *path = workspace_path(workspace, "ledger/journal");
	DIR *directory = opendir(path);
	struct dirent *entry;
	size_t length;
	int error = 0;

	if (!directory && errno != ENOENT)
		error = error_errno(err, "%s: cannot be read", path);
	while (directory && (entry = readdir(directory))) {
		length = strlen(entry->d_name);
		/* ".new" is a file that was not finished. */
		if (entry->d_name[0] != '.' &&
		    !(length > 4 && !strcmp(entry->d_name + length - 4, ".new")))
			array_push(ret_names, string_copy(entry->d_name));
	}
	if (directory)
		closedir(directory);
	if (ret_names->count)
		qsort(ret_names->items, ret_names->count, sizeof(*ret_names->items), compare_texts);
	free(path);
	return error;
}

/* ---- writing ---- */

static bool has_identity(const char *directory)
{
	const char *mail = getenv("GIT_COMMITTER_EMAIL");

	return (mail && *mail) || !git_run(NULL, directory, NULL, "config", "user.email", NULL);
}

/* With the user's own identity, or that of the workspace where there is none. */
static int commit_ledger(const struct workspace *workspace, const char *name, const char *words,
			 struct error *err)
{
	char *directory = workspace_path(workspace, "ledger");
	char *user = string_format("user.name=%s", workspace->identity_name);
	char *mail = string_format("user.email=%s", workspace->identity_email);
	int error = git_run(NULL, directory, err, "add", "--", name, NULL);

	if (!error && has_identity(directory))
		error = git_run(NULL, directory, err, "commit", "-q", "-m", words, "--", name,
				NULL);
	else if (!error)
		error = git_run(NULL, directory, err, "-c", user, "-c", mail, "commit", "-q", "-m",
				words, "--", name, NULL);
	free(directory);
	free(user);
	free(mail);
	return error;
}

static int make_folder(const struct workspace *workspace, struct error *err)
{
	char *folder = workspace_path(workspace, "ledger/journal");
	int error = 0;

	if (mkdir(folder, 0777) && errno != EEXIST)
		error = error_errno(err, "%s: cannot be made", folder);
	free(folder);
	return error;
}

/* What git did not take was not published. */
static void take_back(const struct workspace *workspace, const char *name, const char *path,
		      const struct buffer *before)
{
	char *directory = workspace_path(workspace, "ledger");

	if (before->length)
		file_replace(path, before->data, before->length, NULL);
	else
		unlink(path);
	git_run(NULL, directory, NULL, "reset", "-q", "--", name, NULL);
	free(directory);
}

int journal_append(const struct workspace *workspace, const char *base, const char *policy,
		   const struct buffer *text, struct error *err)
{
	char *name = journal_of_base(base, policy);
	char *path = string_format("%s/ledger/%s", workspace->directory, name);
	char *words = string_format("Publish %s", base);
	struct buffer before = BUFFER_INIT, whole = BUFFER_INIT;
	int error = make_folder(workspace, err);

	if (!error) {
		error = buffer_read_file(&before, path, JOURNAL_LIMIT, err);
		if (error == ERROR_NOT_FOUND)
			error = 0;
	}
	buffer_add(&whole, before.data, before.length);
	buffer_add(&whole, text->data, text->length);
	if (!error)
		error = file_replace(path, whole.data, whole.length, err);
	if (!error) {
		error = commit_ledger(workspace, name, words, err);
		if (error)
			take_back(workspace, name, path, &before);
	}
	buffer_release(&before);
	buffer_release(&whole);
	free(name);
	free(path);
	free(words);
	return error;
}

/* ---- refs ---- */

static int write_tag(git_oid *ret_tag, struct store *store, const struct stanza *stanza,
		     struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct object commit = OBJECT_INIT;
	struct buffer tag = BUFFER_INIT;
	int error = store_read(&commit, store, &stanza->commit, GIT_OBJECT_COMMIT, err);

	if (!error)
		error = commit_view_parse(&view, commit.data, commit.length, &stanza->commit, err);
	if (!error) {
		buffer_add_format(&tag, "object %s\ntype commit\ntag %s\ntagger %s %lld +0000\n\n",
				  id_hex(&stanza->commit).text, stanza->tag, stanza->identity,
				  (long long)view.committer.time);
		tag_message(&tag, stanza);
		error = store_write(ret_tag, store, GIT_OBJECT_TAG, tag.data, tag.length, err);
	}
	buffer_release(&tag);
	commit_view_release(&view);
	object_release(&commit);
	return error;
}

/* A tag is made once and never moved. */
static int set_tag(struct ref_changes *changes, const struct stanza *stanza,
		   git_repository *repository, struct store *store, struct error *err)
{
	char *tag = string_format(TAGS_REF "%s", stanza->tag);
	char *state = string_format(STATES_REF "%s", stanza->tag);
	char *prepared = string_format(STANZAS_REF "%s", stanza->tag);
	git_oid id, is;
	int error = write_tag(&id, store, stanza, err);

	if (!error && ref_read(&is, repository, tag) && !git_oid_equal(&is, &id))
		error = error_set(
			err, ERROR_REFUSED,
			"%s: leads to %s in tree.git, not to what the journal has (%s); a "
			"published tag is never moved",
			tag, id_hex(&is).text, id_hex(&id).text);
	if (!error) {
		ref_changes_set(changes, repository, tag, &id);
		ref_changes_set(changes, repository, state, &stanza->commit);
		ref_changes_delete(changes, repository, prepared);
	}
	free(tag);
	free(state);
	free(prepared);
	return error;
}

int journal_set_refs(struct ref_changes *changes, const struct stanza_list *published,
		     struct workspace *workspace, struct store *store, struct error *err)
{
	const struct stanza *last = array_last(published);
	char *names[2];
	int error = 0;

	for (size_t i = 0; i < published->count && !error; i++)
		error = set_tag(changes, &published->items[i], workspace->tree, store, err);
	names[0] = branch_of_base(last->base_name, last->policy);
	names[1] = last->whole ? branch_of_series(last->series, last->policy) : NULL;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!error && names[i])
			ref_changes_set(changes, workspace->tree, names[i], &last->commit);
		free(names[i]);
	}
	return error;
}

/* ---- recovery ---- */

/* Whether what was added since the last commit is exactly what build had prepared. */
static bool is_prepared(const struct workspace *workspace, const char *name)
{
	char *path = string_format("HEAD:journal/%s", name);
	char *ledger = workspace_path(workspace, "ledger");
	struct stanza_list now = STANZA_LIST_INIT;
	struct buffer before = BUFFER_INIT, text = BUFFER_INIT;
	bool same = false;
	char *file = string_format("%s/journal/%s", ledger, name);

	if (git_run(&before, ledger, NULL, "cat-file", "blob", path, NULL))
		buffer_clear(&before);
	if (!buffer_read_file(&text, file, JOURNAL_LIMIT, NULL) && text.length > before.length &&
	    !memcmp(text.data, before.data, before.length) &&
	    !stanza_parse(&now, text.data + before.length, text.length - before.length, name,
			  NULL)) {
		same = true;
		for (size_t i = 0; i < now.count && same; i++) {
			char *ref = string_format(STANZAS_REF "%s", now.items[i].tag);
			git_odb_object *blob = NULL;
			struct buffer one = BUFFER_INIT;
			git_oid id;

			stanza_print(&one, &now.items[i]);
			same = ref_read(&id, workspace->tree, ref) &&
			       git_odb_read(&blob, workspace->odb, &id) == 0 &&
			       git_odb_object_size(blob) == one.length &&
			       !memcmp(git_odb_object_data(blob), one.data, one.length);
			git_odb_object_free(blob);
			buffer_release(&one);
			free(ref);
		}
	}
	stanza_list_release(&now);
	buffer_release(&before);
	buffer_release(&text);
	free(path);
	free(ledger);
	free(file);
	return same;
}

/* A journal that was written but not committed: the run died in between. */
static int recover_commit(bool *ret_recovered, const struct workspace *workspace, struct error *err)
{
	char *ledger = workspace_path(workspace, "ledger");
	struct buffer status = BUFFER_INIT;
	int error = git_run(&status, ledger, err, "status", "--porcelain", "-uall", "--", "journal",
			    NULL);

	for (char *line = status.data, *end; !error && *line; line = end) {
		char *name = line + 3, *path, *words;
		size_t length;

		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		length = strlen(line);
		if (length < 12 || strncmp(name, "journal/", 8) ||
		    !strcmp(line + length - 4, ".new"))
			continue;
		path = string_copy(name);
		if (!is_prepared(workspace, name + 8)) {
			error = error_set(err, ERROR_INPUT,
					  "%s/%s: was changed since it was committed, and not by a "
					  "publish; look with 'git -C %s diff', then commit or "
					  "restore it",
					  ledger, path, ledger);
		} else {
			words = string_format("Publish %s", name + 8);
			error = commit_ledger(workspace, path, words, err);
			free(words);
			*ret_recovered = true;
		}
		free(path);
	}
	buffer_release(&status);
	free(ledger);
	return error;
}

static bool commits_are_there(const struct stanza_list *list, git_odb *odb)
{
	for (size_t i = 0; i < list->count; i++)
		if (!git_odb_exists(odb, &list->items[i].commit))
			return false;
	return list->count > 0;
}

int journal_recover(bool *ret_recovered, struct workspace *workspace, struct error *err)
{
	struct ref_changes changes = REF_CHANGES_INIT;
	struct string_list names = ARRAY_INIT;
	struct store *store = NULL;
	bool recovered = false;
	int error = journal_list(&names, workspace, err);

	if (!error && names.count)
		error = recover_commit(&recovered, workspace, err);
	if (!error && names.count)
		error = store_open(&store, workspace->tree, STORE_WRITE, err);
	for (size_t i = 0; i < names.count && !error; i++) {
		struct stanza_list published;

		error = journal_load_name(&published, workspace, names.items[i], err);
		if (!error && commits_are_there(&published, workspace->odb))
			error = journal_set_refs(&changes, &published, workspace, store, err);
		if (!error)
			stanza_list_release(&published);
	}
	if (!error && changes.count) {
		recovered = true;
		error = store_finish(store, err);
		if (!error)
			error = ref_changes_apply(&changes, workspace->tree,
						  "publish: completed from the journal", err);
	}
	store_close(store);
	ref_changes_release(&changes);
	string_list_release(&names);
	if (ret_recovered)
		*ret_recovered = recovered;
	return error;
}
