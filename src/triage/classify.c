/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/classify.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "advisory/cvss.h"
#include "base/array.h"
#include "base/data-file.h"
#include "triage/reach.h"
#include "triage/sigmoid.h"

#define MILLIONTHS 1000000
#define LOCAL_ROUTES                                                                              \
	(1U << ROUTE_GUEST | 1U << ROUTE_UNPRIVILEGED | 1U << ROUTE_USERNS | 1U << ROUTE_DEVICE | \
	 1U << ROUTE_MOUNT | 1U << ROUTE_PRIVILEGED | 1U << ROUTE_PHYSICAL)
#define CLASSES ((1ULL << CLASS_KINDS) - 1)

int classifier_init_data(struct classifier *ret_classifier, const struct buffer *data,
			 bool explains, struct error *err)
{
	int error;

	memset(ret_classifier, 0, sizeof(*ret_classifier));
	error = model_read(&ret_classifier->model, data->data, data->length, err);
	if (error)
		return error;
	phrases_init(&ret_classifier->phrases);
	message_parts_init(&ret_classifier->parts);
	features_init(&ret_classifier->features, explains);
	return 0;
}

int classifier_init(struct classifier *ret_classifier, const char *path, bool explains,
		    struct error *err)
{
	struct buffer data = BUFFER_INIT;
	int error = path ? buffer_read_file(&data, path, MODEL_LIMIT, err)
			 : data_file_read(&data, MODEL_NAME, err);

	memset(ret_classifier, 0, sizeof(*ret_classifier));
	if (!error)
		error = classifier_init_data(ret_classifier, &data, explains, err);
	buffer_release(&data);
	return error;
}

void classifier_release(struct classifier *classifier)
{
	model_release(&classifier->model);
	phrases_release(&classifier->phrases);
	message_parts_release(&classifier->parts);
	features_release(&classifier->features);
}

/* Where the likeliest vector is a local one, which of them paths and words tell. */
static unsigned routes_of(char vector, unsigned reached)
{
	if (vector == 'N')
		return 1U << ROUTE_REMOTE;
	if (vector == 'A')
		return 1U << ROUTE_ADJACENT;
	return reached & LOCAL_ROUTES;
}

void classify(struct judgement *ret_judgement, struct classification *ret_fine,
	      struct classifier *classifier, const struct commit_text *commit, uint64_t diff)
{
	struct reach_reason reasons[REACH_REASONS];
	struct classification fine;
	int64_t logits[HEAD_KINDS];
	unsigned reached;
	size_t count;

	message_parts_read(&classifier->parts, commit);
	features_read(&classifier->features, &classifier->phrases, &classifier->parts, commit,
		      diff);
	model_score(logits, &classifier->model, &classifier->features);
	reached = reach_find(reasons, &count, &classifier->parts, commit);
	fine.security = sigmoid_millionths(logits[HEAD_SECURITY]);
	fine.gate = sigmoid_millionths(logits[HEAD_GATE]);
	fine.both = (int32_t)((int64_t)fine.security * fine.gate / MILLIONTHS);
	fine.vector = model_vector(logits);
	if (ret_fine)
		*ret_fine = fine;
	*ret_judgement = (struct judgement){
		.classes = (unsigned)(classifier->features.marks & CLASSES),
		.routes = routes_of(fine.vector, reached),
		.security = (fine.security + 500) / 1000,
		.gate = (fine.gate + 500) / 1000,
		.source = SOURCE_CLASSIFIER,
		.facts_source = SOURCE_CLASSIFIER,
		.score = CVSS_UNSCORED,
	};
	ret_judgement->impacts = reach_impacts(ret_judgement->classes);
}

/* ---- reasons ---- */

void evidence_list_release(struct evidence_list *list)
{
	free(list->items);
	arena_release(&list->arena);
	memset(list, 0, sizeof(*list));
}

void evidence_add(struct evidence_list *list, enum judgement_source source, int security, int gate,
		  const char *format, ...)
{
	struct evidence *evidence = array_add(list);
	struct buffer words = BUFFER_INIT;
	va_list args;

	va_start(args, format);
	buffer_add_vformat(&words, format, args);
	va_end(args);
	evidence->source = source;
	evidence->security = security;
	evidence->gate = gate;
	evidence->detail = arena_copy(&list->arena, words.data);
	buffer_release(&words);
}

static int64_t weight_of(const struct contribution *item)
{
	return llabs(item->logit[HEAD_SECURITY]) + llabs(item->logit[HEAD_GATE]);
}

static int compare_weights(const void *left, const void *right)
{
	const struct contribution *a = left, *b = right;
	int64_t x = weight_of(a), y = weight_of(b);

	if (x != y)
		return x > y ? -1 : 1;
	return (a->feature > b->feature) - (a->feature < b->feature);
}

/* In hundredths of a logit. */
static int hundredths(int64_t logit)
{
	int64_t half = logit < 0 ? -LOGIT_ONE / 2 : LOGIT_ONE / 2;

	return (int)((logit * 100 + half) / LOGIT_ONE);
}

static const struct mark_hit *hit_of(const struct features *features, const char *name)
{
	if (!strncmp(name, "subject: ", strlen("subject: ")))
		name += strlen("subject: ");
	for (int mark = 0; mark < MARK_KINDS; mark++)
		if (!strcmp(mark_name(mark), name))
			return &features->hits[mark];
	return NULL;
}

static void add_word(struct evidence_list *list, const struct features *features,
		     const struct contribution *item)
{
	const struct feature *feature = &features->items[item->feature];
	const char *name = features->names.data + feature->name;
	const struct mark_hit *hit = feature->group == GROUP_MARK ? hit_of(features, name) : NULL;
	int security = hundredths(item->logit[HEAD_SECURITY]);
	int gate = hundredths(item->logit[HEAD_GATE]);

	if (!security && !gate)
		return;
	if (hit && hit->length)
		evidence_add(list, SOURCE_CLASSIFIER, security, gate, "%s: %s ('%.*s')",
			     feature_group_name(feature->group), name, (int)hit->length, hit->text);
	else if (feature->group == GROUP_SUBJECT || feature->group == GROUP_BODY)
		evidence_add(list, SOURCE_CLASSIFIER, security, gate, "%s: '%s'",
			     feature_group_name(feature->group), name);
	else
		evidence_add(list, SOURCE_CLASSIFIER, security, gate, "%s: %s",
			     feature_group_name(feature->group), name);
}

void classify_explain(struct evidence_list *ret_list, struct classifier *classifier,
		      const struct commit_text *commit, size_t most)
{
	const struct features *features = &classifier->features;
	struct contribution *items = memory_alloc((features->count + 1) * sizeof(*items));
	struct reach_reason reasons[REACH_REASONS];
	size_t count = model_explain(items, &classifier->model, features), reason_count;

	qsort(items, count, sizeof(*items), compare_weights);
	for (size_t i = 0; i < count && i < most; i++)
		add_word(ret_list, features, &items[i]);
	reach_find(reasons, &reason_count, &classifier->parts, commit);
	for (size_t i = 0; i < reason_count; i++)
		evidence_add(ret_list, SOURCE_CLASSIFIER, 0, 0,
			     reasons[i].why ? "route %s: %.*s %s" : "route %s: message: '%.*s'%s",
			     route_name(reasons[i].route), (int)reasons[i].where_length,
			     reasons[i].where, reasons[i].why ? reasons[i].why : "");
	free(items);
}
