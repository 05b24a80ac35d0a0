/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The classifier: from a commit's text, paths and diff facts to a judgement with its reasons.
 */
#ifndef TRIAGE_CLASSIFY_H
#define TRIAGE_CLASSIFY_H

#include "base/arena.h"
#include "base/error.h"
#include "triage/judgement.h"
#include "triage/model.h"
#include "triage/phrases.h"
#include "triage/text.h"

struct classifier {
	struct model model;
	struct phrases phrases;
	struct message_parts parts;
	struct features features;
};

/*
 * With the model that comes with the program, or that of the file `path`. `explains`: evidence can
 * be asked for.
 */
int classifier_init(struct classifier *ret_classifier, const char *path, bool explains,
		    struct error *err);
/* With a model's bytes. */
int classifier_init_data(struct classifier *ret_classifier, const struct buffer *data,
			 bool explains, struct error *err);
void classifier_release(struct classifier *classifier);

/* In millionths: finer than a judgement, for measuring. */
struct classification {
	int32_t security; /* that it is a security fix */
	int32_t gate;	  /* that it passes the gate, given that */
	int32_t both;
	char vector; /* N, A, L: the likeliest */
};

/* `ret_fine` may be NULL. `diff`: set of diff facts, 0 = not known. */
void classify(struct judgement *ret_judgement, struct classification *ret_fine,
	      struct classifier *classifier, const struct commit_text *commit, uint64_t diff);

struct evidence_list {
	struct evidence *items;
	size_t count;
	size_t capacity;
	struct arena arena; /* holds the details */
};

void evidence_list_release(struct evidence_list *list);

/* Appends a reason; the words are copied. */
void evidence_add(struct evidence_list *list, enum judgement_source source, int security, int gate,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * The reasons of what classify was last asked about, the weightiest first, at most `most` words;
 * then routes. The classifier must explain.
 */
void classify_explain(struct evidence_list *ret_list, struct classifier *classifier,
		      const struct commit_text *commit, size_t most);

#endif
