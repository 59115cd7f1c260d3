/* SPDX-License-Identifier: MIT */
/* test_app.c: who may ask, and the headers of every answer. */
#include "fixture_http.h"

#include <string.h>

static const char missing[] = "{\"error\":{\"message\":\"Missing API key\","
    "\"type\":\"invalid_request_error\",\"param\":null,"
    "\"code\":\"invalid_api_key\"}}";
static const char invalid[] = "{\"error\":{\"message\":\"Invalid API key\","
    "\"type\":\"invalid_request_error\",\"param\":null,"
    "\"code\":\"invalid_api_key\"}}";

static const struct {
	const char	*auth;		/* NULL: no such header */
	const char	*body;		/* of the 401; NULL: let in */
} credentials[] = {
	{ HTTP_KEY, NULL },
	{ "bearer " FIXTURE_API_KEY, NULL },
	{ "BEARER " FIXTURE_API_KEY, NULL },
	{ "Bearer    " FIXTURE_API_KEY "  ", NULL },
	{ "  Bearer\t" FIXTURE_API_KEY "\t", NULL },
	{ "Bearer " FIXTURE_API_KEY "\r\n", NULL },
	{ NULL, missing },
	{ "", missing },
	{ "Bearer", missing },
	{ "Bearer ", missing },
	{ FIXTURE_API_KEY, missing },
	{ "Basic " FIXTURE_API_KEY, missing },
	{ "Bearer:" FIXTURE_API_KEY, missing },
	{ "Bearer" FIXTURE_API_KEY, missing },
	{ "Bearers " FIXTURE_API_KEY, missing },
	{ "Bearer " FIXTURE_API_KEY "x", invalid },
	{ "Bearer sk-fixture", invalid },
	{ "Bearer SK-FIXTURE-0123456789", invalid },
	{ "Bearer Bearer " FIXTURE_API_KEY, invalid },
	{ "Bearer " FIXTURE_API_KEY " " FIXTURE_API_KEY, invalid },
};

static void
only_the_key_opens(void **state)
{
	struct http_fixture *h = *state;

	for (size_t i = 0; i < NELEM(credentials); i++) {
		struct resp rs = http_ask(h, "GET", "/v1/models",
		    credentials[i].auth, NULL, NULL, NULL);

		if (credentials[i].body == NULL) {
			if (rs.status != 200)
				fail_msg("refused: %s", credentials[i].auth);
			continue;
		}
		http_assert(h, &rs, 401, credentials[i].body);
		assert_string_equal("Bearer",
		    http_header(&rs, "WWW-Authenticate"));
	}
}

static void
the_key_opens_no_administration(void **state)
{
	struct http_fixture *h = *state;
	struct resp rs = http_get(h, "/api/tokens");

	http_assert(h, &rs, 401, "{\"detail\":\"Invalid or expired token\"}");
	rs = http_ask(h, "GET", "/api/tokens", NULL, NULL, NULL, NULL);
	http_assert(h, &rs, 401,
	    "{\"detail\":\"Missing authorization header\"}");
}

static void
a_new_key_counts_within_a_second(void **state)
{
	struct http_fixture *h = *state;
	int64_t end = clock_mono_ms() + 1000;
	struct resp rs = http_get(h, "/v1/models");

	assert_int_equal(200, rs.status);
	assert_ok(h->f, settings_set_api_key(h->f->st, "sk-another-key-42",
	    &h->f->e));
	do
		rs = http_get(h, "/v1/models");
	while (rs.status == 200 && clock_mono_ms() < end);
	http_assert(h, &rs, 401, invalid);
	rs = http_ask(h, "GET", "/v1/models", "Bearer sk-another-key-42",
	    NULL, NULL, NULL);
	assert_int_equal(200, rs.status);
}

static void
every_answer_has_its_headers(void **state)
{
	struct http_fixture *h = *state;
	static const struct {
		const char	*path;
		bool		 id, origin, no_store;
	} rows[] = {
		{ "/v1/models", true, true, false },
		{ "/v1/nothing", true, true, false },
		{ "/v1/videos/x", true, true, true },
		{ "/v1/videos", true, true, true },
		{ "/api/tokens", false, true, true },
		{ "/health", false, false, false },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct resp rs = http_get(h, rows[i].path);
		const char *id = http_header(&rs, "X-Request-Id");

		assert_int_equal(rows[i].id, id != NULL);
		if (id != NULL) {
			assert_int_equal(28, strlen(id));
			assert_int_equal(24, strspn(id + 4,
			    "0123456789abcdef"));
			assert_memory_equal("req_", id, 4);
		}
		if (rows[i].origin)
			assert_string_equal("*", http_header(&rs,
			    "Access-Control-Allow-Origin"));
		assert_int_equal(rows[i].no_store, http_header(&rs,
		    "Cache-Control") != NULL);
	}
}

static void
options_are_told_to_everybody(void **state)
{
	struct http_fixture *h = *state;
	static const char *const paths[] = { "/v1/videos", "/v1/nothing",
	    "/api/tokens" };

	for (size_t i = 0; i < NELEM(paths); i++) {
		struct resp rs = http_ask(h, "OPTIONS", paths[i], NULL, NULL,
		    NULL, NULL);

		http_assert(h, &rs, 204, "");
		assert_string_equal("*", http_header(&rs,
		    "Access-Control-Allow-Origin"));
		assert_string_equal("GET, POST, PUT, DELETE, OPTIONS, HEAD",
		    http_header(&rs, "Access-Control-Allow-Methods"));
		assert_string_equal("*, Authorization, Content-Type",
		    http_header(&rs, "Access-Control-Allow-Headers"));
		assert_string_equal("600", http_header(&rs,
		    "Access-Control-Max-Age"));
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, http_setup, http_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(only_the_key_opens),
		T(the_key_opens_no_administration),
		T(a_new_key_counts_within_a_second),
		T(every_answer_has_its_headers),
		T(options_are_told_to_everybody),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
