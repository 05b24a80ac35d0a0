/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/side.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"
#include "tree/bases.h"
#include "tree/names.h"

#define NAMES_SHOWN 12
#define BRANCHES "refs/heads/"

void side_release(struct side *side)
{
	if (side->has_plan)
		plan_release(&side->plan);
	free(side->in_base);
	free(side->in_reach);
	free(side->step_of);
	array_release(&side->set);
	free(side->stanzas);
	base_states_release(&side->states);
	base_point_release(&side->base);
	free(side->tip_name);
	free(side->name);
	memset(side, 0, sizeof(*side));
}

/* ---- by name ---- */

struct search {
	struct workspace *workspace;
	const char *text;
	struct stanza_list all;
	size_t published;
};

static void add_names(struct buffer *text, const struct search *search, const char *prefix)
{
	size_t shown = 0;

	for (size_t i = 0; i < search->all.count; i++) {
		const char *tag = search->all.items[i].tag;

		if (strncmp(tag, prefix, strlen(prefix)))
			continue;
		if (shown++ == NAMES_SHOWN) {
			buffer_add_string(text, " ...");
			break;
		}
		buffer_add_format(text, " %s", tag);
	}
	if (!shown)
		buffer_add_string(text, " none; 'sectree build' makes them");
}

static const char *without_v(const char *tag)
{
	return tag[0] == 'v' ? tag + 1 : tag;
}

static const struct stanza *find_tag(const struct search *search)
{
	for (size_t i = 0; i < search->all.count; i++)
		if (!strcmp(search->all.items[i].tag, search->text) ||
		    !strcmp(without_v(search->all.items[i].tag), search->text))
			return &search->all.items[i];
	return NULL;
}

/* By its release commit, or by the beginning of its tag. */
static int find_prefix(const struct stanza **ret_stanza, const struct search *search,
		       struct error *err)
{
	const char *text = search->text;
	size_t length = strlen(text), found = 0;
	bool hex = length >= 7 && strspn(text, "0123456789abcdef") == length;
	bool ours = strstr(text, "-security") != NULL;
	struct buffer names = BUFFER_INIT;
	int error = 0;

	for (size_t i = 0; i < search->all.count; i++) {
		const struct stanza *stanza = &search->all.items[i];

		if ((hex && !strncmp(id_hex(&stanza->commit).text, text, length)) ||
		    (ours && (!strncmp(stanza->tag, text, length) ||
			      !strncmp(without_v(stanza->tag), text, length)))) {
			*ret_stanza = stanza;
			found++;
			buffer_add_format(&names, " %s", stanza->tag);
		}
	}
	if (found > 1)
		error = error_set(err, ERROR_AMBIGUOUS,
				  "'%s': several states begin so:%s; name one in full", text,
				  names.data);
	buffer_release(&names);
	return error;
}

/* "linux-6.1.170-security", "refs/heads/..." of a branch that a base has. */
static bool is_branch(const struct stanza *stanza, const char *text)
{
	char *names[2] = { branch_of_base(stanza->base_name, stanza->policy),
			   stanza->whole ? branch_of_series(stanza->series, stanza->policy)
					 : NULL };
	bool is = false;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		is |= names[i] &&
		      (!strcmp(names[i], text) || !strcmp(names[i] + strlen(BRANCHES), text) ||
		       !strcmp(names[i] + strlen("refs/"), text));
		free(names[i]);
	}
	return is;
}

/* The state that a branch of ours is at. */
static int find_branch(const struct stanza **ret_stanza, const struct search *search,
		       struct error *err)
{
	const char *text = search->text, *name = strrchr(text, '/');
	char *ref = string_format(BRANCHES "%s", name ? name + 1 : text);
	struct buffer names = BUFFER_INIT;
	const struct stanza *of = NULL;
	git_oid id;
	int error = 0;

	for (size_t i = 0; i < search->all.count && !of; i++)
		if (is_branch(&search->all.items[i], text))
			of = &search->all.items[i];
	if (of && !ref_read(&id, search->workspace->tree, ref)) {
		error = error_set(err, ERROR_NOT_FOUND,
				  "%s: is not in tree.git; 'sectree build %s' writes it", ref,
				  of->base_name);
	} else if (of) {
		for (size_t i = 0; i < search->all.count; i++)
			if (git_oid_equal(&search->all.items[i].commit, &id))
				*ret_stanza = &search->all.items[i];
		add_names(&names, search, of->base_name);
		if (!*ret_stanza)
			error = error_set(err, ERROR_INPUT,
					  "%s: is at commit %s, which is no state of ours; the "
					  "states are:%s",
					  ref, id_short(&id).text, names.data);
	}
	buffer_release(&names);
	free(ref);
	return error;
}

static int no_such_state(const struct search *search, struct error *err)
{
	struct buffer names = BUFFER_INIT;
	int error;

	add_names(&names, search, "");
	error = error_set(err, ERROR_NOT_FOUND,
			  "'%s': is no state, and no release or commit of a series; the states "
			  "are:%s",
			  search->text, names.data);
	buffer_release(&names);
	return error;
}

/* ---- a state ---- */

/* The states up to the one that was named, of those of its base. */
static int take_stanzas(struct side *side, const char *tag, struct error *err)
{
	struct stanza_list *lists[2] = { &side->states.published, &side->states.built };

	side->stanzas = memory_alloc((lists[0]->count + lists[1]->count + 1) *
				     sizeof(*side->stanzas));
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		for (size_t j = 0; j < lists[i]->count && !side->state; j++) {
			side->stanzas[side->stanza_count++] = &lists[i]->items[j];
			if (strcmp(lists[i]->items[j].tag, tag))
				continue;
			side->state = &lists[i]->items[j];
			side->published = i == 0;
		}
	}
	if (!side->state)
		return error_set(err, ERROR_INPUT,
				 "%s: does not stand on the last published state of its base; "
				 "'sectree build' makes it anew",
				 tag);
	return order_members(&side->set, side->stanzas, side->stanza_count, err);
}

static int series_number(int64_t *ret_series, struct workspace *workspace, const char *name,
			 const char *tag, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, &workspace->index,
				  "SELECT series FROM series WHERE name = ?", err);

	if (step)
		return step;
	statement_bind_text(&select, 1, name);
	step = statement_step(&select, err);
	if (step > 0)
		*ret_series = statement_int(&select, 0);
	statement_release(&select);
	if (!step)
		return error_set(err, ERROR_INPUT, "%s: its series %s is not in the source", tag,
				 name);
	return step < 0 ? step : 0;
}

static int take_state(struct side *side, struct workspace *workspace, const struct stanza *stanza,
		      struct error *err)
{
	int error = base_states_load(&side->states, workspace, stanza->base_name, stanza->policy,
				     err);

	if (!error)
		error = take_stanzas(side, stanza->tag, err);
	if (!error)
		error = series_number(&side->base.series, workspace, stanza->series, stanza->tag,
				      err);
	if (error)
		return error;
	side->name = string_copy(stanza->tag);
	side->commit = stanza->commit;
	side->base.id = stanza->base;
	side->base.name = string_copy(stanza->base_name);
	side->base.series_name = string_copy(stanza->series);
	side->base.is_first = stanza->whole;
	side->tip = stanza->tip;
	side->tip_name = string_copy(stanza->tip_name);
	return 0;
}

static int take_base(struct side *side, struct workspace *workspace, const struct search *search,
		     struct error *err)
{
	int error;

	/* The name of a branch of ours means the state that it is at, never its base. */
	if (strstr(search->text, "-security"))
		return no_such_state(search, err);
	error = base_find(&side->base, workspace, search->text, NULL, err);
	if (error)
		return error == ERROR_NOT_FOUND ? no_such_state(search, err) : error;
	side->name = string_copy(side->base.name);
	side->commit = side->tip = side->base.id;
	side->tip_name = string_copy(side->base.name);
	return 0;
}

static int read_tree(struct side *side, struct workspace *workspace, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	git_odb_object *object = NULL;
	int error;

	if (git_odb_read(&object, workspace->odb, &side->commit) < 0)
		return error_set(err, ERROR_INPUT,
				 "%s: its commit %s is not in tree.git; 'sectree build %s' writes "
				 "it again",
				 side->name, id_short(&side->commit).text, side->base.name);
	error = commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object),
				  &side->commit, err);
	if (!error)
		side->tree = view.tree;
	commit_view_release(&view);
	git_odb_object_free(object);
	return error;
}

int side_find(struct side *ret_side, struct workspace *workspace, const char *text,
	      struct error *err)
{
	struct search search = { .workspace = workspace, .text = text };
	const struct stanza *stanza = NULL;
	int error;

	memset(ret_side, 0, sizeof(*ret_side));
	error = states_read_all(&search.all, &search.published, workspace, err);
	if (!error)
		stanza = find_tag(&search);
	if (!error && !stanza)
		error = find_branch(&stanza, &search, err);
	if (!error && !stanza)
		error = find_prefix(&stanza, &search, err);
	if (!error)
		error = stanza ? take_state(ret_side, workspace, stanza, err)
			       : take_base(ret_side, workspace, &search, err);
	if (!error)
		error = read_tree(ret_side, workspace, err);
	stanza_list_release(&search.all);
	if (error)
		side_release(ret_side);
	return error;
}

/* ---- what it contains ---- */

/* A release by its id, or by its name where the series was rewritten. */
static uint32_t find_point(const struct members *members, const git_oid *id, const char *name)
{
	uint32_t member = members_find(members, id);

	for (size_t i = 0; i < members->release_count && member == MEMBER_NONE; i++)
		if (!strcmp(members->releases[i].name, name))
			member = members->releases[i].member;
	return member;
}

static bool *mark_up_to(const struct members *members, const git_oid *id, const char *name)
{
	uint32_t member = find_point(members, id, name);
	unsigned char *marks = memory_alloc(members->topology.count + 1);
	bool *is = memory_alloc((members->count + 1) * sizeof(bool));

	if (member != MEMBER_NONE)
		topology_mark(marks, &members->topology, members->items[member].number);
	for (size_t i = 0; i < members->count; i++)
		is[i] = marks[members->items[i].number];
	free(marks);
	return is;
}

/* A commit that the series rewrote counts at the place of the one that took its place. */
static uint32_t member_of(const struct side *side, const git_oid *id)
{
	for (size_t i = 0; i < side->plan.gone_count; i++)
		if (git_oid_equal(&side->plan.gone[i].id, id))
			return side->plan.gone[i].replaced_by;
	return members_find(side->members, id);
}

static void note_steps(struct side *side)
{
	side->step_of = memory_alloc((side->members->count + 1) * sizeof(*side->step_of));
	for (size_t i = 0; i < side->set.count; i++) {
		uint32_t member = member_of(side, &side->set.items[i].stable);

		if (member != MEMBER_NONE)
			side->step_of[member] = side->set.items[i].step;
	}
}

int side_examine(struct side *side, struct members *members, const struct links *links,
		 struct store *store, const struct ledger *ledger, const struct tip_point *horizon,
		 const struct policy *policy, bool unfixed, struct error *err)
{
	struct plan_published *set = memory_alloc((side->set.count + 1) * sizeof(*set));
	struct plan_request request = {
		.base = side->base.id,
		.base_name = side->base.name,
		.tip = horizon->id,
		.tip_name = horizon->name,
		.policy = policy,
		.published = set,
		.published_count = side->set.count,
		.ledger = side->state ? ledger : NULL, /* verdicts are about our branches */
		.decisions = &ledger->decisions,       /* these are about commits */
		.as_it_is = true,
		.without_unfixed = !unfixed,
	};
	int error;

	for (size_t i = 0; i < side->set.count; i++) {
		set[i].id = side->set.items[i].stable;
		set[i].role = side->set.items[i].step->role;
	}
	error = plan_make(&side->plan, members, links, store, &request, NULL, err);
	free(set);
	if (error)
		return error;
	side->has_plan = true;
	side->members = members;
	side->links = links;
	side->in_base = mark_up_to(members, &side->base.id, side->base.name);
	side->in_reach = mark_up_to(members, &side->tip, side->tip_name);
	note_steps(side);
	return 0;
}

bool side_has(const struct side *side, uint32_t member)
{
	return side->in_base[member] || side->step_of[member];
}

uint32_t side_undone_by(const struct side *side, uint32_t member)
{
	const struct link *link;
	size_t count;

	link = links_to(&count, side->links, member);
	for (size_t i = 0; i < count; i++)
		if (link[i].kind == LINK_REVERTS && !link[i].partial &&
		    side_keeps(side, link[i].from))
			return link[i].from;
	return MEMBER_NONE;
}

bool side_keeps(const struct side *side, uint32_t member)
{
	return side_has(side, member) && side_undone_by(side, member) == MEMBER_NONE;
}

static bool carries(const struct member *member, const char *advisory)
{
	for (size_t i = 0; i < member->advisory_count; i++)
		if (!strcmp(member->advisories[i].advisory->name, advisory))
			return true;
	return false;
}

bool side_covers(const struct side *side, const struct member *member, uint32_t after)
{
	for (size_t i = 0; i < member->advisory_count; i++) {
		bool found = false;

		for (size_t other = (size_t)after + 1; other < side->members->count && !found;
		     other++)
			found = carries(&side->members->items[other],
					member->advisories[i].advisory->name) &&
				side_keeps(side, (uint32_t)other);
		if (!found)
			return false;
	}
	return member->advisory_count > 0;
}

static bool takes_out(const struct step *step, const git_oid *stable)
{
	if (step->kind != STEP_WITHDRAW)
		return false;
	for (size_t i = 0; i < step->with.count; i++)
		if (git_oid_equal(&step->with.items[i], stable))
			return true;
	return git_oid_equal(&step->stable, stable);
}

const struct step *side_withdrawal(const struct side *side, const git_oid *stable)
{
	const struct step *last = NULL;

	for (size_t i = 0; i < side->stanza_count; i++) {
		for (size_t j = 0; j < side->stanzas[i]->steps.count; j++) {
			const struct step *step = &side->stanzas[i]->steps.items[j];

			if (takes_out(step, stable))
				last = step;
			else if (step->kind == STEP_ADD && git_oid_equal(&step->stable, stable))
				last = NULL;
		}
	}
	return last;
}
