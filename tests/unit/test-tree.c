/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/array.h"
#include "base/process.h"
#include "git/repository.h"
#include "git/change.h"
#include "git/store.h"
#include "git/tree-entry.h"
#include "git/tree.h"

static char directory[64];
static git_repository *repository;
static struct store *store;

static int setup(void **state)
{
	snprintf(directory, sizeof(directory), "/tmp/sectree-test-XXXXXX");
	git_start(NULL);
	return !mkdtemp(directory) || git_repository_init(&repository, directory, true) ||
	       store_open(&store, repository, STORE_TRIAL, NULL);
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

static git_oid number(unsigned value)
{
	git_oid id = { { 0 } };

	id.id[0] = value;
	id.id[19] = 1;
	return id;
}

static int set(struct tree *tree, const char *path, unsigned value)
{
	git_oid id = number(value);
	struct error err;

	return tree_set(tree, path, TREE_MODE_FILE, &id, &err);
}

static unsigned get(struct tree *tree, const char *path)
{
	unsigned mode;
	git_oid id;

	assert_int_equal(tree_get(&mode, &id, tree, path, NULL), 0);
	return mode == TREE_MODE_FILE ? id.id[0] : mode;
}

static struct tree *tree_new(void)
{
	struct tree *tree;

	assert_int_equal(tree_open(&tree, store, NULL, NULL), 0);
	return tree;
}

static void empty_tree_has_gits_id(void **state)
{
	struct tree *tree = tree_new();
	git_oid root;

	assert_int_equal(tree_write(&root, tree, NULL), 0);
	assert_string_equal(git_oid_tostr_s(&root), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_int_equal(set(tree, "a/b/c", 1), 0);
	assert_int_equal(tree_remove(tree, "a/b/c", NULL), 0);
	assert_int_equal(get(tree, "a"), 0);
	assert_int_equal(tree_write(&root, tree, NULL), 0);
	assert_string_equal(git_oid_tostr_s(&root), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	tree_close(tree);
}

/* "a" the directory sorts behind "a.c" and "a-b", "a" the file before them. */
static void entries_are_sorted_as_git_does(void **state)
{
	static const char *const names[] = { "a.c", "a0", "a/x", "a-b", "b" };
	static const char *const wanted[] = { "a-b", "a.c", "a", "a0", "b" };
	struct tree *tree = tree_new(), *again;
	struct tree_entries entries;
	struct object object;
	git_oid root, second;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_int_equal(set(tree, names[i], i + 1), 0);
	assert_int_equal(tree_write(&root, tree, NULL), 0);
	assert_int_equal(store_read(&object, store, &root, GIT_OBJECT_TREE, NULL), 0);
	tree_entries_init(&entries, object.data, object.length);
	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		assert_int_equal(tree_entries_next(&entries), 1);
		assert_string_equal(entries.entry.name, wanted[i]);
	}
	assert_int_equal(tree_entries_next(&entries), 0);
	object_release(&object);
	assert_int_equal(tree_open(&again, store, &root, NULL), 0);
	assert_int_equal(get(again, "a/x"), 3);
	assert_int_equal(get(again, "a"), TREE_MODE_DIRECTORY);
	assert_int_equal(get(again, "a/x/y"), 0);
	assert_int_equal(set(again, "a/x", 9), 0);
	assert_int_equal(set(again, "a/x", 3), 0);
	assert_int_equal(tree_write(&second, again, NULL), 0);
	assert_true(git_oid_equal(&root, &second));
	tree_close(again);
	tree_close(tree);
}

static void files_and_directories_conflict(void **state)
{
	struct tree *tree = tree_new();

	assert_int_equal(set(tree, "a/b", 1), 0);
	assert_int_equal(set(tree, "a", 2), ERROR_CONFLICT);
	assert_int_equal(set(tree, "a/b/c", 2), ERROR_CONFLICT);
	assert_int_equal(get(tree, "a/b"), 1);
	assert_int_equal(tree_remove(tree, "a", NULL), 0); /* no file: nothing */
	assert_int_equal(tree_remove(tree, "a/b/c", NULL), 0);
	assert_int_equal(get(tree, "a/b"), 1);
	tree_close(tree);
}

static void impossible_paths_are_refused(void **state)
{
	static const char *const paths[] = { "",  "/a",	  "a/",		 "a//b",
					     ".", "a/..", ".git/config", "a/.GIT" };
	struct tree *tree = tree_new();
	char deep[1024] = "", longest[5000];

	for (size_t i = 0; i < COUNT_OF(paths); i++)
		assert_int_equal(set(tree, paths[i], 1), ERROR_INPUT);
	for (int i = 0; i < 129; i++)
		memcpy(deep + 2 * i, "d/", 3);
	assert_int_equal(set(tree, deep, 1), ERROR_INPUT);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(set(tree, longest, 1), ERROR_INPUT);
	tree_close(tree);
}

static void edits_are_all_or_none(void **state)
{
	struct tree *tree = tree_new();
	struct tree_edit edits[] = { { "x/inner", TREE_MODE_FILE, number(7) },
				     { "x", 0, { { 0 } } },
				     { "new/file", TREE_MODE_SYMLINK, number(8) },
				     { "dir", TREE_MODE_FILE, number(9) } };
	git_oid before, after, with;
	size_t failed = 0;

	assert_int_equal(set(tree, "x", 1), 0);
	assert_int_equal(set(tree, "dir/file", 2), 0);
	assert_int_equal(tree_write(&before, tree, NULL), 0);
	assert_int_equal(tree_apply_which(&failed, tree, edits, 4, NULL), ERROR_CONFLICT);
	assert_int_equal(failed, 3);
	assert_int_equal(tree_write(&after, tree, NULL), 0);
	assert_true(git_oid_equal(&before, &after));

	assert_int_equal(tree_write_with(&with, tree, edits, 3, NULL), 0);
	assert_false(git_oid_equal(&before, &with));
	assert_int_equal(get(tree, "x"), 1);
	assert_int_equal(tree_write(&after, tree, NULL), 0);
	assert_true(git_oid_equal(&before, &after));

	assert_int_equal(tree_apply(tree, edits, 3, NULL), 0);
	assert_int_equal(get(tree, "x/inner"), 7);
	assert_int_equal(tree_write(&after, tree, NULL), 0);
	assert_true(git_oid_equal(&with, &after));
	tree_close(tree);
}

static void changes_are_those_of_the_written_trees(void **state)
{
	struct change_list live = CHANGE_LIST_INIT;
	struct tree *tree = tree_new();
	git_oid before;

	assert_int_equal(set(tree, "a/b/c", 1), 0);
	assert_int_equal(set(tree, "a/d", 2), 0);
	assert_int_equal(set(tree, "z", 3), 0);
	assert_int_equal(tree_write(&before, tree, NULL), 0);
	assert_int_equal(tree_changes(&live, tree, &before, NULL), 0);
	assert_int_equal(live.count, 0);
	assert_int_equal(set(tree, "a/b/c", 4), 0);
	assert_int_equal(set(tree, "n/m", 5), 0);
	assert_int_equal(tree_remove(tree, "z", NULL), 0);
	assert_int_equal(tree_changes(&live, tree, &before, NULL), 0);
	assert_int_equal(live.count, 3);
	assert_string_equal(live.items[0].path, "a/b/c");
	assert_int_equal(live.items[0].old_id.id[0], 1);
	assert_int_equal(live.items[0].new_id.id[0], 4);
	assert_string_equal(live.items[1].path, "n/m");
	assert_int_equal(live.items[1].old_mode, 0);
	assert_string_equal(live.items[2].path, "z");
	assert_int_equal(live.items[2].new_mode, 0);
	change_list_release(&live);
	tree_close(tree);
}

static void missing_and_malformed_trees_are_named(void **state)
{
	static const char twice[] = "100644 a\0"
				    "01234567890123456789"
				    "100644 a.c\0"
				    "01234567890123456789"
				    "40000 a\0"
				    "01234567890123456789";
	git_oid id = number(77);
	struct error err = ERROR_INIT;
	struct tree *tree;

	assert_int_equal(tree_open(&tree, store, &id, &err), ERROR_NOT_FOUND);
	assert_non_null(strstr(err.message, git_oid_tostr_s(&id)));
	assert_int_equal(store_write(&id, store, GIT_OBJECT_TREE, twice, sizeof(twice) - 1, &err),
			 0);
	assert_int_equal(tree_open(&tree, store, &id, &err), ERROR_INPUT);
	assert_non_null(strstr(err.message, git_oid_tostr_s(&id)));
	assert_non_null(strstr(err.message, "twice"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_tree_has_gits_id),
		cmocka_unit_test(entries_are_sorted_as_git_does),
		cmocka_unit_test(files_and_directories_conflict),
		cmocka_unit_test(impossible_paths_are_refused),
		cmocka_unit_test(edits_are_all_or_none),
		cmocka_unit_test(changes_are_those_of_the_written_trees),
		cmocka_unit_test(missing_and_malformed_trees_are_named),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
