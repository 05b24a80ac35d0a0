/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/merge.h"

#include <string.h>

#include "git/merges.h"
#include "git/tree-entry.h"

static bool same_id(const struct merge_entry *a, const struct merge_entry *b)
{
	return git_oid_equal(&a->id, &b->id);
}

static bool same(const struct merge_entry *a, const struct merge_entry *b)
{
	return a->mode == b->mode && (!a->mode || same_id(a, b));
}

static bool same_type(const struct merge_entry *a, const struct merge_entry *b)
{
	return (a->mode & TREE_MODE_TYPE) == (b->mode & TREE_MODE_TYPE);
}

static int clean(struct merge_outcome *outcome, const struct merge_entry *entry)
{
	outcome->result = MERGE_CLEAN;
	outcome->entry = *entry;
	return 0;
}

static int conflict(struct merge_outcome *outcome, const char *reason)
{
	outcome->result = MERGE_CONFLICT;
	outcome->reason = reason;
	return 0;
}

static int read_blob(struct object *ret_object, struct store *store, const char *path,
		     const git_oid *id, struct error *err)
{
	struct error inner = ERROR_INIT;
	int result = store_read(ret_object, store, id, GIT_OBJECT_BLOB, &inner);

	if (result == ERROR_NOT_FOUND)
		return error_set(
			err, result,
			"blob %s of '%s' is missing from the repository, and merging needs it",
			git_oid_tostr_s(id), path);
	if (result)
		return error_set(err, result, "'%s': %s", path, inner.message);
	return 0;
}

static struct merge_text text_of(const struct object *object)
{
	struct merge_text text = { object->data ? object->data : "", object->length };

	return text;
}

static enum merge_kind conflict_kind(const struct merge_text *base, const struct merge_text *ours,
				     const struct merge_text *theirs)
{
	const struct merge_text *all[] = { base, ours, theirs };

	for (int i = 0; i < 3; i++)
		if (memchr(all[i]->data, '\0', all[i]->length < 8000 ? all[i]->length : 8000))
			return MERGE_KIND_BINARY;
	return MERGE_KIND_LINES;
}

static void set_result(struct merge_outcome *outcome, const struct merge_key *key,
		       enum merge_kind kind, const git_oid *merged)
{
	outcome->content = true;
	if (kind == MERGE_KIND_CLEAN) {
		outcome->result = MERGE_CLEAN;
		outcome->entry.id = *merged;
		return;
	}
	outcome->result = MERGE_CONFLICT;
	outcome->reason = kind == MERGE_KIND_BINARY ? "both sides changed a binary file"
			  : git_oid_is_zero(&key->base)
				  ? "both sides added it with different contents"
				  : "both sides changed the same lines";
}

/* True where the result is known, and the store has the blob or can make it. */
static bool recall(struct merge_outcome *outcome, struct store *store, const struct merge_key *key)
{
	const struct merge_record *record = merges_find(store_merges(store), key);

	if (!record || (record->kind == MERGE_KIND_CLEAN && !store_has(store, &record->merged)))
		return false;
	set_result(outcome, key, record->kind, &record->merged);
	return true;
}

/* Three blobs that all differ; the base may be none: both sides added the file. */
static int merge_blobs(struct merge_outcome *outcome, struct store *store, const char *path,
		       const struct merge_key *key, struct error *err)
{
	enum merge_kind kind = MERGE_KIND_CLEAN;
	bool has_base = !git_oid_is_zero(&key->base);
	git_oid merged = { 0 };
	struct object base_object = OBJECT_INIT, our_object = OBJECT_INIT;
	struct object their_object = OBJECT_INIT;
	struct merge_text base_text, our_text, their_text;
	int result;

	if (recall(outcome, store, key))
		return 0;
	/* Newest first: a pack holds older versions as deltas of newer ones. */
	result = read_blob(&their_object, store, path, &key->theirs, err);
	if (!result && has_base)
		result = read_blob(&base_object, store, path, &key->base, err);
	if (!result)
		result = read_blob(&our_object, store, path, &key->ours, err);
	if (result)
		goto out;
	base_text = text_of(&base_object);
	our_text = text_of(&our_object);
	their_text = text_of(&their_object);
	if (merge_texts(&outcome->merged, &base_text, &our_text, &their_text) == MERGE_CONFLICT)
		kind = conflict_kind(&base_text, &our_text, &their_text);
	else
		result = store_hash_blob(&merged, store, outcome->merged.data,
					 outcome->merged.length, err);
	if (result)
		goto out;
	merges_add(store_merges(store), key, kind, &merged);
	set_result(outcome, key, kind, &merged);
	outcome->unwritten = kind == MERGE_KIND_CLEAN;
out:
	object_release(&base_object);
	object_release(&our_object);
	object_release(&their_object);
	return result;
}

/* Both sides have the path, in one type, and neither is the base. */
static int merge_contents(struct merge_outcome *outcome, struct store *store, const char *path,
			  const struct merge_entry *base, const struct merge_entry *ours,
			  const struct merge_entry *theirs, struct error *err)
{
	struct merge_key key = { .ours = ours->id, .theirs = theirs->id };
	bool mode_conflict = false;
	int result = 0;

	if (base->mode && same_type(base, ours))
		key.base = base->id;
	outcome->entry.mode = theirs->mode;
	if (ours->mode != theirs->mode && ours->mode != base->mode) {
		outcome->entry.mode = ours->mode;
		mode_conflict = theirs->mode != base->mode;
	}
	if (same_id(ours, theirs) || (base->mode && same_id(ours, base)))
		outcome->entry.id = theirs->id;
	else if (base->mode && same_id(theirs, base))
		outcome->entry.id = ours->id;
	else if (tree_mode_is_file(ours->mode))
		result = merge_blobs(outcome, store, path, &key, err);
	else if (ours->mode == TREE_MODE_SYMLINK)
		return conflict(outcome, "both sides changed a symbolic link");
	else
		return conflict(outcome, "both sides changed a submodule");
	if (!result && mode_conflict && outcome->result == MERGE_CLEAN)
		return conflict(outcome, "the sides set different modes");
	return result;
}

int merge_entries(struct merge_outcome *ret_outcome, struct store *store, const char *path,
		  const struct merge_entry *base, const struct merge_entry *ours,
		  const struct merge_entry *theirs, struct error *err)
{
	memset(ret_outcome, 0, sizeof(*ret_outcome));
	buffer_init(&ret_outcome->merged);
	if (same(ours, base))
		return clean(ret_outcome, theirs);
	if (same(theirs, base) || same(ours, theirs))
		return clean(ret_outcome, ours);
	if (!ours->mode)
		return conflict(ret_outcome, "the change is to a file that is not in the tree");
	if (!theirs->mode)
		return conflict(ret_outcome, "it is deleted, but differs in the tree");
	if (!same_type(ours, theirs))
		return conflict(ret_outcome,
				"file, symbolic link or submodule: the sides differ in type");
	return merge_contents(ret_outcome, store, path, base, ours, theirs, err);
}

int merge_outcome_write(struct merge_outcome *outcome, struct store *store, struct error *err)
{
	if (outcome->result != MERGE_CLEAN || !outcome->unwritten)
		return 0;
	outcome->unwritten = false;
	return store_write_merged(store, &outcome->entry.id, outcome->merged.data,
				  outcome->merged.length, err);
}

void merge_outcome_release(struct merge_outcome *outcome)
{
	buffer_release(&outcome->merged);
}
