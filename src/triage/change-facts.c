/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/change-facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "triage/diff-facts.h"

#define FILES_MOST 40	      /* a treewide change says nothing by more */
#define BLOB_LIMIT (2U << 20) /* bytes: generated tables are larger */

void changed_files_init(struct changed_files *files)
{
	memset(files, 0, sizeof(*files));
	buffer_init(&files->text);
}

void changed_files_release(struct changed_files *files)
{
	free(files->paths);
	free(files->old_ids);
	free(files->new_ids);
	buffer_release(&files->text);
}

int changed_files_read(struct changed_files *files, struct statement *statement, uint32_t number,
		       struct error *err)
{
	size_t *starts = NULL, start_capacity = 0, id_capacity = 0, new_capacity = 0;
	int step;

	files->count = 0;
	buffer_clear(&files->text);
	statement_reset(statement);
	statement_bind_int(statement, 1, number);
	while ((step = statement_step(statement, err)) > 0) {
		size_t need = files->count + 1;

		starts = array_reserve_raw(starts, &start_capacity, need, sizeof(*starts));
		id_capacity = new_capacity = files->capacity;
		files->old_ids = array_reserve_raw(files->old_ids, &id_capacity, need,
						   sizeof(git_oid));
		files->new_ids = array_reserve_raw(files->new_ids, &new_capacity, need,
						   sizeof(git_oid));
		files->paths = array_reserve_raw(files->paths, &files->capacity, need,
						 sizeof(*files->paths));
		starts[files->count] = files->text.length;
		buffer_add_string(&files->text, statement_text(statement, 0));
		buffer_add_byte(&files->text, '\0');
		statement_id(&files->old_ids[files->count], statement, 1);
		statement_id(&files->new_ids[files->count], statement, 2);
		files->count++;
	}
	for (size_t i = 0; i < files->count; i++)
		files->paths[i] = files->text.data + starts[i];
	free(starts);
	return step < 0 ? step : 0;
}

static int note_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
		     const git_diff_line *line, void *data)
{
	size_t length = line->content_len;

	(void)delta;
	(void)hunk;
	if (line->origin != GIT_DIFF_LINE_ADDITION && line->origin != GIT_DIFF_LINE_DELETION)
		return 0;
	while (length && (line->content[length - 1] == '\n' || line->content[length - 1] == '\r'))
		length--;
	diff_facts_add(data, line->origin == GIT_DIFF_LINE_ADDITION, line->content, length);
	return 0;
}

/* NULL for what is not there, no blob (a submodule's commit), or too large. */
static git_odb_object *read_blob(git_odb *odb, const git_oid *id)
{
	git_odb_object *object = NULL;
	git_object_t type;
	size_t size;

	if (id_is_zero(id) || git_odb_read_header(&size, &type, odb, id) < 0 ||
	    type != GIT_OBJECT_BLOB || size > BLOB_LIMIT || git_odb_read(&object, odb, id) < 0)
		return NULL;
	return object;
}

static bool is_source(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".c") || !strcmp(dot, ".h") || !strcmp(dot, ".S"));
}

static int add_file(struct diff_facts *facts, const char *path, const git_oid *old_id,
		    const git_oid *new_id, git_odb *odb, struct error *err)
{
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	git_odb_object *old_object, *new_object;
	int result = 0;

	if (!is_source(path))
		return 0;
	old_object = read_blob(odb, old_id);
	new_object = read_blob(odb, new_id);
	options.context_lines = 0;
	if (old_object || new_object)
		result = git_diff_buffers(old_object ? git_odb_object_data(old_object) : NULL,
					  old_object ? git_odb_object_size(old_object) : 0, NULL,
					  new_object ? git_odb_object_data(new_object) : NULL,
					  new_object ? git_odb_object_size(new_object) : 0, NULL,
					  &options, NULL, NULL, NULL, note_line, facts);
	git_odb_object_free(old_object);
	git_odb_object_free(new_object);
	return result < 0 ? git_failed(err, "%s: its change cannot be read", path) : 0;
}

int change_facts_make(uint64_t *ret_set, const struct changed_files *files, git_odb *odb,
		      struct error *err)
{
	struct diff_facts facts;
	int error = 0;

	diff_facts_init(&facts);
	for (size_t i = 0; i < files->count && i < FILES_MOST && !error; i++)
		error = add_file(&facts, files->paths[i], &files->old_ids[i], &files->new_ids[i],
				 odb, err);
	*ret_set = diff_facts_end(&facts);
	return error;
}
