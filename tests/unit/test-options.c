/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/buffer.h"
#include "cmd/options.h"

static struct {
	bool flag, other, global;
	const char *to;
	long limit;
	int when;
	struct option_list seeds;
} options;

static const char *const when_words[] = { "auto", "always", NULL };

static const struct option own[] = {
	OPTION_FLAG('n', "dry-run", &options.flag, "change nothing"),
	OPTION_FLAG('x', "dry", &options.other, "an exact name that is also a prefix"),
	OPTION_STRING('t', "to", &options.to, "RELEASE", "up to RELEASE"),
	OPTION_NUMBER('l', "limit", &options.limit, "COUNT", 0, 1000, "at most COUNT"),
	OPTION_CHOICE(0, "when", &options.when, when_words, "when"),
	OPTION_LIST('s', "seeds", &options.seeds, "FILE", "add FILE"),
	OPTION_END,
};
static const struct option global[] = {
	OPTION_FLAG('g', "global", &options.global, "of every command"),
	OPTION_FLAG('n', NULL, &options.global, "hidden by the command's own"),
	OPTION_END,
};
static const struct option *const tables[] = { own, global, NULL };

#define MOST 12

struct words {
	char *items[MOST + 1];
	struct arguments arguments;
};

/* Words, separated by blanks, as a command line; "''" is an empty one. */
static void split(struct words *words, char *line)
{
	*words = (struct words){ 0 };
	words->arguments.items = words->items;
	while (*line) {
		size_t length = strcspn(line, " ");
		bool last = !line[length];

		line[length] = '\0';
		words->items[words->arguments.count++] = strcmp(line, "''") ? line : line + 2;
		line += last ? length : length + 1;
	}
}

static int parse(struct words *words, const char *line, bool stop, struct error *err)
{
	static char copy[256];

	array_release(&options.seeds);
	memset(&options, 0, sizeof(options));
	snprintf(copy, sizeof(copy), "%s", line);
	split(words, copy);
	error_clear(err);
	return options_parse(&words->arguments, tables, stop, err);
}

/* What was set, and the operands, as text. */
static void describe(struct buffer *text, const struct words *words)
{
	buffer_clear(text);
	buffer_add_format(text, "%s%s%s", options.flag ? "n" : "", options.other ? "x" : "",
			  options.global ? "g" : "");
	if (options.to)
		buffer_add_format(text, " to=%s", options.to);
	if (options.limit)
		buffer_add_format(text, " limit=%ld", options.limit);
	if (options.when)
		buffer_add_format(text, " when=%d", options.when);
	for (size_t i = 0; i < options.seeds.count; i++)
		buffer_add_format(text, " seed=%s", options.seeds.items[i]);
	buffer_add_string(text, " |");
	for (int i = 0; i < words->arguments.count; i++)
		buffer_add_format(text, " [%s]", words->arguments.items[i]);
}

static void lines_are_taken_apart(void **state)
{
	static const struct {
		const char *line, *result;
	} cases[] = {
		{ "", " |" },
		{ "v6.1", " | [v6.1]" },
		{ "-n v6.1 --to v6.1.9 more", "n to=v6.1.9 | [v6.1] [more]" },
		{ "--to=v6.1.9 --to=v6.1.10", " to=v6.1.10 |" },
		{ "--to= x", " to= | [x]" },
		{ "--to '' x", " to= | [x]" },
		{ "-tv6.1 -t v6.2", " to=v6.2 |" },
		{ "-nxt v6.1", "nx to=v6.1 |" },
		{ "-nxtv6.1", "nx to=v6.1 |" },
		{ "-t -n", " to=-n |" },
		{ "--to -- x", " to=-- | [x]" },
		{ "-s a --seeds b --seeds=c", " seed=a seed=b seed=c |" },
		{ "-l 0", " |" },
		{ "-l1000", " limit=1000 |" },
		{ "--limit 007", " limit=7 |" },
		{ "--when always", " when=1 |" },
		{ "--when=auto", " |" },
		{ "--dry", "x |" },
		{ "--dry-", "n |" },
		{ "--lim=3 --gl", "g limit=3 |" },
		{ "-g", "g |" },
		{ "- -n", "n | [-]" },
		{ "'' -n", "n | []" },
		{ "-n -- -x --to", "n | [-x] [--to]" },
		{ "a -- -- b", " | [a] [--] [b]" },
	};
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct words words;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(parse(&words, cases[i].line, false, &err), 0);
		describe(&text, &words);
		assert_string_equal(text.data, cases[i].result);
		assert_null(words.arguments.items[words.arguments.count]);
	}
	buffer_release(&text);
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "--unknown", "unknown option --unknown" },
		{ "--unknown=3", "unknown option --unknown" },
		{ "--=3", "unknown option --" },
		{ "-n?", "unknown option -?" },
		{ "-n-", "unknown option --" },
		{ "--dr", "option --dr may be any of --dry-run, --dry" },
		{ "--dry-run=yes", "option --dry-run takes no value" },
		{ "x --to", "option --to needs a value" },
		{ "-nt", "option -t needs a value" },
		{ "-l 1001", "option -l takes a number from 0 to 1000, not '1001'" },
		{ "-l -1", "option -l takes a number from 0 to 1000, not '-1'" },
		{ "-l 3x", "option -l takes a number from 0 to 1000, not '3x'" },
		{ "-l +3", "option -l takes a number from 0 to 1000, not '+3'" },
		{ "-l ''", "option -l takes a number from 0 to 1000, not ''" },
		{ "--limit=0x10", "option --limit takes a number from 0 to 1000, not '0x10'" },
		{ "-l 99999999999999999999",
		  "option -l takes a number from 0 to 1000, not '99999999999999999999'" },
		{ "--when=never", "option --when takes one of auto, always, not 'never'" },
		{ "--when=", "option --when takes one of auto, always, not ''" },
	};
	struct error err = ERROR_INIT;
	struct words words;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(parse(&words, cases[i].line, false, &err), ERROR_USAGE);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void it_stops_at_the_command(void **state)
{
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct words words;

	assert_int_equal(parse(&words, "-g plan --unknown -n -- x", true, &err), 0);
	describe(&text, &words);
	/* The "--" is for the command. */
	assert_string_equal(text.data, "g | [plan] [--unknown] [-n] [--] [x]");
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_taken_apart),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(it_stops_at_the_command),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	array_release(&options.seeds);
	return failed;
}
