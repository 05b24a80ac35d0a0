/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/judges.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "git/repository.h"
#include "triage/judgements.h"
#include "triage/sigmoid.h"

#define REASON_LIMIT 500 /* bytes that are kept */
#define JUDGES_FACT "judges"
#define LOGIT_MOST (10 * (int64_t)LOGIT_ONE)

void judge_report_release(struct judge_report *report)
{
	string_list_release(&report->troubles);
	memset(report, 0, sizeof(*report));
}

/* ---- what an answer weighs ---- */

/* The inverse of sigmoid_millionths. */
static int64_t logit_of(int thousandths)
{
	int64_t low = -LOGIT_MOST, high = LOGIT_MOST;

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (sigmoid_millionths(middle) < thousandths * 1000)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* In hundredths of a logit. */
static int weight_of(int likelihood)
{
	int64_t weight = logit_of(likelihood) * 50 / LOGIT_ONE;

	return weight > JUDGE_WEIGHT_MOST    ? JUDGE_WEIGHT_MOST
	       : weight < -JUDGE_WEIGHT_MOST ? -JUDGE_WEIGHT_MOST
					     : (int)weight;
}

/* The names of the judges that count, a line each, with a newline in front. */
static bool is_set(const struct buffer *names, const char *name)
{
	char *line = string_format("\n%s\n", name);
	bool is = strstr(names->data, line) != NULL;

	free(line);
	return is;
}

int judges_note(struct workspace *workspace, struct error *err)
{
	struct index *index = &workspace->index;
	struct buffer names = BUFFER_INIT, before = BUFFER_INIT;
	int error = index_get_fact(&before, index, JUDGES_FACT, err);

	for (size_t i = 0; i < workspace->judges.count; i++)
		buffer_add_format(&names, "%s%s\n", i ? "" : "\n", workspace->judges.items[i].name);
	if (!error && strcmp(names.data, before.data) != 0 && sqlite3_get_autocommit(index->db) &&
	    !sqlite3_db_readonly(index->db, "main"))
		error = index_set_fact(index, JUDGES_FACT, names.data, err);
	buffer_release(&names);
	buffer_release(&before);
	return error;
}

static const char answers_sql[] = "SELECT judge, likelihood, routes, reason FROM judge_answer"
				  " WHERE number = ? ORDER BY judge";

static int apply_one(struct judgement *item, struct statement *statement, uint32_t number,
		     const struct buffer *names, struct error *err)
{
	int weight = 0, step;

	statement_reset(statement);
	statement_bind_int(statement, 1, number);
	while ((step = statement_step(statement, err)) > 0) {
		if (!is_set(names, statement_text(statement, 0)))
			continue;
		weight += weight_of((int)statement_int(statement, 1));
		item->routes |= (unsigned)statement_int(statement, 2);
	}
	if (weight && item->security != LIKELIHOOD_UNKNOWN)
		item->security = (sigmoid_millionths(logit_of(item->security) +
						     (int64_t)weight * LOGIT_ONE / 100) +
				  500) /
				 1000;
	return step < 0 ? step : 0;
}

int judges_apply(struct judgement *items, const uint32_t *numbers, size_t count,
		 struct index *index, struct error *err)
{
	struct buffer names = BUFFER_INIT;
	struct statement statement;
	struct index_view view = { NULL };
	int error = index_get_fact(&names, index, JUDGES_FACT, err);

	if (!error && names.length) {
		error = statement_init(&statement, index, answers_sql, err);
		if (!error)
			error = index_view_begin(&view, index, err);
		for (size_t i = 0; i < count && !error; i++)
			error = apply_one(&items[i], &statement, numbers[i], &names, err);
		statement_release(&statement);
		index_view_end(&view);
	}
	buffer_release(&names);
	return error;
}

int judges_explain(struct evidence_list *list, struct index *index, uint32_t number,
		   struct error *err)
{
	struct buffer names = BUFFER_INIT;
	struct statement statement = { 0 };
	int step = 0, error = index_get_fact(&names, index, JUDGES_FACT, err);

	if (!error)
		error = statement_init(&statement, index, answers_sql, err);
	if (!error)
		statement_bind_int(&statement, 1, number);
	while (!error && (step = statement_step(&statement, err)) > 0) {
		const char *name = statement_text(&statement, 0);
		int likelihood = (int)statement_int(&statement, 1);

		if (is_set(&names, name))
			evidence_add(list, SOURCE_CLASSIFIER, weight_of(likelihood), 0,
				     "judge %s: %d.%03d%s%s", name, likelihood / 1000,
				     likelihood % 1000, *statement_text(&statement, 3) ? ": " : "",
				     statement_text(&statement, 3));
	}
	statement_release(&statement);
	buffer_release(&names);
	return error ? error : step < 0 ? step : 0;
}

/* ---- asking ---- */

struct answer {
	uint32_t number;
	int likelihood;
	unsigned routes;
	char *reason;
};

struct asking {
	struct workspace *workspace;
	const struct judge_setting *judge;
	struct judge_report *report;
	struct commit_reader reader;
	struct buffer input;
	git_oid ids[JUDGE_BATCH];
	uint32_t numbers[JUDGE_BATCH];
	size_t count;
	struct {
		struct answer *items;
		size_t count;
		size_t capacity;
	} answers;
};

static void trouble(struct asking *asking, const char *words)
{
	array_push(&asking->report->troubles,
		   string_format("judge %s: %s", asking->judge->name, words));
}

static json_t *text_value(const char *text, size_t length)
{
	struct buffer valid = BUFFER_INIT;
	json_t *value;

	buffer_add_valid(&valid, text, length);
	value = json_stringn(valid.data, valid.length);
	buffer_release(&valid);
	return value;
}

/* A commit joins the batch. */
static int add_commit(struct asking *asking, uint32_t number, struct error *err)
{
	struct commit_text text;
	uint64_t facts;
	bool fresh;
	json_t *root, *files;
	char *line;
	int error = commit_reader_read(&text, &facts, &fresh, &asking->reader, number, err);

	if (error)
		return error;
	asking->ids[asking->count] = *git_odb_object_id(asking->reader.object);
	asking->numbers[asking->count] = number;
	root = json_object();
	files = json_array();
	json_object_set_new(root, "id", json_string(id_hex(&asking->ids[asking->count]).text));
	json_object_set_new(root, "subject", text_value(text.subject, text.subject_length));
	json_object_set_new(root, "body", text_value(text.body, text.body_length));
	for (size_t i = 0; i < text.file_count; i++)
		json_array_append_new(files, text_value(text.files[i], strlen(text.files[i])));
	json_object_set_new(root, "files", files);
	line = json_dumps(root, JSON_COMPACT);
	buffer_add_string(&asking->input, line);
	buffer_add_byte(&asking->input, '\n');
	free(line);
	json_decref(root);
	asking->count++;
	return 0;
}

/* A name or a list of names; false where one is unknown. */
static bool read_routes(unsigned *ret_routes, const json_t *value)
{
	const json_t *item;
	enum route route;
	size_t i;

	*ret_routes = 0;
	if (!value || json_is_null(value))
		return true;
	if (json_is_string(value)) {
		if (!route_parse(&route, json_string_value(value), json_string_length(value)))
			return false;
		*ret_routes = 1U << route;
		return true;
	}
	if (!json_is_array(value))
		return false;
	json_array_foreach(value, i, item)
	{
		if (!json_is_string(item) ||
		    !route_parse(&route, json_string_value(item), json_string_length(item)))
			return false;
		*ret_routes |= 1U << route;
	}
	return true;
}

static size_t place_of(const struct asking *asking, const char *hex)
{
	for (size_t i = 0; hex && i < asking->count; i++)
		if (!strcmp(id_hex(&asking->ids[i]).text, hex))
			return i;
	return asking->count;
}

/* Why a line is no answer, or NULL. */
static const char *read_answer(struct asking *asking, const json_t *root)
{
	const json_t *likelihood = json_object_get(root, "likelihood");
	const json_t *reason = json_object_get(root, "reason");
	size_t at = place_of(asking, json_string_value(json_object_get(root, "id")));
	struct answer answer = { 0 };
	struct buffer words = BUFFER_INIT;

	if (!json_is_object(root))
		return "a line is no JSON object";
	if (at == asking->count)
		return "an answer is about a commit that was not asked for";
	if (!json_is_number(likelihood) || json_number_value(likelihood) < 0 ||
	    json_number_value(likelihood) > 1)
		return "an answer has no likelihood from 0 to 1";
	if (!read_routes(&answer.routes, json_object_get(root, "route")))
		return "an answer names a route that there is not";
	answer.number = asking->numbers[at];
	answer.likelihood = (int)(json_number_value(likelihood) * 1000 + 0.5);
	buffer_add_valid(&words, json_is_string(reason) ? json_string_value(reason) : "",
			 json_is_string(reason) ? json_string_length(reason) : 0);
	if (words.length > REASON_LIMIT)
		buffer_truncate(&words, REASON_LIMIT);
	while (words.length && !text_is_utf8(words.data, words.length))
		buffer_truncate(&words, words.length - 1);
	answer.reason = buffer_detach(&words);
	array_push(&asking->answers, answer);
	return NULL;
}

static void read_output(struct asking *asking, char *text)
{
	for (char *line = text, *end; *line; line = end) {
		const char *wrong;
		json_t *root;

		end = strchrnul(line, '\n');
		if (*end)
			*end++ = '\0';
		if (strspn(line, " \t\r") == strlen(line))
			continue;
		root = json_loads(line, 0, NULL);
		wrong = read_answer(asking, root);
		json_decref(root);
		if (wrong)
			trouble(asking, wrong);
	}
}

static int keep_answers(struct asking *asking, struct error *err)
{
	struct index *index = &asking->workspace->index;
	struct statement statement = { 0 };
	int error = index_begin(index, err);

	if (error)
		return error;
	error = statement_init(&statement, index,
			       "INSERT OR REPLACE INTO judge_answer VALUES(?, ?, ?, ?, ?)", err);
	for (size_t i = 0; i < asking->answers.count && !error; i++) {
		const struct answer *answer = &asking->answers.items[i];

		statement_bind_text(&statement, 1, asking->judge->name);
		statement_bind_int(&statement, 2, answer->number);
		statement_bind_int(&statement, 3, answer->likelihood);
		statement_bind_int(&statement, 4, answer->routes);
		statement_bind_text(&statement, 5, answer->reason);
		error = statement_run(&statement, err);
	}
	statement_release(&statement);
	if (!error)
		error = index_commit(index, err);
	if (error)
		index_rollback(index);
	return error;
}

/* Runs the command on the batch. A judge that fails stops nothing else: `ret_failed`. */
static int run_batch(bool *ret_failed, struct asking *asking, struct error *err)
{
	const char *arguments[] = { "sh", "-c", asking->judge->command, NULL };
	struct process_request request = { .arguments = arguments,
					   .directory = asking->workspace->directory,
					   .input = asking->input.data,
					   .input_length = asking->input.length,
					   .seconds = asking->judge->seconds };
	struct buffer output = BUFFER_INIT;
	struct error failure = ERROR_INIT;
	int error = 0;

	*ret_failed = process_run(&output, &request, &failure) != 0;
	if (*ret_failed)
		trouble(asking, failure.message);
	asking->report->asked += asking->count;
	read_output(asking, output.data);
	asking->report->answered += asking->answers.count;
	if (asking->answers.count)
		error = keep_answers(asking, err);
	for (size_t i = 0; i < asking->answers.count; i++)
		free(asking->answers.items[i].reason);
	asking->answers.count = 0;
	asking->count = 0;
	buffer_clear(&asking->input);
	buffer_release(&output);
	return error;
}

static int has_answered(bool *ret_has, struct statement *statement,
			const struct judge_setting *judge, uint32_t number, struct error *err)
{
	int step;

	statement_reset(statement);
	statement_bind_int(statement, 1, number);
	statement_bind_text(statement, 2, judge->name);
	step = statement_step(statement, err);
	statement_reset(statement);
	*ret_has = step > 0;
	return step < 0 ? step : 0;
}

static int ask_one(struct asking *asking, const uint32_t *numbers, size_t count,
		   struct progress *progress, struct error *err)
{
	struct statement known = { 0 };
	bool failed = false, has;
	int error = statement_init(&known, &asking->workspace->index,
				   "SELECT 1 FROM judge_answer WHERE number = ? AND judge = ?",
				   err);

	for (size_t i = 0; i < count && !error && !failed; i++) {
		error = has_answered(&has, &known, asking->judge, numbers[i], err);
		if (!error && !has)
			error = add_commit(asking, numbers[i], err);
		if (!error && asking->count == JUDGE_BATCH)
			error = run_batch(&failed, asking, err);
		if (!error)
			error = progress_update(progress, i + 1, count, err);
	}
	if (!error && !failed && asking->count)
		error = run_batch(&failed, asking, err);
	statement_release(&known);
	return error;
}

int judges_ask(struct judge_report *ret_report, struct workspace *workspace,
	       const uint32_t *numbers, size_t count, struct progress *progress, struct error *err)
{
	struct asking asking = { .workspace = workspace, .report = ret_report };
	int error;

	memset(ret_report, 0, sizeof(*ret_report));
	if (!workspace->judges.count)
		return error_set(err, ERROR_USAGE,
				 "%s/sectree.conf names no judge: [judge \"NAME\"] command = ...",
				 workspace->directory);
	error = commit_reader_open(&asking.reader, workspace, err);
	if (error)
		return error;
	buffer_init(&asking.input);
	for (size_t i = 0; i < workspace->judges.count && !error; i++) {
		asking.judge = &workspace->judges.items[i];
		asking.count = 0;
		buffer_clear(&asking.input);
		if (!asking.judge->command) {
			trouble(&asking, "has no command");
			continue;
		}
		progress_begin(progress, asking.judge->name);
		error = ask_one(&asking, numbers, count, progress, err);
		progress_end(progress);
	}
	array_release(&asking.answers);
	buffer_release(&asking.input);
	commit_reader_close(&asking.reader);
	return error;
}
