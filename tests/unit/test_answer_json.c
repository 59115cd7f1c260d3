/* SPDX-License-Identifier: MIT */
/* test_answer_json.c: JSON as answers have it. */
#include "fixture.h"

#include <string.h>

#include "attr.h"
#include "json.h"
#include "upstream/client/answer_json.h"

#define LOST	"\xef\xbf\xbd"		/* U+FFFD */

/* As cJSON prints what was read; "-": nothing was. */
static void
expect(const char *body, size_t len, const char *want)
{
	cJSON *json = answer_json(body, len);
	char *text = json == NULL ? NULL : cJSON_PrintUnformatted(json);

	if (strcmp(text == NULL ? "-" : text, want) != 0)
		fail_msg("%s: %s, not %s", body, text == NULL ? "-" : text,
		    want);
	cJSON_free(text);
	cJSON_Delete(json);
}

static void
one_odd_member_does_not_hide_the_others(void **state UNUSED)
{
	static const struct {
		const char	*body;
		const char	*want;
	} rows[] = {
		{ "{\"a\":1}", "{\"a\":1}" },
		{ " \n[1,-2.5e3,true,null,\"x\"] ",
		    "[1,-2500,true,null,\"x\"]" },
		{ "null", "null" }, { "\"x\"\n", "\"x\"" },
		/* what stands before and behind */
		{ "\xef\xbb\xbf{\"a\":1}", "{\"a\":1}" },
		{ "\xef\xbb\xbf \r\n{\"a\":1}", "{\"a\":1}" },
		{ "{\"a\":1}{\"a\":2}", "{\"a\":1}" },
		{ "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}" },
		{ "{\"a\":1}<!-- 3 ms -->", "{\"a\":1}" },
		/* numbers */
		{ "{\"id\":4326796003218200779}",
		    "{\"id\":\"4326796003218200779\"}" },
		{ "{\"id\":9007199254740993}", "{\"id\":\"9007199254740993\"}" },
		{ "{\"id\":999999999999999}", "{\"id\":999999999999999}" },
		{ "[-1234567890123456]", "[\"-1234567890123456\"]" },
		{ "[1111111111222222222233333333334444444444555555555566666666"
		    "667777777777]", "[\"11111111112222222222333333333344444444"
		    "44555555555566666666667777777777\"]" },
		{ "[1e999,-1e999,1E400]", "[null,null,null]" },
		{ "[NaN,Infinity,-Infinity,nan,inf]",
		    "[null,null,null,null,null]" },
		/* strings */
		{ "[\"\\ud83d\"]", "[\"" LOST "\"]" },
		{ "[\"\\ud83dx\",\"\\udc00\"]", "[\"" LOST "x\",\"" LOST "\"]" },
		{ "[\"\\ud83d\\ud83d\\ude00\"]", "[\"" LOST "\xf0\x9f\x98\x80\"]" },
		{ "[\"\\ud83d\\ude00\\u00e9\"]", "[\"\xf0\x9f\x98\x80\xc3\xa9\"]" },
		{ "[\"a\\u0000b\"]", "[\"a" LOST "b\"]" },
		{ "[\"\\u12\",\"\\uzzzz\"]", "[\"" LOST "12\",\"" LOST "zzzz\"]" },
		{ "[\"\\x\\'\"]", "[\"" LOST "x" LOST "'\"]" },
		{ "[\"caf\xe9\"]", "[\"caf" LOST "\"]" },
		{ "[\"\xe9t\xe9\",\"\xc3\xa9\"]",
		    "[\"" LOST "t" LOST "\",\"\xc3\xa9\"]" },
		{ "[\"\xed\xa0\x80\"]", "[\"" LOST LOST LOST "\"]" },
		{ "[\"a\nb\"]", "[\"a\\nb\"]" },
		{ "{\"\\ud83d\":1,\"b\":2}", "{\"" LOST "\":1,\"b\":2}" },
		/* what is none */
		{ "", "-" }, { " ", "-" }, { "<html>", "-" }, { "OK", "-" },
		{ "true story", "-" }, { "[error] no backend", "-" },
		{ "{\"a\":1", "-" }, { "{\"a\":\"", "-" }, { "[\"\\", "-" },
		{ "[1,]", "-" }, { "{\"a\" 1}", "-" }, { "[NaNa]", "-" },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		expect(rows[i].body, strlen(rows[i].body), rows[i].want);
	expect("{\"a\":1}\0", 8, "{\"a\":1}");
	expect("{\"a\":\"x\0y\"}", 11, "{\"a\":\"x" LOST "y\"}");
	expect("\0{\"a\":1}\0\0", 10, "{\"a\":1}");
	expect("{\"a\":1}", 4, "-");
}

/* `n` lists, one in the other, between a member before and one behind. */
static const char *
nested(struct arena *a, int n)
{
	char *lists = arena_alloc(a, 2 * (size_t)n + 1);

	memset(lists, '[', (size_t)n);
	memset(lists + n, ']', (size_t)n);
	lists[2 * n] = '\0';
	return arena_printf(a, "{\"id\":\"v\",\"deep\":%s,\"status\":\"done\"}",
	    lists);
}

static void
what_is_nested_deep_hides_nothing(void **state UNUSED)
{
	static const int depths[] = { 1, 80, 255, 256, 1000, 20000 };
	struct arena *a = arena_new();

	for (size_t i = 0; i < NELEM(depths); i++) {
		const char *body = nested(a, depths[i]);
		cJSON *json = answer_json(body, strlen(body));

		if (json == NULL || json_string(json, "status") == NULL)
			fail_msg("depth %d: it is not read", depths[i]);
		assert_string_equal("done", json_string(json, "status"));
		assert_string_equal("v", json_string(json, "id"));
		cJSON_Delete(json);
	}
	arena_free(a);
}

static void
values_without_end_are_not_read(void **state UNUSED)
{
	size_t n = 1 << 20;
	char *body = test_malloc(n);
	cJSON *json;

	memset(body, '0', n);
	for (size_t i = 2; i < n; i += 2)
		body[i] = ',';
	body[0] = '[';
	body[n - 2] = ' ';
	body[n - 1] = ']';
	assert_null(answer_json(body, n));
	memset(body + 100000, ' ', n - 100001);
	json = answer_json(body, n);
	assert_non_null(json);
	cJSON_Delete(json);
	test_free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_odd_member_does_not_hide_the_others),
		cmocka_unit_test(what_is_nested_deep_hides_nothing),
		cmocka_unit_test(values_without_end_are_not_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
