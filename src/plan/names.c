/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"

#define SUFFIX "-security"
#define CANDIDATES_SHOWN 6

void base_point_release(struct base_point *base)
{
	free(base->series_name);
	free(base->name);
	memset(base, 0, sizeof(*base));
}

void tip_point_release(struct tip_point *tip)
{
	free(tip->name);
	memset(tip, 0, sizeof(*tip));
}

/* ---- commits by name ---- */

/* 1 with the commit, 0 where there is no such name, negative on error. */
static int release_exact(git_oid *ret_id, struct index *index, const char *text, size_t length,
			 struct error *err)
{
	const char *prefix = length && text[0] == 'v' ? "" : "v";
	char *name = string_format("%s%.*s", prefix, (int)length, text);
	struct statement select;
	int step;

	step = statement_init(&select, index,
			      "SELECT c.id FROM release r JOIN commits c ON c.number = r.number"
			      " WHERE r.name = ?",
			      err);
	if (!step) {
		statement_bind_text(&select, 1, name);
		step = statement_step(&select, err);
		if (step > 0)
			statement_id(ret_id, &select, 0);
		statement_release(&select);
	}
	free(name);
	return step;
}

/* As release_exact, for the only release that begins so. */
static int release_prefix(git_oid *ret_id, struct index *index, const char *text, struct error *err)
{
	char *name = string_format("%s%s", text[0] == 'v' ? "" : "v", text);
	struct buffer list = BUFFER_INIT;
	struct statement select;
	size_t found = 0;
	int step;

	step = statement_init(&select, index,
			      "SELECT c.id, r.name FROM release r JOIN commits c ON"
			      " c.number = r.number WHERE substr(r.name, 1, length(?1)) = ?1"
			      " ORDER BY r.major, r.minor, r.sublevel, r.candidate",
			      err);
	if (step) {
		free(name);
		return step;
	}
	statement_bind_text(&select, 1, name);
	while ((step = statement_step(&select, err)) > 0) {
		statement_id(ret_id, &select, 0);
		if (found++ < CANDIDATES_SHOWN)
			buffer_add_format(&list, " %s", statement_text(&select, 1));
	}
	statement_release(&select);
	if (!step && found > 1)
		step = error_set(err, ERROR_AMBIGUOUS,
				 "'%s': %zu releases begin so:%s%s; name one in full", text, found,
				 list.data, found > CANDIDATES_SHOWN ? " ..." : "");
	buffer_release(&list);
	free(name);
	return step ? step : found == 1;
}

/* As release_exact, by git's own rules in the source. */
static int revision(git_oid *ret_id, git_repository *source, const char *text, struct error *err)
{
	git_object *object, *commit;
	int result;

	result = git_revparse_single(&object, source, text);
	if (result == GIT_EAMBIGUOUS)
		return error_set(err, ERROR_AMBIGUOUS,
				 "'%s': several objects of the source begin so; give more digits",
				 text);
	if (result < 0)
		return 0;
	result = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	git_object_free(object);
	if (result < 0)
		return error_set(err, ERROR_INPUT, "'%s': is no commit of the source", text);
	*ret_id = *git_object_id(commit);
	git_object_free(commit);
	return 1;
}

static int commit_by_name(git_oid *ret_id, struct workspace *workspace, struct index *index,
			  const char *text, const char *words, struct error *err)
{
	size_t length = strlen(text), suffix = strlen(SUFFIX);
	int found;

	if (length > 255)
		return error_set(err, ERROR_INPUT, "%s: a name of %zu bytes is none", words,
				 length);
	found = release_exact(ret_id, index, text, length, err);
	if (!found && !strncmp(text, "linux-", 6) && length > 6 + suffix &&
	    !strcmp(text + length - suffix, SUFFIX))
		found = release_exact(ret_id, index, text + 6, length - 6 - suffix, err);
	if (!found)
		found = revision(ret_id, workspace->source, text, err);
	if (!found)
		found = release_prefix(ret_id, index, text, err);
	if (!found)
		return error_set(err, ERROR_NOT_FOUND,
				 "'%s': is no release, series or commit of the source; 'sectree "
				 "status' lists series and releases",
				 text);
	return found < 0 ? found : 0;
}

/* The release that a commit is, or 12 digits of its id. */
static int name_of_commit(char **ret_name, int *ret_sublevel, struct index *index,
			  const git_oid *id, struct error *err)
{
	struct statement select;
	int step;

	*ret_sublevel = -1;
	step = statement_init(&select, index,
			      "SELECT r.name, r.sublevel FROM commits c JOIN release r ON"
			      " r.number = c.number WHERE c.id = ? AND r.candidate = 0"
			      " ORDER BY r.name LIMIT 1",
			      err);
	if (step)
		return step;
	statement_bind_id(&select, 1, id);
	step = statement_step(&select, err);
	if (step > 0) {
		*ret_name = string_copy(statement_text(&select, 0));
		*ret_sublevel = (int)statement_int(&select, 1);
	} else if (!step) {
		*ret_name = string_copy(id_short(id).text);
	}
	statement_release(&select);
	return step < 0 ? step : 0;
}

/* ---- bases ---- */

int series_first(struct base_point *ret_base, struct index *index, int64_t series,
		 struct error *err)
{
	struct statement select;
	int step, sublevel;

	memset(ret_base, 0, sizeof(*ret_base));
	/* Where it starts counts as its first release when it is one. */
	step = statement_init(&select, index,
			      "SELECT s.name, f.id, c.id FROM series s"
			      " JOIN commits f ON f.number = s.first"
			      " LEFT JOIN release r ON r.series = s.series AND r.candidate = 0"
			      " LEFT JOIN commits c ON c.number = r.number WHERE s.series = ?"
			      " ORDER BY r.number <> s.first, r.sublevel, r.name LIMIT 1",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, series);
	step = statement_step(&select, err);
	if (step > 0) {
		ret_base->series = series;
		ret_base->series_name = string_copy(statement_text(&select, 0));
		statement_id(&ret_base->id, &select,
			     sqlite3_column_type(select.stmt, 2) == SQLITE_NULL ? 1 : 2);
		ret_base->is_first = true;
	}
	statement_release(&select);
	if (!step)
		return error_set(err, ERROR_NOT_FOUND, "series %lld: is not in the index",
				 (long long)series);
	step = step < 0 ? step
			: name_of_commit(&ret_base->name, &sublevel, index, &ret_base->id, err);
	ret_base->release = !step && sublevel >= 0;
	if (step)
		base_point_release(ret_base);
	return step;
}

/* 1 with the series of that name (or of its branch of ours), 0 none. */
static int series_by_name(int64_t *ret_series, struct index *index, const char *name,
			  struct error *err)
{
	size_t length = strlen(name), suffix = strlen(SUFFIX);
	struct statement select;
	int step = 0;

	for (int pass = 0; pass < 2 && !step; pass++) {
		if (pass && (length <= suffix || strcmp(name + length - suffix, SUFFIX)))
			break;
		step = statement_init(&select, index, "SELECT series FROM series WHERE name = ?",
				      err);
		if (step)
			return step;
		statement_bind_text_length(&select, 1, name, pass ? length - suffix : length);
		step = statement_step(&select, err);
		if (step > 0)
			*ret_series = statement_int(&select, 0);
		statement_release(&select);
	}
	return step;
}

static const char holders_sql[] =
	"SELECT s.series, s.name, EXISTS(SELECT 1 FROM release r WHERE r.number = c.number AND"
	" r.major = s.major AND r.minor = s.minor AND r.candidate = 0) AS own"
	" FROM commits c JOIN series s WHERE c.id = ?1 AND (s.first = c.number OR"
	" EXISTS(SELECT 1 FROM member m WHERE m.number = c.number AND m.series = s.series))"
	" ORDER BY own DESC, s.name";

/* The one series that holds the commit, or that `series` names among them. */
static int choose_series(struct base_point *base, struct index *index, const char *text,
			 const char *series, struct error *err)
{
	size_t found = 0, own = 0;
	struct buffer list = BUFFER_INIT;
	struct statement select;
	bool chosen = false;
	int step;

	step = statement_init(&select, index, holders_sql, err);
	if (step)
		return step;
	statement_bind_id(&select, 1, &base->id);
	while ((step = statement_step(&select, err)) > 0) {
		const char *name = statement_text(&select, 1);

		own += statement_int(&select, 2) != 0;
		buffer_add_format(&list, " %s", name);
		if (found++ && (!series || strcmp(series, name)))
			continue;
		base->series = statement_int(&select, 0);
		free(base->series_name);
		base->series_name = string_copy(name);
		chosen = series && !strcmp(series, name);
	}
	statement_release(&select);
	if (!step && !found)
		step = error_set(err, ERROR_INPUT,
				 "'%s': commit %s is neither the start nor a member of a series; "
				 "'sectree status' lists them",
				 text, id_short(&base->id).text);
	else if (!step && series && !chosen)
		step = error_set(err, ERROR_INPUT, "'%s': is not in series %s, but in%s", text,
				 series, list.data);
	else if (!step && !series && found > 1 && own != 1)
		step = error_set(err, ERROR_AMBIGUOUS,
				 "'%s': is in several series:%s; choose with --series", text,
				 list.data);
	buffer_release(&list);
	return step;
}

static int finish_base(struct base_point *base, struct index *index, struct error *err)
{
	struct base_point first;
	int error, sublevel;

	error = name_of_commit(&base->name, &sublevel, index, &base->id, err);
	if (error)
		return error;
	base->release = sublevel >= 0;
	error = series_first(&first, index, base->series, err);
	if (error)
		return error;
	base->is_first = git_oid_equal(&first.id, &base->id);
	base_point_release(&first);
	return 0;
}

int base_resolve(struct base_point *ret_base, struct workspace *workspace, struct index *index,
		 const char *text, const char *series, struct error *err)
{
	int64_t number;
	int error, found;

	memset(ret_base, 0, sizeof(*ret_base));
	found = series ? series_by_name(&number, index, series, err) : 1;
	if (!found)
		return error_set(err, ERROR_NOT_FOUND,
				 "--series %s: there is no such series; 'sectree status' lists "
				 "them",
				 series);
	if (found > 0)
		found = series_by_name(&number, index, text, err);
	if (found < 0)
		return found;
	if (found)
		return series_first(ret_base, index, number, err);
	error = commit_by_name(&ret_base->id, workspace, index, text, "base", err);
	if (!error)
		error = choose_series(ret_base, index, text, series, err);
	if (!error)
		error = finish_base(ret_base, index, err);
	if (error)
		base_point_release(ret_base);
	return error;
}

/* ---- tips ---- */

/* Whether the base is the tip or an ancestor of it. */
static bool base_precedes(const struct members *members, const struct base_point *base,
			  uint32_t tip)
{
	uint32_t member = members_find(members, &base->id);
	unsigned char *marks;
	bool precedes;

	if (member == MEMBER_NONE) /* where the series starts: before all of them */
		return true;
	if (tip == MEMBER_NONE)
		return false;
	marks = memory_alloc(members->topology.count);
	topology_mark(marks, &members->topology, members->items[tip].number);
	precedes = marks[members->items[member].number];
	free(marks);
	return precedes;
}

static int newest_release(struct tip_point *tip, const struct members *members,
			  const struct base_point *base, struct error *err)
{
	const struct member_release *release;

	for (size_t i = members->release_count; i-- > 0;) {
		release = &members->releases[i];
		if (release->member == MEMBER_NONE ||
		    !base_precedes(members, base, release->member))
			continue;
		tip->id = members->items[release->member].id;
		tip->name = string_copy(release->name);
		tip->sublevel = release->sublevel;
		return 0;
	}
	if (!base->release)
		return error_set(err, ERROR_INPUT,
				 "series %s: has no release after %s; name a tip with --to",
				 members->name, base->name);
	tip->id = base->id;
	return name_of_commit(&tip->name, &tip->sublevel, members->index, &tip->id, err);
}

int tip_resolve(struct tip_point *ret_tip, struct workspace *workspace,
		const struct members *members, const struct base_point *base, const char *text,
		struct error *err)
{
	uint32_t member;
	int error;

	memset(ret_tip, 0, sizeof(*ret_tip));
	if (!text)
		return newest_release(ret_tip, members, base, err);
	error = commit_by_name(&ret_tip->id, workspace, members->index, text, "--to", err);
	if (error)
		return error;
	member = members_find(members, &ret_tip->id);
	if (!git_oid_equal(&ret_tip->id, &base->id) &&
	    (member == MEMBER_NONE || !base_precedes(members, base, member)))
		return error_set(err, ERROR_INPUT,
				 "--to %s: commit %s does not follow %s in series %s", text,
				 id_short(&ret_tip->id).text, base->name, members->name);
	error = name_of_commit(&ret_tip->name, &ret_tip->sublevel, members->index, &ret_tip->id,
			       err);
	if (error)
		tip_point_release(ret_tip);
	return error;
}
