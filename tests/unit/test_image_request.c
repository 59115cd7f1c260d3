/* SPDX-License-Identifier: MIT */
/* test_image_request.c: what a client may ask of the images API. */
#include "fixture.h"

#include <string.h>

#include "capability.h"
#include "image_request.h"

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

/* What a JSON body with that member, a prompt and, for an edit, an image gives. */
static enum err
parse(const char *member, bool edit, struct image_request *r, struct error *e)
{
	const char *text = arena_printf(arena, "{\"prompt\":\"cat\"%s%s%s}",
	    edit && strstr(member, "\"image") == NULL ? ",\"image\":\"aGk=\"" : "",
	    *member != '\0' ? "," : "", member);
	struct request_body b = { .fields = cJSON_Parse(text) };

	if (b.fields == NULL)
		fail_msg("%s", text);
	arena_own(arena, (void *)(uintptr_t)b.fields, delete);
	*e = (struct error){ 0 };
	return image_parse(&b, edit, pool, arena, r, e);
}

static const struct {
	const char	*member;
	const char	*means;		/* NULL: refused */
	enum err	 code;
	const char	*param;
} rows[] = {
#define OK(m, means)	{ m, means, ERR_OK, NULL }
#define NO(m, code, p)	{ m, NULL, ERR_##code, p }
	OK("", "sora-image"),
	OK("\"model\":null", "sora-image"),
	OK("\"model\":\"sora-image\"", "sora-image"),
	OK("\"model\":\"sora-image-landscape\"", "sora-image-landscape"),
	OK("\"model\":\"sora-image-portrait\"", "sora-image-portrait"),
	OK("\"model\":\"gpt-image-2\"", "sora-image"),
	OK("\"model\":\"gpt-image-2-2026-04-21\"", "sora-image"),
	OK("\"model\":\"gpt-image-1\"", "sora-image"),
	OK("\"model\":\"gpt-image\"", "sora-image"),
	OK("\"model\":\"gpt-image-landscape\"", "sora-image-landscape"),
	OK("\"model\":\"gpt-image-portrait\"", "sora-image-portrait"),
	NO("\"model\":\"sora-2\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"sora-video-landscape-10s\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"Sora-Image\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"dall-e-3\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":7", INVALID_TYPE, "model"),
	OK("\"n\":1", "sora-image"),
	NO("\"n\":0", INVALID_VALUE, "n"),
	NO("\"n\":2", INVALID_VALUE, "n"),
	NO("\"n\":-1", INVALID_VALUE, "n"),
	NO("\"n\":1.5", INVALID_TYPE, "n"),
	NO("\"n\":\"1\"", INVALID_TYPE, "n"),
	OK("\"size\":\"auto\"", "sora-image"),
	OK("\"size\":\"auto\",\"model\":\"sora-image-portrait\"", "sora-image-portrait"),
	OK("\"size\":\"1024x1024\",\"model\":\"sora-image-portrait\"", "sora-image"),
	OK("\"size\":\"16:9\"", "sora-image-landscape"),
	OK("\"size\":\"3:2\"", "sora-image-landscape"),
	OK("\"size\":\"1792x1024\"", "sora-image-landscape"),
	OK("\"size\":\"1536x1024\"", "sora-image-landscape"),
	OK("\"size\":\"4:5\"", "sora-image-portrait"),
	OK("\"size\":\"9:16\"", "sora-image-portrait"),
	OK("\"size\":\"1024x1536\"", "sora-image-portrait"),
	OK("\"size\":\"1:1\"", "sora-image"),
	OK("\"size\":\"512x512\"", "sora-image"),
	OK("\"size\":\"64x4096\"", "sora-image-portrait"),
	OK("\"size\":\"1:100\"", "sora-image-portrait"),
	NO("\"size\":\"63x64\"", INVALID_VALUE, "size"),
	NO("\"size\":\"64x4097\"", INVALID_VALUE, "size"),
	NO("\"size\":\"0:1\"", INVALID_VALUE, "size"),
	NO("\"size\":\"1:101\"", INVALID_VALUE, "size"),
	NO("\"size\":\"16x9\"", INVALID_VALUE, "size"),
	NO("\"size\":\"1024:1024\"", INVALID_VALUE, "size"),
	NO("\"size\":\"1024\"", INVALID_VALUE, "size"),
	NO("\"size\":\"1024x\"", INVALID_VALUE, "size"),
	NO("\"size\":\"1024x1024 \"", INVALID_VALUE, "size"),
	NO("\"size\":\"1024X1024\"", INVALID_VALUE, "size"),
	NO("\"size\":\"\"", INVALID_VALUE, "size"),
	NO("\"size\":\"Auto\"", INVALID_VALUE, "size"),
	NO("\"size\":1024", INVALID_TYPE, "size"),
	OK("\"quality\":\"standard\"", "sora-image"),
	OK("\"quality\":\"hd\"", "sora-image"),
	OK("\"quality\":\"low\"", "sora-image"),
	OK("\"quality\":\"medium\"", "sora-image"),
	OK("\"quality\":\"high\"", "sora-image"),
	OK("\"quality\":\"auto\"", "sora-image"),
	NO("\"quality\":\"best\"", INVALID_VALUE, "quality"),
	NO("\"quality\":1", INVALID_TYPE, "quality"),
	OK("\"style\":\"natural\"", "sora-image"),
	OK("\"style\":\"vivid\"", "sora-image"),
	NO("\"style\":\"anime\"", INVALID_VALUE, "style"),
	OK("\"response_format\":\"url\"", "sora-image"),
	OK("\"response_format\":\"b64_json\"", "sora-image"),
	NO("\"response_format\":\"png\"", INVALID_VALUE, "response_format"),
	NO("\"response_format\":true", INVALID_TYPE, "response_format"),
	OK("\"stream\":false", "sora-image"),
	NO("\"stream\":true", UNSUPPORTED_PARAM, "stream"),
	NO("\"stream\":\"true\"", INVALID_TYPE, "stream"),
	NO("\"image\":7", INVALID_TYPE, "image"),
	NO("\"image\":[\"a\",7]", INVALID_TYPE, "image"),
	NO("\"image\":[[\"a\"]]", INVALID_TYPE, "image"),
	NO("\"images\":true", INVALID_TYPE, "images"),
	NO("\"references\":[null]", INVALID_TYPE, "references"),
	NO("\"input_image\":[\"a\"]", INVALID_TYPE, "input_image"),
	NO("\"input_reference\":7", INVALID_TYPE, "input_reference"),
	OK("\"background\":7,\"moderation\":[],\"output_format\":1,\"output_compression\":{},"
	    "\"partial_images\":\"x\",\"user\":1,\"input_fidelity\":2", "sora-image"),
	/* the first of the table is told */
	NO("\"n\":2,\"model\":\"x\"", MODEL_NOT_FOUND, "model"),
	NO("\"stream\":true,\"quality\":\"x\"", INVALID_VALUE, "quality"),
	NO("\"response_format\":\"x\",\"size\":\"x\"", INVALID_VALUE, "size"),
};

static void
check_row(size_t i, bool edit)
{
	struct image_request r;
	struct error e;
	enum err rc = parse(rows[i].member, edit, &r, &e);

	if (rc != rows[i].code)
		fail_msg("%s (edit %d): %d %s", rows[i].member, edit, rc, e.text);
	if (rc != ERR_OK)
		assert_string_equal(rows[i].param, e.param);
	else
		assert_string_equal(rows[i].means, r.means->id);
}

static void
each_parameter_is_checked(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		check_row(i, false);
		check_row(i, true);
	}
}

static void
a_prompt_is_needed_and_kept_as_it_came(void **state UNUSED)
{
	static const struct {
		const char	*body;
		enum err	 code;
	} cases[] = {
		{ "{}", ERR_MISSING }, { "{\"prompt\":null}", ERR_MISSING },
		{ "{\"prompt\":\" \\n\"}", ERR_MISSING },
		{ "{\"prompt\":7}", ERR_INVALID_TYPE },
		{ "{\"prompt\":\" a cat\\n\"}", ERR_OK },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		cJSON *fields = cJSON_Parse(cases[i].body);
		struct request_body b = { .fields = fields };
		struct image_request r;
		struct error e;
		enum err rc = image_parse(&b, false, NULL, arena, &r, &e);

		assert_int_equal(cases[i].code, rc);
		if (rc == ERR_OK)
			assert_string_equal(" a cat\n", r.prompt);
		else
			assert_string_equal("prompt", e.param);
		cJSON_Delete(fields);
	}
}

static void
references_are_taken_in_order(void **state UNUSED)
{
	static const char *const fields[] = { "image", "images", "images",
	    "references", "input_image", "input_reference" };
	struct image_request r;
	struct error e;

	assert_int_equal(ERR_OK, parse("\"input_reference\":\"5\","
	    "\"input_image\":\"4\",\"references\":{\"url\":\"3\"},"
	    "\"images\":[\"1\",{\"image_url\":\"2\"}],\"image\":\"0\"", false,
	    &r, &e));
	assert_int_equal(NELEM(fields), r.n_refs);
	for (size_t i = 0; i < r.n_refs; i++) {
		assert_string_equal(fields[i], r.refs[i].field);
		assert_non_null(strchr(json_print(r.refs[i].node, arena),
		    (char)('0' + i)));
	}
	assert_int_equal(ERR_OK, parse("\"image\":[],\"images\":null", false,
	    &r, &e));
	assert_int_equal(0, r.n_refs);
}

static void
there_are_16_references_at_most(void **state UNUSED)
{
	const char *most = "\"image\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\","
	    "\"\",\"\",\"\",\"\",\"\",\"\",\"\"],\"images\":[\"\"]";
	struct image_request r;
	struct error e;

	for (int edit = 0; edit < 2; edit++) {
		assert_int_equal(ERR_OK, parse(most, edit, &r, &e));
		assert_int_equal(16, r.n_refs);
		assert_int_equal(ERR_INVALID_VALUE, parse(arena_printf(arena,
		    "%s,\"input_image\":\"a\"", most), edit, &r, &e));
		assert_string_equal("input_image", e.param);
	}
}

static void
a_form_has_files_and_repeated_fields(void **state UNUSED)
{
	static const char *const uploads[] = { "image[]", "x", "image[1]",
	    "image", "imagee", "image[a]", "mask2" };
	cJSON *fields = cJSON_Parse("{\"prompt\":\"a\",\"images\":\"u2\","
	    "\"stream\":\"off\",\"n\":\"1\"}");
	cJSON *repeated = cJSON_Parse("{\"images\":[\"u1\",\"u2\"]}");
	const struct request_body b = { fields, repeated, true, uploads,
	    NELEM(uploads) };
	struct image_request r;
	struct error e;

	assert_int_equal(ERR_OK, image_parse(&b, true, NULL, arena, &r, &e));
	assert_int_equal(5, r.n_refs);
	for (size_t i = 0; i < 3; i++)
		assert_null(r.refs[i].node);
	assert_int_equal(0, r.refs[0].upload);
	assert_int_equal(2, r.refs[1].upload);
	assert_int_equal(3, r.refs[2].upload);
	assert_string_equal("u1", r.refs[3].node->valuestring);
	assert_string_equal("u2", r.refs[4].node->valuestring);
	cJSON_Delete(fields);
	cJSON_Delete(repeated);
}

static void
an_edit_needs_an_image_and_takes_no_mask(void **state UNUSED)
{
	static const char *const mask[] = { "mask" };
	static const struct {
		const char	*body;
		size_t		 uploads;
		enum err	 code;
		const char	*param;
	} cases[] = {
		{ "{\"prompt\":\"a\"}", 0, ERR_MISSING, "image" },
		{ "{\"prompt\":\"a\",\"image\":[]}", 0, ERR_MISSING, "image" },
		{ "{\"prompt\":\"a\",\"image\":null}", 0, ERR_MISSING, "image" },
		{ "{\"prompt\":\"a\",\"references\":[]}", 0, ERR_MISSING, "image" },
		{ "{\"prompt\":\"a\",\"n\":2}", 0, ERR_MISSING, "image" },
		{ "{\"prompt\":\"a\"}", 1, ERR_MISSING, "image" },
		{ "{\"prompt\":\"a\",\"image\":\"b\",\"n\":2}", 1,
		    ERR_UNSUPPORTED_PARAM, "mask" },
		{ "{\"prompt\":\"a\",\"image\":\"b\",\"mask\":\"c\"}", 0,
		    ERR_UNSUPPORTED_PARAM, "mask" },
		{ "{\"prompt\":\"a\",\"image\":\"b\",\"mask\":{\"file_id\":1}}", 0,
		    ERR_UNSUPPORTED_PARAM, "mask" },
		{ "{\"prompt\":\"a\",\"images\":[{\"image_url\":\"b\"}]}", 0, ERR_OK, NULL },
		{ "{\"prompt\":\"a\",\"input_reference\":\"b\"}", 0, ERR_OK, NULL },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		cJSON *fields = cJSON_Parse(cases[i].body);
		struct request_body b = { .fields = fields, .uploads = mask,
		    .n_uploads = cases[i].uploads };
		struct image_request r;
		struct error e;

		print_message("# case %zu\n", i);
		assert_int_equal(cases[i].code,
		    image_parse(&b, true, NULL, arena, &r, &e));
		if (cases[i].param != NULL)
			assert_string_equal(cases[i].param, e.param);
		cJSON_Delete(fields);
	}
}

static void
it_becomes_a_task(void **state UNUSED)
{
	struct image_request r;
	struct error e;
	struct task t;

	assert_int_equal(ERR_OK, parse("\"model\":\"gpt-image-2\","
	    "\"size\":\"16:9\"", false, &r, &e));
	image_task(&r, arena, &t);
	assert_int_equal(TASK_IMAGE, t.kind);
	assert_string_equal("image_generation", t.operation);
	assert_string_equal("sora-image-landscape", t.model);
	assert_string_equal("gpt-image-2", t.public_model);
	assert_string_equal("cat", t.prompt);
	assert_string_equal("16:9", t.size);
	assert_int_equal(0, t.seconds);
	assert_false(t.is_async);
	assert_true(strncmp(t.task_id, "gpt-image-2-", 12) == 0);
	assert_int_equal(24, strlen(t.task_id));

	assert_int_equal(ERR_OK, parse("\"size\":\"auto\"", true, &r, &e));
	image_task(&r, arena, &t);
	assert_string_equal("image_edit", t.operation);
	assert_string_equal("1024x1024", t.size);
}

static void
servers_have_their_own_models(void **state UNUSED)
{
	static const char *names[] = { "wan", "flux-image" };
	static struct offer offers[] = {
		{ .id = 1, .images = true, .models = names, .n_models = 2 },
		{ .id = 2, .sora = true, .features = ~0U },
		{ .id = 3, .models = names, .n_models = 1 },
		{ .id = 4, .images = true },
	};
	const struct pool alone = { offers, 1 }, both = { offers, 2 };
	const struct pool without = { offers + 2, 1 }, any = { offers + 3, 1 };
	struct image_request r;
	struct task t;
	struct error e;

	pool = &alone;
	assert_int_equal(ERR_OK, parse("", false, &r, &e));
	image_task(&r, arena, &t);
	assert_string_equal("flux-image", t.model);
	assert_string_equal("flux-image", t.public_model);
	assert_null(t.size);
	assert_int_equal(ERR_OK, parse("\"model\":\"flux-image\","
	    "\"size\":\"640x640\"", true, &r, &e));
	image_task(&r, arena, &t);
	assert_string_equal("640x640", t.size);
	assert_int_equal(ERR_MODEL_NOT_FOUND, parse(
	    "\"model\":\"sora-image\"", false, &r, &e));
	assert_non_null(strstr(e.text, "accepted are wan, flux-image"));
	pool = &both;
	assert_int_equal(ERR_OK, parse("", false, &r, &e));
	assert_string_equal("sora-image", r.model);
	assert_int_equal(ERR_OK, parse("\"model\":\"flux-image\"", false, &r,
	    &e));
	assert_null(r.means);
	pool = &without;
	assert_int_equal(ERR_MODEL_NOT_FOUND, parse("\"model\":\"wan\"",
	    false, &r, &e));
	pool = &any;
	assert_int_equal(ERR_OK, parse("", false, &r, &e));
	image_task(&r, arena, &t);
	assert_string_equal("gpt-image-2", t.public_model);
	assert_string_equal("1024x1024", t.size);
	pool = NULL;
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_parameter_is_checked),
		T(a_prompt_is_needed_and_kept_as_it_came),
		T(references_are_taken_in_order),
		T(there_are_16_references_at_most),
		T(a_form_has_files_and_repeated_fields),
		T(an_edit_needs_an_image_and_takes_no_mask),
		T(it_becomes_a_task),
		T(servers_have_their_own_models),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
