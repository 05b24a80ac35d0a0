/* SPDX-License-Identifier: GPL-2.0-only */
#include <git2.h>
#include <jansson.h>
#include <sqlite3.h>

#include "cmd/command.h"

static void print_version(struct output *out, const json_t *value)
{
	output_print(out, "sectree %s", json_string_value(value));
}

static void print_library(struct output *out, const json_t *item)
{
	output_print(out, "%s %s", json_string_of(item, "name"), json_string_of(item, "version"));
}

static json_t *library(const char *name, const char *version)
{
	json_t *item = json_object();

	json_object_set_new(item, "name", json_text(name));
	json_object_set_new(item, "version", json_text(version));
	return item;
}

static int run(struct command_context *context, struct error *err)
{
	struct output *out = context->output;
	char git[40];
	int major, minor, revision;

	git_libgit2_version(&major, &minor, &revision);
	snprintf(git, sizeof(git), "%d.%d.%d", major, minor, revision);
	output_begin(out);
	output_value(out, "version", json_text(SECTREE_VERSION), print_version);
	output_list_begin(out, "libraries");
	output_item(out, library("libgit2", git), print_library);
	output_item(out, library("sqlite", sqlite3_libversion()), print_library);
	output_item(out, library("jansson", jansson_version_str()), print_library);
	output_list_end(out);
	return output_end(out, err);
}

const struct command command_version = {
	.name = "version",
	.summary = "show the version of sectree and of its libraries",
	.run = run,
};
