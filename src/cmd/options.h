/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command-line options, described once in a table from which parsing, help,
 * completion and the manual page come.
 *
 *	static struct {
 *		bool dry_run;
 *		const char *to;
 *		struct option_list seeds;
 *	} options;
 *
 *	static const struct option option_table[] = {
 *		OPTION_FLAG('n', "dry-run", &options.dry_run, "change nothing"),
 *		OPTION_STRING(0, "to", &options.to, "RELEASE", "plan up to RELEASE"),
 *		OPTION_LIST(0, "seeds", &options.seeds, "FILE", "add the commits in FILE"),
 *		OPTION_END,
 *	};
 *
 * Long options may be cut short where that is unambiguous; an exact name wins.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum option_kind {
	OPTION_KIND_FLAG,   /* given or not */
	OPTION_KIND_STRING, /* the last one given counts */
	OPTION_KIND_NUMBER, /* decimal, within least..most */
	OPTION_KIND_CHOICE, /* one of a few words */
	OPTION_KIND_LIST    /* may be repeated; all count */
};

/* Values borrow from argv. Released with the process, or by array_release. */
struct option_list {
	const char **items;
	size_t count;
	size_t capacity;
};

struct option {
	char short_name;       /* 0: none */
	const char *long_name; /* NULL: none */
	enum option_kind kind;
	union {
		bool *flag;
		const char **string;
		long *number;
		int *choice; /* index into `choices` */
		struct option_list *list;
	} target;
	const char *argument; /* name of the value in help, in capitals */
	const char *help;     /* begins small, no full stop */
	const char *const *choices;
	long least, most;
};

#define OPTION_FLAG(short_, long_, target_, help_)                                      \
	{                                                                               \
		.short_name = (short_), .long_name = (long_), .kind = OPTION_KIND_FLAG, \
		.target = { .flag = (target_) }, .help = (help_)                        \
	}
#define OPTION_STRING(short_, long_, target_, argument_, help_)                             \
	{                                                                                   \
		.short_name = (short_), .long_name = (long_), .kind = OPTION_KIND_STRING,   \
		.target = { .string = (target_) }, .argument = (argument_), .help = (help_) \
	}
#define OPTION_NUMBER(short_, long_, target_, argument_, least_, most_, help_)               \
	{                                                                                    \
		.short_name = (short_), .long_name = (long_), .kind = OPTION_KIND_NUMBER,    \
		.target = { .number = (target_) }, .argument = (argument_), .help = (help_), \
		.least = (least_), .most = (most_)                                           \
	}
/* `choices_` ends with NULL; its words, joined by '|', are shown as the argument. */
#define OPTION_CHOICE(short_, long_, target_, choices_, help_)                            \
	{                                                                                 \
		.short_name = (short_), .long_name = (long_), .kind = OPTION_KIND_CHOICE, \
		.target = { .choice = (target_) }, .choices = (choices_), .help = (help_) \
	}
#define OPTION_LIST(short_, long_, target_, argument_, help_)                             \
	{                                                                                 \
		.short_name = (short_), .long_name = (long_), .kind = OPTION_KIND_LIST,   \
		.target = { .list = (target_) }, .argument = (argument_), .help = (help_) \
	}
#define OPTION_END      \
	{               \
		0, NULL \
	}

static inline bool option_is_end(const struct option *option)
{
	return !option->short_name && !option->long_name;
}

/* What is left of a command line while it is taken apart. */
struct arguments {
	char **items;
	int count;
	int dashes; /* how many operands stood before "--"; -1: there was none */
};

/*
 * Takes the options out of `arguments` and leaves the operands, in order.
 * Each table is searched in turn (a short name in the first one wins); `tables`
 * ends with NULL. With `stop_at_operand` nothing after the first operand is
 * looked at. "--" ends the options and is dropped.
 */
int options_parse(struct arguments *arguments, const struct option *const *tables,
		  bool stop_at_operand, struct error *err);

#endif
