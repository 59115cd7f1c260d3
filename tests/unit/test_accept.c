/* SPDX-License-Identifier: MIT */
/* test_accept.c: accepting tasks, and the queue. */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#include "id.h"

static enum err
submit(struct fixture *f, struct task *t, int max_queue)
{
	return task_submit(f->st, t, "{\"model\":\"sora-2\"}", max_queue, NULL,
	    &f->e);
}

static struct task
queued(struct fixture *f)
{
	struct task t = fixture_submit(f);

	assert_int_equal(TASK_QUEUED, t.status);
	return t;
}

static int
assign(struct fixture *f)
{
	int assigned = -1;

	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	fixture_assert_slots(f);
	return assigned;
}

static void
finish(struct fixture *f, const struct task *t)
{
	const struct task now = fixture_load(f, t);
	const struct task_change c = {
		.status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200,
	};

	fixture_apply(f, &now, &c);
}

static void
a_task_is_stored_whole(void **state)
{
	struct fixture *f = *state;
	struct task_media media[] = {
		{ .file = "a.png", .mime = "image/png" },
		{ .file = "b.jpg", .mime = "image/jpeg" },
	};
	struct task t = fixture_task(f), r;
	int64_t token = fixture_token(f, 1), now = clock_now();

	t.style_id = "anime";
	t.remixed_from = "sora-2-aaaaaaaaaaaa";
	t.remix_target = "s_1";
	t.metadata = "{\"a\":1}";
	t.bound_token = token;
	t.media = media;
	t.n_media = 2;
	assert_ok(f, submit(f, &t, 10));
	assert_true(t.row > 0);
	assert_int_equal(token, t.token_id);
	assert_int_equal(TASK_PROCESSING, t.status);
	assert_int_equal(STEP_UPLOAD, t.step);
	r = fixture_load(f, &t);
	assert_string_equal(t.task_id, r.task_id);
	assert_int_equal(1, r.api_key_id);
	assert_int_equal(token, r.token_id);
	assert_int_equal(TASK_VIDEO, r.kind);
	assert_string_equal("video_generation", r.operation);
	assert_int_equal(TASK_PROCESSING, r.status);
	assert_int_equal(STEP_UPLOAD, r.step);
	assert_string_equal("sora-video-landscape-15s", r.model);
	assert_string_equal("sora-2", r.public_model);
	assert_string_equal("a cat", r.prompt);
	assert_string_equal("1280x720", r.size);
	assert_int_equal(15, r.seconds);
	assert_string_equal("anime", r.style_id);
	assert_string_equal("sora-2-aaaaaaaaaaaa", r.remixed_from);
	assert_string_equal("s_1", r.remix_target);
	assert_string_equal("{\"a\":1}", r.metadata);
	assert_true(r.is_async);
	assert_string_equal("https://api.example", r.base_url);
	assert_int_equal(token, r.bound_token);
	assert_null(r.upstream_id);
	assert_true(r.created_at >= now && r.created_at <= now + 5);
	assert_true(r.started_at >= now);
	assert_int_equal(0, r.submitted_at);
	assert_int_equal(0, r.completed_at);
	assert_int_equal(1, r.tokens_tried);
	assert_ok(f, task_load_media(f->st, &r, f->a, &f->e));
	assert_int_equal(2, r.n_media);
	assert_string_equal("a.png", r.media[0].file);
	assert_string_equal("image/jpeg", r.media[1].mime);
	assert_null(r.media[0].upstream_id);
}

static void
its_log_row_runs(void **state)
{
	struct fixture *f = *state;
	struct task t = fixture_task(f);
	int64_t token = fixture_token(f, 1);

	assert_ok(f, submit(f, &t, 10));
	assert_int_equal(1, fixture_int(f, "SELECT status_code = -1"
	    " AND duration = -1.0 AND response_body IS NULL AND token_id = %d"
	    " AND request_body = '{\"model\":\"sora-2\"}'"
	    " AND operation = 'video_generation'"
	    " FROM request_logs WHERE task_id = '%s'", (int)token, t.task_id));
}

static void
a_slot_is_taken_once_and_the_next_task_waits(void **state)
{
	struct fixture *f = *state;
	int64_t token = fixture_token(f, 2);

	for (int i = 0; i < 5; i++) {
		struct task t = fixture_submit(f);

		assert_int_equal(i < 2 ? TASK_PROCESSING : TASK_QUEUED,
		    t.status);
		assert_int_equal(i < 2 ? token : 0, t.token_id);
		assert_int_equal(i < 2 ? STEP_CREATE : STEP_ASSIGN, t.step);
		fixture_assert_slots(f);
	}
	assert_int_equal(2, fixture_int(f,
	    "SELECT video_running FROM tokens"));
	assert_int_equal(0, assign(f));
}

static void
the_queue_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct task t;

	fixture_token(f, 1);
	t = fixture_submit(f);
	queued(f);
	queued(f);
	t = fixture_task(f);
	assert_failed(f, ERR_RATE_LIMIT, "", submit(f, &t, 2));
	assert_true(f->e.retry_after >= 1);
	assert_int_equal(3, fixture_int(f, "SELECT count(*) FROM tasks"));
	assert_int_equal(3, fixture_int(f,
	    "SELECT count(*) FROM request_logs"));
	assert_ok(f, submit(f, &t, 3));
}

static void
nobody_overtakes_the_queue(void **state)
{
	struct fixture *f = *state;
	struct task first, second, third, late;

	fixture_token(f, 1);
	first = fixture_submit(f);
	second = queued(f);
	third = queued(f);
	finish(f, &first);
	/* there is a slot, but others were here before */
	late = queued(f);
	assert_int_equal(1, assign(f));
	assert_int_equal(TASK_PROCESSING, fixture_load(f, &second).status);
	finish(f, &second);
	assert_int_equal(1, assign(f));
	assert_int_equal(TASK_PROCESSING, fixture_load(f, &third).status);
	assert_int_equal(TASK_QUEUED, fixture_load(f, &late).status);
}

static void
images_do_not_wait_for_videos(void **state)
{
	struct fixture *f = *state;
	struct task image = fixture_task(f);

	fixture_token(f, 1);
	fixture_submit(f);
	queued(f);
	image.kind = TASK_IMAGE;
	/* not even when the queue of videos is full */
	assert_ok(f, submit(f, &image, 1));
	assert_int_equal(TASK_PROCESSING, image.status);
	fixture_assert_slots(f);
	assert_int_equal(1, fixture_int(f, "SELECT image_running"
	    " FROM tokens"));
}

static void
a_task_that_may_not_start_yet_keeps_its_place(void **state)
{
	struct fixture *f = *state;
	struct task first, second, third;

	fixture_token(f, 1);
	first = fixture_submit(f);
	second = queued(f);
	third = queued(f);
	finish(f, &first);
	fixture_exec(f, "UPDATE tasks SET due_ms = %lld WHERE id = %d",
	    (long long)clock_now_ms() + 60000, (int)second.row);
	assert_int_equal(1, assign(f));
	assert_int_equal(TASK_PROCESSING, fixture_load(f, &third).status);
	finish(f, &third);
	assert_int_equal(0, assign(f));
	fixture_exec(f, "UPDATE tasks SET due_ms = 0 WHERE id = %d",
	    (int)second.row);
	assert_int_equal(1, assign(f));
}

static void
a_long_queue_is_served_at_once_when_there_is_room(void **state)
{
	struct fixture *f = *state;

	fixture_token(f, 1);
	for (int i = 0; i < 251; i++) {
		struct task t = fixture_task(f);

		assert_ok(f, submit(f, &t, 1000));
	}
	fixture_exec(f, "UPDATE tokens SET video_concurrency = -1");
	assert_int_equal(250, assign(f));
	assert_int_equal(0, assign(f));
	assert_int_equal(251, fixture_int(f,
	    "SELECT video_running FROM tokens"));
}

static void
a_task_id_is_not_stored_twice(void **state)
{
	struct fixture *f = *state;
	struct task t, again = fixture_task(f);

	fixture_token(f, 5);
	t = fixture_submit(f);
	again.task_id = t.task_id;
	assert_int_equal(ERR_INTERNAL, submit(f, &again, 10));
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM tasks"));
	fixture_assert_slots(f);
}

/* ---- two at once ---- */

struct hammer {
	struct store	*st;
	struct arena	*a;
	struct task	 pattern;
	int		 rounds;
	int		 failures;
	struct error	 e;
};

static void
one_task(struct hammer *h, int i)
{
	struct task t = h->pattern;
	struct task_change c = {
		.status = i % 3 == 0 ? TASK_FAILED : TASK_COMPLETED,
		.step = STEP_DONE, .log_status = 200,
	};
	bool applied, cancelled;
	int assigned;

	t.task_id = id_new(h->a, "sora-2-", 12);
	if (task_submit(h->st, &t, "{}", 1000, NULL, &h->e) != ERR_OK)
		h->failures++;
	if (i % 2 == 0 && task_cancel(h->st, t.row, false, "no",
	    &cancelled, &h->e) != ERR_OK)
		h->failures++;
	if (task_assign_queued(h->st, 0, &assigned, &h->e) != ERR_OK)
		h->failures++;
	if (i % 2 == 1 && (task_load_row(h->st, t.row, h->a, &t, &h->e)
	    != ERR_OK || task_apply(h->st, &t, &c, 99, &applied, &h->e)
	    != ERR_OK))
		h->failures++;
}

static void *
hammer(void *arg)
{
	struct hammer *h = arg;

	for (int i = 0; i < h->rounds; i++)
		one_task(h, i);
	return NULL;
}

static void
two_at_once_never_exceed_a_limit(void **state)
{
	struct fixture *f = *state;
	struct hammer h[2];
	pthread_t threads[2];

	/* more than the limit at any moment would be refused here */
	fixture_exec(f, "CREATE TRIGGER over AFTER UPDATE ON tokens WHEN"
	    " NEW.video_running > NEW.video_concurrency"
	    " OR NEW.video_running < 0"
	    " BEGIN SELECT RAISE(ABORT, 'over the limit'); END;"
	    "CREATE TRIGGER risen AFTER UPDATE ON tasks WHEN OLD.status IN"
	    " ('completed', 'failed', 'cancelled')"
	    " AND NEW.status IS NOT OLD.status"
	    " BEGIN SELECT RAISE(ABORT, 'a terminal state changed'); END");
	/* one slot for two: each finds the other's task in the queue */
	fixture_token(f, 1);
	for (int i = 0; i < 2; i++)
		h[i] = (struct hammer){
			.st = fixture_connect(f), .a = arena_new(),
			.pattern = fixture_task(f), .rounds = 200,
		};
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, hammer, &h[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++) {
		if (h[i].failures > 0)
			fail_msg("%d failures: %s", h[i].failures,
			    h[i].e.text);
		store_close(h[i].st);
		arena_free(h[i].a);
	}
	fixture_assert_slots(f);
	assert_int_equal(400, fixture_int(f, "SELECT count(*) FROM tasks"));
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_task_is_stored_whole),
		T(its_log_row_runs),
		T(a_slot_is_taken_once_and_the_next_task_waits),
		T(the_queue_is_bounded),
		T(nobody_overtakes_the_queue),
		T(images_do_not_wait_for_videos),
		T(a_task_that_may_not_start_yet_keeps_its_place),
		T(a_long_queue_is_served_at_once_when_there_is_room),
		T(a_task_id_is_not_stored_twice),
		T(two_at_once_never_exceed_a_limit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
