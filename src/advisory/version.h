/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel version as releases and advisories write it: 6.8, 6.1.79, 7.2-rc1,
 * 2.6.32.70. In 2.6 the third number names a mainline release and the fourth a
 * stable one; from 3.0 on the second and the third do. `minor` and `patch` of
 * 2.6.Y hold both, so that a series is (major, minor, patch) for 2.6 and
 * (major, minor) otherwise, and `sublevel` is always the stable release.
 */
#ifndef ADVISORY_VERSION_H
#define ADVISORY_VERSION_H

#include <stdbool.h>
#include <stddef.h>

struct kernel_version {
	int major;
	int minor;
	int patch;     /* Y of 2.6.Y, else 0 */
	int sublevel;  /* stable release; 0 = the mainline release itself */
	int candidate; /* N of -rcN; 0 = none */
};

/*
 * Reads exactly `length` bytes, an optional leading "v" allowed and nothing
 * else around it. False for anything that is no version; numbers are at most
 * 99999.
 */
bool kernel_version_parse(struct kernel_version *ret_version, const char *text, size_t length);

/*
 * As above, but takes what a running kernel or a vendor's tree says,
 * "6.1.55-security.3", "5.10.66-android12-9": the longest version in front, if
 * it is followed by nothing or by one of "-+_~ ".
 */
bool kernel_version_parse_prefix(struct kernel_version *ret_version, const char *text);

/* <0, 0, >0; 5.10-rc3 < 5.10 < 5.10.1 < 5.11-rc1. */
int kernel_version_compare(const struct kernel_version *a, const struct kernel_version *b);
/* The same for series alone: 5.10-rc3, 5.10 and 5.10.7 are equal. */
int kernel_version_compare_series(const struct kernel_version *a, const struct kernel_version *b);
/* A mainline release or candidate, no stable release. */
bool kernel_version_is_mainline(const struct kernel_version *version);

#define KERNEL_VERSION_SIZE 48
/* "5.10.7"; `ret_text` has KERNEL_VERSION_SIZE bytes. */
void kernel_version_format(char *ret_text, const struct kernel_version *version);
void kernel_version_format_series(char *ret_text, const struct kernel_version *version);

#endif
