/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/progress-line.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"

#define DELAY_MS 1000
#define INTERVAL_MS 100

static volatile sig_atomic_t stop_wanted;
static struct progress_line *visible; /* the line that is on the screen, if one is */

static void on_signal(int number)
{
	stop_wanted = 1;
}

void interrupt_install(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	/* The handler is gone after its first use: who asks twice means it. */
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = (int)(SA_RESTART | SA_RESETHAND) };
	struct sigaction before;

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		/* What was ignored at the start (nohup) stays ignored. */
		if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

bool interrupt_received(void)
{
	return stop_wanted;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void draw(struct progress_line *line, const char *end)
{
	char text[160];
	int length;

	if (line->total)
		length = snprintf(text, sizeof(text),
				  "\r%.80s: %3" PRIu64 "%% (%" PRIu64 "/%" PRIu64 ")%s",
				  line->progress.title,
				  line->done >= line->total ? 100 : line->done * 100 / line->total,
				  line->done, line->total, end);
	else
		length = snprintf(text, sizeof(text), "\r%.80s: %" PRIu64 "%s",
				  line->progress.title, line->done, end);
	/* A terminal that is gone is no reason to stop. */
	if (write(STDERR_FILENO, text, (size_t)length) < 0)
		line->enabled = false;
}

static int report(struct progress *progress, uint64_t done, uint64_t total)
{
	struct progress_line *line = (struct progress_line *)progress;
	int64_t now;

	line->done = done;
	line->total = total;
	if (line->enabled && progress->title) {
		now = now_ms();
		if (!line->started)
			line->started = now;
		if (now - line->started >= DELAY_MS && now - line->drawn_at >= INTERVAL_MS) {
			draw(line, "\033[K");
			line->drawn_at = now;
			visible = line;
		}
	}
	return stop_wanted;
}

static void finish(struct progress *progress)
{
	struct progress_line *line = (struct progress_line *)progress;

	if (visible == line)
		draw(line, stop_wanted ? "\033[K\n" : ", done.\033[K\n");
	visible = NULL;
	line->started = 0;
	line->drawn_at = 0;
}

void progress_line_hide(void)
{
	static const char clear[] = "\r\033[K";

	if (visible && write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0)
		visible->enabled = false;
	visible = NULL;
}

void progress_line_init(struct progress_line *line, bool quiet)
{
	*line = (struct progress_line){
		.progress = { .report = report, .finish = finish },
		.enabled = !quiet && isatty(STDERR_FILENO),
	};
}
