/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/array.h"
#include "triage/combine.h"
#include "triage/policies.h"

#define R(name) (1U << ROUTE_##name)
#define I(name) (1U << IMPACT_##name)
#define C(name) (1U << CLASS_##name)
#define WORST "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"

static struct policy find(const char *text)
{
	struct workspace workspace = { 0 };
	struct error err = ERROR_INIT;
	struct policy policy;

	if (policy_find(&policy, &workspace, text, &err))
		fail_msg("%s", err.message);
	return policy;
}

static void check(const char *name, const struct judgement *judgement, unsigned paths,
		  enum policy_answer answer, const char *wanted)
{
	struct policy policy = find(name);
	struct buffer words = BUFFER_INIT;

	if (policy_judge(&words, &policy, judgement, paths) != answer)
		fail_msg("%s: is judged otherwise: %s", name, words.data);
	assert_string_equal(words.length ? words.data : "", wanted);
	buffer_release(&words);
	policy_release(&policy);
}

static struct judgement scored(unsigned routes, unsigned impacts, char privileges, int score)
{
	struct judgement judgement = judgement_none();

	judgement.security = LIKELIHOOD_SURE;
	judgement.source = judgement.facts_source = SOURCE_SCORED;
	judgement.routes = routes;
	judgement.impacts = impacts;
	judgement.privileges = privileges;
	judgement.score = score;
	return judgement;
}

static struct judgement guessed(int security, int gate)
{
	struct judgement judgement = judgement_none();

	judgement.security = security;
	judgement.gate = gate;
	return judgement;
}

static void scores_are_held_against_limits(void **state)
{
	struct judgement userns = scored(R(USERNS), I(MEMORY_CORRUPTION), 'L', 78);
	struct judgement high = scored(R(UNPRIVILEGED), I(PRIVILEGE), 'H', 67);
	struct judgement physical = scored(R(PHYSICAL), I(PRIVILEGE), 'N', 67);
	struct judgement loss = scored(R(UNPRIVILEGED), I(DATA_LOSS), 'L', 55);

	(void)state;
	check("default", &userns, 0, POLICY_PASS, "");
	check("default,no-userns", &userns, 0, POLICY_BELOW,
	      "only by route userns, which policy default-no-userns leaves out");
	check("strict,no-userns", &userns, 0, POLICY_BELOW,
	      "only by route userns, which policy strict-no-userns leaves out");
	check("remote", &userns, 0, POLICY_BELOW,
	      "only by route userns, which policy remote leaves out");
	check("default", &high, 0, POLICY_BELOW,
	      "asks for privileges high (PR:H), policy default admits low");
	check("strict", &high, 0, POLICY_PASS, "");
	check("default", &physical, 0, POLICY_BELOW,
	      "only by route physical, which policy default leaves out");
	check("default", &loss, 0, POLICY_BELOW,
	      "gives only data-loss, which policy default leaves out");
	check("default,+data-loss", &loss, 0, POLICY_PASS, "");
	check("memory-corruption", &userns, 0, POLICY_PASS, "");
	check("memory-corruption", &high, PATHS_FORCED, POLICY_PASS, "");
	check("default", &userns, PATHS_EXCLUDED, POLICY_BELOW,
	      "changes only paths that policy default excludes");
}

static void what_is_unknown_is_in(void **state)
{
	struct judgement advisory = judgement_none();

	(void)state;
	check("default", &advisory, 0, POLICY_NOT_SECURITY, "no advisory names it");
	check("strict", &advisory, 0, POLICY_NOT_SECURITY, "no advisory names it");
	advisory.security = LIKELIHOOD_SURE;
	advisory.source = SOURCE_UNSCORED;
	check("default", &advisory, 0, POLICY_PASS, "");
	check("remote", &advisory, 0, POLICY_PASS, "");
	advisory.gate = 250;
	check("default", &advisory, 0, POLICY_PASS, "");
	advisory.gate = 70;
	check("default", &advisory, 0, POLICY_BELOW,
	      "not scored, and likely to matter 0.07, 0.03 below the 0.10 of policy default");
	check("strict", &advisory, 0, POLICY_PASS, "");
	advisory.gate = 900;
	advisory.classes = C(WARNING);
	check("default", &advisory, 0, POLICY_BELOW,
	      "nothing but warning, which policy default leaves out");
	advisory.impacts = I(MEMORY_CORRUPTION);
	check("default", &advisory, 0, POLICY_PASS, "");
}

static void the_classifier_alone_needs_a_likelihood(void **state)
{
	struct judgement likely = guessed(900, 800), unlikely = guessed(420, 300);

	(void)state;
	check("default", &likely, 0, POLICY_PASS, "");
	check("default", &unlikely, 0, POLICY_NOT_SECURITY,
	      "no advisory names it; likelihood 0.13, 0.12 below the 0.25 of policy default");
	likely.routes = R(PRIVILEGED);
	check("default", &likely, 0, POLICY_BELOW,
	      "only by route privileged, which policy default leaves out");
	unlikely.security = 600;
	check("default", &unlikely, PATHS_FORCED, POLICY_PASS, "");
}

/* What others say of an impact does not put out what a person puts in, of its route alone. */
static void a_person_is_held_to_what_they_named(void **state)
{
	struct judgement decided = guessed(1000, 1000);

	(void)state;
	decided.source = decided.facts_source = SOURCE_LEDGER;
	decided.routes = R(USERNS);
	decided.impacts = I(DATA_LOSS);
	decided.routes_decided = true;
	check("default", &decided, 0, POLICY_PASS, "");
	check("remote", &decided, 0, POLICY_BELOW,
	      "only by route userns, which policy remote leaves out");
	decided.impacts_decided = true;
	check("default", &decided, 0, POLICY_BELOW,
	      "gives only data-loss, which policy default leaves out");
}

static struct advisory advisory_of(const char *vector, unsigned routes)
{
	struct advisory advisory = { .routes = routes, .cvss.score = CVSS_UNSCORED };

	if (vector && cvss_parse(&advisory.cvss, vector, strlen(vector), NULL))
		fail();
	return advisory;
}

static void advisories_are_put_together(void **state)
{
	struct advisory one = advisory_of(WORST, R(USERNS)),
			other = advisory_of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
					    R(REMOTE)),
			plain = advisory_of(NULL, 0);
	const struct advisory *two[] = { &one, &other }, *mixed[] = { &one, &plain };
	struct judgement judgement = guessed(100, 700);

	(void)state;
	judgement.routes = R(PHYSICAL);
	judgement_add_advisories(&judgement, two, 2);
	assert_int_equal(judgement.source, SOURCE_SCORED);
	assert_int_equal(judgement.security, LIKELIHOOD_SURE);
	assert_int_equal(judgement.gate, 700);
	assert_int_equal(judgement.routes, R(USERNS) | R(REMOTE));
	assert_int_equal(judgement.privileges, 'N');
	assert_int_equal(judgement.score, 98);
	judgement = guessed(100, 700);
	judgement_add_advisories(&judgement, mixed, 2);
	assert_int_equal(judgement.routes, 0);
	assert_int_equal(judgement.privileges, 0);
	judgement = judgement_of_advisory(&plain);
	assert_int_equal(judgement.source, SOURCE_UNSCORED);
	assert_int_equal(judgement.gate, LIKELIHOOD_UNKNOWN);
	plain.disputed = true;
	judgement = judgement_of_advisory(&plain);
	assert_int_equal(judgement.source, SOURCE_CLASSIFIER);
}

static void names_have_one_form(void **state)
{
	static const char *const cases[][2] = {
		{ "default", "default" },
		{ "strict,no-userns", "strict-no-userns" },
		{ "strict-no-userns", "strict-no-userns" },
		{ "+data-loss", "default+data-loss" },
		{ "no-userns", "default-no-userns" },
		{ "default,+data-loss,no-mount,no-userns", "default-no-userns-no-mount+data-loss" },
		{ "default-no-userns-no-mount+data-loss", "default-no-userns-no-mount+data-loss" },
		{ "memory-corruption", "memory-corruption" },
	};
	static const char *const wrong[] = { "",
					     ",",
					     "stric",
					     "strict,userns",
					     "strict,no-",
					     "strict,no-x",
					     "strict,+userns,no-userns",
					     "strict+",
					     "default,," };
	struct workspace workspace = { 0 };
	struct error err = ERROR_INIT;
	struct policy policy;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		policy = find(cases[i][0]);
		assert_string_equal(policy.name, cases[i][1]);
		policy_release(&policy);
	}
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (policy_find(&policy, &workspace, wrong[i], &err) != ERROR_NOT_FOUND)
			fail_msg("%s: is taken", wrong[i]);
}

static void settings_make_policies(void **state)
{
	static struct policy_setting good[] = {
		{ (char *)"office", (char *)"exclude", (char *)"drivers/staging" },
		{ (char *)"office", (char *)"score", (char *)"7.5" },
		{ (char *)"office", (char *)"base", (char *)"strict,no-userns" },
		{ (char *)"office", (char *)"likelihood", (char *)"0.25" },
	};
	static struct policy_setting bad[] = {
		{ (char *)"a", (char *)"score", (char *)"11" },
		{ (char *)"a", (char *)"gate", (char *)"1.001" },
		{ (char *)"a", (char *)"routes", (char *)"remote moon" },
		{ (char *)"a", (char *)"base", (char *)"a" },
		{ (char *)"a", (char *)"base", (char *)"nowhere" },
		{ (char *)"a", (char *)"exclude", (char *)"../x" },
		{ (char *)"a", (char *)"mood", (char *)"good" },
		{ (char *)"a", (char *)"data-loss", (char *)"perhaps" },
		{ (char *)"strict", (char *)"score", (char *)"1" },
		{ (char *)"a-no-b", (char *)"score", (char *)"1" },
		{ (char *)"A", (char *)"score", (char *)"1" },
	};
	struct workspace workspace = { .directory = (char *)"ws" };
	struct error err = ERROR_INIT;
	struct policy policy;

	(void)state;
	workspace.policies.items = good;
	workspace.policies.count = COUNT_OF(good);
	assert_int_equal(policies_check(&workspace, &err), 0);
	assert_int_equal(policy_find(&policy, &workspace, "office,+data-loss", &err), 0);
	assert_string_equal(policy.name, "office+data-loss");
	assert_true(policy.configured);
	assert_int_equal(policy.score, 75);
	assert_int_equal(policy.likelihood, 250);
	assert_false(policy.routes & R(USERNS));
	assert_true(policy.routes & R(PHYSICAL));
	assert_true(policy_has_path(&policy.excluded, "drivers/staging/a.c"));
	assert_false(policy_has_path(&policy.excluded, "drivers/staging2/a.c"));
	policy_release(&policy);
	workspace.policies.count = 1;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		workspace.policies.items = &bad[i];
		if (policies_check(&workspace, &err) != ERROR_INPUT)
			fail_msg("%s = %s: is taken", bad[i].key, bad[i].value);
		assert_non_null(strstr(err.message, "ws/sectree.conf: policy"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_held_against_limits),
		cmocka_unit_test(what_is_unknown_is_in),
		cmocka_unit_test(the_classifier_alone_needs_a_likelihood),
		cmocka_unit_test(a_person_is_held_to_what_they_named),
		cmocka_unit_test(advisories_are_put_together),
		cmocka_unit_test(names_have_one_form),
		cmocka_unit_test(settings_make_policies),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
