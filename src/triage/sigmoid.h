/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a logit to a likelihood, in whole numbers: from a table, so that every machine has the
 * same digits. Off by at most 0.0001.
 */
#ifndef TRIAGE_SIGMOID_H
#define TRIAGE_SIGMOID_H

#include <stdint.h>

#define LOGIT_ONE (1 << 16) /* logits are counted in 1/65536 */

int32_t sigmoid_millionths(int64_t logit);

#endif
