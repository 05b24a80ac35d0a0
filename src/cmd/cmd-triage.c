/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cmd/facts.h"
#include "cmd/judgement-values.h"
#include "cmd/progress-line.h"
#include "cmd/session.h"
#include "plan/names.h"
#include "history/range.h"
#include "triage/judgements.h"
#include "triage/judges.h"
#include "triage/record-lines.h"
#include "triage/sources.h"

#define WORDS_OF_ONE 24 /* reasons for a commit that is asked for by name */
#define WORDS_OF_MANY 8

static struct {
	const char *input, *model;
	long words;
	long least;
	bool ask;
} options = { .words = -1 };

static const struct option option_table[] = {
	OPTION_STRING(0, "input", &options.input, "FILE",
		      "judge records, a JSON object a line, and print id and likelihoods"),
	OPTION_STRING(0, "model", &options.model, "FILE",
		      "with --input: the model, instead of the one that is installed"),
	OPTION_NUMBER(0, "evidence", &options.words, "COUNT", 0, 1000,
		      "give COUNT reasons for each commit at most"),
	OPTION_FLAG(0, "ask", &options.ask,
		    "ask the judges of the settings first, about what is to be printed"),
	OPTION_NUMBER(0, "least", &options.least, "PERCENT", 0, 100,
		      "only commits that pass the gate with this likelihood"),
	OPTION_END,
};

/* ---- records ---- */

static int print_record(const struct record_line *record, struct classifier *classifier,
			struct buffer *line)
{
	struct classification fine;
	struct judgement judgement;

	classify(&judgement, &fine, classifier, &record->text, 0);
	buffer_clear(line);
	buffer_add_format(line, "%s\t%d.%06d\t%d.%06d\t%d.%06d\n", record->id,
			  fine.security / 1000000, fine.security % 1000000, fine.gate / 1000000,
			  fine.gate % 1000000, fine.both / 1000000, fine.both % 1000000);
	return fwrite(line->data, 1, line->length, stdout) == line->length ? 0 : -1;
}

/* Rows for a program, whatever the other settings: as they come. */
static int judge_records(struct error *err)
{
	struct record_lines lines = { 0 };
	struct record_line record;
	struct classifier classifier;
	struct buffer line = BUFFER_INIT;
	int result, error = classifier_init(&classifier, options.model, false, err);

	if (error)
		return error;
	error = record_lines_open(&lines, options.input, err);
	while (!error && (result = record_lines_next(&record, &lines, err)) != 0) {
		error = result < 0 ? result : 0;
		if (!error && print_record(&record, &classifier, &line))
			error = error_errno(err, "the answer cannot be written");
		if (result > 0)
			record_line_release(&record);
	}
	if (!error && fflush(stdout))
		error = error_errno(err, "the answer cannot be written");
	record_lines_close(&lines);
	classifier_release(&classifier);
	buffer_release(&line);
	return error;
}

/* ---- commits ---- */

struct walk {
	struct workspace *workspace;
	struct output *out;
	struct classifier classifier;
	struct commit_reader reader;
	struct triage_sources sources;
	size_t words;
};

/* The classifier's reasons, below those that are above it. */
static int explain(struct evidence_list *list, struct walk *walk, uint32_t number,
		   struct error *err)
{
	struct judgement judgement;
	struct commit_text text;
	uint64_t facts;
	bool fresh;
	int error = commit_reader_read(&text, &facts, &fresh, &walk->reader, number, err);

	if (error)
		return error;
	classify(&judgement, NULL, &walk->classifier, &text, facts);
	classify_explain(list, &walk->classifier, &text, walk->words);
	return judges_explain(list, &walk->workspace->index, number, err);
}

static void print_commit(struct output *out, const json_t *value)
{
	print_id(out, json_string_of(value, "commit"));
	output_print(out, "  %s\n    ", json_string_of(value, "subject"));
	print_judgement(out, value);
	print_evidence(out, json_object_get(value, "evidence"));
}

static int print_one(struct walk *walk, uint32_t number, const struct judgement *judgement,
		     struct error *err)
{
	struct judgement held = *judgement;
	struct evidence_list list = { 0 };
	struct commit_facts facts = { 0 };
	int error = commit_facts_by_number(&facts, &walk->workspace->index, number, err);
	json_t *value;

	if (!error)
		error = triage_sources_add(&held, walk->words ? &list : NULL, &walk->sources,
					   number, &facts.id, err);
	if (!error && walk->words)
		error = explain(&list, walk, number, err);
	if (!error && judgement_likelihood(&held) >= options.least * 10) {
		value = judgement_value(&held);
		json_object_set_new(value, "commit", json_id(&facts.id));
		json_object_set_new(value, "subject", json_text(facts.subject));
		json_object_set_new(value, "evidence", evidence_value(&list));
		output_item(walk->out, value, print_commit);
	}
	evidence_list_release(&list);
	commit_facts_release(&facts);
	return error;
}

/* About those that would be printed; then all is read again. */
static int ask_judges(bool *ret_troubled, struct walk *walk, struct judgement *items,
		      const uint32_t *numbers, size_t count, struct progress *progress,
		      struct error *err)
{
	ARRAY(uint32_t) chosen = ARRAY_INIT;
	struct judge_report report;
	int error;

	for (size_t i = 0; i < count; i++)
		if (judgement_likelihood(&items[i]) >= options.least * 10)
			array_push(&chosen, numbers[i]);
	error = judges_ask(&report, walk->workspace, chosen.items, chosen.count, progress, err);
	progress_line_hide();
	for (size_t i = 0; i < report.troubles.count; i++)
		output_warning(walk->out, "%s", report.troubles.items[i]);
	*ret_troubled = report.troubles.count != 0;
	if (!error)
		output_note(walk->out, "judges: %zu commits asked about, %zu answered",
			    report.asked, report.answered);
	judge_report_release(&report);
	array_release(&chosen);
	return error ? error : judgements_load(items, numbers, count, &walk->workspace->index, err);
}

static int print_numbers(struct walk *walk, const uint32_t *numbers, size_t count,
			 struct progress *progress, struct error *err)
{
	struct judgement *items = memory_alloc((count + 1) * sizeof(*items));
	bool troubled = false;
	int error = judgements_make(items, numbers, count, walk->workspace, progress, err);

	if (!error && options.ask)
		error = ask_judges(&troubled, walk, items, numbers, count, progress, err);
	progress_line_hide();
	output_begin(walk->out);
	output_list_begin(walk->out, "commits");
	for (size_t i = 0; i < count && !error && !output_is_lost(walk->out); i++)
		error = print_one(walk, numbers[i], &items[i], err);
	free(items);
	if (error)
		return error;
	output_list_end(walk->out);
	error = output_end(walk->out, err);
	return error ? error : troubled ? STATUS_LOOK : STATUS_DONE;
}

/* Whether the text is the name of one commit and not of a range. */
static int find_one(uint32_t *ret_number, struct workspace *workspace, const char *text,
		    struct error *err)
{
	struct resolved_name name = RESOLVED_NAME_INIT;
	struct series_info_list series = ARRAY_INIT;
	struct commit_facts facts = { 0 };
	bool is_series;
	int error;

	*ret_number = 0;
	if (!text || strstr(text, ".."))
		return 0;
	error = series_info_load(&series, &workspace->index, false, err);
	is_series = !error && series_info_find(&series, text);
	series_info_list_release(&series);
	if (error || is_series)
		return error;
	error = name_resolve(&name, workspace, text, NULL);
	if (!error && name.kind == NAME_COMMIT)
		error = commit_facts_by_id(&facts, workspace, &name.id, err);
	else
		error = 0;
	*ret_number = facts.number;
	commit_facts_release(&facts);
	resolved_name_release(&name);
	return error;
}

static int judge_range(struct walk *walk, const char *text, struct progress *progress,
		       struct error *err)
{
	struct commit_range_list ranges = ARRAY_INIT;
	struct series_info_list series = ARRAY_INIT;
	ARRAY(uint32_t) numbers = ARRAY_INIT;
	int error = series_info_load(&series, &walk->workspace->index, false, err);

	if (!error)
		error = commit_range_find(&ranges, walk->workspace, &series, text, err);
	for (size_t i = 0; i < ranges.count && !error; i++)
		for (size_t j = 0; j < ranges.items[i].count; j++)
			array_push(&numbers, ranges.items[i].numbers[j]);
	if (!error)
		error = print_numbers(walk, numbers.items, numbers.count, progress, err);
	array_release(&numbers);
	commit_range_list_release(&ranges);
	series_info_list_release(&series);
	return error;
}

static int judge_commits(struct command_context *context, struct error *err)
{
	const char *text = context->count ? context->operands[0] : NULL;
	struct walk walk = { .out = context->output };
	struct workspace workspace;
	uint32_t number = 0;
	int error = session_open(&workspace, context, err);

	if (error)
		return error;
	walk.workspace = &workspace;
	error = classifier_init(&walk.classifier, NULL, true, err);
	if (!error) {
		error = commit_reader_open(&walk.reader, &workspace, err);
		if (!error)
			error = triage_sources_open(&walk.sources, &workspace, err);
		if (!error)
			error = find_one(&number, &workspace, text, err);
		walk.words = options.words >= 0	     ? (size_t)options.words
			     : number		     ? WORDS_OF_ONE
			     : context->output->json ? WORDS_OF_MANY
						     : 0;
		if (!error)
			error = number ? print_numbers(&walk, &number, 1, context->progress, err)
				       : judge_range(&walk, text, context->progress, err);
		triage_sources_close(&walk.sources);
		commit_reader_close(&walk.reader);
		classifier_release(&walk.classifier);
	}
	session_close(&workspace);
	return error;
}

static bool needs_none(void)
{
	return options.input != NULL;
}

static int run(struct command_context *context, struct error *err)
{
	if (!options.input && options.model)
		return error_set(err, ERROR_USAGE, "--model goes with --input");
	if (options.input && context->count)
		return error_set(err, ERROR_USAGE, "--input takes no commits: %s",
				 context->operands[0]);
	return options.input ? judge_records(err) : judge_commits(context, err);
}

const struct command command_triage = {
	.name = "triage",
	.summary = "say which commits repair vulnerabilities, and why",
	.synopsis = "[--ask] [--least PERCENT] [SERIES | A..B | COMMIT]\n"
		    "--input FILE [--model FILE]",
	.help = "For each commit: how likely it repairs a vulnerability that the policy 'default'\n"
		"is about - made of two likelihoods: that it is a security fix, and that it\n"
		"passes if it is one -, what kind of bug it is, by which routes it is reached,\n"
		"and what it gives an attacker. Of a single commit, and with --json, the reasons\n"
		"too: words, paths and signs with their weights in logits.\n"
		"\n"
		"\tsectree triage v6.1.169..v6.1.170\n"
		"\tsectree triage --least 50 linux-6.1.y\n"
		"\tsectree triage 3fa85f64c1b2\n"
		"\n"
		"Judges of sectree.conf are commands that get commits as JSON lines, as --input\n"
		"takes them, and answer with lines of \"id\", \"likelihood\" (0 to 1), \"route\" "
		"and\n"
		"\"reason\". They run with --ask alone. What they answer is kept, and is one\n"
		"evidence more for triage, plan and review. A judge that fails is named (exit\n"
		"1), and nothing waits for it.\n"
		"\n"
		"With --input no workspace is needed: each line of FILE (- is standard input) is\n"
		"an object with \"id\", \"subject\", \"body\" and \"files\", and is answered by a\n"
		"line of id, P(security), P(gate given security) and P(gate), tabs in between.\n",
	.options = option_table,
	.most = 1,
	.workspace = true,
	.needs_none = needs_none,
	.paged = true,
	.run = run,
};
