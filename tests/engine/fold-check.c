/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Adds and removes members of a fold in a random order and after every step compares
 * the tree with that of a fresh fold of the same set, or, where a step was refused,
 * sees to it that a fresh fold of that set has a conflict too.
 *
 *	fold-check REPO BASE SEED STEPS < commits, in the order of the series
 */
#include <stdbool.h>

#include "base/array.h"
#include "git/fold.h"
#include "git/repository.h"

struct candidate {
	git_oid id;
	struct change_list list;
	struct pick_change change;
	struct patch patch; /* its change by context */
	bool has_patch;
	const struct patch *resolution; /* the patch of another, which now and then applies */
	bool member;
};

struct check {
	git_repository *repository;
	struct store *store;
	git_oid base;
	ARRAY(struct candidate) candidates;
	struct fold *fold;
	unsigned long long random;
	size_t added, late, removed, refused, empty, replayed, picked, batches, dropped, resolved;
	struct error err;
};

static void die(const struct check *check, const char *words)
{
	printf("not ok: %s (%s)\n", words, check->err.message);
	exit(1);
}

static unsigned next_random(struct check *check, unsigned below)
{
	check->random = check->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (check->random >> 33) % below;
}

/* None where a patch cannot say it: binary files, submodules. */
static void make_patch(struct check *check, struct candidate *candidate)
{
	struct buffer text = BUFFER_INIT;
	int error = 0;

	for (size_t i = 0; i < candidate->list.count && !error; i++) {
		const struct change *change = &candidate->list.items[i];
		struct merge_entry before = { change->old_mode, change->old_id };
		struct merge_entry after = { change->new_mode, change->new_id };

		error = patch_print(&text, check->store, change->path, &before, &after, NULL);
	}
	if (!error && text.length) {
		if (patch_parse(&candidate->patch, text.data, text.length, PATCH_BARE, "own", 1,
				&check->err))
			die(check, "a patch of our own cannot be read");
		candidate->has_patch = true;
	}
	buffer_release(&text);
}

static void read_candidates(struct check *check)
{
	char line[128];

	while (fgets(line, sizeof(line), stdin)) {
		struct candidate *candidate = array_add(&check->candidates);
		git_commit *commit, *parent;

		if (git_oid_fromstrn(&candidate->id, line, GIT_OID_HEXSZ) ||
		    git_commit_lookup(&commit, check->repository, &candidate->id) ||
		    git_commit_parent(&parent, commit, 0))
			die(check, "a line names no commit with a parent");
		candidate->change.parent_tree = *git_commit_tree_id(parent);
		if (change_list_read(&candidate->list, store_odb(check->store),
				     git_commit_tree_id(parent), git_commit_tree_id(commit),
				     &check->err))
			die(check, "change");
		git_commit_free(commit);
		git_commit_free(parent);
	}
	for (size_t i = 0; i < check->candidates.count; i++) {
		struct candidate *candidate = &check->candidates.items[i];

		candidate->change.list = &candidate->list;
		make_patch(check, candidate);
	}
	for (size_t i = 1; i < check->candidates.count; i += 2) {
		size_t other = next_random(check, check->candidates.count);

		if (check->candidates.items[other].has_patch)
			check->candidates.items[i].resolution =
				&check->candidates.items[other].patch;
	}
}

static struct fold_member member_of(const struct candidate *candidate, uint64_t order)
{
	return (struct fold_member){ .order = order,
				     .change = candidate->change,
				     .resolutions = &candidate->resolution,
				     .resolution_count = candidate->resolution != NULL };
}

/*
 * A fresh fold of the current set; whether it has a tree. With `drop`, what conflicts is
 * no member any more.
 */
static bool fresh(git_oid *ret_root, struct check *check, bool drop)
{
	struct fold *fold;
	bool done = true;

	if (fold_open(&fold, check->store, &check->base, &check->err))
		die(check, "fold_open");
	for (size_t i = 0; i < check->candidates.count && done; i++) {
		struct candidate *candidate = &check->candidates.items[i];
		struct fold_member member = member_of(candidate, i);
		struct fold_report report;

		if (!candidate->member)
			continue;
		if (fold_add(&report, fold, &member, &check->err))
			die(check, "fold_add");
		done = report.done || drop;
		candidate->member &= done ? report.done : true;
		fold_report_release(&report);
	}
	if (done && fold_write(ret_root, fold, &check->err))
		die(check, "fold_write");
	fold_close(fold);
	return done;
}

static void compare(struct check *check, struct candidate *candidate, bool done,
		    const git_oid *before)
{
	git_oid root, wanted;

	if (fold_write(&root, check->fold, &check->err))
		die(check, "fold_write");
	if (fresh(&wanted, check, false) != done)
		die(check, done ? "a fresh fold conflicts" : "a fresh fold has a tree");
	if (done && !git_oid_equal(&root, &wanted))
		die(check, "a fresh fold has another tree");
	if (!done) {
		if (!git_oid_equal(&root, before))
			die(check, "a refused step has changed the tree");
		candidate->member = !candidate->member;
	}
}

static void step(struct check *check)
{
	size_t index = next_random(check, check->candidates.count);
	struct candidate *candidate = &check->candidates.items[index];
	struct fold_report report = FOLD_REPORT_INIT;
	git_oid before;
	bool adds = !candidate->member;
	int result;

	if (!adds && next_random(check, 3) == 0)
		return;
	if (fold_write(&before, check->fold, &check->err))
		die(check, "fold_write");
	if (adds) {
		struct fold_member member = member_of(candidate, index);
		size_t count = fold_count(check->fold);

		check->late += count && fold_member_at(check->fold, count - 1)->order > index;
		result = fold_add(&report, check->fold, &member, &check->err);
	} else {
		result = fold_remove(&report, check->fold, index, &check->err);
	}
	if (result)
		die(check, "a step failed");
	candidate->member = adds;
	check->added += report.done && adds;
	check->removed += report.done && !adds;
	check->resolved += report.done && adds && report.resolved;
	check->empty += report.done && report.result == PICK_EMPTY;
	check->refused += !report.done;
	check->replayed += report.replayed;
	check->picked += report.picked;
	if (!report.done && (!report.conflict_path || !report.conflict_reason))
		die(check, "a conflict without a reason");
	compare(check, candidate, report.done, &before);
	fold_report_release(&report);
}

/* Several members at once, with what does not fit left out, or all or none. */
static void batch(struct check *check)
{
	bool was[1000], drop = next_random(check, 2);
	struct fold_member added[8];
	uint64_t removed[8];
	struct fold_change change = { .added = added,
				      .removed = removed,
				      .mode = drop ? FOLD_DROP : FOLD_STRICT };
	struct fold_conflicts conflicts = FOLD_CONFLICTS_INIT;
	struct fold_report report = FOLD_REPORT_INIT;
	git_oid root, wanted;
	bool has_tree;

	for (size_t i = 0; i < check->candidates.count; i++) {
		struct candidate *candidate = &check->candidates.items[i];

		was[i] = candidate->member;
		if (next_random(check, 8) || change.added_count + change.removed_count == 8)
			continue;
		candidate->member = !candidate->member;
		if (candidate->member)
			added[change.added_count++] = member_of(candidate, i);
		else
			removed[change.removed_count++] = i;
	}
	if (fold_update(&report, &conflicts, check->fold, &change, &check->err) ||
	    fold_write(&root, check->fold, &check->err))
		die(check, "a batch failed");
	has_tree = fresh(&wanted, check, drop);
	if (has_tree != report.done || (!report.done && !conflicts.count))
		die(check, "a batch is done where a fresh fold has no tree, or the other way");
	if (!report.done) {
		for (size_t i = 0; i < check->candidates.count; i++)
			check->candidates.items[i].member = was[i];
		if (!fresh(&wanted, check, false))
			die(check, "the set before has no tree");
	}
	if (!git_oid_equal(&root, &wanted))
		die(check, "a batch gives another tree than a fresh fold");
	check->batches++;
	check->dropped += drop ? conflicts.count : 0;
	fold_conflicts_release(&conflicts);
	fold_report_release(&report);
}

int main(int argc, char **argv)
{
	struct check check = { 0 };
	git_object *base;
	unsigned steps;

	if (argc != 5)
		return 2;
	check.random = strtoull(argv[3], NULL, 10);
	steps = strtoul(argv[4], NULL, 10);
	git_start(NULL);
	if (git_repository_open(&check.repository, argv[1]) ||
	    git_revparse_single(&base, check.repository, argv[2]))
		die(&check, "cannot open");
	check.base = *git_commit_tree_id((git_commit *)base);
	if (store_open(&check.store, check.repository, STORE_TRIAL, &check.err))
		die(&check, "store_open");
	read_candidates(&check);
	if (fold_open(&check.fold, check.store, &check.base, &check.err))
		die(&check, "fold_open");
	for (unsigned i = 0; i < steps; i++) {
		step(&check);
		if (check.candidates.count <= 1000 && i % 4 == 0)
			batch(&check);
	}
	printf("added %zu late %zu removed %zu refused %zu empty %zu picked %zu replayed %zu "
	       "batches %zu dropped %zu resolved %zu\n",
	       check.added, check.late, check.removed, check.refused, check.empty, check.picked,
	       check.replayed, check.batches, check.dropped, check.resolved);
	fold_close(check.fold);
	for (size_t i = 0; i < check.candidates.count; i++) {
		change_list_release(&check.candidates.items[i].list);
		patch_release(&check.candidates.items[i].patch);
	}
	array_release(&check.candidates);
	store_close(check.store);
	git_object_free(base);
	git_repository_free(check.repository);
	git_stop();
	return 0;
}
