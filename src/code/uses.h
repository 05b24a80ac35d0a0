/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names that some lines of a file use and do not declare themselves: what has to
 * be defined elsewhere for them to compile.
 *
 * - A word in a comment, a string, or behind `#if 0` is no use; nor are parameters, local
 *   variables and labels.
 * - A member is used of a type. Where the file alone does not tell the type, `owner` says
 *   how to find it: see struct code_use.
 */
#ifndef CODE_USES_H
#define CODE_USES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "code/definitions.h"
#include "code/lexer.h"

enum use_kind {
	USE_NAME, /* function, macro, enumerator, typedef, variable */
	USE_TAG,  /* "struct name" where its size or members matter */
	USE_MEMBER,
	USE_SYMBOL, /* CONFIG_..., without _MODULE */
	USE_HEADER, /* as #include has it, in its quotes: <linux/list.h> or "local.h" */
	USE_KIND_COUNT
};

struct code_use {
	enum use_kind kind;
	bool called; /* of a name: with arguments */
	const char *name;
	/*
	 * Of a member: how to find the type that has it. A root, then any number of `>member`:
	 *	struct sk_buff	a type, as struct definition's `type` has it
	 *	=name		what a variable of that name is
	 *	name()		what a function or macro of that name gives
	 *	?		not known
	 * Of a name that is an argument by itself: `function(N`, the Nth from 0; else NULL.
	 */
	const char *owner;
	uint32_t line;
};

struct code_uses {
	struct code_use *items; /* each once; ordered by kind, name, owner */
	size_t count;
	size_t capacity;
	struct arena arena;
};

/* Lines start .. end-1, from 0, ascending. */
struct code_lines {
	uint32_t start, end;
};

/* What the lines of a C file use. `definitions` are those of the same tokens. */
void code_uses_find(struct code_uses *ret_uses, const struct code_tokens *tokens,
		    const struct definitions *definitions, const struct code_lines *lines,
		    size_t count);
void code_uses_release(struct code_uses *uses);

/* Adds one; code_uses_sort puts them in order afterwards and takes out doubles. */
void code_uses_add(struct code_uses *uses, const struct code_use *use);
void code_uses_sort(struct code_uses *uses);

int code_use_compare(const void *left, const void *right); /* by kind, name, owner */

#endif
