/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "git/repository.h"

#define IDENTITY_NAME "sectree"
#define IDENTITY_EMAIL "sectree@localhost"

enum {
	JUDGE_SECONDS = 60,
	JUDGE_SECONDS_MOST = 86400,
	CLOSURE_LIMIT = 40, /* of plan.closure-limit, where nothing is set */
	LIMIT_MOST = 1000000
};

void string_list_release(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	array_release(list);
}

char *workspace_path(const struct workspace *workspace, const char *name)
{
	return string_format("%s/%s", workspace->directory, name);
}

static char *path_from(const char *directory, const char *path)
{
	return path[0] == '/' ? string_copy(path) : string_format("%s/%s", directory, path);
}

/* 1 empty or absent, 0 not empty, negative on error. */
static int directory_is_free(const char *path, struct error *err)
{
	struct dirent *entry;
	DIR *directory = opendir(path);
	int empty = 1;

	if (!directory && errno == ENOENT)
		return 1;
	if (!directory)
		return error_errno(err, "%s: cannot be made a workspace", path);
	while (empty && (entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			empty = 0;
	closedir(directory);
	return empty;
}

static void add_setting(struct buffer *text, const char *section, const char *key,
			const char *value)
{
	buffer_add_format(text, "[%s]\n\t%s = \"", section, key);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			buffer_add_byte(text, '\\');
		if (*value == '\n')
			buffer_add_string(text, "\\n");
		else
			buffer_add_byte(text, *value);
	}
	buffer_add_string(text, "\"\n");
}

/* Checked before anything is made, so that a wrong path leaves nothing behind. */
static int check_repository(char **ret_path, const char *path, const char *words, bool or_directory,
			    struct error *err)
{
	git_repository *repository;
	struct stat status;
	int error;

	*ret_path = realpath(path, NULL);
	if (!*ret_path)
		return error_errno(err, "%s: cannot be used as %s", path, words);
	if (strchr(*ret_path, '\n'))
		return error_set(err, ERROR_REFUSED,
				 "%s: has a line end in its name, which git's list of borrowed "
				 "objects cannot hold; move or link it",
				 path);
	error = repository_open(&repository, *ret_path, words, err);
	if (!error)
		git_repository_free(repository);
	else if (or_directory && !stat(*ret_path, &status) && S_ISDIR(status.st_mode)) {
		char *records = string_format("%s/cve", *ret_path);

		if (!stat(records, &status))
			error = 0;
		free(records);
		error_clear(error ? NULL : err);
	}
	return error;
}

static int make_directory(const char *parent, const char *name, struct error *err)
{
	char *path = string_format("%s/%s", parent, name);
	int error = 0;

	if (mkdir(path, 0777) && errno != EEXIST)
		error = error_errno(err, "%s: cannot be made", path);
	free(path);
	return error;
}

static int fill_workspace(const char *directory, const struct buffer *settings, struct error *err)
{
	static const char *const names[] = { "ledger", "cache", "public" };
	char *path = string_format("%s/sectree.conf", directory);
	int error = 0;

	for (size_t i = 0; i < COUNT_OF(names) && !error; i++)
		error = make_directory(directory, names[i], err);
	if (!error)
		error = git_run(NULL, directory, err, "init", "-q", "--bare",
				"--object-format=sha1", "-b", "main", "tree.git", NULL);
	if (!error)
		error = git_run(NULL, directory, err, "-C", "tree.git", "config", "gc.auto", "0",
				NULL);
	if (!error)
		error = git_run(NULL, directory, err, "-C", "tree.git", "config",
				"core.logAllRefUpdates", "always", NULL);
	if (!error)
		error = git_run(NULL, directory, err, "init", "-q", "--object-format=sha1", "-b",
				"main", "ledger", NULL);
	/* Last: with it the directory is a workspace. */
	if (!error)
		error = file_replace(path, settings->data, settings->length, err);
	free(path);
	return error;
}

int workspace_create(const char *directory, const char *source, const char *advisories,
		     struct error *err)
{
	struct buffer settings = BUFFER_INIT;
	char *source_path = NULL, *advisories_path = NULL;
	int error = directory_is_free(directory, err);

	if (error == 0)
		return error_set(err, ERROR_REFUSED,
				 "%s: exists and is not empty; name a new directory", directory);
	if (error > 0)
		error = 0;
	if (!error && source)
		error = check_repository(&source_path, source, "the source of stable series", false,
					 err);
	if (!error && advisories)
		error = check_repository(&advisories_path, advisories, "the records of advisories",
					 true, err);
	if (!error && mkdir(directory, 0777) && errno != EEXIST)
		error = error_errno(err, "%s: cannot be made", directory);
	if (!error) {
		buffer_add_string(&settings,
				  "# Settings of this workspace; see 'sectree help init'\n");
		if (source_path)
			add_setting(&settings, "source", "path", source_path);
		if (advisories_path)
			add_setting(&settings, "advisories", "path", advisories_path);
		error = fill_workspace(directory, &settings, err);
	}
	buffer_release(&settings);
	free(source_path);
	free(advisories_path);
	return error;
}

int workspace_find(char **ret_directory, const char *directory, struct error *err)
{
	char *at = realpath(directory, NULL), *slash, *settings;
	int found;

	if (!at)
		return error_errno(err, "%s", directory);
	for (;;) {
		settings = string_format("%s/sectree.conf", at);
		found = !access(settings, F_OK);
		free(settings);
		if (found) {
			*ret_directory = at;
			return 0;
		}
		slash = strrchr(at, '/');
		if (!slash || slash == at)
			break;
		*slash = '\0';
	}
	free(at);
	return error_set(err, ERROR_NOT_FOUND,
			 "%s: no workspace here or above (no sectree.conf); make one with "
			 "'sectree init', or name it with -C",
			 directory);
}

static struct series_setting *series_setting(struct workspace *workspace, const char *name,
					     size_t length)
{
	struct series_setting *setting;

	for (size_t i = 0; i < workspace->series_count; i++) {
		setting = &workspace->series[i];
		if (strlen(setting->name) == length && !memcmp(setting->name, name, length))
			return setting;
	}
	workspace->series = array_reserve_raw(workspace->series, &workspace->series_capacity,
					      workspace->series_count + 1, sizeof(*setting));
	setting = &workspace->series[workspace->series_count++];
	memset(setting, 0, sizeof(*setting));
	setting->name = string_copy_length(name, length);
	return setting;
}

static void set_string(char **field, char *value)
{
	free(*field);
	*field = value;
}

struct setting_rule {
	const char *name;
	size_t offset;
	bool is_path;
	bool is_list;
};

static const struct setting_rule setting_rules[] = {
	{ "source.path", offsetof(struct workspace, source_path), true, false },
	{ "advisories.path", offsetof(struct workspace, advisories_path), true, false },
	{ "advisories.ref", offsetof(struct workspace, advisories_ref), false, false },
	{ "advisories.list", offsetof(struct workspace, advisory_lists), true, true },
	{ "maintained.releases", offsetof(struct workspace, releases_path), true, false },
	{ "identity.name", offsetof(struct workspace, identity_name), false, false },
	{ "identity.email", offsetof(struct workspace, identity_email), false, false },
	{ "build.base", offsetof(struct workspace, build_bases), false, true },
	{ "build.policy", offsetof(struct workspace, build_policy), false, false },
};

static const struct setting_rule series_rules[] = {
	{ "ref", offsetof(struct series_setting, ref), false, false },
	{ "base", offsetof(struct series_setting, base), false, false },
	{ "support", offsetof(struct series_setting, support), false, false },
};

/* series.<name>.<key>; the name may hold dots. */
static int read_series_setting(struct workspace *workspace, const char *name, const char *value,
			       struct error *err)
{
	const char *start = name + strlen("series.");
	const char *end = strrchr(start, '.');
	struct series_setting *setting;

	for (size_t i = 0; end && i < COUNT_OF(series_rules); i++) {
		if (strcmp(end + 1, series_rules[i].name))
			continue;
		setting = series_setting(workspace, start, (size_t)(end - start));
		set_string((char **)((char *)setting + series_rules[i].offset), string_copy(value));
		return 0;
	}
	return error_set(
		err, ERROR_INPUT,
		"%s/sectree.conf: %s: no such setting of a series; there are ref, base and "
		"support",
		workspace->directory, name);
}

/* policy.<name>.<key>; a policy can be written in several places. */
static int read_policy_setting(struct workspace *workspace, const char *name, const char *value,
			       struct error *err)
{
	const char *start = name + strlen("policy."), *end = strrchr(start, '.');
	struct policy_setting setting, moved;

	if (!end)
		return error_set(err, ERROR_INPUT,
				 "%s/sectree.conf: %s: a policy has a name: [policy \"NAME\"]",
				 workspace->directory, name);
	setting = (struct policy_setting){ string_copy_length(start, (size_t)(end - start)),
					   string_copy(end + 1), string_copy(value) };
	array_push(&workspace->policies, setting);
	for (size_t i = workspace->policies.count - 1; i > 0; i--) {
		moved = workspace->policies.items[i - 1];
		if (strcmp(moved.policy, setting.policy) <= 0)
			break;
		workspace->policies.items[i - 1] = setting;
		workspace->policies.items[i] = moved;
	}
	return 0;
}

/* judge.<name>.command and judge.<name>.timeout */
static int read_judge_setting(struct workspace *workspace, const char *name, const char *value,
			      struct error *err)
{
	const char *start = name + strlen("judge."), *end = strrchr(start, '.');
	struct judge_setting *judge = NULL;
	size_t length = end ? (size_t)(end - start) : 0;
	unsigned long seconds;

	for (size_t i = 0; i < workspace->judges.count; i++)
		if (strlen(workspace->judges.items[i].name) == length &&
		    !memcmp(workspace->judges.items[i].name, start, length))
			judge = &workspace->judges.items[i];
	if (end && !judge) {
		judge = array_add(&workspace->judges);
		judge->name = string_copy_length(start, length);
		judge->seconds = JUDGE_SECONDS;
	}
	if (end && !strcmp(end + 1, "command")) {
		set_string(&judge->command, string_copy(value));
		return 0;
	}
	seconds = strtoul(value, NULL, 10);
	if (end && !strcmp(end + 1, "timeout") && strspn(value, "0123456789") == strlen(value) &&
	    seconds > 0 && seconds <= JUDGE_SECONDS_MOST) {
		judge->seconds = (unsigned)seconds;
		return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "%s/sectree.conf: %s: of a judge there are command, and timeout from 1 "
			 "to %d seconds: [judge \"NAME\"]",
			 workspace->directory, name, JUDGE_SECONDS_MOST);
}

static int read_limit(struct workspace *workspace, const char *value, struct error *err)
{
	char *end;
	unsigned long limit;

	errno = 0;
	limit = strtoul(value, &end, 10);
	if (errno || *end || strspn(value, "0123456789") != strlen(value) || limit > LIMIT_MOST)
		return error_set(err, ERROR_INPUT,
				 "%s/sectree.conf: plan.closure-limit: must be a number from 0 to "
				 "%d, not '%s'",
				 workspace->directory, LIMIT_MOST, value);
	workspace->closure_limit = limit;
	return 0;
}

static int read_setting(struct workspace *workspace, const char *name, const char *value,
			struct error *err)
{
	const struct setting_rule *rule;
	char *text;
	void *field;

	if (!value || !*value)
		return error_set(err, ERROR_INPUT, "%s/sectree.conf: %s: has no value",
				 workspace->directory, name);
	if (!strncmp(name, "series.", 7))
		return read_series_setting(workspace, name, value, err);
	if (!strncmp(name, "policy.", 7))
		return read_policy_setting(workspace, name, value, err);
	if (!strncmp(name, "judge.", 6))
		return read_judge_setting(workspace, name, value, err);
	if (!strcmp(name, "plan.closure-limit"))
		return read_limit(workspace, value, err);
	for (size_t i = 0; i < COUNT_OF(setting_rules); i++) {
		rule = &setting_rules[i];
		if (strcmp(rule->name, name))
			continue;
		text = rule->is_path ? path_from(workspace->directory, value) : string_copy(value);
		field = (char *)workspace + rule->offset;
		if (rule->is_list)
			array_push((struct string_list *)field, text);
		else
			set_string(field, text);
		return 0;
	}
	return error_set(err, ERROR_INPUT, "%s/sectree.conf: %s: no such setting",
			 workspace->directory, name);
}

static int check_identity(const struct workspace *workspace, struct error *err)
{
	const char *const parts[] = { workspace->identity_name, workspace->identity_email };

	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (parts[i] &&
		    (strpbrk(parts[i], "<>\n\r") || !text_is_utf8(parts[i], strlen(parts[i]))))
			return error_set(err, ERROR_INPUT,
					 "%s/sectree.conf: identity: must be UTF-8 without angle "
					 "brackets and line ends",
					 workspace->directory);
	return 0;
}

static int read_settings(struct workspace *workspace, struct error *err)
{
	char *path = workspace_path(workspace, "sectree.conf");
	git_config_iterator *iterator = NULL;
	git_config_entry *entry;
	git_config *config = NULL;
	int error = 0;

	if (access(path, R_OK))
		error = error_errno(err, "%s: cannot be read", path);
	else if (git_config_open_ondisk(&config, path) < 0 ||
		 git_config_iterator_new(&iterator, config) < 0)
		error = git_failed(err, "%s: is not in git-config syntax", path);
	while (!error && git_config_next(&entry, iterator) == 0)
		error = read_setting(workspace, entry->name, entry->value, err);
	if (!error)
		error = check_identity(workspace, err);
	if (!workspace->identity_name)
		workspace->identity_name = string_copy(IDENTITY_NAME);
	if (!workspace->identity_email)
		workspace->identity_email = string_copy(IDENTITY_EMAIL);
	git_config_iterator_free(iterator);
	git_config_free(config);
	free(path);
	return error;
}

int workspace_open(struct workspace *ret_workspace, const char *directory, struct error *err)
{
	char *cache, *index;
	int error;

	memset(ret_workspace, 0, sizeof(*ret_workspace));
	ret_workspace->lock = -1;
	ret_workspace->closure_limit = CLOSURE_LIMIT;
	ret_workspace->directory = realpath(directory, NULL);
	if (!ret_workspace->directory)
		return error_errno(err, "%s", directory);
	error = read_settings(ret_workspace, err);
	cache = workspace_path(ret_workspace, "cache");
	index = workspace_path(ret_workspace, "cache/index.sqlite");
	/* All of cache/ may be deleted at any time. */
	if (!error && mkdir(cache, 0777) && errno != EEXIST && errno != EROFS)
		error = error_errno(err, "%s: cannot be made", cache);
	ret_workspace->readonly = access(cache, W_OK) != 0;
	if (!error)
		error = index_open(&ret_workspace->index, index, ret_workspace->readonly, err);
	free(cache);
	free(index);
	if (error)
		workspace_close(ret_workspace);
	return error;
}

void workspace_close(struct workspace *workspace)
{
	char **const strings[] = {
		&workspace->directory,	    &workspace->source_path,   &workspace->advisories_path,
		&workspace->advisories_ref, &workspace->releases_path, &workspace->identity_name,
		&workspace->identity_email, &workspace->build_policy,
	};

	workspace_unlock(workspace);
	index_close(&workspace->index);
	git_odb_free(workspace->odb);
	git_repository_free(workspace->tree);
	git_repository_free(workspace->source);
	for (size_t i = 0; i < workspace->series_count; i++) {
		free(workspace->series[i].name);
		free(workspace->series[i].ref);
		free(workspace->series[i].base);
		free(workspace->series[i].support);
	}
	free(workspace->series);
	for (size_t i = 0; i < workspace->policies.count; i++) {
		free(workspace->policies.items[i].policy);
		free(workspace->policies.items[i].key);
		free(workspace->policies.items[i].value);
	}
	array_release(&workspace->policies);
	for (size_t i = 0; i < workspace->judges.count; i++) {
		free(workspace->judges.items[i].name);
		free(workspace->judges.items[i].command);
	}
	array_release(&workspace->judges);
	string_list_release(&workspace->advisory_lists);
	string_list_release(&workspace->build_bases);
	for (size_t i = 0; i < COUNT_OF(strings); i++)
		set_string(strings[i], NULL);
	memset(workspace, 0, sizeof(*workspace));
	workspace->lock = -1;
}

/* tree.git borrows the source's objects: the path is kept in step with the settings. */
static int borrow_objects(struct workspace *workspace, struct error *err)
{
	char *objects = repository_objects(workspace->source);
	char *path = workspace_path(workspace, "tree.git/objects/info/alternates");
	struct buffer now = BUFFER_INIT, wanted = BUFFER_INIT;
	int error = 0;

	buffer_add_format(&wanted, "%s\n", objects);
	if (buffer_read_file(&now, path, 1 << 20, NULL) || strcmp(now.data, wanted.data)) {
		if (!workspace->readonly)
			error = file_replace(path, wanted.data, wanted.length, err);
	}
	buffer_release(&now);
	buffer_release(&wanted);
	free(objects);
	free(path);
	return error;
}

int workspace_open_source(struct workspace *workspace, struct error *err)
{
	char *tree;
	int error;

	if (workspace->odb)
		return 0;
	if (!workspace->source_path)
		return error_set(err, ERROR_INPUT,
				 "%s/sectree.conf: no source is set; add\n[source]\n\tpath = "
				 "<a clone of linux-stable>",
				 workspace->directory);
	if (!workspace->source) {
		error = repository_open(&workspace->source, workspace->source_path,
					"the source of stable series", err);
		if (error)
			return error;
	}
	error = borrow_objects(workspace, err);
	if (error)
		return error;
	tree = workspace_path(workspace, "tree.git");
	error = repository_open(&workspace->tree, tree, "the output of this workspace", err);
	free(tree);
	if (!error && git_repository_odb(&workspace->odb, workspace->tree) < 0)
		error = git_failed(err, "%s: its objects cannot be opened", workspace->directory);
	return error;
}

static void read_holder(struct buffer *ret_words, int fd)
{
	char words[128];
	ssize_t got = pread(fd, words, sizeof(words), 0);

	if (got > 0)
		buffer_add_safe(ret_words, words, (size_t)got);
	else
		buffer_add_string(ret_words, "another run");
}

int workspace_lock(struct workspace *workspace, int seconds, struct error *err)
{
	const struct timespec pause = { 0, 50000000 };
	struct buffer holder = BUFFER_INIT;
	int fd, error = 0, tries = seconds * 20;
	char words[64], *path;

	if (workspace->lock >= 0)
		return 0;
	path = workspace_path(workspace, "cache/lock");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		error = error_errno(err, "%s: cannot be locked", path);
	while (!error && flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK) {
			error = error_errno(err, "%s: cannot be locked", path);
		} else if (tries-- > 0) {
			nanosleep(&pause, NULL);
		} else {
			read_holder(&holder, fd);
			error = error_set(err, ERROR_BUSY,
					  "%s: in use by %s; wait for it to end, then try again",
					  workspace->directory, holder.data);
		}
	}
	free(path);
	buffer_release(&holder);
	if (error) {
		if (fd >= 0)
			close(fd);
		return error;
	}
	/* Only the name of the holder is lost where this fails. */
	if (ftruncate(fd, 0) == 0 &&
	    snprintf(words, sizeof(words), "process %ld", (long)getpid()) > 0)
		(void)!pwrite(fd, words, strlen(words), 0);
	workspace->lock = fd;
	return 0;
}

void workspace_unlock(struct workspace *workspace)
{
	if (workspace->lock >= 0)
		close(workspace->lock);
	workspace->lock = -1;
}
