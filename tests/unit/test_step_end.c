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
	env.now_ms = t.step_ms + env.settle_ms - 1;
	assert_false(step_not_found(&t, &env, &c));
	env.now_ms++;
	assert_true(step_not_found(&t, &env, &c));
	assert_int_equal(STEP_CREATE, c.step);
	assert_int_equal(TASK_PROCESSING, c.status);
	assert_int_equal(2, c.attempts);
	assert_int_equal(env.now_ms, c.due_ms);
	t.attempts = env.max_retries;
	assert_true(step_not_found(&t, &env, &c));
	assert_int_equal(TASK_FAILED, c.status);
	assert_string_equal("generation_failed", c.error_code);
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
		step_download_failed(&t, &env, &c);
		assert_int_equal(STEP_DOWNLOAD, c.step);
		assert_int_equal(t.attempts + 1, c.attempts);
		assert_true(c.due_ms - NOW_MS >= before);
		assert_true(c.due_ms > NOW_MS);
		assert_true(c.due_ms - NOW_MS <= 60000);
		before = c.due_ms - NOW_MS;
	}
	step_download_failed(&t, &env, &c);
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

static const struct {
	const char	*label;
	enum task_kind	 kind;
	enum task_step	 step;
	int64_t		 counts_from;	/* s before NOW */
	int		 timeout;
	const char	*code;		/* NULL: completed */
	int		 log_status;
	enum token_verdict verdict;
} ends[] = {
	{ "queued", TASK_VIDEO, STEP_ASSIGN, 100, 1800, "no_available_token",
	    500, TOKEN_FINE },
	{ "queued image", TASK_IMAGE, STEP_ASSIGN, 100, 1800,
	    "no_available_token", 500, TOKEN_FINE },
	{ "not accepted yet", TASK_VIDEO, STEP_CREATING, 90, 1800,
	    "generation_timeout", 408, TOKEN_ERROR },
	{ "video", TASK_VIDEO, STEP_POLL, 80, 1800, "generation_timeout", 408,
	    TOKEN_ERROR },
	{ "not in the drafts", TASK_VIDEO, STEP_RESOLVE, 80, 1800,
	    "generation_timeout", 408, TOKEN_ERROR },
	{ "image", TASK_IMAGE, STEP_POLL, 80, 300, "generation_timeout", 408,
	    TOKEN_ERROR },
	{ "download", TASK_VIDEO, STEP_DOWNLOAD, 80, 1800, NULL, 200,
	    TOKEN_SUCCEEDED },
};

static void
check_end(size_t i, const struct task_change *c)
{
	const char *message = ends[i].timeout == 300
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
		int64_t end = (NOW - ends[i].counts_from + ends[i].timeout) *
		    1000, deadline;
		struct task_change c;

		t.kind = ends[i].kind;
		deadline = step_deadline(&t, &env);
		/* the start is known to the second only */
		if (deadline < end || deadline > end + 1000)
			fail_msg("%s: %+lld ms", ends[i].label,
			    (long long)(deadline - end));
		env.now_ms = deadline - 1;
		if (step_expired(&t, &env, &c))
			fail_msg("%s: too early", ends[i].label);
		env.now_ms = deadline;
		if (!step_expired(&t, &env, &c))
			fail_msg("%s: too late", ends[i].label);
		check_end(i, &c);
	}
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
		cmocka_unit_test(looks_come_further_apart_while_nothing_moves),
		cmocka_unit_test(
		    a_quota_rests_its_token_only_when_it_is_used_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
