/* SPDX-License-Identifier: MIT */
/* client_play.c: a client, and a server that it talks to. */
#include "client_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

int
client_play_set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->server = tcp_server_start();
	f->client = client_new();
	f->arena = arena_new();
	strcpy(f->dir, "/tmp/test_client.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->base, sizeof(f->base), "http://127.0.0.1:%d",
	    f->server->port);
	*state = f;
	return 0;
}

int
client_play_tear_down(void **state)
{
	struct fixture *f = *state;

	client_free(f->client);
	tcp_server_stop(f->server);
	arena_free(f->arena);
	assert_int_equal(0, rmdir(f->dir));	/* so nothing was left in it */
	free(f);
	return 0;
}

static const char *
url_of(struct fixture *f, const char *path)
{
	return path[0] == '/' ? arena_printf(f->arena, "%s%s", f->base, path) :
	    path;
}

struct call_request
request_of(struct fixture *f, const char *method, const char *path)
{
	return (struct call_request){ .method = method,
	    .url = url_of(f, path), .timeout = 20,
	    .reach = REACH_ANY };
}

void
on_done(void *arg, const struct call_response *r)
{
	struct seen *s = arg;

	s->calls++;
	s->r = *r;
	s->r.reason = arena_strdup(s->f->arena, r->reason);
	s->r.body = arena_strndup(s->f->arena, r->body, r->body_len);
	s->r.headers = NULL;
	s->r.n_headers = 0;
	if (r->sink != NULL) {
		s->r.sink = arena_alloc(s->f->arena, sizeof(*r->sink));
		*s->r.sink = *r->sink;
	}
}

static struct call_response
run_multi(struct fixture *f, const struct call_request *rq)
{
	struct seen s = { .f = f };

	client_start(f->client, rq, on_done, &s);
	assert_int_equal(1, client_running(f->client));
	while (client_running(f->client) > 0)
		client_wait(f->client, 1000);
	assert_int_equal(1, s.calls);
	return s.r;
}

static struct call_response
run_blocking(struct fixture *f, const struct call_request *rq)
{
	struct call_response r;

	client_perform(rq, f->arena, &r);
	return r;
}

run_fn *const runs[2] = { run_multi, run_blocking };
