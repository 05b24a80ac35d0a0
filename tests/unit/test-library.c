/* SPDX-License-Identifier: GPL-2.0-only */
/* The library as another program uses it: through its one header, without src/cmd. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/process.h"
#include "sectree.h"

static char directory[] = "/tmp/sectree-library-XXXXXX";

static int make_directory(void **state)
{
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	const char *const arguments[] = { "rm", "-rf", directory, NULL };
	struct process_request request = { .arguments = arguments };

	return process_run(NULL, &request, NULL);
}

static void a_workspace_without_a_source_says_what_to_do(void **state)
{
	struct error err = ERROR_INIT;
	struct workspace workspace;
	char path[128];

	snprintf(path, sizeof(path), "%s/work", directory);
	assert_int_equal(git_start(&err), 0);
	assert_int_equal(workspace_create(path, NULL, NULL, &err), 0);
	assert_int_equal(workspace_create(path, NULL, NULL, &err), ERROR_REFUSED);
	assert_non_null(strstr(err.message, "not empty"));
	assert_int_equal(workspace_open(&workspace, path, &err), 0);
	assert_int_equal(workspace_open_source(&workspace, &err), ERROR_INPUT);
	assert_non_null(strstr(err.message, "[source]"));
	workspace_close(&workspace);
	git_stop();
}

static void a_wrong_source_leaves_nothing_behind(void **state)
{
	struct error err = ERROR_INIT;
	char path[128];

	snprintf(path, sizeof(path), "%s/other", directory);
	assert_int_equal(git_start(&err), 0);
	assert_int_equal(workspace_create(path, directory, NULL, &err), ERROR_INPUT);
	assert_non_null(strstr(err.message, "not a git repository"));
	assert_int_equal(access(path, F_OK), -1);
	git_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workspace_without_a_source_says_what_to_do),
		cmocka_unit_test(a_wrong_source_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
