/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/id.h"

bool advisory_id_parse(struct advisory_id *ret_id, const char *text, size_t length, size_t least)
{
	char c;

	if (length < least || length > ADVISORY_ID_LENGTH)
		return false;
	for (size_t i = 0; i < length; i++) {
		c = text[i];
		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		ret_id->hex[i] = c;
	}
	ret_id->hex[length] = '\0';
	return true;
}

bool advisory_id_is_none(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '0')
			return false;
	}
	return length > 0 && length <= ADVISORY_ID_LENGTH;
}

bool advisory_id_matches(const char *a, const char *b)
{
	size_t same = 0;

	while (a[same] && a[same] == b[same])
		same++;
	if (a[same] && b[same])
		return false;
	return same >= ADVISORY_ID_SHORTEST || (!a[same] && !b[same] && same > 0);
}

#define NAME_HEAD 9 /* "CVE-2024-" */

bool advisory_name_parse(char *ret_name, const char *text, size_t length)
{
	static const char form[] = "CVE-0000-";
	char c;

	if (length < NAME_HEAD + 4 || length > NAME_HEAD + 19)
		return false;
	/* Zeros only fill up to four digits: one CVE has one name. */
	if (length > NAME_HEAD + 4 && text[NAME_HEAD] == '0')
		return false;
	for (size_t i = 0; i < length; i++) {
		c = text[i];
		if (i < 3 && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (i >= NAME_HEAD || form[i] == '0' ? c < '0' || c > '9' : c != form[i])
			return false;
		if (ret_name)
			ret_name[i] = c;
	}
	if (ret_name)
		ret_name[length] = '\0';
	return true;
}

int64_t advisory_name_number(const char *name)
{
	size_t digits = strlen(name + NAME_HEAD);
	int64_t year = 0, number = 0;

	if (digits > 9)
		return 0;
	for (size_t i = 4; i < 8; i++)
		year = year * 10 + (name[i] - '0');
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (name[NAME_HEAD + i] - '0');
	return year * 1000000000 + number;
}
