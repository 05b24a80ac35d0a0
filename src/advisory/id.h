/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commit ids and CVE names as foreign text writes them.
 */
#ifndef ADVISORY_ID_H
#define ADVISORY_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ids are lower-case hex: 40 digits, or where a person abbreviated, 12 to 39. */
#define ADVISORY_ID_LENGTH 40
#define ADVISORY_ID_SHORTEST 12
#define ADVISORY_NAME_SIZE 32

struct advisory_id {
	char hex[ADVISORY_ID_LENGTH + 1];
};

/* `least` to 40 hex digits and nothing else, made lower-case. */
bool advisory_id_parse(struct advisory_id *ret_id, const char *text, size_t length, size_t least);
/* Only zeros: git's and the CNA's way to say "none". */
bool advisory_id_is_none(const char *text, size_t length);
/* Equal, or one begins with the other and that has at least 12 digits. */
bool advisory_id_matches(const char *a, const char *b);

/*
 * "CVE-", four digits, "-", 4 to 19 digits (CVE's own limit): exactly `length`
 * bytes. `ret_name` has ADVISORY_NAME_SIZE bytes, gets it in upper case, and may
 * be NULL.
 */
bool advisory_name_parse(char *ret_name, const char *text, size_t length);

/*
 * A number that sorts as the name does, the same in every index. Below
 * ADVISORY_NUMBER_LIMIT; 0 for a name with more than 9 digits.
 */
int64_t advisory_name_number(const char *name);
#define ADVISORY_NUMBER_LIMIT INT64_C(10000000000000)

#endif
