/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/array.h"
#include "git/commit.h"
#include "tree/commit-object.h"

#define PICKED "(cherry picked from commit 1)\n"

/* What `git cherry-pick -x` makes of each; tests/shell/build.sh asks git itself. */
static void trailers_stand_where_git_puts_them(void **state)
{
	static const struct {
		const char *message, *with;
	} cases[] = {
		{ "", "\n" PICKED },
		{ "subject", "subject\n\n" PICKED },
		{ "subject\n", "subject\n\n" PICKED },
		{ "Signed-off-by: A <a>\n", "Signed-off-by: A <a>\n\n" PICKED },
		{ "s\n\nSigned-off-by: A <a>\n", "s\n\nSigned-off-by: A <a>\n" PICKED },
		{ "s\n\nSigned-off-by: A <a>", "s\n\nSigned-off-by: A <a>\n" PICKED },
		{ "s\n\n(cherry picked from commit 2)\n",
		  "s\n\n(cherry picked from commit 2)\n" PICKED },
		{ "s\n\nprose\n", "s\n\nprose\n\n" PICKED },
		{ "s\n\nprose: more\n", "s\n\nprose: more\n" PICKED },
		{ "s\n\nsome prose: more\n", "s\n\nsome prose: more\n\n" PICKED },
		{ "s\n\nAcked-by : B <b>\n", "s\n\nAcked-by : B <b>\n" PICKED },
		{ "s\n\n: x\n", "s\n\n: x\n\n" PICKED },
		/* One of git's own and a quarter: a block. */
		{ "s\n\na\nb\nc\nSigned-off-by: A <a>\n",
		  "s\n\na\nb\nc\nSigned-off-by: A <a>\n" PICKED },
		{ "s\n\na\nb\nc\nd\nSigned-off-by: A <a>\n",
		  "s\n\na\nb\nc\nd\nSigned-off-by: A <a>\n\n" PICKED },
		{ "s\n\n[ x: note ]\nAcked-by: A <a>\n",
		  "s\n\n[ x: note ]\nAcked-by: A <a>\n\n" PICKED },
		{ "s\n\n[ x: note ]\nSigned-off-by: A <a>\n",
		  "s\n\n[ x: note ]\nSigned-off-by: A <a>\n" PICKED },
		{ "s\n\nLink: x\n y\n", "s\n\nLink: x\n y\n" PICKED },
		{ "s\n\n y\nprose\n", "s\n\n y\nprose\n\n" PICKED },
		{ "s\n\nSigned-off-by: A <a>\n# note\n",
		  "s\n\nSigned-off-by: A <a>\n# note\n" PICKED },
		{ "s\n\nSigned-off-by: A <a>\n\n\n", "s\n\nSigned-off-by: A <a>\n\n\n" PICKED },
		{ "s\n\nSigned-off-by: A <a>\r\n", "s\n\nSigned-off-by: A <a>\r\n" PICKED },
	};
	struct buffer message = BUFFER_INIT;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		buffer_clear(&message);
		buffer_add_string(&message, cases[i].message);
		message_add_trailers(&message, PICKED);
		assert_string_equal(message.data, cases[i].with);
		buffer_truncate(&message, strlen(cases[i].message));
		message_add_trailers(&message, "");
		assert_string_equal(message.data, cases[i].message);
	}
	buffer_release(&message);
}

#define TREE "1111111111111111111111111111111111111111"
#define PARENT "2222222222222222222222222222222222222222"
#define START                                             \
	"tree 3333333333333333333333333333333333333333\n" \
	"parent 4444444444444444444444444444444444444444\n"

static void check_pick(const char *stable, struct stamp stamp, const char *wanted)
{
	struct commit_view view = COMMIT_VIEW_INIT;
	struct buffer object = BUFFER_INIT;
	struct error err = ERROR_INIT;
	git_oid tree, parent;

	git_oid_fromstr(&tree, TREE);
	git_oid_fromstr(&parent, PARENT);
	assert_int_equal(commit_view_parse(&view, stable, strlen(stable), &tree, &err), 0);
	commit_object_pick(&object, &stamp, &view, &tree, &parent, PICKED);
	assert_string_equal(object.data, wanted);
	buffer_release(&object);
	commit_view_release(&view);
}

static void picked_commits_keep_what_is_theirs(void **state)
{
	const struct stamp early = { 100, "-0700" }, late = { 900, "-0700" };

	check_pick(START "author A <a> 5 +0100\ncommitter C <c> 500 +0200\n\ns\n", early,
		   "tree " TREE "\nparent " PARENT "\nauthor A <a> 5 +0100\n"
		   "committer C <c> 500 +0200\n\ns\n\n" PICKED);
	check_pick(START "author A <a> 5 +0100\ncommitter C <c> 500 +0200\n\ns\n", late,
		   "tree " TREE "\nparent " PARENT "\nauthor A <a> 5 +0100\n"
		   "committer C <c> 900 -0700\n\ns\n\n" PICKED);
	/* Encoding stays, signatures and merge tags go. */
	check_pick(START "author J\xf6rg <j> 5 +0100\ncommitter C <c> 500 +0200\n"
			 "mergetag object 5\n type commit\nencoding ISO-8859-1\n"
			 "gpgsig -----BEGIN\n x\n -----END\n\nl\xe4rm",
		   early,
		   "tree " TREE "\nparent " PARENT "\nauthor J\xf6rg <j> 5 +0100\n"
		   "committer C <c> 500 +0200\nencoding ISO-8859-1\n\nl\xe4rm\n\n" PICKED);
	/* Odd people. */
	check_pick(START "author A  > B <a@b> 5\ncommitter  <> 500 +02\n\ns\n", early,
		   "tree " TREE "\nparent " PARENT "\nauthor A  > B <a@b> 5\n"
		   "committer  <> 500 +0000\n\ns\n\n" PICKED);
	check_pick(START "author nobody\ncommitter nobody\n\ns\n", early,
		   "tree " TREE "\nparent " PARENT "\nauthor nobody\n"
		   "committer  <> 100 -0700\n\ns\n\n" PICKED);
}

static void own_commits_depend_on_nothing_else(void **state)
{
	struct buffer object = BUFFER_INIT;
	git_oid tree, parent;

	git_oid_fromstr(&tree, TREE);
	git_oid_fromstr(&parent, PARENT);
	commit_object_own(&object, &tree, &parent, "S <s@x>", 77, "Linux 1\n");
	assert_string_equal(object.data,
			    "tree " TREE "\nparent " PARENT "\nauthor S <s@x> 77 +0000\n"
			    "committer S <s@x> 77 +0000\n\nLinux 1\n");
	buffer_release(&object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trailers_stand_where_git_puts_them),
		cmocka_unit_test(picked_commits_keep_what_is_theirs),
		cmocka_unit_test(own_commits_depend_on_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
