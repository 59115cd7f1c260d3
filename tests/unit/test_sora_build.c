/* SPDX-License-Identifier: MIT */
/* test_sora_build.c: requests to the sora upstream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sora_data.h"

#define POST	"s_69d2f1c4a7b88190b3e5c6d7f8091a2b"
#define BASE	"https://up.example/backend"

static void
build(struct sora_data *d, enum call call, struct call_request *rq)
{
	struct error e = { 0 };

	d->in.call = call;
	if (provider_build(&provider_sora, &d->in, d->a, rq, &e) != ERR_OK)
		fail_msg("%s", e.text);
	assert_string_equal(call_name(call), rq->label);
}

/* The header's value; fails when it is there twice; NULL when it is not there. */
static const char *
header(const struct call_request *rq, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < rq->n_headers; i++)
		if (strcasecmp(rq->headers[i].name, name) == 0) {
			assert_null(value);
			value = rq->headers[i].value;
		}
	return value;
}

static void
assert_header(const struct call_request *rq, const char *name, const char *want)
{
	const char *value = header(rq, name);

	assert_non_null(value);
	assert_string_equal(want, value);
}

/* Key by key, so that a failure names the key. */
static void
assert_body(struct sora_data *d, const char *file, const struct call_request *rq)
{
	const char *text = sora_data_file(d, file);
	cJSON *want, *got, *item;
	struct error e;

	assert_int_equal(ERR_OK, json_parse_object(text, strlen(text), &want, &e));
	assert_int_equal(ERR_OK, json_parse_object(rq->body, rq->body_len, &got, &e));
	cJSON_ArrayForEach(item, want) {
		const cJSON *other = cJSON_GetObjectItemCaseSensitive(got,
		    item->string);

		if (!cJSON_Compare(item, other, true))
			fail_msg("%s: \"%s\" is %s", file, item->string,
			    other == NULL ? "missing" : json_print(other, d->a));
	}
	assert_int_equal(cJSON_GetArraySize(want), cJSON_GetArraySize(got));
	cJSON_Delete(want);
	cJSON_Delete(got);
}

static struct task_media media[] = {
	{ .file = "m1", .mime = "image/png",
	    .upstream_id = "media_01kmv4q0n8dyj5r2w7c9bxt6sf" },
};

static void
a_text_becomes_a_create(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	d->task.model = "sora-video-portrait-15s";
	d->task.prompt = "a quiet harbour at night";
	d->task.style_id = "Anime";
	build(d, CALL_CREATE, &rq);
	assert_string_equal("POST", rq.method);
	assert_string_equal(BASE "/nf/create", rq.url);
	assert_int_equal(120, rq.timeout);
	assert_int_equal(0, rq.n_parts);
	assert_header(&rq, "Content-Type", "application/json");
	assert_body(d, "request_text.json", &rq);
}

static void
an_image_becomes_an_inpaint_item(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	d->task.prompt = "@lina.rivers walks along a rainy harbour at night, "
	    "slow dolly in";
	d->task.media = media;
	d->task.n_media = 1;
	build(d, CALL_CREATE, &rq);
	assert_string_equal(BASE "/nf/create", rq.url);
	assert_body(d, "request_image.json", &rq);
}

static void
a_remix_names_its_target(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;
	cJSON *body;
	struct error e;

	d->task.prompt = "as an ink painting";
	d->task.remix_target = POST;
	build(d, CALL_CREATE, &rq);
	assert_string_equal(BASE "/nf/create", rq.url);
	assert_body(d, "request_remix.json", &rq);

	d->task.remix_target = "gen_01kmv51z7cf4k8s6p0j2vqyt3g";
	build(d, CALL_CREATE, &rq);
	assert_int_equal(ERR_OK, json_parse_object(rq.body, rq.body_len, &body, &e));
	assert_string_equal("gen_01kmv51z7cf4k8s6p0j2vqyt3g",
	    json_string(body, "remix_target_id"));
	cJSON_Delete(body);
}

static void
shots_become_a_storyboard(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	d->task.model = "sora-video-landscape-25s";
	d->task.prompt = "overcast light, handheld camera [5.0s]a boat leaves "
	    "the pier\n[5.0s]gulls follow the boat";
	d->task.media = media;
	d->task.n_media = 1;
	build(d, CALL_CREATE, &rq);
	assert_string_equal(BASE "/nf/create/storyboard", rq.url);
	assert_body(d, "request_storyboard.json", &rq);
}

static void
the_prompt_to_look_for_is_the_one_that_is_sent(void **state)
{
	struct sora_data *d = *state;

	d->task.prompt = "a cat";
	assert_string_equal("a cat", provider_sora.upstream_prompt(&d->task, d->a));
	d->task.prompt = "[3s]x";
	assert_string_equal("current timeline:\nShot 1:\nduration: 3sec\nScene: x",
	    provider_sora.upstream_prompt(&d->task, d->a));
	d->task.remix_target = POST;	/* marks are plain text then */
	assert_string_equal("[3s]x", provider_sora.upstream_prompt(&d->task, d->a));
	d->task.remix_target = NULL;
	d->task.prompt = "[3s]";
	assert_string_equal("[3s]", provider_sora.upstream_prompt(&d->task, d->a));
}

static void
a_create_uses_the_configured_model(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	d->conf.sora_model = "sy_8_20251208";
	build(d, CALL_CREATE, &rq);
	assert_non_null(strstr(rq.body, "\"model\":\"sy_8_20251208\""));
	d->conf.sora_model = "";
	build(d, CALL_CREATE, &rq);
	assert_non_null(strstr(rq.body, "\"model\":\"sy_8\""));
}

static void
a_reference_is_uploaded_in_two_parts(void **state)
{
	struct sora_data *d = *state;
	static const char *const cases[][2] = { { "image/png", "image.png" },
	    { "image/jpeg", "image.jpg" }, { "image/webp", "image.webp" } };

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct task_media m = { .file = "m1", .mime = cases[i][0] };
		struct call_request rq;

		d->in.media = &m;
		d->in.media_path = "/spool/m1";
		build(d, CALL_UPLOAD, &rq);
		assert_string_equal("POST", rq.method);
		assert_string_equal(BASE "/uploads", rq.url);
		assert_int_equal(120, rq.timeout);
		assert_null(rq.body);
		assert_null(header(&rq, "Content-Type"));
		assert_int_equal(2, rq.n_parts);
		assert_string_equal("file", rq.parts[0].name);
		assert_string_equal("/spool/m1", rq.parts[0].path);
		assert_string_equal(cases[i][1], rq.parts[0].filename);
		assert_string_equal(cases[i][0], rq.parts[0].type);
		assert_null(rq.parts[0].value);
		assert_string_equal("file_name", rq.parts[1].name);
		assert_string_equal(cases[i][1], rq.parts[1].value);
		assert_null(rq.parts[1].path);
	}
}

static const struct {
	enum call	 call;
	bool		 old_paths;
	const char	*cursor;
	const char	*url;
} reads[] = {
	{ CALL_PENDING, false, NULL, BASE "/nf/pending/v2" },
	{ CALL_PENDING, true, NULL, BASE "/nf/pending" },
	{ CALL_DRAFTS, false, NULL, BASE "/project_y/profile/drafts/v2?limit=15" },
	{ CALL_DRAFTS, true, NULL, BASE "/project_y/profile/drafts?limit=15" },
	{ CALL_DRAFTS, false, "eyJvIjo4fQ==&x", BASE
	    "/project_y/profile/drafts/v2?limit=15&cursor=eyJvIjo4fQ%3D%3D%26x" },
	{ CALL_DRAFT, false, NULL, BASE
	    "/project_y/profile/drafts/v2/gen_01%2F..%3Fa" },
	{ CALL_QUOTA, false, NULL, BASE "/nf/check" },
};

static void
a_read_has_a_path_and_no_body(void **state)
{
	struct sora_data *d = *state;

	d->task.generation_id = "gen_01/..?a";
	for (size_t i = 0; i < NELEM(reads); i++) {
		struct call_request rq;

		print_message("# case %zu\n", i);
		d->in.old_paths = reads[i].old_paths;
		d->in.cursor = reads[i].cursor;
		build(d, reads[i].call, &rq);
		assert_string_equal("GET", rq.method);
		assert_string_equal(reads[i].url, rq.url);
		assert_int_equal(30, rq.timeout);
		assert_null(rq.body);
		assert_null(header(&rq, "Content-Type"));
		assert_header(&rq, "Authorization", "Bearer tok-1");
	}
}

static void
headers_follow_the_configuration(void **state)
{
	struct sora_data *d = *state;
	static const struct conf_header extra[] = { { "oai-device-id", "d-1" },
	    { "accept", "*/*" }, { "authorization", "no" }, { NULL, NULL } };
	struct call_request rq;

	build(d, CALL_QUOTA, &rq);
	assert_header(&rq, "Accept", "application/json");
	assert_header(&rq, "Origin", "https://share.example");
	assert_header(&rq, "Referer", "https://share.example/");
	assert_null(header(&rq, "User-Agent"));

	d->conf.sora_share_url = "http://127.0.0.1:8080/base?x";
	d->conf.sora_user_agent = "Agent/1";
	d->conf.sora_extra_headers = extra;
	build(d, CALL_QUOTA, &rq);
	assert_header(&rq, "Origin", "http://127.0.0.1:8080");
	assert_header(&rq, "Referer", "http://127.0.0.1:8080/");
	assert_header(&rq, "User-Agent", "Agent/1");
	assert_header(&rq, "oai-device-id", "d-1");
	assert_header(&rq, "Accept", "*/*");
	assert_header(&rq, "Authorization", "Bearer tok-1");
}

static void
what_cannot_be_done_is_refused(void **state)
{
	struct sora_data *d = *state;
	struct task_media lacking = { .file = "m", .mime = "image/png" };
	struct call_request rq;
	struct error e;

	d->in.call = CALL_CREATE;
	d->task.model = "sora-image";
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	d->task.model = "sora-2";
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	d->task.model = "sora-video-landscape-10s";
	d->task.kind = TASK_CHARACTER;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	d->task.kind = TASK_VIDEO;
	d->task.media = &lacking;
	d->task.n_media = 1;
	assert_int_equal(ERR_INTERNAL,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	d->task.n_media = 0;
	d->token.token = "tok\r\nX: y";
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	d->token.token = "tok";
	d->in.call = CALL_DRAFT;
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
}

static void
a_provider_is_found_by_name(void **state UNUSED)
{
	assert_ptr_equal(&provider_sora, provider_find("sora"));
	assert_null(provider_find("Sora"));
	assert_null(provider_find(""));
}

static void
every_call_has_a_name_of_its_own(void **state UNUSED)
{
	for (int i = 0; i < CALL__MAX; i++) {
		const char *name = call_name((enum call)i);

		if (name == NULL || *name == '\0')
			fail_msg("call %d has no name", i);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(call_name((enum call)j), name);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, sora_data_open, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(a_text_becomes_a_create),
		T(an_image_becomes_an_inpaint_item),
		T(a_remix_names_its_target),
		T(shots_become_a_storyboard),
		T(the_prompt_to_look_for_is_the_one_that_is_sent),
		T(a_create_uses_the_configured_model),
		T(a_reference_is_uploaded_in_two_parts),
		T(a_read_has_a_path_and_no_body),
		T(headers_follow_the_configuration),
		T(what_cannot_be_done_is_refused),
		T(a_provider_is_found_by_name),
		T(every_call_has_a_name_of_its_own),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
