/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one commit does to the names of the kernel: which it defines, takes away, or gives
 * another prototype, file by file; and which names its added lines use, and which calls it
 * takes out. It depends on
 * the commit alone, so that it is found once and kept (table `code` of the index).
 *
 * C sources and headers, Kconfig files and makefiles are read. A use that the
 * removed lines of the same file have as well is left out: where the change applies, that
 * name is there.
 */
#ifndef PLAN_CODE_CHANGE_H
#define PLAN_CODE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "code/uses.h"
#include "git/change.h"
#include "git/store.h"
#include "plan/files.h"

/*
 * What a file has of a name: 0 nothing, 1 something without a prototype, else its form:
 * see name_value_same.
 */
typedef uint64_t name_value;

enum {
	NAME_ABSENT = 0,
	NAME_PLAIN = 1
};

/* Whether a call that fits the one fits the other. */
bool name_value_same(name_value left, name_value right);

/* Whether a macro's argument, from 0, is only pasted to other words or made a string of. */
bool name_value_pastes(name_value value, unsigned argument);

/*
 * A name of a file that a commit changes. `key`: a letter and the name -
 *	N name		function, macro, enumerator, typedef, variable
 *	T name		struct, union or enum with its body
 *	M owner>name	member of "struct sk_buff" or "name_t"
 *	C CONFIG_NAME	Kconfig symbol
 *	H path		the file itself, a header
 */
struct name_event {
	const char *key;
	name_value before, after;
	uint32_t file; /* index in `files` */
};

struct name_use {
	struct code_use use;
	uint32_t file;
};

/* A name that removed lines of a file call, and added ones do not. */
struct dropped_call {
	const char *name;
	uint32_t file;
};

/* A header that the new version of a file includes by a name in quotes. */
struct file_include {
	const char *name; /* without the quotes */
	uint32_t file;
};

struct code_file {
	const char *path;
	const char *old_path; /* of a source that was renamed, else NULL */
};

/* A function that was there before and whose body is changed. */
struct touched_body {
	const char *name;
	uint32_t file;
};

struct code_change {
	struct code_file *files;
	size_t file_count, file_capacity;
	struct name_event *events;
	size_t event_count, event_capacity;
	struct name_use *uses;
	size_t use_count, use_capacity;
	struct dropped_call *drops;
	size_t drop_count, drop_capacity;
	struct file_include *includes;
	size_t include_count, include_capacity;
	struct touched_body *bodies;
	size_t body_count, body_capacity;
	bool other; /* something else than bodies is changed: see touched.h */
	struct arena arena;
};

void code_change_release(struct code_change *change);

/*
 * A renamed source is one file, a renamed header two: who includes it has to follow. Blobs that
 * a partial clone lacks are passed over.
 */
int code_change_find(struct code_change *ret_change, uint32_t member,
		     const struct change_list *changes, struct files *files, struct store *store,
		     struct error *err);

/* `name` lives as long as the change. */
void code_change_add_include(struct code_change *change, uint32_t file, const char *name);
void code_change_add_drop(struct code_change *change, uint32_t file, const char *name);
void code_change_add_body(struct code_change *change, uint32_t file, const char *name);

/* As text, for the index; and back. False where it is not such a text. */
void code_change_write(struct buffer *ret_text, const struct code_change *change);
bool code_change_read(struct code_change *ret_change, const char *text, size_t length);

/* The names that a file defines, in the order of their keys. */
struct file_names {
	struct file_name {
		const char *key;
		name_value value;
		const char *type; /* as struct definition's, or NULL */
	} * items;
	size_t count;
	size_t capacity;
	struct arena arena;
};

void file_names_find(struct file_names *ret_names, const char *path, const char *text,
		     size_t length);
/* With the definitions of a C file at hand. */
void file_names_of(struct file_names *ret_names, const char *path, const char *text, size_t length,
		   const struct definitions *definitions);
void file_names_release(struct file_names *names);
const struct file_name *file_names_get(const struct file_names *names, const char *key);

bool path_is_c(const char *path); /* .c or .h */
bool path_is_header(const char *path);
bool path_is_kconfig(const char *path);

#endif
