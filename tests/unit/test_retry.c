/* SPDX-License-Identifier: MIT */
/* test_retry.c: a failed task has one second life. */
#include "fixture.h"

#include <string.h>

/* A task that ended so. */
static struct task
ended(struct fixture *f, enum task_status status, const char *error_code,
    const char *upstream_id)
{
	struct task t;

	fixture_token(f, -1);
	t = fixture_submit(f);
	fixture_apply(f, &t, &(struct task_change){
		.status = status, .step = STEP_DONE, .progress = 40,
		.error_code = error_code, .error_message = "it went wrong",
		.upstream_id = upstream_id, .log_status = 500,
	});
	return t;
}

static void
the_second_life_is_a_task_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct task t = ended(f, TASK_FAILED, "generation_failed", "task_1");
	struct task again;
	const char *id;

	fixture_exec(f, "INSERT INTO task_media (task, position, file, mime,"
	    " upstream_id) VALUES (%lld, 0, 'x.png', 'image/png', 'media_1')",
	    (long long)t.row);
	fixture_exec(f, "UPDATE tasks SET needs = 'wants',"
	    " request_id = 'req_1'");
	assert_ok(f, task_retry(f->st, t.task_id, false, f->a, &id, &f->e));
	assert_string_not_equal(t.task_id, id);
	assert_ok(f, task_load(f->st, id, f->a, &again, &f->e));
	assert_int_equal(TASK_QUEUED, again.status);
	assert_int_equal(STEP_ASSIGN, again.step);
	assert_string_equal(t.prompt, again.prompt);
	assert_string_equal(t.model, again.model);
	assert_int_equal(t.seconds, again.seconds);
	assert_int_equal(0, again.token_id);
	assert_true(again.progress == 0);
	assert_true(again.is_async);
	assert_string_equal("wants", fixture_text(f, "SELECT needs FROM tasks"
	    " WHERE task_id = '%s'", id));
	assert_string_equal("req_1", again.request_id);
	assert_null(again.upstream_id);
	assert_null(again.error_code);
	assert_int_equal(0, again.completed_at);
	assert_ok(f, task_load_media(f->st, &again, f->a, &f->e));
	assert_int_equal(1, again.n_media);
	assert_string_equal("x.png", again.media[0].file);
	assert_null(again.media[0].upstream_id);
	assert_int_equal(TASK_FAILED, fixture_load(f, &t).status);
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM request_logs"
	    " WHERE task_id = '%s' AND status_code = -1", id));
	assert_int_equal(1, fixture_int(f,
	    "SELECT queued FROM change_counter"));
	fixture_assert_slots(f);
}

static void
it_is_seen_by_who_waits_and_gets_a_token(void **state)
{
	struct fixture *f = *state;
	struct task t = ended(f, TASK_FAILED, "generation_failed", NULL);
	struct task_page page;
	const char *id;
	int64_t before;
	int assigned;

	assert_ok(f, task_change_now(f->st, &before, &f->e));
	assert_ok(f, task_retry(f->st, t.task_id, false, f->a, &id, &f->e));
	assert_ok(f, task_changes(f->st, before, 10, f->a, &page, &f->e));
	assert_int_equal(1, page.n);
	assert_string_equal(id, page.tasks[0].task_id);
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(1, assigned);
	fixture_assert_slots(f);
}

static void
there_is_only_one(void **state)
{
	struct fixture *f = *state;
	struct task t = ended(f, TASK_FAILED, "generation_failed", NULL);
	const char *first, *second;

	assert_ok(f, task_retry(f->st, t.task_id, false, f->a, &first, &f->e));
	assert_failed(f, ERR_CONFLICT, first, task_retry(f->st, t.task_id,
	    true, f->a, &second, &f->e));
	assert_int_equal(2, fixture_int(f, "SELECT count(*) FROM tasks"));
	/* the database itself would not take another */
	assert_int_not_equal(SQLITE_OK, sqlite3_exec(f->raw, "UPDATE tasks SET"
	    " retry_of = (SELECT max(retry_of) FROM tasks)", NULL, NULL,
	    NULL));
}

static void
only_what_failed_has_one(void **state)
{
	struct fixture *f = *state;
	static const enum task_status statuses[] = {
		TASK_COMPLETED, TASK_CANCELLED,
	};
	struct task t;
	const char *id;

	for (size_t i = 0; i < NELEM(statuses); i++) {
		t = ended(f, statuses[i], NULL, NULL);
		assert_failed(f, ERR_CONFLICT, task_status_name(statuses[i]),
		    task_retry(f->st, t.task_id, true, f->a, &id, &f->e));
	}
	t = fixture_submit(f);
	assert_failed(f, ERR_CONFLICT, "only a failed task", task_retry(f->st,
	    t.task_id, true, f->a, &id, &f->e));
	assert_failed(f, ERR_TASK_NOT_FOUND, "not found", task_retry(f->st,
	    "sora-2-none", true, f->a, &id, &f->e));
	assert_int_equal(3, fixture_int(f, "SELECT count(*) FROM tasks"));
}

static void
what_may_still_run_upstream_is_not_made_twice(void **state)
{
	struct fixture *f = *state;
	struct task t = ended(f, TASK_FAILED, "generation_timeout", "task_1");
	const char *id;

	assert_failed(f, ERR_CONFLICT, "may still be worked on",
	    task_retry(f->st, t.task_id, false, f->a, &id, &f->e));
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM tasks"));
	assert_ok(f, task_retry(f->st, t.task_id, true, f->a, &id, &f->e));
}

static void
what_never_got_there_is(void **state)
{
	struct fixture *f = *state;
	struct task t = ended(f, TASK_FAILED, "generation_timeout", NULL);
	const char *id;

	assert_ok(f, task_retry(f->st, t.task_id, false, f->a, &id, &f->e));
}

static void
a_life_that_failed_has_another(void **state)
{
	struct fixture *f = *state;
	struct task t = ended(f, TASK_FAILED, "generation_failed", NULL);
	struct task second;
	const char *id, *third;
	int assigned;

	assert_ok(f, task_retry(f->st, t.task_id, false, f->a, &id, &f->e));
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_ok(f, task_load(f->st, id, f->a, &second, &f->e));
	fixture_apply(f, &second, &(struct task_change){
		.status = TASK_FAILED, .step = STEP_DONE,
		.error_code = "generation_failed", .log_status = 500,
	});
	assert_ok(f, task_retry(f->st, id, false, f->a, &third, &f->e));
	assert_string_not_equal(id, third);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_second_life_is_a_task_of_its_own),
		T(it_is_seen_by_who_waits_and_gets_a_token),
		T(there_is_only_one),
		T(only_what_failed_has_one),
		T(what_may_still_run_upstream_is_not_made_twice),
		T(what_never_got_there_is),
		T(a_life_that_failed_has_another),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
