/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/data-file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"

#define DATA_LIMIT (16u << 20)

/* "<directory of the program>/../data", or NULL. */
static char *directory_beside_program(void)
{
	char program[4096], *slash;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length <= 0)
		return NULL;
	program[length] = '\0';
	slash = strrchr(program, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	return string_format("%s/../data", program);
}

int data_file_read(struct buffer *ret_text, const char *name, struct error *err)
{
	char *beside = directory_beside_program();
	const char *given = getenv("SECTREE_DATA_DIR");
	const char *const places[] = { given, given ? NULL : beside,
				       given ? NULL : SECTREE_DATA_DIR };
	int error = ERROR_NOT_FOUND;
	char *path;

	for (size_t i = 0; i < COUNT_OF(places) && error == ERROR_NOT_FOUND; i++) {
		if (!places[i])
			continue;
		path = string_format("%s/%s", places[i], name);
		error = buffer_read_file(ret_text, path, DATA_LIMIT, err);
		free(path);
	}
	if (error == ERROR_NOT_FOUND)
		error_set(err, ERROR_SYSTEM,
			  "%s: not found in %s; the installation is incomplete ('make install' "
			  "puts it there, SECTREE_DATA_DIR names another place)",
			  name, given ? given : SECTREE_DATA_DIR);
	free(beside);
	return error;
}
