/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "base/process.h"
#include "git/repository.h"
#include "git/store.h"
#include "git/tree-entry.h"
#include "git/tree.h"
#include "tree/export-notice.h"

static char directory[64];
static git_repository *repository;
static struct store *store;

static int setup(void **state)
{
	snprintf(directory, sizeof(directory), "/tmp/sectree-test-XXXXXX");
	git_start(NULL);
	return !mkdtemp(directory) || git_repository_init(&repository, directory, true) ||
	       store_open(&store, repository, STORE_TRIAL, NULL);
}

static int teardown(void **state)
{
	const char *remove[] = { "rm", "-rf", directory, NULL };
	struct process_request request = { remove };

	store_close(store);
	git_repository_free(repository);
	git_stop();
	return process_run(NULL, &request, NULL);
}

struct file {
	const char *path, *old_text, *new_text; /* NULL: not there */
};

static git_oid write_tree(const struct file *files, size_t count, bool is_new)
{
	struct tree *tree;
	git_oid root, blob;

	assert_int_equal(tree_open(&tree, store, NULL, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		const char *text = is_new ? files[i].new_text : files[i].old_text;

		if (!text)
			continue;
		assert_int_equal(
			store_write(&blob, store, GIT_OBJECT_BLOB, text, strlen(text), NULL), 0);
		assert_int_equal(tree_set(tree, files[i].path, TREE_MODE_FILE, &blob, NULL), 0);
	}
	assert_int_equal(tree_write(&root, tree, NULL), 0);
	tree_close(tree);
	return root;
}

/* "changed name path: before -> after" for each item, one a line. */
static void check_notice(const struct file *files, size_t count, const char *wanted)
{
	git_oid old_tree = write_tree(files, count, false),
		new_tree = write_tree(files, count, true);
	struct buffer text = BUFFER_INIT;
	struct export_notice notice;

	assert_int_equal(export_notice_read(&notice, store, &old_tree, &new_tree, NULL), 0);
	for (size_t i = 0; i < notice.count; i++) {
		const struct export_item *item = &notice.items[i];

		buffer_add_format(&text, "%s %s %s", export_change_name(item->change), item->name,
				  item->path);
		if (!item->is_struct)
			buffer_add_format(&text, ": %s -> %s", item->before ? item->before : "-",
					  item->after ? item->after : "-");
		buffer_add_byte(&text, '\n');
	}
	assert_string_equal(text.data, wanted);
	buffer_release(&text);
	export_notice_release(&notice);
}

static void prototypes_are_compared(void **state)
{
	static const struct file files[] = {
		{ "lib/a.c",
		  "int grow(struct pool *pool, int by)\n{\n\treturn by;\n}\nEXPORT_SYMBOL(grow);\n"
		  "void same(int old_name)\n{\n}\nEXPORT_SYMBOL_GPL(same);\n",
		  "int grow(struct pool *pool, long by,\n\t gfp_t how)\n{\n\treturn by;\n}\n"
		  "EXPORT_SYMBOL(grow);\n"
		  "void same(int new_name)\n{\n\tgrow(0);\n}\nEXPORT_SYMBOL_GPL(same);\n" },
	};

	check_notice(files, COUNT_OF(files),
		     "changed grow lib/a.c: int (struct pool *, int) -> int (struct pool *, long, "
		     "gfp_t)\n");
}

static void exports_come_and_go(void **state)
{
	static const struct file files[] = {
		{ "lib/a.c",
		  "int gone(void)\n{\n}\nEXPORT_SYMBOL_NS_GPL(gone, POOL);\n"
		  "int hidden(void)\n{\n}\nEXPORT_SYMBOL(hidden);\n",
		  "int hidden(void)\n{\n}\n" },
		{ "lib/b.c", NULL, "int come(void)\n{\n}\nEXPORT_SYMBOL_GPL(come);\n" },
		{ "tools/c.c", NULL, "int tool(void)\n{\n}\nEXPORT_SYMBOL_GPL(tool);\n" },
	};

	check_notice(files, COUNT_OF(files),
		     "added come lib/b.c: - -> int (void)\n"
		     "removed gone lib/a.c: int (void) -> -\n"
		     "removed hidden lib/a.c: int (void) -> -\n");
}

/* To another file is no change; with another prototype it is. */
static void symbols_may_move(void **state)
{
	static const struct file files[] = {
		{ "lib/a.c",
		  "int move(void)\n{\n}\nEXPORT_SYMBOL(move);\n"
		  "int turn(void)\n{\n}\nEXPORT_SYMBOL(turn);\n",
		  NULL },
		{ "lib/b.c", NULL,
		  "int move(void)\n{\n}\nEXPORT_SYMBOL(move);\n"
		  "long turn(void)\n{\n}\nEXPORT_SYMBOL(turn);\n" },
	};

	check_notice(files, COUNT_OF(files), "changed turn lib/b.c: int (void) -> long (void)\n");
}

/* What is no prototype: a body, a static function, a label at the first column. */
static void bodies_are_not_looked_at(void **state)
{
	static const struct file files[] = {
		{ "lib/a.c",
		  "static int help(int a)\n{\n}\nint run(void)\n{\n\treturn 1;\nout:\n\treturn "
		  "2;\n}\n"
		  "EXPORT_SYMBOL(run);\n",
		  "static int help(int a, int b)\n{\n}\nint run(void)\n{\n\treturn "
		  "3;\nout:\n\tx();\n"
		  "\treturn 4;\n}\nEXPORT_SYMBOL(run);\n" },
	};

	check_notice(files, COUNT_OF(files), "");
}

static void structs_of_headers_are_compared(void **state)
{
	static const struct file files[] = {
		{ "include/linux/a.h",
		  "struct grown {\n\tint a;\n};\nstruct same {\n\tint a; /* old words */\n};\n"
		  "union gone {\n\tint a;\n};\n",
		  "struct grown {\n\tint a;\n#ifdef CONFIG_B\n\tint b;\n#endif\n};\n"
		  "struct same {\n\tint a;\t/* new words */\n};\nstruct come {\n\tint a;\n};\n" },
		{ "arch/x86/include/asm/b.h", "struct arch {\n\tint a;\n};\n",
		  "struct arch {\n\tlong a;\n};\n" },
		{ "drivers/net/c.h", "struct own {\n\tint a;\n};\n",
		  "struct own {\n\tlong a;\n};\n" },
	};

	check_notice(files, COUNT_OF(files),
		     "changed struct arch arch/x86/include/asm/b.h\n"
		     "changed struct grown include/linux/a.h\n"
		     "removed union gone include/linux/a.h\n");
}

/* Whatever the bytes are, nothing is read beyond them. */
static void odd_files_are_borne(void **state)
{
	static const struct file files[] = {
		{ "a.c", "EXPORT_SYMBOL", "EXPORT_SYMBOL(" },
		{ "b.c", "EXPORT_SYMBOL(a", "a:EXPORT_SYMBOL(a" },
		{ "include/c.h", "struct", "struct {" },
		{ "include/d.h", "struct a {", "struct a { int b" },
		{ "e.c", "", "_" },
	};
	git_oid old_tree = write_tree(files, COUNT_OF(files), false);
	git_oid new_tree = write_tree(files, COUNT_OF(files), true);
	struct export_notice notice;

	assert_int_equal(export_notice_read(&notice, store, &old_tree, &new_tree, NULL), 0);
	export_notice_release(&notice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prototypes_are_compared),
		cmocka_unit_test(exports_come_and_go),
		cmocka_unit_test(symbols_may_move),
		cmocka_unit_test(bodies_are_not_looked_at),
		cmocka_unit_test(structs_of_headers_are_compared),
		cmocka_unit_test(odd_files_are_borne),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
