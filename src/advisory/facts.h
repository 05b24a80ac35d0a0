/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be said of a vulnerability: what kind of bug it is, by which route an
 * attacker gets to it, and what it gives. Each is a set, since a bug can have several
 * routes and impacts; an empty set is "unknown", which never counts as harmless.
 */
#ifndef ADVISORY_FACTS_H
#define ADVISORY_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum bug_class {
	CLASS_USE_AFTER_FREE,
	CLASS_OUT_OF_BOUNDS_WRITE,
	CLASS_OUT_OF_BOUNDS_READ,
	CLASS_OUT_OF_BOUNDS, /* which of both is not said */
	CLASS_DOUBLE_FREE,
	CLASS_UNINITIALISED,
	CLASS_INFORMATION_LEAK,
	CLASS_REFERENCE_COUNT,
	CLASS_RACE,
	CLASS_INTEGER_OVERFLOW,
	CLASS_TYPE_CONFUSION,
	CLASS_NULL_DEREFERENCE,
	CLASS_DIVISION, /* by zero */
	CLASS_DEADLOCK, /* or a sleep where none may be */
	CLASS_HANG,	/* endless loop, stall, soft lockup */
	CLASS_RESOURCE_LEAK,
	CLASS_PERMISSION, /* a check that is missing or can be passed by */
	CLASS_SPECULATION,
	CLASS_CRASH,	 /* BUG, oops, panic, and nothing more exact */
	CLASS_WARNING,	 /* a bare WARN */
	CLASS_DATA_LOSS, /* of files, or file systems that break */
	CLASS_KINDS
};

enum route {
	ROUTE_REMOTE,
	ROUTE_ADJACENT,	    /* the same link, radio range */
	ROUTE_GUEST,	    /* from within a virtual machine, or against one from outside */
	ROUTE_UNPRIVILEGED, /* any local user */
	ROUTE_USERNS,	    /* a user who may make user namespaces */
	ROUTE_DEVICE,	    /* a device node that ordinary users are given */
	ROUTE_MOUNT,	    /* a crafted image that is mounted */
	ROUTE_PRIVILEGED,   /* an administrator, or who has been given such rights */
	ROUTE_PHYSICAL,	    /* hardware of the attacker's */
	ROUTE_KINDS
};

enum impact {
	IMPACT_MEMORY_CORRUPTION,
	IMPACT_PRIVILEGE,
	IMPACT_INFORMATION_LEAK,
	IMPACT_DENIAL_OF_SERVICE,
	IMPACT_DATA_LOSS,
	IMPACT_KINDS
};

/* "use-after-free", "userns", "memory-corruption"; the names that files and options take. */
const char *bug_class_name(enum bug_class bug_class);
const char *route_name(enum route route);
const char *impact_name(enum impact impact);

/* False where there is no such name. */
bool bug_class_parse(enum bug_class *ret_class, const char *name, size_t length);
bool route_parse(enum route *ret_route, const char *name, size_t length);
bool impact_parse(enum impact *ret_impact, const char *name, size_t length);

/* "remote, userns" of a set; "unknown" of the empty one. */
void bug_classes_print(struct buffer *out, unsigned set);
void routes_print(struct buffer *out, unsigned set);
void impacts_print(struct buffer *out, unsigned set);

#endif
