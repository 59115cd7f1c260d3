/* SPDX-License-Identifier: MIT */
/* test_video_json.c: how a video looks to clients. */
#include "fixture_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "conf.h"

#define HEAD "{\"id\":\"sora-2-abc123def456\",\"object\":\"video\"," \
	"\"model\":\"sora-2\",\"status\":"
#define REST "\"created_at\":1702388400"
#define TAIL "\"seconds\":\"10\",\"size\":\"1280x720\""

static const struct {
	const char	*label;
	struct task	 task;		/* besides the fields that all have */
	const char	*json;
} rows[] = {
	{ "queued", { .status = TASK_QUEUED },
	    HEAD "\"queued\",\"progress\":0," REST "," TAIL "}" },
	{ "runs", { .status = TASK_PROCESSING, .progress = 41.9 },
	    HEAD "\"in_progress\",\"progress\":41," REST "," TAIL "}" },
	{ "100 is for the completed", { .status = TASK_PROCESSING,
	    .progress = 100 },
	    HEAD "\"in_progress\",\"progress\":99," REST "," TAIL "}" },
	{ "completed", { .status = TASK_COMPLETED, .progress = 100,
	    .completed_at = 1702388500 }, HEAD "\"completed\","
	    "\"progress\":100," REST ",\"completed_at\":1702388500," TAIL
	    "}" },
	{ "in the cache", { .status = TASK_COMPLETED, .progress = 100,
	    .completed_at = 1702388500, .result_file = "f.mp4" },
	    HEAD "\"completed\",\"progress\":100," REST
	    ",\"completed_at\":1702388500,\"expires_at\":1702388600," TAIL
	    "}" },
	{ "failed", { .status = TASK_FAILED, .progress = 40,
	    .completed_at = 5, .error_code = "content_policy_violation",
	    .error_message = "no" }, HEAD "\"failed\",\"progress\":40," REST
	    "," TAIL ",\"error\":{\"message\":\"no\","
	    "\"code\":\"content_policy_violation\"}}" },
	{ "cancelled", { .status = TASK_CANCELLED, .completed_at = 5,
	    .error_code = "cancelled", .error_message = "left" },
	    HEAD "\"cancelled\",\"progress\":0," REST "," TAIL
	    ",\"error\":{\"message\":\"left\",\"code\":\"cancelled\"}}" },
	{ "remix", { .status = TASK_QUEUED, .remixed_from = "s_1" },
	    HEAD "\"queued\",\"progress\":0," REST "," TAIL
	    ",\"remixed_from_video_id\":\"s_1\"}" },
	{ "metadata", { .status = TASK_QUEUED, .metadata = "{\"a\":[1]}" },
	    HEAD "\"queued\",\"progress\":0," REST "," TAIL
	    ",\"metadata\":{\"a\":[1]}}" },
	{ "metadata is as it was written", { .status = TASK_QUEUED,
	    .metadata = "{\"z\":1546130668394913729,\"a\":1E5,\"s\":\"\\/\"}" },
	    HEAD "\"queued\",\"progress\":0," REST "," TAIL
	    ",\"metadata\":{\"z\":1546130668394913729,\"a\":1E5,\"s\":\"\\/\"}}" },
	{ "empty metadata", { .status = TASK_QUEUED, .metadata = "{}" },
	    HEAD "\"queued\",\"progress\":0," REST "," TAIL "}" },
	{ "ours win", { .status = TASK_QUEUED, .generation_id = "gen_1",
	    .permalink = "https://p/1",
	    .metadata = "{\"generation_id\":\"x\",\"a\":1}" },
	    HEAD "\"queued\",\"progress\":0," REST "," TAIL
	    ",\"metadata\":{\"a\":1,\"generation_id\":\"gen_1\","
	    "\"permalink\":\"https://p/1\"}}" },
};

static void
each_state_has_its_fields(void **state UNUSED)
{
	const struct settings settings = { .cache_timeout = 100 };
	struct arena *a = arena_new();

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct task t = rows[i].task;
		const char *text;
		cJSON *v;

		t.task_id = "sora-2-abc123def456";
		t.public_model = "sora-2";
		t.created_at = 1702388400;
		t.seconds = 10;
		t.size = "1280x720";
		v = video_json(&t, &settings);
		text = json_print(v, a);
		cJSON_Delete(v);
		if (strcmp(text, rows[i].json) != 0)
			fail_msg("%s:\n%s\n%s", rows[i].label, text,
			    rows[i].json);
	}
	arena_free(a);
}

static void
the_file_here_is_told_before_the_one_there(void **state)
{
	struct http_fixture *h = *state;
	struct settings settings = { .cache_base_url = "" };
	struct task t = { .base_url = "https://me", .result_file = "f.mp4",
	    .source_url = "https://up/f" };
	const struct conf *conf = h->f->site.conf;
	FILE *out;

	assert_string_equal("https://up/f", video_url(&t, conf, &settings,
	    h->a));
	out = fopen(fixture_path(h->f, "cache/f.mp4"), "w");
	fclose(out);
	assert_string_equal("https://me/tmp/f.mp4", video_url(&t, conf,
	    &settings, h->a));
	settings.cache_base_url = "https://cdn:8443";
	assert_string_equal("https://cdn:8443/tmp/f.mp4", video_url(&t, conf,
	    &settings, h->a));
	t.result_file = t.source_url = NULL;
	assert_null(video_url(&t, conf, &settings, h->a));
}

/* The first task's id, as it is stored. */
static struct task
created(struct http_fixture *h)
{
	struct task t = { .row = fixture_int(h->f,
	    "SELECT max(id) FROM tasks") };

	return fixture_load(h->f, &t);
}

static void
a_create_is_answered_like_a_read(void **state)
{
	struct http_fixture *h = *state;
	struct resp rs, again;

	fixture_token(h->f, 1);
	rs = http_post(h, "/v1/videos", "{\"prompt\":\"cat\",\"seconds\":10,"
	    "\"metadata\":{\"a\":1}}");
	assert_int_equal(201, rs.status);
	assert_in_range(strtol(http_header(&rs, "openai-poll-after-ms"), NULL,
	    10), 2000, 10000);
	again = http_get(h, arena_printf(h->a, "/v1/videos/%s",
	    created(h).task_id));
	http_assert(h, &again, 200, http_body(h, &rs));
	assert_non_null(http_header(&again, "openai-poll-after-ms"));
	assert_non_null(strstr(http_body(h, &rs), "\"in_progress\""));
	rs = http_ask(h, "POST", "/v1/videos", HTTP_KEY, "application/json",
	    "{\"prompt\":\"cat\"}", "HTTP_USER_AGENT=Go-http-client/1.1");
	assert_int_equal(200, rs.status);
	assert_non_null(strstr(http_body(h, &rs), "\"queued\""));
	assert_string_equal("https://api.example", created(h).base_url);
}

static void
a_key_of_a_client_makes_one_task(void **state)
{
	struct http_fixture *h = *state;
	static const char key[] = "HTTP_IDEMPOTENCY_KEY=k1";
	static const char json[] = "application/json";
	struct resp first, second;

	fixture_token(h->f, 1);
	first = http_ask(h, "POST", "/v1/videos", HTTP_KEY, json,
	    "{\"prompt\":\"cat\"}", key);
	second = http_ask(h, "POST", "/v1/videos", HTTP_KEY, json,
	    "{ \"prompt\" : \"cat\" }", key);
	http_assert(h, &second, 201, http_body(h, &first));
	second = http_ask(h, "POST", "/v1/videos", HTTP_KEY, json,
	    "{\"prompt\":\"dog\"}", key);
	assert_int_equal(400, second.status);
	assert_non_null(strstr(http_body(h, &second),
	    "idempotency_key_reuse"));
	assert_string_equal("false", http_header(&second, "x-should-retry"));
	assert_int_equal(1, fixture_int(h->f, "SELECT count(*) FROM tasks"));
}

#define T(test) cmocka_unit_test_setup_teardown(test, http_setup, http_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_its_fields),
		T(the_file_here_is_told_before_the_one_there),
		T(a_create_is_answered_like_a_read),
		T(a_key_of_a_client_makes_one_task),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
