/* SPDX-License-Identifier: MIT */
/* test_token_change.c: counters, bans, cooldowns, and the request log. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "aged.h"

#define BAN	3

static int
stat_of(struct fixture *f, const char *column)
{
	return (int)fixture_int(f, "SELECT %s FROM token_stats", column);
}

static void
assert_stats(struct fixture *f, const char *label, const char *expected)
{
	const char *found = fixture_text(f, "SELECT format('%%d %%d %%d |"
	    " %%d %%d %%d | %%d', image_count, video_count, error_count,"
	    " today_image_count, today_video_count, today_error_count,"
	    " consecutive_error_count) FROM token_stats");

	if (strcmp(found, expected) != 0)
		fail_msg("%s: %s, not %s", label, found, expected);
}

static void
tell(struct fixture *f, const struct token_change *c)
{
	assert_ok(f, token_change_apply(f->st, 1, c, BAN, &f->e));
}

static void
tell_verdict(struct fixture *f, enum token_verdict verdict)
{
	const struct token_change c = { .verdict = verdict };

	tell(f, &c);
}

static void
an_accepted_generation_is_counted_once(void **state)
{
	static const struct {
		enum task_kind	 kind;
		const char	*stats;
		int		 uses;
	} rows[] = {
		{ TASK_VIDEO, "0 1 0 | 0 1 0 | 0", 1 },
		{ TASK_IMAGE, "1 1 0 | 1 1 0 | 0", 2 },
		{ TASK_CHARACTER, "1 1 0 | 1 1 0 | 0", 3 },
	};
	struct fixture *f = *state;
	int64_t now = clock_now();

	fixture_token(f, 9);
	for (size_t i = 0; i < NELEM(rows); i++) {
		const struct task_change c = {
			.status = TASK_PROCESSING, .step = STEP_POLL,
			.token.accepted = true,
		};
		struct task t = fixture_task(f);

		t.kind = rows[i].kind;
		assert_ok(f, task_submit(f->st, &t, "{}", 9, NULL, &f->e));
		fixture_apply(f, &t, &c);
		assert_stats(f, "accepted", rows[i].stats);
		assert_int_equal(rows[i].uses, fixture_int(f,
		    "SELECT use_count FROM tokens"));
	}
	assert_true(fixture_int(f, "SELECT last_used_at FROM tokens") >= now);
}

static const struct {
	enum token_verdict verdict;
	const char	*stats;		/* after two errors in a row */
	bool		 active;
	bool		 video;
} verdicts[] = {
	{ TOKEN_FINE, "0 0 2 | 0 0 2 | 2", true, true },
	{ TOKEN_SUCCEEDED, "0 0 2 | 0 0 2 | 0", true, true },
	{ TOKEN_ERROR, "0 0 3 | 0 0 3 | 3", false, true },
	{ TOKEN_OVERLOADED, "0 0 3 | 0 0 3 | 2", true, true },
	{ TOKEN_REFUSED, "0 0 3 | 0 0 3 | 3", false, true },
	{ TOKEN_NO_VIDEO, "0 0 2 | 0 0 2 | 2", true, false },
};

static void
each_verdict_counts_as_it_should(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(verdicts); i++) {
		char label[16];

		fixture_exec(f, "DELETE FROM tokens");
		fixture_exec(f, "DELETE FROM sqlite_sequence");
		fixture_token(f, 1);
		snprintf(label, sizeof(label), "verdict %zu", i);
		tell_verdict(f, TOKEN_ERROR);
		tell_verdict(f, TOKEN_ERROR);
		tell_verdict(f, verdicts[i].verdict);
		assert_stats(f, label, verdicts[i].stats);
		assert_int_equal(verdicts[i].active, fixture_int(f,
		    "SELECT is_active FROM tokens"));
		assert_int_equal(verdicts[i].video, fixture_int(f,
		    "SELECT video_enabled FROM tokens"));
	}
}

static void
a_refusal_disables_at_once(void **state)
{
	struct fixture *f = *state;

	fixture_token(f, 1);
	tell_verdict(f, TOKEN_REFUSED);
	assert_int_equal(0, fixture_int(f, "SELECT is_active FROM tokens"));
}

static void
only_the_operator_enables_again(void **state)
{
	struct fixture *f = *state;

	fixture_token(f, 1);
	for (int i = 0; i < BAN; i++)
		tell_verdict(f, TOKEN_ERROR);
	tell_verdict(f, TOKEN_SUCCEEDED);
	assert_int_equal(0, fixture_int(f, "SELECT is_active FROM tokens"));
	fixture_exec(f, "UPDATE tokens SET cooled_until = 1 + unixepoch();"
	    "UPDATE token_stats SET consecutive_error_count = 3");
	assert_ok(f, token_set_active(f->st, 1, true, &f->e));
	assert_int_equal(1, fixture_int(f, "SELECT is_active AND"
	    " cooled_until IS NULL FROM tokens"));
	assert_int_equal(0, stat_of(f, "consecutive_error_count"));
}

static void
today_ends_at_midnight(void **state)
{
	static const struct {
		struct token_change change;
		const char	*stats;
	} rows[] = {
		{ { .accepted = true }, "5 6 5 | 0 1 0 | 2" },
		{ { .verdict = TOKEN_ERROR }, "5 5 6 | 0 0 1 | 3" },
	};
	struct fixture *f = *state;
	char today[11];

	fixture_token(f, 1);
	clock_today(today);
	for (size_t i = 0; i < NELEM(rows); i++) {
		fixture_exec(f, "UPDATE token_stats SET image_count = 5,"
		    " video_count = 5, error_count = 5, today_image_count = 4,"
		    " today_video_count = 4, today_error_count = 4,"
		    " consecutive_error_count = 2, today_date = '2001-01-01'");
		tell(f, &rows[i].change);
		assert_stats(f, "another day", rows[i].stats);
		assert_string_equal(today, fixture_text(f,
		    "SELECT today_date FROM token_stats"));
	}
}

static void
cooldowns_are_set_and_cleared(void **state)
{
	static const struct {
		struct token_change change;
		int64_t		 cooled;
		int64_t		 sora2;
		int		 remaining;
	} rows[] = {
		{ { .cooled_until = 2000 }, 2000, 0, 0 },
		{ { .cooled_until = 1000 }, 2000, 0, 0 },
		{ { .remaining_plus_1 = 8 }, 2000, 0, 7 },
		{ { .sora2_cooldown_until = 50 }, 2000, 50, 7 },
		{ { .remaining_plus_1 = 1 }, 2000, 50, 0 },
		{ { .sora2_cooldown_until = -1, .remaining_plus_1 = 31 },
		    2000, 0, 30 },
		{ { .cooled_until = 0 }, 2000, 0, 30 },
	};
	struct fixture *f = *state;

	fixture_token(f, 1);
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct token t;

		tell(f, &rows[i].change);
		assert_ok(f, token_load(f->st, 1, f->a, &t, &f->e));
		if (t.cooled_until != rows[i].cooled ||
		    t.sora2_cooldown_until != rows[i].sora2 ||
		    t.sora2_remaining_count != rows[i].remaining)
			fail_msg("row %zu", i);
	}
}

static void
a_deleted_token_is_no_failure(void **state)
{
	const struct token_change c = {
		.verdict = TOKEN_ERROR, .accepted = true, .full = true,
		.cooled_until = 9, .remaining_plus_1 = 2,
	};
	const struct task_change end = {
		.status = TASK_FAILED, .step = STEP_DONE, .log_status = 500,
		.token.verdict = TOKEN_ERROR,
	};
	struct fixture *f = *state;
	struct task t;

	fixture_token(f, 1);
	t = fixture_submit(f);
	assert_ok(f, token_delete(f->st, t.token_id, &f->e));
	assert_ok(f, token_change_apply(f->st, t.token_id, &c, BAN, &f->e));
	fixture_apply(f, &t, &end);
	/* log and task keep the number */
	assert_int_equal(t.token_id, fixture_load(f, &t).token_id);
	assert_int_equal(t.token_id, fixture_int(f,
	    "SELECT token_id FROM request_logs"));
}

/* ---- the request log ---- */

static const struct {
	struct task_change change;
	int		 status;
	const char	*response;	/* with @ for the task's id */
} logs[] = {
	{ { .status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200,
	    .result_url = "https://me/tmp/a\"b.mp4" }, 200,
	    "{\"task_id\":\"@\",\"status\":\"success\","
	    "\"urls\":[\"https://me/tmp/a\\\"b.mp4\"]}" },
	{ { .status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200 },
	    200, "{\"task_id\":\"@\",\"status\":\"success\",\"urls\":[]}" },
	{ { .status = TASK_FAILED, .step = STEP_DONE, .log_status = 408,
	    .error_code = "generation_timeout", .error_message = "late" },
	    408, "{\"error\":\"late\"}" },
	/* what really happened is for the log */
	{ { .status = TASK_FAILED, .step = STEP_DONE, .log_status = 500,
	    .error_message = "sorry", .log_error = "http 500: \"boom\"" },
	    500, "{\"error\":\"http 500: \\\"boom\\\"\"}" },
	{ { .status = TASK_CANCELLED, .step = STEP_DONE, .log_status = 499 },
	    499, "{\"error\":\"\"}" },
};

static void
the_log_tells_how_it_ended(void **state)
{
	struct fixture *f = *state;

	fixture_token(f, 1);
	for (size_t i = 0; i < NELEM(logs); i++) {
		struct task t = fixture_submit(f);
		const char *found;

		fixture_exec(f, "UPDATE request_logs SET"
		    " created_ms = created_ms - 2500 WHERE task_id = '%s'",
		    t.task_id);
		fixture_apply(f, &t, &logs[i].change);
		found = fixture_text(f, "SELECT replace(response_body,"
		    " task_id, '@') FROM request_logs WHERE task_id = '%s'",
		    t.task_id);
		assert_string_equal(logs[i].response, found);
		assert_int_equal(1, fixture_int(f, "SELECT status_code = %d"
		    " AND duration >= 2.5 AND duration < 10 AND updated_at"
		    " >= created_at AND token_id = 1 FROM request_logs"
		    " WHERE task_id = '%s'", logs[i].status, t.task_id));
	}
}

static void
the_newest_ten_thousand_rows_stay(void **state)
{
	struct fixture *f = *state;
	bool more;

	fixture_exec(f, "INSERT INTO request_logs (id, operation, created_at,"
	    " created_ms) VALUES (1, 'x', 0, 0), (2, 'x', 0, 0),"
	    " (10000, 'x', 0, 0)");
	assert_int_equal(3, fixture_int(f,
	    "SELECT count(*) FROM request_logs"));
	fixture_token(f, 1);
	fixture_submit(f);	/* the row 10001 */
	assert_ok(f, aged_forget(f->st, &more, &f->e));
	assert_false(more);
	assert_int_equal(2, fixture_int(f, "SELECT min(id)"
	    " FROM request_logs"));
	assert_int_equal(10001, fixture_int(f, "SELECT max(id)"
	    " FROM request_logs"));
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_accepted_generation_is_counted_once),
		T(each_verdict_counts_as_it_should),
		T(a_refusal_disables_at_once),
		T(only_the_operator_enables_again),
		T(today_ends_at_midnight),
		T(cooldowns_are_set_and_cleared),
		T(a_deleted_token_is_no_failure),
		T(the_log_tells_how_it_ended),
		T(the_newest_ten_thousand_rows_stay),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
