/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"
#include "tree/names.h"
#include "tree/order.h"

/* Where a state ends: a release, or the tip. */
struct cut {
	git_oid id;
	const char *name;
	int sublevel;	 /* -1: no release */
	uint32_t member; /* MEMBER_NONE: the base itself */
};

struct recipe {
	const struct recipe_request *request;
	const struct members *members;
	struct order_members published; /* in the order of the series */
	uint64_t *orders;		/* in the plan's fold, of each of these */
	struct stanza_list *stanzas;
};

/* ---- the published members ---- */

int recipe_published(struct plan_published **ret_published, size_t *ret_count,
		     struct base_states *states, struct ledger *ledger, struct error *err)
{
	struct stanza **stanzas = stanza_pointers(&states->published, 0);
	struct order_members members = { NULL, 0, 0 };
	struct plan_published *published;
	int error = order_members(&members, stanzas, states->published.count, err);

	published = memory_alloc((members.count + 1) * sizeof(*published));
	for (size_t i = 0; i < members.count && !error; i++) {
		const struct step *step = members.items[i].step;

		published[i] = (struct plan_published){
			.id = step->stable,
			.role = step->role,
			.needed_by = step->needed_by.items,
			.needed_by_count = step->needed_by.count,
		};
		if (!id_is_zero(&step->resolution))
			error = ledger_resolution(&published[i].resolution, ledger, &step->stable,
						  &step->resolution, states->base, err);
	}
	*ret_published = published;
	*ret_count = members.count;
	array_release(&members);
	free(stanzas);
	return error;
}

static const struct plan_gone *find_gone(const struct plan *plan, const git_oid *id)
{
	for (size_t i = 0; i < plan->gone_count; i++)
		if (git_oid_equal(&plan->gone[i].id, id))
			return &plan->gone[i];
	return NULL;
}

/* The row of a published member, or of the one that took its place; NULL: gone for good. */
static const struct plan_row *row_of_published(const struct recipe *recipe, const git_oid *id)
{
	const struct plan_gone *gone = find_gone(recipe->request->plan, id);
	uint32_t member = gone ? gone->replaced_by : members_find(recipe->members, id);

	return member == MEMBER_NONE ? NULL : plan_row_of(recipe->request->plan, member);
}

static int load_published(struct recipe *recipe, struct error *err)
{
	const struct base_states *states = recipe->request->states;
	struct stanza **stanzas = stanza_pointers((struct stanza_list *)&states->published, 0);
	const struct plan_gone *gone;
	int error;

	error = order_members(&recipe->published, stanzas, states->published.count, err);
	recipe->orders = memory_alloc((recipe->published.count + 1) * sizeof(uint64_t));
	for (size_t i = 0; i < recipe->published.count; i++) {
		const git_oid *id = &recipe->published.items[i].stable;

		gone = find_gone(recipe->request->plan, id);
		recipe->orders[i] = gone ? gone->order
					 : plan_order(members_find(recipe->members, id));
	}
	free(stanzas);
	return error;
}

/* ---- where states end ---- */

typedef ARRAY(struct cut) cut_list;

static int compare_cuts(const void *left, const void *right)
{
	const struct cut *a = left, *b = right;

	return (a->member > b->member) - (a->member < b->member);
}

/* The releases after what is published (or the base) and before the tip, then the tip. */
static void find_cuts(cut_list *cuts, const struct recipe *recipe)
{
	const struct recipe_request *request = recipe->request;
	const struct stanza_list *published = &request->states->published;
	const struct members *members = recipe->members;
	uint32_t tip = members_find(members, &request->tip->id);
	uint32_t from = members_find(members, published->count ? &array_last(published)->tip
							       : &request->base->id);

	for (size_t i = 0; request->each_release && i < members->release_count; i++) {
		const struct member_release *release = &members->releases[i];

		if (release->member == MEMBER_NONE || tip == MEMBER_NONE ||
		    release->member >= tip || (from != MEMBER_NONE && release->member <= from) ||
		    !plan_row_of(request->plan, release->member))
			continue;
		*array_add(cuts) = (struct cut){ members->items[release->member].id, release->name,
						 release->sublevel, release->member };
	}
	if (cuts->count)
		qsort(cuts->items, cuts->count, sizeof(*cuts->items), compare_cuts);
	*array_add(cuts) = (struct cut){ request->tip->id, request->tip->name,
					 request->tip->sublevel, tip };
}

static bool tag_is_published(const struct stanza_list *published, const char *tag)
{
	for (size_t i = 0; i < published->count; i++)
		if (!strcmp(published->items[i].tag, tag))
			return true;
	return false;
}

/* v6.1.170-security.192, or .192.1 where that one is published. */
static char *name_state(const struct recipe *recipe, const struct cut *cut)
{
	const struct recipe_request *request = recipe->request;
	const struct stanza_list *published = &request->states->published;
	char *number, *tag, *again;

	number = cut->sublevel >= 0 ? string_format("%d", cut->sublevel)
				    : string_copy(id_short(&cut->id).text);
	tag = tag_of_state(request->base->name, request->plan->policy, number);
	for (int i = 1; tag_is_published(published, tag); i++) {
		free(tag);
		again = string_format("%s.%d", number, i);
		tag = tag_of_state(request->base->name, request->plan->policy, again);
		free(again);
	}
	free(number);
	return tag;
}

static struct stanza *add_state(struct recipe *recipe, const struct cut *cut)
{
	const struct recipe_request *request = recipe->request;
	struct stanza *stanza = array_add(recipe->stanzas);

	stanza->tag = name_state(recipe, cut);
	stanza->base_name = string_copy(request->base->name);
	stanza->base = request->base->id;
	stanza->series = string_copy(request->base->series_name);
	stanza->whole = request->base->is_first;
	stanza->tip_name = string_copy(cut->name);
	stanza->tip = cut->id;
	stanza->policy = string_copy(request->plan->policy);
	git_oid_fromstr(&stanza->policy_digest, request->plan->policy_digest);
	stanza->advisories = request->advisories;
	stanza->tool = string_copy(SECTREE_VERSION);
	stanza->rules = MERGE_RULES;
	stanza->ledger = request->ledger_digest;
	stanza->identity = string_copy(request->identity);
	return stanza;
}

/* ---- withdrawals ---- */

static bool is_withdrawn(const struct recipe *recipe, const git_oid *id)
{
	const struct plan_row *row = row_of_published(recipe, id);
	const struct plan_gone *gone = find_gone(recipe->request->plan, id);

	return gone && gone->replaced_by == MEMBER_NONE ? gone->withdrawn : row && !row->in_tree;
}

/* The verdict on a member, or on the one that took its place in a rewritten series. */
static const struct verdict *verdict_on(const struct recipe *recipe, const git_oid *id)
{
	const struct recipe_request *request = recipe->request;
	const struct plan_row *row = row_of_published(recipe, id);
	const struct verdict *verdict;

	verdict = ledger_find(request->ledger, VERDICT_WITHDRAW, id, request->base->name);
	if (!verdict && row)
		verdict = ledger_find(request->ledger, VERDICT_WITHDRAW,
				      &recipe->members->items[row->member].id, request->base->name);
	return verdict;
}

static bool is_needed_by(const struct step *step, const git_oid *id)
{
	for (size_t i = 0; i < step->needed_by.count; i++)
		if (git_oid_equal(&step->needed_by.items[i], id))
			return true;
	return false;
}

static int read_subject(char **ret_subject, git_repository *repository, const git_oid *id,
			struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct buffer subject = BUFFER_INIT;
	git_odb_object *object = NULL;
	git_odb *odb = NULL;
	const char *end;
	int error;

	if (git_repository_odb(&odb, repository) < 0 || git_odb_read(&object, odb, id) < 0)
		error = git_failed(err, "commit %s: which is to be withdrawn, is missing",
				   id_hex(id).text);
	else
		error = commit_view_parse(&view, git_odb_object_data(object),
					  git_odb_object_size(object), id, err);
	if (!error && view.message.length) {
		end = memchr(view.message.text, '\n', view.message.length);
		buffer_add_utf8(&subject, view.message.text,
				end ? (size_t)(end - view.message.text) : view.message.length);
	}
	*ret_subject = buffer_detach(&subject);
	commit_view_release(&view);
	git_odb_object_free(object);
	git_odb_free(odb);
	return error;
}

static int add_withdraw(struct stanza *stanza, const git_oid *id, const struct verdict *verdict,
			git_repository *repository, struct error *err)
{
	struct step *step = array_add(&stanza->steps);

	step->kind = STEP_WITHDRAW;
	step->stable = *id;
	step->person = string_copy(verdict->person);
	step->date = string_copy(verdict->date);
	step->reason = string_copy(verdict->reason);
	return read_subject(&step->subject, repository, id, err);
}

/* Whether a member is held because of another: it cannot stay without it. */
static bool is_lost_without(const struct recipe *recipe, const git_oid *id, const git_oid *cause)
{
	const struct plan_row *row = row_of_published(recipe, id);

	return row && row->cause != MEMBER_NONE &&
	       row->cause == members_find(recipe->members, cause);
}

/*
 * The withdrawal that a member goes with: of one that needed it, or that it needs; else the
 * last one.
 */
static struct step *withdrawal_for(struct stanza *stanza, const struct recipe *recipe,
				   const struct order_member *member)
{
	for (size_t i = 0; i < stanza->steps.count; i++) {
		const git_oid *id = &stanza->steps.items[i].stable;

		if (is_needed_by(member->step, id) || is_lost_without(recipe, &member->stable, id))
			return &stanza->steps.items[i];
	}
	return stanza->steps.count ? array_last(&stanza->steps) : NULL;
}

static int add_withdrawals(struct stanza *stanza, const struct recipe *recipe,
			   git_repository *repository, struct error *err)
{
	const struct order_members *published = &recipe->published;
	const struct verdict *verdict;
	struct step *step;
	int error = 0;

	/* The latest first: it may need what goes after it, and each commit is to compile. */
	for (size_t i = published->count; i-- > 0 && !error;) {
		const git_oid *id = &published->items[i].stable;

		verdict = is_withdrawn(recipe, id) ? verdict_on(recipe, id) : NULL;
		if (verdict)
			error = add_withdraw(stanza, id, verdict, repository, err);
	}
	for (size_t i = 0; i < published->count && !error; i++) {
		const git_oid *id = &published->items[i].stable;

		if (!is_withdrawn(recipe, id) || verdict_on(recipe, id))
			continue;
		step = withdrawal_for(stanza, recipe, &published->items[i]);
		if (!step)
			return error_set(err, ERROR_REFUSED,
					 "%s: the plan leaves out %s, which is published, and no "
					 "verdict withdraws it",
					 recipe->request->base->name, id_hex(id).text);
		array_push(&step->with, *id);
	}
	return error;
}

/* ---- additions ---- */

static enum state role_of(const struct plan_row *row)
{
	if (row->state == STATE_PICK || row->state == STATE_FOLLOW_UP ||
	    row->state == STATE_PREREQUISITE)
		return row->state;
	/* Already present: the row does not say which it would have been. */
	if (row->follow_up_of.count)
		return STATE_FOLLOW_UP;
	return row->prerequisite_of.count ? STATE_PREREQUISITE : STATE_PICK;
}

static void add_needs(struct step *step, const struct recipe *recipe,
		      const struct member_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		array_push(&step->needed_by, recipe->members->items[list->items[i]].id);
}

/* The published member that it stands before, if it is late. */
static void find_before(struct step *step, const struct recipe *recipe, uint32_t member)
{
	uint64_t order = plan_order(member);

	for (size_t i = 0; i < recipe->published.count; i++) {
		const git_oid *id = &recipe->published.items[i].stable;

		if (recipe->orders[i] <= order || is_withdrawn(recipe, id))
			continue;
		step->before = *id;
		return;
	}
}

static void add_member(struct stanza *stanza, const struct recipe *recipe,
		       const struct plan_row *row)
{
	struct step *step = array_add(&stanza->steps);
	struct buffer trailers = BUFFER_INIT;

	step->kind = STEP_ADD;
	step->stable = recipe->members->items[row->member].id;
	step->role = role_of(row);
	if (row->resolution)
		step->resolution = row->resolution->digest;
	add_needs(step, recipe, &row->prerequisite_of);
	add_needs(step, recipe, &row->follow_up_of);
	find_before(step, recipe, row->member);
	plan_trailers(&trailers, recipe->request->plan, row);
	step->trailers = buffer_detach(&trailers);
}

static void add_regressions(struct stanza *stanza, const struct plan *plan,
			    const struct plan_row *row)
{
	struct stanza_gap *gap;

	for (size_t i = 0; i < plan->open_count; i++) {
		if (plan->open[i].kind != OPEN_REGRESSION || plan->open[i].member != row->member)
			continue;
		gap = array_add(&stanza->regressions);
		gap->stable = plan->members->items[row->member].id;
		gap->reason = string_copy(plan->open[i].reason);
	}
}

static bool is_new(const struct plan_row *row)
{
	return row->in_tree && !row->published;
}

/* Follow-ups that only later states have, of what is in a state by then. */
static void add_beyond(struct stanza *stanza, const struct recipe *recipe, const struct cut *cut)
{
	const struct plan *plan = recipe->request->plan;
	struct stanza_gap *gap;

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_row *row = &plan->rows[i];

		if (row->member <= cut->member || !is_new(row))
			continue;
		for (size_t j = 0; j < row->follow_up_of.count; j++) {
			if (row->follow_up_of.items[j] > cut->member)
				continue;
			gap = array_add(&stanza->beyond);
			gap->stable = recipe->members->items[row->follow_up_of.items[j]].id;
			gap->later = recipe->members->items[row->member].id;
		}
	}
}

static void fill_state(struct stanza *stanza, const struct recipe *recipe, size_t *row,
		       const struct cut *cut, bool is_last)
{
	const struct plan *plan = recipe->request->plan;

	for (; *row < plan->count && (is_last || plan->rows[*row].member <= cut->member);
	     (*row)++) {
		if (!is_new(&plan->rows[*row]))
			continue;
		add_member(stanza, recipe, &plan->rows[*row]);
		add_regressions(stanza, plan, &plan->rows[*row]);
	}
	if (!is_last)
		add_beyond(stanza, recipe, cut);
}

/* On a published base a release that brings nothing makes no state. */
static void drop_empty(struct stanza_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].steps.count)
			list->items[kept++] = list->items[i];
		else
			stanza_release(&list->items[i]);
	}
	list->count = kept;
}

bool recipe_agrees(const struct recipe_request *request)
{
	struct recipe recipe = { .request = request, .members = request->plan->members };
	bool agrees = !load_published(&recipe, NULL);

	for (size_t i = 1; i < recipe.published.count; i++)
		agrees &= recipe.orders[i - 1] < recipe.orders[i];
	array_release(&recipe.published);
	free(recipe.orders);
	return agrees;
}

int recipe_make(struct stanza_list *ret_stanzas, const struct recipe_request *request,
		git_repository *repository, struct error *err)
{
	struct recipe recipe = { .request = request,
				 .members = request->plan->members,
				 .stanzas = ret_stanzas };
	bool is_published = request->states->published.count > 0;
	cut_list cuts = ARRAY_INIT;
	size_t row = 0;
	int error = load_published(&recipe, err);

	if (!error)
		find_cuts(&cuts, &recipe);
	for (size_t i = 0; i < cuts.count && !error; i++) {
		struct stanza *stanza = add_state(&recipe, &cuts.items[i]);

		if (!i)
			error = add_withdrawals(stanza, &recipe, repository, err);
		if (!error)
			fill_state(stanza, &recipe, &row, &cuts.items[i], i + 1 == cuts.count);
	}
	if (!error && is_published)
		drop_empty(ret_stanzas);
	for (size_t i = 0; i + 1 < ret_stanzas->count && !error; i++)
		ret_stanzas->items[i].superseded_by = string_copy(array_last(ret_stanzas)->tag);
	array_release(&recipe.published);
	free(recipe.orders);
	array_release(&cuts);
	if (error)
		stanza_list_release(ret_stanzas);
	return error;
}
