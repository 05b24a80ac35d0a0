/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/array.h"
#include "git/repository.h"
#include "git/merge.h"
#include "git/rename.h"

static struct merge_text text(const char *bytes)
{
	struct merge_text result = { bytes, strlen(bytes) };

	return result;
}

/* Cases: base, ours, theirs, result; NULL = a conflict. Lines are letters here. */
static void texts_merge_as_with_git(void **state)
{
	static const struct {
		const char *base, *ours, *theirs, *merged;
	} cases[] = {
		{ "a\nb\nc\n", "a\nb\nc\n", "a\nX\nc\n", "a\nX\nc\n" },
		{ "a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n" },
		/* one common line between two changes is enough, adjacent ones conflict */
		{ "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n" },
		{ "a\nb\n", "A\nb\n", "a\nB\n", NULL },
		/* the same change on both sides */
		{ "a\nb\nc\nd\n", "a\nX\nc\nd\n", "a\nX\nc\nD\n", "a\nX\nc\nD\n" },
		{ "a\nb\n", "", "", "" },
		/* deleted here, changed there */
		{ "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", NULL },
		/* the last line without a newline is another line */
		{ "a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n" },
		{ "a\nb\nc", "a\nb\nc\n", "a\nb\nC", NULL },
		/* CRLF is bytes */
		{ "a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n" },
		{ "a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\nb\nC\n", NULL },
		/* both sides add, nothing there before */
		{ "", "x\n", "y\n", NULL },
		{ "", "", "y\n", "y\n" },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct merge_text base = text(cases[i].base), ours = text(cases[i].ours);
		struct merge_text theirs = text(cases[i].theirs);
		struct buffer merged = BUFFER_INIT;
		enum merge_result result = merge_texts(&merged, &base, &ours, &theirs);

		assert_int_equal(result, cases[i].merged ? MERGE_CLEAN : MERGE_CONFLICT);
		assert_string_equal(merged.data, cases[i].merged ? cases[i].merged : "");
		buffer_release(&merged);
	}
}

static void binary_is_not_merged(void **state)
{
	static char late[9000];
	struct merge_text base = { "a\nb\nc\0\n", 8 }, ours = text("A\nb\nc\n");
	struct merge_text theirs = text("a\nb\nC\n"), same = base;
	struct buffer merged = BUFFER_INIT;

	assert_int_equal(merge_texts(&merged, &base, &ours, &theirs), MERGE_CONFLICT);
	assert_int_equal(merge_texts(&merged, &same, &same, &ours), MERGE_CONFLICT);
	/* Git looks at the first 8,000 bytes only. */
	memset(late, 'x', sizeof(late));
	late[1] = '\n';
	late[8500] = '\0';
	base = (struct merge_text){ late, sizeof(late) };
	assert_int_equal(merge_texts(&merged, &base, &base, &base), MERGE_CLEAN);
	assert_int_equal(merged.length, sizeof(late));
	buffer_release(&merged);
}

/* Lines that occur more than 64 times: the diff falls back, and still merges. */
static void common_lines_only(void **state)
{
	struct buffer base = BUFFER_INIT, ours = BUFFER_INIT, theirs = BUFFER_INIT;
	struct buffer merged = BUFFER_INIT;

	for (int i = 0; i < 200; i++) {
		buffer_add_string(&base, i % 2 ? "{\n" : "}\n");
		buffer_add_string(&ours, i == 3 ? "" : i % 2 ? "{\n" : "}\n");
		buffer_add_string(&theirs, i % 2 ? "{\n" : "}\n");
	}
	buffer_add_string(&theirs, "}\n}\n");
	assert_int_equal(merge_texts(&merged, &(struct merge_text){ base.data, base.length },
				     &(struct merge_text){ ours.data, ours.length },
				     &(struct merge_text){ theirs.data, theirs.length }),
			 MERGE_CLEAN);
	assert_int_equal(merged.length, base.length - 2 + 4);
	buffer_release(&base);
	buffer_release(&ours);
	buffer_release(&theirs);
	buffer_release(&merged);
}

static void similarity_is_a_share_of_bytes(void **state)
{
	assert_int_equal(rename_similarity("a\nb\n", 4, "a\nb\n", 4), RENAME_SCORE_MAX);
	assert_int_equal(rename_similarity("a\nb\n", 4, "b\na\n", 4), RENAME_SCORE_MAX);
	assert_int_equal(rename_similarity("a\nb\n", 4, "a\nc\n", 4), RENAME_SCORE_MAX / 2);
	assert_int_equal(rename_similarity("a\nb\n", 4, "c\nd\n", 4), 0);
	assert_int_equal(rename_similarity("a\n", 2, "a\nb\nc\nd\ne\n", 10), 0);
	assert_int_equal(rename_similarity("", 0, "", 0), 0);
	/* The CR of CRLF does not count among what is common. */
	assert_int_equal(rename_similarity("a\r\nb\r\n", 6, "a\nb\n", 4), RENAME_SCORE_MAX * 4 / 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_merge_as_with_git),
		cmocka_unit_test(binary_is_not_merged),
		cmocka_unit_test(common_lines_only),
		cmocka_unit_test(similarity_is_a_share_of_bytes),
	};

	git_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
