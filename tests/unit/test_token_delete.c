/* SPDX-License-Identifier: MIT */
/* test_token_delete.c: a token that is deleted while tasks run on it. */
#include "fixture.h"

#include <string.h>

#include "capability.h"
#include "leftover.h"

static const struct token account = {
	.token = "access-1", .email = "a@example.org", .is_active = true,
	.image_enabled = true, .video_enabled = true, .sora2_supported = 1,
	.image_concurrency = -1, .video_concurrency = 5,
};
static const struct task_change completed = {
	.status = TASK_COMPLETED, .step = STEP_DONE, .progress = 100,
	.log_status = 200, .token.verdict = TOKEN_SUCCEEDED,
};

static int64_t
add(struct fixture *f)
{
	struct token t = account;

	assert_ok(f, token_add(f->st, &t, &f->e));
	return t.id;
}

static bool
is_there(struct fixture *f, int64_t id)
{
	return fixture_int(f, "SELECT count(*) FROM tokens WHERE id = %lld",
	    (long long)id) == 1;
}

static int
drained(struct fixture *f)
{
	int n = -1;

	assert_ok(f, token_drained(f->st, &n, &f->e));
	return n;
}

static void
delete_it(struct fixture *f, int64_t id)
{
	assert_ok(f, token_delete(f->st, id, &f->e));
}

static void
disable_and_delete_all(struct fixture *f, int64_t id)
{
	int n;

	assert_ok(f, token_set_active(f->st, id, false, &f->e));
	assert_ok(f, token_delete_disabled(f->st, &n, &f->e));
	assert_int_equal(1, n);
}

static void (*const ways[])(struct fixture *f, int64_t id) = { delete_it,
	disable_and_delete_all };

/* ---- who sees it ---- */

static void
assert_unseen(struct fixture *f, int64_t id)
{
	struct token same = account, *list, t;
	const struct pool *pool;
	int64_t *ids, found;
	size_t n;
	int count;

	assert_failed(f, ERR_NOT_FOUND, "not found",
	    token_load(f->st, id, f->a, &t, &f->e));
	assert_failed(f, ERR_NOT_FOUND, "not found",
	    token_set_active(f->st, id, true, &f->e));
	assert_failed(f, ERR_NOT_FOUND, "not found",
	    token_delete(f->st, id, &f->e));
	assert_ok(f, token_list(f->st, f->a, &list, &n, &f->e));
	assert_int_equal(0, n);
	for (int set = TOKENS_ALL; set <= TOKENS_SORA_ENABLED; set++) {
		assert_ok(f, token_ids(f->st, (enum token_set)set, f->a, &ids, &n, &f->e));
		assert_int_equal(0, n);
	}
	assert_ok(f, token_enable_all(f->st, &count, &f->e));
	assert_int_equal(0, count);
	assert_ok(f, token_find_email(f->st, same.email, &found, &f->e));
	assert_int_equal(0, found);
	assert_ok(f, token_find_same(f->st, &same, &found, &f->e));
	assert_int_equal(0, found);
	assert_ok(f, token_pool(f->st, &pool, &f->e));
	assert_int_equal(0, pool->n);
}

static void
it_is_gone_for_all_but_its_tasks(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(ways); i++) {
		int64_t id = add(f);
		struct task t = fixture_submit(f), next = fixture_task(f);
		struct token its;

		assert_int_equal(id, t.token_id);
		ways[i](f, id);
		assert_unseen(f, id);
		assert_int_equal(TASK_PROCESSING, fixture_load(f, &t).status);
		assert_ok(f, token_load_any(f->st, id, f->a, &its, &f->e));
		assert_string_equal("access-1", its.token);
		assert_int_equal(ERR_NO_TOKEN, task_submit(f->st, &next, "{}",
		    99, NULL, &f->e));
		assert_int_equal(0, drained(f));
		fixture_apply(f, &t, &completed);
		assert_int_equal(1, drained(f));
		assert_false(is_there(f, id));
	}
}

static void
without_tasks_it_goes_at_once(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(ways); i++) {
		int64_t id = add(f);

		ways[i](f, id);
		assert_false(is_there(f, id));
	}
}

static void
it_stays_for_what_is_to_be_deleted_there(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f);
	struct task t = fixture_submit(f);

	delete_it(f, id);
	assert_ok(f, leftover_add(f->st, id, "job", false, &f->e));
	fixture_apply(f, &t, &completed);
	assert_int_equal(0, drained(f));
	fixture_exec(f, "DELETE FROM leftovers");
	assert_int_equal(1, drained(f));
}

static void
who_cannot_wait_deletes_it_now(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f);

	fixture_submit(f);
	delete_it(f, id);
	assert_ok(f, token_delete_now(f->st, id, &f->e));
	assert_false(is_there(f, id));
}

/* ---- added again ---- */

static void
added_again_it_takes_the_row_over(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f);
	struct task t = fixture_submit(f);
	struct token now;

	fixture_exec(f, "UPDATE token_stats SET error_count = 7");
	delete_it(f, id);
	assert_int_equal(id, add(f));
	assert_ok(f, token_load(f->st, id, f->a, &now, &f->e));
	assert_string_equal("a@example.org", now.email);
	assert_true(now.is_active);
	assert_int_equal(0, now.error_count);
	assert_int_equal(1, now.video_running);
	assert_int_equal(id, fixture_submit(f).token_id);
	fixture_apply(f, &t, &completed);
	assert_int_equal(0, drained(f));
	fixture_assert_slots(f);
}

static void
its_account_can_be_added_with_another_access_token(void **state)
{
	struct fixture *f = *state;
	struct token again = account;
	int64_t id = add(f);

	fixture_submit(f);
	delete_it(f, id);
	again.token = "access-2";
	assert_ok(f, token_add(f->st, &again, &f->e));
	assert_true(again.id != id);
	assert_int_equal(again.id, fixture_submit(f).token_id);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	    fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(it_is_gone_for_all_but_its_tasks),
		T(without_tasks_it_goes_at_once),
		T(it_stays_for_what_is_to_be_deleted_there),
		T(who_cannot_wait_deletes_it_now),
		T(added_again_it_takes_the_row_over),
		T(its_account_can_be_added_with_another_access_token),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
