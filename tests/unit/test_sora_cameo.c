/* SPDX-License-Identifier: MIT */
/* test_sora_cameo.c: the calls that make a character, and unmake it. */
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
#define CAMEO	"cameo_69d2f35b7c188190"
#define POINTER	"sediment://file_00000000a1b07230b5c2d4e6f8091a3c"
#define SAYS(message)	"{\"error\":{\"message\":\"" message "\",\"code\":null}}"

static struct cameo_making making;

static int
setup(void **state)
{
	struct sora_data *d;

	sora_data_open(state);
	d = *state;
	making = (struct cameo_making){ .cameo_id = CAMEO,
	    .character_id = "ch_1", .username = "harbourcat417",
	    .display_name = "Harbour Cat", .asset_pointer = POINTER };
	d->in.making = &making;
	d->in.media_path = "/spool/m1";
	return 0;
}

static enum err
try_build(struct sora_data *d, enum call call, struct call_request *rq)
{
	struct error e = { 0 };

	d->in.call = call;
	return provider_build(&provider_sora, &d->in, d->a, rq, &e);
}

static void
build(struct sora_data *d, enum call call, struct call_request *rq)
{
	assert_int_equal(ERR_OK, try_build(d, call, rq));
	assert_string_equal("Authorization", rq->headers[0].name);
	assert_string_equal("Bearer tok-1", rq->headers[0].value);
}

/* ---- requests ---- */

static void
a_clip_goes_up_with_its_time_stamps(void **state)
{
	struct sora_data *d = *state;
	static const char *const types[][3] = {
		{ "video/mp4", "video/mp4", "video.mp4" },
		{ NULL, "video/mp4", "video.mp4" },
		{ "video/quicktime", "video/quicktime", "video.mov" },
		{ "video/webm", "video/webm", "video.webm" },
	};
	struct task_media m = { .mime = "image/png" };
	struct call_request rq;

	d->in.media = &m;
	assert_int_equal(ERR_INVALID_VALUE,
	    try_build(d, CALL_CAMEO_UPLOAD, &rq));
	for (size_t i = 0; i < NELEM(types); i++) {
		m.mime = types[i][0];
		making.timestamps = i == 0 ? NULL : "1.5,4";
		build(d, CALL_CAMEO_UPLOAD, &rq);
		assert_string_equal("POST", rq.method);
		assert_string_equal(BASE "/characters/upload", rq.url);
		assert_int_equal(2, rq.n_parts);
		assert_string_equal("file", rq.parts[0].name);
		assert_string_equal("/spool/m1", rq.parts[0].path);
		assert_string_equal(types[i][1], rq.parts[0].type);
		assert_string_equal(types[i][2], rq.parts[0].filename);
		assert_string_equal("timestamps", rq.parts[1].name);
		assert_string_equal(i == 0 ? "0,3" : "1.5,4",
		    rq.parts[1].value);
		assert_int_equal(120, rq.timeout);
	}
}

static void
its_picture_goes_up_as_a_profile(void **state)
{
	struct call_request rq;

	build(*state, CALL_ASSET_UPLOAD, &rq);
	assert_string_equal("POST", rq.method);
	assert_string_equal(BASE "/project_y/file/upload", rq.url);
	assert_int_equal(2, rq.n_parts);
	assert_string_equal("file", rq.parts[0].name);
	assert_string_equal("profile.webp", rq.parts[0].filename);
	assert_string_equal("image/webp", rq.parts[0].type);
	assert_string_equal("use_case", rq.parts[1].name);
	assert_string_equal("profile", rq.parts[1].value);
}

static void
it_is_asked_after_and_deleted_by_its_ids(void **state)
{
	struct sora_data *d = *state;
	static const char *const bad[] = { NULL, "", ".", ".." };
	struct call_request rq;

	build(d, CALL_CAMEO_STATUS, &rq);
	assert_string_equal("GET", rq.method);
	assert_string_equal(BASE "/project_y/cameos/in_progress/" CAMEO, rq.url);
	build(d, CALL_CHARACTER_DELETE, &rq);
	assert_string_equal("DELETE", rq.method);
	assert_string_equal(BASE "/project_y/characters/ch_1", rq.url);
	assert_null(rq.body);
	making.cameo_id = "a/../b?c";
	build(d, CALL_CAMEO_STATUS, &rq);
	assert_string_equal(BASE
	    "/project_y/cameos/in_progress/a%2F..%2Fb%3Fc", rq.url);
	for (size_t i = 0; i < NELEM(bad); i++) {
		making.cameo_id = making.character_id = bad[i];
		assert_int_equal(ERR_INVALID_VALUE,
		    try_build(d, CALL_CAMEO_STATUS, &rq));
		assert_int_equal(ERR_INVALID_VALUE,
		    try_build(d, CALL_CHARACTER_DELETE, &rq));
	}
}

static void
it_is_finished_with_name_and_picture(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;

	build(d, CALL_CAMEO_FINALIZE, &rq);
	assert_string_equal("POST", rq.method);
	assert_string_equal(BASE "/characters/finalize", rq.url);
	assert_string_equal("{\"cameo_id\":\"" CAMEO "\",\"username\":"
	    "\"harbourcat417\",\"display_name\":\"Harbour Cat\","
	    "\"profile_asset_pointer\":\"" POINTER "\",\"instruction_set\":"
	    "null,\"safety_instruction_set\":null}", rq.body);
	making.instruction_set = "be kind";
	build(d, CALL_CAMEO_FINALIZE, &rq);
	assert_non_null(strstr(rq.body, "\"instruction_set\":{\"value\":["
	    "{\"type\":\"text\",\"value\":\"be kind\"}]},"
	    "\"safety_instruction_set\":null"));
	making.asset_pointer = NULL;
	assert_int_equal(ERR_INVALID_VALUE,
	    try_build(d, CALL_CAMEO_FINALIZE, &rq));
}

/* ---- answers ---- */

static void
each_step_gives_what_the_next_one_needs(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	sora_data_parse(d, CALL_CAMEO_UPLOAD, 200, "{\"id\":\"" CAMEO "\"}", 0,
	    &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_string_equal(CAMEO, out.id);
	sora_data_parse(d, CALL_ASSET_UPLOAD, 200,
	    sora_data_file(d, "asset.json"), 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_string_equal(POINTER, out.id);
	sora_data_parse(d, CALL_CAMEO_FINALIZE, 200,
	    "{\"character\":{\"character_id\":\"ch_1\"}}", 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_string_equal("ch_1", out.id);
	sora_data_parse(d, CALL_CAMEO_FINALIZE, 200, "{}", 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_null(out.id);
}

static void
a_recorded_status_is_ready(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	sora_data_parse(d, CALL_CAMEO_STATUS, 200,
	    sora_data_file(d, "cameo.json"), 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_int_equal(CAMEO_READY, out.cameo.state);
	assert_string_equal("lina.harbourcat", out.cameo.username_hint);
	assert_string_equal("Harbour Cat", out.cameo.display_name_hint);
	assert_non_null(strstr(out.cameo.asset_url, "/cameo.webp?se="));
}

#define ASSET	"\"profile_asset_url\":\"https://x/a\""

static const struct {
	const char	*body;
	enum cameo_state state;
	const char	*message;
	bool		 policy;
	bool		 bad_clip;
} statuses[] = {
	{ "{\"status\":\"processing\"}", CAMEO_PROCESSING, NULL, false, false },
	{ "{\"status\":\"queued\",\"status_message\":null,\"profile_asset_url\":\"\"}",
	    CAMEO_PROCESSING, NULL, false, false },
	{ "{\"status\":\"processing\",\"status_message\":\"Completed\"}", CAMEO_NO_ASSET, NULL,
	    false, false },
	{ "{\"status\":\"finalized\"}", CAMEO_NO_ASSET, NULL, false, false },
	{ "{\"status\":\"finalized\"," ASSET "}", CAMEO_READY, NULL, false, false },
	{ "{\"status\":\"processing\"," ASSET "}", CAMEO_READY, NULL, false, false },
	{ "{\"status\":\"failed\"}", CAMEO_FAILED, "Character creation failed", false, false },
	{ "{\"status\":\"failed\",\"status_message\":\"The clip is too dark\"," ASSET "}", CAMEO_FAILED,
	    "The clip is too dark", false, false },
	{ "{\"status\":\"failed\",\"status_message\":\"worker 7 died in /srv/cameo.py\"}",
	    CAMEO_FAILED, "Character creation failed", false, false },
	{ "{\"status\":\"error\",\"status_message\":\"No person was found\"}", CAMEO_FAILED,
	    "No person was found", false, true },
	{ "{\"status\":\"error\",\"status_message\":\"No clear FACE\"}", CAMEO_FAILED,
	    "No clear FACE", false, true },
	{ "{\"status\":\"failed\",\"status_message\":\"This person violates our guardrails\"}",
	    CAMEO_FAILED, "Content policy violation: This person violates our guardrails",
	    true, false },
};

static void
each_status_is_told(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(statuses); i++) {
		struct outcome out;

		print_message("# %s\n", statuses[i].body);
		sora_data_parse(d, CALL_CAMEO_STATUS, 200, statuses[i].body, 0,
		    &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_int_equal(statuses[i].state, out.cameo.state);
		assert_int_equal(statuses[i].policy, out.cameo.policy);
		assert_int_equal(statuses[i].bad_clip, out.bad_clip);
		if (statuses[i].message == NULL)
			assert_null(out.cameo.message);
		else
			assert_string_equal(statuses[i].message,
			    out.cameo.message);
	}
}

static const struct {
	enum call	 call;
	long		 status;
	const char	*body;
	enum verdict	 verdict;
	bool		 bad_clip;
	bool		 policy;
} failures[] = {
	{ CALL_CAMEO_UPLOAD, 400, SAYS("no face in the clip"), VERDICT_FAIL, true, false },
	{ CALL_CAMEO_UPLOAD, 400, SAYS("violates guardrails"), VERDICT_FAIL, false, true },
	{ CALL_CAMEO_UPLOAD, 400, SAYS("too long"), VERDICT_FAIL, false, false },
	{ CALL_CAMEO_UPLOAD, 401, SAYS("x"), VERDICT_REFRESH, false, false },
	{ CALL_CAMEO_UPLOAD, 429, SAYS("x"), VERDICT_OTHER, false, false },
	{ CALL_CAMEO_UPLOAD, 500, "", VERDICT_UNKNOWN, false, false },
	{ CALL_CAMEO_UPLOAD, 200, "{}", VERDICT_UNKNOWN, false, false },
	{ CALL_CAMEO_STATUS, 404, "{}", VERDICT_OTHER, false, false },
	{ CALL_CAMEO_STATUS, 500, "", VERDICT_RETRY, false, false },
	{ CALL_CAMEO_STATUS, 200, "{}", VERDICT_RETRY, false, false },
	{ CALL_CAMEO_STATUS, 200, "[]", VERDICT_RETRY, false, false },
	{ CALL_ASSET_UPLOAD, 200, "{}", VERDICT_RETRY, false, false },
	{ CALL_ASSET_UPLOAD, 400, SAYS("x"), VERDICT_FAIL, false, false },
	{ CALL_CAMEO_FINALIZE, 400, SAYS("username taken"), VERDICT_FAIL, false, false },
	{ CALL_CAMEO_FINALIZE, 403, SAYS("x"), VERDICT_OTHER, false, false },
	{ CALL_CAMEO_FINALIZE, 502, "<html>", VERDICT_UNKNOWN, false, false },
	{ CALL_CAMEO_FINALIZE, 200, "[]", VERDICT_UNKNOWN, false, false },
	{ CALL_CHARACTER_DELETE, 200, "", VERDICT_OK, false, false },
	{ CALL_CHARACTER_DELETE, 204, "", VERDICT_OK, false, false },
	{ CALL_CHARACTER_DELETE, 404, "{}", VERDICT_OK, false, false },
	{ CALL_CHARACTER_DELETE, 410, "", VERDICT_OK, false, false },
	{ CALL_CHARACTER_DELETE, 403, "{}", VERDICT_OTHER, false, false },
	{ CALL_CHARACTER_DELETE, 500, "", VERDICT_RETRY, false, false },
};

static void
each_failure_has_its_consequence(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(failures); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, failures[i].call, failures[i].status,
		    failures[i].body, 0, &out);
		assert_int_equal(failures[i].verdict, out.verdict);
		assert_int_equal(failures[i].bad_clip, out.bad_clip);
		assert_int_equal(failures[i].policy, out.policy);
		if (out.verdict == VERDICT_FAIL)
			assert_non_null(out.message);
	}
}

static void
a_name_that_will_not_do_is_told(void **state)
{
	static const struct {
		enum call	 call;
		const char	*code;
		bool		 refused;
	} names[] = {
		{ CALL_CAMEO_FINALIZE, "username_taken", true },
		{ CALL_CAMEO_FINALIZE, "username_rejected", true },
		{ CALL_CAMEO_FINALIZE, "username_invalid", true },
		{ CALL_CAMEO_FINALIZE, "reserved_username", true },
		{ CALL_CAMEO_FINALIZE, "other", false },
		{ CALL_CAMEO_UPLOAD, "username_taken", false },
	};
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(names); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, names[i].call, 400, arena_printf(d->a,
		    "{\"error\":{\"message\":\"m\",\"code\":\"%s\"}}",
		    names[i].code), 0, &out);
		assert_int_equal(VERDICT_FAIL, out.verdict);
		assert_int_equal(TOKEN_FINE, out.token.verdict);
		assert_int_equal(names[i].refused, out.name_refused);
	}
}

static void
one_that_has_its_name_says_so(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	sora_data_parse(d, CALL_CAMEO_STATUS, 200,
	    "{\"status\":\"finalized\"," ASSET "}", 0, &out);
	assert_true(out.cameo.finalized);
	sora_data_parse(d, CALL_CAMEO_STATUS, 200,
	    "{\"status\":\"processing\"," ASSET "}", 0, &out);
	assert_false(out.cameo.finalized);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(a_clip_goes_up_with_its_time_stamps),
		T(its_picture_goes_up_as_a_profile),
		T(it_is_asked_after_and_deleted_by_its_ids),
		T(it_is_finished_with_name_and_picture),
		T(each_step_gives_what_the_next_one_needs),
		T(a_recorded_status_is_ready),
		T(each_status_is_told),
		T(each_failure_has_its_consequence),
		T(a_name_that_will_not_do_is_told),
		T(one_that_has_its_name_says_so),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
