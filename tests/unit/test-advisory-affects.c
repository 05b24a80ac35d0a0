/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "advisory/affects.h"
#include "base/array.h"

/* Lines as a .dyad has them, with short ids, "|" between them. */
#define PAIRS_MOST 12

static size_t make_pairs(struct advisory_pair *pairs, const char *text)
{
	size_t count = 0, span;
	char *field[4];

	for (; *text; count++) {
		memset(&pairs[count], 0, sizeof(pairs[count]));
		field[0] = pairs[count].introduced_version;
		field[1] = pairs[count].introduced_id;
		field[2] = pairs[count].fixed_version;
		field[3] = pairs[count].fixed_id;
		for (int i = 0; i < 4; i++) {
			span = strcspn(text, ":|");
			if (!(span == 1 && *text == '0'))
				snprintf(field[i], i % 2 ? 41 : ADVISORY_VERSION_SIZE, "%.*s",
					 (int)span, text);
			text += span + (text[span] != '\0');
		}
	}
	return count;
}

#define PLAIN "4.14:a:4.19.307:b|4.14:a:5.4.269:c|4.14:a:5.10.210:d|4.14:a:5.15.149:e|4.14:a:6.8:f"
#define OVERLAP "4.14:a:5.10.261:b|4.14:a:5.15.212:c|4.14:a:6.1.178:d|4.14:a:7.1:e"
#define BACKPORTED "5.10.17:a:5.10.44:b|5.11:c:5.12.11:d|5.11:c:5.13:e"
#define BACKPORT_OPEN "3.16.57:a:0:0|4.4.168:b:0:0|4.16:c:5.10.244:d|4.16:c:6.17:e"
#define BEGINNING                                                    \
	"2.6.12:1da177e4c3f41524e886b7f1b8a0c1fc7321cac2:4.9.320:b|" \
	"2.6.12:1da177e4c3f41524e886b7f1b8a0c1fc7321cac2:5.18:c"
#define ZERO "0:0:6.1.80:a|0:0:6.8:b"
#define TWICE "5.10.17:a:5.10.44:b|5.10.60:c:5.10.70:d|5.11:e:5.13:f"
#define REDONE "3.16:a:4.19.307:b|3.16:a:4.19.318:c|3.16:a:6.8:d|3.16:a:6.10:e"
#define TWO_FIXES "4.16:a:5.10.244:b|4.16:a:6.6:c|4.16:a:6.8:d"
#define STABLE_ONLY "5.10.17:a:5.10.44:b"
#define NO_MAINLINE "4.14:a:5.10.100:b|4.14:a:6.1.50:c"
#define SAME_RELEASE "6.8:a:6.8:b"
#define CANDIDATES "7.2-rc1:a:7.2-rc3:b"
#define IN_MAINLINE "5.10:a:5.10.20:b|5.10:a:5.11:c"
#define SENSELESS "5.10:a:5.2:b|5.10:a:5.10.110:c|5.10:a:5.15.33:d"
#define OLD "2.6.28.10:a:2.6.28.20:b|2.6.30:c:2.6.32.70:d|2.6.30:c:4.4:e"
#define AT_ODDS "4.14.22:a:4.14.293:b|4.15:c:6.0:d|4.14.41:e:0:0"
#define MIXED "5.10.17:a:5.10.44:b|4.14:c:6.8:d"

static const struct {
	const char *pairs;
	const char *version;
	enum advisory_answer answer;
} by_version[] = {
	{ PLAIN, "4.13", ADVISORY_NOT_AFFECTED },
	{ PLAIN, "4.9.337", ADVISORY_NOT_AFFECTED },
	{ PLAIN, "4.14", ADVISORY_AFFECTED },
	{ PLAIN, "4.14.336", ADVISORY_AFFECTED }, /* a series without a fix */
	{ PLAIN, "4.19.306", ADVISORY_AFFECTED },
	{ PLAIN, "4.19.307", ADVISORY_FIXED },
	{ PLAIN, "5.10", ADVISORY_AFFECTED },
	{ PLAIN, "5.10.209", ADVISORY_AFFECTED },
	{ PLAIN, "5.10.210", ADVISORY_FIXED },
	{ PLAIN, "5.10.211", ADVISORY_FIXED },
	{ PLAIN, "6.7.12", ADVISORY_AFFECTED },
	{ PLAIN, "6.8", ADVISORY_FIXED },
	{ PLAIN, "6.8.1", ADVISORY_FIXED },
	{ PLAIN, "6.9-rc1", ADVISORY_FIXED },
	{ PLAIN, "6.8-rc2", ADVISORY_UNKNOWN },
	{ PLAIN, "4.14-rc8", ADVISORY_UNKNOWN },
	{ PLAIN, "4.15-rc1", ADVISORY_AFFECTED },
	/* The ranges [4.14, 5.15.212) and [4.14, 6.1.178) hold 5.10.265 as numbers. */
	{ OVERLAP, "5.10.265", ADVISORY_FIXED },
	{ OVERLAP, "5.10.261", ADVISORY_FIXED },
	{ OVERLAP, "5.10.260", ADVISORY_AFFECTED },
	{ OVERLAP, "5.15.211", ADVISORY_AFFECTED },
	{ OVERLAP, "5.15.212", ADVISORY_FIXED },
	{ OVERLAP, "6.6.100", ADVISORY_AFFECTED },
	{ OVERLAP, "7.1", ADVISORY_FIXED },
	{ BACKPORTED, "5.10", ADVISORY_NOT_AFFECTED },
	{ BACKPORTED, "5.10.16", ADVISORY_NOT_AFFECTED },
	{ BACKPORTED, "5.10.17", ADVISORY_AFFECTED },
	{ BACKPORTED, "5.10.43", ADVISORY_AFFECTED },
	{ BACKPORTED, "5.10.44", ADVISORY_FIXED },
	{ BACKPORTED, "5.4.200", ADVISORY_NOT_AFFECTED },
	{ BACKPORTED, "5.11", ADVISORY_AFFECTED },
	{ BACKPORTED, "5.11.22", ADVISORY_AFFECTED },
	{ BACKPORTED, "5.12.10", ADVISORY_AFFECTED },
	{ BACKPORTED, "5.12.11", ADVISORY_FIXED },
	{ BACKPORTED, "5.13.1", ADVISORY_FIXED },
	{ BACKPORTED, "5.10-rc3", ADVISORY_NOT_AFFECTED },
	{ BACKPORT_OPEN, "4.4.167", ADVISORY_NOT_AFFECTED },
	{ BACKPORT_OPEN, "4.4.168", ADVISORY_AFFECTED },
	{ BACKPORT_OPEN, "4.4.302", ADVISORY_AFFECTED },
	{ BACKPORT_OPEN, "3.16.57", ADVISORY_AFFECTED },
	{ BACKPORT_OPEN, "4.9.300", ADVISORY_NOT_AFFECTED },
	{ BACKPORT_OPEN, "4.19.300", ADVISORY_AFFECTED },
	{ BACKPORT_OPEN, "5.10.244", ADVISORY_FIXED },
	{ BEGINNING, "2.6.12", ADVISORY_AFFECTED },
	{ BEGINNING, "2.6.11", ADVISORY_AFFECTED },
	{ BEGINNING, "2.6.12-rc2", ADVISORY_AFFECTED },
	{ BEGINNING, "4.9.319", ADVISORY_AFFECTED },
	{ BEGINNING, "4.9.320", ADVISORY_FIXED },
	{ BEGINNING, "5.17.15", ADVISORY_AFFECTED },
	{ ZERO, "3.0", ADVISORY_AFFECTED },
	{ ZERO, "6.1.79", ADVISORY_AFFECTED },
	{ ZERO, "6.1.80", ADVISORY_FIXED },
	{ ZERO, "6.8.2", ADVISORY_FIXED },
	{ TWICE, "5.10.43", ADVISORY_AFFECTED },
	{ TWICE, "5.10.50", ADVISORY_FIXED },
	{ TWICE, "5.10.60", ADVISORY_AFFECTED },
	{ TWICE, "5.10.70", ADVISORY_FIXED },
	{ REDONE, "4.19.310", ADVISORY_AFFECTED },
	{ REDONE, "4.19.318", ADVISORY_FIXED },
	{ REDONE, "6.9", ADVISORY_AFFECTED },
	{ REDONE, "6.10", ADVISORY_FIXED },
	{ TWO_FIXES, "5.10.244", ADVISORY_UNKNOWN }, /* one of two came */
	{ TWO_FIXES, "5.10.243", ADVISORY_AFFECTED },
	{ TWO_FIXES, "6.7", ADVISORY_AFFECTED },
	{ TWO_FIXES, "6.8", ADVISORY_FIXED },
	{ STABLE_ONLY, "5.10.20", ADVISORY_AFFECTED },
	{ STABLE_ONLY, "5.15.20", ADVISORY_NOT_AFFECTED },
	{ STABLE_ONLY, "5.4.20", ADVISORY_NOT_AFFECTED },
	{ NO_MAINLINE, "5.10.100", ADVISORY_FIXED },
	{ NO_MAINLINE, "5.15.3", ADVISORY_AFFECTED },
	{ NO_MAINLINE, "6.6", ADVISORY_AFFECTED },
	{ NO_MAINLINE, "4.9", ADVISORY_NOT_AFFECTED },
	{ SAME_RELEASE, "6.7.5", ADVISORY_NOT_AFFECTED },
	{ SAME_RELEASE, "6.8", ADVISORY_FIXED },
	{ SAME_RELEASE, "6.8-rc4", ADVISORY_UNKNOWN },
	{ CANDIDATES, "7.1.4", ADVISORY_NOT_AFFECTED },
	{ CANDIDATES, "7.2-rc1", ADVISORY_AFFECTED },
	{ CANDIDATES, "7.2-rc2", ADVISORY_AFFECTED },
	{ CANDIDATES, "7.2-rc3", ADVISORY_FIXED },
	{ CANDIDATES, "7.2", ADVISORY_FIXED },
	{ IN_MAINLINE, "5.10", ADVISORY_AFFECTED },
	{ IN_MAINLINE, "5.10.19", ADVISORY_AFFECTED },
	{ IN_MAINLINE, "5.10.20", ADVISORY_FIXED },
	{ IN_MAINLINE, "5.9.16", ADVISORY_NOT_AFFECTED },
	{ IN_MAINLINE, "5.11", ADVISORY_FIXED },
	{ SENSELESS, "5.10.66", ADVISORY_AFFECTED },
	{ SENSELESS, "5.10.110", ADVISORY_FIXED },
	{ SENSELESS, "5.12", ADVISORY_AFFECTED },
	{ SENSELESS, "5.4.100", ADVISORY_UNKNOWN },
	{ OLD, "2.6.27.3", ADVISORY_NOT_AFFECTED },
	{ OLD, "2.6.28.9", ADVISORY_NOT_AFFECTED },
	{ OLD, "2.6.28.10", ADVISORY_AFFECTED },
	{ OLD, "2.6.28.20", ADVISORY_FIXED },
	{ OLD, "2.6.31", ADVISORY_AFFECTED },
	{ OLD, "2.6.32.70", ADVISORY_FIXED },
	{ OLD, "3.2.1", ADVISORY_AFFECTED },
	{ OLD, "4.4", ADVISORY_FIXED },
	/* The line of the series says no, the other yes: believe the worse. */
	{ MIXED, "5.10.5", ADVISORY_AFFECTED },
	{ MIXED, "5.10.44", ADVISORY_FIXED },
	{ AT_ODDS, "4.14.21", ADVISORY_NOT_AFFECTED },
	{ AT_ODDS, "4.14.50", ADVISORY_AFFECTED },
	{ AT_ODDS, "4.14.293", ADVISORY_UNKNOWN },
	{ "", "5.10.44", ADVISORY_UNKNOWN },
};

static void versions_are_judged_by_the_rules(void **state)
{
	struct advisory_pair pairs[PAIRS_MOST];
	struct advisory_kernel kernel = { .has_version = true };
	struct advisory_affects affects;
	size_t count;

	assert_true(COUNT_OF(by_version) >= 60);
	for (size_t i = 0; i < COUNT_OF(by_version); i++) {
		count = make_pairs(pairs, by_version[i].pairs);
		assert_true(kernel_version_parse(&kernel.version, by_version[i].version,
						 strlen(by_version[i].version)));
		advisory_affects(&affects, pairs, count, false, &kernel);
		if (affects.answer != by_version[i].answer)
			fail_msg("%s of %s: %s (%s)", by_version[i].version, by_version[i].pairs,
				 advisory_answer_name(affects.answer), affects.reason);
		assert_true(*affects.reason);
		advisory_affects(&affects, pairs, count, true, &kernel);
		assert_true(affects.answer == ADVISORY_AFFECTED ||
			    affects.answer == ADVISORY_UNKNOWN);
		if (by_version[i].answer == ADVISORY_AFFECTED)
			assert_int_equal(affects.answer, ADVISORY_AFFECTED);
	}
}

/* What a kernel holds: "+id" present, "-id" absent. */
static enum advisory_presence holds(void *data, const char *id)
{
	const char *at = data;

	for (; *at; at += strcspn(at, " "), at += *at == ' ') {
		if (strncmp(at + 1, id, strlen(id)) == 0 &&
		    (at[1 + strlen(id)] == ' ' || !at[1 + strlen(id)]))
			return *at == '+' ? ADVISORY_PRESENT : ADVISORY_ABSENT;
	}
	return ADVISORY_UNSURE;
}

static const struct {
	const char *pairs;
	const char *version; /* "" = none */
	const char *held;
	enum advisory_answer answer;
} by_ids[] = {
	/* A vendor's kernel has the fix early, or lacks what its number promises. */
	{ PLAIN, "5.10.66", "+d", ADVISORY_FIXED },
	{ PLAIN, "5.10.66", "+f", ADVISORY_FIXED },
	{ PLAIN, "5.10.66", "-d", ADVISORY_AFFECTED },
	{ PLAIN, "5.10.220", "-d", ADVISORY_AFFECTED },
	{ PLAIN, "5.10.220", "-a", ADVISORY_NOT_AFFECTED },
	{ PLAIN, "4.9.5", "+a", ADVISORY_AFFECTED }, /* the feature was ported back */
	{ PLAIN, "4.9.5", "+a +f", ADVISORY_FIXED },
	{ BACKPORTED, "5.10.16", "+a", ADVISORY_AFFECTED },
	{ BACKPORTED, "5.10.20", "-a -c", ADVISORY_NOT_AFFECTED },
	{ TWO_FIXES, "5.10.100", "+c", ADVISORY_AFFECTED },
	{ TWO_FIXES, "5.10.100", "+c +d", ADVISORY_FIXED },
	{ SAME_RELEASE, "6.8-rc4", "+a -b", ADVISORY_AFFECTED },
	{ SAME_RELEASE, "6.8-rc4", "+a +b", ADVISORY_FIXED },
	{ SAME_RELEASE, "6.8-rc4", "-a", ADVISORY_NOT_AFFECTED },
	{ PLAIN, "", "+f", ADVISORY_FIXED },
	{ PLAIN, "", "+d", ADVISORY_UNKNOWN },
	{ PLAIN, "", "+a", ADVISORY_AFFECTED },
	{ PLAIN, "", "-a", ADVISORY_NOT_AFFECTED },
	{ PLAIN, "", "", ADVISORY_UNKNOWN },
	{ BACKPORTED, "", "-a", ADVISORY_UNKNOWN },
	{ BACKPORTED, "", "-a -c", ADVISORY_NOT_AFFECTED },
	{ BEGINNING, "", "-b -c", ADVISORY_AFFECTED },
};

static void commits_outweigh_versions(void **state)
{
	struct advisory_pair pairs[PAIRS_MOST];
	struct advisory_affects affects;
	size_t count;

	for (size_t i = 0; i < COUNT_OF(by_ids); i++) {
		struct advisory_kernel kernel = { .holds = holds, .data = (void *)by_ids[i].held };

		count = make_pairs(pairs, by_ids[i].pairs);
		kernel.has_version = kernel_version_parse(&kernel.version, by_ids[i].version,
							  strlen(by_ids[i].version));
		advisory_affects(&affects, pairs, count, false, &kernel);
		if (affects.answer != by_ids[i].answer)
			fail_msg("'%s' with %s of %s: %s (%s)", by_ids[i].version, by_ids[i].held,
				 by_ids[i].pairs, advisory_answer_name(affects.answer),
				 affects.reason);
	}
}

static void reasons_name_the_line(void **state)
{
	struct advisory_pair pairs[PAIRS_MOST];
	struct advisory_kernel kernel = { .has_version = true };
	struct advisory_affects affects;
	size_t count = make_pairs(pairs, OVERLAP);

	assert_true(kernel_version_parse(&kernel.version, "5.10.265", 8));
	advisory_affects(&affects, pairs, count, false, &kernel);
	assert_string_equal(affects.reason, "fixed in 5.10.261");
	assert_int_equal(affects.pair, 0);
	assert_true(affects.same_series);
	assert_true(kernel_version_parse(&kernel.version, "6.6.3", 5));
	advisory_affects(&affects, pairs, count, false, &kernel);
	assert_string_equal(affects.reason, "since 4.14, fixed in 7.1, not fixed in 6.6");
	assert_false(affects.same_series);
}

static void first_fixed_is_of_the_series(void **state)
{
	static const struct {
		const char *pairs, *version, *fixed;
	} cases[] = {
		{ PLAIN, "5.10.3", "5.10.210" },
		{ PLAIN, "5.10", "5.10.210" },
		{ PLAIN, "6.1.3", "" },
		{ PLAIN, "6.9.1", "6.8" },
		{ PLAIN, "6.8.4", "6.8" },
		{ REDONE, "4.19.1", "4.19.318" },
		{ BACKPORT_OPEN, "4.4.1", "" },
		{ BACKPORTED, "5.10.20", "5.10.44" },
		{ REDONE, "6.11", "6.10" },
		{ ZERO, "6.1.7", "6.1.80" },
		{ AT_ODDS, "4.14.5", "4.14.293" },
	};
	struct advisory_pair pairs[PAIRS_MOST];
	struct kernel_version version;
	size_t count;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		count = make_pairs(pairs, cases[i].pairs);
		assert_true(
			kernel_version_parse(&version, cases[i].version, strlen(cases[i].version)));
		assert_string_equal(advisory_first_fixed(pairs, count, &version), cases[i].fixed);
	}
}

static void versions_are_read_and_ordered(void **state)
{
	static const char *const rising[] = { "2.6.11",	   "2.6.12-rc2", "2.6.12", "2.6.12.1",
					      "2.6.32.70", "3.0-rc1",	 "3.0",	   "3.0.101",
					      "4.9.337",   "4.10",	 "5.9",	   "5.10-rc3",
					      "5.10-rc10", "5.10",	 "5.10.7", "5.10.17",
					      "5.11-rc1",  "6.1",	 "10.0.1" };
	static const char *const wrong[] = { "",	   "5",		"5.",	   "5.10.",
					     "5.10.1.2",   "v",		"5.10-rc", "5.10-rc0",
					     "5.10.1-rc2", " 5.10",	"5.10 ",   "05.10",
					     "5.010",	   "5.100000",	"-5.10",   "5.10a",
					     "5..10",	   "2.6.32.1.1" };
	struct kernel_version a, b;
	char text[KERNEL_VERSION_SIZE];

	for (size_t i = 0; i < COUNT_OF(rising); i++) {
		for (size_t j = 0; j < COUNT_OF(rising); j++) {
			int order;

			assert_true(kernel_version_parse(&a, rising[i], strlen(rising[i])));
			assert_true(kernel_version_parse(&b, rising[j], strlen(rising[j])));
			order = kernel_version_compare(&a, &b);
			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
		kernel_version_format(text, &a);
		assert_string_equal(text, rising[i]);
	}
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		if (kernel_version_parse(&a, wrong[i], strlen(wrong[i])))
			fail_msg("'%s' is no version", wrong[i]);
	}
	assert_true(kernel_version_parse(&a, "v6.1.55", 7));
	assert_int_equal(a.sublevel, 55);
	assert_true(kernel_version_parse_prefix(&a, "6.1.55-security.3"));
	assert_int_equal(a.sublevel, 55);
	assert_true(kernel_version_parse_prefix(&a, "5.10.66-android12-9-00001-gabc"));
	assert_true(kernel_version_parse_prefix(&a, "7.2-rc3-dirty"));
	assert_int_equal(a.candidate, 3);
	assert_false(kernel_version_parse_prefix(&a, "6.1x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_judged_by_the_rules),
		cmocka_unit_test(commits_outweigh_versions),
		cmocka_unit_test(reasons_name_the_line),
		cmocka_unit_test(first_fixed_is_of_the_series),
		cmocka_unit_test(versions_are_read_and_ordered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
