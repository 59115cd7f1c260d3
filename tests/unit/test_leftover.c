/* SPDX-License-Identifier: MIT */
/* test_leftover.c: jobs that are to be deleted at their server, and what else a
 * task of a server has in its row. */
#include "fixture.h"

#include <string.h>

#include "leftover.h"

#define NOW_MS	2000000000000

/* A task that a server's token works on as `upstream_id`. */
static struct task
a_running_task(struct fixture *f, const char *upstream_id)
{
	struct task t;
	struct task_change c;

	fixture_token(f, 3);
	t = fixture_submit(f);
	/* the row alone: what the token says of its server is of no matter here */
	fixture_exec(f, "UPDATE tokens SET provider = 'openai'");
	c = (struct task_change){ .status = TASK_PROCESSING,
	    .step = STEP_POLL, .upstream_id = upstream_id,
	    .token = { .accepted = true } };
	fixture_apply(f, &t, &c);
	return fixture_load(f, &t);
}

static void
assert_leftovers(struct fixture *f, size_t want, bool finished)
{
	struct leftover *all;
	size_t n;

	assert_ok(f, leftover_due(f->st, NOW_MS, f->a, &all, &n, &f->e));
	assert_int_equal(want, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal("job+/=", all[i].upstream_id);
		assert_int_equal(finished, all[i].finished);
		assert_int_equal(0, all[i].attempts);
	}
}

static void
a_cancelled_task_leaves_its_job(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	bool cancelled;

	assert_ok(f, task_cancel(f->st, t.row, false, "why", &cancelled,
	    &f->e));
	assert_true(cancelled);
	assert_leftovers(f, 1, false);
}

static void
a_deleted_task_leaves_its_job(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");

	assert_ok(f, task_delete(f->st, t.task_id, &f->e));
	assert_leftovers(f, 1, false);
}

static void
one_that_was_fetched_leaves_a_finished_job(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	const struct task_change c = { .status = TASK_PROCESSING,
	    .step = STEP_DOWNLOAD };
	bool cancelled;

	fixture_apply(f, &t, &c);
	assert_ok(f, task_cancel(f->st, t.row, false, "why", &cancelled,
	    &f->e));
	assert_leftovers(f, 1, true);
}

static void
what_the_upstream_never_had_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct task t;
	bool cancelled;

	fixture_token(f, 1);
	t = fixture_submit(f);
	fixture_exec(f, "UPDATE tokens SET provider = 'openai'");
	assert_ok(f, task_cancel(f->st, t.row, false, "why", &cancelled,
	    &f->e));
	assert_leftovers(f, 0, false);
}

static void
an_account_of_sora_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	bool cancelled;

	fixture_exec(f, "UPDATE tokens SET provider = 'sora'");
	assert_ok(f, task_cancel(f->st, t.row, false, "why", &cancelled,
	    &f->e));
	assert_leftovers(f, 0, false);
}

static void
an_end_leaves_a_job_when_that_is_wished(void **state)
{
	static const struct {
		enum task_status status;
		bool		 tidy;
		size_t		 left;
		bool		 finished;
	} rows[] = {
		{ TASK_COMPLETED, false, 0, false },
		{ TASK_COMPLETED, true, 1, true },
		{ TASK_FAILED, true, 1, false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct task t = a_running_task(f, "job+/=");
		const struct task_change c = { .status = rows[i].status,
		    .step = STEP_DONE, .tidy = rows[i].tidy,
		    .error_code = "x", .error_message = "x" };

		fixture_apply(f, &t, &c);
		assert_leftovers(f, rows[i].left, rows[i].finished);
		fixture_exec(f, "DELETE FROM leftovers");
		fixture_exec(f, "DELETE FROM tokens");
	}
}

static void
one_that_cannot_be_deleted_waits(void **state)
{
	struct fixture *f = *state;
	struct leftover *all;
	size_t n;

	fixture_token(f, 1);
	assert_ok(f, leftover_add(f->st, 1, "job", false, &f->e));
	assert_ok(f, leftover_due(f->st, 1, f->a, &all, &n, &f->e));
	assert_int_equal(1, n);
	assert_ok(f, leftover_later(f->st, all[0].id, 5000, &f->e));
	assert_ok(f, leftover_due(f->st, 4999, f->a, &all, &n, &f->e));
	assert_int_equal(0, n);
	assert_ok(f, leftover_due(f->st, 5000, f->a, &all, &n, &f->e));
	assert_int_equal(1, n);
	assert_int_equal(1, all[0].attempts);
	assert_ok(f, leftover_done(f->st, all[0].id, &f->e));
	assert_ok(f, leftover_due(f->st, NOW_MS, f->a, &all, &n, &f->e));
	assert_int_equal(0, n);
}

static void
a_token_that_goes_takes_them_along(void **state)
{
	struct fixture *f = *state;
	int64_t token = fixture_token(f, 1);

	assert_ok(f, leftover_add(f->st, token, "job", false, &f->e));
	assert_ok(f, token_delete(f->st, token, &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM leftovers"));
	/* none is noted for one that went before */
	assert_ok(f, leftover_add(f->st, token, "job", false, &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM leftovers"));
}

/* ---- columns ---- */

static void
what_was_accepted_is_what_is_shown(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	const struct task_change c = { .status = TASK_PROCESSING,
	    .step = STEP_POLL, .seconds = 12, .size = "720x1280" };
	const struct task_change nothing = { .status = TASK_PROCESSING,
	    .step = STEP_POLL };

	fixture_apply(f, &t, &c);
	fixture_apply(f, &t, &nothing);
	t = fixture_load(f, &t);
	assert_int_equal(12, t.seconds);
	assert_string_equal("720x1280", t.size);
}

static void
a_job_that_is_sent_again_is_counted_and_forgotten(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	const struct task_change again = { .status = TASK_PROCESSING,
	    .step = STEP_CREATE, .upstream_id = "", .resubmit = true };
	const struct task_change done = { .status = TASK_COMPLETED,
	    .step = STEP_DONE, .log_status = 200 };

	fixture_apply(f, &t, &again);
	fixture_apply(f, &t, &again);
	t = fixture_load(f, &t);
	assert_null(t.upstream_id);
	assert_int_equal(2, t.resubmitted);
	fixture_apply(f, &t, &done);
	assert_int_equal(2, fixture_int(f, "SELECT response_body ->> "
	    "'resubmitted' FROM request_logs WHERE task_id = '%s'",
	    t.task_id));
}

static void
the_log_says_nothing_of_what_did_not_happen(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	const struct task_change done = { .status = TASK_COMPLETED,
	    .step = STEP_DONE, .log_status = 200, .result_url = "http://x" };

	fixture_apply(f, &t, &done);
	assert_string_equal(arena_printf(f->a, "{\"task_id\":\"%s\","
	    "\"status\":\"success\",\"urls\":[\"http://x\"]}", t.task_id),
	    fixture_text(f, "SELECT response_body FROM request_logs"
	    " WHERE task_id = '%s'", t.task_id));
}

static void
an_address_for_us_alone_goes_with_the_account(void **state)
{
	struct fixture *f = *state;
	struct task t = a_running_task(f, "job+/=");
	const struct task_change c = { .status = TASK_PROCESSING,
	    .step = STEP_DOWNLOAD, .fetch_url = "https://gpu/f" };
	const struct task_change back = { .status = TASK_QUEUED,
	    .step = STEP_ASSIGN };

	fixture_apply(f, &t, &c);
	t = fixture_load(f, &t);
	assert_string_equal("https://gpu/f", t.fetch_url);
	assert_null(t.source_url);
	fixture_apply(f, &t, &back);
	assert_null(fixture_load(f, &t).fetch_url);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	    fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cancelled_task_leaves_its_job),
		TEST(a_deleted_task_leaves_its_job),
		TEST(one_that_was_fetched_leaves_a_finished_job),
		TEST(what_the_upstream_never_had_leaves_nothing),
		TEST(an_account_of_sora_leaves_nothing),
		TEST(an_end_leaves_a_job_when_that_is_wished),
		TEST(one_that_cannot_be_deleted_waits),
		TEST(a_token_that_goes_takes_them_along),
		TEST(what_was_accepted_is_what_is_shown),
		TEST(a_job_that_is_sent_again_is_counted_and_forgotten),
		TEST(the_log_says_nothing_of_what_did_not_happen),
		TEST(an_address_for_us_alone_goes_with_the_account),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
