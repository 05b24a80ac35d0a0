/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/open-memory.h"

#include <stdlib.h>

#include "base/array.h"
#include "git/repository.h"

static char *fact_name(const char *base, const char *policy)
{
	return string_format("open %s %s", base, policy);
}

static json_t *open_value(const struct built_open *open)
{
	json_t *value = json_object();

	json_object_set_new(value, "kind", json_string(open_kind_name(open->kind)));
	json_object_set_new(value, "commit",
			    id_is_zero(&open->commit) ? json_null()
						      : json_string(id_hex(&open->commit).text));
	json_object_set_new(value, "advisories", json_string(open->advisories));
	json_object_set_new(value, "reason", json_string(open->reason));
	return value;
}

int open_memory_store(struct index *index, const struct build_result *result, const char *policy,
		      struct error *err)
{
	json_t *memory = json_object(), *list = json_array();
	char *name = fact_name(result->base.name, policy), *text;
	size_t unfixed = 0;
	int error;

	for (size_t i = 0; i < result->open_count; i++) {
		if (result->open[i].kind == OPEN_NO_FIX)
			unfixed++;
		else
			json_array_append_new(list, open_value(&result->open[i]));
	}
	json_object_set_new(memory, "tip", json_string(result->tip.name));
	json_object_set_new(memory, "no_fix", json_integer((json_int_t)unfixed));
	json_object_set_new(memory, "open", list);
	text = json_dumps(memory, JSON_COMPACT);
	error = index_set_fact(index, name, text ? text : "", err);
	json_decref(memory);
	free(text);
	free(name);
	return error;
}

int open_memory_load(json_t **ret_memory, struct index *index, const char *base, const char *policy,
		     struct error *err)
{
	char *name = fact_name(base, policy);
	struct buffer text = BUFFER_INIT;
	int error = index_get_fact(&text, index, name, err);

	*ret_memory = error || !text.length ? NULL : json_loadb(text.data, text.length, 0, NULL);
	buffer_release(&text);
	free(name);
	return error;
}
