/* SPDX-License-Identifier: GPL-2.0-only */
/* What triage reads of a commit: words, phrases, routes, kinds of lines, features. */
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
#include "triage/reach.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
		{ "BUG: KASAN: slab-out-of-bounds in foo+0x1/0x2", "bug kasan slab out of bounds in foo",
		  0, 0, true },
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
	static const char *const repeated[] = { "x",	 "x ",	"a_",  "\n",   "0x", "+0x1/",
						"+0x1/0x2 ", "[ 1.", "cve-1-", ":", "a: ", "\xff",
						"use after ",
						"UPSTREAM:" };
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

/* ---- phrases ---- */

static void each_class_is_found(void **state)
{
	static const struct {
		const char *text, *hit;
		unsigned mark;
	} cases[] = {
		{ "the timer touches freed memory", "freed memory", CLASS_USE_AFTER_FREE },
		{ "a use-after-free in it", "use-after-free", CLASS_USE_AFTER_FREE },
		{ "long names give a buffer overflow", "buffer overflow",
		  CLASS_OUT_OF_BOUNDS_WRITE },
		{ "the parser reads past it", "reads past", CLASS_OUT_OF_BOUNDS_READ },
		{ "walks beyond the end", "beyond the end", CLASS_OUT_OF_BOUNDS },
		{ "it is freed twice", "freed twice", CLASS_DOUBLE_FREE },
		{ "bytes are not initialised", "not initialised", CLASS_UNINITIALISED },
		{ "this is an information leakage", "information leakage",
		  CLASS_INFORMATION_LEAK },
		{ "the ref. count drops", "ref. count", CLASS_REFERENCE_COUNT },
		{ "two writers race", "race", CLASS_RACE },
		{ "the sum wraps around", "wraps around", CLASS_INTEGER_OVERFLOW },
		{ "a type confusion", "type confusion", CLASS_TYPE_CONFUSION },
		{ "when dev is NULL", "is null", CLASS_NULL_DEREFERENCE },
		{ "a division by zero", "division by", CLASS_DIVISION },
		{ "lockdep complains", "lockdep", CLASS_DEADLOCK },
		{ "the task hung", "hung", CLASS_HANG },
		{ "the buffer is never freed", "never freed", CLASS_RESOURCE_LEAK },
		{ "asks for no capability", "capability", CLASS_PERMISSION },
		{ "a side-channel is left", "side-channel", CLASS_SPECULATION },
		{ "the kernel panics", "panics", CLASS_CRASH },
		{ "prints a splat", "splat", CLASS_WARNING },
		{ "users lose data", "lose data", CLASS_DATA_LOSS },
		{ "found by fuzzing", "fuzzing", MARK_REPORTER_FUZZER },
		{ "KFENCE saw it", "kfence", MARK_SANITIZER },
		{ "attackers may", "attackers", MARK_ATTACK },
		{ "a crafted frame", "crafted", MARK_UNTRUSTED },
		{ "done concurrently", "concurrently", MARK_RACE_WORDS },
		{ "gcc says", "gcc", MARK_BUILD },
		{ "a typo", "typo", MARK_PROSE },
		{ "it is slower", "slower", MARK_SPEED },
		{ "a quirk", "quirk", MARK_HARDWARE },
		{ "on the error path", "error path", MARK_ERROR_PATH },
		{ "tearing down", "tearing down", MARK_TEARDOWN },
		{ "on teardown", "teardown", MARK_TEARDOWN },
		{ "use_after_free(x)", NULL, CLASS_USE_AFTER_FREE },
		{ "trace races_won", NULL, CLASS_RACE },
		{ "no sign", NULL, CLASS_CRASH },
	};
	struct phrases phrases;
	uint64_t seen = 0;

	phrases_init(&phrases);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct mark_hit hits[MARK_KINDS] = { 0 }, *hit = &hits[cases[i].mark];
		struct tokens tokens = TOKENS_INIT;
		uint64_t set;

		tokens_add(&tokens, cases[i].text, strlen(cases[i].text));
		set = phrases_find(hits, &phrases, &tokens);
		if (!(set >> cases[i].mark & 1) != !cases[i].hit ||
		    (cases[i].hit && (hit->length != strlen(cases[i].hit) ||
				      memcmp(hit->text, cases[i].hit, hit->length) != 0)))
			fail_msg("'%s': %s, '%.*s'", cases[i].text, mark_name(cases[i].mark),
				 (int)hit->length, hit->length ? hit->text : "");
		seen |= set;
		tokens_release(&tokens);
	}
	assert_true(seen == (1ULL << MARK_KINDS) - 1);
	for (unsigned i = 0; i < MARK_KINDS; i++)
		assert_true(*mark_name(i));
	phrases_release(&phrases);
}

static void the_first_place_is_kept(void **state)
{
	struct mark_hit hits[MARK_KINDS] = { 0 };
	struct tokens first = TOKENS_INIT, second = TOKENS_INIT;
	struct phrases phrases;

	phrases_init(&phrases);
	tokens_add(&first, "a uaf, a dangling one", 21);
	tokens_add(&second, "freed memory, races", 19);
	phrases_find(hits, &phrases, &first);
	assert_true(phrases_find(hits, &phrases, &second) ==
		    (1ULL << CLASS_USE_AFTER_FREE | 1ULL << CLASS_RACE));
	assert_memory_equal(hits[CLASS_USE_AFTER_FREE].text, "uaf", 3);
	assert_memory_equal(hits[CLASS_RACE].text, "races", 5);
	tokens_release(&first);
	tokens_release(&second);
	phrases_release(&phrases);
}

/* ---- routes ---- */

#define ROUTE(name) (1U << ROUTE_##name)

static void routes_are_found(void **state)
{
	static const struct {
		const char *path, *body;
		unsigned routes;
	} cases[] = {
		{ "net/ipv4/tcp.c", "", ROUTE(USERNS) },
		{ "net/bluetooth/smp.c", "", ROUTE(ADJACENT) },
		{ "net/vmw_vsock/a.c", "", ROUTE(GUEST) },
		{ "fs/ext4/inode.c", "", ROUTE(MOUNT) },
		{ "fs/read_write.c", "", ROUTE(UNPRIVILEGED) },
		{ "fs/nfsd/vfs.c", "", ROUTE(REMOTE) },
		{ "drivers/usb/core/hub.c", "", ROUTE(PHYSICAL) },
		{ "drivers/usb/gadget/u.c", "", ROUTE(PRIVILEGED) },
		{ "drivers/gpu/drm/a.c", "", ROUTE(DEVICE) },
		{ "virt/kvm/kvm_main.c", "", ROUTE(GUEST) },
		{ "kernel/fork.c", "", ROUTE(UNPRIVILEGED) },
		{ "kernel/trace/trace.c", "", ROUTE(PRIVILEGED) },
		{ "Documentation/net/x.rst", "", 0 },
		{ "netx/a.c", "", 0 },
		{ "fs", "", 0 },
		{ "", "", 0 },
		{ "lib/a.c", "With a crafted image", ROUTE(MOUNT) },
		{ "lib/a.c", "Unprivileged users can", ROUTE(UNPRIVILEGED) },
		{ "lib/a.c", "Privileged users can", ROUTE(PRIVILEGED) },
		{ "lib/a.c", "in a user\nnamespace", ROUTE(USERNS) },
		{ "lib/a.c", "a malicious guest", ROUTE(GUEST) },
		{ "lib/a.c", "on hot-unplug", ROUTE(PHYSICAL) },
		{ "lib/a.c", "comes over the network", ROUTE(REMOTE) },
		{ "net/a.c", "crafted_image", ROUTE(USERNS) },
		{ "fs/a.c", " path_mount+0x1/0x2", ROUTE(UNPRIVILEGED) | ROUTE(MOUNT) },
		{ "lib/a.c", " path_mount+0x1/0x2", 0 },
	};
	struct reach_reason reasons[REACH_REASONS];
	struct message_parts parts;
	size_t count;

	message_parts_init(&parts);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct commit_text commit = commit_of("s", cases[i].body);
		unsigned routes;

		commit.files = &cases[i].path;
		commit.file_count = 1;
		message_parts_read(&parts, &commit);
		routes = reach_find(reasons, &count, &parts, &commit);
		if (routes != cases[i].routes)
			fail_msg("%s, '%s': %x", cases[i].path, cases[i].body, routes);
		for (size_t j = 0; j < count; j++) {
			assert_true(routes >> reasons[j].route & 1);
			assert_true(reasons[j].where_length);
			assert_true(reasons[j].why || *cases[i].body);
		}
	}
	message_parts_release(&parts);
}

static void reasons_are_few_and_different(void **state)
{
	const char *files[] = { "net/a", "net/b",      "fs/a",	   "fs/ext4/a", "fs/nfs/a", "mm/a",
				"ipc/a", "io_uring/a", "crypto/a", "virt/a",	"fs/afs/a" };
	struct commit_text commit = commit_of("debugfs", "netns, netns");
	struct reach_reason reasons[REACH_REASONS + 1];
	struct message_parts parts;
	size_t count;

	commit.files = files;
	commit.file_count = COUNT_OF(files);
	message_parts_init(&parts);
	message_parts_read(&parts, &commit);
	assert_int_equal(reach_find(reasons, &count, &parts, &commit),
			 ROUTE(PRIVILEGED) | ROUTE(USERNS) | ROUTE(UNPRIVILEGED) | ROUTE(MOUNT) |
				 ROUTE(REMOTE) | ROUTE(GUEST));
	assert_int_equal(count, REACH_REASONS);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(reasons[i].where_length == reasons[j].where_length &&
				     !memcmp(reasons[i].where, reasons[j].where,
					     reasons[i].where_length));
	assert_int_equal(reach_impacts(0), 0);
	assert_int_equal(reach_impacts(1U << CLASS_PERMISSION | 1U << CLASS_HANG),
			 1U << IMPACT_PRIVILEGE | 1U << IMPACT_DENIAL_OF_SERVICE);
	message_parts_release(&parts);
}

/* ---- kinds of lines ---- */

#define FACT(name) (1ULL << DIFF_##name)

/* Of lines with their signs. */
static uint64_t facts_of(const char *text)
{
	struct diff_facts facts;

	diff_facts_init(&facts);
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		diff_facts_add(&facts, *text == '+', text + 1, length - 1);
	}
	return diff_facts_end(&facts);
}

static void kinds_of_lines_are_found(void **state)
{
	static const struct {
		const char *line;
		uint64_t facts;
	} cases[] = {
		{ "+if (len > sizeof(x))", FACT(ADDS_RANGE_CHECK) },
		{ "-if (len > sizeof(x))", 0 },
		{ "+\twhile (i <= most)", FACT(ADDS_RANGE_CHECK) },
		{ "+if (!dev)", FACT(ADDS_NULL_CHECK) },
		{ "+if (IS_ERR(dev))", FACT(ADDS_NULL_CHECK) },
		{ "+return -EINVAL;", FACT(ADDS_ERROR_RETURN) },
		{ "+kfree(buf);", FACT(ADDS_FREE) },
		{ "-kfree(buf);", FACT(REMOVES_FREE) },
		{ "+x = kfree;", 0 },
		{ "+thing_free(thing);", FACT(ADDS_FREE) },
		{ "+spin_lock(&a);", FACT(ADDS_LOCK) },
		{ "+kref_get(&a);", FACT(ADDS_GET) },
		{ "+kref_put(&a);", FACT(ADDS_PUT) },
		{ "-kref_put(&a);", FACT(REMOVES_PUT) },
		{ "+memset(&a, 0, b);", FACT(ADDS_ZEROING) },
		{ "+struct a b = {};", FACT(ADDS_ZEROING) },
		{ "+a = __GFP_ZERO;", FACT(ADDS_ZEROING) },
		{ "+ok = ns_capable(a, b);", FACT(ADDS_CAPABILITY_CHECK) },
		{ "+synchronize_net();", FACT(ADDS_RCU) },
		{ "+rcu_read_lock();", FACT(ADDS_RCU) | FACT(ADDS_LOCK) },
		{ "+a = READ_ONCE(b);", FACT(ADDS_ONCE) },
		{ "+cancel_work_sync(&a);", FACT(ADDS_CANCEL) },
		{ "+n = copy_from_user(a, b, c);", FACT(ADDS_USER_COPY) },
		{ "+strscpy(a, b, c);", FACT(ADDS_BOUNDED_COPY) },
		{ "+a = min(b, c);", FACT(ADDS_BOUNDED_COPY) },
		{ "+a = array_index_nospec(a, b);", FACT(ADDS_NOSPEC) },
		{ "+a->b = NULL;", FACT(SETS_NULL) },
		{ "+*ret = NULL;", FACT(SETS_NULL) },
		{ "+{ USB_DEVICE(1, 2) },", FACT(ADDS_DEVICE_ID) },
		{ "+\tunsigned int a;", FACT(CHANGES_TYPE) },
		{ "-\tunsigned int a;", 0 },
		{ "+\xff\xfe kfree\xff(a)", 0 },
		/* comments count for nothing */
		{ "+/* kfree(a); */", 0 },
		{ "+ * kfree(a);", 0 },
		{ "+\t */", 0 },
		{ "+// kfree(a);", 0 },
		{ "+a = b; /* no kfree(a) = NULL; */", 0 },
		{ "+a = b; /* no kfree(a)", 0 },
		{ "+a /* kfree(a) */ = b; /* return -EINVAL; */ c = NULL;", FACT(SETS_NULL) },
		{ "-a = b; // no kfree(a);", 0 },
		{ "+p(\"http://x\"); kfree(a);", FACT(ADDS_FREE) },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		uint64_t all = cases[i].facts | FACT(KNOWN) | FACT(IS_SMALL);

		all |= cases[i].line[0] == '+' ? FACT(ONLY_ADDS) : FACT(ONLY_REMOVES);
		if (facts_of(cases[i].line) != all)
			fail_msg("'%s': %llx", cases[i].line,
				 (unsigned long long)(facts_of(cases[i].line) ^ all));
	}
}

static void changes_are_measured(void **state)
{
	struct buffer text = BUFFER_INIT;
	uint64_t moved = FACT(ADDS_FREE) | FACT(REMOVES_FREE) | FACT(KNOWN) | FACT(IS_SMALL);

	assert_true(facts_of("") == 0);
	assert_true(facts_of("+\n-\t \n") == 0);
	assert_true(facts_of("-\tkfree(a);\n+\t\tkfree(a);\n") == (moved | FACT(MOVES_FREE)));
	assert_true(facts_of("-\tkfree(a);\n+\tkfree(b);\n") == moved);
	assert_true(facts_of("+kfree(a);\n-kfree(b);\n-kfree(a);\n") == (moved | FACT(MOVES_FREE)));
	assert_true(facts_of("-kfree(a); /* now */\n+kfree(a);\n") & FACT(MOVES_FREE));
	assert_true(facts_of("-mutex_lock(&a);\n+x\n+mutex_lock(&a);\n") ==
		    (FACT(ADDS_LOCK) | FACT(MOVES_LOCK) | FACT(KNOWN) | FACT(IS_SMALL)));
	for (int i = 1; i <= 101; i++) {
		uint64_t set;

		buffer_add_string(&text, i % 2 ? "+a\n" : "-b\n");
		set = facts_of(text.data);
		assert_int_equal(!(set & FACT(IS_SMALL)), i > 5);
		assert_int_equal(!(set & FACT(IS_LARGE)), i <= 100);
		assert_int_equal(!(set & FACT(ONLY_ADDS)), i > 1);
	}
	buffer_clear(&text);
	buffer_add_byte(&text, '+');
	while (text.length < 1 << 20)
		buffer_add_string(&text, "kfree(");
	assert_true(facts_of(text.data) & FACT(ADDS_FREE));
	for (unsigned i = 0; i < DIFF_FACTS; i++)
		assert_true(*diff_fact_name(i));
	buffer_release(&text);
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
		{ GROUP_SUBJECT, "fix" },	       { GROUP_SUBJECT, "^ fix" },
		{ GROUP_SUBJECT, "skb_clone $" },      { GROUP_SUBJECT, "fix * of" },
		{ GROUP_SUBJECT, "_clone" },	       { GROUP_BODY, "it hung" },
		{ GROUP_PATH, "net" },		       { GROUP_PATH, "net/core" },
		{ GROUP_PATH, "net/core/skb-uff.c" },  { GROUP_PATH, ".c" },
		{ GROUP_PATH, "_uff" },		       { GROUP_PATH, "prefix net" },
		{ GROUP_PATH, "in prefix net" },       { GROUP_MARK, "hang" },
		{ GROUP_MARK, "use-after-free" },      { GROUP_MARK, "subject: use-after-free" },
		{ GROUP_MARK, "hang in net/core" },    { GROUP_MARK, "found by a fuzzer" },
		{ GROUP_TRAILER, "reported by syzbot" }, { GROUP_DIFF, "adds a free" },
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
		cmocka_unit_test(each_class_is_found),
		cmocka_unit_test(the_first_place_is_kept),
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(reasons_are_few_and_different),
		cmocka_unit_test(kinds_of_lines_are_found),
		cmocka_unit_test(changes_are_measured),
		cmocka_unit_test(features_have_names),
		cmocka_unit_test(features_forget_what_was_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
