/* SPDX-License-Identifier: MIT */
/* test_client_body.c: what a request sends, and where its answer goes. */
#include "client_play.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attr.h"
#include "file.h"

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

/* ---- codings that nobody asked for ---- */

static const char *
sunk_text(struct fixture *f, struct call_response *r)
{
	char path[600], text[64] = "";
	FILE *in;

	if (r->sink == NULL)
		return r->body;
	snprintf(path, sizeof(path), "%s/%s", r->sink->dir, r->sink->tmp);
	in = fopen(path, "rb");
	assert_non_null(in);
	text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
	fclose(in);
	file_abort(r->sink);
	return arena_strdup(f->arena, text);
}

static void
a_coding_that_nobody_asked_for_is_undone(void **state)
{
	static const char *const codings[] = { "gzip", "deflate",
	    "raw-deflate", "br", "zstd", "utf-8", "undone" };
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(codings); i++) {
		struct call_request rq = request_of(f, "GET",
		    arena_printf(f->arena, "/coded/%s", codings[i / 2]));
		struct call_response r = runs[i % 2](f, &rq);

		print_message("# %s\n", codings[i / 2]);
		assert_int_equal(TRANSPORT_OK, r.transport);
		assert_string_equal("hello", r.body);
		rq.sink_dir = f->dir;
		rq.keep_partial = true;
		r = runs[i % 2](f, &rq);
		assert_string_equal("hello", sunk_text(f, &r));
		rq.unpack = true;
		r = runs[i % 2](f, &rq);
		assert_string_equal("hello", sunk_text(f, &r));
	}
}

/* What may have acted is not sent twice, whatever came back. */
static void
a_coding_that_cannot_be_undone_costs_a_post_its_answer(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct call_request rq = request_of(f, "POST", "/coded/gzip");
		struct call_response r = runs[i](f, &rq);

		assert_string_equal("hello", r.body);
		rq = request_of(f, "POST", "/coded/undone");
		r = runs[i](f, &rq);
		assert_int_equal(TRANSPORT_LOST, r.transport);
		assert_true(r.unusable);
		assert_int_equal(1 + (int)i, tcp_server_count(f->server,
		    "POST /coded/undone"));
	}
}

static void
an_answer_is_measured_when_its_coding_is_undone(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++) {
		struct call_request rq = request_of(f, "GET", "/coded/packed");
		struct call_response r;

		rq.max_body = 100000;
		rq.max_sink = 100000;
		rq.sink_dir = i / 2 == 0 ? NULL : f->dir;
		r = runs[i % 2](f, &rq);
		assert_int_equal(TRANSPORT_LOST, r.transport);
		assert_true(r.too_large);
		rq.max_body = 300000;
		rq.max_sink = 300000;
		r = runs[i % 2](f, &rq);
		assert_int_equal(TRANSPORT_OK, r.transport);
		if (r.sink != NULL) {
			assert_int_equal(200000, r.sink->len);
			file_abort(r.sink);
		}
	}
}

static void
json_behind_a_mark_and_blanks_is_no_file(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct call_request rq = request_of(f, "GET", "/coded/spaced");
		struct call_response r;

		rq.sink_dir = f->dir;
		rq.unpack = true;
		r = runs[i](f, &rq);
		assert_int_equal(TRANSPORT_OK, r.transport);
		assert_null(r.sink);
		assert_string_equal("\xef\xbb\xbf \r\n{\"a\":1}", r.body);
	}
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
		assert_int_equal(TRANSPORT_LOCAL,
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
		assert_int_equal(TRANSPORT_LOCAL, runs[i](f, &rq).transport);
	assert_int_equal(0, tcp_server_count(f->server, "POST"));
}

/* Keeps the process from opening one more file; the limit as it was. */
static struct rlimit
no_more_files(void)
{
	struct rlimit was, now;
	int fd = dup(0);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(0, getrlimit(RLIMIT_NOFILE, &was));
	now = was;
	now.rlim_cur = (rlim_t)fd;
	assert_int_equal(0, setrlimit(RLIMIT_NOFILE, &now));
	return was;
}

/* A file may be missing for good; that it cannot be opened now says nothing of later. */
static void
a_file_that_cannot_be_read_is_lost_or_may_come_back(void **state)
{
	static const struct {
		const char	*path;	/* NULL: the file that is there */
		bool		 full;	/* too many files are open */
		bool		 passing;
	} rows[] = {
		{ "/nonexistent/x", false, false },
		{ "/", false, false },
		{ "/etc/passwd/x", false, false },
		{ NULL, true, true },
	};
	struct fixture *f = *state;
	const char *path = file_with(f, "bytes");

	for (size_t i = 0; i < 4 * NELEM(rows); i++) {
		bool full = rows[i / 4].full;
		struct call_part part = { .name = "file", .path =
		    rows[i / 4].path != NULL ? rows[i / 4].path : path };
		struct call_piece piece = { NULL, part.path };
		struct call_request rq = request_of(f, "POST", "/ok");
		struct call_response r;
		struct rlimit limit;

		if (i % 4 < 2) {
			rq.parts = &part;
			rq.n_parts = 1;
		} else {
			rq.pieces = &piece;
			rq.n_pieces = 1;
		}
		if (full)
			limit = no_more_files();
		r = runs[i % 2](f, &rq);
		if (full)
			setrlimit(RLIMIT_NOFILE, &limit);
		assert_int_equal(TRANSPORT_LOCAL, r.transport);
		assert_true(r.local);
		assert_int_equal(rows[i / 4].passing, r.passing);
	}
	unlink(path);
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

		assert_int_equal(TRANSPORT_LOCAL, r.transport);
		assert_non_null(strstr(r.reason, "/nonexistent"));
	}
	assert_int_equal(0, f->server->connections);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_PLAY(only_what_was_asked_for_is_sent),
		CLIENT_PLAY(a_coding_that_nobody_asked_for_is_undone),
		CLIENT_PLAY(a_coding_that_cannot_be_undone_costs_a_post_its_answer),
		CLIENT_PLAY(an_answer_is_measured_when_its_coding_is_undone),
		CLIENT_PLAY(json_behind_a_mark_and_blanks_is_no_file),
		CLIENT_PLAY(headers_grow_beyond_their_first_room),
		CLIENT_PLAY(a_header_cannot_bring_another),
		CLIENT_PLAY(parts_are_sent_as_a_form),
		CLIENT_PLAY(a_part_whose_file_is_gone_sends_nothing),
		CLIENT_PLAY(a_file_that_cannot_be_read_is_lost_or_may_come_back),
		CLIENT_PLAY(an_answer_in_memory_is_bounded),
		CLIENT_PLAY(a_sunk_answer_is_in_the_file),
		CLIENT_PLAY(an_empty_answer_is_sunk_too),
		CLIENT_PLAY(a_sink_that_fails_leaves_no_file),
		CLIENT_PLAY(a_folder_that_is_missing_sends_nothing),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
