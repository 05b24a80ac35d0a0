/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/version.h"

#include <stdint.h>

#define NUMBERS 4

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One number without sign, blanks or needless zeros in front; at most five digits. */
static bool read_number(int *ret_number, const char **at, const char *end)
{
	const char *start = *at;
	int number = 0;

	while (*at < end && is_digit(**at) && *at - start < 6)
		number = number * 10 + (*(*at)++ - '0');
	if (*at == start || *at - start > 5 || (*start == '0' && *at - start > 1))
		return false;
	*ret_number = number;
	return true;
}

/* The numbers and the candidate in front of `text`; `ret_end` is where they end. */
static bool read_version(struct kernel_version *ret_version, const char **ret_end, const char *text,
			 const char *end)
{
	int numbers[NUMBERS] = { 0 };
	const char *at = text, *candidate;
	size_t count = 0, mainline;
	bool old;

	*ret_version = (struct kernel_version){ 0 };
	if (at < end && *at == 'v')
		at++;
	do {
		if (count == NUMBERS || !read_number(&numbers[count], &at, end))
			return false;
		count++;
	} while (at + 1 < end && *at == '.' && is_digit(at[1]) && at++);
	old = numbers[0] < 3;
	mainline = old ? 3 : 2;
	if (count < 2 || count > mainline + 1)
		return false;
	ret_version->major = numbers[0];
	ret_version->minor = numbers[1];
	if (old)
		ret_version->patch = numbers[2];
	ret_version->sublevel = count > mainline ? numbers[mainline] : 0;
	if (end - at > 3 && at[0] == '-' && at[1] == 'r' && at[2] == 'c') {
		candidate = at + 3;
		if (read_number(&ret_version->candidate, &candidate, end) &&
		    ret_version->candidate > 0 && ret_version->sublevel == 0)
			at = candidate;
		else
			ret_version->candidate = 0;
	}
	*ret_end = at;
	return true;
}

bool kernel_version_parse(struct kernel_version *ret_version, const char *text, size_t length)
{
	const char *end;

	return read_version(ret_version, &end, text, text + length) && end == text + length;
}

bool kernel_version_parse_prefix(struct kernel_version *ret_version, const char *text)
{
	const char *end;

	if (!read_version(ret_version, &end, text, text + strlen(text)))
		return false;
	return *end == '\0' || strchr("-+_~ ", *end) != NULL;
}

static int compare(int a, int b)
{
	return (a > b) - (a < b);
}

int kernel_version_compare_series(const struct kernel_version *a, const struct kernel_version *b)
{
	int order = compare(a->major, b->major);

	if (!order)
		order = compare(a->minor, b->minor);
	if (!order)
		order = compare(a->patch, b->patch);
	return order;
}

/* A candidate comes before the release: 0 is the last of them. */
static int candidate_rank(const struct kernel_version *version)
{
	return version->candidate ? version->candidate : INT32_MAX;
}

int kernel_version_compare(const struct kernel_version *a, const struct kernel_version *b)
{
	int order = kernel_version_compare_series(a, b);

	if (!order)
		order = compare(a->sublevel, b->sublevel);
	if (!order)
		order = compare(candidate_rank(a), candidate_rank(b));
	return order;
}

bool kernel_version_is_mainline(const struct kernel_version *version)
{
	return version->sublevel == 0;
}

void kernel_version_format_series(char *ret_text, const struct kernel_version *version)
{
	if (version->major < 3)
		snprintf(ret_text, KERNEL_VERSION_SIZE, "%d.%d.%d", version->major, version->minor,
			 version->patch);
	else
		snprintf(ret_text, KERNEL_VERSION_SIZE, "%d.%d", version->major, version->minor);
}

void kernel_version_format(char *ret_text, const struct kernel_version *version)
{
	size_t used;

	kernel_version_format_series(ret_text, version);
	used = strlen(ret_text);
	if (version->sublevel)
		snprintf(ret_text + used, KERNEL_VERSION_SIZE - used, ".%d", version->sublevel);
	else if (version->candidate)
		snprintf(ret_text + used, KERNEL_VERSION_SIZE - used, "-rc%d", version->candidate);
}
