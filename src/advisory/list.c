/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/list.h"

#include "advisory/cvss.h"
#include "advisory/lines.h"
#include "advisory/record.h"
#include "advisory/store.h"
#include "base/table.h"

struct list {
	const char *name;
	ARRAY(struct advisory_record) records; /* in the order of their first lines */
	struct table known;		       /* CVE -> position in `records` */
};

static void list_release(struct list *list)
{
	for (size_t i = 0; i < list->records.count; i++)
		advisory_record_release(&list->records.items[i]);
	array_release(&list->records);
	table_release(&list->known);
}

static struct advisory_record *find_record(struct list *list, const char *cve)
{
	struct advisory_record *record;
	uint32_t at;

	if (table_find_string(&at, &list->known, cve))
		return &list->records.items[at];
	table_set_string(&list->known, cve, (uint32_t)list->records.count);
	record = array_add(&list->records);
	advisory_record_init(record);
	snprintf(record->name, sizeof(record->name), "%s", cve);
	return record;
}

/* Splits off the next word. */
static bool next_word(const char **ret_word, size_t *ret_length, const char **at, size_t *left)
{
	text_trim(at, left);
	*ret_word = *at;
	*ret_length = 0;
	while (*ret_length < *left && (*at)[*ret_length] != ' ' && (*at)[*ret_length] != '\t')
		(*ret_length)++;
	*at += *ret_length;
	*left -= *ret_length;
	return *ret_length > 0;
}

static int set_vector(struct advisory_record *record, const char *vector, size_t length,
		      struct error *err)
{
	struct cvss cvss;
	int error = cvss_parse(&cvss, vector, length, err);

	if (error)
		return error;
	if (record->vector.length &&
	    (record->vector.length != length || memcmp(record->vector.data, vector, length) != 0))
		return error_set(err, ERROR_INPUT, "%s has another vector in an earlier line",
				 record->name);
	buffer_clear(&record->vector);
	buffer_add(&record->vector, vector, length);
	record->score = cvss.score;
	return 0;
}

static int read_line(struct list *list, const char *line, size_t length, struct error *err)
{
	const char *word, *comment = memchr(line, '#', length);
	char cve[ADVISORY_NAME_SIZE];
	struct advisory_record *record;
	struct advisory_id id;
	size_t span;

	if (comment)
		length = (size_t)(comment - line);
	if (!next_word(&word, &span, &line, &length))
		return 0;
	if (!advisory_id_parse(&id, word, span, ADVISORY_ID_SHORTEST))
		return error_set(err, ERROR_INPUT,
				 "a line begins with a commit id of 12 to 40 hex digits");
	if (!next_word(&word, &span, &line, &length) || !advisory_name_parse(cve, word, span))
		return error_set(err, ERROR_INPUT,
				 "a CVE id (CVE-2022-0185) was expected after "
				 "the commit id");
	record = find_record(list, cve);
	advisory_record_add_fix(record, id.hex, true);
	if (!next_word(&word, &span, &line, &length))
		return 0;
	if (set_vector(record, word, span, err))
		return ERROR_INPUT;
	if (next_word(&word, &span, &line, &length))
		return error_set(err, ERROR_INPUT,
				 "nothing but a comment was expected after the "
				 "CVSS vector");
	return 0;
}

static int read_list(struct list *list, const void *data, size_t size, struct error *err)
{
	struct error what = ERROR_INIT;
	struct lines lines;
	const char *line;
	size_t length;

	for (lines_init(&lines, data, size); lines_next(&line, &length, &lines);) {
		if (read_line(list, line, length, &what))
			return error_set(err, ERROR_INPUT, "%s:%zu: %s", list->name, lines.number,
					 what.message);
	}
	return 0;
}

static int store_list(const struct list *list, struct index *index, struct error *err)
{
	struct advisory_store store;
	int error = advisory_store_init(&store, index, err);

	if (error)
		return error;
	error = advisory_store_remove_origin(&store, "list", list->name, err);
	for (size_t i = 0; i < list->records.count && !error; i++)
		error = advisory_store_add(&store, &list->records.items[i], "list", list->name,
					   err);
	advisory_store_release(&store);
	return error;
}

int advisory_import_list(size_t *ret_count, struct index *index, const char *name, const void *data,
			 size_t size, struct error *err)
{
	struct list list = { .name = name, .records = ARRAY_INIT, .known = TABLE_INIT };
	int error;

	*ret_count = 0;
	if (size > ADVISORY_LIST_LIMIT)
		return error_set(err, ERROR_INPUT, "%s: more than %u bytes", name,
				 ADVISORY_LIST_LIMIT);
	error = read_list(&list, data, size, err);
	if (!error) {
		error = advisory_savepoint_begin(index, err);
		if (!error)
			error = advisory_savepoint_end(index, store_list(&list, index, err), err);
	}
	if (!error)
		*ret_count = list.records.count;
	list_release(&list);
	return error;
}

int advisory_import_list_file(size_t *ret_count, struct index *index, const char *path,
			      struct error *err)
{
	struct buffer data = BUFFER_INIT;
	int error = buffer_read_file(&data, path, ADVISORY_LIST_LIMIT, err);

	*ret_count = 0;
	if (!error)
		error = advisory_import_list(ret_count, index, path, data.data, data.length, err);
	buffer_release(&data);
	return error;
}

int advisory_forget_list(struct index *index, const char *name, struct error *err)
{
	struct list list = { .name = name, .records = ARRAY_INIT, .known = TABLE_INIT };
	int error = advisory_savepoint_begin(index, err);

	if (error)
		return error;
	return advisory_savepoint_end(index, store_list(&list, index, err), err);
}
