/* SPDX-License-Identifier: MIT */
/* test_task.c: reading tasks, without reading all of them. */
#include "fixture.h"
#include "status.h"

#include <string.h>

static void
an_unknown_task_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct task t;

	assert_failed(f, ERR_TASK_NOT_FOUND, "Task not found",
	    task_load(f->st, "sora-2-x", f->a, &t, &f->e));
	assert_failed(f, ERR_TASK_NOT_FOUND, "Task not found",
	    task_load_row(f->st, 77, f->a, &t, &f->e));
}

static void
names_are_those_of_the_api(void **state UNUSED)
{
	static const struct {
		enum task_status s;
		const char	*name, *shown;
		bool		 terminal;
	} rows[] = {
		{ TASK_QUEUED, "queued", "queued", false },
		{ TASK_PROCESSING, "processing", "in_progress", false },
		{ TASK_COMPLETED, "completed", "completed", true },
		{ TASK_FAILED, "failed", "failed", true },
		{ TASK_CANCELLED, "cancelled", "cancelled", true },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		assert_string_equal(rows[i].name, task_status_name(rows[i].s));
		assert_string_equal(rows[i].shown,
		    task_status_shown(rows[i].s));
		assert_int_equal(rows[i].terminal,
		    task_is_terminal(rows[i].s));
	}
}

static void
pages_follow_each_other(void **state)
{
	struct fixture *f = *state;
	struct task t[7];
	struct task_page p;

	fixture_token(f, -1);
	for (int i = 0; i < 7; i++) {
		t[i] = fixture_task(f);
		t[i].kind = i == 3 ? TASK_IMAGE : TASK_VIDEO;
		assert_ok(f, task_submit(f->st, &t[i], "{}", 9, NULL, &f->e));
	}
	assert_ok(f, task_list(f->st, NULL, 4, false, f->a, &p, &f->e));
	assert_int_equal(4, p.n);
	assert_true(p.has_more);
	assert_string_equal(t[6].task_id, p.tasks[0].task_id);
	assert_string_equal(t[2].task_id, p.tasks[3].task_id);
	assert_ok(f, task_list(f->st, t[2].task_id, 4, false, f->a, &p,
	    &f->e));
	assert_int_equal(2, p.n);
	assert_false(p.has_more);
	assert_string_equal(t[0].task_id, p.tasks[1].task_id);
	assert_ok(f, task_list(f->st, t[4].task_id, 2, true, f->a, &p,
	    &f->e));
	assert_int_equal(2, p.n);
	assert_false(p.has_more);
	assert_string_equal(t[5].task_id, p.tasks[0].task_id);
	assert_ok(f, task_list(f->st, NULL, 0, false, f->a, &p, &f->e));
	assert_int_equal(0, p.n);
	assert_true(p.has_more);
	assert_failed(f, ERR_INVALID_VALUE, "after", task_list(f->st,
	    t[3].task_id, 4, false, f->a, &p, &f->e));
	assert_string_equal("after", f->e.param);
}

static void
changes_are_read_in_their_order(void **state)
{
	struct fixture *f = *state;
	const struct task_change on = { .status = TASK_PROCESSING,
	    .step = STEP_POLL, .progress = 10 };
	struct task a, b;
	struct task_page p;
	int64_t since;

	fixture_token(f, -1);
	a = fixture_submit(f);
	b = fixture_submit(f);
	assert_ok(f, task_change_now(f->st, &since, &f->e));
	assert_ok(f, task_changes(f->st, since, 9, f->a, &p, &f->e));
	assert_int_equal(0, p.n);
	fixture_apply(f, &b, &on);
	fixture_apply(f, &a, &on);
	assert_ok(f, task_changes(f->st, since, 9, f->a, &p, &f->e));
	assert_int_equal(2, p.n);
	assert_int_equal(b.row, p.tasks[0].row);
	assert_int_equal(a.row, p.tasks[1].row);
	assert_true(p.tasks[0].change > since);
	assert_ok(f, task_changes(f->st, since, 1, f->a, &p, &f->e));
	assert_int_equal(1, p.n);
	assert_true(p.has_more);
}

static void
assert_counted(struct fixture *f)
{
	struct status s;

	assert_ok(f, status_load(f->st, &s, &f->e));
	assert_int_equal(s.queued, fixture_int(f,
	    "SELECT count(*) FROM tasks WHERE status = 'queued'"));
	assert_int_equal(s.processing, fixture_int(f,
	    "SELECT count(*) FROM tasks WHERE status = 'processing'"));
	assert_int_equal(s.completed, fixture_int(f,
	    "SELECT count(*) FROM tasks WHERE status = 'completed'"));
	assert_int_equal(s.failed, fixture_int(f,
	    "SELECT count(*) FROM tasks WHERE status = 'failed'"));
	assert_int_equal(s.cancelled, fixture_int(f,
	    "SELECT count(*) FROM tasks WHERE status = 'cancelled'"));
}

static void
the_numbers_kept_of_tasks_are_those_of_a_recount(void **state)
{
	struct fixture *f = *state;
	const struct task_change failed = { .status = TASK_FAILED,
	    .step = STEP_DONE, .log_status = 500 };
	const struct task_change done = { .status = TASK_COMPLETED,
	    .step = STEP_DONE, .log_status = 200 };
	struct task t[4];
	bool cancelled;
	int forgotten;

	assert_counted(f);
	fixture_token(f, 3);
	for (size_t i = 0; i < NELEM(t); i++) {
		t[i] = fixture_submit(f);
		assert_counted(f);
	}
	fixture_apply(f, &t[0], &failed);
	fixture_apply(f, &t[1], &done);
	assert_counted(f);
	assert_ok(f, task_cancel(f->st, t[3].row, false, "no", &cancelled,
	    &f->e));
	assert_counted(f);
	assert_ok(f, task_delete(f->st, t[2].task_id, &f->e));
	assert_counted(f);
	fixture_exec(f, "UPDATE tasks SET completed_at = 1, step_ms = 0"
	    " WHERE completed_at IS NOT NULL");
	fixture_exec(f, "INSERT INTO leases (name, owner, expires_ms,"
	    " worked_ms) VALUES ('poller', '', 0, 300000)");
	assert_ok(f, task_forget(f->st, 300, 2, &forgotten, &f->e));
	assert_int_equal(2, forgotten);
	assert_counted(f);
	assert_int_equal(1, fixture_int(f, "SELECT sum(n) FROM task_counts"));
}

static void
the_unfinished_come_with_their_media(void **state)
{
	struct fixture *f = *state;
	const struct task_change known = { .status = TASK_PROCESSING,
	    .step = STEP_POLL, .upstream_id = "u1" };
	const struct task_change end = { .status = TASK_FAILED,
	    .step = STEP_DONE, .log_status = 500 };
	struct task_media media = { .file = "a.png", .mime = "image/png" };
	struct task t = fixture_task(f), waits;
	struct task_page p;
	int64_t *rows, wait;
	size_t n;
	bool yes;

	fixture_token(f, 1);
	t.media = &media;
	t.n_media = 1;
	assert_ok(f, task_submit(f->st, &t, "{}", 9, NULL, &f->e));
	waits = fixture_submit(f);
	assert_ok(f, task_unfinished(f->st, f->a, &p, &f->e));
	assert_int_equal(2, p.n);
	assert_string_equal("a.png", p.tasks[0].media[0].file);
	assert_int_equal(0, p.tasks[1].n_media);
	assert_ok(f, task_running(f->st, f->a, &rows, &n, &f->e));
	assert_int_equal(1, n);
	assert_int_equal(t.row, rows[0]);
	assert_ok(f, task_media_needed(f->st, "a.png", &yes, &f->e));
	assert_true(yes);
	assert_ok(f, task_media_needed(f->st, "b.png", &yes, &f->e));
	assert_false(yes);
	fixture_apply(f, &t, &known);
	assert_ok(f, task_upstream_claimed(f->st, 1, "u1", &yes, &f->e));
	assert_true(yes);
	assert_ok(f, task_upstream_claimed(f->st, 2, "u1", &yes, &f->e));
	assert_false(yes);
	fixture_exec(f, "UPDATE tasks SET wait_from_ms = 5, outage_ms = 7");
	wait = fixture_int(f, "SELECT timeout_s FROM tasks WHERE id = %d",
	    (int)waits.row) * 1000 + 12;
	assert_ok(f, task_waited(f->st, 0, wait, f->a, &p, &f->e));
	assert_int_equal(1, p.n);
	assert_int_equal(waits.row, p.tasks[0].row);
	assert_ok(f, task_waited(f->st, waits.row, wait, f->a, &p, &f->e));
	assert_int_equal(0, p.n);
	assert_ok(f, task_waited(f->st, 0, wait - 1, f->a, &p, &f->e));
	assert_int_equal(0, p.n);
	fixture_apply(f, &t, &end);
	assert_ok(f, task_media_needed(f->st, "a.png", &yes, &f->e));
	assert_false(yes);
}

/* What is asked often must cost the same however many tasks there are. */
static void
no_frequent_question_reads_all_tasks(void **state)
{
	static const char *const questions[] = {
		"SELECT count(*), sum((kind = 'image') = 1) FROM tasks"
		    " WHERE status = 'queued'",
		"SELECT id FROM tasks WHERE status = 'queued' AND due_ms <= 1"
		    " AND id > 0 ORDER BY id LIMIT 100",
		"SELECT * FROM tasks WHERE status = 'queued' AND id > 1"
		    " AND wait_from_ms + outage_ms + timeout_s * 1000 <= 1"
		    " ORDER BY id LIMIT 100",
		"SELECT 1 FROM tasks WHERE result_file = 'f'"
		    " AND step_ms > 1",
		"SELECT * FROM tasks WHERE status IN ('queued', 'processing')",
		"SELECT * FROM tasks WHERE change > 1 ORDER BY change",
		"SELECT * FROM tasks WHERE task_id = 'x'",
		"SELECT id FROM tasks WHERE completed_at IS NOT NULL"
		    " AND completed_at < 1 AND step_ms < 1 ORDER BY completed_at LIMIT 200",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(questions); i++) {
		const char *plan = NULL;
		sqlite3_stmt *stmt = NULL;

		assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(f->raw,
		    arena_printf(f->a, "EXPLAIN QUERY PLAN %s", questions[i]),
		    -1, &stmt, NULL));
		assert_int_equal(SQLITE_ROW, sqlite3_step(stmt));
		plan = (const char *)sqlite3_column_text(stmt, 3);
		if (strstr(plan, "INDEX") == NULL)
			fail_msg("%s: %s", questions[i], plan);
		sqlite3_finalize(stmt);
	}
}

static void
finished_tasks_are_forgotten_the_oldest_first(void **state)
{
	struct fixture *f = *state;
	struct task old, older, young, running;
	int n;

	fixture_token(f, 10);
	old = fixture_submit(f);
	older = fixture_submit(f);
	young = fixture_submit(f);
	running = fixture_submit(f);
	fixture_exec(f, "UPDATE tasks SET status = 'completed',"
	    " step = 'done', completed_at = %lld - CASE id WHEN %d THEN 400"
	    " WHEN %d THEN 500 ELSE 200 END, step_ms = 600000"
	    " WHERE id <> %d", (long long)clock_now(), (int)old.row,
	    (int)older.row, (int)running.row);
	/* by the service's clock none of them is old: the other one was set */
	fixture_exec(f, "INSERT INTO leases (name, owner, expires_ms,"
	    " worked_ms) VALUES ('poller', '', 0, 899999)");
	assert_ok(f, task_forget(f->st, 300, 1, &n, &f->e));
	assert_int_equal(0, n);
	fixture_exec(f, "UPDATE leases SET worked_ms = 900000");
	assert_ok(f, task_forget(f->st, 300, 1, &n, &f->e));
	assert_int_equal(1, n);
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"
	    " WHERE id = %d", (int)older.row));
	assert_ok(f, task_forget(f->st, 300, 10, &n, &f->e));
	assert_int_equal(1, n);
	assert_ok(f, task_forget(f->st, 300, 10, &n, &f->e));
	assert_int_equal(0, n);
	assert_int_equal(young.row + running.row, fixture_int(f,
	    "SELECT sum(id) FROM tasks"));
	assert_int_equal(4, fixture_int(f,
	    "SELECT count(*) FROM request_logs"));
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_unknown_task_is_not_found),
		T(names_are_those_of_the_api),
		T(pages_follow_each_other),
		T(changes_are_read_in_their_order),
		T(the_numbers_kept_of_tasks_are_those_of_a_recount),
		T(the_unfinished_come_with_their_media),
		T(no_frequent_question_reads_all_tasks),
		T(finished_tasks_are_forgotten_the_oldest_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
