/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"

extern char **environ;

static char *pager_of_git(void)
{
	git_config *config = NULL;
	git_buf value = { 0 };
	char *pager = NULL;

	git_libgit2_init();
	if (!git_config_open_default(&config) &&
	    !git_config_get_string_buf(&value, config, "core.pager"))
		pager = string_copy(value.ptr);
	git_buf_dispose(&value);
	git_config_free(config);
	git_libgit2_shutdown();
	return pager;
}

/* Owned by the caller; NULL: output goes to the terminal. */
static char *pager_command(void)
{
	const char *variable = getenv("SECTREE_PAGER");
	char *command = NULL;

	if (!variable)
		variable = getenv("GIT_PAGER");
	if (!variable)
		command = pager_of_git();
	if (!variable && !command)
		variable = getenv("PAGER");
	if (!command)
		command = string_copy(variable ? variable : "less");
	if (*command && strcmp(command, "cat"))
		return command;
	free(command);
	return NULL;
}

/* As git does: less shows colours, ends by itself on a short text, leaves it on the screen. */
static void set_default(const char *name, const char *value)
{
	if (!getenv(name))
		setenv(name, value, 1);
}

static int spawn_pager(pid_t *ret_pid, char *command, int input)
{
	char *direct[] = { command, NULL };
	char *shell[] = { (char *)"sh", (char *)"-c", command, NULL };
	/* Started directly where it is one word, so that a missing program is noticed. */
	char **arguments = strpbrk(command, "|&;<>()$`\\\"' \t\n*?[#~=%") ? shell : direct;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int failure;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	failure = posix_spawnp(ret_pid, arguments[0], &actions, &attributes, arguments, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failure;
}

void pager_start(struct output *out)
{
	char *command = pager_command();
	int pair[2];
	pid_t pid;

	if (!command)
		return;
	set_default("LESS", "FRX");
	set_default("LV", "-c");
	if (!pipe2(pair, O_CLOEXEC)) {
		if (spawn_pager(&pid, command, pair[0]))
			close(pair[1]);
		else {
			out->fd = pair[1];
			out->pager = pid;
		}
		close(pair[0]);
	}
	free(command);
}

void pager_finish(struct output *out)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int status;

	if (!out->pager)
		return;
	close(out->fd);
	out->fd = STDOUT_FILENO;
	/* An interrupt is now for the pager, and must not leave it without us. */
	sigaction(SIGINT, &ignore, &before);
	while (waitpid((pid_t)out->pager, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &before, NULL);
	out->pager = 0;
}
