/* SPDX-License-Identifier: MIT */
/* test_toml.c: reading TOML 1.0. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "base/toml.h"

/* Each value as "line key=kind:value;". */
static enum err
collect(void *arg, const struct toml_value *v, struct error *e UNUSED)
{
	struct buf *b = arg;

	buf_printf(b, "%d %s=", v->line, v->key);
	switch (v->kind) {
	case TOML_STRING:
		buf_printf(b, "s:%s;", v->text);
		break;
	case TOML_INT:
		buf_printf(b, "i:%lld;", (long long)v->whole);
		break;
	case TOML_REAL:
		buf_printf(b, "r:%g;", v->number);
		break;
	case TOML_BOOL:
		buf_printf(b, "b:%d;", v->truth);
		break;
	case TOML_OTHER:
		buf_puts(b, "other;");
		break;
	}
	return ERR_OK;
}

static void
expect(const char *toml, const char *wanted)
{
	struct arena *a = arena_new();
	struct error e = { 0 };
	struct buf b;

	buf_init(&b, 4096);
	if (toml_read(toml, strlen(toml), "t", a, collect, &b, &e) != ERR_OK)
		fail_msg("%s: %s", toml, e.text);
	assert_string_equal(wanted, b.data);
	buf_clear(&b);
	arena_free(a);
}

static void
expect_refused(const char *toml, const char *part)
{
	struct arena *a = arena_new();
	struct error e = { 0 };
	struct buf b;

	buf_init(&b, 4096);
	if (toml_read(toml, strlen(toml), "t", a, collect, &b, &e) !=
	    ERR_INVALID_VALUE)
		fail_msg("accepted: %s", toml);
	if (strstr(e.text, part) == NULL || strchr(e.text, '\n') != NULL)
		fail_msg("%s: %s", toml, e.text);
	buf_clear(&b);
	arena_free(a);
}

static void
keys_have_their_table_in_front(void **state UNUSED)
{
	expect("", "");
	expect("a = 1", "1 a=i:1;");
	expect("[t]\na=1\n[ u . v ]\nb=2\n", "2 t.a=i:1;4 u.v.b=i:2;");
	expect("a . b = 1\n'c d'.\"e\\n\" = 2", "1 a.b=i:1;2 c d.e\n=i:2;");
	expect("[[list]]\na = 1\n", "2 list.a=i:1;");
	expect("\xef\xbb\xbf# mark\r\n\r\n a\t=\t1 # one\r\n", "3 a=i:1;");
	expect("1234 = 1\na-b_c = 2", "1 1234=i:1;2 a-b_c=i:2;");
}

static void
strings_come_in_four_kinds(void **state UNUSED)
{
	expect("a = \"x # y\" # z", "1 a=s:x # y;");
	expect("a = \"\\\"\\\\\\t\\u00e9\\U0001F600\"",
	    "1 a=s:\"\\\t\xc3\xa9\xf0\x9f\x98\x80;");
	expect("a = 'c:\\dir\\n'", "1 a=s:c:\\dir\\n;");
	expect("a = ''\nb = \"\"", "1 a=s:;2 b=s:;");
	expect("a = \"\"\"\nx\r\n\"y\" \\\n   z\"\"\"\nb = 1",
	    "1 a=s:x\n\"y\" z;5 b=i:1;");
	expect("a = '''\nx\\n\n'y''''\nb = 1", "1 a=s:x\\n\n'y';4 b=i:1;");
}

static void
numbers_and_booleans_have_their_type(void **state UNUSED)
{
	expect("a = 0\nb = -17\nc = +1_000", "1 a=i:0;2 b=i:-17;3 c=i:1000;");
	expect("a = 0xff\nb = 0o17\nc = 0b101", "1 a=i:255;2 b=i:15;3 c=i:5;");
	expect("a = 2.5\nb = -1e3\nc = 6.0e-1\nd = 1_0.5",
	    "1 a=r:2.5;2 b=r:-1000;3 c=r:0.6;4 d=r:10.5;");
	expect("a = true\nb = false", "1 a=b:1;2 b=b:0;");
	expect("a = 9223372036854775807", "1 a=i:9223372036854775807;");
}

static void
inline_tables_are_tables(void **state UNUSED)
{
	expect("a = { b = 1, c = '}' }\nd = 1", "1 a.b=i:1;1 a.c=s:};2 d=i:1;");
	expect("a={b=true}# x\n", "1 a.b=b:1;");
	expect("a = {}\nb = { }", "");
	expect("[t]\na = { b . c = 2.5 , \"d\" = { e = \"x\", f = [ 1,\n2 ] } }",
	    "2 t.a.b.c=r:2.5;2 t.a.d.e=s:x;2 t.a.d.f=other;");
	expect("a = [ { b = 1 }, { b = 2 } ]", "1 a=other;");
	expect_refused("a = {", "t:1: no key");
	expect_refused("a = { b = 1", "an inline table without its end");
	expect_refused("a = { b = 1,", "t:1: no key");
	expect_refused("a = { b = 1, }", "t:1: no key");
	expect_refused("a = { b = 1\n}", "an inline table without its end");
	expect_refused("a = { b = 1 } c = 2", "more in the line");
	expect_refused("a = { b = }", "without a value");
	expect_refused("a = 1, b = 2", "more in the line");
}

static void
what_no_setting_has_is_passed_over(void **state UNUSED)
{
	expect("a = [ 1, \"]\", [ 2 ],\n # ]\n 3 ]\nb = 1",
	    "1 a=other;4 b=i:1;");
	expect("a = 1979-05-27T07:32:00Z\nb = 07:32:00\nc = 1979-05-27 07:32:00",
	    "1 a=other;2 b=other;3 c=other;");
	expect("a = inf\nb = -nan\nc = 0123\nd = 1__0\ne = 1.", "1 a=other;"
	    "2 b=other;3 c=other;4 d=other;5 e=other;");
}

static void
what_is_no_toml_is_refused_with_its_line(void **state UNUSED)
{
	static const struct { const char *toml, *part; } cases[] = {
		{ "a", "t:1: a key without =" },
		{ "\n\na b = 1", "t:3: a key without =" },
		{ "= 1", "t:1: no key" },
		{ "[a", "without its end" },
		{ "[[a]", "without its end" },
		{ "[]", "no key" },
		{ "[a] b = 1", "more in the line" },
		{ "a = 1 b = 2", "strings need their quotes" },
		{ "a = \"x\" y", "more in the line" },
		{ "a =", "without a value" },
		{ "a = # nothing", "without a value" },
		{ "a = hello", "strings need their quotes" },
		{ "a = True", "strings need their quotes" },
		{ "a = \"x", "without its end" },
		{ "a = \"x\ny\"", "t:1: a string with a control character" },
		{ "a = 'x", "without its end" },
		{ "a = \"\"\"x\n\n", "t:3: a string without its end" },
		{ "a = \"\\q\"", "that TOML does not know" },
		{ "a = \"\\u12\"", "\\u needs 4" },
		{ "a = \"\\ud800\"", "no character" },
		{ "a = \"\\u0000\"", "no character" },
		{ "a = \"\\U00110000\"", "no character" },
		{ "a = [ 1,\n", "t:2: an array" },
		{ "a = 99999999999999999999", "too big" },
		{ "a = 1e999", "too big" },
		{ "a = \"\xff\"", "no text in UTF-8" },
		{ "a = \"\x01\"", "control character" },
		{ "\"\"\"a\"\"\" = 1", "no key" },
	};

	for (size_t i = 0; i < NELEM(cases); i++)
		expect_refused(cases[i].toml, cases[i].part);
}

static void
nesting_has_an_end(void **state UNUSED)
{
	char deep[256];

	snprintf(deep, sizeof(deep), "a = %0*d", 200, 0);
	memset(strchr(deep, '0'), '[', 200);
	expect_refused(deep, "too deeply nested");
}

static enum err
fail_at_once(void *arg UNUSED, const struct toml_value *v, struct error *e)
{
	return error_set(e, ERR_CONFLICT, NULL, "stop at %s", v->key);
}

static void
the_callback_ends_the_reading(void **state UNUSED)
{
	struct arena *a = arena_new();
	struct error e = { 0 };

	assert_int_equal(ERR_CONFLICT, toml_read("a = 1\nb = 2", 11, "t", a,
	    fail_at_once, NULL, &e));
	assert_string_equal("stop at a", e.text);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_their_table_in_front),
		cmocka_unit_test(strings_come_in_four_kinds),
		cmocka_unit_test(numbers_and_booleans_have_their_type),
		cmocka_unit_test(inline_tables_are_tables),
		cmocka_unit_test(what_no_setting_has_is_passed_over),
		cmocka_unit_test(what_is_no_toml_is_refused_with_its_line),
		cmocka_unit_test(nesting_has_an_end),
		cmocka_unit_test(the_callback_ends_the_reading),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
