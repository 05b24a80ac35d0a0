/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints the changed paths of commits as `git diff-tree -r --no-renames --raw -z`
 * does, so that the two can be compared and timed.
 *
 *	change-list [-q] [-o] REPO < "<old tree> <new tree>" lines ("-" = the empty tree)
 *
 * -q prints nothing but a count, -o reads through libgit2's odb instead of a store.
 */
#include <stdbool.h>

#include "git/repository.h"
#include "git/change.h"
#include "git/store.h"

static const git_oid *parse(git_oid *id, const char *text)
{
	if (!strncmp(text, "-", 1))
		return NULL;
	return git_oid_fromstrn(id, text, GIT_OID_HEXSZ) ? NULL : id;
}

static void print(const struct change *change)
{
	char old[GIT_OID_HEXSZ + 1], new[GIT_OID_HEXSZ + 1];
	char status = !change->old_mode					? 'A'
		      : !change->new_mode				? 'D'
		      : (change->old_mode ^ change->new_mode) & 0170000 ? 'T'
									: 'M';

	git_oid_tostr(old, sizeof(old), &change->old_id);
	git_oid_tostr(new, sizeof(new), &change->new_id);
	printf(":%06o %06o %s %s %c", change->old_mode, change->new_mode, old, new, status);
	putchar('\0');
	fputs(change->path, stdout);
	putchar('\0');
}

static int read_pairs(struct store *store, bool quiet, bool odb)
{
	char line[256];
	size_t pairs = 0, paths = 0;
	struct error err = ERROR_INIT;
	int result = 0;

	while (!result && fgets(line, sizeof(line), stdin)) {
		struct change_list list = CHANGE_LIST_INIT;
		git_oid old, new;
		char *space = strchr(line, ' ');

		if (!space)
			continue;
		result = odb ? change_list_read(&list, store_odb(store), parse(&old, line),
						parse(&new, space + 1), &err)
			     : change_list_read_store(&list, store, parse(&old, line),
						      parse(&new, space + 1), &err);
		for (size_t i = 0; !result && !quiet && i < list.count; i++)
			print(&list.items[i]);
		pairs++;
		paths += list.count;
		change_list_release(&list);
	}
	if (result)
		fprintf(stderr, "%s\n", err.message);
	else if (quiet)
		printf("%zu pairs, %zu paths\n", pairs, paths);
	return result ? 3 : 0;
}

int main(int argc, char **argv)
{
	git_repository *repository;
	struct store *store;
	bool quiet = false, odb = false;
	int option, result;

	while ((option = getopt(argc, argv, "qo")) != -1) {
		quiet |= option == 'q';
		odb |= option == 'o';
	}
	git_start(NULL);
	if (optind + 1 != argc || git_repository_open(&repository, argv[optind]) ||
	    store_open(&store, repository, STORE_TRIAL, NULL)) {
		fprintf(stderr, "usage: change-list [-q] [-o] REPO < pairs-of-trees\n");
		return 2;
	}
	result = read_pairs(store, quiet, odb);
	store_close(store);
	git_repository_free(repository);
	git_stop();
	return result;
}
