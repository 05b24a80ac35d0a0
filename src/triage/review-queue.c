/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/review-queue.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/match.h"
#include "base/array.h"
#include "history/lookup.h"
#include "history/scan.h"
#include "triage/judgements.h"

#define THRESHOLD 500 /* of P(security) * P(gate), in thousandths */
#define HIGH_IMPACT_GAIN 150
#define UNSCORED_GAIN 300
#define CONFLICT_GAIN 1000
#define SCORED_LOSS 2000 /* there is a score: little is left to decide */

static void release_item(struct review_item *item)
{
	free(item->subject);
	free(item->advisories);
}

void review_queue_release(struct review_queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		release_item(&queue->items[i]);
	array_release(queue);
}

static int priority_of(const struct review_item *item, bool unscored, bool scored)
{
	int likelihood = judgement_likelihood(&item->judgement);
	int priority = likelihood == LIKELIHOOD_UNKNOWN ? THRESHOLD : abs(likelihood - THRESHOLD);
	unsigned high = 1U << IMPACT_MEMORY_CORRUPTION | 1U << IMPACT_PRIVILEGE;

	priority -= item->judgement.impacts & high ? HIGH_IMPACT_GAIN : 0;
	priority -= unscored ? UNSCORED_GAIN : 0;
	return priority + (scored ? SCORED_LOSS : 0);
}

static void add_advisories(struct review_item *item, const struct series_match_list *matches)
{
	struct buffer text = BUFFER_INIT;
	bool scored = false;
	size_t count = 0;
	const struct series_match *match = series_match_of(matches, item->number, &count);

	for (size_t i = 0; i < count; i++) {
		const struct cvss *cvss = &match[i].advisory->cvss;

		buffer_add_format(&text, "%s%s", i ? ", " : "", match[i].advisory->name);
		if (cvss->score == CVSS_UNSCORED || !cvss->version)
			continue;
		scored = true;
		buffer_add_format(&text, " %d.%d %s", cvss->score / 10, cvss->score % 10,
				  cvss_severity_name(cvss_severity(cvss->score)));
	}
	item->advisories = buffer_detach(&text);
	item->priority = priority_of(item, count && !scored, scored);
}

static enum decided answer_of(const struct review_item *item, const struct decision_list *decisions,
			      const char *upstream)
{
	struct decided_commit decided;

	decisions_find(&decided, decisions, &item->id, upstream,
		       item->series ? item->series->name : NULL);
	decided_commit_release(&decided);
	return decided.answer;
}

static int add_item(struct review_queue *queue, struct workspace *workspace,
		    struct upstream_lookup *upstreams, uint32_t number,
		    const struct judgement *judgement, const struct series_info *series,
		    const struct series_match_list *matches, const struct decision_list *decisions,
		    struct error *err)
{
	struct review_item item = { .number = number, .series = series, .judgement = *judgement };
	char upstream[GIT_OID_HEXSZ + 1] = "";
	enum decided answer;
	struct commit_facts facts = { 0 };
	int error = commit_facts_by_number(&facts, &workspace->index, number, err);

	if (!error)
		error = upstream_lookup_find(upstream, upstreams, number, err);
	/* Release commits set a version and repair nothing. */
	if (!error && !facts.release && !(facts.mark & COMMIT_MERGE)) {
		item.id = item.key = facts.id;
		if (*upstream)
			git_oid_fromstr(&item.key, upstream);
		answer = answer_of(&item, decisions, upstream);
		if (answer == DECIDED_IN || answer == DECIDED_OUT) {
			queue->decided++;
		} else {
			item.subject = string_copy(facts.subject);
			item.place = queue->count;
			add_advisories(&item, matches);
			item.priority -= answer == DECIDED_CONFLICT ? CONFLICT_GAIN : 0;
			array_push(queue, item);
		}
	}
	commit_facts_release(&facts);
	return error;
}

static int add_range(struct review_queue *queue, struct workspace *workspace,
		     const struct commit_range *range, const struct advisory_set *advisories,
		     const struct decision_list *decisions, struct progress *progress,
		     struct error *err)
{
	struct judgement *items = memory_alloc((range->count + 1) * sizeof(*items));
	struct upstream_lookup upstreams = { 0 };
	struct series_match_list matches = { 0 };
	int error = judgements_make(items, range->numbers, range->count, workspace, progress, err);

	if (!error && range->series)
		error = series_match_find(&matches, &workspace->index, range->series->series,
					  advisories, err);
	if (!error)
		error = upstream_lookup_open(&upstreams, &workspace->index, err);
	for (size_t i = 0; i < range->count && !error; i++)
		error = add_item(queue, workspace, &upstreams, range->numbers[i], &items[i],
				 range->series, &matches, decisions, err);
	upstream_lookup_close(&upstreams);
	series_match_list_release(&matches);
	free(items);
	return error;
}

static int compare_items(const void *left, const void *right)
{
	const struct review_item *a = left, *b = right;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static int compare_keys(const void *left, const void *right)
{
	const struct review_item *a = left, *b = right;
	int order = git_oid_cmp(&a->key, &b->key);

	return order ? order : compare_items(left, right);
}

/* Backports of one commit in several series are one question. */
static void drop_doubles(struct review_queue *queue)
{
	size_t kept = 0;

	if (queue->count)
		qsort(queue->items, queue->count, sizeof(*queue->items), compare_keys);
	for (size_t i = 0; i < queue->count; i++)
		if (kept && git_oid_equal(&queue->items[i].key, &queue->items[kept - 1].key))
			release_item(&queue->items[i]);
		else
			queue->items[kept++] = queue->items[i];
	queue->count = kept;
}

int review_queue_make(struct review_queue *ret_queue, struct workspace *workspace,
		      const struct commit_range_list *ranges, const struct decision_list *decisions,
		      struct progress *progress, struct error *err)
{
	struct advisory_set advisories = ADVISORY_SET_INIT;
	int error = advisory_load_published(&advisories, &workspace->index, err);

	memset(ret_queue, 0, sizeof(*ret_queue));
	for (size_t i = 0; i < ranges->count && !error; i++)
		error = add_range(ret_queue, workspace, &ranges->items[i], &advisories, decisions,
				  progress, err);
	advisory_set_release(&advisories);
	drop_doubles(ret_queue);
	if (ret_queue->count)
		qsort(ret_queue->items, ret_queue->count, sizeof(*ret_queue->items), compare_items);
	return error;
}
