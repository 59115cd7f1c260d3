/* SPDX-License-Identifier: MIT */
/* test_idem.c: the same request sent twice is done once. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aged.h"
#include "digest.h"
#include "idem.h"

static unsigned char body_a[DIGEST_SHA256_LEN] = { 1 };
static unsigned char body_b[DIGEST_SHA256_LEN] = { 2 };

static const char *
the_answer(const struct task *t, struct arena *a)
{
	return arena_printf(a, "answer of %s", t->task_id);
}

static struct idem
a_key(struct fixture *f, const char *key, const unsigned char *body)
{
	return (struct idem){
		.key = key, .api_key_id = 1, .body_hash = body,
		.answer = the_answer, .arena = f->a,
	};
}

static enum err
claim(struct fixture *f, struct idem *idem, struct idem_answer *out)
{
	return idem_claim(f->st, idem, 24, f->a, out, &f->e);
}

static void
assert_first(struct fixture *f, struct idem *idem)
{
	struct idem_answer out = { .task_row = 9 };

	assert_ok(f, claim(f, idem, &out));
	assert_int_equal(0, out.task_row);
}

static struct task
submit(struct fixture *f, const struct idem *idem)
{
	struct task t = fixture_task(f);

	assert_ok(f, task_submit(f->st, &t, "{}", 100, idem, &f->e));
	return t;
}

static void
the_second_gets_what_the_first_got(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem_answer out;
	struct task t;

	fixture_token(f, 9);
	assert_first(f, &k);
	t = submit(f, &k);
	for (int i = 0; i < 2; i++) {
		struct idem again = a_key(f, "k", body_a);

		assert_ok(f, claim(f, &again, &out));
		idem_end(&again);
		assert_int_equal(t.row, out.task_row);
		assert_string_equal(the_answer(&t, f->a), out.answer);
	}
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM tasks"));
}

static void
without_an_answer_the_task_is_told(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem_answer out;
	struct task t;

	fixture_token(f, 9);
	k.answer = NULL;
	assert_first(f, &k);
	t = submit(f, &k);
	assert_ok(f, claim(f, &k, &out));
	assert_int_equal(t.row, out.task_row);
	assert_null(out.answer);
}

static void
another_body_is_refused(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem other = a_key(f, "k", body_b);
	struct idem_answer out;

	fixture_token(f, 9);
	assert_first(f, &k);
	assert_failed(f, ERR_IDEM_REUSE, "Idempotency-Key",
	    claim(f, &other, &out));
	submit(f, &k);
	assert_failed(f, ERR_IDEM_REUSE, "Idempotency-Key",
	    claim(f, &other, &out));
}

static void
while_the_first_is_stored_the_second_must_wait(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem second = a_key(f, "k", body_a);
	struct idem_answer out;

	assert_first(f, &k);
	assert_failed(f, ERR_IDEM_IN_PROGRESS, "Idempotency-Key",
	    claim(f, &second, &out));
}

static void
keys_are_told_apart_exactly(void **state)
{
	static const char *const keys[] = { "k", "K", "k ", "kk", "\xc3\xa4" };
	struct fixture *f = *state;
	struct idem k;

	for (size_t i = 0; i < NELEM(keys); i++) {
		k = a_key(f, keys[i], body_a);
		assert_first(f, &k);
	}
	k = a_key(f, "k", body_b);
	k.api_key_id = 2;	/* somebody else's */
	assert_first(f, &k);
}

static void
a_released_key_is_free(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem other = a_key(f, "k", body_b);

	assert_first(f, &k);
	idem_release(f->st, &k);
	assert_first(f, &other);
}

static void
a_key_with_a_task_is_not_released(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem_answer out;

	fixture_token(f, 9);
	assert_first(f, &k);
	submit(f, &k);
	idem_release(f->st, &k);
	assert_ok(f, claim(f, &k, &out));
	assert_int_not_equal(0, out.task_row);
}

/* However long that takes: only its end frees the key. */
static void
a_claim_whose_request_runs_is_nobody_else_s(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a), late = a_key(f, "k", body_a);
	struct idem_answer out;

	fixture_token(f, 9);
	assert_first(f, &k);
	fixture_exec(f, "UPDATE idempotency_keys"
	    " SET claimed_at = unixepoch() - 86000");
	assert_failed(f, ERR_IDEM_IN_PROGRESS, "", claim(f, &late, &out));
	idem_end(&late);
	submit(f, &k);
	idem_end(&k);
	assert_ok(f, claim(f, &late, &out));
	idem_end(&late);
	assert_int_not_equal(0, out.task_row);
}

static void
a_claim_that_led_to_nothing_ends(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem other = a_key(f, "k", body_b);

	assert_first(f, &k);
	idem_end(&k);
	assert_first(f, &other);
	/* the one that was late must store nothing under the other's claim */
	fixture_token(f, 9);
	{
		struct task t = fixture_task(f);

		assert_failed(f, ERR_IDEM_IN_PROGRESS, "",
		    task_submit(f->st, &t, "{}", 100, &k, &f->e));
	}
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"));
	idem_release(f->st, &k);
	submit(f, &other);
	idem_end(&other);
}

static void
so_does_one_whose_process_is_killed(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem_answer out;
	int ready[2], status;
	char c;
	pid_t pid;

	assert_int_equal(0, pipe(ready));
	if ((pid = fork()) == 0) {
		struct store *st = fixture_connect(f);

		if (idem_claim(st, &k, 24, f->a, &out, &f->e) == ERR_OK &&
		    write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(1, read(ready[0], &c, 1));
	assert_failed(f, ERR_IDEM_IN_PROGRESS, "", claim(f, &k, &out));
	idem_end(&k);
	kill(pid, SIGKILL);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_first(f, &k);
	idem_end(&k);
	close(ready[0]);
	close(ready[1]);
}

/* Without a holder, as of an older version: after a quarter of an hour. */
static void
an_old_claim_ends_by_the_clock(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a), other = a_key(f, "k", body_b);
	struct idem_answer out;

	assert_first(f, &k);
	idem_end(&k);
	fixture_exec(f, "UPDATE idempotency_keys SET holder = NULL,"
	    " claimed_at = unixepoch() - 800");
	assert_failed(f, ERR_IDEM_REUSE, "", claim(f, &other, &out));
	idem_end(&other);
	fixture_exec(f, "UPDATE idempotency_keys"
	    " SET claimed_at = unixepoch() - 901");
	assert_first(f, &other);
	idem_end(&other);
}

static void
a_key_is_forgotten_after_its_time(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem other = a_key(f, "k", body_b);
	int64_t now = clock_now(), expires;

	fixture_token(f, 9);
	assert_first(f, &k);
	submit(f, &k);
	expires = fixture_int(f, "SELECT expires_at FROM idempotency_keys");
	assert_in_range(expires, now + 24 * 3600, now + 24 * 3600 + 5);
	fixture_exec(f, "UPDATE idempotency_keys SET expires_at ="
	    " unixepoch()");
	assert_first(f, &other);
	assert_int_equal(1, fixture_int(f,
	    "SELECT count(*) FROM idempotency_keys"));
}

static void
a_key_past_its_time_is_none_though_many_are_before_it(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct idem other = a_key(f, "k", body_b);
	bool more;

	fixture_token(f, 9);
	assert_first(f, &k);
	submit(f, &k);
	fixture_exec(f, "UPDATE idempotency_keys SET expires_at ="
	    " unixepoch()");
	fixture_exec(f, "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL"
	    " SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO"
	    " idempotency_keys (api_key_id, key_hash, body_hash, claimed_at,"
	    " expires_at) SELECT 1, randomblob(32), randomblob(32), 1, 1"
	    " FROM n");
	assert_first(f, &other);
	submit(f, &other);
	do
		assert_ok(f, aged_forget(f->st, &more, &f->e));
	while (more);
	assert_int_equal(1, fixture_int(f,
	    "SELECT count(*) FROM idempotency_keys"));
}

static void
a_task_that_is_not_stored_leaves_its_key_open(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct task t = fixture_task(f);

	assert_first(f, &k);
	/* no token */
	assert_failed(f, ERR_NO_TOKEN, "", task_submit(f->st, &t, "{}", 100,
	    &k, &f->e));
	assert_int_equal(1, fixture_int(f,
	    "SELECT task IS NULL AND answer IS NULL FROM idempotency_keys"));
	fixture_token(f, 9);
	submit(f, &k);
}

static void
an_unclaimed_key_stores_no_task(void **state)
{
	struct fixture *f = *state;
	struct idem k = a_key(f, "k", body_a);
	struct task t = fixture_task(f);

	fixture_token(f, 9);
	assert_failed(f, ERR_IDEM_IN_PROGRESS, "", task_submit(f->st, &t,
	    "{}", 100, &k, &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"));
	assert_int_equal(0, fixture_int(f,
	    "SELECT count(*) FROM request_logs"));
	fixture_assert_slots(f);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_second_gets_what_the_first_got),
		T(without_an_answer_the_task_is_told),
		T(another_body_is_refused),
		T(while_the_first_is_stored_the_second_must_wait),
		T(keys_are_told_apart_exactly),
		T(a_released_key_is_free),
		T(a_key_with_a_task_is_not_released),
		T(a_claim_whose_request_runs_is_nobody_else_s),
		T(a_claim_that_led_to_nothing_ends),
		T(so_does_one_whose_process_is_killed),
		T(an_old_claim_ends_by_the_clock),
		T(a_key_is_forgotten_after_its_time),
		T(a_key_past_its_time_is_none_though_many_are_before_it),
		T(a_task_that_is_not_stored_leaves_its_key_open),
		T(an_unclaimed_key_stores_no_task),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
