/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/owners.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "plan/planner.h"

/* Lines start .. end-1; -1 and one past the last line count, so that both ends of a file
 * are met. */
struct span {
	int64_t start, end;
};

typedef ARRAY(struct span) span_list;

/* What is traced, going back: places in the file as it is before `before`. */
struct trace {
	const struct owners_request *request;
	struct member_list *owners;
	const char *path;
	uint32_t before; /* changes by earlier members are looked at */
	unsigned mode;	 /* of the file at this point */
	git_oid id;
	bool whole; /* every change of the contents matters */
	bool wants_mode;
	span_list spans; /* ascending, apart */
};

/* ---- spans and hunks ---- */

static void add_span(span_list *spans, int64_t start, int64_t end)
{
	struct span *last = spans->count ? array_last(spans) : NULL;

	if (start >= end)
		return;
	if (last && start <= last->end) {
		last->end = end > last->end ? end : last->end;
		return;
	}
	last = array_add(spans);
	last->start = start;
	last->end = end;
}

/* What hunks replace, and a line of context on each side. */
static void add_replaced(span_list *spans, const struct file_hunks *hunks)
{
	for (size_t i = 0; i < hunks->count; i++)
		add_span(spans, (int64_t)hunks->items[i].old_start - 1,
			 (int64_t)hunks->items[i].old_start + hunks->items[i].old_count + 1);
}

/*
 * Whether a hunk made a line of the span or, where it only took lines out, did so between
 * two of its lines.
 */
static bool meets(const struct span *span, const struct diff_hunk *hunk)
{
	int64_t start = hunk->new_start, end = start + hunk->new_count;

	if (start == end)
		return span->start < start && start < span->end;
	return start < span->end && span->start < end;
}

/*
 * Takes spans back over hunks: what a hunk made ends here, the rest moves to where it was.
 * True where a hunk was met.
 */
static bool go_back(span_list *spans, const struct file_hunks *hunks)
{
	span_list back = ARRAY_INIT;
	bool met = false;
	size_t first = 0;

	for (size_t i = 0; i < spans->count; i++) {
		struct span rest = spans->items[i];
		int64_t shift = 0;

		while (first < hunks->count &&
		       (int64_t)hunks->items[first].new_start + hunks->items[first].new_count <=
			       rest.start)
			first++;
		if (first) {
			const struct diff_hunk *before = &hunks->items[first - 1];

			shift = (int64_t)before->old_start + before->old_count - before->new_start -
				before->new_count;
		}
		for (size_t j = first; j < hunks->count; j++) {
			const struct diff_hunk *hunk = &hunks->items[j];
			int64_t end = (int64_t)hunk->new_start + hunk->new_count;

			if (hunk->new_start >= rest.end)
				break;
			met |= meets(&rest, hunk);
			add_span(&back, rest.start + shift, hunk->new_start + shift);
			shift = (int64_t)hunk->old_start + hunk->old_count - end;
			rest.start = end > rest.start ? end : rest.start;
		}
		add_span(&back, rest.start + shift, rest.end + shift);
	}
	array_release(spans);
	*spans = back;
	return met;
}

/* ---- one step back ---- */

static bool is_regular(unsigned mode)
{
	return S_ISREG(mode);
}

/* From the contents at this point to earlier ones; true in `ret_met` where it matters. */
static int step_contents(bool *ret_met, struct trace *trace, const git_oid *old_id,
			 const git_oid *new_id, struct error *err)
{
	const struct file_hunks *hunks;
	int error;

	*ret_met = false;
	if (git_oid_equal(old_id, new_id))
		return 0;
	*ret_met = trace->whole;
	if (trace->whole || !trace->spans.count)
		return 0;
	error = hunks_find(&hunks, &trace->request->files->hunks, trace->request->store, old_id,
			   new_id, err);
	if (error)
		return error;
	if (hunks->whole) {
		*ret_met = true;
		trace->spans.count = 0;
	} else {
		*ret_met = go_back(&trace->spans, hunks);
	}
	return 0;
}

/* In a series with merges the change before need not end where the next one starts. */
static int bridge(struct trace *trace, unsigned mode, const git_oid *id, struct error *err)
{
	bool ignored;

	if (is_regular(mode) && is_regular(trace->mode))
		return step_contents(&ignored, trace, id, &trace->id, err);
	return 0;
}

/* The file was added: maybe from one of another name, where the trace goes on. */
static int follow_rename(bool *ret_followed, struct trace *trace, uint32_t member,
			 struct error *err)
{
	const struct owners_request *request = trace->request;
	struct change_list changes = CHANGE_LIST_INIT;
	struct file_renames renames;
	bool met;
	int error = members_changes(&changes, request->files->members, member, err);

	*ret_followed = false;
	if (!error)
		error = files_renames(&renames, request->files, request->store, member, &changes,
				      err);
	for (size_t i = 0; !error && i < renames.count && !*ret_followed; i++) {
		if (strcmp(renames.items[i].to, trace->path))
			continue;
		error = step_contents(&met, trace, &renames.items[i].old_entry.id,
				      &renames.items[i].new_entry.id, err);
		trace->path = renames.items[i].from;
		trace->mode = renames.items[i].old_entry.mode;
		trace->id = renames.items[i].old_entry.id;
		*ret_followed = true;
	}
	change_list_release(&changes);
	return error;
}

/* One earlier change of the path. False in `ret_on`: the trace ends with it. */
static int step(bool *ret_on, struct trace *trace, const struct file_change *change,
		struct error *err)
{
	bool met = false;
	int error = 0;

	*ret_on = true;
	if (!change->new_mode || !change->old_mode) {
		/* It took away what is added here, or brought what is changed here. */
		member_list_add(trace->owners, change->member);
		*ret_on = false;
		return 0;
	}
	if (!git_oid_equal(&change->new_id, &trace->id))
		error = bridge(trace, change->new_mode, &change->new_id, err);
	if (error)
		return error;
	if (!is_regular(change->old_mode) || !is_regular(change->new_mode))
		met = true;
	else
		error = step_contents(&met, trace, &change->old_id, &change->new_id, err);
	if (trace->wants_mode && change->old_mode != change->new_mode)
		met = true;
	if (met)
		member_list_add(trace->owners, change->member);
	if ((change->old_mode & S_IFMT) != (change->new_mode & S_IFMT))
		*ret_on = false;
	trace->mode = change->old_mode;
	trace->id = change->old_id;
	return error;
}

static bool is_idle(const struct trace *trace)
{
	return !trace->whole && !trace->wants_mode && !trace->spans.count;
}

static int run(struct trace *trace, struct error *err)
{
	const struct owners_request *request = trace->request;
	struct file_history history;
	bool on = true, renamed;
	int error = files_history(&history, request->files, trace->path, err);
	size_t i = error ? 0 : history.count;

	while (!error && on && i > 0) {
		const struct file_change *change = &history.items[--i];

		if (change->member >= trace->before || request->in_base[change->member])
			continue;
		/* Whether the file is there matters even where no line is left to trace. */
		if (is_idle(trace) && change->old_mode && change->new_mode)
			continue;
		trace->before = change->member;
		error = step(&on, trace, change, err);
		if (error || change->old_mode || !change->new_mode)
			continue;
		error = follow_rename(&renamed, trace, change->member, err);
		if (error || !renamed)
			continue;
		on = true;
		error = files_history(&history, request->files, trace->path, err);
		i = error ? 0 : history.count;
	}
	return error;
}

/* ---- where it starts ---- */

/* The other end of a rename that the member makes; NULL where the path is none. */
static int find_rename(const struct file_rename **ret_rename, const struct owners_request *request,
		       const struct change *change, struct error *err)
{
	struct file_renames renames;
	int error;

	*ret_rename = NULL;
	if (change->old_mode && change->new_mode)
		return 0;
	error = files_renames(&renames, request->files, request->store, request->member,
			      request->changes, err);
	for (size_t i = 0; !error && i < renames.count; i++)
		if (!strcmp(change->old_mode ? renames.items[i].from : renames.items[i].to,
			    change->path))
			*ret_rename = &renames.items[i];
	return error;
}

static int start_contents(struct trace *trace, const git_oid *old_id, const git_oid *new_id,
			  struct error *err)
{
	const struct file_hunks *hunks;
	int error;

	if (git_oid_equal(old_id, new_id))
		return 0;
	error = hunks_find(&hunks, &trace->request->files->hunks, trace->request->store, old_id,
			   new_id, err);
	if (error)
		return error;
	trace->whole = hunks->whole;
	add_replaced(&trace->spans, hunks);
	return 0;
}

int owners_find(struct member_list *ret_owners, const struct owners_request *request,
		const struct change *change, struct error *err)
{
	struct trace trace = { .request = request,
			       .owners = ret_owners,
			       .path = change->path,
			       .before = request->member,
			       .mode = change->old_mode,
			       .id = change->old_id };
	const struct file_rename *rename;
	int error = find_rename(&rename, request, change, err);

	if (error)
		return error;
	if (rename && !change->old_mode) {
		/* Its lines come from the old name; what was at the new one matters too. */
		error = run(&trace, err);
		trace.path = rename->from;
		trace.before = request->member;
		trace.mode = rename->old_entry.mode;
		trace.id = rename->old_entry.id;
	}
	if (!error && rename && !change->old_mode) {
		trace.wants_mode = rename->old_entry.mode != rename->new_entry.mode;
		error = start_contents(&trace, &rename->old_entry.id, &rename->new_entry.id, err);
	} else if (!error && is_regular(change->old_mode) && is_regular(change->new_mode)) {
		trace.wants_mode = change->old_mode != change->new_mode;
		error = start_contents(&trace, &change->old_id, &change->new_id, err);
	} else if (!error) {
		/* The old name of a rename, too: in another tree it may be none. */
		trace.whole = trace.wants_mode = change->old_mode != 0;
	}
	if (!error)
		error = run(&trace, err);
	array_release(&trace.spans);
	return error;
}
