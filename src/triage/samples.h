/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the classifier learns from and is measured on: commits with labels, as sets of features.
 *
 * Labels are 1, 0 or SAMPLE_UNKNOWN. Nothing with an advisory of any origin is a negative. A
 * sample's source matters, since how texts look differs by source and must not tell the label:
 * a model learns no weight for it, only a constant.
 */
#ifndef TRIAGE_SAMPLES_H
#define TRIAGE_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/progress.h"
#include "history/workspace.h"
#include "triage/features.h"

#define SAMPLE_UNKNOWN (-1)

enum sample_source {
	SAMPLE_COMMIT,	 /* a commit with its message and its paths */
	SAMPLE_SUBJECT,	 /* nothing but a subject */
	SAMPLE_ADVISORY, /* an advisory's text: always a security fix */
	SAMPLE_SOURCES
};

struct sample {
	const char *id;
	const char *subject;
	size_t first; /* of `pool` */
	uint32_t count;
	uint64_t diff;	    /* set of diff facts, 0: not known */
	uint32_t fold;	    /* hash of the subject: equal subjects are never on both sides */
	unsigned short era; /* of `eras`: what a constant is learned for */
	unsigned char source;
	bool indexed;	      /* of an index: what has no advisory there may lack one by mistake */
	bool recent;	      /* a commit authored in 2024 or later, and not indexed */
	signed char security; /* repairs a vulnerability */
	signed char gate;     /* passes the gate, of security fixes */
	signed char both;     /* passes the gate, of all commits */
	char vector;	      /* N, A, L, P of a score; 0 where there is none */
	short release;	      /* of a subject: the third number of its release */
};

/* A feature that occurs in a sample. */
struct sample_feature {
	uint32_t hash;
	unsigned char group;
};

struct samples {
	struct sample *items;
	size_t count, capacity;
	uint32_t *pool; /* numbers of features */
	size_t pool_count, pool_capacity;
	struct sample_feature *features; /* by number */
	size_t feature_count, feature_capacity;
	uint32_t *slots; /* number + 1 by group and hash */
	size_t slot_count;
	const char **eras;
	size_t era_count, era_capacity;
	struct arena arena;
};

#define SAMPLES_INIT                                                                \
	{                                                                           \
		NULL, 0, 0, NULL, 0, 0, NULL, 0, 0, NULL, 0, NULL, 0, 0, ARENA_INIT \
	}

void samples_release(struct samples *samples);

/*
 * Adds a sample: copies the features. `era` is a name; the rest of what `sample` says is kept, its
 * id copied.
 */
void samples_add(struct samples *samples, const struct sample *sample,
		 const struct features *features, const char *era);

/*
 * Reads records, a JSON object a line ("id", "subject", "body", "files", perhaps "diff"), and their
 * labels: lines of id, set (A, A2, B), security, gate, both (1, 0 or - each), vector, era,
 * separated by tabs. Records without a label are left out. ERROR_INPUT names the line.
 */
int samples_read(struct samples *samples, const char *records, const char *labels,
		 struct error *err);

/*
 * Adds the members of all series of an index that are not samples yet by subject, each upstream
 * commit once, labelled by the advisories. `reserved` names a file of ids, a line each, upstream or
 * stable, that are left out whatever their label; NULL: none. The source must be open.
 */
int samples_read_index(struct samples *samples, struct workspace *workspace, const char *reserved,
		       struct progress *progress, struct error *err);

/* What `fold` of a sample is made of. */
uint32_t samples_fold(const char *subject, size_t length);

/* Sets `features` to those of a sample, as they were when it was added; without the change's. */
void samples_features(struct features *ret_features, const struct samples *samples,
		      const struct sample *sample);

/* The same, and those of the change. */
void samples_features_with_change(struct features *ret_features, const struct samples *samples,
				  const struct sample *sample);

#endif
