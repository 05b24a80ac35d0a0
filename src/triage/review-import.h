/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists of reviewers: a line "<id> <subject>" each, as the kernel's CNA keeps its reviewers' votes;
 * a subject may be missing, lines of # are comments. All of a list are decided alike.
 */
#ifndef TRIAGE_REVIEW_IMPORT_H
#define TRIAGE_REVIEW_IMPORT_H

#include "history/workspace.h"
#include "triage/decision.h"

/* A line that was not taken. */
struct refused_line {
	size_t line;
	char *words;
};

struct review_import {
	struct decision_list added; /* by commit */
	struct refused_line *refused;
	size_t refused_count, refused_capacity;
	size_t known; /* lines that say what the ledger says already */
};

void review_import_release(struct review_import *import);

/*
 * Reads a list; `like` has what each decision is but its commit. A file that is no text is an
 * error; a line that names no commit, one too short, or a subject that is another's, is refused.
 */
int review_import_read(struct review_import *ret_import, struct workspace *workspace,
		       const struct decision_list *known, const struct decision *like,
		       const char *path, struct error *err);

#endif
