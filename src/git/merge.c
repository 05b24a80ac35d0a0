/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/merge.h"

#include <string.h>

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

static const char *conflict_reason(const struct merge_text *base, const struct merge_text *ours,
				   const struct merge_text *theirs, bool two_way)
{
	const struct merge_text *all[] = { base, ours, theirs };

	for (int i = 0; i < 3; i++)
		if (memchr(all[i]->data, '\0', all[i]->length < 8000 ? all[i]->length : 8000))
			return "both sides changed a binary file";
	return two_way ? "both sides added it with different contents"
		       : "both sides changed the same lines";
}

/* Three blobs that all differ; `base` NULL: both sides added the file. */
static int merge_blobs(struct merge_outcome *outcome, struct store *store, const char *path,
		       const git_oid *base, const git_oid *ours, const git_oid *theirs,
		       struct error *err)
{
	struct object base_object = OBJECT_INIT, our_object = OBJECT_INIT;
	struct object their_object = OBJECT_INIT;
	struct merge_text base_text, our_text, their_text;
	int result;

	/* Newest first: a pack holds older versions as deltas of newer ones. */
	result = read_blob(&their_object, store, path, theirs, err);
	if (!result && base)
		result = read_blob(&base_object, store, path, base, err);
	if (!result)
		result = read_blob(&our_object, store, path, ours, err);
	if (result)
		goto out;
	base_text = text_of(&base_object);
	our_text = text_of(&our_object);
	their_text = text_of(&their_object);
	outcome->content = true;
	outcome->result = merge_texts(&outcome->merged, &base_text, &our_text, &their_text);
	if (outcome->result == MERGE_CONFLICT)
		outcome->reason = conflict_reason(&base_text, &our_text, &their_text, !base);
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
	bool mode_conflict = false;
	int result = 0;

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
		result = merge_blobs(outcome, store, path,
				     base->mode && same_type(base, ours) ? &base->id : NULL,
				     &ours->id, &theirs->id, err);
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
	if (outcome->result != MERGE_CLEAN || !outcome->content)
		return 0;
	return store_write(&outcome->entry.id, store, GIT_OBJECT_BLOB, outcome->merged.data,
			   outcome->merged.length, err);
}

void merge_outcome_release(struct merge_outcome *outcome)
{
	buffer_release(&outcome->merged);
}
