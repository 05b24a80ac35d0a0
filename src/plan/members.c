/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/table.h"
#include "git/repository.h"
#include "history/scan.h"
#include "triage/combine.h"
#include "triage/judgements.h"

/* A text that leads to a member: its id, an upstream id, a subject. */
struct name_entry {
	const char *text;
	uint32_t member;
};

typedef ARRAY(struct name_entry) name_list;

enum {
	FAN_DIGITS = 3,
	FAN = 1 << 4 * FAN_DIGITS
};

/* Hex ids in order, and where those that begin with the same digits start: most ids that are
 * looked for lead nowhere. */
struct id_list {
	name_list names;
	uint32_t starts[FAN + 1];
};

struct members_storage {
	struct arena arena;
	uint32_t *of_number; /* by number of the index; MEMBER_NONE */
	size_t of_number_count;
	struct id_map ids;
	struct id_list by_id, by_upstream;
	name_list by_subject; /* sorted by text, then member, as the names of the others */
	ARRAY(struct member_reference) references;
	ARRAY(struct member_advisory) advisories;
	bool *epochs; /* which epochs the start of the series holds */
	size_t epochs_count;
	struct table start_holds; /* answers so far, by hex */
	struct statement select_changes, select_start, select_adding;
};

static const char members_sql[] =
	"SELECT c.number, c.id, c.tree, c.parents, c.author, c.author_time, c.committer_time,"
	" c.subject, c.mark, c.version FROM member m JOIN commits c ON c.number = m.number"
	" WHERE m.series = ? ORDER BY m.position";

static const char references_sql[] = "SELECT r.number, r.kind, r.target, r.words FROM member m"
				     " JOIN reference r ON r.number = m.number"
				     " WHERE m.series = ? AND r.kind <= 9"
				     " ORDER BY m.position, r.sequence";

_Static_assert(REFERENCE_REAPPLIES == 9, "the kinds that references_sql names");

static int compare_names(const void *left, const void *right)
{
	const struct name_entry *a = left, *b = right;
	int order = strcmp(a->text, b->text);

	if (order)
		return order;
	return (a->member > b->member) - (a->member < b->member);
}

static void add_name(name_list *list, const char *text, uint32_t member)
{
	struct name_entry *entry = array_add(list);

	entry->text = text;
	entry->member = member;
}

static int load_series(struct members *members, struct error *err)
{
	struct statement select;
	int step;

	step = statement_init(&select, members->index,
			      "SELECT s.name, s.ref, s.major, s.minor, s.epoch, s.first, s.tip,"
			      " c.id, c.tree FROM series s JOIN commits c ON c.number = s.first"
			      " WHERE s.series = ?",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, members->series);
	step = statement_step(&select, err);
	if (step > 0) {
		members->name = string_copy(statement_text(&select, 0));
		members->ref = string_copy(statement_text(&select, 1));
		members->major = (int)statement_int(&select, 2);
		members->minor = (int)statement_int(&select, 3);
		members->epoch = statement_int(&select, 4);
		members->first_number = (uint32_t)statement_int(&select, 5);
		members->tip_number = (uint32_t)statement_int(&select, 6);
		statement_id(&members->first, &select, 7);
		statement_id(&members->first_tree, &select, 8);
	}
	statement_release(&select);
	if (!step)
		return error_set(err, ERROR_NOT_FOUND, "series %lld: is not in the index",
				 (long long)members->series);
	return step < 0 ? step : 0;
}

static void add_member(struct members *members, struct statement *row, size_t *capacity)
{
	struct members_storage *storage = members->storage;
	struct member *member;

	members->items = array_reserve_raw(members->items, capacity, members->count + 1,
					   sizeof(*member));
	member = &members->items[members->count];
	memset(member, 0, sizeof(*member));
	member->number = (uint32_t)statement_int(row, 0);
	statement_id(&member->id, row, 1);
	statement_id(&member->tree, row, 2);
	topology_set(&members->topology, member->number, sqlite3_column_blob(row->stmt, 3),
		     (size_t)sqlite3_column_bytes(row->stmt, 3) / 4);
	member->author = arena_copy(&storage->arena, statement_text(row, 4));
	member->author_time = statement_int(row, 5);
	member->committer_time = statement_int(row, 6);
	member->subject = arena_copy(&storage->arena, statement_text(row, 7));
	member->mark = (unsigned)statement_int(row, 8);
	member->version = arena_copy(&storage->arena, statement_text(row, 9));
	member->release = MEMBER_NONE;
	id_map_set(&storage->ids, &member->id, (uint32_t)members->count);
	add_name(&storage->by_id.names, arena_copy(&storage->arena, id_hex(&member->id).text),
		 (uint32_t)members->count);
	add_name(&storage->by_subject, member->subject, (uint32_t)members->count);
	members->count++;
}

static int load_members(struct members *members, struct error *err)
{
	struct members_storage *storage = members->storage;
	size_t capacity = 0, highest = members->first_number;
	struct statement select;
	int step;

	step = statement_init(&select, members->index, members_sql, err);
	if (step)
		return step;
	statement_bind_int(&select, 1, members->series);
	while ((step = statement_step(&select, err)) > 0) {
		add_member(members, &select, &capacity);
		if (members->items[members->count - 1].number > highest)
			highest = members->items[members->count - 1].number;
	}
	statement_release(&select);
	topology_set(&members->topology, members->first_number, NULL, 0);
	storage->of_number_count = highest + 1;
	storage->of_number = memory_resize(NULL, storage->of_number_count, sizeof(uint32_t));
	memset(storage->of_number, 0xff, storage->of_number_count * sizeof(uint32_t));
	for (size_t i = 0; i < members->count; i++)
		storage->of_number[members->items[i].number] = (uint32_t)i;
	return step;
}

static int load_references(struct members *members, struct error *err)
{
	struct members_storage *storage = members->storage;
	struct member_reference *reference;
	struct member *member;
	struct statement select;
	size_t at = 0;
	int step;

	step = statement_init(&select, members->index, references_sql, err);
	if (step)
		return step;
	statement_bind_int(&select, 1, members->series);
	while ((step = statement_step(&select, err)) > 0) {
		member = &members->items[members_of_number(members,
							   (uint32_t)statement_int(&select, 0))];
		reference = array_add(&storage->references);
		reference->kind = (enum reference_kind)statement_int(&select, 1);
		reference->target = arena_copy(&storage->arena, statement_text(&select, 2));
		reference->words = arena_copy(&storage->arena, statement_text(&select, 3));
		member->reference_count++;
		if (reference->kind == REFERENCE_UPSTREAM ||
		    reference->kind == REFERENCE_CHERRY_PICKED)
			add_name(&storage->by_upstream.names, reference->target,
				 (uint32_t)(member - members->items));
	}
	statement_release(&select);
	for (size_t i = 0; i < members->count; i++) {
		members->items[i].references = storage->references.items + at;
		at += members->items[i].reference_count;
	}
	return step;
}

/* The first release that holds each member: the earliest whose history it is in. */
static void note_releases(struct members *members)
{
	unsigned char *marks = memory_alloc(members->topology.count);
	struct member *member;

	for (size_t i = 0; i < members->release_count; i++) {
		topology_mark(marks, &members->topology, members->releases[i].number);
		if (members->releases[i].member == MEMBER_NONE)
			continue;
		for (size_t j = members->releases[i].member + 1; j-- > 0;) {
			member = &members->items[j];
			if (member->release != MEMBER_NONE && !(member->mark & COMMIT_MERGE))
				break;
			if (member->release == MEMBER_NONE && marks[member->number])
				member->release = (uint32_t)i;
		}
	}
	free(marks);
}

static int load_releases(struct members *members, struct error *err)
{
	struct member_release *release;
	struct statement select;
	size_t capacity = 0;
	int step;

	step = statement_init(&select, members->index,
			      "SELECT name, number, sublevel FROM release WHERE series = ?"
			      " AND candidate = 0 ORDER BY sublevel, name",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, members->series);
	while ((step = statement_step(&select, err)) > 0) {
		members->releases = array_reserve_raw(members->releases, &capacity,
						      members->release_count + 1, sizeof(*release));
		release = &members->releases[members->release_count++];
		release->name = arena_copy(&members->storage->arena, statement_text(&select, 0));
		release->number = (uint32_t)statement_int(&select, 1);
		release->member = members_of_number(members, release->number);
		release->sublevel = (int)statement_int(&select, 2);
	}
	statement_release(&select);
	if (step < 0)
		return step;
	note_releases(members);
	return 0;
}

static int load_epochs(struct members *members, struct error *err)
{
	struct members_storage *storage = members->storage;
	struct statement select;
	int64_t epoch;
	int step;

	storage->epochs_count = 65536;
	storage->epochs = memory_alloc(storage->epochs_count * sizeof(bool));
	step = statement_init(&select, members->index,
			      "WITH RECURSIVE held(epoch) AS (VALUES(?1) UNION"
			      " SELECT e.holds FROM epoch e JOIN held h ON e.epoch = h.epoch)"
			      " SELECT epoch FROM held",
			      err);
	if (step)
		return step;
	statement_bind_int(&select, 1, members->epoch);
	while ((step = statement_step(&select, err)) > 0) {
		epoch = statement_int(&select, 0);
		if (epoch > 0 && (size_t)epoch < storage->epochs_count)
			storage->epochs[epoch] = true;
	}
	statement_release(&select);
	return step;
}

static void sort_names(name_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_names);
}

/* The number that an id begins with. What is missing counts as zeros, which sort first, too. */
static unsigned fan_of(const char *hex)
{
	unsigned fan = 0;

	for (int i = 0; i < FAN_DIGITS; i++) {
		fan <<= 4;
		if (*hex >= '0' && *hex <= '9')
			fan |= (unsigned)(*hex - '0');
		else if (*hex >= 'a' && *hex <= 'f')
			fan |= (unsigned)(*hex - 'a' + 10);
		hex += *hex != '\0';
	}
	return fan;
}

static void sort_ids(struct id_list *list)
{
	size_t at = 0;

	sort_names(&list->names);
	for (unsigned fan = 0; fan <= FAN; fan++) {
		while (at < list->names.count && fan_of(list->names.items[at].text) < fan)
			at++;
		list->starts[fan] = (uint32_t)at;
	}
}

static void add_advisory(struct members *members, struct member *member,
			 const struct advisory *advisory, const char *match)
{
	struct members_storage *storage = members->storage;
	struct member_advisory *added;
	size_t first = storage->advisories.count - member->advisory_count;

	if (advisory->disputed)
		return;
	/* One CVE once: its record outweighs lists and messages, which sort after it. */
	for (size_t i = first; i < storage->advisories.count; i++)
		if (!strcmp(storage->advisories.items[i].advisory->name, advisory->name))
			return;
	added = array_add(&storage->advisories);
	added->advisory = advisory;
	added->match = match;
	member->advisory_count++;
}

static void match_ids(struct members *members, struct member *member)
{
	const struct advisory *advisory;
	size_t cursor = 0;

	while ((advisory = advisory_set_next_fix(&members->advisories, id_hex(&member->id).text,
						 &cursor)))
		add_advisory(members, member, advisory, "stable id");
	for (size_t i = 0; i < member->reference_count; i++) {
		if (member->references[i].kind != REFERENCE_UPSTREAM &&
		    member->references[i].kind != REFERENCE_CHERRY_PICKED)
			continue;
		cursor = 0;
		while ((advisory = advisory_set_next_fix(&members->advisories,
							 member->references[i].target, &cursor)))
			add_advisory(members, member, advisory, "upstream id");
	}
}

/* Titles of records by subject, for members whose ids lead nowhere. */
static void match_subject(struct members *members, struct member *member, const name_list *titles)
{
	struct name_entry key = { member->subject, 0 };
	size_t low = 0, high = titles->count, middle;

	if (member->advisory_count || !member->subject[0] || *member_upstream(member) ||
	    members_find_subject(members, member->subject) != (uint32_t)(member - members->items))
		return;
	while (low < high) {
		middle = (low + high) / 2;
		if (compare_names(&titles->items[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < titles->count && !strcmp(titles->items[low].text, member->subject); low++)
		add_advisory(members, member, &members->advisories.items[titles->items[low].member],
			     "subject");
}

static int load_advisories(struct members *members, struct error *err)
{
	struct members_storage *storage = members->storage;
	name_list titles = ARRAY_INIT;
	size_t at = 0;
	int error;

	error = advisory_load_published(&members->advisories, members->index, err);
	if (error)
		return error;
	for (size_t i = 0; i < members->advisories.count; i++)
		if (members->advisories.items[i].title[0])
			add_name(&titles, members->advisories.items[i].title, (uint32_t)i);
	sort_names(&titles);
	for (size_t i = 0; i < members->count; i++) {
		match_ids(members, &members->items[i]);
		match_subject(members, &members->items[i], &titles);
	}
	for (size_t i = 0; i < members->count; i++) {
		members->items[i].advisories = storage->advisories.items + at;
		at += members->items[i].advisory_count;
	}
	array_release(&titles);
	return 0;
}

/* What the classifier says, and above it what advisories say. */
static int load_judgements(struct members *members, struct workspace *workspace,
			   struct progress *progress, struct error *err)
{
	uint32_t *numbers = memory_resize(NULL, members->count + 1, sizeof(*numbers));
	ARRAY(const struct advisory *) list = ARRAY_INIT;
	int error;

	members->judgements = memory_alloc((members->count + 1) * sizeof(*members->judgements));
	for (size_t i = 0; i < members->count; i++)
		numbers[i] = members->items[i].number;
	error = judgements_make(members->judgements, numbers, members->count, workspace, progress,
				err);
	for (size_t i = 0; i < members->count && !error; i++) {
		list.count = 0;
		for (size_t j = 0; j < members->items[i].advisory_count; j++)
			array_push(&list, members->items[i].advisories[j].advisory);
		judgement_add_advisories(&members->judgements[i], list.items, list.count);
	}
	array_release(&list);
	free(numbers);
	return error;
}

int members_load(struct members *ret_members, struct workspace *workspace, int64_t series,
		 struct progress *progress, struct error *err)
{
	struct index *index = &workspace->index;
	struct members_storage *storage = memory_alloc(sizeof(*storage));
	int error;

	memset(ret_members, 0, sizeof(*ret_members));
	ret_members->index = index;
	ret_members->series = series;
	ret_members->storage = storage;
	error = load_series(ret_members, err);
	if (!error)
		error = load_members(ret_members, err);
	if (!error)
		error = load_references(ret_members, err);
	if (!error)
		error = load_releases(ret_members, err);
	if (!error)
		error = load_epochs(ret_members, err);
	sort_ids(&storage->by_id);
	sort_ids(&storage->by_upstream);
	sort_names(&storage->by_subject);
	if (!error)
		error = load_advisories(ret_members, err);
	if (!error)
		error = load_judgements(ret_members, workspace, progress, err);
	if (!error)
		error = statement_init(&storage->select_changes, index,
				       "SELECT p.name, c.old_mode, c.new_mode, c.old_id, c.new_id"
				       " FROM change c JOIN path p ON p.path = c.path"
				       " WHERE c.number = ?",
				       err);
	if (!error)
		error = statement_init(&storage->select_start, index,
				       "SELECT epoch, id FROM commits WHERE id >= ? AND id <= ?"
				       " AND epoch <> 0",
				       err);
	if (!error)
		error = statement_init(
			&storage->select_adding, index,
			"SELECT c.number FROM path p JOIN change c ON c.path = p.path"
			" WHERE p.name = ? AND c.old_mode = 0",
			err);
	if (error)
		members_release(ret_members);
	return error;
}

void members_release(struct members *members)
{
	struct members_storage *storage = members->storage;

	advisory_set_release(&members->advisories);
	topology_release(&members->topology);
	free(members->name);
	free(members->ref);
	free(members->items);
	free(members->judgements);
	free(members->releases);
	if (storage) {
		statement_release(&storage->select_changes);
		statement_release(&storage->select_start);
		statement_release(&storage->select_adding);
		arena_release(&storage->arena);
		table_release(&storage->start_holds);
		free(storage->of_number);
		free(storage->epochs);
		id_map_release(&storage->ids);
		array_release(&storage->by_id.names);
		array_release(&storage->by_upstream.names);
		array_release(&storage->by_subject);
		array_release(&storage->references);
		array_release(&storage->advisories);
		free(storage);
	}
	memset(members, 0, sizeof(*members));
}

uint32_t members_find(const struct members *members, const git_oid *id)
{
	uint32_t member;

	return id_map_find(&member, &members->storage->ids, id) ? member : MEMBER_NONE;
}

uint32_t members_of_number(const struct members *members, uint32_t number)
{
	const struct members_storage *storage = members->storage;

	return number < storage->of_number_count ? storage->of_number[number] : MEMBER_NONE;
}

/* Among the names from `low` to before `high`. */
static size_t lower_bound(const name_list *list, size_t low, size_t high, const char *text,
			  size_t length)
{
	size_t middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (strncmp(list->items[middle].text, text, length) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t first_id(const struct id_list *list, const char *hex)
{
	unsigned fan = fan_of(hex);

	return lower_bound(&list->names, list->starts[fan], list->starts[fan + 1], hex,
			   REFERENCE_ID_MINIMUM);
}

/* Whether one begins with the other: either may be abbreviated. */
static bool names_meet(const char *left, const char *right)
{
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return !*left || !*right;
}

/*
 * The first entry at or after `at` that meets `hex`; list->count where there is
 * none. Entries that meet it share its first 7 digits and so stand together.
 */
static size_t next_meeting(const name_list *list, const char *hex, size_t at)
{
	for (; at < list->count; at++) {
		if (strncmp(list->items[at].text, hex, REFERENCE_ID_MINIMUM))
			break;
		if (names_meet(list->items[at].text, hex))
			return at;
	}
	return list->count;
}

/* The cursor: which list is walked, and where it goes on. */
#define IN_IDS ((size_t)1 << 40)
#define IN_UPSTREAM ((size_t)1 << 41)

uint32_t members_next_named(const struct members *members, const char *hex, size_t *cursor)
{
	const struct members_storage *storage = members->storage;
	const name_list *list;
	size_t at;

	if (!*cursor) {
		if (strlen(hex) < REFERENCE_ID_MINIMUM)
			return MEMBER_NONE;
		/* A stable id is not also an upstream id. */
		at = first_id(&storage->by_id, hex);
		*cursor = IN_IDS | at;
		if (next_meeting(&storage->by_id.names, hex, at) == storage->by_id.names.count)
			*cursor = IN_UPSTREAM | first_id(&storage->by_upstream, hex);
	}
	list = *cursor & IN_IDS ? &storage->by_id.names : &storage->by_upstream.names;
	at = next_meeting(list, hex, *cursor & (IN_IDS - 1));
	*cursor = (*cursor & (IN_IDS | IN_UPSTREAM)) | (at + 1);
	return at < list->count ? list->items[at].member : MEMBER_NONE;
}

uint32_t members_find_subject(const struct members *members, const char *subject)
{
	const name_list *list = &members->storage->by_subject;
	size_t at = lower_bound(list, 0, list->count, subject, strlen(subject) + 1);

	if (at == list->count || strcmp(list->items[at].text, subject))
		return MEMBER_NONE;
	if (at + 1 < list->count && !strcmp(list->items[at + 1].text, subject))
		return MEMBER_NONE;
	return list->items[at].member;
}

int members_start_holds(bool *ret_holds, const struct members *members, const char *hex,
			struct error *err)
{
	struct members_storage *storage = members->storage;
	struct statement *select = &storage->select_start;
	git_oid low, high;
	char text[GIT_OID_HEXSZ + 1];
	uint32_t known;
	int64_t epoch;
	int step;

	if (table_find_string(&known, &storage->start_holds, hex)) {
		*ret_holds = known;
		return 0;
	}
	*ret_holds = false;
	memset(text, '0', GIT_OID_HEXSZ);
	text[GIT_OID_HEXSZ] = '\0';
	memcpy(text, hex, strnlen(hex, GIT_OID_HEXSZ));
	if (git_oid_fromstr(&low, text) < 0)
		return 0;
	memset(text, 'f', GIT_OID_HEXSZ);
	memcpy(text, hex, strnlen(hex, GIT_OID_HEXSZ));
	if (git_oid_fromstr(&high, text) < 0)
		return 0;
	statement_bind_id(select, 1, &low);
	statement_bind_id(select, 2, &high);
	while ((step = statement_step(select, err)) > 0) {
		epoch = statement_int(select, 0);
		if (epoch > 0 && (size_t)epoch < storage->epochs_count && storage->epochs[epoch])
			*ret_holds = true;
	}
	statement_reset(select);
	if (!step)
		table_set_string(&storage->start_holds, hex, *ret_holds);
	return step;
}

static int compare_changes(const void *left, const void *right)
{
	return strcmp(((const struct change *)left)->path, ((const struct change *)right)->path);
}

int members_changes(struct change_list *ret_changes, const struct members *members, uint32_t member,
		    struct error *err)
{
	struct statement *select = &members->storage->select_changes;
	struct change *change;
	int step;

	statement_bind_int(select, 1, members->items[member].number);
	while ((step = statement_step(select, err)) > 0) {
		change = array_add(ret_changes);
		change->path = string_copy(statement_text(select, 0));
		change->old_mode = (unsigned)statement_int(select, 1);
		change->new_mode = (unsigned)statement_int(select, 2);
		statement_id(&change->old_id, select, 3);
		statement_id(&change->new_id, select, 4);
	}
	statement_reset(select);
	if (ret_changes->count)
		qsort(ret_changes->items, ret_changes->count, sizeof(*change), compare_changes);
	return step;
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

int members_adding(uint32_t **ret_members, size_t *ret_count, const struct members *members,
		   const char *path, struct error *err)
{
	struct statement *select = &members->storage->select_adding;
	ARRAY(uint32_t) found = ARRAY_INIT;
	uint32_t member;
	int step;

	statement_bind_text(select, 1, path);
	while ((step = statement_step(select, err)) > 0) {
		member = members_of_number(members, (uint32_t)statement_int(select, 0));
		if (member != MEMBER_NONE)
			array_push(&found, member);
	}
	statement_reset(select);
	if (found.count)
		qsort(found.items, found.count, sizeof(*found.items), compare_numbers);
	*ret_members = found.items;
	*ret_count = found.count;
	return step;
}

const git_oid *members_parent_tree(const struct members *members, uint32_t member)
{
	const struct topology *topology = &members->topology;
	uint32_t number = members->items[member].number, parent;

	if (topology->parent_count[number] < 2)
		return &members->first_tree;
	parent = members_of_number(members, topology->parents[topology->first_parent[number]]);
	return parent == MEMBER_NONE ? &members->first_tree : &members->items[parent].tree;
}

const char *member_upstream(const struct member *member)
{
	static const enum reference_kind kinds[] = { REFERENCE_UPSTREAM, REFERENCE_CHERRY_PICKED };

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		for (size_t j = 0; j < member->reference_count; j++)
			if (member->references[j].kind == kinds[i])
				return member->references[j].target;
	return "";
}

bool member_is_again(const struct member *member, const struct member *other)
{
	const char *upstream = member_upstream(member), *twin = member_upstream(other);

	if (*upstream && *twin)
		return !strcmp(upstream, twin);
	return member->author_time == other->author_time &&
	       !strcmp(member->subject, other->subject) && !strcmp(member->author, other->author);
}

bool member_is_release_or_merge(const struct members *members, uint32_t member)
{
	const struct member *item = &members->items[member];
	const char *version = item->version;

	return (item->mark & COMMIT_MERGE) || (version && version[0]);
}
