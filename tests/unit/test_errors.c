/* SPDX-License-Identifier: MIT */
/* test_errors.c: errors in the shape of their path, with the documented texts. */
#include "fixture_http.h"

#include <string.h>

#include "api/api.h"

#define O(m, t, p, c) "{\"error\":{\"message\":\"" m "\",\"type\":\"" t \
	"\",\"param\":" p ",\"code\":\"" c "\"}}"
#define V(m, c) "{\"error\":{\"message\":\"" m "\",\"code\":\"" c "\"}}"
#define D(m) "{\"detail\":\"" m "\"}"
#define REQUEST "invalid_request_error"

/* One error on three paths. */
static const struct {
	enum err	 code;
	const char	*param;
	int		 status;
	const char	*o;
	const char	*v;
	const char	*d;
} errors[] = {
	{ ERR_INVALID_BODY, NULL, 400, O("x", REQUEST, "null", "invalid_json"),
	    V("x", "invalid_request"), D("Malformed request body") },
	{ ERR_INVALID_TYPE, "f", 400, O("x", REQUEST, "\"f\"", "invalid_type"),
	    V("x", "invalid_request"), D("x") },
	{ ERR_MISSING, "f", 400, O("x", REQUEST, "\"f\"",
	    "missing_required_parameter"), V("x", "invalid_request"), D("x") },
	{ ERR_INVALID_VALUE, "f", 400, O("x", REQUEST, "\"f\"",
	    "invalid_value"), V("x", "invalid_request"), D("x") },
	{ ERR_MODEL_NOT_FOUND, "model", 400, O("x", REQUEST, "\"model\"",
	    "model_not_found"), V("x", "invalid_request"), D("x") },
	{ ERR_INVALID_IMAGE, "f", 400, O("x", REQUEST, "\"f\"",
	    "invalid_image"), V("x", "invalid_request"), D("x") },
	{ ERR_INVALID_IMAGE_URL, "f", 400, O("x", REQUEST, "\"f\"",
	    "invalid_image_url"), V("x", "invalid_request"), D("x") },
	{ ERR_CONTENT_POLICY, NULL, 400, O("x", REQUEST, "null",
	    "content_policy_violation"), V("x", "content_policy_violation"),
	    D("x") },
	{ ERR_TASK_NOT_FOUND, "remix_target_id", 404, O("x", REQUEST,
	    "\"remix_target_id\"", "task_not_found"), V("x",
	    "task_not_found"), D("x") },
	{ ERR_IDEM_REUSE, NULL, 400, O("x", REQUEST, "null",
	    "idempotency_key_reuse"), V("x", "idempotency_key_reuse"),
	    D("x") },
	{ ERR_IDEM_IN_PROGRESS, NULL, 409, O("x", REQUEST, "null",
	    "idempotency_in_progress"), V("x", "idempotency_in_progress"),
	    D("x") },
	{ ERR_TOO_LARGE, NULL, 413, O("x", REQUEST, "null",
	    "request_too_large"), V("x", "request_too_large"), D("x") },
	{ ERR_MEDIA_TYPE, NULL, 415, O("x", REQUEST, "null",
	    "unsupported_media_type"), V("x", "unsupported_media_type"),
	    D("x") },
	{ ERR_RATE_LIMIT, NULL, 429, O("x", "rate_limit_error", "null",
	    "rate_limit_exceeded"), V("x", "rate_limit_exceeded"), D("x") },
	/* what happened here is nobody's business */
	{ ERR_INTERNAL, NULL, 500, O("Internal server error", "server_error",
	    "null", "internal_error"), V("Internal server error",
	    "server_error"), D("Internal server error") },
	{ ERR_UPSTREAM, NULL, 502, O("x", "server_error", "null",
	    "upstream_error"), V("x", "upstream_error"), D("x") },
	{ ERR_NO_TOKEN, NULL, 503, O("x", "server_error", "null",
	    "no_available_token"), V("x", "no_available_token"), D("x") },
	{ ERR_GENERATION_TIMEOUT, NULL, 504, O("x", "server_error", "null",
	    "generation_timeout"), V("x", "generation_timeout"), D("x") },
};

static struct resp
render(struct http_fixture *h, const char *path, const struct error *e)
{
	struct req rq = { .path = path, .arena = h->a };
	struct resp rs = { .arena = h->a };

	api_render_error(&rq, &rs, e);
	return rs;
}

static void
each_error_has_three_shapes(void **state)
{
	struct http_fixture *h = *state;

	for (size_t i = 0; i < NELEM(errors); i++) {
		struct resp rs;
		struct error e;

		error_set(&e, errors[i].code, errors[i].param, "x");
		rs = render(h, "/v1/images/generations", &e);
		http_assert(h, &rs, errors[i].status, errors[i].o);
		rs = render(h, "/v1/videos/sora-2-1/content", &e);
		http_assert(h, &rs, errors[i].status, errors[i].v);
		rs = render(h, "/api/tokens", &e);
		http_assert(h, &rs, errors[i].status, errors[i].d);
		assert_string_equal("application/json",
		    http_header(&rs, "Content-Type"));
	}
}

static void
the_shape_goes_by_the_path(void **state)
{
	static const char o[] = O("Not found", REQUEST, "null", "unknown_url");
	static const struct {
		const char	*path;
		char		 shape;
	} rows[] = {
		{ "/v1/videos", 'V' }, { "/v1/videos/", 'V' },
		{ "/v1/videos/a/b/c", 'V' }, { "/v1/videosx", 'O' },
		{ "/v1/models", 'O' }, { "/v1/chat/completions", 'O' },
		{ "/v1/characters", 'O' }, { "/v1/nothing", 'O' },
		{ "/v1", 'O' }, { "/v1/stats", 'D' },
		{ "/v1/invite-codes", 'D' }, { "/v1/profiles/x", 'D' },
		{ "/v1/users/x/feed", 'D' }, { "/v1/characters/search", 'D' },
		{ "/v1/feed", 'D' }, { "/v1/enhance_prompt", 'D' },
		{ "/v1/tokens/1/pending-tasks", 'D' },
		{ "/v1/tokens/1/tasks/x", 'D' }, { "/v1x", 'D' },
		{ "/api/tokens", 'D' }, { "/", 'D' }, { "/health/x", 'D' },
	};
	struct http_fixture *h = *state;
	struct error e;

	error_set(&e, ERR_UNKNOWN_URL, NULL, "Not found");
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct resp rs = render(h, rows[i].path, &e);
		const char *body = http_body(h, &rs);
		const char *expected = rows[i].shape == 'O' ? o
		    : rows[i].shape == 'V' ? V("Not found", "not_found")
		    : D("Not Found");

		if (rs.status != 404 || strcmp(body, expected) != 0)
			fail_msg("%s: %d %s", rows[i].path, rs.status, body);
	}
}

static void
the_router_s_errors_come_so_too(void **state)
{
	struct http_fixture *h = *state;
	struct resp rs = http_ask(h, "PUT", "/v1/videos", NULL, NULL, NULL,
	    NULL);
	const char *allow = http_header(&rs, "Allow");

	assert_int_equal(405, rs.status);
	assert_non_null(strstr(http_body(h, &rs), "\"method_not_allowed\""));
	assert_non_null(strstr(allow, "GET"));
	assert_non_null(strstr(allow, "POST"));
	rs = http_ask(h, "PUT", "/api/tokens", NULL, NULL, NULL, NULL);
	http_assert(h, &rs, 405, D("Method Not Allowed"));
	rs = http_get(h, "/api/nothing");
	http_assert(h, &rs, 404, D("Not Found"));
	rs = http_get(h, "/v1/videos/x/y");
	assert_int_equal(404, rs.status);
	assert_non_null(strstr(http_body(h, &rs), "\"not_found\""));
	rs = http_get(h, "/v1/videos/sora-2-000000000000");
	http_assert(h, &rs, 404, V("Task not found", "task_not_found"));
	rs = http_post(h, "/v1/videos", "{");
	assert_int_equal(400, rs.status);
	rs = http_ask(h, "POST", "/v1/videos", HTTP_KEY, "text/xml", "<a/>",
	    NULL);
	assert_int_equal(415, rs.status);
	/* the key is looked at before the body */
	rs = http_ask(h, "POST", "/v1/videos", NULL, "text/xml", "<a/>",
	    NULL);
	http_assert(h, &rs, 401, V("Missing API key", "invalid_api_key"));
}

static void
a_status_that_cannot_be_read_is_plain_text(void **state)
{
	struct http_fixture *h = *state;
	struct resp rs;

	fixture_exec(h->f, "ALTER TABLE tasks RENAME COLUMN prompt TO p");
	rs = http_get(h, "/v1/videos/sora-2-000000000000");
	assert_int_equal(503, rs.status);
	assert_non_null(strstr(http_header(&rs, "Content-Type"),
	    "text/plain"));
	assert_int_not_equal('{', *http_body(h, &rs));
	assert_null(strstr(http_body(h, &rs), "SQL"));
	assert_null(strstr(http_body(h, &rs), h->f->dir));
	/* only there */
	rs = http_get(h, "/v1/videos");
	http_assert(h, &rs, 500, V("Internal server error", "server_error"));
}

static void
headers_tell_when_to_try_again(void **state)
{
	struct http_fixture *h = *state;
	struct resp rs;
	struct error e;

	error_set(&e, ERR_RATE_LIMIT, NULL, "x");
	rs = render(h, "/v1/videos", &e);
	assert_string_equal("1", http_header(&rs, "Retry-After"));
	assert_null(http_header(&rs, "x-should-retry"));
	e.retry_after = 90;
	rs = render(h, "/v1/videos", &e);
	assert_string_equal("90", http_header(&rs, "Retry-After"));
	error_set(&e, ERR_GENERATION_FAILED, NULL, "x");
	e.no_retry = true;
	rs = render(h, "/v1/videos", &e);
	assert_string_equal("false", http_header(&rs, "x-should-retry"));
	assert_null(http_header(&rs, "Retry-After"));
}

#define T(test) cmocka_unit_test_setup_teardown(test, http_setup, http_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_error_has_three_shapes),
		T(the_shape_goes_by_the_path),
		T(the_router_s_errors_come_so_too),
		T(a_status_that_cannot_be_read_is_plain_text),
		T(headers_tell_when_to_try_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
