/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy: what makes a fix part of the tree.
 *
 * It holds a judgement against limits. What is not known never puts a commit out: an unknown route,
 * impact, score or likelihood of an unscored advisory passes. A commit that no advisory names is no
 * security matter until the classifier says so with the policy's likelihood.
 */
#ifndef TRIAGE_POLICY_H
#define TRIAGE_POLICY_H

#include <git2.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "history/workspace.h"
#include "triage/judgement.h"

struct policy {
	char *name;	 /* "default", "strict-no-userns"; part of the names of branches and tags */
	bool configured; /* defined in sectree.conf, or made of one that is */
	unsigned routes; /* sets: one of them has to be among a fix's */
	unsigned impacts;
	/* Bug classes that are out where a fix is of no other and gives no more than a denial of
	 * service; of what has no score. */
	unsigned weak;
	char privileges; /* the most that may be asked for: the letter of PR */
	int score;	 /* the least, in tenths; 0: any */
	int likelihood;	 /* of what no advisory names: the least P(security) * P(gate) */
	int gate;	 /* of an advisory without a score: the least P(gate | security) */
	struct string_list excluded; /* paths: out where nothing else is changed */
	struct string_list forced;   /* paths: in where one is changed, whatever the facts */
};

/* What the paths that a commit changes are to a policy. */
enum path_mark {
	PATHS_EXCLUDED = 1, /* all are excluded */
	PATHS_FORCED = 2    /* one is forced */
};

enum policy_answer {
	POLICY_NOT_SECURITY, /* nothing says, or says loud enough, that it is a fix */
	POLICY_BELOW,	     /* a fix, and not for this policy */
	POLICY_PASS
};

/*
 * `paths` are bits of enum path_mark. `ret_words` gets why a commit does not pass, by how much and
 * on what, without a full stop; or is NULL.
 */
enum policy_answer policy_judge(struct buffer *ret_words, const struct policy *policy,
				const struct judgement *judgement, unsigned paths);

/* Whether a path is in a list: "drivers/staging" has everything below it, and itself. */
bool policy_has_path(const struct string_list *list, const char *path);

/* All limits, a line each; what the digest is made of. The name is no part of it. */
void policy_print(struct buffer *out, const struct policy *policy);
int policy_digest(git_oid *ret_digest, const struct policy *policy, struct error *err);

void policy_copy(struct policy *ret_policy, const struct policy *policy);
void policy_release(struct policy *policy);

/* "0.93" of thousandths, rounded. */
void likelihood_print(struct buffer *out, int likelihood);

#endif
