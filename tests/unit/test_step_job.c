/* SPDX-License-Identifier: MIT */
/* test_step_job.c: what comes next for a task whose server is asked for each job. */
#include "fixture.h"

#include <string.h>

#include "step.h"

#define NOW_MS	1700000000000
#define NOW	(NOW_MS / 1000)

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

static struct step_env
an_env(void)
{
	return (struct step_env){
		.now_ms = NOW_MS,
		.clock_ms = NOW_MS, .max_retries = 3, .image_timeout = 300,
		.video_timeout = 1800, .settle_ms = 120000, .cache = true,
		.arena = arena, .by_job = true, .job_age = 3600,
		.gone_ms = 60000, .content_ms = 120000, .pause_ms = 1000,
	};
}

static struct task
a_task(enum task_step step)
{
	return (struct task){
		.row = 1, .token_id = 7, .kind = TASK_VIDEO,
		.status = TASK_PROCESSING, .step = step, .progress = 20,
		.created_at = NOW - 100, .started_at = NOW - 90,
		.submitted_at = step >= STEP_POLL ? NOW - 80 : 0,
		.step_ms = NOW_MS - 5000, .due_ms = NOW_MS - 1000,
		.tokens_tried = 1, .upstream_id = "v",
	};
}

static void
assert_failed_with(const struct task_change *c, const char *code)
{
	if (c->status != TASK_FAILED || strcmp(c->error_code, code) != 0)
		fail_msg("%s, %s, %s instead of %s",
		    task_status_name(c->status), task_step_name(c->step),
		    c->error_code, code);
	assert_int_equal(STEP_DONE, c->step);
	assert_non_null(c->error_message);
	/* the server is not banned for it */
	assert_int_not_equal(TOKEN_ERROR, c->token.verdict);
}

static void
a_lost_create_is_not_sent_again(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_UNKNOWN };
	struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	step_created(&t, &o, &env, &c);
	assert_failed_with(&c, "upstream_outcome_unknown");
	step_interrupted(&t, &env, &c);
	assert_failed_with(&c, "upstream_outcome_unknown");
	env.can_list = true;
	step_created(&t, &o, &env, &c);
	assert_int_equal(STEP_RECONCILE, c.step);
	step_interrupted(&t, &env, &c);
	assert_int_equal(STEP_RECONCILE, c.step);
	/* no list has images */
	t.kind = TASK_IMAGE;
	step_created(&t, &o, &env, &c);
	assert_failed_with(&c, "upstream_outcome_unknown");
	step_interrupted(&t, &env, &c);
	assert_failed_with(&c, "upstream_outcome_unknown");
}

static void
one_that_no_list_has_is_not_sent_again_either(void **state UNUSED)
{
	struct task t = a_task(STEP_RECONCILE);
	struct step_env env = an_env();
	struct task_change c;

	env.can_list = true;
	t.step_ms = NOW_MS - 119000;
	assert_false(step_not_found(&t, &env, &c));
	t.step_ms = NOW_MS - 120000;
	assert_true(step_not_found(&t, &env, &c));
	assert_failed_with(&c, "upstream_outcome_unknown");
}

static void
a_lost_create_is_sent_again_where_that_is_wished(void **state UNUSED)
{
	struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	env.resubmit_ambiguous = true;
	for (t.attempts = 0; t.attempts < env.max_retries; t.attempts++) {
		step_interrupted(&t, &env, &c);
		assert_int_equal(STEP_CREATE, c.step);
		assert_int_equal(t.attempts + 1, c.attempts);
		assert_true(c.due_ms > NOW_MS);
		assert_false(c.resubmit);
	}
	step_interrupted(&t, &env, &c);
	assert_failed_with(&c, "upstream_outcome_unknown");
}

static void
a_server_that_is_down_costs_the_task_nothing(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_DOWN, .down = true };
	struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	t.tokens_tried = STEP_MAX_TOKENS;
	step_created(&t, &o, &env, &c);
	assert_int_equal(TASK_QUEUED, c.status);
	assert_int_equal(STEP_ASSIGN, c.step);
	assert_true(c.untried);
	assert_int_equal(NOW_MS, c.due_ms);
}

static void
what_the_server_took_is_written_down(void **state UNUSED)
{
	const struct outcome o = { .id = "job", .seconds = 12,
	    .size = "720x1280", .token = { .verdict = TOKEN_SUCCEEDED } };
	struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	step_created(&t, &o, &env, &c);
	assert_int_equal(STEP_POLL, c.step);
	assert_string_equal("job", c.upstream_id);
	assert_int_equal(12, c.seconds);
	assert_string_equal("720x1280", c.size);
	assert_true(c.token.accepted);
	assert_int_equal(TOKEN_SUCCEEDED, c.token.verdict);
}

static void
a_synchronous_answer_goes_on_to_its_file(void **state UNUSED)
{
	struct sighting s = { .state = SEEN_DONE, .progress = 100,
	    .fetch_url = "https://gpu/f" };
	const struct outcome o = { .sightings = &s, .n_sightings = 1 };
	struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	t.upstream_id = NULL;
	env.cache = false;	/* the file is for us alone: it is fetched all the same */
	step_created(&t, &o, &env, &c);
	assert_int_equal(STEP_DOWNLOAD, c.step);
	assert_string_equal("https://gpu/f", c.fetch_url);
	assert_null(c.source_url);
	assert_true(c.token.accepted);
	s.fetch_url = NULL;
	s.url = "https://cdn/f";
	step_created(&t, &o, &env, &c);
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_string_equal("https://cdn/f", c.result_url);
	step_made(&t, &o, "f.mp4", "http://here/tmp/f.mp4", &env, &c);
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_string_equal("f.mp4", c.result_file);
	assert_true(c.token.accepted);
}

static void
a_job_is_lost_after_three_looks_and_a_minute(void **state UNUSED)
{
	struct task t = a_task(STEP_POLL);
	struct step_env env = an_env();
	struct task_change c;

	assert_false(step_gone(&t, 2, NOW_MS - 600000, &env, &c));
	assert_false(step_gone(&t, 9, NOW_MS - 59999, &env, &c));
	assert_true(step_gone(&t, 3, NOW_MS - 60000, &env, &c));
	assert_failed_with(&c, "upstream_lost");
}

static void
a_lost_job_is_sent_again_so_many_times(void **state UNUSED)
{
	struct task t = a_task(STEP_POLL);
	struct step_env env = an_env();
	struct task_change c;

	env.resubmit_lost = 2;
	for (t.resubmitted = 0; t.resubmitted < 2; t.resubmitted++) {
		assert_true(step_gone(&t, 3, NOW_MS - 60000, &env, &c));
		assert_int_equal(STEP_CREATE, c.step);
		assert_true(c.resubmit);
		assert_string_equal("", c.upstream_id);
		assert_non_null(c.log_error);
	}
	assert_true(step_gone(&t, 3, NOW_MS - 60000, &env, &c));
	assert_failed_with(&c, "upstream_lost");
}

static void
a_failure_has_its_own_code(void **state UNUSED)
{
	struct sighting s = { .state = SEEN_FAILED, .message = "why",
	    .code = "cancelled" };
	struct task t = a_task(STEP_POLL);
	struct step_env env = an_env();
	struct task_change c;

	assert_true(step_seen(&t, &s, &env, &c));
	assert_failed_with(&c, "cancelled");
	s.code = NULL;
	assert_true(step_seen(&t, &s, &env, &c));
	assert_failed_with(&c, "generation_failed");
	assert_string_equal("why", c.error_message);
	s.policy = true;
	assert_true(step_seen(&t, &s, &env, &c));
	assert_failed_with(&c, "content_policy_violation");
}

static void
a_refused_request_is_the_clients_fault(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_FAIL,
	    .code = "invalid_request", .message = "seconds" };
	struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	step_created(&t, &o, &env, &c);
	assert_failed_with(&c, "invalid_request");
	assert_int_equal(400, c.log_status);
}

static void
the_jobs_age_ends_it(void **state UNUSED)
{
	struct task t = a_task(STEP_POLL);
	struct step_env env = an_env();
	struct task_change c;

	t.work_from_ms = NOW_MS - 3599000;
	assert_false(step_expired(&t, &env, &c));
	t.work_from_ms = NOW_MS - 3603000;
	env.asked_ms = NOW_MS;
	assert_true(step_expired(&t, &env, &c));
	assert_failed_with(&c, "upstream_timeout");
	t.step = STEP_DOWNLOAD;		/* it is there: its own limits hold */
	assert_false(step_expired(&t, &env, &c));
}

static void
a_file_may_lag_behind(void **state UNUSED)
{
	static const struct {
		enum verdict	 verdict;
		int64_t		 age_ms;	/* of the step */
		int		 attempts;
		const char	*code;		/* NULL: another try */
	} rows[] = {
		{ VERDICT_EARLY, 119000, 50, NULL },
		{ VERDICT_EARLY, 120000, 1, "upstream_error" },
		{ VERDICT_GONE, 119000, 50, NULL },
		{ VERDICT_GONE, 120000, 1, "video_expired" },
		{ VERDICT_RETRY, 3599000, 50, NULL },
		{ VERDICT_RETRY, 3600000, 1, "upstream_error" },
		{ VERDICT_OTHER, 1000, 2, NULL },
		{ VERDICT_OTHER, 1000, 3, "upstream_error" },
		{ VERDICT_FAIL, 0, 0, "upstream_error" },
	};
	struct task t = a_task(STEP_DOWNLOAD);
	struct step_env env = an_env();
	struct task_change c;

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct outcome o = { .verdict = rows[i].verdict,
		    .retry_ms = 20000, .log = "why" };

		t.step_ms = NOW_MS - rows[i].age_ms;
		t.attempts = rows[i].attempts;
		step_content_failed(&t, &o, &env, &c);
		if (rows[i].code != NULL) {
			assert_failed_with(&c, rows[i].code);
			continue;
		}
		assert_int_equal(STEP_DOWNLOAD, c.step);
		assert_int_equal(rows[i].attempts + 1, c.attempts);
		assert_in_range(c.due_ms, NOW_MS + 20000, NOW_MS + 25000);
	}
}

static void
pauses_before_a_file_grow(void **state UNUSED)
{
	static const int64_t ms[] = { 1000, 2000, 4000, 8000, 16000, 16000 };
	const struct outcome o = { .verdict = VERDICT_EARLY };
	struct task t = a_task(STEP_DOWNLOAD);
	struct step_env env = an_env();
	struct task_change c;

	for (t.attempts = 0; t.attempts < (int)NELEM(ms); t.attempts++) {
		step_content_failed(&t, &o, &env, &c);
		assert_int_equal(NOW_MS + ms[t.attempts], c.due_ms);
	}
}

static void
a_file_out_of_reach_is_waited_for(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_RETRY,
	    .unreachable = true, .log = "no such host" };
	struct task t = a_task(STEP_DOWNLOAD);
	struct step_env env = an_env();
	struct task_change c;

	t.attempts = 3;
	env.clock_ms = t.step_ms + 86400000;
	step_content_failed(&t, &o, &env, &c);
	assert_int_equal(STEP_DOWNLOAD, c.step);
	assert_int_equal(3, c.attempts);
	assert_in_range(c.due_ms - env.clock_ms, 60000, 75000);
	assert_string_equal("no such host", c.log_error);
}

static void
a_task_knows_that_its_server_is_out_of_reach(void **state UNUSED)
{
	struct outcome o = { .verdict = VERDICT_DOWN, .down = true };
	const struct task t = a_task(STEP_CREATING);
	const struct step_env env = an_env();
	struct task_change c;

	step_created(&t, &o, &env, &c);
	assert_int_equal(TASK_QUEUED, c.status);
	assert_null(c.error_code);
	o.unreachable = true;
	step_created(&t, &o, &env, &c);
	assert_int_equal(TASK_QUEUED, c.status);
	assert_true(c.untried);
	assert_string_equal("upstream_error", c.error_code);
}

static void
without_its_account_a_file_for_us_alone_is_lost(void **state UNUSED)
{
	struct task t = a_task(STEP_DOWNLOAD);
	struct step_env env = an_env();
	struct task_change c;

	t.fetch_url = "https://gpu/f";
	step_account_lost(&t, "gone", &env, &c);
	assert_failed_with(&c, "generation_failed");
	t.step = STEP_CREATE;
	step_account_lost(&t, "gone", &env, &c);
	assert_int_equal(TASK_QUEUED, c.status);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lost_create_is_not_sent_again),
		TEST(one_that_no_list_has_is_not_sent_again_either),
		TEST(a_lost_create_is_sent_again_where_that_is_wished),
		TEST(a_server_that_is_down_costs_the_task_nothing),
		TEST(what_the_server_took_is_written_down),
		TEST(a_synchronous_answer_goes_on_to_its_file),
		TEST(a_job_is_lost_after_three_looks_and_a_minute),
		TEST(a_lost_job_is_sent_again_so_many_times),
		TEST(a_failure_has_its_own_code),
		TEST(a_refused_request_is_the_clients_fault),
		TEST(the_jobs_age_ends_it),
		TEST(a_file_may_lag_behind),
		TEST(pauses_before_a_file_grow),
		TEST(a_file_out_of_reach_is_waited_for),
		TEST(a_task_knows_that_its_server_is_out_of_reach),
		TEST(without_its_account_a_file_for_us_alone_is_lost),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
