/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/base-plan.h"

#include <stdlib.h>
#include <string.h>

#include "tree/base-policy.h"
#include "tree/recipe.h"

static int read_inputs(struct base_plan *plan, struct workspace *workspace,
		       const struct base_plan_request *request, size_t *ret_published,
		       struct error *err)
{
	char *directory = workspace_path(workspace, "ledger");
	int error = store_open(&plan->store, workspace->tree, STORE_TRIAL, err);

	if (!error && request->seeds)
		error = seeds_read(&plan->seeds, request->seeds, &plan->members, err);
	if (!error)
		error = ledger_load(&plan->ledger, directory, err);
	if (!error)
		error = base_policy_find(&plan->policy, workspace, plan->base.name, request->policy,
					 err);
	if (!error)
		error = base_states_load(&plan->states, workspace, plan->base.name,
					 plan->policy.name, err);
	if (!error)
		error = recipe_published(&plan->published, ret_published, &plan->states,
					 &plan->ledger, err);
	if (!error)
		error = links_find(&plan->links, &plan->members, plan->store, err);
	free(directory);
	return error;
}

static int make(struct base_plan *plan, struct workspace *workspace, size_t published,
		struct progress *progress, struct error *err)
{
	struct plan_request request = { .base = plan->base.id,
					.base_name = plan->base.name,
					.tip = plan->tip.id,
					.tip_name = plan->tip.name,
					.policy = &plan->policy,
					.seeds = plan->seeds.items,
					.seed_count = plan->seeds.count,
					.published = plan->published,
					.published_count = published,
					.ledger = &plan->ledger,
					.decisions = &plan->ledger.decisions,
					.closure_limit = workspace->closure_limit };
	int error;

	progress_begin(progress, "Planning");
	error = plan_make(&plan->plan, &plan->members, &plan->links, plan->store, &request,
			  progress, err);
	progress_end(progress);
	return error;
}

int base_plan_make(struct base_plan *ret_plan, struct workspace *workspace,
		   const struct base_plan_request *request, struct progress *progress,
		   struct error *err)
{
	struct base_plan *plan = ret_plan;
	size_t published = 0;
	int error;

	memset(plan, 0, sizeof(*plan));
	error = workspace_open_source(workspace, err);
	if (!error)
		error = base_resolve(&plan->base, workspace, &workspace->index, request->base,
				     request->series, err);
	if (!error)
		error = members_load(&plan->members, workspace, plan->base.series, progress, err);
	if (!error)
		error = tip_resolve(&plan->tip, workspace, &plan->members, &plan->base, request->to,
				    err);
	if (!error)
		error = read_inputs(plan, workspace, request, &published, err);
	return error ? error : make(plan, workspace, published, progress, err);
}

void base_plan_release(struct base_plan *plan)
{
	if (plan->plan.members)
		plan_release(&plan->plan);
	policy_release(&plan->policy);
	links_release(&plan->links);
	free(plan->published);
	base_states_release(&plan->states);
	ledger_release(&plan->ledger);
	seeds_release(&plan->seeds);
	store_close(plan->store);
	members_release(&plan->members);
	tip_point_release(&plan->tip);
	base_point_release(&plan->base);
	memset(plan, 0, sizeof(*plan));
}
