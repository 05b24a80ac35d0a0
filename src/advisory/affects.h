/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether an advisory touches a kernel, from its pairs. The rules:
 *
 * - A line belongs to the series of its fixed version, and one that a backport
 *   introduced (5.10.17) to that series only. Lines of the kernel's own X.Y are
 *   asked first, and if one says affected or all say fixed that is the answer:
 *   [4.14, 5.15.212) does not make the fixed 5.10.265 vulnerable.
 * - Several lines of one series: affected if any of their ranges holds it. An
 *   open line beside one with a later fix (CVE-2022-49957) is at odds with it:
 *   unknown.
 * - A line introduced in a mainline release reaches every later series, and is
 *   closed for a series without a line of its own by the mainline fix only.
 * - "0" as introducer, and 1da177e4c3f4, mean since the beginning; "0" as fix
 *   means not fixed in that series.
 * - A candidate of the very release that a line names (5.10-rc3, "5.10") may
 *   lie on either side: unknown.
 * - A line whose fix is older than its introduction tells nothing.
 * - A damaged record never says not affected or fixed: unknown instead.
 *
 * Unknown counts as affected everywhere.
 */
#ifndef ADVISORY_AFFECTS_H
#define ADVISORY_AFFECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "advisory/record.h"
#include "advisory/version.h"

enum advisory_answer {
	ADVISORY_AFFECTED,
	ADVISORY_NOT_AFFECTED, /* introduced after, or never in this series */
	ADVISORY_FIXED,
	ADVISORY_UNKNOWN
};

/* What a kernel is known to hold. */
enum advisory_presence {
	ADVISORY_ABSENT,
	ADVISORY_PRESENT,
	ADVISORY_UNSURE
};

/*
 * A kernel. Either part may be missing. `holds` is asked for the ids of lines
 * of this series and of mainline lines, and outweighs the version: a vendor's
 * 5.10.66 may have the fix of 5.10.70, or lack one that its number promises. It
 * must answer ADVISORY_UNSURE, and not ADVISORY_ABSENT, unless the absence
 * of that commit, under its own id and as a backport, is certain.
 */
struct advisory_kernel {
	bool has_version;
	struct kernel_version version;
	enum advisory_presence (*holds)(void *data, const char *id);
	void *data;
};

struct advisory_affects {
	enum advisory_answer answer;
	size_t pair;	  /* the line that decided, or ADVISORY_NO_PAIR */
	bool same_series; /* it was one of this X.Y */
	char reason[256]; /* "fixed in 5.10.210", "introduced in 5.11" */
};

#define ADVISORY_NO_PAIR ((size_t)-1)

void advisory_affects(struct advisory_affects *ret_affects, const struct advisory_pair *pairs,
		      size_t count, bool damaged, const struct advisory_kernel *kernel);

/* "affected", "not-affected", "fixed", "unknown" */
const char *advisory_answer_name(enum advisory_answer answer);

/*
 * The first fixed version of the series that `version` is in, or "" where it is
 * not fixed there; for a table of series. Borrowed from `pairs`.
 */
const char *advisory_first_fixed(const struct advisory_pair *pairs, size_t count,
				 const struct kernel_version *version);

#endif
