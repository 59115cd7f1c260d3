/* SPDX-License-Identifier: MIT */
/* test_openai_build.c: each server is asked in its own way. */
#include "openai_case.h"

#include "json.h"

static void
assert_body(struct openai_case *c, const struct call_request *rq,
    const char *want)
{
	cJSON *a = NULL, *b = NULL;

	assert_int_equal(ERR_OK, json_parse(want, strlen(want), &a, &c->e));
	assert_int_equal(ERR_OK, json_parse(rq->body, rq->body_len, &b,
	    &c->e));
	if (!cJSON_Compare(a, b, true))
		fail_msg("%s instead of %s", rq->body, want);
	cJSON_Delete(a);
	cJSON_Delete(b);
}

static void
a_plain_create(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq = openai_request(c, CALL_CREATE);

	assert_string_equal("POST", rq.method);
	assert_string_equal("https://gpu.example/v1/videos", rq.url);
	assert_body(c, &rq, "{\"model\":\"sora-2\",\"prompt\":\"a cat\","
	    "\"seconds\":\"8\",\"size\":\"1280x720\"}");
	assert_string_equal("application/json",
	    openai_header(&rq, "Content-Type"));
	assert_string_equal("Bearer sk-secret-key",
	    openai_header(&rq, "Authorization"));
	assert_string_equal("sora-2-0123-0",
	    openai_header(&rq, "Idempotency-Key"));
	assert_int_equal(120, rq.idle_timeout);
	assert_int_equal(10, rq.connect_timeout);
	assert_int_equal(REACH_PUBLIC, rq.reach);
	assert_true(rq.unpack);
	assert_string_equal("/cache", rq.sink_dir);
}

static void
what_the_options_change(void **state)
{
	static struct options_model models[] = {
		{ "sora-2", "Wan 2.2" } };
	struct openai_case *c = *state;
	struct call_request rq;

	c->options.seconds_as = SECONDS_NUMBER;
	c->options.size_as = SIZE_RATIO;
	c->options.models = models;
	c->options.n_models = 1;
	c->options.extra = "{\"fps\":24,\"prompt\":\"mine\"}";
	rq = openai_request(c, CALL_CREATE);
	assert_body(c, &rq, "{\"model\":\"Wan 2.2\",\"prompt\":\"mine\","
	    "\"seconds\":8,\"aspect_ratio\":\"16:9\",\"resolution\":"
	    "\"720p\",\"fps\":24}");
	c->options.seconds_as = SECONDS_DURATION;
	c->options.extra = NULL;
	c->task.size = "1024x1792";
	rq = openai_request(c, CALL_CREATE);
	assert_body(c, &rq, "{\"model\":\"Wan 2.2\",\"prompt\":\"a cat\","
	    "\"duration\":8,\"aspect_ratio\":\"9:16\",\"resolution\":"
	    "\"1080p\"}");
	c->task.seconds = 0;
	c->task.size = NULL;
	rq = openai_request(c, CALL_CREATE);
	assert_body(c, &rq, "{\"model\":\"Wan 2.2\",\"prompt\":\"a cat\"}");
}

/* Services know a few of either, so the nearest is named. */
static void
a_size_is_told_as_the_nearest_ratio_and_resolution(void **state)
{
	static const struct {
		const char	*size;
		const char	*ratio;
		const char	*resolution;
	} rows[] = {
		{ "1280x720", "16:9", "720p" }, { "720x1280", "9:16", "720p" },
		{ "1792x1024", "16:9", "1080p" }, { "1024x1792", "9:16", "1080p" },
		{ "1920x1080", "16:9", "1080p" }, { "832x480", "16:9", "480p" },
		{ "480x832", "9:16", "480p" }, { "854x480", "16:9", "480p" },
		{ "1024x1024", "1:1", "1080p" }, { "640x480", "4:3", "480p" },
		{ "768x1024", "3:4", "768p" }, { "1080x720", "3:2", "720p" },
		{ "720x1080", "2:3", "720p" }, { "2520x1080", "21:9", "1080p" },
		{ "1080x2520", "9:21", "1080p" }, { "2560x1440", "16:9", "2K" },
		{ "3840x2160", "16:9", "4K" }, { "9999x1", "21:9", "480p" },
	};
	struct openai_case *c = *state;

	c->options.size_as = SIZE_RATIO;
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct call_request rq;
		cJSON *body = NULL;

		c->task.size = rows[i].size;
		rq = openai_request(c, CALL_CREATE);
		assert_int_equal(ERR_OK, json_parse(rq.body, rq.body_len,
		    &body, &c->e));
		if (strcmp(json_string(body, "aspect_ratio"), rows[i].ratio)
		    != 0 || strcmp(json_string(body, "resolution"),
		    rows[i].resolution) != 0)
			fail_msg("%s: %s", rows[i].size, rq.body);
		assert_null(json_get(body, "size"));
		cJSON_Delete(body);
	}
}

static void
the_key_goes_as_the_server_wants_it(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq;

	c->options.auth_header = "x-api-key";
	rq = openai_request(c, CALL_CREATE);
	assert_string_equal("sk-secret-key", openai_header(&rq, "X-Api-Key"));
	assert_null(openai_header(&rq, "Authorization"));
	c->options.auth_header = "";
	rq = openai_request(c, CALL_CREATE);
	assert_null(openai_header(&rq, "Authorization"));
	c->options.auth_header = NULL;
	c->token.token = "";
	rq = openai_request(c, CALL_CREATE);
	assert_null(openai_header(&rq, "Authorization"));
	c->token.token = "a\r\nX-Evil: 1";
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
}

/* An empty one when there is none. */
static const struct call_part *
part_of(const struct call_request *rq, const char *name)
{
	static const struct call_part none = { .value = "", .path = "",
	    .filename = "", .type = "" };

	for (size_t i = 0; i < rq->n_parts; i++)
		if (strcmp(rq->parts[i].name, name) == 0)
			return &rq->parts[i];
	return &none;
}

static void
a_reference_is_a_file_in_a_form(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq;

	c->task.n_media = 1;
	c->options.extra = "{\"fps\":24,\"lora\":{\"a\":1}}";
	rq = openai_request(c, CALL_CREATE);
	assert_null(rq.body);
	assert_int_equal(7, rq.n_parts);
	assert_string_equal("a cat", part_of(&rq, "prompt")->value);
	assert_string_equal("8", part_of(&rq, "seconds")->value);
	assert_string_equal("24", part_of(&rq, "fps")->value);
	assert_string_equal("{\"a\":1}", part_of(&rq, "lora")->value);
	assert_string_equal("/spool/one.png",
	    part_of(&rq, "input_reference")->path);
	assert_string_equal("image.png",
	    part_of(&rq, "input_reference")->filename);
	assert_string_equal("image/png",
	    part_of(&rq, "input_reference")->type);
	assert_null(openai_header(&rq, "Content-Type"));
	c->task.n_media = 0;
	c->options.create_body = BODY_MULTIPART;
	rq = openai_request(c, CALL_CREATE);
	assert_int_equal(6, rq.n_parts);
	assert_string_equal("", part_of(&rq, "input_reference")->path);
}

static const char *
joined(struct openai_case *c, const struct call_request *rq)
{
	const char *s = "";

	for (size_t i = 0; i < rq->n_pieces; i++)
		s = arena_printf(c->a, "%s%s", s,
		    rq->pieces[i].text != NULL ? rq->pieces[i].text
		    : arena_printf(c->a, "<%s>", rq->pieces[i].path));
	return s;
}

static void
a_reference_is_text_in_json(void **state)
{
	static const struct {
		enum options_reference as;
		const char	*want;
	} rows[] = {
		{ REFERENCE_OBJECT, "\"input_reference\":{\"image_url\":"
		    "\"data:image/png;base64,</spool/one.png>\"}}" },
		{ REFERENCE_TEXT, "\"input_reference\":"
		    "\"data:image/png;base64,</spool/one.png>\"}" },
		{ REFERENCE_IMAGE_URL, "\"image_url\":"
		    "\"data:image/png;base64,</spool/one.png>\"}" },
		{ REFERENCE_IMAGE_URLS, "\"image_urls\":["
		    "\"data:image/png;base64,</spool/one.png>\","
		    "\"data:image/jpeg;base64,</spool/two.jpg>\"]}" },
	};
	struct openai_case *c = *state;

	c->task.n_media = 2;
	c->task.prompt = "@file@";	/* is not taken for one */
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct call_request rq;

		c->options.reference_as = rows[i].as;
		rq = openai_request(c, CALL_CREATE);
		assert_string_equal(arena_printf(c->a, "{\"model\":\"sora-2\","
		    "\"prompt\":\"@file@\",\"seconds\":\"8\",\"size\":"
		    "\"1280x720\",%s", rows[i].want), joined(c, &rq));
		assert_string_equal("application/json",
		    openai_header(&rq, "Content-Type"));
	}
}

static void
ids_are_encoded_in_paths(void **state)
{
	static const struct {
		const char	*id;
		const char	*want;
	} rows[] = {
		{ "video_1-2.~", "video_1-2.~" },
		{ "dmlk+/8=", "dmlk%2B%2F8%3D" },
		{ "a b?c#d%", "a%20b%3Fc%23d%25" },
		{ "\xc3\xa4", "%C3%A4" },
	};
	struct openai_case *c = *state;
	struct call_request rq;

	for (size_t i = 0; i < NELEM(rows); i++) {
		c->task.upstream_id = c->in.job_id = rows[i].id;
		rq = openai_request(c, CALL_JOB);
		assert_string_equal("GET", rq.method);
		assert_string_equal(arena_printf(c->a,
		    "https://gpu.example/v1/videos/%s", rows[i].want), rq.url);
		rq = openai_request(c, CALL_CONTENT);
		assert_string_equal(arena_printf(c->a,
		    "https://gpu.example/v1/videos/%s/content", rows[i].want),
		    rq.url);
		rq = openai_request(c, CALL_DELETE);
		assert_string_equal("DELETE", rq.method);
		assert_string_equal(arena_printf(c->a,
		    "https://gpu.example/v1/videos/%s", rows[i].want), rq.url);
	}
	c->task.upstream_id = "..";
	c->in.call = CALL_JOB;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
}

static void
the_key_stays_with_the_server(void **state)
{
	static const struct {
		const char	*fetch_url;
		const char	*source_url;
		const char	*location;
		bool		 stranger;
		const char	*want;
		bool		 key;
	} rows[] = {
		{ NULL, NULL, NULL, false, "https://gpu.example/v1/videos/video_1/content", true },
		{ "https://gpu.example/f", NULL, NULL, false, "https://gpu.example/f", true },
		{ "http://10.0.0.1/f", NULL, NULL, false, "http://10.0.0.1/f", false },
		{ NULL, "https://cdn.example/f", NULL, false, "https://cdn.example/f", false },
		{ NULL, NULL, "https://cdn.example/f", true, "https://cdn.example/f", false },
		{ NULL, NULL, "https://gpu.example/f", true, "https://gpu.example/f", false },
		{ NULL, NULL, "https://gpu.example/f", false, "https://gpu.example/f", true },
	};
	struct openai_case *c = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct call_request rq;

		c->task.fetch_url = rows[i].fetch_url;
		c->task.source_url = rows[i].source_url;
		c->in.location = rows[i].location;
		c->in.stranger = rows[i].stranger;
		rq = openai_request(c, CALL_CONTENT);
		assert_string_equal(rows[i].want, rq.url);
		assert_int_equal(rows[i].key,
		    openai_header(&rq, "Authorization") != NULL);
	}
}

static void
content_is_gone_on_with(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq;

	c->options.send_variant = true;
	c->options.allow_private = true;
	c->in.have = 1000;
	rq = openai_request(c, CALL_CONTENT);
	assert_string_equal("bytes=1000-", openai_header(&rq, "Range"));
	assert_non_null(strstr(rq.url, "/content?variant=video"));
	assert_true(rq.keep_partial);
	assert_int_equal(REACH_ANY, rq.reach);
	assert_int_equal(60, rq.idle_timeout);
}

static void
a_remix_is_of_the_servers_own_video(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq;

	c->task.remix_target = "v/1";
	rq = openai_request(c, CALL_CREATE);
	assert_string_equal("https://gpu.example/v1/videos/v%2F1/remix",
	    rq.url);
	assert_body(c, &rq, "{\"prompt\":\"a cat\"}");
	c->options.remix = false;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
}

static void
images_are_made_and_edited(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq;

	c->task.kind = TASK_IMAGE;
	c->task.seconds = 0;
	c->task.size = "1024x1024";
	rq = openai_request(c, CALL_CREATE);
	assert_string_equal("https://gpu.example/v1/images/generations",
	    rq.url);
	assert_body(c, &rq, "{\"model\":\"sora-2\",\"prompt\":\"a cat\","
	    "\"n\":1,\"size\":\"1024x1024\"}");
	assert_int_equal(300, rq.idle_timeout);
	c->options.image_format = true;
	rq = openai_request(c, CALL_CREATE);
	assert_non_null(strstr(rq.body, "\"response_format\":\"b64_json\""));
	c->task.n_media = 1;
	rq = openai_request(c, CALL_CREATE);
	assert_string_equal("https://gpu.example/v1/images/edits", rq.url);
	assert_string_equal("/spool/one.png", part_of(&rq, "image")->path);
	c->task.n_media = 2;
	rq = openai_request(c, CALL_CREATE);
	assert_string_equal("/spool/one.png", part_of(&rq, "image[]")->path);
	c->options.images = false;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
}

static void
what_a_server_cannot_do_is_not_sent(void **state)
{
	static struct options_model models[] = { { "other", "other" } };
	struct openai_case *c = *state;
	struct call_request rq;

	c->in.call = CALL_CREATE;
	c->options.models = models;
	c->options.n_models = 1;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
	c->options.n_models = 0;
	c->options.reference_as = REFERENCE_NONE;
	c->task.n_media = 1;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
	c->task.kind = TASK_CHARACTER;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
	c->in.call = CALL_QUOTA;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_openai, &c->in, c->a, &rq, &c->e));
}

static void
a_list_is_read_page_by_page(void **state)
{
	struct openai_case *c = *state;
	struct call_request rq = openai_request(c, CALL_JOBS);

	assert_string_equal(
	    "https://gpu.example/v1/videos?limit=100&order=desc", rq.url);
	c->in.cursor = "a+b";
	rq = openai_request(c, CALL_JOBS);
	assert_non_null(strstr(rq.url, "&after=a%2Bb"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, openai_case_setup, \
	    openai_case_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plain_create),
		TEST(what_the_options_change),
		TEST(a_size_is_told_as_the_nearest_ratio_and_resolution),
		TEST(the_key_goes_as_the_server_wants_it),
		TEST(a_reference_is_a_file_in_a_form),
		TEST(a_reference_is_text_in_json),
		TEST(ids_are_encoded_in_paths),
		TEST(the_key_stays_with_the_server),
		TEST(content_is_gone_on_with),
		TEST(a_remix_is_of_the_servers_own_video),
		TEST(images_are_made_and_edited),
		TEST(what_a_server_cannot_do_is_not_sent),
		TEST(a_list_is_read_page_by_page),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
