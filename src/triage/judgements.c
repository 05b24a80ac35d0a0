/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/judgements.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/data-file.h"
#include "git/repository.h"
#include "triage/judges.h"

#define MODEL_FACT "judged_model"

static int load_one(struct judgement *item, struct statement *statement, uint32_t number,
		    struct error *err)
{
	int result;

	*item = judgement_none();
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

/* What the classifier said. */
static int load_all(struct judgement *ret_items, const uint32_t *numbers, size_t count,
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
	for (size_t i = 0; i < count && !error; i++)
		error = load_one(&ret_items[i], &statement, numbers[i], err);
	statement_release(&statement);
	index_view_end(&view);
	return error;
}

int judgements_load(struct judgement *ret_items, const uint32_t *numbers, size_t count,
		    struct index *index, struct error *err)
{
	int error = load_all(ret_items, numbers, count, index, err);

	return error ? error : judges_apply(ret_items, numbers, count, index, err);
}

/* ---- judging ---- */

/* What a run found out. */
struct fresh {
	uint32_t number;
	struct judgement judgement;
	uint64_t facts;
	bool facts_fresh;
};

struct fresh_list {
	struct fresh *items;
	size_t count;
	size_t capacity;
};

static int write_fresh(struct index *index, const struct fresh_list *list, struct error *err)
{
	struct statement judgement = { 0 }, facts = { 0 };
	int error = statement_init(&judgement, index,
				   "INSERT OR REPLACE INTO judgement VALUES(?, ?, ?, ?, ?, ?)",
				   err);

	if (!error)
		error = statement_init(&facts, index,
				       "INSERT OR REPLACE INTO change_fact VALUES(?, ?)", err);
	for (size_t i = 0; i < list->count && !error; i++) {
		const struct fresh *fresh = &list->items[i];

		statement_bind_int(&judgement, 1, fresh->number);
		statement_bind_int(&judgement, 2, fresh->judgement.classes);
		statement_bind_int(&judgement, 3, fresh->judgement.routes);
		statement_bind_int(&judgement, 4, fresh->judgement.impacts);
		statement_bind_int(&judgement, 5, fresh->judgement.security);
		statement_bind_int(&judgement, 6, fresh->judgement.gate);
		error = statement_run(&judgement, err);
		if (error || !fresh->facts_fresh)
			continue;
		statement_bind_int(&facts, 1, fresh->number);
		statement_bind_int(&facts, 2, (int64_t)fresh->facts);
		error = statement_run(&facts, err);
	}
	statement_release(&judgement);
	statement_release(&facts);
	return error;
}

/* What cannot be kept is judged again the next time: no error. */
static void keep(struct index *index, const struct fresh_list *list, const char *digest,
		 bool other_model)
{
	if (!sqlite3_get_autocommit(index->db) || sqlite3_db_readonly(index->db, "main") ||
	    index_begin(index, NULL))
		return;
	if ((other_model && (index_run(index, "DELETE FROM judgement", NULL) ||
			     index_set_fact(index, MODEL_FACT, digest, NULL))) ||
	    write_fresh(index, list, NULL) || index_commit(index, NULL))
		index_rollback(index);
}

static int judge(struct fresh_list *list, struct judgement *items, const uint32_t *numbers,
		 size_t count, size_t missing, struct classifier *classifier,
		 struct workspace *workspace, struct progress *progress, struct error *err)
{
	struct commit_reader reader;
	struct commit_text text;
	struct index_view view = { NULL };
	int error = commit_reader_open(&reader, workspace, err);

	if (error)
		return error;
	error = index_view_begin(&view, &workspace->index, err);
	progress_begin(progress, "Judging commits");
	for (size_t i = 0; i < count && !error; i++) {
		struct fresh *fresh;

		if (items[i].security != LIKELIHOOD_UNKNOWN)
			continue;
		fresh = array_add(list);
		fresh->number = numbers[i];
		error = commit_reader_read(&text, &fresh->facts, &fresh->facts_fresh, &reader,
					   numbers[i], err);
		if (!error) {
			classify(&fresh->judgement, NULL, classifier, &text, fresh->facts);
			items[i] = fresh->judgement;
			error = progress_update(progress, list->count, missing, err);
		}
	}
	progress_end(progress);
	index_view_end(&view);
	commit_reader_close(&reader);
	return error;
}

/* The digest of the model that comes with the program, before it is taken apart. */
static int read_model(struct buffer *ret_data, git_oid *ret_digest, struct error *err)
{
	int error = data_file_read(ret_data, MODEL_NAME, err);

	if (!error &&
	    git_odb_hash(ret_digest, ret_data->data, ret_data->length, GIT_OBJECT_BLOB) < 0)
		error = git_failed(err, "the model cannot be hashed");
	return error;
}

/* What is not known is judged and kept. */
static int judge_missing(struct judgement *items, const uint32_t *numbers, size_t count,
			 size_t missing, const struct buffer *model, const char *digest,
			 bool other_model, struct workspace *workspace, struct progress *progress,
			 struct error *err)
{
	struct fresh_list list = { 0 };
	struct classifier classifier;
	int error = classifier_init_data(&classifier, model, false, err);

	if (error)
		return error;
	error = judge(&list, items, numbers, count, missing, &classifier, workspace, progress, err);
	/* Also what was judged before an error or an interruption. */
	if (list.count && error)
		list.count--;
	if (list.count)
		keep(&workspace->index, &list, digest, other_model);
	array_release(&list);
	classifier_release(&classifier);
	return error;
}

int judgements_make(struct judgement *ret_items, const uint32_t *numbers, size_t count,
		    struct workspace *workspace, struct progress *progress, struct error *err)
{
	struct index *index = &workspace->index;
	struct buffer judged = BUFFER_INIT, model = BUFFER_INIT;
	size_t missing = 0;
	bool other_model;
	git_oid digest;
	int error = read_model(&model, &digest, err);

	if (error == ERROR_NOT_FOUND) {
		error_clear(err);
		return judgements_load(ret_items, numbers, count, index, err);
	}
	if (!error)
		error = index_get_fact(&judged, index, MODEL_FACT, err);
	other_model = !error && strcmp(judged.data, id_hex(&digest).text) != 0;
	if (!error && !other_model)
		error = load_all(ret_items, numbers, count, index, err);
	for (size_t i = 0; i < count && !error; i++) {
		if (other_model)
			ret_items[i] = judgement_none();
		missing += ret_items[i].security == LIKELIHOOD_UNKNOWN;
	}
	if (!error && missing)
		error = judge_missing(ret_items, numbers, count, missing, &model,
				      id_hex(&digest).text, other_model, workspace, progress, err);
	if (!error)
		error = judges_note(workspace, err);
	if (!error)
		error = judges_apply(ret_items, numbers, count, index, err);
	buffer_release(&judged);
	buffer_release(&model);
	return error;
}
