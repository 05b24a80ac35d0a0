/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One record of the kernel CNA, read from the bytes of its files:
 *
 *	.sha1		the fix in mainline, one id a line
 *	.dyad		introduced_version:introduced_id:fixed_version:fixed_id
 *	.vulnerable	ids that introduced it, named by hand
 *	.cvss		"<uuid> <vector>", then the reasons metric by metric
 *	.json		CVE JSON 5: title, description, files
 *	.mbox.rejected	why the record was taken back
 *
 * (git.kernel.org/pub/scm/linux/security/vulns.git, its README, and the files
 * themselves.) Parsers take bytes and never look further; each kind has a
 * limit on its size. A parser that fails says the place with the line and what
 * was wrong, and leaves in the record what it could read before and after the
 * faulty line, so that a damaged record still leads to its fixes.
 */
#ifndef ADVISORY_RECORD_H
#define ADVISORY_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "advisory/id.h"
#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"

enum advisory_state {
	ADVISORY_PUBLISHED,
	ADVISORY_REJECTED,
	ADVISORY_RESERVED, /* a number is set aside, nothing is said yet */
	ADVISORY_RETURNED, /* a number that was given back unused */
	ADVISORY_STATES
};

enum advisory_file {
	ADVISORY_FILE_MARK, /* the bare CVE name: that the record exists */
	ADVISORY_FILE_FIX,
	ADVISORY_FILE_PAIRS,
	ADVISORY_FILE_VULNERABLE,
	ADVISORY_FILE_SCORE,
	ADVISORY_FILE_TEXT,
	ADVISORY_FILE_REJECTION,
	ADVISORY_FILES
};

/* Bits of `damaged`: 1 << enum advisory_file, and this one for the record as a whole. */
#define ADVISORY_DAMAGED_RECORD (1u << ADVISORY_FILES)

/* "published", and back; ADVISORY_STATES for a word that is none. */
const char *advisory_state_name(enum advisory_state state);
enum advisory_state advisory_state_parse(const char *name);

struct advisory_fix {
	char id[ADVISORY_ID_LENGTH + 1];
	bool upstream; /* a mainline commit; else one of a stable series */
};

/* No kernel version that is in use needs more. */
#define ADVISORY_VERSION_SIZE 16

/* Versions and ids are "" where the file says 0. */
struct advisory_pair {
	char introduced_version[ADVISORY_VERSION_SIZE];
	char introduced_id[ADVISORY_ID_LENGTH + 1];
	char fixed_version[ADVISORY_VERSION_SIZE];
	char fixed_id[ADVISORY_ID_LENGTH + 1];
};

struct advisory_record {
	char name[ADVISORY_NAME_SIZE]; /* "CVE-2024-26602" */
	enum advisory_state state;
	unsigned damaged;
	ARRAY(struct advisory_fix) fixes; /* each id once */
	ARRAY(struct advisory_pair) pairs;
	ARRAY(struct advisory_id) vulnerable;
	ARRAY(char *) files; /* programFiles, each once, relative and without ".." */
	struct buffer title; /* well-formed UTF-8, empty where there is none; likewise below */
	struct buffer description;
	struct buffer vector;
	struct buffer rationale;
	struct buffer note; /* of a rejection */
	int score;	    /* tenths or CVSS_UNSCORED */
};

void advisory_record_init(struct advisory_record *record);
void advisory_record_release(struct advisory_record *record);
void advisory_record_clear(struct advisory_record *record); /* keeps the memory */

/*
 * Which record and which of its files a file name (no directory) belongs to:
 * `ret_name` gets the CVE id (ADVISORY_NAME_SIZE bytes). False for every other name.
 */
bool advisory_file_parse(char *ret_name, enum advisory_file *ret_file, const char *file_name);
/* Bytes that a file of this kind may have. */
size_t advisory_file_limit(enum advisory_file file);

/* Adds a fix unless it is there; that it is upstream's is remembered from either. */
void advisory_record_add_fix(struct advisory_record *record, const char *id, bool upstream);

/*
 * Reads one file into the record; `place` is what errors call it. ERROR_INPUT
 * for bad bytes, with the file's bit set in `damaged`. `name` and `state` are
 * set before; each kind comes at most once, and TEXT after FIX and PAIRS, for
 * which it stands in where they are missing or damaged.
 */
int advisory_record_read(struct advisory_record *record, enum advisory_file file, const char *place,
			 const void *data, size_t size, struct error *err);

/*
 * To be called when all files are in: whether the record as a whole is usable:
 * a published one leads to at least one fix.
 */
int advisory_record_finish(struct advisory_record *record, const char *place, struct error *err);

#endif
