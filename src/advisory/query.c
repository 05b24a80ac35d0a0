/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/advisory.h"

#define ID_PREFIX_LEAST 4

struct number_list {
	int64_t *items;
	size_t count;
	size_t capacity;
};

/* Upper case, and "CVE-" in front where only the numbers were given. */
static bool clean_name(char ret_name[ADVISORY_NAME_SIZE], const char *name)
{
	size_t used = 0;

	if (*name >= '0' && *name <= '9') {
		memcpy(ret_name, "CVE-", 4);
		used = 4;
	}
	for (; *name; name++) {
		if (used + 1 >= ADVISORY_NAME_SIZE)
			return false;
		ret_name[used++] = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
	}
	ret_name[used] = '\0';
	return used >= 5 && strncmp(ret_name, "CVE-", 4) == 0 &&
	       strspn(ret_name + 4, "0123456789-") == used - 4;
}

/* The name itself where it exists, else the one that begins so. */
static int find_name(char ret_name[ADVISORY_NAME_SIZE], struct index *index, const char *name,
		     struct error *err)
{
	/* ':' sorts behind the digits and '-'. */
	static const char sql[] = "SELECT DISTINCT name FROM advisory WHERE name >= ?1"
				  " AND name < ?1 || ':' ORDER BY name LIMIT 5";
	struct buffer list = BUFFER_INIT;
	struct statement statement;
	size_t count = 0;
	bool exact = false;
	const char *found;
	int step = statement_init(&statement, index, sql, err);

	if (step)
		return step;
	statement_bind_text(&statement, 1, name);
	while (!exact && (step = statement_step(&statement, err)) > 0) {
		found = statement_text(&statement, 0);
		exact = strcmp(found, name) == 0;
		if (++count == 5)
			buffer_add_string(&list, ", ...");
		else
			buffer_add_format(&list, "%s%s", count > 1 ? ", " : "", found);
		snprintf(ret_name, ADVISORY_NAME_SIZE, "%s", found);
	}
	statement_release(&statement);
	if (step >= 0 && !count)
		step = error_set(err, ERROR_NOT_FOUND,
				 "%s: no advisory has that name; the kernel's records begin with "
				 "2024 and reach back unevenly",
				 name);
	else if (step >= 0 && !exact && count > 1)
		step = error_set(err, ERROR_AMBIGUOUS, "%s: more than one advisory begins so: %s",
				 name, list.data);
	buffer_release(&list);
	return step < 0 ? step : 0;
}

/* Runs a query of one text that gives numbers, and loads those. */
static int load_found(struct advisory_set *ret_set, struct index *index, const char *sql,
		      const char *low, const char *high, const char *id, struct error *err)
{
	struct number_list numbers = ARRAY_INIT;
	struct statement statement;
	const char *found;
	size_t length = id ? strlen(id) : 0;
	int step = statement_init(&statement, index, sql, err);

	if (step)
		return step;
	statement_bind_text(&statement, 1, low);
	statement_bind_text(&statement, 2, high);
	while ((step = statement_step(&statement, err)) > 0) {
		found = statement_text(&statement, 1);
		/* Between the two lie ids that share 12 digits and then differ. */
		if (id && strncmp(found, id, length) != 0 && !advisory_id_matches(found, id))
			continue;
		if (!numbers.count || *array_last(&numbers) != statement_int(&statement, 0))
			array_push(&numbers, statement_int(&statement, 0));
	}
	statement_release(&statement);
	if (!step)
		step = advisory_load_numbers(ret_set, index, numbers.items, numbers.count, err);
	array_release(&numbers);
	return step;
}

int advisory_load_name(struct advisory_set *ret_set, struct index *index, const char *name,
		       struct error *err)
{
	char wanted[ADVISORY_NAME_SIZE], found[ADVISORY_NAME_SIZE];
	int error;

	memset(ret_set, 0, sizeof(*ret_set));
	if (!clean_name(wanted, name))
		return error_set(err, ERROR_NOT_FOUND, "%.64s: no CVE id nor the beginning of one",
				 name);
	error = find_name(found, index, wanted, err);
	if (error)
		return error;
	return load_found(ret_set, index,
			  "SELECT advisory, name FROM advisory WHERE name BETWEEN ? AND ?"
			  " ORDER BY advisory",
			  found, found, NULL, err);
}

/* `sql` takes a first id and one behind the last. */
static int load_by_id(struct advisory_set *ret_set, struct index *index, const char *sql,
		      const char *id, struct error *err)
{
	struct advisory_id prefix;
	char low[ADVISORY_ID_SHORTEST + 1], high[ADVISORY_ID_LENGTH + 2];

	memset(ret_set, 0, sizeof(*ret_set));
	if (!advisory_id_parse(&prefix, id, strlen(id), ID_PREFIX_LEAST))
		return error_set(err, ERROR_NOT_FOUND,
				 "%.64s: no commit id, which is %d to 40 hex digits", id,
				 ID_PREFIX_LEAST);
	snprintf(low, sizeof(low), "%.*s", ADVISORY_ID_SHORTEST, prefix.hex);
	snprintf(high, sizeof(high), "%sg", prefix.hex);
	return load_found(ret_set, index, sql, low, high, prefix.hex, err);
}

int advisory_load_fix(struct advisory_set *ret_set, struct index *index, const char *id,
		      struct error *err)
{
	return load_by_id(ret_set, index,
			  "SELECT advisory, id FROM advisory_fix WHERE id >= ? AND id < ?"
			  " ORDER BY advisory",
			  id, err);
}

int advisory_load_introduced(struct advisory_set *ret_set, struct index *index, const char *id,
			     struct error *err)
{
	return load_by_id(ret_set, index,
			  "SELECT advisory, id FROM advisory_introduced WHERE id >= ? AND id < ?"
			  " ORDER BY advisory",
			  id, err);
}

static int load_files(struct advisory_text *text, struct index *index, int64_t number,
		      struct error *err)
{
	struct statement statement;
	size_t capacity = 0;
	int step = statement_init(&statement, index,
				  "SELECT name FROM advisory_file WHERE advisory = ? ORDER BY name",
				  err);

	if (step)
		return step;
	statement_bind_int(&statement, 1, number);
	while ((step = statement_step(&statement, err)) > 0) {
		text->files = array_reserve_raw(text->files, &capacity, text->file_count + 1,
						sizeof(*text->files));
		text->files[text->file_count++] = string_copy(statement_text(&statement, 0));
	}
	statement_release(&statement);
	return step;
}

int advisory_load_text(struct advisory_text *ret_text, struct index *index, int64_t number,
		       struct error *err)
{
	struct statement statement;
	bool found;
	int step = statement_init(&statement, index,
				  "SELECT description, rationale, note FROM advisory_text"
				  " WHERE advisory = ?",
				  err);

	memset(ret_text, 0, sizeof(*ret_text));
	if (step)
		return step;
	statement_bind_int(&statement, 1, number);
	step = statement_step(&statement, err);
	found = step > 0;
	ret_text->description = string_copy(found ? statement_text(&statement, 0) : "");
	ret_text->rationale = string_copy(found ? statement_text(&statement, 1) : "");
	ret_text->note = string_copy(found ? statement_text(&statement, 2) : "");
	statement_release(&statement);
	if (step >= 0)
		step = load_files(ret_text, index, number, err);
	if (step < 0)
		advisory_text_release(ret_text);
	return step;
}

void advisory_text_release(struct advisory_text *text)
{
	for (size_t i = 0; i < text->file_count; i++)
		free(text->files[i]);
	free(text->files);
	free(text->description);
	free(text->rationale);
	free(text->note);
	memset(text, 0, sizeof(*text));
}

int advisory_is_not_fix(bool *ret_is, struct index *index, const char *id, struct error *err)
{
	struct statement statement;
	struct advisory_id whole;
	char low[ADVISORY_ID_SHORTEST + 1];
	int step = statement_init(&statement, index,
				  "SELECT id FROM advisory_not_fix WHERE id BETWEEN ? AND ?", err);

	*ret_is = false;
	if (step)
		return step;
	if (advisory_id_parse(&whole, id, strlen(id), ADVISORY_ID_LENGTH)) {
		snprintf(low, sizeof(low), "%.*s", ADVISORY_ID_SHORTEST, whole.hex);
		statement_bind_text(&statement, 1, low);
		statement_bind_text(&statement, 2, whole.hex);
		while (!*ret_is && (step = statement_step(&statement, err)) > 0)
			*ret_is = advisory_id_matches(statement_text(&statement, 0), whole.hex);
	}
	statement_release(&statement);
	return step < 0 ? step : 0;
}

int advisory_load_damage(struct advisory_damage_list *ret_list, struct index *index,
			 struct error *err)
{
	struct advisory_damage *damage;
	struct statement statement;
	int step = statement_init(&statement, index,
				  "SELECT place, name, reason FROM advisory_damage ORDER BY place",
				  err);

	memset(ret_list, 0, sizeof(*ret_list));
	if (step)
		return step;
	while ((step = statement_step(&statement, err)) > 0) {
		damage = array_add(ret_list);
		damage->place = string_copy(statement_text(&statement, 0));
		damage->name = string_copy(statement_text(&statement, 1));
		damage->reason = string_copy(statement_text(&statement, 2));
	}
	statement_release(&statement);
	if (step < 0)
		advisory_damage_list_release(ret_list);
	return step;
}

void advisory_damage_list_release(struct advisory_damage_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].place);
		free(list->items[i].name);
		free(list->items[i].reason);
	}
	array_release(list);
}
