/* SPDX-License-Identifier: MIT */
/* test_video.c: what a client may ask of the videos API, and the task it becomes. */
#include "fixture.h"

#include <string.h>

#include "capability.h"
#include "token.h"
#include "video.h"

#define POST	"s_68e3a06dcd888191b150971da152c1f5"
#define LINK	"https://sora.chatgpt.com/p/" POST

static struct arena *arena;

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

static enum err
parse(cJSON *body, bool remix, const struct task *source,
    struct video_request *r, struct error *e)
{
	*e = (struct error){ 0 };
	return remix ? remix_parse(body, false, source, NULL, arena, r,
	    e)
	    : video_parse(body, false, NULL, arena, r, e);
}

/* A body with that member besides a prompt. */
static cJSON *
body_with(const char *member)
{
	const char *text = *member == '\0' ? "{\"prompt\":\"cat\"}"
	    : arena_printf(arena, "{\"prompt\":\"cat\",%s}", member);
	cJSON *body = cJSON_Parse(text);

	if (body == NULL)
		fail_msg("%s", text);
	return body;
}

enum where { CREATE = 1, REMIX = 2, BOTH = 3 };

static const struct {
	const char	*member;
	enum where	 where;
	const char	*model;		/* NULL: refused */
	const char	*seconds;
	const char	*size;
	const char	*param;		/* refused */
	enum err	 code;
} rows[] = {
#define OK(m, w, mo, se, si)	{ m, w, mo, se, si, NULL, ERR_OK }
#define NO(m, w, p, c)		{ m, w, NULL, NULL, NULL, p, c }
#define V_	ERR_INVALID_VALUE
	OK("", BOTH, "sora-2", "15", "1280x720"),
	OK("\"model\":\"sora-2\"", BOTH, "sora-2", "15", "1280x720"),
	OK("\"model\":\"sora\"", BOTH, "sora-2", "15", "1280x720"),
	OK("\"model\":\"sora2\"", BOTH, "sora-2", "15", "1280x720"),
	OK("\"model\":\"sora-2-2025-10-06\"", BOTH, "sora-2", "15", "1280x720"),
	OK("\"model\":\"sora-2-2025-12-08\"", BOTH, "sora-2", "15", "1280x720"),
	OK("\"model\":\"sora-2-pro\"", BOTH, "sora-2-pro", "15", "1280x720"),
	OK("\"model\":\"sora2-pro\"", BOTH, "sora-2-pro", "15", "1280x720"),
	OK("\"model\":\"sora2pro\"", BOTH, "sora-2-pro", "15", "1280x720"),
	OK("\"model\":\"sora-2-pro-2025-10-06\"", BOTH, "sora-2-pro", "15",
	    "1280x720"),
	NO("\"model\":\"Sora-2\"", BOTH, "model", ERR_MODEL_NOT_FOUND),
	NO("\"model\":\"sora-3\"", BOTH, "model", ERR_MODEL_NOT_FOUND),
	NO("\"model\":\"sora-video-landscape-10s\"", BOTH, "model",
	    ERR_MODEL_NOT_FOUND),
	NO("\"model\":\"sora-image\"", BOTH, "model", ERR_MODEL_NOT_FOUND),
	NO("\"model\":5", BOTH, "model", ERR_INVALID_TYPE),
	OK("\"seconds\":\"10\"", BOTH, "sora-2", "10", "1280x720"),
	OK("\"seconds\":10", BOTH, "sora-2", "10", "1280x720"),
	OK("\"seconds\":\"15\"", BOTH, "sora-2", "15", "1280x720"),
	NO("\"seconds\":\"4\"", BOTH, "seconds", V_),
	NO("\"seconds\":8", BOTH, "seconds", V_),
	NO("\"seconds\":\"12\"", BOTH, "seconds", V_),
	NO("\"seconds\":25", BOTH, "seconds", V_),
	NO("\"seconds\":\"10s\"", BOTH, "seconds", V_),
	NO("\"seconds\":10.5", BOTH, "seconds", ERR_INVALID_TYPE),
	OK("\"size\":\"720x1280\"", BOTH, "sora-2", "15", "720x1280"),
	OK("\"size\":\"1280x720\"", BOTH, "sora-2", "15", "1280x720"),
	NO("\"size\":\"1024x1792\"", BOTH, "size", V_),
	NO("\"size\":\"1792x1024\"", BOTH, "size", V_),
	OK("\"size\":\"1024x1792\",\"model\":\"sora-2-pro\"", BOTH,
	    "sora-2-pro", "15", "1024x1792"),
	OK("\"size\":\"1792x1024\",\"model\":\"sora2pro\"", BOTH,
	    "sora-2-pro", "15", "1792x1024"),
	NO("\"size\":\"1024x1024\",\"model\":\"sora-2-pro\"", BOTH, "size", V_),
	NO("\"size\":\"16:9\"", BOTH, "size", V_),
	OK("\"orientation\":\"portrait\"", CREATE, "sora-2", "15", "720x1280"),
	OK("\"orientation\":\"landscape\"", CREATE, "sora-2", "15", "1280x720"),
	OK("\"orientation\":\"portrait\",\"size\":\"1280x720\"", CREATE,
	    "sora-2", "15", "1280x720"),
	NO("\"orientation\":\"square\"", CREATE, "orientation", V_),
	NO("\"orientation\":\"Portrait\"", CREATE, "orientation", V_),
	OK("\"orientation\":\"square\"", REMIX, "sora-2", "15", "1280x720"),
	NO("\"style_id\":\"baroque\"", BOTH, "style_id", V_),
	NO("\"style_id\":7", BOTH, "style_id", ERR_INVALID_TYPE),
	OK("\"input_reference\":\"aGk=\"", CREATE, "sora-2", "15", "1280x720"),
	OK("\"input_reference\":{\"url\":\"x\"}", CREATE, "sora-2", "15",
	    "1280x720"),
	NO("\"input_reference\":5", CREATE, "input_reference",
	    ERR_INVALID_TYPE),
	NO("\"input_image\":true", CREATE, "input_image", ERR_INVALID_TYPE),
	NO("\"remix_target_id\":5", CREATE, "remix_target_id",
	    ERR_INVALID_TYPE),
	NO("\"metadata\":\"[1]\"", CREATE, "metadata", V_),
	NO("\"metadata\":\"no\"", CREATE, "metadata", V_),
	NO("\"metadata\":5", CREATE, "metadata", ERR_INVALID_TYPE),
	NO("\"async_mode\":\"true\"", BOTH, "async_mode", ERR_INVALID_TYPE),
	NO("\"async_mode\":1", BOTH, "async_mode", ERR_INVALID_TYPE),
	/* the first of the table is told */
	NO("\"seconds\":\"9\",\"model\":\"x\"", BOTH, "model",
	    ERR_MODEL_NOT_FOUND),
	NO("\"style_id\":\"x\",\"size\":\"1024x1792\"", BOTH, "size", V_),
	NO("\"async_mode\":1,\"seconds\":\"9\"", BOTH, "seconds", V_),
};

static void
check_row(size_t i, bool remix)
{
	cJSON *body = body_with(rows[i].member);
	struct video_request r;
	struct error e;
	enum err rc = parse(body, remix, NULL, &r, &e);

	if (rc != rows[i].code)
		fail_msg("%s (remix %d): %d", rows[i].member, remix, rc);
	if (rc != ERR_OK)
		assert_string_equal(rows[i].param, e.param);
	else if (strcmp(r.model, rows[i].model) != 0 ||
	    strcmp(r.seconds, rows[i].seconds) != 0 ||
	    strcmp(r.size, rows[i].size) != 0)
		fail_msg("%s: %s, %s, %s", rows[i].member, r.model, r.seconds,
		    r.size);
	cJSON_Delete(body);
}

static void
each_parameter_is_checked(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		if (rows[i].where & CREATE)
			check_row(i, false);
		if (rows[i].where & REMIX)
			check_row(i, true);
	}
}

static void
prompts_have_1_to_32000_characters(void **state UNUSED)
{
	static const struct {
		size_t		 count;
		const char	*around;
		enum err	 expected;
	} sizes[] = {
		{ 0, "", ERR_MISSING }, { 0, "  ", ERR_MISSING },
		{ 1, "", ERR_OK }, { 32000, "", ERR_OK },
		{ 32000, " \n", ERR_OK }, { 32001, "", ERR_INVALID_VALUE },
	};
	static const char *const letters[] = { "x", "\xc3\xa4",
	    "\xf0\x9f\x90\x88" };

	for (size_t i = 0; i < NELEM(sizes) * NELEM(letters); i++) {
		const char *letter = letters[i % NELEM(letters)];
		size_t n = sizes[i / NELEM(letters)].count, w = strlen(letter);
		const char *around = sizes[i / NELEM(letters)].around;
		char *prompt = arena_alloc(arena, n * w + 1);
		cJSON *body = cJSON_CreateObject();
		struct video_request r;
		struct error e;
		enum err rc;

		for (size_t k = 0; k < n; k++)
			memcpy(prompt + k * w, letter, w);
		json_add_string(body, "prompt", arena_printf(arena, "%s%s%s",
		    around, prompt, around));
		rc = parse(body, false, NULL, &r, &e);
		cJSON_Delete(body);
		if (rc != sizes[i / NELEM(letters)].expected)
			fail_msg("%zu of %s: %d", n, letter, rc);
		if (rc == ERR_OK)
			assert_string_equal(prompt, r.prompt);
		else
			assert_string_equal("prompt", e.param);
	}
}

static void
styles_are_told_in_lower_case(void **state UNUSED)
{
	static const char *const styles[] = { "festive", "retro", "news",
	    "selfie", "handheld", "anime", "comic", "golden", "vintage" };

	for (size_t i = 0; i < NELEM(styles); i++) {
		char *shout = arena_strdup(arena, styles[i]);
		struct video_request r;
		struct error e;
		cJSON *body;

		shout[1] = (char)(shout[1] - 'a' + 'A');
		body = body_with(arena_printf(arena, "\"style_id\":\"%s\"",
		    shout));
		assert_int_equal(ERR_OK, parse(body, i % 2 == 0, NULL, &r,
		    &e));
		assert_string_equal(styles[i], r.style_id);
		cJSON_Delete(body);
	}
}

static void
a_remix_inherits_from_its_source(void **state UNUSED)
{
	static const struct {
		const char	*source_model;
		const char	*source_size;
		const char	*member;
		const char	*model;
		const char	*size;
	} heirs[] = {
		{ "sora-2-pro", "1024x1792", "", "sora-2-pro", "1024x1792" },
		{ "sora-2", "720x1280", "\"seconds\":10", "sora-2",
		    "720x1280" },
		{ "sora-2", "720x1280", "\"model\":\"sora-2-pro\","
		    "\"size\":\"1792x1024\"", "sora-2-pro", "1792x1024" },
		{ "sora-video-portrait-25s", "720x1280", "", "sora-2",
		    "720x1280" },
	};

	for (size_t i = 0; i < NELEM(heirs); i++) {
		const struct task source = {
			.public_model = heirs[i].source_model,
			.size = heirs[i].source_size, .seconds = 10,
		};
		cJSON *body = body_with(heirs[i].member);
		struct video_request r;
		struct error e;

		assert_int_equal(ERR_OK, parse(body, true, &source, &r, &e));
		assert_string_equal(heirs[i].model, r.model);
		assert_string_equal(heirs[i].size, r.size);
		cJSON_Delete(body);
	}
}

static const struct {
	const char	*prompt;
	const char	*target_id;
	bool		 upload;
	enum err	 code;
	const char	*target;
	const char	*left;		/* of the prompt */
} targets[] = {
	{ "a cat", NULL, false, ERR_OK, NULL, "a cat" },
	{ "a  cat", NULL, true, ERR_OK, NULL, "a  cat" },
	{ "as ink", POST, false, ERR_OK, POST, "as ink" },
	{ "as ink", LINK, false, ERR_OK, POST, "as ink" },
	{ "as ink", "sora-2-0123456789ab", false, ERR_OK,
	    "sora-2-0123456789ab", "as ink" },
	{ LINK " as an ink painting", NULL, false, ERR_OK, POST,
	    "as an ink painting" },
	{ "as " POST " ink", NULL, false, ERR_OK, POST, "as ink" },
	{ LINK, NULL, false, ERR_INVALID_VALUE, NULL, NULL },
	{ POST, "sora-2-0123456789ab", false, ERR_INVALID_VALUE, NULL, NULL },
	{ "as ink", POST, true, ERR_INVALID_VALUE, NULL, NULL },
	{ LINK " ink", NULL, true, ERR_INVALID_VALUE, NULL, NULL },
	/* shots, but not beside a target */
	{ "Day\n[5.0s]cat  jumps [5s] lands", NULL, false, ERR_OK, NULL,
	    "Day\n[5.0s]cat  jumps [5s] lands" },
	{ "[5.0s]cat [5s]", NULL, false, ERR_INVALID_VALUE, NULL, NULL },
	{ "[5.0s] cat [5s]", POST, false, ERR_OK, POST, "[5.0s] cat [5s]" },
};

static void
remix_targets_are_found_in_all_their_forms(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(targets); i++) {
		struct video_request r = { .prompt = targets[i].prompt,
		    .remix_target_id = targets[i].target_id, .sora = true };
		const char *target = "";
		struct error e;
		enum err rc = video_remix_target(&r, targets[i].upload, arena,
		    &target, &e);

		if (rc != targets[i].code)
			fail_msg("%s: %d", targets[i].prompt, rc);
		if (rc != ERR_OK)
			continue;
		assert_string_equal(targets[i].left, r.prompt);
		if (targets[i].target == NULL)
			assert_null(target);
		else
			assert_string_equal(targets[i].target, target);
	}
}

/* To a server they are words. */
static void
a_prompt_for_servers_stays_as_it_is(void **state UNUSED)
{
	static const char *const prompts[] = {
		"[3s] pan left [5s] zoom in", "[5s] a [5s]", LINK,
		"as " POST "  ink", "@somebody waves",
	};

	for (size_t i = 0; i < NELEM(prompts); i++) {
		struct video_request r = { .prompt = prompts[i] };
		const char *target = "";
		struct error e = { 0 };

		assert_int_equal(ERR_OK, video_remix_target(&r, i % 2 == 0,
		    arena, &target, &e));
		assert_null(target);
		assert_string_equal(prompts[i], r.prompt);
		assert_int_equal(ERR_OK, video_strip_posts(&r, arena, &e));
		assert_string_equal(prompts[i], r.prompt);
	}
}

/* A field names what is meant, whoever takes the request. */
static void
a_field_names_a_target_for_servers_too(void **state UNUSED)
{
	struct video_request r = { .prompt = "as " LINK "  ink",
	    .remix_target_id = LINK };
	const char *target = "";
	struct error e = { 0 };
	struct task t;

	assert_int_equal(ERR_OK, video_remix_target(&r, false, arena, &target,
	    &e));
	assert_string_equal(POST, target);
	assert_string_equal("as " LINK "  ink", r.prompt);
	r.model = "wan";
	r.seconds = "8";
	r.size = "1280x720";
	video_task(&r, arena, &t);
	assert_string_equal(LINK, t.remixed_from);
}

static void
ids_fit_into_paths_columns_and_commands(void **state UNUSED)
{
	static const struct {
		const char	*model;
		const char	*begin;		/* of the id */
	} names[] = {
		{ "sora-2", "sora-2-" },
		{ "sora-video-landscape-10s", "sora-video-landscape-10s-" },
		{ "gpt_image", "gpt_image-" },
		{ "Wan-AI/Wan2.2", "Wan-AI-Wan2-2-" },
		{ "Wan2.2/I2V:turbo", "Wan2-2-I2V-turbo-" },
		{ "a--b", "a--b-" },
		{ "a/./b", "a-b-" },
		{ "-x", "x-" },
		{ "--", "video-" },
		{ "/", "video-" },
		{ "\xe5\x8f\xaf\xe7\x81\xb5", "video-" },
		{ "\xe5\x8f\xaf\xe7\x81\xb5-2.1", "2-1-" },
		{ "kling\xe5\x8f\xaf", "kling-" },
		{ "a b\"'<>&?#%", "a-b-" },
		{ "0123456789012345678901234567890123456789012345678901234",
		    "012345678901234567890123456789012345678901234567890-" },
		{ "01234567890123456789012345678901234567890123456789/234",
		    "01234567890123456789012345678901234567890123456789-" },
	};

	for (size_t i = 0; i < NELEM(names); i++) {
		const char *id = video_new_id(names[i].model, arena);
		size_t n = strlen(names[i].begin);

		if (strncmp(id, names[i].begin, n) != 0 ||
		    strlen(id) != n + 12 || strlen(id) > 64 ||
		    strspn(id + n, "0123456789abcdef") != 12)
			fail_msg("%s: %s", names[i].model, id);
	}
}

static void
a_post_id_has_one_form(void **state UNUSED)
{
	assert_true(video_is_post_id(POST));
	assert_false(video_is_post_id(POST "0"));
	assert_false(video_is_post_id("s_68e3a06dcd888191b150971da152c1f"));
	assert_false(video_is_post_id("S_68e3a06dcd888191b150971da152c1f5"));
	assert_false(video_is_post_id("s_68E3a06dcd888191b150971da152c1f5"));
	assert_false(video_is_post_id(""));
}

static const struct {
	enum task_status status;
	const char	*permalink;
	const char	*generation_id;
	enum err	 code;
	const char	*text;		/* of the error, or what is remixed */
	int64_t		 bound;
} sources[] = {
	{ TASK_COMPLETED, LINK, "gen_1", ERR_OK, POST, 0 },
	{ TASK_COMPLETED, NULL, "gen_1", ERR_OK, "gen_1", 7 },
	{ TASK_COMPLETED, "https://up/x", "gen_1", ERR_OK, "gen_1", 7 },
	{ TASK_COMPLETED, NULL, NULL, ERR_INVALID_VALUE, "", 0 },
	{ TASK_QUEUED, NULL, NULL, ERR_TASK_NOT_COMPLETED,
	    "Task not completed. Current status: queued", 0 },
	{ TASK_PROCESSING, LINK, "gen_1", ERR_TASK_NOT_COMPLETED,
	    "Task not completed. Current status: in_progress", 0 },
	{ TASK_CANCELLED, NULL, NULL, ERR_TASK_NOT_COMPLETED,
	    "Task not completed. Current status: cancelled", 0 },
	{ TASK_FAILED, LINK, "gen_1", ERR_TASK_FAILED,
	    "Video generation failed: why", 0 },
};

static void
a_source_is_remixed_when_it_is_done(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(sources); i++) {
		const struct task source = {
			.status = sources[i].status, .token_id = 7,
			.permalink = sources[i].permalink,
			.generation_id = sources[i].generation_id,
			.error_message = "why",
		};
		struct task out = { 0 };
		struct error e;

		assert_int_equal(sources[i].code, video_remix_source(&source,
		    NULL, arena, &out, &e));
		if (sources[i].code == ERR_OK) {
			assert_string_equal(sources[i].text,
			    out.remix_target);
			assert_int_equal(sources[i].bound, out.bound_token);
			continue;
		}
		assert_string_equal("remix_target_id", e.param);
		if (*sources[i].text != '\0')
			assert_string_equal(sources[i].text, e.text);
	}
}

static void
a_request_becomes_a_task(void **state UNUSED)
{
	static const struct {
		const char	*model;
		const char	*size;
		const char	*seconds;
		const char	*run;
	} made[] = {
		{ "sora-2", "1280x720", "15", "sora-video-landscape-15s" },
		{ "sora-2", "720x1280", "10", "sora-video-portrait-10s" },
		{ "sora-2-pro", "1792x1024", "10",
		    "sora-video-landscape-10s" },
		{ "sora-2-pro", "1024x1792", "15", "sora-video-portrait-15s" },
	};

	for (size_t i = 0; i < NELEM(made); i++) {
		const struct video_request r = {
			.prompt = "cat", .model = made[i].model,
			.size = made[i].size, .seconds = made[i].seconds,
			.async_mode = true, .sora = true,
		};
		size_t len = strlen(made[i].model);
		struct task t;

		video_task(&r, arena, &t);
		assert_string_equal(made[i].run, t.model);
		assert_string_equal(made[i].model, t.public_model);
		assert_string_equal(made[i].size, t.size);
		assert_int_equal(strcmp(made[i].seconds, "10") == 0 ? 10 : 15,
		    t.seconds);
		assert_int_equal(0, strncmp(t.task_id, made[i].model, len));
		assert_int_equal('-', t.task_id[len]);
		assert_int_equal(12, strspn(t.task_id + len + 1,
		    "0123456789abcdef"));
		assert_int_equal(len + 13, strlen(t.task_id));
	}
}

/* A server that lists two models, and one that takes any. */
static const char *listed[] = { "Wan-AI/Wan2.2", "sora2" };
static struct offer offers[] = {
	{ .id = 1, .sora = true, .features = ~0U },
	{ .id = 2, .features = FEATURE_REFERENCE, .models = listed,
	    .n_models = 2 },
	{ .id = 3, .features = FEATURE_REFERENCE },
};

static void
a_pool_says_what_is_accepted(void **state UNUSED)
{
	static const struct {
		const char	*member;
		size_t		 first;		/* of the pool's offers, and how many */
		size_t		 n;
		const char	*model;		/* NULL: refused */
		const char	*run;
		const char	*says;		/* when refused: a part of the error */
	} cases[] = {
		/* an empty pool is one of sora */
		{ "\"seconds\":\"8\"", 0, 0, NULL, NULL, "one of 10, 15" },
		{ "", 0, 0, "sora-2", "sora-video-landscape-15s", NULL },
		/* both: what sora cannot, the server may */
		{ "\"seconds\":8,\"model\":\"Wan-AI/Wan2.2\"", 0, 2,
		    "Wan-AI/Wan2.2", "Wan-AI/Wan2.2", NULL },
		{ "\"model\":\"Wan-AI/Wan2.2\",\"size\":\"640x368\"", 0, 2,
		    "Wan-AI/Wan2.2", "Wan-AI/Wan2.2", NULL },
		{ "\"seconds\":8", 0, 2, NULL, NULL, "one of 10, 15" },
		{ "\"size\":\"640x368\"", 0, 2, NULL, NULL, "with sora-2" },
		{ "\"model\":\"nope\"", 0, 2, NULL, NULL,
		    "sora-2 and sora-2-pro, Wan-AI/Wan2.2, sora2" },
		{ "\"model\":\"sora2\"", 0, 2, "sora2",
		    "sora-video-landscape-15s", NULL },
		{ "\"model\":\"sora2\",\"seconds\":60", 0, 2, "sora2", "sora2",
		    NULL },
		{ "\"model\":\"sora2pro\"", 0, 2, "sora-2-pro",
		    "sora-video-landscape-15s", NULL },
		/* servers alone */
		{ "", 1, 1, "Wan-AI/Wan2.2", "Wan-AI/Wan2.2", NULL },
		{ "\"model\":\"sora-2\"", 1, 1, NULL, NULL,
		    "accepted are Wan-AI/Wan2.2, sora2" },
		{ "\"seconds\":1", 1, 1, "Wan-AI/Wan2.2", "Wan-AI/Wan2.2",
		    NULL },
		{ "\"seconds\":\"60\"", 1, 1, "Wan-AI/Wan2.2",
		    "Wan-AI/Wan2.2", NULL },
		{ "\"seconds\":\"61\"", 1, 1, NULL, NULL, "from 1 to 60" },
		{ "\"seconds\":\"0\"", 1, 1, NULL, NULL, "from 1 to 60" },
		{ "\"seconds\":\"08\"", 1, 1, NULL, NULL, "from 1 to 60" },
		{ "\"seconds\":-4", 1, 1, NULL, NULL, "from 1 to 60" },
		{ "\"seconds\":\"4.0\"", 1, 1, NULL, NULL, "from 1 to 60" },
		{ "\"size\":\"16:9\"", 1, 1, NULL, NULL, "WxH" },
		{ "\"size\":\"0x9\"", 1, 1, NULL, NULL, "WxH" },
		/* any name, but for those that mean more than a model */
		{ "", 2, 1, "sora-2", "sora-2", NULL },
		{ "\"model\":\"sora\"", 2, 1, "sora-2", "sora-2", NULL },
		{ "\"model\":\"x/y\",\"seconds\":3", 2, 1, "x/y", "x/y",
		    NULL },
		{ "\"model\":\"sora-video-10s\"", 2, 1, NULL, NULL,
		    "Unknown model" },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		const struct pool pool = { offers + cases[i].first,
		    cases[i].n };
		cJSON *body = body_with(cases[i].member);
		struct video_request r;
		struct error e = { 0 };
		struct task t;

		if (video_parse(body, false, &pool, arena, &r, &e) != ERR_OK) {
			if (cases[i].says == NULL ||
			    strstr(e.text, cases[i].says) == NULL)
				fail_msg("%zu %s: %s", i, cases[i].member,
				    e.text);
		} else {
			video_task(&r, arena, &t);
			if (cases[i].model == NULL ||
			    strcmp(cases[i].model, r.model) != 0 ||
			    strcmp(cases[i].run, t.model) != 0)
				fail_msg("%zu %s: %s, %s", i, cases[i].member,
				    r.model, t.model);
			assert_null(strchr(t.task_id, '/'));
		}
		cJSON_Delete(body);
	}
}

static void
what_a_server_made_it_remixes_itself(void **state UNUSED)
{
	struct token_terms maker = { .remix = true };
	const struct task source = { .status = TASK_COMPLETED, .token_id = 7,
	    .upstream_id = "video_1", .generation_id = "gen_1" };
	struct task out = { 0 };
	struct error e;

	assert_int_equal(ERR_OK, video_remix_source(&source, &maker, arena,
	    &out, &e));
	assert_string_equal("video_1", out.remix_target);
	assert_int_equal(7, out.bound_token);
	maker.remix = false;
	assert_int_equal(ERR_INVALID_VALUE, video_remix_source(&source, &maker,
	    arena, &out, &e));
	assert_non_null(strstr(e.text, "server"));
}

static void
the_log_has_no_media(void **state UNUSED)
{
	struct task_media media = { .file = "f.png", .mime = "image/png" };
	struct task t = { .public_model = "sora-2", .prompt = "a/b",
	    .size = "1280x720", .seconds = 10 };

	assert_string_equal("{\"model\":\"sora-2\",\"prompt\":\"a/b\","
	    "\"has_image\":false,\"size\":\"1280x720\",\"seconds\":\"10\"}",
	    video_log_body(&t, arena));
	t.media = &media;
	t.n_media = 1;
	t.style_id = "anime";
	assert_string_equal("{\"model\":\"sora-2\",\"prompt\":\"a/b\","
	    "\"has_image\":true,\"size\":\"1280x720\",\"seconds\":\"10\","
	    "\"style_id\":\"anime\"}", video_log_body(&t, arena));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_parameter_is_checked),
		cmocka_unit_test(prompts_have_1_to_32000_characters),
		cmocka_unit_test(styles_are_told_in_lower_case),
		cmocka_unit_test(a_remix_inherits_from_its_source),
		cmocka_unit_test(remix_targets_are_found_in_all_their_forms),
		cmocka_unit_test(a_prompt_for_servers_stays_as_it_is),
		cmocka_unit_test(a_field_names_a_target_for_servers_too),
		cmocka_unit_test(ids_fit_into_paths_columns_and_commands),
		cmocka_unit_test(a_post_id_has_one_form),
		cmocka_unit_test(a_source_is_remixed_when_it_is_done),
		cmocka_unit_test(a_request_becomes_a_task),
		cmocka_unit_test(a_pool_says_what_is_accepted),
		cmocka_unit_test(what_a_server_made_it_remixes_itself),
		cmocka_unit_test(the_log_has_no_media),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
