/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/repository.h"

/* ---- the place ---- */

/* The row of the range that a name means: one, or an error. */
static int find_row(struct resolve_place *place, const char *text, struct error *err)
{
	const struct plan *plan = place->plan;
	size_t cursor = 0, count = 0;
	uint32_t member;

	while ((member = members_next_named(plan->members, text, &cursor)) != MEMBER_NONE) {
		if (!plan_row_of(plan, member))
			continue;
		place->row = plan_row_of(plan, member);
		place->member = &plan->members->items[member];
		count++;
	}
	if (!count)
		return error_set(err, ERROR_NOT_FOUND, "%s: is no commit of %s..%s", text,
				 plan->base_name, plan->tip_name);
	if (count > 1)
		return error_set(err, ERROR_AMBIGUOUS,
				 "%s: means %zu commits of %s..%s; give the stable commit's own id",
				 text, count, plan->base_name, plan->tip_name);
	return 0;
}

static int check_row(const struct resolve_place *place, struct error *err)
{
	const struct plan_row *row = place->row;
	struct id_text id = id_short(&place->member->id);

	if (row->published)
		return error_set(err, ERROR_REFUSED,
				 "%s: is in the published branch of %s; what is published stays as "
				 "it is",
				 id.text, place->plan->base_name);
	if (row->state == STATE_HELD || row->resolution)
		return 0;
	return error_set(err, ERROR_REFUSED, "%s: is not held on %s but %s: %s", id.text,
			 place->plan->base_name, state_name(row->state), row->reason);
}

static int check_conflict(struct resolve_place *place, const struct pick_change *change,
			  struct error *err)
{
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	int error = pick_apply(&outcome, place->tree, place->store, change, err);

	if (!error && outcome.result != PICK_CONFLICT)
		error = error_set(err, ERROR_REFUSED,
				  "%s: applies as it is at its place on %s; the plan holds it, for "
				  "%s",
				  id_short(&place->member->id).text, place->plan->base_name,
				  place->row->reason);
	if (!error) {
		place->conflict_path = outcome.conflict_path;
		place->conflict_reason = outcome.conflict_reason;
		outcome.conflict_path = NULL;
	}
	pick_outcome_release(&outcome);
	return error;
}

int resolve_place_find(struct resolve_place *ret_place, const struct plan *plan,
		       struct store *store, const char *text, struct error *err)
{
	struct resolve_place *place = ret_place;
	struct change_list changes = CHANGE_LIST_INIT;
	struct pick_change change = { .list = &changes };
	int error;

	memset(place, 0, sizeof(*place));
	place->plan = plan;
	place->store = store;
	error = find_row(place, text, err);
	if (!error)
		error = check_row(place, err);
	if (!error)
		error = members_changes(&changes, plan->members, place->row->member, err);
	if (!error)
		error = fold_tree_before(&place->tree, plan->fold, plan_order(place->row->member),
					 err);
	if (!error) {
		change.parent_tree = *members_parent_tree(plan->members, place->row->member);
		error = check_conflict(place, &change, err);
	}
	if (!error)
		error = pick_versions_read(&place->versions, place->tree, store, &change, err);
	change_list_release(&changes);
	if (error)
		resolve_place_release(place);
	return error;
}

void resolve_place_release(struct resolve_place *place)
{
	pick_versions_release(&place->versions);
	tree_close(place->tree);
	free(place->conflict_path);
	memset(place, 0, sizeof(*place));
}

/* ---- what comes out ---- */

/* "<<<<<<< ours" and ">>>>>>> theirs"; what stands between them is text like any other. */
static bool is_marker(const struct patch_line *line)
{
	const char *text = line->text;

	return line->kind == '+' && line->length > 7 &&
	       (!memcmp(text, "<<<<<<<", 7) || !memcmp(text, ">>>>>>>", 7)) &&
	       (text[7] == ' ' || text[7] == '\n' || text[7] == '\r');
}

static int check_markers(const struct patch *patch, struct error *err)
{
	for (size_t i = 0; i < patch->count; i++)
		for (size_t j = 0; j < patch->items[i].count; j++) {
			const struct patch_hunk *hunk = &patch->items[i].items[j];
			size_t number = hunk->new_start;

			for (size_t k = 0; k < hunk->count; k++) {
				if (is_marker(&hunk->items[k]))
					return error_set(err, ERROR_INPUT,
							 "%s:%zu: a conflict marker is left; "
							 "resolve the conflict first",
							 patch->items[i].new_path, number);
				number += hunk->items[k].kind != '-';
			}
		}
	return 0;
}

static int refused(const struct resolve_place *place, const char *name,
		   const struct pick_outcome *outcome, struct error *err)
{
	struct buffer line = BUFFER_INIT, path = BUFFER_INIT;
	int error;

	patch_quote(&path, "", outcome->conflict_path);
	if (outcome->conflict_line)
		buffer_add_format(&line, " (from line %zu of its old side)",
				  outcome->conflict_line);
	error = error_set(err, ERROR_CONFLICT,
			  "%s: does not apply to %s at the place of %s: %s: %s%s", name,
			  place->plan->base_name, id_short(&place->member->id).text, path.data,
			  outcome->conflict_reason, line.data);
	buffer_release(&line);
	buffer_release(&path);
	return error;
}

/* On a tree of its own: the place stays what it is. */
static int apply(struct pick_outcome *ret_outcome, const struct resolve_place *place,
		 const struct patch *patch, const char *name, struct error *err)
{
	struct tree *tree = NULL;
	int error = fold_tree_before(&tree, place->plan->fold, plan_order(place->row->member), err);

	if (!error)
		error = patch_apply(ret_outcome, tree, place->store, patch, err);
	if (!error && ret_outcome->result == PICK_CONFLICT)
		error = refused(place, name, ret_outcome, err);
	tree_close(tree);
	return error;
}

int resolve_check(const struct resolve_place *place, const struct buffer *diff, const char *name,
		  struct error *err)
{
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	struct patch patch;
	int error;

	if (!diff->length)
		return error_set(err, ERROR_USAGE,
				 "%s: changes nothing; a pick that is not wanted is taken out by "
				 "'sectree review %s --withdraw'",
				 name, id_short(&place->member->id).text);
	error = patch_parse(&patch, diff->data, diff->length, PATCH_BARE, name, 1, err);
	if (error)
		return error;
	error = check_markers(&patch, err);
	if (!error)
		error = apply(&outcome, place, &patch, name, err);
	pick_outcome_release(&outcome);
	patch_release(&patch);
	return error;
}

static int print_outcome(struct buffer *diff, const struct resolve_place *place,
			 const struct pick_outcome *outcome, struct error *err)
{
	int error = 0;

	for (size_t i = 0; i < outcome->path_count && !error; i++) {
		const struct pick_path *path = &outcome->paths[i];
		struct merge_entry before = { path->old_mode, path->old_id };
		struct merge_entry after = { path->new_mode, path->new_id };

		error = patch_print(diff, place->store, path->path, &before, &after, err);
	}
	return error;
}

int resolve_read_patch(struct buffer *ret_diff, const struct resolve_place *place, const char *file,
		       struct error *err)
{
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	struct buffer text = BUFFER_INIT;
	struct patch patch;
	int error = buffer_read_file(&text, file, PATCH_BYTES_LIMIT, err);

	patch_init(&patch);
	if (!error && !text.length)
		error = error_set(err, ERROR_USAGE, "%s: is empty", file);
	if (!error)
		error = patch_parse(&patch, text.data, text.length, PATCH_MAIL, file, 1, err);
	if (!error)
		error = check_markers(&patch, err);
	if (!error)
		error = apply(&outcome, place, &patch, file, err);
	if (!error)
		error = print_outcome(ret_diff, place, &outcome, err);
	if (!error)
		error = resolve_check(place, ret_diff, file, err);
	pick_outcome_release(&outcome);
	patch_release(&patch);
	buffer_release(&text);
	return error;
}
