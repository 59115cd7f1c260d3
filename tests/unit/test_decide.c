/* SPDX-License-Identifier: MIT */
/* test_decide.c: writing what was decided about a task. */
#include "fixture.h"

#include <string.h>

static const struct task_change failed = {
	.status = TASK_FAILED, .step = STEP_DONE, .log_status = 500,
	.error_code = "generation_failed", .error_message = "no",
	.log_error = "code 42",
};
static const struct task_change completed = {
	.status = TASK_COMPLETED, .step = STEP_DONE, .progress = 100,
	.result_url = "https://me/tmp/f.mp4", .result_file = "f.mp4",
	.log_status = 200, .token.verdict = TOKEN_SUCCEEDED,
};

static int64_t
change_now(struct fixture *f)
{
	int64_t value = -1;

	assert_ok(f, task_change_now(f->st, &value, &f->e));
	return value;
}

/* The task as it runs, to be changed by the caller. */
static struct task_change
unchanged(struct fixture *f, const struct task *t)
{
	const struct task now = fixture_load(f, t);

	return (struct task_change){
		.status = now.status, .step = now.step,
		.progress = now.progress, .due_ms = now.due_ms,
		.attempts = now.attempts,
	};
}

static struct task
running(struct fixture *f)
{
	if (fixture_int(f, "SELECT count(*) FROM tokens") == 0)
		fixture_token(f, 1);
	return fixture_submit(f);
}

static void
each_field_is_written(void **state)
{
	struct fixture *f = *state;
	const struct task_change c = {
		.status = TASK_PROCESSING, .step = STEP_DOWNLOAD,
		.progress = 99, .due_ms = 12345, .attempts = 2,
		.upstream_id = "task_u", .generation_id = "gen_1",
		.permalink = "https://up/p/1", .source_url = "https://up/f",
		.result_file = "f.mp4", .token.accepted = true,
	};
	struct task t = running(f), r;
	struct task_change again;
	int64_t now = clock_now();

	fixture_apply(f, &t, &c);
	r = fixture_load(f, &t);
	assert_int_equal(STEP_DOWNLOAD, r.step);
	assert_int_equal(99, (int)r.progress);
	assert_int_equal(12345, r.due_ms);
	assert_int_equal(2, r.attempts);
	assert_string_equal("task_u", r.upstream_id);
	assert_string_equal("gen_1", r.generation_id);
	assert_string_equal("https://up/p/1", r.permalink);
	assert_string_equal("https://up/f", r.source_url);
	assert_string_equal("f.mp4", r.result_file);
	assert_true(r.submitted_at >= now);
	assert_int_equal(0, r.completed_at);
	/* what a change does not name stays */
	again = unchanged(f, &t);
	fixture_exec(f, "UPDATE tasks SET submitted_at = 7, step_ms = 8");
	fixture_apply(f, &r, &again);
	r = fixture_load(f, &t);
	assert_string_equal("task_u", r.upstream_id);
	assert_string_equal("gen_1", r.generation_id);
	assert_string_equal("https://up/p/1", r.permalink);
	assert_string_equal("https://up/f", r.source_url);
	assert_string_equal("f.mp4", r.result_file);
	assert_int_equal(7, r.submitted_at);
	assert_int_equal(8, r.step_ms);
	again.step = STEP_RESOLVE;
	again.clock_ms = 9;
	fixture_apply(f, &r, &again);
	assert_int_equal(9, fixture_load(f, &t).step_ms);
}

static void
media_get_their_ids_one_by_one(void **state)
{
	struct fixture *f = *state;
	struct task_media media[] = {
		{ .file = "a", .mime = "image/png" },
		{ .file = "b", .mime = "image/png" },
	};
	struct task t = fixture_task(f);
	struct task_change c;

	fixture_token(f, 1);
	t.media = media;
	t.n_media = 2;
	assert_ok(f, task_submit(f->st, &t, "{}", 9, NULL, &f->e));
	c = unchanged(f, &t);
	c.media_id = "media_b";
	c.media_index = 1;
	fixture_apply(f, &t, &c);
	assert_ok(f, task_load_media(f->st, &t, f->a, &f->e));
	assert_null(t.media[0].upstream_id);
	assert_string_equal("media_b", t.media[1].upstream_id);
}

static void
a_terminal_state_never_changes(void **state)
{
	static const struct task_change cancelled = {
		.status = TASK_CANCELLED, .step = STEP_DONE,
		.log_status = 499, .error_code = "cancelled",
		.error_message = "left",
	};
	static const struct task_change back = {
		.status = TASK_QUEUED, .step = STEP_ASSIGN,
		.token.verdict = TOKEN_ERROR, .token.accepted = true,
	};
	static const struct task_change on = {
		.status = TASK_PROCESSING, .step = STEP_POLL, .progress = 50,
	};
	const struct task_change *const ends[] = { &completed, &failed,
	    &cancelled };
	const struct task_change *const later[] = { &completed, &failed,
	    &cancelled, &back, &on };
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(ends) * NELEM(later); i++) {
		struct task t = running(f);
		bool applied = true;
		const char *before;

		fixture_apply(f, &t, ends[i / NELEM(later)]);
		before = fixture_text(f, "SELECT json_array(t.status, t.step,"
		    " t.progress, t.error_code, t.change, t.completed_at,"
		    " t.token_id, l.status_code, l.response_body, use_count,"
		    " error_count) FROM tasks t JOIN request_logs l"
		    " USING (task_id) JOIN tokens k ON k.id = t.token_id"
		    " JOIN token_stats s ON s.token_id = k.id WHERE t.id = %d",
		    (int)t.row);
		assert_ok(f, task_apply(f->st, &t, later[i % NELEM(later)], 3,
		    &applied, &f->e));
		assert_false(applied);
		assert_string_equal(before, fixture_text(f, "SELECT"
		    " json_array(t.status, t.step, t.progress, t.error_code,"
		    " t.change, t.completed_at, t.token_id, l.status_code,"
		    " l.response_body, use_count, error_count) FROM tasks t"
		    " JOIN request_logs l USING (task_id) JOIN tokens k"
		    " ON k.id = t.token_id JOIN token_stats s"
		    " ON s.token_id = k.id WHERE t.id = %d", (int)t.row));
		fixture_assert_slots(f);
	}
}

/* ---- the slot ---- */

static void
give_back(struct fixture *f, const struct task *t, int way)
{
	static const struct task_change requeued = {
		.status = TASK_QUEUED, .step = STEP_ASSIGN,
	};
	bool cancelled = false;

	switch (way) {
	case 0:
		fixture_apply(f, t, &completed);
		break;
	case 1:
		fixture_apply(f, t, &failed);
		break;
	case 2:
		fixture_apply(f, t, &requeued);
		break;
	case 3:
		assert_ok(f, task_cancel(f->st, t->row, false, "left",
		    &cancelled, &f->e));
		assert_true(cancelled);
		break;
	default:
		assert_ok(f, task_delete(f->st, t->task_id, &f->e));
		break;
	}
}

static void
the_slot_comes_back_once_whichever_way_it_ends(void **state)
{
	struct fixture *f = *state;
	int64_t token = fixture_token(f, 5);

	fixture_submit(f);
	for (int way = 0; way < 5; way++) {
		struct task t = fixture_submit(f);
		bool ignored;

		assert_int_equal(token, t.token_id);
		assert_int_equal(2, fixture_int(f,
		    "SELECT video_running FROM tokens"));
		give_back(f, &t, way);
		assert_int_equal(1, fixture_int(f,
		    "SELECT video_running FROM tokens"));
		assert_ok(f, task_apply(f->st, &t, &failed, 99, &ignored,
		    &f->e));
		if (way < 4)
			assert_ok(f, task_delete(f->st, t.task_id, &f->e));
		fixture_assert_slots(f);
		assert_int_equal(1, fixture_int(f,
		    "SELECT video_running FROM tokens"));
	}
}

static void
back_in_the_queue_the_account_is_forgotten(void **state)
{
	struct fixture *f = *state;
	const struct task_change known = {
		.status = TASK_PROCESSING, .step = STEP_POLL, .progress = 30,
		.upstream_id = "u", .generation_id = "g", .permalink = "p",
		.source_url = "s", .media_id = "m", .token.accepted = true,
	};
	const struct task_change back = {
		.status = TASK_QUEUED, .step = STEP_ASSIGN,
	};
	struct task_media media = { .file = "a", .mime = "image/png" };
	struct task t = fixture_task(f);

	fixture_token(f, 1);
	t.media = &media;
	t.n_media = 1;
	assert_ok(f, task_submit(f->st, &t, "{}", 9, NULL, &f->e));
	fixture_apply(f, &t, &known);
	fixture_apply(f, &t, &back);
	t = fixture_load(f, &t);
	assert_int_equal(0, t.token_id);
	assert_null(t.upstream_id);
	assert_null(t.generation_id);
	assert_null(t.permalink);
	assert_null(t.source_url);
	assert_int_equal(0, t.submitted_at);
	assert_int_equal(30, (int)t.progress);
	assert_ok(f, task_load_media(f->st, &t, f->a, &f->e));
	assert_null(t.media[0].upstream_id);
	assert_string_equal("a", t.media[0].file);
}

/* ---- what others see ---- */

static const struct {
	const char	*label;
	enum task_step	 step;
	double		 progress;
	double		 shown;		/* stored after it */
	int		 changes;
} visible[] = {
	{ "nothing", STEP_POLL, 10, 10, 0 },
	{ "a fraction", STEP_POLL, 10.5, 10.5, 0 },
	{ "a percent", STEP_POLL, 11.2, 11.2, 1 },
	{ "back: it stays", STEP_POLL, 3, 11.2, 0 },
	{ "a step", STEP_RESOLVE, 11, 11.2, 1 },
	{ "both at once", STEP_DOWNLOAD, 99, 99, 1 },
};

static void
the_counter_rises_with_what_is_visible(void **state)
{
	struct fixture *f = *state;
	struct task t = running(f);
	struct task_change c = unchanged(f, &t);

	c.step = STEP_POLL;
	c.progress = 10;
	fixture_apply(f, &t, &c);
	for (size_t i = 0; i < NELEM(visible); i++) {
		int64_t before = change_now(f), row;

		row = fixture_load(f, &t).change;
		c.step = visible[i].step;
		c.progress = visible[i].progress;
		c.due_ms++;
		c.attempts++;
		fixture_apply(f, &t, &c);
		if (change_now(f) - before != visible[i].changes ||
		    (fixture_load(f, &t).change != row) !=
		    (visible[i].changes > 0))
			fail_msg("%s: %+lld", visible[i].label,
			    (long long)(change_now(f) - before));
		assert_true(fixture_load(f, &t).progress ==
		    visible[i].shown);
	}
	assert_int_equal(change_now(f), fixture_load(f, &t).change);
}

/* ---- cancel and delete ---- */

static const struct {
	enum task_step	 step;
	bool		 only_unsubmitted;
	bool		 cancelled;
} cancels[] = {
	{ STEP_ASSIGN, true, true }, { STEP_ASSIGN, false, true },
	{ STEP_UPLOAD, true, true }, { STEP_CREATE, true, true },
	{ STEP_CREATING, true, false }, { STEP_CREATING, false, true },
	{ STEP_RECONCILE, true, false }, { STEP_POLL, true, false },
	{ STEP_RESOLVE, true, false }, { STEP_DOWNLOAD, true, false },
	{ STEP_DOWNLOAD, false, true }, { STEP_DONE, false, false },
};

static void
what_runs_on_waits_for_no_writer(void **state)
{
	struct fixture *f = *state;
	struct task t = running(f);
	struct task_change c = unchanged(f, &t);
	bool cancelled = true;

	c.step = STEP_POLL;
	fixture_apply(f, &t, &c);
	fixture_exec(f, "BEGIN IMMEDIATE");
	assert_ok(f, task_cancel(f->st, t.row, true, "Client disconnected",
	    &cancelled, &f->e));
	fixture_exec(f, "ROLLBACK");
	assert_false(cancelled);
}

static void
what_the_upstream_has_seen_runs_on_if_wanted(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(cancels); i++) {
		struct task t = running(f);
		struct task_change c = unchanged(f, &t);
		bool cancelled = !cancels[i].cancelled;

		c.step = cancels[i].step;
		c.status = c.step == STEP_ASSIGN ? TASK_QUEUED
		    : c.step == STEP_DONE ? TASK_COMPLETED : TASK_PROCESSING;
		fixture_apply(f, &t, &c);
		assert_ok(f, task_cancel(f->st, t.row,
		    cancels[i].only_unsubmitted, "Client disconnected",
		    &cancelled, &f->e));
		if (cancelled != cancels[i].cancelled)
			fail_msg("row %zu", i);
		fixture_assert_slots(f);
		if (!cancelled) {
			fixture_exec(f, "DELETE FROM tasks");
			continue;
		}
		t = fixture_load(f, &t);
		assert_int_equal(TASK_CANCELLED, t.status);
		assert_int_equal(STEP_DONE, t.step);
		assert_string_equal("cancelled", t.error_code);
		assert_string_equal("Client disconnected", t.error_message);
		assert_int_equal(499, fixture_int(f, "SELECT status_code"
		    " FROM request_logs WHERE task_id = '%s'", t.task_id));
		assert_int_equal(0, fixture_int(f, "SELECT error_count"
		    " FROM token_stats"));
	}
}

static void
a_deleted_task_is_gone(void **state)
{
	struct fixture *f = *state;
	struct task_media media = { .file = "a", .mime = "image/png" };
	struct task t = fixture_task(f);

	fixture_token(f, 2);
	t.media = &media;
	t.n_media = 1;
	assert_ok(f, task_submit(f->st, &t, "{}", 9, NULL, &f->e));
	assert_ok(f, task_delete(f->st, t.task_id, &f->e));
	fixture_assert_slots(f);
	assert_failed(f, ERR_TASK_NOT_FOUND, "Task not found",
	    task_load(f->st, t.task_id, f->a, &t, &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM task_media"));
	assert_int_equal(499, fixture_int(f, "SELECT status_code"
	    " FROM request_logs"));
	assert_failed(f, ERR_TASK_NOT_FOUND, "Task not found",
	    task_delete(f->st, "sora-2-nothing", &f->e));
	t = fixture_task(f);
	t.kind = TASK_IMAGE;
	assert_ok(f, task_submit(f->st, &t, "{}", 9, NULL, &f->e));
	assert_failed(f, ERR_TASK_NOT_FOUND, "Task not found",
	    task_delete(f->st, t.task_id, &f->e));
	assert_int_equal(TASK_PROCESSING, fixture_load(f, &t).status);
}

static void
several_decisions_are_one_transaction(void **state)
{
	struct fixture *f = *state;
	struct task t[3];
	struct task_decision d[3], *all[] = { &d[0], &d[1], &d[2] };

	fixture_token(f, 3);
	for (int i = 0; i < 3; i++) {
		t[i] = fixture_submit(f);
		d[i] = (struct task_decision){ .task = &t[i],
		    .change = failed };
	}
	fixture_apply(f, &t[1], &completed);
	assert_ok(f, task_apply_all(f->st, all, 3, 99, &f->e));
	assert_true(d[0].applied);
	assert_false(d[1].applied);
	assert_true(d[2].applied);
	assert_int_equal(TASK_COMPLETED, fixture_load(f, &t[1]).status);
	assert_ok(f, task_apply_all(f->st, all, 0, 99, &f->e));
	/* one that cannot be written takes the others with it */
	for (int i = 0; i < 2; i++)
		t[i] = fixture_submit(f);
	fixture_exec(f, "CREATE TRIGGER stop BEFORE UPDATE ON tasks"
	    " WHEN NEW.id = %d BEGIN SELECT RAISE(ABORT, 'stop'); END",
	    (int)t[1].row);
	assert_failed(f, ERR_INTERNAL, "stop",
	    task_apply_all(f->st, all, 2, 99, &f->e));
	assert_int_equal(TASK_PROCESSING, fixture_load(f, &t[0]).status);
	fixture_assert_slots(f);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_field_is_written),
		T(media_get_their_ids_one_by_one),
		T(a_terminal_state_never_changes),
		T(the_slot_comes_back_once_whichever_way_it_ends),
		T(back_in_the_queue_the_account_is_forgotten),
		T(the_counter_rises_with_what_is_visible),
		T(what_runs_on_waits_for_no_writer),
		T(what_the_upstream_has_seen_runs_on_if_wanted),
		T(a_deleted_task_is_gone),
		T(several_decisions_are_one_transaction),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
