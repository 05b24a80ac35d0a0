/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/vocabulary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define IDF_MOST 63 /* halves */

void vocabulary_choose(struct vocabulary *ret_vocabulary, const struct samples *samples,
		       const bool *use, uint32_t least)
{
	uint32_t *counts = memory_alloc((samples->feature_count + 1) * sizeof(*counts));
	size_t total = 0;

	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *sample = &samples->items[i];

		if (!use[i])
			continue;
		total++;
		for (size_t j = 0; j < sample->count; j++)
			counts[samples->pool[sample->first + j]]++;
	}
	ret_vocabulary->idf = memory_alloc(samples->feature_count + 1);
	ret_vocabulary->columns = memory_alloc((samples->feature_count + 1) * sizeof(uint32_t));
	ret_vocabulary->numbers = memory_alloc((samples->feature_count + 1) * sizeof(uint32_t));
	ret_vocabulary->count = 0;
	for (size_t i = 0; i < samples->feature_count; i++) {
		double halves;

		ret_vocabulary->columns[i] = NO_COLUMN;
		if (counts[i] < least)
			continue;
		halves = round(2 * log((double)total / (counts[i] + 1.0)));
		if (halves < 1)
			continue;
		ret_vocabulary->idf[i] = (uint8_t)(halves > IDF_MOST ? IDF_MOST : halves);
		ret_vocabulary->columns[i] = (uint32_t)ret_vocabulary->count;
		ret_vocabulary->numbers[ret_vocabulary->count++] = (uint32_t)i;
	}
	free(counts);
}

void vocabulary_release(struct vocabulary *vocabulary)
{
	free(vocabulary->idf);
	free(vocabulary->columns);
	free(vocabulary->numbers);
	memset(vocabulary, 0, sizeof(*vocabulary));
}

static size_t add_row(struct logistic_entry *entries, const struct vocabulary *vocabulary,
		      const struct samples *samples, const struct sample *sample,
		      const double scales[GROUP_KINDS])
{
	double squares[GROUP_KINDS] = { 0 };
	size_t count = 0;

	for (size_t j = 0; j < sample->count; j++) {
		uint32_t number = samples->pool[sample->first + j];
		double idf = vocabulary->idf[number];

		squares[samples->features[number].group] += idf * idf;
	}
	for (size_t j = 0; j < sample->count; j++) {
		uint32_t number = samples->pool[sample->first + j];
		unsigned group = samples->features[number].group;

		if (!vocabulary->idf[number])
			continue;
		entries[count].column = vocabulary->columns[number];
		entries[count++].value = (float)(scales[group] * vocabulary->idf[number] /
						 sqrt(squares[group]));
	}
	return count;
}

void vocabulary_rows_make(struct vocabulary_rows *ret_rows, const struct vocabulary *vocabulary,
			  const struct samples *samples, const double scales[GROUP_KINDS],
			  const uint32_t *constants, size_t constant_count, double constant)
{
	size_t at = 0;

	ret_rows->entries = memory_alloc((samples->pool_count + samples->count + 1) *
					 sizeof(*ret_rows->entries));
	ret_rows->starts = memory_alloc((samples->count + 1) * sizeof(*ret_rows->starts));
	for (size_t i = 0; i < samples->count; i++) {
		at += add_row(ret_rows->entries + at, vocabulary, samples, &samples->items[i],
			      scales);
		if (constants) {
			ret_rows->entries[at].column = (uint32_t)vocabulary->count + constants[i];
			ret_rows->entries[at++].value = (float)constant;
		}
		ret_rows->starts[i + 1] = at;
	}
	ret_rows->rows.entries = ret_rows->entries;
	ret_rows->rows.starts = ret_rows->starts;
	ret_rows->rows.count = samples->count;
	ret_rows->rows.columns = vocabulary->count + constant_count;
}

void vocabulary_rows_release(struct vocabulary_rows *rows)
{
	free(rows->entries);
	free(rows->starts);
	memset(rows, 0, sizeof(*rows));
}
