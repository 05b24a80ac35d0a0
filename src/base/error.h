/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Errors are values. A function that can fail returns 0 or a negative
 * enum error_code and takes a `struct error *` as its last argument, which it
 * fills where the facts are known: the object, file or line, what was wrong
 * and what to do. Callers pass it on; they do not put prefixes before it.
 *
 * `err` may be NULL for a caller who wants the code only.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

enum error_code {
	ERROR_INPUT = -1,     /* what was given is wrong: a ref, a file, a record */
	ERROR_NOT_FOUND = -2, /* a name that leads to nothing */
	ERROR_AMBIGUOUS = -3, /* a name that leads to several things */
	ERROR_SYSTEM = -4,    /* the machine: I/O, disk, memory, a missing program */
	ERROR_BUSY = -5,      /* another run holds the lock */
	ERROR_USAGE = -6,     /* the command line */
	ERROR_REFUSED = -7,   /* possible, but against a rule of the design */
	ERROR_CONFLICT = -8,  /* a pick that does not apply */
	ERROR_STOPPED = -9    /* interrupted */
};

struct error {
	int code;
	char message[2048]; /* one or more lines, no newline at the end */
};

#define ERROR_INIT    \
	{             \
		0, "" \
	}

void error_clear(struct error *err);

/* Sets the message and returns `code`, so that it can be returned at once. */
int error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int error_vset(struct error *err, int code, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/* As error_set with ERROR_SYSTEM and ": <text of errno>" appended. */
int error_errno(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
