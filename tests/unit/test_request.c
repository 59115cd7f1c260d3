/* SPDX-License-Identifier: MIT */
/* test_request.c: requests from CGI variables, and the order of the checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "http.h"
#include "lounge.h"

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct req
request(const char *const *variables, const char *body)
{
	struct req rq;

	req_from_memory(&rq, arena, variables, body, strlen(body));
	return rq;
}

static void
the_path_is_as_it_was_sent(void **state)
{
	static const struct {
		const char *variable;
		const char *path;
	} cases[] = {
		{ "REQUEST_URI=/a%2Fb/c?d=/e", "/a%2Fb/c" },
		{ "REQUEST_URI=/a", "/a" },
		{ "REQUEST_URI=/a?", "/a" },
		{ "DOCUMENT_URI=/a%b", "/a%25b" },
		{ "X=", "/" },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *vars[] = { cases[i].variable, NULL };

		assert_string_equal(cases[i].path, request(vars, "").path);
	}
}

static void
variables_and_headers_are_found(void **state)
{
	static const char *const vars[] = { "REQUEST_METHOD=HEAD",
		"HTTP_IDEMPOTENCY_KEY=k", "HTTP_EMPTY=", "CONTENT_TYPE=a/b",
		"CONTENT_LENGTH=12", "HTTP_IDEMPOTENCY=short", NULL };
	struct req rq = request(vars, "");

	(void)state;
	assert_int_equal(M_GET, rq.method);
	assert_true(rq.head);
	assert_string_equal("k", req_header(&rq, "Idempotency-Key"));
	assert_string_equal("k", req_header(&rq, "idempotency-key"));
	assert_null(req_header(&rq, "Idempotency-Ke"));
	assert_null(req_header(&rq, "Empty"));
	assert_string_equal("a/b", req_header(&rq, "content-type"));
	assert_string_equal("12", req_header(&rq, "Content-Length"));
	assert_string_equal("HEAD", req_variable(&rq, "REQUEST_METHOD"));
	assert_int_equal(12, rq.content_length);
	assert_string_equal("a/b", rq.content_type);
}

static void
lengths_are_decimal(void **state)
{
	static const struct {
		const char *variable;
		int64_t length;
	} cases[] = {
		{ "CONTENT_LENGTH=0", 0 },
		{ "CONTENT_LENGTH=", -1 },
		{ "CONTENT_LENGTH=-5", -1 },
		{ "CONTENT_LENGTH=5x", -1 },
		{ "CONTENT_LENGTH=99999999999999999999", INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *vars[] = { cases[i].variable, NULL };

		assert_true(request(vars, "").content_length == cases[i].length);
	}
}

static void
the_id_is_the_servers_if_it_has_the_form(void **state)
{
	static const struct {
		const char *variable;
		bool taken;
	} cases[] = {
		{ "SORA2API_REQUEST_ID=req_0123456789abcdef01234567", true },
		{ "SORA2API_REQUEST_ID=req_0123456789ABCDEF01234567", false },
		{ "SORA2API_REQUEST_ID=req_0123456789abcdef0123456", false },
		{ "SORA2API_REQUEST_ID=req_0123456789abcdef012345678", false },
		{ "SORA2API_REQUEST_ID=rex_0123456789abcdef01234567", false },
		{ "SORA2API_REQUEST_ID=", false },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		const char *vars[] = { cases[i].variable, NULL };
		const char *id = request(vars, "").request_id;

		assert_int_equal(cases[i].taken,
		    strcmp(id, cases[i].variable + 20) == 0);
		assert_int_equal(28, strlen(id));
		assert_memory_equal("req_", id, 4);
	}
}

static void
the_base_url_is_what_the_client_used(void **state)
{
	static const struct {
		const char *vars[5];
		const char *url;
	} cases[] = {
		{ { "HTTP_HOST=a.b:8080" }, "http://a.b:8080" },
		{ { "HTTP_HOST=a.b", "REQUEST_SCHEME=https" }, "https://a.b" },
		{ { "HTTP_HOST=a.b", "HTTPS=on" }, "https://a.b" },
		{ { "HTTP_HOST=a.b", "HTTP_X_FORWARDED_PROTO=HTTPS, http" },
		    "https://a.b" },
		{ { "HTTP_HOST=a.b", "REQUEST_SCHEME=https",
		    "HTTP_X_FORWARDED_PROTO=http" }, "http://a.b" },
		{ { "HTTP_HOST=a.b", "HTTP_X_FORWARDED_PROTO=javascript" },
		    "http://a.b" },
		{ { "HTTP_HOST=[::1]:80" }, "http://[::1]:80" },
		{ { "HTTP_HOST=a/b", "SERVER_NAME=s", "SERVER_PORT=81" },
		    "http://s:81" },
		{ { "SERVER_NAME=s", "SERVER_PORT=80" }, "http://s" },
		{ { "SERVER_NAME=s", "SERVER_PORT=443", "HTTPS=on" }, "https://s" },
		{ { "X=" }, "http://localhost" },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct req rq = request(cases[i].vars, "");

		assert_string_equal(cases[i].url, req_base_url(&rq));
	}
}

/* ---- dispatch ---- */

static bool waiter_freed;

static void
free_waiter(struct waiter *w)
{
	(void)w;
	waiter_freed = true;
}

static const struct waiter_ops waiter_ops = { .free = free_waiter };
static struct waiter waiter = { .ops = &waiter_ops };

static enum err
handle_echo(struct req *rq, struct resp *rs, struct error *e)
{
	const char *q = req_query(rq, "q");

	(void)e;
	resp_header(rs, "X-Handler", "yes");
	resp_text(rs, 200, "text/plain", q == NULL ? "echo" : q);
	return ERR_OK;
}

static enum err
handle_json(struct req *rq, struct resp *rs, struct error *e)
{
	cJSON *json;
	enum err rc;

	resp_header(rs, "X-Handler", "yes");
	if ((rc = req_json(rq, &json, e)) == ERR_OK)
		resp_json(rs, 201, json);
	return rc;
}

static enum err
handle_form(struct req *rq, struct resp *rs, struct error *e)
{
	struct form form = { 0 };
	enum err rc;

	if ((rc = req_form(rq, "/nonexistent", &form, e)) != ERR_OK)
		return rc;
	resp_json(rs, 201, cJSON_Duplicate(form.fields, true));
	form_clear(&form);
	return rc;
}

static enum err
handle_park_and_fail(struct req *rq, struct resp *rs, struct error *e)
{
	(void)rq;
	resp_park(rs, &waiter);
	return error_set(e, ERR_RATE_LIMIT, NULL, "no");
}

static enum err
handle_nothing(struct req *rq, struct resp *rs, struct error *e)
{
	(void)rq;
	(void)rs;
	(void)e;
	return ERR_OK;
}

static enum err
auth(struct req *rq, int who, struct error *e)
{
	const char *key = req_header(rq, "Authorization");

	assert_int_equal(7, who);
	if (key == NULL)
		return error_set(e, ERR_UNAUTHORIZED, NULL, "Missing API key");
	rq->auth_id = 3;
	return ERR_OK;
}

static void
write_error(struct req *rq, struct resp *rs, const struct error *e)
{
	(void)rq;
	assert_int_equal(0, rs->status);
	assert_int_equal(0, rs->n_headers);
	resp_text(rs, error_row(e->code)->status, "text/plain", "error");
}

static void
add_headers(struct req *rq, struct resp *rs)
{
	resp_header(rs, "X-Request-Id", rq->request_id);
}

static void
limits(void *ctx, unsigned size, struct body_limits *out)
{
	(void)ctx;
	(void)size;
	*out = (struct body_limits){ .max_body = 20, .json_values = SIZE_MAX };
}

static const struct server_ops ops = { .auth = auth, .error = write_error,
	.finish = add_headers, .limits = limits };

static const struct route routes[] = {
	{ M_GET, "/open", 0, BODY_NONE, handle_echo, "open" },
	{ M_POST, "/nobody", 0, BODY_NONE, handle_echo, "nobody" },
	{ M_POST, "/json", 7, BODY_JSON, handle_json, "json" },
	{ M_POST, "/lenient", 7, BODY_JSON | BODY_LENIENT_JSON, handle_json,
	    "lenient" },
	{ M_POST, "/form", 7, BODY_JSON | BODY_FORM, handle_form, "form" },
	{ M_GET, "/park", 0, BODY_NONE, handle_park_and_fail, "park" },
	{ M_GET, "/nothing", 0, BODY_NONE, handle_nothing, "nothing" },
};

static const struct server_conf conf = { .routes = routes,
	.n_routes = NELEM(routes), .ops = &ops };

static const char *
header_of(const struct resp *rs, const char *name)
{
	for (size_t i = 0; i < rs->n_headers; i++)
		if (strcmp(rs->headers[i].name, name) == 0)
			return rs->headers[i].value;
	return NULL;
}

static struct resp
ask(const char *method, const char *uri, const char *key, const char *type,
    const char *length, const char *body)
{
	const char *query = strchr(uri, '?');
	const char *vars[] = {
		arena_printf(arena, "REQUEST_METHOD=%s", method),
		arena_printf(arena, "REQUEST_URI=%s", uri),
		arena_printf(arena, "QUERY_STRING=%s", query ? query + 1 : ""),
		arena_printf(arena, "HTTP_AUTHORIZATION=%s", key),
		arena_printf(arena, "CONTENT_TYPE=%s", type),
		arena_printf(arena, "CONTENT_LENGTH=%s", length),
		NULL,
	};
	struct req rq = request(vars, body);
	struct resp rs;

	server_dispatch(&conf, &rq, &rs);
	req_end(&rq);
	assert_non_null(header_of(&rs, "X-Request-Id"));
	return rs;
}

static const struct {
	const char	*method, *uri, *key, *type, *length, *body;
	int		 status;
} checks[] = {
	{ "GET", "/open", "", "", "", "", 200 },
	{ "HEAD", "/open", "", "", "", "", 200 },
	{ "GET", "/open", "", "text/x", "3", "abc", 200 },
	{ "GET", "/nothing", "", "", "", "", 0 },
	/* path, method, credentials, size, type, parse: the first that fails */
	{ "POST", "/none", "", "text/x", "99", "x", 404 },
	{ "GET", "/json", "", "text/x", "99", "x", 405 },
	{ "HEAD", "/json", "", "text/x", "99", "x", 405 },
	{ "BREW", "/json", "k", "", "", "", 405 },
	{ "POST", "/json", "", "text/x", "99", "x", 401 },
	{ "POST", "/json", "k", "text/x", "99", "x", 413 },
	{ "POST", "/json", "k", "text/x", "21", "x", 413 },
	{ "POST", "/json", "k", "text/x", "20", "x", 415 },
	{ "POST", "/json", "k", "application/json", "1", "x", 400 },
	{ "POST", "/json?q=%ff", "k", "application/json", "2", "{}", 400 },
	{ "POST", "/json", "k", "application/json", "2", "{}", 201 },
	{ "POST", "/json", "k", "a/b+json; charset=utf-8", "2", "{}", 201 },
	{ "POST", "/json", "k", "", "2", "{}", 415 },
	{ "POST", "/json", "k", "text/plain", "2", "{}", 415 },
	/* no length was told: what comes decides */
	{ "POST", "/json", "k", "application/json", "", "{}", 201 },
	{ "POST", "/json", "k", "text/x", "", "{}", 415 },
	{ "POST", "/json", "k", "application/json", "",
	    "{\"a\":\"aaaaaaaaaaaaaaaa\"}", 413 },
	{ "POST", "/json", "k", "text/x", "0", "", 400 },
	{ "POST", "/json", "k", "application/json", "5", "{}", 400 },
	/* lenient */
	{ "POST", "/lenient", "k", "", "2", "{}", 201 },
	{ "POST", "/lenient", "k", "text/plain;x=y", "2", "{}", 201 },
	{ "POST", "/lenient", "k", "application/x-www-form-urlencoded", "2", "{}",
	    201 },
	{ "POST", "/lenient", "k", "multipart/form-data", "2", "{}", 415 },
	{ "POST", "/lenient", "k", "text/plain", "3", "a=b", 400 },
	/* forms */
	{ "POST", "/form", "k", "application/x-www-form-urlencoded", "3", "a=b",
	    201 },
	{ "POST", "/form", "k", "application/json", "2", "{}", 201 },
	{ "POST", "/form", "k", "text/plain", "2", "{}", 415 },
	{ "POST", "/form", "k", "text/plain", "0", "", 201 },
	{ "POST", "/form", "k", "multipart/form-data", "2", "{}", 400 },
	/* a route without a body ignores one of whatever type */
	{ "POST", "/nobody", "", "text/x", "3", "abc", 200 },
	/* OPTIONS */
	{ "OPTIONS", "/json", "", "", "", "", 204 },
	{ "OPTIONS", "/none", "", "", "", "", 204 },
	{ "GET", "/park", "", "", "", "", 429 },
};

static void
the_first_failing_check_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(checks); i++) {
		struct resp rs = ask(checks[i].method, checks[i].uri,
		    checks[i].key, checks[i].type, checks[i].length,
		    checks[i].body);

		if (rs.status != checks[i].status)
			fail_msg("row %zu, %s %s: %d", i, checks[i].method,
			    checks[i].uri, rs.status);
		if (rs.status >= 400)
			assert_null(header_of(&rs, "X-Handler"));
		assert_int_equal(rs.status == 405,
		    header_of(&rs, "Allow") != NULL);
	}
}

static void
allow_is_sent_with_405(void **state)
{
	struct resp rs = ask("DELETE", "/open", "", "", "", "");

	(void)state;
	assert_string_equal("GET, HEAD, OPTIONS", header_of(&rs, "Allow"));
}

static struct resp
ask_encoded(const char *path, const char *coding, const char *body)
{
	const char *vars[] = {
		"REQUEST_METHOD=POST",
		arena_printf(arena, "REQUEST_URI=%s", path),
		"HTTP_AUTHORIZATION=k", "CONTENT_TYPE=application/json",
		arena_printf(arena, "CONTENT_LENGTH=%zu", strlen(body)),
		arena_printf(arena, "HTTP_CONTENT_ENCODING=%s", coding), NULL,
	};
	struct req rq = request(vars, body);
	struct resp rs;

	server_dispatch(&conf, &rq, &rs);
	req_end(&rq);
	return rs;
}

static void
an_encoded_body_is_refused_with_what_is_taken(void **state)
{
	static const char *const codings[] = { "gzip", "br", "zstd", "deflate",
	    "identity, gzip", "GZIP", "x" };

	(void)state;
	for (size_t i = 0; i < NELEM(codings); i++) {
		struct resp rs = ask_encoded("/json", codings[i], "{}");

		assert_int_equal(415, rs.status);
		assert_string_equal("identity", header_of(&rs,
		    "Accept-Encoding"));
		assert_int_equal(415, ask_encoded("/form", codings[i],
		    "{}").status);
		assert_int_equal(200, ask_encoded("/nobody", codings[i],
		    "{}").status);
	}
	assert_int_equal(201, ask_encoded("/json", "identity", "{}").status);
	assert_int_equal(201, ask_encoded("/json", "Identity", "{}").status);
	assert_int_equal(201, ask_encoded("/json", "", "{}").status);
	assert_int_equal(400, ask_encoded("/json", "gzip", "").status);
}

static void
the_last_value_of_a_query_parameter_counts(void **state)
{
	struct resp rs = ask("GET", "/open?q=1&Q=3&q=a+b%2B", "", "", "", "");

	(void)state;
	assert_string_equal("a b+", rs.body);
}

static void
a_waiter_of_a_failed_handler_is_freed(void **state)
{
	struct resp rs;

	(void)state;
	waiter_freed = false;
	rs = ask("GET", "/park", "", "", "", "");
	assert_true(waiter_freed);
	assert_null(rs.waiter);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_path_is_as_it_was_sent),
		TEST(variables_and_headers_are_found),
		TEST(lengths_are_decimal),
		TEST(the_id_is_the_servers_if_it_has_the_form),
		TEST(the_base_url_is_what_the_client_used),
		TEST(the_first_failing_check_answers),
		TEST(allow_is_sent_with_405),
		TEST(an_encoded_body_is_refused_with_what_is_taken),
		TEST(the_last_value_of_a_query_parameter_counts),
		TEST(a_waiter_of_a_failed_handler_is_freed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
