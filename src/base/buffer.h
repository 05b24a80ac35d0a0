/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A growing run of bytes, always followed by a NUL that `length` does not
 * count. It may hold NULs: foreign text is bytes.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct buffer {
	char *data; /* never NULL after buffer_init */
	size_t length;
	size_t capacity;
};

extern char buffer_empty[];
#define BUFFER_INIT                \
	{                          \
		buffer_empty, 0, 0 \
	}

void buffer_init(struct buffer *buffer);
void buffer_release(struct buffer *buffer);
void buffer_clear(struct buffer *buffer);
void buffer_reserve(struct buffer *buffer, size_t extra);
char *buffer_detach(struct buffer *buffer); /* owned by the caller */

void buffer_add(struct buffer *buffer, const void *data, size_t length);
void buffer_add_string(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, int byte);
void buffer_add_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_add_vformat(struct buffer *buffer, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void buffer_truncate(struct buffer *buffer, size_t length);

/*
 * Appends text that strangers wrote so that a terminal shows it and obeys
 * nothing in it: control bytes other than tab and newline become \xNN, and
 * C1 controls and malformed UTF-8 likewise.
 */
void buffer_add_safe(struct buffer *buffer, const char *text, size_t length);

/* Appends foreign text as UTF-8: each byte that belongs to no well-formed character is U+FFFD. */
void buffer_add_valid(struct buffer *buffer, const char *text, size_t length);

/* Reads a whole file; ERROR_NOT_FOUND where it is missing, ERROR_INPUT over `limit` bytes. */
int buffer_read_file(struct buffer *ret_buffer, const char *path, size_t limit, struct error *err);

/*
 * Replaces a file by writing beside it, syncing and renaming: a reader sees the
 * old bytes or the new ones, never a mixture.
 */
int file_replace(const char *path, const void *data, size_t length, struct error *err);

/* Whether `length` bytes are well-formed UTF-8. */
bool text_is_utf8(const char *text, size_t length);

#endif
