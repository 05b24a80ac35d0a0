/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Advisories that do not come from the CNA: its records begin late, and Dirty
 * Pipe, CVE-2022-0185 and Retbleed are not among them.
 *
 * A plain list has one line for each fix, "#" starting a comment:
 *
 *	<upstream id, 12 to 40 hex digits> <CVE id> [CVSS vector]
 *
 * A CVE with several fixes has several lines. A vector given once holds for all
 * lines of its CVE.
 */
#ifndef ADVISORY_LIST_H
#define ADVISORY_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "history/index.h"

#define ADVISORY_LIST_LIMIT (16u << 20)

/*
 * Replaces what the list of this `name` said before. Any bad line is
 * ERROR_INPUT with name and line, and nothing is changed.
 */
int advisory_import_list(size_t *ret_count, struct index *index, const char *name, const void *data,
			 size_t size, struct error *err);
/* The same from a file; its path is the name. */
int advisory_import_list_file(size_t *ret_count, struct index *index, const char *path,
			      struct error *err);
int advisory_forget_list(struct index *index, const char *name, struct error *err);

#endif
