/* test_client.c: exchanges with a server that behaves, or not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "file.h"
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

static int
set_up(void **state)
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

static int
tear_down(void **state)
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

static struct call_request
request_of(struct fixture *f, const char *method, const char *path)
{
	return (struct call_request){ .method = method,
	    .url = url_of(f, path), .timeout = 20 };
}

static void
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

typedef struct call_response run_fn(struct fixture *f, const struct call_request *rq);

static run_fn *const runs[] = { run_multi, run_blocking };

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
	    .body_len = 2, .timeout = 20 };

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

/* ---- what is sent ---- */

static void
only_what_was_asked_for_is_sent(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "POST", "/echo");
	struct call_response r;

	request_header(&rq, f->arena, "User-Agent", "agent/1");
	request_header(&rq, f->arena, "X-Empty", "");
	rq.body = "a\0b";
	rq.body_len = 3;
	client_perform(&rq, f->arena, &r);
	assert_non_null(strstr(r.body, "\r\nUser-Agent: agent/1\r\n"));
	assert_non_null(strstr(r.body, "\r\nX-Empty:\r\n"));
	assert_non_null(strstr(r.body, "\r\nContent-Length: 3\r\n"));
	assert_null(strstr(r.body, "Content-Type"));
	assert_null(strstr(r.body, "Expect"));
	assert_memory_equal("\r\n\r\na\0b", r.body + r.body_len - 7, 7);
	assert_string_equal("a", response_header(&r, "X-ECHO"));
	assert_string_equal("b", response_header(&r, "X-Echo-Two"));
	assert_null(response_header(&r, "X-Other"));

	rq = request_of(f, "GET", "/echo");
	client_perform(&rq, f->arena, &r);
	assert_null(strstr(r.body, "User-Agent"));
	assert_null(strstr(r.body, "Content-"));
	rq = request_of(f, "POST", "/echo");
	client_perform(&rq, f->arena, &r);
	assert_non_null(strstr(r.body, "\r\nContent-Length: 0\r\n"));
}

static void
headers_grow_beyond_their_first_room(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/echo");
	struct call_response r;

	for (int i = 0; i < 100; i++)
		request_header(&rq, f->arena,
		    arena_printf(f->arena, "X-%d", i), "v");
	client_perform(&rq, f->arena, &r);
	for (int i = 0; i < 100; i++)
		assert_non_null(strstr(r.body,
		    arena_printf(f->arena, "\r\nX-%d: v\r\n", i)));
}

static void
a_header_cannot_bring_another(void **state)
{
	static const struct header bad[] = {
		{ "X", "a\r\nY: b" }, { "X", "a\nb" }, { "X\n", "a" },
		{ "X: y", "a" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(bad); i++) {
		struct call_request rq = request_of(f, "GET", "/ok");

		request_header(&rq, f->arena, bad[i / 2].name,
		    bad[i / 2].value);
		assert_int_equal(TRANSPORT_NOT_SENT,
		    runs[i % 2](f, &rq).transport);
	}
	assert_int_equal(0, f->server->connections);
}

static const char *
file_with(struct fixture *f, const char *text)
{
	const char *path = arena_printf(f->arena, "%s/part", f->dir);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
	return path;
}

static void
parts_are_sent_as_a_form(void **state)
{
	struct fixture *f = *state;
	struct call_part parts[] = {
		{ .name = "file_name", .value = "my.png" },
		{ .name = "file", .path = file_with(f, "PNG bytes"),
		    .filename = "my.png", .type = "image/png" },
	};

	for (size_t i = 0; i < NELEM(runs); i++) {
		struct call_request rq = request_of(f, "POST", "/echo");
		struct call_response r;

		rq.parts = parts;
		rq.n_parts = NELEM(parts);
		r = runs[i](f, &rq);
		assert_int_equal(200, r.status);
		assert_non_null(strstr(r.body,
		    "\r\nContent-Type: multipart/form-data; boundary="));
		assert_non_null(strstr(r.body, "Content-Disposition: form-data;"
		    " name=\"file_name\"\r\n\r\nmy.png\r\n"));
		assert_non_null(strstr(r.body, "Content-Disposition: form-data;"
		    " name=\"file\"; filename=\"my.png\"\r\n"
		    "Content-Type: image/png\r\n\r\nPNG bytes\r\n"));
	}
	unlink(parts[1].path);
}

static void
a_part_whose_file_is_gone_sends_nothing(void **state)
{
	struct fixture *f = *state;
	struct call_part part = { .name = "file", .path = "/nonexistent/x" };
	struct call_request rq = request_of(f, "POST", "/ok");

	rq.parts = &part;
	rq.n_parts = 1;
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(TRANSPORT_NOT_SENT, runs[i](f, &rq).transport);
	assert_int_equal(0, tcp_server_count(f->server, "POST"));
}

/* ---- where the answer goes ---- */

static void
an_answer_in_memory_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/bytes/1000");

	for (size_t i = 0; i < NELEM(runs); i++) {
		struct call_response r;

		rq.max_body = 1000;
		r = runs[i](f, &rq);
		assert_int_equal(TRANSPORT_OK, r.transport);
		assert_int_equal(1000, r.body_len);
		assert_int_equal('\0', r.body[1000]);
		rq.max_body = 999;
		r = runs[i](f, &rq);
		assert_int_equal(TRANSPORT_LOST, r.transport);
		assert_string_equal("the answer is larger than 999 bytes",
		    r.reason);
	}
}

static void
a_sunk_answer_is_in_the_file(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/bytes/5000000");

	rq.sink_dir = f->dir;
	for (size_t i = 0; i < NELEM(runs); i++) {
		struct call_response r = runs[i](f, &rq);
		struct stat st;

		assert_int_equal(TRANSPORT_OK, r.transport);
		assert_string_equal("", r.body);
		assert_non_null(r.sink);
		assert_int_equal(5000000, r.sink->len);
		assert_int_equal(0, fstat(r.sink->fd, &st));
		assert_int_equal(5000000, st.st_size);
		file_abort(r.sink);
	}
}

static void
an_empty_answer_is_sunk_too(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/status/204");

	rq.sink_dir = f->dir;
	for (size_t i = 0; i < NELEM(runs); i++) {
		struct call_response r = runs[i](f, &rq);

		assert_non_null(r.sink);
		assert_int_equal(0, r.sink->len);
		file_abort(r.sink);
	}
}

/* That nothing stays in the folder, tear_down sees. */
static void
a_sink_that_fails_leaves_no_file(void **state)
{
	static const char *const paths[] = { "/bytes/1000", "/huge",
	    "/length", "/cut", "/close" };
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(paths); i++) {
		struct call_request rq = request_of(f, "GET", paths[i / 2]);
		struct call_response r;

		rq.sink_dir = f->dir;
		rq.max_sink = 999;
		r = runs[i % 2](f, &rq);
		assert_int_equal(TRANSPORT_LOST, r.transport);
		assert_null(r.sink);
	}
}

static void
a_folder_that_is_missing_sends_nothing(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/ok");

	rq.sink_dir = "/nonexistent";
	for (size_t i = 0; i < NELEM(runs); i++) {
		struct call_response r = runs[i](f, &rq);

		assert_int_equal(TRANSPORT_NOT_SENT, r.transport);
		assert_non_null(strstr(r.reason, "/nonexistent"));
	}
	assert_int_equal(0, f->server->connections);
}

/* ---- proxies ---- */

static const struct {
	const char	*proxy;		/* the server's port is put behind it */
	const char	*url;
	bool		 refuse;
	enum transport	 transport;
	const char	*seen;		/* by the proxy */
} proxies[] = {
	{ "http://u:secret@127.0.0.1:", "http://host.invalid/ok", false,
	    TRANSPORT_OK, "GET /ok" },
	{ "socks5h://127.0.0.1:", "http://host.invalid:81/ok", false,
	    TRANSPORT_OK, "SOCKS host.invalid:81" },
	{ "socks5://127.0.0.1:", "http://192.0.2.7/ok", false,
	    TRANSPORT_OK, "SOCKS 192.0.2.7:80" },
	{ "http://u:secret@127.0.0.1:", "https://host.invalid/ok", true,
	    TRANSPORT_NOT_SENT, "CONNECT host.invalid:443" },
	{ "http://u:secret@127.0.0.1:", "https://host.invalid/ok", false,
	    TRANSPORT_NOT_SENT, "CONNECT host.invalid:443" },
	{ "http://u:secret@proxy.invalid:", "http://127.0.0.1/", false,
	    TRANSPORT_NOT_SENT, NULL },
	{ "bogus://u:secret@127.0.0.1:", "http://127.0.0.1/", false,
	    TRANSPORT_NOT_SENT, NULL },
	{ "http://u:secret@[127.0.0.1:", "http://127.0.0.1/", false,
	    TRANSPORT_NOT_SENT, NULL },
};

static void
the_proxy_of_the_request_is_used(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(proxies); i++) {
		size_t k = i / 2;
		struct call_request rq = request_of(f, "GET", proxies[k].url);
		char proxy[80];
		struct call_response r;

		snprintf(proxy, sizeof(proxy), "%s%d", proxies[k].proxy,
		    f->server->port);
		rq.proxy = proxy;
		f->server->refuse_connect = proxies[k].refuse;
		tcp_server_forget(f->server);
		r = runs[i % 2](f, &rq);
		if (r.transport != proxies[k].transport)
			fail_msg("row %zu: transport %d, %s", k, r.transport,
			    r.reason);
		if (r.transport != TRANSPORT_OK)
			assert_null(strstr(r.reason, "secret"));
		if (proxies[k].refuse)
			assert_string_equal("the proxy answered 407", r.reason);
		if (proxies[k].seen != NULL)
			assert_int_equal(1, tcp_server_count(f->server,
			    proxies[k].seen));
	}
}

static void
the_environments_proxy_is_not_used(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/ok");
	char proxy[48];

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(200, runs[i](f, &rq).status);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	setenv("no_proxy", "*", 1);
	rq.url = "http://host.invalid/ok";
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d",
	    f->server->port);
	rq.proxy = proxy;
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(200, runs[i](f, &rq).status);
	unsetenv("no_proxy");
}

/* ---- many at once ---- */

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
	assert_in_range(f->server->most_open, 2, 64);
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
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_outcome_is_classified),
		TEST(what_never_connected_was_not_sent),
		TEST(a_reset_in_the_middle_of_the_body_is_lost),
		TEST(only_a_harmless_request_is_sent_again),
		TEST(a_post_is_sent_once_even_where_connections_die),
		TEST(connections_are_reused),
		TEST(only_what_was_asked_for_is_sent),
		TEST(headers_grow_beyond_their_first_room),
		TEST(a_header_cannot_bring_another),
		TEST(parts_are_sent_as_a_form),
		TEST(a_part_whose_file_is_gone_sends_nothing),
		TEST(an_answer_in_memory_is_bounded),
		TEST(a_sunk_answer_is_in_the_file),
		TEST(an_empty_answer_is_sunk_too),
		TEST(a_sink_that_fails_leaves_no_file),
		TEST(a_folder_that_is_missing_sends_nothing),
		TEST(the_proxy_of_the_request_is_used),
		TEST(the_environments_proxy_is_not_used),
		TEST(many_run_side_by_side_over_few_connections),
		TEST(a_callback_may_start_the_next),
		TEST(the_request_may_go_after_the_start),
		TEST(who_is_cancelled_is_not_called),
		TEST(a_wait_is_woken),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
