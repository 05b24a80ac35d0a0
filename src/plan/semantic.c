/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/semantic.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "plan/callers.h"

/* What one file has of a name, where the series was before the row and in the tree. */
struct place {
	const char *path;
	name_value series, tree, base;
	uint32_t bringer;  /* the latest row not in the set that gave the file something */
	uint32_t provider; /* the latest row in the set that did */
	uint32_t changer;  /* the latest one that changed what it has */
	uint32_t late;	   /* the row that made of it what the tree has, if it is not published */
};

struct search {
	struct planner *planner;
	uint32_t row, member;
	const struct code_change *change;
	const struct name_use *use;
	const char *path;      /* of the file that uses it, as it was first called */
	const char *real_path; /* as the row calls it */
	const char **includes; /* of that file, in quotes */
	size_t include_count;
	const struct without *without; /* rows that are not to count as in the set; or NULL */
	ARRAY(struct place) places;
	struct buffer key;
};

static bool is_without(const struct without *without, uint32_t row)
{
	for (size_t i = 0; without && i < without->count; i++)
		if (without->rows[i] == row)
			return true;
	return false;
}

bool semantic_in_tree(const struct planner *planner, uint32_t member, const struct without *without)
{
	uint32_t row = planner->row_of[member];

	return planner->in_base[member] ||
	       (row != ROW_NONE && planner->facts[row].in_set && !is_without(without, row));
}

static bool in_tree(const struct search *search, uint32_t member)
{
	return member == search->member ||
	       semantic_in_tree(search->planner, member, search->without);
}

static bool is_place(const struct search *search, const struct key_event *event)
{
	if (search->use->use.kind == USE_HEADER)
		return path_is_header_of(event->path, search->use->use.name, search->path);
	return path_is_visible(event->path, search->path, search->includes, search->include_count);
}

/* ---- events ---- */

static struct place *find_place(struct search *search, const struct key_event *event)
{
	struct place *place;

	for (size_t i = 0; i < search->places.count; i++)
		if (!strcmp(search->places.items[i].path, event->path))
			return &search->places.items[i];
	place = array_add(&search->places);
	place->path = event->path;
	place->series = place->tree = place->base = event->before;
	place->bringer = place->provider = place->changer = place->late = ROW_NONE;
	return place;
}

/* True where some row before this one has to do with the key. */
static bool follow_events(struct search *search)
{
	const struct planner *planner = search->planner;
	const struct code_history *history = &planner->links->names->history;
	const struct key_event *event;
	bool open = false;
	uint32_t cursor = 0;

	search->places.count = 0;
	while ((event = code_history_next(history, search->key.data, &cursor))) {
		struct place *place;
		uint32_t row = planner->row_of[event->member];

		if (event->member > search->member)
			break;
		if (!is_place(search, event))
			continue;
		place = find_place(search, event);
		place->series = event->after;
		if (planner->in_base[event->member])
			place->base = event->after;
		open |= row != ROW_NONE && event->member != search->member;
		if (in_tree(search, event->member)) {
			place->tree = event->after;
			place->late = row != ROW_NONE && !planner->plan->rows[row].published
					      ? row
					      : ROW_NONE;
			if (event->after && row != ROW_NONE)
				place->provider = row;
		} else if (row != ROW_NONE) {
			place->changer = row;
			if (event->after)
				place->bringer = row;
		}
	}
	return open;
}

/* ---- what has no events ---- */

static bool has_events(const struct search *search, const char *path)
{
	for (size_t i = 0; i < search->places.count; i++)
		if (!strcmp(search->places.items[i].path, path))
			return true;
	return false;
}

/* Whether a file that nothing happened to has it since the series started. */
static int find_untouched(bool *ret_found, struct search *search, struct error *err)
{
	struct header_names *headers = &search->planner->links->names->headers;
	const char *path;
	size_t cursor = 0;
	int error;

	*ret_found = false;
	do {
		error = header_names_next(&path, headers, search->key.data, &cursor, err);
		/* A file that gets the member in one struct may have it in another. */
		if (!error && path && (*search->key.data == 'm' || !has_events(search, path)))
			*ret_found = path_is_visible(path, search->path, search->includes,
						     search->include_count);
	} while (!error && path && !*ret_found);
	return error;
}

/* The blob of a path after all members before `limit`; mode 0 where it is not there. */
static int find_blob(unsigned *ret_mode, git_oid *ret_id, struct planner *planner, const char *path,
		     uint32_t limit, struct error *err)
{
	struct file_history history;
	int error = files_history(&history, planner->links->files, path, err);

	for (size_t i = error ? 0 : history.count; i-- > 0;) {
		if (history.items[i].member >= limit)
			continue;
		*ret_mode = history.items[i].new_mode;
		*ret_id = history.items[i].new_id;
		return 0;
	}
	return error ? error : tree_get(ret_mode, ret_id, planner->base_tree, path, err);
}

static int find_names(const struct file_names **ret_names, struct planner *planner,
		      const char *path, uint32_t limit, struct error *err)
{
	unsigned mode;
	git_oid id;
	int error = find_blob(&mode, &id, planner, path, limit, err);

	*ret_names = NULL;
	if (error || !mode)
		return error;
	return kernel_names_of(ret_names, planner->links->names, planner->store, path, &id, err);
}

/* The file itself: what it has although no member brought it. */
static int find_own(bool *ret_found, struct search *search, struct error *err)
{
	const struct file_names *names;
	const char *key = search->key.data;
	int error;

	*ret_found = false;
	if (*key != 'm' && has_events(search, search->path))
		return 0;
	error = find_names(&names, search->planner, search->real_path, search->member, err);
	if (error || !names)
		return error;
	if (*key != 'm') {
		*ret_found = file_names_get(names, key) != NULL;
		return 0;
	}
	for (size_t i = 0; i < names->count && !*ret_found; i++)
		if (names->items[i].key[0] == 'M')
			*ret_found = !strcmp(strrchr(names->items[i].key, '>') + 1, key + 2);
	return 0;
}

static int find_header(bool *ret_found, struct search *search, struct error *err)
{
	const struct header_names *headers = &search->planner->links->names->headers;
	unsigned mode = 0;
	git_oid id;
	int error = 0;

	*ret_found = false;
	for (size_t i = 0; i < headers->paths.count && !*ret_found && !error; i++) {
		const char *path = headers->paths.items[i];

		if (has_events(search, path) ||
		    !path_is_header_of(path, search->use->use.name, search->path))
			continue;
		error = tree_get(&mode, &id, search->planner->base_tree, path, err);
		*ret_found = !error && mode;
	}
	return error;
}

/* ---- types ---- */

/* What a key's definition is, of the file itself or of one that it sees; NULL where none is. */
static int find_definition(const struct file_name **ret_name, struct search *search,
			   const char *key, struct error *err)
{
	struct planner *planner = search->planner;
	struct kernel_names *kernel = planner->links->names;
	const struct file_names *names;
	const struct key_event *event;
	uint32_t cursor = 0;
	size_t place = 0;
	const char *path;
	int error;

	*ret_name = NULL;
	error = find_names(&names, planner, search->real_path, search->member + 1, err);
	if (!error && names)
		*ret_name = file_names_get(names, key);
	while (!*ret_name && !error &&
	       (event = code_history_next(&kernel->history, key, &cursor))) {
		if (event->member > search->member || !event->after ||
		    !path_is_visible(event->path, search->path, search->includes,
				     search->include_count))
			continue;
		error = find_names(&names, planner, event->path, search->member + 1, err);
		*ret_name = error || !names ? NULL : file_names_get(names, key);
	}
	while (!*ret_name && !error) {
		error = header_names_next(&path, &kernel->headers, key, &place, err);
		if (error || !path)
			break;
		if (!path_is_visible(path, search->path, search->includes, search->include_count))
			continue;
		error = find_names(&names, planner, path, search->member + 1, err);
		*ret_name = error || !names ? NULL : file_names_get(names, key);
	}
	return error;
}

static int find_type(const char **ret_type, struct search *search, const char *key,
		     struct error *err)
{
	const struct file_name *name;
	int error = find_definition(&name, search, key, err);

	*ret_type = name ? name->type : NULL;
	return error;
}

static int find_value(name_value *ret_value, struct search *search, const char *key,
		      struct error *err)
{
	const struct file_name *name;
	int error = find_definition(&name, search, key, err);

	*ret_value = name ? name->value : NAME_ABSENT;
	return error;
}

/* A typedef of a struct has its members. */
static int follow_typedef(const char **type, struct search *search, struct error *err)
{
	const char *next;
	char *key;
	int error = 0;

	for (int depth = 0; *type && strncmp(*type, "struct ", 7) && depth < 4 && !error; depth++) {
		key = string_format("N %s", *type);
		error = find_type(&next, search, key, err);
		free(key);
		if (error || !next || !strcmp(next, *type))
			break;
		*type = next;
	}
	return error;
}

/*
 * The type that has the member: struct code_use says how `owner` is read. Empty where it
 * is not known.
 */
static int resolve_owner(struct buffer *ret_owner, struct search *search, struct error *err)
{
	const char *at = search->use->use.owner, *end = strchr(at, '>'), *type;
	char *root = string_copy_length(at, end ? (size_t)(end - at) : strlen(at)), *key = NULL;
	size_t length = strlen(root);
	int error = 0;

	type = root;
	if (*root == '?')
		type = NULL;
	else if (*root == '=')
		key = string_format("N %s", root + 1);
	else if (length > 2 && !strcmp(root + length - 2, "()"))
		key = string_format("N %.*s", (int)length - 2, root);
	if (key)
		error = find_type(&type, search, key, err);
	while (!error && type) {
		error = follow_typedef(&type, search, err);
		if (error || !end)
			break;
		at = end + 1;
		end = strchr(at, '>');
		free(key);
		key = string_format("M %s>%.*s", type, (int)(end ? end - at : (long)strlen(at)),
				    at);
		error = find_type(&type, search, key, err);
	}
	if (!error && type)
		buffer_add_string(ret_owner, type);
	free(root);
	free(key);
	return error;
}

/* ---- one use ---- */

/* Whether something late took away what the row uses: it is at fault, and not the row. */
static bool is_fault_of(const struct search *search, uint32_t late)
{
	return late != ROW_NONE && search->planner->plan->rows[search->row].published;
}

static void add_gap(struct semantic_gaps *gaps, const struct search *search, uint32_t bringer,
		    uint32_t late, const char *words)
{
	struct semantic_gap *gap;

	for (size_t i = 0; i < gaps->count; i++)
		if (gaps->items[i].row == search->row && gaps->items[i].bringer == bringer)
			return;
	gap = array_add(gaps);
	gap->row = search->row;
	gap->bringer = bringer;
	gap->late = is_fault_of(search, late) ? late : ROW_NONE;
	gap->why = words;
}

static const char *words_of(const struct search *search, const char *verb, uint32_t late)
{
	const struct code_use *use = &search->use->use;
	const char *who = is_fault_of(search, late) ? "a published pick" : "it";
	const char *key = search->key.data;
	struct planner *planner = search->planner;

	switch (use->kind) {
	case USE_TAG:
		return planner_words(planner, "semantic: %s struct %s, which %s uses", verb,
				     use->name, who);
	case USE_MEMBER:
		if (*key == 'M') {
			const char *member = strrchr(key, '>');

			return planner_words(planner,
					     "semantic: %s the member %s of %.*s, which "
					     "%s uses",
					     verb, member + 1, (int)(member - key - 2), key + 2,
					     who);
		}
		return planner_words(planner, "semantic: %s a member %s, which %s uses", verb,
				     use->name, who);
	case USE_HEADER:
		return planner_words(planner, "semantic: %s the header %s, which %s includes", verb,
				     use->name, who);
	default:
		return planner_words(planner, "semantic: %s %s%s, which %s %s", verb, use->name,
				     use->called ? "()" : "", who, use->called ? "calls" : "uses");
	}
}

/* Whether anything has the key that the range did not touch. */
static int find_elsewhere(bool *ret_found, struct search *search, struct error *err)
{
	int error;

	if (search->use->use.kind == USE_HEADER)
		return find_header(ret_found, search, err);
	error = find_untouched(ret_found, search, err);
	return error || *ret_found ? error : find_own(ret_found, search, err);
}

/* A row that is in the set as a prerequisite alone: for whom, is worth recording. */
static bool is_prerequisite(const struct search *search, uint32_t row)
{
	return row != ROW_NONE && row != search->row &&
	       search->planner->facts[row].role == STATE_PREREQUISITE &&
	       search->planner->facts[row].in_set;
}

static uint32_t later(uint32_t left, uint32_t right)
{
	return left == ROW_NONE || (right != ROW_NONE && right > left) ? right : left;
}

static int look_for_missing(struct semantic_gaps *gaps, struct search *search, struct error *err)
{
	uint32_t bringer = ROW_NONE, provider = ROW_NONE, late = ROW_NONE;
	bool in_series = false, in_tree = false, found;
	int error;

	for (size_t i = 0; i < search->places.count; i++) {
		const struct place *place = &search->places.items[i];

		if (place->base && place->tree)
			return 0;
		in_tree |= place->tree != NAME_ABSENT;
		in_series |= place->series != NAME_ABSENT;
		bringer = later(bringer, place->bringer);
		late = later(late, place->late);
		if (place->tree)
			provider = later(provider, place->provider);
	}
	if (in_tree) {
		bringer = is_prerequisite(search, provider) ? provider : ROW_NONE;
		late = ROW_NONE;
	}
	if (!in_series || bringer == ROW_NONE)
		return 0;
	error = find_elsewhere(&found, search, err);
	if (!error && !found)
		add_gap(gaps, search, bringer, late, words_of(search, "brings", late));
	return error;
}

/* A function that is there, but is called as it is later. */
static void look_for_changed(struct semantic_gaps *gaps, struct search *search)
{
	for (size_t i = 0; i < search->places.count; i++) {
		const struct place *place = &search->places.items[i];
		uint32_t changer = ROW_NONE, late = ROW_NONE;

		if (!place->series || !place->tree)
			continue;
		if (!name_value_same(place->tree, place->series)) {
			changer = place->changer;
			late = place->late;
		} else if (place->base && !name_value_same(place->base, place->series) &&
			   is_prerequisite(search, place->provider)) {
			changer = place->provider;
		}
		if (changer != ROW_NONE)
			add_gap(gaps, search, changer, late,
				words_of(search, "changes the prototype of", late));
	}
}

static void set_key(struct search *search, const char *prefix, const char *name)
{
	buffer_clear(&search->key);
	buffer_add_string(&search->key, prefix);
	buffer_add_string(&search->key, name);
}

/* A member: of the type, where it is known; else of no other that has one of that name. */
static int find_member(struct semantic_gaps *gaps, struct search *search, struct error *err)
{
	struct buffer owner = BUFFER_INIT;
	int error;

	set_key(search, "m ", search->use->use.name);
	if (!follow_events(search))
		return 0;
	error = resolve_owner(&owner, search, err);
	if (!error && owner.length) {
		buffer_clear(&search->key);
		buffer_add_format(&search->key, "M %s>%s", owner.data, search->use->use.name);
		if (follow_events(search))
			error = look_for_missing(gaps, search, err);
	} else if (!error) {
		error = look_for_missing(gaps, search, err);
	}
	buffer_release(&owner);
	return error;
}

/* An argument that its macro only pastes or makes a string of is no use: "MACRO(0". */
static int is_pasted(bool *ret_pasted, struct search *search, struct error *err)
{
	const char *call = search->use->use.owner, *bracket = call ? strchr(call, '(') : NULL;
	name_value value;
	char *key;
	int error;

	*ret_pasted = false;
	if (!bracket)
		return 0;
	key = string_format("N %.*s", (int)(bracket - call), call);
	error = find_value(&value, search, key, err);
	free(key);
	*ret_pasted = name_value_pastes(value, (unsigned)strtoul(bracket + 1, NULL, 10));
	return error;
}

static int find_use(struct semantic_gaps *gaps, struct search *search, struct error *err)
{
	const struct code_use *use = &search->use->use;
	const char *slash;
	bool pasted;
	int error;

	switch (use->kind) {
	case USE_MEMBER:
		return find_member(gaps, search, err);
	case USE_HEADER:
		slash = strrchr(use->name, '/');
		set_key(search, "h ", slash ? slash + 1 : use->name + 1);
		buffer_truncate(&search->key, search->key.length - 1);
		break;
	case USE_TAG:
		set_key(search, "T ", use->name);
		break;
	case USE_SYMBOL:
		/* The tools have no Kconfig of the kernel's. */
		if (!strncmp(search->real_path, "tools/", 6))
			return 0;
		set_key(search, "C ", use->name);
		break;
	default:
		set_key(search, "N ", use->name);
	}
	if (!follow_events(search))
		return 0;
	error = is_pasted(&pasted, search, err);
	if (error || pasted)
		return error;
	if (use->called)
		look_for_changed(gaps, search);
	return look_for_missing(gaps, search, err);
}

/* ---- calls that are left behind ---- */

/* Whether the file means a function of its own by that name. */
static int has_own(bool *ret_own, struct search *search, const char *path, const char *key,
		   struct error *err)
{
	const struct file_names *names;
	int error = find_names(&names, search->planner, path, search->member, err);

	*ret_own = !error && names && file_names_get(names, key);
	return error;
}

/* Whether the file still sees the name somewhere, with the row: it was only moved. */
static int is_elsewhere(bool *ret_found, struct search *search, const char *path, const char *key,
			struct error *err)
{
	static const struct name_use name = { .use = { .kind = USE_NAME } };

	search->use = &name;
	search->path = search->real_path = path;
	search->include_count = 0;
	set_key(search, "", key);
	follow_events(search);
	*ret_found = false;
	for (size_t i = 0; i < search->places.count; i++)
		*ret_found |= search->places.items[i].tree != NAME_ABSENT;
	return *ret_found ? 0 : find_untouched(ret_found, search, err);
}

/* The row changes what is called, or removes it: calls that the series took out before. */
static int find_left_behind(struct semantic_gaps *gaps, struct search *search,
			    const struct name_event *event, struct caller_list *callers,
			    struct error *err)
{
	const char *path = code_history_path(&search->planner->links->names->history,
					     search->change->files[event->file].path);
	bool own;
	int error = 0;

	callers_find(callers, search->planner, search->row, event->key, search->without);
	for (size_t i = 0; i < callers->count && !error; i++) {
		const struct caller *caller = &callers->items[i];

		if (!caller->tree || caller->series || caller->dropper == ROW_NONE ||
		    !path_is_visible(path, caller->path, NULL, 0))
			continue;
		own = false;
		if (strcmp(path, caller->path))
			error = has_own(&own, search, caller->path, event->key, err);
		if (!error && !own && !event->after)
			error = is_elsewhere(&own, search, caller->path, event->key, err);
		if (!error && !own)
			add_gap(gaps, search, caller->dropper, ROW_NONE,
				planner_words(search->planner,
					      event->after ? "semantic: takes out calls of %s(), "
							     "the prototype of which it changes"
							   : "semantic: takes out calls of %s(), "
							     "which it removes",
					      event->key + 2));
	}
	return error;
}

static int find_all_left_behind(struct semantic_gaps *gaps, struct search *search,
				struct error *err)
{
	struct caller_list callers = ARRAY_INIT;
	int error = 0;

	for (size_t i = 0; i < search->change->event_count && !error; i++) {
		const struct name_event *event = &search->change->events[i];

		if (*event->key == 'N' && event->before &&
		    !name_value_same(event->before, event->after))
			error = find_left_behind(gaps, search, event, &callers, err);
	}
	array_release(&callers);
	return error;
}

/* With rows on trial not in the set: only what they have to do with can be missing then. */
static bool is_concerned(const struct planner *planner, const struct without *without, uint32_t key)
{
	const struct code_history *history = &planner->links->names->history;

	if (!without)
		return true;
	for (size_t i = 0; i < without->count; i++)
		if (code_history_shares(history, planner->plan->rows[without->rows[i]].member, key))
			return true;
	return false;
}

static void enter_file(struct search *search, uint32_t file, const char **includes)
{
	const struct code_change *change = search->change;

	search->real_path = change->files[file].path;
	search->path = code_history_path(&search->planner->links->names->history,
					 search->real_path);
	search->includes = includes;
	search->include_count = 0;
	for (size_t i = 0; i < change->include_count; i++)
		if (change->includes[i].file == file)
			includes[search->include_count++] = change->includes[i].name;
}

static int find_gaps(struct semantic_gaps *ret_gaps, struct planner *planner, uint32_t row,
		     const struct without *without, struct error *err)
{
	uint32_t member = planner->plan->rows[row].member, file = UINT32_MAX;
	const struct code_history *history = &planner->links->names->history;
	const struct member_keys *keys = &history->by_member[member];
	struct search search = { .planner = planner,
				 .row = row,
				 .member = member,
				 .change = &history->changes[member],
				 .without = without,
				 .places = ARRAY_INIT };
	const char **includes = NULL;
	int error = 0;

	buffer_init(&search.key);
	for (size_t i = 0; i < keys->use_count && !error; i++) {
		if (!is_concerned(planner, without, keys->uses[i].key))
			continue;
		search.use = &search.change->uses[keys->uses[i].use];
		if (!includes)
			includes = memory_alloc((search.change->include_count + 1) *
						sizeof(*includes));
		if (search.use->file != file)
			enter_file(&search, search.use->file, includes);
		file = search.use->file;
		error = find_use(ret_gaps, &search, err);
	}
	if (!error && callers_matter(planner, without))
		error = find_all_left_behind(ret_gaps, &search, err);
	free(includes);
	buffer_release(&search.key);
	array_release(&search.places);
	return error;
}

int semantic_find(struct semantic_gaps *ret_gaps, struct planner *planner, uint32_t row,
		  struct error *err)
{
	return find_gaps(ret_gaps, planner, row, NULL, err);
}

/* ---- the set ---- */

/* An empty pick uses nothing, and with a resolution it is the person who chose the names. */
static bool uses_names(const struct planner *planner, uint32_t row)
{
	const struct row_facts *facts = &planner->facts[row];

	return facts->in_set && !facts->empty && !(facts->resolved && facts->in_fold);
}

static void close_gap(bool *ret_changed, struct planner *planner, const struct semantic_gap *gap)
{
	struct row_facts *facts = &planner->facts[gap->bringer];
	const struct plan_row *rows = planner->plan->rows;
	uint32_t row = gap->late != ROW_NONE ? gap->late : gap->row;

	if (member_is_release_or_merge(planner->members, rows[gap->bringer].member))
		return;
	/* A published row goes only where a verdict takes out what it was published with. */
	if (facts->blocked && (!rows[row].published || rows[gap->bringer].published)) {
		planner_hold(planner, row, gap->bringer, NULL, NULL);
		*ret_changed = true;
	} else if (planner_need(planner, row, gap->bringer, gap->why) && !facts->blocked) {
		/* What later rows need is there now; the closure is computed again anyway. */
		if (!facts->in_set)
			facts->role = STATE_PREREQUISITE;
		facts->in_set = true;
		*ret_changed = true;
	}
}

int semantic_resolve(bool *ret_changed, struct planner *planner, struct error *err)
{
	struct semantic_gaps gaps = ARRAY_INIT;
	int error = 0;

	*ret_changed = false;
	for (uint32_t row = 0; row < planner->count && !error; row++) {
		if (!uses_names(planner, row))
			continue;
		gaps.count = 0;
		error = semantic_find(&gaps, planner, row, err);
		for (size_t i = 0; i < gaps.count && !error; i++)
			close_gap(ret_changed, planner, &gaps.items[i]);
	}
	array_release(&gaps);
	return error;
}

int semantic_needs(uint32_t *ret_row, struct planner *planner, const struct without *without,
		   struct error *err)
{
	struct semantic_gaps gaps = ARRAY_INIT;
	int error = 0;

	*ret_row = ROW_NONE;
	for (uint32_t row = 0; row < planner->count && !error && *ret_row == ROW_NONE; row++) {
		if (!uses_names(planner, row) || is_without(without, row))
			continue;
		gaps.count = 0;
		error = find_gaps(&gaps, planner, row, without, err);
		for (size_t i = 0; i < gaps.count; i++)
			if (is_without(without, gaps.items[i].bringer))
				*ret_row = row;
	}
	array_release(&gaps);
	return error;
}
