/* SPDX-License-Identifier: MIT */
/* test_chat_request.c: what a client may ask by a chat completion. */
#include "fixture.h"

#include <string.h>

#include "capability.h"
#include "chat_request.h"

#define POST	"s_68e3a06dcd888191b150971da152c1f5"
#define LINK	"https://sora.chatgpt.com/p/" POST
#define VIDEO	"\"model\":\"sora-video-landscape-10s\""
#define IMAGE	"\"model\":\"sora-image\""
#define SAY(content)	"\"messages\":[{\"role\":\"user\",\"content\":" content "}]"
#define CAT	SAY("\"a cat\"")
#define PIC	"{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://p\"}}"
#define CLIP	"{\"type\":\"video_url\",\"video_url\":{\"url\":\"http://v\"}}"
#define TEXT(t)	"{\"type\":\"text\",\"text\":\"" t "\"}"

static struct arena *arena;
static const struct pool *pool;	/* what can be served; NULL: sora's */

static int
setup(void **state UNUSED)
{
	arena = arena_new();
	return 0;
}

static int
teardown(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

static void
delete(void *json)
{
	cJSON_Delete(json);
}

static enum err
parse(const char *members, struct chat_request *r, struct error *e)
{
	const char *text = arena_printf(arena, "{%s}", members);
	cJSON *body = cJSON_Parse(text);

	if (body == NULL)
		fail_msg("%s", text);
	arena_own(arena, body, delete);
	*e = (struct error){ 0 };
	return chat_parse(body, pool, arena, r, e);
}

/* ---- which work it is ---- */

static const struct {
	const char	*members;
	enum chat_work	 work;
	const char	*prompt;
	const char	*target;	/* CHAT_REMIX */
	size_t		 n_images;
	enum task_kind	 kind;
	const char	*operation;
} works[] = {
	{ IMAGE "," CAT, CHAT_IMAGE, "a cat", NULL, 0, TASK_IMAGE, "image_generation" },
	{ IMAGE "," SAY("\"see " LINK " [3s]\""), CHAT_IMAGE, "see " LINK " [3s]", NULL, 0,
	    TASK_IMAGE, "image_generation" },
	{ IMAGE ",\"image\":\"aGk=\"," SAY("[" PIC "," TEXT("x") "," PIC "]"), CHAT_IMAGE, "x",
	    NULL, 3, TASK_IMAGE, "image_generation" },
	{ VIDEO "," SAY("\"" LINK "  as an ink painting\""), CHAT_REMIX, "as an ink painting",
	    POST, 0, TASK_VIDEO, "video_remix" },
	{ VIDEO "," CAT ",\"remix_target_id\":\"" LINK "\"", CHAT_REMIX, "a cat", POST, 0,
	    TASK_VIDEO, "video_remix" },
	{ VIDEO "," SAY("\"[3s]a\"") ",\"remix_target_id\":\"sora-2-1\"", CHAT_REMIX, "[3s]a",
	    "sora-2-1", 0, TASK_VIDEO, "video_remix" },
	{ VIDEO ",\"video\":\"AAAA\"," SAY("\"\""), CHAT_CHARACTER, "", NULL, 0, TASK_CHARACTER,
	    "character_creation" },
	{ VIDEO ",\"video\":\"AAAA\"," SAY("\" \\n\""), CHAT_CHARACTER, "", NULL, 0,
	    TASK_CHARACTER, "character_creation" },
	{ VIDEO "," SAY("[" CLIP "]"), CHAT_CHARACTER, "", NULL, 0, TASK_CHARACTER,
	    "character_creation" },
	{ VIDEO "," SAY("[" CLIP "," TEXT("she sings") "]"), CHAT_CHARACTER_VIDEO, "she sings",
	    NULL, 0, TASK_VIDEO, "video_generation" },
	{ VIDEO ",\"video\":\"AAAA\"," SAY("\"x [3s]a\""), CHAT_CHARACTER_VIDEO, "x [3s]a", NULL,
	    0, TASK_VIDEO, "video_generation" },
	{ VIDEO "," SAY("\"[5.0s]a [5.0s]b\""), CHAT_STORYBOARD, "[5.0s]a [5.0s]b", NULL, 0,
	    TASK_VIDEO, "video_generation" },
	{ VIDEO ",\"image\":\"aGk=\"," SAY("\"[5s]a\""), CHAT_STORYBOARD, "[5s]a", NULL, 1,
	    TASK_VIDEO, "video_generation" },
	{ VIDEO "," CAT, CHAT_VIDEO, "a cat", NULL, 0, TASK_VIDEO, "video_generation" },
	{ VIDEO "," SAY("[" PIC "," TEXT("a") "," TEXT("b") "]"), CHAT_VIDEO, "a\nb", NULL, 1,
	    TASK_VIDEO, "video_generation" },
	/* only the last message of the user counts */
	{ VIDEO ",\"messages\":[{\"role\":\"user\",\"content\":[" CLIP "," PIC "]},"
	    "{\"role\":\"user\",\"content\":\"dog\"},{\"role\":\"assistant\",\"content\":null},"
	    "{\"role\":\"tool\",\"content\":\"7\"}]", CHAT_VIDEO, "dog", NULL, 0, TASK_VIDEO,
	    "video_generation" },
};

static void
the_first_work_that_fits_is_done(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(works); i++) {
		struct chat_request r;
		struct error e;
		struct task t;

		print_message("# %s\n", works[i].members);
		if (parse(works[i].members, &r, &e) != ERR_OK)
			fail_msg("%s", e.text);
		assert_int_equal(works[i].work, r.work);
		assert_string_equal(works[i].prompt, r.prompt);
		assert_int_equal(works[i].n_images, r.n_images);
		assert_int_equal(works[i].target != NULL,
		    r.remix_target != NULL);
		if (r.remix_target != NULL)
			assert_string_equal(works[i].target, r.remix_target);
		assert_int_equal(works[i].work == CHAT_CHARACTER ||
		    works[i].work == CHAT_CHARACTER_VIDEO, r.has_video);
		chat_task(&r, arena, &t);
		assert_int_equal(works[i].kind, t.kind);
		assert_string_equal(works[i].operation, t.operation);
		assert_int_equal(r.has_video, t.character_options != NULL);
		assert_false(t.is_async);
	}
}

/* ---- what is refused ---- */

static const struct {
	const char	*members;
	enum err	 code;
	const char	*param;
} refused[] = {
#define NO(m, code, p)	{ m, ERR_##code, p }
	NO(CAT, MISSING, "model"),
	NO("\"model\":null," CAT, MISSING, "model"),
	NO("\"model\":7," CAT, INVALID_TYPE, "model"),
	NO("\"model\":\"foo\"," CAT, MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"sora-2-pro\"," CAT, MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"foo\"", MODEL_NOT_FOUND, "model"),
	NO(VIDEO, MISSING, "messages"),
	NO(VIDEO ",\"messages\":null", MISSING, "messages"),
	NO(VIDEO ",\"messages\":\"hi\"", INVALID_TYPE, "messages"),
	NO(VIDEO ",\"messages\":{}", INVALID_TYPE, "messages"),
	NO(VIDEO ",\"messages\":[]", INVALID_VALUE, "messages"),
	NO(VIDEO ",\"messages\":[7]", INVALID_TYPE, "messages"),
	NO(VIDEO ",\"messages\":[{\"content\":\"a\"}]", MISSING, "messages"),
	NO(VIDEO ",\"messages\":[{\"role\":7,\"content\":\"a\"}]", INVALID_TYPE, "messages"),
	NO(VIDEO ",\"messages\":[{\"role\":\"user\"}]", MISSING, "messages"),
	NO(VIDEO ",\"messages\":[{\"role\":\"system\",\"content\":\"a\"}]", INVALID_VALUE,
	    "messages"),
	NO(VIDEO "," SAY("null"), MISSING, "messages"),
	NO(VIDEO "," SAY("7"), INVALID_TYPE, "messages"),
	NO(VIDEO "," SAY("\"\""), MISSING, "messages"),
	NO(VIDEO "," SAY("\" \\n\""), MISSING, "messages"),
	NO(IMAGE "," SAY("\"\""), MISSING, "messages"),
	NO(VIDEO "," SAY("[]"), MISSING, "messages"),
	NO(VIDEO "," SAY("[" PIC "]"), MISSING, "messages"),
	NO(IMAGE "," SAY("[" PIC "]"), MISSING, "messages"),
	NO(VIDEO "," SAY("[7]"), INVALID_TYPE, "messages"),
	NO(VIDEO "," SAY("[{}]"), INVALID_VALUE, "messages"),
	NO(VIDEO "," SAY("[{\"type\":7}]"), INVALID_VALUE, "messages"),
	NO(VIDEO "," SAY("[{\"type\":\"input_audio\"}]"), INVALID_VALUE, "messages"),
	NO(VIDEO "," SAY("[{\"type\":\"text\"}]"), INVALID_TYPE, "messages"),
	NO(VIDEO "," SAY("[{\"type\":\"image_url\"}]"), INVALID_TYPE, "messages"),
	NO(VIDEO "," SAY("[{\"type\":\"image_url\",\"image_url\":{}}]"), INVALID_TYPE, "messages"),
	NO(VIDEO "," SAY("[{\"type\":\"video_url\",\"video_url\":7}]"), INVALID_TYPE, "messages"),
	NO(VIDEO "," SAY("[" TEXT("a") "," PIC "," PIC "]"), INVALID_VALUE, "messages"),
	NO(VIDEO ",\"image\":\"a\"," SAY("[" TEXT("a") "," PIC "]"), INVALID_VALUE, "messages"),
	NO(VIDEO "," SAY("[" TEXT("a") "," CLIP "," CLIP "]"), INVALID_VALUE, "messages"),
	NO(VIDEO ",\"video\":\"a\"," SAY("[" CLIP "]"), INVALID_VALUE, "messages"),
	NO(VIDEO "," CAT ",\"stream\":\"true\"", INVALID_TYPE, "stream"),
	NO(VIDEO "," CAT ",\"stream\":1", INVALID_TYPE, "stream"),
	NO(VIDEO "," CAT ",\"image\":7", INVALID_TYPE, "image"),
	NO(VIDEO "," CAT ",\"image\":[\"a\"]", INVALID_TYPE, "image"),
	NO(VIDEO "," CAT ",\"video\":7", INVALID_TYPE, "video"),
	NO(IMAGE "," CAT ",\"video\":\"a\"", INVALID_VALUE, "video"),
	NO(IMAGE "," SAY("[" TEXT("a") "," CLIP "]"), INVALID_VALUE, "messages"),
	NO(IMAGE "," CAT ",\"remix_target_id\":\"" POST "\"", INVALID_VALUE, "remix_target_id"),
	NO(VIDEO "," CAT ",\"remix_target_id\":7", INVALID_TYPE, "remix_target_id"),
	NO(VIDEO "," CAT ",\"remix_target_id\":\"\"", INVALID_VALUE, "remix_target_id"),
	NO(VIDEO "," SAY("\"\"") ",\"remix_target_id\":\"" POST "\"", MISSING, "messages"),
	NO(VIDEO "," SAY("\"" LINK "\""), INVALID_VALUE, "messages"),
	NO(VIDEO ",\"image\":\"a\"," SAY("\"x " LINK "\""), INVALID_VALUE, "remix_target_id"),
	NO(VIDEO ",\"video\":\"a\"," SAY("\"x " LINK "\""), INVALID_VALUE, "remix_target_id"),
	NO(VIDEO ",\"video\":\"a\"," SAY("\"\"") ",\"remix_target_id\":\"" POST "\"", MISSING,
	    "messages"),
	NO(VIDEO "," SAY("\"[3s]\""), INVALID_VALUE, "messages"),
	NO(VIDEO "," CAT ",\"style_id\":\"baroque\"", INVALID_VALUE, "style_id"),
	NO(VIDEO "," CAT ",\"style_id\":7", INVALID_TYPE, "style_id"),
	NO(IMAGE "," CAT ",\"style_id\":7", INVALID_TYPE, "style_id"),
	NO(VIDEO "," CAT ",\"character_options\":\"x\"", INVALID_TYPE, "character_options"),
	NO(VIDEO ",\"video\":\"a\"," CAT ",\"character_options\":{\"timestamps\":\"3\"}",
	    INVALID_VALUE, "character_options"),
	NO(VIDEO ",\"video\":\"a\"," CAT ",\"character_options\":{\"username\":\"a b\"}",
	    INVALID_VALUE, "character_options"),
	NO(VIDEO "," CAT ",\"stream_options\":true", INVALID_TYPE, "stream_options"),
	NO(VIDEO "," CAT ",\"stream_options\":{\"include_usage\":1}", INVALID_TYPE,
	    "stream_options"),
	/* the first of the table is told */
	NO(VIDEO ",\"messages\":7,\"stream\":7", INVALID_TYPE, "messages"),
	NO(VIDEO "," CAT ",\"image\":7,\"stream\":7", INVALID_TYPE, "stream"),
	NO(VIDEO "," CAT ",\"style_id\":7,\"remix_target_id\":7", INVALID_TYPE,
	    "remix_target_id"),
};

static void
each_rule_that_is_broken_is_told(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(refused); i++) {
		struct chat_request r;
		struct error e;
		enum err rc = parse(refused[i].members, &r, &e);

		if (rc != refused[i].code || e.param == NULL ||
		    strcmp(e.param, refused[i].param) != 0)
			fail_msg("%s: %d, %s, %s", refused[i].members, rc,
			    e.param != NULL ? e.param : "-", e.text);
	}
}

static void
there_are_1000_messages_and_16_images_at_most(void **state UNUSED)
{
	for (int over = 0; over < 2; over++) {
		const char *messages = "", *images = TEXT("a");
		struct chat_request r;
		struct error e;
		char *list = arena_alloc(arena, 64 * 1001), *p = list;

		for (int i = 0; i < 999 + over; i++)
			p = stpcpy(p, "{\"role\":\"user\",\"content\":\"\"},");
		messages = list;
		assert_int_equal(over ? ERR_INVALID_VALUE : ERR_OK, parse(
		    arena_printf(arena, VIDEO ",\"messages\":[%s"
		    "{\"role\":\"user\",\"content\":\"a\"}]", messages), &r, &e));
		for (int i = 0; i < 15; i++)
			images = arena_printf(arena, "%s," PIC, images);
		assert_int_equal(over ? ERR_INVALID_VALUE : ERR_OK, parse(
		    arena_printf(arena, IMAGE ",\"image\":\"x\"," SAY("[%s%s]"),
		    images, over ? "," PIC : ""), &r, &e));
		if (over)
			assert_string_equal("messages", e.param);
		else
			assert_int_equal(16, r.n_images);
	}
}

static void
a_prompt_has_32000_characters_at_most(void **state UNUSED)
{
	for (int over = 0; over < 2; over++) {
		char *text = arena_alloc(arena, 32002);
		struct chat_request r;
		struct error e;

		memset(text, 'x', (size_t)(32000 + over));
		assert_int_equal(over ? ERR_INVALID_VALUE : ERR_OK, parse(
		    arena_printf(arena, VIDEO "," SAY("\"%s\""), text), &r,
		    &e));
	}
}

/* ---- what is taken ---- */

static void
each_model_of_the_chat_is_accepted(void **state UNUSED)
{
	static const char *const models[][2] = {
		{ "sora-video-landscape-25s", "sora-video-landscape-25s" },
		{ "sora-video-15s", "sora-video-landscape-15s" },
		{ "sora-2", "sora-video-landscape-10s" },
		{ "sora2-portrait-25s", "sora-video-portrait-25s" },
		{ "sora-image-portrait", "sora-image-portrait" },
		{ "gpt-image-2", "sora-image" },
		{ "gpt-image-landscape", "sora-image-landscape" },
	};

	for (size_t i = 0; i < NELEM(models); i++) {
		struct chat_request r;
		struct error e;
		struct task t;

		assert_int_equal(ERR_OK, parse(arena_printf(arena,
		    "\"model\":\"%s\"," CAT, models[i][0]), &r, &e));
		chat_task(&r, arena, &t);
		assert_string_equal(models[i][0], r.model);
		assert_string_equal(models[i][0], t.public_model);
		assert_string_equal(models[i][1], t.model);
		assert_string_equal(r.means->size, t.size);
		assert_int_equal(r.means->seconds, t.seconds);
	}
}

static void
what_others_take_is_ignored(void **state UNUSED)
{
	struct chat_request r;
	struct error e;

	assert_int_equal(ERR_OK, parse(VIDEO "," CAT ",\"n\":3,\"max_tokens\":1,"
	    "\"temperature\":\"hot\",\"tools\":{},\"user\":7,"
	    "\"stream_options\":{\"include_usage\":true},\"stream\":true,"
	    "\"character_options\":{\"timestamps\":7}", &r, &e));
	assert_true(r.stream);
	assert_true(r.include_usage);
	assert_int_equal(ERR_OK, parse(VIDEO "," CAT, &r, &e));
	assert_false(r.stream);
	assert_false(r.include_usage);
}

static void
styles_are_for_videos(void **state UNUSED)
{
	struct chat_request r;
	struct error e;

	assert_int_equal(ERR_OK, parse(VIDEO "," CAT
	    ",\"style_id\":\"Vintage\"", &r, &e));
	assert_string_equal("vintage", r.style_id);
	assert_int_equal(ERR_OK, parse(IMAGE "," CAT
	    ",\"style_id\":\"baroque\"", &r, &e));
	assert_null(r.style_id);
}

static void
media_are_told_by_their_fields(void **state UNUSED)
{
	struct chat_request r;
	struct error e;

	assert_int_equal(ERR_OK, parse(IMAGE ",\"image\":\"first\"," SAY("["
	    TEXT("a") ",{\"type\":\"image_url\",\"image_url\":\"second\"}]"),
	    &r, &e));
	assert_int_equal(2, r.n_images);
	assert_string_equal("image", r.images[0].field);
	assert_string_equal("first", r.images[0].node->valuestring);
	assert_string_equal("messages", r.images[1].field);
	assert_string_equal("second", r.images[1].node->valuestring);
	assert_int_equal(ERR_OK, parse(VIDEO "," SAY("[" CLIP "]")
	    ",\"character_options\":{\"timestamps\":\"\",\"username\":\"@c\"}",
	    &r, &e));
	assert_string_equal("messages", r.video.field);
	assert_string_equal("http://v", json_string(r.video.node, "url"));
	assert_string_equal("0,3", r.character.timestamps);
	assert_string_equal("c", r.character.username);
	assert_int_equal(ERR_OK, parse(VIDEO ",\"video\":\"AAAA\"," CAT, &r,
	    &e));
	assert_string_equal("video", r.video.field);
	assert_string_equal("@c she sings",
	    chat_prompt_with("c", "she sings", arena));
}

static void
servers_have_their_own_models(void **state UNUSED)
{
	static const char *names[] = { "wan", "flux-image",
	    "sora-video-portrait-10s" };
	static struct offer offers[] = {
		{ .id = 1, .images = true, .models = names, .n_models = 3 },
		{ .id = 2, .sora = true, .features = ~0U },
	};
	const struct pool alone = { offers, 1 }, both = { offers, 2 };
	struct chat_request r;
	struct error e;
	struct task t;

	pool = &both;
	assert_int_equal(ERR_OK, parse("\"model\":\"wan\"," CAT, &r, &e));
	assert_int_equal(CHAT_VIDEO, r.work);
	chat_task(&r, arena, &t);
	assert_string_equal("wan", t.model);
	assert_string_equal("wan", t.public_model);
	assert_int_equal(0, t.seconds);
	assert_null(t.size);
	assert_int_equal(ERR_OK, parse("\"model\":\"flux-image\"," CAT, &r,
	    &e));
	assert_int_equal(CHAT_IMAGE, r.work);
	assert_int_equal(ERR_OK, parse(VIDEO "," CAT, &r, &e));
	pool = &alone;
	assert_int_equal(ERR_MODEL_NOT_FOUND, parse(VIDEO "," CAT, &r, &e));
	/* a server that lists a name of the catalogue gets what it means */
	assert_int_equal(ERR_OK, parse(
	    "\"model\":\"sora-video-portrait-10s\"," CAT, &r, &e));
	chat_task(&r, arena, &t);
	assert_int_equal(10, t.seconds);
	assert_string_equal("720x1280", t.size);
	pool = NULL;
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_first_work_that_fits_is_done),
		T(each_rule_that_is_broken_is_told),
		T(there_are_1000_messages_and_16_images_at_most),
		T(a_prompt_has_32000_characters_at_most),
		T(each_model_of_the_chat_is_accepted),
		T(servers_have_their_own_models),
		T(what_others_take_is_ignored),
		T(styles_are_for_videos),
		T(media_are_told_by_their_fields),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
