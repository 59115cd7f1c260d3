/* SPDX-License-Identifier: MIT */
/* test_step_post.c: the file without watermark, and challenges. */
#include "fixture.h"

#include <string.h>

#include "step.h"

#define NOW_MS	1700000000000
#define NOW	(NOW_MS / 1000)

static struct step_env
an_env(void)
{
	return (struct step_env){
		.now_ms = NOW_MS,
		.clock_ms = NOW_MS, .max_retries = 2, .image_timeout = 300,
		.video_timeout = 1800, .settle_ms = 60000, .cache = true,
		.watermark_free = true, .solver = true,
	};
}

static struct task
a_task(enum task_step step)
{
	return (struct task){
		.row = 1, .token_id = 7, .kind = TASK_VIDEO,
		.status = TASK_PROCESSING, .step = step, .progress = 99,
		.created_at = NOW - 100, .started_at = NOW - 90,
		.submitted_at = NOW - 80, .step_ms = NOW_MS - 5000,
		.tokens_tried = 1, .generation_id = "gen_1",
		.source_url = "https://up/marked",
	};
}

static struct task
a_published(enum task_step step)
{
	struct task t = a_task(step);

	t.post_id = "s_1";
	t.permalink = "https://share/p/s_1";
	return t;
}

static void
assert_step(const struct task_change *c, enum task_step step, int attempts,
    int64_t due_ms)
{
	assert_string_equal(task_step_name(step), task_step_name(c->step));
	assert_int_equal(attempts, c->attempts);
	assert_int_equal(due_ms, c->due_ms);
	assert_int_equal(step == STEP_DONE ? TASK_COMPLETED : TASK_PROCESSING,
	    c->status);
}

static const struct {
	const char	*label;
	bool		 watermark_free;	/* the mode */
	bool		 clean;			/* the draft has such a file */
	bool		 cache;
	const char	*permalink;
	enum task_step	 from, to;
} done[] = {
	{ "off", false, false, true, NULL, STEP_RESOLVE, STEP_DOWNLOAD },
	{ "on", true, false, true, NULL, STEP_RESOLVE, STEP_PUBLISH },
	{ "on, without cache", true, false, false, NULL, STEP_RESOLVE,
	    STEP_PUBLISH },
	{ "the draft has it", true, true, true, NULL, STEP_RESOLVE,
	    STEP_DOWNLOAD },
	{ "another's post", true, false, true, "https://share/p/s_2",
	    STEP_RESOLVE, STEP_PARSE },
	{ "a renewed link", true, false, true, NULL, STEP_DOWNLOAD,
	    STEP_DOWNLOAD },
};

static void
a_finished_video_is_published_when_its_file_has_a_mark(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(done); i++) {
		struct step_env env = an_env();
		struct task t = a_task(done[i].from);
		const struct sighting s = {
			.state = SEEN_DONE, .url = "https://up/f",
			.watermark_free = done[i].clean,
			.generation_id = "gen_1",
			.permalink = done[i].permalink,
		};
		struct task_change c;

		env.watermark_free = done[i].watermark_free;
		env.cache = done[i].cache;
		assert_true(step_seen(&t, &s, &env, &c));
		if (c.step != done[i].to)
			fail_msg("%s: %s", done[i].label,
			    task_step_name(c.step));
		assert_string_equal("https://up/f", c.source_url);
		assert_null(c.post_id);
	}
}

static void
a_post_is_parsed_and_deleted_when_its_file_is_here(void **state UNUSED)
{
	const struct step_env env = an_env();
	struct task t = a_task(STEP_PUBLISH);
	struct task_change c;

	step_published(&t, "s_1", "https://share/p/s_1", &env, &c);
	assert_step(&c, STEP_PARSE, 0, NOW_MS);
	assert_string_equal("s_1", c.post_id);
	assert_string_equal("https://share/p/s_1", c.permalink);
	t = a_published(STEP_PARSE);
	assert_false(step_parsed(&t, "https://up/clean", &env, &c));
	step_parsed_downloaded(&t, "https://up/clean", "f.mp4", "https://me/f",
	    &env, &c);
	assert_step(&c, STEP_UNPUBLISH, 0, NOW_MS);
	assert_string_equal("f.mp4", c.result_file);
	assert_string_equal("https://up/clean", c.source_url);
	t = a_published(STEP_UNPUBLISH);
	step_unpublished(&t, NULL, "https://me/f", &c);
	assert_step(&c, STEP_DONE, 0, t.due_ms);
	assert_string_equal("https://me/f", c.result_url);
	assert_string_equal("", c.post_id);
	assert_string_equal("", c.permalink);
	assert_int_equal(TOKEN_SUCCEEDED, c.token.verdict);
}

static void
a_post_of_another_stays(void **state UNUSED)
{
	const struct step_env env = an_env();
	struct task t = a_task(STEP_PARSE);
	struct task_change c;

	t.permalink = "https://share/p/s_2";
	step_parsed_downloaded(&t, "https://up/clean", "f.mp4", "https://me/f",
	    &env, &c);
	assert_step(&c, STEP_DONE, 0, t.due_ms);
	assert_null(c.permalink);
}

static void
a_post_that_could_not_be_deleted_is_still_known(void **state UNUSED)
{
	const struct task t = a_published(STEP_UNPUBLISH);
	struct task_change c;

	step_unpublished(&t, "HTTP 500", "https://me/f", &c);
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_null(c.post_id);
	assert_null(c.permalink);
}

static void
without_a_cache_the_link_is_the_result_and_the_post_stays(void **state UNUSED)
{
	struct step_env env = an_env();
	const struct task t = a_published(STEP_PARSE);
	struct task_change c;

	env.cache = false;
	assert_true(step_parsed(&t, "https://up/clean", &env, &c));
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_string_equal("https://up/clean", c.source_url);
	assert_null(c.post_id);
}

static void
the_service_is_asked_four_times(void **state UNUSED)
{
	const struct step_env env = an_env();
	struct task t = a_published(STEP_PARSE);
	struct task_change c;

	for (int i = 0; i < 3; i++) {
		t.attempts = i;
		step_parse_failed(&t, "no link", true, &env, &c);
		assert_step(&c, STEP_PARSE, i + 1, NOW_MS + 2000 * (i + 1));
		assert_string_equal("no link", c.log_error);
	}
	t.attempts = 3;
	step_parse_failed(&t, "no link", true, &env, &c);
	assert_step(&c, STEP_DOWNLOAD, 0, NOW_MS);
	t.attempts = 0;
	step_parse_failed(&t, "no service", false, &env, &c);
	assert_step(&c, STEP_DOWNLOAD, 0, NOW_MS);
	assert_string_equal("no service", c.log_error);
	/* the normal file, too, ends with the post's deletion */
	t = a_published(STEP_DOWNLOAD);
	step_downloaded(&t, "f.mp4", "https://me/f", &env, &c);
	assert_step(&c, STEP_UNPUBLISH, 0, NOW_MS);
	t.attempts = 2;
	step_download_failed(&t, false, &env, &c);
	assert_step(&c, STEP_UNPUBLISH, 0, NOW_MS);
}

static const struct {
	const char	*label;
	enum verdict	 verdict;
	bool		 challenge;
	int		 attempts;
	enum task_step	 step;
	int64_t		 pause_ms;
} refusals[] = {
	{ "for now", VERDICT_RETRY, false, 0, STEP_PUBLISH, 1500 },
	{ "for now, last", VERDICT_RETRY, false, 2, STEP_DOWNLOAD, 0 },
	{ "a challenge", VERDICT_OTHER, true, 1, STEP_PUBLISH, 6000 },
	{ "a challenge, last", VERDICT_OTHER, true, 3, STEP_DOWNLOAD, 0 },
	{ "no", VERDICT_OTHER, false, 0, STEP_DOWNLOAD, 0 },
	{ "no token", VERDICT_REFRESH, false, 0, STEP_DOWNLOAD, 0 },
	{ "failed", VERDICT_FAIL, false, 0, STEP_DOWNLOAD, 0 },
	{ "full", VERDICT_SLOT, false, 0, STEP_DOWNLOAD, 0 },
};

static void
what_cannot_be_published_never_fails(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(refusals); i++) {
		struct task t = a_task(STEP_PUBLISH);
		const struct outcome o = {
			.verdict = refusals[i].verdict, .retry_ms = 1500,
			.challenge = refusals[i].challenge, .log = "why",
		};
		struct task_change c;

		t.attempts = refusals[i].attempts;
		step_publish_failed(&t, &o, &env, &c);
		if (c.status != TASK_PROCESSING || c.step != refusals[i].step ||
		    c.due_ms != NOW_MS + refusals[i].pause_ms)
			fail_msg("%s: %s", refusals[i].label,
			    task_step_name(c.step));
		assert_string_equal("why", c.log_error);
	}
}

static void
without_a_cache_the_normal_link_is_the_result(void **state UNUSED)
{
	struct step_env env = an_env();
	struct task t = a_task(STEP_PUBLISH);
	const struct outcome o = { .verdict = VERDICT_OTHER, .log = "why",
		.token.verdict = TOKEN_ERROR };
	struct task_change c;

	env.cache = false;
	step_publish_failed(&t, &o, &env, &c);
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_string_equal("https://up/marked", c.result_url);
	assert_int_equal(TOKEN_SUCCEEDED, c.token.verdict);
	t = a_published(STEP_PARSE);
	step_parse_failed(&t, "why", false, &env, &c);
	assert_step(&c, STEP_UNPUBLISH, 0, NOW_MS);
}

static void
neither_time_nor_a_lost_account_takes_the_result(void **state UNUSED)
{
	static const enum task_step steps[] = { STEP_PUBLISH, STEP_PARSE,
	    STEP_DOWNLOAD, STEP_UNPUBLISH };
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(steps); i++) {
		struct task t = a_published(steps[i]);
		struct task_change c;

		step_account_lost(&t, "gone", &env, &c);
		assert_int_not_equal(TASK_FAILED, c.status);
		assert_int_equal(steps[i] == STEP_UNPUBLISH ? STEP_DONE
		    : STEP_DOWNLOAD, c.step);
		t.submitted_at = NOW - 5000;
		assert_true(step_expired(&t, &env, &c));
		assert_int_equal(TASK_COMPLETED, c.status);
		assert_string_equal("https://up/marked", c.result_url);
	}
}

static void
a_challenge_is_tried_again_with_the_same_account(void **state UNUSED)
{
	static const int64_t pauses[] = { 3000, 6000, 9000 };
	const struct outcome o = { .verdict = VERDICT_OTHER,
		.challenge = true, .log = "HTTP 403: a challenge page" };
	struct step_env env = an_env();
	struct task t = a_task(STEP_CREATING);
	struct task_change c;

	for (int i = 0; i < 3; i++) {
		t.attempts = i;
		step_created(&t, &o, &env, &c);
		assert_step(&c, STEP_CREATE, i + 1, NOW_MS + pauses[i]);
		assert_int_equal(TOKEN_FINE, c.token.verdict);
	}
	t.attempts = 3;
	step_created(&t, &o, &env, &c);
	assert_int_equal(TASK_QUEUED, c.status);
	env.solver = false;
	t.attempts = 0;
	step_created(&t, &o, &env, &c);
	assert_int_equal(TASK_QUEUED, c.status);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_finished_video_is_published_when_its_file_has_a_mark),
		cmocka_unit_test(
		    a_post_is_parsed_and_deleted_when_its_file_is_here),
		cmocka_unit_test(a_post_of_another_stays),
		cmocka_unit_test(
		    a_post_that_could_not_be_deleted_is_still_known),
		cmocka_unit_test(
		    without_a_cache_the_link_is_the_result_and_the_post_stays),
		cmocka_unit_test(the_service_is_asked_four_times),
		cmocka_unit_test(what_cannot_be_published_never_fails),
		cmocka_unit_test(without_a_cache_the_normal_link_is_the_result),
		cmocka_unit_test(
		    neither_time_nor_a_lost_account_takes_the_result),
		cmocka_unit_test(
		    a_challenge_is_tried_again_with_the_same_account),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
