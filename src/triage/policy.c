/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/policy.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/cvss.h"
#include "base/array.h"
#include "git/repository.h"

void policy_release(struct policy *policy)
{
	free(policy->name);
	string_list_release(&policy->excluded);
	string_list_release(&policy->forced);
	memset(policy, 0, sizeof(*policy));
}

static void copy_list(struct string_list *ret_list, const struct string_list *list)
{
	memset(ret_list, 0, sizeof(*ret_list));
	for (size_t i = 0; i < list->count; i++)
		array_push(ret_list, string_copy(list->items[i]));
}

void policy_copy(struct policy *ret_policy, const struct policy *policy)
{
	*ret_policy = *policy;
	ret_policy->name = string_copy(policy->name);
	copy_list(&ret_policy->excluded, &policy->excluded);
	copy_list(&ret_policy->forced, &policy->forced);
}

bool policy_has_path(const struct string_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++) {
		size_t length = strlen(list->items[i]);

		while (length && list->items[i][length - 1] == '/')
			length--;
		if (!strncmp(path, list->items[i], length) &&
		    (path[length] == '/' || !path[length]))
			return true;
	}
	return false;
}

void likelihood_print(struct buffer *out, int likelihood)
{
	int hundredths = (likelihood + 5) / 10;

	buffer_add_format(out, "%d.%02d", hundredths / 100, hundredths % 100);
}

/* ---- judging ---- */

static void say(struct buffer *words, const char *text)
{
	if (words)
		buffer_add_string(words, text);
}

/* "likelihood 0.21, 0.29 below the 0.50 of policy default" */
static void say_below(struct buffer *words, const char *what, int got, int least,
		      const struct policy *policy)
{
	if (!words)
		return;
	buffer_add_format(words, "%s ", what);
	likelihood_print(words, got);
	buffer_add_string(words, ", ");
	/* What is shown is to add up. */
	likelihood_print(words, ((least + 5) / 10 - (got + 5) / 10) * 10);
	buffer_add_string(words, " below the ");
	likelihood_print(words, least);
	buffer_add_format(words, " of policy %s", policy->name);
}

static void say_only(struct buffer *words, const char *what,
		     void (*print)(struct buffer *, unsigned), unsigned set,
		     const struct policy *policy)
{
	if (!words)
		return;
	buffer_add_format(words, "%s ", what);
	print(words, set);
	buffer_add_format(words, ", which policy %s leaves out", policy->name);
}

static int rank(char privileges)
{
	return privileges == 'H' ? 2 : privileges == 'L';
}

static const char *privileges_name(char privileges)
{
	static const char *const names[] = { "none", "low", "high" };

	return names[rank(privileges)];
}

static bool admits_privileges(struct buffer *words, const struct policy *policy,
			      const struct judgement *judgement)
{
	if (!judgement->privileges || rank(judgement->privileges) <= rank(policy->privileges))
		return true;
	if (words)
		buffer_add_format(words, "asks for privileges %s (PR:%c), policy %s admits %s",
				  privileges_name(judgement->privileges), judgement->privileges,
				  policy->name, privileges_name(policy->privileges));
	return false;
}

static bool admits_routes(struct buffer *words, const struct policy *policy,
			  const struct judgement *judgement)
{
	if (!judgement->routes || judgement->routes & policy->routes)
		return true;
	say_only(words, "only by route", routes_print, judgement->routes, policy);
	return false;
}

static bool admits_impacts(struct buffer *words, const struct policy *policy,
			   const struct judgement *judgement)
{
	if (!judgement->impacts || judgement->impacts & policy->impacts)
		return true;
	say_only(words, "gives only", impacts_print, judgement->impacts, policy);
	return false;
}

static bool admits_classes(struct buffer *words, const struct policy *policy,
			   const struct judgement *judgement)
{
	if (judgement->facts_source == SOURCE_SCORED || !judgement->classes ||
	    judgement->classes & ~policy->weak ||
	    judgement->impacts & ~(1U << IMPACT_DENIAL_OF_SERVICE))
		return true;
	say_only(words, "nothing but", bug_classes_print, judgement->classes, policy);
	return false;
}

static bool admits_score(struct buffer *words, const struct policy *policy,
			 const struct judgement *judgement)
{
	int missing = policy->score - judgement->score;

	if (judgement->score == CVSS_UNSCORED || missing <= 0)
		return true;
	if (words)
		buffer_add_format(words, "score %d.%d, %d.%d below the %d.%d of policy %s",
				  judgement->score / 10, judgement->score % 10, missing / 10,
				  missing % 10, policy->score / 10, policy->score % 10,
				  policy->name);
	return false;
}

static bool admits_gate(struct buffer *words, const struct policy *policy,
			const struct judgement *judgement)
{
	if (judgement->source != SOURCE_UNSCORED || judgement->gate == LIKELIHOOD_UNKNOWN ||
	    judgement->gate >= policy->gate)
		return true;
	say_below(words, "not scored, and likely to matter", judgement->gate, policy->gate, policy);
	return false;
}

static bool (*const limits[])(struct buffer *, const struct policy *, const struct judgement *) = {
	admits_privileges, admits_routes, admits_impacts, admits_classes, admits_score, admits_gate,
};

/* Whether the classifier alone makes it a fix. What is forced need not pass a gate. */
static bool is_likely(struct buffer *words, const struct policy *policy,
		      const struct judgement *judgement, bool forced)
{
	int likelihood = forced ? judgement->security : judgement_likelihood(judgement);

	if (likelihood == LIKELIHOOD_UNKNOWN) {
		say(words, "no advisory names it");
		return false;
	}
	if (likelihood >= policy->likelihood)
		return true;
	say(words, "no advisory names it; ");
	say_below(words, "likelihood", likelihood, policy->likelihood, policy);
	return false;
}

/* A person is above all limits, but for routes and impacts that they name themselves. */
static enum policy_answer by_ledger(struct buffer *words, const struct policy *policy,
				    const struct judgement *judgement)
{
	if (judgement->security == 0) {
		say(words, "decided to be out");
		return POLICY_BELOW;
	}
	if ((judgement->routes_decided && !admits_routes(words, policy, judgement)) ||
	    (judgement->impacts_decided && !admits_impacts(words, policy, judgement)))
		return POLICY_BELOW;
	return POLICY_PASS;
}

enum policy_answer policy_judge(struct buffer *ret_words, const struct policy *policy,
				const struct judgement *judgement, unsigned paths)
{
	bool forced = paths & PATHS_FORCED;

	if (judgement->source == SOURCE_LEDGER)
		return by_ledger(ret_words, policy, judgement);
	if (judgement->source == SOURCE_CLASSIFIER &&
	    !is_likely(ret_words, policy, judgement, forced))
		return POLICY_NOT_SECURITY;
	if (forced)
		return POLICY_PASS;
	if (paths & PATHS_EXCLUDED) {
		if (ret_words)
			buffer_add_format(ret_words, "changes only paths that policy %s excludes",
					  policy->name);
		return POLICY_BELOW;
	}
	for (size_t i = 0; i < COUNT_OF(limits); i++)
		if (!limits[i](ret_words, policy, judgement))
			return POLICY_BELOW;
	return POLICY_PASS;
}

/* ---- in words ---- */

static void print_set(struct buffer *out, const char *key, void (*print)(struct buffer *, unsigned),
		      unsigned set)
{
	buffer_add_format(out, "%s: ", key);
	if (set)
		print(out, set);
	else
		buffer_add_string(out, "none");
	buffer_add_byte(out, '\n');
}

static int compare_paths(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void print_paths(struct buffer *out, const char *key, const struct string_list *list)
{
	struct string_list sorted;

	copy_list(&sorted, list);
	if (sorted.count)
		qsort(sorted.items, sorted.count, sizeof(*sorted.items), compare_paths);
	for (size_t i = 0; i < sorted.count; i++)
		buffer_add_format(out, "%s: %s\n", key, sorted.items[i]);
	string_list_release(&sorted);
}

void policy_print(struct buffer *out, const struct policy *policy)
{
	print_set(out, "routes", routes_print, policy->routes);
	print_set(out, "impacts", impacts_print, policy->impacts);
	print_set(out, "weak", bug_classes_print, policy->weak);
	buffer_add_format(out, "privileges: %s\n", privileges_name(policy->privileges));
	buffer_add_format(out, "score: %d.%d\n", policy->score / 10, policy->score % 10);
	buffer_add_format(out, "likelihood: %d.%03d\n", policy->likelihood / 1000,
			  policy->likelihood % 1000);
	buffer_add_format(out, "gate: %d.%03d\n", policy->gate / 1000, policy->gate % 1000);
	print_paths(out, "exclude", &policy->excluded);
	print_paths(out, "force", &policy->forced);
}

int policy_digest(git_oid *ret_digest, const struct policy *policy, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	int error = 0;

	policy_print(&text, policy);
	if (git_odb_hash(ret_digest, text.data, text.length, GIT_OBJECT_BLOB) < 0)
		error = git_failed(err, "the policy cannot be hashed");
	buffer_release(&text);
	return error;
}
