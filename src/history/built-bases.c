/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/built-bases.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/release.h"

#define STATES "refs/sectree/states/"
#define TAGS "refs/tags/"
#define MARK "-security"

void built_bases_release(struct built_bases *bases)
{
	for (size_t i = 0; i < bases->count; i++) {
		free(bases->items[i].name);
		free(bases->items[i].policy);
		free(bases->items[i].state);
		free(bases->items[i].published);
	}
	array_release(bases);
}

/* v6.1.170-security-strict.192.1 taken apart. */
struct state_name {
	const char *base, *policy;
	size_t base_length, policy_length;
	long number, again; /* -1: the tip was no release */
};

static bool parse_state(struct state_name *ret_state, const char *name)
{
	const char *mark = strstr(name, MARK), *at;
	char *end;

	if (!mark)
		return false;
	memset(ret_state, 0, sizeof(*ret_state));
	ret_state->base = name;
	ret_state->base_length = (size_t)(mark - name);
	at = mark + strlen(MARK);
	if (*at == '-') {
		ret_state->policy = at + 1;
		ret_state->policy_length = strcspn(at + 1, ".");
		at += 1 + ret_state->policy_length;
	}
	if (*at++ != '.')
		return false;
	ret_state->number = strtol(at, &end, 10);
	/* 12 hex digits of a tip that is no release may begin with decimal ones. */
	if (end == at || (*end && *end != '.'))
		ret_state->number = -1;
	else if (*end == '.')
		ret_state->again = strtol(end + 1, NULL, 10);
	return true;
}

static struct built_base *base_of(struct built_bases *bases, const struct state_name *state)
{
	const char *policy = state->policy ? state->policy : "default";
	size_t length = state->policy ? state->policy_length : strlen(policy);
	struct built_base *base;

	for (size_t i = 0; i < bases->count; i++) {
		base = &bases->items[i];
		if (strlen(base->name) == state->base_length &&
		    !memcmp(base->name, state->base, state->base_length) &&
		    strlen(base->policy) == length && !memcmp(base->policy, policy, length))
			return base;
	}
	base = array_add(bases);
	base->name = string_copy_length(state->base, state->base_length);
	base->policy = string_copy_length(policy, length);
	base->sublevel = -1;
	return base;
}

/* Later states have greater numbers; what is at no release is later than what it stands on. */
static bool is_newer(const struct state_name *state, const char *than)
{
	struct state_name other;

	if (!than || !parse_state(&other, than))
		return true;
	if (state->number != other.number)
		return state->number < 0 || (other.number >= 0 && state->number > other.number);
	return state->again > other.again;
}

static void note_state(struct built_bases *bases, const char *name, const git_oid *id,
		       bool published)
{
	struct state_name state;
	struct built_base *base;

	if (!parse_state(&state, name))
		return;
	base = base_of(bases, &state);
	if (published && is_newer(&state, base->published)) {
		free(base->published);
		base->published = string_copy(name);
		base->published_id = *id;
	}
	if (!is_newer(&state, base->state))
		return;
	free(base->state);
	base->state = string_copy(name);
	base->state_id = *id;
	base->sublevel = (int)state.number;
}

static int read_refs(struct built_bases *bases, git_repository *tree, const char *prefix,
		     bool published, struct error *err)
{
	char *pattern = string_format("%s*", prefix);
	git_reference_iterator *iterator;
	git_reference *reference;
	git_object *commit;
	int result = git_reference_iterator_glob_new(&iterator, tree, pattern);

	free(pattern);
	if (result < 0)
		return git_failed(err, "%s: its refs cannot be read", git_repository_path(tree));
	while ((result = git_reference_next(&reference, iterator)) == 0) {
		if (git_reference_peel(&commit, reference, GIT_OBJECT_COMMIT) == 0) {
			note_state(bases, git_reference_name(reference) + strlen(prefix),
				   git_object_id(commit), published);
			git_object_free(commit);
		}
		git_reference_free(reference);
	}
	git_reference_iterator_free(iterator);
	if (result != GIT_ITEROVER)
		return git_failed(err, "%s: its refs cannot be read", git_repository_path(tree));
	return 0;
}

static void find_series(struct built_bases *bases, const struct series_info_list *series)
{
	struct release_name version;

	for (size_t i = 0; i < bases->count; i++) {
		if (!release_name_parse(&version, bases->items[i].name))
			continue;
		for (size_t j = 0; j < series->count; j++)
			if (series->items[j].major == version.major &&
			    series->items[j].minor == version.minor) {
				bases->items[i].series = &series->items[j];
				break;
			}
	}
}

static int compare_bases(const void *left, const void *right)
{
	const struct built_base *a = left, *b = right;

	if (a->series != b->series)
		return a->series < b->series ? -1 : 1;
	return strverscmp(a->name, b->name) ?: strcmp(a->policy, b->policy);
}

int built_bases_find(struct built_bases *ret_bases, struct workspace *workspace,
		     const struct series_info_list *series, struct error *err)
{
	int error = read_refs(ret_bases, workspace->tree, STATES, false, err);

	if (!error)
		error = read_refs(ret_bases, workspace->tree, TAGS, true, err);
	find_series(ret_bases, series);
	if (ret_bases->count)
		qsort(ret_bases->items, ret_bases->count, sizeof(*ret_bases->items), compare_bases);
	return error;
}

int built_base_behind(const struct built_base *base)
{
	if (!base->series || !base->series->newest.name || base->sublevel < 0)
		return 0;
	return base->series->newest.sublevel > base->sublevel
		       ? base->series->newest.sublevel - base->sublevel
		       : 0;
}
