/* SPDX-License-Identifier: GPL-2.0-only */
/* The values that records are made of: foreign text, ids, times. */
#include "cmd/output.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"

json_t *json_bytes(const char *text, size_t length)
{
	struct buffer valid = BUFFER_INIT;
	json_t *value;

	if (!text)
		return json_null();
	if (text_is_utf8(text, length))
		return json_stringn_nocheck(text, length);
	buffer_add_valid(&valid, text, length);
	value = json_stringn_nocheck(valid.data, valid.length);
	buffer_release(&valid);
	return value;
}

json_t *json_text(const char *text)
{
	return text ? json_bytes(text, strlen(text)) : json_null();
}

json_t *json_id(const git_oid *id)
{
	char text[GIT_OID_HEXSZ + 1];

	return id ? json_string(git_oid_tostr(text, sizeof(text), id)) : json_null();
}

json_t *json_name_commit(const char *name, const git_oid *commit)
{
	json_t *value = json_object();

	json_object_set_new(value, "name", json_text(name));
	json_object_set_new(value, "commit", json_id(commit));
	return value;
}

const char *time_text(char ret_text[TIME_TEXT_SIZE], int64_t seconds)
{
	time_t time = (time_t)seconds;
	struct tm parts;

	/* A stranger's date may lie beyond what a calendar can say. */
	if (!gmtime_r(&time, &parts) || parts.tm_year > 8099 || parts.tm_year < -1900)
		snprintf(ret_text, TIME_TEXT_SIZE, "@%lld", (long long)seconds);
	else
		snprintf(ret_text, TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
			 (parts.tm_year + 1900) % 10000, parts.tm_mon + 1, parts.tm_mday,
			 parts.tm_hour, parts.tm_min, parts.tm_sec);
	return ret_text;
}

json_t *json_time(int64_t seconds)
{
	char text[TIME_TEXT_SIZE];

	return json_string(time_text(text, seconds));
}

const char *json_string_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

int64_t json_integer_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}
