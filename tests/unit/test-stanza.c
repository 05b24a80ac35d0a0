/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/array.h"
#include "git/repository.h"
#include "tree/names.h"
#include "tree/order.h"
#include "tree/own-message.h"
#include "tree/stanza.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ONE "1111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222"
#define THREE "3333333333333333333333333333333333333333"
#define FOUR "4444444444444444444444444444444444444444"

#define HEAD(tag)                                  \
	"state " tag "\n"                          \
	"format 1\n"                               \
	"base v6.1.2 " ONE "\n"                    \
	"series linux-6.1.y\n"                     \
	"whole no\n"                               \
	"tip v6.1.9 " TWO "\n"                     \
	"policy default " THREE "\n"               \
	"advisories none\n"                        \
	"model none\n"                             \
	"tool 0.1.0\n"                             \
	"rules 1\n"                                \
	"ledger " FOUR "\n"                        \
	"identity A Tester <tester@example.org>\n" \
	"parent " ONE "\n"
#define TAIL                \
	"tree " THREE "\n"  \
	"commit " FOUR "\n" \
	"\n"
#define STEPS                                           \
	"add " ONE " pick - commit\n"                   \
	"trailer (cherry picked from commit " ONE ")\n" \
	"trailer Security-fix: CVE-2024-1\n"            \
	"add " TWO " prerequisite " FOUR " empty\n"     \
	"before " ONE "\n"                              \
	"for " ONE "\n"                                 \
	"for " THREE "\n"                               \
	"trailer \n"                                    \
	"add " THREE " follow-up - commit\n"            \
	"withdraw " ONE " commit\n"                     \
	"with " TWO "\n"                                \
	"subject net: caf\xc3\xa9\n"                    \
	"person A Tester <tester@example.org>\n"        \
	"date 2024-07-01\n"                             \
	"reason it breaks  the boot \n"
#define WHOLE HEAD("v6.1.2-security.9") STEPS TAIL

static void what_was_printed_is_parsed(void **state)
{
	static const char *const texts[] = {
		"",
		WHOLE,
		WHOLE WHOLE,
		HEAD("v6.1.2-security.9") TAIL,
		HEAD("v6.1.2-security.9.1") "superseded v6.1.2-security.10\n"
					    "beyond " ONE " " TWO "\n"
					    "regression " ONE " - a reason\n"
					    "regression " ONE " " TWO " \n" TAIL,
	};
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct stanza_list list = STANZA_LIST_INIT;
		struct buffer text = BUFFER_INIT;

		assert_int_equal(stanza_parse(&list, texts[i], strlen(texts[i]), "j", &err), 0);
		for (size_t j = 0; j < list.count; j++)
			stanza_print(&text, &list.items[j]);
		assert_string_equal(text.data, texts[i]);
		LLVMFuzzerTestOneInput((const uint8_t *)texts[i], strlen(texts[i]));
		buffer_release(&text);
		stanza_list_release(&list);
	}
}

static void fields_are_read(void **state)
{
	struct stanza_list list = STANZA_LIST_INIT;
	const struct stanza *stanza;
	struct error err = ERROR_INIT;

	assert_int_equal(stanza_parse(&list, WHOLE, strlen(WHOLE), "j", &err), 0);
	assert_int_equal(list.count, 1);
	stanza = list.items;
	assert_string_equal(stanza->tag, "v6.1.2-security.9");
	assert_string_equal(id_hex(&stanza->tip).text, TWO);
	assert_true(id_is_zero(&stanza->advisories));
	assert_int_equal(stanza->steps.count, 4);
	assert_string_equal(stanza->steps.items[0].trailers,
			    "(cherry picked from commit " ONE ")\nSecurity-fix: CVE-2024-1\n");
	assert_int_equal(stanza->steps.items[1].role, STATE_PREREQUISITE);
	assert_int_equal(stanza->steps.items[1].needed_by.count, 2);
	assert_false(stanza->steps.items[1].made_commit);
	assert_int_equal(stanza->steps.items[3].kind, STEP_WITHDRAW);
	assert_int_equal(stanza->steps.items[3].with.count, 1);
	assert_string_equal(stanza->steps.items[3].reason, "it breaks  the boot ");
	stanza_list_release(&list);
}

/* The line that the error names. */
static void malformed_text_is_refused(void **state)
{
	static const struct {
		const char *text, *where;
	} cases[] = {
		{ "\n", "j:1:" },
		{ "state", "j:1:" },
		{ "state \n", "j:1:" },
		{ "state v6.1.2-security.9\nformat 2\n", "j:2:" },
		{ "state v6.1.2-security.9\nformat 1\nbase v6.1.2\n", "j:3:" },
		{ "state v6.1.2-security.9\nformat 1\nbase v6.1.2 1111\n", "j:3:" },
		{ "state v6.1.2-security.9\nformat 1\nbase ../x " ONE "\n", "j:3:" },
		{ "state a..b-security.9\n", "j:1:" },
		{ "state -security.9\n", "j:1:" },
		{ "state v6.1.2-security.9 \n", "j:1:" },
		{ "state v6.1.2-security.9\nformat 1\nbase v6.1.2 " ONE " more\n", "j:3:" },
		{ HEAD("v6.1.3-security.9") TAIL, "j:" },
		{ HEAD("v6.1.2-x.9") TAIL, "j:" },
		{ HEAD("v6.1.2-security.9"), "j:14:" },
		{ HEAD("v6.1.2-security.9") "tree " THREE "\n", "j:15:" },
		{ HEAD("v6.1.2-security.9") "tree " THREE "\ncommit " FOUR "\n", "j:16:" },
		{ HEAD("v6.1.2-security.9") "add " ONE " pick - commit \n" TAIL, "j:15:" },
		{ HEAD("v6.1.2-security.9") "add " ONE " held - commit\n" TAIL, "j:15:" },
		{ HEAD("v6.1.2-security.9") "add " ONE " pick - maybe\n" TAIL, "j:15:" },
		{ HEAD("v6.1.2-security.9") "add " ONE " pick 12 commit\n" TAIL, "j:15:" },
		{ HEAD("v6.1.2-security.9") "for " ONE "\n" TAIL, "j:15:" },
		{ HEAD("v6.1.2-security.9") "withdraw " ONE " commit\nperson x\n" TAIL, "j:16:" },
		{ HEAD("v6.1.2-security.9") "add " ONE " pick - commit\ntrailer a\nbefore " TWO
					    "\n" TAIL,
		  "j:17:" },
		{ WHOLE "x\n", "j:33:" },
	};
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct stanza_list list = STANZA_LIST_INIT;

		assert_int_equal(
			stanza_parse(&list, cases[i].text, strlen(cases[i].text), "j", &err),
			ERROR_INPUT);
		if (strncmp(err.message, cases[i].where, strlen(cases[i].where)))
			fail_msg("case %zu: %s", i, err.message);
		LLVMFuzzerTestOneInput((const uint8_t *)cases[i].text, strlen(cases[i].text));
		stanza_list_release(&list);
	}
	assert_int_equal(
		stanza_parse(&(struct stanza_list)STANZA_LIST_INIT, "state v\0\n", 9, "j", &err),
		ERROR_INPUT);
}

/* Cutting a journal anywhere, or changing any byte, never passes for another one. */
static void damage_is_seen(void **state)
{
	size_t length = strlen(WHOLE);
	char text[sizeof(WHOLE)];

	for (size_t i = 0; i < length; i++) {
		memcpy(text, WHOLE, sizeof(text));
		LLVMFuzzerTestOneInput((const uint8_t *)text, i);
		for (int byte = 0; byte < 256; byte += 5) {
			text[i] = (char)byte;
			LLVMFuzzerTestOneInput((const uint8_t *)text, length);
		}
	}
}

static void members_keep_the_order_of_the_series(void **state)
{
	static const char first[] = HEAD("v6.1.2-security.8") "add " ONE " pick - commit\n"
							      "add " THREE " pick - commit\n" TAIL;
	static const char second[] = HEAD("v6.1.2-security.9") "withdraw " ONE " commit\n"
							       "subject s\nperson p\ndate d\n"
							       "reason r\n"
							       "add " TWO " pick - commit\n"
							       "before " THREE "\n"
							       "add " FOUR " pick - commit\n" TAIL;
	struct stanza_list list = STANZA_LIST_INIT;
	struct order_members members = { NULL, 0, 0 };
	struct stanza *pointers[2];
	struct error err = ERROR_INIT;
	uint64_t **orders;

	assert_int_equal(stanza_parse(&list, first, strlen(first), "j", &err), 0);
	assert_int_equal(stanza_parse(&list, second, strlen(second), "j", &err), 0);
	pointers[0] = &list.items[0];
	pointers[1] = &list.items[1];
	assert_int_equal(order_find(&orders, pointers, 2, &err), 0);
	assert_int_equal(orders[0][0], 1);
	assert_int_equal(orders[1][1], 2);
	assert_int_equal(orders[0][1], 3);
	assert_int_equal(orders[1][2], 4);
	order_release(orders, 2);
	assert_int_equal(order_members(&members, pointers, 2, &err), 0);
	assert_int_equal(members.count, 3);
	assert_string_equal(id_hex(&members.items[0].stable).text, TWO);
	assert_string_equal(id_hex(&members.items[1].stable).text, THREE);
	array_release(&members);
	/* The same step twice: it is in, or it is not. */
	pointers[0] = &list.items[1];
	assert_int_equal(order_find(&orders, pointers, 1, &err), ERROR_INPUT);
	pointers[0] = pointers[1] = &list.items[0];
	assert_int_equal(order_find(&orders, pointers, 2, &err), ERROR_INPUT);
	stanza_list_release(&list);
}

static void things_have_their_names(void **state)
{
	static const struct {
		char *(*make)(const char *, const char *);
		const char *name, *policy, *made;
	} cases[] = {
		{ branch_of_base, "v6.1.170", "default", "refs/heads/linux-6.1.170-security" },
		{ branch_of_base, "v6.1.170", "strict",
		  "refs/heads/linux-6.1.170-security-strict" },
		{ branch_of_base, "0123456789ab", "default",
		  "refs/heads/linux-0123456789ab-security" },
		{ branch_of_series, "linux-6.1.y", "default", "refs/heads/linux-6.1.y-security" },
		{ journal_of_base, "v6.1.170", "default", "journal/v6.1.170" },
	};
	char *name;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		name = cases[i].make(cases[i].name, cases[i].policy);
		assert_string_equal(name, cases[i].made);
		free(name);
	}
	name = tag_of_state("v6.1.170", "default", "192.1");
	assert_string_equal(name, "v6.1.170-security.192.1");
	assert_string_equal(tag_suffix(name, "v6.1.170"), "-security.192.1");
	assert_string_equal(tag_version(name), "6.1.170-security.192.1");
	assert_true(tag_is_of_base(name, "v6.1.170", "default"));
	assert_false(tag_is_of_base(name, "v6.1.17", "default"));
	assert_false(tag_is_of_base(name, "v6.1.170", "strict"));
	free(name);
}

static void a_withdrawal_says_what_and_why(void **state)
{
	struct stanza_list list = STANZA_LIST_INIT;
	struct buffer message = BUFFER_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(stanza_parse(&list, WHOLE, strlen(WHOLE), "j", &err), 0);
	withdraw_message(&message, &list.items[0].steps.items[3]);
	assert_string_equal(message.data,
			    "Withdraw \"net: caf\xc3\xa9\"\n\nit breaks  the boot \n\n"
			    "Decided by A Tester <tester@example.org> on 2024-07-01. The tree is "
			    "what the other\ncommits of this branch give without it.\n\n"
			    "Security-withdrawn: " ONE "\n"
			    "Security-withdrawn: " TWO " (goes with it)\n");
	buffer_release(&message);
	stanza_list_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_printed_is_parsed),
		cmocka_unit_test(fields_are_read),
		cmocka_unit_test(malformed_text_is_refused),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(members_keep_the_order_of_the_series),
		cmocka_unit_test(things_have_their_names),
		cmocka_unit_test(a_withdrawal_says_what_and_why),
	};

	git_start(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
