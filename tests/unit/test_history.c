/* SPDX-License-Identifier: MIT */
/* test_history.c: what is counted is what is there, whatever has happened. */
#include "fixture.h"
#include "task_store.h"
#include "token_store.h"

struct history {
	struct fixture	*f;
	uint32_t	 seed;
};

/* The same in every run: a failure can be looked at. */
static uint32_t
below(struct history *h, uint32_t n)
{
	h->seed = h->seed * 1664525 + 1013904223;
	return (h->seed >> 8) % n;
}

/* Some task, as it is now; those that run or wait are the likelier ones. */
static bool
any_task(struct history *h, struct task *out)
{
	const char *where = below(h, 4) == 0 ? "1"
	    : "status IN ('queued', 'processing')";
	int64_t n = fixture_int(h->f, "SELECT count(*) FROM tasks WHERE %s",
	    where);

	if (n == 0)
		return false;
	assert_ok(h->f, task_load(h->f->st, fixture_text(h->f,
	    "SELECT task_id FROM tasks WHERE %s ORDER BY id LIMIT 1 OFFSET %d",
	    where, (int)below(h, (uint32_t)n)), h->f->a, out, &h->f->e));
	return true;
}

static void
submit(struct history *h)
{
	struct fixture *f = h->f;
	struct task t = fixture_task(f);

	t.kind = below(h, 3) == 0 ? TASK_IMAGE : TASK_VIDEO;
	(void)!task_submit(f->st, &t, "{}", 6, NULL, &f->e);
}

static void
decide(struct history *h)
{
	static const struct task_change changes[] = {
		{ .status = TASK_PROCESSING, .step = STEP_POLL, .progress = 40 },
		{ .status = TASK_QUEUED, .step = STEP_ASSIGN },
		{ .status = TASK_QUEUED, .step = STEP_ASSIGN, .untried = true },
		{ .status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200,
		    .result_url = "/tmp/a.mp4", .progress = 100 },
		{ .status = TASK_FAILED, .step = STEP_DONE, .log_status = 500 },
	};
	struct fixture *f = h->f;
	struct task t;
	bool applied;

	if (!any_task(h, &t) || t.token_id == 0)
		return;
	assert_ok(f, task_apply(f->st, &t,
	    &changes[below(h, NELEM(changes))], 0, &applied, &f->e));
	assert_int_equal(applied, !task_is_terminal(t.status));
}

static void
end(struct history *h)
{
	struct fixture *f = h->f;
	const char *id;
	struct task t;
	bool done;

	if (!any_task(h, &t))
		return;
	switch (below(h, 3)) {
	case 0:
		(void)!task_cancel(f->st, t.row, false, "no", &done, &f->e);
		break;
	case 1:
		(void)!task_delete(f->st, t.task_id, &f->e);
		break;
	default:
		(void)!task_retry(f->st, t.task_id, true, f->a, &id, &f->e);
	}
}

static void
house_keeping(struct history *h)
{
	struct fixture *f = h->f;
	int n;

	if (below(h, 4) == 0)
		assert_ok(f, task_forget(f->st, -1, 3, &n, &f->e));
	else
		assert_ok(f, task_assign_queued(f->st, 0, &n, &f->e));
}

static void
assert_queue_counted(struct fixture *f)
{
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM tasks"
	    " WHERE status = 'queued'"), fixture_int(f,
	    "SELECT queued FROM change_counter"));
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM tasks"
	    " WHERE status = 'queued' AND kind = 'image'"), fixture_int(f,
	    "SELECT queued_images FROM change_counter"));
}

static void
assert_statuses_counted(struct fixture *f)
{
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM task_counts c"
	    " WHERE n <> (SELECT count(*) FROM tasks t"
	    "   WHERE t.status = c.status)"));
}

/* Nobody has seen a number that is not there yet. */
static void
assert_changes_numbered(struct fixture *f)
{
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"
	    " WHERE change > (SELECT value FROM change_counter)"));
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM tasks"),
	    fixture_int(f, "SELECT count(DISTINCT change) FROM tasks"));
}

static void
counters_are_those_of_the_rows_after_any_history(void **state)
{
	struct history h = { .f = *state };

	fixture_token(h.f, 2);
	fixture_token(h.f, 3);
	for (int i = 0; i < 1000; i++) {
		uint32_t what = below(&h, 10);

		if (what < 3)
			submit(&h);
		else if (what < 7)
			decide(&h);
		else if (what < 9)
			end(&h);
		else
			house_keeping(&h);
		fixture_assert_slots(h.f);
		assert_queue_counted(h.f);
		assert_statuses_counted(h.f);
		assert_changes_numbered(h.f);
	}
	/* it was no history of nothing */
	assert_in_range(fixture_int(h.f, "SELECT value FROM change_counter"),
	    500, 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    counters_are_those_of_the_rows_after_any_history,
		    fixture_setup, fixture_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
