/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The closure on whole series, in one process that shares what plans share.
 *
 *	closure WORKSPACE bases SERIES FROM TO [SEEDS]
 *
 * plans every release FROM..TO up to TO, without a limit, and prints for each what it took: picks,
 * prerequisites of each kind, follow-ups, held, processor time; and the sums. With `limited` in
 * place of `bases`: with the default limit of 40.
 *
 *	closure WORKSPACE minimal SERIES FROM TO [SEEDS]
 *
 * plans them likewise, takes each textual and semantic prerequisite out again, and prints what
 * breaks without it, by its kind, and each that nothing needs.
 *
 *	closure WORKSPACE predict SERIES FROM TO PERCENT SEED
 *
 * picks a random subset of FROM..TO (commits, releases) in order, what conflicts being left
 * out, and compares each conflict with what the owners of the lines had predicted.
 *
 *	closure WORKSPACE names SERIES FROM
 *
 * finds what the members of a series do to names, and what they use, or reads it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "git/repository.h"
#include "history/workspace.h"
#include "minimal.h"
#include "plan/code-history.h"
#include "plan/links.h"
#include "plan/names.h"
#include "plan/owners.h"
#include "plan/plan.h"
#include "plan/seeds.h"
#include "plan/summary.h"
#include "triage/policies.h"

struct bench {
	struct workspace workspace;
	struct members members;
	struct links links;
	struct store *store;
	struct policy policy;
	struct error err;
	size_t limit; /* of the closure; 0: none */
	bool minimal;
	struct minimal_counts counts;
};

static void die(struct bench *bench, const char *words)
{
	fprintf(stderr, "%s: %s\n", words, bench->err.message);
	exit(3);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void open_series(struct bench *bench, const char *directory, const char *series,
			const char *from)
{
	struct base_point base = { 0 };

	if (workspace_open(&bench->workspace, directory, &bench->err) ||
	    workspace_open_source(&bench->workspace, &bench->err) ||
	    policy_find(&bench->policy, &bench->workspace, NULL, &bench->err) ||
	    base_resolve(&base, &bench->workspace, &bench->workspace.index, from, series,
			 &bench->err) ||
	    members_load(&bench->members, &bench->workspace, base.series, NULL, &bench->err) ||
	    store_open(&bench->store, bench->workspace.tree, STORE_TRIAL, &bench->err) ||
	    links_find(&bench->links, &bench->members, bench->store, &bench->err))
		die(bench, series);
	base_point_release(&base);
}

/* ---- bases ---- */

struct totals {
	size_t bases, held, seeds, follow_ups, prerequisites[PREREQUISITE_KINDS];
	double longest;
};

static void settled(struct planner *planner, void *data)
{
	struct bench *bench = data;
	struct minimal_counts counts = { 0 };
	double start = now();

	minimal_check(&counts, planner);
	minimal_print(planner->plan->base_name, &counts, now() - start);
	minimal_add(&bench->counts, &counts);
}

static void plan_base(struct totals *totals, struct bench *bench, const char *from, const char *to,
		      const struct seeds *seeds)
{
	struct base_point base = { 0 };
	struct tip_point tip = { 0 };
	struct plan_request request = { .policy = &bench->policy,
					.seeds = seeds->items,
					.seed_count = seeds->count };
	struct plan_summary summary;
	struct plan plan;
	double start = now();

	if (base_resolve(&base, &bench->workspace, &bench->workspace.index, from,
			 bench->members.name, &bench->err) ||
	    tip_resolve(&tip, &bench->workspace, &bench->members, &base, to, &bench->err))
		die(bench, from);
	request.base = base.id;
	request.base_name = base.name;
	request.tip = tip.id;
	request.tip_name = tip.name;
	request.closure_limit = bench->limit;
	if (bench->minimal) {
		request.settled = settled;
		request.settled_data = bench;
	}
	if (plan_make(&plan, &bench->members, &bench->links, bench->store, &request, NULL,
		      &bench->err))
		die(bench, from);
	plan_summarise(&summary, &plan);
	start = now() - start;
	printf("%s %zu rows: %zu picks, %zu declared, %zu textual, %zu semantic, %zu follow-ups, "
	       "%zu held, %.2f s\n",
	       base.name, plan.count, summary.states[STATE_PICK],
	       summary.prerequisites[PREREQUISITE_DECLARED],
	       summary.prerequisites[PREREQUISITE_TEXTUAL],
	       summary.prerequisites[PREREQUISITE_SEMANTIC], summary.states[STATE_FOLLOW_UP],
	       summary.states[STATE_HELD], start);
	for (size_t i = 0; i < plan.count; i++)
		if (plan.rows[i].state == STATE_HELD)
			printf("  held %s %s: %s\n",
			       id_short(&bench->members.items[plan.rows[i].member].id).text,
			       bench->members.items[plan.rows[i].member].subject,
			       plan.rows[i].reason);
	fflush(stdout);
	totals->bases++;
	totals->held += summary.states[STATE_HELD];
	totals->seeds += summary.states[STATE_PICK];
	totals->follow_ups += summary.states[STATE_FOLLOW_UP];
	for (int i = 0; i < PREREQUISITE_KINDS; i++)
		totals->prerequisites[i] += summary.prerequisites[i];
	totals->longest = start > totals->longest ? start : totals->longest;
	plan_release(&plan);
	tip_point_release(&tip);
	base_point_release(&base);
}

static void run_bases(struct bench *bench, const char *from, const char *to, const char *seed_file)
{
	struct totals totals = { 0 };
	struct seeds seeds = SEEDS_INIT;
	const struct members *members = &bench->members;
	bool within = false;
	double start = now();
	size_t brought = 0;

	if (seed_file && seeds_read(&seeds, seed_file, members, &bench->err))
		die(bench, seed_file);
	for (size_t i = 0; i < members->release_count; i++) {
		within |= !strcmp(members->releases[i].name, from);
		if (!strcmp(members->releases[i].name, to))
			break;
		if (within)
			plan_base(&totals, bench, members->releases[i].name, to, &seeds);
	}
	for (int i = 0; i < PREREQUISITE_KINDS; i++)
		brought += totals.prerequisites[i];
	printf("%zu bases: %zu seeds, %zu prerequisites (%.1f %%; %zu declared, %zu textual, "
	       "%zu semantic), %zu follow-ups, %zu held; %.1f s, longest %.2f s\n",
	       totals.bases, totals.seeds, brought,
	       totals.seeds ? 100.0 * (double)brought / (double)totals.seeds : 0,
	       totals.prerequisites[PREREQUISITE_DECLARED],
	       totals.prerequisites[PREREQUISITE_TEXTUAL],
	       totals.prerequisites[PREREQUISITE_SEMANTIC], totals.follow_ups, totals.held,
	       now() - start, totals.longest);
	if (bench->minimal)
		minimal_print("all", &bench->counts, now() - start);
	seeds_release(&seeds);
}

/* ---- prediction ---- */

struct counts {
	size_t picks, conflicts, predicted, missed, false_alarms;
};

/* Whether an owner of anything that the member changes is not in. */
static bool predict(struct bench *bench, uint32_t member, const struct change_list *changes,
		    const bool *in_base, const bool *is_in)
{
	struct owners_request request = { bench->links.files, bench->store, member, changes,
					  in_base };
	struct member_list owners = ARRAY_INIT;
	bool found = false;

	for (size_t i = 0; i < changes->count; i++)
		if (owners_find(&owners, &request, &changes->items[i], &bench->err))
			die(bench, "owners");
	for (size_t i = 0; i < owners.count; i++)
		found |= !is_in[owners.items[i]];
	array_release(&owners);
	return found;
}

static bool is_directory(const struct fold_report *report)
{
	return strstr(report->conflict_reason, "directory that was renamed") ||
	       strstr(report->conflict_reason, "renames the directory");
}

static void run_predict(struct bench *bench, const char *from, const char *to, unsigned percent,
			uint64_t random)
{
	const struct members *members = &bench->members;
	struct change_list *changes = memory_alloc((members->count + 1) * sizeof(*changes));
	bool *is_in = memory_alloc(members->count + 1), *in_base = memory_alloc(members->count + 1);
	struct base_point base = { 0 };
	struct tip_point tip = { 0 };
	struct counts counts = { 0 };
	const git_oid *tree;
	struct fold *fold;
	uint32_t first, last;

	if (base_resolve(&base, &bench->workspace, &bench->workspace.index, from, members->name,
			 &bench->err) ||
	    tip_resolve(&tip, &bench->workspace, members, &base, to, &bench->err))
		die(bench, from);
	first = members_find(members, &base.id);
	last = members_find(members, &tip.id);
	tree = first == MEMBER_NONE ? &members->first_tree : &members->items[first].tree;
	if (fold_open(&fold, bench->store, tree, &bench->err))
		die(bench, "fold");
	for (uint32_t i = 0; first != MEMBER_NONE && i <= first; i++)
		in_base[i] = true;
	for (uint32_t i = first + 1; i <= last; i++) {
		struct fold_member added = { .order = plan_order(i) };
		struct fold_report report = FOLD_REPORT_INIT;
		bool predicted;

		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		if ((random >> 33) % 100 >= percent || member_is_release_or_merge(members, i))
			continue;
		if (members_changes(&changes[i], members, i, &bench->err))
			die(bench, "changes");
		predicted = predict(bench, i, &changes[i], in_base, is_in);
		added.change.list = &changes[i];
		added.change.parent_tree = *members_parent_tree(members, i);
		if (fold_add(&report, fold, &added, &bench->err))
			die(bench, "fold_add");
		is_in[i] = report.done;
		counts.picks++;
		counts.conflicts += !report.done;
		counts.predicted += predicted;
		/* Of what a renamed directory takes along no line can tell. */
		counts.missed += !report.done && !predicted && !is_directory(&report);
		counts.false_alarms += report.done && predicted;
		if (!report.done && !predicted && !is_directory(&report))
			printf("missed %s: %s: %s\n", id_hex(&members->items[i].id).text,
			       report.conflict_path, report.conflict_reason);
		fold_report_release(&report);
	}
	printf("picks %zu conflicts %zu predicted %zu missed %zu false %zu\n", counts.picks,
	       counts.conflicts, counts.predicted, counts.missed, counts.false_alarms);
	fold_close(fold);
	files_save(bench->links.files);
	for (size_t i = 0; i < members->count; i++)
		change_list_release(&changes[i]);
	free(changes);
	free(is_in);
	free(in_base);
	tip_point_release(&tip);
	base_point_release(&base);
}

/* ---- names ---- */

static void run_names(struct bench *bench)
{
	struct code_history history;
	struct store *store;
	double start = now();
	size_t uses = 0;

	if (store_open(&store, bench->workspace.tree, STORE_TRIAL, &bench->err) ||
	    code_history_open(&history, bench->links.files, store, NULL, &bench->err))
		die(bench, "names");
	for (size_t i = 0; i < bench->members.count; i++)
		uses += history.changes[i].use_count;
	printf("%zu members: %zu names, %zu events, %zu uses; %.2f s\n", bench->members.count,
	       history.keys.count, history.events.count, uses, now() - start);
	code_history_close(&history);
	files_save(bench->links.files);
	store_close(store);
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	bool limited = argc >= 6 && argc <= 7 && !strcmp(argv[2], "limited");
	bool minimal = argc >= 6 && argc <= 7 && !strcmp(argv[2], "minimal");
	bool bases = limited || minimal || (argc >= 6 && argc <= 7 && !strcmp(argv[2], "bases"));
	bool names = argc == 5 && !strcmp(argv[2], "names");

	if (!bases && !names && (argc != 8 || strcmp(argv[2], "predict")))
		return 2;
	bench.limit = limited ? 40 : 0;
	bench.minimal = minimal;
	git_start(NULL);
	open_series(&bench, argv[1], argv[3], argv[4]);
	if (names)
		run_names(&bench);
	else if (bases)
		run_bases(&bench, argv[4], argv[5], argv[6]);
	else
		run_predict(&bench, argv[4], argv[5], (unsigned)strtoul(argv[6], NULL, 10),
			    strtoull(argv[7], NULL, 10));
	store_close(bench.store);
	links_release(&bench.links);
	members_release(&bench.members);
	workspace_close(&bench.workspace);
	git_stop();
	return 0;
}
