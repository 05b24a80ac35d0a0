/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cc: stable, where the versions and the ordered prerequisites of a backport
 * are written down by hand in some twenty spellings.
 */
#include "history/message-scan.h"

static const struct span nothing = { "", 0 };

/* "4.19", "v5.4+", "4.4.x", "3.10.x-": from the first digit. */
static bool scan_version(struct span *ret_version, struct cursor *cursor)
{
	struct cursor after = *cursor;
	const char *start, *digit;
	int parts = 0;

	scan_prefix(&after, "linux-");
	scan_any(&after, "vVkK");
	start = after.at;
	do {
		digit = after.at;
		while (after.at < after.end && *after.at >= '0' && *after.at <= '9')
			after.at++;
		if (after.at == digit && parts && scan_any(&after, "xXyY*")) {
			parts++;
			break;
		}
		if (after.at == digit && parts >= 2) {
			after.at--; /* the full stop behind a version */
			break;
		}
		if (after.at == digit || after.at - digit > 4)
			return false;
		parts++;
	} while (parts < 4 && scan_byte(&after, '.'));
	if (parts < 2)
		return false;
	if (scan_prefix(&after, "-rc"))
		while (after.at < after.end && *after.at >= '0' && *after.at <= '9')
			after.at++;
	if (!scan_any(&after, "+") && after.at < after.end && *after.at == '-' &&
	    (after.at + 1 == after.end || !byte_is_alnum(after.at[1])))
		after.at++;
	if (after.at < after.end && (byte_is_alnum(*after.at) || *after.at == '@'))
		return false;
	*ret_version = (struct span){ start, (size_t)(after.at - start) };
	*cursor = after;
	return true;
}

/* "# 3.3.x: a1f84a3: subject", "[5.4+]", ">= v4.4", "4.4, 4.9": what is said about versions. */
static bool stable_versions(struct scan *scan, struct cursor *cursor)
{
	static const char *const leads[] = { "for",	 "kernel",  "kernels", "since",	  "from",
					     "versions", "version", "stable",  "between", NULL };
	static const char *const joins[] = { "and", "to", "through", NULL };
	struct span version;
	bool found = false, below = false;

	scan_blanks(cursor);
	while (scan_words(cursor, leads))
		scan_blanks(cursor);
	if (scan_any(cursor, "<"))
		below = true;
	while (scan_any(cursor, ">=~"))
		scan_blanks(cursor);
	while (scan_version(&version, cursor)) {
		if (!below)
			scan_add(scan, REFERENCE_STABLE_FROM, "", version);
		found = true;
		scan_blanks(cursor);
		while (scan_any(cursor, ",/&-~"))
			scan_blanks(cursor);
		if (scan_words(cursor, joins))
			scan_blanks(cursor);
	}
	return found;
}

static void stable_remark(struct scan *scan, struct cursor cursor, bool *ret_found)
{
	struct span subject = nothing;
	char id[41];

	*ret_found |= stable_versions(scan, &cursor);
	while (scan_any(&cursor, ": \t.+"))
		;
	/* One id in 26 of 7 digits has no letter: the colon tells it from a number. */
	if (!scan_id_before(id, &cursor, "(\":"))
		return;
	if (!scan_subject(&subject, &cursor, scan->end)) {
		while (scan_any(&cursor, ": \t-"))
			;
		subject = scan_rest(&cursor);
	}
	scan_add(scan, REFERENCE_PREREQUISITE, id, subject);
}

/*
 * Cc: stable in its many spellings. The address is any word that is "stable" or
 * begins with "stable@" or "stable.vger"; stable-rt is another tree. Versions
 * stand before it or, behind #, [, ( or @, after it.
 */
void scan_stable(struct scan *scan, struct cursor value)
{
	struct cursor cursor = value;
	const char *address = NULL;
	struct span ignored;
	size_t count = scan->message->references.count;
	bool found = false;

	for (; cursor.at < cursor.end && !address && *cursor.at != '#'; cursor.at++) {
		struct cursor word = cursor;

		if (byte_to_lower(*cursor.at) != 's' || !scan_prefix(&word, "stable"))
			continue;
		if (cursor.at > value.at &&
		    (byte_is_alnum(cursor.at[-1]) || cursor.at[-1] == '-') &&
		    (cursor.at - value.at < 6 || memcmp(cursor.at - 6, "linux-", 6) != 0))
			continue;
		if (word.at < word.end && (byte_is_alnum(*word.at) || *word.at == '-'))
			continue;
		address = cursor.at;
	}
	if (!address)
		return;
	cursor.at = value.at;
	cursor.end = address;
	found = stable_versions(scan, &cursor);
	cursor = (struct cursor){ address, value.end };
	/* To the end of the address, then to what introduces the remark. */
	while (cursor.at < cursor.end && !strchr("#[(", *cursor.at)) {
		struct cursor version = { cursor.at + 1, cursor.end };

		if (byte_is_blank(*cursor.at) &&
		    (scan_byte(&version, '@') || scan_byte(&version, 'k')) &&
		    (scan_blanks(&version), scan_version(&ignored, &version)))
			break;
		cursor.at++;
	}
	if (cursor.at < cursor.end) {
		cursor.at++;
		scan_byte(&cursor, '@');
		stable_remark(scan, cursor, &found);
	}
	if (!found && scan->message->references.count == count)
		scan_add(scan, REFERENCE_STABLE_FROM, "", nothing);
}
