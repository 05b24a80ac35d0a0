/* SPDX-License-Identifier: GPL-2.0-only */
/* The parameters and local variables of a function, or the parameters of a macro. */
#ifndef CODE_SCOPE_H
#define CODE_SCOPE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/table.h"
#include "code/lexer.h"

struct scope {
	const struct code_tokens *tokens;
	struct table places; /* by name: its index in `types` */
	struct {
		const char **items; /* as struct definition's `type`; NULL: not known */
		size_t count;
		size_t capacity;
	} types;
	struct arena arena;
};

/* Of the function whose tokens are start..end: from its first word to its last brace. */
void scope_init(struct scope *ret_scope, const struct code_tokens *tokens, size_t start,
		size_t end);
void scope_release(struct scope *scope);

/* False where no local has the name; `ret_type` may become NULL. */
bool scope_find(const char **ret_type, const struct scope *scope, const char *name, size_t length);

#endif
