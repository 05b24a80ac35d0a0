/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/commit.h"
#include "git/repository.h"
#include "history/scan.h"
#include "plan/incomplete.h"
#include "plan/planner.h"

struct plan_storage {
	struct arena arena;
	uint32_t *row_of; /* by member */
};

static const char *const state_names[STATE_COUNT] = {
	"withdrawn",
	"held",
	"pick",
	"follow-up",
	"prerequisite",
	"reverted",
	"not-affected",
	"already-present",
	"below-gate",
	"not-security",
	"release-or-merge",
};

static const char *const open_names[OPEN_COUNT] = {
	"held", "withdrawn", "reverted", "known-regression", "no-fix",
};

const char *state_name(enum state state)
{
	return state_names[state];
}

const char *open_kind_name(enum open_kind kind)
{
	return open_names[kind];
}

void member_list_add(struct member_list *list, uint32_t number)
{
	size_t at = list->count;

	while (at && list->items[at - 1] > number)
		at--;
	if (at && list->items[at - 1] == number)
		return;
	array_push(list, number);
	memmove(&list->items[at + 1], &list->items[at],
		(list->count - 1 - at) * sizeof(*list->items));
	list->items[at] = number;
}

char *planner_words(struct planner *planner, const char *format, ...)
{
	va_list args, again;
	char *words;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	words = arena_alloc(planner->arena, (size_t)(length < 0 ? 0 : length) + 1);
	vsnprintf(words, (size_t)(length < 0 ? 0 : length) + 1, format, args);
	va_end(args);
	return words;
}

char *planner_advisories(struct planner *planner, uint32_t member)
{
	const struct member *item = &planner->members->items[member];
	struct buffer text = BUFFER_INIT;
	char *words;

	for (size_t i = 0; i < item->advisory_count; i++)
		buffer_add_format(&text, "%s%s", i ? ", " : "", item->advisories[i].advisory->name);
	words = planner_words(planner, "%s", text.data);
	buffer_release(&text);
	return words;
}

char *planner_name(struct planner *planner, uint32_t member)
{
	const struct member *item = &planner->members->items[member];

	return planner_words(planner, "%s (\"%.80s\")", id_short(&item->id).text, item->subject);
}

/* Everything that is an ancestor of the base. */
static int find_base(struct planner *planner, unsigned char **ret_marks, struct error *err)
{
	const struct members *members = planner->members;
	const struct plan_request *request = planner->request;
	uint32_t base = members_find(members, &request->base), number;

	planner->base_is_start = git_oid_equal(&request->base, &members->first);
	if (base == MEMBER_NONE && !planner->base_is_start)
		return error_set(err, ERROR_INPUT, "%s: is no commit of %s", request->base_name,
				 members->name);
	number = planner->base_is_start ? members->first_number : members->items[base].number;
	planner->plan->base_tree = planner->base_is_start ? members->first_tree
							  : members->items[base].tree;
	*ret_marks = memory_alloc(members->topology.count);
	topology_mark(*ret_marks, &members->topology, number);
	(*ret_marks)[members->first_number] = 1;
	for (size_t i = 0; i < members->release_count; i++)
		if (members->releases[i].number == number)
			planner->has_version = kernel_version_parse(
				&planner->version, members->releases[i].name + 1,
				strlen(members->releases[i].name + 1));
	if (!planner->has_version && base != MEMBER_NONE && members->release_count) {
		uint32_t near = members->items[base].release;

		if (near == MEMBER_NONE)
			near = (uint32_t)members->release_count - 1;
		planner->has_near = kernel_version_parse(&planner->near,
							 members->releases[near].name + 1,
							 strlen(members->releases[near].name + 1));
	}
	return 0;
}

/* base..tip in the order of rev-list --reverse --topo-order. */
static int find_range(struct planner *planner, struct error *err)
{
	const struct members *members = planner->members;
	const struct plan_request *request = planner->request;
	struct plan *plan = planner->plan;
	uint32_t tip = members_find(members, &request->tip), *order;
	unsigned char *marks = NULL;
	int error;

	error = find_base(planner, &marks, err);
	if (error)
		return error;
	if (tip == MEMBER_NONE && !git_oid_equal(&request->tip, &members->first)) {
		free(marks);
		return error_set(err, ERROR_INPUT, "%s: is no commit of %s", request->tip_name,
				 members->name);
	}
	planner->in_base = memory_alloc(members->count * sizeof(bool));
	for (size_t i = 0; i < members->count; i++)
		planner->in_base[i] = marks[members->items[i].number];
	topology_order(&order, &plan->count, &members->topology,
		       tip == MEMBER_NONE ? members->first_number : members->items[tip].number,
		       marks);
	free(marks);
	if (!plan->count && !git_oid_equal(&request->base, &request->tip)) {
		free(order);
		return error_set(err, ERROR_INPUT, "%s: is not after %s in %s", request->tip_name,
				 request->base_name, members->name);
	}
	plan->rows = memory_alloc(plan->count * sizeof(*plan->rows));
	plan->changes = memory_alloc(plan->count * sizeof(*plan->changes));
	planner->row_of = plan->storage->row_of = memory_resize(NULL, members->count,
								sizeof(uint32_t));
	memset(planner->row_of, 0xff, members->count * sizeof(uint32_t));
	for (size_t i = 0; i < plan->count; i++) {
		plan->rows[i].member = members_of_number(members, order[i]);
		planner->row_of[plan->rows[i].member] = (uint32_t)i;
	}
	planner->count = (uint32_t)plan->count;
	planner->facts = memory_alloc(plan->count * sizeof(*planner->facts));
	free(order);
	return 0;
}

/* Reads a published commit that the series no longer has from the objects that were kept. */
static int read_gone(struct planner *planner, struct plan_gone *gone, uint64_t order,
		     struct error *err)
{
	git_odb *odb = store_odb(planner->store);
	struct commit_view view = COMMIT_VIEW_INIT, parent = COMMIT_VIEW_INIT;
	git_odb_object *object = NULL, *parent_object = NULL;
	struct buffer message = BUFFER_INIT, author = BUFFER_INIT;
	const struct members *members = planner->members;
	int error = 0;

	if (git_odb_read(&object, odb, &gone->id) < 0)
		return git_failed(err, "commit %s: a published pick, is neither in %s nor kept",
				  id_hex(&gone->id).text, members->name);
	error = commit_view_parse(&view, git_odb_object_data(object), git_odb_object_size(object),
				  &gone->id, err);
	if (!error && view.parent_count) {
		if (git_odb_read(&parent_object, odb, &view.parents[0]) < 0)
			error = git_failed(err,
					   "commit %s: parent of the published pick %s, is missing",
					   id_hex(&view.parents[0]).text, id_hex(&gone->id).text);
		else
			error = commit_view_parse(&parent, git_odb_object_data(parent_object),
						  git_odb_object_size(parent_object),
						  &view.parents[0], err);
	}
	if (!error) {
		gone->parent_tree = parent.tree;
		error = change_list_read(&gone->changes, odb,
					 view.parent_count ? &parent.tree : NULL, &view.tree, err);
	}
	/* The index has text as UTF-8. */
	if (!error) {
		buffer_add_utf8(&message, view.message.text, view.message.length);
		buffer_add_utf8(&author, view.author.line.text, view.author.line.length);
	}
	/*
	 * The rewritten commit: same subject, author and author date, and not before what came
	 * before it. (A series can have a commit twice.)
	 */
	for (uint32_t i = 0; !error && i < members->count && gone->replaced_by == MEMBER_NONE;
	     i++) {
		const struct member *item = &members->items[i];
		size_t length = strlen(item->subject);

		if (plan_order(i) >= order && item->author_time == view.author.time &&
		    message.length >= length && !memcmp(message.data, item->subject, length) &&
		    !strncmp(item->author, author.data, strlen(item->author)) &&
		    planner->row_of[i] != ROW_NONE &&
		    !planner->plan->rows[planner->row_of[i]].published)
			gone->replaced_by = i;
	}
	buffer_release(&message);
	buffer_release(&author);
	commit_view_release(&view);
	commit_view_release(&parent);
	git_odb_object_free(object);
	git_odb_object_free(parent_object);
	return error;
}

static const struct verdict *find_withdrawal(const struct planner *planner, const git_oid *id)
{
	return planner->request->ledger ? ledger_find(planner->request->ledger, VERDICT_WITHDRAW,
						      id, planner->request->base_name)
					: NULL;
}

static int note_published(struct planner *planner, struct error *err)
{
	const struct plan_request *request = planner->request;
	struct plan *plan = planner->plan;
	struct plan_gone *gone;
	uint64_t order = 1;
	uint32_t member;
	int error = 0;

	for (size_t i = 0; i < request->published_count; i++) {
		member = members_find(planner->members, &request->published[i].id);
		if (member != MEMBER_NONE && planner->row_of[member] != ROW_NONE)
			plan->rows[planner->row_of[member]].published = true;
	}
	/* They are in the order that the series had, and gone ones keep their place in it. */
	for (size_t i = 0; i < request->published_count && !error; i++) {
		member = members_find(planner->members, &request->published[i].id);
		if (member != MEMBER_NONE && planner->row_of[member] != ROW_NONE) {
			if (order <= plan_order(member))
				order = plan_order(member) + 1;
			continue;
		}
		plan->gone = array_reserve_raw(plan->gone, &plan->gone_capacity,
					       plan->gone_count + 1, sizeof(*gone));
		gone = &plan->gone[plan->gone_count++];
		memset(gone, 0, sizeof(*gone));
		gone->id = request->published[i].id;
		gone->replaced_by = MEMBER_NONE;
		gone->withdrawn = !request->as_it_is && find_withdrawal(planner, &gone->id) != NULL;
		if (request->published[i].resolution)
			gone->patch = &request->published[i].resolution->patch;
		error = read_gone(planner, gone, order, err);
		if (!error && gone->replaced_by != MEMBER_NONE) {
			plan->rows[planner->row_of[gone->replaced_by]].published = true;
			order = plan_order(gone->replaced_by);
		}
		gone->order = order++;
	}
	return error;
}

static void note_withdrawn(struct planner *planner)
{
	for (uint32_t row = 0; row < planner->count; row++) {
		if (planner->request->as_it_is && planner->plan->rows[row].published)
			continue;
		if (find_withdrawal(planner, &row_member(planner, row)->id))
			planner->facts[row].withdrawn = planner->facts[row].blocked = true;
	}
}

static const char *withdrawn_reason(struct planner *planner, uint32_t row)
{
	const struct verdict *verdict = find_withdrawal(planner, &row_member(planner, row)->id);

	if (!verdict)
		return "went with the last pick that needed it, which was withdrawn";
	return planner_words(planner, "withdrawn by %s on %s: %s", verdict->person, verdict->date,
			     verdict->reason);
}

static const char *not_picked_reason(struct planner *planner, uint32_t row, enum state *ret_state)
{
	const struct row_facts *facts = &planner->facts[row];
	uint32_t member = planner->plan->rows[row].member;

	if (facts->gate != GATE_NONE && !facts->affected) {
		*ret_state = STATE_NOT_AFFECTED;
		return planner_words(planner, "%s: %s", gate_evidence(planner, member),
				     facts->affected_reason);
	}
	*ret_state = facts->gate == GATE_BELOW ? STATE_BELOW_GATE : STATE_NOT_SECURITY;
	if (facts->gate == GATE_BELOW)
		return gate_refusal(planner, member);
	return planner_words(planner, "%s, and nothing that is picked needs it",
			     gate_refusal(planner, member));
}

static const char *decide_state(struct planner *planner, uint32_t row, enum state *ret_state,
				enum pick_result result)
{
	const struct row_facts *facts = &planner->facts[row];
	uint32_t member = planner->plan->rows[row].member;

	if (member_is_release_or_merge(planner->members, member)) {
		*ret_state = STATE_RELEASE_OR_MERGE;
		return planner->members->items[member].mark & COMMIT_MERGE
			       ? "a merge: its commits are rows of their own"
			       : "a release commit";
	}
	if (facts->in_set) {
		*ret_state = facts->role;
		if (result != PICK_EMPTY || planner->plan->rows[row].published)
			return facts->why;
		*ret_state = STATE_ALREADY_PRESENT;
		return planner_words(planner, "what it changes is there already; %s", facts->why);
	}
	if (facts->withdrawn) {
		*ret_state = STATE_WITHDRAWN;
		return withdrawn_reason(planner, row);
	}
	if (facts->held_reason && facts->missed) {
		*ret_state = STATE_HELD;
		if (!facts->refusal || facts->refusal == facts->held_reason)
			return facts->held_reason;
		return planner_words(planner, "%s; and %s", facts->held_reason, facts->refusal);
	}
	if (facts->cancelled) {
		*ret_state = STATE_REVERTED;
		return planner_words(
			planner, "%s %s, so neither is picked",
			facts->cancel_partner > row ? "taken back by" : "takes back",
			planner_name(planner, planner->plan->rows[facts->cancel_partner].member));
	}
	return not_picked_reason(planner, row, ret_state);
}

static void copy_members(struct member_list *ret_list, const struct planner *planner,
			 const struct member_list *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		if (planner->facts[rows->items[i]].in_set)
			member_list_add(ret_list, planner->plan->rows[rows->items[i]].member);
}

/* The first reason why a row is there for another. */
static const char *why_needed(const struct planner *planner, uint32_t row, uint32_t of)
{
	const struct need_list *needs = &planner->facts[row].needs_of;

	for (size_t i = 0; i < needs->count; i++)
		if (needs->items[i].of == of)
			return needs->items[i].why;
	return "needed";
}

static void copy_prerequisites(struct plan_row *out, struct planner *planner, uint32_t row)
{
	const struct plan *plan = planner->plan;
	uint32_t member;

	copy_members(&out->prerequisite_of, planner, &planner->facts[row].prerequisite_of);
	out->prerequisite_why = arena_alloc(planner->arena,
					    (out->prerequisite_of.count + 1) * sizeof(char *));
	for (size_t i = 0; i < out->prerequisite_of.count; i++) {
		member = out->prerequisite_of.items[i];
		out->prerequisite_why[i] = why_needed(planner, row, plan->storage->row_of[member]);
	}
}

static uint32_t cause_of(const struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];
	enum state state = planner->plan->rows[row].state;

	if (state == STATE_HELD && facts->root != row)
		return planner->plan->rows[facts->root].member;
	if (state == STATE_REVERTED)
		return planner->plan->rows[facts->cancel_partner].member;
	return MEMBER_NONE;
}

/* Why a row is there, and with whose patch. */
static const char *whole_reason(struct planner *planner, const char *reason,
				const struct row_facts *facts, const struct plan_row *row)
{
	const struct resolution *resolution = row->resolution;
	bool against = facts->listed && !facts->affected;
	const char *eye = (facts->marked || against) && facts->in_set ? " (for a person's eye)"
								      : "";

	if (!resolution)
		return planner_words(planner, "%s%s", reason, eye);
	return planner_words(planner, "%s%s; with the resolution of %s, %s%s%s: %s", reason, eye,
			     resolution->person, resolution->date,
			     resolution->past ? ", which the ledger has no more" : "",
			     strcmp(resolution->base, planner->request->base_name)
				     ? planner_words(planner, " for %s", resolution->base)
				     : "",
			     resolution->reason);
}

/* What an incomplete repair is completed of is known when all is settled. */
static void renew_reason(struct planner *planner, uint32_t row)
{
	struct row_facts *facts = &planner->facts[row];
	bool by_gate = facts->why == facts->gate_why;

	if (!facts->in_set || !facts->completes.count)
		return;
	facts->affected_reason = incomplete_words(planner, row);
	facts->gate_why = closure_seed_words(planner, row);
	if (by_gate)
		facts->why = facts->gate_why;
}

/* Of the trailer of a pick that no advisory names. */
static const char *fix_words(struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];

	if (facts->listed)
		return "listed by --seeds";
	if (facts->gate == GATE_PASS && !row_member(planner, row)->advisory_count)
		return gate_trailer(planner, planner->plan->rows[row].member);
	return facts->repairs_base ? "repairs a fix that the base has" : "brings back a fix";
}

void planner_fill_rows(struct planner *planner)
{
	struct plan *plan = planner->plan;
	enum pick_result *results = memory_alloc(plan->count * sizeof(*results));
	const char *reason;

	for (size_t i = 0; i < fold_count(plan->fold); i++) {
		uintptr_t cookie = (uintptr_t)fold_member_at(plan->fold, i)->cookie;

		uint32_t row = cookie ? planner->row_of[cookie - 1] : ROW_NONE;

		if (row == ROW_NONE)
			continue;
		results[row] = fold_outcome_at(plan->fold, i)->result;
		/* What took the place of a gone one has no list of its own. */
		if (planner->facts[row].resolution_count)
			plan->rows[row].resolution = resolutions_used(
				planner, row, fold_resolution_at(plan->fold, i));
	}
	for (uint32_t row = 0; row < planner->count; row++) {
		struct row_facts *facts = &planner->facts[row];
		struct plan_row *out = &plan->rows[row];

		renew_reason(planner, row);
		reason = decide_state(planner, row, &out->state, results[row]);
		out->in_tree = facts->in_set;
		out->weak = facts->weak && facts->in_set;
		out->reason = whole_reason(planner, reason, facts, out);
		out->fix_words = fix_words(planner, row);
		out->conflict_path = facts->conflict_path;
		out->cause = cause_of(planner, row);
		if (facts->in_set) {
			copy_prerequisites(out, planner, row);
			copy_members(&out->follow_up_of, planner, &facts->follow_up_of);
		}
	}
	free(results);
}

static void release_planner(struct planner *planner)
{
	for (uint32_t row = 0; planner->facts && row < planner->count; row++) {
		array_release(&planner->facts[row].prerequisite_of);
		array_release(&planner->facts[row].follow_up_of);
		array_release(&planner->facts[row].origins);
		array_release(&planner->facts[row].completes);
		array_release(&planner->facts[row].needs_of);
		array_release(&planner->facts[row].found);
	}
	free(planner->facts);
	free(planner->in_base);
	free(planner->paths);
	free(planner->judgements);
	free(planner->decided);
	tree_close(planner->base_tree);
}

static int run(struct planner *planner, struct error *err)
{
	struct plan *plan = planner->plan;
	int error;

	error = find_range(planner, err);
	if (!error)
		error = note_published(planner, err);
	if (!error)
		error = tree_open(&planner->base_tree, planner->store, &plan->base_tree, err);
	if (!error)
		error = fold_open(&plan->fold, planner->store, &plan->base_tree, err);
	if (error)
		return error;
	note_withdrawn(planner);
	error = affected_decide(planner, err);
	if (!error && planner->request->as_it_is)
		examine(planner);
	else if (!error)
		error = settle(planner, err);
	if (error)
		return error;
	if (!planner->request->as_it_is)
		planner_fill_rows(planner);
	if (planner->request->settled)
		planner->request->settled(planner, planner->request->settled_data);
	return open_find(planner, err);
}

static int run_in_one_view(struct planner *planner, struct error *err)
{
	struct index_view view;
	int error = index_view_begin(&view, planner->members->index, err);

	if (!error)
		error = run(planner, err);
	index_view_end(&view);
	/* For the plans to come, also where this one failed. */
	files_save(planner->links->files);
	return error;
}

int plan_make(struct plan *ret_plan, struct members *members, const struct links *links,
	      struct store *store, const struct plan_request *request, struct progress *progress,
	      struct error *err)
{
	struct planner planner = { .plan = ret_plan,
				   .members = members,
				   .links = links,
				   .request = request,
				   .store = store,
				   .progress = progress };
	git_oid digest;
	int error;

	memset(ret_plan, 0, sizeof(*ret_plan));
	error = kernel_names_prepare(links->names, store, progress, err);
	if (error)
		return error;
	ret_plan->members = members;
	ret_plan->base = request->base;
	ret_plan->tip = request->tip;
	ret_plan->base_name = string_copy(request->base_name);
	ret_plan->tip_name = string_copy(request->tip_name);
	ret_plan->policy = string_copy(request->policy->name);
	ret_plan->storage = memory_alloc(sizeof(*ret_plan->storage));
	planner.arena = &ret_plan->storage->arena;
	store_share_merges(store, links->files->merges.merges);
	error = policy_digest(&digest, request->policy, err);
	if (!error) {
		ret_plan->policy_digest = string_copy(id_hex(&digest).text);
		error = run_in_one_view(&planner, err);
	}
	release_planner(&planner);
	if (error)
		plan_release(ret_plan);
	return error;
}

void plan_release(struct plan *plan)
{
	fold_close(plan->fold);
	for (size_t i = 0; plan->changes && i < plan->count; i++)
		change_list_release(&plan->changes[i]);
	for (size_t i = 0; plan->rows && i < plan->count; i++) {
		array_release(&plan->rows[i].prerequisite_of);
		array_release(&plan->rows[i].follow_up_of);
	}
	for (size_t i = 0; i < plan->gone_count; i++)
		change_list_release(&plan->gone[i].changes);
	free(plan->gone);
	free(plan->changes);
	free(plan->rows);
	free(plan->open);
	free(plan->base_name);
	free(plan->tip_name);
	free(plan->policy);
	free(plan->policy_digest);
	free(plan->gates);
	if (plan->storage) {
		free(plan->storage->row_of);
		arena_release(&plan->storage->arena);
		free(plan->storage);
	}
	memset(plan, 0, sizeof(*plan));
}

struct plan_row *plan_row_of(const struct plan *plan, uint32_t member)
{
	uint32_t row;

	if (member >= plan->members->count)
		return NULL;
	row = plan->storage->row_of[member];
	return row == ROW_NONE ? NULL : &plan->rows[row];
}

void plan_count(size_t ret_counts[STATE_COUNT], const struct plan *plan)
{
	memset(ret_counts, 0, STATE_COUNT * sizeof(*ret_counts));
	for (size_t i = 0; i < plan->count; i++)
		ret_counts[plan->rows[i].state]++;
}

void plan_trailers(struct buffer *ret_lines, const struct plan *plan, const struct plan_row *row)
{
	const struct member *items = plan->members->items, *member = &items[row->member];

	buffer_add_format(ret_lines, "(cherry picked from commit %s)\n", id_hex(&member->id).text);
	for (size_t i = 0; i < member->advisory_count; i++)
		buffer_add_format(ret_lines, "Security-fix: %s\n",
				  member->advisories[i].advisory->name);
	if (!member->advisory_count && row->state == STATE_PICK)
		buffer_add_format(ret_lines, "Security-fix: %s\n", row->fix_words);
	for (size_t i = 0; i < row->prerequisite_of.count; i++)
		buffer_add_format(ret_lines, "Security-prerequisite-of: %s (%s)\n",
				  id_hex(&items[row->prerequisite_of.items[i]].id).text,
				  row->prerequisite_why[i]);
	for (size_t i = 0; i < row->follow_up_of.count; i++)
		buffer_add_format(ret_lines, "Security-follow-up-of: %s\n",
				  id_hex(&items[row->follow_up_of.items[i]].id).text);
	if (row->resolution)
		buffer_add_format(ret_lines, "Resolution-by: %s, %s: %s\n", row->resolution->person,
				  row->resolution->date, row->resolution->reason);
}
