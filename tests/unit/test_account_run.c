/* SPDX-License-Identifier: MIT */
/* test_account_run.c: orders over real connections, one or many at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "account.h"
#include "arena.h"
#include "attr.h"
#include "client.h"
#include "clock.h"
#include "conf.h"
#include "tcp_server.h"

#define MANY	12

struct fixture {
	struct tcp_server *server;
	struct arena	*arena;
	struct conf	 conf;
	struct token	 token;
	struct account_order order;
	int		 ended[MANY];
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->server = tcp_server_start();
	f->arena = arena_new();
	f->conf = (struct conf){ .sora_timeout = 20 };
	f->token = (struct token){ .provider = "sora", .token = "tok-1" };
	f->order = (struct account_order){ .work = ACCOUNT_PROBE,
	    .conf = &f->conf, .token = &f->token };
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	tcp_server_stop(f->server);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* The upstream is the server's path `path`, so that it behaves like that. */
static void
play(struct fixture *f, const char *path)
{
	f->conf.sora_base_url = arena_printf(f->arena, "http://127.0.0.1:%d%s",
	    f->server->port, path);
}

static void
an_order_is_waited_for(void **state)
{
	static const struct {
		const char	*path;
		enum account_verdict verdict;
		long		 status;
	} rows[] = {
		{ "/status/401", ACCOUNT_REFUSED, 401 },
		{ "/status/503", ACCOUNT_UNREACHABLE, 503 },
		{ "/ok", ACCOUNT_UNREACHABLE, 200 },	/* no JSON */
		{ "/cut", ACCOUNT_UNREACHABLE, 0 },
		{ "/huge", ACCOUNT_UNREACHABLE, 0 },
	};
	struct fixture *f = *state;
	struct account_result r;

	for (size_t i = 0; i < NELEM(rows); i++) {
		play(f, rows[i].path);
		account_run(&f->order, f->arena, &r);
		if (r.verdict != rows[i].verdict || r.status != rows[i].status)
			fail_msg("%s: verdict %d, status %ld", rows[i].path,
			    (int)r.verdict, r.status);
		assert_true(strlen(r.reason) > 0);	/* it outlives the job */
	}
}

static void
nobody_listens(void **state)
{
	struct fixture *f = *state;
	struct account_result r;

	f->conf.sora_base_url = "http://127.0.0.1:1";
	account_run(&f->order, f->arena, &r);
	assert_int_equal(ACCOUNT_UNREACHABLE, r.verdict);
	assert_non_null(strstr(r.reason, "could not be reached: "));
	assert_non_null(strstr(r.reason, "Connection refused"));
}

static void
the_deadline_rules_over_the_timeout(void **state)
{
	struct fixture *f = *state;
	struct account_result r;
	int64_t start = clock_mono_ms();

	play(f, "/slow");
	f->order.deadline_ms = start + 300;
	account_run(&f->order, f->arena, &r);
	assert_int_equal(ACCOUNT_TIMEOUT, r.verdict);
	assert_true(clock_mono_ms() - start < 10000);
}

static void
what_cannot_be_sent_ends_without_a_connection(void **state)
{
	struct fixture *f = *state;
	struct account_result r;

	play(f, "/ok");
	f->token.token = NULL;
	account_run(&f->order, f->arena, &r);
	assert_int_equal(ACCOUNT_REFUSED, r.verdict);
	f->order.work = ACCOUNT_CONVERT_ST;
	account_run(&f->order, f->arena, &r);
	assert_string_equal("Not a usable session token", r.reason);
	assert_int_equal(0, f->server->connections);
}

static void
requests_go_through_the_proxy(void **state)
{
	struct fixture *f = *state;
	struct account_result r;

	f->conf.sora_base_url = "http://upstream.invalid/status/401";
	f->order.proxy = arena_printf(f->arena, "http://127.0.0.1:%d",
	    f->server->port);
	account_run(&f->order, f->arena, &r);
	assert_int_equal(ACCOUNT_REFUSED, r.verdict);
	assert_int_equal(1, tcp_server_count(f->server, "GET /status/401/me"));
}

static void
on_each(void *arg, size_t i, const struct account_result *r)
{
	struct fixture *f = arg;

	assert_int_equal(i % 4 == 1 ? ACCOUNT_REFUSED : ACCOUNT_TIMEOUT,
	    r->verdict);
	f->ended[i]++;
}

static void
a_batch_has_a_bound(void **state)
{
	struct fixture *f = *state;
	struct account_order orders[MANY];
	struct token bad = { .provider = "sora", .token = "" };
	int64_t start = clock_mono_ms();

	play(f, "/slow");
	f->conf.sora_timeout = 1;
	for (size_t i = 0; i < MANY; i++) {
		orders[i] = f->order;
		if (i % 4 == 1)
			orders[i].token = &bad;
	}
	account_run_all(orders, MANY, 3, on_each, f);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(1, f->ended[i]);
	assert_int_equal(9, tcp_server_count(f->server, "GET /slow/me"));
	/* nine that last a second, three at a time; the server sees their ends late */
	assert_true(clock_mono_ms() - start >= 2500);
	assert_true(f->server->most_open >= 2);
	account_run_all(orders, 0, 3, on_each, f);
}

static void
no_call(void *arg, const struct account_result *r)
{
	(void)arg;
	(void)r;
	fail_msg("a cancelled job called back");
}

static void
a_job_on_its_way_can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	struct client *c = client_new();
	struct account_job *j;

	play(f, "/slow");
	j = account_start(c, &f->order, no_call, NULL);
	while (tcp_server_count(f->server, "GET /slow/me") == 0)
		client_wait(c, 20);
	account_cancel(j);
	assert_int_equal(0, client_running(c));
	client_free(c);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(an_order_is_waited_for),
		T(nobody_listens),
		T(the_deadline_rules_over_the_timeout),
		T(what_cannot_be_sent_ends_without_a_connection),
		T(requests_go_through_the_proxy),
		T(a_batch_has_a_bound),
		T(a_job_on_its_way_can_be_cancelled),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
