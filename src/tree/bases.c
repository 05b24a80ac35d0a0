/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/bases.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/repository.h"
#include "tree/states.h"

void base_list_release(struct base_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		base_point_release(&list->items[i]);
	array_release(list);
}

static const struct known_base *find_known(const struct known_bases *known, const char *name)
{
	for (size_t i = 0; i < known->count; i++)
		if (known->items[i].published &&
		    (!strcmp(known->items[i].name, name) ||
		     (known->items[i].name[0] == 'v' && !strcmp(known->items[i].name + 1, name))))
			return &known->items[i];
	return NULL;
}

/* A published base, by the id that it was published with. */
static int resolve_known(struct base_point *ret_base, struct workspace *workspace,
			 const struct known_base *known, struct error *err)
{
	const char *hex = id_hex(&known->base).text;
	int error = base_resolve(ret_base, workspace, &workspace->index, hex, known->series, NULL);

	if (error)
		return error_set(err, error,
				 "%s: was published as commit %s, which is no longer in %s; its "
				 "branch stays as it is",
				 known->name, hex, known->series);
	free(ret_base->name);
	ret_base->name = string_copy(known->name);
	ret_base->is_first = known->whole;
	return 0;
}

static int find_among(struct base_point *ret_base, struct workspace *workspace,
		      const struct known_bases *known, const char *text, const char *series,
		      struct error *err)
{
	const struct known_base *published;
	int error, found;

	found = base_resolve(ret_base, workspace, &workspace->index, text, series, err);
	published = find_known(known, found ? text : ret_base->name);
	error = found;
	if (published && (found || !git_oid_equal(&published->base, &ret_base->id) ||
			  published->whole != ret_base->is_first)) {
		if (!found)
			base_point_release(ret_base);
		error = resolve_known(ret_base, workspace, published, err);
	}
	return error;
}

int base_find(struct base_point *ret_base, struct workspace *workspace, const char *text,
	      const char *series, struct error *err)
{
	struct known_bases known;
	int error = known_bases_read(&known, workspace, err);

	if (error)
		return error;
	error = find_among(ret_base, workspace, &known, text, series, err);
	known_bases_release(&known);
	return error;
}

static bool has_base(const struct base_list *list, const struct base_point *base)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].series == base->series &&
		    !strcmp(list->items[i].name, base->name))
			return true;
	return false;
}

static void take_base(struct base_list *list, struct base_point *base)
{
	if (has_base(list, base))
		base_point_release(base);
	else
		*array_add(list) = *base;
}

static int add_among(struct base_list *list, struct workspace *workspace,
		     const struct known_bases *known, const char *text, const char *series,
		     struct error *err)
{
	struct base_point base;
	int error = find_among(&base, workspace, known, text, series, err);

	if (!error)
		take_base(list, &base);
	return error;
}

int base_list_add(struct base_list *list, struct workspace *workspace, const char *text,
		  const char *series, struct error *err)
{
	struct known_bases known;
	int error = known_bases_read(&known, workspace, err);

	if (error)
		return error;
	error = add_among(list, workspace, &known, text, series, err);
	known_bases_release(&known);
	return error;
}

static int add_every_series(struct base_list *list, struct workspace *workspace, struct error *err)
{
	struct statement select;
	struct base_point base;
	int error, step;

	error = statement_init(&select, &workspace->index,
			       "SELECT series FROM series ORDER BY major, minor, name", err);
	if (error)
		return error;
	while (!error && (step = statement_step(&select, err)) != 0) {
		error = step < 0 ? step
				 : series_first(&base, &workspace->index, statement_int(&select, 0),
						err);
		if (!error)
			take_base(list, &base);
	}
	statement_release(&select);
	return error;
}

int base_list_add_all(struct base_list *list, struct workspace *workspace, struct error *err)
{
	const struct string_list *settings = &workspace->build_bases;
	struct known_bases known;
	int error = known_bases_read(&known, workspace, err);

	for (size_t i = 0; i < settings->count && !error; i++)
		error = add_among(list, workspace, &known, settings->items[i], NULL, err);
	for (size_t i = 0; i < known.count && !error; i++)
		error = add_among(list, workspace, &known, known.items[i].name,
				  known.items[i].series, err);
	if (!error && !list->count)
		error = add_every_series(list, workspace, err);
	known_bases_release(&known);
	return error;
}

static int compare_series(const void *left, const void *right)
{
	const struct base_point *a = left, *b = right;
	int order = strcmp(a->series_name, b->series_name);

	return order ? order : strcmp(a->name, b->name);
}

void base_list_sort(struct base_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_series);
}
