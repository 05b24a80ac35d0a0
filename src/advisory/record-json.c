/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/record-json.h"

#include <jansson.h>

#define DEPTH_LIMIT 64
#define FILES_LIMIT 4096
#define FILE_NAME_LIMIT 1024

/* A run of the file: what is left of it, or one value. */
struct slice {
	const char *at;
	const char *end;
};

/* Bytes that matter while a value is skipped. */
static const bool structural[256] = {
	['"'] = true, ['{'] = true, ['}'] = true, ['['] = true, [']'] = true,
};

static void skip_blanks(struct slice *in)
{
	while (in->at < in->end &&
	       (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
		in->at++;
}

static bool take_byte(struct slice *in, char byte)
{
	skip_blanks(in);
	if (in->at == in->end || *in->at != byte)
		return false;
	in->at++;
	return true;
}

static bool at_byte(struct slice *in, char byte)
{
	skip_blanks(in);
	return in->at < in->end && *in->at == byte;
}

/* Past the closing quote of the string that begins at `at`; NULL where it never ends. */
static const char *string_end(const char *at, const char *end)
{
	for (at++; at < end; at++) {
		if (*at == '"')
			return at + 1;
		if (*at == '\\' && ++at == end)
			break;
	}
	return NULL;
}

/* Past a bracketed value; brackets of both kinds are counted alike. */
static const char *nest_end(const char *at, const char *end)
{
	int depth = 0;

	while (at && at < end) {
		if (!structural[(unsigned char)*at]) {
			at++;
		} else if (*at == '"') {
			at = string_end(at, end);
		} else if (*at == '{' || *at == '[') {
			if (++depth > DEPTH_LIMIT)
				return NULL;
			at++;
		} else {
			at++;
			if (--depth == 0)
				return at;
		}
	}
	return NULL;
}

static bool take_value(struct slice *ret_value, struct slice *in)
{
	const char *end;

	skip_blanks(in);
	if (in->at == in->end)
		return false;
	if (*in->at == '"') {
		end = string_end(in->at, in->end);
	} else if (*in->at == '{' || *in->at == '[') {
		end = nest_end(in->at, in->end);
	} else {
		end = in->at;
		while (end < in->end && !strchr(" \n\r\t,]}:\"", *end))
			end++;
		if (end == in->at)
			end = NULL;
	}
	if (!end)
		return false;
	*ret_value = (struct slice){ in->at, end };
	in->at = end;
	return true;
}

/* What a scan has found; later ones of a name replace earlier ones, as JSON readers do. */
struct found {
	struct slice title, descriptions, name;
	ARRAY(struct slice) files;    /* programFiles of each item of affected */
	ARRAY(struct slice) versions; /* likewise */
	bool has_cna;
};

/* Takes the value of a member, or a list's item (then the key is empty). */
typedef bool take_member(struct found *found, const struct slice *key, struct slice *in);

/* Walks through an object or list from its opening to its closing bracket, once. */
static bool take_each(struct found *found, struct slice *in, char open, take_member *take)
{
	char close = open == '{' ? '}' : ']';
	struct slice key = { NULL, NULL };

	if (!take_byte(in, open))
		return false;
	if (take_byte(in, close))
		return true;
	do {
		if (open == '{' &&
		    (!at_byte(in, '"') || !take_value(&key, in) || !take_byte(in, ':')))
			return false;
		if (!take(found, &key, in))
			return false;
	} while (take_byte(in, ','));
	return take_byte(in, close);
}

static bool is_key(const struct slice *key, const char *name)
{
	size_t length = strlen(name);

	return (size_t)(key->end - key->at) == length + 2 && memcmp(key->at + 1, name, length) == 0;
}

static bool take_affected_member(struct found *found, const struct slice *key, struct slice *in)
{
	struct slice value;

	if (!take_value(&value, in))
		return false;
	if (is_key(key, "programFiles"))
		array_push(&found->files, value);
	else if (is_key(key, "versions"))
		array_push(&found->versions, value);
	return true;
}

static bool take_affected(struct found *found, const struct slice *key, struct slice *in)
{
	return take_each(found, in, '{', take_affected_member);
}

static bool take_cna_member(struct found *found, const struct slice *key, struct slice *in)
{
	struct slice other;

	if (is_key(key, "affected"))
		return take_each(found, in, '[', take_affected);
	if (is_key(key, "title"))
		return take_value(&found->title, in);
	if (is_key(key, "descriptions"))
		return take_value(&found->descriptions, in);
	return take_value(&other, in);
}

static bool take_container(struct found *found, const struct slice *key, struct slice *in)
{
	struct slice other;

	if (!is_key(key, "cna"))
		return take_value(&other, in);
	found->has_cna = true;
	return take_each(found, in, '{', take_cna_member);
}

static bool take_metadata(struct found *found, const struct slice *key, struct slice *in)
{
	struct slice other;

	return take_value(is_key(key, "cveId") ? &found->name : &other, in);
}

static bool take_top(struct found *found, const struct slice *key, struct slice *in)
{
	struct slice other;

	if (is_key(key, "containers"))
		return take_each(found, in, '{', take_container);
	if (is_key(key, "cveMetadata"))
		return take_each(found, in, '{', take_metadata);
	return take_value(&other, in);
}

static json_t *parse_slice(const struct slice *value, struct error *err, const char *place,
			   const char *what)
{
	json_error_t wrong;
	json_t *json = json_loadb(value->at, (size_t)(value->end - value->at), JSON_DECODE_ANY,
				  &wrong);

	if (!json)
		error_set(err, ERROR_INPUT, "%s: %s: %s", place, what, wrong.text);
	return json;
}

static int read_title(struct advisory_record *record, const char *place, const struct slice *value,
		      struct error *err)
{
	json_t *json;

	if (!value->at)
		return 0;
	json = parse_slice(value, err, place, "title");
	if (!json)
		return ERROR_INPUT;
	if (json_is_string(json))
		buffer_add(&record->title, json_string_value(json), json_string_length(json));
	json_decref(json);
	return 0;
}

static int read_descriptions(struct advisory_record *record, const char *place,
			     const struct slice *value, struct error *err)
{
	const char *language, *text;
	json_t *json, *item;
	size_t i;

	if (!value->at)
		return 0;
	json = parse_slice(value, err, place, "descriptions");
	if (!json)
		return ERROR_INPUT;
	json_array_foreach(json, i, item)
	{
		language = json_string_value(json_object_get(item, "lang"));
		text = json_string_value(json_object_get(item, "value"));
		if (!text || (language && strncmp(language, "en", 2) != 0))
			continue;
		buffer_add_string(&record->description, text);
		break;
	}
	json_decref(json);
	return 0;
}

/* A path inside a tree: no way out of it, nothing that a terminal obeys. */
static bool is_path(const char *name, size_t length)
{
	const char *at = name, *end = name + length;
	size_t part;

	if (!length || length > FILE_NAME_LIMIT)
		return false;
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f || name[i] == '\\')
			return false;
	}
	for (; at <= end; at += part + 1) {
		part = strcspn(at, "/");
		if (part == 0 || (part == 1 && at[0] == '.') ||
		    (part == 2 && at[0] == '.' && at[1] == '.'))
			return false;
	}
	return true;
}

static void add_file(struct advisory_record *record, const char *name)
{
	for (size_t i = 0; i < record->files.count; i++) {
		if (strcmp(record->files.items[i], name) == 0)
			return;
	}
	array_push(&record->files, string_copy(name));
}

static int read_files(struct advisory_record *record, const char *place, const struct slice *value,
		      struct error *err)
{
	json_t *json, *item;
	int error = 0;
	size_t i;

	if (!value->at)
		return 0;
	json = parse_slice(value, err, place, "programFiles");
	if (!json)
		return ERROR_INPUT;
	json_array_foreach(json, i, item)
	{
		if (!json_is_string(item))
			continue;
		if (record->files.count >= FILES_LIMIT) {
			error = error_set(err, ERROR_INPUT, "%s: more than %d programFiles", place,
					  FILES_LIMIT);
			break;
		}
		if (is_path(json_string_value(item), json_string_length(item)))
			add_file(record, json_string_value(item));
		else if (!error)
			error = error_set(err, ERROR_INPUT,
					  "%s: programFiles: item %zu is no path inside a tree",
					  place, i);
	}
	json_decref(json);
	return error;
}

/* Where .sha1 or .dyad fail: {"version": introduced, "lessThan": fixed, "versionType": "git"}. */
static int read_ranges(struct advisory_record *record, const char *place, const struct slice *value,
		       struct error *err)
{
	const char *type, *fixed;
	struct advisory_id id;
	json_t *json, *item;
	size_t i;

	if (!value->at)
		return 0;
	json = parse_slice(value, err, place, "versions");
	if (!json)
		return ERROR_INPUT;
	json_array_foreach(json, i, item)
	{
		type = json_string_value(json_object_get(item, "versionType"));
		fixed = json_string_value(json_object_get(item, "lessThan"));
		if (type && fixed && strcmp(type, "git") == 0 &&
		    advisory_id_parse(&id, fixed, strlen(fixed), ADVISORY_ID_SHORTEST))
			advisory_record_add_fix(record, id.hex, false);
	}
	json_decref(json);
	return 0;
}

static int check_name(const struct advisory_record *record, const char *place,
		      const struct slice *name, struct error *err)
{
	size_t length = strlen(record->name);

	if (name->at && ((size_t)(name->end - name->at) != length + 2 ||
			 memcmp(name->at + 1, record->name, length) != 0))
		return error_set(err, ERROR_INPUT, "%s: its cveId is not %s", place, record->name);
	return 0;
}

/* The first error is the one that is told; the other parts are read all the same. */
static int first_error(int first, int next, struct error *err, const struct error *what)
{
	if (first || !next)
		return first;
	return error_set(err, next, "%s", what->message);
}

static int read_found(struct advisory_record *record, const char *place, const struct found *found,
		      struct error *err)
{
	unsigned missing = 1u << ADVISORY_FILE_FIX | 1u << ADVISORY_FILE_PAIRS;
	bool ranges = !record->fixes.count || (record->damaged & missing);
	struct error what = ERROR_INIT;
	int error = 0;

	/* A file under another record's name speaks of that one: nothing is taken from it. */
	if (check_name(record, place, &found->name, err))
		return ERROR_INPUT;
	error = first_error(error, read_title(record, place, &found->title, &what), err, &what);
	error = first_error(error, read_descriptions(record, place, &found->descriptions, &what),
			    err, &what);
	for (size_t i = 0; i < found->files.count; i++)
		error = first_error(error, read_files(record, place, &found->files.items[i], &what),
				    err, &what);
	for (size_t i = 0; i < found->versions.count && ranges; i++)
		error = first_error(error,
				    read_ranges(record, place, &found->versions.items[i], &what),
				    err, &what);
	return error;
}

int record_json_read(struct advisory_record *record, const char *place, const char *data,
		     size_t size, struct error *err)
{
	struct slice in = { data, data + size };
	struct found found = { .files = ARRAY_INIT, .versions = ARRAY_INIT };
	int error;

	if (!take_each(&found, &in, '{', take_top))
		error = error_set(err, ERROR_INPUT,
				  "%s: no well-formed CVE JSON 5, or nested more than %d deep, at "
				  "byte %zu",
				  place, DEPTH_LIMIT, (size_t)(in.at - data));
	else if (skip_blanks(&in), in.at != in.end)
		error = error_set(err, ERROR_INPUT, "%s: bytes after the end of its JSON", place);
	else if (!found.has_cna)
		error = error_set(err, ERROR_INPUT, "%s: no containers.cna of CVE JSON 5", place);
	else
		error = read_found(record, place, &found, err);
	array_release(&found.files);
	array_release(&found.versions);
	return error;
}
