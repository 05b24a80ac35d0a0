/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "git/repository.h"
#include "triage/decision.h"
#include "triage/ledger-file.h"

#define UPSTREAM "1111111111111111111111111111111111111111"
#define BACKPORT "2222222222222222222222222222222222222222"
#define ANN "Ann <ann@example.org>"
#define BOB "Bob <bob@example.org>"
#define LINE(kind, series, day, person) \
	kind "\t" series "\t-\t-\t" day "\t" person "\twhy " kind "\n"

/* A ledger with a file about each commit; NULL: none. */
static int load(struct decision_list *ret_list, const char *upstream, const char *backport,
		struct error *err)
{
	char directory[] = "/tmp/test-decision.XXXXXX", *path;
	const char *names[] = { UPSTREAM, BACKPORT };
	const char *texts[] = { upstream, backport };
	int error;

	assert_non_null(mkdtemp(directory));
	path = string_format("%s/triage", directory);
	assert_int_equal(mkdir(path, 0777), 0);
	free(path);
	for (size_t i = 0; i < 2; i++) {
		path = string_format("%s/triage/%s", directory, names[i]);
		if (texts[i])
			assert_int_equal(file_replace(path, texts[i], strlen(texts[i]), NULL), 0);
		free(path);
	}
	error = decision_list_load(ret_list, directory, err);
	for (size_t i = 0; i < 2; i++) {
		path = string_format("%s/triage/%s", directory, names[i]);
		unlink(path);
		free(path);
	}
	path = string_format("%s/triage", directory);
	rmdir(path);
	rmdir(directory);
	free(path);
	return error;
}

/* What holds for the backport in a series; `words` is what is said of it. */
static enum decided answer(char **ret_words, const char *upstream, const char *backport,
			   const char *series)
{
	struct decided_commit decided;
	struct decision_list list;
	struct buffer words = BUFFER_INIT;
	enum decided value;
	git_oid id;

	assert_int_equal(load(&list, upstream, backport, NULL), 0);
	assert_int_equal(git_oid_fromstr(&id, BACKPORT), 0);
	decisions_find(&decided, &list, &id, UPSTREAM, series);
	decided_commit_print(&words, &decided);
	value = decided.answer;
	if (ret_words)
		*ret_words = buffer_detach(&words);
	buffer_release(&words);
	decided_commit_release(&decided);
	decision_list_release(&list);
	return value;
}

static void who_decides(void **state)
{
	static const struct {
		const char *upstream, *backport;
		enum decided wanted;
	} cases[] = {
		{ NULL, NULL, DECIDED_NOTHING },
		{ "# a remark\n\n", NULL, DECIDED_NOTHING },
		{ LINE("in", "-", "2026-08-21", ANN), NULL, DECIDED_IN },
		{ LINE("out", "-", "2026-08-21", ANN), NULL, DECIDED_OUT },
		{ LINE("not-fix", "-", "2026-08-21", ANN), NULL, DECIDED_OUT },
		/* The later line of a person, and the later day whatever git made of the order. */
		{ LINE("in", "-", "2026-08-21", ANN) LINE("out", "-", "2026-08-21", ANN), NULL,
		  DECIDED_OUT },
		{ LINE("out", "-", "2026-08-22", ANN) LINE("in", "-", "2026-08-21", ANN), NULL,
		  DECIDED_OUT },
		/* Two people. */
		{ LINE("in", "-", "2026-08-21", ANN) LINE("in", "-", "2026-08-21", BOB), NULL,
		  DECIDED_IN },
		{ LINE("in", "-", "2026-08-21", ANN) LINE("out", "-", "2026-08-30", BOB), NULL,
		  DECIDED_CONFLICT },
		{ LINE("out", "-", "2026-08-21", ANN) LINE("not-fix", "-", "2026-08-30", BOB), NULL,
		  DECIDED_OUT },
		/* Scopes. */
		{ LINE("out", "linux-5.10.y", "2026-08-21", ANN), NULL, DECIDED_NOTHING },
		{ LINE("out", "linux-5.10.y,linux-6.1.y", "2026-08-21", ANN), NULL, DECIDED_OUT },
		{ LINE("out", "linux-6.1.y-rt", "2026-08-21", ANN), NULL, DECIDED_NOTHING },
		{ LINE("out", "linux-6.1.y", "2026-08-21", ANN) LINE("in", "-", "2026-08-30", ANN),
		  NULL, DECIDED_OUT },
		{ LINE("out", "linux-6.1.y", "2026-08-21", ANN) LINE("in", "-", "2026-08-30", BOB),
		  NULL, DECIDED_CONFLICT },
		/* The backport itself. */
		{ LINE("in", "linux-6.1.y", "2026-08-30", ANN),
		  LINE("not-fix", "-", "2026-08-21", ANN), DECIDED_OUT },
		{ LINE("in", "-", "2026-08-30", ANN), LINE("not-fix", "-", "2026-08-21", BOB),
		  DECIDED_CONFLICT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum decided got = answer(NULL, cases[i].upstream, cases[i].backport,
					  "linux-6.1.y");

		if (got != cases[i].wanted)
			fail_msg("case %zu: %d instead of %d", i, got, cases[i].wanted);
	}
}

static void a_conflict_names_both(void **state)
{
	char *words;

	(void)state;
	answer(&words, LINE("in", "-", "2026-08-21", ANN) LINE("out", "-", "2026-08-30", BOB), NULL,
	       NULL);
	assert_string_equal(words, "people contradict each other: in by " ANN
				   ", 2026-08-21: why in; out by " BOB ", 2026-08-30: why out");
	free(words);
}

static void judgements_follow(void **state)
{
	static const struct judgement before = { .routes = 1U << ROUTE_REMOTE,
						 .impacts = 1U << IMPACT_DATA_LOSS,
						 .security = 400,
						 .gate = 300 };
	struct judgement judgement = before;
	struct decision decision = { .kind = DECISION_IN, .routes = 1U << ROUTE_USERNS };
	const struct decision *item = &decision;
	struct decided_commit decided = { DECIDED_NOTHING, &item, 1, 1 };

	(void)state;
	judgement_add_decisions(&judgement, &decided);
	assert_memory_equal(&judgement, &before, sizeof(before));
	decided.answer = DECIDED_IN;
	judgement_add_decisions(&judgement, &decided);
	assert_int_equal(judgement.source, SOURCE_LEDGER);
	assert_int_equal(judgement_likelihood(&judgement), LIKELIHOOD_SURE);
	assert_int_equal(judgement.routes, 1U << ROUTE_USERNS);
	assert_int_equal(judgement.impacts, before.impacts);
	assert_true(judgement.routes_decided);
	assert_false(judgement.impacts_decided);
	judgement = before;
	decided.answer = DECIDED_CONFLICT;
	decision.kind = DECISION_OUT; /* routes of who says so are none of the others' */
	judgement_add_decisions(&judgement, &decided);
	assert_int_equal(judgement_likelihood(&judgement), LIKELIHOOD_SURE);
	assert_int_equal(judgement.routes, before.routes);
	judgement = before;
	decided.answer = DECIDED_OUT;
	judgement_add_decisions(&judgement, &decided);
	assert_int_equal(judgement_likelihood(&judgement), 0);
	assert_int_equal(judgement.routes, before.routes);
}

static void damage_names_the_line(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "in\n", ":1: must be verdict, series" },
		{ "# one\nperhaps\t-\t-\t-\t2026-08-21\tA\twhy\n", ":2: no such verdict" },
		{ "in\t-\tmoon\t-\t2026-08-21\tA\twhy\n", ":1: no such route" },
		{ "in\t-\tremote,\xff\t-\t2026-08-21\tA\twhy\n", ":1: is not UTF-8" },
		{ "in\t-\tremote,,userns\t-\t2026-08-21\tA\twhy\n", ":1: no such route" },
		{ "in\t-\t-\tmoon\t2026-08-21\tA\twhy\n", ":1: no such impact" },
		{ "in\t-\t-\t-\tyesterday\tA\twhy\n", ":1: the date" },
		{ "in\t-\t-\t-\t2026-08-211\tA\twhy\n", ":1: the date" },
		{ "in\t-\t-\t-\t2026-08-21\t\twhy\n", ":1: must be verdict" },
		{ "in\t-\t-\t-\t2026-08-21\tA\t\n", ":1: must be verdict" },
		/* What git leaves where the attribute is not there. */
		{ "<<<<<<< HEAD\n", ":1: must be" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error err = ERROR_INIT;
		struct decision_list list;

		assert_int_equal(load(&list, cases[i].text, NULL, &err), ERROR_INPUT);
		if (!strstr(err.message, "/triage/" UPSTREAM) ||
		    !strstr(err.message, cases[i].words))
			fail_msg("case %zu: %s", i, err.message);
	}
}

static void values_are_lines(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(ledger_check_value("reason", NULL, &err), 0);
	assert_int_equal(ledger_check_value("reason", "caf\xc3\xa9, really", &err), 0);
	assert_int_equal(ledger_check_value("reason", "", &err), ERROR_INPUT);
	assert_int_equal(ledger_check_value("reason", "two\nlines", &err), ERROR_INPUT);
	assert_int_equal(ledger_check_value("reason", "a\x1b[2Jb", &err), ERROR_INPUT);
	assert_int_equal(ledger_check_value("reason", "\xff", &err), ERROR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_decides),	     cmocka_unit_test(a_conflict_names_both),
		cmocka_unit_test(judgements_follow), cmocka_unit_test(damage_names_the_line),
		cmocka_unit_test(values_are_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
