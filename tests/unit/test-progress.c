/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "cmd/progress-line.h"

struct counter {
	struct progress progress;
	int reports, finished;
	uint64_t stop_at;
};

static int count_report(struct progress *progress, uint64_t done, uint64_t total)
{
	struct counter *counter = (struct counter *)progress;

	counter->reports++;
	return done == counter->stop_at;
}

static void count_finish(struct progress *progress)
{
	((struct counter *)progress)->finished++;
}

static void a_step_is_asked_to_stop(void **state)
{
	struct counter counter = { .progress = { .report = count_report, .finish = count_finish },
				   .stop_at = 3 };
	struct progress *progress = &counter.progress;
	struct error err = ERROR_INIT;

	progress_begin(progress, "Counting");
	assert_string_equal(progress->title, "Counting");
	assert_int_equal(progress_update(progress, 1, 3, &err), 0);
	assert_int_equal(progress_update(progress, 3, 3, &err), ERROR_STOPPED);
	assert_int_equal(err.code, ERROR_STOPPED);
	progress_end(progress);
	progress_end(progress);
	assert_int_equal(counter.reports, 2);
	assert_int_equal(counter.finished, 1);

	progress_begin(NULL, "Nothing");
	assert_int_equal(progress_update(NULL, 1, 2, NULL), 0);
	progress_end(NULL);
}

/* Runs a step of `milliseconds` with standard error in memory; returns what was drawn. */
static size_t draw(char *ret_text, size_t size, bool enabled, int milliseconds, uint64_t total)
{
	struct progress_line line;
	int before = dup(STDERR_FILENO), memory = memfd_create("stderr", MFD_CLOEXEC);
	ssize_t length;

	assert_true(dup2(memory, STDERR_FILENO) >= 0);
	progress_line_init(&line, false);
	assert_false(line.enabled); /* no terminal */
	line.enabled = enabled;
	progress_begin(&line.progress, "Counting");
	for (int i = 0; i <= milliseconds; i += 5) {
		assert_int_equal(progress_update(&line.progress, (uint64_t)i, total, NULL), 0);
		usleep(5000);
	}
	progress_end(&line.progress);
	dup2(before, STDERR_FILENO);
	length = pread(memory, ret_text, size - 1, 0);
	assert_true(length >= 0);
	ret_text[length] = '\0';
	close(before);
	close(memory);
	return (size_t)length;
}

static void the_line_is_late_and_rare(void **state)
{
	char text[4096];
	int drawn = 0;

	assert_int_equal(draw(text, sizeof(text), true, 100, 0), 0);
	assert_int_equal(draw(text, sizeof(text), false, 1100, 0), 0);
	assert_true(draw(text, sizeof(text), true, 1400, 1400) > 0);
	assert_non_null(strstr(text, "\rCounting: "));
	assert_non_null(strstr(text, "\rCounting: 100% (1400/1400), done.\033[K\n"));
	for (const char *at = text; (at = strchr(at, '\r')); at++)
		drawn++;
	/* Half a second and more at ten a second, and the end. */
	assert_in_range(drawn, 2, 14);
	assert_true(draw(text, sizeof(text), true, 1200, 0) > 0);
	assert_non_null(strstr(text, "\rCounting: 1200, done."));
}

static void a_signal_stops_the_step(void **state)
{
	struct progress_line line;
	struct sigaction now;
	struct error err = ERROR_INIT;

	signal(SIGHUP, SIG_IGN);
	interrupt_install();
	sigaction(SIGHUP, NULL, &now);
	assert_true(now.sa_handler == SIG_IGN);
	progress_line_init(&line, true);
	progress_begin(&line.progress, "Counting");
	assert_int_equal(progress_update(&line.progress, 1, 2, &err), 0);
	raise(SIGTERM);
	assert_true(interrupt_received());
	assert_int_equal(progress_update(&line.progress, 2, 2, &err), ERROR_STOPPED);
	progress_end(&line.progress);
	sigaction(SIGTERM, NULL, &now);
	assert_true(now.sa_handler == SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_asked_to_stop),
		cmocka_unit_test(the_line_is_late_and_rare),
		cmocka_unit_test(a_signal_stops_the_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
