/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/advisory.h"

#include <stdint.h>

static const char *const origin_names[ADVISORY_ORIGINS] = { "record", "message", "list" };

const char *advisory_origin_name(enum advisory_origin origin)
{
	return (size_t)origin < ADVISORY_ORIGINS ? origin_names[origin] : "";
}

static enum advisory_origin parse_origin(const char *name)
{
	int origin = ADVISORY_RECORD;

	while (origin < ADVISORY_LIST && strcmp(origin_names[origin], name) != 0)
		origin++;
	return (enum advisory_origin)origin;
}

/*
 * Everything that belongs to the items, in blocks that never move and are freed
 * together. It is strings and arrays of characters: nothing needs alignment.
 */
#define BLOCK_SIZE (1u << 20)

struct advisory_block {
	struct advisory_block *next;
	char bytes[];
};

struct advisory_pool {
	struct advisory_block *blocks;
	char *free;
	size_t left;
	size_t fixes, introduced; /* at most so many links */
};

_Static_assert(_Alignof(struct advisory_pair) == 1 && _Alignof(struct advisory_fix) == 1 &&
		       _Alignof(struct advisory_id) == 1,
	       "the pool aligns nothing");

/* An id and the item that names it. `head`: its first 12 digits, which sort faster. */
struct advisory_link {
	uint64_t head;
	const char *id;
	const struct advisory *advisory;
};

static void *take(struct advisory_pool *pool, size_t size)
{
	struct advisory_block *block;
	size_t bytes;
	char *taken;

	if (size > pool->left) {
		bytes = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		block = memory_resize(NULL, sizeof(*block) + bytes, 1);
		block->next = pool->blocks;
		pool->blocks = block;
		pool->free = block->bytes;
		pool->left = bytes;
	}
	taken = pool->free;
	pool->free += size;
	pool->left -= size;
	return taken;
}

static const char *keep(struct advisory_pool *pool, const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;

	return size > 1 ? memcpy(take(pool, size), text, size) : "";
}

static void pool_free(struct advisory_pool *pool)
{
	struct advisory_block *block;

	if (!pool)
		return;
	while ((block = pool->blocks)) {
		pool->blocks = block->next;
		free(block);
	}
	free(pool);
}

void advisory_set_release(struct advisory_set *set)
{
	array_release(set);
	pool_free(set->pool);
	free(set->fix_links);
	free(set->introduced_links);
	memset(set, 0, sizeof(*set));
}

/* One field of a packed column into its place: up to `stop`, which is passed over. */
static const char *unpack(char *ret_text, size_t size, const char *at, char stop)
{
	const char *end = strchrnul(at, stop);
	size_t length = (size_t)(end - at);

	/* The index is ours, but nothing in it may overflow. */
	if (length >= size)
		length = size - 1;
	memcpy(ret_text, at, length);
	ret_text[length] = '\0';
	return *end ? end + 1 : end;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	while ((text = strchr(text, '\n'))) {
		count++;
		text++;
	}
	return count;
}

static void unpack_fixes(struct advisory_pool *pool, struct advisory *item, const char *at)
{
	item->fix_count = count_lines(at);
	item->fixes = take(pool, item->fix_count * sizeof(*item->fixes));
	for (size_t i = 0; i < item->fix_count; i++) {
		item->fixes[i].upstream = *at++ == 'u';
		at = unpack(item->fixes[i].id, sizeof(item->fixes[i].id), at, '\n');
	}
	pool->fixes += item->fix_count;
}

static void unpack_pairs(struct advisory_pool *pool, struct advisory *item, const char *at)
{
	struct advisory_pair *pair;

	item->pair_count = count_lines(at);
	item->pairs = take(pool, item->pair_count * sizeof(*item->pairs));
	for (size_t i = 0; i < item->pair_count; i++) {
		pair = &item->pairs[i];
		at = unpack(pair->introduced_version, sizeof(pair->introduced_version), at, ':');
		at = unpack(pair->introduced_id, sizeof(pair->introduced_id), at, ':');
		at = unpack(pair->fixed_version, sizeof(pair->fixed_version), at, ':');
		at = unpack(pair->fixed_id, sizeof(pair->fixed_id), at, '\n');
	}
	pool->introduced += item->pair_count;
}

static void unpack_vulnerable(struct advisory_pool *pool, struct advisory *item, const char *at)
{
	item->vulnerable_count = count_lines(at);
	item->vulnerable = take(pool, item->vulnerable_count * sizeof(*item->vulnerable));
	for (size_t i = 0; i < item->vulnerable_count; i++)
		at = unpack(item->vulnerable[i].hex, sizeof(item->vulnerable[i].hex), at, '\n');
	pool->introduced += item->vulnerable_count;
}

static const char load_sql[] =
	"SELECT advisory, name, origin, state, title, vector, damaged, place,"
	" CASE origin WHEN 'record' THEN 0 ELSE EXISTS(SELECT 1 FROM advisory AS other"
	" WHERE other.name = advisory.name AND other.origin = 'record'"
	" AND other.state = 'rejected') END, fixes, pairs, vulnerable,"
	" routes, impacts"
	" FROM advisory WHERE advisory BETWEEN ? AND ? ORDER BY advisory";

/* Appends the advisories numbered first..last. */
static int load_range(struct advisory_set *set, struct statement *row, bool published_only,
		      int64_t first, int64_t last, struct error *err)
{
	struct advisory_pool *pool = set->pool;
	enum advisory_state state;
	struct advisory *item;
	int step;

	statement_reset(row);
	statement_bind_int(row, 1, first);
	statement_bind_int(row, 2, last);
	while ((step = statement_step(row, err)) > 0) {
		state = advisory_state_parse(statement_text(row, 3));
		if (published_only && state != ADVISORY_PUBLISHED)
			continue;
		item = array_add(set);
		item->number = statement_int(row, 0);
		item->name = keep(pool, statement_text(row, 1));
		item->origin = parse_origin(statement_text(row, 2));
		item->state = state;
		item->title = keep(pool, statement_text(row, 4));
		item->vector = keep(pool, statement_text(row, 5));
		item->damaged = (unsigned)statement_int(row, 6);
		item->place = keep(pool, statement_text(row, 7));
		item->disputed = statement_int(row, 8) != 0;
		if (!*item->vector ||
		    cvss_parse(&item->cvss, item->vector, strlen(item->vector), NULL))
			item->cvss.score = CVSS_UNSCORED;
		item->routes = (unsigned)statement_int(row, 12);
		item->impacts = (unsigned)statement_int(row, 13);
		unpack_fixes(pool, item, statement_text(row, 9));
		unpack_pairs(pool, item, statement_text(row, 10));
		unpack_vulnerable(pool, item, statement_text(row, 11));
	}
	return step;
}

static int compare_items(const void *left, const void *right)
{
	const struct advisory *a = left, *b = right;
	int64_t number_a = advisory_name_number(a->name), number_b = advisory_name_number(b->name);
	int order = strcmp(a->name, b->name);

	if (order && number_a && number_b)
		return number_a < number_b ? -1 : 1;
	if (!order)
		order = (int)a->origin - (int)b->origin;
	return order ? order : strcmp(a->place, b->place);
}

/* Records come in order already. */
static void sort_items(struct advisory_set *set)
{
	bool sorted = true;

	for (size_t i = 1; i < set->count && sorted; i++)
		sorted = compare_items(&set->items[i - 1], &set->items[i]) < 0;
	if (!sorted)
		qsort(set->items, set->count, sizeof(*set->items), compare_items);
}

static uint64_t id_head(const char *id)
{
	uint64_t head = 0;

	for (size_t i = 0; i < ADVISORY_ID_SHORTEST && id[i]; i++)
		head = head << 4 | (uint64_t)(id[i] <= '9' ? id[i] - '0' : id[i] - 'a' + 10);
	return head;
}

static int compare_links(const void *left, const void *right)
{
	const struct advisory_link *a = left, *b = right;

	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return (a->advisory > b->advisory) - (a->advisory < b->advisory);
}

static void add_link(struct advisory_link *links, size_t *count, const char *id,
		     const struct advisory *advisory)
{
	if (*id)
		links[(*count)++] = (struct advisory_link){ id_head(id), id, advisory };
}

static void make_links(struct advisory_set *set)
{
	const struct advisory_pool *pool = set->pool;
	const struct advisory *item;

	set->fix_links = memory_alloc((pool->fixes + 1) * sizeof(*set->fix_links));
	set->introduced_links = memory_alloc((pool->introduced + 1) *
					     sizeof(*set->introduced_links));
	for (size_t i = 0; i < set->count; i++) {
		item = &set->items[i];
		for (size_t j = 0; j < item->fix_count; j++)
			add_link(set->fix_links, &set->fix_link_count, item->fixes[j].id, item);
		/* Most lines of one advisory repeat the introducer of the line before. */
		for (size_t j = 0; j < item->pair_count; j++) {
			if (!j || strcmp(item->pairs[j].introduced_id,
					 item->pairs[j - 1].introduced_id) != 0)
				add_link(set->introduced_links, &set->introduced_link_count,
					 item->pairs[j].introduced_id, item);
		}
		for (size_t j = 0; j < item->vulnerable_count; j++)
			add_link(set->introduced_links, &set->introduced_link_count,
				 item->vulnerable[j].hex, item);
	}
	qsort(set->fix_links, set->fix_link_count, sizeof(*set->fix_links), compare_links);
	qsort(set->introduced_links, set->introduced_link_count, sizeof(*set->introduced_links),
	      compare_links);
}

static int load(struct advisory_set *ret_set, struct index *index, const int64_t *only,
		size_t count, struct error *err)
{
	struct statement row;
	int error;

	memset(ret_set, 0, sizeof(*ret_set));
	error = statement_init(&row, index, load_sql, err);
	if (error)
		return error;
	ret_set->pool = memory_alloc(sizeof(*ret_set->pool));
	if (!only)
		error = load_range(ret_set, &row, true, INT64_MIN, INT64_MAX, err);
	for (size_t i = 0; i < count && !error; i++)
		error = load_range(ret_set, &row, false, only[i], only[i], err);
	statement_release(&row);
	if (error)
		advisory_set_release(ret_set);
	if (!error)
		sort_items(ret_set);
	if (!error)
		make_links(ret_set);
	return error;
}

int advisory_load_published(struct advisory_set *ret_set, struct index *index, struct error *err)
{
	return load(ret_set, index, NULL, 0, err);
}

int advisory_load_numbers(struct advisory_set *ret_set, struct index *index, const int64_t *numbers,
			  size_t count, struct error *err)
{
	static const int64_t none;

	return load(ret_set, index, count ? numbers : &none, count, err);
}

/* The first link of a head. */
static size_t lower_bound(const struct advisory_link *links, size_t count, uint64_t head)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (links[middle].head < head)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whatever matches an id has its head. *cursor is the next position plus one. */
static const struct advisory *next_link(const struct advisory_link *links, size_t count,
					const char *id, size_t *cursor)
{
	struct advisory_id whole;
	uint64_t head;
	size_t at;

	if (!advisory_id_parse(&whole, id, strlen(id), ADVISORY_ID_SHORTEST))
		return NULL;
	head = id_head(whole.hex);
	at = *cursor ? *cursor - 1 : lower_bound(links, count, head);
	for (; at < count && links[at].head == head; at++) {
		if (advisory_id_matches(links[at].id, whole.hex)) {
			*cursor = at + 2;
			return links[at].advisory;
		}
	}
	*cursor = at + 1;
	return NULL;
}

const struct advisory *advisory_set_next_fix(const struct advisory_set *set, const char *id,
					     size_t *cursor)
{
	return next_link(set->fix_links, set->fix_link_count, id, cursor);
}

const struct advisory *advisory_set_next_introduced(const struct advisory_set *set, const char *id,
						    size_t *cursor)
{
	return next_link(set->introduced_links, set->introduced_link_count, id, cursor);
}
