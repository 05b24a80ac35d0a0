/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a vulnerability that has a score gives an attacker.
 *
 * C says whether there is an information leak and A whether there is a denial of service; what a
 * loss of integrity is, the words that the rationale gives for C, I and A decide: memory
 * corruption, privilege, data loss. Where they do not, it can be either of the first two.
 */
#ifndef ADVISORY_IMPACT_H
#define ADVISORY_IMPACT_H

#include "advisory/route.h"

/* The set of 1 << enum impact; 0 where there is no vector. As routes_of_score. */
unsigned impacts_of_score(const struct cvss *cvss, const char *rationale,
			  struct fact_reasons *reasons);

#endif
