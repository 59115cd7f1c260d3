/* SPDX-License-Identifier: MIT */
/*
 * client_play.h: a client, and a server that it talks to, for the tests of the
 * client. A request is run both ways: in the multi, and by the blocking call.
 */
#ifndef CLIENT_PLAY_H
#define CLIENT_PLAY_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "arena.h"
#include "client.h"
#include "tcp_server.h"

struct fixture {
	struct tcp_server *server;
	struct client	*client;
	struct arena	*arena;
	char		 dir[32];
	char		 base[40];	/* "http://127.0.0.1:port" */
};

struct seen {			/* a copy of what transfer_fn was given */
	int		 calls;
	struct call_response r;
	struct fixture	*f;
};

/* For cmocka; `*state` is the fixture. Nothing may be left in its folder. */
int	client_play_set_up(void **state);
int	client_play_tear_down(void **state);
#define CLIENT_PLAY(f) \
	cmocka_unit_test_setup_teardown(f, client_play_set_up, client_play_tear_down)

/* `path` of the server, or any URL, with a generous timeout. */
struct call_request request_of(struct fixture *f, const char *method, const char *path);
/* A transfer_fn that fills the `struct seen` it is given. */
void	on_done(void *arg, const struct call_response *r);

typedef struct call_response run_fn(struct fixture *f, const struct call_request *rq);

extern run_fn *const runs[2];

#endif
