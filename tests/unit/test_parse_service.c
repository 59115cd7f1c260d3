/* SPDX-License-Identifier: MIT */
/* test_parse_service.c: what the operator's parse service is asked, and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "parse_service.h"

#define LINK	"https://share.example/p/s_1"

static int
setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void
the_address_gets_its_path_once(void **state)
{
	static const struct {
		const char *service, *url;
	} rows[] = {
		{ "http://h:1", "http://h:1/get-sora-link" },
		{ "http://h:1/", "http://h:1/get-sora-link" },
		{ "http://h:1/a//", "http://h:1/a/get-sora-link" },
		{ "http://h:1/get-sora-link", "http://h:1/get-sora-link" },
		{ "http://h:1/x/get-sora-link/", "http://h:1/x/get-sora-link" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct call_request rq;

		parse_service_build(rows[i].service, "t", LINK, *state, &rq);
		assert_string_equal(rows[i].url, rq.url);
		assert_string_equal("POST", rq.method);
		assert_int_equal(30, rq.timeout);
	}
}

static void
post_and_token_are_told(void **state)
{
	struct call_request rq;

	parse_service_build("http://h", "parse-1", LINK, *state, &rq);
	assert_string_equal("{\"url\":\"" LINK "\",\"token\":\"parse-1\"}",
	    rq.body);
	assert_int_equal(strlen(rq.body), rq.body_len);
	parse_service_build("http://h", NULL, LINK, *state, &rq);
	assert_string_equal("{\"url\":\"" LINK "\"}", rq.body);
}

static void
only_a_link_is_success(void **state)
{
	static const struct {
		long status;
		const char *body, *link, *why;
	} rows[] = {
		{ 200, "{\"download_link\":\"https://v/x?a=1\"}",
		    "https://v/x?a=1", NULL },
		{ 200, "{\"download_link\":\"https://v/x\",\"error\":null}",
		    "https://v/x", NULL },
		{ 200, "{\"error\":\"parse-1 is wrong\"}", NULL,
		    "the parse service reports an error" },
		{ 200, "{\"download_link\":\"https://v/x\",\"error\":\"\"}",
		    NULL, "the parse service reports an error" },
		{ 200, "{}", NULL, "the parse service gave no link" },
		{ 200, "{\"download_link\":\"\"}", NULL,
		    "the parse service gave no link" },
		{ 200, "{\"download_link\":7}", NULL,
		    "the parse service gave no link" },
		{ 200, "{\"download_link\":\"file:///etc/passwd\"}", NULL,
		    "the parse service gave no link" },
		{ 200, "\xef\xbb\xbf{\"download_link\":\"https://v/a b\"}",
		    "https://v/a%20b", NULL },
		{ 200, "{\"download_link\":\"https://me@v/a\"}", NULL,
		    "the parse service gave no link" },
		{ 200, "[]", NULL, "the parse service gave no link" },
		{ 200, "", NULL,
		    "the parse service's answer is no JSON object" },
		{ 201, "{\"download_link\":\"https://v/x\"}", NULL,
		    "the parse service answered with status 201" },
		{ 500, "", NULL, "the parse service answered with status 500" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct call_response r = { .status = rows[i].status,
			.body = rows[i].body, .body_len = strlen(rows[i].body) };
		const char *why = NULL;
		const char *link = parse_service_read(&r, *state, &why);

		if (rows[i].link == NULL) {
			assert_null(link);
			assert_string_equal(rows[i].why, why);
		} else {
			assert_non_null(link);
			assert_string_equal(rows[i].link, link);
		}
	}
}

static void
no_answer_is_no_link(void **state)
{
	struct call_response r = { .transport = TRANSPORT_LOST, .body = "" };
	const char *why = NULL;

	assert_null(parse_service_read(&r, *state, &why));
	assert_string_equal("the parse service could not be reached", why);
	r.timed_out = true;
	assert_null(parse_service_read(&r, *state, &why));
	assert_string_equal("the parse service did not answer in time", why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_address_gets_its_path_once,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(post_and_token_are_told, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(only_a_link_is_success, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(no_answer_is_no_link, setup,
		    teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
