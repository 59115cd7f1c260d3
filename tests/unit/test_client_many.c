/* SPDX-License-Identifier: MIT */
/* test_client_many.c: exchanges side by side. */
#include "client_play.h"

#include <pthread.h>
#include <string.h>

#include "clock.h"

static void
many_run_side_by_side_over_few_connections(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/ok");
	struct seen seen[300];

	for (size_t i = 0; i < NELEM(seen); i++) {
		seen[i] = (struct seen){ .f = f };
		client_start(f->client, &rq, on_done, &seen[i]);
	}
	assert_int_equal(NELEM(seen), client_running(f->client));
	while (client_running(f->client) > 0)
		client_wait(f->client, 1000);
	for (size_t i = 0; i < NELEM(seen); i++) {
		assert_int_equal(1, seen[i].calls);
		assert_int_equal(200, seen[i].r.status);
	}
	assert_in_range(f->server->most_open, 2, 256);
}

static void
on_done_start_another(void *arg, const struct call_response *r)
{
	struct seen *s = arg;
	struct call_request rq = request_of(s->f, "GET",
	    s->r.status == 0 ? "ftp://x/" : "/ok");

	(void)r;
	if (++s->calls < 5)
		client_start(s->f->client, &rq, on_done_start_another, s);
}

static void
a_callback_may_start_the_next(void **state)
{
	struct fixture *f = *state;

	for (long status = 0; status <= 200; status += 200) {
		struct seen s = { .f = f, .r.status = status };
		struct call_request rq = request_of(f, "GET", "ftp://x/");

		client_start(f->client, &rq, on_done_start_another, &s);
		client_wait(f->client, 0);
		assert_int_equal(1, s.calls);	/* not all in one go */
		while (client_running(f->client) > 0)
			client_wait(f->client, 1000);
		assert_int_equal(5, s.calls);
	}
}

static void
the_request_may_go_after_the_start(void **state)
{
	struct fixture *f = *state;
	struct arena *a = arena_new();
	struct call_request rq = request_of(f, "POST", "/echo");
	struct seen s = { .f = f };
	char *body = arena_strdup(a, "the body");

	rq.url = arena_strdup(a, rq.url);
	rq.body = body;
	rq.body_len = strlen(body);
	request_header(&rq, a, arena_strdup(a, "X-A"), arena_strdup(a, "b"));
	client_start(f->client, &rq, on_done, &s);
	memset(body, '!', strlen(body));
	arena_free(a);
	while (client_running(f->client) > 0)
		client_wait(f->client, 1000);
	assert_non_null(strstr(s.r.body, "\r\n\r\nthe body"));
	assert_non_null(strstr(s.r.body, "\r\nX-A: b\r\n"));
}

struct pair {
	struct seen	 seen;
	struct transfer	*other;
};

static void
on_done_cancel_other(void *arg, const struct call_response *r)
{
	struct pair *p = arg;

	on_done(&p->seen, r);
	transfer_cancel(p->other);
}

static void
who_is_cancelled_is_not_called(void **state)
{
	struct fixture *f = *state;
	struct call_request slow = request_of(f, "GET", "/slow");
	struct call_request bad = request_of(f, "GET", "ftp://x/");
	struct call_request ok = request_of(f, "GET", "/ok");
	struct seen unseen = { .f = f };
	struct pair p = { .seen = { .f = f } };

	slow.sink_dir = f->dir;
	transfer_cancel(client_start(f->client, &bad, on_done, &unseen));
	transfer_cancel(client_start(f->client, &slow, on_done, &unseen));
	p.other = client_start(f->client, &slow, on_done, &unseen);
	client_start(f->client, &ok, on_done_cancel_other, &p);
	while (client_running(f->client) > 0)
		client_wait(f->client, 1000);
	assert_int_equal(1, p.seen.calls);
	client_start(f->client, &slow, on_done, &unseen);
	client_start(f->client, &bad, on_done, &unseen);
	client_free(f->client);
	f->client = client_new();
	assert_int_equal(0, unseen.calls);
}

static void *
wake(void *arg)
{
	client_wake(arg);
	return NULL;
}

static void
a_wait_is_woken(void **state)
{
	struct fixture *f = *state;
	int64_t start = clock_mono_ms();
	pthread_t thread;

	assert_int_equal(0, pthread_create(&thread, NULL, wake, f->client));
	client_wait(f->client, 60000);
	assert_int_equal(0, pthread_join(thread, NULL));
	assert_true(clock_mono_ms() - start < 30000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_PLAY(many_run_side_by_side_over_few_connections),
		CLIENT_PLAY(a_callback_may_start_the_next),
		CLIENT_PLAY(the_request_may_go_after_the_start),
		CLIENT_PLAY(who_is_cancelled_is_not_called),
		CLIENT_PLAY(a_wait_is_woken),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
