/* SPDX-License-Identifier: MIT */
/* test_step.c: what comes next for a task. */
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
		.token_id = 7,
		.kind = TASK_VIDEO,
		.status = step == STEP_ASSIGN ? TASK_QUEUED : TASK_PROCESSING,
		.step = step,
		.progress = 20,
		.created_at = NOW - 100,
		.started_at = NOW - 90,
		.submitted_at = step >= STEP_POLL ? NOW - 80 : 0,
		.wait_from_ms = NOW_MS - 100000,
		.work_from_ms = NOW_MS - 90000,
		.step_ms = NOW_MS - 5000,
		.due_ms = NOW_MS - 1000,
		.tokens_tried = 1,
		.source_url = step == STEP_DOWNLOAD ? "https://up/f" : NULL,
	};
}

static void
assert_change(const char *label, const struct task_change *c,
    enum task_status status, enum task_step step, int64_t due_ms,
    int attempts)
{
	if (c->status != status || c->step != step || c->due_ms != due_ms ||
	    c->attempts != attempts)
		fail_msg("%s: %s, %s, due %+lld ms, %d attempts", label,
		    task_status_name(c->status), task_step_name(c->step),
		    (long long)(c->due_ms - NOW_MS), c->attempts);
}

static void
assert_failed_as(const char *label, const struct task_change *c,
    const char *code, int log_status, const char *message)
{
	if (c->status != TASK_FAILED || c->step != STEP_DONE ||
	    c->error_code == NULL || strcmp(c->error_code, code) != 0 ||
	    c->log_status != log_status || c->error_message == NULL ||
	    (message != NULL && strcmp(c->error_message, message) != 0))
		fail_msg("%s: %s, %s, %d, %s", label,
		    task_status_name(c->status),
		    c->error_code == NULL ? "-" : c->error_code,
		    c->log_status,
		    c->error_message == NULL ? "-" : c->error_message);
}

/* ---- answers to creates and uploads ---- */

enum expected { RETRIED, QUEUED, FAILED, RECONCILED };

static const struct {
	const char	*label;
	enum verdict	 verdict;
	int		 tokens_tried;
	int		 attempts;
	enum expected	 expected;
} answers[] = {
	{ "retry, first", VERDICT_RETRY, 1, 0, RETRIED },
	{ "retry, last", VERDICT_RETRY, 1, 2, RETRIED },
	{ "retries used up: another token", VERDICT_RETRY, 1, 3, QUEUED },
	{ "retries and tokens used up", VERDICT_RETRY, 3, 3, FAILED },
	{ "other, first", VERDICT_OTHER, 1, 0, QUEUED },
	{ "other, second", VERDICT_OTHER, 2, 0, QUEUED },
	{ "other, three tokens had it", VERDICT_OTHER, 3, 0, FAILED },
	{ "other once, first", VERDICT_OTHER_ONCE, 1, 0, QUEUED },
	{ "other once, second", VERDICT_OTHER_ONCE, 2, 0, FAILED },
	{ "refresh, first", VERDICT_REFRESH, 1, 0, QUEUED },
	{ "refresh, third", VERDICT_REFRESH, 3, 0, FAILED },
	{ "full, first", VERDICT_SLOT, 1, 0, QUEUED },
	{ "full, third", VERDICT_SLOT, 3, 3, QUEUED },
	{ "unknown", VERDICT_UNKNOWN, 1, 0, RECONCILED },
	{ "fail", VERDICT_FAIL, 1, 0, FAILED },
};

static void
check_answer(size_t i, enum task_step step, enum task_step again,
    const struct task_change *c, const struct outcome *o)
{
	const char *label = answers[i].label;
	int64_t pause = o->verdict == VERDICT_SLOT ? 5000 : 0;

	switch (answers[i].expected) {
	case RETRIED:
		assert_change(label, c, TASK_PROCESSING, again,
		    NOW_MS + o->retry_ms, answers[i].attempts + 1);
		break;
	case QUEUED:
		assert_change(label, c, TASK_QUEUED, STEP_ASSIGN,
		    NOW_MS + pause, 0);
		assert_int_equal(o->verdict == VERDICT_SLOT, c->untried);
		assert_int_equal(o->verdict == VERDICT_SLOT, c->token.full);
		break;
	case FAILED:
		assert_failed_as(label, c, "generation_failed", 500,
		    o->message);
		break;
	case RECONCILED:
		if (step == STEP_CREATING)
			assert_change(label, c, TASK_PROCESSING,
			    STEP_RECONCILE, NOW_MS, answers[i].attempts);
		break;
	}
	assert_string_equal("raw text", c->log_error);
	assert_int_equal(TOKEN_OVERLOADED, c->token.verdict);
	assert_false(c->token.accepted);
}

static void
each_verdict_has_its_consequence(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(answers); i++) {
		struct task t = a_task(STEP_CREATING);
		struct task_change c;
		const struct outcome o = {
			.verdict = answers[i].verdict,
			.retry_ms = 2000,
			.message = "for the client",
			.log = "raw text",
			.token.verdict = TOKEN_OVERLOADED,
		};

		t.tokens_tried = answers[i].tokens_tried;
		t.attempts = answers[i].attempts;
		step_created(&t, &o, &env, &c);
		check_answer(i, STEP_CREATING, STEP_CREATE, &c, &o);
		t.step = STEP_UPLOAD;
		t.n_media = 2;
		step_uploaded(&t, 0, &o, &env, &c);
		check_answer(i, STEP_UPLOAD, STEP_UPLOAD, &c, &o);
		assert_null(c.media_id);
	}
}

static void
a_pause_is_spread_by_at_most_a_quarter(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_RETRY, .retry_ms = 4000 };
	const struct task t = a_task(STEP_CREATING);
	struct step_env env = an_env();
	struct task_change c;

	env.jitter = 1.0;
	step_created(&t, &o, &env, &c);
	assert_int_equal(NOW_MS + 5000, c.due_ms);
}

/* Half of the task's age, at least 2 s and at most a minute. */
static void
behind_a_challenge_a_task_waits_longer_and_longer(void **state UNUSED)
{
	static const struct {
		int64_t	 age;
		int64_t	 pause_ms;
	} rows[] = {
		{ -1, 2000 }, { 0, 2000 }, { 4, 2000 }, { 5, 2500 },
		{ 30, 15000 }, { 120, 60000 }, { 1700, 60000 },
	};
	const struct outcome o = {
		.verdict = VERDICT_OTHER, .challenge = true, .log = "a page",
	};
	struct step_env env = an_env();

	env.solver = false;
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct task t = a_task(STEP_CREATING);
		struct task_change c;

		t.wait_from_ms = NOW_MS - rows[i].age * 1000;
		t.tokens_tried = STEP_MAX_TOKENS;
		step_created(&t, &o, &env, &c);
		assert_change("create", &c, TASK_QUEUED, STEP_ASSIGN,
		    NOW_MS + rows[i].pause_ms, 0);
		assert_true(c.uncounted);
		assert_false(c.untried);
		assert_int_equal(TOKEN_FINE, c.token.verdict);
		assert_string_equal("a page", c.log_error);
		t.step = STEP_UPLOAD;
		t.n_media = 1;
		step_uploaded(&t, 0, &o, &env, &c);
		assert_change("upload", &c, TASK_QUEUED, STEP_ASSIGN,
		    NOW_MS + rows[i].pause_ms, 0);
	}
}

/* Some tries with the same account, then all of them, as long as a task may wait. */
static void
what_was_never_sent_waits_and_uses_up_nothing(void **state UNUSED)
{
	struct outcome o = { .verdict = VERDICT_RETRY, .unreachable = true,
	    .retry_ms = 2000, .log = "no such host" };
	struct step_env env = an_env();
	struct task t = a_task(STEP_CREATING);
	struct task_change c;

	t.tokens_tried = STEP_MAX_TOKENS;
	for (t.attempts = 0; t.attempts < env.max_retries; t.attempts++) {
		step_created(&t, &o, &env, &c);
		assert_change("soon", &c, TASK_PROCESSING, STEP_CREATE,
		    NOW_MS + 2000, t.attempts + 1);
		assert_string_equal("upstream_error", c.error_code);
	}
	o.verdict = VERDICT_OTHER;
	o.code = "upstream_error";
	for (int minutes = 2; minutes < 600; minutes += 100) {
		t.wait_from_ms = NOW_MS - minutes * 60000;
		step_created(&t, &o, &env, &c);
		assert_change("later", &c, TASK_QUEUED, STEP_ASSIGN,
		    NOW_MS + 60000, 0);
		assert_true(c.uncounted);
		assert_string_equal("upstream_error", c.error_code);
		assert_int_equal(TOKEN_FINE, c.token.verdict);
	}
}

/* With a solver it is asked three times first, for the same account. */
static void
the_solver_comes_before_the_queue(void **state UNUSED)
{
	const struct outcome o = { .verdict = VERDICT_OTHER, .challenge = true };
	struct step_env env = an_env();
	struct task t = a_task(STEP_CREATING);
	struct task_change c;

	env.solver = true;
	for (int i = 0; i < 3; i++) {
		t.attempts = i;
		step_created(&t, &o, &env, &c);
		assert_change("solved", &c, TASK_PROCESSING, STEP_CREATE,
		    NOW_MS + 3000 * (i + 1), i + 1);
	}
	t.attempts = 3;
	step_created(&t, &o, &env, &c);
	assert_change("not solved", &c, TASK_QUEUED, STEP_ASSIGN,
	    NOW_MS + 50000, 0);
}

static void
refused_content_fails_at_once_and_is_not_the_token_s_fault(
    void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct task t = a_task(STEP_CREATING);
	struct task_change c;
	const struct outcome o = {
		.verdict = VERDICT_FAIL, .policy = true, .message = "no people",
	};
	const struct sighting s = {
		.state = SEEN_FAILED, .policy = true, .message = "no people",
		.retryable = true,
	};

	step_created(&t, &o, &env, &c);
	assert_failed_as("create", &c, "content_policy_violation", 400,
	    "no people");
	assert_int_equal(TOKEN_FINE, c.token.verdict);
	assert_true(step_seen(&t, &s, &env, &c));
	assert_failed_as("draft", &c, "content_policy_violation", 400,
	    "no people");
	assert_int_equal(TOKEN_FINE, c.token.verdict);
}

static void
an_accepted_create_is_polled_and_counted(void **state UNUSED)
{
	const struct step_env env = an_env();
	struct task t = a_task(STEP_CREATING);
	struct task_change c;
	const struct outcome o = {
		.id = "task_1",
		.quota = { .known = true, .remaining = 0, .resets_in = 60 },
	};

	t.attempts = 2;
	step_created(&t, &o, &env, &c);
	assert_change("created", &c, TASK_PROCESSING, STEP_POLL, NOW_MS, 0);
	assert_string_equal("task_1", c.upstream_id);
	assert_true(c.token.accepted);
	assert_int_equal(1, c.token.remaining_plus_1);
	assert_int_equal(NOW + 60, c.token.sora2_cooldown_until);
}

static void
media_go_up_one_by_one(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .id = "media_1" };
	struct task t = a_task(STEP_UPLOAD);
	struct task_change c;

	t.n_media = 2;
	step_uploaded(&t, 0, &o, &env, &c);
	assert_change("first", &c, TASK_PROCESSING, STEP_UPLOAD, NOW_MS, 0);
	assert_string_equal("media_1", c.media_id);
	assert_int_equal(0, c.media_index);
	step_uploaded(&t, 1, &o, &env, &c);
	assert_change("last", &c, TASK_PROCESSING, STEP_CREATE, NOW_MS, 0);
	assert_int_equal(1, c.media_index);
}

static void
a_create_is_announced_and_keeps_its_count(void **state UNUSED)
{
	const struct step_env env = an_env();
	struct task t = a_task(STEP_CREATE);
	struct task_change c;

	t.attempts = 2;
	step_creating(&t, &env, &c);
	assert_change("creating", &c, TASK_PROCESSING, STEP_CREATING, NOW_MS,
	    2);
	t.step = STEP_CREATING;
	step_interrupted(&t, &env, &c);
	assert_change("interrupted", &c, TASK_PROCESSING, STEP_RECONCILE,
	    NOW_MS, 2);
}

/* Its files cannot be opened now: the task keeps its token, and no try counts. */
static void
trouble_of_this_host_is_waited_for(void **state UNUSED)
{
	static const struct {
		int64_t		 age_ms, pause_ms;
	} rows[] = { { 0, 2000 }, { 10000, 5000 }, { 100000, 50000 },
	    { 900000, 60000 } };
	const struct step_env env = an_env();
	const struct outcome o = { .verdict = VERDICT_RETRY, .local = true };

	for (size_t i = 0; i < 2 * NELEM(rows); i++) {
		struct task t = a_task(i % 2 ? STEP_CREATING : STEP_UPLOAD);
		struct task_change c;

		t.n_media = 1;
		t.attempts = env.max_retries;
		t.tokens_tried = STEP_MAX_TOKENS;
		t.wait_from_ms = NOW_MS - rows[i / 2].age_ms;
		if (i % 2)
			step_created(&t, &o, &env, &c);
		else
			step_uploaded(&t, 0, &o, &env, &c);
		assert_change("local", &c, TASK_PROCESSING, i % 2
		    ? STEP_CREATE : STEP_UPLOAD,
		    NOW_MS + rows[i / 2].pause_ms, t.attempts);
	}
}

/* ---- what the lists show ---- */

static const struct {
	const char	*label;
	enum task_step	 step;
	double		 stored;
	double		 seen;
	bool		 changed;
	double		 progress;
} runs[] = {
	{ "no news", STEP_POLL, 20, 20, false, 20 },
	{ "a fraction", STEP_POLL, 20, 20.4, false, 20.4 },
	{ "onward", STEP_POLL, 20, 21, true, 21 },
	{ "never back", STEP_POLL, 20, 10, false, 20 },
	{ "not said", STEP_POLL, 20, -1, false, 20 },
	{ "full before it is done", STEP_POLL, 20, 100, true, 99 },
	{ "back in the list", STEP_RESOLVE, 20, 20, true, 20 },
};

static void
progress_only_rises(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(runs); i++) {
		const struct sighting s = { .progress = runs[i].seen };
		struct task t = a_task(runs[i].step);
		struct task_change c;
		bool changed;

		t.progress = runs[i].stored;
		changed = step_seen(&t, &s, &env, &c);
		if (changed != runs[i].changed || c.step != STEP_POLL ||
		    c.status != TASK_PROCESSING ||
		    (int)c.progress != (int)runs[i].progress)
			fail_msg("%s: %d, %s, %f", runs[i].label, changed,
			    task_step_name(c.step), c.progress);
	}
}

static void
a_finished_video_is_fetched_or_told(void **state UNUSED)
{
	const struct task t = a_task(STEP_RESOLVE);
	struct step_env env = an_env();
	struct task_change c;
	const struct sighting s = {
		.state = SEEN_DONE, .url = "https://up/f",
		.generation_id = "gen_1", .permalink = "https://up/p",
	};

	assert_true(step_seen(&t, &s, &env, &c));
	assert_change("cached", &c, TASK_PROCESSING, STEP_DOWNLOAD, NOW_MS, 0);
	assert_string_equal("https://up/f", c.source_url);
	assert_string_equal("gen_1", c.generation_id);
	assert_string_equal("https://up/p", c.permalink);
	assert_true(c.progress < 100);
	assert_null(c.result_url);
	env.cache = false;
	assert_true(step_seen(&t, &s, &env, &c));
	assert_int_equal(TASK_COMPLETED, c.status);
	assert_int_equal(STEP_DONE, c.step);
	assert_true(c.progress >= 100);
	assert_string_equal("https://up/f", c.result_url);
	assert_string_equal("https://up/f", c.source_url);
	assert_int_equal(200, c.log_status);
	assert_int_equal(TOKEN_SUCCEEDED, c.token.verdict);
}

static void
a_renewed_link_does_not_forget_the_tries(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct sighting s = { .state = SEEN_DONE, .url = "https://new" };
	struct task t = a_task(STEP_DOWNLOAD);
	struct task_change c;

	t.attempts = 2;
	assert_true(step_seen(&t, &s, &env, &c));
	assert_change("renewed", &c, TASK_PROCESSING, STEP_DOWNLOAD, NOW_MS,
	    2);
	assert_string_equal("https://new", c.source_url);
}

static void
a_failed_generation_may_be_tried_once_more_elsewhere(void **state UNUSED)
{
	static const struct {
		bool		 retryable;
		int		 tokens_tried;
		bool		 again;
	} rows[] = {
		{ false, 1, false }, { true, 1, true }, { true, 2, false },
	};
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct task t = a_task(STEP_RESOLVE);
		struct task_change c;
		const struct sighting s = {
			.state = SEEN_FAILED,
			.retryable = rows[i].retryable,
		};

		t.tokens_tried = rows[i].tokens_tried;
		assert_true(step_seen(&t, &s, &env, &c));
		assert_int_equal(TOKEN_ERROR, c.token.verdict);
		if (rows[i].again)
			assert_change("again", &c, TASK_QUEUED, STEP_ASSIGN,
			    NOW_MS, 0);
		else
			assert_failed_as("failed", &c, "generation_failed",
			    500, NULL);
	}
}

static void
what_left_the_list_is_resolved(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct sighting not_ready = { .state = SEEN_NOT_READY };
	struct task t = a_task(STEP_POLL);
	struct task_change c;

	assert_true(step_left(&t, &env, &c));
	assert_change("left", &c, TASK_PROCESSING, STEP_RESOLVE, NOW_MS, 0);
	assert_true(step_seen(&t, &not_ready, &env, &c));
	assert_int_equal(STEP_RESOLVE, c.step);
	t.step = STEP_RESOLVE;
	assert_false(step_left(&t, &env, &c));
	assert_false(step_seen(&t, &not_ready, &env, &c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_verdict_has_its_consequence),
		cmocka_unit_test(trouble_of_this_host_is_waited_for),
		cmocka_unit_test(a_pause_is_spread_by_at_most_a_quarter),
		cmocka_unit_test(
		    behind_a_challenge_a_task_waits_longer_and_longer),
		cmocka_unit_test(
		    what_was_never_sent_waits_and_uses_up_nothing),
		cmocka_unit_test(the_solver_comes_before_the_queue),
		cmocka_unit_test(
		    refused_content_fails_at_once_and_is_not_the_token_s_fault),
		cmocka_unit_test(an_accepted_create_is_polled_and_counted),
		cmocka_unit_test(media_go_up_one_by_one),
		cmocka_unit_test(a_create_is_announced_and_keeps_its_count),
		cmocka_unit_test(progress_only_rises),
		cmocka_unit_test(a_finished_video_is_fetched_or_told),
		cmocka_unit_test(a_renewed_link_does_not_forget_the_tries),
		cmocka_unit_test(
		    a_failed_generation_may_be_tried_once_more_elsewhere),
		cmocka_unit_test(what_left_the_list_is_resolved),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
