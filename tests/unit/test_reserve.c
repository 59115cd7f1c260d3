/* SPDX-License-Identifier: MIT */
/* test_reserve.c: which token gets a task. */
#include "fixture.h"

#include <string.h>

static enum err
submit(struct fixture *f, struct task *t)
{
	return task_submit(f->st, t, "{}", 100, NULL, &f->e);
}

static int64_t
chosen(struct fixture *f)
{
	return fixture_submit(f).token_id;
}

static void
requeue(struct fixture *f, const struct task *t, bool untried, bool full)
{
	const struct task now = fixture_load(f, t);
	const struct task_change c = {
		.status = TASK_QUEUED, .step = STEP_ASSIGN, .untried = untried,
		.token.full = full,
	};

	fixture_apply(f, &now, &c);
	fixture_assert_slots(f);
}

static int64_t
assigned_to(struct fixture *f, const struct task *t)
{
	int assigned;

	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	fixture_assert_slots(f);
	return fixture_load(f, t).token_id;
}

/* A choice per millisecond: the order is by time. */
static int64_t
chosen_later(struct fixture *f)
{
	fixture_exec(f, "UPDATE tokens SET chosen_ms = chosen_ms - 10"
	    " WHERE chosen_ms > 0");
	return chosen(f);
}

static void
the_largest_share_of_free_slots_comes_first(void **state)
{
	struct fixture *f = *state;
	int64_t two = fixture_token(f, 2), four = fixture_token(f, 4);
	/* 1, 1; 1/2, 1; 1/2, 3/4; 1/2, 1/2 (longest ago: two); 0, 1/2 ... */
	const int64_t expected[] = { two, four, four, two, four, four };

	for (size_t i = 0; i < NELEM(expected); i++) {
		int64_t token = chosen_later(f);

		if (token != expected[i])
			fail_msg("choice %zu: %lld", i, (long long)token);
	}
	assert_int_equal(TASK_QUEUED, fixture_submit(f).status);
	fixture_assert_slots(f);
}

static void
among_equals_the_one_that_rested_longest(void **state)
{
	struct fixture *f = *state;
	int64_t a = fixture_token(f, -1), b = fixture_token(f, -1);
	int64_t c = fixture_token(f, -1);

	fixture_exec(f, "UPDATE tokens SET chosen_ms = CASE id"
	    " WHEN %d THEN 30 WHEN %d THEN 10 ELSE 20 END", (int)a, (int)b);
	assert_int_equal(b, chosen_later(f));
	assert_int_equal(c, chosen_later(f));
	assert_int_equal(a, chosen_later(f));
	assert_int_equal(b, chosen_later(f));
}

static void
an_unlimited_token_counts_as_free(void **state)
{
	struct fixture *f = *state;
	int64_t limited = fixture_token(f, 2), free = fixture_token(f, -1);

	assert_int_equal(limited, chosen(f));
	for (int i = 0; i < 5; i++)
		assert_int_equal(free, chosen(f));
}

/* What keeps a token from a task: a change of its row, and what the client is told. */
static const struct {
	const char	*change;
	enum err	 video;
	enum err	 image;
	int		 retry_after;
} bars[] = {
	{ "is_active = 0", ERR_NO_TOKEN, ERR_NO_TOKEN, 0 },
	{ "expiry_time = unixepoch()", ERR_NO_TOKEN, ERR_NO_TOKEN, 0 },
	{ "expiry_time = unixepoch() + 60", ERR_OK, ERR_OK, 0 },
	{ "video_enabled = 0", ERR_NO_TOKEN, ERR_OK, 0 },
	{ "image_enabled = 0", ERR_OK, ERR_NO_TOKEN, 0 },
	{ "sora2_supported = 0", ERR_NO_TOKEN, ERR_OK, 0 },
	{ "sora2_supported = NULL", ERR_NO_TOKEN, ERR_OK, 0 },
	{ "cooled_until = unixepoch() + 90", ERR_RATE_LIMIT, ERR_RATE_LIMIT,
	    90 },
	{ "cooled_until = unixepoch() + 3600", ERR_RATE_LIMIT,
	    ERR_RATE_LIMIT, 3600 },
	/* nobody rests that long: the clock was ahead when it was set */
	{ "cooled_until = unixepoch() + 90000", ERR_OK, ERR_OK, 0 },
	{ "cooled_until = unixepoch() - 1", ERR_OK, ERR_OK, 0 },
	{ "sora2_cooldown_until = unixepoch() + 90", ERR_RATE_LIMIT, ERR_OK,
	    90 },
	{ "sora2_cooldown_until = unixepoch() + 90000", ERR_RATE_LIMIT, ERR_OK,
	    3600 },
	{ "sora2_remaining_count = 0", ERR_OK, ERR_OK, 0 },
	/* a cooldown keeps a disabled token from nothing it could do */
	{ "is_active = 0, cooled_until = unixepoch() + 90", ERR_NO_TOKEN,
	    ERR_NO_TOKEN, 0 },
};

static void
check_bar(struct fixture *f, size_t i, enum task_kind kind, enum err expected)
{
	struct task t = fixture_task(f);
	enum err rc;

	t.kind = kind;
	rc = submit(f, &t);
	if (rc != expected)
		fail_msg("%s, kind %d: %d", bars[i].change, kind, rc);
	if (rc == ERR_RATE_LIMIT && (f->e.retry_after > bars[i].retry_after ||
	    f->e.retry_after < bars[i].retry_after - 5))
		fail_msg("%s: %d s", bars[i].change, f->e.retry_after);
	if (rc == ERR_NO_TOKEN)
		assert_string_equal("No active tokens available", f->e.text);
	if (rc == ERR_OK)
		assert_int_equal(1, t.token_id);
	assert_int_equal(rc == ERR_OK, fixture_int(f,
	    "SELECT count(*) FROM tasks"));
	fixture_assert_slots(f);
	fixture_exec(f, "DELETE FROM tasks");
}

static void
only_a_fit_and_rested_token_is_chosen(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(bars); i++) {
		fixture_exec(f, "DELETE FROM tokens");
		fixture_exec(f, "DELETE FROM sqlite_sequence");
		assert_int_equal(1, fixture_token(f, 3));
		fixture_exec(f, "UPDATE tokens SET %s", bars[i].change);
		check_bar(f, i, TASK_VIDEO, bars[i].video);
		check_bar(f, i, TASK_IMAGE, bars[i].image);
	}
}

static void
without_tokens_there_is_none(void **state)
{
	struct fixture *f = *state;
	struct task t = fixture_task(f);

	assert_failed(f, ERR_NO_TOKEN, "No active tokens available",
	    submit(f, &t));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"));
	assert_int_equal(0, fixture_int(f,
	    "SELECT count(*) FROM request_logs"));
}

static void
the_first_to_wake_says_how_long_to_wait(void **state)
{
	struct fixture *f = *state;
	struct task t = fixture_task(f);

	fixture_token(f, 1);
	fixture_token(f, 1);
	fixture_token(f, 1);
	fixture_exec(f, "UPDATE tokens SET cooled_until = unixepoch() + 300"
	    " WHERE id = 1");
	fixture_exec(f, "UPDATE tokens SET cooled_until = unixepoch() + 10,"
	    " sora2_cooldown_until = unixepoch() + 200 WHERE id = 2");
	fixture_exec(f, "UPDATE tokens SET is_active = 0,"
	    " cooled_until = unixepoch() + 5 WHERE id = 3");
	assert_failed(f, ERR_RATE_LIMIT, "", submit(f, &t));
	assert_in_range(f->e.retry_after, 195, 200);
}

static void
a_passed_quota_cooldown_ends_only_when_the_quota_was_read(void **state)
{
	struct fixture *f = *state;
	const struct token_change cleared = { .sora2_cooldown_until = -1 };
	struct task t = fixture_task(f);
	int64_t *ids, token = fixture_token(f, 1);
	size_t n;

	fixture_exec(f, "UPDATE tokens SET"
	    " sora2_cooldown_until = unixepoch() - 1");
	assert_ok(f, submit(f, &t));
	assert_int_equal(TASK_QUEUED, t.status);
	assert_int_equal(0, assigned_to(f, &t));
	assert_ok(f, token_quota_due(f->st, f->a, &ids, &n, &f->e));
	assert_int_equal(1, n);
	assert_int_equal(token, ids[0]);
	assert_ok(f, token_change_apply(f->st, token, &cleared, 3, &f->e));
	assert_ok(f, token_quota_due(f->st, f->a, &ids, &n, &f->e));
	assert_int_equal(0, n);
	assert_int_equal(token, assigned_to(f, &t));
}

static void
a_bound_task_gets_its_token_or_none(void **state)
{
	struct fixture *f = *state;
	struct task t = fixture_task(f);
	int64_t other = fixture_token(f, 5), own = fixture_token(f, 1);

	t.bound_token = own;
	assert_ok(f, submit(f, &t));
	assert_int_equal(own, t.token_id);
	t = fixture_task(f);
	t.bound_token = own;
	assert_ok(f, submit(f, &t));
	assert_int_equal(TASK_QUEUED, t.status);
	assert_int_equal(0, assigned_to(f, &t));
	fixture_exec(f, "UPDATE tokens SET is_active = 0 WHERE id = %d",
	    (int)own);
	t = fixture_task(f);
	t.bound_token = own;
	assert_failed(f, ERR_NO_TOKEN, "No active tokens available",
	    submit(f, &t));
	assert_int_equal(0, fixture_int(f, "SELECT video_running FROM tokens"
	    " WHERE id = %d", (int)other));
}

static void
a_task_is_not_given_to_a_token_twice_until_all_had_it(void **state)
{
	struct fixture *f = *state;
	int64_t a = fixture_token(f, 1), b = fixture_token(f, 1);
	struct task t = fixture_submit(f);

	assert_int_equal(a, t.token_id);
	requeue(f, &t, false, false);
	assert_int_equal(b, assigned_to(f, &t));
	assert_int_equal(2, fixture_load(f, &t).tokens_tried);
	requeue(f, &t, false, false);
	assert_true(assigned_to(f, &t) != 0);
	assert_int_equal(3, fixture_load(f, &t).tokens_tried);
}

static void
it_waits_for_one_that_has_not_had_it_yet(void **state)
{
	struct fixture *f = *state;
	int64_t b;
	struct task t;

	fixture_token(f, 1);
	t = fixture_submit(f);
	b = fixture_token(f, 1);
	fixture_exec(f, "UPDATE tokens SET cooled_until = unixepoch() + 60"
	    " WHERE id = %d", (int)b);
	requeue(f, &t, false, false);
	assert_int_equal(0, assigned_to(f, &t));
	fixture_exec(f, "UPDATE tokens SET cooled_until = NULL");
	assert_int_equal(b, assigned_to(f, &t));
}

static void
an_untried_token_may_have_it_again(void **state)
{
	struct fixture *f = *state;
	int64_t a = fixture_token(f, 1);
	struct task t = fixture_submit(f);

	requeue(f, &t, true, false);
	assert_int_equal(0, fixture_load(f, &t).tokens_tried);
	assert_int_equal(a, assigned_to(f, &t));
	assert_int_equal(1, fixture_load(f, &t).tokens_tried);
}

/* However many wake at once, each is chosen in its turn. */
static void
a_rate_limit_that_is_over_is_cleared(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 40; i++)
		fixture_token(f, 1);
	fixture_exec(f, "UPDATE tokens SET cooled_until = unixepoch() - id");
	fixture_exec(f, "UPDATE tokens SET cooled_until = unixepoch() + 90"
	    " WHERE id = 40");
	for (int i = 0; i < 39; i++)
		assert_int_equal(TASK_PROCESSING, fixture_submit(f).status);
	assert_int_equal(TASK_QUEUED, fixture_submit(f).status);
	assert_int_equal(40, fixture_int(f, "SELECT id FROM tokens"
	    " WHERE cooled_until IS NOT NULL"));
	assert_int_equal(39, fixture_int(f, "SELECT count(DISTINCT token_id)"
	    " FROM tasks"));
}

/* One that has not had it comes first; alone, it is taken again and again. */
static void
an_uncounted_try_leaves_the_task_its_tries(void **state)
{
	struct fixture *f = *state;
	const struct task_change uncounted = {
		.status = TASK_QUEUED, .step = STEP_ASSIGN, .uncounted = true,
	};
	int64_t a = fixture_token(f, 4), b;
	struct task t = fixture_submit(f), now;

	b = fixture_token(f, 1);
	for (int i = 0; i < 3; i++) {
		now = fixture_load(f, &t);
		assert_int_equal(1, now.tokens_tried);
		fixture_apply(f, &now, &uncounted);
		fixture_assert_slots(f);
		assert_int_equal(0, fixture_load(f, &t).tokens_tried);
		assert_int_equal(i % 2 == 0 ? b : a, assigned_to(f, &t));
		if (i == 0)
			assert_int_equal(a, now.token_id);
	}
}

/* An account that takes two, whatever its row allows. */
static void
what_an_account_takes_at_once_is_learned(void **state)
{
	struct fixture *f = *state;
	const struct task_change done = {
		.status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200,
		.token.verdict = TOKEN_SUCCEEDED,
	};
	struct task t[3], now;

	fixture_token(f, -1);
	for (int i = 0; i < 3; i++)
		t[i] = fixture_submit(f);
	requeue(f, &t[2], true, true);
	assert_int_equal(2, fixture_int(f, "SELECT video_learned"
	    " FROM tokens"));
	assert_int_equal(0, assigned_to(f, &t[2]));
	/* one is done: there is room again, and more is tried */
	now = fixture_load(f, &t[0]);
	fixture_apply(f, &now, &done);
	assert_int_not_equal(0, assigned_to(f, &t[2]));
	assert_int_equal(TASK_PROCESSING, fixture_submit(f).status);
}

static void
a_learned_limit_never_bars_a_token_for_good(void **state)
{
	struct fixture *f = *state;
	struct task t;

	fixture_token(f, 4);
	t = fixture_submit(f);
	requeue(f, &t, true, true);
	assert_int_not_equal(0, assigned_to(f, &t));
	assert_int_equal(TASK_QUEUED, fixture_submit(f).status);
}

static void
the_smaller_limit_counts(void **state)
{
	struct fixture *f = *state;

	fixture_token(f, 2);
	fixture_exec(f, "UPDATE tokens SET video_learned = 3");
	fixture_submit(f);
	fixture_submit(f);
	assert_int_equal(TASK_QUEUED, fixture_submit(f).status);
	fixture_exec(f, "UPDATE tokens SET video_concurrency = 5");
	assert_int_not_equal(0, assigned_to(f, &(struct task){ .row = 3 }));
	assert_int_equal(TASK_QUEUED, fixture_submit(f).status);
}

static void
a_lowered_limit_stops_nothing_that_runs(void **state)
{
	struct fixture *f = *state;

	fixture_token(f, 3);
	for (int i = 0; i < 3; i++)
		fixture_submit(f);
	fixture_exec(f, "UPDATE tokens SET video_concurrency = 1");
	assert_int_equal(3, fixture_int(f, "SELECT count(*) FROM tasks"
	    " WHERE status = 'processing'"));
	assert_int_equal(TASK_QUEUED, fixture_submit(f).status);
	fixture_assert_slots(f);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_largest_share_of_free_slots_comes_first),
		T(among_equals_the_one_that_rested_longest),
		T(an_unlimited_token_counts_as_free),
		T(only_a_fit_and_rested_token_is_chosen),
		T(without_tokens_there_is_none),
		T(the_first_to_wake_says_how_long_to_wait),
		T(a_passed_quota_cooldown_ends_only_when_the_quota_was_read),
		T(a_bound_task_gets_its_token_or_none),
		T(a_task_is_not_given_to_a_token_twice_until_all_had_it),
		T(it_waits_for_one_that_has_not_had_it_yet),
		T(a_rate_limit_that_is_over_is_cleared),
		T(an_untried_token_may_have_it_again),
		T(an_uncounted_try_leaves_the_task_its_tries),
		T(what_an_account_takes_at_once_is_learned),
		T(a_learned_limit_never_bars_a_token_for_good),
		T(the_smaller_limit_counts),
		T(a_lowered_limit_stops_nothing_that_runs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
