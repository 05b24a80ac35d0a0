/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "git/commit.h"
#include "git/repository.h"
#include "triage/judgements.h"

int commit_reader_open(struct commit_reader *ret_reader, struct workspace *workspace,
		       struct error *err)
{
	struct index *index = &workspace->index;
	int error;

	memset(ret_reader, 0, sizeof(*ret_reader));
	changed_files_init(&ret_reader->files);
	ret_reader->workspace = workspace;
	error = workspace_open_source(workspace, err);
	if (!error)
		error = statement_init(&ret_reader->find_id, index,
				       "SELECT id FROM commits WHERE number = ?", err);
	if (!error)
		error = statement_init(&ret_reader->find_files, index, CHANGED_FILES_SQL, err);
	if (!error)
		error = statement_init(&ret_reader->find_facts, index,
				       "SELECT facts FROM change_fact WHERE number = ?", err);
	if (error)
		commit_reader_close(ret_reader);
	return error;
}

void commit_reader_close(struct commit_reader *reader)
{
	statement_release(&reader->find_id);
	statement_release(&reader->find_files);
	statement_release(&reader->find_facts);
	changed_files_release(&reader->files);
	git_odb_object_free(reader->object);
	reader->object = NULL;
}

/* The subject is the first line, as history/message.h takes it. */
static void split_message(struct commit_text *text, struct text_span message)
{
	const char *end;

	while (message.length && (*message.text == '\n' || *message.text == ' '))
		message.text++, message.length--;
	end = memchr(message.text, '\n', message.length);
	text->subject = message.text;
	text->subject_length = end ? (size_t)(end - message.text) : message.length;
	text->body = message.text + text->subject_length;
	text->body_length = message.length - text->subject_length;
}

static int read_message(struct commit_text *ret_text, struct commit_reader *reader, uint32_t number,
			struct error *err)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	git_oid id;
	int step, error;

	statement_reset(&reader->find_id);
	statement_bind_int(&reader->find_id, 1, number);
	step = statement_step(&reader->find_id, err);
	if (step <= 0)
		return step < 0 ? step
				: error_set(err, ERROR_INPUT, "the index has no commit %u", number);
	statement_id(&id, &reader->find_id, 0);
	git_odb_object_free(reader->object);
	reader->object = NULL;
	if (git_odb_read(&reader->object, reader->workspace->odb, &id) < 0)
		return git_failed(err, "%s: the commit cannot be read", id_hex(&id).text);
	error = commit_view_parse(&view, git_odb_object_data(reader->object),
				  git_odb_object_size(reader->object), &id, err);
	if (!error)
		split_message(ret_text, view.message);
	commit_view_release(&view);
	return error;
}

int commit_reader_read(struct commit_text *ret_text, uint64_t *ret_facts, bool *ret_fresh,
		       struct commit_reader *reader, uint32_t number, struct error *err)
{
	int error = read_message(ret_text, reader, number, err), step;

	if (!error)
		error = changed_files_read(&reader->files, &reader->find_files, number, err);
	if (error)
		return error;
	ret_text->files = reader->files.paths;
	ret_text->file_count = reader->files.count;
	statement_reset(&reader->find_facts);
	statement_bind_int(&reader->find_facts, 1, number);
	step = statement_step(&reader->find_facts, err);
	if (step < 0)
		return step;
	*ret_fresh = !step;
	if (step) {
		*ret_facts = (uint64_t)statement_int(&reader->find_facts, 0);
		return 0;
	}
	return change_facts_make(ret_facts, &reader->files, reader->workspace->odb, err);
}
