/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From samples to a model.
 *
 * `security` learns from commits and subjects, with a constant for each era, since the share of
 * commits that get a CVE rose from 8 % (2021) to 31 % (2024); recent commits count more. The gate
 * and the attack vectors learn from what has a score: advisories and commits. What a change does is
 * learned last, on top of scores that were made without the sample, because only some samples have
 * it. Likelihoods are calibrated on recent commits, each scored by a model that did not see it.
 */
#ifndef TRIAGE_TRAIN_H
#define TRIAGE_TRAIN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/progress.h"
#include "triage/model.h"
#include "triage/samples.h"

/*
 * Trains on the samples with use[i]; NULL: on all. `model->header` stays NULL. ERROR_INPUT where
 * there are no positives or no negatives to learn a head from.
 */
int train_model(struct model *ret_model, const struct samples *samples, const bool *use,
		struct progress *progress, struct error *err);

#endif
