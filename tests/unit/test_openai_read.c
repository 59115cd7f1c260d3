/* SPDX-License-Identifier: MIT */
/* test_openai_read.c: the words of many servers, in one form. */
#include "openai_case.h"

static const char *
printed(struct openai_case *c, const char *fmt, const char *value)
{
	const char *at = strstr(fmt, "%s");

	return arena_printf(c->a, "%.*s%s%s", (int)(at - fmt), fmt, value,
	    at + 2);
}

static void
every_status_word_is_known(void **state)
{
	static const struct {
		const char	*words;		/* separated by blanks */
		enum sighting_state state;
		const char	*code;
	} rows[] = {
		{ "queued queueing in_queue pending submitted created"
		    " not_start not_started waiting scheduled throttled"
		    " accepted preparing starting", SEEN_RUNNING, NULL },
		{ "in_progress processing running generating rendering active"
		    " working uploading finalizing", SEEN_RUNNING, NULL },
		{ "completed complete succeeded succeed success done finished"
		    " ready", SEEN_DONE, NULL },
		{ "failed fail failure error rejected blocked moderated",
		    SEEN_FAILED, NULL },
		{ "cancelled canceled aborted deleted terminated",
		    SEEN_FAILED, "cancelled" },
		{ "expired timeout timed_out", SEEN_FAILED, "expired" },
	};
	struct openai_case *c = *state;
	char list[256], *save, *word;

	for (size_t i = 0; i < NELEM(rows); i++) {
		strcpy(list, rows[i].words);
		for (word = strtok_r(list, " ", &save); word != NULL;
		    word = strtok_r(NULL, " ", &save)) {
			struct sighting s = openai_job(c, printed(c,
			    "{\"id\":\"v\",\"status\":\"%s\"}", word));

			if (s.state != rows[i].state ||
			    s.odd_status != NULL || (rows[i].code == NULL)
			    != (s.code == NULL))
				fail_msg("%s: state %d, code %s", word,
				    s.state, s.code != NULL ? s.code : "");
			if (rows[i].code != NULL)
				assert_string_equal(rows[i].code, s.code);
		}
	}
}

static void
status_words_may_be_written_in_any_way(void **state)
{
	static const char *const done[] = { "COMPLETED", " Completed ",
	    "SUCCEEDED" };
	static const char *const running[] = { "In-Progress", "IN PROGRESS",
	    "in progress", " in_progress\\n" };
	static const char *const odd[] = { "unknown", "thinking", "NaN" };
	struct openai_case *c = *state;
	const char *form = "{\"id\":\"v\",\"status\":\"%s\"}";
	struct sighting s;

	for (size_t i = 0; i < NELEM(done); i++)
		assert_int_equal(SEEN_DONE,
		    openai_job(c, printed(c, form, done[i])).state);
	for (size_t i = 0; i < NELEM(running); i++) {
		s = openai_job(c, printed(c, form, running[i]));
		assert_int_equal(SEEN_RUNNING, s.state);
		assert_null(s.odd_status);
	}
	for (size_t i = 0; i < NELEM(odd); i++) {
		s = openai_job(c, printed(c, form, odd[i]));
		assert_int_equal(SEEN_RUNNING, s.state);
		assert_non_null(s.odd_status);
	}
}

static void
a_status_that_says_nothing_keeps_the_job(void **state)
{
	static const char *const running[] = {
		"{\"id\":\"v\"}", "{\"id\":\"v\",\"status\":null}",
		"{\"id\":\"v\",\"status\":\"\"}",
		"{\"id\":\"v\",\"status\":7}",
	};
	static const char *const done[] = {
		"{\"request_id\":\"v\",\"video\":{\"url\":\"https://x/f\"}}",
		"{\"url\":\"https://x/f\"}",
	};
	struct openai_case *c = *state;
	struct sighting s;

	for (size_t i = 0; i < NELEM(running); i++)
		assert_int_equal(SEEN_RUNNING,
		    openai_job(c, running[i]).state);
	for (size_t i = 0; i < NELEM(done); i++) {
		s = openai_job(c, done[i]);
		assert_int_equal(SEEN_DONE, s.state);
		assert_string_equal("https://x/f", s.url);
	}
	s = openai_job(c, "{\"error\":{\"message\":\"no\"}}");
	assert_int_equal(SEEN_FAILED, s.state);
	assert_string_equal("no", s.log);
}

static void
progress_comes_in_many_forms(void **state)
{
	static const struct {
		const char	*json;
		double		 want;
	} rows[] = {
		{ "45", 45 }, { "45.5", 45.5 }, { "0.35", 35 }, { "1", 1 },
		{ "0", 0 }, { "\"45\"", 45 }, { "\"45%\"", 45 },
		{ "null", -1 }, { "\"\"", -1 }, { "150", 100 }, { "-3", 0 },
		{ "true", -1 }, { "100", 100 },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct sighting s = openai_job(c, printed(c, "{\"id\":\"v\","
		    "\"status\":\"running\",\"progress\":%s}", rows[i].json));

		if (s.progress < rows[i].want - 0.01 ||
		    s.progress > rows[i].want + 0.01)
			fail_msg("%s: %g", rows[i].json, s.progress);
	}
	assert_true(openai_job(c,
	    "{\"id\":\"v\",\"status\":\"queued\",\"progress\":30}").progress
	    == 0);
}

static void
times_come_in_many_forms(void **state)
{
	static const char *const forms[] = { "1774688000", "1774688000.7",
	    "1774688000000", "\"2026-03-28T08:53:20Z\"", "\"1774688000\"" };
	static const char *const none[] = { "null", "\"soon\"", "-5", "0",
	    "1e30" };
	struct openai_case *c = *state;
	const char *form = "{\"id\":\"v\",\"status\":\"running\","
	    "\"created_at\":%s}";

	for (size_t i = 0; i < NELEM(forms); i++)
		assert_int_equal(1774688000,
		    openai_job(c, printed(c, form, forms[i])).created_at);
	for (size_t i = 0; i < NELEM(none); i++)
		assert_int_equal(0,
		    openai_job(c, printed(c, form, none[i])).created_at);
	assert_int_equal(1774688000, openai_job(c,
	    "{\"id\":\"v\",\"created\":1774688000}").created_at);
}

static void
an_id_is_found_wherever_it_is(void **state)
{
	static const char *const places[] = {
		"{\"id\":\"j+/=\",\"task_id\":\"x\"}",
		"{\"task_id\":\"j+/=\",\"request_id\":\"x\"}",
		"{\"request_id\":\"j+/=\"}", "{\"data\":{\"id\":\"j+/=\"}}",
		"{\"data\":{\"task_id\":\"j+/=\"}}",
		"{\"data\":[{\"id\":\"j+/=\"}]}",
		"{\"output\":{\"task_id\":\"j+/=\",\"task_status\":\"PENDING\"}}",
	};
	struct openai_case *c = *state;
	struct outcome o;

	for (size_t i = 0; i < NELEM(places); i++)
		for (long status = 200; status <= 202; status++) {
			o = openai_answer(c, CALL_CREATE, status, places[i]);
			if (o.verdict != VERDICT_OK || o.id == NULL ||
			    strcmp(o.id, "j+/=") != 0)
				fail_msg("%s: %d", places[i], o.verdict);
			assert_true(o.token.accepted);
		}
	o = openai_answer(c, CALL_CREATE, 200, "{\"id\":12345}");
	assert_string_equal("12345", o.id);
}

static void
an_id_that_cannot_be_asked_for_is_none(void **state)
{
	static const char *const bad[] = { "{\"id\":\"\"}", "{\"id\":\"..\"}",
	    "{\"id\":\"a\\u0001b\"}", "{\"id\":[]}", "{}" };
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(bad); i++)
		assert_int_equal(VERDICT_UNKNOWN,
		    openai_answer(c, CALL_CREATE, 200, bad[i]).verdict);
}

static void
what_was_accepted_counts(void **state)
{
	static const struct {
		const char	*json;
		int		 seconds;
	} rows[] = {
		{ "\"seconds\":\"12\"", 12 }, { "\"seconds\":12", 12 },
		{ "\"duration\":11.7", 12 }, { "\"duration\":\"12\"", 12 },
		{ "\"seconds\":null", 0 }, { "\"seconds\":\"x\"", 0 },
		{ "\"seconds\":1e9", 0 },
	};
	struct openai_case *c = *state;
	struct outcome o;

	for (size_t i = 0; i < NELEM(rows); i++) {
		o = openai_answer(c, CALL_CREATE, 200, printed(c,
		    "{\"id\":\"v\",\"size\":\"720x1280\",%s}", rows[i].json));
		if (o.seconds != rows[i].seconds)
			fail_msg("%s: %d", rows[i].json, o.seconds);
		assert_string_equal("720x1280", o.size);
	}
	o = openai_answer(c, CALL_CREATE, 200,
	    "{\"id\":\"v\",\"size\":\"<b>\"}");
	assert_null(o.size);
}

static void
a_result_is_found_wherever_it_is(void **state)
{
	static const char *const places[] = {
		"\"url\":%s", "\"video_url\":%s", "\"output_url\":%s",
		"\"download_url\":%s", "\"result_url\":%s",
		"\"video\":{\"url\":%s}", "\"urls\":[%s]",
		"\"unsigned_urls\":[%s]", "\"videos\":[{\"url\":%s}]",
		"\"data\":[{\"url\":%s}]", "\"data\":{\"url\":%s}",
		"\"output\":{\"video_url\":%s}", "\"result\":{\"url\":%s}",
		"\"content\":{\"video_url\":%s}", "\"metadata\":{\"url\":%s}",
		"\"generations\":[{\"url\":%s}]",
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(places); i++) {
		struct sighting s = openai_job(c, arena_printf(c->a,
		    "{\"id\":\"v\",\"status\":\"done\",%s}", printed(c,
		    places[i], "\"https://cdn.example/f.mp4?sig=1\"")));

		if (s.state != SEEN_DONE || s.url == NULL || strcmp(s.url,
		    "https://cdn.example/f.mp4?sig=1") != 0)
			fail_msg("%s: %s", places[i], s.url);
	}
}

static void
only_addresses_that_anybody_may_fetch_are_for_clients(void **state)
{
	static const struct {
		const char	*url;
		bool		 private;	/* the token allows it */
		const char	*shown;
		const char	*fetched;
	} rows[] = {
		{ "https://cdn.example/f", false, "https://cdn.example/f", NULL },
		{ "https://cdn.example/f", true, NULL, "https://cdn.example/f" },
		{ "http://cdn.example/f", false, NULL, NULL },
		{ "http://10.0.0.1/f", true, NULL, "http://10.0.0.1/f" },
		{ "https://gpu.example/v1/files/1", false, NULL,
		    "https://gpu.example/v1/files/1" },
		{ "/v1/images/1/content", false, NULL,
		    "https://gpu.example/v1/images/1/content" },
		{ "https://gpu.example:444/f", false,
		    "https://gpu.example:444/f", NULL },
		{ "https://u:p@cdn.example/f", false, NULL, NULL },
		{ "ftp://cdn.example/f", false, NULL, NULL },
		{ "data:video/mp4;base64,AAAA", false, NULL, NULL },
		{ "https://caf\xc3\xa9.example/f", false, NULL, NULL },
		/* as browsers ask for them */
		{ "https://cdn.example/a b.mp4", false,
		    "https://cdn.example/a%20b.mp4", NULL },
		{ " https://cdn.example/f?a=%20b ", false,
		    "https://cdn.example/f?a=%20b", NULL },
		/* beside the job that was asked for */
		{ "clip.mp4", false, NULL,
		    "https://gpu.example/v1/videos/clip.mp4" },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct sighting s;

		c->options.allow_private = rows[i].private;
		s = openai_job(c, printed(c, "{\"id\":\"v\",\"status\":"
		    "\"done\",\"url\":\"%s\"}", rows[i].url));
		if ((s.url == NULL) != (rows[i].shown == NULL) ||
		    (s.fetch_url == NULL) != (rows[i].fetched == NULL))
			fail_msg("%s: %s, %s", rows[i].url, s.url,
			    s.fetch_url);
		if (s.url != NULL)
			assert_string_equal(rows[i].shown, s.url);
		if (s.fetch_url != NULL)
			assert_string_equal(rows[i].fetched, s.fetch_url);
	}
}

static void
content_only_leaves_urls_alone_until_they_are_wanted(void **state)
{
	const char *body = "{\"id\":\"v\",\"status\":\"done\","
	    "\"url\":\"https://cdn.example/f\"}";
	struct openai_case *c = *state;

	c->options.content_from = CONTENT_BYTES;
	assert_null(openai_job(c, body).url);
	c->in.want_url = true;
	assert_string_equal("https://cdn.example/f", openai_job(c, body).url);
}

static void
every_form_of_an_error_is_read(void **state)
{
	static const char *const forms[] = {
		"\"error\":{\"code\":\"oom\",\"message\":\"no memory\"}",
		"\"error\":{\"code\":500,\"message\":\"no memory\"}",
		"\"error\":{\"message\":\"no memory\"}",
		"\"error\":\"no memory\"", "\"detail\":\"no memory\"",
		"\"detail\":[{\"loc\":[\"body\"],\"msg\":\"no memory\"}]",
		"\"code\":\"oom\",\"message\":\"no memory\",\"data\":null",
		"\"failure_reason\":\"no memory\"",
		"\"fail_reason\":\"no memory\"", "\"message\":\"no memory\"",
		"\"base_resp\":{\"status_code\":1,\"status_msg\":\"no memory\"}",
		"\"data\":{\"fail_reason\":\"no memory\"}",
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(forms); i++) {
		struct sighting s = openai_job(c, printed(c,
		    "{\"id\":\"v\",\"status\":\"failed\",%s}", forms[i]));

		if (s.log == NULL || strstr(s.log, "no memory") == NULL)
			fail_msg("%s: %s", forms[i], s.log);
		assert_string_equal("Generation failed", s.message);
		assert_false(s.policy);
	}
}

static void
moderation_is_seen(void **state)
{
	static const char *const forms[] = {
		"\"error\":{\"code\":\"moderation_blocked\",\"message\":\"no\"}",
		"\"error\":{\"code\":\"InputTextSensitiveContentDetected\"}",
		"\"error\":{\"code\":\"content_policy_violation\"}",
		("\"error\":{\"code\":"
		    "\"InputImageSensitiveContentDetected.PrivacyInformation\"}"),
		"\"error\":{\"code\":\"DataInspectionFailed\"}",
		"\"error\":\"violates our content policy\"",
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(forms); i++)
		if (!openai_job(c, printed(c, "{\"id\":\"v\",\"status\":"
		    "\"failed\",%s}", forms[i])).policy)
			fail_msg("%s", forms[i]);
	assert_true(openai_job(c,
	    "{\"id\":\"v\",\"status\":\"moderated\"}").policy);
}

static void
a_message_has_nothing_that_others_may_not_read(void **state)
{
	static const struct {
		const char	*text;
		const char	*want;
	} rows[] = {
		{ "key sk-secret-key is bad", "key *** is bad" },
		{ "sent Bearer abc.def", "sent Bearer ***" },
		{ "see https://x.example/f?sig=abc#t now",
		    "see https://x.example/f now" },
		{ "use sk-0123456789abcdef", "use ***" },
		{ "two\\nlines\\u0007", "two lines" },
	};
	struct openai_case *c = *state;
	char longer[1600] = "";
	struct sighting s;

	for (size_t i = 0; i < NELEM(rows); i++) {
		s = openai_job(c, printed(c, "{\"id\":\"v\",\"status\":"
		    "\"failed\",\"error\":\"%s\"}", rows[i].text));
		assert_string_equal(rows[i].want, s.log);
		assert_string_equal("Generation failed", s.message);
	}
	for (int i = 0; i < 300; i++)
		strcat(longer, "word ");
	s = openai_job(c, printed(c, "{\"id\":\"v\",\"status\":\"failed\","
	    "\"error\":\"%s\"}", longer));
	assert_in_range(strlen(s.log), 400, 500);
}

static void
a_list_tells_what_a_lost_job_is_known_by(void **state)
{
	struct openai_case *c = *state;
	struct outcome o = openai_answer(c, CALL_JOBS, 200,
	    "{\"data\":[{\"id\":\"a\",\"prompt\":\"a cat\",\"model\":\"sora-2\","
	    "\"created_at\":5},{\"id\":\"b\",\"prompt\":\"a cat\",\"model\":"
	    "\"other\"},{\"id\":\"c\",\"prompt\":\"a dog\"},{\"no\":1},"
	    "{\"id\":\"d\",\"prompt\":\"a cat\"},{\"id\":\"e\"}],"
	    "\"has_more\":true,\"last_id\":\"e\"}");
	static const bool its[] = { true, false, false, true, false };

	assert_int_equal(VERDICT_OK, o.verdict);
	assert_int_equal(5, o.n_sightings);
	assert_int_equal(5, o.sightings[0].created_at);
	assert_string_equal("e", o.cursor);
	for (size_t i = 0; i < NELEM(its); i++)
		assert_int_equal(its[i], provider_openai.is_its(&c->token,
		    &c->task, &o.sightings[i]));
	assert_null(openai_answer(c, CALL_JOBS, 200,
	    "{\"data\":[{\"id\":\"a\"}],\"has_more\":false}").cursor);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, openai_case_setup, \
	    openai_case_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_status_word_is_known),
		TEST(status_words_may_be_written_in_any_way),
		TEST(a_status_that_says_nothing_keeps_the_job),
		TEST(progress_comes_in_many_forms),
		TEST(times_come_in_many_forms),
		TEST(an_id_is_found_wherever_it_is),
		TEST(an_id_that_cannot_be_asked_for_is_none),
		TEST(what_was_accepted_counts),
		TEST(a_result_is_found_wherever_it_is),
		TEST(only_addresses_that_anybody_may_fetch_are_for_clients),
		TEST(content_only_leaves_urls_alone_until_they_are_wanted),
		TEST(every_form_of_an_error_is_read),
		TEST(moderation_is_seen),
		TEST(a_message_has_nothing_that_others_may_not_read),
		TEST(a_list_tells_what_a_lost_job_is_known_by),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
