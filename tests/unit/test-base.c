/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/table.h"

static void safe_text_keeps_meaning_and_loses_control(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "plain\ttext\n", "plain\ttext\n" },
		{ "caf\xc3\xa9", "caf\xc3\xa9" },
		{ "\x1b[31mred", "\\x1b[31mred" },
		{ "caf\xe9", "caf\\xe9" },
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" },
		{ "\xe0\x80\x80", "\\xe0\\x80\\x80" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "cut \xe2\x82", "cut \\xe2\\x82" },
		{ "\r\x7f", "\\x0d\\x7f" },
	};
	struct buffer buffer = BUFFER_INIT;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		buffer_clear(&buffer);
		buffer_add_safe(&buffer, cases[i].in, strlen(cases[i].in));
		assert_string_equal(buffer.data, cases[i].out);
	}
	buffer_release(&buffer);
}

static void table_finds_what_was_set(void **state)
{
	struct table table = TABLE_INIT;
	char key[32];
	uint32_t value;

	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		table_set_string(&table, key, i);
	}
	table_set_string(&table, "key 17", 99);
	assert_int_equal(table.count, 5000);
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		assert_true(table_find_string(&value, &table, key));
		assert_int_equal(value, i == 17 ? 99 : i);
	}
	assert_false(table_find_string(&value, &table, "key 5000"));
	assert_false(table_find(&value, &table, "key", 3));
	table_release(&table);
}

static void array_grows_and_zeroes(void **state)
{
	ARRAY(int) numbers = ARRAY_INIT;

	for (int i = 0; i < 1000; i++)
		array_push(&numbers, i);
	assert_int_equal(*array_add(&numbers), 0);
	assert_int_equal(numbers.count, 1001);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers.items[i], i);
	array_release(&numbers);
}

static void file_is_replaced_whole(void **state)
{
	char directory[] = "/tmp/sectree-test-XXXXXX";
	char path[64];
	struct buffer read = BUFFER_INIT;
	struct error err = ERROR_INIT;

	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/file", directory);
	assert_int_equal(file_replace(path, "one", 3, &err), 0);
	assert_int_equal(file_replace(path, "two\0!", 5, &err), 0);
	assert_int_equal(buffer_read_file(&read, path, 5, &err), 0);
	assert_int_equal(read.length, 5);
	assert_memory_equal(read.data, "two\0!", 5);
	buffer_clear(&read);
	assert_int_equal(buffer_read_file(&read, path, 4, &err), ERROR_INPUT);
	assert_int_equal(buffer_read_file(&read, "/nonexistent/x", 4, &err), ERROR_NOT_FOUND);
	assert_int_equal(file_replace("/nonexistent/x", "", 0, &err), ERROR_SYSTEM);
	buffer_release(&read);
	unlink(path);
	rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(safe_text_keeps_meaning_and_loses_control),
		cmocka_unit_test(table_finds_what_was_set),
		cmocka_unit_test(array_grows_and_zeroes),
		cmocka_unit_test(file_is_replaced_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
