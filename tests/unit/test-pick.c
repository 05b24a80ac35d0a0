/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single picks, each with its three trees as text: what the parent, the commit and the
 * target hold, and what is to come of it. tests/engine/pick.py compares with git.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/process.h"
#include "base/process.h"
#include "git/merge.h"
#include "git/repository.h"
#include "git/pick.h"
#include "git/tree-entry.h"

static char directory[64];
static git_repository *repository;
static struct store *store;

static int setup(void **state)
{
	snprintf(directory, sizeof(directory), "/tmp/sectree-test-XXXXXX");
	git_start(NULL);
	return !mkdtemp(directory) || git_repository_init(&repository, directory, true) ||
	       store_open(&store, repository, STORE_WRITE, NULL);
}

static int teardown(void **state)
{
	const char *remove[] = { "rm", "-rf", directory, NULL };
	struct process_request request = { remove };

	store_close(store);
	git_repository_free(repository);
	git_stop();
	return process_run(NULL, &request, NULL);
}

/*
 * "path=lines path=lines": each character of the lines is a line. A path that starts with
 * '+' is executable, with '@' a symbolic link, with '#' a submodule.
 */
static git_oid write_tree(const char *description)
{
	struct tree *tree;
	git_oid root;

	assert_int_equal(tree_open(&tree, store, NULL, NULL), 0);
	while (*description) {
		const char *equals = strchr(description, '=');
		const char *end = strchrnul(description, ' ');
		unsigned mode = TREE_MODE_FILE;
		struct buffer lines = BUFFER_INIT;
		git_oid id;
		char *path;

		mode = *description == '+'   ? TREE_MODE_EXECUTABLE
		       : *description == '@' ? TREE_MODE_SYMLINK
		       : *description == '#' ? TREE_MODE_SUBMODULE
					     : TREE_MODE_FILE;
		description += mode != TREE_MODE_FILE;
		path = string_copy_length(description, equals - description);
		for (const char *at = equals + 1; at < end; at++)
			buffer_add_format(&lines, "line %c of a file\n", *at);
		assert_int_equal(
			store_write(&id, store, GIT_OBJECT_BLOB, lines.data, lines.length, NULL),
			0);
		assert_int_equal(tree_set(tree, path, mode, &id, NULL), 0);
		free(path);
		buffer_release(&lines);
		description = *end ? end + 1 : end;
	}
	assert_int_equal(tree_write(&root, tree, NULL), 0);
	tree_close(tree);
	return root;
}

struct pick_case {
	const char *parent, *commit, *target;
	const char *wanted; /* NULL = a conflict */
	enum pick_result result;
	const char *path; /* of the conflict */
};

static const struct pick_case cases[] = {
	/* trivial */
	{ "f=abc", "f=abX", "f=abc g=q", "f=abX g=q", PICK_TRIVIAL },
	{ "f=abc", "", "f=abc g=q", "g=q", PICK_TRIVIAL },
	{ "g=q", "g=q d/f=abc", "g=q", "g=q d/f=abc", PICK_TRIVIAL },
	{ "f=abc", "+f=abc", "f=abc", "+f=abc", PICK_TRIVIAL },
	{ "f=abc", "@f=a", "f=abc", "@f=a", PICK_TRIVIAL },
	{ "f=abc", "f/g=abc", "f=abc", "f/g=abc", PICK_TRIVIAL },
	{ "#s=a", "#s=b", "#s=a", "#s=b", PICK_TRIVIAL },
	/* there already */
	{ "f=abc", "f=abX", "f=abX", "f=abX", PICK_EMPTY },
	{ "f=abc g=q", "g=q", "g=q", "g=q", PICK_EMPTY },
	{ "g=q", "g=q f=a", "g=q f=a", "g=q f=a", PICK_EMPTY },
	{ "f=abcde", "f=abcdX", "f=YbcdX", "f=YbcdX", PICK_EMPTY },
	{ "f=a", "f=a", "f=b", "f=b", PICK_EMPTY },
	/* merged */
	{ "f=abcde", "f=abcdX", "f=Ybcde", "f=YbcdX", PICK_MERGED },
	{ "f=abcde", "+f=abcde", "f=Ybcde", "+f=Ybcde", PICK_TRIVIAL },
	{ "f=abcde", "+f=abcdX", "f=Ybcde", "+f=YbcdX", PICK_MERGED },
	/* conflicts */
	{ "f=abc", "f=aXc", "f=aYc", NULL, PICK_CONFLICT, "f" },
	{ "f=abc g=q", "f=aXc g=z", "f=aYc g=q", NULL, PICK_CONFLICT, "f" },
	{ "f=abc", "f=aXc", "g=q", NULL, PICK_CONFLICT, "f" },
	{ "f=abc", "g=q", "f=aXc", NULL, PICK_CONFLICT, "f" },
	{ "g=q", "g=q f=a", "g=q f=b", NULL, PICK_CONFLICT, "f" },
	{ "@f=a", "@f=b", "@f=c", NULL, PICK_CONFLICT, "f" },
	{ "#s=a", "#s=b", "#s=c", NULL, PICK_CONFLICT, "s" },
	{ "f=abc", "@f=a", "f=abX", NULL, PICK_CONFLICT, "f" },
	{ "g=q", "g=q d/f=a", "g=q d=z", NULL, PICK_CONFLICT, "d/f" },
	{ "g=q", "g=q d=a", "g=q d/f=z", NULL, PICK_CONFLICT, "d" },
	/* the tree has the file under another name */
	{ "d/new=abcdefgh", "d/new=abcdefgX", "d/old=abcdefgh", "d/old=abcdefgX", PICK_TRIVIAL },
	{ "d/new=abcdefgh", "d/new=abcdefgX", "d/old=Ybcdefgh", "d/old=YbcdefgX", PICK_MERGED },
	{ "d/new=abcdefgh", "d/new=abcdefgX", "d/old=abcdefgY", NULL, PICK_CONFLICT, "d/old" },
	{ "d/new=abcdefgh", "d/new=abcdefgX", "d/old=zyxwvu", NULL, PICK_CONFLICT, "d/new" },
	{ "d/new=abcdefgh", "g=q", "d/old=abcdefgh", NULL, PICK_CONFLICT, "d/old" },
	/* the change renames the file */
	{ "a=abcdefgh", "b=abcdefgX", "a=Ybcdefgh", "b=YbcdefgX", PICK_MERGED },
	{ "a=abcdefgh", "b=abcdefgh", "a=Ybcdefgh", "b=Ybcdefgh", PICK_TRIVIAL },
	{ "a=abcdefgh", "b=abcdefgh", "g=q", NULL, PICK_CONFLICT, "b" },
	{ "a=abcdefgh", "b=abcdefgh", "b=Ybcdefgh", "b=Ybcdefgh", PICK_EMPTY },
	{ "a=abcdefgh", "b=abcdefgh", "c=abcdefgh", NULL, PICK_CONFLICT, "a" },
	/* a file added to a directory that has another name in the tree */
	{ "new/a=abcdefgh", "new/a=abcdefgh new/b=q", "old/a=abcdefgh", NULL, PICK_CONFLICT,
	  "new/b" },
};

static void run_case(const struct pick_case *pick_case)
{
	git_oid parent = write_tree(pick_case->parent), commit = write_tree(pick_case->commit);
	git_oid target = write_tree(pick_case->target);
	git_oid wanted = pick_case->wanted ? write_tree(pick_case->wanted) : target;
	struct change_list list = CHANGE_LIST_INIT;
	struct pick_change change = { &list, parent };
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	struct error err = ERROR_INIT;
	struct tree *tree;
	git_oid root;

	store_finish(store, NULL); /* change_list_read reads from the odb */
	assert_int_equal(change_list_read(&list, store_odb(store), &parent, &commit, &err), 0);
	assert_int_equal(tree_open(&tree, store, &target, &err), 0);
	assert_int_equal(pick_apply(&outcome, tree, store, &change, &err), 0);
	assert_int_equal(tree_write(&root, tree, &err), 0);
	assert_string_equal(pick_result_name(outcome.result), pick_result_name(pick_case->result));
	if (pick_case->path) {
		assert_string_equal(outcome.conflict_path, pick_case->path);
		assert_non_null(outcome.conflict_reason);
	}
	assert_true(git_oid_equal(&root, &wanted));
	for (size_t i = 1; i < outcome.path_count; i++)
		assert_true(strcmp(outcome.paths[i - 1].path, outcome.paths[i].path) < 0);
	pick_outcome_release(&outcome);
	change_list_release(&list);
	tree_close(tree);
}

static void picks_come_out_as_with_git(void **state)
{
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		print_message("# %s -> %s onto %s\n", cases[i].parent, cases[i].commit,
			      cases[i].target);
		run_case(&cases[i]);
	}
}

static void missing_blob_is_named(void **state)
{
	struct change_list list = CHANGE_LIST_INIT;
	struct change *item = array_add(&list);
	struct pick_change change = { &list };
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	git_oid target = write_tree("f=abc"), gone;
	struct error err = ERROR_INIT;
	struct tree *tree;
	unsigned mode;

	git_oid_fromstr(&gone, "1234567890123456789012345678901234567890");
	assert_int_equal(tree_open(&tree, store, &target, &err), 0);
	item->path = string_copy("f");
	item->old_mode = item->new_mode = TREE_MODE_FILE;
	item->new_id = gone;
	/* Taken as it is, a blob need not be there ... */
	assert_int_equal(tree_get(&mode, &item->old_id, tree, "f", &err), 0);
	assert_int_equal(pick_apply(&outcome, tree, store, &change, &err), 0);
	assert_int_equal(outcome.result, PICK_TRIVIAL);
	pick_outcome_release(&outcome);
	tree_close(tree);
	/* ... but to merge it must. */
	assert_int_equal(tree_open(&tree, store, &target, &err), 0);
	item->old_id = gone;
	item->new_id.id[0]++;
	assert_int_equal(pick_apply(&outcome, tree, store, &change, &err), ERROR_NOT_FOUND);
	assert_non_null(strstr(err.message, "'f'"));
	assert_non_null(strstr(err.message, git_oid_tostr_s(&item->new_id)));
	pick_outcome_release(&outcome);
	change_list_release(&list);
	tree_close(tree);
}

/* A file that no cache takes, with some lines changed. */
static struct merge_entry write_large(const char *changed)
{
	enum {
		LINES = 700000
	};
	struct merge_entry entry = { .mode = TREE_MODE_FILE };
	struct buffer text = BUFFER_INIT;

	for (int line = 0; line < LINES; line++)
		buffer_add_format(&text, "line %d of a large file %s\n", line,
				  strchr(changed, '0' + line % 10) && line < 10 ? "changed" : "");
	assert_true(text.length > 17 << 20);
	assert_int_equal(
		store_write(&entry.id, store, GIT_OBJECT_BLOB, text.data, text.length, NULL), 0);
	buffer_release(&text);
	return entry;
}

static struct merge_entry merge_large(bool *ret_known, struct store *into,
				      const struct merge_entry *base,
				      const struct merge_entry *ours,
				      const struct merge_entry *theirs)
{
	struct merge_outcome outcome;
	struct merge_entry merged;

	assert_int_equal(merge_entries(&outcome, into, "f", base, ours, theirs, NULL), 0);
	assert_int_equal(outcome.result, MERGE_CLEAN);
	assert_true(outcome.content);
	*ret_known = !outcome.unwritten;
	assert_int_equal(merge_outcome_write(&outcome, into, NULL), 0);
	merged = outcome.entry;
	merge_outcome_release(&outcome);
	return merged;
}

/* What was merged before is not merged again, unless somebody wants to read it. */
static void merges_are_remembered(void **state)
{
	struct merge_entry base = write_large(""), ours = write_large("1");
	struct merge_entry third = write_large("3"), fifth = write_large("5"), one, two, three;
	struct object object = OBJECT_INIT;
	struct store *trial, *other, *writing;
	git_oid made;
	bool known;

	assert_int_equal(store_finish(store, NULL), 0);
	assert_int_equal(store_open(&trial, repository, STORE_TRIAL, NULL), 0);
	assert_int_equal(store_open(&other, repository, STORE_TRIAL, NULL), 0);
	assert_int_equal(store_open(&writing, repository, STORE_WRITE, NULL), 0);
	store_share_merges(other, store_merges(trial));
	store_share_merges(writing, store_merges(trial));
	one = merge_large(&known, trial, &base, &ours, &third);
	assert_false(known);
	two = merge_large(&known, trial, &base, &one, &fifth);
	assert_false(known);
	store_close(trial);
	two = merge_large(&known, other, &base, &one, &fifth);
	assert_true(known);
	three = write_large("135");
	assert_true(git_oid_equal(&two.id, &three.id));
	assert_true(store_has(other, &two.id));
	assert_int_equal(store_read(&object, other, &two.id, GIT_OBJECT_BLOB, NULL), 0);
	assert_int_equal(git_odb_hash(&made, object.data, object.length, GIT_OBJECT_BLOB), 0);
	assert_true(git_oid_equal(&made, &two.id));
	object_release(&object);
	/* What is written has to be there. */
	assert_false(store_has(writing, &two.id));
	one = merge_large(&known, writing, &base, &ours, &third);
	assert_false(known);
	one = merge_large(&known, writing, &base, &ours, &third);
	assert_true(known);
	store_close(writing);
	store_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_come_out_as_with_git),
		cmocka_unit_test(missing_blob_is_named),
		cmocka_unit_test(merges_are_remembered),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
