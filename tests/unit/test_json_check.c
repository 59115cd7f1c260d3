/* SPDX-License-Identifier: MIT */
/* test_json_check.c: JSON of requests, by the letter of RFC 8259. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "json_check.h"

#define BYTES(literal) literal, sizeof(literal) - 1
#define ANY	1000000

static const struct text {
	const char	*text;
	size_t		 len;
	size_t		 values;	/* 0: refused */
} texts[] = {
	{ BYTES("{}"), 1 },
	{ BYTES("[]"), 1 },
	{ BYTES(" \t\r\n{ \"a\" : [ 1 , -2.5e3 , true , null , \"x\" ] } \r\n"), 7 },
	{ BYTES("\xef\xbb\xbf{\"a\":1}"), 2 },
	{ BYTES("0"), 1 }, { BYTES("-0"), 1 }, { BYTES("-0.0E-0"), 1 },
	{ BYTES("10"), 1 }, { BYTES("1e5"), 1 }, { BYTES("1E+05"), 1 },
	{ BYTES("1546130668394913729"), 1 }, { BYTES("1e-999"), 1 },
	{ BYTES("123456789012345678901234567890123456789012345678901234567890123"), 1 },
	{ BYTES("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00 \xf0\x9f\x98\x80\x7f\""), 1 },
	{ BYTES("\"a backslash, \\\\u0000, is no NUL\""), 1 },
	{ BYTES("\"[[[[{{{{\\\"[[[[\""), 1 },
	{ BYTES("{\"a\":{\"a\":{\"a\":[{\"a\":1}]}}}"), 6 },

	{ BYTES(""), 0 }, { BYTES("   "), 0 }, { BYTES("\xef\xbb\xbf"), 0 },
	{ BYTES("{"), 0 }, { BYTES("}"), 0 }, { BYTES("["), 0 },
	{ BYTES("{\"a\""), 0 }, { BYTES("{\"a\":"), 0 },
	{ BYTES("{\"a\":1"), 0 }, { BYTES("{\"a\":1]"), 0 },
	{ BYTES("{\"a\" 1}"), 0 }, { BYTES("{a:1}"), 0 },
	{ BYTES("{'a':1}"), 0 }, { BYTES("{1:1}"), 0 },
	{ BYTES("{\"a\":1,}"), 0 }, { BYTES("{,}"), 0 }, { BYTES("[1,]"), 0 },
	{ BYTES("[,1]"), 0 }, { BYTES("[1 2]"), 0 }, { BYTES("[1}"), 0 },
	{ BYTES("{} {}"), 0 }, { BYTES("{}x"), 0 }, { BYTES("{}\0"), 0 },
	{ BYTES("{}/* c */"), 0 }, { BYTES("// c\n{}"), 0 },
	{ BYTES("nul"), 0 }, { BYTES("True"), 0 }, { BYTES("nullx"), 0 },
	{ BYTES("NaN"), 0 }, { BYTES("Infinity"), 0 }, { BYTES("-Infinity"), 0 },
	/* numbers */
	{ BYTES("01"), 0 }, { BYTES("-01"), 0 }, { BYTES("00"), 0 },
	{ BYTES("+1"), 0 }, { BYTES("-"), 0 }, { BYTES(".5"), 0 },
	{ BYTES("1."), 0 }, { BYTES("1.e1"), 0 }, { BYTES("1e"), 0 },
	{ BYTES("1e+"), 0 }, { BYTES("0x10"), 0 }, { BYTES("1_0"), 0 },
	{ BYTES("{\"a\":01}"), 0 }, { BYTES("[-00.5]"), 0 },
	{ BYTES("1e999"), 0 }, { BYTES("{\"a\":[0,-1e400]}"), 0 },
	{ BYTES("1234567890123456789012345678901234567890123456789012345678901234"), 0 },
	/* strings */
	{ BYTES("\"open"), 0 }, { BYTES("\"open\\\""), 0 }, { BYTES("\"\\"), 0 },
	{ BYTES("\"a\nb\""), 0 }, { BYTES("\"a\tb\""), 0 }, { BYTES("\"\x1f\""), 0 },
	{ BYTES("{\"a\rb\":1}"), 0 }, { BYTES("\"a\0b\""), 0 },
	{ BYTES("\"\\x41\""), 0 }, { BYTES("\"\\'\""), 0 }, { BYTES("\"\\\0\""), 0 },
	{ BYTES("\"\\u00g0\""), 0 }, { BYTES("\"\\u12\""), 0 }, { BYTES("\"\\u"), 0 },
	{ BYTES("\"a\\u0000b\""), 0 }, { BYTES("\"\\\\\\u0000\""), 0 },
	{ BYTES("\"\\ud800\""), 0 }, { BYTES("\"\\udc00\""), 0 },
	{ BYTES("\"\\ud800\\u0041\""), 0 }, { BYTES("\"\\ud800x\\udc00\""), 0 },
	{ BYTES("\"\xff\""), 0 }, { BYTES("\"\xc3\""), 0 },
	{ BYTES("\"\xc0\xaf\""), 0 }, { BYTES("\"\xed\xa0\x80\""), 0 },
	{ BYTES("\"\xf4\x90\x80\x80\""), 0 },
	/* blanks */
	{ BYTES("\f{}"), 0 }, { BYTES("{}\v"), 0 }, { BYTES("\xc2\xa0{}"), 0 },
	{ BYTES("{\x01}"), 0 },
};

/* As bytes that nothing follows, so that a reader too far is found out. */
static enum err
check(const char *text, size_t len, size_t max, size_t *values,
    struct error *e)
{
	char *copy = malloc(len > 0 ? len : 1);
	enum err rc;

	memcpy(copy, text, len);
	rc = json_check(copy, len, max, values, e);
	free(copy);
	return rc;
}

static void
what_passes_is_json_and_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(texts); i++) {
		const struct text *t = &texts[i];
		struct error e = { 0 };
		size_t values = 0;
		enum err rc = check(t->text, t->len, ANY, &values, &e);

		if (rc != (t->values == 0 ? ERR_INVALID_BODY : ERR_OK))
			fail_msg("%zu, %s: %s", i, t->text, e.text);
		if (rc == ERR_OK && values != t->values)
			fail_msg("%zu, %s: %zu values", i, t->text, values);
		if (rc != ERR_OK && strncmp(e.text, "Malformed request body: ",
		    24) != 0)
			fail_msg("%zu, %s: %s", i, t->text, e.text);
	}
}

static void
what_passes_can_be_built(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(texts); i++) {
		cJSON *json = cJSON_ParseWithLength(texts[i].text,
		    texts[i].len);

		if (texts[i].values > 0 && json == NULL)
			fail_msg("%zu: %s", i, texts[i].text);
		cJSON_Delete(json);
	}
}

static void
an_error_says_what_and_where(void **state)
{
	struct error e;
	size_t values;

	(void)state;
	assert_int_equal(ERR_INVALID_BODY, check(BYTES("{\"a\":\"x\ny\"}"), ANY,
	    &values, &e));
	assert_string_equal("Malformed request body: not valid JSON at byte 8: "
	    "a raw control character in a string", e.text);
	assert_int_equal(ERR_INVALID_BODY, check(BYTES("{\"a\":01}"), ANY,
	    &values, &e));
	assert_string_equal("Malformed request body: not valid JSON at byte 8: "
	    "a number begins with 0", e.text);
}

static void
values_have_a_limit(void **state)
{
	struct error e;
	size_t values;

	(void)state;
	assert_int_equal(ERR_OK, check(BYTES("{\"a\":[1,2]}"), 4, &values, &e));
	assert_int_equal(4, values);
	assert_int_equal(ERR_INVALID_BODY, check(BYTES("{\"a\":[1,2]}"), 3,
	    &values, &e));
	assert_int_equal(ERR_INVALID_BODY, check(BYTES("[[[[]]]]"), 3, &values,
	    &e));
	assert_int_equal(ERR_INVALID_BODY, check(BYTES("1"), 0, &values, &e));
}

static enum err
check_nested(size_t depth, char open, char close)
{
	char text[4096];
	struct error e;
	size_t values;

	memset(text, open, depth);
	memset(text + depth, close, depth);
	return check(text, 2 * depth, ANY, &values, &e);
}

static void
nesting_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(ERR_OK, check_nested(64, '[', ']'));
	assert_int_equal(ERR_INVALID_BODY, check_nested(65, '[', ']'));
	assert_int_equal(ERR_INVALID_BODY, check_nested(2000, '[', ']'));
}

static void
a_name_is_there_once_in_an_object(void **state)
{
	static const struct {
		const char	*text;
		const char	*twice;		/* NULL: none is */
	} cases[] = {
		{ "{\"a\":1,\"b\":1,\"A\":1,\"\":1}", NULL },
		{ "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}", NULL },
		{ "{\"seconds\":\"15\",\"x\":1,\"seconds\":\"10\"}", "seconds" },
		{ "{\"a\":1,\"\\u0061\":2}", "a" },
		{ "{\"a\":null,\"a\":null}", "a" },
		{ "{\"\":1,\"\":2}", "" },
		{ "{\"x\":[1,{\"y\":{\"b\":1,\"c\":2,\"b\":3}}]}", "b" },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *text = cases[i].text;
		char wanted[200];
		struct error e = { 0 };
		cJSON *json;
		enum err rc = json_read_object(text, strlen(text), ANY,
		    &json, &e);

		snprintf(wanted, sizeof(wanted), "Two members of one JSON "
		    "object have the name '%s'", cases[i].twice == NULL ? ""
		    : cases[i].twice);
		if (cases[i].twice == NULL ? rc != ERR_OK :
		    rc != ERR_INVALID_VALUE || strcmp(e.text, wanted) != 0)
			fail_msg("%s: %d %s", text, (int)rc, e.text);
		assert_int_equal(rc == ERR_OK, json != NULL);
		cJSON_Delete(json);
	}
}

static void
the_root_is_an_object(void **state)
{
	static const char *const others[] = { "[]", "1", "\"{}\"", "null" };
	struct error e;
	cJSON *json;

	(void)state;
	for (size_t i = 0; i < NELEM(others); i++) {
		assert_int_equal(ERR_INVALID_BODY, json_read_object(others[i],
		    strlen(others[i]), ANY, &json, &e));
		assert_null(json);
	}
}

static void
members_are_found_as_they_are_written(void **state)
{
	static const char text[] = "\xef\xbb\xbf { \"n\" : 1546130668394913729 ,"
	    "\"\\u006d\":{ \"x\": [1.50, \"a}\"] } , \"s\":\"\\u00e9\\/\"} ";
	static const struct {
		const char	*name, *value;
	} wanted[] = {
		{ "n", "1546130668394913729" },
		{ "m", "{ \"x\": [1.50, \"a}\"] }" },
		{ "s", "\"\\u00e9\\/\"" },
	};
	const char *at = text;
	struct json_member m;

	(void)state;
	for (size_t i = 0; i < NELEM(wanted); i++) {
		assert_true(json_next_member(&at, text + sizeof(text) - 1, &m));
		assert_true(json_member_is(&m, wanted[i].name));
		assert_false(json_member_is(&m, "other"));
		assert_int_equal(strlen(wanted[i].value), m.value_len);
		assert_memory_equal(wanted[i].value, m.value, m.value_len);
	}
	assert_false(json_next_member(&at, text + sizeof(text) - 1, &m));
	at = "{ }";
	assert_false(json_next_member(&at, at + 3, &m));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_passes_is_json_and_is_counted),
		cmocka_unit_test(what_passes_can_be_built),
		cmocka_unit_test(an_error_says_what_and_where),
		cmocka_unit_test(values_have_a_limit),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(a_name_is_there_once_in_an_object),
		cmocka_unit_test(the_root_is_an_object),
		cmocka_unit_test(members_are_found_as_they_are_written),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
