/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which features a model knows, and how rare each is; and samples as rows of numbers by it.
 */
#ifndef TRIAGE_VOCABULARY_H
#define TRIAGE_VOCABULARY_H

#include "triage/logistic.h"
#include "triage/samples.h"

#define NO_COLUMN UINT32_MAX

struct vocabulary {
	uint8_t *idf;	   /* by number of the feature, in halves; 0 = unknown */
	uint32_t *columns; /* likewise; NO_COLUMN = unknown */
	uint32_t *numbers; /* by column */
	size_t count;
};

/* Features that occur in `least` of the samples with use[i] or more. */
void vocabulary_choose(struct vocabulary *ret_vocabulary, const struct samples *samples,
		       const bool *use, uint32_t least);
void vocabulary_release(struct vocabulary *vocabulary);

/* Owns its arrays. */
struct vocabulary_rows {
	struct logistic_rows rows;
	struct logistic_entry *entries;
	size_t *starts;
};

/*
 * A row for each sample: rarity over the length of its group's vector, times the group's scale;
 * then `constant` for the column count + constants[i], where that is not NULL.
 */
void vocabulary_rows_make(struct vocabulary_rows *ret_rows, const struct vocabulary *vocabulary,
			  const struct samples *samples, const double scales[GROUP_KINDS],
			  const uint32_t *constants, size_t constant_count, double constant);
void vocabulary_rows_release(struct vocabulary_rows *rows);

#endif
