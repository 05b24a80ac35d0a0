/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/impact.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/phrase.h"
#include "base/array.h"

static const struct phrase phrases[] = {
	{ IMPACT_MEMORY_CORRUPTION, "memory corruption", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "heap corruption", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "stack corruption", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "corrupt* memory", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "corrupt* adjacent", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "corrupt* kernel", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "corrupt* unrelated", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "use after free*", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "uaf", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "double free*", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "freed *", "writ* reclaim* spray* overwr* dereferenc*", NULL,
	  NULL },
	{ IMPACT_MEMORY_CORRUPTION, "stale *", "writ* reclaim* spray*", NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "out of bounds *", "writ* overwr* corrupt*", NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "oob *", "writ* overwr* corrupt*", NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "write primitive*", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "arbitrary write*", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "arbitrary kernel write*", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "overflow*", "heap stack buffer slab writ* adjacent", NULL,
	  NULL },
	{ IMPACT_MEMORY_CORRUPTION, "writ* past", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "writ* beyond", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "type confusion", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "control flow", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "function pointer*", NULL, NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "memory of the kernel", "writ*", NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "kernel memory", "writ* overwr* corrupt* modif*", NULL, NULL },
	{ IMPACT_MEMORY_CORRUPTION, "refcount underflow*", NULL, NULL, NULL },

	{ IMPACT_PRIVILEGE, "privilege escalation", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "escalat*", "privilege* root", NULL, NULL },
	{ IMPACT_PRIVILEGE, "bypass*",
	  "permission* check* access auth* polic* restrict* protect* lsm", NULL, NULL },
	{ IMPACT_PRIVILEGE, "unauthorized *", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "unauthorised *", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "impersonat*", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "spoof*", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "forge*", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "sandbox escape", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "container escape", NULL, NULL, NULL },
	{ IMPACT_PRIVILEGE, "code execution", NULL, NULL, NULL },

	{ IMPACT_DATA_LOSS, "data loss", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "lost data", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "data corruption", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "filesystem corruption", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "file system corruption", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "corrupt* file*", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "corrupt* on disk", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "corrupt* persistent", NULL, NULL, NULL },
	{ IMPACT_DATA_LOSS, "on disk corruption", NULL, NULL, NULL },
	{ 0, NULL, NULL, NULL, NULL },
};

static const struct {
	enum cvss_metric metric;
	enum impact impact;
	const char *texts[2]; /* of H and of L */
} directly[] = {
	{ CVSS_C, IMPACT_INFORMATION_LEAK, { "C:H", "C:L" } },
	{ CVSS_A, IMPACT_DENIAL_OF_SERVICE, { "A:H", "A:L" } },
};

static void add(unsigned *set, struct fact_reasons *reasons, unsigned impact, const char *text,
		size_t length)
{
	*set |= 1U << impact;
	if (reasons)
		array_push(reasons, ((struct fact_reason){ impact, text, length }));
}

unsigned impacts_of_score(const struct cvss *cvss, const char *rationale,
			  struct fact_reasons *reasons)
{
	static const enum cvss_metric metrics[] = { CVSS_C, CVSS_I, CVSS_A };
	struct phrase_matches matches = PHRASE_MATCHES_INIT;
	unsigned set = 0, integrity = 0, sentence = 0;
	const char *text, *letter;
	size_t length;

	if (!cvss->version)
		return 0;
	for (size_t i = 0; i < COUNT_OF(directly); i++)
		if (cvss->metric[directly[i].metric] != 'N')
			add(&set, reasons, directly[i].impact,
			    directly[i].texts[cvss->metric[directly[i].metric] == 'L'], 3);
	if (cvss->metric[CVSS_I] == 'N')
		return set;
	for (size_t i = 0; i < COUNT_OF(metrics); i++)
		if (cvss_rationale(&text, &length, rationale, metrics[i]))
			sentence = phrases_in_prose(&matches, phrases, text, length, sentence);
	for (size_t i = 0; i < matches.count; i++)
		if (!matches.items[i].denied)
			add(&integrity, reasons, matches.items[i].value, matches.items[i].text,
			    matches.items[i].length);
	phrase_matches_release(&matches);
	if (integrity)
		return set | integrity;
	letter = cvss->metric[CVSS_I] == 'H' ? "I:H" : "I:L";
	add(&set, reasons, IMPACT_MEMORY_CORRUPTION, letter, 3);
	add(&set, reasons, IMPACT_PRIVILEGE, letter, 3);
	return set;
}
