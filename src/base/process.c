/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"

extern char **environ;

/* What would make a child's answer depend on the caller's surroundings. */
static const char *const dropped_variables[] = {
	"LC_",
	"LANG=",
	"LANGUAGE=",
	"TZ=",
	"GIT_DIR=",
	"GIT_WORK_TREE=",
	"GIT_INDEX_FILE=",
	"GIT_OBJECT_DIRECTORY=",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES=",
	"GIT_NAMESPACE=",
	"GIT_COMMON_DIR=",
	"GIT_PREFIX=",
	"GIT_EXTERNAL_DIFF=",
};

struct child {
	pid_t pid;
	int input, output, errors; /* our ends; -1 when closed */
};

static int is_dropped(const char *variable)
{
	for (size_t i = 0; i < COUNT_OF(dropped_variables); i++)
		if (!strncmp(variable, dropped_variables[i], strlen(dropped_variables[i])))
			return 1;
	return 0;
}

static char **child_environment(const char *const *added)
{
	static const char *const fixed[] = { "LC_ALL=C.UTF-8", "TZ=UTC", "GIT_TERMINAL_PROMPT=0" };
	ARRAY(char *) list = ARRAY_INIT;

	for (char **at = environ; *at; at++)
		if (!is_dropped(*at))
			array_push(&list, *at);
	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		array_push(&list, (char *)fixed[i]);
	for (; added && *added; added++)
		array_push(&list, (char *)*added);
	array_push(&list, NULL);
	return list.items;
}

static void close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

static int start_child(struct child *ret_child, const struct process_request *request,
		       struct error *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, errs[2] = { -1, -1 };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	char **environment;
	int failure;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(errs, O_CLOEXEC)) {
		failure = error_errno(err, "%s: no pipe to it", request->arguments[0]);
		close_pair(in);
		close_pair(out);
		close_pair(errs);
		return failure;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	posix_spawn_file_actions_adddup2(&actions, errs[1], 2);
	if (request->directory)
		posix_spawn_file_actions_addchdir_np(&actions, request->directory);
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	/* With a limit it gets a group of its own, that can be killed whole. */
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(
		&attributes,
		(short)(POSIX_SPAWN_SETSIGDEF | (request->seconds ? POSIX_SPAWN_SETPGROUP : 0)));
	environment = child_environment(request->environment);
	failure = posix_spawnp(&ret_child->pid, request->arguments[0], &actions, &attributes,
			       (char *const *)request->arguments, environment);
	free(environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(out[1]);
	close(errs[1]);
	ret_child->input = in[1];
	ret_child->output = out[0];
	ret_child->errors = errs[0];
	if (!failure)
		return 0;
	close(in[1]);
	close(out[0]);
	close(errs[0]);
	errno = failure;
	if (failure == ENOENT)
		return error_set(err, ERROR_SYSTEM,
				 "%s: no such program; install the Debian package that has it "
				 "(for git: apt install git)",
				 request->arguments[0]);
	return error_errno(err, "%s: cannot be started", request->arguments[0]);
}

static void drain(struct buffer *buffer, int *fd)
{
	char chunk[65536];
	ssize_t got = read(*fd, chunk, sizeof(chunk));

	if (got > 0) {
		if (buffer)
			buffer_add(buffer, chunk, (size_t)got);
		return;
	}
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	close(*fd);
	*fd = -1;
}

static void feed(int *fd, const char **input, size_t *left)
{
	ssize_t done = *left ? write(*fd, *input, *left) : 0;

	if (done > 0) {
		*input += done;
		*left -= (size_t)done;
	}
	if (!*left || (done < 0 && errno != EINTR && errno != EAGAIN)) {
		close(*fd);
		*fd = -1;
	}
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Milliseconds until `end`, as poll takes them; -1 where there is no end. */
static int time_left(int64_t end)
{
	int64_t left = end ? end - milliseconds() : -1;

	return !end ? -1 : left < 0 ? 0 : left > 1000 ? 1000 : (int)left;
}

/* False where the time was up. */
static bool converse(struct child *child, struct buffer *output, struct buffer *errors,
		     const char *input, size_t left, int64_t end)
{
	struct pollfd fds[3];

	fcntl(child->input, F_SETFL, O_NONBLOCK);
	if (!left)
		feed(&child->input, &input, &left);
	while (child->input >= 0 || child->output >= 0 || child->errors >= 0) {
		fds[0] = (struct pollfd){ child->input, POLLOUT, 0 };
		fds[1] = (struct pollfd){ child->output, POLLIN, 0 };
		fds[2] = (struct pollfd){ child->errors, POLLIN, 0 };
		if (poll(fds, 3, time_left(end)) < 0 && errno != EINTR)
			break;
		if (end && milliseconds() >= end)
			return false;
		if (fds[0].revents)
			feed(&child->input, &input, &left);
		if (fds[1].revents)
			drain(output, &child->output);
		if (fds[2].revents)
			drain(errors, &child->errors);
	}
	return true;
}

static void close_ends(struct child *child)
{
	int *ends[] = { &child->input, &child->output, &child->errors };

	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (*ends[i] >= 0) {
			close(*ends[i]);
			*ends[i] = -1;
		}
}

/* The program's own words, bounded, without control bytes. */
static int report_failure(const struct process_request *request, int status,
			  const struct buffer *errors, struct error *err)
{
	struct buffer words = BUFFER_INIT;
	size_t length = errors->length < 1200 ? errors->length : 1200;

	while (length && errors->data[length - 1] == '\n')
		length--;
	buffer_add_safe(&words, errors->data, length);
	if (WIFSIGNALED(status))
		error_set(err, ERROR_SYSTEM, "%s %s: ended by signal %d", request->arguments[0],
			  request->arguments[1] ? request->arguments[1] : "", WTERMSIG(status));
	else
		error_set(err, ERROR_INPUT, "%s: %s", request->arguments[0],
			  length ? words.data : "failed without a word");
	buffer_release(&words);
	return WIFSIGNALED(status) ? ERROR_SYSTEM : ERROR_INPUT;
}

int process_run(struct buffer *ret_output, const struct process_request *request, struct error *err)
{
	struct buffer errors = BUFFER_INIT;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct child child = { 0, -1, -1, -1 };
	int64_t end = request->seconds ? milliseconds() + (int64_t)request->seconds * 1000 : 0;
	int status = 0, error;
	bool done;

	error = start_child(&child, request, err);
	if (error)
		return error;
	/* A child that stops reading is its own report, not our death. */
	sigaction(SIGPIPE, &ignore, &before);
	done = converse(&child, ret_output, &errors, request->input, request->input_length, end);
	sigaction(SIGPIPE, &before, NULL);
	if (!done) {
		close_ends(&child);
		kill(-child.pid, SIGKILL);
	}
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!done)
		error = error_set(err, ERROR_STOPPED, "%s: took longer than %u seconds",
				  request->arguments[0], request->seconds);
	else if (status)
		error = report_failure(request, status, &errors, err);
	buffer_release(&errors);
	return error;
}
