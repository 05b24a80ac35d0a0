/* SPDX-License-Identifier: GPL-2.0-only */
/* The lexer, and what it finds defined. Each source is fed to the fuzz target as well. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/buffer.h"
#include "code/definitions.h"
#include "code/uses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct test_case {
	const char *text, *expected;
};

static void check(size_t number, const struct test_case *one, struct buffer *found)
{
	if (strcmp(found->data, one->expected))
		fail_msg("case %zu:\n%s\nexpected:\n%s\nfound:\n%s\n", number, one->text,
			 one->expected, found->data);
	LLVMFuzzerTestOneInput((const uint8_t *)one->text, strlen(one->text));
	buffer_release(found);
}

/* ---- tokens ---- */

/* The tokens with blanks between them, those of a directive in < >; a new line has its number. */
static void add_tokens(struct buffer *text, const char *source, size_t length)
{
	struct code_tokens tokens;
	uint32_t line = UINT32_MAX;
	bool directive = false;

	code_tokens_init(&tokens, source, length);
	for (size_t i = 0; i < tokens.count; i++) {
		const struct code_token *token = &tokens.items[i];

		if (directive && (!token->directive || token->kind == CODE_DIRECTIVE))
			buffer_add_string(text, ">");
		if (text->length)
			buffer_add_byte(text, ' ');
		if (token->line != line)
			buffer_add_format(text, "%u%s ", token->line, token->first ? "" : ".");
		if (token->kind == CODE_DIRECTIVE)
			buffer_add_byte(text, '<');
		buffer_add(text, code_token_text(&tokens, token), token->length);
		line = token->line;
		directive = token->directive;
	}
	if (directive)
		buffer_add_string(text, ">");
	assert_int_equal(tokens.items[tokens.count].kind, CODE_END);
	code_tokens_release(&tokens);
}

static void tokens_are_found(void **state)
{
	static const struct test_case cases[] = {
		{ "", "" },
		{ "a", "0 a" },
		{ " a+b1->c.d", "0. a + b1 -> c . d" },
		{ "- > - -> -", "0 - > - -> -" },
		{ "a-", "0 a -" },
		{ "1.5e3 0xffUL 1u", "0 1.5e3 0xffUL 1u" },
		{ "a/* b */c", "0 a c" },
		{ "a/* b\nc */d", "0 a 1. d" },
		{ "/**/a/***/b/* * / **/c", "0. a b c" },
		{ "a // b\nc", "0 a 1 c" },
		{ "a // b \\\n c\nd", "0 a 2 d" },
		{ "a / b /", "0 a / b /" },
		{ "a /* b", "0 a" },
		{ "a /*", "0 a" },
		{ "a /* b *", "0 a" },
		{ "a //", "0 a" },
		{ "a \\\n b", "0 a 1. b" },
		{ "a \\\r\n b\r\nc\r\n", "0 a 1. b 2 c" },
		{ "a \\ b", "0 a \\ b" },
		{ "a \\", "0 a \\" },
		{ "a\fb\vc\td", "0 a b c d" },
		{ "\"a b\" 'c' L'd'", "0 \"a b\" 'c' L 'd'" },
		{ "\"a\\\"b\" '\\'' '\\\\' c", "0 \"a\\\"b\" '\\'' '\\\\' c" },
		{ "\"/* a */\" \"//\"", "0 \"/* a */\" \"//\"" },
		{ "\"a\nb", "0 \"a 1 b" },
		{ "\"a", "0 \"a" },
		{ "\"a\\", "0 \"a\\" },
		{ "'", "0 '" },
		{ "\"a\\\nb\" c", "0 \"a\\\nb\" 1. c" },
		{ "\xc3\xa9 a", "0 \xc3\xa9 a" },
		/* directives */
		{ "#define A 1\nb", "0 <# define A 1> 1 b" },
		{ "#define A \\\n 1\nb", "0 <# define A 1. 1> 2 b" },
		{ "#define A /* x\n */ 1\nb", "0 <# define A 1. 1> 2 b" },
		{ "  #  define A", "0. <# define A>" },
		{ "/* x */ #define A", "0. <# define A>" },
		{ "/* x\n */ #define A", "1. <# define A>" },
		{ "a #define A", "0 a # define A" },
		{ "#", "0 <#>" },
		{ "#\na", "0 <#> 1 a" },
		{ "#define A(a) #a a##b", "0 <# define A ( a ) # a a # # b>" },
		{ "#define A\n#define B", "0 <# define A> 1 <# define B>" },
		{ "#error don't\na", "0 <# error don 't> 1 a" },
		/* what #if 0 hides */
		{ "#if 0\na\n#endif\nb", "0 <# if 0> 2 <# endif> 3 b" },
		{ "#if 0\na\n#else\nb\n#endif", "0 <# if 0> 2 <# else> 3 b 4 <# endif>" },
		{ "#if 0\na\n#elif A\nb\n#endif", "0 <# if 0> 2 <# elif A> 3 b 4 <# endif>" },
		{ "#if 0\n#if A\na\n#else\nb\n#endif\nc\n#endif\nd", "0 <# if 0> 7 <# endif> 8 d" },
		{ "#if 0\n#define A\n#ifdef B\n#elif C\n#endif\n#else\nd\n#endif",
		  "0 <# if 0> 5 <# else> 6 d 7 <# endif>" },
		{ "#if A\n#if 0\na\n#endif\nb\n#endif", "0 <# if A> 1 <# if 0> 3 <# endif> 4 b "
							"5 <# endif>" },
		{ "# if 0 /* never */\na\n# endif\nb", "0 <# if 0> 2 <# endif> 3 b" },
		{ "#if 0 || A\na\n#endif", "0 <# if 0 | | A> 1 a 2 <# endif>" },
		{ "#if 01\na\n#endif", "0 <# if 01> 1 a 2 <# endif>" },
		{ "#if 1\na\n#else\nb\n#endif", "0 <# if 1> 1 a 2 <# else> 3 b 4 <# endif>" },
		{ "#ifdef 0\na\n#endif", "0 <# ifdef 0> 1 a 2 <# endif>" },
		{ "#if 0\ndon't\n/*\n#endif\n*/\n#endif\nb", "0 <# if 0> 5 <# endif> 6 b" },
		{ "#if 0\n\"/*\"\n#endif\nb", "0 <# if 0> 2 <# endif> 3 b" },
		{ "#if 0\n// /*\n#endif\nb", "0 <# if 0> 2 <# endif> 3 b" },
		{ "#if 0\na\\\n#endif\n#endif\nb", "0 <# if 0> 3 <# endif> 4 b" },
		{ "#if 0\na", "0 <# if 0>" },
		{ "#if 0", "0 <# if 0>" },
		{ "#endif\n#else\na", "0 <# endif> 1 <# else> 2 a" },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buffer found = BUFFER_INIT;

		add_tokens(&found, cases[i].text, strlen(cases[i].text));
		check(i, &cases[i], &found);
	}
}

static void any_bytes_are_tokens(void **state)
{
	static const char nul[] = "a\0b /*\0*/ \"\0\" \0";
	struct buffer found = BUFFER_INIT, text = BUFFER_INIT;
	struct code_tokens tokens;

	add_tokens(&found, nul, sizeof(nul) - 1);
	assert_int_equal(found.length, strlen("0 a b \"\"") + 1);
	buffer_release(&found);
	code_tokens_init(&tokens, NULL, 0);
	assert_int_equal(tokens.count, 0);
	code_tokens_release(&tokens);
	/* A name as long as one may be, and a longer one. */
	for (size_t i = 0; i < CODE_NAME_LIMIT; i++)
		buffer_add_byte(&text, 'a');
	code_tokens_init(&tokens, text.data, text.length);
	assert_int_equal(tokens.items[0].kind, CODE_NAME);
	code_tokens_release(&tokens);
	buffer_add_byte(&text, 'a');
	code_tokens_init(&tokens, text.data, text.length);
	assert_int_equal(tokens.items[0].kind, CODE_NUMBER);
	code_tokens_release(&tokens);
	/* A file as long as one may be, and a longer one. */
	while (text.length < CODE_TEXT_LIMIT)
		buffer_add_string(&text, "int a;\n\n");
	code_tokens_init(&tokens, text.data, CODE_TEXT_LIMIT);
	assert_true(tokens.count > CODE_TEXT_LIMIT / 4);
	code_tokens_release(&tokens);
	code_tokens_init(&tokens, text.data, CODE_TEXT_LIMIT + 1);
	assert_int_equal(tokens.count, 0);
	assert_int_equal(tokens.items[0].kind, CODE_END);
	code_tokens_release(&tokens);
	buffer_release(&text);
}

static void brackets_are_paired(void **state)
{
	/* The first bracket of a text, and which token closes it; -1: none does. */
	static const struct {
		const char *text;
		int close;
	} cases[] = {
		{ "()", 1 },
		{ "(a(b)c)d", 6 },
		{ "({)}", 2 },
		{ "(", -1 },
		{ "((a)", -1 },
		{ "[a[b]]", 5 },
		{ "{\n#define A }\n}", 5 },
		{ "(\n#if A\n)\n#else\n)\n#endif", 4 },
	};
	struct code_tokens tokens;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		code_tokens_init(&tokens, cases[i].text, strlen(cases[i].text));
		if (code_token_close(&tokens, 0) !=
		    (cases[i].close < 0 ? tokens.count : (size_t)cases[i].close))
			fail_msg("case %zu: %zu", i, code_token_close(&tokens, 0));
		code_tokens_release(&tokens);
	}
	/* A directive's are closed on its line. */
	code_tokens_init(&tokens, "#define A (\n#define B )\n)", 25);
	assert_int_equal(code_token_close(&tokens, 3), tokens.count);
	code_tokens_release(&tokens);
}

/* ---- definitions ---- */

/* A line each: kind, name, "of" owner, "is" type, prototype, lines; {line} of the body. */
static void add_definitions(struct buffer *text, const char *source)
{
	struct code_tokens tokens;
	struct definitions definitions;

	code_tokens_init(&tokens, source, strlen(source));
	definitions_find(&definitions, &tokens);
	for (size_t i = 0; i < definitions.count; i++) {
		const struct definition *item = &definitions.items[i];

		buffer_add_format(text, "%s%s%s %s", item->is_static ? "static " : "",
				  item->generated ? "made " : "", definition_kind_name(item->kind),
				  item->name);
		if (item->owner)
			buffer_add_format(text, " of %s", item->owner);
		if (item->type)
			buffer_add_format(text, " is %s", item->type);
		if (item->prototype)
			buffer_add_format(text, ": %s", item->prototype);
		if (item->pasted)
			buffer_add_format(text, " pastes %x", item->pasted);
		if (item->kind == DEFINITION_FUNCTION)
			buffer_add_format(text, " {%u}", item->body);
		if (item->end)
			buffer_add_format(text, " %u-%u", item->start, item->end);
		buffer_add_byte(text, '\n');
	}
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

static void check_definitions(const struct test_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer found = BUFFER_INIT;

		add_definitions(&found, cases[i].text);
		check(i, &cases[i], &found);
	}
}

static void functions_are_found(void **state)
{
	static const struct test_case cases[] = {
		{ "int f(void)\n{\n\treturn 0;\n}\n", "function f: int (void) {1} 0-3\n" },
		{ "static inline struct a *f(struct b *b, int c) { }",
		  "static function f is struct a: struct a * (struct b *, int) {0}\n" },
		{ "void\nf(int a,\n  int b)\n{\n}", "function f: void (int, int) {3} 0-4\n" },
		{ "static int __init f(void) { if (a) { b(); } }",
		  "static function f: int (void) {0}\n" },
		{ "__init static int f(void) { }", "static function f: int (void) {0}\n" },
		{ "static __always_inline __attribute__((pure, unused)) int f(void) { }",
		  "static function f: int (void) {0}\n" },
		{ "int f(void) __must_hold(&a) __acquires(b(c)) { }",
		  "function f: int (void) {0}\n" },
		{ "asmlinkage __visible void __sched notrace f(void) { }",
		  "function f: void (void) {0}\n" },
		{ "__printf(1, 2) int f(const char *a, ...) { }",
		  "function f: int (char *, ...) {0}\n" },
		{ "void f(int (*g)(int, void *), void *h) { }",
		  "function f: void (int(*)(int, void *), void *) {0}\n" },
		{ "void f(int a[], char b[10][2]) { }", "function f: void (int *, char *) {0}\n" },
		{ "int (*f(int a))(void) { }", "function f: int(* (int) {0}\n" },
		{ "foo_t f(foo_t a) { }", "function f is foo_t: foo_t (foo_t) {0}\n" },
		{ "f_t *f(a_t *a, b_t) { }", "function f is f_t: f_t * (a_t *, b_t) {0}\n" },
		{ "static noinstr void f(void) { }", "static function f: void (void) {0}\n" },
		{ "STATIC int f(void) { }", "function f: int (void) {0}\n" },
		{ "__visible_for_testing foo_t *f(void) { }",
		  "function f is foo_t: foo_t * (void) {0}\n" },
		{ "acpi_status ACPI_INIT_FUNCTION f(void) { }",
		  "function f is acpi_status: acpi_status (void) {0}\n" },
		{ "ACPI_EXPORT acpi_status *f(void) { }",
		  "function f is acpi_status: acpi_status * (void) {0}\n" },
		{ "unsigned f(void) { }\nint g(void) { }\n",
		  "function f: unsigned (void) {0}\nfunction g: int (void) {1} 1-1\n" },
		{ "int f(void) { } int g(void)\n{\n}",
		  "function g: int (void) {1} 0-2\nfunction f: int (void) {0}\n" },
		{ "int f(int);\nextern int g(int a), h;\n",
		  "declaration f: int (int)\ndeclaration g: int (int) 1-1\n" },
		{ "extern \"C\" {\nint f(void);\n}\n", "declaration f: int (void) 1-1\n" },
		/* made by macros */
		{ "SYSCALL_DEFINE2(open, const char __user *, name, int, flags)\n{\n}\n",
		  "made function open {1} 0-2\n" },
		{ "COMPAT_SYSCALL_DEFINE0(a)\n{\n}\nSYSCALL_DEFINE1(b, int, c)\n{\n}\n",
		  "made function a {1} 0-2\nmade function b {4} 3-5\n" },
		/* alternatives */
		{ "#ifdef A\nint f(int a)\n{\n#else\nint f(void)\n{\n#endif\n}\nint g;\n",
		  "function f: int (int) {2} 1-7\nvariable g 8-8\n" },
		{ "int f(void)\n{\n#if A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t}\n}\nint g;\n",
		  "function f: int (void) {1} 0-8\nvariable g 9-9\n" },
		{ "int f(void)\n{\n#if A\n\ta;\n#else\n\tif (b) {\n#endif\n}\nint g;\n",
		  "function f: int (void) {1} 0-7\nvariable g 8-8\n" },
		{ "#if A\n#if 0\n{\n#endif\nint f(void) {\n#elif B\n#if C\n{{\n#endif\n#else\n"
		  "int f(int a) {\n#endif\n}\nint g;\n",
		  "function f: int (void) {4} 4-12\nvariable g 13-13\n" },
		{ "#ifdef A\nint f(void) { }\n#else\nint f(void) { }\n#endif\n",
		  "function f: int (void) {1} 1-1\nfunction f: int (void) {3} 3-3\n" },
		{ "#\nif (a) {\n#\nelse\nint g;\n", "" },
		/* not functions */
		{ "int f(", "" },
		{ "int f(void) {", "function f: int (void) {0}\n" },
		{ "} int f(void) { }", "function f: int (void) {0}\n" },
		{ ") ; int f(void) { }", "function f: int (void) {0}\n" },
	};

	check_definitions(cases, COUNT_OF(cases));
}

static void variables_and_typedefs_are_found(void **state)
{
	static const struct test_case cases[] = {
		{ "int a;", "variable a\n" },
		{ "static const struct b *a, c[3], *const d = NULL, e = { 1, { 2 } };",
		  "static variable a is struct b\nstatic variable c is struct b\n"
		  "static variable d is struct b\nstatic variable e is struct b\n" },
		{ "foo_t a = { .b = 1 };", "variable a is foo_t\n" },
		{ "extern struct a b[];", "variable b is struct a\n" },
		{ "int (*a)(int), (*b[2])(void) = { c };", "variable a\nvariable b\n" },
		{ "static int a __read_mostly = 1;\nint b __initdata;\nint c __my_attribute;\n",
		  "static variable a\nvariable b 1-1\nvariable c 2-2\n" },
		{ "unsigned long a[BITS_TO_LONGS(B)][C(1)] __aligned(8) = { };", "variable a\n" },
		{ "char __percpu *a;\nstruct a __rcu *__b;", "variable a\n"
							     "variable __b is struct a 1-1\n" },
		{ "struct a { int b; } c = { 1 }, *d;",
		  "variable c is struct a\nvariable d is struct a\nstruct a\n"
		  "member b of struct a\n" },
		{ "struct a;\nenum b;\n", "" },
		{ "static struct { int b; } c[] = { { 1 }, { 2 } };",
		  "static variable c is c\nmember b of c\n" },
		{ "DEFINE_MUTEX(a);\nstatic DEFINE_SPINLOCK(b);\nLIST_HEAD(c)\nint d;",
		  "made variable a\nmade variable b 1-1\nmade variable c 2-2\nvariable d 3-3\n" },
		{ "DEFINE_PER_CPU(struct a, b);\nmodule_param(c, int, 0644);\n",
		  "made variable b\nmade variable c 1-1\n" },
		{ "MODULE_LICENSE(\"GPL\");\n", "" },
		{ "EXPORT_SYMBOL(a);\nEXPORT_SYMBOL_GPL(b);\nEXPORT_SYMBOL_NS(c, D);\n",
		  "made export a\nmade export b 1-1\nmade export c 2-2\n" },
		{ "EXPORT_SYMBOL(a)\nint b;\n", "made export a\nvariable b 1-1\n" },
		{ "ACPI_EXTERNAL_RETURN_OK(void a(int b))\nint c;\n",
		  "declaration a: void (int)\nvariable c 1-1\n" },
		{ "LIST\n\nTRACE(a)\nint b;\n", "made variable a 2-2\nvariable b 3-3\n" },
		/* typedefs */
		{ "typedef int a, *b, c[2];", "typedef a\ntypedef b\ntypedef c\n" },
		{ "typedef struct a b;", "typedef b is struct a\n" },
		{ "typedef int (*a)(int b, int c);\ntypedef int d(int);\n",
		  "typedef a\ntypedef d 1-1\n" },
		{ "typedef struct { int a; } b;", "typedef b is b\nmember a of b\n" },
		{ "typedef struct a { int c; } b, *d;",
		  "typedef b is struct a\ntypedef d is struct a\nstruct a\n"
		  "member c of struct a\n" },
		{ "typedef enum { A, B = 2, } a;", "typedef a is a\nenumerator A\nenumerator B\n" },
		{ "typedef u8 __attribute__((aligned(2))) a;\n__extension__ typedef long b;",
		  "typedef a is u8\ntypedef b 1-1\n" },
		{ "typedef __be32 a;\ntypedef unsigned long __bitwise b;\n",
		  "typedef a is __be32\ntypedef b 1-1\n" },
		{ "typedef __u16 __bitwise __le16;\ntypedef struct { int a; } __b_t;\n",
		  "typedef __le16 is __u16\ntypedef __b_t is __b_t 1-1\n"
		  "member a of __b_t 1-1\n" },
		{ "typedef typeof(a) b;", "typedef b\n" },
	};

	check_definitions(cases, COUNT_OF(cases));
}

static void types_and_members_are_found(void **state)
{
	static const struct test_case cases[] = {
		{ "struct a {\n\tint b;\n\tstruct c *d, e;\n\tf_t g[2];\n};",
		  "struct a 0-4\nmember b of struct a 1-1\nmember d of struct a is struct c 2-2\n"
		  "member e of struct a is struct c 2-2\nmember g of struct a is f_t 3-3\n" },
		{ "union a { u8 b : 1, c : 2; int : 3; };",
		  "struct a\nmember b of struct a is u8\nmember c of struct a is u8\n" },
		{ "struct a { int (*b)(struct c *, int); void (*d[2])(void); struct e *(*f)(void); "
		  "};",
		  "struct a\nmember b of struct a\nmember d of struct a\n"
		  "member f of struct a is struct e\n" },
		{ "struct a { struct { int b; }; union { int c; struct { int d; }; }; };",
		  "struct a\nmember b of struct a\nmember c of struct a\nmember d of struct a\n" },
		{ "struct a { struct { int b; } c; struct { int e; } d[2], *f; };",
		  "struct a\nmember b of struct a.c\nmember c of struct a is struct a.c\n"
		  "member d of struct a is struct a.d\nmember e of struct a.d\n"
		  "member f of struct a is struct a.d\n" },
		{ "struct a { struct b { int c; } d; enum e { F } g; };",
		  "struct a\nstruct b\nenum e\nenumerator F\nmember c of struct b\n"
		  "member d of struct a is struct b\nmember g of struct a is struct e\n" },
		{ "struct a { DECLARE_BITMAP(b, C); DECLARE_KFIFO(d, int, 4);\n"
		  "PADDING(_e_)\nstruct a f; };",
		  "struct a 0-2\nmember b of struct a\nmember d of struct a\n"
		  "member _e_ of struct a 1-1\nmember f of struct a is struct a 2-2\n" },
		{ "struct a { struct_group(b, int c; u8 d, e;); struct_group_tagged(f, g, int h;); "
		  "};",
		  "struct a\nmember b of struct a\nmember c of struct a\nmember d of struct a is "
		  "u8\n"
		  "member e of struct a is u8\nmember f of struct a\nmember g of struct a\n"
		  "member h of struct a\n" },
		{ "struct __packed a { int b __aligned(4); } __packed;\n"
		  "struct __randomize_layout c { } __my_align;\nstruct d __mine { };\n",
		  "struct a\nmember b of struct a\nstruct c 1-1\nstruct d 2-2\n" },
		{ "struct a { int b ____cacheline_aligned; struct c *d __rcu; e_t *f "
		  "__counted_by(b); };",
		  "struct a\nmember b of struct a\nmember d of struct a is struct c\n"
		  "member f of struct a is e_t\n" },
		{ "struct __attribute__((packed)) a { const char *b; } "
		  "__attribute__((aligned(8)));",
		  "struct a\nmember b of struct a\n" },
		{ "struct a {\n#ifdef B\n\tint b;\n#else\n\tint c;\n#endif\n};",
		  "struct a 0-6\nmember b of struct a 2-2\nmember c of struct a 4-4\n" },
		{ "enum a { B, C = D(1, 2), E };",
		  "enum a\nenumerator B\nenumerator C\nenumerator E\n" },
		{ "enum { A,\n\tB };", "enumerator A\nenumerator B 1-1\n" },
		{ "struct a { int b; ", "struct a\nmember b of struct a\n" },
		{ "struct a { } struct b { };", "struct a\n" },
	};

	check_definitions(cases, COUNT_OF(cases));
}

static void macros_are_found(void **state)
{
	static const struct test_case cases[] = {
		{ "#define A\n#define B 1\n# define C(a, b) \\\n\ta b\n",
		  "macro A\nmacro B 1-1\nmacro C: (2) 2-3\n" },
		{ "#define A (a)\n#define B()\n#define C(a, ...)\n#define D(a...)\n",
		  "macro A\nmacro B: (0) 1-1\nmacro C: (1+) 2-2\nmacro D: (1+) 3-3\n" },
		{ "#define A(a) container_of(a, struct b, c)\n"
		  "#define D(d) ((struct e *)(d)->f)\n#define G(g) offsetof(struct h, g)\n"
		  "#define I(a) (struct a *)0\n",
		  "macro A is struct b: (1)\nmacro D is struct e: (1) 1-1\nmacro G: (1) 2-2\n"
		  "macro I: (1) 3-3\n" },
		{ "#define A(a, b, c) a##_x b #c c\n", "macro A: (3) pastes 1\n" },
		{ "#define A(a, b) x_##a(b) #b\n", "macro A: (2) pastes 1\n" },
		{ "#define A(a) int a##_show; int get_##a\nA(b);\n",
		  "macro A: (1) pastes 1\nmade variable b 1-1\nmade variable b_show 1-1\n"
		  "made variable get_b 1-1\n" },
		{ "#define A(a, b) a##_##b##_c\nA(d, e)\nA(f, \"g\")\nint h;\n",
		  "macro A: (2) pastes 3\nmade variable d 1-1\nmade variable d_e_c 1-1\n"
		  "made variable e 1-1\nmade variable f 2-2\nmade variable f_\"g\"_c 2-2\n"
		  "variable h 3-3\n" },
		{ "#define A(a) a##_b(void)\nA(c)\n{\n}\n",
		  "macro A: (1) pastes 1\nmade function c {2} 1-3\nmade variable c_b 1-3\n" },
		{ "DEVICE_ATTR_RO(a);\nDEFINE_EVENT(b, c, d);\n",
		  "made variable a\nmade variable dev_attr_a\nmade variable b 1-1\n"
		  "made variable c 1-1\nmade variable d 1-1\nmade variable trace_c 1-1\n" },
		{ "#define A(\n#define B(a\nint a;\n", "macro A: (0)\nmacro B: (1) 1-1\n"
						       "variable a 2-2\n" },
		{ "#define\n#undef A\n#define 1\n", "" },
	};

	check_definitions(cases, COUNT_OF(cases));
}

/* ---- prototypes ---- */

static void add_shape(struct buffer *text, const char *source)
{
	struct code_tokens tokens;
	struct definitions definitions;

	code_tokens_init(&tokens, source, strlen(source));
	definitions_find(&definitions, &tokens);
	assert_int_equal(definitions.count, 1);
	buffer_add_string(text, definitions.items[0].shape);
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

/* What a caller has to follow, and what not. */
static void shapes_are_compared(void **state)
{
	static const struct {
		const char *left, *right;
		bool same;
	} cases[] = {
		{ "int f(int a);", "int f(int b);", true },
		{ "int f(int a);", "int f(int);", true },
		{ "int f(struct x *a);", "int f(struct x *);", true },
		{ "int f(x_t *a);", "int f(x_t *);", true },
		{ "int f(int a, int b);", "int\nf(int a,\n  int b);", true },
		{ "int f(char *a);", "int f(const char *a);", true },
		{ "int f(void);", "int __must_check f(void);", true },
		{ "int f(void);", "static inline int f(void);", true },
		{ "int f(void);", "extern int f(void) __attribute__((pure));", true },
		{ "int f(void);", "__printf(1, 2) int f(void);", true },
		{ "int f(int a);", "int f(unsigned long a);", true },
		{ "int f(int a);", "long f(u32 a);", true },
		{ "int f(gfp_t a);", "int f(unsigned int a);", true },
		{ "int f(enum x a);", "int f(int a);", true },
		{ "int f(__u32 *a);", "int f(uint32_t *a);", true },
		{ "int f(char *a);", "int f(char a[]);", true },
		{ "int f(int (*a)(int b));", "int f(int (*c)(int b));", true },
		{ "int f(void *a, int b);", "int f(void *, int);", true },
		{ "STATIC void *f(void);", "void *f(void);", true },
		{ "void f(void);", "int f(void);", false },
		{ "int f(void);", "int f(int a);", false },
		{ "int f(int a);", "int f(int a, int b);", false },
		{ "int f(int a);", "int f(int *a);", false },
		{ "int f(int a);", "int f(struct x a);", false },
		{ "int f(struct x *a);", "int f(struct y *a);", false },
		{ "int f(struct x *a);", "int f(struct x **a);", false },
		{ "int f(struct x *a, int b);", "int f(int b, struct x *a);", false },
		{ "int f(int a);", "int f(int a, ...);", false },
		{ "struct x *f(void);", "void *f(void);", false },
		{ "int f(int (*a)(int b, x_t (*c)(int)));", "int f(int (*)(int, x_t (*)(int d)));",
		  true },
		{ "int f(int (*a)(int));", "int f(int (*a)(int, int));", false },
		{ "int f(int (*a)(int));", "int f(int (*a)(void *));", false },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buffer left = BUFFER_INIT, right = BUFFER_INIT;

		add_shape(&left, cases[i].left);
		add_shape(&right, cases[i].right);
		if (!strcmp(left.data, right.data) != cases[i].same)
			fail_msg("case %zu: %s, %s", i, left.data, right.data);
		buffer_release(&left);
		buffer_release(&right);
	}
}

static void the_function_at_a_line_is_found(void **state)
{
	static const char text[] = "int a;\nint f(void)\n{\n}\n#define B\n\nint g(void) { }\n";
	static const char *const names[] = { NULL, "f", "f", "f", NULL, NULL, "g", NULL, NULL };
	struct code_tokens tokens;
	struct definitions definitions;

	code_tokens_init(&tokens, text, strlen(text));
	definitions_find(&definitions, &tokens);
	for (uint32_t line = 0; line < COUNT_OF(names); line++) {
		const struct definition *found = definitions_function_at(&definitions, line);

		assert_int_equal(found != NULL, names[line] != NULL);
		if (found)
			assert_string_equal(found->name, names[line]);
	}
	definitions_release(&definitions);
	code_tokens_release(&tokens);
}

/* ---- what nobody writes ---- */

/* Repeated over a megabyte, none of this takes long, or deep recursion. */
static void hostile_sources_cost_little(void **state)
{
	static const struct {
		const char *start, *repeated;
	} cases[] = {
		{ "", "(" },
		{ "", "{" },
		{ "", "a(a(" },
		{ "", "#if 1\n" },
		{ "", "#if 0\n" },
		{ "int x", "(" },
		{ "typedef ", "(*" },
		{ "", "struct a{" },
		{ "", "struct{" },
		{ "", "struct{}" },
		{ "int a = ", "{}" },
		{ "", "#define A(\n" },
		{ "#define A(a) ", "a##" },
		{ "", "#define X(a) a##b\nX(y);\n" },
		{ "int f(){", "x->" },
		{ "int f(){", ").a" },
		{ "int f(){", "f(x," },
		{ "int f(){", "f()->a" },
		{ "", "int a;a->b;" },
		{ "int f(){", "x a={}" },
		{ "int f(){", "x a:" },
		{ "struct x y[]={", "{.a=1}," },
		{ "={", "[0]={.a" },
		{ "#define A(a,b) ", "c " },
		{ "#define A(", "a," },
		{ "", "int f(){}" },
		{ "", "X(a)\n" },
		{ " ", "#" },
		{ "int f(){for_each_entry(", "a,b." },
	};
	static const struct code_lines all = { 0, UINT32_MAX };

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buffer text = BUFFER_INIT;
		struct code_tokens tokens;
		struct definitions definitions;
		struct code_uses uses = { 0 };
		clock_t start;

		buffer_add_string(&text, cases[i].start);
		while (text.length < CODE_TEXT_LIMIT / 4)
			buffer_add_string(&text, cases[i].repeated);
		start = clock();
		code_tokens_init(&tokens, text.data, text.length);
		definitions_find(&definitions, &tokens);
		code_uses_find(&uses, &tokens, &definitions, &all, 1);
		/* A tenth of it, usually; sanitizers are slow, and so is what grows by squares. */
		if (clock() - start > 10 * CLOCKS_PER_SEC)
			fail_msg("%s%s...", cases[i].start, cases[i].repeated);
		code_uses_release(&uses);
		definitions_release(&definitions);
		code_tokens_release(&tokens);
		buffer_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_found),
		cmocka_unit_test(any_bytes_are_tokens),
		cmocka_unit_test(brackets_are_paired),
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(variables_and_typedefs_are_found),
		cmocka_unit_test(types_and_members_are_found),
		cmocka_unit_test(macros_are_found),
		cmocka_unit_test(shapes_are_compared),
		cmocka_unit_test(the_function_at_a_line_is_found),
		cmocka_unit_test(hostile_sources_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
