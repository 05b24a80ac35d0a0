/* SPDX-License-Identifier: GPL-2.0-only */
/* The prototype of a function in a form that two versions can be compared by. */
#ifndef CODE_PROTOTYPE_H
#define CODE_PROTOTYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "code/lexer.h"

/* Tokens that follow each other, without directives between them. */
struct code_span {
	const struct code_tokens *tokens;
	size_t start, end;
};

/*
 * `result`: what stands before the name; `parameters`: what stands between the
 * brackets. `shape`: integers are all "n", and what returns one is too.
 */
void prototype_write(struct buffer *ret_text, const struct code_span *result,
		     const struct code_span *parameters, bool shape);

/* A type as the owner of members: "struct sk_buff", "gfp_t", or nothing where it is built in. */
void code_type_write(struct buffer *ret_text, const struct code_span *type);

#endif
