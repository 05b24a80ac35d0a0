/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "advisory/cvss.h"
#include "advisory/record.h"
#include "base/array.h"
#include "base/buffer.h"

#define FIXTURES "tests/advisory"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_fixture(struct buffer *ret_data, const char *name)
{
	char *path = string_format("%s/%s", FIXTURES, name);
	struct error err = ERROR_INIT;

	if (buffer_read_file(ret_data, path, 1 << 20, &err))
		fail_msg("%s", err.message);
	free(path);
}

static int read_into(struct advisory_record *record, enum advisory_file file, const char *fixture,
		     struct error *err)
{
	struct buffer data = BUFFER_INIT;
	int error;

	read_fixture(&data, fixture);
	error = advisory_record_read(record, file, fixture, data.data, data.length, err);
	buffer_release(&data);
	return error;
}

static void a_whole_record_is_read(void **state)
{
	struct error err = ERROR_INIT;
	struct advisory_record record;
	const char *text;
	size_t length;

	advisory_record_init(&record);
	snprintf(record.name, sizeof(record.name), "CVE-2031-0001");
	assert_int_equal(read_into(&record, ADVISORY_FILE_FIX, "plain.sha1", &err), 0);
	assert_int_equal(read_into(&record, ADVISORY_FILE_PAIRS, "plain.dyad", &err), 0);
	assert_int_equal(read_into(&record, ADVISORY_FILE_VULNERABLE, "plain.vulnerable", &err), 0);
	assert_int_equal(read_into(&record, ADVISORY_FILE_SCORE, "plain.cvss", &err), 0);
	assert_int_equal(read_into(&record, ADVISORY_FILE_TEXT, "plain.json", &err), 0);
	assert_int_equal(read_into(&record, ADVISORY_FILE_REJECTION, "plain.mbox.rejected", &err),
			 0);
	assert_int_equal(advisory_record_finish(&record, "x", &err), 0);
	assert_int_equal(record.damaged, 0);
	assert_int_equal(record.fixes.count, 4);
	assert_true(record.fixes.items[0].upstream && record.fixes.items[1].upstream);
	assert_false(record.fixes.items[2].upstream || record.fixes.items[3].upstream);
	assert_int_equal(record.pairs.count, 4);
	assert_string_equal(record.pairs.items[1].introduced_version, "5.4.17");
	assert_string_equal(record.pairs.items[3].fixed_version, "");
	assert_string_equal(record.pairs.items[3].fixed_id, "");
	assert_int_equal(record.vulnerable.count, 2);
	assert_string_equal(record.vulnerable.items[1].hex, "abcdefabcdef");
	assert_int_equal(record.score, 78);
	assert_string_equal(record.title.data, "toy: don't read behind the \"end\"");
	assert_int_equal(strncmp(record.description.data, "toy: don't", 10), 0);
	assert_int_equal(record.files.count, 2);
	assert_string_equal(record.note.data,
			    "CVE-2031-0001 is no longer valid: the toy cannot be reached.");
	assert_true(cvss_rationale(&text, &length, record.rationale.data, CVSS_AV));
	assert_int_equal(strncmp(text, "Somebody", 8), 0);
	assert_true(cvss_rationale(&text, &length, record.rationale.data, CVSS_A));
	assert_int_equal(length, strlen("The machine stops."));
	assert_false(cvss_rationale(&text, &length, record.rationale.data, CVSS_S));
	advisory_record_release(&record);
}

static void good_lines_of_a_damaged_file_are_kept(void **state)
{
	struct error err = ERROR_INIT;
	struct advisory_record record;

	advisory_record_init(&record);
	snprintf(record.name, sizeof(record.name), "CVE-2031-0001");
	assert_int_equal(read_into(&record, ADVISORY_FILE_PAIRS, "damaged.dyad", &err),
			 ERROR_INPUT);
	assert_string_equal(err.message, "damaged.dyad:2: the fixed version is no kernel version: "
					 "'4.14:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'");
	assert_int_equal(record.damaged, 1u << ADVISORY_FILE_PAIRS);
	assert_int_equal(record.pairs.count, 2);
	assert_int_equal(record.fixes.count, 2);
	advisory_record_clear(&record);
	/* Nothing but the JSON leads to a fix. */
	snprintf(record.name, sizeof(record.name), "CVE-2031-0001");
	assert_int_equal(read_into(&record, ADVISORY_FILE_TEXT, "plain.json", &err), 0);
	assert_int_equal(record.fixes.count, 1);
	assert_int_equal(record.fixes.items[0].id[0], '3');
	advisory_record_clear(&record);
	/* Another record's JSON under this name. */
	snprintf(record.name, sizeof(record.name), "CVE-2031-0002");
	assert_int_equal(read_into(&record, ADVISORY_FILE_TEXT, "plain.json", &err), ERROR_INPUT);
	assert_int_equal(record.title.length, 0);
	assert_int_equal(advisory_record_finish(&record, "x", &err), ERROR_INPUT);
	assert_true(record.damaged & ADVISORY_DAMAGED_RECORD);
	advisory_record_release(&record);
}

#define ID "1234567812345678123456781234567812345678"

static const struct {
	enum advisory_file file;
	const char *bytes;
	size_t size; /* 0 = strlen */
	const char *wrong;
} malformed[] = {
	{ ADVISORY_FILE_FIX, "123\n", 0, "x:1: one commit id of 40" },
	{ ADVISORY_FILE_FIX, "\n" ID " why\n", 0, "x:2: one commit id" },
	{ ADVISORY_FILE_FIX, ID "0\n", 0, "x:1:" },
	{ ADVISORY_FILE_FIX, "\033[31m\n", 0, "'?[31m'" },
	{ ADVISORY_FILE_FIX, "12345678\00012345678123456781234567812345678\n", 42, "x:1:" },
	{ ADVISORY_FILE_VULNERABLE, "12345678123\n", 0, "x:1: one commit id of 12 to 40" },
	{ ADVISORY_FILE_PAIRS, "5.4:" ID ":5.5\n", 0, "was expected" },
	{ ADVISORY_FILE_PAIRS, "5.4:" ID ":5.5:" ID ":\n", 0, "more than four" },
	{ ADVISORY_FILE_PAIRS, "five:" ID ":5.5:" ID "\n", 0, "introduced version" },
	{ ADVISORY_FILE_PAIRS, "5.4:" ID ":5.5.1.1:" ID "\n", 0, "fixed version" },
	{ ADVISORY_FILE_PAIRS, "5.4:1234:5.5:" ID "\n", 0, "introducing commit" },
	{ ADVISORY_FILE_PAIRS, "5.4:" ID ":5.5:g\n", 0, "fixing commit" },
	{ ADVISORY_FILE_PAIRS, "0:0:0:0\n", 0, "says nothing" },
	{ ADVISORY_FILE_PAIRS, "5.4:" ID ":5.99999999999999999999:" ID, 0, "fixed version" },
	{ ADVISORY_FILE_SCORE, "", 0, "<uuid> CVSS" },
	{ ADVISORY_FILE_SCORE, "CVSS:3.1/AV:N", 0, "<uuid> CVSS" },
	{ ADVISORY_FILE_SCORE, "01234567-89ab-cdef-0123-456789abcdef CVSS:3.1/AV:Q", 0,
	  "x:1: CVSS: AV is one of N A L P, not 'Q'" },
	{ ADVISORY_FILE_SCORE,
	  "01234567-89ab-cdef-0123-456789abcdef "
	  "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H\n\nAV:L - \xff\n",
	  0, "not UTF-8" },
	{ ADVISORY_FILE_TEXT, "", 0, "no well-formed" },
	{ ADVISORY_FILE_TEXT, "[]", 0, "no well-formed" },
	{ ADVISORY_FILE_TEXT, "{\"containers\": {\"cna\": {}}} x", 0, "bytes after the end" },
	{ ADVISORY_FILE_TEXT, "{\"containers\": {}}", 0, "no containers.cna" },
	{ ADVISORY_FILE_TEXT, "{\"containers\": {\"cna\": {\"title\": \"a\"", 0, "no well-formed" },
	{ ADVISORY_FILE_TEXT, "{\"containers\": {\"cna\": {\"title\": \"\\ud800\"}}}", 0, "title" },
	{ ADVISORY_FILE_TEXT, "{\"containers\": {\"cna\": {\"title\": \"a\\u0000b\"}}}", 0,
	  "title" },
	{ ADVISORY_FILE_TEXT,
	  "{\"containers\": {\"cna\": {\"affected\": [{\"programFiles\": [\"../etc/passwd\"]}]}}}",
	  0, "no path inside a tree" },
	{ ADVISORY_FILE_TEXT,
	  "{\"containers\": {\"cna\": {\"affected\": [{\"programFiles\": [\"/etc\"]}]}}}", 0,
	  "no path inside a tree" },
	{ ADVISORY_FILE_TEXT,
	  "{\"containers\": {\"cna\": {\"affected\": [{\"programFiles\": [\"a\\u001b[0m\"]}]}}}", 0,
	  "no path inside a tree" },
	{ ADVISORY_FILE_REJECTION, "Subject: x\n\nnot \xc0\x80 text\n", 0, "not UTF-8" },
	{ ADVISORY_FILE_REJECTION, "Subject: x\n\na\0b\n", 15, "NUL" },
};

static void faults_are_named(void **state)
{
	struct advisory_record record;
	struct error err = ERROR_INIT;
	size_t size;
	int error;

	advisory_record_init(&record);
	for (size_t i = 0; i < COUNT_OF(malformed); i++) {
		advisory_record_clear(&record);
		snprintf(record.name, sizeof(record.name), "CVE-2031-0001");
		size = malformed[i].size ? malformed[i].size : strlen(malformed[i].bytes);
		error_clear(&err);
		error = advisory_record_read(&record, malformed[i].file, "x", malformed[i].bytes,
					     size, &err);
		if (error != ERROR_INPUT || !strstr(err.message, malformed[i].wrong))
			fail_msg("case %zu: %d '%s'", i, error, err.message);
		assert_int_equal(record.damaged, 1u << malformed[i].file);
	}
	advisory_record_release(&record);
}

static void sizes_and_depths_are_bounded(void **state)
{
	struct buffer data = BUFFER_INIT;
	struct advisory_record record;
	struct error err = ERROR_INIT;

	advisory_record_init(&record);
	for (int i = 0; i < ADVISORY_FILES; i++) {
		buffer_clear(&data);
		while (data.length <= advisory_file_limit((enum advisory_file)i))
			buffer_add_string(&data, "# nothing but a comment\n");
		assert_int_equal(advisory_record_read(&record, (enum advisory_file)i, "x",
						      data.data, data.length, &err),
				 ERROR_INPUT);
		assert_non_null(strstr(err.message, "more than"));
	}
	buffer_clear(&data);
	buffer_add_string(&data, "{\"containers\": {\"cna\": {\"title\": ");
	for (int i = 0; i < 100000; i++)
		buffer_add_byte(&data, '[');
	assert_int_equal(advisory_record_read(&record, ADVISORY_FILE_TEXT, "x", data.data,
					      data.length, &err),
			 ERROR_INPUT);
	buffer_release(&data);
	advisory_record_release(&record);
}

static void names_of_files_are_recognised(void **state)
{
	static const struct {
		const char *name;
		int file; /* -1 = none */
	} cases[] = {
		{ "CVE-2024-26602", ADVISORY_FILE_MARK },
		{ "CVE-2024-26602.sha1", ADVISORY_FILE_FIX },
		{ "CVE-2024-26602.dyad", ADVISORY_FILE_PAIRS },
		{ "CVE-2024-1000001.json", ADVISORY_FILE_TEXT },
		{ "CVE-2024-0001.cvss", ADVISORY_FILE_SCORE },
		{ "CVE-2024-26602.mbox.rejected", ADVISORY_FILE_REJECTION },
		{ "CVE-2024-26602.mbox", -1 },
		{ "CVE-2024-26602.sha1~", -1 },
		{ "CVE-2024-26602.sha1.orig", -1 },
		{ "CVE-2024-266.sha1", -1 },
		{ "CVE-2024-00001.sha1", -1 },
		{ "CVE-24-26602", -1 },
		{ "cve-2024-26602", -1 },
		{ "CVE-2024-2660a", -1 },
		{ "CVE-2024-12345678901234567890", -1 },
		{ "CVE-2024-", -1 },
		{ ".empty", -1 },
		{ "", -1 },
	};
	char name[ADVISORY_NAME_SIZE];
	enum advisory_file file;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		bool is = advisory_file_parse(name, &file, cases[i].name);

		if (is != (cases[i].file >= 0) || (is && (int)file != cases[i].file))
			fail_msg("%s", cases[i].name);
	}
	assert_true(advisory_id_matches(ID, "123456781234"));
	assert_true(advisory_id_matches("123456781234", ID));
	assert_false(advisory_id_matches("12345678", ID));
	assert_false(advisory_id_matches("123456781235", ID));
	assert_false(advisory_id_matches("", ID));
}

static void vectors_are_scored(void **state)
{
	static const struct {
		const char *vector;
		int score;
	} cases[] = {
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98 },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100 },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 78 },
		{ "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H", 70 },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 88 },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H", 55 },
		{ "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 65 },
		{ "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 68 },
		{ "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", 67 },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N", 33 },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61 },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0 },
		{ "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L", 16 },
		{ "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 88 },
		{ "CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:P/RL:X/MAV:L", 98 },
		{ "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
		  CVSS_UNSCORED },
		{ "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Amber",
		  CVSS_UNSCORED },
	};
	static const char *const wrong[] = {
		"",
		"CVSS:3.1/",
		"CVSS:2.0/AV:N",
		"AV:N/AC:L/Au:N/C:P/I:P/A:P",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/AV:N",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:HH",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:P/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/X:Y",
		"CVSS:3.1/av:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:4.0/AV:L/AC:L/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
	};
	struct error err = ERROR_INIT;
	struct cvss cvss;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(cvss_parse(&cvss, cases[i].vector, strlen(cases[i].vector), &err),
				 0);
		if (cvss.score != cases[i].score)
			fail_msg("%s: %d", cases[i].vector, cvss.score);
		assert_true(cvss.metric[CVSS_PR] && cvss.metric[CVSS_AV]);
	}
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		if (cvss_parse(&cvss, wrong[i], strlen(wrong[i]), &err) != ERROR_INPUT)
			fail_msg("%s", wrong[i]);
		assert_int_equal(cvss.version, 0);
		assert_int_equal(cvss.score, CVSS_UNSCORED);
	}
	assert_string_equal(cvss_severity_name(cvss_severity(90)), "CRITICAL");
	assert_string_equal(cvss_severity_name(cvss_severity(89)), "HIGH");
	assert_string_equal(cvss_severity_name(cvss_severity(CVSS_UNSCORED)), "NONE");
}

/* Every prefix of every fixture, and every fixture with each of its bytes changed. */
static void fixtures_do_not_upset_the_parsers(void **state)
{
	DIR *directory = opendir(FIXTURES);
	struct buffer data = BUFFER_INIT;
	struct dirent *entry;
	char kept;

	assert_non_null(directory);
	while ((entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		buffer_clear(&data);
		read_fixture(&data, entry->d_name);
		for (size_t i = 0; i <= data.length; i++)
			LLVMFuzzerTestOneInput((const uint8_t *)data.data, i);
		for (size_t i = 0; i < data.length; i++) {
			kept = data.data[i];
			for (const char *other = "\"{}:\\\xff\n0/"; *other; other++) {
				data.data[i] = *other;
				LLVMFuzzerTestOneInput((const uint8_t *)data.data, data.length);
			}
			data.data[i] = '\0';
			LLVMFuzzerTestOneInput((const uint8_t *)data.data, data.length);
			data.data[i] = kept;
		}
	}
	buffer_release(&data);
	closedir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_record_is_read),
		cmocka_unit_test(good_lines_of_a_damaged_file_are_kept),
		cmocka_unit_test(faults_are_named),
		cmocka_unit_test(sizes_and_depths_are_bounded),
		cmocka_unit_test(names_of_files_are_recognised),
		cmocka_unit_test(vectors_are_scored),
		cmocka_unit_test(fixtures_do_not_upset_the_parsers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
