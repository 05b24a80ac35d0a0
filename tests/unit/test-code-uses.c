/* SPDX-License-Identifier: GPL-2.0-only */
/* What lines of a C file use; and the text of a change. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/uses.h"
#include "plan/code-change.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kind_names[USE_KIND_COUNT] = { "name", "tag", "member", "symbol",
							"header" };

/* A line each: kind, name, () where it is called, "of" owner. */
static void add_uses(struct buffer *text, const char *source, const struct code_lines *lines)
{
	struct code_tokens tokens;
	struct definitions definitions;
	struct code_uses uses = { 0 };

	code_tokens_init(&tokens, source, strlen(source));
	definitions_find(&definitions, &tokens);
	code_uses_find(&uses, &tokens, &definitions, lines, 1);
	for (size_t i = 0; i < uses.count; i++) {
		const struct code_use *use = &uses.items[i];

		buffer_add_format(text, "%s %s%s", kind_names[use->kind], use->name,
				  use->called ? "()" : "");
		if (use->owner)
			buffer_add_format(text, " of %s", use->owner);
		buffer_add_byte(text, '\n');
	}
	code_uses_release(&uses);
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

struct test_case {
	const char *text, *expected;
};

static void check_lines(size_t number, const struct test_case *one, const struct code_lines *lines)
{
	struct buffer found = BUFFER_INIT;

	add_uses(&found, one->text, lines);
	if (strcmp(found.data, one->expected))
		fail_msg("case %zu:\n%s\nexpected:\n%s\nfound:\n%s\n", number, one->text,
			 one->expected, found.data);
	LLVMFuzzerTestOneInput((const uint8_t *)one->text, strlen(one->text));
	buffer_release(&found);
}

/* Line 1 of each text counts. */
static void check_uses(const struct test_case *cases, size_t count)
{
	static const struct code_lines lines = { 1, 2 };

	for (size_t i = 0; i < count; i++)
		check_lines(i, &cases[i], &lines);
}

/* A function whose one line is what is looked at. */
#define IN(parameters, line) "void f(" parameters ") {\n" line "\n}\n"

static void names_are_used(void **state)
{
	static const struct test_case cases[] = {
		{ IN("", "g(a, 1);"), "name a of g(0\nname g()\n" },
		{ IN("", "g();"), "name g()\n" },
		{ IN("", "a = b + C;"), "name C\nname a\nname b\n" },
		{ IN("int a", "g(a); a = 1;"), "name g()\n" },
		{ IN("", "g(h(1), x(2, i), &j);"),
		  "name g()\nname h()\nname i of x(1\nname j\nname x()\n" },
		{ IN("", "g(a[i], (b), c.d);"),
		  "name a\nname b\nname c\nname g()\nname i\nmember d of =c\n" },
		{ IN("", "g((struct a){ 1, 2 }, { 3, 4 }, b);"),
		  "name b of g(2\nname g()\ntag a\n" },
		{ IN("", "g(\"a, b\", 'c', d);"), "name d of g(2\nname g()\n" },
		{ IN("", "/* a */ g(); // b"), "name g()\n" },
		{ IN("", "return sizeof(a) + sizeof b;"), "name a of sizeof(0\nname b\n" },
		{ IN("", "if (a) goto out; else while (1) break;"), "name a\n" },
		{ IN("", "out: a(); again:"), "name a()\n" },
		{ IN("", "switch (a) { case B: default: break; }"), "name B\nname a\n" },
		{ IN("", "switch (a) { case B ... C: break; }"), "name B\nname C\nname a\n" },
		{ IN("", "a ? b : c;"), "name a\nname b\nname c\n" },
		/* locals */
		{ IN("", "int a, *b = c; a = *b; { struct d *e; g(e); }"), "name c\nname g()\n" },
		{ IN("", "foo_t a = b;"), "name b\nname foo_t\n" },
		{ IN("", "foo_t *a; static const foo_t b[2] = { C };"), "name C\nname foo_t\n" },
		{ IN("", "for (int i = 0; i < n; i++) g(i);"), "name g()\nname n\n" },
		{ IN("int (*g)(int), h_t h", "g(1); h;"), "" },
		{ IN("", "int (*g)(int) = h; g(1);"), "name h\n" },
		{ IN("", "a * b;"), "name a\n" },
		/* types */
		{ IN("", "struct a *b; struct c d; union e f[2];"), "tag c\ntag e\n" },
		{ IN("", "sizeof(struct a); (struct b *)c;"), "name c\ntag a\n" },
		{ IN("", "enum a b = C;"), "name C\ntag a\n" },
		/* macros */
		{ "\n#define A(a, b) g(a, b, c)\n", "name c of g(2\nname g()\n" },
		{ "\n#define A a\n", "name a\n" },
		{ "\n#define A (a)\n", "name a\n" },
		{ "\n#define A(a...) g(a)\n", "name g()\n" },
		/* directives */
		{ "\n#if A && defined(B)\n", "name A\nname B of defined(0\nname defined()\n" },
		{ "\n#error a b\n", "" },
		{ "\n#pragma a\n", "" },
		{ "\n#include <linux/a.h>\n", "header <linux/a.h>\n" },
		{ "\n#include \"a-b.h\" /* c */\n", "header \"a-b.h\"\n" },
		{ "\n#include A\n", "" },
		{ "\n#include <a\n", "" },
		{ "\n#include <a\tb>\n", "" },
		{ "\n#include", "" },
		{ "\n#", "" },
		/* symbols of Kconfig */
		{ "\n#ifdef CONFIG_A\n", "symbol CONFIG_A\n" },
		{ IN("", "if (IS_ENABLED(CONFIG_A_MODULE)) g(CONFIG_B);"),
		  "name IS_ENABLED()\nname g()\nsymbol CONFIG_A\nsymbol CONFIG_B\n" },
		/* what is dead */
		{ "#if 0\na\n#endif\n", "" },
		/* at file scope */
		{ "\nstatic a_t b = C(d);\n", "name C()\nname a_t\nname b\nname d of C(0\n" },
		{ "int f(int a)\n{ return a + b; }\n", "name b\n" },
	};

	check_uses(cases, COUNT_OF(cases));
}

static void members_are_used(void **state)
{
	static const struct test_case cases[] = {
		/* of variables */
		{ IN("struct a *p", "p->b;"), "member b of struct a\n" },
		{ IN("struct a p", "p.b; (&p)->c; (*p).d; p[1].e; p[1][g()].h;"),
		  "name g()\nmember b of struct a\nmember c of struct a\nmember d of struct a\n"
		  "member e of struct a\nmember h of struct a\n" },
		{ IN("p_t *p", "p->b->c.d;"),
		  "member b of p_t\nmember c of p_t>b\nmember d of p_t>b>c\n" },
		{ IN("", "struct a *p = g(); p->b;"), "name g()\nmember b of struct a\n" },
		{ IN("", "p->b;"), "name p\nmember b of =p\n" },
		{ "struct a *p; void f(void) {\np->b;\n}", "name p\nmember b of struct a\n" },
		{ "struct a { int x; } p[2]; void f(void) {\np[0].b;\n}",
		  "name p\nmember b of struct a\n" },
		{ IN("int p", "p.b;"), "member b of ?\n" },
		{ IN("struct a *p", "p->b[1].c; p->d[i]->e;"),
		  "name i\nmember b of struct a\nmember c of struct a>b\nmember d of struct a\n"
		  "member e of struct a>d\n" },
		/* of what is called or cast */
		{ IN("", "g(1)->b;"), "name g()\nmember b of g()\n" },
		{ IN("struct a *p", "p->g(1)->b;"), "member b of ?\nmember g of struct a\n" },
		{ IN("void *p", "((struct a *)p)->b;"), "member b of struct a\n" },
		{ IN("void *p", "container_of(p, struct a, c)->b;"),
		  "name container_of()\ntag a\nmember b of struct a\nmember c of struct a\n" },
		{ IN("void *p", "offsetof(struct a, b); offsetof(struct a, c.d);"),
		  "name offsetof()\ntag a\nmember b of struct a\nmember c of struct a\n"
		  "member d of struct a>c\n" },
		/* loops */
		{ IN("struct a *p", "list_for_each_entry(p, &q, b) g(p->c);"),
		  "name g()\nname list_for_each_entry()\nname q\nmember b of struct a\n"
		  "member c of struct a\n" },
		{ IN("struct a *p, void *n", "list_for_each_entry_safe(p, n, &q, b)"),
		  "name list_for_each_entry_safe()\nname q\nmember b of struct a\n" },
		{ IN("struct a *p", "hlist_for_each_entry_rcu(p, q, b)"),
		  "name hlist_for_each_entry_rcu()\nname q of hlist_for_each_entry_rcu(1\n"
		  "member b of struct a\n" },
		/* initialisers */
		{ "\nstruct a p = { .b = 1, .c = { .d = 2 }, .e[1] = 3 };\n",
		  "name p\ntag a\nmember b of struct a\nmember c of struct a\n"
		  "member d of struct a>c\nmember e of struct a\n" },
		{ "struct a p[] = {\n{ .b = 1 }, [C] = { .d = 1 },\n};\n",
		  "name C\nmember b of struct a\nmember d of struct a\n" },
		{ IN("", "struct a p = { .b = { { .c = 1 }, [1] = { .d = 1 } } };"),
		  "tag a\nmember b of struct a\nmember c of struct a>b\n"
		  "member d of struct a>b\n" },
		{ IN("", "g(&(struct a){ .b = 1 });"), "name g()\ntag a\nmember b of struct a\n" },
		{ IN("", "p = (struct a){ .b.c = 1 };"),
		  "name p\ntag a\nmember b of struct a\nmember c of struct a>b\n" },
		{ "\nstruct a p __my = { .b = 1 };\n",
		  "name __my\nname p\ntag a\nmember b of struct a\n" },
		{ "\nstruct a p[2] __initdata __aligned(8) = { { .b = 1 } };\n",
		  "name p\ntag a\nmember b of struct a\n" },
		{ IN("", "typeof(a) b = c; b.d;"), "name a of typeof(0\nname c\nmember d of ?\n" },
		{ "={\n.a=1", "member a of ?\n" },
		{ "={.a=1}\n.a", "member a of ?\n" },
		/* deeper than is followed */
		{ IN("struct a *p", "p->a->a->a->a->a->a->a->a->a->a->a->a->a->a->z;"), NULL },
		/* branches that leave a bracket open */
		{ "struct a p = { .x = {\n.b = 1,\n} };", "member b of struct a>x\n" },
		{ "void f(struct a *p) {\n#if A\n", "name A\n" },
	};
	static const struct code_lines lines = { 1, 2 };
	struct buffer found = BUFFER_INIT;
	size_t deep = 0;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (cases[i].expected)
			check_uses(&cases[i], 1);
		else
			deep = i;
	}
	add_uses(&found, cases[deep].text, &lines);
	assert_non_null(strstr(found.data, "member z of ?"));
	buffer_release(&found);
}

/* Line 3 of each text counts; what stands before its words is not the directive above it. */
static void directives_are_passed_over(void **state)
{
	static const struct test_case cases[] = {
		/* members that are set */
		{ "struct a p = {\n#if A\n#endif\n.b = 1 };", "member b of struct a\n" },
		{ "struct a p = { .b = 1,\n\n#else\n.c = 1 };", "member c of struct a\n" },
		{ "struct a p = {\n#define A B\n#undef A\n.b = 1 };", "member b of struct a\n" },
		{ "struct a p[] = {\n#if A\n#endif\n{ .b = 1 } };", "member b of struct a\n" },
		{ "struct a p[] = {\n#if A\n#endif\n[C] = { .b = 1 } };",
		  "name C\nmember b of struct a\n" },
		{ "struct a p[] = { [C] =\n#if A\n#endif\n{ .b = 1 } };",
		  "member b of struct a\n" },
		{ "struct a p[]\n#if A\n#endif\n= { { .b = 1 } };", "member b of struct a\n" },
		{ "struct a p = { .b =\n#if A\n#endif\n{ .c = 1 } };", "member c of struct a>b\n" },
		/* of a value */
		{ "void f(struct a *p) { g(p\n#if A\n#endif\n->b); }", "member b of struct a\n" },
		{ "void f(struct a *p) { p->\n#if A\n#endif\nb; }", "member b of struct a\n" },
		{ "void f(struct a *p) {\n#ifdef A\n#endif\n(*p).b; }", "member b of struct a\n" },
		/* other words */
		{ "void f(void) { g();\n#if A\n#endif\nout: h(); }", "name h()\n" },
		{ "void f(void) { goto\n#if A\n#endif\nout; }", "" },
		{ "void f(void) {\n#if A\n#endif\n(a); }", "name a\n" },
		{ "void f(void) { g(\n#if A\n#endif\na, b); }", "name a of g(0\nname b of g(1\n" },
		{ "void f(void) { g(x,\n#define A(a, b) c, d\n#undef A\na); }", "name a of g(1\n" },
		{ "struct\n#if A\n#endif\na p;", "name p\ntag a\n" },
	};
	static const struct test_case branches[] = {
		{ "struct a p = {\n#if A\n.b = {\n#else\n.c = {\n#endif\n.d = 1 } };",
		  "member d of struct a>b\n" },
		{ "void f(void) { g(x,\n#if A\ny,\n#elif B\ny, y,\n#endif\na); }",
		  "name a of g(2\n" },
		{ "void f(void) { g(x,\n#if A\ny, y,\n#else\n\n\na, 1\n#endif\n); }",
		  "name a of g(1\n" },
	};
	static const struct code_lines third = { 3, 4 }, last = { 6, 7 };

	for (size_t i = 0; i < COUNT_OF(cases) + COUNT_OF(branches); i++) {
		bool is_branch = i >= COUNT_OF(cases);
		const struct test_case *one = is_branch ? &branches[i - COUNT_OF(cases)]
							: &cases[i];

		check_lines(i, one, is_branch ? &last : &third);
	}
}

/* ---- the text of a change ---- */

static const char change_text[] = "x\n"
				  "fa/b.c\t\n"
				  "dM struct a>b\t0\t1\n"
				  "dN f\t20312345678\t0\n"
				  "u0(g\t\n"
				  "u0 h\tg(1\n"
				  "u2 b\tstruct a>c\n"
				  "u4 <a.h>\t\n"
				  "rold\n"
				  "ia.h\n"
				  "bg\n"
				  "fc.c\told/c.c\n"
				  "u3 CONFIG_A\t\n";

static void a_change_is_written_as_it_was_read(void **state)
{
	struct code_change change;
	struct buffer text = BUFFER_INIT;

	assert_true(code_change_read(&change, change_text, strlen(change_text)));
	assert_int_equal(change.file_count, 2);
	assert_string_equal(change.files[0].path, "a/b.c");
	assert_null(change.files[0].old_path);
	assert_string_equal(change.files[1].old_path, "old/c.c");
	assert_int_equal(change.event_count, 2);
	assert_string_equal(change.events[1].key, "N f");
	assert_true(change.events[1].before == 0x20312345678);
	assert_int_equal(change.events[1].after, NAME_ABSENT);
	assert_int_equal(change.use_count, 5);
	assert_true(change.uses[0].use.called);
	assert_null(change.uses[0].use.owner);
	assert_string_equal(change.uses[2].use.owner, "struct a>c");
	assert_int_equal(change.uses[4].file, 1);
	assert_int_equal(change.drop_count, 1);
	assert_string_equal(change.drops[0].name, "old");
	assert_int_equal(change.include_count, 1);
	assert_string_equal(change.includes[0].name, "a.h");
	assert_int_equal(change.body_count, 1);
	assert_string_equal(change.bodies[0].name, "g");
	assert_true(change.other);
	code_change_write(&text, &change);
	assert_string_equal(text.data, change_text);
	code_change_release(&change);
	buffer_release(&text);
	LLVMFuzzerTestOneInput((const uint8_t *)change_text, strlen(change_text));
}

static void another_text_is_no_change(void **state)
{
	static const char *const texts[] = {
		"f",
		"fa\n",
		"fa\t",
		"x\t\n",
		"xa\n",
		"\n",
		"dN a\t0\t1\n",
		"u0 a\t\n",
		"ia\n",
		"fa\t\ndN a\t0\n",
		"fa\t\nu9 a\t\n",
		"fa\t\nu0\n",
		"fa\t\nu\t\n",
		"fa\t\nu0\t\n",
		"fa\t\nx\t\n",
	};
	struct code_change change;

	assert_true(code_change_read(&change, "", 0));
	assert_false(change.other);
	code_change_release(&change);
	/* A change of files that are not read. */
	assert_true(code_change_read(&change, "x\n", 2));
	assert_true(change.other);
	code_change_release(&change);
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (code_change_read(&change, texts[i], strlen(texts[i])))
			fail_msg("%s", texts[i]);
		LLVMFuzzerTestOneInput((const uint8_t *)texts[i], strlen(texts[i]));
	}
	for (size_t i = 0; i < strlen(change_text); i++) {
		if (code_change_read(&change, change_text, i))
			code_change_release(&change);
		LLVMFuzzerTestOneInput((const uint8_t *)change_text, i);
	}
}

static void names_of_a_file_have_keys(void **state)
{
	static const char text[] = "struct a { int b; struct { int c; } d; };\n"
				   "int f(int a);\nint f(int a) { }\n#define G(a) a##_\n"
				   "EXPORT_SYMBOL(f);\nenum e { E };\n";
	static const char *const keys[] = { "H x.h",	    "M struct a.d>c",
					    "M struct a>b", "M struct a>d",
					    "N E",	    "N G",
					    "N f",	    "T a",
					    "T e" };
	static const char kconfig[] = "config A\n\tbool\n  menuconfig B_2 # x\nconfigC\nconfig\n";
	struct file_names names;

	file_names_find(&names, "x.h", text, strlen(text));
	assert_int_equal(names.count, COUNT_OF(keys));
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		assert_string_equal(names.items[i].key, keys[i]);
	assert_true(name_value_pastes(file_names_get(&names, "N G")->value, 0));
	assert_false(name_value_pastes(file_names_get(&names, "N f")->value, 0));
	assert_null(file_names_get(&names, "N a"));
	file_names_release(&names);
	file_names_find(&names, "a/Kconfig.b", kconfig, strlen(kconfig));
	assert_int_equal(names.count, 2);
	assert_string_equal(names.items[0].key, "C CONFIG_A");
	assert_string_equal(names.items[1].key, "C CONFIG_B_2");
	file_names_release(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_used),
		cmocka_unit_test(members_are_used),
		cmocka_unit_test(directives_are_passed_over),
		cmocka_unit_test(a_change_is_written_as_it_was_read),
		cmocka_unit_test(another_text_is_no_change),
		cmocka_unit_test(names_of_a_file_have_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
