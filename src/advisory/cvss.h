/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A CVSS vector, read metric by metric, and its base score.
 *
 * 3.0 and 3.1 are read in full: the eight base metrics exactly once in any
 * order, temporal and environmental ones known and at most once. The score is
 * the base score of the specification (first.org/cvss/v3.1, section 7),
 * in tenths. A 4.0 vector is read for its base metrics; its score comes from
 * tables that are not carried here and is CVSS_UNSCORED.
 */
#ifndef ADVISORY_CVSS_H
#define ADVISORY_CVSS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define CVSS_UNSCORED (-1)
#define CVSS_VECTOR_LIMIT 512

enum cvss_metric {
	CVSS_AV, /* attack vector: N A L P */
	CVSS_AC, /* attack complexity: L H */
	CVSS_PR, /* privileges required: N L H */
	CVSS_UI, /* user interaction: N R; 4.0: N P A */
	CVSS_S,	 /* scope: U C; 0 in 4.0 */
	CVSS_C,	 /* N L H; in 4.0 these three are VC, VI, VA */
	CVSS_I,
	CVSS_A,
	CVSS_METRICS
};

enum cvss_severity {
	CVSS_NONE,
	CVSS_LOW,
	CVSS_MEDIUM,
	CVSS_HIGH,
	CVSS_CRITICAL
};

struct cvss {
	int version;		   /* 30, 31 or 40; 0 = there is no vector */
	char metric[CVSS_METRICS]; /* the value's letter */
	int score;		   /* tenths, 0..100, or CVSS_UNSCORED */
};

/* `vector` of `length` bytes, nothing around it. ERROR_INPUT says which metric is wrong and why. */
int cvss_parse(struct cvss *ret_cvss, const char *vector, size_t length, struct error *err);

/* CVSS_NONE for a score of 0 and for CVSS_UNSCORED. */
enum cvss_severity cvss_severity(int score);
const char *cvss_severity_name(enum cvss_severity severity); /* "HIGH" */
const char *cvss_metric_name(enum cvss_metric metric);	     /* "AV" */

/*
 * The paragraph that a rationale gives for a metric ("PR:L - ..." and its
 * indented lines): borrowed from `rationale`, without the "PR:L - ". False
 * where there is none.
 */
bool cvss_rationale(const char **ret_text, size_t *ret_length, const char *rationale,
		    enum cvss_metric metric);

#endif
