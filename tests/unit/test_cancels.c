/* SPDX-License-Identifier: MIT */
/* test_cancels.c: tasks that nobody waits for any more are cancelled, and who says so does not wait. */
#include <time.h>

#include "cancels.h"
#include "fixture.h"

#define MANY	50

/* Until the database says so; the thread's pause is a second. */
static void
wait_for(struct fixture *f, const char *sql, int64_t wanted)
{
	const struct timespec pause = { 0, 10000000L };

	for (int i = 0; i < 3000 && fixture_int(f, "%s", sql) != wanted; i++)
		nanosleep(&pause, NULL);
	assert_int_equal(wanted, fixture_int(f, "%s", sql));
}

static struct cancels *
start(struct fixture *f, struct store **st)
{
	struct cancels *c = NULL;

	assert_ok(f, site_open_store(&f->site, st, &f->e));
	assert_ok(f, cancels_new(*st, &c, &f->e));
	return c;
}

static void
close_both(struct cancels *c, struct store *st)
{
	cancels_stop(c);
	store_close(st);
}

static void
who_says_so_does_not_wait_for_a_database_that_is_locked(void **state)
{
	struct fixture *f = *state;
	struct store *st = NULL;
	struct cancels *c = start(f, &st);
	struct task t[MANY];

	fixture_token(f, 1);
	for (int i = 0; i < MANY; i++)
		t[i] = fixture_submit(f);
	fixture_exec(f, "BEGIN IMMEDIATE");
	for (int i = 0; i < MANY; i++)
		cancels_add(c, t[i].row, true, "Client disconnected");
	/* the lock is this thread's, so nothing above can have waited for it */
	assert_int_equal(0, fixture_int(f,
	    "SELECT count(*) FROM tasks WHERE status = 'cancelled'"));
	fixture_exec(f, "COMMIT");
	wait_for(f, "SELECT count(*) FROM tasks WHERE status = 'cancelled'"
	    " AND error_message = 'Client disconnected'", MANY);
	fixture_assert_slots(f);
	close_both(c, st);
}

static void
what_has_ended_was_sent_or_is_gone_is_left_and_holds_up_nothing(void **state)
{
	static const struct task_change end = { .status = TASK_FAILED,
	    .step = STEP_DONE, .log_status = 500 };
	static const struct task_change sent = { .status = TASK_PROCESSING,
	    .step = STEP_POLL, .upstream_id = "u1" };
	struct fixture *f = *state;
	struct store *st = NULL;
	struct cancels *c = start(f, &st);
	struct task ended, running, waits;

	fixture_token(f, 9);
	ended = fixture_submit(f);
	fixture_apply(f, &ended, &end);
	running = fixture_submit(f);
	fixture_apply(f, &running, &sent);
	waits = fixture_submit(f);
	cancels_add(c, 12345, true, "Client disconnected");
	cancels_add(c, ended.row, true, "Client disconnected");
	cancels_add(c, running.row, true, "Client disconnected");
	cancels_add(c, waits.row, true, "Client disconnected");
	close_both(c, st);
	assert_int_equal(TASK_FAILED, fixture_load(f, &ended).status);
	assert_int_equal(TASK_PROCESSING, fixture_load(f, &running).status);
	assert_int_equal(TASK_CANCELLED, fixture_load(f, &waits).status);
}

static void
what_runs_is_cancelled_too_when_that_is_wanted(void **state)
{
	static const struct task_change sent = { .status = TASK_PROCESSING,
	    .step = STEP_POLL, .upstream_id = "u1" };
	struct fixture *f = *state;
	struct store *st = NULL;
	struct cancels *c = start(f, &st);
	struct task t;

	fixture_token(f, 9);
	t = fixture_submit(f);
	fixture_apply(f, &t, &sent);
	cancels_add(c, t.row, false, "Client disconnected");
	close_both(c, st);
	assert_int_equal(TASK_CANCELLED, fixture_load(f, &t).status);
}

static void
one_that_never_had_work_stops(void **state)
{
	struct fixture *f = *state;
	struct store *st = NULL;
	struct cancels *c = start(f, &st);

	close_both(c, st);
	cancels_stop(NULL);
}

static void
a_connection_that_only_reads_refuses_to_write(void **state)
{
	struct fixture *f = *state;
	struct task t = fixture_task(f);

	fixture_token(f, 1);
	assert_ok(f, store_only_read(f->st, &f->e));
	assert_int_not_equal(ERR_OK, task_submit(f->st, &t, "{}", 9, NULL,
	    &f->e));
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(who_says_so_does_not_wait_for_a_database_that_is_locked),
		T(what_has_ended_was_sent_or_is_gone_is_left_and_holds_up_nothing),
		T(what_runs_is_cancelled_too_when_that_is_wanted),
		T(one_that_never_had_work_stops),
		T(a_connection_that_only_reads_refuses_to_write),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
