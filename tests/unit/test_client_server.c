/* SPDX-License-Identifier: MIT */
/* test_client_server.c: what servers with many forms of answers and results need. */
#include "client_play.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attr.h"
#include "file.h"

/* ---- bodies in pieces ---- */

static void
a_body_is_read_as_it_is_sent(void **state)
{
	struct fixture *f = *state;
	const char *path = arena_printf(f->arena, "%s/media", f->dir);
	const struct call_piece pieces[] = { { "{\"a\":\"", NULL },
	    { NULL, path }, { "\",\"b\":\"", NULL }, { NULL, path },
	    { "\"}", NULL } };
	struct call_request rq = request_of(f, "POST", "/echo");
	FILE *out = fopen(path, "w");
	struct call_response r;

	assert_non_null(out);
	fputs("hello, world", out);
	fclose(out);
	rq.pieces = pieces;
	rq.n_pieces = NELEM(pieces);
	for (size_t i = 0; i < NELEM(runs); i++) {
		r = runs[i](f, &rq);
		assert_int_equal(200, r.status);
		assert_non_null(strstr(r.body, "Content-Length: 47\r\n"));
		assert_non_null(strstr(r.body, "\r\n\r\n{\"a\":"
		    "\"aGVsbG8sIHdvcmxk\",\"b\":\"aGVsbG8sIHdvcmxk\"}"));
	}
	unlink(path);
	r = runs[0](f, &rq);
	assert_int_equal(TRANSPORT_LOCAL, r.transport);
	assert_true(r.local);
	assert_false(r.passing);
	assert_string_equal("a file of the body cannot be read: "
	    "No such file or directory", r.reason);
}

/* ---- addresses ---- */

static void
a_private_address_is_not_connected_to(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost",
	    "0.0.0.0", "[::ffff:127.0.0.1]" };
	struct fixture *f = *state;

	for (size_t k = 0; k < NELEM(hosts); k++) {
		struct call_request rq = request_of(f, "GET",
		    arena_printf(f->arena, "http://%s:%d/ok", hosts[k],
		    f->server->port));

		rq.reach = REACH_PUBLIC;
		for (size_t i = 0; i < NELEM(runs); i++) {
			struct call_response r = runs[i](f, &rq);

			assert_int_equal(TRANSPORT_NOT_SENT, r.transport);
			assert_true(r.refused);
			assert_string_equal("its address is not public",
			    r.reason);
		}
	}
	assert_int_equal(0, f->server->connections);
}

/* A connection that another request was allowed to open is no way around. */
static void
nor_is_a_connection_to_one_used_again(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/ok");
	struct call_response r;

	for (size_t i = 0; i < NELEM(runs); i++) {
		rq.reach = REACH_ANY;
		assert_int_equal(200, runs[i](f, &rq).status);
		rq.reach = REACH_PUBLIC;
		r = runs[i](f, &rq);
		assert_true(r.refused);
	}
	assert_int_equal(NELEM(runs), tcp_server_count(f->server, "GET /ok"));
}

/* ---- files ---- */

static void
what_came_of_a_file_is_kept(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/cut");
	struct call_response r;
	struct file kept;

	rq.sink_dir = f->dir;
	rq.keep_partial = true;
	r = runs[0](f, &rq);
	assert_int_equal(TRANSPORT_LOST, r.transport);
	assert_non_null(r.sink);
	assert_int_equal(5, r.sink->len);
	/* a server that sends all of it again: from the beginning */
	kept = *r.sink;
	rq.url = arena_printf(f->arena, "%s/bytes/3", f->base);
	rq.resume = &kept;
	r = runs[0](f, &rq);
	assert_int_equal(200, r.status);
	assert_int_equal(-1, kept.fd);
	assert_int_equal(3, r.sink->len);
	file_abort(r.sink);
}

static void
a_failure_is_told_and_not_taken_for_a_file(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/nothing");
	struct call_response r;

	rq.sink_dir = f->dir;
	rq.unpack = true;
	r = runs[0](f, &rq);
	assert_int_equal(404, r.status);
	assert_null(r.sink);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_PLAY(a_body_is_read_as_it_is_sent),
		CLIENT_PLAY(a_private_address_is_not_connected_to),
		CLIENT_PLAY(nor_is_a_connection_to_one_used_again),
		CLIENT_PLAY(what_came_of_a_file_is_kept),
		CLIENT_PLAY(a_failure_is_told_and_not_taken_for_a_file),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
