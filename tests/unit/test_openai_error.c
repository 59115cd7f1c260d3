/* SPDX-License-Identifier: MIT */
/* test_openai_error.c: what answers mean that are not what was asked for. */
#include "openai_case.h"

/* What an answer says of its server. */
enum server_word { SAYS_NOTHING, SICK, DOWN };

static enum server_word
said_of(const struct outcome *o)
{
	assert_false(o->down && o->sick);
	return o->down ? DOWN : o->sick ? SICK : SAYS_NOTHING;
}

static void
answers_to_a_create(void **state)
{
	static const struct {
		long		 status;
		const char	*body;
		const char	*header;
		enum verdict	 verdict;
		enum server_word server;
		const char	*code;
		enum token_verdict token;
	} rows[] = {
		{ 400, "{\"error\":{\"message\":\"no\"}}", NULL, VERDICT_FAIL, SAYS_NOTHING, "invalid_request", TOKEN_FINE },
		{ 422, "{\"detail\":\"no\"}", NULL, VERDICT_FAIL, SAYS_NOTHING, "invalid_request", TOKEN_FINE },
		{ 413, "", NULL, VERDICT_FAIL, SAYS_NOTHING, "invalid_request", TOKEN_FINE },
		{ 415, "", NULL, VERDICT_FAIL, SAYS_NOTHING, "invalid_request", TOKEN_FINE },
		{ 401, "{}", NULL, VERDICT_DOWN, SAYS_NOTHING, NULL, TOKEN_REFUSED },
		{ 402, "{}", NULL, VERDICT_DOWN, DOWN, NULL, TOKEN_FINE },
		{ 403, "{\"error\":{\"code\":\"insufficient_quota\"}}", NULL, VERDICT_DOWN, DOWN, NULL, TOKEN_FINE },
		{ 403, "{\"error\":\"not yours\"}", NULL, VERDICT_OTHER, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 404, "{\"error\":\"no model\"}", NULL, VERDICT_OTHER, SAYS_NOTHING, "model_not_found", TOKEN_FINE },
		{ 408, "", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 409, "", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 425, "", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 429, "", "Retry-After: 7", VERDICT_DOWN, DOWN, NULL, TOKEN_FINE },
		{ 500, "{}", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 502, "<html>", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 503, "{}", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 503, "{}", "Retry-After: 7", VERDICT_DOWN, DOWN, NULL, TOKEN_FINE },
		{ 500, "{\"error\":{\"code\":\"engine_overloaded\"}}", NULL, VERDICT_DOWN, DOWN, NULL, TOKEN_FINE },
		{ 504, "", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 520, "", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 524, "", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 529, "", NULL, VERDICT_UNKNOWN, SICK, NULL, TOKEN_FINE },
		{ 302, "", NULL, VERDICT_OTHER, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 200, "<html>hello", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 200, "", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 200, "{\"ok\":true}", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 200, "{\"message\":\"accepted\"}", NULL, VERDICT_UNKNOWN, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 200, "{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"no\"}}", NULL, VERDICT_FAIL, SAYS_NOTHING, NULL, TOKEN_FINE },
		{ 200, "{\"code\":1200,\"message\":\"no\"}", NULL, VERDICT_FAIL, SAYS_NOTHING, NULL, TOKEN_FINE },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct call_response r = { .status = rows[i].status,
		    .body = rows[i].body };
		struct outcome o = openai_answer_with(c, CALL_CREATE, &r,
		    rows[i].header);

		if (o.verdict != rows[i].verdict ||
		    said_of(&o) != rows[i].server ||
		    o.token.verdict != rows[i].token ||
		    (o.code == NULL) != (rows[i].code == NULL) ||
		    (o.code != NULL && strcmp(o.code, rows[i].code) != 0))
			fail_msg("%ld %s: verdict %d, server %d, code %s",
			    rows[i].status, rows[i].body, o.verdict, said_of(&o),
			    o.code);
		assert_false(o.token.accepted);
	}
}

static void
a_create_that_was_cut_off(void **state)
{
	static const struct {
		struct call_response r;
		enum verdict	 verdict;
		enum server_word server;
	} rows[] = {
		{ { .transport = TRANSPORT_NOT_SENT }, VERDICT_DOWN, DOWN },
		{ { .transport = TRANSPORT_NOT_SENT, .refused = true },
		    VERDICT_DOWN, DOWN },
		{ { .transport = TRANSPORT_LOCAL, .local = true },
		    VERDICT_FAIL, SAYS_NOTHING },
		{ { .transport = TRANSPORT_LOCAL, .local = true,
		    .passing = true }, VERDICT_RETRY, SAYS_NOTHING },
		{ { .transport = TRANSPORT_LOST, .local = true },
		    VERDICT_UNKNOWN, SAYS_NOTHING },
		{ { .transport = TRANSPORT_LOST }, VERDICT_UNKNOWN, SICK },
		{ { .transport = TRANSPORT_LOST, .timed_out = true },
		    VERDICT_UNKNOWN, SAYS_NOTHING },
		{ { .transport = TRANSPORT_LOST, .too_large = true },
		    VERDICT_UNKNOWN, SICK },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = openai_answer_with(c, CALL_CREATE,
		    &rows[i].r, NULL);

		assert_int_equal(rows[i].verdict, o.verdict);
		assert_int_equal(rows[i].server, said_of(&o));
		assert_int_equal(rows[i].r.transport == TRANSPORT_NOT_SENT &&
		    !rows[i].r.refused, o.unreachable);
	}
}

static void
moderation_of_a_create_is_for_the_client(void **state)
{
	struct openai_case *c = *state;
	struct outcome o = openai_answer(c, CALL_CREATE, 400, "{\"error\":{"
	    "\"code\":\"moderation_blocked\",\"message\":\"not that\"}}");

	assert_int_equal(VERDICT_FAIL, o.verdict);
	assert_true(o.policy);
	assert_null(o.code);
	assert_string_equal("not that", o.message);
}

static void
a_rest_is_as_long_as_the_server_says(void **state)
{
	static const struct {
		const char	*header;
		int64_t		 until;		/* s from now; 0: not said */
	} rows[] = {
		{ "Retry-After: 7", 7 }, { "retry-after-ms: 2500", 3 },
		{ "Retry-After: Sat, 28 Mar 2026 09:08:50 GMT", 30 },
		{ "Retry-After: 100000", 600 }, { "Retry-After: soon", 0 },
		{ "x-ratelimit-reset-requests: 1m30s", 90 },
		{ "x-ratelimit-reset-requests: 150ms", 1 },
		{ "X-RateLimit-Reset: 1774688960", 60 },
		{ "X-RateLimit-Reset: 5", 0 },
	};
	struct openai_case *c = *state;
	const struct call_response r = { .status = 429 };

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = openai_answer_with(c, CALL_CREATE, &r,
		    rows[i].header);
		int64_t until = rows[i].until == 0 ? 0 : NOW + rows[i].until;

		if (o.token.cooled_until != until)
			fail_msg("%s: %lld s", rows[i].header,
			    (long long)(o.token.cooled_until - NOW));
	}
}

static void
answers_to_a_look(void **state)
{
	static const struct {
		long		 status;
		const char	*body;
		enum verdict	 verdict;
		enum server_word server;
		enum token_verdict token;
	} rows[] = {
		{ 400, "{}", VERDICT_RETRY, SAYS_NOTHING, TOKEN_FINE },
		{ 422, "{}", VERDICT_RETRY, SAYS_NOTHING, TOKEN_FINE },
		{ 400, "{\"code\":\"task_not_exist\",\"message\":\"no\"}", VERDICT_GONE, SAYS_NOTHING, TOKEN_FINE },
		{ 401, "{}", VERDICT_RETRY, SICK, TOKEN_REFUSED },
		{ 402, "{}", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 403, "{}", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 404, "{\"error\":{\"message\":\"not found\"}}", VERDICT_GONE, SAYS_NOTHING, TOKEN_FINE },
		{ 410, "", VERDICT_GONE, SAYS_NOTHING, TOKEN_FINE },
		{ 408, "", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 409, "", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 429, "", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 500, "{\"id\":\"v\",\"status\":\"completed\"}", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 502, "<html>", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 200, "<html>", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 200, "", VERDICT_RETRY, SICK, TOKEN_FINE },
		{ 200, "[]", VERDICT_RETRY, SICK, TOKEN_FINE },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = openai_answer(c, CALL_JOB, rows[i].status,
		    rows[i].body);

		if (o.verdict != rows[i].verdict ||
		    said_of(&o) != rows[i].server ||
		    o.token.verdict != rows[i].token)
			fail_msg("%ld %s: verdict %d, server %d",
			    rows[i].status, rows[i].body, o.verdict, said_of(&o));
	}
}

static void
a_look_that_is_refused_again_and_again_ends_the_task(void **state)
{
	struct openai_case *c = *state;
	const struct call_response r = { .status = 400,
	    .body = "{\"error\":\"no such size\"}", .body_len = 24 };
	struct outcome o;

	c->in.call = CALL_JOB;
	provider_parse(&provider_openai, &c->in, &r, 2, NOW, c->a, &o);
	assert_int_equal(VERDICT_RETRY, o.verdict);
	provider_parse(&provider_openai, &c->in, &r, 3, NOW, c->a, &o);
	assert_int_equal(VERDICT_FAIL, o.verdict);
	assert_string_equal("The upstream refused the request", o.message);
	assert_string_equal("status 400: no such size", o.log);
}

static void
the_server_says_when_to_ask_again(void **state)
{
	static const struct {
		const char	*header;
		int64_t		 ms;
	} rows[] = {
		{ "openai-poll-after-ms: 2500", 2500 },
		{ "Retry-After: 3", 3000 }, { "retry-after-ms: 10", 1000 },
		{ "openai-poll-after-ms: 99999999", 120000 },
		{ "openai-poll-after-ms: -1", 0 }, { "X-Other: 5", 0 },
	};
	struct openai_case *c = *state;
	const struct call_response r = { .status = 200,
	    .body = "{\"id\":\"v\",\"status\":\"queued\"}" };

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(rows[i].ms, openai_answer_with(c, CALL_JOB,
		    &r, rows[i].header).ask_after_ms);
}

static void
a_job_that_is_too_large_to_read_has_its_file(void **state)
{
	struct openai_case *c = *state;
	const struct call_response r = { .transport = TRANSPORT_LOST,
	    .too_large = true };
	struct outcome o = openai_answer_with(c, CALL_JOB, &r, NULL);

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_int_equal(SEEN_DONE, o.sightings[0].state);
	assert_null(o.sightings[0].url);
}

static void
answers_to_content(void **state)
{
	static const struct {
		long		 status;
		const char	*body;
		enum verdict	 verdict;
		bool		 want_url;
	} rows[] = {
		{ 400, "{\"detail\":\"not ready\"}", VERDICT_EARLY, false },
		{ 400, "{\"detail\":\"use the url field\"}", VERDICT_EARLY, true },
		{ 404, "{}", VERDICT_GONE, false },
		{ 410, "", VERDICT_GONE, false },
		{ 409, "", VERDICT_EARLY, false },
		{ 425, "", VERDICT_EARLY, false },
		{ 401, "", VERDICT_RETRY, true },
		{ 403, "<Error/>", VERDICT_RETRY, true },
		{ 429, "", VERDICT_RETRY, false },
		{ 500, "", VERDICT_RETRY, false },
	};
	const struct call_response private = {
		.transport = TRANSPORT_NOT_SENT, .refused = true };
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = openai_answer(c, CALL_CONTENT,
		    rows[i].status, rows[i].body);

		if (o.verdict != rows[i].verdict ||
		    o.want_url != rows[i].want_url)
			fail_msg("%ld %s: verdict %d, want_url %d",
			    rows[i].status, rows[i].body, o.verdict,
			    o.want_url);
	}
	assert_int_equal(VERDICT_FAIL, openai_answer_with(c, CALL_CONTENT,
	    &private, NULL).verdict);
}

static void
content_may_be_elsewhere(void **state)
{
	static const struct {
		const char	*from;		/* NULL: the server */
		bool		 strayed;
		const char	*to;
		const char	*want;		/* NULL: nowhere */
		bool		 stranger;
	} rows[] = {
		{ NULL, false, "/files/1", "https://gpu.example/files/1", false },
		{ NULL, false, "https://cdn.example/1", "https://cdn.example/1", true },
		{ NULL, false, "http://gpu.example/1", "http://gpu.example/1", true },
		{ NULL, false, "https://gpu.example:8443/1", "https://gpu.example:8443/1", true },
		{ NULL, false, "https://GPU.example:443/1", "https://GPU.example:443/1", false },
		{ "https://cdn.example/a/b", true, "c", "https://cdn.example/a/c", true },
		/* the key does not come back with the server */
		{ "https://cdn.example/", true, "https://gpu.example/x", "https://gpu.example/x", true },
		{ NULL, false, "file:///etc/passwd", NULL, false },
	};
	struct openai_case *c = *state;
	static const long codes[] = { 301, 302, 303, 307, 308 };

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct call_response r = { .status = codes[i % 5] };
		struct outcome o;

		c->in.location = rows[i].from;
		c->in.stranger = rows[i].strayed;
		o = openai_answer_with(c, CALL_CONTENT, &r,
		    arena_printf(c->a, "Location: %s", rows[i].to));
		if ((o.location == NULL) != (rows[i].want == NULL) ||
		    o.stranger != rows[i].stranger)
			fail_msg("%s: %s, %d", rows[i].to, o.location,
			    o.stranger);
		if (o.location != NULL)
			assert_string_equal(rows[i].want, o.location);
	}
}

static void
content_in_json_names_its_place(void **state)
{
	struct openai_case *c = *state;
	struct outcome o = openai_answer(c, CALL_CONTENT, 200,
	    "{\"url\":\"https://cdn.example/f\"}");

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_string_equal("https://cdn.example/f", o.location);
	assert_true(o.stranger);
	assert_int_equal(VERDICT_EARLY, openai_answer(c, CALL_CONTENT, 200,
	    "{\"status\":\"running\"}").verdict);
}

static void
a_deletion_that_finds_nothing_is_done(void **state)
{
	struct openai_case *c = *state;

	assert_int_equal(VERDICT_OK, openai_answer(c, CALL_DELETE, 200,
	    "{\"deleted\":true}").verdict);
	assert_int_equal(VERDICT_OK, openai_answer(c, CALL_DELETE, 204,
	    "").verdict);
	assert_int_equal(VERDICT_GONE, openai_answer(c, CALL_DELETE, 404,
	    "{}").verdict);
	assert_int_equal(VERDICT_RETRY, openai_answer(c, CALL_DELETE, 409,
	    "{}").verdict);
}

static void
a_synchronous_server_is_done_at_once(void **state)
{
	struct openai_case *c = *state;
	const struct call_response inside = { .status = 200,
	    .body = "{\"data\":[{\"b64_json\":\"\"}]}", .payload = true };
	struct outcome o = openai_answer(c, CALL_CREATE, 200,
	    "{\"created\":1,\"data\":[{\"url\":\"https://cdn.example/f\"}]}");

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_null(o.id);
	assert_int_equal(SEEN_DONE, o.sightings[0].state);
	assert_string_equal("https://cdn.example/f", o.sightings[0].url);
	o = openai_answer_with(c, CALL_CREATE, &inside, NULL);
	assert_int_equal(VERDICT_OK, o.verdict);
	assert_true(o.sightings[0].payload);
	c->task.kind = TASK_IMAGE;
	o = openai_answer(c, CALL_CREATE, 200,
	    "{\"id\":\"img_1\",\"data\":[{\"url\":\"/v1/images/1/content\"}]}");
	assert_null(o.id);
	assert_string_equal("https://gpu.example/v1/images/1/content",
	    o.sightings[0].fetch_url);
	assert_int_equal(VERDICT_UNKNOWN, openai_answer(c, CALL_CREATE, 200,
	    "{\"data\":[{\"url\":\"\",\"b64_json\":\"\"}]}").verdict);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, openai_case_setup, \
	    openai_case_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_to_a_create),
		TEST(a_create_that_was_cut_off),
		TEST(moderation_of_a_create_is_for_the_client),
		TEST(a_rest_is_as_long_as_the_server_says),
		TEST(answers_to_a_look),
		TEST(a_look_that_is_refused_again_and_again_ends_the_task),
		TEST(the_server_says_when_to_ask_again),
		TEST(a_job_that_is_too_large_to_read_has_its_file),
		TEST(answers_to_content),
		TEST(content_may_be_elsewhere),
		TEST(content_in_json_names_its_place),
		TEST(a_deletion_that_finds_nothing_is_done),
		TEST(a_synchronous_server_is_done_at_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
