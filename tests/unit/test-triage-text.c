/* SPDX-License-Identifier: GPL-2.0-only */
/* What triage reads of a commit: words, the parts of a message, features. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "triage/diff-facts.h"
#include "triage/features.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FACT(name) (1ULL << DIFF_##name)
#define ID "0123456789abcdef0123456789abcdef01234567"

/* The tokens with blanks in between; good until the next call. */
static const char *words_of(const struct tokens *tokens)
{
	static struct buffer text = BUFFER_INIT;

	buffer_clear(&text);
	for (size_t i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->items[i];

		assert_true(token->length && token->start + token->length <= tokens->text.length);
		if (i)
			buffer_add_byte(&text, ' ');
		buffer_add(&text, tokens->text.data + token->start, token->length);
	}
	return text.data;
}

/* Borrows the texts. */
static struct commit_text commit_of(const char *subject, const char *body)
{
	return (struct commit_text){ .subject = subject,
				     .subject_length = strlen(subject),
				     .body = body,
				     .body_length = strlen(body) };
}

static void read_parts(struct message_parts *parts, const char *subject, const char *body)
{
	struct commit_text commit = commit_of(subject, body);

	message_parts_read(parts, &commit);
	LLVMFuzzerTestOneInput((const uint8_t *)body, strlen(body));
}

/* ---- tokens ---- */

static void words_are_tokens(void **state)
{
	static const struct {
		const char *text, *expected;
		size_t length;
	} cases[] = {
		{ "", "", 0 },
		{ " \t.,;", "", 0 },
		{ "Fix SKB_clone()", "fix skb_clone", 0 },
		{ "use-after-free", "use after free", 0 },
		{ "u32 32bit 0x1f 12_ab", "u32 32 bit 0 x1f 12 _ab", 0 },
		{ "caf\xc3\xa9 na\xefve \xc3\x89t\xff", "caf na ve t", 0 },
		{ "a\0b\0\0c", "a b c", 6 },
		{ "don't", "don t", 0 },
	};
	struct tokens tokens = TOKENS_INIT;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		tokens_clear(&tokens);
		tokens_add(&tokens, cases[i].text,
			   cases[i].length ? cases[i].length : strlen(cases[i].text));
		assert_string_equal(words_of(&tokens), cases[i].expected);
	}
	tokens_clear(&tokens);
	tokens_add(&tokens, "One", 3);
	tokens_add(&tokens, "", 0);
	tokens_add(&tokens, "two", 3);
	assert_string_equal(words_of(&tokens), "one two");
	tokens_release(&tokens);
}

static void phrases_match_whole_words(void **state)
{
	static const struct {
		const char *text, *phrase;
		size_t length;
	} cases[] = {
		{ "use-after-free", "use after free", 14 },
		{ "use after freed", "use after free", 0 },
		{ "use after freed", "use after free*", 15 },
		{ "use_after_free", "use after free", 0 },
		{ "useafterfree", "use after free", 0 },
		{ "use after", "use after free", 0 },
		{ "leaking the stack", "leak* stack", 0 },
		{ "leaks,  stack", "leak* stack", 13 },
		{ "leak stack", "leak* stack", 10 },
		{ "lea stack", "leak* stack", 0 },
		{ "reuse after free", "use after free", 0 },
		{ "a", "a", 1 },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct tokens tokens = TOKENS_INIT;

		tokens_add(&tokens, cases[i].text, strlen(cases[i].text));
		if (tokens_match(&tokens, 0, cases[i].phrase) != cases[i].length)
			fail_msg("'%s' in '%s'", cases[i].phrase, cases[i].text);
		tokens_release(&tokens);
	}
}

/* ---- messages ---- */

static void subjects_lose_their_prefix(void **state)
{
	static const struct {
		const char *subject, *prefix, *words;
	} cases[] = {
		{ "net: sched: Fix a leak", "net sched", "fix a leak" },
		{ "fix a leak", "", "fix a leak" },
		{ "UPSTREAM: net: fix", "net", "fix" },
		{ "BACKPORT: FROMGIT:  net: fix", "net", "fix" },
		{ "ANDROID: fix", "", "fix" },
		{ "UPSTREAMED: fix", "upstreamed", "fix" },
		{ "UPSTREAM:", "upstream", "" },
		{ "Revert \"net: fix\"", "", "revert net fix" },
		{ "drm/amd (gfx): fix", "", "drm amd gfx fix" },
		{ "std::vector is none", "", "std vector is none" },
		{ "a:b c: d", "a b c", "d" },
		{ "this is a sentence that goes on far too long to be one: fix", "",
		  "this is a sentence that goes on far too long to be one fix" },
		{ "net:", "net", "" },
		{ "", "", "" },
	};
	struct message_parts parts;

	message_parts_init(&parts);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		read_parts(&parts, cases[i].subject, "");
		assert_string_equal(words_of(&parts.prefix), cases[i].prefix);
		assert_string_equal(words_of(&parts.subject), cases[i].words);
		assert_int_equal(parts.body.count, 0);
	}
	message_parts_release(&parts);
}

static void bodies_lose_what_backports_carry(void **state)
{
	static const struct {
		const char *body, *words;
		unsigned trailer, trace;
		bool has_trace;
	} cases[] = {
		{ "It breaks.\n\nBadly.\n", "it breaks badly", 0, 0, false },
		{ "no newline", "no newline", 0, 0, false },
		{ "commit " ID " upstream.\n\nWords\n", "words", 0, 0, false },
		{ "[ Upstream commit " ID " ]\r\nWords\r\n", "words", 0, 0, false },
		{ "(cherry picked from commit " ID ")\nWords", "words", 0, 0, false },
		{ "(backported from commit " ID ")\nWords", "words", 0, 0, false },
		{ "git-commit: " ID "\nWords", "words", 0, 0, false },
		{ "commit after commit", "commit after commit", 0, 0, false },
		{ "upstream has it", "upstream has it", 0, 0, false },
		{ "commit abcdef0 broke it", "commit abcdef0 broke it", 0, 0, false },
		/* trailers */
		{ "Signed-off-by: A <a@b.c>\nX", "x", 0, 0, false },
		{ "Note: it matters", "note it matters", 0, 0, false },
		{ "Cc: stable@vger.kernel.org # 5.10", "", TRAILER_STABLE, 0, false },
		{ "Cc: A <a@b.c>", "", 0, 0, false },
		{ "Fixes: abcdef012345 (\"x\")", "", TRAILER_FIXES, 0, false },
		{ "Stable-dep-of: abcdef012345", "", TRAILER_DEPENDENCY, 0, false },
		{ "Reported-by: syzbot+1@x.org", "", TRAILER_REPORTED | TRAILER_SYZBOT, 0, false },
		{ "Reported-by: kernel test robot <lkp@x.org>", "",
		  TRAILER_REPORTED | TRAILER_ROBOT, 0, false },
		{ "Reported-and-tested-by: A <a@b.c>", "", TRAILER_REPORTED | TRAILER_TESTED, 0,
		  false },
		{ "Closes: https://syzkaller.example.org/1", "", TRAILER_SYZBOT, 0, false },
		{ "Link: https://bugzilla.example.org/1", "", TRAILER_BUGZILLA, 0, false },
		{ "Suggested-by: security <a@b.c>", "", TRAILER_SUGGESTED, 0, false },
		{ "Tested-by: A <a@b.c>", "", TRAILER_TESTED, 0, false },
		/* traces */
		{ " do_syscall_64+0x3b/0x90\n foo_ioctl+0x1/0x2", "", 0,
		  TRACE_SYSCALL | TRACE_IOCTL, true },
		{ "[   12.345678]  worker_thread\nX", "x", 0, TRACE_WORKER, true },
		{ "RIP: 0010:foo\nRAX: 00 RBX: 01\nCode: 0f 0b\nCall Trace:\nCPU: 1 PID: 2", "", 0,
		  0, true },
		{ "pc : foo\nlr : bar\nX", "x", 0, 0, true },
		{ "ffff 0xffff888012345678 there", "", 0, 0, true },
		{ "BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2",
		  "bug kasan slab out of bounds in foo", 0, 0, true },
		{ "BUG: memory leak", "bug memory leak", 0, 0, false },
		{ "Bug: 1234\nBug: https://example.org/1\nBug:#3", "", 0, 0, false },
		{ "a + 0x1 and 0x1234567", "a 0 x1 and 0 x1234567", 0, 0, false },
		{ "[1] says so", "1 says so", 0, 0, false },
		{ "foo+0x/0x1", "foo 0 x 0 x1", 0, 0, false },
		/* words that stand on two lines */
		{ "a use-after-\nfree, a null\npointer", "a use after free a null pointer", 0, 0,
		  false },
		{ "\xc3\xa9 \xff\xfe z\n\x80", "z", 0, 0, false },
		/* an id is what the answer could be read off */
		{ "This is CVE-2024-26865, see", "this is see", 0, 0, false },
		{ "a CVE for it, cve-less", "a cve for it cve less", 0, 0, false },
	};
	struct message_parts parts;

	message_parts_init(&parts);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		read_parts(&parts, "s", cases[i].body);
		if (strcmp(words_of(&parts.body), cases[i].words) ||
		    parts.trailer != cases[i].trailer || parts.trace != cases[i].trace ||
		    parts.has_trace != cases[i].has_trace)
			fail_msg("'%s' gave '%s', trailer %x, trace %x, %d", cases[i].body,
				 words_of(&parts.body), parts.trailer, parts.trace,
				 parts.has_trace);
	}
	message_parts_release(&parts);
}

static void hostile_messages_cost_little(void **state)
{
	static const char *const repeated[] = { "x",	      "x ",	  "a_",	       "\n",
						"0x",	      "+0x1/",	  "+0x1/0x2 ", "[ 1.",
						"cve-1-",     ":",	  "a: ",       "\xff",
						"use after ", "UPSTREAM:" };
	struct message_parts parts;
	struct features features;
	struct phrases phrases;

	message_parts_init(&parts);
	features_init(&features, true);
	phrases_init(&phrases);
	for (size_t i = 0; i < COUNT_OF(repeated); i++) {
		struct buffer text = BUFFER_INIT;
		struct commit_text commit;
		clock_t start = clock();

		while (text.length < 1 << 20)
			buffer_add_string(&text, repeated[i]);
		commit = commit_of(text.data, text.data);
		message_parts_read(&parts, &commit);
		features_read(&features, &phrases, &parts, &commit, 0);
		if (!strcmp(repeated[i], "x"))
			assert_int_equal(parts.body.items[0].length, 1 << 20);
		if (!strcmp(repeated[i], "x "))
			assert_int_equal(parts.subject.count, 1 << 19);
		if (clock() - start > 10 * CLOCKS_PER_SEC)
			fail_msg("%s...", repeated[i]);
		buffer_release(&text);
	}
	/* A NUL in a line, short or long, parts words. */
	for (size_t length = 3; length < 2000; length += 1990) {
		char *text = calloc(1, length);
		struct commit_text commit = { "s\0t", 3, text, length, NULL, 0 };

		text[0] = 'a';
		text[length - 1] = 'b';
		message_parts_read(&parts, &commit);
		assert_string_equal(words_of(&parts.subject), "s t");
		assert_string_equal(words_of(&parts.body), "a b");
		free(text);
	}
	phrases_release(&phrases);
	features_release(&features);
	message_parts_release(&parts);
}

/* ---- features ---- */

struct reading {
	struct message_parts parts;
	struct features features;
};

static void read_features(struct reading *reading, const struct phrases *phrases,
			  const struct commit_text *commit, uint64_t diff)
{
	message_parts_read(&reading->parts, commit);
	features_read(&reading->features, phrases, &reading->parts, commit, diff);
}

static void reading_init(struct reading *reading, bool named)
{
	message_parts_init(&reading->parts);
	features_init(&reading->features, named);
}

static void reading_release(struct reading *reading)
{
	message_parts_release(&reading->parts);
	features_release(&reading->features);
}

static bool has_feature(const struct features *features, unsigned group, const char *name)
{
	for (size_t i = 0; i < features->count; i++)
		if (features->items[i].group == group &&
		    !strcmp(features->names.data + features->items[i].name, name))
			return true;
	return false;
}

static void features_have_names(void **state)
{
	static const char *const files[] = { "net/core/skb-uff.c" };
	static const struct {
		unsigned group;
		const char *name;
	} wanted[] = {
		{ GROUP_SUBJECT, "fix" },
		{ GROUP_SUBJECT, "^ fix" },
		{ GROUP_SUBJECT, "skb_clone $" },
		{ GROUP_SUBJECT, "fix * of" },
		{ GROUP_SUBJECT, "_clone" },
		{ GROUP_BODY, "it hung" },
		{ GROUP_PATH, "net" },
		{ GROUP_PATH, "net/core" },
		{ GROUP_PATH, "net/core/skb-uff.c" },
		{ GROUP_PATH, ".c" },
		{ GROUP_PATH, "_uff" },
		{ GROUP_PATH, "prefix net" },
		{ GROUP_PATH, "in prefix net" },
		{ GROUP_MARK, "hang" },
		{ GROUP_MARK, "use-after-free" },
		{ GROUP_MARK, "subject: use-after-free" },
		{ GROUP_MARK, "hang in net/core" },
		{ GROUP_MARK, "found by a fuzzer" },
		{ GROUP_TRAILER, "reported by syzbot" },
		{ GROUP_DIFF, "adds a free" },
	};
	struct commit_text commit = commit_of("net: fix uaf of skb_clone",
					      "It hung.\nReported-by: syzbot\n"
					      "commit " ID " upstream.\nCVE-2024-26865\n");
	struct reading reading;
	struct phrases phrases;

	commit.files = files;
	commit.file_count = 1;
	phrases_init(&phrases);
	reading_init(&reading, true);
	read_features(&reading, &phrases, &commit, FACT(ADDS_FREE));
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		if (!has_feature(&reading.features, wanted[i].group, wanted[i].name))
			fail_msg("no '%s'", wanted[i].name);
	for (size_t i = 0; i < reading.features.count; i++) {
		const struct feature *item = &reading.features.items[i];
		const char *name = reading.features.names.data + item->name;

		assert_false(item->hash >> FEATURE_HASH_BITS);
		if (strstr(name, "26865") || strstr(name, "0123456") || strstr(name, "cve"))
			fail_msg("'%s'", name);
		if (item->group == GROUP_DIFF)
			assert_int_equal(item->hash, feature_of_diff_fact(DIFF_ADDS_FREE));
		for (size_t j = 0; j < i; j++)
			assert_false(item->hash == item[-1 - (ptrdiff_t)j].hash &&
				     item->group == item[-1 - (ptrdiff_t)j].group);
	}
	reading_release(&reading);
	phrases_release(&phrases);
}

static void features_forget_what_was_before(void **state)
{
	static const char *const files[] = { "fs/ext4/inode.c", "README", "", "a//b/" };
	struct commit_text commits[3] = { commit_of("net: fix uaf", "The end.\nFixes: a\n"),
					  commit_of("", ""), commit_of("mm: it hangs", "") };
	struct reading used, fresh;
	struct buffer large = BUFFER_INIT;
	struct phrases phrases;

	for (int i = 0; i < 20000; i++)
		buffer_add_format(&large, "word%d races\n", i);
	commits[1].body = large.data;
	commits[1].body_length = large.length;
	commits[2].files = files;
	commits[2].file_count = COUNT_OF(files);
	phrases_init(&phrases);
	reading_init(&used, true);
	for (int i = 0; i < 9; i++) {
		const struct commit_text *commit = &commits[i * 7 % 3];

		if (i == 6)
			used.features.generation = UINT32_MAX - 1;
		reading_init(&fresh, i % 2);
		read_features(&used, &phrases, commit, (uint64_t)i);
		read_features(&fresh, &phrases, commit, (uint64_t)i);
		assert_int_equal(used.features.count, fresh.features.count);
		assert_true(used.features.marks == fresh.features.marks);
		for (size_t j = 0; j < used.features.count; j++) {
			assert_int_equal(used.features.items[j].hash, fresh.features.items[j].hash);
			assert_int_equal(used.features.items[j].group,
					 fresh.features.items[j].group);
		}
		if (fresh.features.named)
			assert_memory_equal(used.features.names.data, fresh.features.names.data,
					    fresh.features.names.length);
		reading_release(&fresh);
	}
	reading_release(&used);
	phrases_release(&phrases);
	buffer_release(&large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_tokens),
		cmocka_unit_test(phrases_match_whole_words),
		cmocka_unit_test(subjects_lose_their_prefix),
		cmocka_unit_test(bodies_lose_what_backports_carry),
		cmocka_unit_test(hostile_messages_cost_little),
		cmocka_unit_test(features_have_names),
		cmocka_unit_test(features_forget_what_was_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
