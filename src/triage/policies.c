/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/policies.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	DEPTH_LIMIT = 8, /* of policies that are based on each other */
	NAME_LIMIT = 40
};

#define ROUTE(name) (1U << ROUTE_##name)
#define IMPACT(name) (1U << IMPACT_##name)
#define CLASS(name) (1U << CLASS_##name)
#define ALL(kinds) ((1U << (kinds)) - 1)

#define DEFAULT_ROUTES                                                                          \
	(ROUTE(REMOTE) | ROUTE(ADJACENT) | ROUTE(GUEST) | ROUTE(UNPRIVILEGED) | ROUTE(USERNS) | \
	 ROUTE(DEVICE) | ROUTE(MOUNT))
#define DEFAULT_IMPACTS                                                             \
	(IMPACT(MEMORY_CORRUPTION) | IMPACT(PRIVILEGE) | IMPACT(INFORMATION_LEAK) | \
	 IMPACT(DENIAL_OF_SERVICE))
/* A bare WARN, a slow leak. */
#define DEFAULT_WEAK (CLASS(WARNING) | CLASS(RESOURCE_LEAK))
/*
 * Of what passes the gate, held-out commits of 2024 and later: a likelihood of 0.25 finds .72 at a
 * precision of .57; of the fixes with an advisory, a gate of 0.10 keeps .965 (docs/triage.md).
 */
#define DEFAULT_LIKELIHOOD 250
#define DEFAULT_GATE 100

static const struct policy shipped[] = {
	{ .name = (char *)POLICY_DEFAULT,
	  .routes = DEFAULT_ROUTES,
	  .impacts = DEFAULT_IMPACTS,
	  .weak = DEFAULT_WEAK,
	  .privileges = 'L',
	  .likelihood = DEFAULT_LIKELIHOOD,
	  .gate = DEFAULT_GATE },
	{ .name = (char *)"strict",
	  .routes = ALL(ROUTE_KINDS),
	  .impacts = ALL(IMPACT_KINDS),
	  .privileges = 'H',
	  .likelihood = DEFAULT_LIKELIHOOD },
	{ .name = (char *)"remote",
	  .routes = ROUTE(REMOTE) | ROUTE(ADJACENT),
	  .impacts = DEFAULT_IMPACTS,
	  .weak = DEFAULT_WEAK,
	  .privileges = 'L',
	  .likelihood = DEFAULT_LIKELIHOOD,
	  .gate = DEFAULT_GATE },
	{ .name = (char *)"memory-corruption",
	  .routes = DEFAULT_ROUTES,
	  .impacts = IMPACT(MEMORY_CORRUPTION),
	  .weak = DEFAULT_WEAK,
	  .privileges = 'L',
	  .likelihood = DEFAULT_LIKELIHOOD,
	  .gate = DEFAULT_GATE },
};

/* ---- values ---- */

/* What a value is read into; says what it should have been where it is wrong. */
struct reading {
	struct policy *policy;
	const char *value;
};

#define SEPARATORS " \t,"

static bool class_value(unsigned *ret_value, const char *name, size_t length)
{
	enum bug_class bug_class;
	bool is = bug_class_parse(&bug_class, name, length);

	*ret_value = bug_class;
	return is;
}

static bool route_value(unsigned *ret_value, const char *name, size_t length)
{
	enum route route;
	bool is = route_parse(&route, name, length);

	*ret_value = route;
	return is;
}

static bool impact_value(unsigned *ret_value, const char *name, size_t length)
{
	enum impact impact;
	bool is = impact_parse(&impact, name, length);

	*ret_value = impact;
	return is;
}

static bool read_set(unsigned *set, const char *text,
		     bool (*parse)(unsigned *, const char *, size_t))
{
	unsigned read = 0, value;
	size_t length;

	if (!strcmp(text, "none")) {
		*set = 0;
		return true;
	}
	for (text += strspn(text, SEPARATORS); *text; text += strspn(text, SEPARATORS)) {
		length = strcspn(text, SEPARATORS);
		if (!parse(&value, text, length))
			return false;
		read |= 1U << value;
		text += length;
	}
	*set = read;
	return read != 0;
}

/* "0.25" in units of 10^-digits, up to `most`. */
static bool read_decimal(int *ret_number, const char *text, int digits, int most)
{
	int number = 0, after = -1;

	if (!*text || *text == '.')
		return false;
	for (; *text; text++) {
		if (*text == '.' && after < 0) {
			after = 0;
			continue;
		}
		if (*text < '0' || *text > '9' || after == digits || number > most)
			return false;
		number = number * 10 + (*text - '0');
		after += after >= 0;
	}
	if (!after)
		return false;
	for (after = after < 0 ? 0 : after; after < digits; after++)
		number *= 10;
	*ret_number = number;
	return number <= most;
}

static bool read_boolean(bool *ret_value, const char *text)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "true", true },	  { "yes", true }, { "on", true },   { "1", true },
		      { "false", false }, { "no", false }, { "off", false }, { "0", false } };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (!strcasecmp(words[i].word, text)) {
			*ret_value = words[i].value;
			return true;
		}
	return false;
}

static bool read_routes(const struct reading *reading)
{
	return read_set(&reading->policy->routes, reading->value, route_value);
}

static bool read_impacts(const struct reading *reading)
{
	return read_set(&reading->policy->impacts, reading->value, impact_value);
}

static bool read_weak(const struct reading *reading)
{
	return read_set(&reading->policy->weak, reading->value, class_value);
}

static bool read_privileges(const struct reading *reading)
{
	static const struct {
		const char *word;
		char letter;
	} words[] = { { "none", 'N' }, { "low", 'L' }, { "high", 'H' } };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (!strcmp(words[i].word, reading->value)) {
			reading->policy->privileges = words[i].letter;
			return true;
		}
	return false;
}

static bool read_score(const struct reading *reading)
{
	return read_decimal(&reading->policy->score, reading->value, 1, 100);
}

static bool read_likelihood(const struct reading *reading)
{
	return read_decimal(&reading->policy->likelihood, reading->value, 3, LIKELIHOOD_SURE);
}

static bool read_gate(const struct reading *reading)
{
	return read_decimal(&reading->policy->gate, reading->value, 3, LIKELIHOOD_SURE);
}

static bool read_all_cve(const struct reading *reading)
{
	struct policy *policy = reading->policy;
	bool all;

	if (!read_boolean(&all, reading->value))
		return false;
	if (!all)
		return true;
	policy->routes = ALL(ROUTE_KINDS);
	policy->impacts = ALL(IMPACT_KINDS);
	policy->weak = 0;
	policy->privileges = 'H';
	policy->score = policy->gate = 0;
	return true;
}

static bool read_data_loss(const struct reading *reading)
{
	bool is_in;

	if (!read_boolean(&is_in, reading->value))
		return false;
	if (is_in)
		reading->policy->impacts |= IMPACT(DATA_LOSS);
	else
		reading->policy->impacts &= ~IMPACT(DATA_LOSS);
	return true;
}

/* Relative, as git names paths, and of whole components. */
static bool read_path(struct string_list *list, const char *path)
{
	size_t length = strlen(path);
	char *whole = string_format("/%s/", path);
	bool is = length && length < 4096 && path[0] != '/' && !strstr(whole, "/../") &&
		  !strstr(whole, "/./") && strcmp(path, ".") && !strstr(path, "//") &&
		  !strpbrk(path, "\n\r");

	free(whole);
	if (is)
		array_push(list, string_copy(path));
	return is;
}

static bool read_excluded(const struct reading *reading)
{
	return read_path(&reading->policy->excluded, reading->value);
}

static bool read_forced(const struct reading *reading)
{
	return read_path(&reading->policy->forced, reading->value);
}

/* In the order in which they are applied: what opens all comes first. */
static const struct key {
	const char *name;
	bool (*read)(const struct reading *reading); /* NULL: `base` */
	const char *wanted;
} keys[] = {
	{ "base", NULL, "a policy" },
	{ "all-cve", read_all_cve, "true or false" },
	{ "routes", read_routes,
	  "routes: remote, adjacent, guest, unprivileged, userns, device, mount, privileged, "
	  "physical; or none" },
	{ "impacts", read_impacts,
	  "impacts: memory-corruption, privilege, information-leak, denial-of-service, "
	  "data-loss; or none" },
	{ "weak", read_weak, "classes of bugs, such as warning and resource-leak; or none" },
	{ "privileges", read_privileges, "none, low or high" },
	{ "score", read_score, "a number from 0.0 to 10.0" },
	{ "likelihood", read_likelihood, "a number from 0 to 1" },
	{ "gate", read_gate, "a number from 0 to 1" },
	{ "data-loss", read_data_loss, "true or false" },
	{ "exclude", read_excluded, "a path of the source, without '..'" },
	{ "force", read_forced, "a path of the source, without '..'" },
};

/* ---- those of sectree.conf ---- */

static bool is_configured(const struct workspace *workspace, const char *name, size_t length)
{
	for (size_t i = 0; i < workspace->policies.count; i++)
		if (strlen(workspace->policies.items[i].policy) == length &&
		    !memcmp(workspace->policies.items[i].policy, name, length))
			return true;
	return false;
}

static int wrong_setting(const struct workspace *workspace, const struct policy_setting *setting,
			 const char *wanted, struct error *err)
{
	return error_set(err, ERROR_INPUT, "%s/sectree.conf: policy.%s.%s: must be %s, not '%s'",
			 workspace->directory, setting->policy, setting->key, wanted,
			 setting->value);
}

/* The name is part of the names of refs, and modifiers have to be told from it. */
static int check_name(const struct workspace *workspace, const char *name, struct error *err)
{
	const char *wrong = NULL;

	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name) ||
	    name[0] == '-' || name[strlen(name) - 1] == '-' || strlen(name) > NAME_LIMIT)
		wrong = "a name is at most 40 of small letters, digits and '-' between them";
	else if (!strncmp(name, "no-", 3) || strstr(name, "-no-"))
		wrong = "'no-' in a name is a modifier";
	for (size_t i = 0; i < COUNT_OF(shipped) && !wrong; i++)
		if (!strcmp(shipped[i].name, name))
			wrong = "is a policy of the program; give yours another name";
	if (!wrong)
		return 0;
	return error_set(err, ERROR_INPUT, "%s/sectree.conf: policy '%s': %s", workspace->directory,
			 name, wrong);
}

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int find(struct policy *ret_policy, const struct workspace *workspace, const char *text,
		int depth, struct error *err);

static int find_base(struct policy *ret_policy, const struct workspace *workspace, const char *name,
		     int depth, struct error *err)
{
	const struct policy_setting *base = NULL;
	int error;

	for (size_t i = 0; i < workspace->policies.count; i++)
		if (!strcmp(workspace->policies.items[i].policy, name) &&
		    !strcmp(workspace->policies.items[i].key, "base"))
			base = &workspace->policies.items[i];
	if (depth > DEPTH_LIMIT)
		return error_set(err, ERROR_INPUT,
				 "%s/sectree.conf: policy.%s.base: leads through more than %d "
				 "policies, or back to itself",
				 workspace->directory, name, DEPTH_LIMIT);
	error = find(ret_policy, workspace, base ? base->value : POLICY_DEFAULT, depth + 1, err);
	if (error == ERROR_NOT_FOUND)
		error = wrong_setting(workspace, base, "a policy that there is", err);
	return error;
}

static int read_configured(struct policy *ret_policy, const struct workspace *workspace,
			   const char *name, int depth, struct error *err)
{
	const struct policy_setting *setting;
	int error = check_name(workspace, name, err);

	if (!error)
		error = find_base(ret_policy, workspace, name, depth, err);
	if (error)
		return error;
	free(ret_policy->name);
	ret_policy->name = string_copy(name);
	ret_policy->configured = true;
	for (size_t i = 0; i < COUNT_OF(keys) && !error; i++)
		for (size_t j = 0; j < workspace->policies.count && !error; j++) {
			setting = &workspace->policies.items[j];
			if (strcmp(setting->policy, name) || strcmp(setting->key, keys[i].name))
				continue;
			if (keys[i].read &&
			    !keys[i].read(&(struct reading){ ret_policy, setting->value }))
				error = wrong_setting(workspace, setting, keys[i].wanted, err);
		}
	if (error)
		policy_release(ret_policy);
	return error;
}

static int unknown_key(const struct workspace *workspace, const struct policy_setting *setting,
		       struct error *err)
{
	struct buffer list = BUFFER_INIT;
	int error;

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		buffer_add_format(&list, "%s%s", i ? ", " : "", keys[i].name);
	error = error_set(
		err, ERROR_INPUT,
		"%s/sectree.conf: policy.%s.%s: no such setting of a policy; there are %s",
		workspace->directory, setting->policy, setting->key, list.data);
	buffer_release(&list);
	return error;
}

int policies_check(const struct workspace *workspace, struct error *err)
{
	const struct policy_setting *setting;
	struct policy policy;
	int error = 0;

	for (size_t i = 0; i < workspace->policies.count && !error; i++) {
		setting = &workspace->policies.items[i];
		if (!find_key(setting->key))
			return unknown_key(workspace, setting, err);
		if (i && !strcmp(setting->policy, setting[-1].policy))
			continue;
		error = read_configured(&policy, workspace, setting->policy, 0, err);
		if (!error)
			policy_release(&policy);
	}
	if (error || !workspace->build_policy)
		return error;
	error = policy_find(&policy, workspace, workspace->build_policy, err);
	if (!error)
		policy_release(&policy);
	else if (error == ERROR_NOT_FOUND)
		error = error_set(err, ERROR_INPUT,
				  "%s/sectree.conf: build.policy: '%s': no such policy",
				  workspace->directory, workspace->build_policy);
	return error;
}

/* ---- names and modifiers ---- */

static int unknown_policy(const struct workspace *workspace, const char *text, struct error *err)
{
	struct buffer list = BUFFER_INIT;
	int error;

	for (size_t i = 0; i < COUNT_OF(shipped); i++)
		buffer_add_format(&list, "%s%s", i ? ", " : "", shipped[i].name);
	for (size_t i = 0; i < workspace->policies.count; i++)
		if (!i || strcmp(workspace->policies.items[i].policy,
				 workspace->policies.items[i - 1].policy))
			buffer_add_format(&list, ", %s", workspace->policies.items[i].policy);
	error = error_set(err, ERROR_NOT_FOUND,
			  "policy '%.80s': there is none; there are %s, and after a name no-X and "
			  "+X for a route or impact X",
			  text, list.data);
	buffer_release(&list);
	return error;
}

/* Where the name ends and modifiers begin. */
static size_t name_length(const char *text)
{
	const char *taken = strstr(text, "-no-");
	size_t length = strcspn(text, ",+");

	if (!strncmp(text, "no-", 3))
		return 0;
	return taken && (size_t)(taken - text) < length ? (size_t)(taken - text) : length;
}

static int find_named(struct policy *ret_policy, const struct workspace *workspace,
		      const char *text, size_t length, int depth, struct error *err)
{
	char *name = length ? string_copy_length(text, length) : string_copy(POLICY_DEFAULT);
	int error = ERROR_NOT_FOUND;

	for (size_t i = 0; i < COUNT_OF(shipped) && error; i++)
		if (!strcmp(shipped[i].name, name)) {
			policy_copy(ret_policy, &shipped[i]);
			error = 0;
		}
	if (error && is_configured(workspace, name, strlen(name)))
		error = read_configured(ret_policy, workspace, name, depth, err);
	else if (error)
		error = unknown_policy(workspace, text, err);
	free(name);
	return error;
}

struct modifiers {
	unsigned routes, impacts; /* that are named */
};

/* A route or impact. */
static bool read_modifier(struct modifiers *modifiers, const char *name, size_t length)
{
	unsigned value;

	if (route_value(&value, name, length))
		modifiers->routes |= 1U << value;
	else if (impact_value(&value, name, length))
		modifiers->impacts |= 1U << value;
	else
		return false;
	return true;
}

static bool read_modifiers(struct modifiers ret_modifiers[2], const char *at)
{
	size_t length;
	bool adds;

	memset(ret_modifiers, 0, 2 * sizeof(*ret_modifiers));
	while (*at) {
		at += *at == ',';
		at += !strncmp(at, "-no-", 4);
		adds = *at == '+';
		if (!adds && strncmp(at, "no-", 3))
			return false;
		at += adds ? 1 : 3;
		length = name_length(at);
		if (!read_modifier(&ret_modifiers[adds], at, length))
			return false;
		at += length;
	}
	return !(ret_modifiers[0].routes & ret_modifiers[1].routes) &&
	       !(ret_modifiers[0].impacts & ret_modifiers[1].impacts);
}

static void name_modifiers(struct buffer *name, const char *mark, const struct modifiers *modifiers)
{
	for (enum route route = 0; route < ROUTE_KINDS; route++)
		if (modifiers->routes & 1U << route)
			buffer_add_format(name, "%s%s", mark, route_name(route));
	for (enum impact impact = 0; impact < IMPACT_KINDS; impact++)
		if (modifiers->impacts & 1U << impact)
			buffer_add_format(name, "%s%s", mark, impact_name(impact));
}

static void modify(struct policy *policy, const struct modifiers modifiers[2])
{
	struct buffer name = BUFFER_INIT;

	policy->routes = (policy->routes & ~modifiers[0].routes) | modifiers[1].routes;
	policy->impacts = (policy->impacts & ~modifiers[0].impacts) | modifiers[1].impacts;
	buffer_add_string(&name, policy->name);
	name_modifiers(&name, "-no-", &modifiers[0]);
	name_modifiers(&name, "+", &modifiers[1]);
	free(policy->name);
	policy->name = buffer_detach(&name);
}

static int find(struct policy *ret_policy, const struct workspace *workspace, const char *text,
		int depth, struct error *err)
{
	size_t length = name_length(text);
	struct modifiers modifiers[2];
	int error;

	if (!*text || !read_modifiers(modifiers, text + length))
		return unknown_policy(workspace, text, err);
	error = find_named(ret_policy, workspace, text, length, depth, err);
	if (!error)
		modify(ret_policy, modifiers);
	return error;
}

int policy_find(struct policy *ret_policy, const struct workspace *workspace, const char *text,
		struct error *err)
{
	return find(ret_policy, workspace, text ? text : POLICY_DEFAULT, 0, err);
}
