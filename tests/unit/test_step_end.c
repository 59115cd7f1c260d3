/* SPDX-License-Identifier: MIT */
/* test_step_end.c: what comes next for a task: loss, download, time, quota. */
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
		.clock_ms = NOW_MS,
		.max_retries = 3,
		.image_timeout = 300,
		.video_timeout = 1800,
		.settle_ms = 60000,
		.cache = true,
		.arena = arena,
	};
}

static struct task
a_task(enum task_step step)
{
	return (struct task){
		.row = 1,
		.kind = TASK_VIDEO,
		.status = step == STEP_ASSIGN ? TASK_QUEUED : TASK_PROCESSING,
		.step = step,
		.progress = 20,
		.created_at = NOW - 100,
		.started_at = step == STEP_ASSIGN ? 0 : NOW - 90,
		.submitted_at = step >= STEP_POLL ? NOW - 80 : 0,
		.wait_from_ms = NOW_MS - 100000,
		.work_from_ms = NOW_MS - (step >= STEP_POLL ? 80000 : 90000),
		.step_ms = NOW_MS,
		.tokens_tried = 1,
		.source_url = step == STEP_DOWNLOAD ? "https://up/f" : NULL,
	};
}

static void
a_lost_create_is_sent_again_only_after_it_had_time_to_appear(
    void **state UNUSED)
{
	struct step_env env = an_env();
	struct task t = a_task(STEP_RECONCILE);
	struct task_change c;

	t.attempts = 1;
	env.clock_ms = t.step_ms + env.settle_ms - 1;
	assert_false(step_not_found(&t, &env, &c));
	env.clock_ms++;
	assert_true(step_not_found(&t, &env, &c));
	assert_int_equal(STEP_CREATE, c.step);
	assert_int_equal(TASK_PROCESSING, c.status);
	assert_int_equal(2, c.attempts);
	assert_int_equal(env.clock_ms, c.due_ms);
	t.attempts = env.max_retries;
	assert_true(step_not_found(&t, &env, &c));
	assert_int_equal(TASK_FAILED, c.status);
	assert_string_equal("upstream_error", c.error_code);
	assert_int_equal(500, c.log_status);
}

static void
a_lost_create_that_is_found_is_polled_and_counted(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct task t = a_task(STEP_RECONCILE);
	struct task_change c;

	step_found(&t, "task_9", &env, &c);
	assert_int_equal(STEP_POLL, c.step);
	assert_int_equal(TASK_PROCESSING, c.status);
	assert_string_equal("task_9", c.upstream_id);
	assert_true(c.token.accepted);
}

static void
a_downloaded_file_is_the_result(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct task t = a_task(STEP_DOWNLOAD);
	struct task_change c;

	step_downloaded(&t, "f.mp4", "https://me/tmp/f.mp4", &env, &c);
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_int_equal(STEP_DONE, c.step);
	assert_true(c.progress >= 100);
	assert_string_equal("f.mp4", c.result_file);
	assert_string_equal("https://me/tmp/f.mp4", c.result_url);
	assert_int_equal(200, c.log_status);
	assert_int_equal(TOKEN_SUCCEEDED, c.token.verdict);
}

static void
a_file_that_cannot_be_had_never_fails_the_task(void **state UNUSED)
{
	struct step_env env = an_env();
	struct task t = a_task(STEP_DOWNLOAD);
	struct task_change c;
	int64_t before = 0;

	env.max_retries = 100;
	for (t.attempts = 0; t.attempts < env.max_retries; t.attempts++) {
		step_download_failed(&t, false, &env, &c);
		assert_int_equal(STEP_DOWNLOAD, c.step);
		assert_int_equal(t.attempts + 1, c.attempts);
		assert_true(c.due_ms - NOW_MS >= before);
		assert_true(c.due_ms > NOW_MS);
		assert_true(c.due_ms - NOW_MS <= 60000);
		before = c.due_ms - NOW_MS;
	}
	step_download_failed(&t, false, &env, &c);
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_string_equal("https://up/f", c.result_url);
	assert_null(c.result_file);
	assert_int_equal(TOKEN_SUCCEEDED, c.token.verdict);
}

static void
a_lost_account_ends_only_what_it_alone_has(void **state UNUSED)
{
	static const struct {
		enum task_step	 step;
		enum task_status status;
	} rows[] = {
		{ STEP_UPLOAD, TASK_QUEUED },
		{ STEP_CREATE, TASK_QUEUED },
		{ STEP_CREATING, TASK_FAILED },
		{ STEP_RECONCILE, TASK_FAILED },
		{ STEP_POLL, TASK_FAILED },
		{ STEP_RESOLVE, TASK_FAILED },
	};
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct task t = a_task(rows[i].step);
		struct task_change c;

		step_account_lost(&t, "its account is gone", &env, &c);
		if (c.status != rows[i].status)
			fail_msg("%s: %s", task_step_name(t.step),
			    task_status_name(c.status));
		if (c.status == TASK_FAILED)
			assert_string_equal("its account is gone",
			    c.error_message);
	}
}

/* ---- time ---- */

/* How each step ends when its time is over, of 1800 s for videos and 300 s for images. */
static const struct {
	const char	*label;
	enum task_kind	 kind;
	enum task_step	 step;
	int		 limit;		/* s */
	const char	*code;		/* NULL: completed */
	int		 log_status;
	enum token_verdict verdict;	/* when its upstream was asked once more */
} ends[] = {
	{ "queued", TASK_VIDEO, STEP_ASSIGN, 1800, "no_available_token",
	    500, TOKEN_FINE },
	{ "queued image", TASK_IMAGE, STEP_ASSIGN, 1800,
	    "no_available_token", 500, TOKEN_FINE },
	{ "not sent yet", TASK_VIDEO, STEP_UPLOAD, 1800, "generation_timeout",
	    408, TOKEN_FINE },
	{ "not accepted yet", TASK_VIDEO, STEP_CREATING, 1800,
	    "generation_timeout", 408, TOKEN_ERROR },
	{ "video", TASK_VIDEO, STEP_POLL, 1800, "generation_timeout", 408,
	    TOKEN_ERROR },
	{ "not in the drafts", TASK_VIDEO, STEP_RESOLVE, 1800,
	    "generation_timeout", 408, TOKEN_ERROR },
	{ "image", TASK_IMAGE, STEP_POLL, 300, "generation_timeout", 408,
	    TOKEN_ERROR },
	{ "download", TASK_VIDEO, STEP_DOWNLOAD, 1800, NULL, 200,
	    TOKEN_SUCCEEDED },
};

static void
check_end(size_t i, const struct task_change *c)
{
	const char *message = ends[i].limit == 300
	    ? "Generation timeout after 300 seconds"
	    : "Generation timeout after 1800 seconds";

	assert_int_equal(STEP_DONE, c->step);
	assert_int_equal(ends[i].log_status, c->log_status);
	assert_int_equal(ends[i].verdict, c->token.verdict);
	if (ends[i].code == NULL) {
		assert_int_equal(TASK_COMPLETED, c->status);
		assert_string_equal("https://up/f", c->result_url);
		return;
	}
	assert_int_equal(TASK_FAILED, c->status);
	assert_string_equal(ends[i].code, c->error_code);
	if (ends[i].log_status == 408)
		assert_string_equal(message, c->error_message);
}

static void
time_is_over_at_the_deadline_and_not_before(void **state UNUSED)
{
	struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(ends); i++) {
		struct task t = a_task(ends[i].step);
		int64_t end = (t.status == TASK_QUEUED ? t.wait_from_ms
		    : t.work_from_ms) + ends[i].limit * 1000, deadline;
		struct task_change c;

		t.kind = ends[i].kind;
		deadline = step_deadline(&t, &env);
		/* the start may have been noted a little too early */
		if (deadline < end || deadline > end + 2000)
			fail_msg("%s: %+lld ms", ends[i].label,
			    (long long)(deadline - end));
		env.asked_ms = env.clock_ms = deadline - 1;
		if (step_expired(&t, &env, &c))
			fail_msg("%s: too early", ends[i].label);
		env.asked_ms = env.clock_ms = deadline;
		if (!step_expired(&t, &env, &c))
			fail_msg("%s: too late", ends[i].label);
		check_end(i, &c);
		/* the clock on the wall has nothing to do with it */
		env.now_ms += 86400000;
		env.clock_ms = deadline - 1;
		assert_false(step_expired(&t, &env, &c));
		env.now_ms -= 2 * 86400000LL;
		assert_false(step_expired(&t, &env, &c));
	}
}

static void
no_task_fails_unasked_and_no_account_is_blamed_for_that(void **state UNUSED)
{
	static const enum task_step steps[] = { STEP_POLL, STEP_RESOLVE,
	    STEP_RECONCILE, STEP_CREATING };
	struct step_env env = an_env();

	env.last_look_ms = 60000;
	for (size_t i = 0; i < NELEM(steps); i++) {
		struct task t = a_task(steps[i]);
		int64_t end = step_deadline(&t, &env);
		struct task_change c;

		env.asked_ms = end - 1;
		env.clock_ms = end + 59999;
		assert_false(step_expired(&t, &env, &c));
		/* it answers, but not that */
		env.clock_ms++;
		assert_true(step_expired(&t, &env, &c));
		assert_string_equal("generation_timeout", c.error_code);
		assert_int_equal(TOKEN_FINE, c.token.verdict);
		env.asked_ms = end;
		env.clock_ms = end + 1;
		assert_true(step_expired(&t, &env, &c));
		assert_int_equal(TOKEN_ERROR, c.token.verdict);
	}
}

static void
a_task_keeps_the_limits_it_began_with(void **state UNUSED)
{
	static const struct {
		enum task_step	 step;
		int		 now, kept;	/* s */
	} rows[] = {
		{ STEP_ASSIGN, 60, 1800 }, { STEP_ASSIGN, 7200, 1800 },
		{ STEP_POLL, 60, 1800 }, { STEP_POLL, 7200, 1800 },
		{ STEP_RESOLVE, 60, 700 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct step_env env = an_env();
		struct task t = a_task(rows[i].step);
		struct task_change c;
		int64_t end;

		env.video_timeout = rows[i].now;
		t.timeout_s = rows[i].kept;
		end = (t.status == TASK_QUEUED ? t.wait_from_ms
		    : t.work_from_ms) + rows[i].kept * 1000;
		env.asked_ms = env.clock_ms = end;
		assert_false(step_expired(&t, &env, &c));
		env.asked_ms = env.clock_ms = end + 2000;
		assert_true(step_expired(&t, &env, &c));
	}
}

/* It is noted when the task is sent there. */
static void
a_server_s_own_limit_is_the_one_of_then(void **state UNUSED)
{
	struct step_env env = an_env();
	struct task t = a_task(STEP_CREATE);
	struct task_change c;

	step_creating(&t, &env, &c);
	assert_int_equal(0, c.limit_s);
	env.by_job = true;
	env.job_age = 3600;
	step_creating(&t, &env, &c);
	assert_int_equal(3600, c.limit_s);
	t = a_task(STEP_POLL);
	t.timeout_s = 1800;
	t.limit_s = 3600;
	env.job_age = 60;
	env.asked_ms = env.clock_ms = t.work_from_ms + 3600000;
	assert_false(step_expired(&t, &env, &c));
	env.asked_ms = env.clock_ms += 2000;
	assert_true(step_expired(&t, &env, &c));
	assert_string_equal("Generation timeout after 3600 seconds",
	    c.error_message);
}

/* ---- an upstream that cannot be reached ---- */

#define DAY_MS	86400000

static const struct {
	const char	*label;
	enum task_step	 step;
	bool		 waits;		/* its caller does */
	bool		 cut_off;	/* its last try found no way */
	bool		 silent;	/* none is known now */
	int64_t		 clock_ms;	/* since it was accepted */
	int64_t		 outage_ms;
	const char	*code;		/* NULL: it goes on */
} outages[] = {
	{ "sent, none now", STEP_POLL, false, false, true, DAY_MS, 0, NULL },
	{ "sent, with a caller", STEP_POLL, true, false, true, DAY_MS, 0,
	    NULL },
	{ "sent, for too long", STEP_POLL, false, false, true, 8 * DAY_MS,
	    7 * DAY_MS, "upstream_error" },
	{ "sent, it is back after that", STEP_POLL, false, false, false,
	    7 * DAY_MS + 60000, 7 * DAY_MS, NULL },
	{ "sent, its own time is over", STEP_POLL, false, false, false,
	    DAY_MS + 1900000, DAY_MS, "generation_timeout" },
	{ "at hand, none now", STEP_DOWNLOAD, false, false, true, DAY_MS, 0,
	    NULL },
	{ "not sent, none now", STEP_CREATE, false, true, true, DAY_MS, 0,
	    NULL },
	{ "not sent, others are", STEP_CREATE, false, true, false, DAY_MS, 0,
	    NULL },
	{ "not sent, for too long", STEP_CREATE, false, true, false,
	    8 * DAY_MS, 0, "upstream_error" },
	{ "not sent, with a caller", STEP_CREATE, true, true, true, 200000, 0,
	    NULL },
	{ "not sent, the caller's time is over", STEP_CREATE, true, true,
	    true, 303000, 0, "upstream_error" },
	{ "the same, not tried again yet", STEP_ASSIGN, true, true, false,
	    303000, 0, "upstream_error" },
	{ "queued, none now", STEP_ASSIGN, false, false, true, DAY_MS, 0,
	    NULL },
	{ "queued, there is one again", STEP_ASSIGN, false, false, false,
	    DAY_MS, DAY_MS - 1000000, NULL },
	{ "queued, its own time is over", STEP_ASSIGN, false, false, false,
	    DAY_MS, DAY_MS - 1900000, "no_available_token" },
	{ "queued, cut off", STEP_ASSIGN, false, true, false, DAY_MS, 0,
	    NULL },
};

static void
time_out_of_reach_is_nobodys_fault(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(outages); i++) {
		struct step_env env = an_env();
		struct task t = a_task(outages[i].step);
		struct task_change c = { 0 };

		env.max_outage = 7 * DAY_MS / 1000;
		t.kind = outages[i].waits ? TASK_IMAGE : TASK_VIDEO;
		t.is_async = !outages[i].waits;
		t.timeout_s = outages[i].waits ? 300 : 1800;
		t.wait_from_ms = t.work_from_ms = 1000;
		t.outage_ms = outages[i].outage_ms;
		t.error_code = outages[i].cut_off ? "upstream_error" : NULL;
		env.silent = outages[i].silent;
		env.clock_ms = 1000 + outages[i].clock_ms;
		if (step_expired(&t, &env, &c) != (outages[i].code != NULL))
			fail_msg("%s", outages[i].label);
		if (outages[i].code == NULL)
			continue;
		if (strcmp(c.error_code, outages[i].code) != 0)
			fail_msg("%s: %s", outages[i].label, c.error_code);
		assert_int_equal(TOKEN_FINE, c.token.verdict);
	}
}

static void
a_file_out_of_reach_costs_no_try(void **state UNUSED)
{
	struct step_env env = an_env();
	struct task t = a_task(STEP_DOWNLOAD);
	struct task_change c;
	int64_t before = 0;

	t.attempts = env.max_retries;
	for (int minutes = 0; minutes < 60; minutes += 5) {
		env.clock_ms = t.step_ms + minutes * 60000;
		step_download_failed(&t, true, &env, &c);
		assert_int_equal(STEP_DOWNLOAD, c.step);
		assert_int_equal(t.attempts, c.attempts);
		assert_in_range(c.due_ms - env.clock_ms, before, 60000);
		before = c.due_ms - env.clock_ms;
	}
	assert_true(before > 30000);
}

static const struct {
	enum task_step	 step;
	double		 progress;
	int		 looks;
	int64_t		 ms;		/* of a base of 1000 */
} intervals[] = {
	{ STEP_POLL, 0, 0, 2500 },
	{ STEP_POLL, 29.9, 2, 2500 },
	{ STEP_POLL, 30, 0, 1500 },
	{ STEP_POLL, 69, 0, 1500 },
	{ STEP_POLL, 70, 0, 1000 },
	{ STEP_POLL, 99, 0, 1000 },
	{ STEP_POLL, 0, 3, 3750 },
	{ STEP_POLL, 0, 5, 3750 },
	{ STEP_POLL, 0, 6, 5000 },
	{ STEP_POLL, 0, 1000000, 5000 },
	{ STEP_POLL, 50, 3, 2250 },
	{ STEP_POLL, 50, 6, 3375 },
	{ STEP_POLL, 70, 3, 1500 },
	{ STEP_POLL, 70, 9, 3375 },
	{ STEP_POLL, 70, 12, 5000 },
	{ STEP_RESOLVE, 0, 0, 1000 },
	{ STEP_RESOLVE, 0, 3, 1500 },
};

static void
looks_come_further_apart_while_nothing_moves(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(intervals); i++) {
		struct task t = a_task(intervals[i].step);
		int64_t ms;

		t.progress = intervals[i].progress;
		ms = step_poll_interval(&t, intervals[i].looks, 1000);
		if (ms != intervals[i].ms)
			fail_msg("%.1f %%, %d looks: %lld, not %lld",
			    intervals[i].progress, intervals[i].looks,
			    (long long)ms, (long long)intervals[i].ms);
	}
}

static void
a_quota_rests_its_token_only_when_it_is_used_up(void **state UNUSED)
{
	static const struct {
		struct quota	 quota;
		int		 remaining_plus_1;
		int64_t		 cooldown;
	} rows[] = {
		{ { false, 0, 60, true }, 0, 0 },
		{ { true, 5, 60, false }, 6, 0 },
		{ { true, 0, 60, false }, 1, NOW + 60 },
		{ { true, 0, 0, false }, 1, 0 },
		{ { true, 3, 60, true }, 4, NOW + 60 },
		{ { true, -1, 60, false }, 0, 0 },
		{ { true, -1, 60, true }, 0, NOW + 60 },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct token_change c = { 0 };

		step_quota(&rows[i].quota, NOW, &c);
		if (c.remaining_plus_1 != rows[i].remaining_plus_1 ||
		    c.sora2_cooldown_until != rows[i].cooldown)
			fail_msg("row %zu: %d, %lld", i, c.remaining_plus_1,
			    (long long)c.sora2_cooldown_until);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
	    a_lost_create_is_sent_again_only_after_it_had_time_to_appear),
		cmocka_unit_test(
		    a_lost_create_that_is_found_is_polled_and_counted),
		cmocka_unit_test(a_downloaded_file_is_the_result),
		cmocka_unit_test(
		    a_file_that_cannot_be_had_never_fails_the_task),
		cmocka_unit_test(a_lost_account_ends_only_what_it_alone_has),
		cmocka_unit_test(time_is_over_at_the_deadline_and_not_before),
		cmocka_unit_test(
		    no_task_fails_unasked_and_no_account_is_blamed_for_that),
		cmocka_unit_test(a_task_keeps_the_limits_it_began_with),
		cmocka_unit_test(a_server_s_own_limit_is_the_one_of_then),
		cmocka_unit_test(time_out_of_reach_is_nobodys_fault),
		cmocka_unit_test(a_file_out_of_reach_costs_no_try),
		cmocka_unit_test(looks_come_further_apart_while_nothing_moves),
		cmocka_unit_test(
		    a_quota_rests_its_token_only_when_it_is_used_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
