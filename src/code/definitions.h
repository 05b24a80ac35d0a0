/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a C source file defines at file scope: functions with the lines of their
 * bodies, declarations, macros, types and their members, enumerators, variables. Found
 * without preprocessing and without the headers, so that it works on a blob alone:
 *
 * - all branches of an `#if` count, but where one alone leaves a bracket open only
 *   the first is read;
 * - what macros make (`DEFINE_MUTEX(lock)`, `SYSCALL_DEFINE1(name, ...)`) is known by its
 *   arguments.
 *
 * tests/unit/test-code.c has the forms; bench/code-compare holds what is found in a tree against
 * ctags.
 */
#ifndef CODE_DEFINITIONS_H
#define CODE_DEFINITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/array.h"
#include "code/lexer.h"

enum definition_kind {
	DEFINITION_FUNCTION,	/* with a body */
	DEFINITION_DECLARATION, /* of a function */
	DEFINITION_VARIABLE,
	DEFINITION_MACRO,
	DEFINITION_TYPEDEF,
	DEFINITION_TAG, /* struct or union with its body */
	DEFINITION_ENUM,
	DEFINITION_ENUMERATOR,
	DEFINITION_MEMBER,
	DEFINITION_EXPORT, /* EXPORT_SYMBOL(name) and its kin */
	DEFINITION_KIND_COUNT
};

const char *definition_kind_name(enum definition_kind kind); /* "function"; a constant */

struct definition {
	enum definition_kind kind;
	bool is_static;
	bool generated; /* by a macro: the name is one of its arguments */
	const char *name;
	/*
	 * Of a member: "struct sk_buff", "name_t" of an anonymous one; what it has in a
	 * named member of its own is "struct sk_buff.tail".
	 */
	const char *owner;
	/* Of a member, variable or typedef, what a function returns, or a macro casts to: as
	 * `owner`; NULL where it is no name. */
	const char *type;
	/*
	 * Of a function or declaration, without names of parameters and without what matters
	 * to no caller: "int (struct sk_buff *, unsigned int)". Of a macro with arguments
	 * "(2)", "(2+)" when more may follow. Else NULL.
	 */
	const char *prototype;
	/* The same, less what a call compiles with as well: integers are all alike. */
	const char *shape;
	uint32_t pasted;     /* of a macro: bits of arguments that are only pasted or quoted */
	uint32_t start, end; /* lines, from 0; `end` is the last one */
	uint32_t body;	     /* of a function: the line of its opening brace */
};

struct definitions {
	struct definition *items; /* in the order of the file */
	size_t count;
	size_t capacity;
	ARRAY(const struct definition *) functions; /* of `items`, those with a body */
	struct arena arena;
};

void definitions_find(struct definitions *ret_definitions, const struct code_tokens *tokens);
void definitions_release(struct definitions *definitions);

/* The function whose lines hold `line`; NULL at file scope. */
const struct definition *definitions_function_at(const struct definitions *definitions,
						 uint32_t line);

#endif
