/* SPDX-License-Identifier: MIT */
/* test_sora_public.c: public data: what is asked, and what clients get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sora_data.h"

#define BASE	"https://up.example/backend/"

static struct lookup lookup;

static int
setup(void **state)
{
	struct sora_data *d;

	sora_data_open(state);
	d = *state;
	lookup = (struct lookup){ .name = "har", .intent = "users",
	    .cut = "nf2_top", .limit = 8, .prompt = "a cat",
	    .expansion_level = "medium" };
	d->in.task = NULL;
	d->in.lookup = &lookup;
	d->conf.sora_timeout = 120;
	return 0;
}

/* ---- requests ---- */

static const struct {
	enum call	 call;
	bool		 old_paths;
	const char	*name;
	const char	*cursor;
	const char	*url;
} asked[] = {
	{ CALL_PROFILE, false, "lina.rivers", NULL, BASE "project_y/profile/username/lina.rivers" },
	{ CALL_PROFILE, false, "a b/?", NULL, BASE "project_y/profile/username/a%20b%2F%3F" },
	{ CALL_USER_FEED, false, "user-1", NULL, BASE
	    "project_y/profile_feed/user-1?limit=8&cut=nf2" },
	{ CALL_USER_FEED, false, "user-1", "a=&b", BASE
	    "project_y/profile_feed/user-1?limit=8&cut=nf2&cursor=a%3D%26b" },
	{ CALL_PROFILE_FEED, false, NULL, NULL, BASE "project_y/profile_feed/me?limit=8&cut=nf2" },
	{ CALL_SEARCH, false, "har&", NULL, BASE
	    "project_y/profile/search_mentions?username=har%26&intent=users&limit=8" },
	{ CALL_FEED, false, NULL, NULL, BASE "project_y/feed?limit=8&cut=nf2_top" },
	{ CALL_FEED, false, NULL, "c1", BASE "project_y/feed?limit=8&cut=nf2_top&cursor=c1" },
	{ CALL_TASKS, false, NULL, NULL, BASE "nf/pending/v2" },
	{ CALL_TASKS, true, NULL, NULL, BASE "nf/pending" },
};

static void
each_question_has_its_address(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(asked); i++) {
		struct call_request rq;
		struct error e;

		d->in.call = asked[i].call;
		d->in.old_paths = asked[i].old_paths;
		lookup.name = asked[i].name;
		lookup.cursor = asked[i].cursor;
		assert_int_equal(ERR_OK,
		    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
		assert_string_equal("GET", rq.method);
		assert_string_equal(asked[i].url, rq.url);
		assert_int_equal(30, rq.timeout);
		assert_null(rq.body);
	}
}

static void
a_name_cannot_lead_elsewhere(void **state)
{
	struct sora_data *d = *state;
	static const char *const bad[] = { NULL, "", ".", ".." };

	for (size_t i = 0; i < NELEM(bad); i++) {
		struct call_request rq;
		struct error e;

		lookup.name = bad[i];
		d->in.call = CALL_PROFILE;
		assert_int_equal(ERR_INVALID_VALUE,
		    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
		d->in.call = CALL_USER_FEED;
		assert_int_equal(ERR_INVALID_VALUE,
		    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	}
}

static void
a_prompt_is_sent_as_json(void **state)
{
	struct sora_data *d = *state;
	struct call_request rq;
	struct error e;

	d->in.call = CALL_ENHANCE;
	assert_int_equal(ERR_OK,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	assert_string_equal("POST", rq.method);
	assert_string_equal(BASE "editor/enhance_prompt", rq.url);
	assert_string_equal("{\"prompt\":\"a cat\",\"expansion_level\":"
	    "\"medium\"}", rq.body);
	assert_int_equal(30, rq.timeout);
	lookup.duration_s = 15;
	assert_int_equal(ERR_OK,
	    provider_build(&provider_sora, &d->in, d->a, &rq, &e));
	assert_non_null(strstr(rq.body, "\"duration_s\":15}"));
}

/* ---- answers ---- */

static void
assert_answer(struct sora_data *d, enum call call, const char *body,
    const char *want)
{
	cJSON *json = cJSON_Parse(want), *got;
	struct outcome out;
	const char *text;

	assert_non_null(json);
	sora_data_parse(d, call, 200, body, 0, &out);
	assert_int_equal(VERDICT_OK, out.verdict);
	assert_non_null(out.json);
	text = json_print(out.json, d->a);
	got = cJSON_Parse(text);
	if (!cJSON_Compare(json, got, true))
		fail_msg("%s\nis not %s", text, want);
	cJSON_Delete(got);
	cJSON_Delete(json);
}

static void
recorded_answers_become_ours(void **state)
{
	struct sora_data *d = *state;
	const char *profile = sora_data_file(d, "profile.json");
	const char *feed = sora_data_file(d, "feed.json");

	assert_answer(d, CALL_PROFILE, profile,
	    arena_printf(d->a, "{\"success\":true,\"profile\":%s}", profile));
	assert_answer(d, CALL_USER_FEED, feed, arena_printf(d->a,
	    "{\"success\":true,\"user_id\":\"har\",\"feed\":%s}", feed));
	assert_answer(d, CALL_PROFILE_FEED, feed, arena_printf(d->a,
	    "{\"success\":true,\"token_id\":1,\"feed\":%s}", feed));
	assert_answer(d, CALL_SEARCH, sora_data_file(d, "search.json"),
	    sora_data_file(d, "answer_search.json"));
	assert_answer(d, CALL_FEED, feed, sora_data_file(d, "answer_feed.json"));
}

#define NO_POST	"\"id\":null,\"text\":null,\"permalink\":null," \
	"\"preview_image_url\":null,\"posted_at\":null,\"like_count\":null," \
	"\"view_count\":null,\"remix_count\":null"
#define NO_AUTHOR "{\"user_id\":null,\"username\":null,\"display_name\":null," \
	"\"profile_picture_url\":null,\"verified\":null,\"follower_count\":null}"
#define NO_PROFILE "\"display_name\":null,\"profile_picture_url\":null," \
	"\"follower_count\":null,\"verified\":null"
#define FEED(items) "{\"success\":true,\"cut\":\"nf2_top\"," \
	"\"cursor\":null,\"count\":" items "}"

static const struct {
	enum call	 call;
	const char	*body;
	const char	*answer;
} answers[] = {
	/* what upstream has not, or of another kind, is null */
	{ CALL_PROFILE, "{\"user_id\":\"u\",\"more\":[1]}", "{\"success\":true,\"profile\":"
	    "{\"user_id\":\"u\",\"more\":[1],\"username\":null," NO_PROFILE "}}" },
	{ CALL_USER_FEED, "{\"items\":[1],\"cursor\":7,\"more\":1}", "{\"success\":true,"
	    "\"user_id\":\"har\",\"feed\":{\"items\":[1],\"more\":1,\"cursor\":null}}" },
	{ CALL_SEARCH, "{\"items\":[]}",
	    "{\"success\":true,\"query\":\"har\",\"count\":0,\"results\":[]}" },
	{ CALL_SEARCH, "{}", "{\"success\":true,\"query\":\"har\",\"count\":0,\"results\":[]}" },
	{ CALL_SEARCH, "{\"items\":[null,7,{\"profile\":{\"username\":\"x\",\"verified\":1,"
	    "\"owner_profile\":[]}}]}", "{\"success\":true,\"query\":\"har\",\"count\":1,"
	    "\"results\":[{\"user_id\":null,\"username\":\"x\",\"permalink\":null,"
	    "\"can_cameo\":null," NO_PROFILE ",\"token\":null,\"owner\":null}]}" },
	{ CALL_FEED, "{\"items\":[]}", FEED("0,\"items\":[]") },
	{ CALL_FEED, "{\"items\":[null,{},{\"post\":{}}]}", FEED("1,\"items\":[{" NO_POST
	    ",\"attachment\":null,\"author\":" NO_AUTHOR "}]") },
	{ CALL_FEED, "{\"items\":[{\"post\":{\"attachments\":[{\"n_frames\":45,\"url\":7,"
	    "\"encodings\":{\"thumbnail\":{\"url\":\"x\",\"path\":\"https://p\"}}},{}]}}]}",
	    FEED("1,\"items\":[{" NO_POST ",\"author\":" NO_AUTHOR ",\"attachment\":{"
	    "\"kind\":null,\"url\":null,\"downloadable_url\":null,\"width\":null,"
	    "\"height\":null,\"n_frames\":45,\"duration_seconds\":1.5,"
	    "\"thumbnail_url\":\"https://p\"}}]") },
	{ CALL_ENHANCE, "{\"enhanced_prompt\":\"PRIMARY: a cat\",\"more\":1}",
	    "{\"enhanced_prompt\":\"PRIMARY: a cat\",\"more\":1}" },
	{ CALL_ENHANCE, "{\"enhanced_prompt\":[]}", "{\"enhanced_prompt\":null}" },
	{ CALL_TASKS, "[]", "{\"success\":true,\"token_id\":1,\"count\":0,\"tasks\":[]}" },
	{ CALL_TASKS, "{\"items\":[7,{\"id\":\"t1\",\"progress_pct\":42,\"more\":{}}]}",
	    "{\"success\":true,\"token_id\":1,\"count\":1,\"tasks\":[{\"id\":\"t1\","
	    "\"status\":null,\"prompt\":null,\"progress_pct\":0.42,\"more\":{}}]}" },
	{ CALL_TASKS, "[{\"id\":\"t1\",\"status\":\"running\",\"prompt\":\"A cat\","
	    "\"progress_pct\":0.5}]", "{\"success\":true,\"token_id\":1,\"count\":1,\"tasks\":["
	    "{\"id\":\"t1\",\"status\":\"running\",\"prompt\":\"A cat\",\"progress_pct\":0.5}]}" },
};

static void
keys_are_always_there(void **state)
{
	for (size_t i = 0; i < NELEM(answers); i++) {
		print_message("# case %zu\n", i);
		assert_answer(*state, answers[i].call, answers[i].body,
		    answers[i].answer);
	}
}

static void
one_task_is_found_in_the_list(void **state)
{
	struct sora_data *d = *state;
	const char *list = "[{\"id\":\"t0\"},{\"id\":\"t1\",\"progress_pct\":null}]";
	struct outcome out;
	struct error e;

	lookup.task_id = "t1";
	assert_answer(d, CALL_TASKS, list, "{\"success\":true,\"task\":{"
	    "\"id\":\"t1\",\"status\":null,\"prompt\":null,\"title\":null,"
	    "\"progress_pct\":null,\"generations\":[]}}");
	lookup.task_id = "t";
	sora_data_parse(d, CALL_TASKS, 200, list, 0, &out);
	assert_null(out.json);
	assert_int_equal(ERR_TASK_NOT_FOUND, outcome_error(&out, SORA_NOW, &e));
	assert_string_equal("Task not found or already completed", e.text);
}

static void
nobody_found_is_an_empty_list(void **state)
{
	struct sora_data *d = *state;
	static const char *const bodies[] = { "", "{}", "<html>",
	    "{\"error\":{\"message\":\"none\"}}" };

	for (size_t i = 0; i < NELEM(bodies); i++) {
		struct outcome out;

		sora_data_parse(d, CALL_SEARCH, 404, bodies[i], 0, &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_string_equal("{\"success\":true,\"query\":\"har\","
		    "\"count\":0,\"results\":[]}", json_print(out.json, d->a));
	}
}

/* ---- failures ---- */

static const struct {
	long		 status;
	const char	*body;
	enum err	 code;
	enum token_verdict token;
} failures[] = {
	{ 404, "{}", ERR_NOT_FOUND, TOKEN_FINE },
	{ 429, "{}", ERR_RATE_LIMIT, TOKEN_OVERLOADED },
	{ 401, "{}", ERR_UPSTREAM, TOKEN_REFUSED },
	{ 403, "{}", ERR_UPSTREAM, TOKEN_ERROR },
	{ 403, "<title>Just a moment...</title>", ERR_UPSTREAM, TOKEN_FINE },
	{ 429, "<title>Just a moment...</title>", ERR_UPSTREAM, TOKEN_FINE },
	{ 400, "{}", ERR_UPSTREAM, TOKEN_FINE },
	{ 500, "{}", ERR_UPSTREAM, TOKEN_FINE },
	{ 504, "", ERR_UPSTREAM, TOKEN_FINE },
	{ 302, "", ERR_UPSTREAM, TOKEN_FINE },
	{ 200, "", ERR_UPSTREAM, TOKEN_FINE },
	{ 200, "[1]", ERR_UPSTREAM, TOKEN_FINE },
	{ 200, "7", ERR_UPSTREAM, TOKEN_FINE },
	{ 200, "{\"error\":{\"message\":\"x\"}}", ERR_UPSTREAM, TOKEN_FINE },
};

static void
each_failure_is_told(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(failures); i++)
		for (enum call c = CALL_PROFILE; c <= CALL_TASKS; c++) {
			struct outcome out;
			struct error e = { 0 };

			if ((c == CALL_SEARCH && failures[i].status == 404) ||
			    (c == CALL_TASKS && *failures[i].body == '['))
				continue;
			print_message("# case %zu, call %d\n", i, (int)c);
			sora_data_parse(d, c, failures[i].status,
			    failures[i].body, 0, &out);
			assert_int_not_equal(VERDICT_OK, out.verdict);
			assert_null(out.json);
			assert_int_equal(failures[i].token, out.token.verdict);
			assert_int_equal(failures[i].code,
			    outcome_error(&out, SORA_NOW, &e));
			assert_int_equal(failures[i].code == ERR_RATE_LIMIT,
			    e.retry_after > 0);
			if (e.code == ERR_NOT_FOUND)
				assert_string_equal("Not found", e.text);
		}
}

static void
no_answer_is_a_timeout_or_none(void **state)
{
	struct sora_data *d = *state;
	struct call_response r = { .transport = TRANSPORT_LOST, .body = "" };
	struct outcome out;
	struct error e;

	d->in.call = CALL_FEED;
	provider_parse(&provider_sora, &d->in, &r, 0, SORA_NOW, d->a, &out);
	assert_int_equal(ERR_UPSTREAM, outcome_error(&out, SORA_NOW, &e));
	r.timed_out = true;
	provider_parse(&provider_sora, &d->in, &r, 0, SORA_NOW, d->a, &out);
	assert_int_equal(ERR_GENERATION_TIMEOUT,
	    outcome_error(&out, SORA_NOW, &e));
	assert_string_equal("Upstream timeout", e.text);
}

static void
the_wait_is_the_one_that_upstream_asks_for(void **state)
{
	struct sora_data *d = *state;
	struct header after = { "Retry-After", "17" };
	struct call_response r = { .status = 429, .body = "{}", .body_len = 2,
	    .headers = &after, .n_headers = 1 };
	struct outcome out;
	struct error e;

	d->in.call = CALL_FEED;
	provider_parse(&provider_sora, &d->in, &r, 0, SORA_NOW, d->a, &out);
	assert_int_equal(ERR_RATE_LIMIT, outcome_error(&out, SORA_NOW, &e));
	assert_int_equal(17, e.retry_after);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(each_question_has_its_address),
		T(a_name_cannot_lead_elsewhere),
		T(a_prompt_is_sent_as_json),
		T(recorded_answers_become_ours),
		T(keys_are_always_there),
		T(one_task_is_found_in_the_list),
		T(nobody_found_is_an_empty_list),
		T(each_failure_is_told),
		T(no_answer_is_a_timeout_or_none),
		T(the_wait_is_the_one_that_upstream_asks_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
