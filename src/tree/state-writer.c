/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/state-writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/change.h"
#include "git/commit.h"
#include "git/repository.h"
#include "git/tree.h"
#include "history/makefile.h"
#include "tree/commit-object.h"
#include "tree/names.h"
#include "tree/order.h"
#include "tree/own-message.h"

/* What is in, and where it stands in the fold. */
struct live_member {
	git_oid stable;
	uint64_t order;
	struct borrowed *borrowed;
};

/* What the fold borrows of a member. */
struct borrowed {
	struct change_list changes;
	const struct patch *patch; /* of its resolution */
};

struct state_writer {
	struct store *store;
	struct progress *progress;
	struct ledger *ledger;
	struct stanza *const *stanzas;
	size_t count;
	size_t next; /* the state that comes next */
	uint64_t **orders;

	/* Canonical trees: a fold of our own, or the outcomes of a plan, applied to a tree. */
	struct fold *fold;
	ARRAY(struct live_member) live;
	ARRAY(size_t) ahead; /* steps of the state at hand that are in with an earlier one */
	struct fold *planned;
	struct store *planned_store;
	size_t planned_at;
	struct tree *tree;

	/* The last commit. */
	git_oid commit, root;
	struct stamp stamp;

	char *base_extraversion;
	char *extraversion;		   /* NULL before the first state */
	git_oid makefile, makefile_edited; /* one without and with it */
};

/* ---- opening ---- */

static int read_commit(struct object *ret_object, struct commit_view *ret_view, struct store *store,
		       const git_oid *id, struct error *err)
{
	int error = store_read(ret_object, store, id, GIT_OBJECT_COMMIT, err);

	return error ? error
		     : commit_view_parse(ret_view, ret_object->data, ret_object->length, id, err);
}

/* Makes an existing commit the last one. */
static int stand_on(struct state_writer *writer, const git_oid *commit, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct object object = OBJECT_INIT;
	int error = read_commit(&object, &view, writer->store, commit, err);

	if (!error) {
		writer->commit = *commit;
		writer->root = view.tree;
		writer->stamp = commit_stamp(&view);
	}
	commit_view_release(&view);
	object_release(&object);
	return error;
}

static int read_base(struct state_writer *writer, const git_oid *base, struct error *err)
{
	struct makefile_version version;
	struct buffer text = BUFFER_INIT;
	int error = stand_on(writer, base, err);

	if (!error)
		error = makefile_read(&text, store_odb(writer->store), &writer->root, err);
	if (!error && !makefile_parse(&version, text.data, text.length))
		error = error_set(err, ERROR_INPUT,
				  "commit %s: its Makefile states no VERSION, so no state can be "
				  "named in it",
				  id_hex(base).text);
	if (!error)
		writer->base_extraversion = string_copy(version.extraversion);
	buffer_release(&text);
	return error;
}

int state_writer_open(struct state_writer **ret_writer, struct store *store,
		      struct stanza *const *stanzas, size_t count, struct ledger *ledger,
		      struct progress *progress, struct error *err)
{
	struct state_writer *writer = memory_alloc(sizeof(*writer));
	int error;

	writer->store = store;
	writer->progress = progress;
	writer->ledger = ledger;
	writer->stanzas = stanzas;
	writer->count = count;
	error = order_find(&writer->orders, stanzas, count, err);
	if (!error)
		error = read_base(writer, &stanzas[0]->base, err);
	if (error)
		state_writer_close(writer);
	else
		*ret_writer = writer;
	return error;
}

static void borrowed_free(struct borrowed *borrowed)
{
	change_list_release(&borrowed->changes);
	free(borrowed);
}

void state_writer_close(struct state_writer *writer)
{
	if (!writer)
		return;
	fold_close(writer->fold);
	tree_close(writer->tree);
	for (size_t i = 0; i < writer->live.count; i++)
		borrowed_free(writer->live.items[i].borrowed);
	array_release(&writer->live);
	array_release(&writer->ahead);
	order_release(writer->orders, writer->count);
	free(writer->base_extraversion);
	free(writer->extraversion);
	free(writer);
}

int state_writer_use_plan(struct state_writer *writer, struct fold *outcomes, struct store *store,
			  struct error *err)
{
	writer->planned = outcomes;
	writer->planned_store = store;
	return tree_open(&writer->tree, writer->store, &writer->root, err);
}

/* The base's tree, on which nothing is written yet. */
static int need_fold(struct state_writer *writer, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct object object = OBJECT_INIT;
	int error;

	if (writer->fold || writer->planned)
		return 0;
	error = read_commit(&object, &view, writer->store, &writer->stanzas[0]->base, err);
	if (!error)
		error = fold_open(&writer->fold, writer->store, &view.tree, err);
	commit_view_release(&view);
	object_release(&object);
	return error;
}

/* ---- the set ---- */

/* What a stable commit changes, from its objects: it need not be in the series any more. */
static int read_change(struct pick_change *ret_change, struct change_list *list,
		       struct store *store, const git_oid *stable, struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT, parent = COMMIT_VIEW_INIT;
	struct object object = OBJECT_INIT, parent_object = OBJECT_INIT;
	bool has_parent;
	int error = read_commit(&object, &view, store, stable, err);

	memset(ret_change, 0, sizeof(*ret_change));
	has_parent = !error && view.parent_count;
	if (has_parent)
		error = read_commit(&parent_object, &parent, store, &view.parents[0], err);
	if (has_parent && !error)
		ret_change->parent_tree = parent.tree;
	ret_change->list = list;
	if (!error)
		error = change_list_read(list, store_odb(store), has_parent ? &parent.tree : NULL,
					 &view.tree, err);
	commit_view_release(&view);
	commit_view_release(&parent);
	object_release(&object);
	object_release(&parent_object);
	return error;
}

static int no_tree(const struct stanza *stanza, const git_oid *stable, const char *done,
		   const struct fold_report *report, struct error *err)
{
	const struct step *other = report->conflict_cookie;

	if (other && !git_oid_equal(&other->stable, stable))
		return error_set(
			err, ERROR_CONFLICT, "%s: with commit %s %s, commit %s has no tree: %s: %s",
			stanza->tag, id_short(stable).text, done, id_short(&other->stable).text,
			report->conflict_path ? report->conflict_path : "?",
			report->conflict_reason ? report->conflict_reason : "?");
	if (report->refusal.path)
		return error_set(err, ERROR_CONFLICT,
				 "%s: the resolution of commit %s does not apply: %s: %s",
				 stanza->tag, id_short(stable).text, report->refusal.path,
				 report->refusal.reason);
	return error_set(err, ERROR_CONFLICT, "%s: commit %s has no tree: %s: %s", stanza->tag,
			 id_short(stable).text, report->conflict_path ? report->conflict_path : "?",
			 report->conflict_reason ? report->conflict_reason : "?");
}

static int prepare_member(struct fold_member *ret_member, struct state_writer *writer,
			  const struct stanza *stanza, size_t at, struct error *err)
{
	const struct step *step = &stanza->steps.items[at];
	const struct resolution *resolution = NULL;
	struct live_member *live;
	int error = 0;

	memset(ret_member, 0, sizeof(*ret_member));
	ret_member->order = writer->orders[writer->next][at];
	ret_member->cookie = (void *)step;
	if (!id_is_zero(&step->resolution))
		error = ledger_resolution(&resolution, writer->ledger, &step->stable,
					  &step->resolution, stanza->tag, err);
	if (error)
		return error;
	live = array_add(&writer->live);
	live->stable = step->stable;
	live->order = ret_member->order;
	live->borrowed = memory_alloc(sizeof(*live->borrowed));
	if (resolution) {
		live->borrowed->patch = &resolution->patch;
		ret_member->resolutions = &live->borrowed->patch;
		ret_member->resolution_count = 1;
	}
	return read_change(&ret_member->change, &live->borrowed->changes, writer->store,
			   &step->stable, err);
}

static void forget_last(struct state_writer *writer)
{
	borrowed_free(array_last(&writer->live)->borrowed);
	writer->live.count--;
}

static bool is_ahead(const struct state_writer *writer, size_t at)
{
	for (size_t i = 0; i < writer->ahead.count; i++)
		if (writer->ahead.items[i] == at)
			return true;
	return false;
}

static int compare_members(const void *left, const void *right)
{
	uint64_t a = ((const struct fold_member *)left)->order;
	uint64_t b = ((const struct fold_member *)right)->order;

	return (a > b) - (a < b);
}

/* Steps first .. last and the one at hand, as one. */
static int add_together(bool *ret_done, struct state_writer *writer, const struct stanza *stanza,
			const struct fold_member *member, size_t first, size_t last,
			struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold_conflicts conflicts = FOLD_CONFLICTS_INIT;
	struct fold_change change = { .mode = FOLD_STRICT };
	ARRAY(struct fold_member) unit = ARRAY_INIT;
	size_t had = writer->live.count, had_ahead = writer->ahead.count;
	int error = 0;

	array_push(&unit, *member);
	for (size_t i = first; i <= last && !error; i++) {
		if (stanza->steps.items[i].kind != STEP_ADD || is_ahead(writer, i))
			continue;
		error = prepare_member(array_add(&unit), writer, stanza, i, err);
		array_push(&writer->ahead, i);
	}
	if (!error && unit.count > 1) {
		qsort(unit.items, unit.count, sizeof(*unit.items), compare_members);
		change.added = unit.items;
		change.added_count = unit.count;
		error = fold_update(&report, &conflicts, writer->fold, &change, err);
	}
	*ret_done = !error && report.done;
	while (!*ret_done && writer->live.count > had)
		forget_last(writer);
	if (!*ret_done)
		writer->ahead.count = had_ahead;
	fold_conflicts_release(&conflicts);
	fold_report_release(&report);
	array_release(&unit);
	return error;
}

/*
 * A late member can leave a later one without a tree, unless another late one is there, too:
 * then its commit has the tree of both, and the other is a member without a commit.
 */
static int add_with_others(bool *ret_done, struct state_writer *writer, const struct stanza *stanza,
			   const struct fold_member *member, size_t at, struct error *err)
{
	int error = 0;

	*ret_done = false;
	for (size_t i = at + 1; i < stanza->steps.count && !*ret_done && !error; i++)
		error = add_together(ret_done, writer, stanza, member, i, i, err);
	for (size_t i = at + 2; i < stanza->steps.count && !*ret_done && !error; i++)
		error = add_together(ret_done, writer, stanza, member, at + 1, i, err);
	return error;
}

static int add_to_fold(struct state_writer *writer, const struct stanza *stanza, size_t at,
		       struct error *err)
{
	const struct step *step = &stanza->steps.items[at];
	struct fold_report report = FOLD_REPORT_INIT;
	struct fold_member added;
	bool done = true;
	int error;

	if (is_ahead(writer, at))
		return 0;
	error = prepare_member(&added, writer, stanza, at, err);
	if (!error)
		error = fold_add(&report, writer->fold, &added, err);
	if (!error && !report.done)
		error = add_with_others(&done, writer, stanza, &added, at, err);
	if (!error && !done)
		error = no_tree(stanza, &step->stable, "in", &report, err);
	fold_report_release(&report);
	return error;
}

static int remove_from_fold(struct state_writer *writer, const struct stanza *stanza,
			    const git_oid *stable, struct error *err)
{
	struct fold_report report = FOLD_REPORT_INIT;
	struct live_member *live = NULL;
	int error;

	for (size_t i = 0; i < writer->live.count; i++)
		if (git_oid_equal(&writer->live.items[i].stable, stable))
			live = &writer->live.items[i];
	if (!live)
		return error_set(err, ERROR_INPUT, "%s: commit %s is withdrawn but is not in",
				 stanza->tag, id_hex(stable).text);
	error = fold_remove(&report, writer->fold, live->order, err);
	if (!error && !report.done)
		error = no_tree(stanza, stable, "out", &report, err);
	if (!error) {
		borrowed_free(live->borrowed);
		*live = *array_last(&writer->live);
		writer->live.count--;
	}
	fold_report_release(&report);
	return error;
}

/* Merged contents move from the plan's store into ours. */
static int take_blob(struct state_writer *writer, const struct pick_path *path, struct error *err)
{
	struct object object = OBJECT_INIT;
	git_oid id;
	int error;

	if (path->new_mode == 0160000 || store_has(writer->store, &path->new_id))
		return 0;
	error = store_read(&object, writer->planned_store, &path->new_id, GIT_OBJECT_BLOB, err);
	if (!error)
		error = store_write(&id, writer->store, GIT_OBJECT_BLOB, object.data, object.length,
				    err);
	object_release(&object);
	return error;
}

static int apply_planned(struct state_writer *writer, const struct stanza *stanza,
			 struct error *err)
{
	const struct pick_outcome *outcome;
	ARRAY(struct tree_edit) edits = ARRAY_INIT;
	int error = 0;

	if (writer->planned_at >= fold_count(writer->planned))
		return error_set(err, ERROR_INPUT, "%s: has more members than its plan",
				 stanza->tag);
	outcome = fold_outcome_at(writer->planned, writer->planned_at++);
	for (size_t i = 0; i < outcome->path_count && !error; i++) {
		const struct pick_path *path = &outcome->paths[i];

		if (path->old_mode == path->new_mode && git_oid_equal(&path->old_id, &path->new_id))
			continue;
		*array_add(&edits) = (struct tree_edit){ path->path, path->new_mode, path->new_id };
		if (path->new_mode)
			error = take_blob(writer, path, err);
	}
	if (!error)
		error = tree_apply(writer->tree, edits.items, edits.count, err);
	array_release(&edits);
	return error;
}

static int apply_step(struct state_writer *writer, const struct stanza *stanza, size_t at,
		      struct error *err)
{
	const struct step *step = &stanza->steps.items[at];
	int error;

	if (writer->planned)
		return apply_planned(writer, stanza, err);
	if (!at)
		writer->ahead.count = 0;
	if (step->kind == STEP_ADD)
		return add_to_fold(writer, stanza, at, err);
	/* What needs another goes before it. */
	error = remove_from_fold(writer, stanza, &step->stable, err);
	for (size_t i = step->with.count; i-- > 0 && !error;)
		error = remove_from_fold(writer, stanza, &step->with.items[i], err);
	return error;
}

/* ---- trees ---- */

/* The Makefile with EXTRAVERSION set, for the one that the source tree has now. */
static int edit_makefile(struct tree_edit *ret_edit, struct state_writer *writer, struct error *err)
{
	struct buffer text = BUFFER_INIT;
	struct object object = OBJECT_INIT;
	git_oid id;
	int error;

	error = writer->planned ? tree_get(&ret_edit->mode, &id, writer->tree, "Makefile", err)
				: fold_get(&ret_edit->mode, &id, writer->fold, "Makefile", err);
	if (!error && (ret_edit->mode & 0170000) != 0100000)
		error = error_set(err, ERROR_INPUT,
				  "Makefile: a pick took it away, and a state cannot be named");
	if (!error && !git_oid_equal(&id, &writer->makefile)) {
		error = store_read(&object, writer->store, &id, GIT_OBJECT_BLOB, err);
		if (!error)
			error = makefile_set_extraversion(&text, object.data, object.length,
							  writer->extraversion, err);
		if (!error)
			error = store_write(&writer->makefile_edited, writer->store,
					    GIT_OBJECT_BLOB, text.data, text.length, err);
		if (!error)
			writer->makefile = id;
	}
	object_release(&object);
	buffer_release(&text);
	ret_edit->path = "Makefile";
	ret_edit->id = writer->makefile_edited;
	return error;
}

static int write_tree(git_oid *ret_root, struct state_writer *writer, struct error *err)
{
	struct tree_edit edit;
	size_t count = writer->extraversion != NULL;
	int error = count ? edit_makefile(&edit, writer, err) : 0;

	if (error)
		return error;
	if (writer->planned)
		return count ? tree_write_with(ret_root, writer->tree, &edit, count, err)
			     : tree_write(ret_root, writer->tree, err);
	return count ? fold_write_with(ret_root, writer->fold, &edit, count, err)
		     : fold_write(ret_root, writer->fold, err);
}

int state_writer_source_tree(git_oid *ret_tree, struct state_writer *writer, struct error *err)
{
	int error = need_fold(writer, err);

	if (error)
		return error;
	return writer->planned ? tree_write(ret_tree, writer->tree, err)
			       : fold_write(ret_tree, writer->fold, err);
}

static void set_extraversion(struct state_writer *writer, const struct stanza *stanza)
{
	free(writer->extraversion);
	writer->extraversion = string_format("%s%s", writer->base_extraversion,
					     tag_suffix(stanza->tag, stanza->base_name));
	memset(&writer->makefile, 0, sizeof(writer->makefile));
}

/* ---- commits ---- */

static int write_object(struct state_writer *writer, const struct buffer *object,
			const git_oid *root, struct error *err)
{
	int error = store_write(&writer->commit, writer->store, GIT_OBJECT_COMMIT, object->data,
				object->length, err);

	if (!error)
		writer->root = *root;
	return error;
}

static int write_pick(struct state_writer *writer, const struct step *step, const git_oid *root,
		      struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct object stable = OBJECT_INIT;
	struct buffer object = BUFFER_INIT;
	int error = read_commit(&stable, &view, writer->store, &step->stable, err);

	if (!error) {
		commit_object_pick(&object, &writer->stamp, &view, root, &writer->commit,
				   step->trailers ? step->trailers : "");
		error = write_object(writer, &object, root, err);
	}
	buffer_release(&object);
	commit_view_release(&view);
	object_release(&stable);
	return error;
}

static int write_own(struct state_writer *writer, const struct stanza *stanza,
		     const struct buffer *message, const git_oid *root, struct error *err)
{
	struct buffer object = BUFFER_INIT;
	int error;

	commit_object_own(&object, root, &writer->commit, stanza->identity, writer->stamp.time,
			  message->data);
	writer->stamp = (struct stamp){ writer->stamp.time, "+0000" };
	error = write_object(writer, &object, root, err);
	buffer_release(&object);
	return error;
}

static int write_step(bool *ret_made, struct state_writer *writer, const struct stanza *stanza,
		      size_t at, struct error *err)
{
	const struct step *step = &stanza->steps.items[at];
	struct buffer message = BUFFER_INIT;
	git_oid root;
	int error;

	error = apply_step(writer, stanza, at, err);
	if (!error)
		error = write_tree(&root, writer, err);
	*ret_made = !error && !git_oid_equal(&root, &writer->root);
	if (*ret_made && step->kind == STEP_ADD) {
		error = write_pick(writer, step, &root, err);
	} else if (*ret_made) {
		withdraw_message(&message, step);
		error = write_own(writer, stanza, &message, &root, err);
	}
	buffer_release(&message);
	return error;
}

static int write_release(struct state_writer *writer, const struct stanza *stanza,
			 struct error *err)
{
	struct buffer message = BUFFER_INIT;
	struct commit_view view = COMMIT_VIEW_INIT;
	struct object tip = OBJECT_INIT;
	git_oid root;
	int error = read_commit(&tip, &view, writer->store, &stanza->tip, err);

	if (!error && view.committer.time > writer->stamp.time)
		writer->stamp.time = view.committer.time;
	commit_view_release(&view);
	object_release(&tip);
	set_extraversion(writer, stanza);
	if (!error)
		error = write_tree(&root, writer, err);
	if (!error) {
		release_message(&message, stanza);
		error = write_own(writer, stanza, &message, &root, err);
	}
	buffer_release(&message);
	return error;
}

/* ---- states ---- */

static int differs(const struct stanza *stanza, const char *what, const git_oid *is,
		   const git_oid *was, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "%s: its %s comes out as %s, but was published as %s; nothing was "
			 "changed",
			 stanza->tag, what, id_hex(is).text, id_hex(was).text);
}

static int wrong_made(const struct stanza *stanza, const struct step *step, struct error *err)
{
	return error_set(err, ERROR_INPUT,
			 "%s: commit %s %s a difference, but %s when it was published; nothing "
			 "was changed",
			 stanza->tag, id_hex(&step->stable).text,
			 step->made_commit ? "makes no" : "makes",
			 step->made_commit ? "made one" : "made none");
}

int state_writer_stand(struct state_writer *writer, struct error *err)
{
	const struct stanza *stanza = writer->stanzas[writer->next];
	int error = need_fold(writer, err);

	for (size_t i = 0; i < stanza->steps.count && !error; i++) {
		error = apply_step(writer, stanza, i, err);
		if (!error)
			error = progress_update(writer->progress, i, stanza->steps.count, err);
	}
	if (!error)
		error = stand_on(writer, &stanza->commit, err);
	set_extraversion(writer, stanza);
	writer->next++;
	return error;
}

/* What is stood on must be what its members give, or nothing on top of it would be right. */
static int check_stand(struct state_writer *writer, struct error *err)
{
	git_oid root;
	int error = writer->next ? write_tree(&root, writer, err) : 0;

	if (writer->next && !error && !git_oid_equal(&root, &writer->root))
		error = differs(writer->stanzas[writer->next - 1], "tree", &root, &writer->root,
				err);
	return error;
}

int state_writer_write(size_t *ret_commits, struct state_writer *writer, bool skip_empty,
		       struct error *err)
{
	struct stanza *stanza = writer->stanzas[writer->next];
	const git_oid known_tree = stanza->tree, known = stanza->commit;
	bool is_known = !id_is_zero(&known), made;
	int error = need_fold(writer, err);

	*ret_commits = 0;
	if (!error)
		error = check_stand(writer, err);
	if (!error && is_known && !git_oid_equal(&stanza->parent, &writer->commit))
		error = differs(stanza, "parent", &writer->commit, &stanza->parent, err);
	stanza->parent = writer->commit;
	for (size_t i = 0; i < stanza->steps.count && !error; i++) {
		error = write_step(&made, writer, stanza, i, err);
		if (!error && is_known && made != stanza->steps.items[i].made_commit)
			error = wrong_made(stanza, &stanza->steps.items[i], err);
		stanza->steps.items[i].made_commit = made;
		*ret_commits += made;
		if (!error)
			error = progress_update(writer->progress, i, stanza->steps.count, err);
	}
	if (error || (skip_empty && !*ret_commits))
		return error;
	error = write_release(writer, stanza, err);
	if (error)
		return error;
	if (is_known && !git_oid_equal(&writer->root, &known_tree))
		return differs(stanza, "tree", &writer->root, &known_tree, err);
	if (is_known && !git_oid_equal(&writer->commit, &known))
		return differs(stanza, "commit", &writer->commit, &known, err);
	stanza->tree = writer->root;
	stanza->commit = writer->commit;
	writer->next++;
	return 0;
}
