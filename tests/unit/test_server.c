/* SPDX-License-Identifier: MIT */
/* test_server.c: who gets a thread, over a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fastcgi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "attr.h"
#include "arena.h"
#include "buf.h"
#include "json.h"
#include "http.h"
#include "http/record.h"

#define THREADS	2
#define CROWD	60
#define WAIT_MS	20000

static char dir[32], path[64];
static struct server *server;

/* ---- a server that reads JSON ---- */

static void *
thread_open(void *arg)
{
	return arg;
}

static void
render(struct req *rq UNUSED, struct resp *rs, const struct error *e)
{
	resp_text(rs, error_row(e->code)->status, "text/plain", e->text);
}

static void
limits(void *ctx UNUSED, unsigned size UNUSED, struct body_limits *out)
{
	*out = (struct body_limits){ .max_body = 1 << 24, .json_values = 100 };
}

static enum err
read_json(struct req *rq, struct resp *rs, struct error *e)
{
	cJSON *json = NULL;
	enum err rc = req_json(rq, &json, e);

	cJSON_Delete(json);
	if (rc == ERR_OK)
		resp_text(rs, 200, "text/plain", "read");
	return rc;
}

static enum err
hello(struct req *rq UNUSED, struct resp *rs, struct error *e UNUSED)
{
	resp_text(rs, 200, "text/plain", "hello");
	return ERR_OK;
}

static const struct route routes[] = {
	{ M_GET, "/hello", 0, BODY_NONE, hello, "hello" },
	{ M_POST, "/json", 0, BODY_JSON, read_json, "json" },
};

static const struct server_ops ops = {
	.thread_open = thread_open, .error = render, .limits = limits,
};

static int
setup(void **state UNUSED)
{
	struct server_conf conf = {
		.routes = routes, .n_routes = NELEM(routes), .ops = &ops,
		.app = dir, .threads = THREADS,
	};
	struct error e;

	strcpy(dir, "/tmp/test_server.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/socket", dir);
	if (server_listen(path, &conf.listen_fd, &e) != ERR_OK ||
	    server_start(&conf, &server, &e) != ERR_OK)
		fail_msg("%s", e.text);
	return 0;
}

static int
teardown(void **state UNUSED)
{
	server_stop(server, WAIT_MS);
	unlink(path);
	return rmdir(dir);
}

/* ---- FastCGI of the other side ---- */

static void
record(struct buf *out, int type, const void *data, size_t len)
{
	const unsigned char head[FCGI_HEADER_LEN] = { FCGI_VERSION_1,
	    (unsigned char)type, 0, 1, (unsigned char)(len >> 8),
	    (unsigned char)len };

	buf_append(out, head, sizeof(head));
	buf_append(out, data, len);
}

static void
param(struct buf *out, const char *name, const char *value)
{
	size_t n = strlen(name), len = strlen(value);
	const unsigned char head[5] = { (unsigned char)n,
	    (unsigned char)(len >> 24 | 0x80), (unsigned char)(len >> 16),
	    (unsigned char)(len >> 8), (unsigned char)len };

	buf_append(out, head, sizeof(head));
	buf_append(out, name, n);
	buf_append(out, value, len);
}

/* BEGIN and the parameters; `extra` bytes of a header that nobody needs. */
static void
head(struct buf *out, const char *method, const char *uri, size_t body,
    size_t extra)
{
	static const unsigned char begin[8] = { 0, FCGI_RESPONDER };
	char length[24], *cookie = malloc(extra + 1);
	struct buf params;

	assert_non_null(cookie);
	memset(cookie, 'c', extra);
	cookie[extra] = '\0';
	snprintf(length, sizeof(length), "%zu", body);
	buf_init(&params, 1 << 20);
	param(&params, "REQUEST_METHOD", method);
	param(&params, "REQUEST_URI", uri);
	param(&params, "CONTENT_TYPE", "application/json");
	param(&params, "CONTENT_LENGTH", length);
	param(&params, "HTTP_COOKIE", cookie);
	record(out, FCGI_BEGIN_REQUEST, begin, sizeof(begin));
	record(out, FCGI_PARAMS, params.data, params.len);
	record(out, FCGI_PARAMS, "", 0);
	buf_clear(&params);
	free(cookie);
}

static void
get(struct buf *out)
{
	buf_init(out, 1 << 20);
	head(out, "GET", "/hello", 0, 0);
	record(out, FCGI_STDIN, "", 0);
}

/* A JSON object of so many bytes, and parameters of at least so many. */
static void
post(struct buf *out, size_t body, size_t extra)
{
	char *text = malloc(body);

	assert_non_null(text);
	memset(text, 'x', body);
	memcpy(text, "{\"a\":\"", 6);
	memcpy(text + body - 2, "\"}", 2);
	buf_init(out, 1 << 22);
	head(out, "POST", "/json", body, extra);
	for (size_t n = 0, part; n < body; n += part) {
		part = body - n < 60000 ? body - n : 60000;
		record(out, FCGI_STDIN, text + n, part);
	}
	record(out, FCGI_STDIN, "", 0);
	free(text);
}

static int
connected(void)
{
	const struct timeval longest = { .tv_sec = WAIT_MS / 1000 };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sun.sun_path, path);
	assert_int_equal(0, connect(fd, (struct sockaddr *)&sun,
	    sizeof(sun)));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest));
	return fd;
}

static void
say(int fd, const void *data, size_t len)
{
	assert_int_equal(len, send(fd, data, len, MSG_NOSIGNAL));
}

/* All that is answered, in `out`; closes. */
static void
hear(int fd, char out[2048])
{
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, out + len, 2047 - len, 0)) > 0)
		len += (size_t)n;
	assert_true(n == 0 || errno == ECONNRESET);	/* closed, and no time-out */
	for (size_t i = 0; i < len; i++)
		if (out[i] == '\0')
			out[i] = ' ';
	out[len] = '\0';
	close(fd);
}

static void
answers(int fd, const char *body)
{
	char out[2048];

	hear(fd, out);
	if (strstr(out, body) == NULL)
		fail_msg("%s: %s", body, out);
}

/* ---- tests ---- */

static void
whole_requests_are_answered(void **state UNUSED)
{
	static const size_t bodies[] = { 8, 20000, 40000, 1000000 };
	struct buf b;
	int fd;

	get(&b);
	fd = connected();
	say(fd, b.data, b.len);
	answers(fd, "hello");
	buf_clear(&b);
	for (size_t i = 0; i < NELEM(bodies) * 2; i++) {
		post(&b, bodies[i / 2], i % 2 == 0 ? 1 : 50000);
		fd = connected();
		say(fd, b.data, b.len);
		answers(fd, "read");
		buf_clear(&b);
	}
}

static void
so_is_one_that_comes_in_small_pieces(void **state UNUSED)
{
	struct buf b;
	int fd = connected();

	post(&b, 100, 300);
	for (size_t i = 0, n; i < b.len; i += n) {
		n = b.len - i < 7 ? b.len - i : 7;
		say(fd, b.data + i, n);
	}
	answers(fd, "read");
	buf_clear(&b);
}

static void
and_one_whose_other_side_says_no_more(void **state UNUSED)
{
	struct buf b;
	int fd = connected();

	buf_init(&b, 1 << 20);
	head(&b, "GET", "/hello", 0, 0);
	say(fd, b.data, b.len / 2);
	say(fd, b.data + b.len / 2, b.len - b.len / 2);
	shutdown(fd, SHUT_WR);
	answers(fd, "hello");
	buf_clear(&b);
}

static void
what_is_no_fastcgi_is_closed(void **state UNUSED)
{
	char out[2048];
	int fd = connected();

	say(fd, "GET / HTTP/1.0\r\n\r\n", 18);
	hear(fd, out);
	assert_null(strstr(out, "Status"));
	fd = connected();
	say(fd, "\1\1\0", 3);
	shutdown(fd, SHUT_WR);
	hear(fd, out);
	assert_string_equal("", out);
}

/* The beginnings that say the least to the most, none of them a request. */
static void
begin(int fd, int i)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	head(&b, "POST", "/json", 100, 10);
	switch (i % 5) {
	case 0:
		break;
	case 1:
		say(fd, b.data, 5);
		break;
	case 2:
		say(fd, b.data, b.len - 20);
		break;
	case 3:
		say(fd, b.data, b.len);
		break;
	case 4:
		record(&b, FCGI_STDIN, "{\"a\":", 5);
		say(fd, b.data, b.len);
		break;
	}
	buf_clear(&b);
}

static void
connections_without_a_request_hold_no_thread(void **state UNUSED)
{
	int silent[CROWD], fd, open = 0;
	struct buf b;
	char c;

	for (int i = 0; i < CROWD; i++)
		begin(silent[i] = connected(), i);
	get(&b);
	for (int i = 0; i < 20; i++) {
		fd = connected();
		say(fd, b.data, b.len);
		answers(fd, "hello");
	}
	buf_clear(&b);
	/* they were answered while these waited, and not when these were closed */
	for (int i = 0; i < CROWD; i++) {
		open += recv(silent[i], &c, 1, MSG_DONTWAIT) < 0;
		close(silent[i]);
	}
	assert_int_equal(CROWD, open);
}

static void
a_crowd_without_end_is_not_let_in(void **state UNUSED)
{
	int silent[600], first_closed = 0;
	struct buf b;
	char c;
	int fd;

	for (size_t i = 0; i < NELEM(silent); i++)
		silent[i] = connected();
	get(&b);
	fd = connected();
	say(fd, b.data, b.len);
	answers(fd, "hello");
	buf_clear(&b);
	first_closed = recv(silent[0], &c, 1, 0) == 0;
	for (size_t i = 0; i < NELEM(silent); i++)
		close(silent[i]);
	assert_true(first_closed);
}

static void
what_has_arrived_is_told_by_its_lengths(void **state UNUSED)
{
	static const struct {
		const char	*bytes;
		size_t		 len;
		enum record_progress progress;
	} rows[] = {
#define ROW(text, progress)	{ text, sizeof(text) - 1, progress }
		ROW("", RECORD_PART),
		ROW("\1", RECORD_PART),
		ROW("\2", RECORD_BROKEN),
		ROW("G", RECORD_BROKEN),
		ROW("\1\4\0\1\0\0\0\0", RECORD_HEAD),
		ROW("\1\4\0\1\0\0\1\0", RECORD_PART),
		ROW("\1\4\0\1\0\0\1\0p", RECORD_HEAD),
		ROW("\1\4\0\1\0\2\0\0ab", RECORD_PART),
		ROW("\1\5\0\1\0\0\0\0", RECORD_PART),
		ROW("\1\5\0\1\0\0\0\0\1\4\0\1\0\0\0\0",
		    RECORD_HEAD),
		ROW("\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0", RECORD_HEAD),
		ROW("\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0\0",
		    RECORD_WHOLE),
		ROW("\1\4\0\1\0\0\0\0\1\5\0\1\377\377\0\0",
		    RECORD_HEAD),
		ROW("\1\11\0\0\0\0\0\0\7", RECORD_BROKEN),
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		if (record_look(rows[i].bytes, rows[i].len) !=
		    rows[i].progress)
			fail_msg("row %zu", i);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_requests_are_answered),
		TEST(so_is_one_that_comes_in_small_pieces),
		TEST(and_one_whose_other_side_says_no_more),
		TEST(what_is_no_fastcgi_is_closed),
		TEST(connections_without_a_request_hold_no_thread),
		TEST(a_crowd_without_end_is_not_let_in),
		cmocka_unit_test(what_has_arrived_is_told_by_its_lengths),
	};

	signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
