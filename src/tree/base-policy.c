/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/base-policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "tree/states.h"

/* What there is of one base. */
struct known_states {
	struct stanza_list all;
	size_t published; /* the first ones are */
	const char *base;
};

static int read_states(struct known_states *ret_states, struct workspace *workspace,
		       const char *base, struct error *err)
{
	memset(ret_states, 0, sizeof(*ret_states));
	ret_states->base = base;
	return states_read_all(&ret_states->all, &ret_states->published, workspace, err);
}

/* The last published state of the base; NULL: there is none. */
static const struct stanza *last_published(const struct known_states *states)
{
	for (size_t i = states->published; i > 0; i--)
		if (!strcmp(states->all.items[i - 1].base_name, states->base))
			return &states->all.items[i - 1];
	return NULL;
}

/* A name that a person gave is the command line's fault. */
static int find_given(struct policy *ret_policy, const struct workspace *workspace,
		      const char *given, struct error *err)
{
	int error = policy_find(ret_policy, workspace, given, err);

	if (error == ERROR_NOT_FOUND) {
		error = ERROR_USAGE;
		if (err)
			err->code = error;
	}
	return error;
}

static const char *workspace_policy(const struct workspace *workspace)
{
	return workspace->build_policy ? workspace->build_policy : POLICY_DEFAULT;
}

static int check_published(const struct policy *policy, const struct stanza *last, const char *base,
			   struct error *err)
{
	git_oid digest;
	int error;

	if (strcmp(policy->name, last->policy))
		return error_set(err, ERROR_REFUSED,
				 "%s: is published with policy %s, and a base has one; %s would "
				 "need a workspace of its own",
				 base, last->policy, policy->name);
	/* What comes with the program may change with it. */
	if (!policy->configured)
		return 0;
	error = policy_digest(&digest, policy, err);
	if (!error && !git_oid_equal(&digest, &last->policy_digest))
		error = error_set(
			err, ERROR_REFUSED,
			"%s: policy %s is not what it was when %s was published; take its "
			"settings in sectree.conf back",
			base, policy->name, last->tag);
	return error;
}

int base_policy_find(struct policy *ret_policy, struct workspace *workspace, const char *base,
		     const char *given, struct error *err)
{
	const struct stanza *last = NULL;
	struct known_states states;
	int error = read_states(&states, workspace, base, err);

	if (!error)
		last = last_published(&states);
	if (!error && given)
		error = find_given(ret_policy, workspace, given, err);
	else if (!error)
		error = policy_find(ret_policy, workspace,
				    last ? last->policy : workspace_policy(workspace), err);
	if (!error && last) {
		error = check_published(ret_policy, last, base, err);
		if (error)
			policy_release(ret_policy);
	}
	stanza_list_release(&states.all);
	return error;
}

/* The policies of what was built of a base, each once. */
static void find_built(struct string_list *names, const struct known_states *states)
{
	for (size_t i = states->published; i < states->all.count; i++) {
		const struct stanza *stanza = &states->all.items[i];
		bool is_new = !strcmp(stanza->base_name, states->base);

		for (size_t j = 0; j < names->count; j++)
			is_new &= strcmp(names->items[j], stanza->policy) != 0;
		if (is_new)
			array_push(names, string_copy(stanza->policy));
	}
}

static int choose_built(const char **ret_name, const struct string_list *names, const char *base,
			struct error *err)
{
	struct buffer list = BUFFER_INIT;
	int error = 0;

	for (size_t i = 0; i < names->count; i++)
		buffer_add_format(&list, " %s", names->items[i]);
	if (names->count > 1)
		error = error_set(err, ERROR_AMBIGUOUS,
				  "%s: was built with several policies:%s; name one with --policy",
				  base, list.data);
	else if (names->count)
		*ret_name = names->items[0];
	buffer_release(&list);
	return error;
}

int base_policy_of_states(char **ret_name, struct workspace *workspace, const char *base,
			  const char *given, struct error *err)
{
	struct string_list names = { NULL, 0, 0 };
	const struct stanza *last;
	const char *name = NULL;
	struct known_states states;
	struct policy policy;
	int error;

	*ret_name = NULL;
	if (given) {
		error = find_given(&policy, workspace, given, err);
		if (error)
			return error;
		*ret_name = string_copy(policy.name);
		policy_release(&policy);
		return 0;
	}
	error = read_states(&states, workspace, base, err);
	last = error ? NULL : last_published(&states);
	if (last)
		name = last->policy;
	if (!error && !last) {
		find_built(&names, &states);
		error = choose_built(&name, &names, base, err);
	}
	if (!error)
		*ret_name = string_copy(name ? name : workspace_policy(workspace));
	string_list_release(&names);
	stanza_list_release(&states.all);
	return error;
}
