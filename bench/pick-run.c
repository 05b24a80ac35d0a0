/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Picks commits one by one and prints what came of each: what the comparisons with
 * `git cherry-pick` and the measurements of bench/pick-rate run.
 *
 *	pick-run [-w] [-q] [-s] REPO BASE < commits, one id a line
 *
 * Each line printed: commit, result, content merges, tree id, conflicting path and reason,
 * separated by tabs. -w writes a pack into REPO (else nothing is written), -q prints only
 * counts and times, -s starts every pick from BASE instead of the pick before.
 */
#include <stdbool.h>
#include <sys/resource.h>

#include "base/array.h"
#include "git/change.h"
#include "git/pick.h"
#include "git/repository.h"
#include "git/store.h"
#include "git/tree.h"

struct run {
	git_repository *repository;
	struct store *store;
	struct tree *tree;
	git_oid base, tip;
	bool write, quiet, separate;
	size_t counts[PICK_RESULTS], content_merges, searched;
	struct error err;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int fail(const char *words)
{
	const git_error *last = git_error_last();

	fprintf(stderr, "%s%s%s\n", words, last ? ": " : "", last ? last->message : "");
	return 3;
}

static int read_change(struct run *run, struct change_list *list, git_oid *parent_tree,
		       const git_oid *id)
{
	git_commit *commit = NULL, *parent = NULL;
	int result = -1;

	memset(parent_tree, 0, sizeof(*parent_tree));
	if (git_commit_lookup(&commit, run->repository, id))
		return fail("no commit");
	if (git_commit_parentcount(commit) && git_commit_parent(&parent, commit, 0)) {
		git_commit_free(commit);
		return fail("no parent");
	}
	if (parent)
		*parent_tree = *git_commit_tree_id(parent);
	result = change_list_read_store(list, run->store, parent ? parent_tree : NULL,
					git_commit_tree_id(commit), &run->err);
	git_commit_free(commit);
	git_commit_free(parent);
	return result ? fail(run->err.message) : 0;
}

/* A commit object for each pick, as a build writes them; its message does not matter. */
static int write_commit(struct run *run, const git_oid *tree)
{
	char text[512], tree_name[GIT_OID_HEXSZ + 1], tip[GIT_OID_HEXSZ + 1];
	git_oid id;
	int length;

	git_oid_tostr(tree_name, sizeof(tree_name), tree);
	git_oid_tostr(tip, sizeof(tip), &run->tip);
	length = snprintf(text, sizeof(text),
			  "tree %s\nparent %s\nauthor A <a@example.com> 0 +0000\n"
			  "committer A <a@example.com> 0 +0000\n\npick\n",
			  tree_name, tip);
	if (store_write(&id, run->store, GIT_OBJECT_COMMIT, text, length, &run->err))
		return fail(run->err.message);
	run->tip = id;
	return 0;
}

static int pick(struct run *run, const git_oid *id)
{
	struct change_list list = CHANGE_LIST_INIT;
	struct pick_outcome outcome = PICK_OUTCOME_INIT;
	struct pick_change change = { &list };
	git_oid root = { 0 };
	int result = read_change(run, &list, &change.parent_tree, id);

	if (!result && run->separate) {
		tree_close(run->tree);
		run->tree = NULL;
		result = tree_open(&run->tree, run->store, &run->base, &run->err);
	}
	if (!result)
		result = pick_apply(&outcome, run->tree, run->store, &change, &run->err);
	if (!result && (run->write || !run->quiet))
		result = tree_write(&root, run->tree, &run->err);
	if (!result && run->write && outcome.result < PICK_EMPTY)
		result = write_commit(run, &root);
	if (!result && !run->quiet) {
		char commit[GIT_OID_HEXSZ + 1], tree[GIT_OID_HEXSZ + 1];

		printf("%s\t%s\t%zu\t%s\t%s\t%s\n", git_oid_tostr(commit, sizeof(commit), id),
		       pick_result_name(outcome.result), outcome.content_merges,
		       git_oid_tostr(tree, sizeof(tree), &root),
		       outcome.conflict_path ? outcome.conflict_path : "",
		       outcome.conflict_reason ? outcome.conflict_reason : "");
	}
	if (!result) {
		run->counts[outcome.result]++;
		run->content_merges += outcome.content_merges;
		run->searched += outcome.searched;
	} else if (run->err.code) {
		fprintf(stderr, "%s: %s\n", git_oid_tostr_s(id), run->err.message);
	}
	pick_outcome_release(&outcome);
	change_list_release(&list);
	return result;
}

static void print_counts(const struct run *run, double taken)
{
	struct rusage usage;
	size_t all = 0;

	getrusage(RUSAGE_SELF, &usage);
	for (int i = 0; i < PICK_RESULTS; i++)
		all += run->counts[i];
	printf("%zu picks in %.2f s: %.0f/s\n", all, taken, all / taken);
	for (int i = 0; i < PICK_RESULTS; i++)
		printf("%s %zu\n", pick_result_name(i), run->counts[i]);
	printf("content merges %zu, rename searches %zu, objects written %zu\n",
	       run->content_merges, run->searched, store_count(run->store));
	printf("peak memory %ld MiB, user %ld.%02ld s, system %ld.%02ld s\n",
	       usage.ru_maxrss / 1024, usage.ru_utime.tv_sec, usage.ru_utime.tv_usec / 10000,
	       usage.ru_stime.tv_sec, usage.ru_stime.tv_usec / 10000);
}

static int run_picks(struct run *run)
{
	char line[128];
	double start = seconds();
	int result = 0;

	while (!result && fgets(line, sizeof(line), stdin)) {
		git_oid id;

		if (git_oid_fromstrn(&id, line, GIT_OID_HEXSZ))
			return fail("a line is no commit id");
		result = pick(run, &id);
	}
	if (!result && run->write && store_finish(run->store, &run->err))
		result = fail(run->err.message);
	if (!result && run->quiet)
		print_counts(run, seconds() - start);
	if (!result && run->write)
		printf("%s\n", git_oid_tostr_s(&run->tip));
	return result;
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	git_object *base = NULL;
	int option, result;

	while ((option = getopt(argc, argv, "wqs")) != -1) {
		run.write |= option == 'w';
		run.quiet |= option == 'q';
		run.separate |= option == 's';
	}
	if (argc - optind != 2) {
		fprintf(stderr, "usage: pick-run [-w] [-q] [-s] REPO BASE < commits\n");
		return 2;
	}
	git_start(NULL);
	if (git_repository_open(&run.repository, argv[optind]) ||
	    git_revparse_single(&base, run.repository, argv[optind + 1]))
		return fail("cannot open");
	run.tip = *git_object_id(base);
	run.base = *git_commit_tree_id((git_commit *)base);
	result = store_open(&run.store, run.repository, run.write ? STORE_WRITE : STORE_TRIAL,
			    &run.err) ||
		 tree_open(&run.tree, run.store, &run.base, &run.err);
	if (result)
		fail(run.err.message);
	else
		result = run_picks(&run);
	tree_close(run.tree);
	store_close(run.store);
	git_object_free(base);
	git_repository_free(run.repository);
	git_stop();
	return result ? 3 : 0;
}
