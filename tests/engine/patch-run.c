/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Applies patches to trees, and writes the differences of trees as patches.
 *
 *	patch-run REPO < lines
 *
 * "apply TREE FILE": prints the resulting tree, or "conflict", "refused" and why.
 * "print TREE TREE FILE": writes the patch; prints "printed", or "refused" and why.
 */
#include <stdbool.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/repository.h"

static git_repository *repository;
static struct store *store;

static void refused(const struct error *err)
{
	printf("refused\t%s\n", err->message);
}

static void apply(const git_oid *root, const char *file)
{
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct patch patch;
	struct tree *tree = NULL;
	git_oid result;

	if (buffer_read_file(&text, file, PATCH_BYTES_LIMIT, &err) ||
	    patch_parse(&patch, text.data, text.length, PATCH_MAIL, file, 1, &err)) {
		refused(&err);
		buffer_release(&text);
		return;
	}
	if (tree_open(&tree, store, root, &err) || patch_apply(&outcome, tree, store, &patch, &err))
		refused(&err);
	else if (outcome.result == PICK_CONFLICT)
		printf("conflict\t%s:%zu: %s\n", outcome.conflict_path, outcome.conflict_line,
		       outcome.conflict_reason);
	else if (tree_write(&result, tree, &err))
		refused(&err);
	else
		printf("%s\t\n", id_hex(&result).text);
	pick_outcome_release(&outcome);
	tree_close(tree);
	patch_release(&patch);
	buffer_release(&text);
}

static void print(const git_oid *old_root, const git_oid *new_root, const char *file)
{
	struct change_list changes = CHANGE_LIST_INIT;
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_INIT;
	int error = change_list_read(&changes, store_odb(store), old_root, new_root, &err);

	for (size_t i = 0; i < changes.count && !error; i++) {
		const struct change *change = &changes.items[i];
		struct merge_entry before = { change->old_mode, change->old_id };
		struct merge_entry after = { change->new_mode, change->new_id };

		error = patch_print(&text, store, change->path, &before, &after, &err);
	}
	if (!error)
		error = file_replace(file, text.data, text.length, &err);
	if (error)
		refused(&err);
	else
		printf("printed\t\n");
	change_list_release(&changes);
	buffer_release(&text);
}

int main(int argc, char **argv)
{
	char line[4096];
	git_oid first, second;

	if (argc != 2 || git_start(NULL) || git_repository_open(&repository, argv[1]) ||
	    store_open(&store, repository, STORE_TRIAL, NULL))
		return 2;
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "apply ", 6) && !git_oid_fromstrn(&first, line + 6, 40))
			apply(&first, line + 47);
		else if (!strncmp(line, "print ", 6) && !git_oid_fromstrn(&first, line + 6, 40) &&
			 !git_oid_fromstrn(&second, line + 47, 40))
			print(&first, &second, line + 88);
		else
			return 2;
	}
	store_close(store);
	git_repository_free(repository);
	git_stop();
	return 0;
}
