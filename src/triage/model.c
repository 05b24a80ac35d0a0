/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/model.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const unsigned char head_spaces[HEAD_KINDS] = {
	[HEAD_SECURITY] = SPACE_SECURITY, [HEAD_GATE] = SPACE_OTHERS,  [HEAD_REMOTE] = SPACE_OTHERS,
	[HEAD_ADJACENT] = SPACE_OTHERS,	  [HEAD_LOCAL] = SPACE_OTHERS,
};

enum model_space model_head_space(enum model_head head)
{
	return head_spaces[head];
}

void model_init(struct model *model)
{
	memset(model, 0, sizeof(*model));
}

void model_release(struct model *model)
{
	free(model->header);
	free(model->hashes);
	for (int i = 0; i < SPACE_KINDS; i++)
		free(model->idf[i]);
	for (int i = 0; i < HEAD_KINDS; i++)
		free(model->weights[i]);
	free(model->slots);
	model_init(model);
}

void model_index(struct model *model)
{
	model->slot_count = 1024;
	while (model->slot_count < model->count * 2)
		model->slot_count *= 2;
	free(model->slots);
	model->slots = memory_alloc(model->slot_count * sizeof(*model->slots));
	for (unsigned group = 0; group < GROUP_KINDS; group++)
		for (size_t i = model->starts[group]; i < model->starts[group + 1]; i++) {
			size_t at = feature_slot(model->hashes[i], group, model->slot_count);

			while (model->slots[at])
				at = (at + 1) & (model->slot_count - 1);
			model->slots[at] = (uint32_t)i + 1;
		}
}

size_t model_find(const struct model *model, unsigned group, uint32_t hash)
{
	size_t at = feature_slot(hash, group, model->slot_count);

	for (; model->slots[at]; at = (at + 1) & (model->slot_count - 1)) {
		size_t index = model->slots[at] - 1;

		if (model->hashes[index] == hash && index >= model->starts[group] &&
		    index < model->starts[group + 1])
			return index;
	}
	return MODEL_NO_FEATURE;
}

uint32_t integer_root(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ULL << 31; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= value)
			root |= bit;
	return (uint32_t)root;
}

/* The lengths of the groups' vectors, times 256; never 0. */
struct lengths {
	int64_t of[SPACE_KINDS][GROUP_KINDS];
};

static void find_lengths(struct lengths *lengths, uint64_t squares[SPACE_KINDS][GROUP_KINDS])
{
	for (int space = 0; space < SPACE_KINDS; space++)
		for (int group = 0; group < GROUP_KINDS; group++) {
			/* What a change does is counted as it is: few facts, and no language. */
			uint64_t square = group == GROUP_DIFF ? 4 : squares[space][group];

			lengths->of[space][group] = integer_root((square ? square : 1) << 16);
		}
}

void model_score(int64_t ret_logits[HEAD_KINDS], const struct model *model,
		 const struct features *features)
{
	int64_t sums[HEAD_KINDS][GROUP_KINDS] = { 0 };
	uint64_t squares[SPACE_KINDS][GROUP_KINDS] = { 0 };
	struct lengths lengths;

	for (size_t i = 0; i < features->count; i++) {
		unsigned group = features->items[i].group;
		size_t index = model_find(model, group, features->items[i].hash);

		if (index == MODEL_NO_FEATURE)
			continue;
		for (int space = 0; space < SPACE_KINDS; space++)
			squares[space][group] += (uint64_t)model->idf[space][index] *
						 model->idf[space][index];
		for (int head = 0; head < HEAD_KINDS; head++)
			sums[head][group] += (int64_t)model->weights[head][index] *
					     model->idf[head_spaces[head]][index];
	}
	find_lengths(&lengths, squares);
	for (int head = 0; head < HEAD_KINDS; head++) {
		ret_logits[head] = model->constants[head];
		for (int group = 0; group < GROUP_KINDS; group++)
			ret_logits[head] += sums[head][group] * model->units[head][group] /
					    lengths.of[head_spaces[head]][group];
	}
}

char model_vector(const int64_t logits[HEAD_KINDS])
{
	if (logits[HEAD_LOCAL] >= logits[HEAD_REMOTE] &&
	    logits[HEAD_LOCAL] >= logits[HEAD_ADJACENT])
		return 'L';
	return logits[HEAD_REMOTE] >= logits[HEAD_ADJACENT] ? 'N' : 'A';
}

size_t model_explain(struct contribution *ret_items, const struct model *model,
		     const struct features *features)
{
	uint64_t squares[SPACE_KINDS][GROUP_KINDS] = { 0 };
	struct lengths lengths;
	size_t count = 0;

	for (size_t i = 0; i < features->count; i++) {
		unsigned group = features->items[i].group;
		size_t index = model_find(model, group, features->items[i].hash);

		for (int space = 0; index != MODEL_NO_FEATURE && space < SPACE_KINDS; space++)
			squares[space][group] += (uint64_t)model->idf[space][index] *
						 model->idf[space][index];
	}
	find_lengths(&lengths, squares);
	for (size_t i = 0; i < features->count; i++) {
		unsigned group = features->items[i].group;
		size_t index = model_find(model, group, features->items[i].hash);
		struct contribution *item = &ret_items[count];

		if (index == MODEL_NO_FEATURE)
			continue;
		count++;
		item->feature = i;
		for (int head = 0; head < HEAD_KINDS; head++)
			item->logit[head] = (int64_t)model->weights[head][index] *
					    model->idf[head_spaces[head]][index] *
					    model->units[head][group] /
					    lengths.of[head_spaces[head]][group];
	}
	return count;
}
