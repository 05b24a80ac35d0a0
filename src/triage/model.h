/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The classifier's weights and what they say of a commit: whole numbers only.
 *
 * Linear: within each group of features (features.h), each known feature counts its weight times
 * how rare it is (idf), divided by the length of the group's vector; the sum over groups, plus a
 * constant, is a logit. What is rare is counted apart for `security` and for the others, since
 * they learn from different texts.
 *
 * The file: lines of "name: value", an empty line, and the rest deflated: how many
 * hashes each group has, then they, ascending, as differences in Rice's code; for each feature its
 * two idf in halves, 0 = unknown there; for each head a weight of a byte; then units and constants.
 */
#ifndef TRIAGE_MODEL_H
#define TRIAGE_MODEL_H

#include <git2.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "triage/features.h"

#define MODEL_NAME "triage.model" /* in data/ */
#define MODEL_LIMIT (1 << 20)	  /* bytes of the file */
#define MODEL_FEATURES_LIMIT (1 << 20)
/* So that no sum over that many features leaves 64 bits. */
#define MODEL_UNIT_LIMIT (1LL << 28)
#define MODEL_CONSTANT_LIMIT (1LL << 40)

enum model_space {
	SPACE_SECURITY,
	SPACE_OTHERS,
	SPACE_KINDS
};

enum model_head {
	HEAD_SECURITY, /* repairs a vulnerability */
	HEAD_GATE,     /* which passes the gate `default` */
	HEAD_REMOTE,   /* attack vectors; the greatest logit counts */
	HEAD_ADJACENT,
	HEAD_LOCAL,
	HEAD_KINDS
};

struct model {
	char *header; /* the lines in front */
	size_t starts[GROUP_KINDS + 1];
	uint32_t *hashes; /* by group, ascending */
	uint8_t *idf[SPACE_KINDS];
	int8_t *weights[HEAD_KINDS];
	/* 1/65536 of a logit times 256, for a weight of 1 in a vector of length 1. */
	int64_t units[HEAD_KINDS][GROUP_KINDS];
	int64_t constants[HEAD_KINDS]; /* 1/65536 of a logit */
	size_t count;
	uint32_t *slots; /* index + 1 by hash */
	size_t slot_count;
	git_oid digest; /* of the file's bytes, as of a blob */
};

void model_init(struct model *model);
void model_release(struct model *model);

/* From the bytes of a file; ERROR_INPUT says what is wrong with it. */
int model_read(struct model *ret_model, const void *data, size_t length, struct error *err);

/* The one that comes with the program. ERROR_NOT_FOUND where there is none. */
int model_load(struct model *ret_model, struct error *err);

/* Its bytes; `model` needs no slots and no digest. ERROR_INPUT over a limit. */
int model_write(struct buffer *ret_data, const struct model *model, struct error *err);

/* Makes the slots, once arrays and counts stand. */
void model_index(struct model *model);

#define MODEL_NO_FEATURE SIZE_MAX
size_t model_find(const struct model *model, unsigned group, uint32_t hash);

/* The space that a head lives in. */
enum model_space model_head_space(enum model_head head);

/* Logits of all heads, in 1/65536. */
void model_score(int64_t ret_logits[HEAD_KINDS], const struct model *model,
		 const struct features *features);

/* The likeliest attack vector: N, A or L, which also is what equals give. */
char model_vector(const int64_t logits[HEAD_KINDS]);

/* What one feature adds to the logit of a head. */
struct contribution {
	size_t feature; /* index in `features` */
	int64_t logit[HEAD_KINDS];
};

/* For each known feature, in the order of `features`; `ret_items` has room for features->count. */
size_t model_explain(struct contribution *ret_items, const struct model *model,
		     const struct features *features);

/* Exact integer root, rounded down. */
uint32_t integer_root(uint64_t value);

#endif
