/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/judgements.h"

#include "advisory/cvss.h"

static int load_one(struct judgement *item, struct statement *statement, uint32_t number,
		    struct error *err)
{
	int result;

	statement_reset(statement);
	statement_bind_int(statement, 1, number);
	result = statement_step(statement, err);
	if (result <= 0)
		return result;
	item->classes = (unsigned)statement_int(statement, 0);
	item->routes = (unsigned)statement_int(statement, 1);
	item->impacts = (unsigned)statement_int(statement, 2);
	item->security = (int)statement_int(statement, 3);
	item->gate = (int)statement_int(statement, 4);
	return 0;
}

int judgements_load(struct judgement *ret_items, const uint32_t *numbers, size_t count,
		    struct index *index, struct error *err)
{
	struct statement statement;
	struct index_view view = { NULL };
	int error = statement_init(&statement, index,
				   "SELECT classes, routes, impacts, security, gate FROM judgement"
				   " WHERE number = ?",
				   err);

	if (error)
		return error;
	error = index_view_begin(&view, index, err);
	for (size_t i = 0; i < count; i++)
		ret_items[i] = (struct judgement){ .security = LIKELIHOOD_UNKNOWN,
						   .gate = LIKELIHOOD_UNKNOWN,
						   .score = CVSS_UNSCORED };
	for (size_t i = 0; i < count && !error; i++)
		error = load_one(&ret_items[i], &statement, numbers[i], err);
	statement_release(&statement);
	index_view_end(&view);
	return error;
}
