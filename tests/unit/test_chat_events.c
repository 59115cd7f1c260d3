/* SPDX-License-Identifier: MIT */
/* test_chat_events.c: the events of a chat completion's stream. */
#include "fixture.h"

#include <string.h>

#include "api/v1/chat_events.h"
#include "arena.h"
#include "buf.h"
#include "character.h"

static struct arena *arena;
static struct buf out;

static const struct chat_voice structured = {
	.id = "chatcmpl-1", .created = 7, .model = "sora-2",
	.task_id = "sora-2-1",
}, markdown = {
	.id = "chatcmpl-1", .created = 7, .model = "sora-2",
	.task_id = "sora-2-1", .markdown = true,
};

static int
setup(void **state UNUSED)
{
	arena = arena_new();
	buf_init(&out, 65536);
	return 0;
}

static int
teardown(void **state UNUSED)
{
	buf_clear(&out);
	arena_free(arena);
	return 0;
}

#define CHUNK(model, rest) \
	"data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\"," \
	"\"created\":7,\"model\":\"" model "\"," rest "}\n\n"
#define CHOICE(delta, finish) \
	"\"choices\":[{\"index\":0,\"delta\":" delta ",\"finish_reason\":" \
	finish "}]"
#define DONE	"data: [DONE]\n\n"

static void
the_first_chunk(void **state UNUSED)
{
	chat_put_first(&structured, &out);
	assert_string_equal(out.data, CHUNK("sora", CHOICE("{\"role\":"
	    "\"assistant\",\"content\":null,\"reasoning_content\":{\"stage\":"
	    "\"generation\",\"status\":\"started\",\"progress\":0,\"message\":"
	    "\"Initializing generation request\"}}", "null")));
	buf_reset(&out);
	chat_put_first(&markdown, &out);
	assert_string_equal(out.data, CHUNK("sora-2", CHOICE("{\"role\":"
	    "\"assistant\",\"content\":\"\"}", "null"))
	    CHUNK("sora-2", CHOICE("{\"reasoning_content\":"
	    "\"Task sora-2-1\\n\"}", "null")));
}

static void
progress(void **state UNUSED)
{
	const struct chat_state s = { "generation", "processing", 50,
	    "Generating" };

	chat_put_progress(&structured, &s, &out);
	assert_string_equal(out.data, CHUNK("sora", CHOICE("{\"content\":null,"
	    "\"reasoning_content\":{\"stage\":\"generation\",\"status\":"
	    "\"processing\",\"progress\":50,\"message\":\"Generating\"}}",
	    "null")));
	buf_reset(&out);
	chat_put_progress(&markdown, &s, &out);
	assert_string_equal(out.data, CHUNK("sora-2", CHOICE(
	    "{\"reasoning_content\":\"Generating, 50%\\n\"}", "null")));
}

static void
the_result_and_usage(void **state UNUSED)
{
	struct chat_voice v = structured;

	v.include_usage = true;
	chat_put_result(&v, chat_content(&v, TASK_VIDEO, "https://h/tmp/1.mp4",
	    arena), &out);
	assert_string_equal(out.data, CHUNK("sora", CHOICE("{\"content\":"
	    "\"{\\\"type\\\":\\\"video\\\",\\\"url\\\":"
	    "\\\"https://h/tmp/1.mp4\\\"}\"}", "\"stop\""))
	    CHUNK("sora", "\"choices\":[],\"usage\":{\"prompt_tokens\":0,"
	    "\"completion_tokens\":0,\"total_tokens\":0}") DONE);
	buf_reset(&out);
	chat_put_result(&markdown, chat_content(&markdown, TASK_IMAGE,
	    "https://h/1.png", arena), &out);
	assert_string_equal(out.data, CHUNK("sora-2", CHOICE("{\"content\":"
	    "\"![image](https://h/1.png)\"}", "null"))
	    CHUNK("sora-2", CHOICE("{}", "\"stop\"")) DONE);
}

static void
a_failure(void **state UNUSED)
{
	struct error e;

	error_set(&e, ERR_GENERATION_FAILED, NULL, "No luck");
	chat_put_failure(&structured, 40, &e, &out);
	assert_string_equal(out.data, CHUNK("sora", CHOICE("{\"content\":null,"
	    "\"reasoning_content\":{\"stage\":\"error\",\"status\":\"error\","
	    "\"progress\":40,\"message\":\"No luck\"}}", "null"))
	    "data: {\"error\":{\"message\":\"No luck\",\"type\":"
	    "\"server_error\",\"param\":null,\"code\":\"generation_failed\"}}"
	    "\n\n" DONE);
}

static void
stages(void **state UNUSED)
{
	static const struct {
		struct task	 task;
		const char	*stage;
	} cases[] = {
		{ { .kind = TASK_VIDEO, .step = STEP_UPLOAD }, "upload" },
		{ { .kind = TASK_VIDEO, .step = STEP_CREATE, .prompt = "x" },
		    "generation" },
		{ { .kind = TASK_VIDEO, .step = STEP_CREATE,
		    .model = "sora-video-landscape-10s",
		    .prompt = "[5.0s]x" }, "storyboard" },
		{ { .kind = TASK_VIDEO, .step = STEP_CREATE, .model = "wan",
		    .prompt = "[5.0s]x" }, "generation" },
		{ { .kind = TASK_IMAGE, .step = STEP_CREATE,
		    .prompt = "[5.0s]x" }, "generation" },
		{ { .kind = TASK_VIDEO, .step = STEP_CREATING, .prompt = "x",
		    .remix_target = "s_1" }, "remix" },
		{ { .kind = TASK_VIDEO, .step = STEP_POLL,
		    .prompt = "[5.0s]x" }, "generation" },
		{ { .kind = TASK_VIDEO, .step = STEP_PARSE }, "watermark_free" },
		{ { .kind = TASK_IMAGE, .step = STEP_DOWNLOAD }, "cache" },
		{ { .kind = TASK_VIDEO, .step = STEP_CLIP }, "upload" },
		{ { .kind = TASK_CHARACTER, .step = STEP_CLIP_SENDING },
		    "upload" },
		{ { .kind = TASK_CHARACTER, .step = STEP_CAMEO },
		    "character_creation" },
		{ { .kind = TASK_VIDEO, .step = STEP_ASSET },
		    "character_creation" },
		{ { .kind = TASK_CHARACTER, .step = STEP_PICTURE },
		    "character_creation" },
		{ { .kind = TASK_CHARACTER, .step = STEP_NAME },
		    "character_creation" },
		{ { .kind = TASK_VIDEO, .step = STEP_FINALIZING },
		    "character_creation" },
		{ { .kind = TASK_CHARACTER, .step = STEP_SHOW },
		    "character_creation" },
	};

	for (size_t i = 0; i < NELEM(cases); i++)
		assert_string_equal(chat_state_of(&cases[i].task).stage,
		    cases[i].stage);
}

static void
a_character(void **state UNUSED)
{
	struct character c = { .cameo_id = "cameo_1", .character_id = "ch_1",
	    .username = "cat", .display_name = "A/Cat" };

	assert_string_equal("{\"type\":\"character\",\"cameo_id\":\"cameo_1\","
	    "\"character_id\":\"ch_1\",\"username\":\"cat\","
	    "\"display_name\":\"A/Cat\"}",
	    chat_character(&structured, &c, arena));
	assert_string_equal("Character created: **@cat** (A/Cat)\n",
	    chat_character(&markdown, &c, arena));
	c.character_id = NULL;
	assert_non_null(strstr(chat_character(&structured, &c, arena),
	    "\"character_id\":null,"));
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_first_chunk),
		TEST(progress),
		TEST(the_result_and_usage),
		TEST(a_failure),
		TEST(stages),
		TEST(a_character),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
