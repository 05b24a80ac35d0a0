/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libsectree: the whole of it, for programs that do what the command does
 * without being it. Link with -lsectree and what pkg-config says of libgit2,
 * sqlite3, jansson and libdeflate.
 *
 *	struct error err = ERROR_INIT;
 *	struct workspace workspace;
 *	struct workspace_report report = { 0 };
 *	enum refresh_result result;
 *
 *	if (git_start(&err) || workspace_open(&workspace, directory, &err) ||
 *	    workspace_refresh(&result, &report, &workspace, false, NULL, &err))
 *		give_up(err.message);
 *
 * Then base_resolve and tip_resolve (plan/names.h), members_load (plan/members.h),
 * links_find (plan/links.h), plan_make (plan/plan.h). Nothing here prints or exits. The
 * interface may change between versions; SECTREE_VERSION names this one.
 */
#ifndef SECTREE_H
#define SECTREE_H

#include "advisory/advisory.h"
#include "advisory/affects.h"
#include "advisory/refresh.h"
#include "base/error.h"
#include "base/progress.h"
#include "git/repository.h"
#include "git/store.h"
#include "history/workspace.h"
#include "plan/links.h"
#include "plan/members.h"
#include "plan/names.h"
#include "plan/plan.h"
#include "triage/ledger.h"

#endif
