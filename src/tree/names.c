/* SPDX-License-Identifier: GPL-2.0-only */
#include "tree/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define SECURITY "-security"

/* "" or "-strict" */
static char *policy_suffix(const char *policy)
{
	return strcmp(policy, POLICY_DEFAULT) ? string_format("-%s", policy) : string_copy("");
}

static char *with_policy(const char *before, const char *name, const char *security,
			 const char *policy, const char *after)
{
	char *suffix = policy_suffix(policy);
	char *whole = string_format("%s%s%s%s%s", before, name, security, suffix, after);

	free(suffix);
	return whole;
}

static const char *without_v(const char *name)
{
	return name[0] == 'v' ? name + 1 : name;
}

char *branch_of_base(const char *base, const char *policy)
{
	return with_policy("refs/heads/linux-", without_v(base), SECURITY, policy, "");
}

char *branch_of_series(const char *series, const char *policy)
{
	return with_policy("refs/heads/", series, SECURITY, policy, "");
}

char *tag_of_state(const char *base, const char *policy, const char *number)
{
	char *after = string_format(".%s", number);
	char *tag = with_policy("", base, SECURITY, policy, after);

	free(after);
	return tag;
}

const char *tag_suffix(const char *tag, const char *base)
{
	return tag + strlen(base);
}

const char *tag_version(const char *tag)
{
	return without_v(tag);
}

bool tag_is_of_base(const char *tag, const char *base, const char *policy)
{
	char *start = with_policy("", base, SECURITY, policy, ".");
	bool is = !strncmp(tag, start, strlen(start));

	free(start);
	return is;
}

char *journal_of_base(const char *base, const char *policy)
{
	return with_policy("journal/", base, "", policy, "");
}
