/* SPDX-License-Identifier: MIT */
/*
 * test_openai_odd.c: answers that are odd, and mean what they say all the same.
 * Each form goes through all calls that may get it.
 */
#include "openai_case.h"

#define LONG_ID	"4326796003218200779"

/* Where "@" stands the members come that the call is about. */
static const struct {
	const char	*name;
	const char	*form;
	size_t		 nul;		/* bytes of NUL behind it */
} forms[] = {
	{ "plain", "{@}", 0 },
	{ "a byte order mark", "\xef\xbb\xbf{@}", 0 },
	{ "a mark and blanks", "\xef\xbb\xbf \r\n{@}\r\n", 0 },
	{ "half a surrogate pair", "{\"prompt\":\"a parade \\ud83d\",@}", 0 },
	{ "the other half", "{@,\"prompt\":\"\\ude00 a parade\"}", 0 },
	{ "a NUL escape", "{\"prompt\":\"a\\u0000b\",@}", 0 },
	{ "an escape that there is not", "{\"prompt\":\"C:\\jobs\\x\",@}", 0 },
	{ "Latin-1", "{\"prompt\":\"caf\xe9\",@}", 0 },
	{ "a line break in a text", "{\"prompt\":\"a\nb\",@}", 0 },
	{ "a number beyond a double", "{\"cost\":1e999,@}", 0 },
	{ "NaN", "{\"loss\":NaN,\"max\":-Infinity,@}", 0 },
	{ "long numbers", "{\"seed\":18446744073709551616,@}", 0 },
	{ "deep lists", "{\"tree\":"
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1"
	    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
	    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],@}", 0 },
	{ "bytes behind it", "{@}\n<!-- 12 ms -->", 0 },
	{ "a NUL behind it", "{@}", 3 },
	{ "two lines of JSON", "{@}\n{\"id\":\"other\",\"status\":\"failed\"}", 0 },
};

/* The form with `members` in its place. */
static struct call_response
answer_of(struct openai_case *c, size_t form, const char *members)
{
	const char *text = forms[form].form, *at = strchr(text, '@');
	const char *body = arena_printf(c->a, "%.*s%s%s", (int)(at - text),
	    text, members, at + 1);
	size_t len = strlen(body);
	char *copy = arena_alloc(c->a, len + forms[form].nul + 1);

	memset(copy, 0, len + forms[form].nul + 1);
	memcpy(copy, body, len);
	return (struct call_response){ .status = 200, .body = copy,
	    .body_len = len + forms[form].nul };
}

static struct outcome
outcome_of(struct openai_case *c, enum call call, size_t form,
    const char *members)
{
	struct call_response r = answer_of(c, form, members);
	struct outcome o;

	c->in.call = call;
	provider_parse(&provider_openai, &c->in, &r, 0, NOW, c->a, &o);
	return o;
}

static void
a_create_is_taken(void **state)
{
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(forms); i++) {
		struct outcome o = outcome_of(c, CALL_CREATE, i,
		    "\"id\":" LONG_ID ",\"status\":\"queued\"");

		if (o.verdict != VERDICT_OK || o.id == NULL)
			fail_msg("%s: %s", forms[i].name, o.log);
		assert_string_equal(LONG_ID, o.id);
	}
}

static void
a_look_tells_the_state(void **state)
{
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(forms); i++) {
		struct outcome o = outcome_of(c, CALL_JOB, i,
		    "\"id\":\"video_1\",\"status\":\"completed\"");

		if (o.verdict != VERDICT_OK ||
		    o.sightings->state != SEEN_DONE)
			fail_msg("%s: %s", forms[i].name, o.log);
		o = outcome_of(c, CALL_JOB, i, "\"status\":\"failed\","
		    "\"error\":{\"message\":\"violates our policy\"}");
		if (o.verdict != VERDICT_OK ||
		    o.sightings->state != SEEN_FAILED)
			fail_msg("%s: %s", forms[i].name, o.log);
		assert_string_equal("violates our policy",
		    o.sightings->message);
	}
}

static void
a_list_has_the_lost_job(void **state)
{
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(forms); i++) {
		struct outcome o = outcome_of(c, CALL_JOBS, i,
		    "\"data\":[{\"id\":" LONG_ID ",\"prompt\":\"a cat\"}]");

		if (o.verdict != VERDICT_OK || o.n_sightings != 1)
			fail_msg("%s: %s", forms[i].name, o.log);
		assert_string_equal(LONG_ID, o.sightings->upstream_id);
		assert_true(provider_openai.is_its(&c->token, &c->task,
		    o.sightings));
	}
}

static void
content_leads_to_the_file(void **state)
{
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(forms); i++) {
		struct outcome o = outcome_of(c, CALL_CONTENT, i,
		    "\"url\":\"files/my clip.mp4\"");

		if (o.verdict != VERDICT_OK || o.location == NULL)
			fail_msg("%s: %s", forms[i].name, o.log);
		assert_string_equal("https://gpu.example/v1/videos/video_1/"
		    "files/my%20clip.mp4", o.location);
		assert_false(o.stranger);
	}
}

static void
an_image_is_had(void **state)
{
	struct openai_case *c = *state;

	c->task.kind = TASK_IMAGE;
	for (size_t i = 0; i < NELEM(forms); i++) {
		struct outcome o = outcome_of(c, CALL_CREATE, i,
		    "\"data\":[{\"url\":\"https://cdn.example/a b.png\"}]");

		if (o.verdict != VERDICT_OK || o.n_sightings != 1)
			fail_msg("%s: %s", forms[i].name, o.log);
		assert_string_equal("https://cdn.example/a%20b.png",
		    o.sightings->url);
	}
}

static void
the_upstream_of_accounts_may_be_odd_too(void **state)
{
	struct openai_case *c = *state;

	c->token = (struct token){ .id = 7, .provider = "sora",
	    .token = "tok-1" };
	for (size_t i = 0; i < NELEM(forms); i++) {
		struct call_response r = answer_of(c, i, "\"id\":" LONG_ID);
		struct outcome o;

		c->in.call = CALL_CREATE;
		provider_parse(&provider_sora, &c->in, &r, 0, NOW, c->a, &o);
		if (o.verdict != VERDICT_OK || o.id == NULL)
			fail_msg("%s: %s", forms[i].name, o.log);
		assert_string_equal(LONG_ID, o.id);
		r = answer_of(c, i, "\"items\":[{\"id\":\"t\","
		    "\"progress_pct\":0.5}]");
		c->in.call = CALL_PENDING;
		provider_parse(&provider_sora, &c->in, &r, 0, NOW, c->a, &o);
		if (o.verdict != VERDICT_OK || o.n_sightings != 1)
			fail_msg("%s: %s", forms[i].name, o.log);
	}
}

/* Only the server can tell what became of it. */
static void
what_cannot_be_read_after_a_create_is_looked_for(void **state)
{
	static const char *const bodies[] = { "", "<html>ok</html>",
	    "{\"id\":", "{\"status\":\"queued\"}", "[]", "OK", "{\"id\":7.5}" };
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(bodies); i++) {
		struct outcome o = openai_answer(c, CALL_CREATE, 200,
		    bodies[i]);

		if (o.verdict != VERDICT_UNKNOWN || o.down)
			fail_msg("%s: verdict %d", bodies[i], o.verdict);
	}
}

/* ---- errors without a status ---- */

static void
an_error_of_the_moment_keeps_the_job(void **state)
{
	static const struct {
		const char	*error;
		enum verdict	 verdict;
	} rows[] = {
		{ "{\"code\":\"429\",\"message\":\"rate limited\"}", VERDICT_RETRY },
		{ "{\"code\":429}", VERDICT_RETRY },
		{ "{\"code\":\"503\",\"message\":\"no backend\"}", VERDICT_RETRY },
		{ "{\"code\":\"rate_limit_exceeded\"}", VERDICT_RETRY },
		{ "{\"code\":\"server_overloaded\"}", VERDICT_RETRY },
		{ "{\"code\":\"400\",\"message\":\"no\"}", VERDICT_OK },
		{ "{\"code\":\"oom\",\"message\":\"no\"}", VERDICT_OK },
		{ "\"it broke\"", VERDICT_OK },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = openai_answer(c, CALL_JOB, 200,
		    arena_printf(c->a, "{\"error\":%s}", rows[i].error));

		if (o.verdict != rows[i].verdict)
			fail_msg("%s: verdict %d", rows[i].error, o.verdict);
		if (o.verdict == VERDICT_OK)
			assert_int_equal(SEEN_FAILED, o.sightings->state);
	}
	/* beside a status it is the job's */
	assert_int_equal(SEEN_FAILED, openai_job(c, "{\"status\":\"failed\","
	    "\"error\":{\"code\":\"429\"}}").state);
	/* a create was not taken */
	assert_int_equal(VERDICT_DOWN, openai_answer(c, CALL_CREATE, 200,
	    "{\"error\":{\"code\":\"429\"}}").verdict);
}

/* ---- secrets ---- */

/* Codes and status words are changed before they are told. */
static void
a_key_in_a_word_is_found_before_it_is_changed(void **state)
{
	struct openai_case *c = *state;
	struct outcome o = openai_answer(c, CALL_CREATE, 401, "{\"error\":"
	    "{\"code\":\"bad sk-secret-key\",\"message\":\"x\"}}");
	struct sighting s = openai_job(c,
	    "{\"id\":\"v\",\"status\":\"SK-Secret-Key\"}");

	assert_null(strcasestr(o.log, "secret"));
	assert_null(strcasestr(s.odd_status, "secret"));
}

/* ---- content that can never be used ---- */

static void
the_same_useless_content_is_not_asked_for_for_ever(void **state)
{
	static const struct {
		struct call_response r;
		const char	*header;
		enum verdict	 verdict;
	} rows[] = {
		{ { .status = 302 }, "Location: ftp://cdn.example/f", VERDICT_OTHER },
		{ { .status = 302 }, "Location: https://a:b@cdn.example/f", VERDICT_OTHER },
		{ { .status = 302 }, NULL, VERDICT_OTHER },
		{ { .status = 304 }, NULL, VERDICT_OTHER },
		{ { .status = 200, .body = "{\"error\":\"no file\"}" }, NULL, VERDICT_OTHER },
		{ { .status = 405 }, NULL, VERDICT_OTHER },
		{ { .status = 416 }, NULL, VERDICT_OTHER },
		{ { .transport = TRANSPORT_LOST, .too_large = true }, NULL, VERDICT_OTHER },
		{ { .transport = TRANSPORT_LOST, .unusable = true }, NULL, VERDICT_OTHER },
		/* these may be better next time */
		{ { .transport = TRANSPORT_LOST }, NULL, VERDICT_RETRY },
		{ { .transport = TRANSPORT_NOT_SENT }, NULL, VERDICT_RETRY },
		{ { .status = 429 }, NULL, VERDICT_RETRY },
		{ { .status = 502 }, NULL, VERDICT_RETRY },
		{ { .status = 408 }, NULL, VERDICT_RETRY },
		{ { .status = 200, .body = "{\"error\":{\"code\":\"503\"}}" }, NULL, VERDICT_RETRY },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct outcome o = openai_answer_with(c, CALL_CONTENT,
		    &rows[i].r, rows[i].header);

		if (o.verdict != rows[i].verdict)
			fail_msg("row %zu: verdict %d", i, o.verdict);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, openai_case_setup, \
	    openai_case_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_create_is_taken),
		TEST(a_look_tells_the_state),
		TEST(a_list_has_the_lost_job),
		TEST(content_leads_to_the_file),
		TEST(an_image_is_had),
		TEST(the_upstream_of_accounts_may_be_odd_too),
		TEST(what_cannot_be_read_after_a_create_is_looked_for),
		TEST(an_error_of_the_moment_keeps_the_job),
		TEST(a_key_in_a_word_is_found_before_it_is_changed),
		TEST(the_same_useless_content_is_not_asked_for_for_ever),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
