/* SPDX-License-Identifier: MIT */
/* test_poller_decisions.c: what was decided about jobs, and a database that does not take it. */
#include "fixture_poller.h"

#include <string.h>

#include "client.h"
#include "poller/commit.h"
#include "poller/poll.h"
#include "poller/send.h"
#include "upstream.h"

#define NOBODY	"http://127.0.0.1:1/v1"	/* refuses connections */

static const struct task_change failed = {
	.status = TASK_FAILED, .step = STEP_DONE, .log_status = 408,
	.error_code = "generation_timeout", .error_message = "too long",
};

static void
decide_and_write(struct poller_fixture *pf, struct job *job)
{
	decide(job, &failed);
	pf->p.commit_ms = 0;
	decisions_write(&pf->p);
}

static void
write_again(struct poller_fixture *pf)
{
	pf->p.commit_ms = 0;
	decisions_write(&pf->p);
}

static const char *
status_of(struct poller_fixture *pf, int64_t row)
{
	return fixture_text(pf->f, "SELECT status FROM tasks WHERE id = %lld",
	    (long long)row);
}

/* Whatever comes of its exchange meanwhile, the job is decided once. */
static void
an_answer_may_come_while_the_decision_waits(void **state)
{
	struct poller_fixture *pf = *state;
	struct job *job;
	int64_t row;

	job = poller_fixture_job(pf, poller_fixture_server(pf, NOBODY),
	    "creating");
	row = job->task.row;
	job_mark(job, &job->token->marked);
	send_marked(job);
	assert_non_null(job->transfer);
	poller_fixture_lock(pf);
	job_abandon(job);
	decide_and_write(pf, job);
	assert_true(job->decided);
	poller_fixture_finish(pf);
	assert_ptr_equal(job, poller_fixture_find(pf, row));
	poller_fixture_unlock(pf);
	write_again(pf);
	assert_null(poller_fixture_find(pf, row));
	assert_string_equal("failed", status_of(pf, row));
}

static void
nobody_waits_for_a_look_at_a_job_that_ended(void **state)
{
	struct poller_fixture *pf = *state;
	struct job *job;
	int64_t row;

	job = poller_fixture_job(pf, poller_fixture_server(pf, NOBODY),
	    "poll");
	row = job->task.row;
	poll_now(job);
	poll_take(job);
	assert_non_null(job->transfer);
	poller_fixture_lock(pf);
	job_abandon(job);
	decide_and_write(pf, job);
	assert_int_equal(0, client_running(pf->p.client));
	poller_fixture_unlock(pf);
	write_again(pf);
	assert_string_equal("failed", status_of(pf, row));
}

/* The strings of a decision are its own. */
static void
what_a_decision_was_made_of_may_go(void **state)
{
	struct poller_fixture *pf = *state;
	struct job *job;
	struct task_change change;
	char text[] = "why it failed";
	int64_t row;

	job = poller_fixture_job(pf, fixture_token(pf->f, 3), "create");
	row = job->task.row;
	change = failed;
	change.error_message = text;
	decide(job, &change);
	memset(text, 'x', sizeof(text) - 1);
	write_again(pf);
	assert_string_equal("why it failed", fixture_text(pf->f,
	    "SELECT error_message FROM tasks WHERE id = %lld",
	    (long long)row));
}

/* One that the database refuses holds up no other, and one that it cannot take now is kept. */
static void
each_decision_is_written_or_waits(void **state)
{
	struct poller_fixture *pf = *state;
	struct job *job[3];
	int64_t row[3], token;

	token = fixture_token(pf->f, 3);
	for (int i = 0; i < 3; i++) {
		job[i] = poller_fixture_job(pf, token, "create");
		row[i] = job[i]->task.row;
	}
	fixture_exec(pf->f, "CREATE TRIGGER no BEFORE UPDATE ON tasks"
	    " WHEN NEW.id = %lld BEGIN SELECT RAISE(ABORT, 'no'); END",
	    (long long)row[1]);
	poller_fixture_lock(pf);
	for (int i = 0; i < 3; i++)
		decide(job[i], &failed);
	write_again(pf);
	poller_fixture_unlock(pf);
	for (int i = 0; i < 3; i++)
		assert_true(job[i]->decided && !job[i]->written);
	write_again(pf);
	assert_string_equal("failed", status_of(pf, row[0]));
	assert_string_equal("processing", status_of(pf, row[1]));
	assert_string_equal("failed", status_of(pf, row[2]));
	/* the refused one goes on as its row says */
	assert_false(poller_fixture_find(pf, row[1])->decided);
}

/* What could not be read again is read later; until then the job is left alone. */
static void
a_job_that_could_not_be_read_again_is_read_later(void **state)
{
	struct poller_fixture *pf = *state;
	const struct task_change next = { .status = TASK_PROCESSING,
	    .step = STEP_CREATING };
	struct job *job;

	job = poller_fixture_job(pf, fixture_token(pf->f, 3), "create");
	decide(job, &next);
	fixture_exec(pf->f, "ALTER TABLE task_media RENAME TO hidden");
	write_again(pf);
	assert_true(job->decided);
	assert_true(job->written);
	fixture_exec(pf->f, "ALTER TABLE hidden RENAME TO task_media");
	write_again(pf);
	assert_false(job->decided);
	assert_int_equal(STEP_CREATING, job->task.step);
}

static void
on_late_answer(void *arg, const struct call_response *r UNUSED)
{
	struct job *job = arg;

	job_end(job);
	job_orphan_end(job);
}

/* The answer to an exchange that outlives its task is about its account, whatever the provider. */
static void
an_exchange_that_outlives_its_task_keeps_its_account(void **state)
{
	struct poller_fixture *pf = *state;
	const struct call_request rq = { .method = "GET", .url = NOBODY,
	    .reach = REACH_ANY };
	struct job *job = poller_fixture_job(pf, fixture_token(pf->f, 3),
	    "finalizing");
	int64_t row = job->task.row;

	job_begin(job, client_start(pf->p.client, &rq, on_late_answer, job),
	    &pf->p.sending);
	fixture_exec(pf->f, "DELETE FROM tasks WHERE id = %lld",
	    (long long)row);
	assert_ok(pf->f, jobs_reload(&pf->p, row, &pf->f->e));
	assert_null(poller_fixture_find(pf, row));
	pool_trim(&pf->p);
	assert_int_equal(1, pf->p.n_tokens);
	poller_fixture_finish(pf);
	pool_trim(&pf->p);
	assert_int_equal(0, pf->p.n_tokens);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, poller_fixture_setup, \
	    poller_fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(an_answer_may_come_while_the_decision_waits),
		T(nobody_waits_for_a_look_at_a_job_that_ended),
		T(what_a_decision_was_made_of_may_go),
		T(an_exchange_that_outlives_its_task_keeps_its_account),
		T(each_decision_is_written_or_waits),
		T(a_job_that_could_not_be_read_again_is_read_later),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
