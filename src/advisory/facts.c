/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/facts.h"

#include <string.h>

static const char *const class_names[CLASS_KINDS] = {
	[CLASS_USE_AFTER_FREE] = "use-after-free",
	[CLASS_OUT_OF_BOUNDS_WRITE] = "out-of-bounds-write",
	[CLASS_OUT_OF_BOUNDS_READ] = "out-of-bounds-read",
	[CLASS_OUT_OF_BOUNDS] = "out-of-bounds",
	[CLASS_DOUBLE_FREE] = "double-free",
	[CLASS_UNINITIALISED] = "uninitialised",
	[CLASS_INFORMATION_LEAK] = "information-leak",
	[CLASS_REFERENCE_COUNT] = "reference-count",
	[CLASS_RACE] = "race",
	[CLASS_INTEGER_OVERFLOW] = "integer-overflow",
	[CLASS_TYPE_CONFUSION] = "type-confusion",
	[CLASS_NULL_DEREFERENCE] = "null-dereference",
	[CLASS_DIVISION] = "division",
	[CLASS_DEADLOCK] = "deadlock",
	[CLASS_HANG] = "hang",
	[CLASS_RESOURCE_LEAK] = "resource-leak",
	[CLASS_PERMISSION] = "permission",
	[CLASS_SPECULATION] = "speculation",
	[CLASS_CRASH] = "crash",
	[CLASS_WARNING] = "warning",
	[CLASS_DATA_LOSS] = "data-loss",
};

static const char *const route_names[ROUTE_KINDS] = {
	[ROUTE_REMOTE] = "remote",     [ROUTE_ADJACENT] = "adjacent",
	[ROUTE_GUEST] = "guest",       [ROUTE_UNPRIVILEGED] = "unprivileged",
	[ROUTE_USERNS] = "userns",     [ROUTE_DEVICE] = "device",
	[ROUTE_MOUNT] = "mount",       [ROUTE_PRIVILEGED] = "privileged",
	[ROUTE_PHYSICAL] = "physical",
};

static const char *const impact_names[IMPACT_KINDS] = {
	[IMPACT_MEMORY_CORRUPTION] = "memory-corruption",
	[IMPACT_PRIVILEGE] = "privilege",
	[IMPACT_INFORMATION_LEAK] = "information-leak",
	[IMPACT_DENIAL_OF_SERVICE] = "denial-of-service",
	[IMPACT_DATA_LOSS] = "data-loss",
};

static bool find(unsigned *ret_value, const char *const *names, unsigned count, const char *name,
		 size_t length)
{
	for (unsigned i = 0; i < count; i++)
		if (strlen(names[i]) == length && !memcmp(names[i], name, length)) {
			*ret_value = i;
			return true;
		}
	return false;
}

static void print(struct buffer *out, const char *const *names, unsigned count, unsigned set)
{
	const char *separator = "";

	for (unsigned i = 0; i < count; i++)
		if (set & 1U << i) {
			buffer_add_string(out, separator);
			buffer_add_string(out, names[i]);
			separator = ", ";
		}
	if (!set)
		buffer_add_string(out, "unknown");
}

const char *bug_class_name(enum bug_class bug_class)
{
	return class_names[bug_class];
}

const char *route_name(enum route route)
{
	return route_names[route];
}

const char *impact_name(enum impact impact)
{
	return impact_names[impact];
}

bool bug_class_parse(enum bug_class *ret_class, const char *name, size_t length)
{
	unsigned value = 0;
	bool found = find(&value, class_names, CLASS_KINDS, name, length);

	*ret_class = (enum bug_class)value;
	return found;
}

bool route_parse(enum route *ret_route, const char *name, size_t length)
{
	unsigned value = 0;
	bool found = find(&value, route_names, ROUTE_KINDS, name, length);

	*ret_route = (enum route)value;
	return found;
}

bool impact_parse(enum impact *ret_impact, const char *name, size_t length)
{
	unsigned value = 0;
	bool found = find(&value, impact_names, IMPACT_KINDS, name, length);

	*ret_impact = (enum impact)value;
	return found;
}

void bug_classes_print(struct buffer *out, unsigned set)
{
	print(out, class_names, CLASS_KINDS, set);
}

void routes_print(struct buffer *out, unsigned set)
{
	print(out, route_names, ROUTE_KINDS, set);
}

void impacts_print(struct buffer *out, unsigned set)
{
	print(out, impact_names, IMPACT_KINDS, set);
}
