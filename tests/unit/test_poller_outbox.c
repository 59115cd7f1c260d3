/* SPDX-License-Identifier: MIT */
/* test_poller_outbox.c: what is still to be said to an upstream after a task has ended. */
#include "fixture_poller.h"

#include <stdio.h>

#include "client.h"
#include "leftover.h"
#include "poller/outbox.h"
#include "tcp_server.h"

#define NOBODY	"http://127.0.0.1:1/v1"	/* refuses connections */

static struct tcp_server *server;

static int
start_server(void **state UNUSED)
{
	server = tcp_server_start();
	return server == NULL;
}

static int
stop_server(void **state UNUSED)
{
	tcp_server_stop(server);
	return 0;
}

/* ---- jobs ---- */

static int64_t
a_server(struct poller_fixture *pf, const char *base_url, const char *when)
{
	int64_t id = poller_fixture_server(pf, base_url);

	fixture_exec(pf->f, "UPDATE tokens SET options = json_set(options,"
	    " '$.delete_upstream', '%s') WHERE id = %lld", when,
	    (long long)id);
	return id;
}

static void
note_job(struct poller_fixture *pf, int64_t token, const char *id,
    bool finished)
{
	assert_ok(pf->f, leftover_add(pf->f->st, token, id, finished,
	    &pf->f->e));
}

static void
run(struct poller_fixture *pf)
{
	outbox_run(pf->p.outbox);
	poller_fixture_finish(pf);
}

static int64_t
jobs_left(struct poller_fixture *pf)
{
	return fixture_int(pf->f, "SELECT count(*) FROM leftovers");
}

static void
a_job_is_deleted_once(void **state)
{
	struct poller_fixture *pf = *state;
	char base[64];

	snprintf(base, sizeof(base), "http://127.0.0.1:%d/v1", server->port);
	tcp_server_forget(server);
	note_job(pf, a_server(pf, base, "always"), "up-1", false);
	outbox_run(pf->p.outbox);
	outbox_run(pf->p.outbox);	/* it is on its way */
	poller_fixture_finish(pf);
	assert_int_equal(1, tcp_server_count(server, "DELETE "));
	assert_int_equal(0, jobs_left(pf));	/* 404: it is gone */
	run(pf);
	assert_int_equal(1, tcp_server_count(server, "DELETE "));
}

/* Each pause is longer, and after the fifth try nothing more is tried. */
static void
a_server_that_cannot_be_reached_is_tried_five_times(void **state)
{
	struct poller_fixture *pf = *state;
	int64_t before = 0;

	note_job(pf, a_server(pf, NOBODY, "always"), "up-1", false);
	for (int tries = 1; tries < 5; tries++) {
		int64_t pause;

		run(pf);
		assert_int_equal(tries, fixture_int(pf->f,
		    "SELECT attempts FROM leftovers"));
		pause = fixture_int(pf->f, "SELECT due_ms FROM leftovers") -
		    poller_clock(&pf->p);
		assert_true(pause > before);
		before = pause;
		run(pf);	/* not yet */
		assert_int_equal(tries, fixture_int(pf->f,
		    "SELECT attempts FROM leftovers"));
		fixture_exec(pf->f, "UPDATE leftovers SET due_ms = 0");
	}
	run(pf);
	assert_int_equal(0, jobs_left(pf));
}

/* The options are those of the token now. */
static void
what_is_not_wanted_any_more_is_not_said(void **state)
{
	static const struct {
		const char	*when;
		bool		 finished;
	} rows[] = { { "never", true }, { "finished", false } };
	struct poller_fixture *pf = *state;
	char base[64];

	snprintf(base, sizeof(base), "http://127.0.0.1:%d/v1", server->port);
	tcp_server_forget(server);
	for (size_t i = 0; i < NELEM(rows); i++) {
		int64_t id = a_server(pf, base, rows[i].when);

		note_job(pf, id, "up-1", rows[i].finished);
		run(pf);
		assert_int_equal(0, jobs_left(pf));
		fixture_exec(pf->f, "DELETE FROM tokens WHERE id = %lld",
		    (long long)id);
	}
	assert_int_equal(0, tcp_server_count(server, "DELETE "));
}

static void
what_is_on_its_way_at_a_stop_is_said_later(void **state)
{
	struct poller_fixture *pf = *state;

	note_job(pf, a_server(pf, NOBODY, "always"), "up-1", false);
	outbox_run(pf->p.outbox);
	outbox_free(pf->p.outbox);
	pf->p.outbox = outbox_new(&pf->p);
	assert_int_equal(1, jobs_left(pf));
}

/* ---- characters ---- */

static void
note_character(struct poller_fixture *pf, int64_t token, const char *id)
{
	fixture_exec(pf->f, "INSERT INTO characters (token_id, cameo_id,"
	    " character_id, username, display_name, temporary, status,"
	    " created_at, updated_at)"
	    " VALUES (%lld, 'cameo', %s, 'me', 'Me', 1, 'finalized', 0, 0)",
	    (long long)token, id);
}

/* Its row stays, for the name is taken, but is not looked at again. */
static void
one_that_cannot_be_named_is_given_up(void **state)
{
	static const struct {
		const char	*id;
		bool		 token;
	} rows[] = { { "NULL", true }, { "'ch_1'", false } };
	struct poller_fixture *pf = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		note_character(pf, rows[i].token ? fixture_token(pf->f, 9)
		    : 12345, rows[i].id);
		run(pf);
		assert_int_equal(1, fixture_int(pf->f,
		    "SELECT count(*) FROM characters"));
		outbox_run(pf->p.outbox);
		assert_int_equal(0, client_running(pf->p.client));
		fixture_exec(pf->f, "DELETE FROM characters");
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, poller_fixture_setup, \
	    poller_fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_job_is_deleted_once),
		T(a_server_that_cannot_be_reached_is_tried_five_times),
		T(what_is_not_wanted_any_more_is_not_said),
		T(what_is_on_its_way_at_a_stop_is_said_later),
		T(one_that_cannot_be_named_is_given_up),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
