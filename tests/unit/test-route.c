/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/impact.h"
#include "advisory/phrase.h"
#include "advisory/route.h"
#include "base/array.h"

#define R(name) (1U << ROUTE_##name)
#define I(name) (1U << IMPACT_##name)
#define LOCAL "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"

static struct cvss parse(const char *vector)
{
	struct error err = ERROR_INIT;
	struct cvss cvss;

	if (cvss_parse(&cvss, vector, strlen(vector), &err))
		fail_msg("%s", err.message);
	return cvss;
}

struct route_case {
	const char *vector, *rationale;
	unsigned routes;
};

static void check_routes(const struct route_case *cases, size_t count)
{
	struct buffer got = BUFFER_INIT;
	struct cvss cvss;

	for (size_t i = 0; i < count; i++) {
		cvss = parse(cases[i].vector);
		buffer_clear(&got);
		routes_print(&got, routes_of_score(&cvss, cases[i].rationale, NULL));
		if (routes_of_score(&cvss, cases[i].rationale, NULL) != cases[i].routes)
			fail_msg("%s: %s", cases[i].rationale, got.data);
	}
	buffer_release(&got);
}

static void the_vector_decides_what_is_not_local(void **state)
{
	static const struct route_case cases[] = {
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV:N - Any local user.\n",
		  R(REMOTE) },
		{ "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "", R(ADJACENT) },
		{ "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "", R(PHYSICAL) },
		{ "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "",
		  R(REMOTE) },
	};

	(void)state;
	check_routes(cases, COUNT_OF(cases));
	assert_int_equal(routes_of_score(&(struct cvss){ 0 }, "", NULL), 0);
}

static void words_decide_what_is_local(void **state)
{
	static const struct route_case cases[] = {
		{ LOCAL, "PR:L - An unprivileged user opens the socket; that is all.\n",
		  R(UNPRIVILEGED) },
		{ LOCAL, "PR:L - The call asks for no capabilities.\n", R(UNPRIVILEGED) },
		{ LOCAL,
		  "PR:L - It takes CAP_NET_ADMIN, which any unprivileged user has in a user\n"
		  "    namespace of his own.\n",
		  R(USERNS) },
		{ LOCAL,
		  "AV:L - A netlink message of an ordinary user does it.\n"
		  "PR:L - CAP_NET_ADMIN is needed, and got by unshare -Urn.\n",
		  R(USERNS) },
		{ LOCAL,
		  "PR:L - Any user can do it with no capability at all. In a user namespace it\n"
		  "    works, too.\n",
		  R(UNPRIVILEGED) | R(USERNS) },
		{ LOCAL,
		  "PR:L - Making the socket takes no capabilities; with CAP_NET_ADMIN of a user\n"
		  "    namespace a device can be made for it, too.\n",
		  R(UNPRIVILEGED) | R(USERNS) },
		{ LOCAL,
		  "PR:L - Any local user hits it by sending. Another way is to stop the device,\n"
		  "    which takes CAP_NET_ADMIN, had in a user namespace.\n",
		  R(UNPRIVILEGED) | R(USERNS) },
		{ LOCAL,
		  "PR:L - The call has no capability check and works in user namespaces as well.\n",
		  R(UNPRIVILEGED) | R(USERNS) },
		{ LOCAL,
		  "PR:L - Any local user with a writable file may call it, including root of a "
		  "user\n"
		  "    namespace.\n",
		  R(UNPRIVILEGED) | R(USERNS) },
		{ LOCAL, "PR:L - No user or network namespace is needed: any local user will do.\n",
		  R(UNPRIVILEGED) },
		{ LOCAL, "PR:L - User namespaces do not help; any user may send it.\n",
		  R(UNPRIVILEGED) },
		{ LOCAL, "PR:L - Members of the group video open /dev/lamp0.\n", R(DEVICE) },
		{ LOCAL, "PR:L - A file in /dev/shm of an ordinary user is enough.\n",
		  R(UNPRIVILEGED) },
		{ LOCAL, "PR:L - The desktop mounts a crafted image for the user.\n", R(MOUNT) },
		{ "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H",
		  "UI:R - Somebody has to mount the image.\n", R(MOUNT) },
		{ LOCAL, "UI:N - Nobody mounts an image.\n", R(UNPRIVILEGED) },
		{ LOCAL, "AV:L - The guest writes to a register.\n", R(GUEST) },
		{ LOCAL, "AV:L - A guest account of the file server reads it.\n", R(UNPRIVILEGED) },
		{ LOCAL, "PR:L - It takes CAP_SYS_ADMIN in the initial user namespace.\n",
		  R(PRIVILEGED) },
		{ LOCAL, "PR:L - The administrator has set it up before.\n", R(UNPRIVILEGED) },
		{ "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", "PR:H - It takes root.\n",
		  R(PRIVILEGED) },
		{ "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		  "PR:N - Nothing that CAP_SYS_ADMIN could guard.\n", R(UNPRIVILEGED) },
	};

	(void)state;
	check_routes(cases, COUNT_OF(cases));
}

static void the_vector_is_the_last_resort(void **state)
{
	static const struct route_case cases[] = {
		{ LOCAL, "", R(UNPRIVILEGED) },
		{ "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "", R(UNPRIVILEGED) },
		{ "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", "", R(PRIVILEGED) },
	};

	(void)state;
	check_routes(cases, COUNT_OF(cases));
}

static void integrity_is_what_words_say(void **state)
{
	static const struct {
		const char *vector, *rationale;
		unsigned impacts;
	} cases[] = {
		{ LOCAL, "I:H - A use-after-free, and what was freed is written to.\n",
		  I(MEMORY_CORRUPTION) | I(INFORMATION_LEAK) | I(DENIAL_OF_SERVICE) },
		{ LOCAL, "I:H - The check of permissions is bypassed.\n",
		  I(PRIVILEGE) | I(INFORMATION_LEAK) | I(DENIAL_OF_SERVICE) },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:N",
		  "I:H - Data loss: the journal is replayed twice.\n", I(DATA_LOSS) },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:N", "",
		  I(MEMORY_CORRUPTION) | I(PRIVILEGE) },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N",
		  "I:N - There is a use-after-free, which only reads.\n", I(INFORMATION_LEAK) },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H", "", I(DENIAL_OF_SERVICE) },
		{ "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:N",
		  "I:H - The sender can be forged; there is no memory corruption.\n",
		  I(PRIVILEGE) },
	};
	struct buffer got = BUFFER_INIT;
	struct cvss cvss;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		cvss = parse(cases[i].vector);
		buffer_clear(&got);
		impacts_print(&got, impacts_of_score(&cvss, cases[i].rationale, NULL));
		if (impacts_of_score(&cvss, cases[i].rationale, NULL) != cases[i].impacts)
			fail_msg("%s: %s", cases[i].rationale, got.data);
	}
	buffer_release(&got);
}

static void reasons_are_the_words(void **state)
{
	static const char rationale[] =
		"AV:L - It is a system call.\nPR:L - Members of the group video open /dev/lamp0.\n";
	struct fact_reasons reasons = FACT_REASONS_INIT;
	struct cvss cvss = parse(LOCAL);

	(void)state;
	assert_int_equal(routes_of_score(&cvss, rationale, &reasons), R(DEVICE));
	assert_int_equal(reasons.count, 2);
	assert_int_equal(reasons.items[1].value, ROUTE_DEVICE);
	assert_memory_equal(reasons.items[1].text, "/dev/lamp0", 10);
	assert_int_equal(reasons.items[1].length, 10);
	fact_reasons_release(&reasons);
	assert_int_equal(routes_of_score(&cvss, "", &reasons), R(UNPRIVILEGED));
	assert_int_equal(reasons.count, 1);
	assert_memory_equal(reasons.items[0].text, "AV:L", 4);
	fact_reasons_release(&reasons);
}

static void denials_reach_as_far_as_lists_go(void **state)
{
	static const struct phrase table[] = {
		{ 1, "lock*", NULL, NULL, NULL },
		{ 2, "big lock", "held", "no*", "file" },
		{ 0, NULL, NULL, NULL, NULL },
	};
	static const struct {
		const char *prose;
		size_t count;
		bool denied, refused;
	} cases[] = {
		{ "No lock.", 1, true, false },
		{ "No keys, doors, or locks are needed.", 1, true, false },
		{ "No keys are needed, the lock is open.", 1, false, false },
		{ "Without keys; the lock is open.", 1, false, false },
		{ "There is nothing but a lock.", 1, false, false },
		{ "A LOCK-file, rather than a word.", 1, false, false },
		{ "A word rather than a lock.", 1, true, false },
		{ "Locks do not help.", 1, false, true },
		{ "It doesn\xe2\x80\x99t take a lock.", 1, true, false },
		{ "No key. The lock stays.", 1, false, false },
		{ "the big\n    lock is held", 2, false, false },
		{ "the big lock is free", 1, false, false },
		{ "big lock file, held", 1, false, false },
		{ "clock", 0, false, false },
		{ "", 0, false, false },
	};
	struct phrase_matches matches = PHRASE_MATCHES_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		phrases_in_prose(&matches, table, cases[i].prose, strlen(cases[i].prose), 0);
		if (matches.count != cases[i].count)
			fail_msg("%s: %zu", cases[i].prose, matches.count);
		if (matches.count && (matches.items[0].denied != cases[i].denied ||
				      matches.items[0].refused != cases[i].refused))
			fail_msg("%s: is taken for the other", cases[i].prose);
		phrase_matches_release(&matches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vector_decides_what_is_not_local),
		cmocka_unit_test(words_decide_what_is_local),
		cmocka_unit_test(the_vector_is_the_last_resort),
		cmocka_unit_test(integrity_is_what_words_say),
		cmocka_unit_test(reasons_are_the_words),
		cmocka_unit_test(denials_reach_as_far_as_lists_go),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
