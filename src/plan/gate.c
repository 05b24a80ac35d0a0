/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The gate: what the policy says of every member, and in which words (docs/plan.md, rule 1).
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "plan/planner.h"
#include "triage/combine.h"

static const char paths_sql[] = "SELECT m.number, p.name FROM member m"
				" JOIN change c ON c.number = m.number"
				" JOIN path p ON p.path = c.path WHERE m.series = ?";

/* What the paths of each member are to the policy; asked for only where it speaks of paths. */
static int mark_paths(unsigned char *ret_marks, struct planner *planner, struct error *err)
{
	const struct policy *policy = planner->request->policy;
	struct members *members = planner->members;
	bool *elsewhere = memory_alloc(members->count + 1);
	struct statement select;
	const char *path;
	uint32_t member;
	int step = statement_init(&select, members->index, paths_sql, err);

	if (step) {
		free(elsewhere);
		return step;
	}
	statement_bind_int(&select, 1, members->series);
	while ((step = statement_step(&select, err)) > 0) {
		member = members_of_number(members, (uint32_t)statement_int(&select, 0));
		path = statement_text(&select, 1);
		if (policy_has_path(&policy->forced, path))
			ret_marks[member] |= PATHS_FORCED;
		if (policy_has_path(&policy->excluded, path))
			ret_marks[member] |= PATHS_EXCLUDED;
		else
			elsewhere[member] = true;
	}
	for (size_t i = 0; i < members->count; i++)
		if (elsewhere[i])
			ret_marks[i] &= (unsigned char)~PATHS_EXCLUDED;
	statement_release(&select);
	free(elsewhere);
	return step;
}

/* What people decided is above all that is judged; the members' own judgements are shared. */
static void add_decisions(struct planner *planner)
{
	const struct decision_list *list = planner->request->decisions;
	const struct members *members = planner->members;
	struct decided_commit decided;
	struct buffer words = BUFFER_INIT;

	for (size_t i = 0; list && i < members->count && list->count; i++) {
		decisions_find(&decided, list, &members->items[i].id,
			       member_upstream(&members->items[i]), members->name);
		if (decided.answer != DECIDED_NOTHING) {
			judgement_add_decisions(&planner->judgements[i], &decided);
			buffer_clear(&words);
			decided_commit_print(&words, &decided);
			planner->decided[i] = planner_words(planner, "%s", words.data);
		}
		decided_commit_release(&decided);
	}
	buffer_release(&words);
}

int gate_decide(struct planner *planner, struct error *err)
{
	const struct policy *policy = planner->request->policy;
	struct plan *plan = planner->plan;
	size_t count = planner->members->count;
	int error = 0;

	planner->paths = memory_alloc(count + 1);
	planner->judgements = memory_copy(planner->members->judgements,
					  (count + 1) * sizeof(*planner->judgements));
	planner->decided = memory_alloc((count + 1) * sizeof(*planner->decided));
	plan->gates = memory_alloc(count + 1);
	add_decisions(planner);
	if (policy->excluded.count || policy->forced.count)
		error = mark_paths(planner->paths, planner, err);
	for (size_t i = 0; i < count && !error; i++)
		plan->gates[i] = (unsigned char)policy_judge(NULL, policy, &planner->judgements[i],
							     planner->paths[i]);
	return error;
}

bool plan_admits(const struct plan *plan, uint32_t member)
{
	return plan->gates[member] == POLICY_PASS;
}

bool planner_passes(const struct planner *planner, const struct advisory *advisory)
{
	struct judgement judgement = judgement_of_advisory(advisory);

	return policy_judge(NULL, planner->request->policy, &judgement, 0) == POLICY_PASS;
}

const char *gate_refusal(struct planner *planner, uint32_t member)
{
	struct buffer words = BUFFER_INIT;
	const char *advisories = planner_advisories(planner, member), *said;

	policy_judge(&words, planner->request->policy, &planner->judgements[member],
		     planner->paths[member]);
	said = planner_words(planner, "%s%s%s%s%s", advisories, *advisories ? ": " : "", words.data,
			     planner->decided[member] ? ": " : "",
			     planner->decided[member] ? planner->decided[member] : "");
	buffer_release(&words);
	return said;
}

/* "classifier: likelihood 0.93, use-after-free, userns" */
const char *gate_evidence(struct planner *planner, uint32_t member)
{
	const struct judgement *judgement = &planner->judgements[member];
	const char *advisories = planner_advisories(planner, member), *said;
	struct buffer words = BUFFER_INIT;

	if (planner->decided[member])
		return planner_words(planner, "%s%s%s", advisories, *advisories ? "; " : "",
				     planner->decided[member]);
	if (*advisories)
		return advisories;
	buffer_add_string(&words, "classifier: likelihood ");
	likelihood_print(&words, judgement_likelihood(judgement));
	buffer_add_string(&words, ", ");
	bug_classes_print(&words, judgement->classes);
	buffer_add_string(&words, judgement->classes ? ", " : " class, ");
	routes_print(&words, judgement->routes);
	buffer_add_string(&words, judgement->routes ? "" : " route");
	said = planner_words(planner, "%s", words.data);
	buffer_release(&words);
	return said;
}

static void print_first(struct buffer *out, void (*print)(struct buffer *, unsigned), unsigned set,
			const char *what)
{
	print(out, set & -set);
	buffer_add_string(out, set ? ", " : what);
}

const char *gate_trailer(struct planner *planner, uint32_t member)
{
	const struct judgement *judgement = &planner->judgements[member];
	struct buffer words = BUFFER_INIT;
	const char *said;

	print_first(&words, routes_print, judgement->routes, " route, ");
	print_first(&words, impacts_print, judgement->impacts, " impact, ");
	buffer_add_string(&words, "score ");
	likelihood_print(&words, judgement_likelihood(judgement));
	said = planner_words(planner, "%s", words.data);
	buffer_release(&words);
	return said;
}
