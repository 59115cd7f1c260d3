/* SPDX-License-Identifier: MIT */
/* test_client.c: exchanges with a server that behaves, or not. */
#include "client_play.h"

#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- what came of it ---- */

static const struct {
	const char	*method;
	const char	*path;
	const char	*body;
	int		 timeout;
	enum transport	 transport;
	long		 status;
	const char	*text;		/* of the body, or in the reason */
} outcomes[] = {
	{ "GET", "/ok", NULL, 20, TRANSPORT_OK, 200, "hello" },
	{ "HEAD", "/bytes/5000000", NULL, 20, TRANSPORT_OK, 200, "" },
	{ "GET", "/nothing", NULL, 20, TRANSPORT_OK, 404, "none" },
	{ "GET", "/status/503", NULL, 20, TRANSPORT_OK, 503, "" },
	{ "GET", "/to//ok", NULL, 20, TRANSPORT_OK, 302, "gone" },
	{ "POST", "/ok", "{}", 20, TRANSPORT_OK, 200, "hello" },
	{ "POST", "/ok", NULL, 20, TRANSPORT_OK, 200, "hello" },
	{ "DELETE", "/ok", NULL, 20, TRANSPORT_OK, 200, "hello" },
	{ "GET", "/close", NULL, 20, TRANSPORT_LOST, 0, "" },
	{ "POST", "/close", "{}", 20, TRANSPORT_LOST, 0, "" },
	{ "POST", "/reset", "{}", 20, TRANSPORT_LOST, 0, "" },
	{ "GET", "/cut", NULL, 20, TRANSPORT_LOST, 0, "" },
	{ "GET", "/slow", NULL, 1, TRANSPORT_LOST, 0, "Timeout" },
	{ "POST", "/slow", "{}", 1, TRANSPORT_LOST, 0, "Timeout" },
	{ "GET", "/trickle", NULL, 1, TRANSPORT_LOST, 0, "Timeout" },
	{ "GET", "/huge", NULL, 20, TRANSPORT_LOST, 0,
	    "larger than 4194304 bytes" },
	{ "GET", "/length", NULL, 20, TRANSPORT_LOST, 0,
	    "larger than 4194304 bytes" },
	{ "GET", "/headers", NULL, 20, TRANSPORT_LOST, 0,
	    "headers are larger" },
	{ "GET", "/long-headers/60000", NULL, 20, TRANSPORT_LOST, 0,
	    "headers are larger" },
	{ "GET", "/long-headers/90000", NULL, 20, TRANSPORT_LOST, 0,
	    "headers are larger" },
	{ "GET", "/long-headers/1000000", NULL, 20, TRANSPORT_LOST, 0,
	    "headers are larger" },
	{ "GET", "http://host.invalid/", NULL, 20, TRANSPORT_NOT_SENT, 0,
	    "resolve host" },
	{ "GET", "ftp://127.0.0.1/", NULL, 20, TRANSPORT_NOT_SENT, 0, "" },
	{ "GET", "file:///etc/passwd", NULL, 20, TRANSPORT_NOT_SENT, 0, "" },
	{ "GET", "not a url", NULL, 20, TRANSPORT_NOT_SENT, 0, "" },
};

static void
the_outcome_is_classified(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(outcomes); i++) {
		size_t k = i / 2;
		struct call_request rq = request_of(f, outcomes[k].method,
		    outcomes[k].path);
		struct call_response r;
		const char *text;

		rq.timeout = outcomes[k].timeout;
		if ((rq.body = outcomes[k].body) != NULL)
			rq.body_len = strlen(rq.body);
		r = runs[i % 2](f, &rq);
		text = r.transport == TRANSPORT_OK ? r.body : r.reason;
		if (r.transport != outcomes[k].transport ||
		    r.status != outcomes[k].status ||
		    strstr(text, outcomes[k].text) == NULL)
			fail_msg("%s %s: transport %d, status %ld, %s",
			    rq.method, rq.url, r.transport, r.status, text);
		if (r.transport != TRANSPORT_OK)
			assert_string_equal("", r.body);
	}
}

static int
closed_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(in);

	assert_int_equal(0, bind(fd, (struct sockaddr *)&in, sizeof(in)));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&in, &len));
	close(fd);
	return ntohs(in.sin_port);
}

static void
what_never_connected_was_not_sent(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = { .method = "POST", .body = "{}",
	    .body_len = 2, .timeout = 20, .reach = REACH_ANY };

	for (size_t i = 0; i < NELEM(runs); i++) {
		struct call_response r;

		rq.url = arena_printf(f->arena, "http://127.0.0.1:%d/",
		    closed_port());
		r = runs[i](f, &rq);
		assert_int_equal(TRANSPORT_NOT_SENT, r.transport);
		assert_non_null(strstr(r.reason, "Connection refused"));
		/* a TLS handshake with a server that speaks none */
		rq.url = arena_printf(f->arena, "https://127.0.0.1:%d/ok",
		    f->server->port);
		assert_int_equal(TRANSPORT_NOT_SENT, runs[i](f, &rq).transport);
	}
}

static void
a_reset_in_the_middle_of_the_body_is_lost(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "POST", "/reset");

	rq.body_len = 32 << 20;
	rq.body = arena_alloc(f->arena, rq.body_len);
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(TRANSPORT_LOST, runs[i](f, &rq).transport);
	assert_int_equal(2, tcp_server_count(f->server, "POST /reset"));
}

/* ---- a connection that dies while it is idle ---- */

static const struct {
	const char	*method;
	enum transport	 transport;
	int		 sent;		/* how often the server saw it */
} deaths[] = {
	{ "GET", TRANSPORT_OK, 2 },	/* repeated by libcurl: harmless */
	{ "POST", TRANSPORT_OK, 1 },	/* on a connection of its own */
	{ "PUT", TRANSPORT_LOST, 1 },
	{ "DELETE", TRANSPORT_LOST, 1 },
	{ "PATCH", TRANSPORT_LOST, 1 },
};

static void
only_a_harmless_request_is_sent_again(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(deaths); i++) {
		const char *method = deaths[i / 2].method;
		struct call_request last = request_of(f, "GET", "/last");
		struct call_request rq = request_of(f, method, "/ok");
		char line[32];
		int n;

		tcp_server_forget(f->server);
		assert_int_equal(TRANSPORT_OK, runs[i % 2](f, &last).transport);
		if (strcmp(method, "GET") != 0) {
			rq.body = "{}";
			rq.body_len = 2;
		}
		if (runs[i % 2](f, &rq).transport != deaths[i / 2].transport)
			fail_msg("%s: wrong outcome", method);
		snprintf(line, sizeof(line), "%s /ok", method);
		n = tcp_server_count(f->server, line);
		if (n != deaths[i / 2].sent)
			fail_msg("%s was sent %d times", method, n);
	}
}

static void
a_post_is_sent_once_even_where_connections_die(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "POST", "/close");

	rq.body = "{}";
	rq.body_len = 2;
	for (int i = 0; i < 6; i++)
		assert_int_equal(TRANSPORT_LOST, runs[i % 2](f, &rq).transport);
	assert_int_equal(6, tcp_server_count(f->server, "POST /close"));
}

static void
connections_are_reused(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/ok");

	for (int i = 0; i < 10; i++)
		assert_int_equal(200, runs[i % 2](f, &rq).status);
	assert_int_equal(2, f->server->connections);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_PLAY(the_outcome_is_classified),
		CLIENT_PLAY(what_never_connected_was_not_sent),
		CLIENT_PLAY(a_reset_in_the_middle_of_the_body_is_lost),
		CLIENT_PLAY(only_a_harmless_request_is_sent_again),
		CLIENT_PLAY(a_post_is_sent_once_even_where_connections_die),
		CLIENT_PLAY(connections_are_reused),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
