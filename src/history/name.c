/* SPDX-License-Identifier: GPL-2.0-only */
/* Which commit a name means. */
#include <stdlib.h>
#include <string.h>

#include "history/lookup.h"
#include "history/message.h"

#define CANDIDATES 8 /* that are listed for an ambiguous name */
#define SHORTEST 4

void resolved_name_release(struct resolved_name *name)
{
	free(name->release);
	memset(name, 0, sizeof(*name));
}

static bool is_hex(char ret_hex[GIT_OID_HEXSZ + 1], const char *name)
{
	size_t length = strlen(name);

	if (length < SHORTEST || length > GIT_OID_HEXSZ ||
	    strspn(name, "0123456789abcdefABCDEF") != length)
		return false;
	for (size_t i = 0; i <= length; i++)
		ret_hex[i] = (char)(name[i] | (name[i] >= 'A' && name[i] <= 'F' ? 0x20 : 0));
	return true;
}

static void set_id(struct resolved_name *name, enum name_kind kind, const git_oid *id)
{
	name->kind = kind;
	name->id = *id;
	memcpy(name->hex, id_hex(id).text, sizeof(name->hex));
}

/* 1 where it is a release by this very name. */
static int find_release(struct resolved_name *ret_name, struct index *index, const char *name,
			struct error *err)
{
	struct statement select;
	git_oid id;
	int step = statement_init(&select, index,
				  "SELECT r.name, c.id FROM release r"
				  " JOIN commits c ON c.number = r.number WHERE r.name = ?",
				  err);

	if (step)
		return step;
	statement_bind_text(&select, 1, name);
	step = statement_step(&select, err);
	if (step > 0) {
		statement_id(&id, &select, 1);
		set_id(ret_name, NAME_RELEASE, &id);
		ret_name->release = string_copy(statement_text(&select, 0));
	}
	statement_release(&select);
	return step;
}

/* 1 where exactly one release begins so. */
static int find_release_prefix(struct resolved_name *ret_name, struct index *index,
			       const char *name, struct error *err)
{
	struct buffer found = BUFFER_INIT, first = BUFFER_INIT;
	struct statement select;
	size_t count = 0;
	int step = statement_init(&select, index,
				  "SELECT name FROM release WHERE substr(name, 1, length(?1)) = ?1"
				  " ORDER BY major, minor, sublevel, candidate LIMIT 9",
				  err);

	if (step)
		return step;
	statement_bind_text(&select, 1, name);
	while ((step = statement_step(&select, err)) > 0) {
		if (!count)
			buffer_add_string(&first, statement_text(&select, 0));
		if (++count <= CANDIDATES)
			buffer_add_format(&found, "\n%s", statement_text(&select, 0));
	}
	statement_release(&select);
	if (!step && count == 1)
		step = find_release(ret_name, index, first.data, err);
	else if (!step && count)
		step = error_set(err, ERROR_AMBIGUOUS, "%s: several releases begin so:%s%s", name,
				 found.data, count > CANDIDATES ? "\n..." : "");
	buffer_release(&found);
	buffer_release(&first);
	return step;
}

/* The ids that begin with some digits, each once. */
struct candidates {
	char hex[CANDIDATES + 1][GIT_OID_HEXSZ + 1];
	bool held[CANDIDATES + 1]; /* by the index or the source */
	size_t count;
};

static void add_candidate(struct candidates *candidates, const char *hex, bool held)
{
	for (size_t i = 0; i < candidates->count; i++)
		if (!strcmp(candidates->hex[i], hex)) {
			candidates->held[i] |= held;
			return;
		}
	if (candidates->count > CANDIDATES)
		return;
	snprintf(candidates->hex[candidates->count], GIT_OID_HEXSZ + 1, "%s", hex);
	candidates->held[candidates->count++] = held;
}

static int add_indexed(struct candidates *candidates, struct index *index, const char *hex,
		       struct error *err)
{
	struct commit_facts_list list = ARRAY_INIT;
	int error = commit_facts_by_prefix(&list, index, hex, CANDIDATES + 1, err);

	for (size_t i = 0; i < list.count; i++)
		add_candidate(candidates, id_hex(&list.items[i].id).text, true);
	commit_facts_list_release(&list);
	return error;
}

/* A commit of the source that no series holds; other objects do not count. */
static void add_object(struct candidates *candidates, git_odb *odb, const char *hex)
{
	git_oid prefix, id;
	git_object_t type;
	size_t size;

	if (!odb || git_oid_fromstrn(&prefix, hex, strlen(hex)) < 0 ||
	    git_odb_exists_prefix(&id, odb, &prefix, strlen(hex)) < 0 ||
	    git_odb_read_header(&size, &type, odb, &id) < 0 || type != GIT_OBJECT_COMMIT)
		return;
	add_candidate(candidates, id_hex(&id).text, true);
}

/* Whole ids that messages and advisories name. */
static const char foreign_sql[] =
	"SELECT target FROM reference WHERE target <> '' AND target >= ?1 AND target < ?1 || 'g'"
	" AND length(target) = 40"
	" UNION SELECT id FROM advisory_fix WHERE id >= ?1 AND id < ?1 || 'g' AND length(id) = 40"
	" UNION SELECT id FROM advisory_introduced WHERE id >= ?1 AND id < ?1 || 'g'"
	" AND length(id) = 40 LIMIT 9";

/* The longest of the shorter ones that the given digits begin, or that begin with them. */
static const char short_sql[] =
	"SELECT target FROM reference WHERE target <> '' AND target >= substr(?1, 1, 7)"
	" AND target < ?1 || 'g' AND substr(?1, 1, length(target)) = substr(target, 1, length(?1))"
	" ORDER BY length(target) DESC LIMIT 1";

static int add_named(struct candidates *candidates, struct index *index, const char *sql,
		     const char *hex, struct error *err)
{
	struct statement select;
	int step = statement_init(&select, index, sql, err);

	if (step)
		return step;
	statement_bind_text(&select, 1, hex);
	while ((step = statement_step(&select, err)) > 0)
		add_candidate(candidates, statement_text(&select, 0), false);
	statement_release(&select);
	return step;
}

static int list_candidates(const struct candidates *candidates, const char *name,
			   struct workspace *workspace, struct error *err)
{
	struct buffer list = BUFFER_INIT;
	struct commit_facts facts;
	git_oid id;
	int error;

	for (size_t i = 0; i < candidates->count && i < CANDIDATES; i++) {
		buffer_add_format(&list, "\n%s", candidates->hex[i]);
		if (git_oid_fromstr(&id, candidates->hex[i]) ||
		    commit_facts_by_id(&facts, workspace, &id, NULL))
			continue;
		buffer_add_format(&list, " %s", facts.subject);
		commit_facts_release(&facts);
	}
	error = error_set(err, ERROR_AMBIGUOUS, "%s: several commits begin so:%s%s", name,
			  list.data, candidates->count > CANDIDATES ? "\n..." : "");
	buffer_release(&list);
	return error;
}

/* 1 where the digits mean one commit. */
static int find_id(struct resolved_name *ret_name, struct workspace *workspace, const char *name,
		   struct error *err)
{
	struct candidates candidates = { .count = 0 };
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	int error;

	if (!is_hex(hex, name))
		return 0;
	error = add_indexed(&candidates, &workspace->index, hex, err);
	if (!error && candidates.count <= 1)
		add_object(&candidates, workspace->odb, hex);
	if (!error && strlen(hex) < GIT_OID_HEXSZ + (size_t)!candidates.count)
		error = add_named(&candidates, &workspace->index, foreign_sql, hex, err);
	if (!error && !candidates.count)
		error = add_named(&candidates, &workspace->index, short_sql, hex, err);
	if (error || !candidates.count)
		return error;
	if (candidates.count > 1)
		return list_candidates(&candidates, name, workspace, err);
	if (candidates.held[0]) {
		git_oid_fromstr(&id, candidates.hex[0]);
		set_id(ret_name, NAME_COMMIT, &id);
	} else {
		ret_name->kind = NAME_FOREIGN;
		snprintf(ret_name->hex, sizeof(ret_name->hex), "%s",
			 strlen(hex) > strlen(candidates.hex[0]) ? hex : candidates.hex[0]);
	}
	return 1;
}

/* 1 where it is the very name of a tag or branch: beats an id that begins so. */
static int find_ref(struct resolved_name *ret_name, struct workspace *workspace, const char *name)
{
	git_reference *reference;
	git_object *commit;
	int result;

	if (!workspace->source || strlen(name) == GIT_OID_HEXSZ ||
	    git_reference_dwim(&reference, workspace->source, name) < 0)
		return 0;
	result = git_reference_peel(&commit, reference, GIT_OBJECT_COMMIT);
	git_reference_free(reference);
	if (result < 0)
		return 0;
	set_id(ret_name, NAME_COMMIT, git_object_id(commit));
	git_object_free(commit);
	return 1;
}

/* v6.1.20~3, v6.1^2: whatever git understands. */
static int find_revision(struct resolved_name *ret_name, struct workspace *workspace,
			 const char *name)
{
	git_object *object, *commit;
	int result;

	if (!workspace->source || git_revparse_single(&object, workspace->source, name) < 0)
		return 0;
	result = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	git_object_free(object);
	if (result < 0)
		return 0;
	set_id(ret_name, NAME_COMMIT, git_object_id(commit));
	git_object_free(commit);
	return 1;
}

/* A commit that is a release is shown as one only when asked for by that name. */
int name_resolve(struct resolved_name *ret_name, struct workspace *workspace, const char *name,
		 struct error *err)
{
	struct index *index = &workspace->index;
	char *release = string_format("v%s", *name == 'v' ? name + 1 : name);
	int found;

	memset(ret_name, 0, sizeof(*ret_name));
	found = find_release(ret_name, index, name, err);
	if (!found)
		found = find_release(ret_name, index, release, err);
	if (!found)
		found = find_ref(ret_name, workspace, name);
	if (!found)
		found = find_id(ret_name, workspace, name, err);
	if (!found)
		found = find_revision(ret_name, workspace, name);
	if (!found && strchr(release, '.'))
		found = find_release_prefix(ret_name, index, release, err);
	free(release);
	if (!found)
		return error_set(err, ERROR_NOT_FOUND,
				 "'%.200s': no release, commit or branch here has that name, and "
				 "nothing refers to it",
				 name);
	return found < 0 ? found : 0;
}
