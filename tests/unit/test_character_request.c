/* SPDX-License-Identifier: MIT */
/* test_character_request.c: what a client may ask of the characters API, and names. */
#include "fixture.h"

#include <string.h>

#include "character_request.h"

#define NAME30	"abcdefghijABCDEFGHIJ01234567._"

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

static void
delete(void *json)
{
	cJSON_Delete(json);
}

static cJSON *
json(const char *text)
{
	cJSON *tree = cJSON_Parse(text);

	if (tree == NULL)
		fail_msg("%s", text);
	arena_own(arena, tree, delete);
	return tree;
}

static enum err
parse(const char *member, bool form, struct character_request *r,
    struct error *e)
{
	const char *video = strstr(member, "\"video\"") == NULL ?
	    "\"video\":\"AAAA\"" : "";
	const struct request_body b = { .text = form, .fields =
	    json(arena_printf(arena, "{%s%s%s}", video,
	    *video != '\0' && *member != '\0' ? "," : "", member)) };

	*e = (struct error){ 0 };
	return character_parse(&b, arena, r, e);
}

static const struct {
	const char	*member;
	enum err	 code;
	const char	*param;
} rows[] = {
#define OK(m)	{ m, ERR_OK, NULL }
#define NO(m, code, p)	{ m, ERR_##code, p }
	OK(""),
	OK("\"model\":\"sora-video-10s\""),
	OK("\"model\":\"sora-video-portrait-25s\""),
	OK("\"model\":\"sora-2\""),
	OK("\"model\":\"sora2-portrait-15s\""),
	NO("\"model\":\"sora-2-pro\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"sora-image\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":\"x\"", MODEL_NOT_FOUND, "model"),
	NO("\"model\":7", INVALID_TYPE, "model"),
	NO("\"video\":7", INVALID_TYPE, "video"),
	NO("\"video_base64\":[]", INVALID_TYPE, "video_base64"),
	NO("\"timestamps\":7", INVALID_TYPE, "timestamps"),
	NO("\"timestamps\":{}", INVALID_TYPE, "timestamps"),
	NO("\"timestamps\":[\"0\",\"3\"]", INVALID_TYPE, "timestamps"),
	NO("\"timestamps\":[0]", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":[0,1,2]", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":[-1,2]", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":[2,2]", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":[0,1e300]", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"3\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"3,0\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"3,3\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"-1,3\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0,3,5\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0;3\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0,3s\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0.,3\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0,nan\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0,0x9\"", INVALID_VALUE, "timestamps"),
	NO("\"timestamps\":\"0,99999999999999999999\"", INVALID_VALUE, "timestamps"),
	OK("\"username\":\"a\""),
	OK("\"username\":\"@a\""),
	OK("\"username\":\"@" NAME30 "\""),
	OK("\"username\":\"A.b_c-9\""),
	NO("\"username\":\"" NAME30 "x\"", INVALID_VALUE, "username"),
	NO("\"username\":\"\"", INVALID_VALUE, "username"),
	NO("\"username\":\"@\"", INVALID_VALUE, "username"),
	NO("\"username\":\"@@a\"", INVALID_VALUE, "username"),
	NO("\"username\":\"a b\"", INVALID_VALUE, "username"),
	NO("\"username\":\"\xc3\xa4\"", INVALID_VALUE, "username"),
	NO("\"username\":7", INVALID_TYPE, "username"),
	OK("\"display_name\":\"My \xc3\xa4 Character\""),
	NO("\"display_name\":\"\"", INVALID_VALUE, "display_name"),
	NO("\"display_name\":7", INVALID_TYPE, "display_name"),
	NO("\"instruction_set\":\"\"", INVALID_VALUE, "instruction_set"),
	NO("\"instruction_set\":{}", INVALID_TYPE, "instruction_set"),
	NO("\"safety_instruction_set\":\"\"", INVALID_VALUE, "safety_instruction_set"),
	NO("\"safety_instruction_set\":[]", INVALID_TYPE, "safety_instruction_set"),
	/* the first of the table is told */
	NO("\"timestamps\":7,\"model\":\"x\"", MODEL_NOT_FOUND, "model"),
	NO("\"username\":7,\"timestamps\":7", INVALID_TYPE, "timestamps"),
};

static void
each_parameter_is_checked(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct character_request r;
		struct error e;
		enum err rc = parse(rows[i].member, false, &r, &e);

		if (rc != rows[i].code)
			fail_msg("%s: %d %s", rows[i].member, rc, e.text);
		if (rc != ERR_OK)
			assert_string_equal(rows[i].param, e.param);
	}
}

static void
long_texts_are_counted_in_characters(void **state UNUSED)
{
	static const struct {
		const char	*name;
		int		 most;
	} fields[] = { { "display_name", 100 }, { "instruction_set", 10000 },
	    { "safety_instruction_set", 10000 } };

	for (size_t i = 0; i < NELEM(fields) * 2; i++) {
		const char *name = fields[i / 2].name;
		int n = fields[i / 2].most + (int)(i % 2);
		struct character_request r;
		struct error e;
		char *text = arena_alloc(arena, (size_t)n * 2 + 1);

		for (int k = 0; k < n; k++)
			memcpy(text + 2 * k, "\xc3\xa4", 2);
		assert_int_equal(i % 2 == 0 ? ERR_OK : ERR_INVALID_VALUE,
		    parse(arena_printf(arena, "\"%s\":\"%s\"", name, text),
		    false, &r, &e));
	}
}

static void
time_stamps_become_upstream_text(void **state UNUSED)
{
	static const struct {
		const char	*member;
		bool		 form;
		const char	*times;
	} cases[] = {
		{ "", false, "0,3" },
		{ "\"timestamps\":null", false, "0,3" },
		{ "\"timestamps\":\"1.25,4\"", false, "1.25,4" },
		{ "\"timestamps\":\" 0 ,\\t3 \"", false, "0,3" },
		{ "\"timestamps\":[0,3]", false, "0,3" },
		{ "\"timestamps\":[1.5,2.25]", false, "1.5,2.25" },
		{ "\"timestamps\":\"1,2\"", true, "1,2" },
		{ "\"timestamps\":[\"1\",\"2\"]", true, "1,2" },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct character_request r;
		struct error e;

		assert_int_equal(ERR_OK, parse(cases[i].member, cases[i].form,
		    &r, &e));
		assert_string_equal(cases[i].times, r.options.timestamps);
	}
}

static void
the_video_comes_in_one_of_three_ways(void **state UNUSED)
{
	static const char *const video[] = { "x", "video" };
	static const char *const base64[] = { "video_base64" };
	static const struct {
		const char	*fields;
		const char	*const *uploads;
		size_t		 n;
		const char	*field;		/* NULL: missing */
		const char	*value;		/* NULL: a file */
	} cases[] = {
		{ "{\"video\":\"A\",\"video_base64\":\"B\"}", NULL, 0, "video", "A" },
		{ "{\"video\":null,\"video_base64\":\"B\"}", NULL, 0, "video_base64", "B" },
		{ "{\"video_base64\":\"B\"}", video, 2, "video", NULL },
		{ "{}", base64, 1, "video_base64", NULL },
		{ "{}", NULL, 0, NULL, NULL },
		{ "{\"timestamps\":7}", NULL, 0, NULL, NULL },
		{ "{}", video, 1, NULL, NULL },
	};

	for (size_t i = 0; i < NELEM(cases); i++) {
		const struct request_body b = { .fields = json(cases[i].fields),
		    .uploads = cases[i].uploads, .n_uploads = cases[i].n };
		struct character_request r;
		struct error e;

		print_message("# case %zu\n", i);
		assert_int_equal(cases[i].field == NULL ? ERR_MISSING : ERR_OK,
		    character_parse(&b, arena, &r, &e));
		if (cases[i].field == NULL) {
			assert_string_equal("video", e.param);
			continue;
		}
		assert_string_equal(cases[i].field, r.video.field);
		if (cases[i].value != NULL)
			assert_string_equal(cases[i].value,
			    r.video.node->valuestring);
		else
			assert_string_equal(cases[i].field,
			    cases[i].uploads[r.video.upload]);
	}
}

static void
options_live_in_the_task(void **state UNUSED)
{
	struct character_request r;
	struct character_options o;
	struct error e;
	struct task t;

	assert_int_equal(ERR_OK, parse("\"model\":\"sora-2\",\"timestamps\":"
	    "[1,2],\"username\":\"@cat\",\"display_name\":\"Cat\","
	    "\"instruction_set\":\"be \\\"kind\\\"\"", false, &r, &e));
	character_task(&r, arena, &t);
	assert_int_equal(TASK_CHARACTER, t.kind);
	assert_string_equal("character_creation", t.operation);
	assert_string_equal("sora-video-landscape-10s", t.model);
	assert_string_equal("sora-2", t.public_model);
	assert_string_equal("", t.prompt);
	character_options_load(t.character_options, arena, &o);
	assert_string_equal("1,2", o.timestamps);
	assert_string_equal("cat", o.username);
	assert_string_equal("Cat", o.display_name);
	assert_string_equal("be \"kind\"", o.instruction_set);
	assert_null(o.safety_instruction_set);

	character_options_load(NULL, arena, &o);
	assert_string_equal("0,3", o.timestamps);
	assert_null(o.username);
	character_options_load("[1]", arena, &o);
	assert_string_equal("0,3", o.timestamps);
}

static void
options_of_another_request_blame_their_field(void **state UNUSED)
{
	struct character_options o;
	struct error e;

	assert_int_equal(ERR_OK, character_options_parse(NULL, "opt", arena,
	    &o, &e));
	assert_string_equal("0,3", o.timestamps);
	assert_int_equal(ERR_OK, character_options_parse(json(
	    "{\"timestamps\":\"\",\"username\":\"@a\"}"), "opt", arena, &o, &e));
	assert_string_equal("0,3", o.timestamps);
	assert_string_equal("a", o.username);
	assert_int_equal(ERR_INVALID_VALUE, character_options_parse(json(
	    "{\"timestamps\":\"3,1\"}"), "opt", arena, &o, &e));
	assert_string_equal("opt", e.param);
	assert_int_equal(ERR_INVALID_TYPE, character_options_parse(json(
	    "{\"username\":7}"), "opt", arena, &o, &e));
	assert_string_equal("opt", e.param);
}

/* ---- names ---- */

static const struct {
	const char	*wanted;
	const char	*hint;
	int		 attempt;
	const char	*name;
} names[] = {
	{ "cat", "x.y", 0, "cat" },
	{ "cat", "x.y", 1, "cat007" },
	{ "cat", NULL, 5, "cat007" },
	{ "cat", NULL, 6, "cat688900" },
	{ "cat", NULL, 7, NULL },
	{ NULL, "lina.harbourcat", 0, "harbourcat007" },
	{ NULL, "a.b.c", 3, "c007" },
	{ NULL, "harbourcat", 5, "harbourcat007" },
	{ NULL, "lina.harbourcat", 6, "harbourcat688900" },
	{ NULL, "lina.harbourcat", 7, NULL },
	{ NULL, NULL, 0, "character007" },
	{ NULL, "", 0, "character007" },
	{ NULL, "lina.", 0, "character007" },
	{ NULL, "l\xc3\xa4 na!", 0, "lna007" },
	{ NAME30, NULL, 0, NAME30 },
	{ NAME30, NULL, 1, "abcdefghijABCDEFGHIJ0123456007" },
	{ NAME30, NULL, 6, "abcdefghijABCDEFGHIJ0123688900" },
};

static void
each_attempt_has_a_name(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(names); i++) {
		const char *name = character_username(names[i].wanted,
		    names[i].hint, names[i].attempt, 7, 1774688900, arena);

		print_message("# case %zu\n", i);
		if (names[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(names[i].name, name);
	}
}

static void
a_display_name_is_there_in_any_case(void **state UNUSED)
{
	char *hint = arena_alloc(arena, 2 * 101 + 1);

	for (int i = 0; i < 101; i++)
		memcpy(hint + 2 * i, "\xc3\xa4", 2);
	assert_string_equal("My Cat",
	    character_display_name("My Cat", "Cat", arena));
	assert_string_equal("Cat", character_display_name(NULL, "Cat", arena));
	assert_string_equal("Character",
	    character_display_name(NULL, NULL, arena));
	assert_string_equal("Character",
	    character_display_name(NULL, "  ", arena));
	assert_int_equal(200,
	    strlen(character_display_name(NULL, hint, arena)));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_parameter_is_checked),
		T(long_texts_are_counted_in_characters),
		T(time_stamps_become_upstream_text),
		T(the_video_comes_in_one_of_three_ways),
		T(options_live_in_the_task),
		T(options_of_another_request_blame_their_field),
		T(each_attempt_has_a_name),
		T(a_display_name_is_there_in_any_case),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
