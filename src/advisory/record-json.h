/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CVE JSON 5 file of a record (github.com/CVEProject/cve-schema).
 *
 * Nine tenths of it are version ranges that .dyad says better, and a full parse
 * of 12,000 of them would take half of an import. So the structure is scanned,
 * with a limit on its depth, and only the values that are wanted are parsed.
 */
#ifndef ADVISORY_RECORD_JSON_H
#define ADVISORY_RECORD_JSON_H

#include "advisory/record.h"

/*
 * Title, English description and files; that cveId is the record's name is
 * checked. Where the record has no fix yet, or its .sha1 or .dyad is damaged,
 * the fixed ends of the git ranges become its fixes.
 */
int record_json_read(struct advisory_record *record, const char *place, const char *data,
		     size_t size, struct error *err);

#endif
