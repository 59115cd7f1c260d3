/* SPDX-License-Identifier: MIT */
/* test_sora_image.c: images: how they are asked for, and the list of recent ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sora_data.h"

#define BASE	"https://up.example/backend"
#define TASK	"task_01kmv6b3d9x2w8f4t7n0k5qzjh"

/* ---- requests ---- */

static void
build(struct sora_data *d, enum call call, struct call_request *rq)
{
	struct error e = { 0 };

	d->in.call = call;
	if (provider_build(&provider_sora, &d->in, d->a, rq, &e) != ERR_OK)
		fail_msg("%s", e.text);
}

static const struct {
	const char	*model;
	const char	*box;
} boxes[] = {
	{ "sora-image", "\"width\":360,\"height\":360" },
	{ "sora-image-landscape", "\"width\":540,\"height\":360" },
	{ "sora-image-portrait", "\"width\":360,\"height\":540" },
};

static void
a_prompt_alone_is_composed(void **state)
{
	struct sora_data *d = *state;

	d->task.kind = TASK_IMAGE;
	d->task.prompt = "[3s]a lighthouse";	/* no storyboard: an image has no shots */
	for (size_t i = 0; i < NELEM(boxes); i++) {
		struct call_request rq;

		d->task.model = boxes[i].model;
		build(d, CALL_CREATE, &rq);
		assert_string_equal("POST", rq.method);
		assert_string_equal(BASE "/video_gen", rq.url);
		assert_int_equal(120, rq.timeout);
		assert_string_equal(arena_printf(d->a, "{\"type\":\"image_gen\","
		    "\"operation\":\"simple_compose\",\"prompt\":"
		    "\"[3s]a lighthouse\",%s,\"n_variants\":1,\"n_frames\":1,"
		    "\"inpaint_items\":[]}", boxes[i].box), rq.body);
		assert_int_equal(strlen(rq.body), rq.body_len);
	}
	assert_string_equal("[3s]a lighthouse",
	    provider_sora.upstream_prompt(&d->task, d->a));
}

static void
references_go_along_in_order(void **state)
{
	struct sora_data *d = *state;
	static struct task_media media[] = {
		{ .mime = "image/png", .upstream_id = "media_2" },
		{ .mime = "image/webp", .upstream_id = "media_1" },
	};
	struct call_request rq;
	struct error e;

	d->task = (struct task){ .kind = TASK_IMAGE, .model = "sora-image",
	    .prompt = "x", .media = media, .n_media = 2 };
	build(d, CALL_CREATE, &rq);
	assert_non_null(strstr(rq.body, "\"operation\":\"remix\""));
	assert_non_null(strstr(rq.body, "\"inpaint_items\":["
	    "{\"type\":\"image\",\"frame_index\":0,\"upload_media_id\":\"media_2\"},"
	    "{\"type\":\"image\",\"frame_index\":0,\"upload_media_id\":\"media_1\"}]"));

	media[1].upstream_id = NULL;
	assert_int_equal(ERR_INTERNAL,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	d->task.n_media = 0;
	d->task.model = "sora-video-landscape-10s";
	assert_int_equal(ERR_INVALID_VALUE,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
}

static void
a_page_of_recent_tasks_is_asked_for(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	build(d, CALL_RECENT, &rq);
	assert_string_equal("GET", rq.method);
	assert_string_equal(BASE "/v2/recent_tasks?limit=20", rq.url);
	assert_int_equal(30, rq.timeout);
	d->in.cursor = "task_1&x";
	build(d, CALL_RECENT, &rq);
	assert_string_equal(BASE "/v2/recent_tasks?limit=20&before=task_1%26x",
	    rq.url);
}

/* ---- answers ---- */

static void
a_recorded_create_is_accepted(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	sora_data_parse(d, CALL_CREATE, 200,
	    sora_data_file(d, "create_image.json"), 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_string_equal(TASK, out.id);
	assert_true(out.token.accepted);
	assert_false(out.quota.known);
}

static void
a_recorded_list_has_the_image(void **state)
{
	struct sora_data *d = *state;
	const struct sighting *s;
	struct outcome out;

	sora_data_parse(d, CALL_RECENT, 200, sora_data_file(d, "recent.json"),
	    0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_int_equal(1, out.n_sightings);
	assert_null(out.cursor);
	s = &out.sightings[0];
	assert_string_equal(TASK, s->upstream_id);
	assert_string_equal("a paper lighthouse on a desk", s->prompt);
	assert_int_equal(1774689242, s->created_at);
	assert_int_equal(SEEN_DONE, s->state);
	assert_true(s->progress == 100);
	assert_string_equal("gen_01kmv6c8s0k7b4x9j2q5ywtmrf", s->generation_id);
	assert_int_equal(1, s->n_urls);
	assert_ptr_equal(s->url, s->urls[0]);
	assert_non_null(strstr(s->url, "_src_%2Fimage.png?se="));
}

#define GEN(url)	"\"generations\":[{\"id\":\"g1\",\"url\":" url "}]"
#define REFUSED		"\"moderation_result\":{\"type\":\"terminal\"}"

static const struct {
	const char	*members;	/* of the task, besides its id */
	enum sighting_state state;
	double		 progress;
	const char	*message;	/* SEEN_FAILED */
	bool		 policy;
} cases[] = {
	{ "\"status\":\"queued\",\"progress_pct\":null", SEEN_RUNNING, -1, NULL, false },
	{ "\"status\":\"preprocessing\"", SEEN_RUNNING, -1, NULL, false },
	{ "\"status\":\"processing\",\"progress_pct\":0.5", SEEN_RUNNING, 50, NULL, false },
	{ "\"status\":\"running\",\"progress_pct\":0.25", SEEN_RUNNING, 25, NULL, false },
	{ "\"status\":\"running\",\"progress_pct\":42", SEEN_RUNNING, 42, NULL, false },
	{ "\"status\":\"running\",\"progress_pct\":1.0", SEEN_RUNNING, 99, NULL, false },
	{ "\"status\":\"running\"," REFUSED, SEEN_RUNNING, -1, NULL, false },
	{ "\"status\":\"something new\"", SEEN_RUNNING, -1, NULL, false },
	{ "\"status\":7", SEEN_RUNNING, -1, NULL, false },
	{ "", SEEN_RUNNING, -1, NULL, false },
	{ "\"status\":\"succeeded\"," GEN("\"https://x/1\""), SEEN_DONE, 100, NULL, false },
	{ "\"status\":\"succeeded\"," GEN("null"), SEEN_NOT_READY, -1, NULL, false },
	{ "\"status\":\"succeeded\"," GEN("\"\""), SEEN_NOT_READY, -1, NULL, false },
	{ "\"status\":\"succeeded\"," GEN("\"ftp://x\""), SEEN_NOT_READY, -1, NULL, false },
	{ "\"status\":\"succeeded\",\"generations\":[]", SEEN_NOT_READY, -1, NULL, false },
	{ "\"status\":\"succeeded\",\"generations\":{}", SEEN_NOT_READY, -1, NULL, false },
	{ "\"status\":\"succeeded\",\"num_unsafe_generations\":1,\"generations\":[]",
	    SEEN_FAILED, -1, "Content policy violation: Content violates guardrails", true },
	{ "\"status\":\"succeeded\",\"num_unsafe_generations\":1," GEN("\"https://x/1\""),
	    SEEN_DONE, 100, NULL, false },
	{ "\"status\":\"succeeded\"," REFUSED "," GEN("null"), SEEN_FAILED, -1,
	    "Content policy violation: Content violates guardrails", true },
	{ "\"status\":\"succeeded\",\"generations\":[{" REFUSED "}]", SEEN_FAILED, -1,
	    "Content policy violation: Content violates guardrails", true },
	{ "\"status\":\"failed\"," REFUSED ",\"failure_reason\":\"Not allowed\"",
	    SEEN_FAILED, -1, "Content policy violation: Not allowed", true },
	{ "\"status\":\"failed\",\"failure_reason\":\"out of memory\"", SEEN_FAILED, -1,
	    "Generation failed", false },
	{ "\"status\":\"failed\",\"error_message\":\"lost\"", SEEN_FAILED, -1,
	    "Generation failed", false },
	{ "\"status\":\"error\",\"failure_reason\":\"violates our policies\"", SEEN_FAILED, -1,
	    "Content policy violation: violates our policies", true },
	{ "\"status\":\"error\"", SEEN_FAILED, -1, "Generation failed", false },
	{ "\"status\":\"cancelled\"," GEN("\"https://x/1\""), SEEN_FAILED, -1,
	    "Generation failed", false },
};

static void
each_state_of_a_task_is_told(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(cases); i++) {
		const struct sighting *s;
		struct outcome out;

		print_message("# %s\n", cases[i].members);
		sora_data_parse(d, CALL_RECENT, 200, arena_printf(d->a,
		    "{\"task_responses\":[{\"id\":\"t1\"%s%s}]}",
		    *cases[i].members != '\0' ? "," : "", cases[i].members), 0,
		    &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_int_equal(1, out.n_sightings);
		s = &out.sightings[0];
		assert_int_equal(cases[i].state, s->state);
		assert_true(s->progress == cases[i].progress);
		assert_int_equal(cases[i].policy, s->policy);
		assert_int_equal(s->state == SEEN_DONE, s->n_urls > 0);
		assert_int_equal(s->state == SEEN_DONE, s->url != NULL);
		if (cases[i].message != NULL)
			assert_string_equal(cases[i].message, s->message);
	}
}

static void
a_task_may_have_several_images(void **state)
{
	struct sora_data *d = *state;
	const struct sighting *s;
	struct outcome out;

	sora_data_parse(d, CALL_RECENT, 200, "{\"task_responses\":[null,7,{},"
	    "{\"id\":\"t1\",\"status\":\"succeeded\",\"generations\":[null,"
	    "{\"id\":\"g0\"},{\"id\":\"g1\",\"url\":\"https://x/1)\"},"
	    "{\"id\":\"g2\",\"url\":\"https://x/2\"}]}]}", 0, &out);
	assert_int_equal(1, out.n_sightings);
	s = &out.sightings[0];
	assert_int_equal(2, s->n_urls);
	assert_string_equal("https://x/1", s->url);
	assert_string_equal("https://x/2", s->urls[1]);
	assert_string_equal("g1", s->generation_id);
}

static void
a_page_names_the_next(void **state)
{
	struct sora_data *d = *state;
	static const struct {
		const char	*members;
		const char	*cursor;
	} pages[] = {
		{ "\"has_more\":true,\"last_id\":\"t9\"", "t9" },
		{ "\"has_more\":true", "t2" },
		{ "\"has_more\":false,\"last_id\":\"t9\"", NULL },
		{ "\"last_id\":\"t9\"", NULL },
	};

	for (size_t i = 0; i < NELEM(pages); i++) {
		struct outcome out;

		sora_data_parse(d, CALL_RECENT, 200, arena_printf(d->a,
		    "{\"task_responses\":[{\"id\":\"t1\"},{\"id\":\"t2\"}],%s}",
		    pages[i].members), 0, &out);
		assert_int_equal(2, out.n_sightings);
		if (pages[i].cursor == NULL)
			assert_null(out.cursor);
		else
			assert_string_equal(pages[i].cursor, out.cursor);
	}
}

static void
what_is_no_list_is_asked_for_again(void **state)
{
	struct sora_data *d = *state;
	static const char *const bodies[] = { "", "null", "[]", "{}",
	    "{\"task_responses\":null}", "{\"task_responses\":{}}", "<html>" };

	for (size_t i = 0; i < NELEM(bodies); i++) {
		struct outcome out;

		sora_data_parse(d, CALL_RECENT, 200, bodies[i], 0, &out);
		assert_int_equal(VERDICT_RETRY, out.verdict);
		assert_int_equal(0, out.n_sightings);
		assert_int_equal(TOKEN_FINE, out.token.verdict);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, sora_data_open, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(a_prompt_alone_is_composed),
		T(references_go_along_in_order),
		T(a_page_of_recent_tasks_is_asked_for),
		T(a_recorded_create_is_accepted),
		T(a_recorded_list_has_the_image),
		T(each_state_of_a_task_is_told),
		T(a_task_may_have_several_images),
		T(a_page_names_the_next),
		T(what_is_no_list_is_asked_for_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
