/* SPDX-License-Identifier: GPL-2.0-only */
/* What triage finds in what it read: phrases, routes, kinds of lines. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "triage/diff-facts.h"
#include "triage/phrases.h"
#include "triage/reach.h"

#define FACT(name) (1ULL << DIFF_##name)

/* Borrows the texts. */
static struct commit_text commit_of(const char *subject, const char *body)
{
	return (struct commit_text){ .subject = subject,
				     .subject_length = strlen(subject),
				     .body = body,
				     .body_length = strlen(body) };
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
		{ "this is an information leakage", "information leakage", CLASS_INFORMATION_LEAK },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_is_found),
		cmocka_unit_test(the_first_place_is_kept),
		cmocka_unit_test(routes_are_found),
		cmocka_unit_test(reasons_are_few_and_different),
		cmocka_unit_test(kinds_of_lines_are_found),
		cmocka_unit_test(changes_are_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
