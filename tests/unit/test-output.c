/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/array.h"
#include "cmd/output.h"

/* An output into memory. */
static void start(struct output *out)
{
	output_init(out);
	out->fd = memfd_create("output", MFD_CLOEXEC);
	assert_true(out->fd >= 0);
	out->color = COLOR_NEVER;
}

static void expect(struct output *out, const char *wanted, size_t length)
{
	struct error err = ERROR_INIT;
	char got[4096];
	ssize_t count;

	assert_int_equal(output_end(out, &err), 0);
	count = pread(out->fd, got, sizeof(got) - 1, 0);
	assert_true(count >= 0);
	got[count] = '\0';
	assert_string_equal(got, wanted);
	assert_int_equal(count, length);
	close(out->fd);
	output_release(out);
}

#define EXPECT(out, wanted) expect(out, wanted, sizeof(wanted) - 1)

static json_t *record(const char *name, json_int_t number)
{
	json_t *value = json_object();

	json_object_set_new(value, "name", json_text(name));
	json_object_set_new(value, "a", json_integer(number));
	return value;
}

static void print_text(struct output *out, const json_t *value)
{
	output_styled(out, STYLE_ID, "%s", json_string_of(value, "name"));
	output_print(out, ": %lld", (long long)json_integer_of(value, "a"));
}

static void print_nothing(struct output *out, const json_t *value)
{
}

static void walk(struct output *out)
{
	output_begin(out);
	output_heading(out, "Heading");
	output_value(out, "first", record("one", 1), print_text);
	output_list_begin(out, "list");
	output_item(out, record("two", 2), print_text);
	output_item(out, record("three", 3), print_nothing);
	output_item(out, record("four", 4), NULL);
	output_list_end(out);
	output_list_begin(out, "empty");
	output_list_end(out);
	output_value(out, "last", json_null(), NULL);
}

static void one_walk_gives_text_and_json(void **state)
{
	struct output out;

	start(&out);
	walk(&out);
	EXPECT(&out, "Heading\none: 1\ntwo: 2\n");

	start(&out);
	out.nul = true;
	walk(&out);
	EXPECT(&out, "one: 1\0two: 2\0");

	start(&out);
	out.color = COLOR_ALWAYS;
	walk(&out);
	EXPECT(&out, "\033[1mHeading\033[m\n\033[33mone\033[m: 1\n\033[33mtwo\033[m: 2\n");

	start(&out);
	out.json = true;
	out.color = COLOR_ALWAYS;
	walk(&out);
	EXPECT(&out, "{\"format\": 1,\n"
		     "\"first\": {\"name\": \"one\", \"a\": 1},\n"
		     "\"list\": [\n"
		     "{\"name\": \"two\", \"a\": 2},\n"
		     "{\"name\": \"three\", \"a\": 3},\n"
		     "{\"name\": \"four\", \"a\": 4}\n"
		     "],\n"
		     "\"empty\": [],\n"
		     "\"last\": null}\n");
}

static void foreign_bytes_command_nothing(void **state)
{
	static const char evil[] = "\033[2J caf\xe9 \xc2\x9b"
				   "1m \x7f \"q\"";
	struct output out;

	start(&out);
	output_begin(&out);
	output_value(&out, "evil", record(evil, 0), print_text);
	output_print(&out, "%s\n", evil);
	EXPECT(&out, "\\x1b[2J caf\xef\xbf\xbd \\xc2\\x9b1m \\x7f \"q\": 0\n"
		     "\\x1b[2J caf\\xe9 \\xc2\\x9b1m \\x7f \"q\"\n");

	start(&out);
	out.json = true;
	output_begin(&out);
	output_value(&out, "evil", json_text(evil), NULL);
	EXPECT(&out, "{\"format\": 1,\n"
		     "\"evil\": \"\\u001B[2J caf\xef\xbf\xbd \\u009b1m \\u007f \\\"q\\\"\"}\n");
}

static const struct output_column columns[] = {
	{ "NAME" },
	{ "N", .right = true },
	{ "SUBJECT", .flexible = true },
	{ "LAST" },
};

static void print_row(struct output *out, const json_t *value)
{
	output_cell(out, STYLE_ID, "%s", json_string_of(value, "name"));
	output_cell(out, STYLE_PLAIN, "%lld", (long long)json_integer_of(value, "a"));
	if (json_integer_of(value, "a") == 7)
		return;
	output_cell(out, STYLE_PLAIN, "the subject of %s", json_string_of(value, "name"));
	output_cell(out, STYLE_PLAIN, "end");
}

static void print_table(struct output *out, int width)
{
	output_begin(out);
	out->width = width;
	output_table_begin(out, "rows", columns, COUNT_OF(columns));
	output_item(out, record("caf\xc3\xa9", 10), print_row);
	output_item(out, record("hidden", 0), NULL);
	output_item(out, record("\xe6\xbc\xa2\xe5\xad\x97", 9), print_row);
	output_item(out, record("short", 7), print_row);
	output_list_end(out);
}

static void tables_are_aligned(void **state)
{
	struct output out;

	start(&out);
	print_table(&out, 0);
	EXPECT(&out, "NAME    N  SUBJECT              LAST\n"
		     "caf\xc3\xa9   10  the subject of caf\xc3\xa9  end\n"
		     "\xe6\xbc\xa2\xe5\xad\x97    9  the subject of \xe6\xbc\xa2\xe5\xad\x97  end\n"
		     "short   7\n");

	start(&out);
	print_table(&out, 30);
	EXPECT(&out, "NAME    N  SUBJECT        LAST\n"
		     "caf\xc3\xa9   10  the subject \xe2\x80\xa6  end\n"
		     "\xe6\xbc\xa2\xe5\xad\x97    9  the subject \xe2\x80\xa6  end\n"
		     "short   7\n");

	start(&out);
	out.nul = true;
	print_table(&out, 0);
	EXPECT(&out, "caf\xc3\xa9\t10\tthe subject of caf\xc3\xa9\tend\0"
		     "\xe6\xbc\xa2\xe5\xad\x97\t9\tthe subject of \xe6\xbc\xa2\xe5\xad\x97\tend\0"
		     "short\t7\t\t\0");

	start(&out);
	output_begin(&out);
	output_table_begin(&out, "rows", columns, COUNT_OF(columns));
	output_list_end(&out);
	output_print(&out, "after\n");
	EXPECT(&out, "after\n");
}

static void values_are_what_they_say(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01T00:00:00Z" },		{ 1769860800, "2026-01-31T12:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, "@253402300800" },	{ INT64_MAX, "@9223372036854775807" },
		{ INT64_MIN, "@-9223372036854775808" },
	};
	char text[TIME_TEXT_SIZE];
	git_oid id;
	json_t *value;

	for (size_t i = 0; i < COUNT_OF(times); i++)
		assert_string_equal(time_text(text, times[i].seconds), times[i].text);

	assert_int_equal(git_oid_fromstr(&id, "0123456789abcdef0123456789abcdef01234567"), 0);
	value = json_name_commit("v6.1", &id);
	assert_string_equal(json_string_of(value, "name"), "v6.1");
	assert_string_equal(json_string_of(value, "commit"),
			    "0123456789abcdef0123456789abcdef01234567");
	assert_string_equal(json_string_of(value, "nothing"), "");
	assert_int_equal(json_integer_of(value, "nothing"), 0);
	json_decref(value);
	value = json_name_commit(NULL, NULL);
	assert_true(json_is_null(json_object_get(value, "name")));
	assert_true(json_is_null(json_object_get(value, "commit")));
	json_decref(value);
	value = json_bytes("a\0b", 3);
	assert_int_equal(json_string_length(value), 3);
	json_decref(value);
}

static void widths_are_of_characters(void **state)
{
	assert_int_equal(text_width("", 0), 0);
	assert_int_equal(text_width("caf\xc3\xa9", 5), 4);
	assert_int_equal(text_width("e\xcc\x81", 3), 1);
	assert_int_equal(text_width("\xe6\xbc\xa2\xe5\xad\x97", 6), 4);
}

/* Writes until the buffer has been flushed at least once. */
static int write_much(int fd, bool *ret_lost, struct error *err)
{
	struct output out;
	int error;

	output_init(&out);
	out.fd = fd;
	output_begin(&out);
	output_list_begin(&out, "list");
	for (int i = 0; i < 20000 && !output_is_lost(&out); i++)
		output_item(&out, record("name", i), print_text);
	*ret_lost = output_is_lost(&out);
	output_list_end(&out);
	error = output_end(&out, err);
	output_release(&out);
	close(fd);
	return error;
}

static void writing_that_fails_is_reported(void **state)
{
	struct error err = ERROR_INIT;
	int pair[2], full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	bool lost;

	if (full < 0)
		skip();
	assert_int_equal(write_much(full, &lost, &err), ERROR_SYSTEM);
	assert_true(lost);
	assert_non_null(strstr(err.message, "standard output"));

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	close(pair[0]);
	assert_int_equal(write_much(pair[1], &lost, &err), 0);
	assert_true(lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_walk_gives_text_and_json),
		cmocka_unit_test(foreign_bytes_command_nothing),
		cmocka_unit_test(tables_are_aligned),
		cmocka_unit_test(values_are_what_they_say),
		cmocka_unit_test(widths_are_of_characters),
		cmocka_unit_test(writing_that_fails_is_reported),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
