/* SPDX-License-Identifier: MIT */
/* test_server_health.c: when a server rests, and what ends that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "attr.h"
#include "server_health.h"

#define S	1000		/* ms in a second */

struct event {
	int64_t		 at;		/* s */
	enum health_word word;
	int64_t		 job;		/* its failures began when it first failed here */
	int64_t		 wished;	/* s */
	enum health_turn turn;
	enum health_state state;	/* after it */
};

#define MOST_EVENTS	12

static int64_t
begin_of(const struct event *rows, size_t i)
{
	int64_t since = rows[i].at;

	for (size_t k = i; k-- > 0;) {
		if (rows[k].job == rows[i].job && rows[k].word == HEALTH_WELL)
			break;
		if (rows[k].job == rows[i].job &&
		    rows[k].word == HEALTH_JOB_FAILED)
			since = rows[k].at;
	}
	return since * S;
}

static void
play(const char *what, const struct event *rows)
{
	struct server_health h = { 0 };

	for (size_t i = 0; i < MOST_EVENTS && rows[i].at != 0; i++) {
		const struct health_event ev = {
			.word = rows[i].word, .job = rows[i].job,
			.since_ms = begin_of(rows, i),
			.wished_ms = rows[i].wished * S,
		};
		enum health_turn turn = server_health_note(&h, &ev,
		    rows[i].at * S, S);
		enum health_state state = server_health_state(&h,
		    rows[i].at * S);

		if (turn != rows[i].turn || state != rows[i].state)
			fail_msg("%s, event %zu: turn %d, state %d", what, i,
			    turn, state);
	}
}

#define STAYS(at, word, job, state) \
	{ at, HEALTH_##word, job, 0, HEALTH_STAYS, SERVER_##state }
#define RESTS(at, word, job) \
	{ at, HEALTH_##word, job, 0, HEALTH_RESTS, SERVER_RESTS }
#define RECOVERS(at, job) \
	{ at, HEALTH_WELL, job, 0, HEALTH_RECOVERS, SERVER_WELL }

static const struct {
	const char	*what;
	struct event	 rows[MOST_EVENTS];
} cases[] = {
	{ "one job that fails for ever", {
		STAYS(10, JOB_FAILED, 1, WELL), STAYS(20, JOB_FAILED, 1, WELL),
		STAYS(90, JOB_FAILED, 1, WELL) } },
	{ "bad jobs among good ones", {
		STAYS(10, JOB_FAILED, 1, WELL), STAYS(11, WELL, 9, WELL),
		STAYS(12, JOB_FAILED, 2, WELL), STAYS(13, WELL, 9, WELL),
		STAYS(14, JOB_FAILED, 1, WELL), STAYS(15, JOB_FAILED, 2, WELL),
		STAYS(16, JOB_FAILED, 1, WELL) } },
	{ "different jobs, one after the other", {
		STAYS(10, WELL, 1, WELL), STAYS(11, JOB_FAILED, 1, WELL),
		RESTS(12, JOB_FAILED, 2) } },
	{ "a connection that fails", {
		RESTS(10, DOWN, 1), STAYS(11, DOWN, 2, RESTS),
		STAYS(15, NEUTRAL, 2, HALF_OPEN), RECOVERS(16, 2) } },
	{ "rests are longer each time", {
		RESTS(10, DOWN, 1), STAYS(14, NEUTRAL, 1, RESTS),
		RESTS(15, DOWN, 1), STAYS(24, NEUTRAL, 1, RESTS),
		RESTS(25, DOWN, 1), STAYS(44, NEUTRAL, 1, RESTS),
		RESTS(45, DOWN, 1), STAYS(84, NEUTRAL, 1, RESTS),
		RESTS(85, DOWN, 1), STAYS(144, NEUTRAL, 1, RESTS),
		RESTS(145, DOWN, 1), STAYS(205, NEUTRAL, 1, HALF_OPEN) } },
	{ "and short again when it was well", {
		RESTS(10, DOWN, 1), RESTS(15, DOWN, 1), RECOVERS(25, 1),
		RESTS(30, DOWN, 1), STAYS(35, NEUTRAL, 1, HALF_OPEN) } },
	{ "as long as it wishes", {
		{ 10, HEALTH_DOWN, 1, 300, HEALTH_RESTS, SERVER_RESTS },
		STAYS(309, NEUTRAL, 1, RESTS),
		STAYS(310, NEUTRAL, 1, HALF_OPEN) } },
	{ "what was asked before a rest does not end it", {
		RESTS(10, DOWN, 1), STAYS(11, WELL, 2, RESTS),
		STAYS(15, NEUTRAL, 2, HALF_OPEN), RECOVERS(16, 2) } },
	{ "half open, a job that is bad itself changes nothing", {
		STAYS(10, JOB_FAILED, 1, WELL), STAYS(11, WELL, 2, WELL),
		RESTS(12, DOWN, 2), STAYS(17, JOB_FAILED, 1, HALF_OPEN),
		STAYS(18, JOB_FAILED, 1, HALF_OPEN), RECOVERS(19, 2) } },
	{ "half open, an answer that says nothing changes nothing", {
		RESTS(12, DOWN, 2), STAYS(17, NEUTRAL, 1, HALF_OPEN),
		STAYS(18, NEUTRAL, 1, HALF_OPEN), RECOVERS(19, 3) } },
	{ "half open, different jobs fail again", {
		STAYS(9, WELL, 1, WELL), STAYS(10, JOB_FAILED, 1, WELL),
		RESTS(11, JOB_FAILED, 2), STAYS(16, JOB_FAILED, 1, HALF_OPEN),
		RESTS(17, JOB_FAILED, 2), STAYS(26, NEUTRAL, 2, RESTS),
		STAYS(27, NEUTRAL, 2, HALF_OPEN) } },
};

static void
a_server_is_judged_by_more_than_one_job(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(cases); i++)
		play(cases[i].what, cases[i].rows);
}

static void
looks_at_a_job_that_fails_become_rare(void **state UNUSED)
{
	static const struct {
		int		 fails;
		int64_t		 usual, want;	/* s */
	} rows[] = {
		{ 0, 5, 5 }, { 1, 5, 10 }, { 2, 5, 20 }, { 3, 5, 40 },
		{ 4, 5, 60 }, { 99, 5, 60 }, { 3, 1, 8 }, { 99, 1, 16 },
		{ 0, 90, 90 }, { 9, 90, 90 },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		assert_int_equal(rows[i].want * S, server_health_backoff(
		    rows[i].fails, rows[i].usual * S, S));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_judged_by_more_than_one_job),
		cmocka_unit_test(looks_at_a_job_that_fails_become_rare),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
