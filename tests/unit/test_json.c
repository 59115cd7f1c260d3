/* SPDX-License-Identifier: MIT */
/* test_json.c: cJSON with our rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "buf.h"
#include "digest.h"
#include "json.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static void
json_is_read(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
	} cases[] = {
		{ BYTES("{}") },
		{ BYTES(" \t\r\n{\"a\": [1, -2.5e3, true, null, \"x\"]}\r\n ") },
		{ BYTES("\"\\u00e9\\ud83d\\ude00 \xc3\xa9\xf0\x9f\x98\x80\"") },
		{ BYTES("\"a backslash, \\\\u0000, is no NUL\"") },
		{ BYTES("\"[[[[{{{{\\\"[[[[\"") },
		{ BYTES("0") },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct error e = { 0 };
		cJSON *json;

		if (json_parse(cases[i].text, cases[i].len, &json, &e) !=
		    ERR_OK)
			fail_msg("case %zu: %s", i, e.text);
		assert_non_null(json);
		cJSON_Delete(json);
	}
}

static void
what_is_not_json_is_refused(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
	} cases[] = {
		{ BYTES("") },
		{ BYTES("   ") },
		{ BYTES("{") },
		{ BYTES("{\"a\":1") },
		{ BYTES("{'a':1}") },
		{ BYTES("{\"a\":1,}") },
		{ BYTES("[1 2]") },
		{ BYTES("{} {}") },
		{ BYTES("{}x") },
		{ BYTES("nul") },
		{ BYTES("\"open") },
		{ BYTES("\"\\x41\"") },
		{ BYTES("\"\\ud800\"") },
		{ BYTES("{}\0") },
		{ BYTES("\"a\0b\"") },
		{ BYTES("\"a\\u0000b\"") },
		{ BYTES("\"\\\\\\u0000\"") },
		{ BYTES("\"\xff\"") },
		{ BYTES("\"\xc3\"") },
		{ BYTES("\"\xc0\xaf\"") },		/* overlong */
		{ BYTES("\"\xed\xa0\x80\"") },		/* a surrogate */
		{ BYTES("\"\xf4\x90\x80\x80\"") },	/* beyond U+10FFFF */
		{ BYTES("1e999") },
		{ BYTES("{\"a\":[0,-1e400]}") },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct error e = { 0 };
		cJSON *json;

		if (json_parse(cases[i].text, cases[i].len, &json, &e) !=
		    ERR_INVALID_BODY)
			fail_msg("case %zu: %s", i, cases[i].text);
		assert_null(json);
		assert_int_equal(ERR_INVALID_BODY, e.code);
	}
}

static enum err
parse_nested(size_t depth, char open, char close)
{
	char text[4096];
	struct error e;
	cJSON *json;
	enum err rc;

	memset(text, open, depth);
	memset(text + depth, close, depth);
	rc = json_parse(text, 2 * depth, &json, &e);
	cJSON_Delete(json);
	return rc;
}

static void
nesting_has_a_limit(void **state)
{
	(void)state;
	assert_int_equal(ERR_OK, parse_nested(64, '[', ']'));
	assert_int_equal(ERR_INVALID_BODY, parse_nested(65, '[', ']'));
	assert_int_equal(ERR_INVALID_BODY, parse_nested(2000, '[', ']'));
	assert_int_equal(ERR_INVALID_BODY, parse_nested(2000, '{', '}'));
}

static void
a_length_is_respected(void **state)
{
	struct error e;
	cJSON *json;

	(void)state;
	assert_int_equal(ERR_OK, json_parse("12345", 2, &json, &e));
	assert_int_equal(12, (int)cJSON_GetNumberValue(json));
	cJSON_Delete(json);
}

static void
an_object_must_be_an_object(void **state)
{
	struct error e;
	cJSON *json;

	(void)state;
	assert_int_equal(ERR_OK, json_parse_object(BYTES("{}"), &json, &e));
	cJSON_Delete(json);
	assert_int_equal(ERR_INVALID_BODY, json_parse_object(BYTES("[]"),
	    &json, &e));
	assert_null(json);
	assert_int_equal(ERR_INVALID_BODY, json_parse_object(BYTES("null"),
	    &json, &e));
	assert_int_equal(ERR_INVALID_BODY, json_parse_object(BYTES("{"),
	    &json, &e));
	assert_null(json);
}

static void
reading_forgives_what_is_absent(void **state)
{
	struct error e;
	cJSON *json;

	(void)state;
	assert_int_equal(ERR_OK, json_parse_object(BYTES("{\"s\":\"x\","
	    "\"n\":2.5,\"t\":true,\"f\":false,\"z\":null}"), &json, &e));
	assert_string_equal("x", json_string(json, "s"));
	assert_null(json_string(json, "S"));
	assert_null(json_string(json, "n"));
	assert_null(json_string(json, "z"));
	assert_true(json_number(json, "n", 7) == 2.5);
	assert_true(json_number(json, "s", 7) == 7);
	assert_true(json_number(json, "none", 7) == 7);
	assert_true(json_bool(json, "t"));
	assert_false(json_bool(json, "f"));
	assert_false(json_bool(json, "n"));
	assert_false(json_bool(json, "none"));
	assert_null(json_get(json, "z"));
	assert_non_null(json_get(json, "f"));
	assert_null(json_get(NULL, "s"));
	assert_null(json_string(NULL, "s"));
	cJSON_Delete(json);
}

static void
writing_is_compact_and_keeps_slashes(void **state)
{
	struct arena *a = arena_new();
	cJSON *json = cJSON_CreateObject();

	(void)state;
	json_add_string(json, "url", "https://h/p?a=\"1\"");
	json_add_string(json, "none", NULL);
	json_add_int(json, "created", 1705320000123);
	json_add_int(json, "minus", -1);
	json_add_bool(json, "yes", true);
	json_add_bool(json, "no", false);
	assert_string_equal("{\"url\":\"https://h/p?a=\\\"1\\\"\","
	    "\"none\":null,\"created\":1705320000123,\"minus\":-1,"
	    "\"yes\":true,\"no\":false}", json_print(json, a));
	cJSON_Delete(json);
	arena_free(a);
}

/* Every character where it may stand, against what cJSON reads from it. */
static void
text_is_written_as_a_tree_would_be(void **state)
{
	static const int64_t numbers[] = {
		0, 7, 10, -1, -10, INT64_MAX, INT64_MIN, 1705320000123,
	};
	struct arena *a = arena_new();
	struct buf out;

	(void)state;
	for (int c = 1; c < 128; c++) {
		for (size_t at = 0; at < 20; at++) {
			char value[32];
			cJSON *json;

			snprintf(value, sizeof(value), "%s", "\xc3\xa9"
			    "0123456789abcdefghi");
			value[2 + at % 19] = (char)c;
			buf_init(&out, 1000);
			buf_puts(&out, "{");
			json_put_string(&out, "k", value);
			buf_puts(&out, "}");
			json = cJSON_Parse(out.data);
			if (json == NULL || strcmp(json_string(json, "k"),
			    value) != 0 || strcmp(json_print(json, a),
			    out.data) != 0)
				fail_msg("%d at %zu: %s", c, at, out.data);
			cJSON_Delete(json);
			buf_clear(&out);
		}
	}
	buf_init(&out, 1000);
	for (size_t i = 0; i < NELEM(numbers); i++) {
		char wanted[40];

		buf_reset(&out);
		buf_puts(&out, "{");
		json_put_int(&out, "n", numbers[i]);
		snprintf(wanted, sizeof(wanted), "{\"n\":%lld",
		    (long long)numbers[i]);
		assert_string_equal(wanted, out.data);
	}
	buf_reset(&out);
	buf_puts(&out, "[{");
	json_put_string(&out, "a", NULL);
	json_put_bool(&out, "b", true);
	json_put_bool(&out, "c", false);
	json_put_string(&out, "d", "");
	assert_string_equal("[{\"a\":null,\"b\":true,\"c\":false,\"d\":\"\"",
	    out.data);
	buf_clear(&out);
	arena_free(a);
}

static void
a_tree_is_hashed_as_its_text(void **state)
{
	struct arena *a = arena_new();
	char *longest = arena_alloc(a, 20001);
	unsigned char wanted[DIGEST_SHA256_LEN], got[DIGEST_SHA256_LEN];
	struct digest *d = digest_new();
	const char *text;
	struct error e;
	cJSON *json;

	(void)state;
	for (size_t i = 0; i < 20000; i++)
		longest[i] = "a\"\n\\/\x01z"[i % 7];
	assert_int_equal(ERR_OK, json_parse(BYTES("{\"a\":[1,-2.5e30,true,"
	    "null,\"x\",[],{}],\"b\\n\":{\"c\":\"\\u00e9\"},\"\":false}"),
	    &json, &e));
	json_add_string(json, "long", longest);
	cJSON_AddItemToObject(json, "raw", cJSON_CreateRaw("{\"n\":1.50}"));
	text = json_print(json, a);
	digest_sha256(wanted, text, strlen(text));
	json_digest(json, d);
	digest_final(d, got);
	assert_memory_equal(wanted, got, sizeof(got));
	digest_free(d);
	cJSON_Delete(json);
	arena_free(a);
}

static void
characters_are_counted_not_bytes(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
		long		 count;
	} cases[] = {
		{ BYTES(""), 0 },
		{ BYTES("abc"), 3 },
		{ BYTES("a\0b"), 3 },
		{ BYTES("\xc3\xa9t\xc3\xa9"), 3 },
		{ BYTES("\xe8\xa7\x86\xe9\xa2\x91"), 2 },
		{ BYTES("\xf0\x9f\x98\x80"), 1 },
		{ BYTES("\xf4\x8f\xbf\xbf"), 1 },
		{ BYTES("\xf0\x9f\x98"), -1 },
		{ BYTES("\x80"), -1 },
		{ BYTES("\xe0\x80\xaf"), -1 },
		{ BYTES("\xed\xbf\xbf"), -1 },
		{ BYTES("\xf8\x88\x80\x80\x80"), -1 },
		{ BYTES("a\xfe"), -1 },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++)
		if (utf8_count(cases[i].text, cases[i].len) != cases[i].count)
			fail_msg("case %zu: %ld", i,
			    utf8_count(cases[i].text, cases[i].len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_read),
		cmocka_unit_test(what_is_not_json_is_refused),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(a_length_is_respected),
		cmocka_unit_test(an_object_must_be_an_object),
		cmocka_unit_test(reading_forgives_what_is_absent),
		cmocka_unit_test(writing_is_compact_and_keeps_slashes),
		cmocka_unit_test(text_is_written_as_a_tree_would_be),
		cmocka_unit_test(a_tree_is_hashed_as_its_text),
		cmocka_unit_test(characters_are_counted_not_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
